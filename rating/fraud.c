// SPDX-License-Identifier: Apache-2.0
#include "rating/fraud.h"

#include "rating/exact.h"

#include <string.h>

// What a row is to a rule. Rows of the reference are what the others are held against, where a
// rule compares a counter or a person with themselves.
typedef enum { LEFT_OUT, ORDINARY, ODD, REFERENCE, REFERENCE_ODD } Verdict;

enum { LONG_FAMILY = 4 }; // presses in a minute each that one family is not expected to give

// --- what each rule looks for

static Verdict quick(const ConductPress *press, const FraudOptions *options)
{
    if (press->wait_ms < 0)
        return LEFT_OUT;
    return press->wait_ms < options->quick_press_ms ? ODD : ORDINARY;
}

static Verdict swift(const ConductPress *press, const FraudOptions *options)
{
    if (press->pace <= 0)
        return LEFT_OUT;
    return press->is_swift ? ODD : ORDINARY;
}

static Verdict best(const ConductPress *press, const FraudOptions *options)
{
    if (!press->is_on_pad || press->is_again)
        return LEFT_OUT;
    return press->level == 5 ? ODD : ORDINARY;
}

static Verdict burst(const ConductPress *press, const FraudOptions *options)
{
    if (!press->is_on_pad || press->burst == 0)
        return LEFT_OUT;
    return press->burst >= LONG_FAMILY ? ODD : ORDINARY;
}

static Verdict surplus(const ConductPress *press, const FraudOptions *options)
{
    if (!press->is_on_pad)
        return LEFT_OUT;
    return press->has_service ? ORDINARY : ODD;
}

static Verdict late(const ConductPress *press, const FraudOptions *options)
{
    if (!press->is_on_pad)
        return LEFT_OUT;
    return press->is_in_hours ? ORDINARY : ODD;
}

static Verdict made_good(const ConductPress *press, const FraudOptions *options)
{
    if (press->level > 2)
        return LEFT_OUT;
    return press->was_made_good ? ODD : ORDINARY;
}

static Verdict not_invited(const ConductVisit *visit)
{
    return visit->is_invited ? ORDINARY : ODD;
}

static Verdict not_invited_if_hard(const ConductVisit *visit)
{
    if (visit->is_long || visit->is_disputed)
        return visit->is_invited ? ORDINARY : ODD;
    return visit->is_invited ? REFERENCE : REFERENCE_ODD;
}

// --- the table

typedef struct Look Look;
static void judge_shares(Look *look);
static void judge_pace(Look *look);
static void judge_runs(Look *look);
static void judge_telephones(Look *look);

typedef struct {
    FraudKind kind;
    int days;     // working days that it looks at; 0: as configured
    int part;     // of a thousand: its part of the false clues
    double odds;  // honest counters and people differ in their odds by less than this factor
    double floor; // a share up to this is nothing, however small it is elsewhere
    int least_odd, least_of, least_other; // with less it says nothing
    void (*judge)(Look *look);
    Verdict (*press)(const ConductPress *press, const FraudOptions *options);
    Verdict (*visit)(const ConductVisit *visit);
} Rule;

// clang-format off
static const Rule rules[] = {
    { { "fraud_quick",     "按键过快",         FRAUD_COUNTER },    0, 300, 2.5, 0.01, 4, 10,   0, judge_shares, quick, NULL },
    { { "fraud_swift",     "按键快于全大厅",   FRAUD_COUNTER },    0, 150, 2.5, 0.05, 5, 40, 100, judge_shares, swift, NULL },
    { { "fraud_pace",      "按键比以往快",     FRAUD_COUNTER },    0, 100, 1.1, 0,    0, 40, 100, judge_pace, NULL, NULL },
    { { "fraud_levels",    "五星异常集中",     FRAUD_COUNTER },   20,  70, 4,   0.5,  0, 60, 200, judge_shares, best, NULL },
    { { "fraud_runs",      "连续同一评价",     FRAUD_COUNTER },    0,  60, 1,   0,    0, 40,   0, judge_runs, NULL, NULL },
    { { "fraud_bursts",    "短时间集中评价",   FRAUD_COUNTER },    0,  50, 3,   0.02, 3, 20,   0, judge_shares, burst, NULL },
    { { "fraud_surplus",   "评价多于办件",     FRAUD_COUNTER },    0,  50, 3,   0.05, 3, 10, 100, judge_shares, surplus, NULL },
    { { "fraud_hours",     "非办公时间评价",   FRAUD_COUNTER },    0,  40, 3,   0.01, 3, 10,   0, judge_shares, late, NULL },
    { { "fraud_gap",       "办结未邀请评价",   FRAUD_PERSON },     0,  50, 4,   0.10, 5, 30, 100, judge_shares, NULL, not_invited },
    { { "fraud_skipped",   "久办或争议未邀请", FRAUD_PERSON },    20,  70, 2,   0.05, 5, 10,  30, judge_shares, NULL, not_invited_if_hard },
    { { "fraud_pressure",  "差评后改好评",     FRAUD_PERSON },    40,  30, 3,   0.05, 2,  2,   0, judge_shares, made_good, NULL },
    { { "fraud_telephone", "一部手机多次评价", FRAUD_TELEPHONE },  0,  30, 1,   0.3,  4,  0,   0, judge_telephones, NULL, NULL },
    // Here will stand "无人按键", nobody before the counter at the press, once pictures are analysed.
};
// clang-format on

const FraudKind *fraud_kind(const char *kind)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (strcmp(rules[i].kind.kind, kind) == 0)
            return &rules[i].kind;
    }
    return NULL;
}

// --- a look: one rule over all its subjects

typedef struct {
    int64_t odd, of;         // since the last clue
    int64_t all_odd, all_of; // in the whole window: what the others are compared with
    int64_t own_odd, own_of; // reference of its own
    int64_t since_ms;
} Count;

struct Look {
    const Rule *rule;
    const Conduct *conduct;
    const FraudOptions *options;
    GPtrArray *clues;
    CalendarDay from;
    double limit, per_year; // looks at so many subjects in a year
    guint n_subjects;
    Count *counts;
};

static const ConductPress *press_at(const Conduct *conduct, guint i)
{
    return &g_array_index(conduct->presses, ConductPress, i);
}

static const ConductVisit *visit_at(const Conduct *conduct, guint i)
{
    return &g_array_index(conduct->visits, ConductVisit, i);
}

// The judged one.
static CalendarDay last_day(const Conduct *conduct)
{
    return g_array_index(conduct->days, CalendarDay, conduct->days->len - 1);
}

// The first press or visit of the day or later.
static guint first_of(const GArray *rows, size_t size, size_t day_at, CalendarDay day)
{
    guint low = 0, high = rows->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        CalendarDay found;
        memcpy(&found, rows->data + middle * size + day_at, sizeof found);
        if (found < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static guint first_press(const Conduct *conduct, CalendarDay day)
{
    return first_of(conduct->presses, sizeof(ConductPress), offsetof(ConductPress, day), day);
}

static guint first_visit(const Conduct *conduct, CalendarDay day)
{
    return first_of(conduct->visits, sizeof(ConductVisit), offsetof(ConductVisit, day), day);
}

static int subject_of(const Look *look, int counter, int person)
{
    return look->rule->kind.subject == FRAUD_PERSON ? person : counter;
}

static void count_row(Look *look, int subject, int64_t at_ms, Verdict verdict)
{
    if (verdict == LEFT_OUT || subject < 0)
        return;
    Count *count = &look->counts[subject];
    bool is_new = at_ms > count->since_ms, is_odd = verdict == ODD || verdict == REFERENCE_ODD;
    if (verdict == REFERENCE || verdict == REFERENCE_ODD) {
        count->own_of++;
        count->own_odd += is_odd;
        return;
    }
    count->all_of++;
    count->all_odd += is_odd;
    count->of += is_new;
    count->odd += is_new && is_odd;
}

static void count_rows(Look *look)
{
    const Conduct *conduct = look->conduct;
    const Rule *rule = look->rule;
    for (guint i = first_press(conduct, look->from); rule->press && i < conduct->presses->len;
         i++) {
        const ConductPress *press = press_at(conduct, i);
        count_row(look, subject_of(look, press->counter, press->staff), press->at_ms,
                  rule->press(press, look->options));
    }
    for (guint i = first_visit(conduct, look->from); rule->visit && i < conduct->visits->len; i++) {
        const ConductVisit *visit = visit_at(conduct, i);
        count_row(look, subject_of(look, visit->counter, visit->staff), visit->at_ms,
                  rule->visit(visit));
    }
}

// --- a clue

static void add_id(FraudClue *clue, const char *id)
{
    if (id && clue->ids->len < FRAUD_IDS_MAX)
        g_ptr_array_add(clue->ids, (gpointer)id);
}

// Those that were counted as odd, newest first.
static void add_ids(const Look *look, FraudClue *clue)
{
    const Conduct *conduct = look->conduct;
    const Rule *rule = look->rule;
    int64_t since = look->counts[clue->subject].since_ms;
    guint first = first_press(conduct, look->from);
    for (guint i = conduct->presses->len; rule->press && i > first; i--) {
        const ConductPress *press = press_at(conduct, i - 1);
        if (subject_of(look, press->counter, press->staff) == clue->subject &&
            press->at_ms > since && rule->press(press, look->options) == ODD)
            add_id(clue, press->id);
    }
    first = first_visit(conduct, look->from);
    for (guint i = conduct->visits->len; rule->visit && i > first; i--) {
        const ConductVisit *visit = visit_at(conduct, i - 1);
        if (subject_of(look, visit->counter, visit->staff) == clue->subject &&
            visit->at_ms > since && rule->visit(visit) == ODD)
            add_id(clue, visit->id);
    }
}

static FraudClue *clue_new(const Look *look, int subject, double chance)
{
    FraudClue *clue = g_new0(FraudClue, 1);
    int64_t since_ms =
        look->rule->kind.subject == FRAUD_TELEPHONE ? 0 : look->counts[subject].since_ms;
    *clue = (FraudClue){ .kind = &look->rule->kind,
                         .subject = subject,
                         .from = since_ms ? MAX(look->from, calendar_day_of(since_ms)) : look->from,
                         .to = last_day(look->conduct),
                         .chance = chance,
                         .limit = look->limit,
                         .months = 12 / (chance * look->per_year),
                         .ids = g_ptr_array_new() };
    return clue;
}

void fraud_clue_free(FraudClue *clue)
{
    if (!clue)
        return;
    g_ptr_array_unref(clue->ids);
    g_free(clue);
}

// --- shares

static double share_chance(const Rule *rule, const ExactGroups *groups)
{
    if (groups->odd < rule->least_odd || groups->of < rule->least_of ||
        groups->other_of < rule->least_other ||
        (double)groups->odd <= (double)groups->of * rule->floor)
        return 1;
    double chance = exact_binomial(groups->odd, groups->of, rule->floor);
    if (groups->other_of == 0 || chance >= 0.01)
        return chance;
    return MAX(chance, exact_groups(groups, rule->odds));
}

static void judge_share(Look *look, int subject, int64_t all_odd, int64_t all_of)
{
    const Count *count = &look->counts[subject];
    ExactGroups groups = { count->odd, count->of, all_odd - count->all_odd,
                           all_of - count->all_of };
    if (look->rule->visit == not_invited_if_hard) { // with what the same person does otherwise
        groups.other_odd = count->own_odd;
        groups.other_of = count->own_of;
    }
    double chance = share_chance(look->rule, &groups);
    if (chance >= look->limit)
        return;
    FraudClue *clue = clue_new(look, subject, chance);
    double share = groups.other_of ? (double)groups.other_odd / (double)groups.other_of : 0;
    clue->odd = groups.odd;
    clue->of = groups.of;
    clue->other_odd = groups.other_odd;
    clue->other_of = groups.other_of;
    clue->expected = (double)groups.of * (groups.other_of ? share : look->rule->floor);
    add_ids(look, clue);
    g_ptr_array_add(look->clues, clue);
}

static void judge_shares(Look *look)
{
    int64_t odd = 0, of = 0;
    count_rows(look);
    for (guint i = 0; i < look->n_subjects; i++) {
        odd += look->counts[i].all_odd;
        of += look->counts[i].all_of;
    }
    for (guint i = 0; i < look->n_subjects; i++)
        judge_share(look, (int)i, odd, of);
}

// --- pace: a counter's waits, in terms of the hall's median of the day, against its own before

static int compare_doubles(gconstpointer a, gconstpointer b)
{
    double one = *(const double *)a, other = *(const double *)b;
    return one < other ? -1 : one > other;
}

static int64_t count_below(const GArray *sorted, double value)
{
    int64_t n = 0;
    while (n < (int64_t)sorted->len && g_array_index(sorted, double, n) < value)
        n++;
    return n;
}

static void judge_pace_of(Look *look, int subject, GArray *now, GArray *before)
{
    const Rule *rule = look->rule;
    if (now->len < (guint)rule->least_of || before->len < (guint)rule->least_other)
        return;
    g_array_sort(now, compare_doubles);
    g_array_sort(before, compare_doubles);
    double chance = exact_low_ranks((double *)(void *)now->data, now->len,
                                    (double *)(void *)before->data, before->len);
    if (chance >= look->limit)
        return;
    // Told by the half of before: how many are now quicker than that.
    FraudClue *clue = clue_new(look, subject, chance);
    clue->other_of = before->len;
    clue->other_odd = before->len / 2;
    clue->of = now->len;
    clue->odd = count_below(now, g_array_index(before, double, before->len / 2));
    clue->expected = (double)now->len / 2;
    guint first = first_press(look->conduct, look->from);
    for (guint i = look->conduct->presses->len; i > first; i--) {
        const ConductPress *press = press_at(look->conduct, i - 1);
        if (press->counter == subject && press->is_swift &&
            press->at_ms > look->counts[subject].since_ms)
            add_id(clue, press->id);
    }
    g_ptr_array_add(look->clues, clue);
}

// An array of doubles for each subject.
static GPtrArray *arrays_new(guint n)
{
    GPtrArray *arrays = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    for (guint i = 0; i < n; i++)
        g_ptr_array_add(arrays, g_array_new(FALSE, FALSE, sizeof(double)));
    return arrays;
}

static void judge_pace(Look *look)
{
    g_autoptr(GPtrArray) now = arrays_new(look->n_subjects);
    g_autoptr(GPtrArray) before = arrays_new(look->n_subjects);
    for (guint i = 0; i < look->conduct->presses->len; i++) {
        const ConductPress *press = press_at(look->conduct, i);
        double pace = press->pace, slower = pace * look->rule->odds;
        if (pace <= 0)
            continue;
        if (press->day < look->from)
            g_array_append_vals(before->pdata[press->counter], &pace, 1);
        else if (press->at_ms > look->counts[press->counter].since_ms)
            g_array_append_vals(now->pdata[press->counter], &slower, 1);
    }
    for (guint i = 0; i < look->n_subjects; i++)
        judge_pace_of(look, (int)i, now->pdata[i], before->pdata[i]);
}

// --- runs of the best level, and of all others, day by day

typedef struct {
    GArray *days;                          // ExactRuns; NULL: none yet
    int64_t n;                             // presses
    guint longest_from, longest, run_from; // indices of presses, and how many
    int run;
    CalendarDay day;
    bool was_best;
} Runs;

static void runs_add(Runs *runs, const ConductPress *press, guint i)
{
    bool is_best = press->level == 5;
    if (!runs->days)
        runs->days = g_array_new(FALSE, TRUE, sizeof(ExactRuns));
    if (runs->days->len == 0 || press->day != runs->day) {
        g_array_append_val(runs->days, ((ExactRuns){ 0 }));
        runs->day = press->day;
        runs->run = 0;
    }
    ExactRuns *day = &g_array_index(runs->days, ExactRuns, runs->days->len - 1);
    if (runs->run == 0 || is_best != runs->was_best) {
        day->runs++;
        runs->run = 0;
        runs->run_from = i;
    }
    runs->was_best = is_best;
    runs->run++;
    runs->n++;
    day->ones += is_best;
    day->zeros += !is_best;
    if (is_best && (guint)runs->run > runs->longest) {
        runs->longest = (guint)runs->run;
        runs->longest_from = runs->run_from;
    }
}

static double expected_runs(const GArray *days)
{
    double expected = 0;
    for (guint i = 0; i < days->len; i++) {
        const ExactRuns *day = &g_array_index(days, ExactRuns, i);
        expected += 1 + 2.0 * day->ones * day->zeros / (day->ones + day->zeros);
    }
    return expected;
}

static void judge_runs_of(Look *look, int subject, const Runs *runs)
{
    const ExactRuns *days = (const ExactRuns *)(const void *)runs->days->data;
    int64_t seen = 0;
    for (guint i = 0; i < runs->days->len; i++)
        seen += days[i].runs;
    double expected = expected_runs(runs->days);
    if (runs->n < look->rule->least_of || (double)seen >= expected)
        return;
    double chance = exact_few_runs(days, runs->days->len);
    if (chance >= look->limit)
        return;
    FraudClue *clue = clue_new(look, subject, chance);
    clue->odd = seen;
    clue->of = runs->n;
    clue->expected = expected;
    guint left = runs->longest;
    for (guint i = runs->longest_from; left > 0 && i < look->conduct->presses->len; i++) {
        const ConductPress *press = press_at(look->conduct, i);
        if (press->counter != subject || !press->is_on_pad || press->is_again)
            continue;
        add_id(clue, press->id);
        left--;
    }
    g_ptr_array_add(look->clues, clue);
}

static void judge_runs(Look *look)
{
    g_autofree Runs *runs = g_new0(Runs, look->n_subjects);
    for (guint i = first_press(look->conduct, look->from); i < look->conduct->presses->len; i++) {
        const ConductPress *press = press_at(look->conduct, i);
        if (press->is_on_pad && !press->is_again &&
            press->at_ms > look->counts[press->counter].since_ms)
            runs_add(&runs[press->counter], press, i);
    }
    for (guint i = 0; i < look->n_subjects; i++) {
        if (!runs[i].days)
            continue;
        judge_runs_of(look, (int)i, &runs[i]);
        g_array_unref(runs[i].days);
    }
}

// --- telephones: how often one rated on the judged day, beyond once

static void judge_telephone(Look *look, int subject, int64_t n, double mean, guint n_today)
{
    double chance = n >= look->rule->least_odd ? exact_poisson(n - 1, mean) : 1;
    double limit = look->limit / MAX(1, n_today);
    if (chance >= limit)
        return;
    FraudClue *clue = clue_new(look, subject, chance);
    clue->limit = limit;
    clue->months = 12 / (chance * FRAUD_LOOKS_PER_YEAR * MAX(1, n_today));
    clue->from = clue->to;
    clue->odd = clue->of = n;
    clue->expected = 1 + mean;
    for (guint i = look->conduct->presses->len; i > 0; i--) {
        if (press_at(look->conduct, i - 1)->telephone == subject)
            add_id(clue, press_at(look->conduct, i - 1)->id);
    }
    g_ptr_array_add(look->clues, clue);
}

static void judge_telephones(Look *look)
{
    const Conduct *conduct = look->conduct;
    guint n = conduct->telephones->len, n_today = 0, n_before = 0;
    int64_t more = 0;
    g_autofree int64_t *ratings = g_new0(int64_t, n + 1);
    g_autofree bool *is_today = g_new0(bool, n + 1);
    for (guint i = first_press(conduct, look->from); i < conduct->presses->len; i++) {
        const ConductPress *press = press_at(conduct, i);
        if (press->telephone == CONDUCT_UNKNOWN)
            continue;
        ratings[press->telephone]++;
        is_today[press->telephone] = press->day == last_day(conduct);
    }
    for (guint i = 0; i < n; i++) {
        n_today += is_today[i];
        n_before += !is_today[i] && ratings[i] > 0;
        more += !is_today[i] && ratings[i] > 0 ? ratings[i] - 1 : 0;
    }
    double mean = n_before ? (double)more / n_before : 0;
    for (guint i = 0; i < n; i++) {
        if (is_today[i])
            judge_telephone(look, (int)i, ratings[i], MAX(mean, look->rule->floor), n_today);
    }
}

// --- all rules

static guint subjects_of(const Conduct *conduct, FraudSubject subject)
{
    switch (subject) {
    case FRAUD_COUNTER:
        return conduct->counters->len;
    case FRAUD_PERSON:
        return conduct->people->len;
    case FRAUD_TELEPHONE:
        return 1; // divided by the day's telephones where it is judged
    }
    g_assert_not_reached();
}

static void look_at(const Rule *rule, const Conduct *conduct, const FraudOptions *options,
                    GPtrArray *clues)
{
    guint n = subjects_of(conduct, rule->kind.subject);
    if (n == 0 || conduct->days->len == 0)
        return;
    g_autofree Count *counts = g_new0(Count, n);
    Look look = { .rule = rule,
                  .conduct = conduct,
                  .options = options,
                  .clues = clues,
                  .from = conduct_days_back(conduct, rule->days ? rule->days : options->days),
                  .per_year = (double)FRAUD_LOOKS_PER_YEAR * n,
                  .n_subjects = n,
                  .counts = counts };
    look.limit = options->false_clues_per_year * rule->part / 1000 / look.per_year;
    for (guint i = 0; i < n && options->since && rule->kind.subject != FRAUD_TELEPHONE; i++)
        counts[i].since_ms = options->since(options->ctx, rule->kind.kind, conduct, (int)i);
    rule->judge(&look);
}

void fraud_judge(const Conduct *conduct, const FraudOptions *options, GPtrArray *clues)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++)
        look_at(&rules[i], conduct, options, clues);
}
