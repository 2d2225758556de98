// SPDX-License-Identifier: Apache-2.0
#include "rating/order.h"

#include "base/clock.h"
#include "rating/deadline.h"
#include "rating/flag.h"
#include "rating/notify.h"
#include "rating/step.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

typedef enum { ISSUED, RECEIVED, REPLIED, RETURNED, ACCEPTED, CLOSED, WITHDRAWN, N_STATES } State;

static const struct {
    const char *name;
    bool is_open; // somebody still has to do something
} states[N_STATES] = {
    [ISSUED] = { "issued", true },        [RECEIVED] = { "received", true },
    [REPLIED] = { "replied", true },      [RETURNED] = { "returned", true },
    [ACCEPTED] = { "accepted", true },    [CLOSED] = { "closed", false },
    [WITHDRAWN] = { "withdrawn", false },
};

#define IN(state) (1u << (state))
#define WAITING   (IN(ISSUED) | IN(RECEIVED) | IN(RETURNED)) // for a reply

enum { STAYS = N_STATES };
typedef enum { DUE_SAME, DUE_GIVEN, DUE_NONE } DueRule;
// Whoever an order goes to replies; a reply on paper is put down by a supervisor.
typedef enum { BY_ADDRESSEE, BY_SUPERVISOR } Taker;
enum { NO_WHY = 0, WHY = 1 << 0 };

static const struct {
    const char *action;
    Taker taker;
    unsigned from;
    int to;
    DueRule due;
    unsigned wants;
} transitions[] = {
    { "receive", BY_ADDRESSEE, IN(ISSUED), RECEIVED, DUE_SAME, NO_WHY },
    { "reply", BY_ADDRESSEE, WAITING, REPLIED, DUE_NONE, WHY },
    { "accept", BY_SUPERVISOR, IN(REPLIED), ACCEPTED, DUE_NONE, NO_WHY },
    { "send_back", BY_SUPERVISOR, IN(REPLIED), RETURNED, DUE_GIVEN, WHY },
    { "close", BY_SUPERVISOR, IN(ACCEPTED), CLOSED, DUE_NONE, NO_WHY },
    { "extend", BY_SUPERVISOR, WAITING, STAYS, DUE_GIVEN, WHY },
    { "withdraw", BY_SUPERVISOR, WAITING, WITHDRAWN, DUE_NONE, WHY },
};

enum { GIVEN_DAYS_MAX = 180 };

static const DeadlineKind deadlines = {
    .kind = "order",
    .due_flag = "order_due",
    .late_flag = "order_late",
    .ripe = "SELECT id, NULL, case_number, NULL, NULL, state, due_at FROM supervise_order"
            " WHERE next_notice_at <= ? ORDER BY next_notice_at LIMIT ?",
    .put = "UPDATE supervise_order SET next_notice_at = ? WHERE id = ?",
    .next = "SELECT min(next_notice_at) FROM supervise_order WHERE next_notice_at IS NOT NULL",
};

// An order as it stands.
typedef struct {
    const char *id;
    State state;
    char *unit, *person, *reply;
    Deadline deadline;
    bool is_late;
} Head;

static void head_done(Head *head)
{
    g_free(head->unit);
    g_free(head->person);
    g_free(head->reply);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Head, head_done)

static void note(const Hall *hall, const char *id)
{
    if (hall->changed)
        hall->changed(hall->ctx, "order", id);
}

static int state_of(const char *name)
{
    for (int i = 0; name && i < N_STATES; i++)
        if (strcmp(name, states[i].name) == 0)
            return i;
    return -1;
}

static int load(Store *store, const char *id, Head *head)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT state, unit, person, reply, due_at, is_provisional, is_late"
                    " FROM supervise_order WHERE id = ?",
                    "s", id);
    if (!store_step(query))
        return store_query_result(query) < 0 ? store_query_result(query) : -ENOENT;
    int state = state_of(store_text(query, 0));
    if (state < 0)
        return -EUCLEAN;
    *head = (Head){ .id = id,
                    .state = (State)state,
                    .unit = g_strdup(store_text(query, 1)),
                    .person = g_strdup(store_text(query, 2)),
                    .reply = g_strdup(store_text(query, 3)),
                    .deadline = { store_int_or_null(query, 4), store_int(query, 5) },
                    .is_late = store_int(query, 6) };
    return 0;
}

static Deadline deadline_given(const Hall *hall, int64_t due_ms, int64_t now_ms)
{
    return due_ms == STORE_NULL ? deadline_in(hall, now_ms, hall->config->rules.order_reply_days)
                                : deadline_on(hall, calendar_day_of(due_ms));
}

static int check_due(int64_t due_ms, int64_t now_ms, char *error)
{
    if (due_ms == STORE_NULL)
        return 0;
    CalendarDay day = calendar_day_of(due_ms), today = calendar_day_of(now_ms);
    if (day < today || day > today + GIVEN_DAYS_MAX)
        return actor_refuse(error, -EINVAL, "due: a day from today to %d days ahead",
                            GIVEN_DAYS_MAX);
    return 0;
}

// --- issued

static bool is_taken(Store *store, const OrderInput *in, const Actor *actor, bool *ret_is_same)
{
    g_autoptr(StoreQuery) query = store_query(
        store, "SELECT issued_user, facts, demand FROM supervise_order WHERE id = ?", "s", in->id);
    if (!store_step(query))
        return false;
    *ret_is_same = g_strcmp0(store_text(query, 0), actor->user) == 0 &&
                   g_strcmp0(store_text(query, 1), in->facts) == 0 &&
                   g_strcmp0(store_text(query, 2), in->demand) == 0;
    return true;
}

// What an order may be about.
static const struct {
    const char *prefix, *find, *case_of;
} refs[] = {
    { "flag:", "SELECT 1 FROM flag WHERE id = ?", "SELECT case_number FROM flag WHERE id = ?" },
    { "case:", "SELECT 1 FROM case_file WHERE number = ?",
      "SELECT number FROM case_file WHERE number = ?" },
    { "rating:", "SELECT 1 FROM rating WHERE id = ?",
      "SELECT case_number FROM rating WHERE id = ?" },
    { "complaint:", "SELECT 1 FROM complaint WHERE id = ?", NULL },
};

// Its row in the table; -1: there is no such thing.
static int find_ref(Store *store, const char *ref)
{
    for (size_t i = 0; i < G_N_ELEMENTS(refs); i++) {
        if (g_str_has_prefix(ref, refs[i].prefix) &&
            store_value(store, 0, refs[i].find, "s", ref + strlen(refs[i].prefix)))
            return (int)i;
    }
    return -1;
}

static char *case_of(Store *store, const OrderInput *in)
{
    int row = in->ref ? find_ref(store, in->ref) : -1;
    if (row < 0 || !refs[row].case_of)
        return NULL;
    g_autoptr(StoreQuery) query =
        store_query(store, refs[row].case_of, "s", in->ref + strlen(refs[row].prefix));
    return store_step(query) ? g_strdup(store_text(query, 0)) : NULL;
}

static int check_new(Store *store, const OrderInput *in, const Actor *actor, char *error)
{
    if (!actor->is_director || !actor->is_person)
        return actor_refuse(error, -EACCES, "an order is issued by a director who is logged in");
    if (!in->unit == !in->person)
        return actor_refuse(error, -EINVAL, "either unit or person says who is to reply");
    if (!*in->facts || !*in->demand)
        return actor_refuse(error, -EINVAL, "facts and demand: both are wanted");
    if (in->ref && find_ref(store, in->ref) < 0)
        return actor_refuse(error, -EINVAL, "ref: '%.60s' names nothing that is here", in->ref);
    if (in->ref && g_str_has_prefix(in->ref, "flag:") &&
        flag_concerns(store, in->ref + strlen("flag:"), actor->staff))
        return actor_refuse(error, -EACCES, "whoever a flag is about issues no order on it");
    return check_due(in->due_ms, in->now_ms, error);
}

static int year_of(int64_t ms)
{
    struct tm tm;
    time_t seconds = (time_t)(ms / 1000);
    localtime_r(&seconds, &tm);
    return tm.tm_year + 1900;
}

static int insert(Store *store, const Hall *hall, const OrderInput *in, const Actor *actor)
{
    int64_t year = year_of(in->now_ms);
    int64_t seq = store_value(store, 1,
                              "SELECT max(seq) + 1 FROM supervise_order WHERE issued_by = 'hall'"
                              " AND year = ? HAVING max(seq) IS NOT NULL",
                              "i", year);
    g_autofree char *number = g_strdup_printf("督〔%" PRId64 "〕%" PRId64 "号", year, seq);
    g_autofree char *case_number = case_of(store, in);
    Deadline due = deadline_given(hall, in->due_ms, in->now_ms);
    return MIN(0, store_exec(store,
                             "INSERT INTO supervise_order(id, issued_by, year, seq, number, ref,"
                             " case_number, unit, person, facts, demand, state, is_open,"
                             " issued_user, issued_at, due_at, is_provisional, is_late,"
                             " next_notice_at) VALUES(?,'hall',?,?,?,?,?,?,?,?,?,?,1,?,?,?,?,0,?)",
                             "siisssssssssinin", in->id, year, seq, number, in->ref, case_number,
                             in->unit, in->person, in->facts, in->demand, states[ISSUED].name,
                             actor->user, in->now_ms, due.due_ms, (int64_t)due.is_provisional,
                             deadline_notice(hall, &due, in->now_ms)));
}

static int tell(Store *store, const Hall *hall, const OrderInput *in)
{
    g_autofree char *subject = g_strconcat("order:", in->id, NULL);
    int64_t due_ms = store_value(store, STORE_NULL,
                                 "SELECT due_at FROM supervise_order WHERE id = ?", "s", in->id);
    NotifyInput input = { .event = "order_issued",
                          .id = in->id,
                          .subject = subject,
                          .state = states[ISSUED].name,
                          .due_ms = due_ms,
                          .now_ms = in->now_ms };
    return notify(store, hall, &input);
}

int order_issue(Store *store, const Hall *hall, const OrderInput *in, const Actor *actor,
                bool *ret_is_new, char *error)
{
    bool is_same = false;
    *ret_is_new = false;
    if (is_taken(store, in, actor, &is_same))
        return is_same ? 0 : actor_refuse(error, -EEXIST, "id: there is another order with it");
    int err = check_new(store, in, actor, error);
    if (err == 0)
        err = insert(store, hall, in, actor);
    StepInput step = { .user = actor->user,
                       .action = "issue",
                       .from = "",
                       .to = states[ISSUED].name,
                       .now_ms = in->now_ms,
                       .due_ms = STORE_NULL };
    if (err == 0)
        err = step_add(store, STEP_ORDER, in->id, &step);
    if (err == 0)
        err = tell(store, hall, in);
    if (err < 0)
        return err;
    *ret_is_new = true;
    note(hall, in->id);
    return 0;
}

// --- steps

static bool is_addressee(const Head *head, const Actor *actor)
{
    return head->unit ? g_strcmp0(head->unit, actor->unit) == 0
                      : g_strcmp0(head->person, actor->user) == 0;
}

static int check_actor(const Head *head, size_t row, const Actor *actor, char *error)
{
    bool is_own = is_addressee(head, actor);
    if (transitions[row].taker == BY_ADDRESSEE && !is_own && !actor->is_director)
        return actor_refuse(error, -EACCES, "it is for %.80s to reply",
                            head->unit ? head->unit : head->person);
    if (transitions[row].taker == BY_SUPERVISOR && (!actor->is_director || is_own))
        return actor_refuse(error, -EACCES,
                            "\"%s\" is for a supervisor: a director whom it does not go to",
                            transitions[row].action);
    return 0;
}

static int find_transition(const char *action, State from)
{
    for (size_t i = 0; i < G_N_ELEMENTS(transitions); i++)
        if (strcmp(transitions[i].action, action) == 0 && (transitions[i].from & IN(from)))
            return (int)i;
    return -1;
}

static int keep(Store *store, const Hall *hall, const Head *head, int64_t now_ms)
{
    bool is_open = states[head->state].is_open;
    return MIN(0, store_exec(store,
                             "UPDATE supervise_order SET state = ?, is_open = ?, closed_at = ?,"
                             " reply = ?, due_at = ?, is_provisional = ?, is_late = ?,"
                             " next_notice_at = ? WHERE id = ?",
                             "sinsniins", states[head->state].name, (int64_t)is_open,
                             is_open ? STORE_NULL : now_ms, head->reply, head->deadline.due_ms,
                             (int64_t)head->deadline.is_provisional, (int64_t)head->is_late,
                             deadline_notice(hall, &head->deadline, now_ms), head->id));
}

static void follow(const Hall *hall, Head *head, size_t row, const OrderStep *step, int64_t now_ms)
{
    if (strcmp(step->action, "reply") == 0) {
        g_free(head->reply);
        head->reply = g_strdup(step->why);
    }
    if (transitions[row].to != STAYS)
        head->state = (State)transitions[row].to;
    if (transitions[row].due == DUE_GIVEN)
        head->deadline = deadline_given(hall, step->due_ms, now_ms);
    else if (transitions[row].due == DUE_NONE)
        head->deadline = DEADLINE_NONE;
}

static int take_step(Store *store, const Hall *hall, Head *head, size_t row, const OrderStep *step,
                     const Actor *actor, int64_t now_ms)
{
    State from = head->state;
    bool is_reply = strcmp(step->action, "reply") == 0;
    StepInput added = { .user = actor->user,
                        .action = step->action,
                        .from = states[from].name,
                        .why = step->why,
                        .now_ms = now_ms,
                        .due_ms = head->deadline.due_ms,
                        .is_late = is_reply && deadline_is_over(&head->deadline, now_ms) };
    head->is_late |= added.is_late;
    follow(hall, head, row, step, now_ms);
    added.to = states[head->state].name;
    int err = step_add(store, STEP_ORDER, head->id, &added);
    if (err == 0)
        err = keep(store, hall, head, now_ms);
    // Its flags end when the reply is there, or another day was set.
    if (err == 0 && transitions[row].due != DUE_SAME)
        err = deadline_met(store, hall, &deadlines, head->id, now_ms);
    if (err == 0)
        note(hall, head->id);
    return err;
}

int order_act(Store *store, const Hall *hall, const char *id, const OrderStep *step,
              const Actor *actor, int64_t now_ms, char *error)
{
    g_auto(Head) head = { 0 };
    int err = load(store, id, &head);
    if (err < 0)
        return err;
    int row = find_transition(step->action, head.state);
    if (row < 0 && step_is_repeat(store, STEP_ORDER, id, actor->user, step->action, step->why))
        return 0;
    if (row < 0)
        return step_refuse(store, STEP_ORDER, id, step->action, states[head.state].name, error);
    err = check_actor(&head, (size_t)row, actor, error);
    if (err == 0 && (transitions[row].wants & WHY) && (!step->why || !*step->why))
        err = actor_refuse(error, -EINVAL, "\"%s\" needs words in why", step->action);
    if (err == 0)
        err = check_due(step->due_ms, now_ms, error);
    if (err == 0)
        err = take_step(store, hall, &head, (size_t)row, step, actor, now_ms);
    return err < 0 ? err : 1;
}

json_t *order_actions(Store *store, const char *id, const Actor *actor)
{
    g_auto(Head) head = { 0 };
    json_t *actions = json_array();
    char error[ACTOR_ERROR_SIZE];
    if (load(store, id, &head) < 0)
        return actions;
    for (size_t i = 0; i < G_N_ELEMENTS(transitions); i++) {
        if (!(transitions[i].from & IN(head.state)) || check_actor(&head, i, actor, error) < 0)
            continue;
        json_t *offer =
            step_offer(actions, &(StepOffer){ .action = transitions[i].action,
                                              .wants_why = transitions[i].wants & WHY });
        json_object_set_new(offer, "wants_due", json_boolean(transitions[i].due == DUE_GIVEN));
    }
    return actions;
}

// --- reminders

int order_sweep(Store *store, const Hall *hall, int64_t now_ms)
{
    return deadline_sweep(store, hall, &deadlines, now_ms);
}

int64_t order_next(Store *store)
{
    return deadline_next(store, &deadlines);
}
