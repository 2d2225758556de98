// SPDX-License-Identifier: Apache-2.0
// Each rule by itself: how many odd ones of how many, here and at each of the other counters, and
// whether that is a clue. The hall has ten counters and ten people, counter n's being person n.
#include "rating/fraud.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { COUNTERS = 10, DAYS = 50, TODAY = DAYS - 1, PLAIN_WAIT = 6000 };

static const FraudOptions options = { .false_clues_per_year = 12,
                                      .quick_press_ms = 1500,
                                      .days = 10 };

static void setup(Conduct *conduct)
{
    conduct_init(conduct);
    for (int i = 0; i < COUNTERS; i++) {
        g_ptr_array_add(conduct->counters, NULL);
        g_ptr_array_add(conduct->people, NULL);
    }
    for (CalendarDay day = 0; day < DAYS; day++)
        g_array_append_val(conduct->days, day);
}

// An honest press: content, but not always; every five minutes; the wait differs a little.
static ConductPress plain_press(int counter, int n, int of)
{
    int on_day = of / 10 + 1; // over the last ten days
    return (ConductPress){
        .counter = (int16_t)counter,
        .staff = (int16_t)counter,
        .day = DAYS - 10 + n / on_day,
        .at_ms =
            ((int64_t)(DAYS - 10 + n / on_day) * 1440 + 540 + n % on_day * 5) * 60000 + counter,
        .wait_ms = PLAIN_WAIT + n * 7919 % 1000,
        .telephone = CONDUCT_UNKNOWN,
        .level = (int8_t)(n * 7 % 10 < 7 ? 5 : 4),
        .is_on_pad = true,
        .is_in_hours = true,
        .has_service = true
    };
}

static void make_quick(ConductPress *press)
{
    press->wait_ms = 900;
}
static void make_swift(ConductPress *press)
{
    press->wait_ms = 3000;
}
static void make_surplus(ConductPress *press)
{
    press->has_service = false;
}
static void make_late(ConductPress *press)
{
    press->is_in_hours = false;
}
static void make_good(ConductPress *press)
{
    press->was_made_good = true;
}
static void be_bad(ConductPress *press)
{
    press->level = 1;
}
static void be_best(ConductPress *press)
{
    press->level = 5;
}
static void be_less(ConductPress *press)
{
    press->level = 4;
}

static int compare(gconstpointer a, gconstpointer b)
{
    const ConductPress *one = a, *other = b;
    return one->at_ms < other->at_ms ? -1 : one->at_ms > other->at_ms;
}

// Whether the counter 0 has a clue of the kind. Nobody else may have any.
static bool has_clue(Conduct *conduct, const char *kind)
{
    g_autoptr(GPtrArray) clues = g_ptr_array_new_with_free_func((GDestroyNotify)fraud_clue_free);
    bool has = false;
    g_array_sort(conduct->presses, compare);
    conduct_prepare(conduct);
    fraud_judge(conduct, &options, clues);
    for (guint i = 0; i < clues->len; i++) {
        const FraudClue *clue = clues->pdata[i];
        if (clue->kind->subject != FRAUD_TELEPHONE && clue->subject != 0)
            fail_msg("%s of %d", clue->kind->kind, clue->subject);
        has = has || strcmp(clue->kind->kind, kind) == 0;
    }
    return has;
}

static void presses(void **state)
{
    static const struct {
        const char *kind;
        int odd, of;             // here
        int other_odd, other_of; // at each of the nine others
        bool is_clue;
        void (*all)(ConductPress *); // makes each press what the rule looks at
        void (*odd_one)(ConductPress *);
    } rows[] = {
        { "fraud_quick", 12, 100, 1, 100, true, NULL, make_quick },
        { "fraud_quick", 5, 100, 1, 100, false, NULL, make_quick },   // 2.5 times is allowed
        { "fraud_quick", 12, 100, 12, 100, false, NULL, make_quick }, // as everybody
        { "fraud_quick", 3, 12, 0, 100, false, NULL, make_quick },    // three are few
        { "fraud_swift", 40, 100, 0, 100, true, NULL, make_swift },
        { "fraud_swift", 7, 100, 5, 100, false, NULL, make_swift },
        { "fraud_levels", 100, 100, 70, 100, true, be_less, be_best },
        { "fraud_levels", 85, 100, 70, 100, false, be_less, be_best },
        { "fraud_levels", 30, 30, 70, 100, false, be_less, be_best }, // thirty are few
        { "fraud_surplus", 30, 100, 2, 100, true, NULL, make_surplus },
        { "fraud_surplus", 90, 100, 90, 100, false, NULL, make_surplus }, // pads stand alone here
        { "fraud_hours", 10, 100, 0, 100, true, NULL, make_late },
        { "fraud_hours", 2, 100, 0, 100, false, NULL, make_late },
        { "fraud_pressure", 8, 20, 0, 20, true, be_bad, make_good },
        { "fraud_pressure", 1, 2, 0, 20, false, be_bad, make_good },
    };
    for (size_t row = 0; row < G_N_ELEMENTS(rows); row++) {
        g_auto(Conduct) conduct = { 0 };
        setup(&conduct);
        for (int counter = 0; counter < COUNTERS; counter++) {
            int of = counter ? rows[row].other_of : rows[row].of;
            int odd = counter ? rows[row].other_odd : rows[row].odd;
            for (int n = 0; n < of; n++) {
                ConductPress press = plain_press(counter, n, of);
                if (rows[row].all)
                    rows[row].all(&press);
                if (n * 37 % of < odd) // spread over the days
                    rows[row].odd_one(&press);
                g_array_append_val(conduct.presses, press);
            }
        }
        if (has_clue(&conduct, rows[row].kind) != rows[row].is_clue)
            fail_msg("row %zu: %s", row, rows[row].kind);
    }
}

static void visits(void **state)
{
    static const struct {
        const char *kind;
        int skipped, of;             // hard visits of person 0 that were not invited
        int other_skipped, other_of; // their easy ones; and all of the others'
        bool is_clue;
    } rows[] = {
        { "fraud_skipped", 15, 20, 5, 100, true },   { "fraud_skipped", 3, 20, 10, 100, false },
        { "fraud_skipped", 4, 5, 0, 100, false },    // few
        { "fraud_skipped", 15, 20, 75, 100, false }, // invites hardly anybody
        { "fraud_gap", 0, 0, 0, 100, false },
    };
    for (size_t row = 0; row < G_N_ELEMENTS(rows); row++) {
        g_auto(Conduct) conduct = { 0 };
        setup(&conduct);
        for (int i = 0; i < COUNTERS * rows[row].other_of; i++) {
            ConductVisit visit = { .staff = (int16_t)(i % COUNTERS),
                                   .counter = (int16_t)(i % COUNTERS),
                                   .day = TODAY,
                                   .at_ms = i,
                                   .seconds = 300,
                                   .is_invited = i / COUNTERS >= rows[row].other_skipped };
            g_array_append_val(conduct.visits, visit);
        }
        for (int i = 0; i < rows[row].of; i++) {
            ConductVisit visit = { .day = TODAY,
                                   .at_ms = 100000 + i,
                                   .seconds = 300,
                                   .is_disputed = true,
                                   .is_invited = i >= rows[row].skipped };
            g_array_append_val(conduct.visits, visit);
        }
        if (has_clue(&conduct, rows[row].kind) != rows[row].is_clue)
            fail_msg("row %zu: %s", row, rows[row].kind);
    }
}

// Person 0 invites a third of all, the others nearly everybody.
static void who_hardly_invites(void **state)
{
    for (int invited = 30; invited <= 90; invited += 60) {
        g_auto(Conduct) conduct = { 0 };
        setup(&conduct);
        for (int i = 0; i < COUNTERS * 100; i++) {
            bool is_first = i % COUNTERS == 0;
            ConductVisit visit = { .staff = (int16_t)(i % COUNTERS),
                                   .counter = (int16_t)(i % COUNTERS),
                                   .day = TODAY,
                                   .at_ms = i,
                                   .seconds = 300,
                                   .is_invited = i / COUNTERS < (is_first ? invited : 95) };
            g_array_append_val(conduct.visits, visit);
        }
        assert_int_equal(has_clue(&conduct, "fraud_gap"), invited == 30);
    }
}

// Fives in one piece, then the others, each day: against fives and others in turn.
static void runs(void **state)
{
    for (int mixed = 0; mixed < 2; mixed++) {
        g_auto(Conduct) conduct = { 0 };
        setup(&conduct);
        for (int n = 0; n < 200; n++) {
            ConductPress press = plain_press(0, n, 190); // 20 a day
            press.level = (mixed ? n * 7 % 20 : n % 20) < 12 ? 5 : 4;
            g_array_append_val(conduct.presses, press);
        }
        assert_int_equal(has_clue(&conduct, "fraud_runs"), !mixed);
    }
}

// Ten bursts of five presses in a minute each, among single ones.
static void bursts(void **state)
{
    for (int size = 2; size <= 5; size += 3) { // a family of two is none
        g_auto(Conduct) conduct = { 0 };
        setup(&conduct);
        for (int n = 0; n < 60; n++) {
            ConductPress press = plain_press(0, n, 60);
            for (int i = 0; i < (n % 6 ? 1 : size); i++) {
                g_array_append_val(conduct.presses, press);
                press.at_ms += 20000;
            }
        }
        assert_int_equal(has_clue(&conduct, "fraud_bursts"), size == 5);
    }
}

// All waits are a third shorter since ten days, at one counter or in the whole hall (new pads).
static void pace(void **state)
{
    for (int everybody = 0; everybody < 2; everybody++) {
        g_auto(Conduct) conduct = { 0 };
        setup(&conduct);
        for (int i = 0; i < DAYS * COUNTERS * 12; i++) {
            int day = i / (COUNTERS * 12), counter = i % COUNTERS;
            ConductPress press = plain_press(counter, i, 100);
            press.day = day;
            press.at_ms = (int64_t)day * 86400000 + i % (COUNTERS * 12) * 200000;
            press.level = i / COUNTERS * 7 % 10 < 7 ? 5 : 4;
            press.wait_ms = 3000 + i * 7919 % 6000;
            if (day >= DAYS - 10 && (counter == 0 || everybody))
                press.wait_ms = press.wait_ms * 2 / 3;
            g_array_append_val(conduct.presses, press);
        }
        assert_int_equal(has_clue(&conduct, "fraud_pace"), !everybody);
    }
}

static void telephones(void **state)
{
    for (int often = 2; often <= 12; often += 10) {
        g_auto(Conduct) conduct = { 0 };
        setup(&conduct);
        g_ptr_array_set_size(conduct.telephones, 20);
        for (int i = 0; i < 20 + often; i++) {
            ConductPress press = plain_press(0, 0, 1);
            press.is_on_pad = false;
            press.day = TODAY;
            press.at_ms = (int64_t)TODAY * 86400000 + i;
            press.telephone = MIN(i, 19);
            g_array_append_val(conduct.presses, press);
        }
        assert_int_equal(has_clue(&conduct, "fraud_telephone"), often == 12);
    }
}

// One that is judged already, and one that is open.
static int64_t since(void *ctx, const char *kind, const Conduct *conduct, int subject)
{
    return *(int64_t *)ctx;
}

static void what_was_judged_is_not_judged_again(void **state)
{
    g_auto(Conduct) conduct = { 0 };
    setup(&conduct);
    for (int n = 0; n < 20; n++) {
        ConductPress press = plain_press(0, n, 20);
        make_quick(&press);
        g_array_append_val(conduct.presses, press);
    }
    conduct_prepare(&conduct);
    int64_t all = 0, half = g_array_index(conduct.presses, ConductPress, 9).at_ms, open = INT64_MAX;
    const struct {
        int64_t *since;
        int of; // 0: no clue
    } rows[] = { { &all, 20 }, { &half, 10 }, { &open, 0 } };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) clues =
            g_ptr_array_new_with_free_func((GDestroyNotify)fraud_clue_free);
        FraudOptions asked = options;
        asked.since = since;
        asked.ctx = rows[i].since;
        fraud_judge(&conduct, &asked, clues);
        assert_int_equal(clues->len, rows[i].of > 0);
        if (clues->len > 0)
            assert_int_equal(((FraudClue *)clues->pdata[0])->of, rows[i].of);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(presses),
        cmocka_unit_test(visits),
        cmocka_unit_test(who_hardly_invites),
        cmocka_unit_test(runs),
        cmocka_unit_test(bursts),
        cmocka_unit_test(pace),
        cmocka_unit_test(telephones),
        cmocka_unit_test(what_was_judged_is_not_judged_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
