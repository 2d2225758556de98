// SPDX-License-Identifier: Apache-2.0
#include "rating/rectification.h"

#include "base/clock.h"
#include "rating/deadline.h"
#include "rating/notify.h"
#include "rating/province.h"
#include "rating/rating.h"
#include "rating/search.h"
#include "rating/shape.h"
#include "rating/step.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef enum { VERIFYING, FIXING, TELLING, CALLING, JUDGING, CLOSED, VOID, N_STATES } State;

static const struct {
    const char *name;
    bool is_open;  // somebody still has to do something
    bool is_early; // its deadline is one of the rectification, not of the call-back
} states[N_STATES] = {
    [VERIFYING] = { "verifying", true, true }, [FIXING] = { "fixing", true, true },
    [TELLING] = { "telling", true, true },     [CALLING] = { "calling", true, false },
    [JUDGING] = { "judging", true, true },     [CLOSED] = { "closed", false, false },
    [VOID] = { "void", false, false },
};

// Where a step leads besides one state.
enum { STAYS = N_STATES, BEFORE };

// Which deadline runs after a step.
typedef enum { DUE_SAME, DUE_RECTIFY, DUE_GIVEN, DUE_CALL, DUE_NONE } DueRule;

#define IN(state) (1u << (state))
#define AT_WORK   (IN(VERIFYING) | IN(FIXING) | IN(TELLING) | IN(CALLING))
#define OPEN      (AT_WORK | IN(JUDGING))
enum { NO_WHY = 0, WHY = 1 << 0, SECOND = 1 << 1, ANONYMOUS = 1 << 2 };

static const struct {
    const char *action, *choice;
    unsigned from;
    int to;
    DueRule due;
    unsigned wants;
} transitions[] = {
    // The three outcomes: 立行立改, 复杂问题限期整改, 无法律依据予以解释.
    { "verify", "immediate", IN(VERIFYING), TELLING, DUE_RECTIFY, WHY },
    { "verify", "complex", IN(VERIFYING), FIXING, DUE_GIVEN, WHY },
    { "verify", "explained", IN(VERIFYING), TELLING, DUE_RECTIFY, WHY },
    { "fix", NULL, IN(FIXING), TELLING, DUE_SAME, WHY },
    { "tell", "phone", IN(TELLING), CALLING, DUE_CALL, WHY },
    { "tell", "in_person", IN(TELLING), CALLING, DUE_CALL, WHY },
    // Whoever pressed a pad without a name can be told by the hall's board, and not be called.
    // Named
    // ones are called back, all of them (callback.h).
    { "tell", "published", IN(TELLING), CLOSED, DUE_NONE, WHY | ANONYMOUS },
    { "call", "satisfied", IN(CALLING), CLOSED, DUE_NONE, NO_WHY },
    { "call", "basically", IN(CALLING), CLOSED, DUE_NONE, NO_WHY },
    { "call", "dissatisfied", IN(CALLING), FIXING, DUE_RECTIFY, WHY },
    { "call", "no_answer", IN(CALLING), STAYS, DUE_SAME, NO_WHY }, // the last try closes
    { "call", "refused", IN(CALLING), CLOSED, DUE_NONE, NO_WHY },
    { "call", "wrong_number", IN(CALLING), CLOSED, DUE_NONE, NO_WHY },
    { "void", "mistaken", AT_WORK, JUDGING, DUE_SAME, WHY },
    { "void", "malicious", AT_WORK, JUDGING, DUE_SAME, WHY },
    { "appeal", NULL, AT_WORK | IN(CLOSED), JUDGING, DUE_SAME, WHY },
    { "approve", NULL, IN(JUDGING), VOID, DUE_NONE, WHY | SECOND },
    { "reject", NULL, IN(JUDGING), BEFORE, DUE_SAME, WHY | SECOND },
    { "assign", NULL, OPEN, STAYS, DUE_SAME, NO_WHY },
};

enum { WHY_MAX = 2000, GIVEN_DAYS_MAX = 90 };

static const DeadlineKind deadlines = {
    .kind = "rating",
    .due_flag = "rectification_due",
    .late_flag = "rectification_late",
    .ripe = "SELECT x.rating, x.rating, r.case_number, r.counter, r.staff_number, x.state, x.due_at"
            " FROM rectification x JOIN rating r ON r.id = x.rating"
            " WHERE x.next_notice_at <= ? ORDER BY x.next_notice_at LIMIT ?",
    .put = "UPDATE rectification SET next_notice_at = ? WHERE rating = ?",
    .next = "SELECT min(next_notice_at) FROM rectification WHERE next_notice_at IS NOT NULL",
};

// A rectification as it stands.
typedef struct {
    const char *rating;
    State state, before;
    char *staff, *counter, *asked_by, *owner, *outcome;
    int64_t round, tries, told_ms, appeal_until_ms;
    Deadline deadline;
    bool is_late, is_call_late, is_named;
} Head;

static void head_done(Head *head)
{
    g_free(head->staff);
    g_free(head->counter);
    g_free(head->asked_by);
    g_free(head->owner);
    g_free(head->outcome);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Head, head_done)

static void note(const Hall *hall, const char *rating)
{
    if (hall->changed)
        hall->changed(hall->ctx, "rating", rating);
}

static int state_of(const char *name)
{
    for (int i = 0; name && i < N_STATES; i++)
        if (strcmp(name, states[i].name) == 0)
            return i;
    return -1;
}

static int load(Store *store, const char *rating, Head *head)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT x.state, x.before, x.asked_by, x.owner, x.outcome, x.round, x.tries, x.due_at,"
        " x.told_at, x.is_provisional, x.is_late, x.is_call_late, r.staff_number, r.counter,"
        " EXISTS (SELECT 1 FROM person p WHERE p.subject = 'rating:' || x.rating),"
        " x.appeal_until_at"
        " FROM rectification x JOIN rating r ON r.id = x.rating WHERE x.rating = ?",
        "s", rating);
    if (!store_step(query))
        return store_query_result(query) < 0 ? store_query_result(query) : -ENOENT;
    int state = state_of(store_text(query, 0)), before = state_of(store_text(query, 1));
    if (state < 0)
        return -EUCLEAN;
    *head = (Head){ .rating = rating,
                    .state = (State)state,
                    .before = before < 0 ? VERIFYING : (State)before,
                    .asked_by = g_strdup(store_text(query, 2)),
                    .owner = g_strdup(store_text(query, 3)),
                    .outcome = g_strdup(store_text(query, 4)),
                    .round = store_int(query, 5),
                    .tries = store_int(query, 6),
                    .deadline = { store_int_or_null(query, 7), store_int(query, 9) },
                    .told_ms = store_int_or_null(query, 8),
                    .is_late = store_int(query, 10),
                    .is_call_late = store_int(query, 11),
                    .staff = g_strdup(store_text(query, 12)),
                    .counter = g_strdup(store_text(query, 13)),
                    .is_named = store_int(query, 14),
                    .appeal_until_ms = store_int_or_null(query, 15) };
    return 0;
}

// --- deadlines

static void follow_due(const Hall *hall, Head *head, DueRule rule, int64_t given_ms, int64_t now_ms)
{
    switch (rule) {
    case DUE_SAME:
        break;
    case DUE_RECTIFY:
        head->deadline = deadline_in(hall, now_ms, hall->config->rules.rectify_days);
        break;
    case DUE_GIVEN:
        head->deadline = deadline_on(hall, calendar_day_of(given_ms));
        break;
    case DUE_CALL:
        head->deadline = deadline_in(hall, now_ms, hall->config->rules.call_back_days);
        break;
    case DUE_NONE:
        head->deadline = DEADLINE_NONE;
        break;
    }
}

// --- writing

static int keep(Store *store, const Hall *hall, const Head *head, int64_t now_ms)
{
    bool is_open = states[head->state].is_open;
    return MIN(0, store_exec(store,
                             "UPDATE rectification SET state = ?, is_open = ?, before = ?,"
                             " outcome = ?, owner = ?, asked_by = ?, round = ?, tries = ?,"
                             " since_at = ?, due_at = ?, is_provisional = ?, told_at = ?,"
                             " is_late = ?, is_call_late = ?, next_notice_at = ?, closed_at = ?,"
                             " appeal_until_at = ? WHERE rating = ?",
                             "sissssiiininiinnns", states[head->state].name, (int64_t)is_open,
                             head->state == JUDGING ? states[head->before].name : NULL,
                             head->outcome, head->owner, head->asked_by, head->round, head->tries,
                             now_ms, head->deadline.due_ms, (int64_t)head->deadline.is_provisional,
                             head->told_ms, (int64_t)head->is_late, (int64_t)head->is_call_late,
                             deadline_notice(hall, &head->deadline, now_ms),
                             is_open ? STORE_NULL : now_ms, head->appeal_until_ms, head->rating));
}

int rectification_begin(Store *store, const Hall *hall, const char *rating, int64_t event_ms)
{
    Deadline deadline = deadline_in(hall, event_ms, hall->config->rules.verify_days);
    return MIN(0, store_exec(store,
                             "INSERT INTO rectification(rating, state, is_open, round, tries,"
                             " created_at, since_at, due_at, is_provisional, is_late,"
                             " is_call_late, next_notice_at) VALUES(?,?,1,1,0,?,?,?,?,0,0,?)",
                             "ssiinin", rating, states[VERIFYING].name, event_ms, event_ms,
                             deadline.due_ms, (int64_t)deadline.is_provisional,
                             deadline_notice(hall, &deadline, event_ms)));
}

// --- steps

// The step that was added last.
static int tell_province(Store *store, const Hall *hall, const char *rating, int64_t now_ms)
{
    g_autofree char *change =
        g_strdup_printf("%" PRId64, step_last(store, STEP_RECTIFICATION, rating));
    return province_tell(store, hall, rating, change, now_ms);
}

// That it waits for a second person, or has ended.
static int tell(Store *store, const Hall *hall, const Head *head, int64_t now_ms)
{
    g_autofree char *subject = g_strconcat("rating:", head->rating, NULL);
    g_autofree char *id = g_strdup_printf("%s.%" PRId64, head->rating, now_ms);
    NotifyInput input = { .event = head->state == JUDGING ? "rectification_judging"
                                                          : "rectification_closed",
                          .id = id,
                          .subject = subject,
                          .rating = head->rating,
                          .counter = head->counter,
                          .state = states[head->state].name,
                          .due_ms = head->deadline.due_ms,
                          .now_ms = now_ms };
    return notify(store, hall, &input);
}

// The row of the table; -1: none for the action from this state with this choice.
static int find_transition(const RectificationInput *input, State from)
{
    for (size_t i = 0; i < G_N_ELEMENTS(transitions); i++)
        if (strcmp(transitions[i].action, input->action) == 0 &&
            g_strcmp0(transitions[i].choice, input->choice) == 0 &&
            (transitions[i].from & IN(from)))
            return (int)i;
    return -1;
}

static int check_actor(const Head *head, unsigned wants, const Actor *actor, char *error)
{
    if (actor_is_staff(head->staff, actor->staff))
        return actor_refuse(error, -EACCES, "whoever was rated takes no part in it");
    return wants & SECOND ? actor_check_second(actor, head->asked_by, "asked for it", error) : 0;
}

static int check_given(const RectificationInput *input, int64_t now_ms, char *error)
{
    if (input->due_ms == STORE_NULL)
        return actor_refuse(error, -EINVAL, "%s needs the day until when in due", "complex");
    CalendarDay given = calendar_day_of(input->due_ms), today = calendar_day_of(now_ms);
    if (given < today || given > today + GIVEN_DAYS_MAX)
        return actor_refuse(error, -EINVAL, "due: a day from today to three months ahead");
    return 0;
}

static int check_input(const RectificationInput *input, int row, const Head *head, int64_t now_ms,
                       char *error)
{
    bool is_assignment = strcmp(input->action, "assign") == 0;
    if ((transitions[row].wants & WHY) && (!input->why || !*input->why))
        return actor_refuse(error, -EINVAL, "\"%s\" needs a reason in why", input->action);
    if (input->why && strlen(input->why) > WHY_MAX)
        return actor_refuse(error, -EINVAL, "why is too long");
    if (is_assignment && (!input->owner || !*input->owner))
        return actor_refuse(error, -EINVAL, "\"%s\" needs a user in owner", input->action);
    if (is_assignment && actor_is_staff(head->staff, input->owner_staff))
        return actor_refuse(error, -EACCES, "%s was rated and takes no part in it", input->owner);
    if ((transitions[row].wants & ANONYMOUS) && head->is_named)
        return actor_refuse(error, -EINVAL,
                            "the citizen left a number: tell by telephone or in person");
    return transitions[row].due == DUE_GIVEN ? check_given(input, now_ms, error) : 0;
}

// Of the rated unit: by a person who answers for it, and not for ever. Until the outcome is told
// there is no end.
static int check_appeal(const Head *head, const Actor *actor, int64_t now_ms, char *error)
{
    if (!actor->is_person)
        return actor_refuse(error, -EACCES, "an appeal is made by a person who is logged in");
    if (head->appeal_until_ms != STORE_NULL && now_ms >= head->appeal_until_ms)
        return actor_refuse(error, -EEXIST, "the time for an appeal is over");
    return 0;
}

static int64_t appeal_end(const Hall *hall, int64_t told_ms)
{
    CalendarDay last =
        calendar_add(hall->calendar, calendar_day_of(told_ms), hall->config->rules.appeal_days);
    return calendar_day_start(last + 1);
}

static void set_text(char **text, const char *value)
{
    char *copy = g_strdup(value);
    g_free(*text);
    *text = copy;
}

// What a step changes besides the state.
static void follow_step(const Hall *hall, Head *head, const RectificationInput *input,
                        const Actor *actor, int64_t now_ms)
{
    State from = head->state;
    if (strcmp(input->action, "verify") == 0)
        set_text(&head->outcome, input->choice);
    else if (strcmp(input->action, "tell") == 0) {
        head->told_ms = now_ms;
        head->appeal_until_ms = appeal_end(hall, now_ms);
    } else if (strcmp(input->action, "assign") == 0)
        set_text(&head->owner, input->owner);
    else if (strcmp(input->action, "void") == 0 || strcmp(input->action, "appeal") == 0) {
        head->before = from;
        set_text(&head->asked_by, actor->user);
    } else if (g_strcmp0(input->choice, "no_answer") == 0)
        head->tries++;
    else if (g_strcmp0(input->choice, "dissatisfied") == 0) {
        head->round++;
        head->tries = 0;
    }
    if (!head->owner)
        set_text(&head->owner, actor->user);
}

static State target_of(const Hall *hall, const Head *head, const RectificationInput *input, int row)
{
    bool is_last_try = g_strcmp0(input->choice, "no_answer") == 0 &&
                       head->tries >= hall->config->rules.call_back_tries;
    if (is_last_try)
        return CLOSED;
    int to = transitions[row].to;
    return to == STAYS ? head->state : to == BEFORE ? head->before : (State)to;
}

static int take_step(Store *store, const Hall *hall, Head *head, const RectificationInput *input,
                     int row, const Actor *actor, int64_t now_ms)
{
    State from = head->state;
    bool is_assignment = strcmp(input->action, "assign") == 0;
    bool is_late = deadline_is_over(&head->deadline, now_ms) && !is_assignment;
    StepInput step = { .user = actor->user,
                       .action = input->action,
                       .choice = is_assignment ? input->owner : input->choice,
                       .from = states[from].name,
                       .why = input->why,
                       .now_ms = now_ms,
                       .due_ms = head->deadline.due_ms,
                       .is_late = is_late };
    head->is_late |= is_late && states[from].is_early;
    head->is_call_late |= is_late && !states[from].is_early;
    follow_step(hall, head, input, actor, now_ms);
    State to = head->state = target_of(hall, head, input, row);
    step.to = states[to].name;
    follow_due(hall, head, transitions[row].due, input->due_ms, now_ms);
    if (head->state == JUDGING && head->deadline.due_ms == STORE_NULL) // an appeal after the end
        head->deadline = deadline_in(hall, now_ms, hall->config->rules.verify_days);
    if (!states[head->state].is_open)
        head->deadline = DEADLINE_NONE;
    int err = step_add(store, STEP_RECTIFICATION, head->rating, &step);
    if (err == 0)
        err = keep(store, hall, head, now_ms);
    if (err == 0 && head->state == VOID)
        err = rating_take_out(store, hall, head->rating);
    if (err == 0 && to != from)
        err = deadline_met(store, hall, &deadlines, head->rating, now_ms);
    if (err == 0 && to != from && (to == JUDGING || !states[to].is_open))
        err = tell(store, hall, head, now_ms);
    if (err == 0 && to != from && to != JUDGING)
        err = tell_province(store, hall, head->rating, now_ms);
    if (err == 0)
        note(hall, head->rating);
    return err;
}

int rectification_act(Store *store, const Hall *hall, const char *rating,
                      const RectificationInput *input, const Actor *actor, int64_t now_ms,
                      char *error)
{
    g_auto(Head) head = { 0 };
    int err = load(store, rating, &head);
    if (err < 0)
        return err;
    int row = find_transition(input, head.state);
    if (row < 0) {
        g_autofree char *step =
            g_strconcat(input->action, input->choice ? " " : "", input->choice, NULL);
        return actor_refuse(error, -EEXIST, "\"%.60s\" is not possible for a rating that is %s",
                            step, states[head.state].name);
    }
    err = check_actor(&head, transitions[row].wants, actor, error);
    if (err == 0 && strcmp(input->action, "appeal") == 0)
        err = check_appeal(&head, actor, now_ms, error);
    if (err == 0)
        err = check_input(input, row, &head, now_ms, error);
    if (err < 0)
        return err;
    return take_step(store, hall, &head, input, row, actor, now_ms);
}

// --- reminders

int rectification_sweep(Store *store, const Hall *hall, int64_t now_ms)
{
    return deadline_sweep(store, hall, &deadlines, now_ms);
}

int64_t rectification_next(Store *store)
{
    return deadline_next(store, &deadlines);
}

// --- reading

#define HEAD_COLUMNS                                                                               \
    "x.state, x.outcome, x.owner, x.asked_by, x.round, x.tries, x.since_at, x.due_at,"             \
    " x.is_provisional, x.due_at < ?1 AND x.is_open AS is_overdue, x.is_late, x.told_at,"          \
    " x.appeal_until_at, x.closed_at"

// From a state, each action once with what it may decide.
static json_t *actions_json(State state, bool may_appeal, bool is_named)
{
    json_t *actions = json_array();
    for (size_t i = 0; i < G_N_ELEMENTS(transitions); i++) {
        const char *action = transitions[i].action;
        if (!(transitions[i].from & IN(state)) || (!may_appeal && strcmp(action, "appeal") == 0) ||
            (is_named && (transitions[i].wants & ANONYMOUS)))
            continue;
        step_offer(actions, &(StepOffer){ .action = action,
                                          .choice = transitions[i].choice,
                                          .wants_why = transitions[i].wants & WHY,
                                          .wants_due = transitions[i].due == DUE_GIVEN,
                                          .wants_second = transitions[i].wants & SECOND,
                                          .wants_owner = strcmp(action, "assign") == 0 });
    }
    return actions;
}

json_t *rectification_of(Store *store, const char *rating, int64_t now_ms)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT " HEAD_COLUMNS ", x.appeal_until_at IS NULL OR x.appeal_until_at > ?1"
                    " AS is_appealable, EXISTS (SELECT 1 FROM person p"
                    " WHERE p.subject = 'rating:' || x.rating) AS is_named"
                    " FROM rectification x WHERE x.rating = ?2",
                    "is", now_ms, rating);
    if (!store_step(query))
        return json_null();
    json_t *head = store_row_json(query);
    int state = state_of(json_string_value(json_object_get(head, "state")));
    json_object_set_new(head, "steps", step_list(store, STEP_RECTIFICATION, rating));
    bool may_appeal = json_is_true(json_object_get(head, "is_appealable"));
    json_object_del(head, "is_appealable");
    bool is_named = json_is_true(json_object_get(head, "is_named"));
    json_object_del(head, "is_named");
    json_object_set_new(head, "actions",
                        state < 0 ? json_array()
                                  : actions_json((State)state, may_appeal, is_named));
    return head;
}

// Open ones by their deadline (one that is being judged after its end has none: it comes first).
#define ORDER_TIME "CASE WHEN x.is_open THEN coalesce(x.due_at, 0) ELSE x.closed_at END"
// ?7 to ?9 are the page's, ?10 to ?12 the search's.
#define LIST_FILTER                                                                                \
    " FROM rectification x JOIN rating r ON r.id = x.rating WHERE x.is_open = ?2"                  \
    " AND (?3 IS NULL OR x.state = ?3) AND (?4 IS NULL OR x.owner = ?4)"                           \
    " AND (?5 = 0 OR x.due_at < ?1) AND (?6 IS NULL OR x.due_at < ?6)"
#define LIST_COLUMNS                                                                               \
    "x.rating, r.level, r.text, r.counter AS counter_id, r.counter_name, r.staff_number,"          \
    " r.staff_name, r.event_at, r.case_number,"                                                    \
    " EXISTS (SELECT 1 FROM person p WHERE p.subject = 'rating:' || x.rating) AS "                 \
    "is_named, " HEAD_COLUMNS ", " ORDER_TIME " AS cursor_ms"
#define OPEN_PAGE                                                                                  \
    " AND (?7 IS NULL OR (" ORDER_TIME ", x.rating) > (?8, ?7))"                                   \
    " ORDER BY cursor_ms, x.rating LIMIT ?9"
#define ENDED_PAGE                                                                                 \
    " AND (?7 IS NULL OR (" ORDER_TIME ", x.rating) < (?8, ?7))"                                   \
    " ORDER BY cursor_ms DESC, x.rating DESC LIMIT ?9"
#define LISTS(search)                                                                              \
    {                                                                                              \
        "SELECT count(*)" LIST_FILTER search " AND coalesce(?7, ?8, ?9) IS NULL",                  \
            "SELECT " LIST_COLUMNS LIST_FILTER search OPEN_PAGE,                                   \
            "SELECT " LIST_COLUMNS LIST_FILTER search ENDED_PAGE                                   \
    }

static const struct {
    const char *count, *open, *ended;
} lists[SEARCH_N_KINDS] = {
    [SEARCH_NONE] = LISTS(SEARCH_SQL_NONE),
    [SEARCH_LOOK] = LISTS(SEARCH_SQL_LOOK),
    [SEARCH_INDEX] = LISTS(SEARCH_SQL_INDEX),
};

json_t *rectification_list(Store *store, const RectificationFilter *filter, int64_t now_ms)
{
    const RectificationFilter *f = filter;
    int64_t is_open = f->is_open, late = f->late_only;
    g_auto(Search) search = search_of(store, f->q);
    int64_t total = store_value(store, 0, lists[search.kind].count, "iissinnnnsss", now_ms, is_open,
                                f->state, f->owner, late, f->due_before_ms, STORE_NULL, STORE_NULL,
                                STORE_NULL, search.pattern, search.tags, search.runs);
    g_autoptr(StoreQuery) query = store_query(
        store, f->is_open ? lists[search.kind].open : lists[search.kind].ended, "iissinsiisss",
        now_ms, is_open, f->state, f->owner, late, f->due_before_ms, f->after_id, f->after_ms,
        (int64_t)f->limit + 1, search.pattern, search.tags, search.runs);
    json_t *rows = store_rows_json(query), *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        shape_nest(row, "counter");
        shape_nest(row, "staff");
    }
    return shape_page(rows, "rating", f->limit, total);
}

json_t *rectification_counts(Store *store, int64_t now_ms)
{
    int64_t tomorrow = clock_day_start(clock_day_start(now_ms) + 36 * INT64_C(3600000));
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT count(*), coalesce(sum(due_at < ?1), 0),"
        " coalesce(sum(due_at >= ?1 AND due_at < ?2), 0), coalesce(sum(state = 'judging'), 0)"
        " FROM rectification WHERE is_open = 1",
        "ii", now_ms, tomorrow);
    if (!store_step(query))
        return json_null();
    return json_pack("{s:I, s:I, s:I, s:I}", "open", (json_int_t)store_int(query, 0), "late",
                     (json_int_t)store_int(query, 1), "due_today", (json_int_t)store_int(query, 2),
                     "judging", (json_int_t)store_int(query, 3));
}
