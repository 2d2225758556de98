// SPDX-License-Identifier: Apache-2.0
#include "rating/search.h"

#include "rating/tag.h"

#include <string.h>

enum { RUN = 3 }; // characters that the index takes together

// rating_number: a number that stays with a rating for ever, which its rowid does not (VACUUM).
// rating_fts keeps no words of its own; taking a row out of it wants the words that it was put in
// with. No triggers: FTS5 is not allowed in them where the schema is not trusted (base/store.c).
#define COLUMNS "text, tags, case_number, item, counter, staff"
#define WORDS                                                                                      \
    "s.n, r.text, r.tags, r.case_number,"                                                          \
    " (SELECT item_name FROM case_file WHERE number = r.case_number), r.counter_name,"             \
    " coalesce(r.staff_name, '') || ' ' || coalesce(r.staff_number, '')"                           \
    " FROM rating r JOIN rating_number s ON s.rating = r.id"
#define PUT      "INSERT INTO rating_fts(rowid, " COLUMNS ") SELECT " WORDS
#define TAKE_OUT "INSERT INTO rating_fts(rating_fts, rowid, " COLUMNS ") SELECT 'delete', " WORDS

const char search_schema[] =
    "CREATE TABLE rating_number("
    "  n INTEGER PRIMARY KEY, rating TEXT NOT NULL UNIQUE REFERENCES rating(id)) STRICT;"
    "CREATE VIRTUAL TABLE rating_fts USING fts5(" COLUMNS ", content='', tokenize='trigram');"
    "INSERT INTO rating_number(rating) SELECT id FROM rating ORDER BY event_at, id;" PUT;

int search_put(Store *store, const char *rating)
{
    int err = store_exec(store, "INSERT INTO rating_number(rating) VALUES(?)", "s", rating);
    if (err >= 0)
        err = store_exec(store, PUT " WHERE r.id = ?", "s", rating);
    return MIN(err, 0);
}

bool search_is_new_item(Store *store, const char *case_number, const char *item)
{
    return item &&
           !store_value(store, 0, "SELECT 1 FROM case_file WHERE number = ? AND item_name IS ?",
                        "ss", case_number, item);
}

int search_forget_case(Store *store, const char *case_number)
{
    return MIN(0, store_exec(store, TAKE_OUT " WHERE r.case_number = ?", "s", case_number));
}

int search_put_case(Store *store, const char *case_number)
{
    return MIN(0, store_exec(store, PUT " WHERE r.case_number = ?", "s", case_number));
}

// The codes of the reasons whose words have the text, each as it stands in rating.tags: "\"207\"".
static json_t *codes_of(const char *text)
{
    json_t *found = json_array(), *table = tag_table(), *tags, *tag;
    const char *level;
    size_t i;
    json_object_foreach(table, level, tags)
    {
        json_array_foreach(tags, i, tag)
        {
            const char *words = json_string_value(json_object_get(tag, "text"));
            if (words && strstr(words, text))
                json_array_append_new(
                    found, json_sprintf("\"%s\"", json_string_value(json_object_get(tag, "code"))));
        }
    }
    json_decref(table);
    return found;
}

// A phrase of FTS5: between quotes, and a quote twice, everything is text.
static void append_phrase(GString *expression, const char *text)
{
    g_string_append_c(expression, '"');
    for (; *text; text++) {
        if (*text == '"')
            g_string_append_c(expression, '"');
        g_string_append_c(expression, *text);
    }
    g_string_append_c(expression, '"');
}

static char *expression_of(const char *text, const json_t *codes)
{
    GString *expression = g_string_new("{text case_number item counter staff} : ");
    append_phrase(expression, text);
    size_t i;
    json_t *code;
    json_array_foreach(codes, i, code)
    {
        g_string_append(expression, " OR tags : ");
        append_phrase(expression, json_string_value(code));
    }
    return g_string_free(expression, FALSE);
}

// Text for LIKE, in which % and _ are text.
static char *pattern_of(const char *text)
{
    GString *pattern = g_string_new("%");
    for (; *text; text++) {
        if (strchr("%_\\", *text))
            g_string_append_c(pattern, '\\');
        g_string_append_c(pattern, *text);
    }
    g_string_append_c(pattern, '%');
    return g_string_free(pattern, FALSE);
}

static bool has_many(Store *store, const char *expression)
{
    return store_value(store, 0,
                       "SELECT count(*) FROM (SELECT 1 FROM rating_fts WHERE rating_fts MATCH ?"
                       " LIMIT ?)",
                       "si", expression, (int64_t)SEARCH_MANY) >= SEARCH_MANY;
}

Search search_of(Store *store, const char *text)
{
    Search search = { 0 };
    if (!text || !*text)
        return search;
    json_t *codes = codes_of(text);
    bool is_short = !g_utf8_validate(text, -1, NULL) || g_utf8_strlen(text, -1) < RUN;
    g_autofree char *expression = is_short ? NULL : expression_of(text, codes);
    bool is_looked_at = is_short || has_many(store, expression);
    search.kind = is_looked_at ? SEARCH_SHORT : SEARCH_INDEX;
    search.text = is_looked_at ? pattern_of(text) : g_steal_pointer(&expression);
    search.tags = json_dumps(codes, JSON_COMPACT);
    json_decref(codes);
    return search;
}

void search_done(Search *search)
{
    g_free(search->text);
    g_free(search->tags);
}
