// SPDX-License-Identifier: Apache-2.0
#include "rating/case_clock.h"

enum {
    ANSWER_DAYS = 5
}; // Administrative Licensing Law, article 32: papers are asked for once, within 5 working days

// What all steps need, in days. pauses: the facts' pauses as half-open (from, to] of days, merged
// and in order.
typedef struct {
    const Calendar *calendar;
    CalendarDay accepted, today;
    int limit;
    struct {
        CalendarDay from, to;
    } * pauses;
    size_t n_pauses;
} Reckoning;

static const char *const grade_names[] = { "none", "warning", "yellow", "red" };

const char *case_grade_name(CaseGrade grade)
{
    return grade_names[grade];
}

int case_limit_of(const char *kind, int64_t limit_days, int64_t statutory_days)
{
    if (limit_days != CASE_NEVER)
        return (int)limit_days;
    if (strcmp(kind, "instant") == 0)
        return 0;
    return statutory_days != CASE_NEVER ? (int)statutory_days : -1;
}

CaseGrade case_grade_of(const char *name)
{
    size_t grade = G_N_ELEMENTS(grade_names) - 1;
    while (grade > 0 && g_strcmp0(grade_names[grade], name) != 0)
        grade--;
    return (CaseGrade)grade;
}

static CalendarDay pause_end(const Reckoning *r, const CasePause *pause, CalendarDay from)
{
    CalendarDay to = pause->to_ms == CASE_NEVER ? r->today : calendar_day_of(pause->to_ms);
    if (pause->approved_days > 0)
        to = MIN(to, calendar_add(r->calendar, from, pause->approved_days));
    return MIN(to, r->today);
}

static void take_pauses(Reckoning *r, const CaseFacts *facts)
{
    r->pauses = g_malloc_n(facts->n_pauses + 1, sizeof *r->pauses);
    for (size_t i = 0; i < facts->n_pauses; i++) {
        CalendarDay begin = calendar_day_of(facts->pauses[i].from_ms);
        CalendarDay to = pause_end(r, &facts->pauses[i], begin);
        CalendarDay from = MAX(begin, r->accepted);
        if (to <= from)
            continue;
        if (r->n_pauses > 0 && from <= r->pauses[r->n_pauses - 1].to) {
            r->pauses[r->n_pauses - 1].to = MAX(to, r->pauses[r->n_pauses - 1].to);
        } else {
            r->pauses[r->n_pauses].from = from;
            r->pauses[r->n_pauses++].to = to;
        }
    }
}

// Days that are used from acceptance up to and including the day.
static int used_until(const Reckoning *r, CalendarDay day)
{
    int used = calendar_between(r->calendar, r->accepted, day);
    for (size_t i = 0; i < r->n_pauses; i++)
        used -= calendar_between(r->calendar, r->pauses[i].from, MIN(r->pauses[i].to, day));
    return used;
}

// The day on which the n-th day of the clock is used.
static CalendarDay day_of_use(const Reckoning *r, int n)
{
    CalendarDay day = calendar_add(r->calendar, r->accepted, n);
    for (size_t i = 0; i < r->n_pauses && r->pauses[i].from < day; i++)
        day = calendar_add(r->calendar, day,
                           calendar_between(r->calendar, r->pauses[i].from, r->pauses[i].to));
    return day;
}

// Done on the spot means today, or the next working day when no office hours are left.
static bool has_hours_left(const Reckoning *r, const Config *config, int64_t accepted_ms)
{
    return calendar_is_working_day(r->calendar, r->accepted) &&
           accepted_ms < calendar_office_end(config, r->accepted);
}

// From when on each grade would hold; CASE_NEVER: never.
typedef struct {
    int64_t from_ms[GRADE_RED + 1];
} GradeMoments;

// The start of the day on which the n-th day is used; before the first, acceptance.
static int64_t start_of_use(const Reckoning *r, int n, int64_t accepted_ms)
{
    return n <= 0 ? accepted_ms : calendar_day_start(day_of_use(r, n));
}

static void moments_shandong(const Reckoning *r, const Config *config, int64_t accepted_ms,
                             GradeMoments *m)
{
    int yellow = r->limit - config->rules.yellow_days_left;
    int warning = yellow - config->rules.warning_days_before_yellow;
    m->from_ms[GRADE_WARNING] = start_of_use(r, warning, accepted_ms);
    m->from_ms[GRADE_YELLOW] = start_of_use(r, yellow, accepted_ms);
    m->from_ms[GRADE_RED] = start_of_use(r, r->limit + 1, accepted_ms);
}

// So much of the limit lies within its day number whole + 1, or at the end of the day before.
static void moments_yulin(const Reckoning *r, const Config *config, int64_t accepted_ms,
                          int64_t due_ms, GradeMoments *m)
{
    int hundredths = r->limit * config->rules.yellow_percent;
    int whole = hundredths / 100, rest = hundredths % 100;
    int day = rest > 0 ? whole + 1 : whole;
    int thousandths = rest > 0 ? rest * 10 : 1000;
    m->from_ms[GRADE_YELLOW] = calendar_office_share(config, day_of_use(r, day), thousandths);
    m->from_ms[GRADE_WARNING] =
        start_of_use(r, day - config->rules.warning_days_before_yellow, accepted_ms);
    m->from_ms[GRADE_RED] = due_ms + 1;
}

static void note_change(CaseClock *clock, int64_t now_ms, int64_t at_ms)
{
    bool is_sooner = clock->next_change_ms == CASE_NEVER || at_ms < clock->next_change_ms;
    if (at_ms != CASE_NEVER && at_ms > now_ms && is_sooner)
        clock->next_change_ms = at_ms;
}

// The highest grade that holds at the moment, and when the next begins by then.
static void grade_at(const GradeMoments *m, int64_t at_ms, CaseClock *clock)
{
    for (CaseGrade grade = GRADE_WARNING; grade <= GRADE_RED; grade++) {
        int64_t from_ms = m->from_ms[grade];
        if (from_ms == CASE_NEVER)
            continue;
        if (from_ms <= at_ms) {
            clock->grade = grade;
            clock->grade_since_ms = from_ms;
        } else {
            note_change(clock, at_ms, from_ms);
        }
    }
}

// A case to be done on the spot has no day to be warned in; of an ended one only red is left.
static void read_grade(const Reckoning *r, const CaseFacts *facts, const Config *config,
                       bool on_the_spot, int64_t now_ms, CaseClock *clock)
{
    bool ended = facts->ended_ms != CASE_NEVER;
    GradeMoments m = { { CASE_NEVER, CASE_NEVER, CASE_NEVER, CASE_NEVER } };
    if (config->rules.grade_profile == GRADES_YULIN)
        moments_yulin(r, config, clock->accepted_ms, clock->due_ms, &m);
    else
        moments_shandong(r, config, clock->accepted_ms, &m);
    if (on_the_spot || ended)
        m.from_ms[GRADE_WARNING] = m.from_ms[GRADE_YELLOW] = CASE_NEVER;
    grade_at(&m, ended ? facts->ended_ms : now_ms, clock);
}

// Article 32: the first round without an answer in time makes its receipt the acceptance.
static int64_t effective_acceptance(const CaseFacts *facts, const Calendar *calendar,
                                    CalendarDay today, bool *ret_deemed)
{
    for (size_t i = 0; i < facts->n_rounds; i++) {
        const CaseRound *round = &facts->rounds[i];
        CalendarDay limit =
            calendar_add(calendar, calendar_day_of(round->received_ms), ANSWER_DAYS);
        CalendarDay answered =
            round->answered_ms == CASE_NEVER ? today : calendar_day_of(round->answered_ms);
        *ret_deemed = answered > limit;
        if (*ret_deemed)
            return round->received_ms;
    }
    return facts->accepted_ms;
}

// When silence becomes acceptance: once the last day for an answer is over. CASE_NEVER: no answer
// is owed.
static int64_t silence_ends(const CaseFacts *facts, const Calendar *calendar)
{
    const CaseRound *last = facts->n_rounds > 0 ? &facts->rounds[facts->n_rounds - 1] : NULL;
    if (!last || last->answered_ms != CASE_NEVER)
        return CASE_NEVER;
    CalendarDay received = calendar_day_of(last->received_ms);
    return calendar_day_start(calendar_add(calendar, received, ANSWER_DAYS) + 1);
}

static void read_running(Reckoning *r, const CaseFacts *facts, const Config *config, int64_t now_ms,
                         CaseClock *clock)
{
    r->accepted = calendar_day_of(clock->accepted_ms);
    r->limit = facts->limit_days;
    take_pauses(r, facts);
    clock->days_used = used_until(r, r->today);
    if (r->limit < 0)
        return;
    bool on_the_spot = r->limit == 0;
    if (on_the_spot && !has_hours_left(r, config, clock->accepted_ms))
        r->limit = 1;
    CalendarDay due = day_of_use(r, r->limit);
    clock->due_ms = calendar_office_end(config, due);
    clock->is_provisional = calendar_is_provisional(r->calendar, due);
    clock->days_left = r->limit - clock->days_used;
    if (r->limit > 1)
        clock->reminder_ms = calendar_day_start(day_of_use(r, r->limit - 1));
    read_grade(r, facts, config, on_the_spot, now_ms, clock);
}

int case_clock_used(const CaseFacts *facts, const Calendar *calendar, int64_t accepted_ms,
                    int64_t now_ms, CalendarDay from, CalendarDay to)
{
    if (accepted_ms == CASE_NEVER)
        return 0;
    Reckoning r = { .calendar = calendar,
                    .today =
                        calendar_day_of(facts->ended_ms != CASE_NEVER ? facts->ended_ms : now_ms),
                    .accepted = calendar_day_of(accepted_ms) };
    take_pauses(&r, facts);
    int used = used_until(&r, to) - used_until(&r, from);
    g_free(r.pauses);
    return used;
}

void case_clock_read(const CaseFacts *facts, const Config *config, const Calendar *calendar,
                     int64_t now_ms, CaseClock *ret_clock)
{
    // An end that lies ahead of the box's clock (the other system's runs fast) is an end all the
    // same.
    bool ended = facts->ended_ms != CASE_NEVER;
    CalendarDay today = calendar_day_of(ended ? facts->ended_ms : now_ms);
    Reckoning r = { .calendar = calendar, .today = today };
    *ret_clock = (CaseClock){ .due_ms = CASE_NEVER,
                              .grade_since_ms = CASE_NEVER,
                              .reminder_ms = CASE_NEVER,
                              .next_change_ms = CASE_NEVER };
    ret_clock->accepted_ms = effective_acceptance(facts, calendar, today, &ret_clock->is_deemed);
    if (ret_clock->accepted_ms != CASE_NEVER)
        read_running(&r, facts, config, now_ms, ret_clock);
    g_free(r.pauses);
    // Days used and a due day behind an open pause move at the start of a working day.
    if (ret_clock->accepted_ms != CASE_NEVER)
        note_change(ret_clock, now_ms, calendar_day_start(calendar_add(calendar, today, 1)));
    note_change(ret_clock, now_ms, silence_ends(facts, calendar));
    if (ended)
        ret_clock->next_change_ms = CASE_NEVER;
}
