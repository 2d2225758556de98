// SPDX-License-Identifier: Apache-2.0
#include "capture/retention.h"
#include "capture/archive_check.h"
#include "tests/unit/capture/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

// Five segments of 10 bytes, the oldest first. h: held.
static const struct {
    const char *name;
    const char *held;
    int64_t quota, floor, used, free;
    const char *victims; // x: goes
    int64_t missing, used_after, free_after;
} ROWS[] = {
    { "no limits", ".....", 0, 0, 50, 0, ".....", 0, 50, 0 },
    { "quota kept to the byte", ".....", 50, 0, 50, 0, ".....", 0, 50, 0 },
    { "quota over by one", ".....", 49, 0, 50, 0, "x....", 0, 40, 10 },
    { "quota passes over held ones", "hh...", 30, 0, 50, 0, "..xx.", 0, 30, 20 },
    { "quota, all held", "hhhhh", 30, 0, 50, 0, ".....", 20, 50, 0 },
    { "floor", ".....", 0, 25, 50, 5, "xx...", 0, 30, 25 },
    { "floor cannot be reached", "..h..", 0, 100, 50, 5, "xx.xx", 55, 10, 45 },
    { "open segments count", ".....", 50, 0, 75, 0, "xxx..", 0, 45, 30 },
};

static void oldest_go_first_and_held_ones_never(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        RetentionItem items[5];
        bool victims[5];
        for (int k = 0; k < 5; k++)
            items[k] =
                (RetentionItem){ .id = k + 1, .bytes = 10, .is_held = ROWS[i].held[k] == 'h' };
        RetentionLimits limits = { .quota_bytes = ROWS[i].quota,
                                   .floor_bytes = ROWS[i].floor,
                                   .used_bytes = ROWS[i].used,
                                   .free_bytes = ROWS[i].free };
        print_message("%s\n", ROWS[i].name);
        assert_int_equal(retention_choose(&limits, items, 5, victims), ROWS[i].missing);
        for (int k = 0; k < 5; k++)
            assert_int_equal(victims[k], ROWS[i].victims[k] == 'x');
        assert_int_equal(limits.used_bytes, ROWS[i].used_after);
        assert_int_equal(limits.free_bytes, ROWS[i].free_after);
    }
}

enum { N_DAYS = 6 };
static const int64_t T0 = INT64_C(1763946000123456);
static const int64_t DAY_US = INT64_C(86400) * 1000000;

static void record(Archive *archive, Sample *sample, const char *camera, int64_t wall_us)
{
    ArchiveSegment *segment;
    SegmentEntry entry;
    ArchiveBegin begin = { .camera = camera,
                           .wall_us = wall_us,
                           .init = sample->init,
                           .codecs = "avc1.42c00a",
                           .width = 64,
                           .height = 48 };
    assert_int_equal(archive_begin(archive, &begin, &segment), 0);
    assert_int_equal(archive_append(archive, segment, sample_fragment(sample, 0), &entry), 0);
    assert_int_equal(archive_finish(archive, segment), 0);
}

static int64_t days_left(Archive *archive, const char *camera)
{
    return store_value(archive_store(archive), -1, "SELECT count(*) FROM segment WHERE camera = ?",
                       "s", camera);
}

// Four cameras of six days: one keeps three days, one all of them, one is held on its first day and
// keeps one, and one has no days of its own.
static void each_camera_has_its_days(void **state)
{
    static const char *const CAMERAS[] = { "a", "b", "c", "d" };
    g_autofree char *dir = g_dir_make_tmp("hw-retention-XXXXXX", NULL), *reason = NULL;
    g_autoptr(GHashTable) days = g_hash_table_new(g_str_hash, g_str_equal);
    Sample *sample = sample_new(2, 64);
    Archive *archive = NULL;
    ArchiveOptions options = { .data_dir = dir, .hall = "hall1" };
    assert_int_equal(archive_open(&options, &reason, &archive), 0);
    for (int day = 0; day < N_DAYS; day++)
        for (size_t i = 0; i < G_N_ELEMENTS(CAMERAS); i++)
            record(archive, sample, CAMERAS[i], T0 + day * DAY_US + (int64_t)i);
    IndexHold hold = {
        .id = "h", .camera = "c", .from_us = T0, .to_us = T0 + 1000000, .reason = "by hand"
    };
    g_autoptr(Index) index = NULL;
    assert_int_equal(index_open(dir, &reason, &index), 0);
    assert_int_equal(index_put_hold(index, &hold), 0);
    g_clear_pointer(&index, index_free);
    g_hash_table_insert(days, (char *)"a", GINT_TO_POINTER(3));
    g_hash_table_insert(days, (char *)"b", GINT_TO_POINTER(30));
    g_hash_table_insert(days, (char *)"c", GINT_TO_POINTER(1));
    RetentionLimits limits = { .now_us = T0 + 5 * DAY_US + DAY_US / 2,
                               .days = 5,
                               .camera_days = days };
    int64_t missing;
    while (retention_run(archive, &limits, &missing) == 1)
        ;
    assert_int_equal(days_left(archive, "a"), 3);
    assert_int_equal(days_left(archive, "b"), 6);
    assert_int_equal(days_left(archive, "c"), 1 + 1);
    assert_int_equal(days_left(archive, "d"), 5);
    archive_free(archive);
    assert_int_equal(archive_check(dir, NULL, NULL, stdout, true), 0);
    sample_free(sample);
    const char *argv[] = { "rm", "-rf", "--", dir, NULL };
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
}

static Archive *open_storage(const char *dir, int storage)
{
    g_autofree char *root = g_strdup_printf("%s/disk%d", dir, storage), *reason = NULL;
    ArchiveOptions options = { .data_dir = dir, .root = root, .hall = "h", .storage = storage };
    Archive *archive = NULL;
    assert_int_equal(archive_open(&options, &reason, &archive), 0);
    return archive;
}

static int64_t rows(Archive *archive, const char *camera, int64_t storage)
{
    return store_value(archive_store(archive), -1,
                       "SELECT count(*) FROM segment WHERE camera = ? AND storage = ?", "si",
                       camera, storage);
}

static void run(Archive *archive, RetentionLimits *limits)
{
    int64_t missing;
    while (retention_run(archive, limits, &missing) == 1)
        ;
}

// Camera a has two days on the main disk, two on the spare and two on the main one again; its quota
// holds three. Nothing of b goes, and each disk deletes only what lies on it.
static void a_cameras_quota_counts_all_disks_and_takes_its_oldest(void **state)
{
    g_autofree char *dir = g_dir_make_tmp("hw-retention-XXXXXX", NULL);
    g_autoptr(GHashTable) quotas = g_hash_table_new(g_str_hash, g_str_equal);
    Sample *sample = sample_new(2, 64);
    Archive *disks[] = { open_storage(dir, 0), open_storage(dir, 1) };
    for (int day = 0; day < N_DAYS; day++) {
        record(disks[day / 2 % 2], sample, "a", T0 + day * DAY_US);
        record(disks[day / 2 % 2], sample, "b", T0 + day * DAY_US + 1);
    }
    int64_t one = store_value(archive_store(disks[0]), 0, "SELECT max(bytes) FROM segment", "");
    int64_t quota = 3 * one;
    g_hash_table_insert(quotas, (char *)"a", &quota);
    RetentionLimits limits = { .camera_quotas = quotas };
    run(disks[1], &limits); // the main disk is away: its share is not taken from what is newer
    assert_int_equal(rows(disks[0], "a", 0), 4);
    assert_int_equal(rows(disks[0], "a", 1), 1);
    run(disks[0], &limits);
    run(disks[1], &limits);
    assert_int_equal(rows(disks[0], "a", 0), 2);
    assert_int_equal(rows(disks[0], "a", 1), 1);
    assert_int_equal(rows(disks[0], "b", 0) + rows(disks[0], "b", 1), N_DAYS);
    for (int i = 0; i < 2; i++)
        archive_free(disks[i]);
    g_autofree char *main_disk = g_build_filename(dir, "disk0", NULL);
    g_autofree char *spare = g_build_filename(dir, "disk1", NULL);
    assert_int_equal(archive_check(dir, main_disk, spare, stdout, true), 0);
    sample_free(sample);
    const char *argv[] = { "rm", "-rf", "--", dir, NULL };
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
}

// Else a camera of which much is held would keep nothing new.
static void what_is_held_comes_on_top_of_a_cameras_quota(void **state)
{
    g_autofree char *dir = g_dir_make_tmp("hw-retention-XXXXXX", NULL), *reason = NULL;
    g_autoptr(GHashTable) quotas = g_hash_table_new(g_str_hash, g_str_equal);
    Sample *sample = sample_new(2, 64);
    Archive *archive = open_storage(dir, 0);
    for (int day = 0; day < N_DAYS; day++)
        record(archive, sample, "a", T0 + day * DAY_US);
    IndexHold hold = {
        .id = "h", .camera = "a", .from_us = T0, .to_us = T0 + 2 * DAY_US, .reason = "by hand"
    };
    g_autoptr(Index) index = NULL;
    assert_int_equal(index_open(dir, &reason, &index), 0);
    assert_int_equal(index_put_hold(index, &hold), 0);
    int64_t one = store_value(archive_store(archive), 0, "SELECT max(bytes) FROM segment", "");
    g_hash_table_insert(quotas, (char *)"a", &one);
    RetentionLimits limits = { .camera_quotas = quotas };
    run(archive, &limits);
    assert_int_equal(rows(archive, "a", 0), 2 + 1);
    assert_int_equal(index_delete_hold(index, "h"), 0);
    run(archive, &limits);
    assert_int_equal(rows(archive, "a", 0), 1);
    archive_free(archive);
    sample_free(sample);
    const char *argv[] = { "rm", "-rf", "--", dir, NULL };
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(oldest_go_first_and_held_ones_never),
        cmocka_unit_test(each_camera_has_its_days),
        cmocka_unit_test(a_cameras_quota_counts_all_disks_and_takes_its_oldest),
        cmocka_unit_test(what_is_held_comes_on_top_of_a_cameras_quota),
    };
    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
