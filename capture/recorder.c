// SPDX-License-Identifier: Apache-2.0
#include "capture/recorder.h"

#include "base/clock.h"
#include "base/log.h"
#include "capture/clock_book.h"
#include "capture/retention.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
    SYNC_MS = 1000, // how much of the newest video a power cut may take
    RETENTION_MS = 2000,
    BELIEVED_MS = 60000, // between writings down of the believed clock
    STEP_MS = 30000,     // so soon after a step of the box's clock, a camera's leap is that one
    HELD_MS = 10000,     // how old the figure of held bytes may be
    REOPEN_MS = 5000,    // between tries while the storage folder cannot be used
    IDLE_MS = 5000,      // without a fragment: the segment ends and a gap begins
    CONNECT_MS = 10000,  // after a start: until then a silent camera is still connecting
    SLOW_SYNC_MS = 2000, // is told in the log
    ANSWER_MS = 5000,    // who asks for a hold waits no longer for a disk that does not answer
    READ_AT_ONCE = 8,    // fragments of one camera before the next one's turn
};
static const int64_t MB = 1 << 20;

typedef enum { STATE_RECORDING, STATE_DISK_FULL, STATE_FAILED } State;
static const char *const STATE_NAMES[] = { "recording", "disk_full", "failed" };

typedef struct {
    char *id;         // constant
    int64_t phase_us; // constant: cameras do not all begin a segment at the same moment
    // Recorder thread.
    Stream *stream; // NULL: detached
    RingReader *reader;
    ArchiveSegment *segment;          // NULL: waits for a key fragment
    StreamInfo *info;                 // of the newest segment
    int64_t until_us;                 // recorded, or gaps written down, up to here; 0: nothing yet
    int64_t attached_ms, fragment_ms; // monotonic
    int64_t begun_ms;                 // monotonic: when the newest segment was begun
    int64_t attached_us;
    GapReason reason; // why nothing is recorded since until_us
    unsigned n_bad;   // fragments that were not to be used
    // Under the recorder's lock; written by the recorder thread only.
    RecorderView view;
    int64_t n_gaps;
} Channel;

// What the status page shows of the storage.
typedef struct {
    int64_t used_bytes, free_bytes, held_bytes, oldest_us;
} Figures;

struct Recorder {
    GThread *thread;
    int wake_fd;           // eventfd: a ring has something, or a command waits
    GAsyncQueue *commands; // Command
    char *data_dir, *hall; // constant
    // Recorder thread.
    Archive *archive;        // NULL: state is failed
    RecorderOptions limits;  // what it borrows is not used
    GHashTable *camera_days; // RetentionLimits
    ClockJudge judge;
    int64_t stepped_ms; // when the box's clock was set; 0: never
    int64_t step_us;    // by how much, while it is not yet in the archive
    int64_t believed_at_ms;
    unsigned n_attached; // in all, for the phases
    int64_t started_ms, sync_at_ms, retention_at_ms, open_at_ms, held_at_ms;
    bool was_open; // since the start
    bool is_stopping;
    // Under lock; written by the recorder thread only.
    GMutex lock;
    GCond answered;
    GHashTable *channels; // id -> Channel
    State state;
    char *reason;
    char *path;
    Figures figures;
};

typedef struct Command Command;
struct Command {
    void (*run)(Recorder *recorder, Command *command);
    char *camera;
    Stream *stream;
    RecorderOptions options;
    GHashTable *camera_days;
    char *path;
    char *hold_id;
    ArchiveHold hold; // its texts are owned here
    // Under the recorder's lock; of a call only.
    unsigned owners; // who waits for the answer, and the recorder until it has given it; 0: no call
    bool is_answered;
    int result;
    char *reason;
};

// --- state and what others see
// ----------------------------------------------------------------------------------------

static void set_state(Recorder *recorder, State state, const char *reason)
{
    g_mutex_lock(&recorder->lock);
    bool is_news = state != recorder->state || g_strcmp0(reason, recorder->reason);
    recorder->state = state;
    g_free(recorder->reason);
    recorder->reason = g_strdup(reason);
    g_mutex_unlock(&recorder->lock);
    if (!is_news)
        return;
    if (state == STATE_RECORDING)
        log_info("storage: recording to %s", archive_path(recorder->archive));
    else
        log_err("storage: NOT RECORDING, %s: %s", STATE_NAMES[state], reason);
}

static void publish(Recorder *recorder, Channel *channel, const SegmentEntry *entry)
{
    g_mutex_lock(&recorder->lock);
    RecorderView *view = &channel->view;
    view->is_attached = channel->stream != NULL;
    view->known_until_us = channel->until_us;
    view->gap = channel->reason ? channel->reason : GAP_CAMERA_OFFLINE;
    view->is_recording = channel->segment != NULL;
    if (entry) {
        GArray *entries = view->segment.entries;
        g_array_append_val(entries, *entry);
        view->segment = *archive_segment(channel->segment);
        view->segment.entries = entries;
        view->last_recorded_us = channel->until_us;
    } else if (!channel->segment) {
        g_array_set_size(view->segment.entries, 0);
    }
    g_mutex_unlock(&recorder->lock);
}

void recorder_view_done(RecorderView *view)
{
    segment_done(&view->segment);
}

bool recorder_view(Recorder *recorder, const char *camera, RecorderView *ret_view)
{
    g_mutex_lock(&recorder->lock);
    Channel *channel = g_hash_table_lookup(recorder->channels, camera);
    if (channel) {
        *ret_view = channel->view;
        segment_copy(&channel->view.segment, &ret_view->segment);
    } else {
        *ret_view = (RecorderView){ 0 };
        segment_init(&ret_view->segment);
    }
    g_mutex_unlock(&recorder->lock);
    return channel != NULL;
}

static json_t *time_or_null(int64_t us)
{
    g_autofree char *text = us ? clock_format(us / 1000) : NULL;
    return text ? json_string(text) : json_null();
}

static json_t *channel_status(const Channel *channel)
{
    const RecorderView *view = &channel->view;
    return json_pack("{s:s, s:b, s:o, s:I}", "id", channel->id, "recording", view->is_recording,
                     "last_recorded_at", time_or_null(view->last_recorded_us), "gaps",
                     (json_int_t)channel->n_gaps);
}

json_t *recorder_status(Recorder *recorder)
{
    json_t *cameras = json_array();
    GHashTableIter iter;
    gpointer channel;
    g_mutex_lock(&recorder->lock);
    g_hash_table_iter_init(&iter, recorder->channels);
    while (g_hash_table_iter_next(&iter, NULL, &channel)) {
        if (((Channel *)channel)->view.is_attached)
            json_array_append_new(cameras, channel_status(channel));
    }
    const RecorderOptions *limits = &recorder->limits;
    json_t *status =
        json_pack("{s:s, s:I, s:I, s:I, s:o, s:i, s:o, s:s, s:s?, s:o}", "path", recorder->path,
                  "used_bytes", (json_int_t)recorder->figures.used_bytes, "free_bytes",
                  (json_int_t)recorder->figures.free_bytes, "held_bytes",
                  (json_int_t)recorder->figures.held_bytes, "quota_bytes",
                  limits->quota_mb ? json_integer(limits->quota_mb * MB) : json_null(), "days",
                  limits->days, "oldest_at", time_or_null(recorder->figures.oldest_us), "state",
                  STATE_NAMES[recorder->state], "reason", recorder->reason, "cameras", cameras);
    g_mutex_unlock(&recorder->lock);
    return status;
}

// --- gaps
// -------------------------------------------------------------------------------------------------------------

static void add_gap(Recorder *recorder, Channel *channel, int64_t to_us, GapReason reason)
{
    if (archive_add_gap(recorder->archive, channel->id, channel->until_us, to_us, reason) < 0) {
        log_err("camera=%s gap not written: %s", channel->id, archive_error(recorder->archive));
        return;
    }
    channel->until_us = to_us;
    g_mutex_lock(&recorder->lock);
    channel->n_gaps++;
    g_mutex_unlock(&recorder->lock);
}

// Writes down the gap between what is known and now_us, if there is one longer than join_us.
static void settle_gap(Recorder *recorder, Channel *channel, int64_t now_us, int64_t join_us)
{
    if (!recorder->archive || !channel->until_us ||
        (now_us - channel->until_us <= join_us && channel->until_us - now_us <= join_us))
        return;
    // The clock may have been set over what was recorded earlier, or back into it.
    int64_t known_us = archive_known_before(recorder->archive, channel->id, now_us);
    if (channel->until_us < now_us)
        known_us = MAX(known_us, channel->until_us);
    if (!known_us || now_us - known_us <= join_us)
        return;
    channel->until_us = known_us;
    add_gap(recorder, channel, now_us, channel->reason ? channel->reason : GAP_CAMERA_OFFLINE);
}

// After an opened archive or an attached camera: takes up where the index ends.
static void take_up(Recorder *recorder, Channel *channel)
{
    int64_t n_gaps = archive_count_gaps(recorder->archive, channel->id);
    channel->until_us =
        archive_known_before(recorder->archive, channel->id, clock_wall_us() + ARCHIVE_JOIN_US);
    int64_t last_us = archive_last_recorded_us(recorder->archive, channel->id);
    g_mutex_lock(&recorder->lock);
    channel->n_gaps = n_gaps;
    channel->view.last_recorded_us = last_us;
    g_mutex_unlock(&recorder->lock);
    publish(recorder, channel, NULL);
}

// --- segments
// ---------------------------------------------------------------------------------------------------------

static void drop_archive(Recorder *recorder, const char *reason, GapReason gap)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, recorder->channels);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Channel *channel = value;
        g_clear_pointer(&channel->segment, archive_abandon);
        if (channel->stream)
            channel->reason = gap;
        publish(recorder, channel, NULL);
    }
    set_state(recorder, STATE_FAILED, reason);
    g_clear_pointer(&recorder->archive, archive_free);
    recorder->open_at_ms = clock_mono_ms() + REOPEN_MS;
}

// The archive is in a state that only a new opening, with its recovery, can mend.
static void fail_archive(Recorder *recorder, int err)
{
    g_autofree char *reason = g_strdup(archive_error(recorder->archive));
    drop_archive(recorder, reason, err == -ENOSPC ? GAP_DISK_FULL : GAP_DISK_ERROR);
}

// False: the archive failed and is closed now.
static bool end_segment(Recorder *recorder, Channel *channel, GapReason reason)
{
    if (!channel->segment)
        return true;
    channel->reason = reason;
    int r = archive_finish(recorder->archive, g_steal_pointer(&channel->segment));
    if (r < 0) {
        fail_archive(recorder, r);
        return false;
    }
    publish(recorder, channel, NULL);
    return true;
}

static void stop_for_full_disk(Recorder *recorder, const char *reason)
{
    GHashTableIter iter;
    gpointer channel;
    g_hash_table_iter_init(&iter, recorder->channels);
    while (recorder->archive && g_hash_table_iter_next(&iter, NULL, &channel)) {
        if (end_segment(recorder, channel, GAP_DISK_FULL) && ((Channel *)channel)->stream)
            ((Channel *)channel)->reason = GAP_DISK_FULL;
    }
    if (recorder->archive)
        set_state(recorder, STATE_DISK_FULL, reason);
    recorder->retention_at_ms = 0;
}

static bool is_fragment_error(int err)
{
    return err == -EBADMSG || err == -EINVAL;
}

// A fragment or a segment could not be written.
static void handle_error(Recorder *recorder, Channel *channel, int err)
{
    if (is_fragment_error(err)) {
        if (channel->n_bad++ % 100 == 0)
            log_warn("camera=%s not recorded: %s (%u times)", channel->id,
                     archive_error(recorder->archive), channel->n_bad);
        end_segment(recorder, channel, GAP_DROPPED);
    } else if (err == -ENOSPC || err == -EDQUOT) {
        stop_for_full_disk(recorder, "the disk is full and nothing more may be deleted");
    } else {
        fail_archive(recorder, err);
    }
}

static int begin_segment(Recorder *recorder, Channel *channel, const Fragment *fragment)
{
    StreamInfo *info = fragment->info;
    settle_gap(recorder, channel, fragment->wall_us, ARCHIVE_JOIN_US);
    int r = archive_begin(recorder->archive,
                          &(ArchiveBegin){ .camera = channel->id,
                                           .wall_us = fragment->wall_us,
                                           .init = info->init,
                                           .codecs = info->codecs,
                                           .width = info->width,
                                           .height = info->height },
                          &channel->segment);
    if (r < 0)
        return r;
    g_clear_pointer(&channel->info, stream_info_unref);
    channel->info = stream_info_ref(info);
    channel->begun_ms = clock_mono_ms();
    return 0;
}

// Which minute (of segment_seconds) of this camera the moment lies in.
static int64_t slot_of(const Recorder *recorder, const Channel *channel, int64_t wall_us)
{
    int64_t length_us = recorder->limits.segment_seconds * INT64_C(1000000);
    return (wall_us + channel->phase_us % length_us) / length_us;
}

// A segment that began just before its camera's turn goes on to the next one.
static bool is_segment_long(const Recorder *recorder, const Channel *channel, int64_t wall_us)
{
    int64_t quarter_us = recorder->limits.segment_seconds * INT64_C(250000);
    int64_t start_us = archive_segment(channel->segment)->head.wall_us;
    return slot_of(recorder, channel, wall_us) > slot_of(recorder, channel, start_us + quarter_us);
}

// The box's clock was set since the segment was begun, and the camera's fragments may still be by
// the clock before: the first one by the new clock is a jump. A segment that began with one by the
// clock before would not be known as such (clock_book.h).
static bool awaits_jump(const Recorder *recorder, const Channel *channel)
{
    return recorder->stepped_ms && channel->begun_ms <= recorder->stepped_ms &&
           clock_mono_ms() - recorder->stepped_ms < STEP_MS;
}

// Whether the segment must end before the fragment, and why. GAP_NONE with true: just long enough.
static bool must_end(const Recorder *recorder, const Channel *channel, const Fragment *fragment,
                     GapReason *ret_reason)
{
    *ret_reason = GAP_NONE;
    if (fragment->info->generation != channel->info->generation) {
        *ret_reason = GAP_CAMERA_OFFLINE;
        return true;
    }
    if (fragment->jump) {
        bool is_ours = recorder->stepped_ms && clock_mono_ms() - recorder->stepped_ms < STEP_MS;
        *ret_reason = is_ours ? GAP_CLOCK_SET : GAP_DRIFT;
        return true;
    }
    return fragment->key && is_segment_long(recorder, channel, fragment->wall_us) &&
           !awaits_jump(recorder, channel);
}

static void write_fragment(Recorder *recorder, Channel *channel, Fragment *fragment)
{
    GapReason reason;
    SegmentEntry entry;
    int r = 0;
    channel->fragment_ms = clock_mono_ms();
    if (channel->segment && must_end(recorder, channel, fragment, &reason) &&
        !end_segment(recorder, channel, reason))
        return;
    if (!channel->segment) {
        if (!fragment->key)
            return;
        r = begin_segment(recorder, channel, fragment);
    }
    if (r >= 0)
        r = archive_append(recorder->archive, channel->segment, fragment->bytes, &entry);
    if (r < 0) {
        handle_error(recorder, channel, r);
        return;
    }
    channel->until_us = segment_end_us(archive_segment(channel->segment));
    channel->reason = GAP_NONE;
    publish(recorder, channel, &entry);
}

static void note_dropped(Recorder *recorder, Channel *channel, uint64_t dropped)
{
    log_warn("camera=%s the disk is too slow: %" PRIu64 " fragments not recorded", channel->id,
             dropped);
    end_segment(recorder, channel, GAP_DROPPED);
}

// True: there is more.
static bool read_channel(Recorder *recorder, Channel *channel, int max)
{
    for (int i = 0; i < max; i++) {
        gpointer item;
        uint64_t dropped = 0;
        if (ring_read(channel->reader, &item, &dropped) != RING_ITEM)
            return false;
        g_autoptr(Fragment) fragment = item;
        if (dropped && channel->segment)
            note_dropped(recorder, channel, dropped);
        if (recorder->archive && recorder->state == STATE_RECORDING)
            write_fragment(recorder, channel, fragment);
    }
    return true;
}

static bool read_channels(Recorder *recorder)
{
    GHashTableIter iter;
    gpointer channel;
    bool has_more = false;
    g_hash_table_iter_init(&iter, recorder->channels);
    while (g_hash_table_iter_next(&iter, NULL, &channel)) {
        if (((Channel *)channel)->reader)
            has_more |= read_channel(recorder, channel, READ_AT_ONCE);
    }
    return has_more;
}

// --- what time brings
// -------------------------------------------------------------------------------------------------

static int64_t gather_open(Recorder *recorder, GPtrArray *segments)
{
    GHashTableIter iter;
    gpointer value;
    int64_t bytes = 0;
    g_hash_table_iter_init(&iter, recorder->channels);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Channel *channel = value;
        if (!channel->segment)
            continue;
        g_ptr_array_add(segments, channel->segment);
        bytes += archive_segment(channel->segment)->bytes;
    }
    return bytes;
}

static void sync_segments(Recorder *recorder, int64_t now_ms)
{
    g_autoptr(GPtrArray) segments = g_ptr_array_new();
    gather_open(recorder, segments);
    int r =
        archive_sync(recorder->archive, (ArchiveSegment *const *)segments->pdata, segments->len);
    int64_t took_ms = clock_mono_ms() - now_ms;
    if (took_ms > SLOW_SYNC_MS)
        log_warn("storage: syncing %u files took %" PRId64 " ms", segments->len, took_ms);
    if (r < 0)
        fail_archive(recorder, r);
    recorder->sync_at_ms = clock_mono_ms() + SYNC_MS;
}

// While stopped, some more than the floor must be free before recording resumes, so that it does
// not flap.
static int64_t floor_bytes(const Recorder *recorder)
{
    int64_t floor = recorder->limits.free_mb * MB;
    return recorder->state == STATE_DISK_FULL ? floor + MIN(16 * MB, floor / 16 + MB) : floor;
}

static int64_t held_bytes(Recorder *recorder)
{
    int64_t now_ms = clock_mono_ms();
    if (now_ms < recorder->held_at_ms)
        return recorder->figures.held_bytes;
    recorder->held_at_ms = now_ms + HELD_MS;
    return archive_held_bytes(recorder->archive);
}

static int read_limits(Recorder *recorder, RetentionLimits *ret_limits)
{
    struct statvfs fs;
    g_autoptr(GPtrArray) segments = g_ptr_array_new();
    if (statvfs(archive_path(recorder->archive), &fs) < 0)
        return -errno;
    *ret_limits = (RetentionLimits){
        .now_us = clock_judge_now(&recorder->judge, clock_wall_us(), clock_boot_us()),
        .days = recorder->limits.days,
        .camera_days = recorder->camera_days,
        .quota_bytes = recorder->limits.quota_mb * MB,
        .floor_bytes = floor_bytes(recorder),
        .used_bytes = archive_used_bytes(recorder->archive) + gather_open(recorder, segments),
        .free_bytes = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize,
    };
    Figures figures = { .used_bytes = ret_limits->used_bytes,
                        .free_bytes = ret_limits->free_bytes,
                        .held_bytes = held_bytes(recorder),
                        .oldest_us = archive_oldest_us(recorder->archive) };
    g_mutex_lock(&recorder->lock);
    recorder->figures = figures;
    g_mutex_unlock(&recorder->lock);
    return 0;
}

static void judge_space(Recorder *recorder, int64_t missing)
{
    if (missing > 0 && recorder->state == STATE_RECORDING) {
        g_autofree char *reason = g_strdup_printf(
            "%" PRId64 " MB too much, and all older recordings are held", missing / MB + 1);
        stop_for_full_disk(recorder, reason);
    } else if (missing == 0 && recorder->state == STATE_DISK_FULL) {
        set_state(recorder, STATE_RECORDING, NULL);
    }
}

static void keep_limits(Recorder *recorder)
{
    RetentionLimits limits;
    int64_t missing = 0;
    int r = archive_check_place(recorder->archive);
    if (r >= 0)
        r = read_limits(recorder, &limits);
    if (r >= 0)
        r = retention_run(recorder->archive, &limits, &missing);
    recorder->retention_at_ms = r == 1 ? 0 : clock_mono_ms() + RETENTION_MS;
    if (r < 0)
        fail_archive(recorder, r);
    else if (r == 0)
        judge_space(recorder, missing);
}

// From the moment of attaching on, another reason holds.
static void settle_until_attached(Recorder *recorder, Channel *channel, GapReason reason)
{
    settle_gap(recorder, channel, channel->attached_us, ARCHIVE_JOIN_US);
    channel->reason = reason;
    publish(recorder, channel, NULL);
}

static bool was_away(const Channel *channel)
{
    return channel->stream &&
           (channel->reason == GAP_BOX_OFF || channel->reason == GAP_RECORDING_OFF);
}

// Ends what has gone silent, and tells a box that was off from a camera that does not come.
static void watch_silence(Recorder *recorder, int64_t now_ms)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, recorder->channels);
    while (recorder->archive && g_hash_table_iter_next(&iter, NULL, &value)) {
        Channel *channel = value;
        if (channel->segment && now_ms - channel->fragment_ms > IDLE_MS)
            end_segment(recorder, channel, GAP_CAMERA_OFFLINE);
        else if (was_away(channel) && now_ms - channel->attached_ms > CONNECT_MS)
            settle_until_attached(recorder, channel, GAP_CAMERA_OFFLINE);
    }
}

// The clock of the box. A step is written down as soon as there is an archive.
static void watch_clock(Recorder *recorder)
{
    int64_t now_ms = clock_mono_ms();
    int64_t step_us = clock_judge_look(&recorder->judge, clock_wall_us(), clock_boot_us());
    if (step_us) {
        log_warn("storage: the box's clock was set by %.1f s%s", step_us / 1e6,
                 clock_judge_is_believed(&recorder->judge)
                     ? ""
                     : "; nothing is deleted for its age by it until it has run for a week");
        recorder->stepped_ms = now_ms;
        recorder->step_us += step_us;
    }
    if (!recorder->archive)
        return;
    if (recorder->step_us &&
        clock_book_add_step(archive_store(recorder->archive), recorder->step_us) >= 0)
        recorder->step_us = 0;
    if (now_ms < recorder->believed_at_ms)
        return;
    clock_book_put_belief(archive_store(recorder->archive),
                          clock_judge_belief(&recorder->judge, clock_boot_us()));
    recorder->believed_at_ms = now_ms + BELIEVED_MS;
}

static void start_clock(Recorder *recorder)
{
    ClockBelief belief = { 0 };
    if (recorder->archive)
        belief = clock_book_belief(archive_store(recorder->archive));
    clock_judge_start(&recorder->judge, belief, clock_wall_us(), clock_boot_us());
}

static void open_archive(Recorder *recorder)
{
    g_autofree char *why = NULL;
    ArchiveOptions options = { .data_dir = recorder->data_dir,
                               .root = recorder->path,
                               .hall = recorder->hall };
    int r = archive_open(&options, &why, &recorder->archive);
    if (r < 0) {
        set_state(recorder, STATE_FAILED, why);
        recorder->open_at_ms = clock_mono_ms() + REOPEN_MS;
        return;
    }
    if (!recorder->was_open)
        start_clock(recorder);
    bool is_late = !recorder->was_open && recorder->open_at_ms; // tries before this one failed
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, recorder->channels);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Channel *channel = value;
        take_up(recorder, channel);
        if (is_late && was_away(channel))
            settle_until_attached(recorder, channel, GAP_DISK_ERROR);
    }
    recorder->was_open = true;
    recorder->retention_at_ms = 0;
    set_state(recorder, STATE_RECORDING, NULL);
}

// True: there is more to do at once.
static bool keep_archive(Recorder *recorder)
{
    int64_t now_ms = clock_mono_ms();
    watch_silence(recorder, now_ms);
    if (recorder->archive && now_ms >= recorder->sync_at_ms)
        sync_segments(recorder, now_ms);
    if (recorder->archive && now_ms >= recorder->retention_at_ms)
        keep_limits(recorder);
    bool has_more = recorder->archive && archive_walk(recorder->archive);
    return has_more || (recorder->archive && !recorder->retention_at_ms);
}

// --- commands
// ---------------------------------------------------------------------------------------------------------

static void wake(void *ctx)
{
    Recorder *recorder = ctx;
    eventfd_write(recorder->wake_fd, 1);
}

static void command_free(Command *command)
{
    ArchiveHold *hold = &command->hold;
    char *texts[] = { command->camera,      command->path,    command->hold_id,
                      command->reason,      (char *)hold->id, (char *)hold->camera,
                      (char *)hold->reason, (char *)hold->ref };
    if (command->stream)
        stream_unref(command->stream);
    g_clear_pointer(&command->camera_days, g_hash_table_unref);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_free(command);
}

static void push(Recorder *recorder, Command *take_command)
{
    g_async_queue_push(recorder->commands, take_command);
    wake(recorder);
}

static void run_commands(Recorder *recorder)
{
    Command *command;
    while ((command = g_async_queue_try_pop(recorder->commands))) {
        command->run(recorder, command);
        g_mutex_lock(&recorder->lock);
        command->is_answered = true;
        bool is_last = command->owners <= 1;
        command->owners--;
        g_cond_broadcast(&recorder->answered);
        g_mutex_unlock(&recorder->lock);
        if (is_last)
            command_free(command);
    }
}

// Whoever asks is a thread of the HTTP server, of which there are few: it does not wait for a disk
// that has stalled. The command is still done later, and asking again then does no harm.
static int call(Recorder *recorder, Command *take_command, char **ret_reason)
{
    Command *command = take_command;
    int64_t end_us = g_get_monotonic_time() + ANSWER_MS * INT64_C(1000);
    command->owners = 2;
    push(recorder, command);
    g_mutex_lock(&recorder->lock);
    while (!command->is_answered && g_cond_wait_until(&recorder->answered, &recorder->lock, end_us))
        ;
    bool is_answered = command->is_answered;
    command->owners--;
    g_mutex_unlock(&recorder->lock);
    if (!is_answered) {
        *ret_reason = g_strdup("the disk does not answer");
        return -EAGAIN;
    }
    int result = command->result;
    *ret_reason = g_steal_pointer(&command->reason);
    command_free(command);
    return result;
}

static Channel *channel_new(Recorder *recorder, const char *camera)
{
    Channel *channel = g_new0(Channel, 1);
    channel->id = g_strdup(camera);
    // Multiples of the golden section spread any number of cameras evenly over the minute.
    double turn = recorder->n_attached++ * 0.6180339887;
    channel->phase_us = (int64_t)((turn - (int64_t)turn) * 3600e6);
    channel->reason =
        clock_mono_ms() - recorder->started_ms < CONNECT_MS ? GAP_BOX_OFF : GAP_RECORDING_OFF;
    segment_init(&channel->view.segment);
    return channel;
}

static void channel_free(gpointer value)
{
    Channel *channel = value;
    recorder_view_done(&channel->view);
    g_free(channel->id);
    g_free(channel);
}

static void detach(Recorder *recorder, Channel *channel, GapReason reason)
{
    if (!channel->stream)
        return;
    // As much as its ring can hold; what a camera that still sends adds meanwhile is not waited
    // for.
    read_channel(recorder, channel, 1000);
    g_clear_pointer(&channel->reader, ring_reader_free);
    end_segment(recorder, channel, GAP_NONE);
    g_clear_pointer(&channel->info, stream_info_unref);
    settle_gap(recorder, channel, clock_wall_us(), IDLE_MS * 1000);
    g_clear_pointer(&channel->stream, stream_unref);
    channel->reason = reason;
    publish(recorder, channel, NULL);
}

static void run_attach(Recorder *recorder, Command *command)
{
    Channel *channel = g_hash_table_lookup(recorder->channels, command->camera);
    if (!channel) {
        channel = channel_new(recorder, command->camera);
        g_mutex_lock(&recorder->lock);
        g_hash_table_insert(recorder->channels, channel->id, channel);
        g_mutex_unlock(&recorder->lock);
    }
    detach(recorder, channel, GAP_RECORDING_OFF);
    channel->stream = g_steal_pointer(&command->stream);
    channel->reader =
        ring_reader_new(stream_fragments(channel->stream), RING_FROM_KEPT_KEY, wake, recorder);
    channel->attached_ms = clock_mono_ms();
    channel->attached_us = clock_wall_us();
    if (recorder->archive)
        take_up(recorder, channel);
    else
        publish(recorder, channel, NULL);
}

static void run_detach(Recorder *recorder, Command *command)
{
    Channel *channel = g_hash_table_lookup(recorder->channels, command->camera);
    if (channel)
        detach(recorder, channel, GAP_RECORDING_OFF);
}

static void close_archive(Recorder *recorder)
{
    GHashTableIter iter;
    gpointer channel;
    g_hash_table_iter_init(&iter, recorder->channels);
    while (recorder->archive && g_hash_table_iter_next(&iter, NULL, &channel))
        end_segment(recorder, channel, GAP_NONE);
    g_clear_pointer(&recorder->archive, archive_free);
}

static void run_apply(Recorder *recorder, Command *command)
{
    bool is_moved = g_strcmp0(command->path, recorder->path) != 0;
    if (is_moved)
        close_archive(recorder);
    g_mutex_lock(&recorder->lock);
    recorder->limits = command->options;
    if (is_moved) {
        g_free(recorder->path);
        recorder->path = g_steal_pointer(&command->path);
    }
    g_mutex_unlock(&recorder->lock);
    g_hash_table_unref(recorder->camera_days);
    recorder->camera_days = g_steal_pointer(&command->camera_days);
    recorder->retention_at_ms = 0;
    if (is_moved)
        recorder->open_at_ms = 0;
}

static void run_stop(Recorder *recorder, Command *command)
{
    GHashTableIter iter;
    gpointer channel;
    g_hash_table_iter_init(&iter, recorder->channels);
    while (g_hash_table_iter_next(&iter, NULL, &channel))
        detach(recorder, channel, GAP_BOX_OFF);
    close_archive(recorder);
    recorder->is_stopping = true;
}

static void answer_hold(Recorder *recorder, Command *command, int result)
{
    recorder->held_at_ms = 0;
    command->result = result;
    if (result < 0 && result != -ENOENT)
        command->reason = g_strdup(archive_error(recorder->archive));
}

static bool can_hold(Recorder *recorder, Command *command)
{
    if (recorder->archive)
        return true;
    command->result = -EAGAIN;
    command->reason = g_strdup(recorder->reason);
    return false;
}

static void run_put_hold(Recorder *recorder, Command *command)
{
    if (can_hold(recorder, command))
        answer_hold(recorder, command, archive_put_hold(recorder->archive, &command->hold));
}

static void run_delete_hold(Recorder *recorder, Command *command)
{
    if (can_hold(recorder, command))
        answer_hold(recorder, command, archive_delete_hold(recorder->archive, command->hold_id));
}

void recorder_attach(Recorder *recorder, const ConfigCamera *camera, Stream *stream)
{
    Command *command = g_new0(Command, 1);
    command->run = run_attach;
    command->camera = g_strdup(camera->id);
    command->stream = stream_ref(stream);
    push(recorder, command);
}

void recorder_detach(Recorder *recorder, const char *camera)
{
    Command *command = g_new0(Command, 1);
    command->run = run_detach;
    command->camera = g_strdup(camera);
    push(recorder, command);
}

static GHashTable *days_by_camera(const GPtrArray *cameras)
{
    GHashTable *days = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; cameras && i < cameras->len; i++) {
        const ConfigCamera *camera = cameras->pdata[i];
        if (camera->days)
            g_hash_table_insert(days, g_strdup(camera->id), GINT_TO_POINTER(camera->days));
    }
    return days;
}

void recorder_apply(Recorder *recorder, const RecorderOptions *options)
{
    Command *command = g_new0(Command, 1);
    command->run = run_apply;
    command->options = *options;
    command->camera_days = days_by_camera(options->cameras);
    command->path = archive_root(recorder->data_dir, options->path);
    push(recorder, command);
}

int recorder_put_hold(Recorder *recorder, const ArchiveHold *hold, char **ret_reason)
{
    Command *command = g_new0(Command, 1);
    command->run = run_put_hold;
    command->hold = (ArchiveHold){ .id = g_strdup(hold->id),
                                   .camera = g_strdup(hold->camera),
                                   .from_us = hold->from_us,
                                   .to_us = hold->to_us,
                                   .reason = g_strdup(hold->reason),
                                   .ref = g_strdup(hold->ref) };
    return call(recorder, command, ret_reason);
}

int recorder_delete_hold(Recorder *recorder, const char *id, char **ret_reason)
{
    Command *command = g_new0(Command, 1);
    command->run = run_delete_hold;
    command->hold_id = g_strdup(id);
    return call(recorder, command, ret_reason);
}

// --- thread
// -----------------------------------------------------------------------------------------------------------

static void wait_for_work(Recorder *recorder, bool has_more)
{
    int64_t now_ms = clock_mono_ms();
    int64_t until_ms = recorder->archive ? MIN(recorder->sync_at_ms, recorder->retention_at_ms)
                                         : recorder->open_at_ms;
    int timeout = has_more ? 0 : (int)CLAMP(until_ms - now_ms, 0, SYNC_MS);
    struct pollfd poll_fd = { .fd = recorder->wake_fd, .events = POLLIN };
    eventfd_t value;
    if (poll(&poll_fd, 1, timeout) == 1)
        eventfd_read(recorder->wake_fd, &value);
}

static gpointer recorder_main(gpointer data)
{
    Recorder *recorder = data;
    while (!recorder->is_stopping) {
        if (!recorder->archive && clock_mono_ms() >= recorder->open_at_ms)
            open_archive(recorder);
        watch_clock(recorder);
        run_commands(recorder);
        bool has_more = read_channels(recorder);
        has_more |= keep_archive(recorder);
        if (!recorder->is_stopping)
            wait_for_work(recorder, has_more);
    }
    return NULL;
}

RecorderOptions recorder_options_of(const Config *config, const char *data_dir)
{
    return (RecorderOptions){ .data_dir = data_dir,
                              .hall = config->hall.id,
                              .path = config->storage.path,
                              .quota_mb = config->storage.quota_mb,
                              .days = config->storage.days,
                              .free_mb = config->storage.free_mb,
                              .segment_seconds = config->storage.segment_seconds,
                              .cameras = config->cameras };
}

int recorder_new(const RecorderOptions *options, Recorder **ret_recorder)
{
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0)
        return -errno;
    Recorder *recorder = g_new0(Recorder, 1);
    recorder->wake_fd = fd;
    recorder->commands = g_async_queue_new();
    recorder->data_dir = g_strdup(options->data_dir);
    recorder->hall = g_strdup(options->hall);
    recorder->limits = *options;
    recorder->camera_days = days_by_camera(options->cameras);
    start_clock(recorder);
    recorder->started_ms = clock_mono_ms();
    recorder->path = archive_root(options->data_dir, options->path);
    recorder->channels = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, channel_free);
    recorder->state = STATE_FAILED;
    recorder->reason = g_strdup("the storage folder is being opened");
    g_mutex_init(&recorder->lock);
    g_cond_init(&recorder->answered);
    recorder->thread = g_thread_new("recorder", recorder_main, recorder);
    *ret_recorder = recorder;
    return 0;
}

void recorder_free(Recorder *recorder)
{
    if (!recorder)
        return;
    Command *command = g_new0(Command, 1);
    command->run = run_stop;
    push(recorder, command);
    g_thread_join(recorder->thread);
    while ((command = g_async_queue_try_pop(recorder->commands)))
        command_free(command);
    g_async_queue_unref(recorder->commands);
    g_hash_table_unref(recorder->channels);
    g_hash_table_unref(recorder->camera_days);
    g_mutex_clear(&recorder->lock);
    g_cond_clear(&recorder->answered);
    close(recorder->wake_fd);
    g_free(recorder->data_dir);
    g_free(recorder->hall);
    g_free(recorder->path);
    g_free(recorder->reason);
    g_free(recorder);
}
