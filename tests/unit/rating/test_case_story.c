// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/case_story.h"

#include <stdio.h>

// "accepted@2026-11-24 10:00, paused/5@..." in any order. KIND(NODE) names a node, KIND[UNIT] a
// unit, KIND+ has an approver, KIND~ is tolerant until 2026-11-30; ids are a, b, c ... as written.
static GArray *events_of(const char *text, GStringChunk *texts)
{
    GArray *events = g_array_new(FALSE, FALSE, sizeof(CaseEvent));
    g_auto(GStrv) parts = g_strsplit(text, ", ", -1);
    for (int i = 0; parts[i] && *parts[i]; i++) {
        char kind[32] = "", sign = 0, node[32] = "", unit[32] = "", when[32] = "",
             id[] = { 'a', 0 };
        int days = 0, end = 0;
        assert_int_equal(sscanf(parts[i], "%31[^@/+~([]%n", kind, &end), 1);
        const char *rest = parts[i] + end;
        end = 0;
        if (sscanf(rest, "(%31[^)])%n", node, &end) == 1 && end)
            rest += end;
        end = 0;
        if (sscanf(rest, "[%31[^]]]%n", unit, &end) == 1 && end)
            rest += end;
        if (*rest == '+' || *rest == '~')
            sign = *rest++;
        end = 0;
        if (sscanf(rest, "/%d%n", &days, &end) == 1)
            rest += end;
        assert_int_equal(sscanf(rest, "@%31[^\n]", when), 1);
        id[0] += (char)i;
        CaseEvent event = { .at_ms = at(when),
                            .days = days,
                            .is_approved = sign == '+',
                            .is_tolerant = sign == '~',
                            .papers_due = sign == '~' ? "2026-11-30" : NULL,
                            .id = g_string_chunk_insert(texts, id),
                            .node = *node ? g_string_chunk_insert(texts, node) : NULL,
                            .unit = *unit ? g_string_chunk_insert(texts, unit) : NULL };
        assert_true(case_event_kind_parse(kind, &event.kind));
        g_array_append_val(events, event);
    }
    g_array_sort(events, case_event_compare);
    return events;
}

// A story with the texts that it borrows.
typedef struct {
    GStringChunk *texts;
    GArray *events;
    CaseStory story;
} Tale;

static const CaseUnit two_units[] = { { "A", 5, true }, { "B", 3, false } };

static void tell(Tale *tale, const char *text, bool joint)
{
    *tale = (Tale){ .texts = g_string_chunk_new(64) };
    tale->events = events_of(text, tale->texts);
    case_story_tell(&(CaseTold){ .events = (CaseEvent *)tale->events->data,
                                 .n_events = tale->events->len,
                                 .own_unit = "H",
                                 .units = two_units,
                                 .n_units = joint ? G_N_ELEMENTS(two_units) : 0 },
                    &tale->story);
}

static void tale_done(Tale *tale)
{
    case_story_done(&tale->story);
    g_array_unref(tale->events);
    g_string_chunk_free(tale->texts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Tale, tale_done)

// "b:state d:no_approver", by id.
static char *ignored_of(const Tale *tale)
{
    GString *text = g_string_new(NULL);
    for (char id = 'a'; id <= 'z'; id++) {
        for (guint i = 0; i < tale->events->len; i++) {
            const CaseEvent *event = &g_array_index(tale->events, CaseEvent, i);
            if (event->id[0] == id && event->ignored)
                g_string_append_printf(text, "%s%c:%s", text->len ? " " : "", id,
                                       case_ignored_name(event->ignored));
        }
    }
    return g_string_free(text, FALSE);
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
        g_auto(Tale) tale = { 0 };
        tell(&tale, rows[i].events, false);
        const CaseStory *story = &tale.story;
        assert_string_equal(case_state_name(story->state), rows[i].state);
        assert_int_equal(story->pauses->len, rows[i].pauses);
    }
}

static void test_facts(void **state)
{
    g_auto(Tale) tale = { 0 };
    tell(&tale,
         "received@2026-11-24 09:00, accepted@2026-11-25 09:00, paused/5@2026-11-26 09:00, "
         "finished@2026-12-01 09:00, extended+/10@2026-11-27 09:00, extended+/7@2026-11-28 09:00",
         false);
    const CaseStory *story = &tale.story;
    const CaseRound *round = &g_array_index(story->rounds, CaseRound, 0);
    assert_int_equal(story->facts.n_rounds, 1);
    assert_int_equal(round->received_ms, at("2026-11-24 09:00"));
    assert_int_equal(round->answered_ms, at("2026-11-25 09:00"));
    assert_int_equal(story->facts.accepted_ms, at("2026-11-25 09:00"));
    assert_int_equal(story->facts.ended_ms, at("2026-12-01 09:00"));
    assert_int_equal(story->extension_days, 10); // once
    const CasePause *pause = &g_array_index(story->pauses, CasePause, 0);
    assert_int_equal(pause->approved_days, 5);
    assert_int_equal(pause->to_ms, at("2026-12-01 09:00")); // the end ends the pause
}

static void test_what_is_ignored(void **state)
{
    static const struct {
        bool joint;
        const char *events, *ignored;
    } rows[] = {
        { false, "accepted@2026-11-24 09:00, finished@2026-11-24 10:00", "" },
        { false, "resumed@2026-11-24 09:00, accepted@2026-11-24 10:00, accepted@2026-11-24 11:00",
          "a:state c:state" },
        { false, "accepted@2026-11-24 09:00, finished@2026-11-24 10:00, refused@2026-11-25 09:00",
          "c:state" },
        // A late event makes the other fit: nothing is judged by the order of arrival.
        { false, "resumed@2026-11-25 09:00, paused@2026-11-24 10:00, accepted@2026-11-24 09:00",
          "" },
        { false,
          "accepted@2026-11-24 09:00, extended/5@2026-11-25 09:00, extended+@2026-11-25 10:00, "
          "extended+/5@2026-11-25 11:00, extended+/5@2026-11-25 12:00",
          "b:no_approver c:no_days e:extended_before" },
        { false, "papers_handed@2026-11-24 09:00", "a:state" },
        { false, "accepted@2026-11-24 09:00, sent@2026-11-24 10:00, sent(x)@2026-11-24 10:00",
          "b:no_node" },
        { false, "accepted@2026-11-24 09:00, finished@2026-11-24 10:00, sent(x)@2026-11-25 10:00",
          "c:state" },
        { false, "accepted@2026-11-24 09:00, unit_done[A]@2026-11-24 10:00", "b:not_its_unit" },
        // What a unit says where the case is not a joint one is about the case.
        { false, "accepted@2026-11-24 09:00, paused[A]@2026-11-24 10:00", "" },
        { true,
          "accepted@2026-11-24 09:00, paused[C]@2026-11-24 10:00, paused[H]@2026-11-24 10:00, "
          "extended[C]+/2@2026-11-24 10:00, unit_done[C]@2026-11-24 10:00",
          "b:not_its_unit d:not_its_unit e:not_its_unit" },
        { true,
          "accepted@2026-11-24 09:00, unit_done[A]@2026-11-24 10:00, unit_done[A]@2026-11-24 "
          "11:00, "
          "paused[A]@2026-11-24 12:00, resumed[B]@2026-11-24 12:00",
          "c:state d:state e:state" },
        { true,
          "accepted@2026-11-24 09:00, extended[A]+/2@2026-11-24 10:00, extended[B]+/2@2026-11-24 "
          "10:00, extended+/2@2026-11-24 10:00, extended[A]+/2@2026-11-24 11:00",
          "e:extended_before" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(Tale) tale = { 0 };
        tell(&tale, rows[i].events, rows[i].joint);
        g_autofree char *ignored = ignored_of(&tale);
        if (strcmp(ignored, rows[i].ignored) != 0)
            fail_msg("row %zu: \"%s\", expected \"%s\"", i, ignored, rows[i].ignored);
    }
}

static void test_papers(void **state)
{
    static const struct {
        const char *events, *state;
        guint rounds, pauses;
        bool waits;
    } rows[] = {
        { "received@2026-11-24 09:00, papers_asked@2026-11-25 09:00, papers_handed@2026-11-26 "
          "09:00",
          "received", 2, 0, false },
        { "accepted@2026-11-24 09:00, papers_asked@2026-11-25 09:00, papers_handed@2026-11-26 "
          "09:00",
          "accepted", 0, 1, false },
        // What is handed in while a hearing goes on does not end the hearing.
        { "accepted@2026-11-24 09:00, paused@2026-11-25 09:00, papers_handed@2026-11-26 09:00",
          "paused", 0, 1, false },
        { "accepted~@2026-11-24 09:00", "accepted", 0, 0, true },
        { "accepted~@2026-11-24 09:00, papers_handed@2026-11-26 09:00", "accepted", 0, 0, false },
        { "accepted@2026-11-24 09:00, accepted~@2026-11-26 09:00", "accepted", 0, 0, false },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(Tale) tale = { 0 };
        tell(&tale, rows[i].events, false);
        assert_string_equal(case_state_name(tale.story.state), rows[i].state);
        assert_int_equal(tale.story.rounds->len, rows[i].rounds);
        assert_int_equal(tale.story.pauses->len, rows[i].pauses);
        assert_int_equal(tale.story.papers_due != NULL, rows[i].waits);
    }
}

static char *day_text(int64_t ms)
{
    g_autofree char *text = ms == CASE_NEVER ? g_strdup("----------") : clock_format(ms);
    return g_strndup(text + 8, 2);
}

// Of each part: its name, the days of its beginning and end, its limit and the pauses it stands in.
static char *parts_of(const Tale *tale)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < tale->story.parts->len; i++) {
        const CasePart *part = &g_array_index(tale->story.parts, CasePart, i);
        g_autoptr(GArray) pauses = g_array_new(FALSE, FALSE, sizeof(CasePause));
        CaseFacts facts =
            case_part_facts(&tale->story, part, tale->story.facts.accepted_ms, pauses);
        g_autofree char *from = day_text(facts.accepted_ms), *to = day_text(facts.ended_ms);
        g_string_append_printf(text, "%s%s %s-%s %d/%zu", i ? ", " : "",
                               part->id ? part->node : part->unit, from, to, facts.limit_days,
                               facts.n_pauses);
    }
    return g_string_free(text, FALSE);
}

static void test_parts(void **state)
{
    static const struct {
        bool joint;
        const char *events, *parts;
    } rows[] = {
        { false, "accepted@2026-11-24 09:00", "" },
        // Side by side: from acceptance.
        { true, "accepted@2026-11-24 09:00", "A 24--- 5/0, B 24--- 3/0" },
        { true, "received@2026-11-24 09:00", "A ----- 5/0, B ----- 3/0" },
        { true,
          "accepted@2026-11-24 09:00, unit_done[B]@2026-11-25 09:00, finished@2026-11-26 09:00",
          "A 24-26 5/0, B 24-25 3/0" },
        // One after the other: from being sent to; the lead has it from acceptance.
        { true, "accepted@2026-11-24 09:00, sent[B]@2026-11-26 09:00", "A 24--- 5/0, B 26--- 3/0" },
        { true, "accepted@2026-11-24 09:00, sent[A]@2026-11-26 09:00", "A 26--- 5/0, B ----- 3/0" },
        // A pause of one, of the other, of the whole.
        { true,
          "accepted@2026-11-24 09:00, paused[A]@2026-11-25 09:00, resumed[A]@2026-11-26 09:00, "
          "paused[A]@2026-11-27 09:00",
          "A 24--- 5/2, B 24--- 3/0" },
        { true, "accepted@2026-11-24 09:00, paused[H]@2026-11-25 09:00, paused[B]@2026-11-25 10:00",
          "A 24--- 5/1, B 24--- 3/2" },
        { true, "accepted@2026-11-24 09:00, extended[B]+/4@2026-11-25 09:00",
          "A 24--- 5/0, B 24--- 7/0" },
        // Nodes: with a limit or without, until they act, each its own.
        { false,
          "accepted@2026-11-24 09:00, sent(x)/2@2026-11-24 10:00, node(x)@2026-11-25 09:00, "
          "sent(y)@2026-11-25 09:00, paused@2026-11-26 09:00",
          "x 24-25 2/1, y 25--- -1/1" },
        { false, "accepted@2026-11-24 09:00, sent(x)/2@2026-11-24 10:00, finished@2026-11-26 09:00",
          "x 24-26 2/0" },
        { true,
          "accepted@2026-11-24 09:00, sent(x)[A]/2@2026-11-24 10:00, sent(x)[B]/2@2026-11-24 "
          "10:00, node(x)[B]@2026-11-25 09:00, paused[A]@2026-11-26 09:00",
          "A 24--- 5/1, B 24--- 3/0, x 24--- 2/1, x 24-25 2/0" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(Tale) tale = { 0 };
        tell(&tale, rows[i].events, rows[i].joint);
        g_autofree char *parts = parts_of(&tale);
        if (strcmp(parts, rows[i].parts) != 0)
            fail_msg("row %zu: \"%s\", expected \"%s\"", i, parts, rows[i].parts);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states),          cmocka_unit_test(test_facts),
        cmocka_unit_test(test_what_is_ignored), cmocka_unit_test(test_papers),
        cmocka_unit_test(test_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
