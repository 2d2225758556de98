// SPDX-License-Identifier: Apache-2.0
#include "rating/review.h"

#include "rating/category.h"
#include "rating/figures.h"
#include "rating/painpoint.h"
#include "rating/redact.h"

#include <string.h>

enum { TEXTS_MAX = 12 };

// --- bad ratings

// A stage of a bad rating's life: the state that waits for it has the same place.
static const struct {
    const char *stage, *state;
} stages[] = {
    { "verify", "verifying" },
    { "fix", "fixing" },
    { "tell", "telling" },
    { "call", "calling" },
};

static json_t *stages_of(Store *store, ReviewSpan span, int64_t now_ms)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < G_N_ELEMENTS(stages); i++) {
        g_autoptr(StoreQuery) query = store_query(
            store,
            "SELECT ?1 AS stage,"
            " count(*) FILTER (WHERE s.is_late = 0) AS in_time,"
            " count(*) FILTER (WHERE s.is_late = 1) AS late,"
            " (SELECT count(*) FROM rectification w WHERE w.created_at >= ?2 AND w.created_at < ?3"
            "  AND w.state = ?4) AS waiting,"
            " (SELECT count(*) FROM rectification w WHERE w.created_at >= ?2 AND w.created_at < ?3"
            "  AND w.state = ?4 AND w.due_at < ?5) AS overdue"
            " FROM rectification x JOIN rectification_step s ON s.rating = x.rating"
            " WHERE x.created_at >= ?2 AND x.created_at < ?3 AND s.action = ?1"
            " AND s.choice IS NOT 'no_answer'",
            "siisi", stages[i].stage, span.from_ms, span.to_ms, stages[i].state, now_ms);
        if (store_step(query))
            json_array_append_new(rows, store_row_json(query));
    }
    return rows;
}

static json_t *first_row(StoreQuery *query)
{
    return store_step(query) ? store_row_json(query) : json_object();
}

static json_t *outcomes_of(Store *store, ReviewSpan span)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT count(*) FILTER (WHERE outcome = 'immediate' AND state <> 'void') AS immediate,"
        " count(*) FILTER (WHERE outcome = 'complex' AND state <> 'void') AS complex,"
        " count(*) FILTER (WHERE outcome = 'explained' AND state <> 'void') AS explained,"
        " count(*) FILTER (WHERE state = 'void') AS void,"
        " count(*) FILTER (WHERE is_open = 1) AS open,"
        " count(*) FILTER (WHERE state = 'closed') AS closed"
        " FROM rectification WHERE created_at >= ? AND created_at < ?",
        "ii", span.from_ms, span.to_ms);
    return first_row(query);
}

// --- what people say besides

static json_t *callbacks_of(Store *store, ReviewSpan span)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT count(*) FILTER (WHERE outcome = 'reached') AS reached,"
                    " count(*) FILTER (WHERE outcome = 'not_reached') AS not_reached,"
                    " count(*) FILTER (WHERE outcome = 'refused') AS refused,"
                    " count(*) FILTER (WHERE outcome = 'wrong_number') AS wrong_number,"
                    " count(*) FILTER (WHERE answer = 'satisfied') AS satisfied,"
                    " count(*) FILTER (WHERE answer = 'basically') AS basically,"
                    " count(*) FILTER (WHERE answer = 'dissatisfied') AS dissatisfied,"
                    " count(level) AS rated, count(*) FILTER (WHERE level >= 3) AS rated_good"
                    " FROM callback_try WHERE at >= ? AND at < ?",
                    "ii", span.from_ms, span.to_ms);
    return first_row(query);
}

static json_t *complaints_of(Store *store, ReviewSpan span)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT category AS code, count(*) AS n,"
                    " count(*) FILTER (WHERE is_open = 0) AS closed, sum(is_late) AS late,"
                    " count(*) FILTER (WHERE publication = 'published') AS published"
                    " FROM complaint WHERE created_at >= ? AND created_at < ?"
                    " GROUP BY category ORDER BY n DESC, category",
                    "ii", span.from_ms, span.to_ms);
    json_t *rows = store_rows_json(query), *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        json_t *category = category_get(json_string_value(json_object_get(row, "code")));
        json_object_update_missing(row, category);
        json_decref(category);
    }
    return rows;
}

static json_t *texts_of_tags(const json_t *tags)
{
    json_t *texts = json_array(), *tag;
    size_t i;
    json_array_foreach((json_t *)tags, i, tag)
    {
        json_t *text = json_object_get(tag, "text");
        json_array_append(texts, json_is_string(text) ? text : json_object_get(tag, "code"));
    }
    return texts;
}

static json_t *painpoints_of(Store *store, ReviewSpan span)
{
    json_t *counts = painpoint_counts(store, span.from_ms, span.to_ms), *texts = json_array();
    json_t *page = painpoint_list(store, span.from_ms, span.to_ms, 0, NULL, TEXTS_MAX * 4), *row;
    size_t i;
    json_array_foreach(json_object_get(page, "items"), i, row)
    {
        const char *said = json_string_value(json_object_get(row, "text"));
        if (!said || !*said || json_array_size(texts) == TEXTS_MAX)
            continue;
        g_autofree char *text = redact_text(said);
        json_array_append_new(
            texts,
            json_pack("{s:s%, s:O, s:O, s:o, s:s}", "on",
                      json_string_value(json_object_get(row, "at")), strlen("2026-11-24"), "item",
                      json_object_get(row, "item_name"), "unit", json_object_get(row, "unit"),
                      "tags", texts_of_tags(json_object_get(row, "tags")), "text", text));
    }
    json_decref(page);
    json_object_set_new(counts, "texts", texts);
    return counts;
}

static json_t *clues_of(Store *store, ReviewSpan span)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT kind, count(*) AS n, sum(is_open) AS open,"
        " count(*) FILTER (WHERE state = 'confirmed') AS confirmed,"
        " count(*) FILTER (WHERE state = 'dismissed') AS dismissed"
        " FROM flag WHERE raised_at >= ? AND raised_at < ? AND (kind GLOB 'fraud_*' OR kind = "
        "'mood') GROUP BY kind ORDER BY n DESC, kind",
        "ii", span.from_ms, span.to_ms);
    return store_rows_json(query);
}

// --- all of it

static json_t *ranks_of(Store *store, ReviewSpan span)
{
    static const char *const groups[] = { "counter", "staff", "unit", "item", "channel" };
    json_t *ranks = json_object();
    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++) {
        json_t *by = figures_by(store, groups[i], span.from_ms, span.to_ms);
        json_object_set(ranks, groups[i], json_object_get(by, "items"));
        json_decref(by);
    }
    return ranks;
}

json_t *review_of(Store *store, ReviewSpan span, ReviewSpan before, ReviewSpan year, int64_t now_ms)
{
    int64_t from = span.from_ms, to = span.to_ms;
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "total",
                     figures_of(store, "hall", NULL, from, to), "before",
                     figures_of(store, "hall", NULL, before.from_ms, before.to_ms), "year",
                     figures_of(store, "hall", NULL, year.from_ms, year.to_ms), "trend",
                     figures_trend(store, "hall", NULL, from, to), "tags",
                     figures_tags(store, from, to), "hours", figures_hours(store, from, to),
                     "ranks", ranks_of(store, span), "stages", stages_of(store, span, now_ms),
                     "outcomes", outcomes_of(store, span), "callbacks", callbacks_of(store, span),
                     "complaints", complaints_of(store, span), "painpoints",
                     painpoints_of(store, span), "clues", clues_of(store, span));
}
