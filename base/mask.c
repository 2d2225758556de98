// SPDX-License-Identifier: Apache-2.0
#include "base/mask.h"
#include <glib.h>
#include <math.h>
#include <string.h>

enum { NUMBER_MAX = 12 };
#define AREA_MIN 1e-6

// A plain number from 0 to 1; no exponent, sign or hexadecimal.
static bool parse_share(const char *text, double *ret)
{
    size_t size = strlen(text);
    char *end = NULL;
    if (!size || size > NUMBER_MAX || strspn(text, G_CSET_DIGITS ".") != size)
        return false;
    *ret = g_ascii_strtod(text, &end);
    return !*end && end != text && *ret <= 1;
}

static bool parse_corner(const char *text, double *ret_x, double *ret_y)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", 3);
    return g_strv_length(parts) == 2 && parse_share(parts[0], ret_x) &&
           parse_share(parts[1], ret_y);
}

static void make_rectangle(Mask *mask)
{
    mask->corners[2] = mask->corners[1];
    mask->corners[1].y = mask->corners[0].y;
    mask->corners[3].x = mask->corners[0].x;
    mask->corners[3].y = mask->corners[2].y;
    mask->n = 4;
}

static double area_of(const Mask *mask)
{
    double sum = 0;
    for (int i = 0; i < mask->n; i++) {
        int next = (i + 1) % mask->n;
        sum +=
            mask->corners[i].x * mask->corners[next].y - mask->corners[next].x * mask->corners[i].y;
    }
    return fabs(sum) / 2;
}

bool mask_parse(const char *text, Mask *ret_mask)
{
    g_auto(GStrv) corners = g_strsplit(text, " ", MASK_CORNERS_MAX + 1);
    guint n = g_strv_length(corners);
    Mask mask = { .n = (int)n };
    if (n < 2 || n > MASK_CORNERS_MAX)
        return false;
    for (guint i = 0; i < n; i++) {
        if (!parse_corner(corners[i], &mask.corners[i].x, &mask.corners[i].y))
            return false;
    }
    if (n == 2)
        make_rectangle(&mask);
    if (area_of(&mask) < AREA_MIN)
        return false;
    *ret_mask = mask;
    return true;
}
