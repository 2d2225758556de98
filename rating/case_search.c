// SPDX-License-Identifier: Apache-2.0
#include "rating/case_search.h"

#include "rating/search.h"

// Which case has which run is all that is kept. No triggers: FTS5 is not allowed in them where the
// schema is not trusted (base/store.c).
// The last line ends as well: so each pair of characters begins a run.
#define WORDS "n, number || char(10) || item_name || char(10) || unit || char(10) FROM case_file"

enum { PAIR = 2, RUNS_MAX = 100 };

const char case_search_schema[] =
    "ALTER TABLE case_file ADD COLUMN n INTEGER;"
    "UPDATE case_file SET n = rowid;"
    "CREATE UNIQUE INDEX case_file_by_n ON case_file(n);"
    "CREATE INDEX case_file_by_state ON case_file(state, created_at, number);"
    "CREATE INDEX case_file_by_unit ON case_file(unit, created_at, number);"
    "CREATE INDEX case_file_by_grade ON case_file(grade, created_at, number)"
    "  WHERE grade <> 'none';"
    "CREATE INDEX case_file_open ON case_file(created_at, number) WHERE is_open = 1;"
    "CREATE VIRTUAL TABLE case_fts USING fts5(words, content='', tokenize='trigram', detail=none,"
    "  columnsize=0);"
    "CREATE VIRTUAL TABLE case_run USING fts5vocab(case_fts, 'row');"
    "INSERT INTO case_fts(rowid, words) SELECT " WORDS ";";

// All runs that begin with the pair, any of which will do.
static char *runs_of_pair(Store *store, const char *pair)
{
    g_autoptr(GString) runs = g_string_new("\"\n\n\n\""); // which no case has
    g_autofree char *beyond = g_strconcat(pair, "\xf4\x8f\xbf\xbf", NULL);
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT term FROM case_run WHERE term >= ? AND term < ? LIMIT ?", "ssi",
                    pair, beyond, (int64_t)RUNS_MAX + 1);
    int n = 0;
    for (; store_step(query); n++) {
        g_auto(GStrv) halves = g_strsplit(store_text(query, 0), "\"", -1);
        g_autofree char *term = g_strjoinv("\"\"", halves);
        g_string_append_printf(runs, " OR \"%s\"", term);
    }
    return n > RUNS_MAX ? NULL : g_string_free(g_steal_pointer(&runs), FALSE);
}

char *case_search_runs(Store *store, const char *text)
{
    g_autofree char *small = g_utf8_strdown(text, -1);
    return g_utf8_strlen(text, -1) == PAIR ? runs_of_pair(store, small) : search_runs(text);
}

bool case_search_is_new(Store *store, const char *number, const char *item, const char *unit)
{
    return store_value(store, 1,
                       "SELECT item_name IS NOT coalesce(?2, item_name)"
                       " OR unit IS NOT coalesce(?3, unit) FROM case_file WHERE number = ?1",
                       "sss", number, item, unit) != 0;
}

int case_search_forget(Store *store, const char *number)
{
    return MIN(0, store_exec(store,
                             "INSERT INTO case_fts(case_fts, rowid, words) SELECT 'delete', " WORDS
                             " WHERE number = ?",
                             "s", number));
}

int case_search_put(Store *store, const char *number)
{
    return MIN(0, store_exec(store,
                             "INSERT INTO case_fts(rowid, words) SELECT " WORDS " WHERE number = ?",
                             "s", number));
}
