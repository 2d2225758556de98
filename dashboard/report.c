// SPDX-License-Identifier: Apache-2.0
#include "dashboard/report.h"

#include "base/clock.h"
#include "rating/figures.h"
#include "rating/rectification.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>

// A4 in points.
enum { WIDTH = 595, HEIGHT = 842, MARGIN = 40, LINE = 17, ROWS_MAX = 10, TAGS_MAX = 8 };

#define INK    0x14202e
#define MUTED  0x5a6875
#define ACCENT 0x0b57a4
#define BAD    0xcf362c
#define PALE   0xe6ecf3

typedef struct {
    cairo_t *cr;
    double y; // where the next thing begins
} Sheet;

static void color(cairo_t *cr, unsigned rgb)
{
    cairo_set_source_rgb(cr, (rgb >> 16) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
}

static void box(cairo_t *cr, unsigned rgb, double x, double y, double width, double height)
{
    color(cr, rgb);
    cairo_rectangle(cr, x, y, width, height);
    cairo_fill(cr);
}

static void text(cairo_t *cr, unsigned rgb, const char *font, double x, double y, double width,
                 const char *said)
{
    PangoLayout *layout = pango_cairo_create_layout(cr);
    PangoFontDescription *description = pango_font_description_from_string(font);
    pango_layout_set_font_description(layout, description);
    pango_layout_set_text(layout, said, -1);
    if (width > 0) { // cut off where it is longer
        pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    }
    color(cr, rgb);
    cairo_move_to(cr, x, y);
    pango_cairo_show_layout(cr, layout);
    pango_font_description_free(description);
    g_object_unref(layout);
}

#define PLAIN "Noto Sans CJK SC 8"
#define BOLD  "Noto Sans CJK SC Bold 8"

static void heading(Sheet *sheet, const char *said)
{
    sheet->y += 8;
    box(sheet->cr, ACCENT, MARGIN, sheet->y + 3, 3, 11);
    text(sheet->cr, INK, "Noto Sans CJK SC Bold 10", MARGIN + 8, sheet->y, 0, said);
    sheet->y += 20;
}

static double number(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

// "96.3%（209/217）"; 19,880 of 19,881 is not 100 %.
static char *share_text(const json_t *share)
{
    double n = number(share, "n"), of = number(share, "of");
    if (of <= 0)
        return g_strdup("—");
    double percent = n >= of ? 100 : n <= 0 ? 0 : CLAMP(n / of * 100, 0.1, 99.9);
    return g_strdup_printf("%.1f%%（%.0f/%.0f）", percent, n, of);
}

static char *figure_text(const Figure *figure, const json_t *row)
{
    const json_t *value = json_object_get(row, figure->key);
    return figure->form == FIGURE_VOLUME ? g_strdup_printf("%.0f", json_number_value(value))
                                         : share_text(value);
}

static void draw_row(Sheet *sheet, const char *font, const char *const *cells, const double *at)
{
    for (int i = 0; cells[i]; i++)
        text(sheet->cr, INK, font, MARGIN + at[i], sheet->y,
             (cells[i + 1] ? at[i + 1] : WIDTH - 2 * MARGIN) - at[i] - 4, cells[i]);
    sheet->y += LINE;
    box(sheet->cr, PALE, MARGIN, sheet->y - 2, WIDTH - 2 * MARGIN, 0.6);
}

static void draw_figures(Sheet *sheet, const json_t *row, const json_t *before)
{
    static const double at[] = { 0, 100, 240, 380 };
    const json_t *month = json_object_get(json_object_get(before, "month"), "total");
    const json_t *year = json_object_get(json_object_get(before, "year"), "total");
    heading(sheet, "各项指标");
    draw_row(sheet, BOLD, (const char *[]){ "指标", "本月（分子/分母）", "上月", "去年同月", NULL },
             at);
    g_autofree char *n = g_strdup_printf("%.0f", number(row, "n"));
    g_autofree char *of_month = g_strdup_printf("%.0f", number(month, "n"));
    g_autofree char *of_year = g_strdup_printf("%.0f", number(year, "n"));
    draw_row(sheet, PLAIN, (const char *[]){ "评价数", n, of_month, of_year, NULL }, at);
    for (size_t i = 0; i < figures_n; i++) {
        const Figure *figure = &figures_table[i];
        g_autofree char *now = figure_text(figure, row);
        g_autofree char *then = figure_text(figure, month);
        g_autofree char *last = figure_text(figure, year);
        draw_row(sheet, PLAIN, (const char *[]){ figure->chinese, now, then, last, NULL }, at);
    }
}

// Ratings of each day as bars, the bad ones in them; days are numbered below.
static void draw_days(Sheet *sheet, const json_t *trend)
{
    enum { TALL = 58 };
    const json_t *points = json_object_get(trend, "points");
    double most = 1, step = (double)(WIDTH - 2 * MARGIN) / (double)MAX(1, json_array_size(points));
    size_t i;
    json_t *point;
    heading(sheet, "每日评价数（红色为差评）");
    json_array_foreach((json_t *)points, i, point) most = MAX(most, number(point, "n"));
    json_array_foreach((json_t *)points, i, point)
    {
        double x = MARGIN + (double)i * step, high = number(point, "n") / most * TALL;
        double bad = number(json_object_get(point, "bad"), "n") / most * TALL;
        g_autofree char *day = g_strdup_printf("%zu", i + 1);
        box(sheet->cr, ACCENT, x + 1, sheet->y + TALL - high, step - 3, high);
        box(sheet->cr, BAD, x + 1, sheet->y + TALL - bad, step - 3, bad);
        text(sheet->cr, MUTED, "Noto Sans CJK SC 5", x + 2, sheet->y + TALL + 1, 0, day);
    }
    sheet->y += TALL + 12;
}

static void draw_tags(Sheet *sheet, const json_t *tags)
{
    double most = number(json_array_get(tags, 0), "n");
    heading(sheet, "差评集中的原因");
    if (most <= 0)
        text(sheet->cr, MUTED, PLAIN, MARGIN, sheet->y, 0, "本月差评没有选原因，或没有差评");
    for (size_t i = 0; i < MIN(json_array_size(tags), TAGS_MAX); i++) {
        const json_t *tag = json_array_get(tags, i);
        const char *said = json_string_value(json_object_get(tag, "text"));
        g_autofree char *n = g_strdup_printf("%.0f", number(tag, "n"));
        text(sheet->cr, INK, PLAIN, MARGIN, sheet->y, 200,
             said ? said : json_string_value(json_object_get(tag, "code")));
        box(sheet->cr, BAD, MARGIN + 210, sheet->y + 2, number(tag, "n") / most * 250, 7);
        text(sheet->cr, INK, BOLD, MARGIN + 470, sheet->y, 0, n);
        sheet->y += LINE - 2;
    }
    sheet->y += most <= 0 ? LINE : 0;
}

static void draw_ranking(Sheet *sheet, const json_t *figures)
{
    static const double at[] = { 0, 24, 150, 200, 305, 395 };
    const json_t *items = json_object_get(figures, "items");
    heading(sheet, "窗口排名（按好评率 95% 区间下限，评价少的不会排到评价多的前面）");
    draw_row(sheet, BOLD,
             (const char *[]){ "", "窗口", "评价数", "好评率", "区间", "主动评价率", NULL }, at);
    for (size_t i = 0; i < MIN(json_array_size(items), ROWS_MAX); i++) {
        const json_t *row = json_array_get(items, i), *good = json_object_get(row, "good");
        const char *name = json_string_value(json_object_get(row, "name"));
        const char *key = json_string_value(json_object_get(row, "key"));
        g_autofree char *rank = g_strdup_printf("%zu", i + 1);
        g_autofree char *n = g_strdup_printf("%.0f", number(row, "n"));
        g_autofree char *share = share_text(good);
        g_autofree char *active = share_text(json_object_get(row, "active"));
        g_autofree char *interval = g_strdup_printf("%.1f%% – %.1f%%", number(good, "low") * 100,
                                                    number(good, "high") * 100);
        draw_row(sheet, PLAIN,
                 (const char *[]){ rank,
                                   name  ? name
                                   : key ? key
                                         : "未关联",
                                   n, share, interval, active, NULL },
                 at);
    }
}

static void draw_head(Sheet *sheet, const char *hall, int64_t from_ms, int64_t now_ms)
{
    g_autofree char *month = clock_format(from_ms), *now = clock_format(now_ms);
    g_autofree char *title =
        g_strdup_printf("%s  %.4s 年 %d 月好差评月报", hall, month, atoi(month + strlen("2026-")));
    g_autofree char *made =
        g_strdup_printf("生成于 %.10s %.5s；评价由群众自愿作出，不计入的不在其中", now,
                        now + strlen("2026-11-24T"));
    text(sheet->cr, ACCENT, "Noto Sans CJK SC Bold 14", MARGIN, 30, WIDTH - 2 * MARGIN, title);
    text(sheet->cr, MUTED, PLAIN, MARGIN, 54, 0, made);
    sheet->y = 66;
}

static void draw_work(Sheet *sheet, Store *store, int64_t now_ms)
{
    json_t *counts = rectification_counts(store, now_ms);
    g_autofree char *said = g_strdup_printf(
        "差评整改（截至生成时）：在办 %.0f 件，其中超期 %.0f 件，今日到期 %.0f 件，待审批 %.0f 件",
        number(counts, "open"), number(counts, "late"), number(counts, "due_today"),
        number(counts, "judging"));
    sheet->y += 6;
    text(sheet->cr, INK, BOLD, MARGIN, sheet->y, 0, said);
    sheet->y += LINE;
    json_decref(counts);
}

static cairo_status_t take_bytes(void *ctx, const unsigned char *bytes, unsigned size)
{
    g_byte_array_append(ctx, bytes, size);
    return CAIRO_STATUS_SUCCESS;
}

static void draw(Sheet *sheet, Store *store, const char *hall, int64_t from_ms, int64_t to_ms,
                 int64_t now_ms)
{
    json_t *total = figures_of(store, "hall", NULL, from_ms, to_ms);
    json_t *before = figures_before(store, "hall", NULL, from_ms, to_ms);
    json_t *trend = figures_trend(store, "hall", NULL, from_ms, to_ms);
    json_t *tags = figures_tags(store, from_ms, to_ms);
    json_t *ranking = figures_by(store, "counter", from_ms, to_ms);
    draw_head(sheet, hall, from_ms, now_ms);
    draw_figures(sheet, total, before);
    draw_work(sheet, store, now_ms);
    draw_days(sheet, trend);
    draw_tags(sheet, tags);
    draw_ranking(sheet, ranking);
    json_decref(total);
    json_decref(before);
    json_decref(trend);
    json_decref(tags);
    json_decref(ranking);
}

GByteArray *report_monthly(Store *store, const char *hall, int64_t from_ms, int64_t to_ms,
                           int64_t now_ms)
{
    GByteArray *bytes = g_byte_array_new();
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(take_bytes, bytes, WIDTH, HEIGHT);
    Sheet sheet = { .cr = cairo_create(surface) };
    draw(&sheet, store, hall, from_ms, to_ms, now_ms);
    cairo_destroy(sheet.cr);
    cairo_surface_finish(surface);
    bool is_good = cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);
    if (is_good)
        return bytes;
    g_byte_array_unref(bytes);
    return NULL;
}
