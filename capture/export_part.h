// SPDX-License-Identifier: Apache-2.0
// Export part: one plain MP4 of an export, remuxed from recorded segments straight into the zip.
//
// One file for each span without a gap and with one init, and a new one after an hour or 2 GiB. A
// gap inside a file, or a second init, is where players differ: some freeze, some skip, some stop,
// and what they show is then not the time that it is. With a file for each span every player shows
// the same, its time runs with the wall clock from the start that its name and the manifest say, no
// file is too large for a FAT32 stick, and the tables of a day never lie in memory at once.
//
// Packets are copied, not encoded anew. Each segment begins at its wall clock; decode times stay in
// order by a tick where a segment begins a few milliseconds before the one before it ends.
#pragma once
#include "capture/evidence_zip.h"
#include "capture/segment.h"

#define EXPORT_PART_MAX_US    (INT64_C(3600) * 1000000)
#define EXPORT_PART_MAX_BYTES (INT64_C(2) << 30)

typedef struct ExportPart ExportPart;

// What is taken of one segment's file: whole fragments, the first with a key frame.
typedef struct {
    int fd;
    int64_t init_bytes;
    int64_t bytes;              // of the file: all are hashed
    int64_t first, end;         // offsets of the fragments that are copied
    int64_t wall_us, decode_us; // of the segment's first sample
} ExportPiece;

typedef struct {
    bool (*is_ended)(void *ctx);            // asked often; true: give up with -ECANCELED
    void (*read)(void *ctx, int64_t bytes); // so many more bytes of segments have been read
    void *ctx;
} ExportProgress;

// Begins an entry of the zip. wall_us: where the file's time 0 is. title and wall_us go into its
// metadata.
int export_part_new(EvidenceZip *zip, const char *name, const char *title, int64_t wall_us,
                    ExportPart **ret_part);
void export_part_free(ExportPart *part);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ExportPart, export_part_free)
// Copies the piece and hashes its file on the way. -EBADMSG: what was copied of it cannot be read
// as video further than some fragment; the hash is told all the same. Other errors end the export.
int export_part_add(ExportPart *part, const ExportPiece *piece, const ExportProgress *progress,
                    uint8_t *ret_sha256);
int64_t export_part_bytes(const ExportPart *part); // written so far, about
// Writes the tables and ends the entry. The caller frees ret_file.
int export_part_finish(ExportPart *part, EvidenceFile **ret_file);
