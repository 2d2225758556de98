// SPDX-License-Identifier: Apache-2.0
// Export job: makes the zip of one order: plan what is taken, copy it, write down what it is, sign.
//
// The zip (evidence_zip.h), in this order:
//     说明.txt       how to verify it
//     box.pem       the box's public key
//     NN-MM_{camera}_{YYYYMMDD-HHMMSS}.mp4   clip NN, its span MM (export_part.h), hall's time
//     NN-MM_..._overlay.mp4   only where it was asked for: a derived copy of that span (overlay.h)
//     manifest.json what all of it is; manifest.sig: 64 bytes, Ed25519 over manifest.json's bytes
//
// manifest.json: {"format":"hallwatch-export","version":1,"id","made_at","program","box":{"key"},
//   "hall":{"id","name"},"zone","who","reason","ref","clock":{"is_synchronised","offset_ms"},
//   "clips":[{"camera":{"id","name"},"requested":{"from","to"},"real":{"from","to"}|null,
//     "parts":[{"file","overlay":{"file","is_derived":true}|null,"from","to","codecs","width",
//       "height","segments":[{"id","from","to","bytes",
//       "sha256","previous_id","previous_sha256","is_open","is_whole","at_ms","at_byte"}]}],
//     "gaps":[{"from","to","reason"}]}],
//   "block_bytes":1048576,"files":[{"name","bytes","sha256","blocks":["…"]}]}
// Times are {"utc","local"}. A segment's sha256 is that of its file on the box's disk, checked
// against the index while it was read: is_whole false says that it was not what was recorded. A
// segment that is_open was still being recorded: its bytes and sha256 are those of what was there.
// at_ms and at_byte: where it begins in the part. files are all of the zip but the last two.
//
// Whoever lifts a hold meanwhile takes nothing away: the job has one of its own on what it reads.
#pragma once
#include "capture/evidence_key.h"
#include "capture/export_order.h"
#include "capture/recorder.h"
#include "capture/veil.h"

#define EXPORT_README    "说明.txt"
#define EXPORT_PEM       "box.pem"
#define EXPORT_MANIFEST  "manifest.json"
#define EXPORT_SIGNATURE "manifest.sig"
#define EXPORT_FORMAT    "hallwatch-export"
enum { EXPORT_VERSION = 1 };

typedef struct {
    const char *data_dir;
    const char *root;   // the storage folder where no recorder knows of several; else not used
    Recorder *recorder; // for what is being written, where it lies, and the job's hold; NULL: none
                        // records
    EvidenceKey key;
    int64_t floor_bytes; // of free space that is left
    // A camera's privacy masks, for overlay copies; new reference or NULL. May be NULL: no masks.
    Veil *(*veil)(void *ctx, const char *camera);
    void *veil_ctx;
} ExportPlace;

typedef struct {
    bool (*is_ended)(void *ctx); // true: the job gives up with -ECANCELED
    void (*percent)(void *ctx, int percent);
    void *ctx;
} ExportWatch;

// Writes the zip to path, synced. On an error ret_error is a sentence for people (Chinese /
// English; the caller frees) and what lies at path is of no use. -ENODATA: nothing was recorded
// there; -ENOSPC: too little room.
int export_job_run(const ExportPlace *place, const ExportOrder *order, const char *path,
                   const ExportWatch *watch, char **ret_error);
// The job does that itself at its end; for an order whose job did not come to one. recorder may be
// NULL.
void export_job_let_go(Recorder *recorder, const char *order);
