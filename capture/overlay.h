// SPDX-License-Identifier: Apache-2.0
// Overlay: a copy of an export's part for people to look at: hall, camera and the running time
// burnt in, privacy masks filled, encoded anew as H.264. The part itself stays beside it,
// untouched: this one is no evidence, and the manifest calls it derived.
//
// One frame at a time, on the caller's thread (the exporter's, of low priority), one core.
#pragma once
#include "capture/evidence_zip.h"
#include "capture/export_part.h"
#include "capture/veil.h"

typedef struct {
    const char *zip_path;
    int64_t offset, bytes; // of the part's MP4 in it
    int64_t wall_us;       // where its time 0 is
    const char *title;     // hall and camera
    const Veil *veil;      // NULL: no masks
} OverlaySource;

// Writes an entry of the zip, which may be the one that the part lies in. progress->read is told of
// the bytes that were taken in. The caller frees ret_file. -ECANCELED; -EBADMSG: the part cannot be
// decoded; -ENOSYS: there is no encoder here; others are of the zip.
int overlay_make(const OverlaySource *source, EvidenceZip *zip, const char *name,
                 const ExportProgress *progress, EvidenceFile **ret_file);
