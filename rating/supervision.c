// SPDX-License-Identifier: Apache-2.0
#include "rating/supervision.h"

#include "rating/case_part.h"
#include "rating/flag.h"
#include "rating/notify.h"
#include "rating/shape.h"
#include "rating/tracking.h"

#include <errno.h>
#include <string.h>

// The flag of each grade, for what can have one. A flag closes those of the grades below.
typedef struct {
    const char *flags[4]; // by CaseGrade; NULL: that grade is only shown
} Ladder;
static const Ladder case_ladder = { { NULL, "case_warning", "case_yellow", "case_red" } };
static const Ladder unit_ladder = { { NULL, NULL, "unit_yellow", "unit_red" } };
static const Ladder node_ladder = { { NULL, NULL, "node_yellow", "node_red" } };

// Why a lower flag is closed when one of this grade is raised.
static const char *const superseded[] = { "", "", "黄牌已发出 / superseded by yellow",
                                          "红牌已发出 / superseded by red" };

enum { SWEEP_STEP = 500 };

// A case as it stands in the store, and as it is judged now.
typedef struct {
    const char *number;
    char *counter, *person_number, *state, *grade;
    CaseStory story;
    CaseClock clock;
    int64_t papers_due_ms;  // STORE_NULL: none are waited for
    int64_t papers_were_ms; // the same, as it was before
    int64_t next_ms;        // CASE_NEVER: nothing changes by time alone
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

// One clock with its flags: of the case, or of a part of it.
typedef struct {
    const Ladder *ladder;
    const char *subject;
    const CasePart *part; // NULL: the case itself
    const CaseClock *clock;
    int limit_days;
    bool is_open;
} Graded;

static int64_t sooner(int64_t a, int64_t b)
{
    return a == CASE_NEVER ? b : b == CASE_NEVER ? a : MIN(a, b);
}

// Papers that were promised at a tolerant acceptance are due at the end of office hours of their
// day, as long as the case is open.
static void read_papers(Judgement *j, const Hall *hall)
{
    CalendarDay day;
    const char *due = j->story.papers_due;
    j->papers_due_ms = STORE_NULL;
    if (!due || !case_state_is_open(j->story.state) || !calendar_day_parse(due, &day))
        return;
    j->papers_due_ms = calendar_office_end(hall->config, day);
    if (j->papers_due_ms >= j->now_ms)
        j->next_ms = sooner(j->next_ms, j->papers_due_ms + 1);
}

static int load(Store *store, const Hall *hall, Judgement *j)
{
    int err = case_story_load(store, j->number, &j->story);
    if (err < 0)
        return err;
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT kind, limit_days, statutory_days, counter, person_number, state, grade, "
        "papers_due_at FROM case_file WHERE number = ?",
        "s", j->number);
    if (!store_step(query))
        return store_query_result(query) < 0 ? store_query_result(query) : -ENOENT;
    int limit = case_limit_of(store_text(query, 0), store_int_or_null(query, 1),
                              store_int_or_null(query, 2));
    j->story.facts.limit_days = limit < 0 ? limit : limit + j->story.extension_days;
    j->counter = g_strdup(store_text(query, 3));
    j->person_number = g_strdup(store_text(query, 4));
    j->state = g_strdup(store_text(query, 5));
    j->grade = g_strdup(store_text(query, 6));
    j->papers_were_ms = store_int_or_null(query, 7);
    case_clock_read(&j->story.facts, hall->config, hall->calendar, j->now_ms, &j->clock);
    j->next_ms = j->clock.next_change_ms;
    read_papers(j, hall);
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
        "papers_due_at = ?, next_change_at = ? WHERE number = ?",
        "sisnnninnnnns", case_state_name(j->story.state),
        (int64_t)case_state_is_open(j->story.state), case_grade_name(clock->grade),
        clock->accepted_ms, j->story.finished_ms, clock->due_ms, (int64_t)clock->is_provisional,
        limit < 0 ? STORE_NULL : (int64_t)limit, runs ? (int64_t)clock->days_used : STORE_NULL,
        limited ? (int64_t)clock->days_left : STORE_NULL, j->papers_due_ms, j->next_ms, j->number);
}

static json_t *evidence_of(const Graded *g)
{
    const CaseClock *clock = g->clock;
    return json_pack("{s:o, s:o, s:o, s:i, s:i, s:i, s:b, s:s*, s:s*}", "accepted_at",
                     shape_time(clock->accepted_ms), "due_at", shape_time(clock->due_ms),
                     "since_at", shape_time(clock->grade_since_ms), "limit_days", g->limit_days,
                     "days_used", clock->days_used, "days_left", clock->days_left, "is_provisional",
                     clock->is_provisional, "unit", g->part ? g->part->unit : NULL, "node",
                     g->part ? g->part->node : NULL);
}

// take_evidence is consumed.
static int raise_flag(Store *store, const Hall *hall, const Judgement *j, const char *kind,
                      const char *subject, const char *staff, bool may_repeat,
                      json_t *take_evidence)
{
    FlagInput input = { .kind = kind,
                        .subject = subject,
                        .case_number = j->number,
                        .counter = j->counter,
                        .staff_number = staff,
                        .evidence = take_evidence,
                        .raised_ms = j->now_ms,
                        .may_repeat = may_repeat };
    int raised = flag_raise(store, hall, &input, NULL);
    json_decref(take_evidence);
    return raised;
}

static int close_lower(Store *store, const Hall *hall, const Judgement *j, const Graded *g,
                       CaseGrade below, const char *why)
{
    const char *kinds[G_N_ELEMENTS(g->ladder->flags)] = { NULL };
    size_t n = 0;
    for (int grade = GRADE_WARNING; grade < (int)below; grade++) {
        if (g->ladder->flags[grade])
            kinds[n++] = g->ladder->flags[grade];
    }
    return n == 0 ? 0 : flag_close_open(store, hall, g->subject, kinds, why, j->now_ms);
}

// The grade fell back or its clock ended: warning and yellow go, red stays for a person.
static int fall(Store *store, const Hall *hall, const Judgement *j, const Graded *g)
{
    const char *why = g->is_open ? "期限已顺延 / the limit moved"
                      : g->part  ? "该环节已办理 / this part is done"
                                 : "办件已结束 / the case has ended";
    return close_lower(store, hall, j, g, GRADE_RED, why);
}

static int rise(Store *store, const Hall *hall, const Judgement *j, const Graded *g)
{
    CaseGrade grade = g->clock->grade;
    for (CaseGrade higher = grade + 1; higher <= GRADE_RED; higher++) {
        if (flag_is_open(store, g->subject, g->ladder->flags[higher]))
            return 0;
    }
    int err = close_lower(store, hall, j, g, grade, superseded[grade]);
    const char *staff = g->part ? g->part->person_number : j->person_number;
    return err < 0 ? err
                   : raise_flag(store, hall, j, g->ladder->flags[grade], g->subject, staff, true,
                                evidence_of(g));
}

// Flags raised (0 or 1), or negative errno.
static int judge_grade(Store *store, const Hall *hall, const Judgement *j, const Graded *g,
                       CaseGrade was)
{
    CaseGrade grade = g->clock->grade;
    if (grade == was)
        return 0;
    bool has_flag = g->ladder->flags[grade] != NULL;
    int err = has_flag && grade > was ? 0 : fall(store, hall, j, g);
    return err < 0 || !has_flag ? err : rise(store, hall, j, g);
}

static int judge_case(Store *store, const Hall *hall, const Judgement *j)
{
    g_autofree char *subject = g_strconcat("case:", j->number, NULL);
    Graded g = { &case_ladder,
                 subject,
                 NULL,
                 &j->clock,
                 j->story.facts.limit_days,
                 case_state_is_open(j->story.state) };
    return judge_grade(store, hall, j, &g, case_grade_of(j->grade));
}

static int judge_part(Store *store, const Hall *hall, Judgement *j, const CasePart *part)
{
    g_autoptr(GArray) pauses = g_array_new(FALSE, FALSE, sizeof(CasePause));
    CaseFacts facts = case_part_facts(&j->story, part, j->clock.accepted_ms, pauses);
    CaseClock clock;
    CaseGrade was;
    case_clock_read(&facts, hall->config, hall->calendar, j->now_ms, &clock);
    int err = case_part_keep(store, j->number, part, &clock, &was);
    if (err < 0)
        return err;
    j->next_ms = sooner(j->next_ms, clock.next_change_ms);
    g_autofree char *subject = case_part_subject(j->number, part);
    Graded g = { part->id ? &node_ladder : &unit_ladder,
                 subject,
                 part,
                 &clock,
                 part->limit_days,
                 part->to_ms == CASE_NEVER };
    return judge_grade(store, hall, j, &g, was);
}

static int judge_parts(Store *store, const Hall *hall, Judgement *j)
{
    int raised = 0;
    for (guint i = 0; i < j->story.parts->len; i++) {
        int n = judge_part(store, hall, j, &g_array_index(j->story.parts, CasePart, i));
        if (n < 0)
            return n;
        raised += n;
    }
    return raised;
}

// What was sent somewhere and turns out not to have been has no clock.
static int forget_nodes(Store *store, const Hall *hall, const Judgement *j)
{
    int err = 0;
    for (guint i = 0; err >= 0 && i < j->story.events->len; i++) {
        const CaseEvent *event = &g_array_index(j->story.events, CaseEvent, i);
        if (event->kind == CASE_EVENT_SENT && event->ignored != CASE_TOLD && !event->noted)
            err = case_node_forget(store, hall, j->number, event->id, j->now_ms);
    }
    return MIN(err, 0);
}

// Once for a case: it is accepted once.
static int judge_papers(Store *store, const Hall *hall, const Judgement *j)
{
    static const char *const kinds[] = { "case_papers_late", NULL };
    if (j->papers_due_ms == STORE_NULL && j->papers_were_ms == STORE_NULL)
        return 0;
    g_autofree char *subject = g_strconcat("case:", j->number, NULL);
    if (j->papers_due_ms == STORE_NULL)
        return MIN(flag_close_open(store, hall, subject, kinds,
                                   "已补齐或已结束 / handed in, or the case has ended", j->now_ms),
                   0);
    if (j->now_ms <= j->papers_due_ms)
        return 0;
    return raise_flag(store, hall, j, kinds[0], subject, j->person_number, false,
                      json_pack("{s:o}", "due_at", shape_time(j->papers_due_ms)));
}

// The working day before it is due; where it turns yellow or red then, that is told. A pause moves
// the due day on.
static int remind(Store *store, const Hall *hall, const Judgement *j)
{
    const CaseClock *clock = &j->clock;
    if (clock->reminder_ms == CASE_NEVER || !case_state_is_open(j->story.state) ||
        j->story.state == CASE_PAUSED || j->now_ms < clock->reminder_ms ||
        j->now_ms > clock->due_ms ||
        (clock->grade >= GRADE_YELLOW && clock->grade_since_ms == clock->reminder_ms))
        return 0;
    g_autofree char *subject = g_strconcat("case:", j->number, NULL);
    g_autofree char *id = g_strdup_printf("%s.%" G_GINT64_FORMAT, j->number, clock->due_ms);
    NotifyInput told = { .event = "case_due",
                         .id = id,
                         .subject = subject,
                         .counter = j->counter,
                         .case_number = j->number,
                         .due_ms = clock->due_ms,
                         .now_ms = j->now_ms };
    return MIN(notify(store, hall, &told), 0);
}

static int judge_all(Store *store, const Hall *hall, Judgement *j)
{
    static int (*const steps[])(Store *, const Hall *,
                                const Judgement *) = { forget_nodes, judge_case, judge_papers,
                                                       remind };
    int raised = judge_parts(store, hall, j);
    for (size_t i = 0; raised >= 0 && i < G_N_ELEMENTS(steps); i++) {
        int n = steps[i](store, hall, j);
        raised = n < 0 ? n : raised + n;
    }
    return raised;
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
    int raised = judge_all(store, hall, &j);
    if (raised < 0)
        return raised;
    err = keep(store, &j);
    if (err >= 0)
        err = case_story_keep_ignored(store, number, &j.story);
    if (err < 0)
        return err;
    bool same_grade = g_strcmp0(j.grade, case_grade_name(j.clock.grade)) == 0;
    bool same_state = g_strcmp0(j.state, case_state_name(j.story.state)) == 0;
    if (hall->changed && (!same_grade || !same_state))
        hall->changed(hall->ctx, "case", number);
    err = same_grade ? 0 : track_grade(store, hall, &j);
    return err < 0 ? err : raised;
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

int supervision_judge_again(Store *store, int64_t now_ms)
{
    int err =
        store_exec(store, "UPDATE case_file SET next_change_at = ? WHERE is_open = 1", "i", now_ms);
    return MIN(err, 0);
}

int64_t supervision_next(Store *store)
{
    return store_value(store, INT64_MAX,
                       "SELECT min(next_change_at) FROM case_file WHERE next_change_at IS NOT NULL",
                       "");
}
