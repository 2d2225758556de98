// SPDX-License-Identifier: Apache-2.0
#include "rating/flag.h"

#include "base/clock.h"
#include "base/secret.h"
#include "rating/notify.h"
#include "rating/shape.h"

#include <errno.h>
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

static const struct {
    const char *name;
    bool is_open; // somebody still has to do something
} states[N_FLAG_STATES] = {
    [FLAG_RAISED] = { "raised", true },        [FLAG_ACKNOWLEDGED] = { "acknowledged", true },
    [FLAG_EXPLAINED] = { "explained", true },  [FLAG_CONFIRMED] = { "confirmed", true },
    [FLAG_DISMISSED] = { "dismissed", false }, [FLAG_CLOSED] = { "closed", false },
};

#define IN(state)   (1u << (state))
#define UNDECIDED   (IN(FLAG_RAISED) | IN(FLAG_ACKNOWLEDGED) | IN(FLAG_EXPLAINED))
#define BY_PERSON   true
#define BY_SYSTEM   false
#define SYSTEM_USER "system"

// The life of a flag. Until a person has confirmed or dismissed it, it is a clue and not a finding;
// both need a reason.
static const struct {
    const char *action;
    bool person;
    unsigned from;
    FlagState to;
    bool wants_why;
} transitions[] = {
    { "acknowledge", BY_PERSON, IN(FLAG_RAISED), FLAG_ACKNOWLEDGED, false },
    { "explain", BY_PERSON, IN(FLAG_RAISED) | IN(FLAG_ACKNOWLEDGED), FLAG_EXPLAINED, true },
    { "confirm", BY_PERSON, UNDECIDED, FLAG_CONFIRMED, true },
    { "dismiss", BY_PERSON, UNDECIDED, FLAG_DISMISSED, true },
    { "close", BY_PERSON, IN(FLAG_CONFIRMED), FLAG_CLOSED, true },
    // Only the highest grade stays open on a case, whatever a person has done with a lower one.
    { "close", BY_SYSTEM, UNDECIDED | IN(FLAG_CONFIRMED), FLAG_CLOSED, true },
};

enum { WHY_MAX = 2000, ERROR_SIZE = 200 };

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

static int add_step(Store *store, const char *id, int64_t at_ms, const char *user,
                    const char *action, const char *from, FlagState to, const char *why)
{
    return store_exec(store,
                      "INSERT INTO flag_step(flag, at, user, action, from_state, to_state, why) "
                      "VALUES(?,?,?,?,?,?,?)",
                      "sisssss", id, at_ms, user, action, from, states[to].name, why);
}

static int set_state(Store *store, const Hall *hall, const char *id, FlagState from, FlagState to,
                     const char *user, const char *action, const char *why, int64_t now_ms)
{
    bool open = states[to].is_open;
    int err =
        store_exec(store, "UPDATE flag SET state = ?, is_open = ?, closed_at = ? WHERE id = ?",
                   "sins", states[to].name, (int64_t)open, open ? STORE_NULL : now_ms, id);
    if (err >= 0)
        err = add_step(store, id, now_ms, user, action, states[from].name, to, why);
    if (err < 0)
        return err;
    note(hall, id);
    return 0;
}

static int insert_flag(Store *store, const FlagInput *input, const char *id, int64_t round)
{
    g_autofree char *evidence =
        input->evidence ? json_dumps(input->evidence, JSON_COMPACT) : g_strdup("{}");
    return store_exec(
        store,
        "INSERT INTO flag(id, kind, subject, round, state, is_open, case_number, rating, "
        "counter, camera, staff_number, evidence, raised_at) "
        "VALUES(?,?,?,?,?,1,?,?,?,?,?,?,?)",
        "sssisssssssi", id, input->kind, input->subject, round, states[FLAG_RAISED].name,
        input->case_number, input->rating, input->counter, input->camera, input->staff_number,
        evidence, input->raised_ms);
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
    int err = insert_flag(store, input, id, round);
    if (err >= 0)
        err = add_step(store, id, input->raised_ms, SYSTEM_USER, "raise", NULL, FLAG_RAISED, NULL);
    if (err >= 0)
        err = tell(store, hall, input, id);
    if (err < 0)
        return err;
    note(hall, id);
    if (ret_id)
        *ret_id = g_steal_pointer(&id);
    return 1;
}

// The row of the table; -1: the action is not known or not allowed from this state.
static int find_transition(const char *action, bool person, FlagState from)
{
    for (size_t i = 0; i < G_N_ELEMENTS(transitions); i++) {
        if (transitions[i].person == person && strcmp(transitions[i].action, action) == 0 &&
            (transitions[i].from & IN(from)))
            return (int)i;
    }
    return -1;
}

static int load_state(Store *store, const char *id, FlagState *ret_state)
{
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT state FROM flag WHERE id = ?", "s", id);
    if (!store_step(query))
        return store_query_result(query) < 0 ? store_query_result(query) : -ENOENT;
    return state_parse(store_text(query, 0), ret_state) ? 0 : -EUCLEAN;
}

int flag_act(Store *store, const Hall *hall, const char *id, const char *action, const char *user,
             const char *why, int64_t now_ms, char *error)
{
    FlagState from = FLAG_RAISED;
    int err = load_state(store, id, &from);
    if (err < 0)
        return err;
    int row = find_transition(action, BY_PERSON, from);
    if (row < 0) {
        snprintf(error, ERROR_SIZE, "\"%.40s\" is not possible for a flag that is %s", action,
                 states[from].name);
        return -EEXIST;
    }
    if (transitions[row].wants_why && (!why || !*why)) {
        snprintf(error, ERROR_SIZE, "\"%s\" needs a reason in why", action);
        return -EINVAL;
    }
    if (why && strlen(why) > WHY_MAX) {
        snprintf(error, ERROR_SIZE, "why is longer than %d bytes", WHY_MAX);
        return -EINVAL;
    }
    return set_state(store, hall, id, from, transitions[row].to, user, action, why, now_ms);
}

static int close_open(Store *store, const Hall *hall, const char *subject, const char *kind,
                      const char *why, int64_t now_ms)
{
    FlagState from = FLAG_RAISED;
    g_autofree char *id = NULL;
    {
        g_autoptr(StoreQuery) query = store_query(
            store, "SELECT id, state FROM flag WHERE subject = ? AND kind = ? AND is_open = 1",
            "ss", subject, kind);
        if (!store_step(query))
            return store_query_result(query);
        if (!state_parse(store_text(query, 1), &from))
            return -EUCLEAN;
        id = g_strdup(store_text(query, 0));
    }
    int row = find_transition("close", BY_SYSTEM, from);
    if (row < 0)
        return -EUCLEAN;
    return set_state(store, hall, id, from, transitions[row].to, SYSTEM_USER, "close", why, now_ms);
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

#define FLAG_COLUMNS                                                                               \
    "id, kind, state, subject, case_number, (SELECT item_name FROM case_file"                      \
    " WHERE number = flag.case_number) AS item, rating, counter, camera, staff_number, raised_at," \
    " closed_at, evidence AS evidence_json"
// Clues of conduct that rest on what citizens rated or complained of.
#define OF_CITIZENS                                                                                \
    "'inaction_rating', 'misconduct_early_rating', 'misconduct_papers_beyond', "                   \
    "'misconduct_charges'"
#define FLAG_FILTER                                                                                \
    " FROM flag WHERE (?1 IS NULL OR kind = ?1"                                                    \
    "  OR (?1 IN ('fraud', 'inaction', 'slow', 'misconduct') AND kind GLOB ?1 || '_*')) AND "      \
    "(?2 IS NULL OR state = ?2)"                                                                   \
    " AND (?3 IS NULL OR case_number = ?3) AND (?4 IS NULL OR counter = ?4)"                       \
    " AND (?5 = 0 OR is_open = 1) AND (?6 = 0 OR (kind NOT GLOB 'fraud_*'"                         \
    "  AND kind NOT IN ('mood', " OF_CITIZENS ")))"                                                \
    " AND (?7 IS NULL OR id IN (SELECT value FROM json_each(?7)))"

json_t *flag_list(Store *store, const FlagFilter *filter)
{
    const FlagFilter *f = filter;
    int64_t open = f->open_only, no_clues = f->no_clues;
    int64_t total = store_value(store, 0, "SELECT count(*)" FLAG_FILTER, "ssssiis", f->kind,
                                f->state, f->case_number, f->counter, open, no_clues, f->within);
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT " FLAG_COLUMNS ", raised_at AS cursor_ms" FLAG_FILTER
                    " AND (?8 IS NULL OR (raised_at, id) < (?9, ?8))"
                    " ORDER BY raised_at DESC, id DESC LIMIT ?10",
                    "ssssiissii", f->kind, f->state, f->case_number, f->counter, open, no_clues,
                    f->within, f->before_id, f->before_ms, (int64_t)f->limit + 1);
    return shape_page(store_rows_json(query), "id", f->limit, total);
}

static json_t *history_of(Store *store, const char *id)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT at AS step_at, user, action, from_state AS \"from\", to_state AS \"to\", why "
        "FROM flag_step WHERE flag = ? ORDER BY id",
        "s", id);
    json_t *steps = store_rows_json(query), *step;
    size_t i;
    json_array_foreach(steps, i, step) shape_rename(step, "step_at", "at");
    return steps;
}

json_t *flag_get(Store *store, const char *id)
{
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT " FLAG_COLUMNS " FROM flag WHERE id = ?", "s", id);
    if (!store_step(query))
        return NULL;
    json_t *flag = store_row_json(query);
    json_object_set_new(flag, "history", history_of(store, id));
    return flag;
}

bool flag_is_clue(const json_t *flag)
{
    const char *kind = json_string_value(json_object_get(flag, "kind"));
    return g_str_has_prefix(kind, "fraud_") || g_str_equal(kind, "mood") ||
           strstr(OF_CITIZENS, kind) != NULL;
}

json_t *flag_of_case(Store *store, const char *number)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT " FLAG_COLUMNS " FROM flag WHERE case_number = ? ORDER BY raised_at DESC, id", "s",
        number);
    return store_rows_json(query);
}

json_t *flag_counts(Store *store)
{
    json_t *counts = json_object();
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT kind, count(*) FROM flag WHERE is_open = 1 GROUP BY kind", "");
    while (store_step(query))
        json_object_set_new(counts, store_text(query, 0), json_integer(store_int(query, 1)));
    return counts;
}
