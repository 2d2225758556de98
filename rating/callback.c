// SPDX-License-Identifier: Apache-2.0
#include "rating/callback.h"

#include "base/clock.h"
#include "rating/calendar.h"
#include "rating/person.h"
#include "rating/rating.h"
#include "rating/rectification.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    ERROR_SIZE = 200,
    TEXT_MAX = 2000,
    DAY_MS = 24 * 60 * 60 * 1000,
    AGAIN_MS = 2 * 3600 * 1000
};

// How a call went. step: what it decides in a rectification (reached: the answer does). ends: a
// drawn case is done with.
static const struct {
    const char *outcome, *step;
    bool ends;
} outcomes[] = {
    { "reached", NULL, true },
    { "not_reached", "no_answer", false }, // the last try ends it
    { "wrong_number", "wrong_number", true },
    { "refused", "refused", true },
};

static void note(const Hall *hall, const char *kind, const char *id)
{
    if (hall->changed)
        hall->changed(hall->ctx, kind, id);
}

static int refuse(char *error, int err, const char *sentence)
{
    g_strlcpy(error, sentence, ERROR_SIZE);
    return err;
}

// --- the draw

typedef struct {
    char *number, *phone_mark;
    char order[SEAL_MARK_SIZE];
} Candidate;

static void candidate_free(gpointer data)
{
    Candidate *candidate = data;
    g_free(candidate->number);
    g_free(candidate->phone_mark);
    g_free(candidate);
}

static int by_order(gconstpointer a, gconstpointer b)
{
    const Candidate *one = *(Candidate *const *)a, *two = *(Candidate *const *)b;
    return strcmp(one->order, two->order);
}

static GPtrArray *find_candidates(Store *store, const Hall *hall, int64_t from_ms, int64_t day_ms)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(candidate_free);
    g_autofree char *day = clock_format(day_ms);
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT c.number, p.phone_mark FROM case_file c"
        " JOIN person p ON p.subject = 'case:' || c.number"
        " WHERE c.finished_at >= ?1 AND c.finished_at < ?2 AND c.counter IS NOT NULL"
        " AND p.phone_mark IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM callback b WHERE b.case_number = c.number)"
        " AND NOT EXISTS (SELECT 1 FROM rating r JOIN rectification x ON x.rating = r.id"
        "  WHERE r.case_number = c.number)"
        " AND NOT EXISTS (SELECT 1 FROM person q JOIN callback_try t ON t.subject = q.subject"
        "  WHERE q.phone_mark = p.phone_mark AND t.at >= ?3)",
        "iii", from_ms, day_ms, day_ms - (int64_t)hall->config->callbacks.rest_days * DAY_MS);
    while (store_step(query)) {
        Candidate *candidate = g_new0(Candidate, 1);
        candidate->number = g_strdup(store_text(query, 0));
        candidate->phone_mark = g_strdup(store_text(query, 1));
        g_autofree char *text = g_strdup_printf("call-back %.10s %s", day, candidate->number);
        seal_mark(hall->seal, text, candidate->order);
        g_ptr_array_add(found, candidate);
    }
    g_ptr_array_sort(found, by_order);
    return found;
}

// The share is of all that could be called, rounded up.
static int insert_drawn(Store *store, const Hall *hall, const GPtrArray *candidates, int64_t day_ms)
{
    int64_t share = ((int64_t)candidates->len * hall->config->callbacks.percent + 99) / 100;
    int wanted = (int)MIN(share, hall->config->callbacks.most), drawn = 0;
    g_autoptr(GHashTable) numbers = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < candidates->len && drawn < wanted; i++) {
        const Candidate *candidate = g_ptr_array_index(candidates, i);
        if (!g_hash_table_add(numbers, candidate->phone_mark))
            continue;
        int err =
            store_exec(store, "INSERT INTO callback(case_number, day_at, is_open) VALUES(?,?,1)",
                       "si", candidate->number, day_ms);
        if (err < 0)
            return err;
        drawn++;
    }
    if (drawn > 0)
        note(hall, "callback", "");
    return drawn;
}

// The n-th working day before.
static CalendarDay days_before(const Calendar *calendar, CalendarDay day, int n)
{
    while (n > 0)
        n -= calendar_is_working_day(calendar, --day);
    return day;
}

static int draw(Store *store, const Hall *hall, CalendarDay day, int64_t now_ms)
{
    int64_t day_ms = calendar_day_start(day);
    int64_t from_ms = calendar_day_start(days_before(hall->calendar, day, 1));
    int64_t lapsed_ms =
        calendar_day_start(days_before(hall->calendar, day, hall->config->rules.call_back_days));
    g_autoptr(GPtrArray) candidates = find_candidates(store, hall, from_ms, day_ms);
    int drawn = insert_drawn(store, hall, candidates, day_ms);
    if (drawn < 0)
        return drawn;
    int err = store_exec(store,
                         "UPDATE callback SET is_open = 0, outcome = 'lapsed', ended_at = ?"
                         " WHERE is_open = 1 AND day_at < ?",
                         "ii", now_ms, lapsed_ms);
    if (err >= 0)
        err = store_exec(store,
                         "INSERT INTO meta(key, value) VALUES('callback_day', ?1)"
                         " ON CONFLICT(key) DO UPDATE SET value = ?1",
                         "i", day_ms);
    return err < 0 ? err : drawn;
}

int callback_sweep(Store *store, const Hall *hall, int64_t now_ms)
{
    CalendarDay day = calendar_day_of(now_ms);
    if (!hall->seal || !calendar_is_working_day(hall->calendar, day))
        return 0;
    int64_t last_ms = store_value(
        store, 0, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'callback_day'", "");
    // A clock that was set back draws nothing twice.
    return last_ms >= calendar_day_start(day) ? 0 : draw(store, hall, day, now_ms);
}

// --- who calls

bool callback_may_call(Store *store, const Hall *hall, const Actor *actor)
{
    if (actor->is_director || !actor->staff)
        return actor->is_director;
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT counter FROM duty WHERE staff_number = ? AND to_at IS NULL", "s",
                    actor->staff);
    while (store_step(query)) {
        const ConfigCounter *counter = config_counter(hall->config, store_text(query, 0));
        if (counter && counter->kind == COUNTER_PICKUP)
            return true;
    }
    return false;
}

// What the list has under a subject, as a call needs it. Owned.
typedef struct {
    bool is_rating;
    const char *of; // rating's id, or case number; the subject's
    char *staff_number, *staff_name, *counter;
} Entry;

static void entry_done(Entry *entry)
{
    g_free(entry->staff_number);
    g_free(entry->staff_name);
    g_free(entry->counter);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Entry, entry_done)

static int load(Store *store, const char *subject, Entry *entry)
{
    entry->is_rating = g_str_has_prefix(subject, "rating:");
    if (!entry->is_rating && !g_str_has_prefix(subject, "case:"))
        return -ENOENT;
    entry->of = strchr(subject, ':') + 1;
    g_autoptr(StoreQuery) query = store_query(
        store,
        entry->is_rating
            ? "SELECT r.staff_number, r.staff_name, r.counter FROM rectification x"
              " JOIN rating r ON r.id = x.rating JOIN person p ON p.subject = 'rating:' || x.rating"
              " WHERE x.rating = ? AND x.state = 'calling'"
            : "SELECT c.person_number, c.person_name, c.counter FROM callback b"
              " JOIN case_file c ON c.number = b.case_number WHERE b.case_number = ? AND b.is_open",
        "s", entry->of);
    if (!store_step(query))
        return store_query_result(query) < 0 ? store_query_result(query) : -ENOENT;
    entry->staff_number = g_strdup(store_text(query, 0));
    entry->staff_name = g_strdup(store_text(query, 1));
    entry->counter = g_strdup(store_text(query, 2));
    return 0;
}

static int check_caller(Store *store, const Hall *hall, const Entry *entry, const Actor *actor,
                        char *error)
{
    if (actor_is_staff(entry->staff_number, actor->staff))
        return refuse(error, -EACCES, "whoever was rated or handled the case does not call");
    if (!callback_may_call(store, hall, actor))
        return refuse(error, -EACCES, "who calls has duty at a pick-up counter, or is a director");
    if (!actor->is_director && !entry->staff_number)
        return refuse(error, -EACCES, "it is not known who was rated: a director calls");
    return 0;
}

int callback_check(Store *store, const Hall *hall, const char *subject, const Actor *actor,
                   char *error)
{
    g_auto(Entry) entry = { 0 };
    int err = load(store, subject, &entry);
    return err < 0 ? err : check_caller(store, hall, &entry, actor, error);
}

// --- how it went

static int outcome_of(const char *name)
{
    for (size_t i = 0; name && i < G_N_ELEMENTS(outcomes); i++)
        if (strcmp(outcomes[i].outcome, name) == 0)
            return (int)i;
    return -1;
}

static int check_input(const Entry *entry, const CallbackInput *input, char *error)
{
    static const char *const answers[] = { "satisfied", "basically", "dissatisfied", NULL };
    bool is_reached = input->outcome && strcmp(input->outcome, "reached") == 0;
    if (outcome_of(input->outcome) < 0)
        return refuse(error, -EINVAL, "outcome: reached, not_reached, wrong_number or refused");
    if (is_reached && entry->is_rating &&
        (!input->answer || !g_strv_contains(answers, input->answer)))
        return refuse(error, -EINVAL, "answer: satisfied, basically or dissatisfied");
    if (input->answer && !(is_reached && entry->is_rating))
        return refuse(error, -EINVAL, "answer is for a bad rating whose citizen was reached");
    if (input->level && (!is_reached || entry->is_rating))
        return refuse(error, -EINVAL, "level is for a case whose citizen was reached");
    return 0;
}

static int store_rating(Store *store, const Hall *hall, const Entry *entry,
                        const CallbackInput *input, const char *subject, int64_t now_ms)
{
    g_auto(Person) person = { 0 };
    RatingOutcome outcome;
    bool is_known = person_open(store, hall, subject, &person) == 0;
    PersonInput rater = { .name = person.name, .phone = person.phone };
    RatingInput rating = { .id = input->id,
                           .counter = entry->counter,
                           .channel = "callback",
                           .case_number = entry->of,
                           .is_afterwards = true,
                           .staff_number = entry->staff_number,
                           .staff_name = entry->staff_name,
                           .level = input->level,
                           .text = input->text,
                           .event_ms = now_ms,
                           .received_ms = now_ms,
                           .pad_clock_ms = STORE_NULL,
                           .person = is_known ? &rater : NULL };
    return rating_store(store, hall, &rating, &outcome);
}

static int follow_case(Store *store, const Hall *hall, const Entry *entry,
                       const CallbackInput *input, const char *subject, int64_t now_ms)
{
    int64_t before =
        store_value(store, 0, "SELECT count(*) FROM callback_try WHERE subject = ?", "s", subject);
    bool ends = outcomes[outcome_of(input->outcome)].ends ||
                before + 1 >= hall->config->rules.call_back_tries;
    int err = input->level ? store_rating(store, hall, entry, input, subject, now_ms) : 0;
    if (err == 0 && ends)
        err = store_exec(store,
                         "UPDATE callback SET is_open = 0, outcome = ?, ended_at = ?"
                         " WHERE case_number = ?",
                         "sis", input->outcome, now_ms, entry->of);
    return MIN(err, 0);
}

static int follow_rating(Store *store, const Hall *hall, const Entry *entry,
                         const CallbackInput *input, const Actor *actor, int64_t now_ms,
                         char *error)
{
    const char *step = outcomes[outcome_of(input->outcome)].step;
    RectificationInput act = { .action = "call",
                               .choice = step ? step : input->answer,
                               .why = input->text,
                               .due_ms = STORE_NULL };
    return rectification_act(store, hall, entry->of, &act, actor, now_ms, error);
}

static int add_try(Store *store, const char *subject, const CallbackInput *input,
                   const Actor *actor, int64_t now_ms)
{
    bool is_again = strcmp(input->outcome, "not_reached") == 0;
    int64_t next_ms = input->next_ms == STORE_NULL ? now_ms + AGAIN_MS : input->next_ms;
    return MIN(0, store_exec(store,
                             "INSERT INTO callback_try(id, subject, at, user, outcome, answer,"
                             " level, text, next_at) VALUES(?,?,?,?,?,?,?,?,?)",
                             "ssisssnsn", input->id, subject, now_ms, actor->user, input->outcome,
                             input->answer, input->level ? (int64_t)input->level : STORE_NULL,
                             input->text, is_again ? next_ms : STORE_NULL));
}

int callback_try(Store *store, const Hall *hall, const char *subject, const CallbackInput *input,
                 const Actor *actor, int64_t now_ms, bool *ret_is_new, char *error)
{
    g_auto(Entry) entry = { 0 };
    *ret_is_new = !store_value(store, 0, "SELECT 1 FROM callback_try WHERE id = ? AND subject = ?",
                               "ss", input->id, subject);
    if (!*ret_is_new)
        return 0;
    int err = load(store, subject, &entry);
    if (err == 0)
        err = check_caller(store, hall, &entry, actor, error);
    if (err == 0)
        err = check_input(&entry, input, error);
    if (err == 0)
        err = entry.is_rating ? follow_rating(store, hall, &entry, input, actor, now_ms, error)
                              : follow_case(store, hall, &entry, input, subject, now_ms);
    if (err == 0)
        err = add_try(store, subject, input, actor, now_ms);
    if (err == 0)
        note(hall, "callback", input->id);
    return err;
}
