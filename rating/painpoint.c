// SPDX-License-Identifier: Apache-2.0
#include "rating/painpoint.h"

#include "rating/data.h"
#include "rating/shape.h"

#include <errno.h>
#include <string.h>

#define VERSION_KEY "#version\t"

enum { ERROR_SIZE = 200 };

static char *version(void)
{
    const char *at = strstr(data_painpoint_tags, VERSION_KEY) + strlen(VERSION_KEY);
    return g_strndup(at, strcspn(at, "\r\n"));
}

json_t *painpoint_tags(void)
{
    json_t *items = json_array();
    g_autofree char *current = version();
    g_auto(GStrv) lines = g_strsplit(data_painpoint_tags, "\n", -1);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) cells = g_strsplit(g_strchomp(*line), "\t", -1);
        if (**line != '#' && g_strv_length(cells) == 2)
            json_array_append_new(items,
                                  json_pack("{s:s, s:s}", "code", cells[0], "text", cells[1]));
    }
    return json_pack("{s:s, s:o}", "version", current, "items", items);
}

// NULL: not in the table. The caller frees.
static char *text_of_tag(const char *code)
{
    g_autofree char *needle = g_strconcat("\n", code, "\t", NULL);
    const char *hit = *code && code[0] != '#' ? strstr(data_painpoint_tags, needle) : NULL;
    return hit ? g_strndup(hit + strlen(needle), strcspn(hit + strlen(needle), "\r\n")) : NULL;
}

bool painpoint_tag_is_known(const char *code)
{
    g_autofree char *text = text_of_tag(code);
    return text != NULL;
}

static char *tags_text(const PainpointInput *input)
{
    json_t *codes = json_array();
    for (size_t i = 0; i < input->n_tags; i++)
        json_array_append_new(codes, json_string(input->tags[i]));
    char *text = json_dumps(codes, JSON_COMPACT);
    json_decref(codes);
    return text;
}

static int refuse(char *error, int err, const char *sentence)
{
    g_strlcpy(error, sentence, ERROR_SIZE);
    return err;
}

static bool says_nothing(const PainpointInput *input)
{
    return !input->n_tags && (!input->text || !*input->text);
}

static int check_tags(const PainpointInput *input, char *error)
{
    for (size_t i = 0; i < input->n_tags; i++) {
        if (!painpoint_tag_is_known(input->tags[i])) {
            g_snprintf(error, ERROR_SIZE, "tags: '%.20s' is not in the table of pain points",
                       input->tags[i]);
            return -EINVAL;
        }
    }
    return 0;
}

int painpoint_add(Store *store, const Hall *hall, const PainpointInput *input, char *error)
{
    if (says_nothing(input))
        return refuse(error, -EINVAL, "say what it is: at least one of tags, or text");
    int err = check_tags(input, error);
    if (err < 0)
        return err;
    g_autofree char *tags = tags_text(input), *current = version();
    err = store_exec(
        store,
        "INSERT INTO painpoint(id, at, tags, tags_version, text, item_name, unit, counter,"
        " case_number, source, who) SELECT ?1, ?2, ?3, ?4, ?5, coalesce(c.item_name, ?6),"
        " coalesce(c.unit, ?7), coalesce(?8, c.counter), ?9, ?10, ?11"
        " FROM (SELECT 1) LEFT JOIN case_file c ON c.number = ?9 WHERE 1"
        " ON CONFLICT(id) DO NOTHING",
        "sisssssssss", input->id, input->now_ms, tags, current, input->text, input->item_name,
        input->unit, input->counter, input->case_number, input->source, input->who);
    if (err > 0 && hall->changed)
        hall->changed(hall->ctx, "painpoint", input->id);
    return err;
}

static int check_correction(Store *store, const char *id, const PainpointInput *input,
                            const char *why, char *error)
{
    if (!store_value(store, 0, "SELECT 1 FROM painpoint WHERE id = ?", "s", id))
        return refuse(error, -ENOENT, "There is no pain point with this id.");
    if (store_value(store, 0, "SELECT 1 FROM painpoint WHERE corrects = ? AND id <> ?", "ss", id,
                    input->id))
        return refuse(error, -EEXIST, "it has been corrected already: correct what stands now");
    if (!why || !*why)
        return refuse(error, -EINVAL, "why: say what was wrong");
    return check_tags(input, error);
}

int painpoint_correct(Store *store, const Hall *hall, const char *id, const PainpointInput *input,
                      const char *why, char *error)
{
    int err = check_correction(store, id, input, why, error);
    if (err < 0)
        return err;
    g_autofree char *tags = tags_text(input), *current = version();
    err = store_exec(store,
                     "INSERT INTO painpoint(id, at, tags, tags_version, text, item_name, unit,"
                     " counter, case_number, source, who, corrects, why, written_at)"
                     " SELECT ?1, at, ?2, ?3, ?4, ?5, ?6, counter, case_number, source, ?7, id,"
                     " ?8, ?9 FROM painpoint WHERE id = ?10 ON CONFLICT(id) DO NOTHING",
                     "ssssssssis", input->id, tags, current, input->text, input->item_name,
                     input->unit, input->who, why, input->now_ms, id);
    if (err > 0 && hall->changed)
        hall->changed(hall->ctx, "painpoint", input->id);
    return err;
}

// --- reading

#define SAYS_SOMETHING "(tags <> '[]' OR text IS NOT NULL)"

static json_t *tag_counts(Store *store, int64_t from_ms, int64_t to_ms)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT t.value, count(*) AS n FROM painpoint_now p, json_each(p.tags) t"
                    " WHERE p.at >= ? AND p.at < ? GROUP BY 1 ORDER BY n DESC, 1",
                    "ii", from_ms, to_ms);
    json_t *rows = json_array();
    while (store_step(query)) {
        g_autofree char *text = text_of_tag(store_text(query, 0));
        json_array_append_new(rows, json_pack("{s:s, s:s?, s:I}", "code", store_text(query, 0),
                                              "text", text, "n", (json_int_t)store_int(query, 1)));
    }
    return rows;
}

static json_t *item_counts(Store *store, int64_t from_ms, int64_t to_ms)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "WITH p AS (SELECT item_name, unit, tags FROM painpoint_now"
        " WHERE at >= ?1 AND at < ?2 AND " SAYS_SOMETHING ")"
        " SELECT item_name AS name, unit, count(*) AS n,"
        " (SELECT json_group_object(code, k) FROM (SELECT t.value AS code, count(*) AS k"
        "  FROM p q, json_each(q.tags) t WHERE q.item_name IS p.item_name AND q.unit IS p.unit"
        "  GROUP BY 1)) AS tags_json"
        " FROM p GROUP BY item_name, unit ORDER BY n DESC, name LIMIT 100",
        "ii", from_ms, to_ms);
    return store_rows_json(query);
}

json_t *painpoint_counts(Store *store, int64_t from_ms, int64_t to_ms)
{
    int64_t total = store_value(store, 0,
                                "SELECT count(*) FROM painpoint_now WHERE at >= ? AND at < ?"
                                " AND " SAYS_SOMETHING,
                                "ii", from_ms, to_ms);
    return json_pack("{s:I, s:o, s:o}", "total", (json_int_t)total, "tags",
                     tag_counts(store, from_ms, to_ms), "items",
                     item_counts(store, from_ms, to_ms));
}

// A code of a table that is no more keeps its number and has no text.
static void describe_tags(json_t *row)
{
    const char *given = json_string_value(json_object_get(row, "tags_version"));
    g_autofree char *current = version();
    json_t *tags = json_array(), *code;
    size_t i;
    json_array_foreach(json_object_get(row, "tags"), i, code)
    {
        g_autofree char *text =
            g_strcmp0(given, current) == 0 ? text_of_tag(json_string_value(code)) : NULL;
        json_array_append_new(tags, json_pack("{s:O, s:s?}", "code", code, "text", text));
    }
    json_object_set_new(row, "tags", tags);
    json_object_del(row, "tags_version");
}

// What stood there before, read in the same columns.
static void tell_correction(Store *store, json_t *row)
{
    bool is_empty = json_array_size(json_object_get(row, "tags")) == 0 &&
                    json_is_null(json_object_get(row, "text"));
    json_object_set_new(row, "is_withdrawn", json_boolean(is_empty));
    const char *corrects = json_string_value(json_object_get(row, "corrects"));
    if (corrects) {
        g_autoptr(StoreQuery) query =
            store_query(store,
                        "SELECT tags AS tags_json, tags_version, text, item_name, unit, who"
                        " FROM painpoint WHERE id = ?",
                        "s", corrects);
        json_t *found = store_rows_json(query), *before = json_array_get(found, 0);
        describe_tags(before);
        json_object_set_new(row, "corrected",
                            json_pack("{s:O, s:O, s:O}", "at", json_object_get(row, "written_at"),
                                      "why", json_object_get(row, "why"), "before", before));
        json_decref(found);
    } else {
        json_object_set_new(row, "corrected", json_null());
    }
    json_object_del(row, "corrects");
    json_object_del(row, "written_at");
    json_object_del(row, "why");
}

json_t *painpoint_list(Store *store, int64_t from_ms, int64_t to_ms, int64_t before_ms,
                       const char *before_id, int limit)
{
    int64_t total =
        store_value(store, 0, "SELECT count(*) FROM painpoint_now WHERE at >= ? AND at < ?", "ii",
                    from_ms, to_ms);
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT id, at AS noted_at, tags AS tags_json, tags_version, text, item_name, unit,"
        " counter, case_number, source, who, corrects, why, written_at, at AS cursor_ms"
        " FROM painpoint_now"
        " WHERE at >= ?1 AND at < ?2 AND (?3 IS NULL OR (at, id) < (?4, ?3))"
        " ORDER BY at DESC, id DESC LIMIT ?5",
        "iisii", from_ms, to_ms, before_id, before_ms, (int64_t)limit + 1);
    json_t *rows = store_rows_json(query), *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        describe_tags(row);
        tell_correction(store, row);
        shape_rename(row, "noted_at", "at");
    }
    return shape_page(rows, "id", limit, total);
}
