// SPDX-License-Identifier: Apache-2.0
// Export: video that a person wants as one signed file. The rows are the queue, the outbox to video
// and the record.
//
//     queued ──▶ running ──▶ done ──▶ removed
//        ╰──────────┴──▶ failed | cancelled ──▶ (retry) queued
//
// Until is_swept, video still has to remove what it has of one that was cancelled, removed or is to
// be made again.
#pragma once
#include "rating/hall.h"

enum { EXPORT_CLIPS_MAX = 16, EXPORT_ACTIVE_MAX = 50 };
#define EXPORT_CLIP_MAX_MS (24 * INT64_C(3600000))

typedef struct {
    const char *who, *reason;
    const char *ref;     // NULL: none
    bool has_overlay;    // with a copy to look at beside each clip
    const json_t *clips; // [{"camera","name","from","to"}], from and to in ms; borrowed
    int64_t now_ms;
} ExportInput;

// Inside a writer job. -EBUSY: EXPORT_ACTIVE_MAX wait already.
int export_add(Store *store, const Hall *hall, const ExportInput *input, char **ret_id);
// Cancels one that is not done, removes the file of one that is. -ENOENT; -EEXIST: nothing is left
// to end.
int export_end(Store *store, const Hall *hall, const char *id, int64_t now_ms);
// -ENOENT; -EEXIST: neither failed nor cancelled nor removed.
int export_retry(Store *store, const Hall *hall, const char *id, int64_t now_ms);

// What video has to be asked about, oldest first: a GPtrArray of ExportErrand with its free
// function.
typedef struct {
    char *id;
    bool must_sweep; // DELETE first
    bool is_active;  // then tell video of it
    json_t *order;   // body of the PUT, without hall
    char *state;
    int percent;
} ExportErrand;
GPtrArray *export_errands(Store *store);

// What video says. text and numbers as in its answer (capture/exporter.h).
typedef struct {
    const char *id;
    const char *state; // queued | running | done | failed
    int percent;
    const char *error, *sha256;
    int64_t bytes;
} ExportNews;
// Inside a writer job. One that was ended meanwhile stays as it is.
int export_told(Store *store, const Hall *hall, const ExportNews *news, int64_t now_ms);
// video has removed what it had.
int export_swept(Store *store, const Hall *hall, const char *id);

// Reading: any connection. JSON is the API's (docs/api/openapi.yaml); new references.
typedef struct {
    const char *state, *ref; // NULL: all
    int64_t before_ms;
    const char *before_id; // NULL: first page
    int limit;
} ExportFilter;
json_t *export_list(Store *store, const ExportFilter *filter);
json_t *export_get(Store *store, const char *id); // NULL: unknown
