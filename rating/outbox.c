// SPDX-License-Identifier: Apache-2.0
#include "rating/outbox.h"

#include "base/clock.h"
#include "rating/flag.h"
#include "rating/shape.h"

#include <errno.h>
#include <string.h>

enum { REASON_MAX = 500, SWEEP_STEP = 2000 };

#define DAY_MS (24 * INT64_C(3600000))

static const char *const outcomes[] = {
    [OUTBOX_SENT] = "sent", [OUTBOX_REFUSED] = "refused", [OUTBOX_AGAIN] = "waiting"
};

static void note(const Hall *hall, const char *receiver)
{
    if (hall->changed)
        hall->changed(hall->ctx, "outbox", receiver);
}

// --- writing

int outbox_add(Store *store, const Hall *hall, const OutboxInput *input)
{
    g_autofree char *facts = input->facts ? json_dumps(input->facts, JSON_COMPACT) : g_strdup("{}");
    int added = store_exec(
        store,
        "INSERT INTO outbox(receiver, id, subject, event, facts, state,"
        " created_at, since_at, next_try_at) VALUES(?,?,?,?,?,'waiting',?6,?6,?6)"
        " ON CONFLICT(receiver, id) DO NOTHING",
        "sssssi", input->receiver, input->id, input->subject, input->event, facts, input->now_ms);
    if (added > 0)
        note(hall, input->receiver);
    return added;
}

// What others said is kept as one line that fits.
static char *reason_line(const char *reason)
{
    if (!reason)
        return NULL;
    g_autofree char *valid = g_utf8_make_valid(reason, -1);
    char *end = valid;
    while (*end && g_utf8_next_char(end) - valid <= REASON_MAX)
        end = g_utf8_next_char(end);
    *end = 0;
    for (char *at = valid; *at; at++)
        if (g_ascii_iscntrl(*at))
            *at = ' ';
    return g_steal_pointer(&valid);
}

int outbox_answered(Store *store, const Hall *hall, int64_t seq, OutboxOutcome outcome,
                    const char *reason, int64_t next_ms, int64_t now_ms)
{
    bool is_over = outcome != OUTBOX_AGAIN;
    g_autofree char *line = reason_line(reason);
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "UPDATE outbox SET state = ?, tries = tries + 1, error = ?, ended_at = ?,"
                    " tried_at = ?, next_try_at = ? WHERE seq = ? AND state = 'waiting'"
                    " RETURNING receiver",
                    "ssniii", outcomes[outcome], line, is_over ? now_ms : STORE_NULL, now_ms,
                    is_over ? now_ms : next_ms, seq);
    if (!store_step(query))
        return store_query_result(query) < 0 ? store_query_result(query) : -ENOENT;
    note(hall, store_text(query, 0));
    while (store_step(query))
        ;
    return MIN(store_query_result(query), 0);
}

#define RESEND                                                                                     \
    "UPDATE outbox SET state = 'waiting', ended_at = NULL, tries = 0, since_at = ?1,"              \
    " next_try_at = ?1 WHERE state IN ('refused', 'given_up')"

int outbox_resend(Store *store, const Hall *hall, int64_t seq, int64_t now_ms)
{
    int n = store_exec(store, RESEND " AND seq = ?2", "ii", now_ms, seq);
    if (n < 0)
        return n;
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT receiver FROM outbox WHERE seq = ?", "i", seq);
    if (!store_step(query))
        return store_query_result(query) < 0 ? store_query_result(query) : -ENOENT;
    if (n == 0)
        return -EEXIST;
    note(hall, store_text(query, 0));
    return 0;
}

static bool is_known(Store *store, const Config *config, const char *receiver)
{
    return config_receiver(config, receiver) ||
           (config->province.url && strcmp(receiver, OUTBOX_PROVINCE) == 0) ||
           store_value(store, 0, "SELECT 1 FROM outbox WHERE receiver = ? LIMIT 1", "s", receiver);
}

int outbox_resend_all(Store *store, const Hall *hall, const char *receiver, int64_t now_ms)
{
    int n = store_exec(store, RESEND " AND receiver = ?2", "is", now_ms, receiver);
    if (n > 0)
        note(hall, receiver);
    return n == 0 && !is_known(store, hall->config, receiver) ? -ENOENT : n;
}

// --- keeping it bounded

static int say_lost(Store *store, const Hall *hall, const char *receiver, int n, const char *why,
                    int64_t now_ms)
{
    g_autofree char *subject = g_strconcat("outbox:", receiver, NULL);
    json_t *evidence =
        json_pack("{s:s, s:i, s:s}", "receiver", receiver, "messages", n, "why", why);
    FlagInput input = { .kind = "outbox_given_up",
                        .subject = subject,
                        .evidence = evidence,
                        .raised_ms = now_ms,
                        .may_repeat = true };
    int raised = flag_raise(store, hall, &input, NULL);
    json_decref(evidence);
    note(hall, receiver);
    return MIN(raised, 0);
}

// Rows of a receiver that wait, up to a place. Their number.
static int give_up(Store *store, const Hall *hall, const char *receiver, int64_t last_seq,
                   const char *why, int64_t now_ms)
{
    int n = store_exec(store,
                       "UPDATE outbox SET state = 'given_up', ended_at = ?1,"
                       " error = ?2 || coalesce(': ' || error, '')"
                       " WHERE seq IN (SELECT seq FROM outbox WHERE receiver = ?3"
                       " AND state = 'waiting' AND seq <= ?4 ORDER BY seq LIMIT ?5)",
                       "issii", now_ms, why, receiver, last_seq, (int64_t)SWEEP_STEP);
    if (n <= 0)
        return n;
    int err = say_lost(store, hall, receiver, n, why, now_ms);
    return err < 0 ? err : n;
}

static int give_up_overflow(Store *store, const Hall *hall, const char *receiver, int64_t now_ms)
{
    int64_t last = store_value(store, -1,
                               "SELECT seq FROM outbox WHERE receiver = ? AND state = 'waiting'"
                               " ORDER BY seq DESC LIMIT 1 OFFSET ?",
                               "si", receiver, (int64_t)hall->config->outbox.max_waiting);
    if (last < 0)
        return 0;
    return give_up(store, hall, receiver, last, "外发队列已满 / the outbox was full", now_ms);
}

// The oldest waiting row of any receiver that has waited too long, and all of that receiver's
// before it.
static int give_up_old(Store *store, const Hall *hall, int64_t before_ms, int64_t now_ms)
{
    g_autofree char *receiver = NULL;
    int64_t seq;
    {
        g_autoptr(StoreQuery) query =
            store_query(store,
                        "SELECT receiver, seq FROM outbox WHERE state = 'waiting' AND since_at < ? "
                        "ORDER BY since_at LIMIT 1",
                        "i", before_ms);
        if (!store_step(query))
            return store_query_result(query);
        receiver = g_strdup(store_text(query, 0));
        seq = store_int(query, 1);
    }
    return give_up(store, hall, receiver, seq, "超过保存期限 / it waited too long", now_ms);
}

int outbox_sweep(Store *store, const Hall *hall, int64_t now_ms)
{
    int64_t before_ms = now_ms - hall->config->outbox.keep_days * DAY_MS;
    int done = store_exec(store,
                          "DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox"
                          " WHERE ended_at < ? LIMIT ?)",
                          "ii", before_ms, (int64_t)SWEEP_STEP);
    int n = done < 0 ? done : give_up_old(store, hall, before_ms, now_ms);
    for (guint i = 0; n >= 0 && i < hall->config->notify->len; i++) {
        const ConfigReceiver *receiver = hall->config->notify->pdata[i];
        done += n;
        n = give_up_overflow(store, hall, receiver->id, now_ms);
    }
    if (n >= 0) {
        done += n;
        n = give_up_overflow(store, hall, OUTBOX_PROVINCE, now_ms);
    }
    return n < 0 ? n : done + n;
}

// --- delivering

void outbox_row_free(OutboxRow *row)
{
    g_free(row->receiver);
    g_free(row->id);
    g_free(row->subject);
    g_free(row->event);
    json_decref(row->facts);
    g_free(row);
}

static OutboxRow *row_of(StoreQuery *query)
{
    OutboxRow *row = g_new0(OutboxRow, 1);
    row->seq = store_int(query, 0);
    row->receiver = g_strdup(store_text(query, 1));
    row->id = g_strdup(store_text(query, 2));
    row->subject = g_strdup(store_text(query, 3));
    row->event = g_strdup(store_text(query, 4));
    row->facts = json_loads(store_text(query, 5), 0, NULL);
    row->created_ms = store_int(query, 6);
    row->tries = (int)store_int(query, 7);
    return row;
}

GPtrArray *outbox_due(Store *store, const char *receiver, int64_t now_ms, int limit)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify)outbox_row_free);
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT seq, receiver, id, subject, event, facts, created_at, tries"
                    " FROM outbox o WHERE receiver = ?1 AND state = 'waiting' AND next_try_at <= ?2"
                    " AND NOT EXISTS(SELECT 1 FROM outbox e WHERE e.receiver = ?1"
                    "   AND e.subject = o.subject AND e.state = 'waiting' AND e.seq < o.seq"
                    "   AND e.next_try_at > ?2)"
                    " ORDER BY seq LIMIT ?3",
                    "sii", receiver, now_ms, (int64_t)limit);
    while (store_step(query))
        g_ptr_array_add(rows, row_of(query));
    return rows;
}

GPtrArray *outbox_due_tests(Store *store, const char *receiver, int64_t now_ms)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify)outbox_row_free);
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT seq, receiver, id, subject, event, facts, created_at, tries"
                    " FROM outbox WHERE receiver = ?1 AND state = 'waiting'"
                    " AND subject GLOB 'test.*' AND next_try_at <= ?2",
                    "si", receiver, now_ms);
    while (store_step(query))
        g_ptr_array_add(rows, row_of(query));
    return rows;
}

// --- reading

#define ROW_COLUMNS                                                                                \
    "receiver, id AS message, subject, event, state, tries, error, created_at, tried_at,"          \
    " next_try_at, ended_at"
#define LIST_FILTER                                                                                \
    " FROM outbox WHERE (?1 IS NULL OR receiver = ?1) AND (?2 IS NULL OR state = ?2)"

json_t *outbox_list(Store *store, const OutboxFilter *filter)
{
    int64_t total =
        store_value(store, 0, "SELECT count(*)" LIST_FILTER, "ss", filter->receiver, filter->state);
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT " ROW_COLUMNS ", seq AS cursor_ms, CAST(seq AS TEXT) AS id" LIST_FILTER
        " AND (?3 IS NULL OR seq < ?3) ORDER BY seq DESC LIMIT ?4",
        "ssni", filter->receiver, filter->state, filter->before_seq, (int64_t)filter->limit + 1);
    return shape_page(store_rows_json(query), "id", filter->limit, total);
}

json_t *outbox_get(Store *store, int64_t seq)
{
    g_autoptr(StoreQuery) query = store_query(
        store, "SELECT " ROW_COLUMNS ", CAST(seq AS TEXT) AS id FROM outbox WHERE seq = ?", "i",
        seq);
    return store_step(query) ? store_row_json(query) : NULL;
}

static int64_t count(Store *store, const char *receiver, const char *state)
{
    return store_value(store, 0, "SELECT count(*) FROM outbox WHERE receiver = ? AND state = ?",
                       "ss", receiver, state);
}

// The first that waits tells why; else the newest that was refused.
static json_t *latest_error(Store *store, const char *receiver)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT coalesce((SELECT error FROM outbox WHERE receiver = ?1 AND state = 'waiting'"
        "  ORDER BY seq LIMIT 1), (SELECT error FROM outbox WHERE receiver = ?1"
        "  AND state = 'refused' ORDER BY seq DESC LIMIT 1))",
        "s", receiver);
    const char *error = store_step(query) ? store_text(query, 0) : NULL;
    return error ? json_string(error) : json_null();
}

// How it stands with a receiver.
static json_t *standing(Store *store, const char *receiver, int64_t now_ms)
{
    int64_t oldest_ms = store_value(store, STORE_NULL,
                                    "SELECT since_at FROM outbox WHERE receiver = ?"
                                    " AND state = 'waiting' ORDER BY seq LIMIT 1",
                                    "s", receiver);
    int64_t sent_ms = store_value(store, STORE_NULL,
                                  "SELECT ended_at FROM outbox WHERE receiver = ?"
                                  " AND state = 'sent' ORDER BY seq DESC LIMIT 1",
                                  "s", receiver);
    bool is_late = oldest_ms != STORE_NULL && now_ms - oldest_ms > OUTBOX_LATE_MS;
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:o, s:b, s:o, s:o}", "receiver", receiver,
                     "waiting", (json_int_t)count(store, receiver, "waiting"), "refused",
                     (json_int_t)count(store, receiver, "refused"), "given_up",
                     (json_int_t)count(store, receiver, "given_up"), "sent",
                     (json_int_t)count(store, receiver, "sent"), "oldest_at", shape_time(oldest_ms),
                     "is_late", is_late, "sent_at", shape_time(sent_ms), "error",
                     latest_error(store, receiver));
}

// Of an address without anything that may hold a secret.
static char *host_of(const char *url)
{
    const char *host = strstr(url, "://");
    return g_strndup(url,
                     (host ? (size_t)(host + 3 - url) : 0) + strcspn(host ? host + 3 : url, "/?#"));
}

static json_t *event_names(char *const *events)
{
    json_t *names = json_array();
    for (; events && *events; events++)
        json_array_append_new(names, json_string(*events));
    return names;
}

static void describe(json_t *receiver, const char *kind, const char *url, char *const *events)
{
    g_autofree char *host = url ? host_of(url) : NULL;
    json_object_set_new(receiver, "kind", kind ? json_string(kind) : json_null());
    json_object_set_new(receiver, "host", host ? json_string(host) : json_null());
    json_object_set_new(receiver, "events", event_names(events));
    json_object_set_new(receiver, "is_configured", json_boolean(url != NULL));
}

// Those that have left the config while something is kept for them.
static void add_others(Store *store, const Config *config, json_t *receivers, int64_t now_ms)
{
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT DISTINCT receiver FROM outbox ORDER BY receiver", "");
    while (store_step(query)) {
        const char *name = store_text(query, 0);
        if (config_receiver(config, name) ||
            (strcmp(name, OUTBOX_PROVINCE) == 0 && config->province.url))
            continue;
        json_t *receiver = standing(store, name, now_ms);
        describe(receiver, NULL, NULL, NULL);
        json_array_append_new(receivers, receiver);
    }
}

json_t *outbox_receivers(Store *store, const Config *config, int64_t now_ms)
{
    json_t *receivers = json_array();
    for (guint i = 0; i < config->notify->len; i++) {
        const ConfigReceiver *one = config->notify->pdata[i];
        json_t *receiver = standing(store, one->id, now_ms);
        describe(receiver, config_receiver_kind_name(one->kind), one->url, one->events);
        json_array_append_new(receivers, receiver);
    }
    if (config->province.url) {
        json_t *province = standing(store, OUTBOX_PROVINCE, now_ms);
        describe(province, OUTBOX_PROVINCE, config->province.url, NULL);
        json_array_append_new(receivers, province);
    }
    add_others(store, config, receivers, now_ms);
    return receivers;
}

json_t *outbox_counts(Store *store, int64_t now_ms)
{
    int64_t waiting =
        store_value(store, 0, "SELECT count(*) FROM outbox WHERE state = 'waiting'", "");
    int64_t late = store_value(store, 0,
                               "SELECT count(DISTINCT receiver) FROM outbox"
                               " WHERE state = 'waiting' AND since_at < ?",
                               "i", now_ms - OUTBOX_LATE_MS);
    int64_t refused =
        store_value(store, 0, "SELECT count(*) FROM outbox WHERE state = 'refused'", "");
    return json_pack("{s:I, s:I, s:I}", "waiting", (json_int_t)waiting, "late", (json_int_t)late,
                     "refused", (json_int_t)refused);
}
