// SPDX-License-Identifier: Apache-2.0
#include "demo/camera/room.h"
#include "demo/camera/scene.h"
#include <math.h>
#include <pango/pangocairo.h>

static void box(cairo_t *cairo, double x, double y, double width, double height, double radius)
{
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, x + width - radius, y + radius, radius, -M_PI / 2, 0);
    cairo_arc(cairo, x + width - radius, y + height - radius, radius, 0, M_PI / 2);
    cairo_arc(cairo, x + radius, y + height - radius, radius, M_PI / 2, M_PI);
    cairo_arc(cairo, x + radius, y + radius, radius, M_PI, 1.5 * M_PI);
    cairo_close_path(cairo);
    cairo_fill(cairo);
}

static void color(cairo_t *cairo, unsigned rgb)
{
    cairo_set_source_rgb(cairo, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0,
                         (rgb & 255) / 255.0);
}

void room_draw_text(cairo_t *cairo, const char *text, const char *font, double x, double y)
{
    g_autoptr(PangoLayout) layout = pango_cairo_create_layout(cairo);
    g_autoptr(PangoFontDescription) description = pango_font_description_from_string(font);
    int width, height;
    pango_layout_set_font_description(layout, description);
    pango_layout_set_text(layout, text, -1);
    pango_layout_get_pixel_size(layout, &width, &height);
    cairo_move_to(cairo, x - width / 2.0, y - height / 2.0);
    pango_cairo_show_layout(cairo, layout);
}

static void wall_and_floor(cairo_t *cairo, double horizon)
{
    color(cairo, 0xe9e4da);
    cairo_paint(cairo);
    color(cairo, 0xc9bfae);
    cairo_rectangle(cairo, 0, horizon, SCENE_WIDTH, SCENE_HEIGHT - horizon);
    cairo_fill(cairo);
    color(cairo, 0xb8ad9a);
    cairo_set_line_width(cairo, 2);
    for (int i = -6; i <= 6; i++) {
        cairo_move_to(cairo, SCENE_WIDTH / 2.0 + i * 110, horizon);
        cairo_line_to(cairo, SCENE_WIDTH / 2.0 + i * 260, SCENE_HEIGHT);
    }
    cairo_stroke(cairo);
}

static void sign(cairo_t *cairo, const char *text, double x, double y, double width)
{
    color(cairo, 0x9c2b24);
    box(cairo, x - width / 2, y - 30, width, 60, 6);
    color(cairo, 0xfdf3dc);
    room_draw_text(cairo, text, "Sans Bold 24", x, y);
}

static void plant(cairo_t *cairo, double x, double y)
{
    color(cairo, 0x3f7a4a);
    for (int i = -3; i <= 3; i++) {
        cairo_save(cairo);
        cairo_translate(cairo, x, y - 50);
        cairo_rotate(cairo, i * 0.35);
        cairo_scale(cairo, 11, 62);
        cairo_arc(cairo, 0, -0.9, 1, 0, 2 * M_PI);
        cairo_restore(cairo);
        cairo_fill(cairo);
    }
    color(cairo, 0x8a5a3c);
    box(cairo, x - 32, y - 56, 64, 58, 8);
}

void room_draw_counter(cairo_t *cairo)
{
    wall_and_floor(cairo, 500);
    color(cairo, 0xd9d2c3);
    box(cairo, 60, 150, 1160, 200, 8);
    sign(cairo, "综合窗口", 380, 190, 240);
    sign(cairo, "高频窗口", 900, 190, 240);
    plant(cairo, 640, 500);
    plant(cairo, 70, 560);
    plant(cairo, 1215, 560);
}

static void desk(cairo_t *cairo, double x)
{
    color(cairo, 0x6d4c33);
    box(cairo, x - 210, ROOM_DESK_EDGE_Y, 420, 28, 6);
    color(cairo, 0x8b6445);
    cairo_rectangle(cairo, x - 200, ROOM_DESK_EDGE_Y + 26, 400, 150);
    cairo_fill(cairo);
    color(cairo, 0x2c3138); // monitor
    box(cairo, x - 180, ROOM_DESK_EDGE_Y - 104, 110, 78, 6);
    cairo_rectangle(cairo, x - 132, ROOM_DESK_EDGE_Y - 30, 14, 30);
    cairo_fill(cairo);
    color(cairo, 0x20242a); // pad
    box(cairo, x + 100, ROOM_DESK_EDGE_Y - 60, 76, 58, 6);
    color(cairo, 0x4f9ad0);
    box(cairo, x + 106, ROOM_DESK_EDGE_Y - 54, 64, 46, 3);
}

void room_draw_desks(cairo_t *cairo)
{
    static const double xs[] = ROOM_DESK_X;
    for (size_t i = 0; i < G_N_ELEMENTS(xs); i++)
        desk(cairo, xs[i]);
}

static void machine(cairo_t *cairo, double x, double y)
{
    color(cairo, 0x3a6ea5);
    box(cairo, x - 50, y - 260, 100, 260, 10);
    color(cairo, 0xdfeefa);
    box(cairo, x - 38, y - 236, 76, 90, 4);
    color(cairo, 0xf4f4f0);
    box(cairo, x - 22, y - 128, 44, 20, 2);
}

static void bench(cairo_t *cairo, double x)
{
    color(cairo, 0x7b8794);
    for (int i = 0; i < 4; i++)
        box(cairo, x + i * 110 - 48, ROOM_SEAT_Y - 92, 96, 96, 10);
    color(cairo, 0x4b545e);
    box(cairo, x - 52, ROOM_SEAT_Y + 4, 434, 16, 6);
    cairo_rectangle(cairo, x, ROOM_SEAT_Y + 18, 12, 84);
    cairo_rectangle(cairo, x + 318, ROOM_SEAT_Y + 18, 12, 84);
    cairo_fill(cairo);
}

void room_draw_hall(cairo_t *cairo)
{
    static const double seats[] = ROOM_SEAT_X;
    wall_and_floor(cairo, 430);
    color(cairo, 0xb9d3e6);
    for (int i = 0; i < 3; i++)
        box(cairo, 180 + i * 360, 190, 220, 170, 4);
    sign(cairo, "等候区", 640, 145, 200);
    machine(cairo, ROOM_MACHINE_X, 560);
    plant(cairo, 640, 545);
    plant(cairo, 1215, 545);
    bench(cairo, seats[0]);
    bench(cairo, seats[4]);
}
