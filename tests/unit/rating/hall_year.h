// SPDX-License-Identifier: Apache-2.0
// A year of a hall, made up: twenty counters that differ as real ones do, and where wished one that
// presses for its citizens or leaves out those who may be cross. Used by the tests and by
// `./dev bench fraud`; docs/fraud.md says what is assumed.
//
// What honest counters differ in, so that no test may take it for fraud: how busy they are, how
// content their citizens are (by counter, day and hour), how many of those who are asked rate, how
// long they take to press and how that drifts, how often their clerk asks (less after long visits);
// families that rate one after the other and alike; presses after hours or without a known service;
// bad ratings that were pressed by mistake and put right at once; helpers who rate for a family by
// their telephone.
#pragma once
#include "rating/fraud.h"

#include <math.h>
#include <string.h>

enum { YEAR_DAYS = 250, YEAR_COUNTERS = 20, YEAR_FROM = 120 /* the fraud begins */ };

typedef struct {
    double presses;          // part of the visits at counter 0 after which its clerk presses
    double median_s, spread; // how long after the prompt; spread of the logarithm
    double skips;            // part of the long or disputed visits that are not asked
    bool from_start;         // from the first day on, so that no honest history is there
} YearFraud;

typedef struct {
    uint64_t seed;
    double next_normal;
    bool has_normal;
} YearDice;

typedef struct {
    double visits, content, rates, median_s, asks; // of a day; ln of odds; shares; seconds
    double drift;
} YearCounter;

typedef struct {
    Conduct all; // prepared
    YearDice dice;
    YearCounter counters[YEAR_COUNTERS];
    YearFraud fraud;
    int32_t n_telephones;
} Year;

static inline double dice_share(YearDice *dice) // splitmix64
{
    uint64_t z = dice->seed += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return ((double)((z ^ (z >> 31)) >> 11) + 0.5) / 9007199254740992.0;
}

static inline bool dice_is(YearDice *dice, double share)
{
    return dice_share(dice) < share;
}

static inline double dice_normal(YearDice *dice, double mean, double spread)
{
    dice->has_normal = !dice->has_normal;
    if (!dice->has_normal)
        return mean + spread * dice->next_normal;
    double radius = sqrt(-2 * log(dice_share(dice))), angle = 2 * G_PI * dice_share(dice);
    dice->next_normal = radius * sin(angle);
    return mean + spread * radius * cos(angle);
}

static inline double year_share(double log_odds)
{
    return 1 / (1 + exp(-log_odds));
}

static inline void year_counters(Year *year)
{
    YearDice *dice = &year->dice;
    for (int i = 0; i < YEAR_COUNTERS; i++) {
        year->counters[i] = (YearCounter){ .visits = exp(dice_normal(dice, log(30), 0.3)),
                                           .content = dice_normal(dice, 1.8, 0.5),
                                           .rates = year_share(dice_normal(dice, 0.3, 0.35)),
                                           .median_s = exp(dice_normal(dice, log(5.5), 0.13)),
                                           .asks = year_share(dice_normal(dice, 2.6, 0.6)) };
    }
}

static inline int year_level(YearDice *dice, double content)
{
    if (dice_is(dice, year_share(content)))
        return 5;
    double other = dice_share(dice);
    return other < 0.74 ? 4 : other < 0.92 ? 3 : other < 0.975 ? 2 : 1;
}

static inline void year_press(Year *year, ConductPress press)
{
    YearDice *dice = &year->dice;
    press.staff = press.counter;
    press.telephone = CONDUCT_UNKNOWN;
    press.is_on_pad = true;
    press.is_in_hours = !dice_is(dice, 0.003);
    press.has_service = !dice_is(dice, 0.015);
    if (!press.has_service)
        press.wait_ms = CONDUCT_UNKNOWN;
    press.was_made_good = press.level <= 2 && dice_is(dice, 0.03);
    g_array_append_val(year->all.presses, press);
}

static inline int32_t year_wait(YearDice *dice, double median_s, double spread)
{
    return (int32_t)(1000 * exp(dice_normal(dice, log(median_s), spread)));
}

// The others of a family press after the first one, mostly alike.
static inline void year_family(Year *year, ConductPress first, double median_s)
{
    YearDice *dice = &year->dice;
    for (int more = 1 + (int)(3 * dice_share(dice)); more > 0; more--) {
        first.at_ms += (int64_t)(8000 + 60000 * dice_share(dice));
        first.wait_ms = year_wait(dice, median_s * 0.8, 0.55);
        if (dice_is(dice, 0.2))
            first.level = (int8_t)year_level(dice, 1);
        year_press(year, first);
    }
}

static inline void year_citizen(Year *year, const ConductVisit *visit, double content)
{
    YearDice *dice = &year->dice;
    const YearCounter *counter = &year->counters[visit->counter];
    if (!dice_is(dice, counter->rates))
        return;
    double median_s = counter->median_s * exp(counter->drift);
    ConductPress press = { .at_ms = visit->at_ms,
                           .day = visit->day,
                           .counter = visit->counter,
                           .level = (int8_t)year_level(dice, content),
                           .wait_ms = dice_is(dice, 0.003) ? 900 + (int32_t)(600 * dice_share(dice))
                                                           : year_wait(dice, median_s, 0.55) };
    if (dice_is(dice, 0.06)) {
        press.telephone = dice_is(dice, 0.15) && year->n_telephones ? year->n_telephones - 1
                                                                    : year->n_telephones++;
        press.staff = press.counter;
        press.is_in_hours = press.has_service = true;
        press.wait_ms = CONDUCT_UNKNOWN;
        g_array_append_val(year->all.presses, press);
        return;
    }
    year_press(year, press);
    if (dice_is(dice, 0.06))
        year_family(year, press, median_s);
}

static inline void year_visit(Year *year, int counter, int day, double minute, double content)
{
    YearDice *dice = &year->dice;
    const YearFraud *fraud = counter == 0 && (year->fraud.from_start || day >= YEAR_FROM)
                                 ? &year->fraud
                                 : &(YearFraud){ 0 };
    ConductVisit visit = { .day = day,
                           .at_ms = ((int64_t)day * 1440 + 510 + (int64_t)minute) * 60000,
                           .counter = (int16_t)counter,
                           .staff = (int16_t)counter,
                           .seconds = (int32_t)(60 * exp(dice_normal(dice, log(9), 0.6))),
                           .is_disputed = dice_is(dice, 0.03) };
    bool is_hard = visit.is_disputed || visit.seconds > 60 * 14;
    double asks = year->counters[counter].asks;
    // Honestly, too, the clerk asks less often where the visit was long and others wait.
    visit.is_invited = dice_is(dice, is_hard ? asks * 0.96 : asks);
    if (is_hard && dice_is(dice, fraud->skips))
        visit.is_invited = false;
    g_array_append_val(year->all.visits, visit);
    if (dice_is(dice, fraud->presses)) {
        ConductPress press = { .at_ms = visit.at_ms,
                               .day = day,
                               .counter = (int16_t)counter,
                               .level = 5,
                               .wait_ms = year_wait(dice, fraud->median_s, fraud->spread) };
        year_press(year, press);
    } else if (visit.is_invited) {
        year_citizen(year, &visit, visit.is_disputed ? content - 1.5 : content);
    }
}

static inline int year_compare(gconstpointer a, gconstpointer b)
{
    const ConductPress *one = a, *other = b;
    return one->at_ms < other->at_ms ? -1 : one->at_ms > other->at_ms;
}

static inline void year_day(Year *year, int day)
{
    YearDice *dice = &year->dice;
    double mood = dice_normal(dice, 0, 0.2), crowd = exp(dice_normal(dice, 0, 0.15));
    g_array_append_val(year->all.days, day);
    for (int i = 0; i < YEAR_COUNTERS; i++) {
        YearCounter *counter = &year->counters[i];
        double own_mood = dice_normal(dice, mood, 0.15);
        counter->drift = 0.98 * counter->drift + dice_normal(dice, 0, 0.01);
        int visits =
            (int)fmax(0, dice_normal(dice, counter->visits * crowd, sqrt(counter->visits)));
        for (int n = 0; n < visits; n++) {
            double minute = 480 * (n + dice_share(dice)) / visits;
            bool is_rush = minute > 90 && minute < 200;
            year_visit(year, i, day, minute, counter->content + own_mood - (is_rush ? 0.35 : 0));
        }
    }
}

static inline void year_make(Year *year, uint64_t seed, const YearFraud *fraud)
{
    *year = (Year){ .dice.seed = seed * 7919 + 1, .fraud = *fraud };
    conduct_init(&year->all);
    year_counters(year);
    for (int i = 0; i < YEAR_COUNTERS; i++) {
        g_ptr_array_add(year->all.counters, NULL);
        g_ptr_array_add(year->all.people, NULL);
    }
    for (int day = 0; day < YEAR_DAYS; day++)
        year_day(year, day);
    g_ptr_array_set_size(year->all.telephones, year->n_telephones);
    g_array_sort(year->all.presses, year_compare);
    conduct_prepare(&year->all);
}

// --- the year looked at day by day, as the box does

typedef struct {
    GHashTable *since; // "kind subject" -> int64_t *: where its last clue ended
    int clues, false_clues;
    int found_after;     // working days from its beginning; -1: never
    GHashTable *by_kind; // kind -> number of false clues
    const char *found_by;
} YearFound;

static inline int64_t year_since(void *ctx, const char *kind, const Conduct *conduct, int subject)
{
    YearFound *found = ctx;
    char key[64];
    g_snprintf(key, sizeof key, "%s %d", kind, subject);
    const int64_t *since = g_hash_table_lookup(found->since, key);
    return since ? *since : 0;
}

static inline guint year_first(const GArray *rows, size_t size, size_t day_at, CalendarDay day)
{
    guint i = 0, step = 1u << 20; // by halves
    for (; step > 0; step /= 2) {
        CalendarDay found = 0;
        if (i + step <= rows->len)
            memcpy(&found, rows->data + (i + step - 1) * size + day_at, sizeof found);
        if (i + step <= rows->len && found < day)
            i += step;
    }
    return i;
}

// What the box would have read of the rows at the end of the day.
static inline GArray year_slice(const GArray *rows, size_t size, size_t day_at, int from, int to)
{
    guint begin = year_first(rows, size, day_at, from),
          end = year_first(rows, size, day_at, to + 1);
    return (GArray){ rows->data + begin * size, end - begin };
}

static inline void year_note(YearFound *found, const Year *year, const FraudClue *clue, int day)
{
    bool is_person = clue->kind->subject != FRAUD_TELEPHONE;
    bool is_true = (year->fraud.presses > 0 || year->fraud.skips > 0) && is_person &&
                   clue->subject == 0 && (year->fraud.from_start || day >= YEAR_FROM);
    char key[64];
    g_snprintf(key, sizeof key, "%s %d", clue->kind->kind, clue->subject);
    int64_t end = (int64_t)(day + 1) * 1440 * 60000;
    g_hash_table_replace(found->since, g_strdup(key), g_memdup2(&end, sizeof end));
    found->clues++;
    if (is_true && found->found_after < 0) {
        found->found_after = day - (year->fraud.from_start ? 0 : YEAR_FROM) + 1;
        found->found_by = clue->kind->kind;
    }
    if (is_true)
        return;
    found->false_clues++;
    gpointer kind = (gpointer)clue->kind->kind;
    gpointer n = g_hash_table_lookup(found->by_kind, kind);
    g_hash_table_replace(found->by_kind, kind, GINT_TO_POINTER(GPOINTER_TO_INT(n) + 1));
}

// Each clue is dismissed at once, so that the next one of its kind may come the day after. A year
// with fraud is looked at from its beginning until it is found, one without it as a whole.
static inline void year_look(const Year *year, const FraudOptions *wanted, YearFound *found)
{
    FraudOptions options = *wanted;
    options.since = year_since;
    options.ctx = found;
    found->found_after = -1;
    found->since = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    found->by_kind = g_hash_table_new(g_str_hash, g_str_equal);
    bool is_honest = year->fraud.presses <= 0 && year->fraud.skips <= 0;
    int day = is_honest || year->fraud.from_start ? 0 : YEAR_FROM;
    for (; day < YEAR_DAYS && found->found_after < 0; day++) {
        int from = MAX(0, day - CONDUCT_DAYS + 1);
        GArray presses = year_slice(year->all.presses, sizeof(ConductPress),
                                    offsetof(ConductPress, day), from, day);
        GArray visits = year_slice(year->all.visits, sizeof(ConductVisit),
                                   offsetof(ConductVisit, day), from, day);
        GArray days = { (gchar *)&g_array_index(year->all.days, CalendarDay, from),
                        (guint)(day - from + 1) };
        Conduct conduct = year->all;
        conduct.presses = &presses;
        conduct.visits = &visits;
        conduct.days = &days;
        g_autoptr(GPtrArray) clues =
            g_ptr_array_new_with_free_func((GDestroyNotify)fraud_clue_free);
        fraud_judge(&conduct, &options, clues);
        for (guint i = 0; i < clues->len; i++)
            year_note(found, year, g_ptr_array_index(clues, i), day);
    }
}

static inline void year_found_done(YearFound *found)
{
    g_hash_table_unref(found->since);
    g_hash_table_unref(found->by_kind);
}
