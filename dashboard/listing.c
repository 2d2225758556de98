// SPDX-License-Identifier: Apache-2.0
#include "dashboard/listing.h"

#include "base/clock.h"
#include "dashboard/call.h"
#include "dashboard/cursor.h"
#include "dashboard/sheet.h"
#include "rating/redact.h"

#include <errno.h>
#include <string.h>

enum { PAGE = 500 };

typedef struct {
    const Listing *listing;
    char *format;
    ListingPage page; // its filter is the copy below
    void *filter;
    GStringChunk *kept; // the filter's texts
    char *staff;
    bool is_english, is_redacted;
} Order;

static void order_free(void *data)
{
    Order *order = data;
    g_clear_pointer(&order->kept, g_string_chunk_free);
    g_free(order->format);
    g_free(order->filter);
    g_free(order->staff);
    g_free(order);
}

// --- cells

// clang-format off
const ListingWord listing_channels[] = {
    { "pad", "评价器", "pad" },
    { "qr", "扫码", "QR code" },
    { "pc", "电脑", "computer" },
    { "mobile", "手机", "telephone" },
    { "terminal", "自助终端", "terminal" },
    { "card", "评议卡", "paper card" },
    { "callback", "回访", "call-back" },
    { "other", "其他", "other" },
    { NULL, NULL, NULL },
};
// clang-format on

const char *listing_word(const ListingWord *words, const char *word, bool is_english)
{
    for (; words && word && words->word; words++)
        if (strcmp(words->word, word) == 0)
            return is_english ? words->en : words->zh;
    return word;
}

const char *listing_level(int level, bool is_english)
{
    static const char *const words[][2] = {
        { "", "" },
        { "非常不满意", "very dissatisfied" },
        { "不满意", "dissatisfied" },
        { "基本满意", "basically satisfied" },
        { "满意", "satisfied" },
        { "非常满意", "very satisfied" },
    };
    return words[CLAMP(level, 0, 5)][is_english];
}

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

static void words_cell(Sheet *sheet, const char *said, bool is_redacted)
{
    g_autofree char *redacted = is_redacted ? redact_text(said) : NULL;
    sheet_text(sheet, is_redacted ? redacted : said);
}

static void json_cell(Sheet *sheet, const json_t *value)
{
    char *text = value && !json_is_null(value) ? json_dumps(value, JSON_COMPACT) : NULL;
    sheet_text(sheet, text);
    free(text);
}

static void add_cell(Sheet *sheet, const Order *order, const ListingColumn *column,
                     const json_t *row)
{
    const json_t *value = at_path(row, column->path);
    const char *text = json_string_value(value);
    switch (column->form) {
    case LISTING_TEXT:
        sheet_text(sheet, listing_word(column->words, text, order->is_english));
        break;
    case LISTING_WORDS:
        words_cell(sheet, text, order->is_redacted);
        break;
    case LISTING_NUMBER:
        if (json_is_number(value))
            sheet_number(sheet, json_number_value(value));
        else
            sheet_skip(sheet);
        break;
    case LISTING_TIME:
        time_cell(sheet, text);
        break;
    case LISTING_YES:
        sheet_text(sheet, order->is_english     ? (json_is_true(value) ? "yes" : "no")
                          : json_is_true(value) ? "是"
                                                : "否");
        break;
    case LISTING_LEVEL:
        sheet_text(sheet, listing_level((int)json_integer_value(value), order->is_english));
        break;
    case LISTING_TAGS:
        tags_cell(sheet, value);
        break;
    case LISTING_JSON:
        json_cell(sheet, value);
        break;
    }
}

// --- on the press's thread

static void begin(Sheet *sheet, const Order *order)
{
    g_autoptr(GPtrArray) titles = g_ptr_array_new();
    for (const ListingColumn *column = order->listing->columns; column->zh; column++)
        g_ptr_array_add(titles, (gpointer)(order->is_english ? column->en : column->zh));
    g_ptr_array_add(titles, NULL);
    sheet_page(sheet, order->is_english ? order->listing->en : order->listing->zh,
               (const char *const *)titles->pdata);
}

static size_t add_rows(Sheet *sheet, const Order *order, const json_t *page)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(page, "items"), i, row)
    {
        for (const ListingColumn *column = order->listing->columns; column->zh; column++)
            add_cell(sheet, order, column, row);
        sheet_next_row(sheet);
    }
    return json_array_size(json_object_get(page, "items"));
}

static json_t *read_page(Order *order, Store *store, Halls *halls, const char *cursor)
{
    ListingPage *page = &order->page;
    if (!cursor_parse(cursor, &page->cursor))
        return NULL;
    page->store = store;
    page->hall = halls_take(halls);
    json_t *rows = order->listing->read(page);
    halls_give_back(halls, page->hall);
    return rows;
}

static int make_list(void *ctx, Store *store, Halls *halls, int fd)
{
    Order *order = ctx;
    g_autoptr(Sheet) sheet = sheet_new(order->format, fd);
    g_autofree char *cursor = NULL;
    if (!sheet)
        return -EIO;
    begin(sheet, order);
    for (size_t rows = 0; rows < SHEET_ROWS_MAX;) {
        json_t *page = read_page(order, store, halls, cursor);
        if (!page)
            return -EIO;
        rows += add_rows(sheet, order, page);
        g_free(cursor);
        cursor = g_strdup(json_string_value(json_object_get(page, "next")));
        json_decref(page);
        if (!cursor)
            break;
    }
    return sheet_finish(g_steal_pointer(&sheet));
}

// --- the request

void listing_send(HttpRequest *request, const Query *query, const char *format, const char *key,
                  const char *title, PressMake make, void *ctx, GDestroyNotify free_ctx)
{
    const Call *call = call_of(request);
    if (!call_audit(request, "sheet.save", key, query->asked ? query->asked->str : NULL)) {
        free_ctx(ctx);
        return;
    }
    g_autofree char *now = clock_format(call->now_ms);
    press_reply(call->dashboard->press, request,
                &(PressJob){ .type = sheet_type(format),
                             .name = g_strdup_printf("%s-%.10s.%s", title, now, format),
                             .make = make,
                             .ctx = ctx,
                             .free_ctx = free_ctx });
}

// Counted before: an answer that has begun cannot say any more that it is too long.
static bool fits(HttpRequest *request, Order *order)
{
    ListingPage first = order->page;
    first.store = call_store(request);
    first.hall = call_of(request)->hall;
    first.limit = 1;
    json_t *page = first.store ? order->listing->read(&first) : NULL;
    json_int_t total = json_integer_value(json_object_get(page, "total"));
    json_decref(page);
    if (first.store && total > SHEET_ROWS_MAX)
        http_reply_error(request, 400, "too_many",
                         "%" JSON_INTEGER_FORMAT " rows, and a file holds %d: choose a shorter "
                         "range or a filter.",
                         total, SHEET_ROWS_MAX);
    return first.store && total <= SHEET_ROWS_MAX;
}

void listing_reply(HttpRequest *request, Query *query, const char *format, const Listing *listing,
                   const void *filter, size_t filter_size)
{
    const Call *call = call_of(request);
    bool is_english = query_is_english(query);
    if (!query_check(query))
        return;
    Order *order = g_new0(Order, 1);
    g_autofree char *staff = NULL; // is rated, by some of them
    RatingReader reader = call_rating_reader(call, &staff);
    *order = (Order){ .listing = listing,
                      .format = g_strdup(format),
                      .filter = g_memdup2(filter, filter_size),
                      .kept = g_steal_pointer(&query->kept),
                      .is_english = is_english,
                      .is_redacted = staff || !reader.sees_numbers };
    order->staff = g_steal_pointer(&staff);
    order->page = (ListingPage){ .filter = order->filter,
                                 .now_ms = call->now_ms,
                                 .sees_ratings = call_sees_ratings(call),
                                 .staff = order->staff,
                                 .sees_numbers = reader.sees_numbers,
                                 .limit = PAGE };
    if (fits(request, order))
        listing_send(request, query, format, listing->key, is_english ? listing->en : listing->zh,
                     make_list, order, order_free);
    else
        order_free(order);
}
