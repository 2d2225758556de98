// SPDX-License-Identifier: Apache-2.0
#include "dashboard/report_table.h"

#include "dashboard/listing.h"
#include "rating/figures.h"

#include <glib.h>
#include <math.h>
#include <string.h>

typedef struct {
    const json_t *review;
    bool is_english;
} Source;

typedef struct {
    const char *zh, *en, *form;
} Column;

typedef struct {
    const char *key, *zh, *en;
    Column columns[9]; // up to one without zh
    void (*fill)(const Source *source, const char *key, json_t *rows);
} Table;

G_GNUC_FORMAT(2)
G_GNUC_FORMAT(3)
static const char *say(const Source *source, const char *zh, const char *en)
{
    return source->is_english ? en : zh;
}

static const char *word_of(const Source *source, const ListingWord *words, const char *key)
{
    return listing_word(words, key ? key : "", source->is_english);
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

// --- cells as text

char *report_count_text(double value)
{
    g_autofree char *digits = g_strdup_printf("%.0f", fabs(value));
    GString *out = g_string_new(value < 0 ? "-" : "");
    for (size_t i = 0, n = strlen(digits); i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            g_string_append_c(out, ',');
        g_string_append_c(out, digits[i]);
    }
    return g_string_free(out, FALSE);
}

static char *share_text(const json_t *share)
{
    double n = number(share, "n"), of = number(share, "of");
    if (of <= 0)
        return g_strdup("—");
    double percent = n >= of ? 100 : n <= 0 ? 0 : CLAMP(n / of * 100, 0.1, 99.9);
    g_autofree char *some = report_count_text(n), *all = report_count_text(of);
    return g_strdup_printf("%.1f%% (%s/%s)", percent, some, all);
}

char *report_cell_text(const json_t *cell, const char *form)
{
    if (!cell || json_is_null(cell))
        return g_strdup("—");
    if (strcmp(form, "interval") == 0)
        return number(cell, "of") > 0
                   ? g_strdup_printf("%.1f%% – %.1f%%", number(cell, "low") * 100,
                                     number(cell, "high") * 100)
                   : g_strdup("—");
    if (json_is_object(cell))
        return share_text(cell);
    if (json_is_real(cell))
        return g_strdup_printf("%.1f", json_real_value(cell));
    if (json_is_number(cell))
        return report_count_text(json_number_value(cell));
    return g_strdup(json_string_value(cell) ? json_string_value(cell) : "");
}

// --- figures

// "+1.2 点" of a share, "+12%" of a number; "": nothing to compare.
static char *change_text(const Source *source, const json_t *now, const json_t *then)
{
    if (json_is_object(now)) {
        double of = number(now, "of"), of_then = number(then, "of");
        if (of <= 0 || of_then <= 0)
            return g_strdup("");
        double points = (number(now, "n") / of - number(then, "n") / of_then) * 100;
        return g_strdup_printf(say(source, "%+.1f 点", "%+.1f pt"), points);
    }
    double was = json_number_value(then);
    return was > 0 ? g_strdup_printf("%+.0f%%", (json_number_value(now) / was - 1) * 100)
                   : g_strdup("");
}

static void add_figure(const Source *source, json_t *rows, const char *name, const char *key)
{
    const json_t *now = at(at(source->review, "total"), key);
    const json_t *before = at(at(source->review, "before"), key);
    const json_t *year = at(at(source->review, "year"), key);
    g_autofree char *change = change_text(source, now, before);
    g_autofree char *change_year = change_text(source, now, year);
    json_array_append_new(
        rows, json_pack("[s, O, O, s, O, s]", name, now, before, change, year, change_year));
}

static void fill_figures(const Source *source, const char *key, json_t *rows)
{
    add_figure(source, rows, say(source, "评价数", "ratings"), "n");
    for (size_t i = 0; i < figures_n; i++)
        add_figure(source, rows, say(source, figures_table[i].chinese, figures_table[i].english),
                   figures_table[i].key);
}

static void fill_levels(const Source *source, const char *key, json_t *rows)
{
    const json_t *total = at(source->review, "total");
    for (int level = 5; level >= 1; level--) {
        const char name[] = { (char)('0' + level), '\0' };
        json_int_t n = json_integer_value(at(at(total, "levels"), name));
        json_array_append_new(rows, json_pack("[s, I, {s:I, s:O}]",
                                              listing_level(level, source->is_english), n, "n", n,
                                              "of", at(total, "n")));
    }
}

static void fill_trend(const Source *source, const char *key, json_t *rows)
{
    json_t *point;
    size_t i;
    json_array_foreach(at(at(source->review, "trend"), "points"), i, point) json_array_append_new(
        rows,
        json_pack("[s%, O, O, O, O]", text(point, "from_at"), strlen("2026-11-24"), at(point, "n"),
                  at(point, "good"), at(point, "bad"), at(point, "services")));
}

// --- rankings

static json_t *rank_row(const Source *source, const char *group, const json_t *row, size_t rank)
{
    const char *key = text(row, "key"), *name = text(row, "name");
    const char *shown = !key ? say(source, "未关联", "belongs to none")
                        : strcmp(group, "channel") == 0 ? word_of(source, listing_channels, key)
                        : name                          ? name
                                                        : key;
    return json_pack("[o, s, s?, O, O, O, O, O]",
                     key ? json_integer((json_int_t)rank) : json_null(), shown, key, at(row, "n"),
                     at(row, "good"), at(row, "good"), at(row, "bad"), at(row, "active"));
}

static void fill_rank(const Source *source, const char *key, json_t *rows)
{
    const char *group = key + strlen("rank_");
    const json_t *items = at(at(source->review, "ranks"), group);
    json_t *row, *none = NULL;
    size_t i, rank = 0;
    json_array_foreach((json_t *)items, i, row)
    {
        if (!text(row, "key"))
            none = row; // is nobody's rank
        else
            json_array_append_new(rows, rank_row(source, group, row, ++rank));
    }
    if (none)
        json_array_append_new(rows, rank_row(source, group, none, 0));
}

// --- bad ratings

static void fill_tags(const Source *source, const char *key, json_t *rows)
{
    json_t *tag;
    size_t i;
    json_array_foreach(at(source->review, "tags"), i, tag) json_array_append_new(
        rows, json_pack("[s, O, O]", text(tag, "text") ? text(tag, "text") : text(tag, "code"),
                        at(tag, "n"), at(tag, "worst")));
}

static const ListingWord stages[] = {
    { "verify", "联系核实", "contact and verify" },
    { "fix", "限期整改", "put right" },
    { "tell", "告知群众", "tell the citizen" },
    { "call", "整改回访", "call back" },
    { NULL, NULL, NULL },
};

static void fill_stages(const Source *source, const char *key, json_t *rows)
{
    json_t *row;
    size_t i;
    json_array_foreach(at(source->review, "stages"), i, row)
    {
        json_int_t in_time = json_integer_value(at(row, "in_time"));
        json_int_t late = json_integer_value(at(row, "late"));
        json_array_append_new(rows, json_pack("[s, I, I, {s:I, s:I}, O, O]",
                                              word_of(source, stages, text(row, "stage")), in_time,
                                              late, "n", in_time, "of", in_time + late,
                                              at(row, "waiting"), at(row, "overdue")));
    }
}

// The values of an object, one a row, in the order of the words.
static void fill_words(const json_t *values, const Source *source, const ListingWord *words,
                       json_t *rows)
{
    for (; words->word; words++)
        json_array_append_new(rows, json_pack("[s, I]", say(source, words->zh, words->en),
                                              json_integer_value(at(values, words->word))));
}

static void fill_outcomes(const Source *source, const char *key, json_t *rows)
{
    static const ListingWord words[] = {
        { "immediate", "立行立改", "put right at once" },
        { "complex", "限期整改", "put right by a set day" },
        { "explained", "解释说明", "explained" },
        { "void", "误评、恶意，不计入", "mistaken or malicious, not counted" },
        { "open", "仍在办理", "still open" },
        { "closed", "已办结", "closed" },
        { NULL, NULL, NULL },
    };
    fill_words(at(source->review, "outcomes"), source, words, rows);
}

static void fill_callbacks(const Source *source, const char *key, json_t *rows)
{
    static const ListingWord words[] = {
        { "reached", "接通", "reached" },
        { "not_reached", "未接通", "not reached" },
        { "refused", "拒绝回访", "refused" },
        { "wrong_number", "号码不对", "wrong number" },
        { "satisfied", "整改满意", "content with what was put right" },
        { "basically", "整改基本满意", "basically content" },
        { "dissatisfied", "整改不满意", "not content" },
        { "rated", "回访作出评价", "rated when called" },
        { "rated_good", "其中好评", "of these good" },
        { NULL, NULL, NULL },
    };
    fill_words(at(source->review, "callbacks"), source, words, rows);
}

// --- complaints, pain points, clues

static void fill_complaints(const Source *source, const char *key, json_t *rows)
{
    json_t *row;
    size_t i;
    json_array_foreach(at(source->review, "complaints"), i, row) json_array_append_new(
        rows, json_pack("[s, O, O, O, O]", text(row, source->is_english ? "en" : "zh"),
                        at(row, "n"), at(row, "closed"), at(row, "late"), at(row, "published")));
}

static void fill_pains(const Source *source, const char *key, json_t *rows)
{
    json_t *row;
    size_t i;
    json_array_foreach(at(at(source->review, "painpoints"), "tags"), i, row) json_array_append_new(
        rows, json_pack("[s, O]", text(row, "text") ? text(row, "text") : text(row, "code"),
                        at(row, "n")));
}

static void fill_pain_items(const Source *source, const char *key, json_t *rows)
{
    json_t *row;
    size_t i;
    json_array_foreach(at(at(source->review, "painpoints"), "items"), i, row) json_array_append_new(
        rows,
        json_pack("[s, s?, O]",
                  text(row, "name") ? text(row, "name") : say(source, "未关联事项", "no item"),
                  text(row, "unit"), at(row, "n")));
}

static void fill_pain_texts(const Source *source, const char *key, json_t *rows)
{
    json_t *row, *tag;
    size_t i, k;
    json_array_foreach(at(at(source->review, "painpoints"), "texts"), i, row)
    {
        g_autoptr(GString) tags = g_string_new(NULL);
        json_array_foreach(at(row, "tags"), k, tag)
            g_string_append_printf(tags, "%s%s", k > 0 ? "；" : "", json_string_value(tag));
        json_array_append_new(rows, json_pack("[O, s?, s, O]", at(row, "on"), text(row, "item"),
                                              tags->str, at(row, "text")));
    }
}

static const ListingWord clue_words[] = {
    { "fraud_quick", "按键过快", "pressed too soon" },
    { "fraud_swift", "按键快于全大厅", "quicker than the hall" },
    { "fraud_pace", "按键比以往快", "quicker than before" },
    { "fraud_levels", "五星异常集中", "nearly all fives" },
    { "fraud_runs", "连续同一评价", "alike in a row" },
    { "fraud_bursts", "短时间集中评价", "many at once" },
    { "fraud_surplus", "评价多于办件", "more ratings than services" },
    { "fraud_hours", "非办公时间评价", "outside office hours" },
    { "fraud_gap", "办结未邀请评价", "not invited to rate" },
    { "fraud_skipped", "久办或争议未邀请", "hard visits not invited" },
    { "fraud_pressure", "差评后改好评", "bad made good" },
    { "fraud_telephone", "一部手机多次评价", "one telephone, many ratings" },
    { "mood", "差评集中", "many unhappy at once" },
    { NULL, NULL, NULL },
};

static void fill_clues(const Source *source, const char *key, json_t *rows)
{
    json_t *row;
    size_t i;
    json_array_foreach(at(source->review, "clues"), i, row) json_array_append_new(
        rows, json_pack("[s, O, O, O, O]", word_of(source, clue_words, text(row, "kind")),
                        at(row, "n"), at(row, "open"), at(row, "confirmed"), at(row, "dismissed")));
}

// --- the tables, in the order of the report

#define RANK(group, zh, en, zh_name, en_name)                                                      \
    {                                                                                              \
        "rank_" group, zh, en,                                                                     \
            { { "名次", "rank", "number" },       { zh_name, en_name, "text" },                    \
              { "代码", "code", "text" },         { "评价数", "rated", "number" },                 \
              { "好评率", "good rate", "share" }, { "95% 区间", "95 % interval", "interval" },     \
              { "差评率", "bad rate", "share" },  { "主动评价率", "active rate", "share" } },      \
            fill_rank                                                                              \
    }

// clang-format off
static const Table tables[] = {
    { "figures", "各项指标", "Figures",
      { { "指标", "figure", "text" }, { "本期", "this period", "value" }, { "上期", "period before", "value" },
        { "较上期", "change", "change" }, { "去年同期", "a year before", "value" }, { "较去年", "on year", "change" } }, fill_figures },
    { "levels", "评价等次", "Levels",
      { { "等次", "level", "text" }, { "评价数", "rated", "number" }, { "占比", "share", "share" } }, fill_levels },
    { "trend", "走势", "Trend",
      { { "起始日期", "from", "text" }, { "评价数", "rated", "number" }, { "好评率", "good rate", "share" },
        { "差评率", "bad rate", "share" }, { "服务量", "services", "number" } }, fill_trend },
    RANK("counter", "窗口排名", "Counters", "窗口", "counter"),
    RANK("staff", "人员排名", "Staff", "人员", "staff"),
    RANK("unit", "部门排名", "Units", "部门", "unit"),
    RANK("item", "事项排名", "Service items", "事项", "item"),
    RANK("channel", "评价渠道", "Channels", "渠道", "channel"),
    { "tags", "差评原因", "Reasons of bad ratings",
      { { "原因", "reason", "text" }, { "次数", "times", "number" }, { "其中非常不满意", "very dissatisfied", "number" } }, fill_tags },
    { "stages", "差评办理时效", "Bad ratings, in time or late",
      { { "环节", "stage", "text" }, { "按时完成", "in time", "number" }, { "超期完成", "late", "number" }, { "按时率", "in time", "share" },
        { "待办", "waiting", "number" }, { "其中已超期", "of these overdue", "number" } }, fill_stages },
    { "outcomes", "差评处理结果", "Bad ratings, outcomes",
      { { "结果", "outcome", "text" }, { "件数", "number", "number" } }, fill_outcomes },
    { "callbacks", "回访情况", "Call-backs",
      { { "情况", "outcome", "text" }, { "次数", "number", "number" } }, fill_callbacks },
    { "complaints", "吐槽找茬", "Complaints",
      { { "类别", "category", "text" }, { "件数", "number", "number" }, { "已办结", "closed", "number" }, { "超期", "late", "number" },
        { "已公示", "published", "number" } }, fill_complaints },
    { "pains", "堵点难点", "Pain points",
      { { "堵点难点", "pain point", "text" }, { "次数", "times", "number" } }, fill_pains },
    { "pain_items", "堵点难点涉及事项", "Pain points by item",
      { { "事项", "item", "text" }, { "部门", "unit", "text" }, { "次数", "times", "number" } }, fill_pain_items },
    { "pain_texts", "堵点难点原话", "Pain points in their words",
      { { "日期", "day", "text" }, { "事项", "item", "text" }, { "类别", "kind", "text" }, { "原话", "words", "text" } }, fill_pain_texts },
    { "clues", "评价异常线索", "Clues of rating fraud",
      { { "线索", "clue", "text" }, { "件数", "number", "number" }, { "待处理", "open", "number" }, { "属实", "confirmed", "number" },
        { "排除", "dismissed", "number" } }, fill_clues },
};
// clang-format on

static json_t *table_json(const Source *source, const Table *table)
{
    json_t *columns = json_array(), *rows = json_array();
    for (const Column *column = table->columns; column->zh; column++)
        json_array_append_new(columns,
                              json_pack("{s:s, s:s}", "title", say(source, column->zh, column->en),
                                        "form", column->form));
    table->fill(source, table->key, rows);
    return json_pack("{s:s, s:s, s:o, s:o}", "key", table->key, "title",
                     say(source, table->zh, table->en), "columns", columns, "rows", rows);
}

json_t *report_tables(const json_t *review, bool is_english)
{
    const Source source = { .review = review, .is_english = is_english };
    json_t *all = json_array();
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        json_array_append_new(all, table_json(&source, &tables[i]));
    return all;
}

const json_t *report_table(const json_t *all, const char *key)
{
    json_t *table;
    size_t i;
    json_array_foreach((json_t *)all, i,
                       table) if (strcmp(text(table, "key"), key) == 0) return table;
    return NULL;
}
