// SPDX-License-Identifier: Apache-2.0
#include "dashboard/monthly_report.h"

#include "dashboard/report_draw.h"
#include "dashboard/report_table.h"
#include "rating/monthly_review.h"

#include <math.h>
#include <string.h>

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

// --- tables: a figure a row for the hall, a figure a column for each of a group

static const struct {
    const char *group, *zh, *en, *name_zh, *name_en;
} groups[] = {
    { "unit", "部门", "Units", "部门", "unit" },
    { "counter", "窗口", "Counters", "窗口", "counter" },
    { "person", "人员", "Staff", "人员", "person" },
    { "item", "事项", "Service items", "事项", "item" },
    { "agent", "帮办代办员", "Village agents", "代办员", "agent" },
    { "kind", "线索类别", "Kinds of flags", "类别", "kind" },
};
const char *const monthly_report_groups[] = { "unit",  "counter", "person", "item",
                                              "agent", "kind",    NULL };

static const char *form_of(const MonthlyFigure *figure)
{
    switch (figure->form) {
    case MONTHLY_COUNT:
        return "number";
    case MONTHLY_SHARE:
        return "share";
    case MONTHLY_MEAN:
    case MONTHLY_MEDIAN:
    case MONTHLY_P90:
        break;
    }
    return "mean";
}

// Of days the mean with one decimal, of waits the minutes; null: of nothing.
static json_t *cell_of(const MonthlyFigure *figure, const json_t *row)
{
    json_t *cell = json_object_get(row, figure->key);
    if (!cell || (figure->form > MONTHLY_SHARE && number(cell, "of") <= 0))
        return json_null();
    if (figure->form == MONTHLY_MEAN)
        return json_real(round(number(cell, "n") / number(cell, "of") * 10) / 10);
    if (figure->form == MONTHLY_MEDIAN || figure->form == MONTHLY_P90)
        return json_incref(json_object_get(cell, "n"));
    return json_incref(cell);
}

static json_t *column(const char *title, const char *form)
{
    return json_pack("{s:s, s:s}", "title", title, "form", form);
}

static json_t *figures_table(const json_t *review, bool is_english)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < monthly_figures_n; i++) {
        const MonthlyFigure *figure = &monthly_figures[i];
        json_array_append_new(rows,
                              json_pack("[s, o, o, o, s]", is_english ? figure->en : figure->zh,
                                        cell_of(figure, at(review, "total")),
                                        cell_of(figure, at(review, "before")),
                                        cell_of(figure, at(review, "year")),
                                        is_english ? figure->means_en : figure->means_zh));
    }
    return json_pack("{s:s, s:s, s:[o, o, o, o, o], s:o}", "key", "figures", "title",
                     is_english ? "Figures" : "各项指标", "columns",
                     column(is_english ? "figure" : "指标", "text"),
                     column(is_english ? "this month" : "本月", "value"),
                     column(is_english ? "month before" : "上月", "value"),
                     column(is_english ? "a year before" : "去年同月", "value"),
                     column(is_english ? "what counts" : "含义", "text"), "rows", rows);
}

static const char *name_of(const json_t *row, const char *group, const Config *config,
                           bool is_english)
{
    const char *key = text(row, "key"), *name = text(row, "name");
    const ConfigCounter *counter =
        key && strcmp(group, "counter") == 0 ? config_counter(config, key) : NULL;
    return !key      ? (is_english ? "belongs to none" : "未关联")
           : counter ? counter->name
           : name    ? name
                     : key;
}

static json_t *group_table(const json_t *review, size_t group, const Config *config,
                           bool is_english)
{
    json_t *columns = json_array(), *rows = json_array(), *row;
    size_t i;
    json_array_append_new(
        columns, column(is_english ? groups[group].name_en : groups[group].name_zh, "text"));
    json_array_append_new(columns, column(is_english ? "code" : "代码", "text"));
    for (size_t k = 0; k < monthly_figures_n; k++)
        json_array_append_new(columns,
                              column(is_english ? monthly_figures[k].en : monthly_figures[k].zh,
                                     form_of(&monthly_figures[k])));
    json_array_foreach(at(at(review, "groups"), groups[group].group), i, row)
    {
        json_t *cells = json_pack("[s, s?]", name_of(row, groups[group].group, config, is_english),
                                  text(row, "key"));
        for (size_t k = 0; k < monthly_figures_n; k++)
            json_array_append_new(cells, cell_of(&monthly_figures[k], row));
        json_array_append_new(rows, cells);
    }
    return json_pack("{s:s, s:s, s:o, s:o}", "key", groups[group].group, "title",
                     is_english ? groups[group].en : groups[group].zh, "columns", columns, "rows",
                     rows);
}

static MonthlySpan span_of(Period period, const Config *config, int64_t now_ms)
{
    return (MonthlySpan){ .from_ms = period.from_ms,
                          .to_ms = period.to_ms,
                          .now_ms = now_ms,
                          .wait_minutes = config->rules.wait_minutes };
}

json_t *monthly_report_review(Store *store, const Config *config, const Period *period,
                              const char *const *wanted, int64_t now_ms)
{
    const MonthlySpan span = span_of(*period, config, now_ms);
    const MonthlySpan before = span_of(period_before(period), config, now_ms);
    const MonthlySpan year = span_of(period_year_before(period), config, now_ms);
    return monthly_review(store, &span, &before, &year, wanted);
}

json_t *monthly_tables(const json_t *review, const Config *config, bool is_english)
{
    json_t *tables = json_array();
    json_array_append_new(tables, figures_table(review, is_english));
    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++)
        json_array_append_new(tables, group_table(review, i, config, is_english));
    return tables;
}

// --- on paper: so many columns as a page takes

// The columns of a group's table that a page shows.
static const char *const on_cases[] = { "filed", "done",   "on_time", "overtime",
                                        "open",  "yellow", "red",     NULL };
static const char *const on_waits[] = { "tickets", "wait", "wait_most", "wait_over",
                                        "rated",   "good", "clues",     NULL };

static json_t *narrowed(const json_t *table, const char *key, const char *title,
                        const char *const *shown)
{
    json_t *columns = json_array(), *rows = json_array(), *row;
    size_t i;
    json_array_append(columns, json_array_get(at(table, "columns"), 0));
    for (const char *const *one = shown; *one; one++)
        json_array_append(columns,
                          json_array_get(at(table, "columns"),
                                         2 + (size_t)(monthly_figure(*one) - monthly_figures)));
    json_array_foreach(at(table, "rows"), i, row)
    {
        json_t *cells = json_array();
        json_array_append(cells, json_array_get(row, 0));
        for (const char *const *one = shown; *one; one++)
            json_array_append(
                cells, json_array_get(row, 2 + (size_t)(monthly_figure(*one) - monthly_figures)));
        json_array_append_new(rows, cells);
    }
    return json_pack("{s:s, s:s, s:o, s:o}", "key", key, "title", title, "columns", columns, "rows",
                     rows);
}

static void draw_narrowed(const Report *report, const char *group, const char *hint,
                          const char *const *shown, const char *more)
{
    enum { ROWS = 25 };
    const json_t *table = report_table(report->tables, group);
    g_autofree char *title = g_strdup_printf("%s%s", text(table, "title"), more);
    json_t *tables = json_pack("[o]", narrowed(table, group, title, shown));
    Report part = *report;
    part.tables = tables;
    report_draw_table(&part, group, hint, 0, ROWS);
    json_decref(tables);
}

static void draw_words(const Report *report)
{
    g_autoptr(GString) said = g_string_new(NULL);
    size_t i;
    json_t *sentence;
    json_array_foreach(at(at(report->review, "text"), report_say(report, "zh", "en")), i, sentence)
        g_string_append_printf(said, "%s%s", i > 0 && report->head->is_english ? " " : "",
                               json_string_value(sentence));
    report_words(report, said->str);
}

static double most_of(const json_t *rows, const char *key)
{
    double most = 1;
    size_t i;
    json_t *row;
    json_array_foreach((json_t *)rows, i, row) most = MAX(most, number(row, key));
    return most;
}

static void draw_label(const Report *report, double x, double y, const char *said)
{
    static const PaperStyle style = { .size = 7.5, .color = PAPER_MUTED, .align = PAPER_CENTER };
    paper_text(report->paper, style, x - 20, y, 40, said);
}

// Done each day, and of these late on top in red.
static void draw_days(const Report *report)
{
    enum { TALL = 100 };
    const json_t *days = at(report->review, "days");
    size_t i, n = json_array_size(days);
    double most = most_of(days, "done"), step = PAPER_INNER / (double)MAX(n, 1);
    json_t *day;
    report_heading(report, report_say(report, "每日办结", "Finished each day"), NULL, TALL + 30);
    double y = paper_y(report->paper);
    report_legend(report, PAPER_MARGIN + 330, y - 20, PAPER_SOFT,
                  report_say(report, "按时", "in time"));
    report_legend(report, PAPER_MARGIN + 420, y - 20, PAPER_BAD,
                  report_say(report, "超期", "late"));
    json_array_foreach((json_t *)days, i, day)
    {
        double x = PAPER_MARGIN + (double)i * step, wide = step * 0.7;
        double done = number(day, "done") / most * TALL;
        double on_time = number(day, "on_time") / most * TALL;
        paper_box(report->paper, PAPER_SOFT, x, y + TALL - on_time, wide, on_time);
        paper_box(report->paper, PAPER_BAD, x, y + TALL - done, wide, done - on_time);
        if (i % 5 == 0)
            draw_label(report, x + wide / 2, y + TALL + 4, text(day, "on") + strlen("2026-10-"));
    }
    paper_box(report->paper, PAPER_RULE, PAPER_MARGIN, y + TALL, PAPER_INNER, 0.5);
    paper_move(report->paper, TALL + 18);
}

// Units side by side: the interval of the on-time share as a band, the share as a mark.
static void draw_units(const Report *report)
{
    enum { NAME = 130, TALL = 17, UNITS = 12, NUMBERS = 110 };
    const json_t *units = at(at(report->review, "groups"), "unit");
    static const PaperStyle plain = { .size = 9, .color = PAPER_INK };
    double room = PAPER_INNER - NAME - NUMBERS;
    size_t n = MIN(json_array_size(units), UNITS);
    report_heading(report, report_say(report, "各部门按时办结率", "On-time rate of the units"),
                   report_say(report, "色带为 95% 区间，横线为 0–100%",
                              "the band is the 95 % interval; 0 to 100 %"),
                   (double)n * TALL);
    for (size_t i = 0; i < n; i++) {
        const json_t *row = json_array_get(units, i), *share = at(row, "on_time");
        double x = PAPER_MARGIN + NAME, y = paper_y(report->paper), of = number(share, "of");
        if (!text(row, "key") || of <= 0)
            continue;
        g_autofree char *said = report_cell_text(share, "share");
        paper_text(report->paper, plain, PAPER_MARGIN + 4, y, NAME - 10, text(row, "key"));
        paper_box(report->paper, PAPER_RULE, x, y + 5, room, 2);
        paper_box(report->paper, PAPER_SOFT, x + number(share, "low") * room, y + 3,
                  (number(share, "high") - number(share, "low")) * room, 6);
        paper_box(report->paper, PAPER_ACCENT, x + number(share, "n") / of * room - 0.8, y + 1, 1.6,
                  10);
        paper_text(report->paper, plain, x + room + 10, y, NUMBERS - 10, said);
        paper_move(report->paper, TALL);
    }
}

// By the hour in which a number was taken: the median dark, nine in ten light behind it.
static void draw_hours(const Report *report)
{
    enum { TALL = 80 };
    const json_t *hours = at(report->review, "hours");
    size_t i, n = json_array_size(hours);
    json_t *hour;
    if (n == 0)
        return;
    double most = most_of(hours, "p90"), step = PAPER_INNER / (double)n;
    report_heading(report, report_say(report, "各时段等候（分钟）", "Waits by hour (minutes)"),
                   NULL, TALL + 30);
    double y = paper_y(report->paper);
    report_legend(report, PAPER_MARGIN + 330, y - 20, PAPER_ACCENT,
                  report_say(report, "中位数", "median"));
    report_legend(report, PAPER_MARGIN + 420, y - 20, PAPER_SOFT,
                  report_say(report, "九成不超过", "nine in ten"));
    json_array_foreach((json_t *)hours, i, hour)
    {
        double x = PAPER_MARGIN + (double)i * step, wide = MIN(step * 0.7, 40);
        double median = number(hour, "median") / most * TALL,
               p90 = number(hour, "p90") / most * TALL;
        g_autofree char *label = g_strdup_printf("%.0f:00", number(hour, "hour"));
        g_autofree char *said =
            g_strdup_printf("%.0f / %.0f", number(hour, "median"), number(hour, "p90"));
        paper_box(report->paper, PAPER_SOFT, x, y + TALL - p90 + 12, wide, p90);
        paper_box(report->paper, PAPER_ACCENT, x, y + TALL - median + 12, wide, median);
        draw_label(report, x + wide / 2, y + TALL - p90, said);
        draw_label(report, x + wide / 2, y + TALL + 16, label);
    }
    paper_move(report->paper, TALL + 32);
}

GBytes *monthly_pdf(const ReportHead *head, const json_t *review, const json_t *tables)
{
    enum { MEANING = 1 << 4 };
    g_autofree char *title = report_title(head);
    Report report = { .paper = paper_new(title), .head = head, .review = review, .tables = tables };
    report_band(&report);
    draw_words(&report);
    draw_days(&report);
    draw_units(&report);
    draw_hours(&report);
    report_draw_table(
        &report, "figures",
        report_say(&report, "括号内为分子/分母", "numerator and denominator in brackets"), MEANING,
        SIZE_MAX);
    for (size_t i = 0; i < G_N_ELEMENTS(groups) - 1; i++) {
        draw_narrowed(&report, groups[i].group,
                      i == 0 ? report_say(&report, "按按时办结率 95% 区间下限排名",
                                          "by the lower end of the on-time rate's interval")
                             : NULL,
                      on_cases, report_say(&report, "：办件", ": cases"));
        draw_narrowed(&report, groups[i].group, NULL, on_waits,
                      report_say(&report, "：等候与评价", ": waits and ratings"));
    }
    return paper_finish(report.paper);
}
