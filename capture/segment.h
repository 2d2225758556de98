// SPDX-License-Identifier: Apache-2.0
// Segment: one recorded file of about a minute, that can be read by any player and understood
// without the index.
//
// The file (ISO/IEC 14496-12, fragmented):
//     ftyp moov      the stream's init, byte for byte (StreamInfo.init)
//     uuid           our box, below; players skip it (14496-12, 11.1)
//     (moof mdat)*   fragments as they came; the first one begins with a key frame
// Our box: usertype 68616c6c-7761-7463-682d-7365676d6e74 ("hallwatch-segmnt"), then big-endian
//     u32 version = 1 | u64 segment id | i64 wall clock of the first sample, us | u64 id of the
//     camera's segment before (0: none) | 32 bytes SHA-256 of that segment's file | u16 width | u16
//     height | u8 n + hall id | u8 n + camera id | u8 n + codecs (RFC 6381)
//
// Times inside a segment run on the media's own line (tfdt) from the wall clock of its first
// sample, so that the index in media.db and an index rebuilt from the file are the same numbers.
// The wall clock is pulled by at most 500 ppm against that line (30 ms in a minute) and a jump
// begins a new segment.
//
// Everything here is plain data and files: any thread, one at a time for one object. Errors are
// negative errno.
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    SEGMENT_HASH_BYTES = 32, // SHA-256
    SEGMENT_MAX_TRACKS = 4,
    SEGMENT_MAX_ID = 32, // of a hall or camera
    SEGMENT_MAX_CODECS = 100,
    SEGMENT_MAX_INIT = 1 << 20, // ftyp + moov; the largest real ones are some 2 KB
    SEGMENT_MAX_MOOF = 1 << 20,
    SEGMENT_MAX_FRAGMENT = 64 << 20,
    SEGMENT_MAX_ENTRIES = 100000,
};

// What our box says.
typedef struct {
    int64_t id;
    int64_t wall_us;
    int64_t previous_id; // 0: none
    uint8_t previous_sha256[SEGMENT_HASH_BYTES];
    int width, height;
    char hall[SEGMENT_MAX_ID + 1];
    char camera[SEGMENT_MAX_ID + 1];
    char codecs[SEGMENT_MAX_CODECS + 1];
} SegmentHead;

// A fragment in the file. Offsets are not kept: fragments follow one another from
// Segment.header_bytes on.
typedef struct {
    int64_t time_us; // of its first sample, from the segment's start
    int64_t duration_us;
    uint32_t bytes;
    bool key;
} SegmentEntry;

// What is known of a segment; the same whether it was just written or scanned.
typedef struct {
    SegmentHead head;
    int64_t init_bytes;   // ftyp + moov: what an EXT-X-MAP names
    int64_t header_bytes; // init and our box: where the first fragment begins
    int64_t bytes;        // up to the end of the last whole fragment
    int64_t decode_us;    // of the first sample, on the media's line
    int64_t duration_us;
    int64_t clock_us; // what its clock was set by later (archive.h); 0 in a scan
    uint64_t init_id; // tells inits apart: first bytes of the init's SHA-256
    uint8_t
        sha256[SEGMENT_HASH_BYTES]; // of the first `bytes` bytes; zeros while the file is written
    GArray *entries;                // SegmentEntry
} Segment;

void segment_init(Segment *segment);
void segment_done(Segment *segment);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Segment, segment_done)
// ret_copy is initialised by this.
void segment_copy(const Segment *segment, Segment *ret_copy);
int64_t segment_end_us(const Segment *segment); // wall clock

// Entries as a blob for the index: varints of (time against the end of the entry before, zigzag),
// (duration * 2 + key), bytes. New reference.
GBytes *segment_pack_entries(const GArray *entries);
// -EBADMSG when the blob is not whole. Appends to entries.
int segment_unpack_entries(const void *blob, size_t size, GArray *entries);

// The tracks of an init, as far as fragments need them to be understood.
typedef struct {
    int n;
    struct {
        uint32_t id;
        uint32_t timescale;
        bool is_video;
        uint32_t default_duration, default_size, default_flags; // trex
    } track[SEGMENT_MAX_TRACKS];
} SegmentTracks;

// -EBADMSG: not ftyp + moov with at least one usable track.
int segment_read_tracks(const uint8_t *init, size_t size, SegmentTracks *ret_tracks);
// One whole fragment in memory. ret_entry->time_us is the decode time on the media's line here.
int segment_read_fragment(const SegmentTracks *tracks, const uint8_t *bytes, size_t size,
                          SegmentEntry *ret_entry);

// Reads a file from its start up to the last whole fragment, whatever comes after (a cut or damaged
// tail). ret_segment must be initialised. -EBADMSG: header damaged or not ours; a file without a
// whole fragment gives 0 and no entries.
int segment_scan(int fd, Segment *ret_segment);
// Only the header: head, init_bytes, header_bytes, init_id.
int segment_scan_head(int fd, Segment *ret_segment);

typedef struct SegmentWriter SegmentWriter;

// Creates the file (it must not exist). Nothing is written yet.
int segment_writer_new(const char *path, const SegmentHead *head, GBytes *init,
                       SegmentWriter **ret_writer);
void segment_writer_free(SegmentWriter *writer); // closes the file as it is
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SegmentWriter, segment_writer_free)
int segment_writer_begin(SegmentWriter *writer); // init and our box
// After an error the file ends again with the last whole fragment. The first one must have a key
// frame
// (-EINVAL). -EBADMSG: not a fragment of this init.
int segment_writer_append(SegmentWriter *writer, GBytes *fragment, SegmentEntry *ret_entry);
// Starts writing dirty pages out, without waiting; then sync waits for data and size to be on disk.
void segment_writer_start_sync(SegmentWriter *writer);
int segment_writer_sync(SegmentWriter *writer);
bool segment_writer_dirty(const SegmentWriter *writer); // bytes since the last sync
// fsync and hash: segment() is complete afterwards.
int segment_writer_finish(SegmentWriter *writer);
const Segment *segment_writer_segment(const SegmentWriter *writer); // borrowed
