// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/case.h"

// Friday 11-20 to Monday 11-30; EVENT is kind@day[:FIELD] in short, one a line.
#define NOW at("2026-11-30 12:00")

static json_t *case_of(Fixture *f, const char *number, const char *extra, const char *events)
{
    CaseOutcome outcome;
    char error[200] = "";
    g_autofree char *head =
        g_strdup_printf("{'item':{'code':'1','name':'n'},'unit':'H','kind':'promised',"
                        "'limit_days':10%s}",
                        extra);
    json_t *body = json_of(head);
    assert_int_equal(case_put(f->store, &f->hall, number, body, NOW, &outcome, error), 0);
    json_decref(body);
    g_auto(GStrv) lines = g_strsplit(events, "; ", -1);
    for (int i = 0; lines[i] && *lines[i]; i++) {
        char kind[32], extra_field[128] = "";
        int day, n = sscanf(lines[i], "%31[^@]@%d %127[^\n]", kind, &day, extra_field);
        assert_true(n >= 2);
        g_autofree char *text =
            g_strdup_printf("{'id':'e%d','kind':'%s','at':'2026-11-%02dT10:%02d:00+08:00'%s%s}", i,
                            kind, day, i, n > 2 ? "," : "", extra_field);
        body = json_of(text);
        if (case_add_event(f->store, &f->hall, number, body, NOW, &outcome, error) != 0)
            fail_msg("%s: %s", text, error);
        json_decref(body);
    }
    return case_get(f->store, &f->hall, number, NOW);
}

// "counter 20-24 2/1, ..." kind or node, days, working days/used days; event in brackets.
static char *segments_of(json_t *found)
{
    GString *text = g_string_new(NULL);
    size_t i;
    json_t *segment;
    json_array_foreach(json_object_get(json_object_get(found, "line"), "segments"), i, segment)
    {
        g_autofree char *kind = look(segment, "kind"), *node = look(segment, "node"),
                        *from = look(segment, "from_at"), *to = look(segment, "to_at"),
                        *event = look(segment, "event"), *days = look(segment, "days"),
                        *used = look(segment, "used_days");
        bool is_node = strcmp(kind, "node") == 0;
        g_string_append_printf(text, "%s%s %.2s-%.2s %s/%s(%s)", i ? ", " : "",
                               is_node ? node : kind, from + 8, strlen(to) > 9 ? to + 8 : "..",
                               days, used, event);
    }
    return g_string_free(text, FALSE);
}

static void test_segments(void **state)
{
    static const struct {
        const char *extra, *events, *days, *segments;
    } rows[] = {
        { "", "accepted@24", "buuu--u", "counter 24-.. 4/4(null)" },
        { "", "received@20; accepted@24", "b--bbuuu--u", "counter 20-.. 6/4(null)" },
        { "", "received@20; papers_asked@23; papers_handed@24; accepted@25; finished@27",
          "b--bbbuu", "counter 20-23 1/0(null), papers 23-24 1/0(e1), counter 24-27 3/2(null)" },
        { "", "accepted@24; paused@25 'days':1; resumed@27; finished@30", "bupu--u",
          "counter 24-25 1/1(null), procedure 25-27 2/1(e1), counter 27-30 1/1(null)" },
        // From hand to hand; what was sent on without having acted is had by both, the last is
        // shown.
        { "", "accepted@24; sent@25 'node':'x','unit':'A'; node@26 'node':'x'; sent@27 'node':'y'",
          "buuu--u",
          "counter 24-25 1/1(null), x 25-26 1/1(e1), counter 26-27 1/1(null), y 27-.. 1/1(e3)" },
        { "", "accepted@24; sent@25 'node':'x'; sent@26 'node':'y'; node@27 'node':'y'", "buuu--u",
          "counter 24-25 1/1(null), x 25-26 1/1(e1), y 26-27 1/1(e2), x 27-.. 1/1(e1)" },
        // A pause while a node has it; papers handed in do not end a hearing.
        { "", "accepted@24; sent@24 'node':'x'; paused@25; papers_handed@26; resumed@27", "bupp--u",
          "counter 24-24 0/0(null), x 24-25 1/1(e1), procedure 25-27 2/0(e2), x 27-.. 1/1(e1)" },
        // The pause of a unit stops its own clock alone.
        { ",'units':[{'unit':'A'}]", "accepted@24; sent@25 'unit':'A'; paused@26 'unit':'A'",
          "buuu--u", "counter 24-25 1/1(null), unit 25-.. 3/3(e1)" },
        { ",'units':[{'unit':'A'}]", "accepted@24; sent@25 'unit':'A'; unit_done@26 'unit':'A'",
          "buuu--u", "counter 24-25 1/1(null), unit 25-26 1/1(e1), counter 26-.. 2/2(null)" },
        // After the end nothing is drawn, and what is ignored neither.
        { "", "accepted@24; finished@25; picked_up@27; sent@26 'node':'z'", "bu",
          "counter 24-25 1/1(null)" },
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *number = g_strdup_printf("A-%zu", i);
        json_t *found = case_of(f, number, rows[i].extra, rows[i].events);
        g_autofree char *segments = segments_of(found), *days = look(found, "line/days");
        if (strcmp(segments, rows[i].segments) != 0 || strcmp(days, rows[i].days) != 0)
            fail_msg("row %zu: %s \"%s\", expected %s \"%s\"", i, days, segments, rows[i].days,
                     rows[i].segments);
        json_decref(found);
    }
}

static void test_the_used_days_add_up(void **state)
{
    Fixture *f = *state;
    json_t *found = case_of(f, "A-1", "",
                            "received@16; accepted@17; sent@18 'node':'x'; paused@19 'days':2; "
                            "node@20 'node':'x'; resumed@26; sent@27 'node':'y','days':3");
    int sum = 0;
    size_t i;
    json_t *segment;
    json_array_foreach(json_object_get(json_object_get(found, "line"), "segments"), i, segment)
        sum += (int)json_integer_value(json_object_get(segment, "used_days"));
    assert_int_equal(sum, json_integer_value(json_object_get(found, "days_used")));
    assert_look(found, "due", "2026-12-03");
    assert_look(found, "pauses/0/approved_days", "2");
    assert_look(found, "nodes/1/due_at", "2026-12-02T17:30:00.000+08:00");
    json_decref(found);
}

static void test_a_case_without_events_has_no_line(void **state)
{
    Fixture *f = *state;
    json_t *found = case_of(f, "A-1", "", "");
    assert_look(found, "line", "null");
    assert_look(found, "due", "null");
    assert_look(found, "tickets", "[]");
    json_decref(found);
}

#define WITH_HALL(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HALL(test_segments),
        WITH_HALL(test_the_used_days_add_up),
        WITH_HALL(test_a_case_without_events_has_no_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
