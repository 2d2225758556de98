// SPDX-License-Identifier: Apache-2.0
#include "capture/caption.h"

#include <pango/pangocairo.h>
#include <string.h>

enum { LINES = 24, BAND_LUMA = 24, TEXT_LUMA = 235, CHROMA = 128 };

struct Caption {
    char *text;
    int width, height;      // of the picture
    cairo_surface_t *cover; // how much of each pixel the text covers; NULL: nothing drawn yet
};

Caption *caption_new(void)
{
    return g_new0(Caption, 1);
}

static void forget(Caption *caption)
{
    g_clear_pointer(&caption->cover, cairo_surface_destroy);
    g_clear_pointer(&caption->text, g_free);
}

void caption_free(Caption *caption)
{
    if (!caption)
        return;
    forget(caption);
    g_free(caption);
}

static PangoLayout *lay_out(cairo_t *cairo, const char *text, int size)
{
    PangoLayout *layout = pango_cairo_create_layout(cairo);
    PangoFontDescription *font = pango_font_description_from_string("sans-serif");
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_text(layout, text, -1);
    return layout;
}

static void render(Caption *caption, const AVFrame *frame, const char *text)
{
    int size = MAX(frame->height / LINES, 10), margin = size / 3, width, height;
    cairo_surface_t *probe = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1);
    cairo_t *cairo = cairo_create(probe);
    PangoLayout *layout = lay_out(cairo, text, size);
    pango_layout_get_pixel_size(layout, &width, &height);
    g_object_unref(layout);
    cairo_destroy(cairo);
    cairo_surface_destroy(probe);
    forget(caption);
    caption->cover =
        cairo_image_surface_create(CAIRO_FORMAT_A8, MIN(width + 2 * margin, frame->width) & ~1,
                                   MIN(height + 2 * margin, frame->height) & ~1);
    cairo = cairo_create(caption->cover);
    layout = lay_out(cairo, text, size);
    cairo_move_to(cairo, margin, margin);
    pango_cairo_show_layout(cairo, layout);
    g_object_unref(layout);
    cairo_destroy(cairo);
    cairo_surface_flush(caption->cover);
    caption->text = g_strdup(text);
    caption->width = frame->width;
    caption->height = frame->height;
}

void caption_draw(Caption *caption, AVFrame *frame, const char *text)
{
    if (!caption->cover || g_strcmp0(caption->text, text) != 0 || caption->width != frame->width ||
        caption->height != frame->height)
        render(caption, frame, text);
    const unsigned char *cover = cairo_image_surface_get_data(caption->cover);
    int stride = cairo_image_surface_get_stride(caption->cover);
    int width = cairo_image_surface_get_width(caption->cover);
    int height = cairo_image_surface_get_height(caption->cover);
    for (int y = 0; y < height; y++) {
        uint8_t *row = frame->data[0] + (ptrdiff_t)y * frame->linesize[0];
        for (int x = 0; x < width; x++)
            row[x] = (uint8_t)(BAND_LUMA + (TEXT_LUMA - BAND_LUMA) * cover[y * stride + x] / 255);
    }
    for (int plane = 1; plane < 3; plane++) {
        for (int y = 0; y < height / 2; y++)
            memset(frame->data[plane] + (ptrdiff_t)y * frame->linesize[plane], CHROMA,
                   (size_t)width / 2);
    }
}
