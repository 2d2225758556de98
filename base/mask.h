// SPDX-License-Identifier: Apache-2.0
// Mask: a region of a camera's picture that some may not see behind (cameras[].masks), written as
// its corners in shares of the picture's width and height, from the top left:
//
//     0.1,0.2 0.4,0.6                  two corners of a rectangle
//     0.1,0.2 0.4,0.2 0.3,0.6          three or more of a polygon
#pragma once
#include <stdbool.h>

enum { MASK_CORNERS_MAX = 32, MASKS_MAX = 16 };

typedef struct {
    int n;
    struct {
        double x, y;
    } corners[MASK_CORNERS_MAX];
} Mask;

#define MASK_ALLOWED                                                                               \
    "at most 16 masks, each its corners as x,y in shares of the picture from 0 to 1: two of a "    \
    "rectangle or up to 32 of a polygon, such as [\"0.1,0.2 0.4,0.6\"]"

// False: not a mask, or one without an area.
bool mask_parse(const char *text, Mask *ret_mask);
