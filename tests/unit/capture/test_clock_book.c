// SPDX-License-Identifier: Apache-2.0
#include "capture/clock_book.h"
#include "capture/archive.h"
#include "tests/unit/capture/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const int64_t T0 = INT64_C(1763946000123456);
static const int64_t HOUR_US = INT64_C(3600) * 1000000;

static int64_t record(Archive *archive, Sample *sample, int64_t wall_us)
{
    ArchiveSegment *segment;
    SegmentEntry entry;
    ArchiveBegin begin = { .camera = "cam1",
                           .wall_us = wall_us,
                           .init = sample->init,
                           .codecs = "avc1.42c00a",
                           .width = 64,
                           .height = 48 };
    assert_int_equal(archive_begin(archive, &begin, &segment), 0);
    int64_t id = archive_segment(segment)->head.id;
    assert_int_equal(archive_append(archive, segment, sample_fragment(sample, 0), &entry), 0);
    assert_int_equal(archive_finish(archive, segment), 0);
    return id;
}

static int64_t set_by(Archive *archive, int64_t id)
{
    return store_value(archive_store(archive), -1,
                       "SELECT " ARCHIVE_CLOCK_US " FROM segment WHERE id = ?", "i", id);
}

static void steps_add_up_for_what_came_before_and_are_forgotten_with_it(void **state)
{
    g_autofree char *dir = g_dir_make_tmp("hw-clock-XXXXXX", NULL), *reason = NULL;
    Sample *sample = sample_new(2, 64);
    Archive *archive = NULL;
    ArchiveOptions options = { .data_dir = dir, .hall = "hall1" };
    assert_int_equal(archive_open(&options, &reason, &archive), 0);
    Store *store = archive_store(archive);
    assert_int_equal(clock_book_begin(store), 0);
    int64_t first = record(archive, sample, T0);
    assert_int_equal(clock_book_add_step(store, 3 * HOUR_US), 0);
    int64_t second = record(archive, sample, T0 + 4 * HOUR_US);
    assert_int_equal(clock_book_add_step(store, -2 * HOUR_US), 0);
    int64_t third = record(archive, sample, T0 + 3 * HOUR_US);
    assert_true(first < second && second < third);
    assert_int_equal(set_by(archive, first), HOUR_US);
    assert_int_equal(set_by(archive, second), -2 * HOUR_US);
    assert_int_equal(set_by(archive, third), 0);

    int64_t gone[] = { first, second };
    assert_int_equal(archive_delete(archive, gone, 2), 0);
    assert_int_equal(clock_book_add_step(store, HOUR_US), 0);
    assert_int_equal(store_value(store, -1, "SELECT count(*) FROM clock_step", ""), 1);
    assert_int_equal(set_by(archive, third), HOUR_US);

    ClockBelief belief = { T0, HOUR_US };
    assert_int_equal(clock_book_put_belief(store, belief), 0);
    assert_int_equal(clock_book_put_belief(store, belief), 0);
    assert_int_equal(clock_book_belief(store).known_us, T0);
    assert_int_equal(clock_book_belief(store).doubted_us, HOUR_US);
    archive_free(archive);
    sample_free(sample);
    const char *argv[] = { "rm", "-rf", "--", dir, NULL };
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(steps_add_up_for_what_came_before_and_are_forgotten_with_it),
    };
    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
