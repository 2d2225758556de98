// SPDX-License-Identifier: Apache-2.0
#include "dashboard/report_draw.h"

#include "base/clock.h"
#include "dashboard/report_table.h"

#include <string.h>

static const PaperStyle plain = { .size = 9, .color = PAPER_INK };
static const PaperStyle bold = { .size = 9, .color = PAPER_INK, .is_bold = true };
static const PaperStyle right = { .size = 9, .color = PAPER_INK, .align = PAPER_RIGHT };
static const PaperStyle muted = { .size = 8, .color = PAPER_MUTED };

const char *report_say(const Report *report, const char *zh, const char *en)
{
    return report->head->is_english ? en : zh;
}

static const json_t *at(const json_t *object, const char *key)
{
    return json_object_get(object, key);
}

static double number(const json_t *object, const char *key)
{
    return json_number_value(at(object, key));
}

static const char *text(const json_t *object, const char *key)
{
    return json_string_value(at(object, key));
}

static const struct {
    const char *zh, *en;
} subjects[] = {
    [REPORT_RATINGS] = { "好差评", "" }, [REPORT_SUPERVISION] = { "电子监察", "supervision, " }
};

char *report_title(const ReportHead *head)
{
    g_autofree char *period = period_title(&head->period, head->is_english);
    const char *kind = period_report(&head->period, head->is_english);
    return head->is_english
               ? g_strdup_printf("%s: %s%s, %s", head->hall, subjects[head->subject].en, kind,
                                 period)
               : g_strdup_printf("%s %s%s%s", head->hall, period, subjects[head->subject].zh, kind);
}

void report_heading(const Report *report, const char *said, const char *hint, double need)
{
    static const PaperStyle style = { .size = 13, .color = PAPER_INK, .is_bold = true };
    paper_move(report->paper, 12);
    paper_need(report->paper, need + 26);
    double y = paper_y(report->paper);
    paper_box(report->paper, PAPER_ACCENT, PAPER_MARGIN, y + 3, 3, 12);
    paper_text(report->paper, style, PAPER_MARGIN + 9, y, 250, said);
    if (hint) {
        PaperStyle beside = muted;
        beside.align = PAPER_RIGHT;
        paper_text(report->paper, beside, PAPER_MARGIN + 150, y + 4, PAPER_INNER - 150, hint);
    }
    paper_move(report->paper, 24);
}

void report_band(const Report *report)
{
    enum { BAND = 96 };
    static const PaperStyle hall = { .size = 12, .color = 0xd6e6f5 };
    static const PaperStyle title = { .size = 25, .color = PAPER_WHITE, .is_bold = true };
    static const PaperStyle small = { .size = 9, .color = 0xd6e6f5 };
    const ReportHead *head = report->head;
    g_autofree char *period = period_title(&head->period, head->is_english);
    g_autofree char *from = clock_format(head->period.from_ms);
    g_autofree char *to = clock_format(head->period.to_ms - 1), *now = clock_format(head->made_ms);
    g_autofree char *name =
        g_strdup_printf(report_say(report, "%s%s%s", "%s: %s%s"), period,
                        report_say(report, subjects[head->subject].zh, subjects[head->subject].en),
                        period_report(&head->period, head->is_english));
    g_autofree char *days = g_strdup_printf(
        report_say(report, "统计 %.10s 至 %.10s%s  ·  生成于 %.10s %.5s",
                   "%.10s to %.10s%s  ·  made on %.10s at %.5s"),
        from, to,
        head->period.is_running ? report_say(report, "（未结束，与上期同样天数相比）",
                                             " (running: compared with as many days before)")
                                : "",
        now, now + strlen("2026-11-24T"));
    paper_box(report->paper, PAPER_ACCENT, 0, 0, PAPER_WIDTH, BAND);
    paper_text(report->paper, hall, PAPER_MARGIN, 20, PAPER_INNER, head->hall);
    paper_text(report->paper, title, PAPER_MARGIN, 35, PAPER_INNER, name);
    paper_text(report->paper, small, PAPER_MARGIN, 71, PAPER_INNER, days);
    paper_move(report->paper, BAND + 12);
}

void report_legend(const Report *report, double x, double y, unsigned color, const char *said)
{
    paper_box(report->paper, color, x, y + 3, 7, 7);
    paper_text(report->paper, muted, x + 11, y, 120, said);
}

void report_words(const Report *report, const char *said)
{
    static const PaperStyle style = { .size = 10.5, .color = PAPER_INK };
    double x = PAPER_MARGIN, y = paper_y(report->paper);
    double high = paper_words(report->paper, style, x + 12, y, PAPER_INNER - 24, said, false);
    paper_round(report->paper, PAPER_PALE, x, y, PAPER_INNER, high + 16);
    paper_words(report->paper, style, x + 12, y + 8, PAPER_INNER - 24, said, true);
    paper_move(report->paper, high + 26);
}

// --- tables

enum { ROW = 17, WHOLE = 16 }; // a table of so many rows stays on one page

typedef struct {
    const json_t *table;
    double x[COLUMNS_MAX], width[COLUMNS_MAX];
    bool is_left_out[COLUMNS_MAX];
} Layout;

static const char *form_of(const json_t *table, size_t column)
{
    return text(json_array_get(at(table, "columns"), column), "form");
}

static bool is_number_form(const char *form)
{
    return strcmp(form, "text") != 0;
}

static double weight_of(const char *form)
{
    static const struct {
        const char *form;
        double weight;
    } weights[] = { { "number", 0.8 }, { "change", 1 },     { "share", 2.3 },
                    { "value", 2.1 },  { "interval", 2.6 }, { "text", 1.9 } };
    for (size_t i = 0; i < G_N_ELEMENTS(weights); i++)
        if (strcmp(weights[i].form, form) == 0)
            return weights[i].weight;
    return 1;
}

// left_out: bits of columns that only the workbook has.
static Layout lay_out(const json_t *table, unsigned left_out)
{
    Layout layout = { .table = table };
    size_t n = MIN(json_array_size(at(table, "columns")), COLUMNS_MAX);
    double all = 0, x = PAPER_MARGIN;
    for (size_t i = 0; i < n; i++) {
        layout.is_left_out[i] = left_out >> i & 1;
        layout.width[i] = layout.is_left_out[i] ? 0 : weight_of(form_of(table, i));
        all += layout.width[i];
    }
    for (size_t i = 0; i < n; i++) {
        layout.width[i] *= PAPER_INNER / all;
        layout.x[i] = x;
        x += layout.width[i];
    }
    return layout;
}

static void draw_titles(const Report *report, const Layout *layout)
{
    size_t i;
    json_t *column;
    double y = paper_y(report->paper);
    paper_box(report->paper, PAPER_PALE, PAPER_MARGIN, y - 2, PAPER_INNER, ROW);
    json_array_foreach(at(layout->table, "columns"), i, column)
    {
        PaperStyle style = { .size = 8,
                             .color = PAPER_MUTED,
                             .is_bold = true,
                             .align =
                                 is_number_form(text(column, "form")) ? PAPER_RIGHT : PAPER_LEFT };
        if (!layout->is_left_out[i])
            paper_text(report->paper, style, layout->x[i] + 4, y, layout->width[i] - 8,
                       text(column, "title"));
    }
    paper_move(report->paper, ROW);
}

// The interval as a band with the share as a mark, so that few ratings look as uncertain as they
// are. The line goes from 50 to 100 %: there halls differ.
static double on_line(double share)
{
    enum { FROM = 50 };
    return CLAMP((share * 100 - FROM) / (100 - FROM), 0, 1);
}

static void draw_interval(const Report *report, const json_t *share, double x, double y,
                          double width)
{
    if (number(share, "of") <= 0)
        return;
    double low = on_line(number(share, "low")), high = on_line(number(share, "high"));
    double mark = on_line(number(share, "n") / number(share, "of"));
    paper_box(report->paper, PAPER_RULE, x, y + 5, width, 2);
    paper_box(report->paper, PAPER_SOFT, x + low * width, y + 3, (high - low) * width, 6);
    paper_box(report->paper, PAPER_ACCENT, x + mark * width - 0.8, y + 1, 1.6, 10);
}

static void draw_row(const Report *report, const Layout *layout, const json_t *row)
{
    size_t i;
    json_t *cell;
    double y = paper_y(report->paper);
    json_array_foreach((json_t *)row, i, cell)
    {
        const char *form = form_of(layout->table, i);
        g_autofree char *said = report_cell_text(cell, form);
        if (layout->is_left_out[i])
            continue;
        paper_text(report->paper, is_number_form(form) ? right : plain, layout->x[i] + 4, y,
                   layout->width[i] - 8, said);
        if (strcmp(form, "interval") == 0)
            draw_interval(report, cell, layout->x[i] + 8, y, layout->width[i] - 92);
    }
    paper_box(report->paper, PAPER_RULE, PAPER_MARGIN, y + ROW - 3, PAPER_INNER, 0.5);
    paper_move(report->paper, ROW);
}

static void report_nothing(const Report *report)
{
    paper_text(report->paper, muted, PAPER_MARGIN + 9, paper_y(report->paper), PAPER_INNER,
               report_say(report, "本期没有", "none in this period"));
    paper_move(report->paper, ROW);
}

// left_out: as in lay_out; most: so many rows at most, the others are in the workbook.
void report_draw_table(const Report *report, const char *key, const char *hint, unsigned left_out,
                       size_t most)
{
    const json_t *table = report_table(report->tables, key), *rows = at(table, "rows");
    Layout layout = lay_out(table, left_out);
    size_t n = json_array_size(rows), shown = MIN(n, most);
    report_heading(report, text(table, "title"), hint, ROW * (double)(1 + MIN(shown, WHOLE)));
    if (n == 0) {
        report_nothing(report);
        return;
    }
    draw_titles(report, &layout);
    for (size_t i = 0; i < shown; i++) {
        double y = paper_y(report->paper);
        paper_need(report->paper, ROW);
        if (paper_y(report->paper) < y)
            draw_titles(report, &layout);
        draw_row(report, &layout, json_array_get(rows, i));
    }
    if (n > shown) {
        g_autofree char *more =
            g_strdup_printf(report_say(report, "共 %zu 行，其余见 Excel 表格",
                                       "%zu rows in all; the others are in the workbook"),
                            n);
        paper_text(report->paper, muted, PAPER_MARGIN + 4, paper_y(report->paper), PAPER_INNER,
                   more);
        paper_move(report->paper, 12);
    }
}

// --- a table as bars: its first column against its second

static double most_of(const json_t *rows)
{
    double most = 0;
    size_t i;
    json_t *row;
    json_array_foreach((json_t *)rows, i, row) most =
        MAX(most, json_number_value(json_array_get(row, 1)));
    return most;
}

void report_draw_bars(const Report *report, const char *key, const char *hint, unsigned color)
{
    enum { NAME = 190, TALL = 16 };
    const json_t *table = report_table(report->tables, key), *rows = at(table, "rows");
    size_t n = MIN(json_array_size(rows), BAR_ROWS);
    double most = most_of(rows);
    report_heading(report, text(table, "title"), hint, (double)MAX(n, 1) * TALL);
    if (most <= 0) {
        report_nothing(report);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *row = json_array_get(rows, i);
        double count = json_number_value(json_array_get(row, 1)), y = paper_y(report->paper);
        double wide = count / most * (PAPER_INNER - NAME - 46);
        g_autofree char *said = report_cell_text(json_array_get(row, 1), "number");
        paper_text(report->paper, plain, PAPER_MARGIN + 4, y, NAME - 10,
                   json_string_value(json_array_get(row, 0)));
        paper_box(report->paper, color, PAPER_MARGIN + NAME, y + 2, wide, 9);
        paper_text(report->paper, bold, PAPER_MARGIN + NAME + wide + 6, y, 40, said);
        paper_move(report->paper, TALL);
    }
}
