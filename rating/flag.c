// SPDX-License-Identifier: Apache-2.0
#include "rating/flag.h"

#include "base/clock.h"
#include "base/secret.h"
#include "rating/clue.h"
#include "rating/deadline.h"
#include "rating/flag_evidence.h"
#include "rating/flag_kind.h"
#include "rating/notify.h"
#include "rating/shape.h"
#include "rating/step.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

typedef enum {
    FLAG_RAISED,
    FLAG_ACKNOWLEDGED,
    FLAG_EXPLAINED,
    FLAG_CONFIRMED,
    FLAG_DISMISSED,
    FLAG_CLOSED,
    N_FLAG_STATES,
} FlagState;

#define DAYS(option) offsetof(Config, rules.flag_##option##_days)

static const struct {
    const char *name;
    bool is_open; // somebody still has to do something
    size_t days;  // where the config says how many working days that may take; 0: no deadline
} states[N_FLAG_STATES] = {
    [FLAG_RAISED] = { "raised", true, DAYS(acknowledge) },
    [FLAG_ACKNOWLEDGED] = { "acknowledged", true, DAYS(explain) },
    [FLAG_EXPLAINED] = { "explained", true, DAYS(decide) },
    [FLAG_CONFIRMED] = { "confirmed", true, DAYS(close) },
    [FLAG_DISMISSED] = { "dismissed", false, 0 },
    [FLAG_CLOSED] = { "closed", false, 0 },
};

#define IN(state)   (1u << (state))
#define UNDECIDED   (IN(FLAG_RAISED) | IN(FLAG_ACKNOWLEDGED) | IN(FLAG_EXPLAINED))
#define OPEN        (UNDECIDED | IN(FLAG_CONFIRMED))
#define SYSTEM_USER "system"

enum { STAYS = N_FLAG_STATES };
enum { NO_WHY = 0, WHY = 1 << 0, SECOND = 1 << 1, OWNER = 1 << 2 };

// Who may take a step.
typedef enum { BY_SYSTEM, BY_UNIT, BY_SUPERVISOR } Taker; // BY_UNIT: or by a supervisor

// The life of a flag. Until a person has confirmed or dismissed it, it is a clue and not a finding;
// both need a reason.
static const struct {
    const char *action;
    Taker taker;
    unsigned from;
    int to;
    unsigned wants;
} transitions[] = {
    { "acknowledge", BY_UNIT, IN(FLAG_RAISED), FLAG_ACKNOWLEDGED, NO_WHY },
    { "explain", BY_UNIT, IN(FLAG_RAISED) | IN(FLAG_ACKNOWLEDGED), FLAG_EXPLAINED, WHY },
    { "confirm", BY_SUPERVISOR, UNDECIDED, FLAG_CONFIRMED, WHY | SECOND },
    { "dismiss", BY_SUPERVISOR, UNDECIDED, FLAG_DISMISSED, WHY | SECOND },
    { "close", BY_SUPERVISOR, IN(FLAG_CONFIRMED), FLAG_CLOSED, WHY },
    { "assign", BY_SUPERVISOR, OPEN, STAYS, OWNER },
    // Only the highest grade stays open on a case, whatever a person has done with a lower one.
    { "close", BY_SYSTEM, OPEN, FLAG_CLOSED, WHY },
};

enum { WHY_MAX = 2000 };

static const DeadlineKind deadlines = {
    .kind = "flag",
    .due_flag = "flag_due",
    .late_flag = "flag_late",
    // Staff see reminders: of a clue that is not for them nothing is said but that it is late.
    .ripe = "SELECT id, NULL, iif(" FLAG_KIND_INSIDE_SQL ", NULL, case_number), NULL, NULL, state,"
            " due_at FROM flag WHERE next_notice_at <= ? ORDER BY next_notice_at LIMIT ?",
    .put = "UPDATE flag SET next_notice_at = ? WHERE id = ?",
    .next = "SELECT min(next_notice_at) FROM flag WHERE next_notice_at IS NOT NULL",
};

// A flag as it stands.
typedef struct {
    const char *id;
    FlagState state;
    char *kind, *unit, *owner, *explained_by;
    Deadline deadline;
    bool is_late;
} Head;

static void head_done(Head *head)
{
    g_free(head->kind);
    g_free(head->unit);
    g_free(head->owner);
    g_free(head->explained_by);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Head, head_done)

static void note(const Hall *hall, const char *id)
{
    if (hall->changed)
        hall->changed(hall->ctx, "flag", id);
}

static bool state_parse(const char *name, FlagState *ret_state)
{
    for (int i = 0; i < N_FLAG_STATES; i++) {
        if (strcmp(name, states[i].name) == 0) {
            *ret_state = (FlagState)i;
            return true;
        }
    }
    return false;
}

static int load(Store *store, const char *id, Head *head)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT state, kind, unit, owner, due_at, is_provisional, is_late,"
                    " (SELECT user FROM flag_step s WHERE s.flag = flag.id AND s.action = 'explain'"
                    "  ORDER BY s.id DESC LIMIT 1) FROM flag WHERE id = ?",
                    "s", id);
    if (!store_step(query))
        return store_query_result(query) < 0 ? store_query_result(query) : -ENOENT;
    FlagState state;
    if (!state_parse(store_text(query, 0), &state))
        return -EUCLEAN;
    *head = (Head){ .id = id,
                    .state = state,
                    .kind = g_strdup(store_text(query, 1)),
                    .unit = g_strdup(store_text(query, 2)),
                    .owner = g_strdup(store_text(query, 3)),
                    .deadline = { store_int_or_null(query, 4), store_int(query, 5) },
                    .is_late = store_int(query, 6),
                    .explained_by = g_strdup(store_text(query, 7)) };
    return 0;
}

// Until when the next step is due. What closes itself, and what the machine reports of itself, has
// no deadlines.
static Deadline deadline_of(const Hall *hall, const char *kind, FlagState state, int64_t now_ms)
{
    if (!states[state].days || flag_kind(kind)->class != FLAG_CONDUCT)
        return DEADLINE_NONE;
    int days = *(const int *)((const char *)hall->config + states[state].days);
    return days > 0 ? deadline_in(hall, now_ms, days) : DEADLINE_NONE;
}

static int keep(Store *store, const Hall *hall, const Head *head, int64_t now_ms)
{
    bool is_open = states[head->state].is_open;
    return MIN(0, store_exec(store,
                             "UPDATE flag SET state = ?, is_open = ?, closed_at = ?, owner = ?,"
                             " due_at = ?, is_provisional = ?, is_late = ?, next_notice_at = ?"
                             " WHERE id = ?",
                             "sinsniins", states[head->state].name, (int64_t)is_open,
                             is_open ? STORE_NULL : now_ms, head->owner, head->deadline.due_ms,
                             (int64_t)head->deadline.is_provisional, (int64_t)head->is_late,
                             deadline_notice(hall, &head->deadline, now_ms), head->id));
}

static int set_state(Store *store, const Hall *hall, Head *head, FlagState to, const FlagStep *step,
                     const char *user, int64_t now_ms)
{
    FlagState from = head->state;
    bool is_late = to != from && deadline_is_over(&head->deadline, now_ms);
    StepInput row = { .user = user,
                      .action = step->action,
                      .choice = step->owner,
                      .from = states[from].name,
                      .to = states[to].name,
                      .why = step->why,
                      .now_ms = now_ms,
                      .due_ms = head->deadline.due_ms,
                      .is_late = is_late };
    head->state = to;
    head->is_late |= is_late;
    if (to != from)
        head->deadline = deadline_of(hall, head->kind, to, now_ms);
    int err = step_add(store, STEP_FLAG, head->id, &row);
    if (err == 0)
        err = keep(store, hall, head, now_ms);
    if (err == 0 && to != from && row.due_ms != STORE_NULL)
        err = deadline_met(store, hall, &deadlines, head->id, now_ms);
    if (err == 0)
        note(hall, head->id);
    return err;
}

// --- raised

// The unit that has to explain: the one said or in the evidence, or the case's.
static char *unit_of(Store *store, const FlagInput *input)
{
    const char *said =
        input->unit ? input->unit : json_string_value(json_object_get(input->evidence, "unit"));
    if (said || !input->case_number)
        return g_strdup(said);
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT unit FROM case_file WHERE number = ?", "s", input->case_number);
    return store_step(query) ? g_strdup(store_text(query, 0)) : NULL;
}

static int insert_flag(Store *store, const Hall *hall, const FlagInput *input, const char *id,
                       int64_t round)
{
    g_autofree char *evidence =
        input->evidence ? json_dumps(input->evidence, JSON_COMPACT) : g_strdup("{}");
    g_autofree char *unit = unit_of(store, input);
    Deadline due = deadline_of(hall, input->kind, FLAG_RAISED, input->raised_ms);
    return store_exec(
        store,
        "INSERT INTO flag(id, kind, subject, round, state, is_open, case_number, rating, "
        "counter, camera, staff_number, evidence, raised_at, unit, due_at, is_provisional,"
        " next_notice_at) VALUES(?,?,?,?,?,1,?,?,?,?,?,?,?,?,?,?,?)",
        "sssisssssssisnin", id, input->kind, input->subject, round, states[FLAG_RAISED].name,
        input->case_number, input->rating, input->counter, input->camera, input->staff_number,
        evidence, input->raised_ms, unit, due.due_ms, (int64_t)due.is_provisional,
        deadline_notice(hall, &due, input->raised_ms));
}

// The round of a new flag; 0: none may be raised.
static int64_t next_round(Store *store, const FlagInput *input)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT round, is_open FROM flag WHERE subject = ? AND "
                    "kind = ? ORDER BY round DESC LIMIT 1",
                    "ss", input->subject, input->kind);
    if (!store_step(query))
        return store_query_result(query) < 0 ? 0 : 1;
    bool again = input->may_repeat && store_int(query, 1) == 0;
    return again ? store_int(query, 0) + 1 : 0;
}

// A flag is told of as it is raised. Of its evidence only what a deadline is about: evidence may
// name persons.
static int tell(Store *store, const Hall *hall, const FlagInput *input, const char *id)
{
    const char *event = notify_event_of_flag(input->kind);
    const char *due = json_string_value(json_object_get(input->evidence, "due_at"));
    NotifyInput told = { .event = event,
                         .id = id,
                         .subject = input->subject,
                         .counter = input->counter,
                         .case_number = input->case_number,
                         .camera = input->camera,
                         .rating = input->rating,
                         .state = json_string_value(json_object_get(input->evidence, "state")),
                         .clue = input->kind,
                         .due_ms = STORE_NULL,
                         .now_ms = input->raised_ms };
    if (due && !clock_parse(due, &told.due_ms))
        told.due_ms = STORE_NULL;
    return notify(store, hall, &told);
}

int flag_raise(Store *store, const Hall *hall, const FlagInput *input, char **ret_id)
{
    int64_t round = next_round(store, input);
    if (round == 0)
        return 0;
    g_autofree char *id = secret_uuid();
    StepInput step = { .user = SYSTEM_USER,
                       .action = "raise",
                       .to = states[FLAG_RAISED].name,
                       .now_ms = input->raised_ms,
                       .due_ms = STORE_NULL };
    int err = insert_flag(store, hall, input, id, round);
    if (err >= 0)
        err = step_add(store, STEP_FLAG, id, &step);
    if (err >= 0)
        err = flag_evidence_hold(store, hall, input, id);
    if (err >= 0)
        err = tell(store, hall, input, id);
    if (err < 0)
        return err;
    note(hall, id);
    if (ret_id)
        *ret_id = g_steal_pointer(&id);
    return 1;
}

// --- steps

// The row of the table; -1: the action is not known or not allowed from this state.
static int find_transition(const char *action, FlagState from)
{
    for (size_t i = 0; i < G_N_ELEMENTS(transitions); i++) {
        if (transitions[i].taker != BY_SYSTEM && strcmp(transitions[i].action, action) == 0 &&
            (transitions[i].from & IN(from)))
            return (int)i;
    }
    return -1;
}

bool flag_concerns(Store *store, const char *id, const char *staff_number)
{
    return staff_number &&
           (clue_is_about(store, id, staff_number) ||
            store_value(store, 0,
                        "SELECT 1 FROM flag f WHERE f.id = ?1 AND (f.staff_number = ?2 OR"
                        " EXISTS (SELECT 1 FROM rating r WHERE r.id = f.rating AND"
                        " r.staff_number = ?2))",
                        "ss", id, staff_number));
}

static bool is_of_unit(const Head *head, const Actor *actor)
{
    return head->unit && g_strcmp0(head->unit, actor->unit) == 0;
}

static int check_taker(const Head *head, size_t row, const Actor *actor, char *error)
{
    bool may_explain = flag_kind(head->kind)->is_for_unit && is_of_unit(head, actor);
    if (transitions[row].taker == BY_SUPERVISOR && !actor->is_director)
        return actor_refuse(error, -EACCES, "\"%s\" is for a supervisor: a director",
                            transitions[row].action);
    if (transitions[row].taker == BY_UNIT && !actor->is_director && !may_explain)
        return actor_refuse(error, -EACCES, "\"%s\" is for the unit%s%.60s, or a director",
                            transitions[row].action, head->unit ? " " : "",
                            head->unit ? head->unit : "");
    if (!(transitions[row].wants & SECOND))
        return 0;
    if (is_of_unit(head, actor))
        return actor_refuse(
            error, -EACCES,
            "nobody decides on his own unit (%.60s): a supervisor of another one does", head->unit);
    return actor_check_second(actor, head->explained_by, "explained it", error);
}

static int check_actor(Store *store, const Head *head, size_t row, const Actor *actor, char *error)
{
    if (flag_concerns(store, head->id, actor->staff))
        return actor_refuse(error, -EACCES, "whoever it is about takes no part in it");
    return check_taker(head, row, actor, error);
}

static int check_input(Store *store, const Head *head, size_t row, const FlagStep *step,
                       char *error)
{
    if ((transitions[row].wants & WHY) && (!step->why || !*step->why))
        return actor_refuse(error, -EINVAL, "\"%s\" needs a reason in why", step->action);
    if (step->why && strlen(step->why) > WHY_MAX)
        return actor_refuse(error, -EINVAL, "why is longer than %d bytes", WHY_MAX);
    if ((transitions[row].wants & OWNER) && (!step->owner || !*step->owner))
        return actor_refuse(error, -EINVAL, "\"%s\" needs a user in owner", step->action);
    if (flag_concerns(store, head->id, step->owner_staff))
        return actor_refuse(error, -EACCES, "it is about %.60s, who takes no part in it",
                            step->owner);
    return 0;
}

int flag_act(Store *store, const Hall *hall, const char *id, const FlagStep *step,
             const Actor *actor, int64_t now_ms, char *error)
{
    g_auto(Head) head = { 0 };
    int err = load(store, id, &head);
    if (err < 0)
        return err;
    int row = find_transition(step->action, head.state);
    if (row < 0 && step_is_repeat(store, STEP_FLAG, id, actor->user, step->action, step->why))
        return 0;
    if (row < 0)
        return step_refuse(store, STEP_FLAG, id, step->action, states[head.state].name, error);
    err = check_input(store, &head, (size_t)row, step, error);
    if (err == 0)
        err = check_actor(store, &head, (size_t)row, actor, error);
    if (err < 0)
        return err;
    if (!head.owner || step->owner) {
        g_free(head.owner);
        head.owner = g_strdup(step->owner ? step->owner : actor->user);
    }
    FlagState to = transitions[row].to == STAYS ? head.state : (FlagState)transitions[row].to;
    err = set_state(store, hall, &head, to, step, actor->user, now_ms);
    return err < 0 ? err : 1;
}

static char *open_one(Store *store, const char *subject, const char *kind)
{
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT id FROM flag WHERE subject = ? AND kind = ? AND is_open = 1",
                    "ss", subject, kind);
    return store_step(query) ? g_strdup(store_text(query, 0)) : NULL;
}

static int close_open(Store *store, const Hall *hall, const char *subject, const char *kind,
                      const char *why, int64_t now_ms)
{
    g_autofree char *id = open_one(store, subject, kind);
    g_auto(Head) head = { 0 };
    if (!id)
        return 0;
    int err = load(store, id, &head);
    FlagStep step = { .action = "close", .why = why };
    return err < 0 ? err : set_state(store, hall, &head, FLAG_CLOSED, &step, SYSTEM_USER, now_ms);
}

int flag_close_open(Store *store, const Hall *hall, const char *subject, const char *const *kinds,
                    const char *why, int64_t now_ms)
{
    int err = 0;
    for (; *kinds && err == 0; kinds++)
        err = close_open(store, hall, subject, *kinds, why, now_ms);
    return err;
}

bool flag_is_open(Store *store, const char *subject, const char *kind)
{
    return store_value(store, 0,
                       "SELECT 1 FROM flag WHERE subject = ? AND kind = ? AND is_open = 1", "ss",
                       subject, kind) != 0;
}

// --- deadlines

int flag_sweep(Store *store, const Hall *hall, int64_t now_ms)
{
    return deadline_sweep(store, hall, &deadlines, now_ms);
}

int64_t flag_next(Store *store)
{
    return deadline_next(store, &deadlines);
}

json_t *flag_actions(Store *store, const char *id, const Actor *actor)
{
    g_auto(Head) head = { 0 };
    json_t *actions = json_array();
    char error[ACTOR_ERROR_SIZE];
    if (load(store, id, &head) < 0)
        return actions;
    for (size_t i = 0; i < G_N_ELEMENTS(transitions); i++) {
        if (transitions[i].taker != BY_SYSTEM && (transitions[i].from & IN(head.state)) &&
            check_actor(store, &head, i, actor, error) == 0)
            step_offer(actions, &(StepOffer){ .action = transitions[i].action,
                                              .wants_why = transitions[i].wants & WHY,
                                              .wants_second = transitions[i].wants & SECOND,
                                              .wants_owner = transitions[i].wants & OWNER });
    }
    return actions;
}
