// SPDX-License-Identifier: Apache-2.0
#include "rating/supervision.h"

#include "rating/case_clock.h"
#include "rating/case_story.h"
#include "rating/flag.h"
#include "rating/shape.h"
#include "rating/tracking.h"

#include <errno.h>
#include <string.h>

// Grades in rising order; a row's flag closes those of the rows before it.
static const struct {
    CaseGrade grade;
    const char *flag;
    const char *superseded; // why a lower flag is closed when this one is raised
} grades[] = {
    { GRADE_WARNING, "case_warning", "" },
    { GRADE_YELLOW, "case_yellow", "黄牌已发出 / superseded by yellow" },
    { GRADE_RED, "case_red", "红牌已发出 / superseded by red" },
};

enum { SWEEP_STEP = 500 };

// A case as it stands in the store, and as it is judged now.
typedef struct {
    const char *number;
    char *counter, *person_number, *state, *grade;
    CaseStory story;
    CaseClock clock;
    int64_t now_ms;
} Judgement;

static void judgement_done(Judgement *j)
{
    g_free(j->counter);
    g_free(j->person_number);
    g_free(j->state);
    g_free(j->grade);
    case_story_done(&j->story);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Judgement, judgement_done)

// The promised limit, else the statutory one; on the spot means the same day; -1: no limit is
// known.
static int limit_of(const char *kind, int64_t limit_days, int64_t statutory_days)
{
    if (limit_days != STORE_NULL)
        return (int)limit_days;
    if (strcmp(kind, "instant") == 0)
        return 0;
    return statutory_days != STORE_NULL ? (int)statutory_days : -1;
}

static int load(Store *store, const Hall *hall, Judgement *j)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT kind, limit_days, statutory_days, declared_accepted_at, counter, "
                    "person_number, state, grade FROM case_file WHERE number = ?",
                    "s", j->number);
    if (!store_step(query))
        return store_query_result(query) < 0 ? store_query_result(query) : -ENOENT;
    int err = case_story_load(store, j->number, store_int_or_null(query, 3), &j->story);
    if (err < 0)
        return err;
    int limit =
        limit_of(store_text(query, 0), store_int_or_null(query, 1), store_int_or_null(query, 2));
    j->story.facts.limit_days = limit < 0 ? limit : limit + j->story.extension_days;
    j->counter = g_strdup(store_text(query, 4));
    j->person_number = g_strdup(store_text(query, 5));
    j->state = g_strdup(store_text(query, 6));
    j->grade = g_strdup(store_text(query, 7));
    case_clock_read(&j->story.facts, hall->config, hall->calendar, j->now_ms, &j->clock);
    return 0;
}

static int keep(Store *store, const Judgement *j)
{
    const CaseClock *clock = &j->clock;
    int limit = j->story.facts.limit_days;
    bool runs = clock->accepted_ms != CASE_NEVER;
    bool limited = runs && limit >= 0;
    return store_exec(
        store,
        "UPDATE case_file SET state = ?, is_open = ?, grade = ?, accepted_at = ?, finished_at = ?, "
        "due_at = ?, is_provisional = ?, effective_days = ?, days_used = ?, days_left = ?, "
        "next_change_at = ? WHERE number = ?",
        "sisnnninnnns", case_state_name(j->story.state),
        (int64_t)case_state_is_open(j->story.state), case_grade_name(clock->grade),
        clock->accepted_ms, j->story.finished_ms, clock->due_ms, (int64_t)clock->is_provisional,
        limit < 0 ? STORE_NULL : (int64_t)limit, runs ? (int64_t)clock->days_used : STORE_NULL,
        limited ? (int64_t)clock->days_left : STORE_NULL, clock->next_change_ms, j->number);
}

static json_t *evidence_of(const Judgement *j)
{
    const CaseClock *clock = &j->clock;
    return json_pack("{s:o, s:o, s:o, s:i, s:i, s:i, s:b}", "accepted_at",
                     shape_time(clock->accepted_ms), "due_at", shape_time(clock->due_ms),
                     "since_at", shape_time(clock->grade_since_ms), "limit_days",
                     j->story.facts.limit_days, "days_used", clock->days_used, "days_left",
                     clock->days_left, "is_provisional", clock->is_provisional);
}

static int raise_grade(Store *store, const Hall *hall, const Judgement *j, const char *subject,
                       size_t row)
{
    json_t *evidence = evidence_of(j);
    FlagInput input = { .kind = grades[row].flag,
                        .subject = subject,
                        .case_number = j->number,
                        .counter = j->counter,
                        .staff_number = j->person_number,
                        .evidence = evidence,
                        .raised_ms = j->now_ms,
                        .may_repeat = true };
    int raised = flag_raise(store, hall, &input, NULL);
    json_decref(evidence);
    return raised;
}

static int close_lower(Store *store, const Hall *hall, const Judgement *j, const char *subject,
                       CaseGrade below, const char *why)
{
    const char *kinds[G_N_ELEMENTS(grades) + 1] = { NULL };
    size_t n = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(grades); i++) {
        if (grades[i].grade < below)
            kinds[n++] = grades[i].flag;
    }
    return flag_close_open(store, hall, subject, kinds, why, j->now_ms);
}

// The grade fell back or the case ended: warning and yellow go, red stays for a person.
static int fall(Store *store, const Hall *hall, const Judgement *j, const char *subject)
{
    const char *why = case_state_is_open(j->story.state) ? "期限已顺延 / the limit moved"
                                                         : "办件已结束 / the case has ended";
    return close_lower(store, hall, j, subject, GRADE_RED, why);
}

static int rise(Store *store, const Hall *hall, const Judgement *j, const char *subject)
{
    size_t row = 0;
    while (grades[row].grade != j->clock.grade)
        row++;
    for (size_t i = row + 1; i < G_N_ELEMENTS(grades); i++) {
        if (flag_is_open(store, subject, grades[i].flag))
            return 0;
    }
    int err = close_lower(store, hall, j, subject, j->clock.grade, grades[row].superseded);
    return err < 0 ? err : raise_grade(store, hall, j, subject, row);
}

static int track_grade(Store *store, const Hall *hall, const Judgement *j)
{
    TrackingInput step = {
        .number = j->number, .kind = "grade", .at_ms = j->now_ms, .now_ms = j->now_ms
    };
    return tracking_note(store, hall, &step);
}

int supervision_judge(Store *store, const Hall *hall, const char *number, int64_t now_ms)
{
    g_auto(Judgement) j = { .number = number, .now_ms = now_ms };
    int err = load(store, hall, &j);
    if (err < 0)
        return err;
    err = keep(store, &j);
    if (err < 0)
        return err;
    bool same_grade = g_strcmp0(j.grade, case_grade_name(j.clock.grade)) == 0;
    bool same_state = g_strcmp0(j.state, case_state_name(j.story.state)) == 0;
    if (hall->changed && (!same_grade || !same_state))
        hall->changed(hall->ctx, "case", number);
    if (same_grade)
        return 0;
    err = track_grade(store, hall, &j);
    if (err < 0)
        return err;
    g_autofree char *subject = g_strconcat("case:", number, NULL);
    if (j.clock.grade == GRADE_NONE)
        return fall(store, hall, &j, subject);
    return rise(store, hall, &j, subject);
}

// The numbers of some cases whose moment has come.
static GPtrArray *due_cases(Store *store, int64_t now_ms)
{
    GPtrArray *numbers = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT number FROM case_file WHERE next_change_at <= ? "
                    "ORDER BY next_change_at LIMIT ?",
                    "ii", now_ms, (int64_t)SWEEP_STEP);
    while (store_step(query))
        g_ptr_array_add(numbers, g_strdup(store_text(query, 0)));
    return numbers;
}

int supervision_sweep(Store *store, const Hall *hall, int64_t now_ms)
{
    int raised = 0;
    for (;;) {
        g_autoptr(GPtrArray) numbers = due_cases(store, now_ms);
        for (guint i = 0; i < numbers->len; i++) {
            int result = supervision_judge(store, hall, g_ptr_array_index(numbers, i), now_ms);
            if (result < 0)
                return result;
            raised += result;
        }
        // Each judged case has a next change after now or none, so the set only shrinks.
        if (numbers->len < SWEEP_STEP)
            return raised;
    }
}

int64_t supervision_next(Store *store)
{
    return store_value(store, INT64_MAX,
                       "SELECT min(next_change_at) FROM case_file WHERE next_change_at IS NOT NULL",
                       "");
}
