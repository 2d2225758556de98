// SPDX-License-Identifier: Apache-2.0
#include "capture/ring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

// Items are counted numbers, so that a leak or a double release shows.
typedef struct {
    int refs;
    int number;
} Item;

static gint alive;

static gpointer item_ref(gpointer data)
{
    g_atomic_int_inc(&((Item *)data)->refs);
    return data;
}

static void item_unref(gpointer data)
{
    if (!g_atomic_int_dec_and_test(&((Item *)data)->refs))
        return;
    g_atomic_int_add(&alive, -1);
    g_free(data);
}

static const RingItemFuncs funcs = { item_ref, item_unref };

static void push(Ring *ring, int number, bool key, size_t bytes)
{
    Item *item = g_new(Item, 1);
    *item = (Item){ 1, number };
    g_atomic_int_inc(&alive);
    ring_push(ring, item, bytes, key);
}

// "K..K.": keys and others, numbered from `from`, 10 bytes each.
static void push_all(Ring *ring, int from, const char *kinds)
{
    for (int i = 0; kinds[i]; i++)
        push(ring, from + i, kinds[i] == 'K', 10);
}

// The next item's number; -1: empty, -2: the end.
static int next(RingReader *reader, uint64_t *ret_dropped)
{
    gpointer item = NULL;
    RingResult result = ring_read(reader, &item, ret_dropped);
    if (result != RING_ITEM)
        return result == RING_EMPTY ? -1 : -2;
    int number = ((Item *)item)->number;
    item_unref(item);
    return number;
}

static void starts(void **state)
{
    static const struct {
        const char *pushed;
        RingStart start;
        int first_old; // -1: none of what was there
        int first_new; // of "..K." that comes after
    } rows[] = {
        { "K..K..", RING_FROM_KEPT_KEY, 3, 6 }, { "K..K..", RING_FROM_NEXT_KEY, -1, 8 },
        { "K..K..", RING_FROM_NOW, -1, 6 },     { "", RING_FROM_KEPT_KEY, -1, 2 },
        { "...", RING_FROM_KEPT_KEY, -1, 5 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Ring) ring = ring_new(funcs, 100, 100000);
        push_all(ring, 0, rows[i].pushed);
        g_autoptr(RingReader) reader = ring_reader_new(ring, rows[i].start, NULL, NULL);
        int n = (int)strlen(rows[i].pushed);
        int number = next(reader, NULL);
        assert_int_equal(number, rows[i].first_old);
        while (number >= 0)
            number = next(reader, NULL);
        push_all(ring, n, "..K.");
        assert_int_equal(next(reader, NULL), rows[i].first_new);
        assert_int_equal(ring_reader_dropped(reader), 0);
    }
    assert_int_equal(alive, 0);
}

static void slow_reader_jumps_to_key(void **state)
{
    g_autoptr(Ring) ring = ring_new(funcs, 4, 100000);
    g_autoptr(RingReader) reader = ring_reader_new(ring, RING_FROM_NOW, NULL, NULL);
    push_all(ring, 0, "K.K..K.."); // 4 to 7 are kept; 5 is the key among them
    uint64_t dropped = 0;
    assert_int_equal(next(reader, &dropped), 5);
    assert_int_equal(dropped, 5);
    assert_int_equal(next(reader, &dropped), 6);
    assert_int_equal(dropped, 0);
    assert_int_equal(ring_reader_dropped(reader), 5);
}

static void newest_gop_is_kept_up_to_twice_the_limit(void **state)
{
    static const struct {
        size_t max_items, max_bytes;
        const char *pushed;
        int kept_key; // where a new reader begins; -1: nowhere yet
    } rows[] = {
        { 4, 10000, "K.K.....", 2 },      // 6 of the newest GOP: over 4, not over 8
        { 4, 10000, "K.K........", -1 },  // over 8: the key is gone
        { 100, 40, "K.K.....", 2 },       // the same by bytes
        { 100, 40, "K.K........", -1 },   // the same by bytes
        { 4, 10000, "K.K........K", 11 }, // and there it is again
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Ring) ring = ring_new(funcs, rows[i].max_items, rows[i].max_bytes);
        push_all(ring, 0, rows[i].pushed);
        assert_true((size_t)alive <= 2 * rows[i].max_items);
        assert_true((size_t)alive * 10 <= 2 * rows[i].max_bytes);
        g_autoptr(RingReader) reader = ring_reader_new(ring, RING_FROM_KEPT_KEY, NULL, NULL);
        assert_int_equal(next(reader, NULL), rows[i].kept_key);
    }
}

static void what_everybody_has_read_goes_with_the_next_key(void **state)
{
    g_autoptr(Ring) ring = ring_new(funcs, 100, 100000);
    g_autoptr(RingReader) reader = ring_reader_new(ring, RING_FROM_NOW, NULL, NULL);
    push_all(ring, 0, "K..K.");
    assert_int_equal(alive, 5); // nothing is read yet
    for (int i = 0; i < 4; i++)
        assert_int_equal(next(reader, NULL), i);
    push_all(ring, 5, ".");
    assert_int_equal(alive, 3); // the newest GOP
    push_all(ring, 6, "K");
    assert_int_equal(alive, 3); // 4 and 5 are still wanted
    for (int i = 4; i < 7; i++)
        assert_int_equal(next(reader, NULL), i);
    assert_int_equal(ring_reader_dropped(reader), 0);
    push_all(ring, 7, ".");
    assert_int_equal(alive, 2);
}

static void one_large_item_stays(void **state)
{
    g_autoptr(Ring) ring = ring_new(funcs, 4, 100);
    push_all(ring, 0, "K.");
    push(ring, 2, true, 5000);
    assert_int_equal(alive, 1);
    g_autoptr(RingReader) reader = ring_reader_new(ring, RING_FROM_KEPT_KEY, NULL, NULL);
    assert_int_equal(next(reader, NULL), 2);
}

static void close_gives_the_rest_then_the_end(void **state)
{
    g_autoptr(Ring) ring = ring_new(funcs, 10, 1000);
    push_all(ring, 0, "K.");
    g_autoptr(RingReader) reader = ring_reader_new(ring, RING_FROM_KEPT_KEY, NULL, NULL);
    ring_close(ring);
    push_all(ring, 2, ".."); // released at once
    assert_int_equal(alive, 2);
    ring_wait(reader, 60000); // returns at once
    assert_int_equal(next(reader, NULL), 0);
    assert_int_equal(next(reader, NULL), 1);
    assert_int_equal(next(reader, NULL), -2);
    ring_wait(reader, 60000);
}

static void clear_makes_readers_wait_for_a_key(void **state)
{
    g_autoptr(Ring) ring = ring_new(funcs, 10, 1000);
    g_autoptr(RingReader) reader = ring_reader_new(ring, RING_FROM_NOW, NULL, NULL);
    push_all(ring, 0, "K.");
    ring_clear(ring);
    assert_int_equal(alive, 0);
    push_all(ring, 2, ".K");
    uint64_t dropped = 0;
    assert_int_equal(next(reader, &dropped), 3);
    assert_int_equal(dropped, 3);
}

static void count_wake(void *ctx)
{
    g_atomic_int_inc((gint *)ctx);
}

static void wakes(void **state)
{
    gint first = 0, second = 0;
    g_autoptr(Ring) ring = ring_new(funcs, 10, 1000);
    g_autoptr(RingReader) reader = ring_reader_new(ring, RING_FROM_NOW, count_wake, &first);
    RingReader *leaver = ring_reader_new(ring, RING_FROM_NOW, count_wake, &second);
    push_all(ring, 0, "K.");
    ring_reader_free(leaver);
    push_all(ring, 2, ".");
    assert_int_equal(first, 3);
    assert_int_equal(second, 2);
    ring_close(ring);
    assert_int_equal(first, 4);
}

// --- threads

enum { PUSHED = 20000 };

static gpointer produce(gpointer data)
{
    for (int i = 0; i < PUSHED; i++)
        push(data, i, i % 25 == 0, 10);
    ring_close(data);
    return NULL;
}

// Numbers grow; what is missing is what was reported as dropped.
static gpointer consume(gpointer data)
{
    RingReader *reader = data;
    int expected = 0;
    for (;;) {
        uint64_t dropped = 0;
        int number = next(reader, &dropped);
        if (number == -2)
            return GINT_TO_POINTER(expected <= PUSHED);
        if (number == -1) {
            ring_wait(reader, 1000);
            continue;
        }
        if (number != expected + (int)dropped)
            return NULL;
        expected = number + 1;
    }
}

static void readers_in_threads(void **state)
{
    g_autoptr(Ring) ring = ring_new(funcs, 50, 100000);
    RingReader *readers[4];
    GThread *threads[4];
    for (int i = 0; i < 4; i++) {
        readers[i] = ring_reader_new(ring, RING_FROM_NEXT_KEY, NULL, NULL);
        threads[i] = g_thread_new("consumer", consume, readers[i]);
    }
    GThread *producer = g_thread_new("producer", produce, ring);
    for (int i = 0; i < 4; i++) {
        assert_non_null(g_thread_join(threads[i]));
        ring_reader_free(readers[i]);
    }
    g_thread_join(producer);
}

typedef struct {
    gint is_freed, late;
} Guard;

static void note_late(void *ctx)
{
    Guard *guard = ctx;
    g_thread_yield();
    if (g_atomic_int_get(&guard->is_freed))
        g_atomic_int_inc(&guard->late);
}

// Readers that come and go while another thread pushes: no wake after ring_reader_free.
static void no_wake_after_free(void **state)
{
    g_autoptr(Ring) ring = ring_new(funcs, 50, 100000);
    GThread *producer = g_thread_new("producer", produce, ring);
    Guard guards[500] = { 0 };
    for (size_t i = 0; i < G_N_ELEMENTS(guards); i++) {
        RingReader *reader = ring_reader_new(ring, RING_FROM_NOW, note_late, &guards[i]);
        g_thread_yield();
        ring_reader_free(reader);
        g_atomic_int_set(&guards[i].is_freed, 1);
    }
    g_thread_join(producer);
    for (size_t i = 0; i < G_N_ELEMENTS(guards); i++)
        assert_int_equal(guards[i].late, 0);
}

static int nothing_leaks(void **state)
{
    return alive == 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(starts, nothing_leaks),
        cmocka_unit_test_teardown(slow_reader_jumps_to_key, nothing_leaks),
        cmocka_unit_test_teardown(newest_gop_is_kept_up_to_twice_the_limit, nothing_leaks),
        cmocka_unit_test_teardown(what_everybody_has_read_goes_with_the_next_key, nothing_leaks),
        cmocka_unit_test_teardown(one_large_item_stays, nothing_leaks),
        cmocka_unit_test_teardown(close_gives_the_rest_then_the_end, nothing_leaks),
        cmocka_unit_test_teardown(clear_makes_readers_wait_for_a_key, nothing_leaks),
        cmocka_unit_test_teardown(wakes, nothing_leaks),
        cmocka_unit_test_teardown(readers_in_threads, nothing_leaks),
        cmocka_unit_test_teardown(no_wake_after_free, nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
