// SPDX-License-Identifier: Apache-2.0
#include "demo/camera/figure.h"
#include <math.h>
#include <string.h>

static const double skins[][3] = { { 0.93, 0.78, 0.66 },
                                   { 0.88, 0.71, 0.58 },
                                   { 0.95, 0.82, 0.72 } };
static const double hairs[][3] = { { 0.12, 0.10, 0.10 },
                                   { 0.20, 0.15, 0.12 },
                                   { 0.62, 0.62, 0.62 } };
static const double coats[][3] = { { 0.26, 0.42, 0.60 }, { 0.66, 0.30, 0.28 }, { 0.36, 0.50, 0.38 },
                                   { 0.80, 0.66, 0.38 }, { 0.45, 0.42, 0.50 }, { 0.82, 0.84, 0.86 },
                                   { 0.55, 0.36, 0.52 }, { 0.22, 0.26, 0.32 } };
static const double trousers[][3] = { { 0.18, 0.20, 0.26 },
                                      { 0.30, 0.28, 0.26 },
                                      { 0.24, 0.32, 0.44 } };

static void pick(GRand *chance, const double (*colors)[3], int n_colors, double into[3])
{
    memcpy(into, colors[g_rand_int_range(chance, 0, n_colors)], sizeof(colors[0]));
}

FigureLook figure_look_random(GRand *chance)
{
    FigureLook look;
    pick(chance, skins, G_N_ELEMENTS(skins), look.skin);
    pick(chance, hairs, G_N_ELEMENTS(hairs), look.hair);
    pick(chance, coats, G_N_ELEMENTS(coats), look.coat);
    pick(chance, trousers, G_N_ELEMENTS(trousers), look.trousers);
    look.has_long_hair = g_rand_boolean(chance);
    look.size = g_rand_double_range(chance, 0.92, 1.08);
    return look;
}

static void ink(cairo_t *cairo, const double color[3], double shade)
{
    cairo_set_source_rgb(cairo, color[0] * shade, color[1] * shade, color[2] * shade);
}

static void disc(cairo_t *cairo, double x, double y, double rx, double ry)
{
    cairo_save(cairo);
    cairo_translate(cairo, x, y);
    cairo_scale(cairo, rx, ry);
    cairo_arc(cairo, 0, 0, 1, 0, 2 * M_PI);
    cairo_restore(cairo);
    cairo_fill(cairo);
}

static void limb(cairo_t *cairo, double x1, double y1, double x2, double y2, double width)
{
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_width(cairo, width);
    cairo_move_to(cairo, x1, y1);
    cairo_line_to(cairo, x2, y2);
    cairo_stroke(cairo);
}

static void eyes(cairo_t *cairo, double y)
{
    cairo_set_source_rgb(cairo, 0.15, 0.12, 0.12);
    disc(cairo, -9, y, 2.6, 3.2);
    disc(cairo, 9, y, 2.6, 3.2);
    cairo_set_line_width(cairo, 2);
    cairo_arc(cairo, 0, y + 8, 8, 0.25 * M_PI, 0.75 * M_PI);
    cairo_stroke(cairo);
}

// A head of radius 26 around (0, y).
static void head(cairo_t *cairo, const FigureLook *look, FigureView view, double y)
{
    ink(cairo, look->hair, 1);
    if (look->has_long_hair)
        disc(cairo, view == FIGURE_SIDE ? -6 : 0, y + 10, 29, 38);
    else
        disc(cairo, 0, y - 5, 27, 27);
    ink(cairo, look->skin, 1);
    if (view == FIGURE_FRONT) {
        if (look->has_long_hair)
            disc(cairo, 0, y + 34, 15, 18);
        disc(cairo, 0, y + 4, 23, 25);
        eyes(cairo, y + 2);
    } else if (view == FIGURE_SIDE) {
        disc(cairo, 6, y + 4, 20, 24);
        cairo_set_source_rgb(cairo, 0.15, 0.12, 0.12);
        disc(cairo, 17, y + 2, 2.4, 3.2);
    } else if (!look->has_long_hair) {
        disc(cairo, 0, y + 21, 11, 9);
        ink(cairo, look->hair, 1);
        disc(cairo, 0, y - 1, 26, 25);
    }
}

// Shoulders at top, hem at bottom.
static void coat(cairo_t *cairo, const FigureLook *look, double top, double bottom, double half)
{
    ink(cairo, look->coat, 1);
    cairo_move_to(cairo, -half, bottom);
    cairo_curve_to(cairo, -half - 4, top + 30, -half, top, -half * 0.4, top);
    cairo_line_to(cairo, half * 0.4, top);
    cairo_curve_to(cairo, half, top, half + 4, top + 30, half, bottom);
    cairo_close_path(cairo);
    cairo_fill(cairo);
}

static void shadow(cairo_t *cairo)
{
    cairo_set_source_rgba(cairo, 0, 0, 0, 0.18);
    disc(cairo, 0, 0, 50, 10);
}

static void walking_limbs(cairo_t *cairo, const FigureLook *look, double swing, double shade)
{
    ink(cairo, look->trousers, shade);
    limb(cairo, 0, -130, swing * 34, -8, 24);
    cairo_set_source_rgb(cairo, 0.12, 0.11, 0.11);
    limb(cairo, swing * 34, -6, swing * 34 + 14, -6, 13);
}

static void draw_side(cairo_t *cairo, const FigureLook *look, double step)
{
    double swing = sin(step * M_PI);
    walking_limbs(cairo, look, -swing, 0.8);
    ink(cairo, look->coat, 0.75);
    limb(cairo, 0, -212, -swing * -24, -138, 17);
    walking_limbs(cairo, look, swing, 1);
    coat(cairo, look, -232, -112, 30);
    head(cairo, look, FIGURE_SIDE, -262 - 3 * fabs(swing));
    ink(cairo, look->coat, 0.88);
    limb(cairo, 0, -208, -swing * 26, -138, 18);
    ink(cairo, look->skin, 1);
    disc(cairo, -swing * 27, -130, 9, 9);
}

static void draw_upright(cairo_t *cairo, const FigureLook *look, FigureView view, double step)
{
    double sway = 2 * sin(step * 2 * M_PI);
    ink(cairo, look->trousers, 1);
    limb(cairo, -17, -130, -18, -10, 27);
    limb(cairo, 17, -130, 18, -10, 27);
    cairo_set_source_rgb(cairo, 0.12, 0.11, 0.11);
    limb(cairo, -22, -6, -15, -6, 13);
    limb(cairo, 15, -6, 22, -6, 13);
    ink(cairo, look->coat, 0.85);
    limb(cairo, -44, -206, -50 + sway, -130, 20);
    limb(cairo, 44, -206, 50 + sway, -130, 20);
    coat(cairo, look, -232, -110, 44);
    head(cairo, look, view, -262);
}

void figure_draw_standing(cairo_t *cairo, const FigureLook *look, FigureView view, double step)
{
    cairo_save(cairo);
    cairo_scale(cairo, look->size, look->size);
    shadow(cairo);
    if (view == FIGURE_SIDE)
        draw_side(cairo, look, step);
    else
        draw_upright(cairo, look, view, step);
    cairo_restore(cairo);
}

void figure_draw_sitting(cairo_t *cairo, const FigureLook *look, double nod)
{
    cairo_save(cairo);
    cairo_scale(cairo, look->size, look->size);
    coat(cairo, look, -110, 4, 40);
    ink(cairo, look->trousers, 1);
    limb(cairo, -18, 0, -22, 44, 27);
    limb(cairo, 18, 0, 22, 44, 27);
    limb(cairo, -22, 44, -22, 92, 22);
    limb(cairo, 22, 44, 22, 92, 22);
    cairo_set_source_rgb(cairo, 0.12, 0.11, 0.11);
    limb(cairo, -25, 100, -18, 100, 13);
    limb(cairo, 18, 100, 25, 100, 13);
    ink(cairo, look->coat, 0.85);
    limb(cairo, -40, -84, -30, -10, 18);
    limb(cairo, 40, -84, 30, -10, 18);
    ink(cairo, look->skin, 1);
    disc(cairo, -24, 2, 9, 8);
    disc(cairo, 24, 2, 9, 8);
    head(cairo, look, FIGURE_FRONT, -140 + nod);
    cairo_restore(cairo);
}

void figure_draw_clerk(cairo_t *cairo, const FigureLook *look, double work)
{
    static const double uniform[3] = { 0.16, 0.24, 0.40 };
    FigureLook clerk = *look;
    memcpy(clerk.coat, uniform, sizeof(uniform));
    cairo_save(cairo);
    coat(cairo, &clerk, -112, 2, 48);
    cairo_set_source_rgb(cairo, 0.95, 0.96, 0.97);
    cairo_move_to(cairo, -14, -112);
    cairo_line_to(cairo, 14, -112);
    cairo_line_to(cairo, 0, -66);
    cairo_close_path(cairo);
    cairo_fill(cairo);
    head(cairo, &clerk, FIGURE_FRONT, -142);
    ink(cairo, clerk.coat, 0.85);
    double hand = 6 * sin(work * 2 * M_PI);
    limb(cairo, -46, -84, -34 + hand, -8, 19);
    limb(cairo, 46, -84, 34 + hand, -8, 19);
    cairo_restore(cairo);
}
