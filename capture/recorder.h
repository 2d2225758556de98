// SPDX-License-Identifier: Apache-2.0
// Recorder: one thread that decides what of all cameras is recorded where, and one thread for each
// disk (disk.h) that writes it.
//
// Nobody waits for a disk: cameras push into their rings, the recorder reads with a cursor of its
// own as much as the disk takes, and what was too much is a gap with its reason. Where there is a
// spare disk and the main one fails, is full or does not answer for some seconds, recording goes on
// there with the next key frame, mostly from what the rings still hold; what the main disk has not
// finished is a gap until it is found there again. It moves back from segment to segment once the
// main disk is well (move_over.h).
//
// The recorder's thread waits for media.db alone. All calls below may be made on any thread and
// none waits for a disk, except recorder_free for a few seconds; recorder_put_hold and
// recorder_delete_hold wait some seconds for media.db.
#pragma once
#include "capture/archive.h"
#include "capture/recorder_options.h"
#include "capture/stream.h"
#include <jansson.h>

typedef struct Recorder Recorder;

// Starts the threads. A storage folder that cannot be used now is a state, not an error: it is
// tried again.
int recorder_new(const RecorderOptions *options, Recorder **ret_recorder);
// Finishes all open segments. Nobody may be waiting for a hold: the HTTP server goes first.
void recorder_free(Recorder *recorder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Recorder, recorder_free)

// The camera's main stream. Cameras with record off are not attached. Attaching one that is
// attached changes its stream.
void recorder_attach(Recorder *recorder, const ConfigCamera *camera, Stream *stream);
// What is in the ring is still written.
void recorder_detach(Recorder *recorder, const char *camera);
// New limits, from the next moment on. Paths stay as they were at the start.
void recorder_apply(Recorder *recorder, const RecorderOptions *options);

// 0 once it is in media.db; -ENOENT (delete: unknown); -EAGAIN: the disk does not answer, ask
// again; other negative errno with a sentence in ret_reason.
int recorder_put_hold(Recorder *recorder, const IndexHold *hold, char **ret_reason);
int recorder_delete_hold(Recorder *recorder, const char *id, char **ret_reason);

// {"path","used_bytes","free_bytes","held_bytes","quota_bytes"|null,"days","oldest_at"|null,
//  "state":"recording|disk_full|failed","reason"|null,
//  "moved_over":{"since_at","reason"|null}|null,
//  "disks":[{"role":"main|spare","path","in_use":bool,"state":"opening|well|slow|full|failed|stalled",
//            "reason"|null,"used_bytes","free_bytes","quota_bytes"|null,"oldest_at"|null}],
//  "cameras":[{"id","recording":bool,"disk":"main|spare"|null,"last_recorded_at"|null,"gaps":n}]}.
// path, free_bytes, quota_bytes, state and reason are those of the disk in use, used_bytes and
// oldest_at of all. New reference.
json_t *recorder_status(Recorder *recorder);

// Where the files of a storage (the number in its rows) lie, for who reads them. -EAGAIN with a
// sentence for people: its disk is away or does not answer. The caller frees both.
int recorder_place(Recorder *recorder, int storage, char **ret_path, char **ret_reason);

// A camera as it is at this moment, for playback.
typedef struct {
    bool is_attached;
    bool is_recording; // segment is one that is being written
    Segment segment;
    int64_t known_until_us;   // recorded, or gaps written down, up to here; 0: nothing
    GapReason gap;            // why nothing has come since then
    int64_t last_recorded_us; // 0: never
} RecorderView;

// ret_view is initialised by this, also when there is no such camera (then it returns false).
bool recorder_view(Recorder *recorder, const char *camera, RecorderView *ret_view);
void recorder_view_done(RecorderView *view);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RecorderView, recorder_view_done)
