// SPDX-License-Identifier: Apache-2.0
#include "rating/queue_choice.h"
#include "rating/queue_estimate.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { N_MAX = 16 };

// A line of people: "A7" waits in lane A with place 7; "!" priority; ">c2" only at that counter.
static size_t read_line(const char *text, QueueWaiter *waiters, GStringChunk *kept)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    size_t n = 0;
    for (char **word = words; *word && **word; word++) {
        char *only = strchr(*word, '>');
        waiters[n] = (QueueWaiter){
            .lane = g_string_chunk_insert_len(kept, *word, 1),
            .place_ms = atoi(*word + 1),
            .is_priority = strchr(*word, '!') != NULL,
            .only_counter = only ? g_string_chunk_insert(kept, only + 1) : NULL,
            .seq = (int64_t)n,
        };
        n++;
    }
    return n;
}

static void test_who_is_next(void **state)
{
    static const struct {
        const char *what, *line, *lanes;
        int run;
        const char *next; // "": nobody
    } rows[] = {
        { "nobody waits", "", "A", 0, "" },
        { "first come, first called", "A1 A2 A3", "A", 0, "A1" },
        { "places count, not the order of rows", "A3 A1 A2", "A", 0, "A1" },
        { "another lane's people are not ours", "B1", "A", 0, "" },
        { "of two lanes whoever has waited longest", "A5 B2", "A,B", 0, "B2" },
        { "priority goes before", "A1 A2 A9!", "A", 0, "A9!" },
        { "of two with priority the first", "A1 A9! A8!", "A", 0, "A8!" },
        { "twice in a row may go on", "A1 A9!", "A", 2, "A9!" },
        { "after three the one who waits", "A1 A2 A9!", "A", 3, "A1" },
        { "after three, but nobody else waits", "A9!", "A", 3, "A9!" },
        { "after three the longest of all our lanes", "A4 B2 A9!", "A,B", 3, "B2" },
        { "others of a lane that is not ours hold nobody up", "B1 A9!", "A", 3, "A9!" },
        { "passed on to this counter", "B1>c1 A2", "A", 0, "B1>c1" },
        { "passed on to another one", "A1>c2 A2", "A", 0, "A2" },
        { "passed on with priority", "B7!>c1 A2", "A", 0, "B7!>c1" },
        { "equal places: as they came", "A1 A1", "A", 0, "A1" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        QueueWaiter waiters[N_MAX];
        GStringChunk *kept = g_string_chunk_new(64);
        g_auto(GStrv) lanes = g_strsplit(rows[i].lanes, ",", -1);
        g_auto(GStrv) words = g_strsplit(rows[i].line, " ", -1);
        size_t n = read_line(rows[i].line, waiters, kept);
        QueueDesk desk = { "c1", (const char *const *)lanes, rows[i].run, 3 };
        ssize_t next = queue_choose(waiters, n, &desk);
        const char *found = next < 0 ? "" : words[next];
        if (strcmp(found, rows[i].next) != 0)
            fail_msg("%s: %s was called instead of %s", rows[i].what, found, rows[i].next);
        g_string_chunk_free(kept);
    }
}

// --- halls at random: who waits, who is called where, and what may never be

typedef struct {
    QueueWaiter waiter;
    bool is_called;
    unsigned ahead;     // who waited without priority when it came
    unsigned passed_by; // calls of a counter of its lane since it came, without it
} Person;

enum { PEOPLE = 400, COUNTERS = 4, RUN_MAX = 3 };

// Nobody of the same lane and class who came before still waits.
static void check_order(const Person *people, size_t n, const Person *called)
{
    for (size_t i = 0; i < n; i++) {
        const Person *other = &people[i];
        if (other->is_called || other == called || other->waiter.only_counter ||
            called->waiter.only_counter)
            continue;
        if (strcmp(other->waiter.lane, called->waiter.lane) == 0 &&
            other->waiter.is_priority == called->waiter.is_priority)
            assert_false(queue_is_before(&other->waiter, &called->waiter));
    }
}

// One call; the index of who came, -1: nobody.
static ssize_t call_one(Person *people, size_t n, const QueueDesk *desk)
{
    QueueWaiter waiting[PEOPLE] = { 0 };
    size_t of[PEOPLE] = { 0 }, n_waiting = 0;
    for (size_t i = 0; i < n; i++) {
        if (people[i].is_called)
            continue;
        of[n_waiting] = i;
        waiting[n_waiting++] = people[i].waiter;
    }
    ssize_t next = queue_choose(waiting, n_waiting, desk);
    if (next < 0)
        return -1;
    Person *called = &people[of[next]];
    assert_false(called->is_called); // never two counters one ticket
    check_order(people, n, called);
    called->is_called = true;
    return (ssize_t)of[next];
}

// Only those who waited without priority before it can come first, each with RUN_MAX who have it;
// each counter may have begun such a run already.
static void check_bound(const Person *person)
{
    if (!person->waiter.is_priority)
        assert_true(person->passed_by <= (person->ahead + COUNTERS) * (RUN_MAX + 1));
}

static void come(Person *people, size_t *n, GRand *chance, int step)
{
    Person *person = &people[*n];
    person->waiter = (QueueWaiter){ .lane = g_rand_boolean(chance) ? "A" : "B",
                                    .is_priority = g_rand_int_range(chance, 0, 10) < 7,
                                    .place_ms = step,
                                    .seq = (int64_t)*n };
    for (size_t i = 0; i < *n; i++)
        person->ahead += !people[i].is_called && !people[i].waiter.is_priority;
    (*n)++;
}

static void test_nobody_starves(void **state)
{
    static const char *const lanes[COUNTERS][3] = {
        { "A", NULL }, { "A", "B", NULL }, { "B", NULL }, { "A", "B", NULL }
    };
    static const char *const names[COUNTERS] = { "c1", "c2", "c3", "c4" };
    for (guint32 seed = 1; seed <= 60; seed++) {
        g_autoptr(GRand) chance = g_rand_new_with_seed(seed);
        Person people[PEOPLE] = { 0 };
        int run[COUNTERS] = { 0 };
        size_t n = 0;
        // A rush: more priority tickets come than can be called, for as long as people come.
        for (int step = 0; step < 4000; step++) {
            for (int i = g_rand_int_range(chance, 0, 4); i > 0 && n < PEOPLE; i--)
                come(people, &n, chance, step);
            int counter = g_rand_int_range(chance, 0, COUNTERS);
            QueueDesk desk = { names[counter], lanes[counter], run[counter], RUN_MAX };
            ssize_t called = call_one(people, n, &desk);
            if (called < 0)
                continue;
            run[counter] = people[called].waiter.is_priority ? run[counter] + 1 : 0;
            for (size_t i = 0; i < n; i++) {
                if (people[i].is_called || !g_strv_contains(lanes[counter], people[i].waiter.lane))
                    continue;
                people[i].passed_by++;
                check_bound(&people[i]);
            }
        }
        for (size_t i = 0; i < n; i++)
            assert_true(people[i].is_called);
    }
}

// The one without priority who has waited longest of all comes within RUN_MAX + 1 calls of any one
// counter that serves it, however many with priority come.
static void test_the_longest_waiting_comes_soon(void **state)
{
    for (int run = 0; run <= RUN_MAX; run++) {
        Person people[PEOPLE] = { 0 };
        const char *const lanes[] = { "A", NULL };
        size_t n = 0;
        int own_run = run, calls = 0;
        people[n++].waiter = (QueueWaiter){ .lane = "A" };
        while (!people[0].is_called) {
            people[n].waiter = (QueueWaiter){
                .lane = "A", .is_priority = true, .place_ms = (int64_t)n, .seq = (int64_t)n
            };
            n++;
            QueueDesk desk = { "c1", lanes, own_run, RUN_MAX };
            assert_true(call_one(people, n, &desk) >= 0);
            own_run++;
            assert_true(++calls <= RUN_MAX + 1);
        }
    }
}

// --- the estimate

static void test_estimates(void **state)
{
    static const struct {
        const char *what, *services; // minutes
        double ahead;
        int counters;
        const char *expected; // "" nothing is said
    } rows[] = {
        { "too few services", "5 5 5 5", 3, 1, "" },
        { "no counter is open", "5 5 5 5 5", 3, 0, "" },
        { "all alike", "5 5 5 5 5", 2, 1, "10-15" },
        { "who is next", "5 5 5 5 5", 0, 1, "0-5" },
        { "two counters halve it", "5 5 5 5 5", 3, 2, "7-10" },
        { "the quick and the slow quarter", "1 2 3 4 5 6 7 8", 1, 1, "3-15" },
        { "one that took very long is not the rule", "5 5 5 5 5 5 5 119", 2, 1, "10-15" },
        { "a share of another lane's people", "4 4 4 4 4", 1.5, 1, "6-10" },
        { "at most four hours are said", "60 60 60 60 60", 9, 1, "240-240" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t services[ESTIMATE_SERVICES_MAX];
        g_auto(GStrv) words = g_strsplit(rows[i].services, " ", -1);
        size_t n = 0;
        for (char **word = words; *word; word++)
            services[n++] = atoi(*word) * (int64_t)60000;
        QueueEstimate e = queue_estimate(services, n, rows[i].ahead, rows[i].counters);
        g_autofree char *found =
            e.is_known ? g_strdup_printf("%d-%d", e.low_min, e.high_min) : g_strdup("");
        if (strcmp(found, rows[i].expected) != 0)
            fail_msg("%s: %s, expected %s", rows[i].what, found, rows[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_is_next),
        cmocka_unit_test(test_nobody_starves),
        cmocka_unit_test(test_the_longest_waiting_comes_soon),
        cmocka_unit_test(test_estimates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
