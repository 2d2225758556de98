// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"
#include "capture/archive_check.h"
#include "capture/recorder.h"
#include "tests/unit/capture/sample.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

enum { N = 40, WAIT_MS = 20000 };
static const int64_t T0 = INT64_C(1763946000000000);

static char CAMERA_ID[] = "cam1";
static const ConfigCamera CAMERA = { .id = CAMERA_ID, .record = true };

typedef struct {
    Sample *sample, *other; // another init
    char *dir;
    Recorder *recorder;
    Stream *stream;
    StreamInfo *info;
} Fixture;

static int set_up_samples(void **state)
{
    Fixture *f = g_new0(Fixture, 1);
    f->sample = sample_new(N, 64);
    f->other = sample_new(4, 96);
    *state = f;
    return 0;
}

static int tear_down_samples(void **state)
{
    Fixture *f = *state;
    sample_free(f->sample);
    sample_free(f->other);
    g_free(f);
    return 0;
}

static StreamInfo *info_of(const Sample *sample, uint64_t generation)
{
    StreamInfo *info = stream_info_new(generation);
    info->init = g_bytes_ref(sample->init);
    info->codecs = g_strdup("avc1.42c00a");
    info->width = 64;
    info->height = 48;
    return info;
}

static void start(Fixture *f, int64_t quota_mb)
{
    RecorderOptions options = {
        .data_dir = f->dir, .hall = "hall1", .quota_mb = quota_mb, .segment_seconds = 4
    };
    assert_int_equal(recorder_new(&options, &f->recorder), 0);
    f->stream = stream_new("cam1", STREAM_MAIN);
    f->info = info_of(f->sample, 1);
    recorder_attach(f->recorder, &CAMERA, f->stream);
}

static void stop(Fixture *f)
{
    stream_close(f->stream);
    recorder_detach(f->recorder, "cam1");
    g_clear_pointer(&f->recorder, recorder_free);
    g_clear_pointer(&f->stream, stream_unref);
    g_clear_pointer(&f->info, stream_info_unref);
}

static int set_up(void **state)
{
    Fixture *f = *state;
    f->dir = g_dir_make_tmp("hw-recorder-XXXXXX", NULL);
    return 0;
}

static int tear_down(void **state)
{
    Fixture *f = *state;
    const char *argv[] = { "rm", "-rf", "--", f->dir, NULL };
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
    g_clear_pointer(&f->dir, g_free);
    return 0;
}

static void push(Fixture *f, GBytes *bytes, bool key, bool jump, int64_t wall_us)
{
    Fragment *fragment = fragment_new(f->info, bytes);
    fragment->key = key;
    fragment->jump = jump;
    fragment->wall_us = wall_us;
    fragment->duration_us = SAMPLE_FRAGMENT_US;
    stream_push_fragment(f->stream, fragment);
}

// Waits until the recorder has written up to the moment. False: it has not.
static bool is_written(Fixture *f, int64_t until_us)
{
    for (int64_t end_ms = clock_mono_ms() + WAIT_MS; clock_mono_ms() < end_ms; g_usleep(2000)) {
        g_auto(RecorderView) view;
        recorder_view(f->recorder, "cam1", &view);
        if (view.is_recording && view.known_until_us >= until_us)
            return true;
    }
    return false;
}

static void push_and_wait(Fixture *f, const Sample *sample, int first, int n, int64_t wall_us)
{
    for (int i = 0; i < n; i++) {
        int64_t at_us = wall_us + i * SAMPLE_FRAGMENT_US;
        push(f, sample_fragment(sample, first + i), (first + i) % 2 == 0, false, at_us);
        assert_true(is_written(f, at_us + SAMPLE_FRAGMENT_US));
    }
}

static bool reaches_state(Fixture *f, const char *wanted)
{
    bool is_there = false;
    for (int64_t end_ms = clock_mono_ms() + WAIT_MS; !is_there && clock_mono_ms() < end_ms;
         g_usleep(20000)) {
        json_t *status = recorder_status(f->recorder);
        is_there = g_str_equal(json_string_value(json_object_get(status, "state")), wanted);
        json_decref(status);
    }
    return is_there;
}

static int64_t ask(Fixture *f, const char *sql)
{
    g_autofree char *path = g_build_filename(f->dir, "media.db", NULL);
    g_autoptr(Store) store = NULL;
    assert_int_equal(store_open(path, STORE_READ, &store), 0);
    return store_value(store, -1, sql, "");
}

static int check(Fixture *f)
{
    return archive_check(f->dir, NULL, NULL, stdout, true);
}

static void segments_are_cut_at_key_frames_and_join(void **state)
{
    Fixture *f = *state;
    start(f, 0);
    push_and_wait(f, f->sample, 0, 40, T0);
    stop(f);
    assert_int_equal(check(f), 0);
    assert_int_equal(ask(f, "SELECT count(*) FROM segment WHERE state = 'done'"), 5);
    assert_int_equal(ask(f, "SELECT sum(duration_us) FROM segment"), 40 * SAMPLE_FRAGMENT_US);
    assert_int_equal(ask(f, "SELECT count(*) FROM segment WHERE previous_id > 0"), 4);
    assert_int_equal(ask(f, "SELECT count(*) FROM gap WHERE reason <> 'camera_offline'"), 0);
}

static void a_new_connection_begins_a_segment_and_leaves_its_gap(void **state)
{
    Fixture *f = *state;
    start(f, 0);
    push_and_wait(f, f->sample, 0, 3, T0);
    stream_info_unref(f->info);
    f->info = info_of(f->other, 2);
    push_and_wait(f, f->other, 0, 4, T0 + 20000000);
    stop(f);
    assert_int_equal(check(f), 0);
    assert_int_equal(ask(f, "SELECT count(DISTINCT init_id) FROM segment"), 2);
    assert_int_equal(ask(f, "SELECT from_us FROM gap WHERE reason = 'camera_offline'"),
                     T0 + 3 * SAMPLE_FRAGMENT_US);
    assert_int_equal(ask(f, "SELECT to_us FROM gap WHERE reason = 'camera_offline'"),
                     T0 + 20000000);
}

static void a_jump_of_the_clock_is_a_gap_of_drift(void **state)
{
    Fixture *f = *state;
    start(f, 0);
    push_and_wait(f, f->sample, 0, 2, T0);
    push(f, sample_fragment(f->sample, 2), true, true, T0 + 9000000);
    assert_true(is_written(f, T0 + 9000000 + SAMPLE_FRAGMENT_US));
    stop(f);
    assert_int_equal(check(f), 0);
    assert_int_equal(ask(f, "SELECT to_us - from_us FROM gap WHERE reason = 'drift'"), 8000000);
}

static void set_faults(const char *file, const char *fault)
{
    assert_true(g_file_set_contents(file, fault, -1, NULL));
}

static bool has_step(Fixture *f)
{
    for (int64_t end_ms = clock_mono_ms() + WAIT_MS; clock_mono_ms() < end_ms; g_usleep(20000))
        if (ask(f, "SELECT count(*) FROM clock_step") > 0)
            return true;
    return false;
}

// What was on its way when the clock was set goes into the segment that is open, although that is
// long enough: every segment is as a whole by the clock before, and known as such, or by the new
// one.
static void what_comes_by_the_clock_before_begins_no_segment(void **state)
{
    Fixture *f = *state;
    g_autofree char *faults = g_build_filename(f->dir, "faults", NULL);
    g_setenv("HALLWATCH_FAULTS", faults, TRUE);
    start(f, 0);
    push_and_wait(f, f->sample, 0, 6, T0);
    set_faults(faults, "clock offset 1500\n");
    assert_true(has_step(f));
    push_and_wait(f, f->sample, 6, 6, T0 + 6 * SAMPLE_FRAGMENT_US); // over its end at 4 s
    int64_t later_us = T0 + 1500000000;
    push(f, sample_fragment(f->sample, 12), true, true, later_us);
    assert_true(is_written(f, later_us + SAMPLE_FRAGMENT_US));
    stop(f);
    g_unsetenv("HALLWATCH_FAULTS");
    assert_int_equal(check(f), 0);
    assert_int_equal(ask(f, "SELECT count(*) FROM segment"), 2);
    assert_int_equal(ask(f, "SELECT duration_us FROM segment ORDER BY id"),
                     12 * SAMPLE_FRAGMENT_US);
    assert_int_equal(ask(f, "SELECT count(*) FROM segment JOIN clock_step"
                            " ON segment.id BETWEEN first_id AND last_id"),
                     1);
}

static void a_box_that_was_off_says_so(void **state)
{
    Fixture *f = *state;
    int64_t now_us = clock_wall_us();
    start(f, 0);
    push_and_wait(f, f->sample, 0, 2, now_us - 60000000);
    stop(f);
    // The stop has written down that nothing came since; as if the box had been killed instead:
    g_autofree char *path = g_build_filename(f->dir, "media.db", NULL);
    Store *store;
    assert_int_equal(store_open(path, STORE_WRITE, &store), 0);
    store_exec(store, "DELETE FROM gap", "");
    store_free(store);
    start(f, 0);
    push_and_wait(f, f->sample, 2, 2, now_us);
    stop(f);
    assert_int_equal(check(f), 0);
    assert_int_equal(ask(f, "SELECT to_us - from_us FROM gap WHERE reason = 'box_off'"), 59000000);
}

static void a_damaged_fragment_is_left_out(void **state)
{
    Fixture *f = *state;
    start(f, 0);
    push_and_wait(f, f->sample, 0, 2, T0);
    g_autoptr(GBytes) noise = g_bytes_new_static("not a fragment at all", 21);
    push(f, noise, true, false, T0 + 1000000);
    push_and_wait(f, f->sample, 4, 2, T0 + 2000000 + 500000);
    stop(f);
    assert_int_equal(check(f), 0);
    assert_int_equal(ask(f, "SELECT count(*) FROM segment"), 2);
    assert_int_equal(ask(f, "SELECT count(*) FROM gap WHERE reason = 'dropped'"), 1);
}

static void push_all(Fixture *f, int first, int end)
{
    for (int i = first; i < end; i++)
        push(f, sample_fragment(f->sample, i), i % 2 == 0, false, T0 + i * SAMPLE_FRAGMENT_US);
}

static void a_slow_disk_drops_and_says_so(void **state)
{
    Fixture *f = *state;
    g_autofree char *path = g_build_filename(f->dir, "media.db", NULL);
    start(f, 0);
    push_and_wait(f, f->sample, 0, 4, T0);
    // The recorder waits for the index where its first segment ends, while the camera goes on.
    Store *store;
    assert_int_equal(store_open(path, STORE_WRITE, &store), 0);
    assert_int_equal(store_script(store, "BEGIN IMMEDIATE"), 0);
    push_all(f, 4, 10);
    g_usleep(300000);
    push_all(f, 10, N);
    assert_int_equal(store_script(store, "COMMIT"), 0);
    store_free(store);
    assert_true(is_written(f, T0 + N * SAMPLE_FRAGMENT_US));
    stop(f);
    assert_int_equal(check(f), 0);
    assert_int_equal(ask(f, "SELECT count(*) FROM gap WHERE reason = 'dropped'"), 1);
    // What was not recorded is the gap, to the microsecond.
    assert_int_equal(ask(f, "SELECT (SELECT sum(duration_us) FROM segment) +"
                            " (SELECT to_us - from_us FROM gap WHERE reason = 'dropped')"),
                     N * SAMPLE_FRAGMENT_US);
}

// It stalls where a segment ends and once more just after: what comes meanwhile waits in the ring.
static void what_comes_while_the_disk_stalls_is_not_lost(void **state)
{
    Fixture *f = *state;
    g_autofree char *faults = g_build_filename(f->dir, "faults", NULL);
    g_setenv("HALLWATCH_FAULTS", faults, TRUE);
    start(f, 0);
    push_and_wait(f, f->sample, 0, 8, T0);
    set_faults(faults, "archive.sync_file stall 7.5\narchive.place stall 2\n");
    push_all(f, 8, 12);
    assert_true(reaches_state(f, "failed"));
    assert_true(is_written(f, T0 + 12 * SAMPLE_FRAGMENT_US));
    set_faults(faults, "\n");
    stop(f);
    g_unsetenv("HALLWATCH_FAULTS");
    assert_int_equal(check(f), 0);
    assert_int_equal(ask(f, "SELECT count(*) FROM segment"), 2);
    assert_int_equal(ask(f, "SELECT sum(duration_us) FROM segment"), 12 * SAMPLE_FRAGMENT_US);
}

static void held_recordings_over_the_quota_stop_recording_until_there_is_room(void **state)
{
    Fixture *f = *state;
    g_autofree char *reason = NULL;
    start(f, 0);
    push_and_wait(f, f->sample, 0, 8, T0);
    IndexHold hold = {
        .id = "h1", .camera = "cam1", .from_us = T0, .to_us = T0 + 86400000000, .reason = "test"
    };
    assert_int_equal(recorder_put_hold(f->recorder, &hold, &reason), 0);
    RecorderOptions full = {
        .data_dir = f->dir, .hall = "hall1", .segment_seconds = 4, .free_mb = INT64_C(1) << 40
    };
    recorder_apply(f->recorder, &full);
    assert_true(reaches_state(f, "disk_full"));
    assert_int_equal(ask(f, "SELECT count(*) FROM segment WHERE state = 'open'"), 0);
    assert_true(ask(f, "SELECT count(*) FROM segment") > 0);
    RecorderOptions room = { .data_dir = f->dir, .hall = "hall1", .segment_seconds = 4 };
    recorder_apply(f->recorder, &room);
    assert_true(reaches_state(f, "recording"));
    push_and_wait(f, f->sample, 20, 2, T0 + 10000000);
    stop(f);
    assert_int_equal(check(f), 0);
    assert_int_equal(ask(f, "SELECT count(*) FROM gap WHERE reason = 'disk_full'"), 1);
}

static void a_folder_that_cannot_be_used_is_a_state_and_is_tried_again(void **state)
{
    Fixture *f = *state;
    g_autofree char *root = g_build_filename(f->dir, "recordings", NULL);
    assert_true(g_file_set_contents(root, "in the way", -1, NULL));
    start(f, 0);
    assert_true(reaches_state(f, "failed"));
    g_usleep(200000);
    assert_true(reaches_state(f, "failed"));
    g_unlink(root);
    assert_true(reaches_state(f, "recording"));
    push_and_wait(f, f->sample, 0, 2, T0);
    stop(f);
    assert_int_equal(check(f), 0);
}

static void a_kill_inside_a_segment_loses_no_whole_fragment(void **state)
{
    Fixture *f = *state;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        start(f, 0);
        for (int i = 0; i < 11; i++) {
            push(f, sample_fragment(f->sample, i), i % 2 == 0, false, T0 + i * SAMPLE_FRAGMENT_US);
            if (!is_written(f, T0 + (i + 1) * SAMPLE_FRAGMENT_US))
                _exit(1);
        }
        kill(getpid(), SIGKILL);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_true(check(f) > 0); // one is open
    start(f, 0);
    assert_true(reaches_state(f, "recording"));
    stop(f);
    assert_int_equal(check(f), 0);
    assert_int_equal(ask(f, "SELECT sum(duration_us) FROM segment"), 11 * SAMPLE_FRAGMENT_US);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        TEST(segments_are_cut_at_key_frames_and_join),
        TEST(a_new_connection_begins_a_segment_and_leaves_its_gap),
        TEST(a_jump_of_the_clock_is_a_gap_of_drift),
        TEST(what_comes_by_the_clock_before_begins_no_segment),
        TEST(a_box_that_was_off_says_so),
        TEST(a_damaged_fragment_is_left_out),
        TEST(a_slow_disk_drops_and_says_so),
        TEST(what_comes_while_the_disk_stalls_is_not_lost),
        TEST(held_recordings_over_the_quota_stop_recording_until_there_is_room),
        TEST(a_folder_that_cannot_be_used_is_a_state_and_is_tried_again),
        TEST(a_kill_inside_a_segment_loses_no_whole_fragment),
    };
    return cmocka_run_group_tests(TESTS, set_up_samples, tear_down_samples);
}
