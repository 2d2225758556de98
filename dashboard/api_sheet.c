// SPDX-License-Identifier: Apache-2.0
#include "dashboard/api_sheet.h"

#include "base/clock.h"
#include "dashboard/call.h"
#include "dashboard/cursor.h"
#include "dashboard/sheet.h"
#include "rating/figures.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 200 };

// How a row's place becomes a cell. path: "counter/name".
typedef enum {
    CELL_TEXT,
    CELL_NUMBER,
    CELL_TIME,
    CELL_YES,
    CELL_LEVEL,
    CELL_TAGS,
    CELL_WORD
} CellForm;

typedef struct {
    const char *title, *path;
    CellForm form;
} Column;

static const char *const level_words[] = { "",         "非常不满意", "不满意",
                                           "基本满意", "满意",       "非常满意" };

static const struct {
    const char *word, *chinese;
} words[] = {
    { "pad", "评价器" },
    { "qr", "扫码" },
    { "pc", "电脑" },
    { "mobile", "手机" },
    { "terminal", "自助终端" },
    { "paper", "评议卡" },
    { "other", "其他" },
    { "verifying", "待核实" },
    { "fixing", "整改中" },
    { "telling", "待告知" },
    { "calling", "待回访" },
    { "judging", "待审批" },
    { "closed", "已办结" },
    { "void", "不计" },
    { "immediate", "立行立改" },
    { "complex", "限期整改" },
    { "explained", "解释说明" },
};

static const char *chinese_of(const char *word)
{
    for (size_t i = 0; word && i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i].word, word) == 0)
            return words[i].chinese;
    return word;
}

static const Column rating_columns[] = {
    { "评价时间", "event_at", CELL_TIME }, { "分值", "level", CELL_NUMBER },
    { "等次", "level", CELL_LEVEL },       { "原因", "tags", CELL_TAGS },
    { "文字", "text", CELL_TEXT },         { "渠道", "channel", CELL_WORD },
    { "窗口", "counter/name", CELL_TEXT }, { "人员", "staff/name", CELL_TEXT },
    { "工号", "staff/number", CELL_TEXT }, { "办件编号", "case_number", CELL_TEXT },
    { "事项", "case_item", CELL_TEXT },    { "计入统计", "is_counted", CELL_YES },
    { "评价编号", "id", CELL_TEXT },
};

static const Column rectification_columns[] = {
    { "评价时间", "event_at", CELL_TIME },  { "等次", "level", CELL_LEVEL },
    { "文字", "text", CELL_TEXT },          { "窗口", "counter/name", CELL_TEXT },
    { "人员", "staff/name", CELL_TEXT },    { "办件编号", "case_number", CELL_TEXT },
    { "状态", "state", CELL_WORD },         { "处理结果", "outcome", CELL_WORD },
    { "负责人", "owner", CELL_TEXT },       { "截止时间", "due_at", CELL_TIME },
    { "现已超期", "is_overdue", CELL_YES }, { "曾经超期", "is_late", CELL_YES },
    { "告知时间", "told_at", CELL_TIME },   { "办结时间", "closed_at", CELL_TIME },
    { "评价编号", "rating", CELL_TEXT },
};

static const json_t *at_path(const json_t *row, const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    for (int i = 0; parts[i] && row; i++)
        row = json_object_get(row, parts[i]);
    return row;
}

static void tags_cell(Sheet *sheet, const json_t *tags)
{
    g_autoptr(GString) text = g_string_new(NULL);
    size_t i;
    json_t *tag;
    json_array_foreach((json_t *)tags, i, tag)
    {
        const char *said = json_string_value(json_object_get(tag, "text"));
        g_string_append_printf(text, "%s%s", i > 0 ? "；" : "",
                               said ? said : json_string_value(json_object_get(tag, "code")));
    }
    sheet_text(sheet, text->str);
}

// "2026-11-24 09:12:03", as the hall's clocks show it.
static void time_cell(Sheet *sheet, const char *at)
{
    g_autofree char *text = at ? g_strndup(at, strlen("2026-11-24T09:12:03")) : NULL;
    if (text)
        g_strdelimit(text, "T", ' ');
    sheet_text(sheet, text);
}

static void cell(Sheet *sheet, const Column *column, const json_t *row)
{
    const json_t *value = at_path(row, column->path);
    switch (column->form) {
    case CELL_TEXT:
        sheet_text(sheet, json_string_value(value));
        break;
    case CELL_NUMBER:
        sheet_number(sheet, json_number_value(value));
        break;
    case CELL_TIME:
        time_cell(sheet, json_string_value(value));
        break;
    case CELL_YES:
        sheet_text(sheet, json_is_true(value) ? "是" : "否");
        break;
    case CELL_LEVEL:
        sheet_text(sheet, level_words[CLAMP(json_integer_value(value), 0, 5)]);
        break;
    case CELL_TAGS:
        tags_cell(sheet, value);
        break;
    case CELL_WORD:
        sheet_text(sheet, chinese_of(json_string_value(value)));
        break;
    }
}

static Sheet *open_sheet(HttpRequest *request, const char *format, const char *what,
                         const char *const *titles)
{
    g_autofree char *now = clock_format(call_of(request)->now_ms);
    g_autofree char *name = g_strdup_printf("%s-%.10s", what, now);
    Sheet *sheet = sheet_new(format, name, titles);
    if (!sheet)
        http_reply_error(request, 503, "unavailable", "The file could not be made.");
    return sheet;
}

// One page after the other, by the list's own reading. read: gives a page from a cursor on.
typedef struct {
    const char *what;
    const Column *columns;
    size_t n_columns;
    json_t *(*read)(Store *store, const void *filter, Cursor cursor, int64_t now_ms);
    const void *filter;
} Listing;

static bool fits(HttpRequest *request, const json_t *page)
{
    if (json_integer_value(json_object_get(page, "total")) <= SHEET_ROWS_MAX)
        return true;
    http_reply_error(request, 400, "bad_request",
                     "More than %d rows: choose a shorter range or a filter.", SHEET_ROWS_MAX);
    return false;
}

static void add_rows(Sheet *sheet, const Listing *listing, const json_t *page)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(page, "items"), i, row)
    {
        for (size_t c = 0; c < listing->n_columns; c++)
            cell(sheet, &listing->columns[c], row);
        sheet_next_row(sheet);
    }
}

static void reply_listing(HttpRequest *request, Store *store, const char *format,
                          const Listing *listing)
{
    int64_t now_ms = call_of(request)->now_ms;
    g_autoptr(GPtrArray) titles = g_ptr_array_new();
    for (size_t i = 0; i < listing->n_columns; i++)
        g_ptr_array_add(titles, (gpointer)listing->columns[i].title);
    g_ptr_array_add(titles, NULL);
    json_t *page = listing->read(store, listing->filter, (Cursor){ 0 }, now_ms);
    g_autoptr(Sheet) sheet = fits(request, page) ? open_sheet(request, format, listing->what,
                                                              (const char *const *)titles->pdata)
                                                 : NULL;
    for (int rows = 0; sheet && page && rows < SHEET_ROWS_MAX; rows += PAGE) {
        Cursor cursor;
        add_rows(sheet, listing, page);
        const char *next = json_string_value(json_object_get(page, "next"));
        json_t *more = next && cursor_parse(next, &cursor)
                           ? listing->read(store, listing->filter, cursor, now_ms)
                           : NULL;
        json_decref(page);
        page = more;
    }
    json_decref(page);
    if (sheet)
        sheet_reply(request, g_steal_pointer(&sheet));
}

static json_t *read_ratings(Store *store, const void *filter, Cursor cursor, int64_t now_ms)
{
    RatingFilter page = *(const RatingFilter *)filter;
    page.before_ms = cursor.before_ms;
    page.before_id = cursor.before_id;
    page.limit = PAGE;
    return rating_list(store, &page);
}

static json_t *read_rectifications(Store *store, const void *filter, Cursor cursor, int64_t now_ms)
{
    RectificationFilter page = *(const RectificationFilter *)filter;
    page.after_ms = cursor.before_ms;
    page.after_id = cursor.before_id;
    page.limit = PAGE;
    return rectification_list(store, &page, now_ms);
}

void api_sheet_ratings(HttpRequest *request, Store *store, const char *format,
                       const RatingFilter *filter)
{
    reply_listing(
        request, store, format,
        &(Listing){ "好差评", rating_columns, G_N_ELEMENTS(rating_columns), read_ratings, filter });
}

void api_sheet_rectifications(HttpRequest *request, Store *store, const char *format,
                              const RectificationFilter *filter)
{
    reply_listing(request, store, format,
                  &(Listing){ "差评整改", rectification_columns,
                              G_N_ELEMENTS(rectification_columns), read_rectifications, filter });
}

// --- figures: a column for each level, and for each figure its share and its numbers

static const char *const levels[] = { "5", "4", "3", "2", "1" };

static GPtrArray *figure_titles(void)
{
    static const char *const heads[] = { "名称", "代码", "评价数" };
    GPtrArray *titles = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++)
        g_ptr_array_add(titles, g_strdup(heads[i]));
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
        g_ptr_array_add(titles, g_strdup(level_words[atoi(levels[i])]));
    for (size_t i = 0; i < figures_n; i++) {
        const Figure *figure = &figures_table[i];
        g_ptr_array_add(titles, g_strdup(figure->chinese));
        if (figure->form == FIGURE_VOLUME)
            continue;
        g_ptr_array_add(titles, g_strconcat(figure->chinese, "分子", NULL));
        g_ptr_array_add(titles, g_strconcat(figure->chinese, "分母", NULL));
        if (figure->form == FIGURE_SHARE) {
            g_ptr_array_add(titles, g_strconcat(figure->chinese, "区间下限", NULL));
            g_ptr_array_add(titles, g_strconcat(figure->chinese, "区间上限", NULL));
        }
    }
    g_ptr_array_add(titles, NULL);
    return titles;
}

static double number_at(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static void figure_cells(Sheet *sheet, const Figure *figure, const json_t *value)
{
    if (figure->form == FIGURE_VOLUME) {
        sheet_number(sheet, json_number_value(value));
        return;
    }
    double n = number_at(value, "n"), of = number_at(value, "of");
    if (of > 0)
        sheet_percent(sheet, n / of);
    else
        sheet_skip(sheet);
    sheet_number(sheet, n);
    sheet_number(sheet, of);
    if (figure->form == FIGURE_SHARE) {
        sheet_percent(sheet, number_at(value, "low"));
        sheet_percent(sheet, number_at(value, "high"));
    }
}

static void figure_row(Sheet *sheet, const char *by, const json_t *row)
{
    const char *key = json_string_value(json_object_get(row, "key"));
    const char *name = json_string_value(json_object_get(row, "name"));
    const char *shown = strcmp(by, "channel") == 0 ? chinese_of(key) : name ? name : key;
    sheet_text(sheet, shown ? shown : strcmp(by, "hall") == 0 ? "全大厅" : "未关联");
    sheet_text(sheet, key);
    sheet_number(sheet, number_at(row, "n"));
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
        sheet_number(sheet, number_at(json_object_get(row, "levels"), levels[i]));
    for (size_t i = 0; i < figures_n; i++)
        figure_cells(sheet, &figures_table[i], json_object_get(row, figures_table[i].key));
    sheet_next_row(sheet);
}

void api_sheet_figures(HttpRequest *request, const char *format, const char *by,
                       json_t *take_figures)
{
    g_autoptr(GPtrArray) titles = figure_titles();
    g_autoptr(Sheet) sheet =
        open_sheet(request, format, "好差评统计", (const char *const *)titles->pdata);
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(take_figures, "items"), i, row)
    {
        if (sheet)
            figure_row(sheet, by, row);
    }
    json_decref(take_figures);
    if (sheet)
        sheet_reply(request, g_steal_pointer(&sheet));
}
