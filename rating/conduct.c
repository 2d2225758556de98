// SPDX-License-Identifier: Apache-2.0
#include "rating/conduct.h"

#include <string.h>

#define PRESS(conduct, i) (&g_array_index((conduct)->presses, ConductPress, i))
#define VISIT(conduct, i) (&g_array_index((conduct)->visits, ConductVisit, i))

void conduct_init(Conduct *conduct)
{
    *conduct = (Conduct){ .presses = g_array_new(FALSE, TRUE, sizeof(ConductPress)),
                          .visits = g_array_new(FALSE, TRUE, sizeof(ConductVisit)),
                          .counters = g_ptr_array_new(),
                          .people = g_ptr_array_new(),
                          .telephones = g_ptr_array_new(),
                          .days = g_array_new(FALSE, FALSE, sizeof(CalendarDay)),
                          .text = g_string_chunk_new(4096) };
}

void conduct_done(Conduct *conduct)
{
    if (!conduct->presses)
        return;
    g_array_unref(conduct->presses);
    g_array_unref(conduct->visits);
    g_ptr_array_unref(conduct->counters);
    g_ptr_array_unref(conduct->people);
    g_ptr_array_unref(conduct->telephones);
    g_array_unref(conduct->days);
    g_string_chunk_free(conduct->text);
    *conduct = (Conduct){ 0 };
}

CalendarDay conduct_days_back(const Conduct *conduct, int n)
{
    guint first = conduct->days->len > (guint)n ? conduct->days->len - (guint)n : 0;
    return g_array_index(conduct->days, CalendarDay, first);
}

static int compare_waits(gconstpointer a, gconstpointer b)
{
    int32_t one = *(const int32_t *)a, other = *(const int32_t *)b;
    return one < other ? -1 : one > other;
}

// The presses of one day, from begin to end.
static void hold_against_the_day(Conduct *conduct, guint begin, guint end, GArray *waits)
{
    g_array_set_size(waits, 0);
    for (guint i = begin; i < end; i++) {
        if (PRESS(conduct, i)->wait_ms >= 0)
            g_array_append_val(waits, PRESS(conduct, i)->wait_ms);
    }
    if (waits->len < CONDUCT_WAITS_MIN)
        return;
    g_array_sort(waits, compare_waits);
    int32_t median = MAX(1, g_array_index(waits, int32_t, waits->len / 2));
    int32_t quick = g_array_index(waits, int32_t, waits->len / 20);
    for (guint i = begin; i < end; i++) {
        ConductPress *press = PRESS(conduct, i);
        if (press->wait_ms < 0)
            continue;
        press->pace = (float)(press->wait_ms + 1) / (float)median;
        press->is_swift = press->wait_ms < quick;
    }
}

static void prepare_waits(Conduct *conduct)
{
    g_autoptr(GArray) waits = g_array_new(FALSE, FALSE, sizeof(int32_t));
    guint begin = 0;
    for (guint i = 1; i <= conduct->presses->len; i++) {
        if (i < conduct->presses->len && PRESS(conduct, i)->day == PRESS(conduct, begin)->day)
            continue;
        hold_against_the_day(conduct, begin, i, waits);
        begin = i;
    }
}

// What lies before each press at its counter. A burst is counted at its first press.
static void prepare_neighbours(Conduct *conduct)
{
    g_autofree ConductPress **last = g_new0(ConductPress *, conduct->counters->len);
    g_autofree ConductPress **first = g_new0(ConductPress *, conduct->counters->len);
    for (guint i = 0; i < conduct->presses->len; i++) {
        ConductPress *press = PRESS(conduct, i), *before = last[press->counter];
        int64_t after = before ? press->at_ms - before->at_ms : INT64_MAX;
        press->burst = 0;
        press->is_again = after <= CONDUCT_AGAIN_S * 1000 && before->level == press->level;
        if (after > CONDUCT_BURST_S * 1000)
            first[press->counter] = press;
        if (first[press->counter]->burst < UINT16_MAX)
            first[press->counter]->burst++;
        last[press->counter] = press;
    }
}

static void prepare_visits(Conduct *conduct)
{
    g_autoptr(GArray) durations = g_array_new(FALSE, FALSE, sizeof(int32_t));
    for (guint i = 0; i < conduct->visits->len; i++) {
        if (VISIT(conduct, i)->seconds >= 0)
            g_array_append_val(durations, VISIT(conduct, i)->seconds);
    }
    if (durations->len == 0)
        return;
    g_array_sort(durations, compare_waits);
    int32_t lasting = g_array_index(durations, int32_t, durations->len * 3 / 4);
    for (guint i = 0; i < conduct->visits->len; i++)
        VISIT(conduct, i)->is_long = VISIT(conduct, i)->seconds > lasting;
}

void conduct_prepare(Conduct *conduct)
{
    prepare_waits(conduct);
    prepare_neighbours(conduct);
    prepare_visits(conduct);
}
