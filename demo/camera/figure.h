// SPDX-License-Identifier: Apache-2.0
// Figure: a person, drawn with a few curves. Units: a standing person is about 300 high.
#pragma once
#include <cairo.h>
#include <glib.h>
#include <stdbool.h>

typedef struct {
    double skin[3], hair[3], coat[3], trousers[3];
    bool has_long_hair;
    double size; // 0.92 to 1.08
} FigureLook;

typedef enum { FIGURE_FRONT, FIGURE_BACK, FIGURE_SIDE } FigureView;

FigureLook figure_look_random(GRand *chance);

// Feet at the origin, walking to the right in FIGURE_SIDE (mirror with cairo_scale). step: phase of
// the walk in steps; a whole number stands still.
void figure_draw_standing(cairo_t *cairo, const FigureLook *look, FigureView view, double step);
// Seat at the origin; seen from the front.
void figure_draw_sitting(cairo_t *cairo, const FigureLook *look, double nod);
// Head and shoulders behind a desk whose edge is at the origin. work: phase of moving hands.
void figure_draw_clerk(cairo_t *cairo, const FigureLook *look, double work);
