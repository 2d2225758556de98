// SPDX-License-Identifier: Apache-2.0
// Room: the walls, desks and benches of a scene: what stands still.
#pragma once
#include <cairo.h>

void room_draw_counter(cairo_t *cairo);
void room_draw_hall(cairo_t *cairo);
// What stands in front of the clerks.
void room_draw_desks(cairo_t *cairo);

// Text centred on x, its middle at y.
void room_draw_text(cairo_t *cairo, const char *text, const char *font, double x, double y);

// Where things stand, shared with the people who use them.
#define ROOM_DESK_X                                                                                \
    {                                                                                              \
        380, 900                                                                                   \
    }
#define ROOM_DESK_EDGE_Y 430
#define ROOM_SEAT_X                                                                                \
    {                                                                                              \
        220, 330, 440, 550, 730, 840, 950, 1060                                                    \
    }
#define ROOM_SEAT_Y    520
#define ROOM_MACHINE_X 90
