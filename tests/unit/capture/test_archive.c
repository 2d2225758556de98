// SPDX-License-Identifier: Apache-2.0
// The archive's order of operations: stopped at every step, each start afterwards must leave a
// clean archive.
#include "capture/archive.h"

#include "base/fault.h"
#include "capture/archive_check.h"
#include "capture/retention.h"
#include "tests/unit/capture/sample.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

enum { STOPPED = 77 };
static const int64_t T0 = INT64_C(1763946000123456);

static Sample *the_sample(void **state)
{
    return *state;
}

static int set_up(void **state)
{
    *state = sample_new(8, 64);
    return 0;
}

static int tear_down(void **state)
{
    sample_free(*state);
    return 0;
}

static void remove_tree(const char *path)
{
    const char *argv[] = { "rm", "-rf", "--", path, NULL };
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
}

// A fault at the count-th step (of any kind); err 0: the process ends there, as if by a power cut.
typedef struct {
    int count;
    int err;
    int seen;
} FaultPlan;

static int plan_fault(void *ctx, const char *step)
{
    FaultPlan *plan = ctx;
    if (++plan->seen != plan->count)
        return 0;
    if (!plan->err)
        _exit(STOPPED);
    return plan->err;
}

static Archive *open_or_fail(const char *dir)
{
    ArchiveOptions options = { .data_dir = dir, .hall = "hall1" };
    g_autofree char *reason = NULL;
    Archive *archive = NULL;
    if (archive_open(&options, &reason, &archive) < 0)
        return NULL;
    while (archive_walk(archive))
        ;
    return archive;
}

static int begin(Archive *archive, Sample *sample, int64_t wall_us, ArchiveSegment **ret_segment)
{
    return archive_begin(archive,
                         &(ArchiveBegin){ .camera = "cam1",
                                          .wall_us = wall_us,
                                          .init = sample->init,
                                          .codecs = "avc1.42c00a",
                                          .width = 64,
                                          .height = 48 },
                         ret_segment);
}

static int append(Archive *archive, ArchiveSegment *segment, Sample *sample, int first, int n)
{
    SegmentEntry entry;
    int r = 0;
    for (int i = first; r >= 0 && i < first + n; i++)
        r = archive_append(archive, segment, sample_fragment(sample, i), &entry);
    return r;
}

// One segment of n fragments. The segment is abandoned on an error, as the recorder does.
static int64_t record(Archive *archive, Sample *sample, int64_t wall_us, int n)
{
    ArchiveSegment *segment;
    int r = begin(archive, sample, wall_us, &segment);
    if (r < 0)
        return r;
    int64_t id = archive_segment(segment)->head.id;
    r = append(archive, segment, sample, 0, n);
    if (r >= 0)
        r = archive_sync(archive, &segment, 1);
    if (r < 0) {
        archive_abandon(segment);
        return r;
    }
    r = archive_finish(archive, segment);
    return r < 0 ? r : id;
}

// What a recorder does in an hour, in short.
static int play_day(const char *dir, Sample *sample)
{
    g_autoptr(Archive) archive = open_or_fail(dir);
    if (!archive)
        return -EIO;
    int64_t first = record(archive, sample, T0, 4);
    int64_t second = first < 0 ? first : record(archive, sample, T0 + 2000000, 8);
    if (second < 0)
        return (int)second;
    int r = archive_delete(archive, &first, 1);
    if (r < 0)
        return r;
    int64_t third = record(archive, sample, T0 + 6000000, 2);
    if (third < 0)
        return (int)third;
    ArchiveSegment *segment; // stays open
    r = begin(archive, sample, T0 + 7000000, &segment);
    if (r < 0)
        return r;
    r = append(archive, segment, sample, 0, 3);
    archive_abandon(segment);
    return r;
}

static int check_quietly(const char *dir)
{
    g_autofree char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    int problems = archive_check(dir, NULL, NULL, out, true);
    fclose(out);
    if (problems)
        print_message("%s", text);
    return problems;
}

static int64_t count_rows(const char *dir, const char *sql)
{
    g_autofree char *path = g_build_filename(dir, "media.db", NULL);
    g_autoptr(Store) store = NULL;
    assert_int_equal(store_open(path, STORE_READ, &store), 0);
    return store_value(store, -1, sql, "");
}

static int play_in_child(const char *dir, Sample *sample, int count)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        FaultPlan plan = { .count = count };
        fault_hook(plan_fault, &plan);
        play_day(dir, sample);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void a_stop_at_any_step_is_recovered(void **state)
{
    if (!FAULT_IS_BUILT)
        skip();
    int count = 0, exit_status = STOPPED;
    while (exit_status == STOPPED) {
        g_autofree char *dir = g_dir_make_tmp("hw-archive-XXXXXX", NULL);
        exit_status = play_in_child(dir, the_sample(state), ++count);
        Archive *archive = open_or_fail(dir);
        assert_non_null(archive);
        archive_free(archive);
        print_message("stopped at step %d\n", count);
        assert_int_equal(check_quietly(dir), 0);
        remove_tree(dir);
    }
    assert_int_equal(exit_status, 0);
    assert_true(count > 30);
}

// The first start after a crash is stopped as well, at each of its own steps.
static void a_stop_during_recovery_is_recovered(void **state)
{
    if (!FAULT_IS_BUILT)
        skip();
    int count = 0, exit_status = STOPPED;
    while (exit_status == STOPPED) {
        g_autofree char *dir = g_dir_make_tmp("hw-archive-XXXXXX", NULL);
        assert_int_equal(play_day(dir, the_sample(state)), 0);
        exit_status = play_in_child(dir, the_sample(state), ++count);
        Archive *archive = open_or_fail(dir);
        assert_non_null(archive);
        archive_free(archive);
        assert_int_equal(check_quietly(dir), 0);
        remove_tree(dir);
    }
    assert_int_equal(exit_status, 0);
}

static void an_error_at_any_step_is_recovered(void **state)
{
    if (!FAULT_IS_BUILT)
        skip();
    static const int ERRORS[] = { -EIO, -ENOSPC };
    for (size_t i = 0; i < G_N_ELEMENTS(ERRORS); i++) {
        FaultPlan plan = { .err = ERRORS[i] };
        do {
            g_autofree char *dir = g_dir_make_tmp("hw-archive-XXXXXX", NULL);
            plan.count++;
            plan.seen = 0;
            fault_hook(plan_fault, &plan);
            play_day(dir, the_sample(state));
            fault_hook(NULL, NULL);
            Archive *archive = open_or_fail(dir);
            assert_non_null(archive);
            archive_free(archive);
            assert_int_equal(check_quietly(dir), 0);
            remove_tree(dir);
        } while (plan.seen >= plan.count);
        assert_true(plan.count > 30);
    }
}

static void an_open_row_offline_is_told_and_recovered(void **state)
{
    g_autofree char *dir = g_dir_make_tmp("hw-archive-XXXXXX", NULL);
    assert_int_equal(play_day(dir, the_sample(state)), 0);
    assert_int_equal(check_quietly(dir), 1);
    archive_free(open_or_fail(dir));
    assert_int_equal(check_quietly(dir), 0);
    assert_int_equal(count_rows(dir, "SELECT count(*) FROM segment WHERE state = 'done'"), 3);
    assert_int_equal(count_rows(dir, "SELECT duration_us FROM segment ORDER BY id DESC LIMIT 1"),
                     3 * SAMPLE_FRAGMENT_US);
    remove_tree(dir);
}

static void a_lost_index_is_rebuilt_from_the_files(void **state)
{
    static const char *const FILES[] = { "media.db", "media.db-wal", "media.db-shm" };
    static const char *const FIGURES = "SELECT sum(id % 1000003 * 7 + start_us % 1000003 + "
                                       "duration_us + bytes + previous_id % 1009)"
                                       " FROM segment";
    g_autofree char *dir = g_dir_make_tmp("hw-archive-XXXXXX", NULL);
    assert_int_equal(play_day(dir, the_sample(state)), 0);
    archive_free(open_or_fail(dir));
    int64_t before = count_rows(dir, FIGURES);
    for (size_t i = 0; i < G_N_ELEMENTS(FILES); i++) {
        g_autofree char *path = g_build_filename(dir, FILES[i], NULL);
        g_unlink(path);
    }
    archive_free(open_or_fail(dir));
    assert_int_equal(check_quietly(dir), 0);
    assert_int_equal(count_rows(dir, FIGURES), before);
    remove_tree(dir);
}

static char *first_file(const char *dir)
{
    g_autofree char *path = g_build_filename(dir, "media.db", NULL);
    g_autoptr(Store) store = NULL;
    assert_int_equal(store_open(path, STORE_READ, &store), 0);
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT path FROM segment ORDER BY id LIMIT 1", "");
    assert_true(store_step(query));
    return g_build_filename(dir, "recordings", store_text(query, 0), NULL);
}

static void a_file_that_is_gone_becomes_a_gap(void **state)
{
    g_autofree char *dir = g_dir_make_tmp("hw-archive-XXXXXX", NULL);
    assert_int_equal(play_day(dir, the_sample(state)), 0);
    archive_free(open_or_fail(dir));
    g_autofree char *path = first_file(dir);
    g_autofree char *aside = g_strconcat(path, ".aside", NULL);
    assert_int_equal(g_rename(path, aside), 0);
    assert_int_equal(check_quietly(dir), 1);
    archive_free(open_or_fail(dir));
    assert_int_equal(check_quietly(dir), 0);
    assert_int_equal(count_rows(dir, "SELECT count(*) FROM gap WHERE reason = 'lost'"), 1);
    // And none any more when it is back.
    assert_int_equal(g_rename(aside, path), 0);
    archive_free(open_or_fail(dir));
    assert_int_equal(check_quietly(dir), 0);
    assert_int_equal(count_rows(dir, "SELECT count(*) FROM gap WHERE reason = 'lost'"), 0);
    remove_tree(dir);
}

static int refuse_unlink(void *ctx, const char *step)
{
    return g_str_equal(step, "archive.unlink") ? -EACCES : 0;
}

static void a_file_that_may_not_be_deleted_stops_nothing(void **state)
{
    if (!FAULT_IS_BUILT)
        skip();
    g_autofree char *dir = g_dir_make_tmp("hw-archive-XXXXXX", NULL);
    assert_int_equal(play_day(dir, the_sample(state)), 0);
    Archive *archive = open_or_fail(dir);
    g_autofree char *path = first_file(dir);
    int64_t id = count_rows(dir, "SELECT min(id) FROM segment");
    fault_hook(refuse_unlink, NULL);
    assert_int_equal(archive_delete(archive, &id, 1), 0);
    archive_free(archive);
    archive = open_or_fail(dir);
    assert_non_null(archive);
    archive_free(archive);
    fault_hook(NULL, NULL);
    assert_int_equal(count_rows(dir, "SELECT count(*) FROM garbage"), 1);
    assert_int_equal(access(path, F_OK), 0);
    archive_free(open_or_fail(dir));
    assert_int_equal(count_rows(dir, "SELECT count(*) FROM garbage"), 0);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(check_quietly(dir), 0);
    remove_tree(dir);
}

static void one_changed_byte_is_found(void **state)
{
    g_autofree char *dir = g_dir_make_tmp("hw-archive-XXXXXX", NULL);
    assert_int_equal(play_day(dir, the_sample(state)), 0);
    archive_free(open_or_fail(dir));
    g_autofree char *path = first_file(dir);
    FILE *file = fopen(path, "r+b");
    fseek(file, -1, SEEK_END);
    int byte = fgetc(file);
    fseek(file, -1, SEEK_END);
    fputc(byte ^ 1, file);
    fclose(file);
    assert_int_equal(check_quietly(dir), 1);
    remove_tree(dir);
}

static void another_storage_folder_is_refused(void **state)
{
    g_autofree char *dir = g_dir_make_tmp("hw-archive-XXXXXX", NULL);
    assert_int_equal(play_day(dir, the_sample(state)), 0);
    g_autofree char *root = g_build_filename(dir, "recordings", NULL);
    g_autofree char *aside = g_build_filename(dir, "aside", NULL);
    g_autofree char *meta = g_build_filename(root, ARCHIVE_META_FILE, NULL);
    assert_int_equal(g_rename(root, aside), 0);
    ArchiveOptions options = { .data_dir = dir, .hall = "hall1" };
    g_autofree char *not_mounted = NULL, *wrong = NULL;
    Archive *archive;
    assert_int_equal(archive_open(&options, &not_mounted, &archive), -ENODEV);
    assert_int_not_equal(access(root, F_OK), 0);
    g_mkdir(root, 0750);
    g_file_set_contents(meta, "{\"storage\":\"other\"}", -1, NULL);
    assert_int_equal(archive_open(&options, &wrong, &archive), -ENODEV);
    assert_non_null(strstr(wrong, "belongs to another"));
    remove_tree(root);
    assert_int_equal(g_rename(aside, root), 0);
    archive_free(open_or_fail(dir));
    assert_int_equal(check_quietly(dir), 0);
    remove_tree(dir);
}

// A spare disk is mostly empty: where it should be mounted is no place to record to.
static void an_empty_mount_point_is_refused(void **state)
{
    g_autofree char *dir = g_dir_make_tmp("hw-archive-XXXXXX", NULL);
    g_autofree char *root = g_build_filename(dir, "recordings", NULL), *reason = NULL;
    Archive *archive = open_or_fail(dir);
    assert_non_null(archive);
    archive_free(archive);
    remove_tree(root);
    g_mkdir(root, 0750);
    ArchiveOptions options = { .data_dir = dir, .hall = "hall1" };
    assert_int_equal(archive_open(&options, &reason, &archive), -ENODEV);
    assert_non_null(strstr(reason, "mount the right disk"));
    remove_tree(dir);
}

static void only_one_may_record(void **state)
{
    g_autofree char *dir = g_dir_make_tmp("hw-archive-XXXXXX", NULL);
    g_autofree char *reason = NULL, *second_reason = NULL;
    Index *index = NULL, *second = NULL;
    assert_int_equal(index_open(dir, &reason, &index), 0);
    assert_int_equal(index_open(dir, &second_reason, &second), -EBUSY);
    // Beside a running box an open segment is no problem.
    Archive *archive = open_or_fail(dir);
    ArchiveSegment *segment;
    assert_int_equal(begin(archive, the_sample(state), T0, &segment), 0);
    assert_int_equal(check_quietly(dir), 0);
    archive_abandon(segment);
    archive_free(archive);
    index_free(index);
    remove_tree(dir);
}

// As a recorder does, until there is nothing more to delete.
static void run_retention(Archive *archive, RetentionLimits *limits)
{
    int64_t missing;
    int r;
    while ((r = retention_run(archive, limits, &missing)) == 1)
        ;
    assert_int_equal(r, 0);
}

static void a_held_segment_outlives_its_time(void **state)
{
    g_autofree char *dir = g_dir_make_tmp("hw-archive-XXXXXX", NULL);
    Archive *archive = open_or_fail(dir);
    for (int i = 0; i < 3; i++)
        assert_true(record(archive, the_sample(state), T0 + i * INT64_C(2000000), 4) > 0);
    IndexHold hold = { .id = "h1",
                       .camera = "cam1",
                       .from_us = T0 + 2500000,
                       .to_us = T0 + 3000000,
                       .reason = "bad rating" };
    g_autofree char *reason = NULL;
    Index *index = NULL;
    assert_int_equal(index_open(dir, &reason, &index), 0);
    assert_int_equal(index_held_bytes(index_store(index), NULL), 0);
    assert_int_equal(index_put_hold(index, &hold), 0);
    assert_int_equal(index_put_hold(index, &hold), 0);
    int64_t held = count_rows(dir, "SELECT bytes FROM segment ORDER BY start_us LIMIT 1 OFFSET 1");
    assert_int_equal(index_held_bytes(index_store(index), NULL), held);
    IndexHold other = hold; // the same segment is counted once
    other.id = "h2";
    assert_int_equal(index_put_hold(index, &other), 0);
    assert_int_equal(index_held_bytes(index_store(index), NULL), held);
    assert_int_equal(index_delete_hold(index, "h2"), 0);
    RetentionLimits limits = { .now_us = T0 + INT64_C(86400000000) * 10, .days = 1 };
    run_retention(archive, &limits);
    assert_int_equal(count_rows(dir, "SELECT count(*) FROM segment"), 1);
    assert_int_equal(count_rows(dir, "SELECT start_us FROM segment"), T0 + 2000000);
    assert_int_equal(index_delete_hold(index, "h1"), 0);
    assert_int_equal(index_delete_hold(index, "h1"), -ENOENT);
    run_retention(archive, &limits);
    assert_int_equal(count_rows(dir, "SELECT count(*) FROM segment"), 0);
    assert_int_equal(archive_used_bytes(archive), 0);
    archive_free(archive);
    index_free(index);
    assert_int_equal(check_quietly(dir), 0);
    remove_tree(dir);
}

static void two_segments_of_one_moment_have_two_ids(void **state)
{
    g_autofree char *dir = g_dir_make_tmp("hw-archive-XXXXXX", NULL);
    Archive *archive = open_or_fail(dir);
    assert_int_equal(record(archive, the_sample(state), T0, 2), T0);
    assert_int_equal(record(archive, the_sample(state), T0, 2), T0 + 1);
    archive_free(archive);
    assert_int_equal(check_quietly(dir), 0);
    remove_tree(dir);
}

// What was left open on a folder that was away is a gap until it is found there.
static void a_folder_that_comes_back_takes_its_span_out_of_the_gap(void **state)
{
    static const int64_t S = 1000000;
    g_autofree char *dir = g_dir_make_tmp("hw-archive-XXXXXX", NULL), *reason = NULL;
    Index *index = NULL;
    assert_int_equal(play_day(dir, the_sample(state)), 0); // the last one is open: 7 s to 8.5 s
    assert_int_equal(index_open(dir, &reason, &index), 0);
    assert_int_equal(index_add_gap(index, "cam1", T0 + 5 * S, T0 + 20 * S, GAP_DISK_ERROR), 0);
    assert_int_equal(index_add_gap(index, "cam2", T0 + 5 * S, T0 + 20 * S, GAP_DISK_ERROR), 0);
    archive_free(open_or_fail(dir));
    index_free(index);
    assert_int_equal(count_rows(dir, "SELECT count(*) FROM gap WHERE camera = 'cam1'"), 2);
    assert_int_equal(count_rows(dir, "SELECT min(to_us) FROM gap WHERE camera = 'cam1'"),
                     T0 + 7 * S);
    assert_int_equal(count_rows(dir, "SELECT max(from_us) FROM gap WHERE camera = 'cam1'"),
                     T0 + 8 * S + S / 2);
    assert_int_equal(count_rows(dir, "SELECT count(*) FROM gap WHERE camera = 'cam2'"), 1);
    assert_int_equal(check_quietly(dir), 0);
    remove_tree(dir);
}

static Archive *open_folder(const char *dir, const char *name, int storage, char **ret_reason)
{
    g_autofree char *root = g_build_filename(dir, name, NULL);
    ArchiveOptions options = { .data_dir = dir, .root = root, .hall = "h", .storage = storage };
    Archive *archive = NULL;
    archive_open(&options, ret_reason, &archive);
    return archive;
}

static void one_folder_is_not_two_disks(void **state)
{
    g_autofree char *dir = g_dir_make_tmp("hw-archive-XXXXXX", NULL), *reason = NULL;
    Archive *first = open_folder(dir, "one", 0, &reason);
    assert_non_null(first);
    assert_null(open_folder(dir, "one", 1, &reason));
    assert_non_null(strstr(reason, "other storage folder"));
    Archive *second = open_folder(dir, "two", 1, &reason);
    assert_non_null(second);
    assert_true(record(first, the_sample(state), T0, 4) == T0);
    assert_true(record(second, the_sample(state), T0, 4) == T0 + 1);
    archive_free(first);
    archive_free(second);
    remove_tree(dir);
}

// Between the choice and the deletion a hold may have come, from another thread.
static void what_is_held_by_now_is_not_deleted(void **state)
{
    g_autofree char *dir = g_dir_make_tmp("hw-archive-XXXXXX", NULL), *reason = NULL;
    Archive *archive = open_or_fail(dir);
    Index *index = NULL;
    int64_t ids[] = { record(archive, the_sample(state), T0, 4),
                      record(archive, the_sample(state), T0 + 2000000, 4) };
    IndexHold hold = {
        .id = "h", .camera = "cam1", .from_us = T0, .to_us = T0 + 1000000, .reason = "r"
    };
    assert_int_equal(index_open(dir, &reason, &index), 0);
    assert_int_equal(index_put_hold(index, &hold), 0);
    assert_int_equal(archive_delete(archive, ids, 2), 0);
    assert_int_equal(count_rows(dir, "SELECT id FROM segment"), T0);
    assert_int_equal(archive_used_bytes(archive), count_rows(dir, "SELECT bytes FROM segment"));
    index_free(index);
    archive_free(archive);
    assert_int_equal(check_quietly(dir), 0);
    remove_tree(dir);
}

// As it was before there were several folders: an older box's rows are all of the main one.
static void make_older(const char *dir)
{
    g_autofree char *path = g_build_filename(dir, "media.db", NULL);
    g_autoptr(Store) store = NULL;
    assert_int_equal(store_open(path, STORE_WRITE, &store), 0);
    assert_int_equal(store_script(store, "DROP INDEX segment_storage; DROP INDEX segment_camera;"
                                         "ALTER TABLE segment DROP COLUMN storage;"
                                         "ALTER TABLE garbage DROP COLUMN storage;"
                                         "CREATE INDEX segment_camera ON segment(camera);"
                                         "PRAGMA user_version = 3"),
                     0);
}

static void an_older_index_is_taken_over(void **state)
{
    static const char *const FIGURES = "SELECT count(*) * 1000 + sum(id % 1009 + bytes + length("
                                       "entries)) FROM segment WHERE state = 'done'";
    g_autofree char *dir = g_dir_make_tmp("hw-archive-XXXXXX", NULL);
    assert_int_equal(play_day(dir, the_sample(state)), 0); // leaves an open row and garbage
    int64_t before = count_rows(dir, FIGURES);
    make_older(dir);
    assert_int_equal(count_rows(dir, "SELECT count(*) FROM pragma_table_info('segment')"
                                     " WHERE name = 'storage'"),
                     0);
    Archive *archive = open_folder(dir, "recordings", 0, &(char *){ NULL });
    assert_non_null(archive);
    archive_free(archive);
    assert_int_equal(count_rows(dir, FIGURES) > before, true); // the open one is done now
    assert_int_equal(count_rows(dir, "SELECT sum(storage) FROM segment"), 0);
    archive = open_folder(dir, "spare", 1, &(char *){ NULL });
    assert_non_null(archive);
    archive_free(archive);
    assert_int_equal(check_quietly(dir), 0);
    remove_tree(dir);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(a_stop_at_any_step_is_recovered),
        cmocka_unit_test(a_stop_during_recovery_is_recovered),
        cmocka_unit_test(an_error_at_any_step_is_recovered),
        cmocka_unit_test(an_open_row_offline_is_told_and_recovered),
        cmocka_unit_test(a_lost_index_is_rebuilt_from_the_files),
        cmocka_unit_test(a_file_that_is_gone_becomes_a_gap),
        cmocka_unit_test(a_file_that_may_not_be_deleted_stops_nothing),
        cmocka_unit_test(one_changed_byte_is_found),
        cmocka_unit_test(another_storage_folder_is_refused),
        cmocka_unit_test(an_empty_mount_point_is_refused),
        cmocka_unit_test(an_older_index_is_taken_over),
        cmocka_unit_test(only_one_may_record),
        cmocka_unit_test(a_held_segment_outlives_its_time),
        cmocka_unit_test(two_segments_of_one_moment_have_two_ids),
        cmocka_unit_test(a_folder_that_comes_back_takes_its_span_out_of_the_gap),
        cmocka_unit_test(one_folder_is_not_two_disks),
        cmocka_unit_test(what_is_held_by_now_is_not_deleted),
    };
    return cmocka_run_group_tests(TESTS, set_up, tear_down);
}
