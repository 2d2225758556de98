// SPDX-License-Identifier: Apache-2.0
#include "rating/moment.h"

#include "rating/shape.h"
#include "rating/tag.h"

// ?1 from, ?2 to, ?3 camera or NULL, ?4 its counters as a JSON array.
#define SEEN(c)                                                                                    \
    "(?3 IS NULL OR " c ".camera = ?3 OR " c ".counter IN (SELECT value FROM json_each(?4)))"
#define MOMENTS                                                                                    \
    "WITH moment(kind, id, at, counter, camera, level, text, tags, tags_version, flag,"            \
    " case_number, by) AS ("                                                                       \
    "SELECT iif(r.level <= 2, 'rating_bad', 'rating_good'), r.id, r.event_at, r.counter,"          \
    " r.camera, r.level, r.text, r.tags, r.tags_version, NULL, r.case_number, NULL FROM rating r"  \
    " WHERE r.event_at >= ?1 AND r.event_at < ?2 AND " SEEN(                                       \
        "r") " UNION ALL SELECT iif(f.kind = 'case_red', 'overdue', 'flag'), f.id, f.raised_at,"   \
             " f.counter, f.camera, NULL, c.item_name, NULL, NULL, f.kind, f.case_number, NULL"    \
             " FROM flag f LEFT JOIN case_file c ON c.number = f.case_number"                      \
             " WHERE f.raised_at >= ?1 AND f.raised_at < ?2 AND " SEEN(                            \
                 "f") " UNION ALL SELECT 'bookmark', b.id, b.at, NULL, b.camera, NULL, b.text, "   \
                      "NULL, NULL, NULL,"                                                          \
                      " NULL, b.by FROM bookmark b"                                                \
                      " WHERE b.at >= ?1 AND b.at < ?2 AND (?3 IS NULL OR b.camera = ?3)) "

static char *counters_text(const char *const *counters)
{
    json_t *array = json_array();
    for (; counters && *counters; counters++)
        json_array_append_new(array, json_string(*counters));
    char *text = json_dumps(array, 0);
    json_decref(array);
    return text;
}

// What was said, or else the reasons that were picked.
static char *words_of(const json_t *row)
{
    const char *text = json_string_value(json_object_get(row, "text"));
    if (text && *text)
        return g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), MOMENT_TEXT_MAX));
    json_t *codes = json_object_get(row, "tags");
    if (!json_array_size(codes))
        return NULL;
    GString *words = g_string_new(NULL);
    json_t *tags = tag_describe(codes, json_string_value(json_object_get(row, "tags_version")));
    size_t i;
    json_t *tag;
    json_array_foreach(tags, i, tag)
    {
        const char *word = json_string_value(json_object_get(tag, "text"));
        if (word && words->len < MOMENT_TEXT_MAX)
            g_string_append_printf(words, "%s%s", words->len ? "；" : "", word);
    }
    json_decref(tags);
    return g_string_free(words, words->len == 0);
}

static void shape_moment(json_t *row)
{
    g_autofree char *words = words_of(row);
    json_object_set_new(row, "text", words ? json_string(words) : json_null());
    json_object_del(row, "tags");
    json_object_del(row, "tags_version");
    shape_rename(row, "moment_at", "at");
}

json_t *moment_list(Store *store, const MomentFilter *filter)
{
    const MomentFilter *f = filter;
    char *counters = counters_text(f->counters);
    int64_t total = store_value(store, 0, MOMENTS "SELECT count(*) FROM moment", "iiss", f->from_ms,
                                f->to_ms, f->camera, counters);
    // A bucket of 0 ms: each is one of its own.
    int64_t bucket_ms =
        total > f->limit ? (f->to_ms - f->from_ms) / (f->limit / MOMENT_KINDS) + 1 : 0;
    StoreQuery *query = store_query(
        store,
        MOMENTS "SELECT kind, id, min(at) AS moment_at, count(*) AS n, counter, camera, level,"
                " text, tags AS tags_json, tags_version, flag, case_number, by FROM moment"
                " GROUP BY kind, iif(?5, (at - ?1) / ?5, id) ORDER BY moment_at, id",
        "iissi", f->from_ms, f->to_ms, f->camera, counters, bucket_ms);
    json_t *rows = store_rows_json(query), *row;
    size_t i;
    store_query_free(query);
    free(counters);
    json_array_foreach(rows, i, row) shape_moment(row);
    return json_pack("{s:o, s:n, s:I, s:b}", "items", rows, "next", "total", (json_int_t)total,
                     "is_thinned", bucket_ms > 0);
}
