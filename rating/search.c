// SPDX-License-Identifier: Apache-2.0
#include "rating/search.h"

#include "rating/tag.h"

#include <string.h>

enum {
    RUN = 3,       // characters that the index takes together
    RUNS_MAX = 64, // of a text: with so many, more leave nothing out
};

// Which rating has which run is all that is kept: no places (detail), no sizes, no words. Taking a
// row out wants the words that it was put in with. No triggers: FTS5 is not allowed in them where
// the schema is not trusted (base/store.c). rating.n is a number that stays with a rating for ever,
// which its rowid does not (VACUUM).
#define LINE(word) " || char(10) || coalesce(" word ", '')"
// clang-format off
#define WORDS                                                                                      \
    "r.n, r.tags" LINE("r.text") LINE("r.case_number") LINE("r.counter_name")                      \
    LINE("r.staff_name") LINE("r.staff_number")                                                    \
    LINE("(SELECT item_name FROM case_file WHERE number = r.case_number)") " FROM rating r"
// clang-format on
#define PUT      "INSERT INTO rating_fts(rowid, words) SELECT " WORDS
#define TAKE_OUT "INSERT INTO rating_fts(rating_fts, rowid, words) SELECT 'delete', " WORDS
#define OF_CASE  " WHERE r.case_number = ? AND r.n <= " SEARCH_SQL_INDEXED

const char search_schema[] =
    "DROP TABLE rating_fts;"
    "DROP TABLE rating_number;"
    "ALTER TABLE rating ADD COLUMN n INTEGER;"
    "UPDATE rating SET n = rowid;"
    "CREATE UNIQUE INDEX rating_by_n ON rating(n);"
    "CREATE VIRTUAL TABLE rating_fts USING fts5(words, content='', tokenize='trigram', detail=none,"
    "  columnsize=0);";

int search_fold(Store *store, int max)
{
    int64_t from = store_value(store, 0, "SELECT " SEARCH_SQL_INDEXED, "");
    int64_t to = store_value(store, from,
                             "SELECT max(n) FROM (SELECT n FROM rating WHERE n > ? ORDER BY n"
                             " LIMIT ?)",
                             "ii", from, (int64_t)max);
    if (to <= from)
        return 0;
    int err = store_exec(store, PUT " WHERE r.n > ? AND r.n <= ?", "ii", from, to);
    if (err >= 0)
        err = store_exec(store,
                         "INSERT INTO meta(key, value) VALUES('search_n', CAST(?1 AS TEXT))"
                         " ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                         "i", to);
    if (err < 0)
        return err;
    return (int)store_value(store, 0, "SELECT count(*) FROM rating WHERE n > ? AND n <= ?", "ii",
                            from, to);
}

bool search_is_new_item(Store *store, const char *case_number, const char *item)
{
    return item &&
           !store_value(store, 0, "SELECT 1 FROM case_file WHERE number = ? AND item_name IS ?",
                        "ss", case_number, item);
}

int search_forget_case(Store *store, const char *case_number)
{
    return MIN(0, store_exec(store, TAKE_OUT OF_CASE, "s", case_number));
}

int search_put_case(Store *store, const char *case_number)
{
    return MIN(0, store_exec(store, PUT OF_CASE, "s", case_number));
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

// A run as a word of FTS5: between quotes, and a quote twice, everything is text.
static void append_run(GString *runs, const char *at)
{
    g_string_append_c(runs, '"');
    for (int i = 0; i < RUN; i++, at = g_utf8_next_char(at)) {
        if (*at == '"')
            g_string_append_c(runs, '"');
        g_string_append_unichar(runs, g_utf8_get_char(at));
    }
    g_string_append_c(runs, '"');
}

// All runs of a text that has at least one.
static void append_runs(GString *runs, const char *text)
{
    glong n = MIN(g_utf8_strlen(text, -1) - RUN + 1, RUNS_MAX);
    g_string_append_c(runs, '(');
    for (glong i = 0; i < n; i++, text = g_utf8_next_char(text)) {
        if (i > 0)
            g_string_append(runs, " AND ");
        append_run(runs, text);
    }
    g_string_append_c(runs, ')');
}

char *search_runs(const char *text)
{
    if (g_utf8_strlen(text, -1) < RUN)
        return NULL;
    GString *runs = g_string_new(NULL);
    append_runs(runs, text);
    return g_string_free(runs, FALSE);
}

static char *runs_of(const char *text, const json_t *codes)
{
    GString *runs = g_string_new(NULL);
    append_runs(runs, text);
    size_t i;
    json_t *code;
    json_array_foreach(codes, i, code)
    {
        g_string_append(runs, " OR ");
        append_runs(runs, json_string_value(code));
    }
    return g_string_free(runs, FALSE);
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

static bool has_many(Store *store, const char *runs)
{
    return store_value(store, 0,
                       "SELECT count(*) FROM (SELECT rowid FROM rating_fts WHERE rating_fts MATCH"
                       " ?1 UNION ALL SELECT n FROM rating WHERE n > " SEARCH_SQL_INDEXED
                       " LIMIT ?2)",
                       "si", runs, (int64_t)SEARCH_MANY) >= SEARCH_MANY;
}

Search search_of(Store *store, const char *text)
{
    Search search = { 0 };
    if (!text || !*text)
        return search;
    json_t *codes = codes_of(text);
    bool has_runs = g_utf8_validate(text, -1, NULL) && g_utf8_strlen(text, -1) >= RUN;
    g_autofree char *runs = has_runs ? runs_of(text, codes) : NULL;
    if (runs && !has_many(store, runs))
        search.runs = g_steal_pointer(&runs);
    search.kind = search.runs ? SEARCH_INDEX : SEARCH_LOOK;
    search.pattern = pattern_of(text);
    search.tags = json_dumps(codes, JSON_COMPACT);
    json_decref(codes);
    return search;
}

void search_done(Search *search)
{
    g_free(search->pattern);
    g_free(search->tags);
    g_free(search->runs);
}
