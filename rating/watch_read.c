// SPDX-License-Identifier: Apache-2.0
#include "rating/watch_read.h"

#include "rating/ticket.h"

#include <errno.h>
#include <string.h>

enum { BATCH_SPAN_MS = 10 * 60 * 1000, FINISHES_MAX = 500, EVENTS_MAX = 2000 };

static const char *keep(GStringChunk *chunk, const char *text)
{
    return text ? g_string_chunk_insert(chunk, text) : NULL;
}

static int end_of_rows(StoreQuery *query)
{
    int err = store_query_result(query);
    return err < 0 ? err : -ENOENT;
}

// [{"node":"审核"}, ...] of the item's catalogue.
static void read_nodes(const char *json, GStringChunk *text, GPtrArray *nodes)
{
    json_t *list = json ? json_loads(json, 0, NULL) : NULL, *row;
    size_t i;
    json_array_foreach(list, i, row)
    {
        const char *node = json_string_value(json_object_get(row, "node"));
        if (node)
            g_ptr_array_add(nodes, (gpointer)keep(text, node));
    }
    json_decref(list);
}

static int read_head(Store *store, const char *number, WatchCaseRead *read, int64_t *ret_declared,
                     int64_t *ret_created)
{
    WatchCase *c = &read->facts;
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT kind, counter, person_number, channel, limit_days, statutory_days,"
                    " declared_accepted_at, created_at,"
                    " (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'watch_since'), unit,"
                    " (SELECT nodes FROM item WHERE code = item_code)"
                    " FROM case_file WHERE number = ?",
                    "s", number);
    if (!store_step(query))
        return end_of_rows(query);
    c->number = keep(read->text, number);
    c->kind = keep(read->text, store_text(query, 0));
    c->counter = keep(read->text, store_text(query, 1));
    c->person = keep(read->text, store_text(query, 2));
    c->channel = keep(read->text, store_text(query, 3));
    c->limit_days =
        case_limit_of(c->kind, store_int_or_null(query, 4), store_int_or_null(query, 5));
    *ret_declared = store_int_or_null(query, 6);
    *ret_created = store_int(query, 7);
    c->since_ms = store_int(query, 8);
    c->unit = keep(read->text, store_text(query, 9));
    read_nodes(store_text(query, 10), read->text, (GPtrArray *)c->nodes);
    return 0;
}

static CaseIgnored ignored_of(const char *name)
{
    for (CaseIgnored i = CASE_TOLD + 1; name && i <= CASE_IGNORED_NODE; i++) {
        if (strcmp(case_ignored_name(i), name) == 0)
            return i;
    }
    return CASE_TOLD;
}

static int compare_events(gconstpointer a, gconstpointer b)
{
    const WatchEvent *left = a, *right = b;
    if (left->at_ms != right->at_ms)
        return left->at_ms < right->at_ms ? -1 : 1;
    return (int)left->kind - (int)right->kind;
}

static int read_events(Store *store, const char *number, int64_t declared_ms, int64_t created_ms,
                       WatchCaseRead *read, GArray *events)
{
    bool says_accepted = false;
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT id, kind, at, received_at, days, node, unit, person_number, reason,"
                    " coalesce(approver_number, approver_name), ignored"
                    " FROM case_event WHERE case_number = ? ORDER BY at LIMIT ?",
                    "si", number, (int64_t)EVENTS_MAX);
    while (store_step(query)) {
        WatchEvent event = { .id = keep(read->text, store_text(query, 0)),
                             .at_ms = store_int(query, 2),
                             .received_ms = store_int(query, 3),
                             .days = (int)store_int(query, 4),
                             .node = keep(read->text, store_text(query, 5)),
                             .unit = keep(read->text, store_text(query, 6)),
                             .person = keep(read->text, store_text(query, 7)),
                             .reason = keep(read->text, store_text(query, 8)),
                             .approver = keep(read->text, store_text(query, 9)),
                             .ignored = ignored_of(store_text(query, 10)) };
        if (!case_event_kind_parse(store_text(query, 1), &event.kind))
            return -EUCLEAN;
        says_accepted |= event.kind == CASE_EVENT_ACCEPTED;
        g_array_append_val(events, event);
    }
    if (!says_accepted && declared_ms != STORE_NULL) {
        WatchEvent event = {
            .id = "", .kind = CASE_EVENT_ACCEPTED, .at_ms = declared_ms, .received_ms = created_ms
        };
        g_array_append_val(events, event);
    }
    g_array_sort(events, compare_events);
    return store_query_result(query);
}

static int read_edits(Store *store, const char *number, WatchCaseRead *read, GArray *edits)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT id, at, what, was, is_now, who FROM case_edit WHERE case_number = ?"
                    " ORDER BY id LIMIT 200",
                    "s", number);
    while (store_step(query)) {
        WatchEdit edit = { .id = store_int(query, 0),
                           .at_ms = store_int(query, 1),
                           .what = keep(read->text, store_text(query, 2)),
                           .from = store_int(query, 3),
                           .to = store_int(query, 4),
                           .who = keep(read->text, store_text(query, 5)) };
        g_array_append_val(edits, edit);
    }
    return store_query_result(query);
}

// Cards tell the day alone, and a call-back rates what is over: neither has a moment.
static int read_ratings(Store *store, const char *number, WatchCaseRead *read, GArray *ratings)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT r.id, r.counter, r.staff_number, r.event_at,"
                    " r.channel IN ('pc', 'mobile') OR coalesce(i.by_code, 0)"
                    " FROM rating r LEFT JOIN invitation i ON i.id = r.invitation"
                    " WHERE r.case_number = ? AND r.channel NOT IN ('card', 'callback')"
                    " ORDER BY r.event_at LIMIT 200",
                    "s", number);
    while (store_step(query)) {
        WatchRating rating = { .id = keep(read->text, store_text(query, 0)),
                               .counter = keep(read->text, store_text(query, 1)),
                               .staff = keep(read->text, store_text(query, 2)),
                               .at_ms = store_int(query, 3),
                               .is_of_case = store_int(query, 4) };
        g_array_append_val(ratings, rating);
    }
    return store_query_result(query);
}

static const WatchEvent *event_of(const GArray *events, CaseEventKind kind)
{
    for (guint i = 0; i < events->len; i++) {
        const WatchEvent *event = &g_array_index(events, WatchEvent, i);
        if (event->kind == kind)
            return event;
    }
    return NULL;
}

// Of the person that the event names, or else of the one that the case names.
static int read_finishes(Store *store, const WatchCase *c, WatchCaseRead *read, GArray *finishes)
{
    const WatchEvent *end = event_of(c->events, CASE_EVENT_FINISHED);
    const char *person = end && end->person ? end->person : c->person;
    if (!end || !person)
        return 0;
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT number, at FROM (SELECT case_number AS number, at FROM case_event"
                    "  WHERE kind = 'finished' AND person_number = ?1 AND at BETWEEN ?2 AND ?3"
                    " UNION SELECT c.number, c.finished_at FROM case_file c"
                    "  WHERE c.person_number = ?1 AND c.finished_at BETWEEN ?2 AND ?3"
                    "  AND NOT EXISTS (SELECT 1 FROM case_event e WHERE e.case_number = c.number"
                    "   AND e.kind = 'finished' AND e.person_number IS NOT NULL))"
                    " ORDER BY at, number LIMIT ?4",
                    "siii", person, end->at_ms - BATCH_SPAN_MS, end->at_ms + BATCH_SPAN_MS,
                    (int64_t)FINISHES_MAX);
    while (store_step(query)) {
        WatchFinish finish = { keep(read->text, store_text(query, 0)), store_int(query, 1) };
        g_array_append_val(finishes, finish);
    }
    int err = store_query_result(query);
    if (err < 0)
        return err;
    g_autofree char *from =
        g_strdup_printf("staff:%s:%" G_GINT64_FORMAT, person, end->at_ms - BATCH_SPAN_MS);
    g_autofree char *to =
        g_strdup_printf("staff:%s:%" G_GINT64_FORMAT, person, end->at_ms + BATCH_SPAN_MS);
    read->facts.is_batch_known =
        store_value(
            store, 0,
            "SELECT 1 FROM flag WHERE kind = 'misconduct_batch' AND subject BETWEEN ? AND ?", "ss",
            from, to) != 0;
    return 0;
}

static int read_tickets(Store *store, WatchCase *c)
{
    const WatchEvent *accepted = event_of(c->events, CASE_EVENT_ACCEPTED);
    c->has_ticket = store_value(store, 0, "SELECT 1 FROM ticket WHERE case_number = ? LIMIT 1", "s",
                                c->number) != 0;
    if (!accepted || !c->counter || c->has_ticket)
        return 0;
    g_autofree char *ticket = NULL, *of_case = NULL;
    int err = ticket_in_service(store, c->counter, accepted->at_ms, &ticket, &of_case);
    if (err < 0)
        return err;
    c->has_ticket = ticket != NULL;
    CalendarDay day = calendar_day_of(accepted->at_ms);
    c->tickets_that_day = (int)store_value(
        store, 0, "SELECT count(*) FROM ticket WHERE counter = ? AND began_at BETWEEN ? AND ?",
        "sii", c->counter, calendar_day_start(day), calendar_day_start(day + 1) - 1);
    return 0;
}

int watch_case_read(Store *store, const char *number, int64_t now_ms, WatchCaseRead *ret_read)
{
    GArray *events = g_array_new(FALSE, TRUE, sizeof(WatchEvent));
    GArray *edits = g_array_new(FALSE, TRUE, sizeof(WatchEdit));
    GArray *ratings = g_array_new(FALSE, TRUE, sizeof(WatchRating));
    GArray *finishes = g_array_new(FALSE, TRUE, sizeof(WatchFinish));
    *ret_read = (WatchCaseRead){ .text = g_string_chunk_new(1024),
                                 .facts = { .nodes = g_ptr_array_new(),
                                            .events = events,
                                            .edits = edits,
                                            .ratings = ratings,
                                            .finishes = finishes } };
    WatchCase *c = &ret_read->facts;
    int64_t declared_ms = STORE_NULL, created_ms = now_ms;
    int err = read_head(store, number, ret_read, &declared_ms, &created_ms);
    if (err == 0)
        err = read_events(store, number, declared_ms, created_ms, ret_read, events);
    if (err == 0)
        err = read_edits(store, number, ret_read, edits);
    if (err == 0)
        err = read_ratings(store, number, ret_read, ratings);
    if (err == 0)
        err = read_finishes(store, c, ret_read, finishes);
    return err < 0 ? err : read_tickets(store, c);
}

void watch_case_read_done(WatchCaseRead *read)
{
    if (!read->text)
        return;
    g_ptr_array_unref((GPtrArray *)read->facts.nodes);
    g_array_unref((GArray *)read->facts.events);
    g_array_unref((GArray *)read->facts.edits);
    g_array_unref((GArray *)read->facts.ratings);
    g_array_unref((GArray *)read->facts.finishes);
    g_clear_pointer(&read->text, g_string_chunk_free);
}

int watch_bad_read(Store *store, const char *rating, GStringChunk *text, WatchBad *ret_bad)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT r.counter, r.staff_number, x.state, r.event_at, x.due_at"
                    " FROM rectification x JOIN rating r ON r.id = x.rating WHERE x.rating = ?",
                    "s", rating);
    if (!store_step(query))
        return end_of_rows(query);
    *ret_bad = (WatchBad){ .rating = keep(text, rating),
                           .counter = keep(text, store_text(query, 0)),
                           .staff = keep(text, store_text(query, 1)),
                           .is_verifying = strcmp(store_text(query, 2), "verifying") == 0,
                           .event_ms = store_int(query, 3),
                           .due_ms = store_int_or_null(query, 4) };
    return 0;
}

int watch_complaint_read(Store *store, const char *id, GStringChunk *text,
                         WatchComplaint *ret_complaint)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT category, counter, staff_number, number, created_at FROM complaint WHERE id = ?",
        "s", id);
    if (!store_step(query))
        return end_of_rows(query);
    *ret_complaint = (WatchComplaint){ .category = keep(text, store_text(query, 0)),
                                       .counter = keep(text, store_text(query, 1)),
                                       .staff = keep(text, store_text(query, 2)),
                                       .number = store_int(query, 3),
                                       .taken_ms = store_int(query, 4) };
    return 0;
}

static bool gives_advice(const Hall *hall, const char *counter)
{
    const ConfigCounter *found = counter ? config_counter(hall->config, counter) : NULL;
    return found && (found->kind == COUNTER_ADVICE || found->kind == COUNTER_PICKUP ||
                     found->kind == COUNTER_COMPLAINT);
}

static int read_usual(Store *store, WatchTicket *t)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT count(*), count(case_number) FROM (SELECT case_number FROM ticket"
                    " WHERE counter = ? AND began_at < ? AND state = 'finished' ORDER BY began_at "
                    "DESC LIMIT 50)",
                    "si", t->counter, t->began_ms);
    if (store_step(query)) {
        t->usual_of = (int)store_int(query, 0);
        t->usual = (int)store_int(query, 1);
    }
    return store_query_result(query);
}

static int read_service(Store *store, GStringChunk *text, WatchTicket *t)
{
    g_autofree char *number = NULL, *name = NULL;
    int err = duty_at(store, t->counter, t->ended_ms, &number, &name);
    t->staff = keep(text, number);
    t->has_case = t->has_case ||
                  store_value(store, 0,
                              "SELECT 1 FROM case_event WHERE counter = ? AND at BETWEEN ? AND ?"
                              " LIMIT 1",
                              "sii", t->counter, t->began_ms, t->ended_ms) != 0;
    return err < 0 ? err : read_usual(store, t);
}

int watch_ticket_read(Store *store, const Hall *hall, const char *id, GStringChunk *text,
                      WatchTicket *ret_ticket)
{
    {
        g_autoptr(StoreQuery) query =
            store_query(store,
                        "SELECT number, counter, case_number, began_at, finished_at,"
                        " (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'watch_since')"
                        " FROM ticket WHERE id = ?",
                        "s", id);
        if (!store_step(query))
            return end_of_rows(query);
        *ret_ticket = (WatchTicket){ .number = keep(text, store_text(query, 0)),
                                     .counter = keep(text, store_text(query, 1)),
                                     .has_case = !store_is_null(query, 2),
                                     .began_ms = store_int_or_null(query, 3),
                                     .ended_ms = store_int_or_null(query, 4),
                                     .since_ms = store_int(query, 5) };
    }
    ret_ticket->gives_advice = gives_advice(hall, ret_ticket->counter);
    bool is_over = ret_ticket->counter && ret_ticket->began_ms != WATCH_NEVER &&
                   ret_ticket->ended_ms != WATCH_NEVER;
    return is_over && !ret_ticket->has_case ? read_service(store, text, ret_ticket) : 0;
}
