// SPDX-License-Identifier: Apache-2.0
#include "dashboard/paper.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

enum { TOP = 46, BOTTOM = 46 };

struct Paper {
    GByteArray *bytes;
    cairo_surface_t *surface;
    cairo_t *cr;
    PangoLayout *layout; // one for all texts: to make one is slow
    char *foot;
    double y;
    int page;
};

static cairo_status_t take_bytes(void *ctx, const unsigned char *bytes, unsigned size)
{
    g_byte_array_append(ctx, bytes, size);
    return CAIRO_STATUS_SUCCESS;
}

Paper *paper_new(const char *foot)
{
    Paper *paper = g_new0(Paper, 1);
    paper->bytes = g_byte_array_new();
    paper->surface =
        cairo_pdf_surface_create_for_stream(take_bytes, paper->bytes, PAPER_WIDTH, PAPER_HEIGHT);
    cairo_pdf_surface_set_metadata(paper->surface, CAIRO_PDF_METADATA_TITLE, foot);
    paper->cr = cairo_create(paper->surface);
    paper->layout = pango_cairo_create_layout(paper->cr);
    pango_cairo_context_set_resolution(pango_layout_get_context(paper->layout), 72); // in points
    paper->foot = g_strdup(foot);
    paper->page = 1;
    return paper;
}

static void end_page(Paper *paper)
{
    static const PaperStyle left = { .size = 7.5, .color = PAPER_MUTED };
    static const PaperStyle right = { .size = 7.5, .color = PAPER_MUTED, .align = PAPER_RIGHT };
    g_autofree char *number = g_strdup_printf("– %d –", paper->page);
    double y = PAPER_HEIGHT - 32;
    paper_box(paper, PAPER_RULE, PAPER_MARGIN, y - 5, PAPER_INNER, 0.6);
    paper_text(paper, left, PAPER_MARGIN, y, PAPER_INNER - 60, paper->foot);
    paper_text(paper, right, PAPER_MARGIN, y, PAPER_INNER, number);
    cairo_show_page(paper->cr);
}

GBytes *paper_finish(Paper *take_paper)
{
    Paper *paper = take_paper;
    end_page(paper);
    g_object_unref(paper->layout);
    cairo_destroy(paper->cr);
    cairo_surface_finish(paper->surface);
    bool is_good = cairo_surface_status(paper->surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(paper->surface);
    GBytes *bytes = g_byte_array_free_to_bytes(paper->bytes);
    g_free(paper->foot);
    g_free(paper);
    if (is_good)
        return bytes;
    g_bytes_unref(bytes);
    return NULL;
}

cairo_t *paper_cairo(Paper *paper)
{
    return paper->cr;
}

double paper_y(const Paper *paper)
{
    return paper->y;
}

void paper_move(Paper *paper, double by)
{
    paper->y += by;
}

void paper_new_page(Paper *paper)
{
    end_page(paper);
    paper->page++;
    paper->y = TOP;
}

void paper_need(Paper *paper, double height)
{
    if (paper->y + height > PAPER_HEIGHT - BOTTOM)
        paper_new_page(paper);
}

static void color(cairo_t *cr, unsigned rgb)
{
    cairo_set_source_rgb(cr, (rgb >> 16) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
}

static PangoLayout *lay_out(Paper *paper, PaperStyle style, double width, const char *text)
{
    static const PangoAlignment aligns[] = { PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER,
                                             PANGO_ALIGN_RIGHT };
    PangoFontDescription *font = pango_font_description_from_string("Noto Sans CJK SC");
    pango_font_description_set_size(font, (int)(style.size * PANGO_SCALE));
    pango_font_description_set_weight(font,
                                      style.is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(paper->layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(paper->layout, (int)(width * PANGO_SCALE));
    pango_layout_set_alignment(paper->layout, aligns[style.align]);
    pango_layout_set_text(paper->layout, text, -1);
    return paper->layout;
}

void paper_text(Paper *paper, PaperStyle style, double x, double y, double width, const char *text)
{
    PangoLayout *layout = lay_out(paper, style, width, text);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_height(layout, -1);
    color(paper->cr, style.color);
    cairo_move_to(paper->cr, x, y);
    pango_cairo_show_layout(paper->cr, layout);
}

double paper_words(Paper *paper, PaperStyle style, double x, double y, double width,
                   const char *text, bool is_drawn)
{
    int height;
    PangoLayout *layout = lay_out(paper, style, width, text);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_NONE);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_get_size(layout, NULL, &height);
    if (is_drawn) {
        color(paper->cr, style.color);
        cairo_move_to(paper->cr, x, y);
        pango_cairo_show_layout(paper->cr, layout);
    }
    return (double)height / PANGO_SCALE;
}

void paper_box(Paper *paper, unsigned rgb, double x, double y, double width, double height)
{
    color(paper->cr, rgb);
    cairo_rectangle(paper->cr, x, y, width, height);
    cairo_fill(paper->cr);
}

void paper_round(Paper *paper, unsigned rgb, double x, double y, double width, double height)
{
    cairo_t *cr = paper->cr;
    double r = MIN(4, height / 2);
    color(cr, rgb);
    cairo_new_sub_path(cr);
    cairo_arc(cr, x + width - r, y + r, r, -G_PI_2, 0);
    cairo_arc(cr, x + width - r, y + height - r, r, 0, G_PI_2);
    cairo_arc(cr, x + r, y + height - r, r, G_PI_2, G_PI);
    cairo_arc(cr, x + r, y + r, r, G_PI, G_PI + G_PI_2);
    cairo_close_path(cr);
    cairo_fill(cr);
}
