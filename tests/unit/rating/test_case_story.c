// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/case_story.h"

#include <stdlib.h>

// "accepted@2026-11-24 10:00 paused/5@..." separated by ", ", in any order.
static GArray *events_of(const char *text)
{
    GArray *events = g_array_new(FALSE, FALSE, sizeof(CaseEvent));
    g_auto(GStrv) parts = g_strsplit(text, ", ", -1);
    for (int i = 0; parts[i] && *parts[i]; i++) {
        g_auto(GStrv) halves = g_strsplit(parts[i], "@", 2);
        char *days = strchr(halves[0], '/');
        if (days)
            *days++ = '\0';
        CaseEvent event = { .at_ms = at(halves[1]), .days = days ? atoi(days) : 0 };
        assert_true(case_event_kind_parse(halves[0], &event.kind));
        g_array_append_val(events, event);
    }
    g_array_sort(events, case_event_compare);
    return events;
}

static void test_states(void **state)
{
    static const struct {
        const char *events, *state;
        guint pauses;
    } rows[] = {
        { "", "filed", 0 },
        { "received@2026-11-24 09:00", "received", 0 },
        { "收件@2026-11-24 09:00, 受理@2026-11-24 10:00", "accepted", 0 },
        // Told in the order of their own time, whatever the order of arrival.
        { "finished@2026-11-26 09:00, accepted@2026-11-24 10:00", "finished", 0 },
        { "resumed@2026-11-26 09:00, paused@2026-11-25 09:00, accepted@2026-11-24 10:00",
          "accepted", 1 },
        // Papers before acceptance: no pause; after it: a pause.
        { "received@2026-11-24 09:00, papers_asked@2026-11-25 09:00", "waiting_papers", 0 },
        { "accepted@2026-11-24 09:00, papers_asked/3@2026-11-25 09:00", "paused", 1 },
        // In one moment: acceptance before the finish.
        { "finished@2026-11-24 10:00, accepted@2026-11-24 10:00, picked_up@2026-11-24 10:00",
          "picked_up", 0 },
        // What does not fit changes nothing.
        { "resumed@2026-11-24 09:00", "filed", 0 },
        { "finished@2026-11-24 10:00, accepted@2026-11-25 10:00", "finished", 0 },
        { "withdrawn@2026-11-24 10:00, finished@2026-11-25 10:00", "withdrawn", 0 },
        { "refused@2026-11-24 10:00", "refused", 0 },
        { "accepted@2026-11-24 10:00, returned@2026-11-25 10:00", "returned", 0 },
        { "precheck@2026-11-24 10:00", "prechecked", 0 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GArray) events = events_of(rows[i].events);
        g_auto(CaseStory) story = { 0 };
        case_story_tell((const CaseEvent *)events->data, events->len, &story);
        assert_string_equal(case_state_name(story.state), rows[i].state);
        assert_int_equal(story.pauses->len, rows[i].pauses);
    }
}

static void test_facts(void **state)
{
    g_autoptr(GArray) events =
        events_of("received@2026-11-24 09:00, accepted@2026-11-25 09:00, "
                  "paused/5@2026-11-26 09:00, finished@2026-12-01 09:00, "
                  "extended/10@2026-11-27 09:00, extended/7@2026-11-28 09:00");
    g_auto(CaseStory) story = { 0 };
    case_story_tell((const CaseEvent *)events->data, events->len, &story);
    assert_int_equal(story.facts.received_ms, at("2026-11-24 09:00"));
    assert_int_equal(story.facts.answered_ms, at("2026-11-25 09:00"));
    assert_int_equal(story.facts.accepted_ms, at("2026-11-25 09:00"));
    assert_int_equal(story.facts.ended_ms, at("2026-12-01 09:00"));
    assert_int_equal(story.extension_days, 10); // once
    const CasePause *pause = &g_array_index(story.pauses, CasePause, 0);
    assert_int_equal(pause->approved_days, 5);
    assert_int_equal(pause->to_ms, at("2026-12-01 09:00")); // the end ends the pause
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
