// SPDX-License-Identifier: Apache-2.0
#include "dashboard/report.h"

#include "dashboard/report_draw.h"
#include "dashboard/report_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RANK_ROWS = 10 };

static const PaperStyle plain = { .size = 9, .color = PAPER_INK };
static const PaperStyle muted = { .size = 8, .color = PAPER_MUTED };
static const PaperStyle centered = { .size = 7.5, .color = PAPER_MUTED, .align = PAPER_CENTER };

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

// --- the span in words

static double percent(const json_t *share)
{
    double n = number(share, "n"), of = number(share, "of");
    return of <= 0 || n <= 0 ? 0 : n >= of ? 100 : CLAMP(n / of * 100, 0.1, 99.9);
}

static double sum(const json_t *rows, const char *key)
{
    double total = 0;
    size_t i;
    json_t *row;
    json_array_foreach((json_t *)rows, i, row) total += number(row, key);
    return total;
}

static char *summary_text(const Report *report)
{
    const json_t *total = at(report->review, "total"), *before = at(report->review, "before");
    const json_t *pains = at(report->review, "painpoints"), *good = at(total, "good");
    const json_t *worst = json_array_get(at(report->review, "tags"), 0);
    const json_t *pain = json_array_get(at(pains, "tags"), 0);
    double then = number(at(before, "good"), "of") > 0 ? percent(at(before, "good")) : -1;
    GString *said = g_string_new(NULL);
    g_string_append_printf(said, report_say(report, "本期共有评价 %.0f 件", "%.0f ratings"),
                           number(total, "n"));
    if (number(good, "of") > 0)
        g_string_append_printf(said, report_say(report, "，好评率 %.1f%%", ", %.1f%% of them good"),
                               percent(good));
    if (then >= 0 && number(good, "of") > 0)
        g_string_append_printf(said,
                               report_say(report, "，较上期 %+.1f 个百分点", " (%+.1f points)"),
                               percent(good) - then);
    g_string_append_printf(said,
                           report_say(report, "；差评 %.0f 件，按时整改 %.0f 件",
                                      "; %.0f bad ones, %.0f put right in time"),
                           number(at(total, "bad"), "n"), number(at(total, "rectified"), "n"));
    if (worst)
        g_string_append_printf(said,
                               report_say(report, "，原因最多的是“%s”", ", most often for “%s”"),
                               text(worst, "text") ? text(worst, "text") : text(worst, "code"));
    g_string_append_printf(said,
                           report_say(report, "。吐槽找茬 %.0f 件；收集堵点难点 %.0f 条",
                                      ". %.0f complaints; "
                                      "%.0f pain points"),
                           sum(at(report->review, "complaints"), "n"), number(pains, "total"));
    if (pain)
        g_string_append_printf(said, report_say(report, "，最集中的是“%s”", ", most often “%s”"),
                               text(pain, "text") ? text(pain, "text") : text(pain, "code"));
    g_string_append_printf(
        said, report_say(report, "。评价异常线索 %.0f 条。", ". %.0f clues of rating fraud."),
        sum(at(report->review, "clues"), "n"));
    return g_string_free(said, FALSE);
}

static void draw_summary(const Report *report)
{
    g_autofree char *said = summary_text(report);
    report_words(report, said);
}

// --- tiles

static const struct {
    const char *key, *zh, *en;
    int better; // 1: more is better, -1: less is, 0: neither
} tiles[] = {
    { "n", "评价数", "ratings", 0 },
    { "good", "好评率", "good rate", 1 },
    { "bad", "差评率", "bad rate", -1 },
    { "active", "主动评价率", "active rate", 1 },
    { "rectified", "差评整改率", "rectification rate", 1 },
    { "called", "回访率", "call-back rate", 1 },
    { "on_time", "按时办结率", "on-time rate", 1 },
    { "services", "服务量", "services", 0 },
};

static bool change_of(const json_t *now, const json_t *then, double *ret_change)
{
    if (json_is_object(now)) {
        *ret_change = percent(now) - percent(then);
        return number(now, "of") > 0 && number(then, "of") > 0;
    }
    double was = json_number_value(then);
    *ret_change = was > 0 ? (json_number_value(now) / was - 1) * 100 : 0;
    return was > 0;
}

static void draw_change(const Report *report, const char *label, const json_t *now,
                        const json_t *then, int better, double x, double y, double width)
{
    double change;
    PaperStyle style = muted;
    style.align = PAPER_RIGHT;
    bool is_known = change_of(now, then, &change);
    bool is_flat = change > -0.05 && change < 0.05;
    g_autofree char *said =
        is_known ? g_strdup_printf("%s %.1f%s",
                                   is_flat      ? "＝"
                                   : change > 0 ? "▲"
                                                : "▼",
                                   ABS(change),
                                   json_is_object(now) ? report_say(report, " 点", " pt") : "%")
                 : g_strdup("—");
    if (is_known && !is_flat && better)
        style.color = (change > 0) == (better > 0) ? PAPER_GOOD : PAPER_BAD;
    paper_text(report->paper, muted, x, y, width, label);
    paper_text(report->paper, style, x, y, width, said);
}

static void draw_tile(const Report *report, size_t i, double x, double y, double width)
{
    static const PaperStyle label = { .size = 9, .color = PAPER_MUTED };
    PaperStyle big = { .size = 21, .color = PAPER_ACCENT, .is_bold = true };
    const char *key = tiles[i].key;
    const json_t *now = at(at(report->review, "total"), key);
    bool is_share = json_is_object(now);
    g_autofree char *whole = report_cell_text(now, "value");
    g_autofree char *shown = is_share && number(now, "of") > 0
                                 ? g_strdup_printf("%.1f%%", percent(now))
                                 : g_strdup(is_share ? "—" : whole);
    g_autofree char *some = report_count_text(number(now, "n"));
    g_autofree char *all = report_count_text(number(now, "of"));
    g_autofree char *numbers = is_share ? g_strdup_printf("%s / %s", some, all) : g_strdup("");
    if (strcmp(key, "bad") == 0)
        big.color = PAPER_BAD;
    PaperStyle beside = muted;
    beside.align = PAPER_RIGHT;
    paper_round(report->paper, PAPER_PALE, x, y, width, 76);
    paper_text(report->paper, label, x + 9, y + 7, width - 18,
               report_say(report, tiles[i].zh, tiles[i].en));
    paper_text(report->paper, beside, x + 9, y + 8, width - 18, numbers);
    paper_text(report->paper, big, x + 9, y + 20, width - 18, shown);
    draw_change(report, report_say(report, "较上期", "before"), now,
                at(at(report->review, "before"), key), tiles[i].better, x + 9, y + 48, width - 18);
    draw_change(report, report_say(report, "较去年", "year"), now,
                at(at(report->review, "year"), key), tiles[i].better, x + 9, y + 60, width - 18);
}

static void draw_tiles(const Report *report)
{
    enum { PER_ROW = 4, GAP = 9, TALL = 76 };
    double width = (PAPER_INNER - (PER_ROW - 1) * GAP) / (double)PER_ROW,
           y = paper_y(report->paper);
    for (size_t i = 0; i < G_N_ELEMENTS(tiles); i++)
        draw_tile(report, i, PAPER_MARGIN + (double)(i % PER_ROW) * (width + GAP),
                  y + (i < PER_ROW ? 0 : TALL + GAP), width);
    paper_move(report->paper, 2 * TALL + GAP + 2);
}

// --- charts

// "3日", "3/12", "3月" ... below a bar.
static char *point_label(const json_t *point, const char *step)
{
    const char *from = text(point, "from_at");
    int month = atoi(from + strlen("2026-")), day = atoi(from + strlen("2026-11-"));
    if (strcmp(step, "month") == 0)
        return g_strdup_printf("%.4s-%02d", from, month);
    return strcmp(step, "hour") == 0 ? g_strndup(from + strlen("2026-11-24T"), 2)
                                     : g_strdup_printf("%d/%d", month, day);
}

// The good rate as a line over the bars; a step without ratings is a gap.
static void draw_rate_line(const Report *report, const json_t *points, double y, double tall,
                           double step)
{
    cairo_t *cr = paper_cairo(report->paper);
    bool is_down = false;
    size_t i;
    json_t *point;
    cairo_set_source_rgb(cr, 0.16, 0.54, 0.33);
    cairo_set_line_width(cr, 1.4);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    json_array_foreach((json_t *)points, i, point)
    {
        const json_t *good = at(point, "good");
        double x = PAPER_MARGIN + 26 + ((double)i + 0.5) * step;
        double high = y + tall - percent(good) / 100 * tall;
        if (number(good, "of") <= 0) {
            is_down = false;
            continue;
        }
        if (is_down)
            cairo_line_to(cr, x, high);
        else
            cairo_move_to(cr, x, high);
        is_down = true;
    }
    cairo_stroke(cr);
}

static void draw_axis(const Report *report, double y, double tall, double most)
{
    PaperStyle left = centered, beyond = centered;
    left.align = PAPER_RIGHT;
    beyond.align = PAPER_LEFT;
    for (int i = 0; i <= 2; i++) {
        g_autofree char *n = g_strdup_printf("%.0f", most * i / 2);
        g_autofree char *rate = g_strdup_printf("%d%%", i * 50);
        double line = y + tall - tall * i / 2;
        paper_box(report->paper, PAPER_RULE, PAPER_MARGIN + 26, line, PAPER_INNER - 52, 0.5);
        paper_text(report->paper, left, PAPER_MARGIN - 4, line - 6, 26, n);
        paper_text(report->paper, beyond, PAPER_MARGIN + PAPER_INNER - 22, line - 6, 30, rate);
    }
}

static void draw_trend(const Report *report)
{
    enum { TALL = 108 };
    const json_t *trend = at(report->review, "trend"), *points = at(trend, "points");
    size_t i, n = json_array_size(points), every = MAX(1, (n + 15) / 16);
    json_t *point;
    double most = 2, step = (PAPER_INNER - 52) / (double)MAX(1, n);
    report_heading(report, report_say(report, "走势", "Trend"), NULL, TALL + 30);
    double y = paper_y(report->paper);
    report_legend(report, PAPER_MARGIN + 250, y - 20, PAPER_SOFT,
                  report_say(report, "评价数", "ratings"));
    report_legend(report, PAPER_MARGIN + 330, y - 20, PAPER_BAD,
                  report_say(report, "其中差评", "of these bad"));
    report_legend(report, PAPER_MARGIN + 420, y - 20, PAPER_GOOD,
                  report_say(report, "好评率", "good rate"));
    json_array_foreach((json_t *)points, i, point) most = MAX(most, number(point, "n"));
    most = ceil(most / 2) * 2;
    draw_axis(report, y + 4, TALL, most);
    json_array_foreach((json_t *)points, i, point)
    {
        double x = PAPER_MARGIN + 26 + (double)i * step, wide = MIN(step * 0.7, 22);
        double high = number(point, "n") / most * TALL;
        double bad = number(at(point, "bad"), "n") / most * TALL;
        g_autofree char *label = point_label(point, text(trend, "step"));
        paper_box(report->paper, PAPER_SOFT, x + (step - wide) / 2, y + 4 + TALL - high, wide,
                  high);
        paper_box(report->paper, PAPER_BAD, x + (step - wide) / 2, y + 4 + TALL - bad, wide, bad);
        if (i % every == 0)
            paper_text(report->paper, centered, x + step / 2 - 20, y + TALL + 7, 40, label);
    }
    draw_rate_line(report, points, y + 4, TALL, step);
    paper_move(report->paper, TALL + 22);
}

static void draw_levels(const Report *report)
{
    static const unsigned colors[] = { 0x2a8a55, 0x6fb98f, 0xb9d8c4, 0xe9a13b, 0xcf362c };
    const json_t *rows = at(report_table(report->tables, "levels"), "rows");
    double x = PAPER_MARGIN, wide = PAPER_INNER / 5.0;
    double all = MAX(1, number(at(report->review, "total"), "n"));
    size_t i;
    json_t *row;
    report_heading(report, report_say(report, "评价等次", "Levels"), NULL, 50);
    double y = paper_y(report->paper);
    paper_box(report->paper, PAPER_PALE, x, y, PAPER_INNER, 16);
    json_array_foreach((json_t *)rows, i, row)
    {
        double n = json_number_value(json_array_get(row, 1)), part = n / all * PAPER_INNER;
        g_autofree char *share = report_cell_text(json_array_get(row, 2), "share");
        paper_box(report->paper, colors[i], x, y, part, 16);
        x += part;
        report_legend(report, PAPER_MARGIN + (double)i * wide, y + 22, colors[i],
                      json_string_value(json_array_get(row, 0)));
        paper_text(report->paper, muted, PAPER_MARGIN + (double)i * wide + 11, y + 33, wide - 12,
                   share);
    }
    paper_move(report->paper, 48);
}

// --- counters and hours

enum { HOUR_FIRST = 8, HOUR_LAST = 17, HEAT_NAME = 100, HEAT_ROW = 17, HEAT_ROWS_MAX = 14 };

typedef struct {
    const json_t *hours;
    int first, n; // columns
    double width, most;
} Heat;

// The hours of the day that had ratings, and at least those of an office.
static Heat heat_of(const json_t *hours)
{
    int first = HOUR_FIRST, last = HOUR_LAST;
    Heat heat = { .hours = hours, .most = 1 };
    size_t i;
    json_t *cell;
    json_array_foreach((json_t *)hours, i, cell)
    {
        first = MIN(first, (int)number(cell, "hour"));
        last = MAX(last, (int)number(cell, "hour"));
        heat.most = MAX(heat.most, number(cell, "n"));
    }
    heat.first = first;
    heat.n = last - first + 1;
    heat.width = (double)(PAPER_INNER - HEAT_NAME) / heat.n;
    return heat;
}

static double hour_x(const Heat *heat, int hour)
{
    return PAPER_MARGIN + HEAT_NAME + (hour - heat->first) * heat->width;
}

// The more ratings, the darker; how many were bad in red.
static void draw_hour(const Report *report, const Heat *heat, const json_t *cell, double y)
{
    double dark = number(cell, "n") / heat->most;
    double x = hour_x(heat, (int)number(cell, "hour"));
    unsigned r = (unsigned)(235 - dark * 190), g = (unsigned)(243 - dark * 140);
    unsigned b = (unsigned)(250 - dark * 70);
    PaperStyle red = { .size = 8.5,
                       .color = dark > 0.55 ? 0xffd7d2 : PAPER_BAD,
                       .is_bold = true,
                       .align = PAPER_CENTER };
    g_autofree char *bad = g_strdup_printf("%.0f", number(cell, "bad"));
    paper_box(report->paper, r << 16 | g << 8 | b, x, y, heat->width - 1, HEAT_ROW - 1);
    if (number(cell, "bad") > 0)
        paper_text(report->paper, red, x, y + 2, heat->width, bad);
}

static void draw_counter_hours(const Report *report, const Heat *heat, const json_t *counter,
                               double y)
{
    const char *key = text(counter, "key"), *name = text(counter, "name");
    size_t i;
    json_t *cell;
    paper_text(report->paper, plain, PAPER_MARGIN, y + 1, HEAT_NAME - 6,
               name  ? name
               : key ? key
                     : report_say(report, "未关联", "none"));
    paper_box(report->paper, PAPER_PALE, PAPER_MARGIN + HEAT_NAME, y, PAPER_INNER - HEAT_NAME - 1,
              HEAT_ROW - 1);
    json_array_foreach((json_t *)heat->hours, i, cell)
    {
        if (g_strcmp0(text(cell, "counter"), key) == 0)
            draw_hour(report, heat, cell, y);
    }
}

static void draw_heat(const Report *report)
{
    const json_t *counters = at(at(report->review, "ranks"), "counter");
    const Heat heat = heat_of(at(report->review, "hours"));
    size_t shown = MIN(json_array_size(counters), HEAT_ROWS_MAX);
    if (shown == 0)
        return;
    report_heading(report, report_say(report, "窗口与时段", "Counters and hours"),
                   report_say(report, "颜色越深评价越多，红字为差评数",
                              "the darker, the more ratings; bad ones in red"),
                   (double)shown * HEAT_ROW + 20);
    double y = paper_y(report->paper);
    for (int hour = heat.first; hour < heat.first + heat.n; hour++) {
        g_autofree char *label = g_strdup_printf(heat.n > 12 ? "%02d" : "%02d:00", hour);
        paper_text(report->paper, centered, hour_x(&heat, hour), y, heat.width, label);
    }
    for (size_t i = 0; i < shown; i++)
        draw_counter_hours(report, &heat, json_array_get(counters, i),
                           y + 13 + (double)i * HEAT_ROW);
    paper_move(report->paper, (double)shown * HEAT_ROW + 16);
}

// In time and late, a bar for each stage.
static void draw_stage_bars(const Report *report)
{
    enum { NAME = 110, TALL = 19 };
    const json_t *rows = at(report_table(report->tables, "stages"), "rows");
    size_t i;
    json_t *row;
    double most = 0;
    json_array_foreach((json_t *)rows, i, row) most =
        MAX(most,
            json_number_value(json_array_get(row, 1)) + json_number_value(json_array_get(row, 2)));
    if (most <= 0)
        return;
    paper_move(report->paper, 8);
    paper_need(report->paper, TALL * 5);
    double y = paper_y(report->paper), room = PAPER_INNER - NAME - 10;
    json_array_foreach((json_t *)rows, i, row)
    {
        double in_time = json_number_value(json_array_get(row, 1)) / most * room;
        double late = json_number_value(json_array_get(row, 2)) / most * room;
        paper_text(report->paper, plain, PAPER_MARGIN + 4, y, NAME - 10,
                   json_string_value(json_array_get(row, 0)));
        paper_box(report->paper, PAPER_GOOD, PAPER_MARGIN + NAME, y + 1, in_time, 11);
        paper_box(report->paper, PAPER_WARN, PAPER_MARGIN + NAME + in_time, y + 1, late, 11);
        y += TALL;
    }
    report_legend(report, PAPER_MARGIN + NAME, y, PAPER_GOOD,
                  report_say(report, "按时完成", "in time"));
    report_legend(report, PAPER_MARGIN + NAME + 90, y, PAPER_WARN,
                  report_say(report, "超期完成", "late"));
    paper_move(report->paper, TALL * 5);
}

// What citizens said, with the day and what it is about.
static void draw_quotes(const Report *report)
{
    const json_t *table = report_table(report->tables, "pain_texts"), *rows = at(table, "rows");
    size_t i;
    json_t *row;
    if (json_array_size(rows) == 0)
        return;
    report_heading(report, text(table, "title"),
                   report_say(report, "较长的号码已隐去", "longer numbers are left out"), 50);
    json_array_foreach((json_t *)rows, i, row)
    {
        const char *item = json_string_value(json_array_get(row, 1)),
                   *tags = json_string_value(json_array_get(row, 2));
        g_autofree char *about =
            g_strdup_printf("%s  %s%s%s", json_string_value(json_array_get(row, 0)),
                            item ? item : "", item && *tags ? "  ·  " : "", tags);
        g_autofree char *quote = g_strdup_printf(report_say(report, "“%s”", "“%s”"),
                                                 json_string_value(json_array_get(row, 3)));
        double high = paper_words(report->paper, plain, 0, 0, PAPER_INNER - 20, quote, false);
        paper_need(report->paper, high + 22);
        double y = paper_y(report->paper);
        paper_box(report->paper, PAPER_SOFT, PAPER_MARGIN + 2, y + 2, 2, high + 12);
        paper_text(report->paper, muted, PAPER_MARGIN + 12, y, PAPER_INNER - 20, about);
        paper_words(report->paper, plain, PAPER_MARGIN + 12, y + 12, PAPER_INNER - 20, quote, true);
        paper_move(report->paper, high + 20);
    }
}

// --- all of it

static void draw_rankings(const Report *report)
{
    // The bad rate is what the good rate leaves.
    enum { CODE = 1 << 2, BAD_RATE = 1 << 6 };
    static const char *const keys[] = { "rank_counter", "rank_staff", "rank_unit", "rank_item",
                                        "rank_channel" };
    const char *hint = report_say(
        report, "按好评率 95% 区间下限排名，三件评价不会排到三百件前面；横线为 50%–100%",
        "by the interval's lower end: three ratings do not beat three hundred; the line is 50 "
        "to 100 %");
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        report_draw_table(report, keys[i], i == 0 ? hint : NULL, CODE | BAD_RATE, RANK_ROWS);
}

static void draw(const Report *report)
{
    report_band(report);
    draw_summary(report);
    draw_tiles(report);
    draw_trend(report);
    draw_levels(report);
    draw_heat(report);
    report_draw_table(
        report, "figures",
        report_say(report, "括号内为分子/分母", "numerator and denominator in brackets"), 0,
        SIZE_MAX);
    draw_rankings(report);
    report_draw_bars(report, "tags",
                     report_say(report, "按群众勾选的次数", "as often as citizens chose it"),
                     PAPER_BAD);
    report_draw_table(report, "stages", NULL, 0, SIZE_MAX);
    draw_stage_bars(report);
    report_draw_bars(report, "outcomes", NULL, PAPER_WARN);
    report_draw_bars(report, "callbacks", NULL, PAPER_GOOD);
    report_draw_table(report, "complaints", NULL, 0, SIZE_MAX);
    report_draw_bars(
        report, "pains",
        report_say(report, "出件窗口和回访收集", "collected at the pick-up counter and by calls"),
        PAPER_ACCENT);
    report_draw_table(report, "pain_items", NULL, 0, BAR_ROWS);
    draw_quotes(report);
    report_draw_table(report, "clues",
                      report_say(report, "线索不是结论，须经核实", "clues, not findings"), 0,
                      SIZE_MAX);
}

GBytes *report_pdf(const ReportHead *head, const json_t *review, const json_t *tables)
{
    g_autofree char *title = report_title(head);
    Report report = { .paper = paper_new(title), .head = head, .review = review, .tables = tables };
    draw(&report);
    return paper_finish(report.paper);
}
