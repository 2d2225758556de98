// SPDX-License-Identifier: Apache-2.0
#include "capture/recorder.h"

#include "base/clock.h"
#include "base/log.h"
#include "capture/clock_book.h"
#include "capture/clock_watch.h"
#include "capture/storage.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    LOOK_MS = 1000,     // at the disks, at least so often
    HELD_MS = 10000,    // how old the figure of held bytes may be
    REOPEN_MS = 5000,   // between tries while media.db cannot be used
    IDLE_MS = 5000,     // without a fragment: the segment ends and a gap begins
    CONNECT_MS = 10000, // after a start: until then a silent camera is still connecting
    ANSWER_MS = 5000,   // who asks for a hold waits no longer for a media.db that does not answer
    STOP_MS = 2500,     // for what is in the rings and on its way
    WINDOW = 4,         // fragments of one camera that wait for the disk
    READ_AT_ONCE = 8,   // fragments of one camera before the next one's turn
};

typedef enum { SEGMENT_NONE, SEGMENT_OPEN, SEGMENT_ENDING } SegmentState;

typedef struct {
    GRefString *id;   // constant
    int64_t phase_us; // constant: cameras do not all begin a segment at the same moment
    // Recorder thread.
    Stream *stream; // NULL: detached
    Stream *next;   // to be attached once what is left of the other one is written
    RingReader *reader;
    GQueue sent;       // fragments that the disk has not written yet
    GQueue backlog;    // and those that it did not, or that wait for the end of the segment before
    bool is_detaching; // the rest of the ring is written
    GapReason detach_reason;
    int64_t detached_us;
    SegmentState segment;
    bool has_row;                     // media.db knows of the segment
    int disk;                         // of the segment
    int64_t start_us;                 // of the segment
    StreamInfo *info;                 // of the newest segment
    int64_t until_us;                 // recorded, or gaps written down, up to here; 0: nothing yet
    int64_t attached_ms, fragment_ms; // monotonic; fragment_ms: when one was read, or could not be
    int64_t begun_ms;                 // monotonic: when the newest segment was begun
    int64_t attached_us;
    GapReason reason; // why nothing is recorded since until_us
    unsigned n_bad;   // fragments that were not to be used
    // Under the recorder's lock; written by the recorder thread only.
    RecorderView view;
    int view_disk;
    int64_t n_gaps;
} Channel;

struct Recorder {
    GThread *thread;
    int wake_fd; // eventfd: a ring has something, a disk tells something, or a command waits
    GAsyncQueue *commands; // Command
    char *data_dir;        // constant
    // Recorder thread.
    Index *index; // NULL: media.db cannot be used, tried again at open_at_ms
    Storage *storage;
    int segment_seconds;
    ClockWatch clock;
    unsigned n_attached; // in all, for the phases
    int64_t started_ms, open_at_ms, held_at_ms;
    bool was_open;   // a disk, since the start
    bool has_failed; // one before the first was open
    int64_t stop_ms; // 0: it does not stop
    // Under lock; written by the recorder thread only.
    GMutex lock;
    GCond answered;
    GHashTable *channels; // id -> Channel
    char *trouble;        // why media.db cannot be used; NULL: it can
    int64_t held_bytes;
};

typedef struct Command Command;
struct Command {
    void (*run)(Recorder *recorder, Command *command);
    char *camera;
    Stream *stream;
    StorageLimits limits;
    int segment_seconds;
    char *hold_id;
    IndexHold hold; // its texts are owned here
    // Under the recorder's lock; of a call only.
    unsigned owners; // who waits for the answer, and the recorder until it has given it; 0: no call
    bool is_answered;
    int result;
    char *reason;
};

// --- state and what others see

static void publish(Recorder *recorder, Channel *channel, const DiskEvent *written)
{
    g_mutex_lock(&recorder->lock);
    RecorderView *view = &channel->view;
    view->is_attached = channel->stream && !channel->is_detaching;
    view->known_until_us = channel->until_us;
    view->gap = channel->reason ? channel->reason : GAP_CAMERA_OFFLINE;
    GArray *entries = view->segment.entries;
    if (written) {
        if (!view->is_recording || view->segment.head.id != written->segment.head.id)
            g_array_set_size(entries, 0);
        g_array_append_val(entries, written->entry);
        view->segment = written->segment;
        view->segment.entries = entries;
        view->last_recorded_us = channel->until_us;
        view->is_recording = true;
        channel->view_disk = channel->disk;
    } else if (channel->segment == SEGMENT_NONE && channel->reason != GAP_NONE) {
        view->is_recording = false; // not between two segments that join
        g_array_set_size(entries, 0);
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
    return json_pack(
        "{s:s, s:b, s:s?, s:o, s:I}", "id", channel->id, "recording", view->is_recording, "disk",
        view->is_recording ? storage_role(channel->view_disk) : NULL, "last_recorded_at",
        time_or_null(view->last_recorded_us), "gaps", (json_int_t)channel->n_gaps);
}

json_t *recorder_status(Recorder *recorder)
{
    json_t *cameras = json_array(), *status = storage_status(recorder->storage);
    GHashTableIter iter;
    gpointer channel;
    g_mutex_lock(&recorder->lock);
    g_hash_table_iter_init(&iter, recorder->channels);
    while (g_hash_table_iter_next(&iter, NULL, &channel)) {
        if (((Channel *)channel)->view.is_attached)
            json_array_append_new(cameras, channel_status(channel));
    }
    if (recorder->trouble)
        json_object_set_new(status, "reason", json_string(recorder->trouble));
    json_object_set_new(status, "held_bytes", json_integer(recorder->held_bytes));
    g_mutex_unlock(&recorder->lock);
    json_object_set_new(status, "cameras", cameras);
    return status;
}

int recorder_place(Recorder *recorder, int storage, char **ret_path, char **ret_reason)
{
    return storage_place(recorder->storage, storage, ret_path, ret_reason);
}

// --- gaps

static void add_gap(Recorder *recorder, Channel *channel, int64_t to_us, GapReason reason)
{
    if (index_add_gap(recorder->index, channel->id, channel->until_us, to_us, reason) < 0) {
        log_err("camera=%s gap not written: %s", channel->id, index_error(recorder->index));
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
    if (!recorder->index || !channel->until_us ||
        (now_us - channel->until_us <= join_us && channel->until_us - now_us <= join_us))
        return;
    // The clock may have been set over what was recorded earlier, or back into it.
    int64_t known_us = index_known_before(recorder->index, channel->id, now_us);
    if (channel->until_us < now_us)
        known_us = MAX(known_us, channel->until_us);
    if (!known_us || now_us - known_us <= join_us)
        return;
    channel->until_us = known_us;
    add_gap(recorder, channel, now_us, channel->reason ? channel->reason : GAP_CAMERA_OFFLINE);
}

// After an opened disk or an attached camera: takes up where the index ends.
static void take_up(Recorder *recorder, Channel *channel)
{
    int64_t n_gaps = index_count_gaps(recorder->index, channel->id);
    channel->until_us =
        index_known_before(recorder->index, channel->id, clock_wall_us() + INDEX_JOIN_US);
    int64_t last_us = index_last_recorded_us(recorder->index, channel->id);
    g_mutex_lock(&recorder->lock);
    channel->n_gaps = n_gaps;
    channel->view.last_recorded_us = last_us;
    g_mutex_unlock(&recorder->lock);
    publish(recorder, channel, NULL);
}

// --- segments

static bool can_record(const Recorder *recorder)
{
    return storage_is_usable(recorder->storage, storage_in_use(recorder->storage));
}

static void finish_detaching(Recorder *recorder, Channel *channel);

// The segment is over, one way or another.
static void segment_is_over(Recorder *recorder, Channel *channel)
{
    channel->segment = SEGMENT_NONE;
    while (!g_queue_is_empty(&channel->sent))
        g_queue_push_head(&channel->backlog, g_queue_pop_tail(&channel->sent));
    if (channel->is_detaching && !channel->reader)
        finish_detaching(recorder, channel);
    else
        publish(recorder, channel, NULL);
}

static void end_segment(Recorder *recorder, Channel *channel, GapReason reason)
{
    if (channel->segment != SEGMENT_OPEN)
        return;
    channel->reason = reason;
    channel->segment = SEGMENT_ENDING;
    disk_end(storage_disk(recorder->storage, channel->disk), channel->id);
}

// What the disk has not finished is missing until it is found there again.
static void lose_segment(Recorder *recorder, Channel *channel, GapReason reason)
{
    channel->until_us = channel->start_us;
    channel->reason = reason;
    segment_is_over(recorder, channel);
}

// Why nothing is recorded from here on.
static void give_reason(Recorder *recorder, Channel *channel, GapReason reason)
{
    channel->reason = reason;
    publish(recorder, channel, NULL);
}

static bool was_away(const Channel *channel)
{
    return channel->stream &&
           (channel->reason == GAP_BOX_OFF || channel->reason == GAP_RECORDING_OFF);
}

// All of the cameras' segments that are on this disk, and the reason for those that have none; what
// was away before the first disk opened stays so until it was attached (on_opened).
static void lose_segments(Recorder *recorder, int disk, GapReason reason)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, recorder->channels);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Channel *channel = value;
        if (channel->segment != SEGMENT_NONE && channel->disk == disk)
            lose_segment(recorder, channel, reason);
        else if (channel->segment == SEGMENT_NONE && channel->stream &&
                 disk == storage_in_use(recorder->storage) &&
                 (recorder->was_open || !was_away(channel)))
            give_reason(recorder, channel, reason);
    }
}

static void end_segments(Recorder *recorder, int disk, GapReason reason)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, recorder->channels);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Channel *channel = value;
        if (channel->segment == SEGMENT_OPEN && channel->disk == disk)
            end_segment(recorder, channel, reason);
        else if (channel->segment != SEGMENT_OPEN && channel->stream &&
                 disk == storage_in_use(recorder->storage))
            give_reason(recorder, channel, reason); // also where one was just ending
    }
}

static void begin_segment(Recorder *recorder, Channel *channel, Fragment *fragment)
{
    settle_gap(recorder, channel, fragment->wall_us, INDEX_JOIN_US);
    channel->disk = storage_in_use(recorder->storage);
    channel->segment = SEGMENT_OPEN;
    channel->has_row = false;
    channel->start_us = fragment->wall_us;
    g_clear_pointer(&channel->info, stream_info_unref);
    channel->info = stream_info_ref(fragment->info);
    channel->begun_ms = clock_mono_ms();
}

// Which minute (of segment_seconds) of this camera the moment lies in.
static int64_t slot_of(const Recorder *recorder, const Channel *channel, int64_t wall_us)
{
    int64_t length_us = recorder->segment_seconds * INT64_C(1000000);
    return (wall_us + channel->phase_us % length_us) / length_us;
}

// A segment that began just before its camera's turn goes on to the next one.
static bool is_segment_long(const Recorder *recorder, const Channel *channel, int64_t wall_us)
{
    int64_t quarter_us = recorder->segment_seconds * INT64_C(250000);
    return slot_of(recorder, channel, wall_us) >
           slot_of(recorder, channel, channel->start_us + quarter_us);
}

// The box's clock was set since the segment was begun, and the camera's fragments may still be by
// the clock before: the first one by the new clock is a jump. A segment that began with one by the
// clock before would not be known as such (clock_book.h).
static bool awaits_jump(const Recorder *recorder, const Channel *channel)
{
    return clock_watch_has_just_stepped(&recorder->clock) &&
           channel->begun_ms <= recorder->clock.stepped_ms;
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
        *ret_reason = clock_watch_has_just_stepped(&recorder->clock) ? GAP_CLOCK_SET : GAP_DRIFT;
        return true;
    }
    return fragment->key && is_segment_long(recorder, channel, fragment->wall_us) &&
           !awaits_jump(recorder, channel);
}

// False: it waits for the end of the segment before.
static bool take_fragment(Recorder *recorder, Channel *channel, Fragment *fragment)
{
    GapReason reason;
    bool begins = channel->segment == SEGMENT_NONE;
    channel->fragment_ms = clock_mono_ms();
    if (!begins && must_end(recorder, channel, fragment, &reason)) {
        end_segment(recorder, channel, reason);
        return false;
    }
    if (begins && (!fragment->key || !recorder->index || !can_record(recorder))) {
        if (fragment->key && channel->reason == GAP_NONE)
            give_reason(recorder, channel, GAP_DISK_ERROR); // nobody has told of one yet
        return true;
    }
    if (begins)
        begin_segment(recorder, channel, fragment);
    disk_write(storage_disk(recorder->storage, channel->disk), channel->id, fragment, begins);
    g_queue_push_tail(&channel->sent, fragment_ref(fragment));
    return true;
}

static void note_dropped(Recorder *recorder, Channel *channel, uint64_t dropped)
{
    log_warn("camera=%s the disk is too slow: %" PRIu64 " fragments not recorded", channel->id,
             dropped);
    storage_note_dropped(recorder->storage, channel->disk, clock_mono_ms());
    end_segment(recorder, channel, GAP_DROPPED);
}

// Whether the disk can be told more now. What it cannot be told waits in the ring.
static bool may_take(const Recorder *recorder, const Channel *channel)
{
    int in_use = storage_in_use(recorder->storage);
    switch (channel->segment) {
    case SEGMENT_OPEN:
        return channel->sent.length < WINDOW &&
               disk_has_room(storage_disk(recorder->storage, channel->disk));
    case SEGMENT_NONE:
        if (recorder->index && clock_watch_is_behind(&recorder->clock))
            return false;
        if (can_record(recorder))
            return disk_has_room(storage_disk(recorder->storage, in_use));
        return !storage_is_awaited(recorder->storage, in_use); // else it is lost
    default:
        return false;
    }
}

// True: one was taken, and there may be more.
static bool read_fragment(Recorder *recorder, Channel *channel)
{
    gpointer item;
    uint64_t dropped = 0;
    if (g_queue_is_empty(&channel->backlog)) {
        if (ring_read(channel->reader, &item, &dropped) != RING_ITEM)
            return false;
        g_queue_push_tail(&channel->backlog, item);
    }
    if (dropped && channel->segment == SEGMENT_OPEN)
        note_dropped(recorder, channel, dropped);
    else if (take_fragment(recorder, channel, g_queue_peek_head(&channel->backlog)))
        fragment_unref(g_queue_pop_head(&channel->backlog));
    return true;
}

// True: there is more that can be done now.
static bool read_channel(Recorder *recorder, Channel *channel)
{
    for (int i = 0; i < READ_AT_ONCE; i++) {
        if (!may_take(recorder, channel)) {
            channel->fragment_ms = clock_mono_ms(); // it is the disk that is silent
            return false;
        }
        if (read_fragment(recorder, channel))
            continue;
        if (channel->is_detaching) {
            g_clear_pointer(&channel->reader, ring_reader_free);
            if (channel->segment == SEGMENT_OPEN)
                end_segment(recorder, channel, GAP_NONE);
            else
                finish_detaching(recorder, channel);
        }
        return false;
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
            has_more |= read_channel(recorder, channel);
    }
    return has_more;
}

// --- what the disks tell

// From the moment of attaching on, another reason holds.
static void settle_until_attached(Recorder *recorder, Channel *channel, GapReason reason)
{
    settle_gap(recorder, channel, channel->attached_us, INDEX_JOIN_US);
    give_reason(recorder, channel, reason);
}

static void on_opened(void *ctx, int disk)
{
    Recorder *recorder = ctx;
    GHashTableIter iter;
    gpointer value;
    bool is_late = !recorder->was_open && recorder->has_failed;
    g_hash_table_iter_init(&iter, recorder->channels);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Channel *channel = value;
        if (channel->segment != SEGMENT_NONE)
            continue;
        take_up(recorder, channel);
        if (is_late && was_away(channel))
            settle_until_attached(recorder, channel, GAP_DISK_ERROR);
    }
    recorder->was_open = true;
}

static GapReason gap_of(int err)
{
    return err == -ENOSPC || err == -EDQUOT ? GAP_DISK_FULL : GAP_DISK_ERROR;
}

static void on_failed(void *ctx, int disk, int err)
{
    Recorder *recorder = ctx;
    recorder->has_failed = true;
    lose_segments(recorder, disk, gap_of(err));
}

static void on_full(void *ctx, int disk)
{
    end_segments(ctx, disk, GAP_DISK_FULL);
}

// The camera's channel, if its segment is on the disk; else NULL.
static Channel *channel_on(Recorder *recorder, int disk, const char *camera)
{
    Channel *channel = camera ? g_hash_table_lookup(recorder->channels, camera) : NULL;
    bool is_on = channel && channel->segment != SEGMENT_NONE && channel->disk == disk;
    return is_on ? channel : NULL;
}

static void drop_first_sent(Channel *channel)
{
    if (!g_queue_is_empty(&channel->sent))
        fragment_unref(g_queue_pop_head(&channel->sent));
}

static void on_left(void *ctx, int disk, const char *camera)
{
    Channel *channel = channel_on(ctx, disk, camera);
    if (channel)
        drop_first_sent(channel); // it may be found there later
    lose_segments(ctx, disk, GAP_DROPPED);
}

static void on_written(void *ctx, int disk, const DiskEvent *event)
{
    Channel *channel = channel_on(ctx, disk, event->camera);
    if (!channel)
        return;
    drop_first_sent(channel);
    channel->has_row = true;
    channel->until_us = segment_end_us(&event->segment);
    if (channel->segment == SEGMENT_OPEN)
        channel->reason = GAP_NONE;
    publish(ctx, channel, event);
}

static void on_ended(void *ctx, int disk, const DiskEvent *event)
{
    Channel *channel = channel_on(ctx, disk, event->camera);
    if (!channel)
        return;
    if (event->err) {
        if (channel->n_bad++ % 100 == 0)
            log_warn("camera=%s not recorded: %s (%u times)", channel->id, event->reason,
                     channel->n_bad);
        channel->reason = GAP_DROPPED;
        drop_first_sent(channel);
    }
    segment_is_over(ctx, channel);
}

// --- what time brings

static void keep_limits(Recorder *recorder, int64_t now_ms)
{
    if (!recorder->index)
        return;
    storage_keep(recorder->storage, now_ms, clock_watch_now(&recorder->clock));
    if (now_ms < recorder->held_at_ms)
        return;
    recorder->held_at_ms = now_ms + HELD_MS;
    int64_t held_bytes = index_held_bytes(index_store(recorder->index), NULL);
    g_mutex_lock(&recorder->lock);
    recorder->held_bytes = held_bytes;
    g_mutex_unlock(&recorder->lock);
}

// Ends what has gone silent, and tells a box that was off from a camera that does not come.
static void watch_silence(Recorder *recorder, int64_t now_ms)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, recorder->channels);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Channel *channel = value;
        bool is_silent = !channel->sent.length && now_ms - channel->fragment_ms > IDLE_MS;
        if (channel->segment == SEGMENT_OPEN && is_silent)
            end_segment(recorder, channel, GAP_CAMERA_OFFLINE);
        else if (channel->segment == SEGMENT_NONE && is_silent && channel->view.is_recording)
            give_reason(recorder, channel, GAP_CAMERA_OFFLINE); // just where its segment ended
        else if (channel->segment == SEGMENT_NONE && was_away(channel) && can_record(recorder) &&
                 now_ms - channel->attached_ms > CONNECT_MS)
            settle_until_attached(recorder, channel, GAP_CAMERA_OFFLINE);
    }
}

static void wake(void *ctx)
{
    Recorder *recorder = ctx;
    eventfd_write(recorder->wake_fd, 1);
}

static Store *store_of(Recorder *recorder)
{
    return recorder->index ? index_store(recorder->index) : NULL;
}

// Once it is open it stays so: the disks come and go.
static void open_index(Recorder *recorder)
{
    g_autofree char *why = NULL;
    int r = index_open(recorder->data_dir, &why, &recorder->index);
    if (r >= 0 && clock_book_begin(index_store(recorder->index)) < 0) {
        why = g_strdup_printf("media.db: %s", store_error(index_store(recorder->index)));
        g_clear_pointer(&recorder->index, index_free);
    }
    if (recorder->index) {
        clock_watch_start(&recorder->clock, store_of(recorder));
        storage_open(recorder->storage);
    } else {
        log_err("storage: NOT RECORDING: %s", why);
        recorder->has_failed = true;
        recorder->open_at_ms = clock_mono_ms() + REOPEN_MS;
    }
    g_mutex_lock(&recorder->lock);
    g_free(recorder->trouble);
    recorder->trouble = g_steal_pointer(&why);
    g_mutex_unlock(&recorder->lock);
}

// --- commands

static void command_free(Command *command)
{
    IndexHold *hold = &command->hold;
    char *texts[] = { command->camera,  command->hold_id,     command->reason,
                      (char *)hold->id, (char *)hold->camera, (char *)hold->reason,
                      (char *)hold->ref };
    if (command->stream)
        stream_unref(command->stream);
    storage_limits_done(&command->limits);
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

// Whoever asks is a thread of the HTTP server, of which there are few: it does not wait for a
// media.db that has stalled. The command is still done later, and asking again then does no harm.
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
        *ret_reason = g_strdup("media.db does not answer");
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
    channel->id = g_ref_string_new(camera);
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
    g_queue_clear_full(&channel->sent, (GDestroyNotify)fragment_unref);
    g_queue_clear_full(&channel->backlog, (GDestroyNotify)fragment_unref);
    g_clear_pointer(&channel->reader, ring_reader_free);
    g_clear_pointer(&channel->info, stream_info_unref);
    g_clear_pointer(&channel->stream, stream_unref);
    g_clear_pointer(&channel->next, stream_unref);
    recorder_view_done(&channel->view);
    g_ref_string_release(channel->id);
    g_free(channel);
}

static void attach(Recorder *recorder, Channel *channel, Stream *take_stream)
{
    channel->stream = take_stream;
    channel->reader =
        ring_reader_new(stream_fragments(channel->stream), RING_FROM_KEPT_KEY, wake, recorder);
    channel->attached_ms = clock_mono_ms();
    channel->attached_us = clock_wall_us();
    if (recorder->index)
        take_up(recorder, channel);
    else
        publish(recorder, channel, NULL);
}

static void finish_detaching(Recorder *recorder, Channel *channel)
{
    channel->is_detaching = false;
    g_clear_pointer(&channel->info, stream_info_unref);
    settle_gap(recorder, channel, channel->detached_us, IDLE_MS * 1000);
    g_clear_pointer(&channel->stream, stream_unref);
    channel->reason = channel->detach_reason;
    publish(recorder, channel, NULL);
    if (channel->next)
        attach(recorder, channel, g_steal_pointer(&channel->next));
}

// What is in its ring is still written.
static void detach(Recorder *recorder, Channel *channel, GapReason reason)
{
    g_clear_pointer(&channel->next, stream_unref);
    if (!channel->stream)
        return;
    channel->detach_reason = reason;
    if (channel->is_detaching)
        return;
    channel->is_detaching = true;
    channel->detached_us = clock_wall_us();
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
    if (channel->stream)
        channel->next = g_steal_pointer(&command->stream);
    else
        attach(recorder, channel, g_steal_pointer(&command->stream));
}

static void run_detach(Recorder *recorder, Command *command)
{
    Channel *channel = g_hash_table_lookup(recorder->channels, command->camera);
    if (channel)
        detach(recorder, channel, GAP_RECORDING_OFF);
}

static void run_apply(Recorder *recorder, Command *command)
{
    storage_apply(recorder->storage, &command->limits);
    recorder->segment_seconds = command->segment_seconds;
}

static void run_stop(Recorder *recorder, Command *command)
{
    GHashTableIter iter;
    gpointer channel;
    g_hash_table_iter_init(&iter, recorder->channels);
    while (g_hash_table_iter_next(&iter, NULL, &channel))
        detach(recorder, channel, GAP_BOX_OFF);
    recorder->stop_ms = clock_mono_ms() + STOP_MS;
}

static void answer_hold(Recorder *recorder, Command *command, int result)
{
    recorder->held_at_ms = 0;
    command->result = result;
    if (result < 0 && result != -ENOENT)
        command->reason = g_strdup(index_error(recorder->index));
}

static bool can_hold(Recorder *recorder, Command *command)
{
    if (recorder->index)
        return true;
    command->result = -EAGAIN;
    command->reason = g_strdup(recorder->trouble ? recorder->trouble : "media.db is being opened");
    return false;
}

static void run_put_hold(Recorder *recorder, Command *command)
{
    if (can_hold(recorder, command))
        answer_hold(recorder, command, index_put_hold(recorder->index, &command->hold));
}

static void run_delete_hold(Recorder *recorder, Command *command)
{
    if (can_hold(recorder, command))
        answer_hold(recorder, command, index_delete_hold(recorder->index, command->hold_id));
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

void recorder_apply(Recorder *recorder, const RecorderOptions *options)
{
    Command *command = g_new0(Command, 1);
    command->run = run_apply;
    command->limits = recorder_options_limits(options);
    command->segment_seconds = options->segment_seconds;
    push(recorder, command);
}

int recorder_put_hold(Recorder *recorder, const IndexHold *hold, char **ret_reason)
{
    Command *command = g_new0(Command, 1);
    command->run = run_put_hold;
    command->hold = (IndexHold){ .id = g_strdup(hold->id),
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

// Nothing of a camera is on its way, or it is not waited for any longer.
static bool is_settled(Recorder *recorder)
{
    GHashTableIter iter;
    gpointer channel;
    if (clock_mono_ms() >= recorder->stop_ms)
        return true;
    g_hash_table_iter_init(&iter, recorder->channels);
    while (g_hash_table_iter_next(&iter, NULL, &channel)) {
        if (((Channel *)channel)->stream)
            return false;
    }
    return true;
}

static void wait_for_work(Recorder *recorder, bool has_more)
{
    int64_t now_ms = clock_mono_ms();
    int64_t until_ms =
        recorder->index ? storage_keep_at_ms(recorder->storage) : recorder->open_at_ms;
    if (recorder->stop_ms)
        until_ms = MIN(until_ms, recorder->stop_ms);
    int timeout = has_more ? 0 : (int)CLAMP(until_ms - now_ms, 0, LOOK_MS);
    struct pollfd poll_fd = { .fd = recorder->wake_fd, .events = POLLIN };
    eventfd_t value;
    if (poll(&poll_fd, 1, timeout) == 1)
        eventfd_read(recorder->wake_fd, &value);
}

// A step of the clock says something of the rows of before: those on their way are waited for.
static Store *clock_store(Recorder *recorder)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, recorder->channels);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Channel *channel = value;
        if (channel->segment != SEGMENT_NONE && !channel->has_row)
            return NULL;
    }
    return store_of(recorder);
}

static gpointer recorder_main(gpointer data)
{
    Recorder *recorder = data;
    while (!recorder->stop_ms || !is_settled(recorder)) {
        if (!recorder->index && clock_mono_ms() >= recorder->open_at_ms)
            open_index(recorder);
        clock_watch_look(&recorder->clock, clock_store(recorder));
        run_commands(recorder);
        storage_look(recorder->storage, clock_mono_ms());
        bool has_more = read_channels(recorder);
        watch_silence(recorder, clock_mono_ms());
        keep_limits(recorder, clock_mono_ms());
        wait_for_work(recorder, has_more);
    }
    return NULL;
}

static Storage *make_storage(Recorder *recorder, const RecorderOptions *options)
{
    StorageOptions wanted = { .data_dir = options->data_dir,
                              .hall = options->hall,
                              .path = options->path,
                              .spare_path = options->spare_path,
                              .limits = recorder_options_limits(options),
                              .events = { .opened = on_opened,
                                          .failed = on_failed,
                                          .full = on_full,
                                          .left = on_left,
                                          .written = on_written,
                                          .ended = on_ended,
                                          .wake = wake,
                                          .ctx = recorder } };
    Storage *storage = storage_new(&wanted);
    storage_limits_done(&wanted.limits);
    return storage;
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
    recorder->storage = make_storage(recorder, options);
    recorder->segment_seconds = options->segment_seconds;
    clock_watch_start(&recorder->clock, store_of(recorder));
    recorder->started_ms = clock_mono_ms();
    recorder->channels = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, channel_free);
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
    storage_free(recorder->storage);
    index_free(recorder->index);
    g_async_queue_unref(recorder->commands);
    g_hash_table_unref(recorder->channels);
    g_mutex_clear(&recorder->lock);
    g_cond_clear(&recorder->answered);
    close(recorder->wake_fd);
    g_free(recorder->data_dir);
    g_free(recorder->trouble);
    g_free(recorder);
}
