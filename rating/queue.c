// SPDX-License-Identifier: Apache-2.0
#include "rating/queue.h"

#include "base/clock.h"
#include "rating/queue_choice.h"

#include <errno.h>
#include <string.h>

const char *const queue_priorities[] = { "elder", "disabled", "soldier", "pregnant", NULL };

enum { ERROR_SIZE = 200, WAITING_MAX = 2000, WHY_MAX = 200 };

typedef enum { ISSUED, CALLED, SERVED, FINISHED, MISSED, N_STATES } State;

static const char *const state_names[N_STATES] = { "issued", "called", "served", "finished",
                                                   "missed" };

#define IN(state) (1u << (state))
enum {
    AT_COUNTER = 1 << 0, // by the counter that has it
    RECALLED = 1 << 1,   // who was called once may not have heard it
    FIRST_TIME = 1 << 2, // only once
};

// sets: besides the state; step.* is what do_step gives it, ?2 the moment.
static const struct {
    const char *action;
    unsigned from;
    State to;
    unsigned wants;
    const char *sets;
} transitions[] = {
    { "call", IN(ISSUED), CALLED, 0,
      "counter = step.at_counter, called_at = ?2, last_called_at = ?2, calls = calls + 1" },
    { "recall", IN(CALLED), CALLED, AT_COUNTER, "last_called_at = ?2, calls = calls + 1" },
    { "start", IN(CALLED), SERVED, AT_COUNTER, "served_at = ?2" },
    { "finish", IN(CALLED) | IN(SERVED), FINISHED, AT_COUNTER, "finished_at = ?2" },
    { "miss", IN(CALLED), MISSED, AT_COUNTER | RECALLED, "missed_at = ?2" },
    { "return", IN(MISSED), ISSUED, FIRST_TIME,
      "returns = returns + 1, calls = 0, called_at = NULL, only_counter = NULL, place_at = "
      "step.place" },
    // It keeps its place: whoever was sent on has waited once.
    { "pass", IN(CALLED) | IN(SERVED), ISSUED, AT_COUNTER,
      "lane = coalesce(step.to_lane, lane), only_counter = step.to_counter, counter = NULL, calls "
      "= 0, called_at = NULL, "
      "served_at = NULL" },
};

static int refuse(char *error, int err, const char *format, ...) G_GNUC_PRINTF(3, 4);
static int refuse(char *error, int err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_vsnprintf(error, ERROR_SIZE, format, args);
    va_end(args);
    return err;
}

static void note(const Hall *hall, const char *ticket)
{
    if (hall->changed)
        hall->changed(hall->ctx, "ticket", ticket);
}

static int add_step(Store *store, const char *ticket, const QueueStep *step, const char *from,
                    State to, int64_t now_ms)
{
    return store_exec(store,
                      "INSERT INTO ticket_step(ticket, at, user, action, from_state, to_state, "
                      "counter, lane, why) VALUES(?,?,?,?,?,?,?,?,?)",
                      "sisssssss", ticket, now_ms, step->user, step->action, from, state_names[to],
                      step->to_counter ? step->to_counter : step->counter, step->lane, step->why);
}

// --- a number is taken

static int next_number(Store *store, const ConfigLane *lane, int64_t day_ms, char **ret_number)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "INSERT INTO queue_day(day_at, lane, last) VALUES(?,?,1) ON CONFLICT DO UPDATE "
                    "SET last = last + 1 RETURNING last",
                    "is", day_ms, lane->id);
    if (store_step(query))
        *ret_number = g_strdup_printf("%s%03d", lane->prefix, (int)store_int(query, 0));
    return store_query_result(query);
}

static int check_take(Store *store, const ConfigLane *lane, const QueueTake *take, int64_t day_ms,
                      char *error)
{
    if (!lane)
        return refuse(error, -ENOENT, "there is no lane \"%.40s\"", take->lane);
    if (take->priority && !g_strv_contains(queue_priorities, take->priority))
        return refuse(error, -EINVAL, "priority is \"%.20s\"; elder, disabled, soldier or pregnant",
                      take->priority);
    if (take->priority && !lane->priority)
        return refuse(error, -EINVAL, "the lane %.40s takes no priority tickets", lane->id);
    int64_t waiting = store_value(
        store, 0,
        "SELECT count(*) FROM ticket WHERE lane IS NOT NULL AND state = 'issued' AND place_at >= ?",
        "i", day_ms);
    if (waiting >= WAITING_MAX)
        return refuse(error, -EEXIST, "%d people wait already: no more numbers are given now",
                      WAITING_MAX);
    return 0;
}

int queue_take(Store *store, const Hall *hall, const QueueTake *take, int64_t now_ms, char *error)
{
    const ConfigLane *lane = config_lane(hall->config, take->lane);
    int64_t day_ms = clock_day_start(now_ms);
    g_autofree char *number = NULL;
    if (store_value(store, 0, "SELECT lane IS NOT NULL FROM ticket WHERE id = ?", "s", take->id))
        return 0;
    int err = check_take(store, lane, take, day_ms, error);
    if (err == 0)
        err = next_number(store, lane, day_ms, &number);
    if (err == 0)
        err = store_exec(store,
                         "INSERT INTO ticket(id, number, state, issued_at, updated_at, lane, "
                         "priority, place_at) VALUES(?1,?2,'issued',?3,?3,?4,?5,?3)",
                         "ssiss", take->id, number, now_ms, lane->id, take->priority);
    if (err >= 0)
        err = add_step(store, take->id,
                       &(QueueStep){ .action = "take", .lane = lane->id, .user = take->user },
                       state_names[ISSUED], ISSUED, now_ms);
    if (err < 0)
        return err;
    note(hall, take->id);
    return 0;
}

// --- a step of a ticket

typedef struct {
    State state;
    char *number, *lane, *counter, *priority;
    int64_t calls, returns, issued_ms;
} Head;

static void head_done(Head *head)
{
    g_free(head->number);
    g_free(head->lane);
    g_free(head->counter);
    g_free(head->priority);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Head, head_done)

static State state_of(const char *name)
{
    State state = ISSUED;
    while (state < N_STATES - 1 && strcmp(state_names[state], name) != 0)
        state++;
    return state;
}

static int read_head(Store *store, const char *ticket, Head *ret_head)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT state, number, lane, counter, priority, calls, returns, issued_at "
                    "FROM ticket WHERE id = ? AND lane IS NOT NULL",
                    "s", ticket);
    if (!store_step(query)) {
        int err = store_query_result(query);
        return err < 0 ? err : -ENOENT;
    }
    *ret_head = (Head){ .state = state_of(store_text(query, 0)),
                        .number = g_strdup(store_text(query, 1)),
                        .lane = g_strdup(store_text(query, 2)),
                        .counter = g_strdup(store_text(query, 3)),
                        .priority = g_strdup(store_text(query, 4)),
                        .calls = store_int(query, 5),
                        .returns = store_int(query, 6),
                        .issued_ms = store_int(query, 7) };
    return 0;
}

// Behind so many of its lane and class; behind all where fewer wait.
static int64_t place_behind(Store *store, const Hall *hall, const Head *head, int64_t now_ms)
{
    int places = hall->config->calling.late_places;
    if (places == 0)
        return clock_day_start(now_ms);
    int64_t last = store_value(store, now_ms,
                               "SELECT place_at FROM ticket WHERE state = 'issued' AND lane = ?1 "
                               "AND (priority IS NULL) = ?2 AND place_at >= ?3 "
                               "ORDER BY place_at, rowid LIMIT 1 OFFSET ?4",
                               "siii", head->lane, (int64_t)(head->priority == NULL),
                               clock_day_start(now_ms), (int64_t)places - 1);
    return MIN(last + 1, now_ms);
}

static int check_target(const Hall *hall, const Head *head, const QueueStep *step, char *error)
{
    const char *lane = step->lane ? step->lane : head->lane;
    const ConfigLane *target = config_lane(hall->config, lane);
    if (!step->lane && !step->to_counter)
        return refuse(error, -EINVAL, "say to which lane or to_counter %s is passed on",
                      head->number);
    if (!target)
        return refuse(error, -EINVAL, "there is no lane \"%.40s\"", lane);
    if (step->to_counter && !config_counter(hall->config, step->to_counter))
        return refuse(error, -EINVAL, "there is no counter \"%.40s\"", step->to_counter);
    return 0;
}

// It is not to be guessed whose ticket a counter meant.
static int check_step(const Hall *hall, const Head *head, const QueueStep *step, size_t row,
                      char *error)
{
    unsigned wants = transitions[row].wants;
    if (!(transitions[row].from & IN(head->state)))
        return refuse(error, -EEXIST, "%s is %s: %s is not possible now", head->number,
                      state_names[head->state], step->action);
    if ((wants & AT_COUNTER) && step->counter && g_strcmp0(step->counter, head->counter) != 0)
        return refuse(error, -EEXIST, "%s is at the counter %.40s", head->number,
                      head->counter ? head->counter : "-");
    if ((wants & RECALLED) && head->calls < 2)
        return refuse(error, -EEXIST, "%s was called once only: call it again first", head->number);
    if ((wants & FIRST_TIME) && head->returns > 0)
        return refuse(error, -EEXIST, "%s has come back once already: take a new number",
                      head->number);
    if (transitions[row].to == CALLED && transitions[row].from == IN(ISSUED) &&
        (!step->counter || !config_counter(hall->config, step->counter)))
        return refuse(error, -EINVAL, "say at which counter %s is called", head->number);
    return strcmp(step->action, "pass") == 0 ? check_target(hall, head, step, error) : 0;
}

static int do_step(Store *store, const Hall *hall, const char *ticket, const Head *head,
                   const QueueStep *step, size_t row, int64_t now_ms)
{
    g_autofree char *sql = g_strdup_printf(
        "UPDATE ticket SET state = '%s', updated_at = ?2, %s FROM (SELECT ?3 AS at_counter, "
        "?4 AS to_lane, ?5 AS to_counter, ?6 AS place) AS step WHERE id = ?1",
        state_names[transitions[row].to], transitions[row].sets);
    int err = store_exec(store, sql, "sisssi", ticket, now_ms, step->counter, step->lane,
                         step->to_counter, place_behind(store, hall, head, now_ms));
    if (err >= 0)
        err = add_step(store, ticket, step, state_names[head->state], transitions[row].to, now_ms);
    if (err < 0)
        return err;
    note(hall, ticket);
    return 0;
}

int queue_act(Store *store, const Hall *hall, const char *ticket, const QueueStep *step,
              int64_t now_ms, char *error)
{
    g_auto(Head) head = { 0 };
    int err = read_head(store, ticket, &head);
    if (err < 0)
        return err;
    for (size_t i = 0; i < G_N_ELEMENTS(transitions); i++) {
        if (strcmp(transitions[i].action, step->action) != 0)
            continue;
        err = check_step(hall, &head, step, i, error);
        return err < 0 ? err : do_step(store, hall, ticket, &head, step, i, now_ms);
    }
    return refuse(error, -EINVAL,
                  "\"%.20s\" is none of call, recall, start, finish, miss, return, pass",
                  step->action);
}

// --- the next one

// What the counter has in hand: finished where it was served.
static int end_current(Store *store, const Hall *hall, const char *counter, const char *user,
                       int64_t now_ms, char *error)
{
    g_autofree char *ticket = NULL;
    State state = ISSUED;
    {
        g_autoptr(StoreQuery) query = store_query(
            store,
            "SELECT id, state, number FROM ticket WHERE counter = ?1 AND lane IS NOT NULL AND "
            "state IN ('called', 'served') AND called_at >= ?2 ORDER BY called_at DESC LIMIT 1",
            "si", counter, clock_day_start(now_ms));
        if (!store_step(query))
            return store_query_result(query);
        ticket = g_strdup(store_text(query, 0));
        state = state_of(store_text(query, 1));
        if (state == CALLED)
            return refuse(error, -EEXIST,
                          "%s has been called: start it, call it again, or say that nobody came",
                          store_text(query, 2));
    }
    return queue_act(store, hall, ticket,
                     &(QueueStep){ .action = "finish", .counter = counter, .user = user }, now_ms,
                     error);
}

// Priority tickets that the counter has called today since the last other one.
static int run_of(Store *store, const char *counter, int64_t day_ms)
{
    return (int)store_value(
        store, 0,
        "SELECT count(DISTINCT s.ticket) FROM ticket_step s JOIN ticket t ON t.id = s.ticket "
        "WHERE s.counter = ?1 AND s.action = 'call' AND s.at >= ?2 AND t.priority IS NOT NULL "
        "AND s.id > coalesce((SELECT max(o.id) FROM ticket_step o JOIN ticket u ON u.id = o.ticket "
        "WHERE o.counter = ?1 AND o.action = 'call' AND o.at >= ?2 AND u.priority IS NULL), 0)",
        "si", counter, day_ms);
}

static void waiter_clear(void *data)
{
    QueueWaiter *waiter = data;
    g_free((char *)waiter->lane);
    g_free((char *)waiter->only_counter);
}

// Those who wait, with their ids beside them.
static int read_waiters(Store *store, int64_t day_ms, GArray *waiters, GPtrArray *ids)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT id, lane, only_counter, priority, place_at, rowid FROM ticket "
        "WHERE state = 'issued' AND lane IS NOT NULL AND place_at >= ? ORDER BY place_at, rowid",
        "i", day_ms);
    while (store_step(query)) {
        QueueWaiter waiter = { .lane = g_strdup(store_text(query, 1)),
                               .only_counter = g_strdup(store_text(query, 2)),
                               .is_priority = !store_is_null(query, 3),
                               .place_ms = store_int(query, 4),
                               .seq = store_int(query, 5) };
        g_ptr_array_add(ids, g_strdup(store_text(query, 0)));
        g_array_append_val(waiters, waiter);
    }
    return store_query_result(query);
}

static GPtrArray *lanes_of(const Config *config, const char *counter)
{
    GPtrArray *lanes = g_ptr_array_new();
    for (guint i = 0; i < config->lanes->len; i++) {
        const ConfigLane *lane = config->lanes->pdata[i];
        if (config_lane_has(lane, counter))
            g_ptr_array_add(lanes, lane->id);
    }
    g_ptr_array_add(lanes, NULL);
    return lanes;
}

static int choose_next(Store *store, const Hall *hall, const char *counter, int64_t now_ms,
                       char **ret_ticket)
{
    int64_t day_ms = clock_day_start(now_ms);
    g_autoptr(GArray) waiters = g_array_new(FALSE, FALSE, sizeof(QueueWaiter));
    g_array_set_clear_func(waiters, waiter_clear);
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) lanes = lanes_of(hall->config, counter);
    int err = read_waiters(store, day_ms, waiters, ids);
    if (err < 0)
        return err;
    QueueDesk desk = { .counter = counter,
                       .lanes = (const char *const *)lanes->pdata,
                       .run = run_of(store, counter, day_ms),
                       .run_max = hall->config->calling.priority_run };
    ssize_t next = queue_choose((const QueueWaiter *)(void *)waiters->data, waiters->len, &desk);
    *ret_ticket = next < 0 ? NULL : g_strdup(ids->pdata[next]);
    return 0;
}

int queue_call_next(Store *store, const Hall *hall, const char *counter, const char *user,
                    int64_t now_ms, char **ret_ticket, char *error)
{
    *ret_ticket = NULL;
    if (!config_counter(hall->config, counter))
        return refuse(error, -ENOENT, "there is no counter \"%.40s\"", counter);
    int err = end_current(store, hall, counter, user, now_ms, error);
    if (err == 0)
        err = choose_next(store, hall, counter, now_ms, ret_ticket);
    if (err < 0 || !*ret_ticket)
        return err;
    return queue_act(store, hall, *ret_ticket,
                     &(QueueStep){ .action = "call", .counter = counter, .user = user }, now_ms,
                     error);
}
