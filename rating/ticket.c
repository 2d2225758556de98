// SPDX-License-Identifier: Apache-2.0
#include "rating/ticket.h"

#include "base/fields.h"
#include "rating/master.h"
#include "rating/shape.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    ERROR_SIZE = 200,
    SERVICE_MAX_MS = 4 * 60 * 60 * 1000, // a ticket that nobody finished does not serve for ever
    AFTER_MS = 10 * 60 * 1000,           // citizens press on their way out
};

typedef struct {
    const char *number, *counter, *case_number, *state;
    int64_t issued_ms, called_ms, served_ms, finished_ms;
} TicketBody;

static TicketBody read_body(Fields *fields)
{
    static const char *const states[] = {
        "issued", "called", "served", "finished", "missed", NULL
    };
    TicketBody body = {
        .number = fields_text(fields, "number", 32),
        .counter = fields_text(fields, "counter", 32),
        .case_number = fields_text(fields, "case", 200),
        .state = fields_text(fields, "state", 16),
        .issued_ms = fields_time(fields, "issued", STORE_NULL),
        .called_ms = fields_time(fields, "called", STORE_NULL),
        .served_ms = fields_time(fields, "served", STORE_NULL),
        .finished_ms = fields_time(fields, "finished", STORE_NULL),
    };
    if (body.state && !g_strv_contains(states, body.state))
        fields_fail(fields,
                    "state is \"%s\"; issued, called, served, finished or missed is allowed",
                    body.state);
    return body;
}

// No state given: the latest moment that is known tells it; a ticket that was missed stays so until
// it is called anew.
#define TICKET_STATE                                                                               \
    "CASE WHEN ?5 IS NOT NULL THEN ?5 "                                                            \
    "WHEN coalesce(?9, finished_at) IS NOT NULL THEN 'finished' "                                  \
    "WHEN coalesce(?8, served_at) IS NOT NULL THEN 'served' "                                      \
    "WHEN state = 'missed' AND ?7 IS NULL THEN 'missed' "                                          \
    "WHEN coalesce(?7, called_at) IS NOT NULL THEN 'called' ELSE 'issued' END"

// A state without its moment: the moment is now, unless one is known already.
#define TICKET_MOMENT(column, parameter, name)                                                     \
    column " = coalesce(" parameter ", " column ", CASE WHEN ?5 = '" name "' THEN ?10 END)"

static int update_ticket(Store *store, const char *id, const TicketBody *b, int64_t now_ms)
{
    return store_exec(
        store,
        "UPDATE ticket SET number = coalesce(?2, number), counter = coalesce(?3, counter), "
        "case_number = coalesce(?4, case_number), state = " TICKET_STATE
        ", " TICKET_MOMENT("issued_at", "?6", "issued") ", " TICKET_MOMENT(
            "called_at", "?7",
            "called") ", " TICKET_MOMENT("served_at", "?8",
                                         "served") ", " TICKET_MOMENT("finished_at", "?9",
                                                                      "finished") ", updated_at = "
                                                                                  "?10 WHERE id = "
                                                                                  "?1",
        "sssssnnnni", id, b->number, b->counter, b->case_number, b->state, b->issued_ms,
        b->called_ms, b->served_ms, b->finished_ms, now_ms);
}

static int insert_ticket(Store *store, const char *id, const TicketBody *body, int64_t now_ms)
{
    return store_exec(store,
                      "INSERT INTO ticket(id, number, state, updated_at) VALUES(?,?,'issued',?)",
                      "ssi", id, body->number, now_ms);
}

int ticket_put(Store *store, const Hall *hall, const char *id, json_t *body, int64_t now_ms,
               char *error)
{
    Fields fields = fields_of(body);
    TicketBody given = read_body(&fields);
    bool known = store_value(store, 0, "SELECT 1 FROM ticket WHERE id = ?", "s", id) != 0;
    if (!known && !given.number)
        fields_fail(&fields, "number is missing");
    if (fields.error[0]) {
        g_strlcpy(error, fields.error, ERROR_SIZE);
        return -EINVAL;
    }
    int err = known ? 0 : insert_ticket(store, id, &given, now_ms);
    if (err >= 0)
        err = update_ticket(store, id, &given, now_ms);
    if (err < 0)
        return err;
    if (hall->changed)
        hall->changed(hall->ctx, "ticket", id);
    return 0;
}

// --- events of a machine

#define FIRST(column, name)                                                                        \
    column " = CASE WHEN ?3 = '" name "' THEN min(coalesce(" column ", ?4), ?4) ELSE " column " E" \
           "ND"
#define LAST(column, name)                                                                         \
    column " = CASE WHEN ?3 = '" name "' THEN max(coalesce(" column ", ?4), ?4) ELSE " column " E" \
           "ND"

// clang-format off
static const char put_moment_sql[] =
    "UPDATE ticket SET " FIRST("issued_at", "issued") ", " FIRST("called_at", "called") ", "
    LAST("last_called_at", "called") ", " FIRST("served_at", "served") ", "
    LAST("finished_at", "finished") ", " LAST("missed_at", "missed")
    ", case_number = coalesce(?5, case_number), "
    // The last call says where.
    "counter = CASE WHEN ?2 IS NULL THEN counter"
    " WHEN counter IS NULL OR ?4 >= coalesce(last_called_at, 0) THEN ?2 ELSE counter END"
    " WHERE id = ?1";
// clang-format on

static int put_moment(Store *store, const TicketEvent *e)
{
    return store_exec(store, put_moment_sql, "sssis", e->id, e->counter, e->event, e->at_ms,
                      e->case_number);
}

// From the moments alone, so that their order of arrival says nothing.
static int put_state(Store *store, const char *id)
{
    return store_exec(
        store,
        "UPDATE ticket SET state = CASE WHEN finished_at IS NOT NULL THEN 'finished' "
        "WHEN missed_at IS NOT NULL AND missed_at >= max(coalesce(last_called_at, 0), "
        "coalesce(served_at, 0)) THEN 'missed' WHEN served_at IS NOT NULL THEN 'served' "
        "WHEN last_called_at IS NOT NULL THEN 'called' ELSE 'issued' END WHERE id = ?",
        "s", id);
}

static char *digest_of(Store *store, const char *id)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT json_array(counter, case_number, state, issued_at, called_at, "
                    "last_called_at, served_at, finished_at, missed_at) FROM ticket WHERE id = ?",
                    "s", id);
    return store_step(query) ? g_strdup(store_text(query, 0)) : NULL;
}

int ticket_event(Store *store, const Hall *hall, const TicketEvent *event, int64_t now_ms,
                 char *error)
{
    if (store_value(store, 0, "SELECT lane IS NOT NULL FROM ticket WHERE id = ?", "s", event->id)) {
        snprintf(error, ERROR_SIZE, "%.64s is a number of the hall's own queue", event->id);
        return -EEXIST;
    }
    g_autofree char *before = digest_of(store, event->id);
    TicketBody known = { .number = event->number };
    int err = before ? 0 : insert_ticket(store, event->id, &known, now_ms);
    if (err >= 0)
        err = put_moment(store, event);
    if (err >= 0)
        err = put_state(store, event->id);
    if (err < 0)
        return err;
    g_autofree char *after = digest_of(store, event->id);
    if (g_strcmp0(before, after) == 0)
        return 0;
    if (hall->changed)
        hall->changed(hall->ctx, "ticket", event->id);
    return 1;
}

int ticket_in_service(Store *store, const char *counter, int64_t at_ms, char **ret_id,
                      char **ret_case_number)
{
    *ret_id = *ret_case_number = NULL;
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT id, case_number FROM ticket WHERE counter = ?1 AND began_at > ?3 AND "
                    "began_at <= ?2 "
                    "AND state <> 'missed' AND (finished_at IS NULL OR finished_at >= ?4) "
                    "ORDER BY began_at DESC LIMIT 1",
                    "siii", counter, at_ms, at_ms - SERVICE_MAX_MS, at_ms - AFTER_MS);
    if (store_step(query)) {
        *ret_id = g_strdup(store_text(query, 0));
        *ret_case_number = g_strdup(store_text(query, 1));
    }
    return store_query_result(query);
}

typedef struct {
    const char *number, *name; // NULL: nobody
    int64_t at_ms;
} DutyBody;

static DutyBody read_duty(Fields *fields, int64_t now_ms)
{
    DutyBody body = { .at_ms = fields_time(fields, "at", now_ms) };
    if (!json_object_get(fields->object, "staff"))
        fields_fail(fields, "staff is missing: {\"number\",\"name\"}, or null for nobody");
    json_t *staff = fields_object(fields, "staff");
    if (!staff)
        return body;
    Fields inner = fields_of(staff);
    body.number = fields_text_required(&inner, "number", 64);
    body.name = fields_text(&inner, "name", 100);
    if (inner.error[0])
        fields_fail(fields, "staff: %s", inner.error);
    return body;
}

// 1: the present duty stands already as the body says; 0: not; -EINVAL: it began after the body's
// moment.
static int compare_present(Store *store, const char *counter, const DutyBody *body, char *error)
{
    g_autoptr(StoreQuery) query = store_query(store,
                                              "SELECT staff_number, staff_name, from_at FROM duty "
                                              "WHERE counter = ? AND to_at IS NULL",
                                              "s", counter);
    if (!store_step(query)) {
        int err = store_query_result(query);
        return err < 0 ? err : body->number == NULL;
    }
    if (g_strcmp0(store_text(query, 0), body->number) == 0 &&
        g_strcmp0(store_text(query, 1), body->name) == 0)
        return 1;
    if (body->at_ms >= store_int(query, 2))
        return 0;
    g_strlcpy(error, "at lies before the beginning of the present duty", ERROR_SIZE);
    return -EINVAL;
}

// Ends what is open at the counter, and the person's duty elsewhere; the counters that this empties
// are noted.
static int end_duties(Store *store, const Hall *hall, const char *counter, const DutyBody *body)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "UPDATE duty SET to_at = max(?3, from_at) WHERE to_at IS NULL "
                    "AND (counter = ?1 OR staff_number = ?2) RETURNING counter",
                    "ssi", counter, body->number, body->at_ms);
    while (store_step(query)) {
        const char *ended = store_text(query, 0);
        if (hall->changed && strcmp(ended, counter) != 0)
            hall->changed(hall->ctx, "duty", ended);
    }
    return store_query_result(query);
}

static int begin_duty(Store *store, const char *counter, const DutyBody *body)
{
    if (!body->number)
        return 0;
    return store_exec(
        store, "INSERT INTO duty(counter, staff_number, staff_name, from_at) VALUES(?,?,?,?)",
        "sssi", counter, body->number, body->name, body->at_ms);
}

int duty_put(Store *store, const Hall *hall, const char *counter, json_t *body, int64_t now_ms,
             char *error)
{
    Fields fields = fields_of(body);
    DutyBody given = read_duty(&fields, now_ms);
    if (!config_counter(hall->config, counter)) {
        snprintf(error, ERROR_SIZE, "no counter %.40s is configured", counter);
        return -ENOENT;
    }
    if (fields.error[0]) {
        g_strlcpy(error, fields.error, ERROR_SIZE);
        return -EINVAL;
    }
    // A person is called what the master data calls the number.
    g_autofree char *known = given.number ? master_staff_name(store, given.number) : NULL;
    if (known)
        given.name = known;
    if (given.number && !given.name) {
        g_strlcpy(error,
                  "staff: name is missing, and the master data has nobody with this number: give "
                  "the name, or add the person there",
                  ERROR_SIZE);
        return -EINVAL;
    }
    int same = compare_present(store, counter, &given, error);
    if (same != 0)
        return MIN(same, 0);
    int err = end_duties(store, hall, counter, &given);
    if (err >= 0)
        err = begin_duty(store, counter, &given);
    if (err < 0)
        return err;
    if (hall->changed)
        hall->changed(hall->ctx, "duty", counter);
    return 0;
}

json_t *duty_list(Store *store)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT counter, staff_number, staff_name, from_at FROM duty "
                    "WHERE to_at IS NULL ORDER BY counter",
                    "");
    json_t *rows = store_rows_json(query), *row;
    size_t i;
    json_array_foreach(rows, i, row) shape_rename(row, "from_at", "since");
    return rows;
}

int duty_at(Store *store, const char *counter, int64_t at_ms, char **ret_number, char **ret_name)
{
    *ret_number = *ret_name = NULL;
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT staff_number, staff_name, to_at FROM duty WHERE counter = ?1 "
                    "AND from_at <= ?2 ORDER BY from_at DESC, id DESC LIMIT 1",
                    "si", counter, at_ms);
    if (store_step(query) && (store_is_null(query, 2) || store_int(query, 2) > at_ms)) {
        *ret_number = g_strdup(store_text(query, 0));
        *ret_name = g_strdup(store_text(query, 1));
    }
    return store_query_result(query);
}
