// SPDX-License-Identifier: Apache-2.0
#include "capture/segment.h"
#include "base/file.h"
#include "base/sha256.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOX(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))

static const uint8_t USER_TYPE[16] = "hallwatch-segmnt";

enum {
    HEAD_VERSION = 1,
    MAX_SAMPLES = 1000000,       // in one run: bounds what a damaged count can claim
    SAMPLE_IS_NOT_KEY = 0x10000, // 14496-12, 8.8.3.1
};
static const int64_t MAX_TIME_US = INT64_C(86400) * 1000000; // inside one segment

// --- reading big-endian bytes
// -----------------------------------------------------------------------------------------

typedef struct {
    const uint8_t *at;
    size_t left;
    bool is_short; // more was read than was there
} Cursor;

static const uint8_t *cursor_take(Cursor *cursor, size_t n)
{
    if (cursor->left < n) {
        cursor->is_short = true;
        cursor->left = 0;
        return NULL;
    }
    const uint8_t *at = cursor->at;
    cursor->at += n;
    cursor->left -= n;
    return at;
}

static uint64_t cursor_uint(Cursor *cursor, int bytes)
{
    const uint8_t *at = cursor_take(cursor, bytes);
    uint64_t value = 0;
    for (int i = 0; at && i < bytes; i++)
        value = value << 8 | at[i];
    return value;
}

static bool cursor_text(Cursor *cursor, char *ret_text, size_t max)
{
    size_t size = cursor_uint(cursor, 1);
    const uint8_t *at = size <= max ? cursor_take(cursor, size) : NULL;
    if (!at || memchr(at, 0, size))
        return false;
    memcpy(ret_text, at, size);
    ret_text[size] = 0;
    return true;
}

typedef struct {
    uint32_t type;
    Cursor body;
} Box;

// False: no more, or not a whole box (cursor->is_short).
static bool cursor_box(Cursor *cursor, Box *ret_box)
{
    if (!cursor->left)
        return false;
    uint64_t size = cursor_uint(cursor, 4), head = 8;
    ret_box->type = cursor_uint(cursor, 4);
    if (size == 1) {
        size = cursor_uint(cursor, 8);
        head = 16;
    }
    if (cursor->is_short || size < head || size - head > cursor->left) {
        cursor->is_short = true;
        return false;
    }
    const uint8_t *body = cursor_take(cursor, size - head);
    ret_box->body = (Cursor){ .at = body, .left = size - head };
    return true;
}

static bool cursor_find(Cursor cursor, uint32_t type, Cursor *ret_body)
{
    Box box;
    while (cursor_box(&cursor, &box)) {
        if (box.type == type) {
            *ret_body = box.body;
            return true;
        }
    }
    return false;
}

// --- init
// -------------------------------------------------------------------------------------------------------------

// mdhd and tkhd have 32 or 64 bit times before what is wanted (14496-12, 8.3.2 and 8.4.2).
static uint32_t read_after_times(Cursor body)
{
    bool is_long = cursor_uint(&body, 1) == 1;
    cursor_take(&body, 3 + (is_long ? 16 : 8));
    return cursor_uint(&body, 4);
}

static void read_trak(Cursor trak, SegmentTracks *tracks)
{
    Cursor tkhd, mdia, mdhd, hdlr;
    if (tracks->n == SEGMENT_MAX_TRACKS || !cursor_find(trak, BOX('t', 'k', 'h', 'd'), &tkhd) ||
        !cursor_find(trak, BOX('m', 'd', 'i', 'a'), &mdia) ||
        !cursor_find(mdia, BOX('m', 'd', 'h', 'd'), &mdhd) ||
        !cursor_find(mdia, BOX('h', 'd', 'l', 'r'), &hdlr))
        return;
    uint32_t timescale = read_after_times(mdhd);
    cursor_take(&hdlr, 8);
    uint32_t handler = cursor_uint(&hdlr, 4);
    if (!timescale)
        return;
    tracks->track[tracks->n].id = read_after_times(tkhd);
    tracks->track[tracks->n].timescale = timescale;
    tracks->track[tracks->n].is_video = handler == BOX('v', 'i', 'd', 'e');
    tracks->n++;
}

static int find_track(const SegmentTracks *tracks, uint32_t id)
{
    for (int i = 0; i < tracks->n; i++) {
        if (tracks->track[i].id == id)
            return i;
    }
    return -1;
}

static void read_trex(Cursor trex, SegmentTracks *tracks)
{
    cursor_take(&trex, 4);
    int i = find_track(tracks, cursor_uint(&trex, 4));
    if (i < 0)
        return;
    cursor_take(&trex, 4); // sample description
    tracks->track[i].default_duration = cursor_uint(&trex, 4);
    tracks->track[i].default_size = cursor_uint(&trex, 4);
    tracks->track[i].default_flags = cursor_uint(&trex, 4);
}

int segment_read_tracks(const uint8_t *init, size_t size, SegmentTracks *ret_tracks)
{
    *ret_tracks = (SegmentTracks){ 0 };
    Cursor file = { .at = init, .left = size }, moov, mvex;
    if (!cursor_find(file, BOX('m', 'o', 'o', 'v'), &moov))
        return -EBADMSG;
    Box box;
    for (Cursor at = moov; cursor_box(&at, &box);) {
        if (box.type == BOX('t', 'r', 'a', 'k'))
            read_trak(box.body, ret_tracks);
    }
    if (!cursor_find(moov, BOX('m', 'v', 'e', 'x'), &mvex))
        return -EBADMSG;
    while (cursor_box(&mvex, &box)) {
        if (box.type == BOX('t', 'r', 'e', 'x'))
            read_trex(box.body, ret_tracks);
    }
    return ret_tracks->n ? 0 : -EBADMSG;
}

// --- fragment
// ---------------------------------------------------------------------------------------------------------

typedef struct {
    bool is_video;
    bool key;
    uint64_t decode, duration; // in the track's timescale
    uint64_t bytes;            // of its samples
    uint32_t timescale;
} Run;

// -1: more than a stream of centuries.
static int64_t to_us(uint64_t ticks, uint32_t timescale)
{
    uint64_t seconds = ticks / timescale;
    if (seconds > INT64_MAX / 4000000)
        return -1;
    return seconds * 1000000 + ticks % timescale * 1000000 / timescale;
}

typedef struct {
    uint32_t duration, size, flags;
} SampleDefaults;

// 14496-12, 8.8.8. is_first: no run of this track has been read.
static bool read_trun(Cursor trun, const SampleDefaults *defaults, bool is_first, Run *run)
{
    uint32_t flags = cursor_uint(&trun, 4);
    uint32_t n = cursor_uint(&trun, 4);
    if (n > MAX_SAMPLES)
        return false;
    if (flags & 0x1)
        cursor_take(&trun, 4); // data offset
    uint32_t first_flags = flags & 0x4 ? cursor_uint(&trun, 4) : defaults->flags;
    for (uint32_t i = 0; i < n && !trun.is_short; i++) {
        run->duration += flags & 0x100 ? cursor_uint(&trun, 4) : defaults->duration;
        run->bytes += flags & 0x200 ? cursor_uint(&trun, 4) : defaults->size;
        uint32_t sample_flags = flags & 0x400 ? cursor_uint(&trun, 4) : defaults->flags;
        if (flags & 0x800)
            cursor_take(&trun, 4); // composition offset
        if (i == 0 && is_first)
            run->key = !((flags & 0x4 ? first_flags : sample_flags) & SAMPLE_IS_NOT_KEY);
    }
    return !trun.is_short;
}

static int read_tfhd(Cursor tfhd, const SegmentTracks *tracks, SampleDefaults *ret_defaults)
{
    uint32_t flags = cursor_uint(&tfhd, 4) & 0xffffff;
    int i = find_track(tracks, cursor_uint(&tfhd, 4));
    if (i < 0)
        return -1;
    if (flags & 0x1)
        cursor_take(&tfhd, 8); // base data offset
    if (flags & 0x2)
        cursor_take(&tfhd, 4); // sample description
    ret_defaults->duration =
        flags & 0x8 ? cursor_uint(&tfhd, 4) : tracks->track[i].default_duration;
    ret_defaults->size = flags & 0x10 ? cursor_uint(&tfhd, 4) : tracks->track[i].default_size;
    ret_defaults->flags = flags & 0x20 ? cursor_uint(&tfhd, 4) : tracks->track[i].default_flags;
    return tfhd.is_short ? -1 : i;
}

static bool read_traf(Cursor traf, const SegmentTracks *tracks, Run *ret_run)
{
    Cursor tfhd, tfdt;
    SampleDefaults defaults;
    if (!cursor_find(traf, BOX('t', 'f', 'h', 'd'), &tfhd) ||
        !cursor_find(traf, BOX('t', 'f', 'd', 't'), &tfdt))
        return false;
    int track = read_tfhd(tfhd, tracks, &defaults);
    if (track < 0)
        return false;
    *ret_run = (Run){ .is_video = tracks->track[track].is_video,
                      .timescale = tracks->track[track].timescale };
    bool is_long = cursor_uint(&tfdt, 4) >> 24 == 1;
    ret_run->decode = cursor_uint(&tfdt, is_long ? 8 : 4);
    bool is_first = true;
    for (Box box; cursor_box(&traf, &box);) {
        if (box.type != BOX('t', 'r', 'u', 'n'))
            continue;
        if (!read_trun(box.body, &defaults, is_first, ret_run))
            return false;
        is_first = false;
    }
    return !traf.is_short && !tfdt.is_short && !is_first;
}

// The video's run speaks for the fragment; where there is only sound, the sound's.
static int read_moof(Cursor moof, const SegmentTracks *tracks, SegmentEntry *ret_entry,
                     uint64_t *ret_bytes)
{
    Run chosen = { 0 }, run;
    *ret_bytes = 0;
    for (Box box; cursor_box(&moof, &box);) {
        if (box.type != BOX('t', 'r', 'a', 'f'))
            continue;
        if (!read_traf(box.body, tracks, &run))
            return -EBADMSG;
        *ret_bytes += run.bytes;
        if (!chosen.timescale || (run.is_video && !chosen.is_video))
            chosen = run;
    }
    if (!chosen.timescale || moof.is_short)
        return -EBADMSG;
    *ret_entry = (SegmentEntry){
        .time_us = to_us(chosen.decode, chosen.timescale),
        .duration_us = to_us(chosen.duration, chosen.timescale),
        .key = chosen.is_video && chosen.key,
    };
    if (ret_entry->time_us < 0 || ret_entry->duration_us < 0 ||
        ret_entry->duration_us > MAX_TIME_US)
        return -EBADMSG;
    return 0;
}

int segment_read_fragment(const SegmentTracks *tracks, const uint8_t *bytes, size_t size,
                          SegmentEntry *ret_entry)
{
    Cursor at = { .at = bytes, .left = size };
    bool has_moof = false, has_mdat = false;
    uint64_t need = 0;
    if (size > SEGMENT_MAX_FRAGMENT)
        return -EBADMSG;
    for (Box box; !has_mdat && cursor_box(&at, &box);) {
        if (box.type == BOX('m', 'o', 'o', 'f')) {
            if (has_moof || box.body.left > SEGMENT_MAX_MOOF ||
                read_moof(box.body, tracks, ret_entry, &need) < 0)
                return -EBADMSG;
            has_moof = true;
        } else if (box.type == BOX('m', 'd', 'a', 't')) {
            if (!has_moof || need > box.body.left)
                return -EBADMSG;
            has_mdat = true;
        }
    }
    if (!has_mdat || at.left)
        return -EBADMSG;
    ret_entry->bytes = size;
    return 0;
}

// --- segment
// ----------------------------------------------------------------------------------------------------------

void segment_init(Segment *segment)
{
    *segment = (Segment){ .entries = g_array_new(FALSE, FALSE, sizeof(SegmentEntry)) };
}

void segment_done(Segment *segment)
{
    g_clear_pointer(&segment->entries, g_array_unref);
}

void segment_copy(const Segment *segment, Segment *ret_copy)
{
    *ret_copy = *segment;
    ret_copy->entries = g_array_copy(segment->entries);
}

int64_t segment_end_us(const Segment *segment)
{
    return segment->head.wall_us + segment->duration_us;
}

// Takes an entry whose time is on the media's line. The same rules for what is written and what is
// scanned.
static int segment_accept(Segment *segment, SegmentEntry *entry)
{
    GArray *entries = segment->entries;
    if (entries->len == 0) {
        if (!entry->key)
            return -EINVAL;
        segment->decode_us = entry->time_us;
        segment->bytes = segment->header_bytes;
    } else if (entries->len == SEGMENT_MAX_ENTRIES) {
        return -EBADMSG;
    }
    int64_t time_us = entry->time_us - segment->decode_us;
    int64_t before =
        entries->len ? g_array_index(entries, SegmentEntry, entries->len - 1).time_us : 0;
    if (time_us < before || time_us > MAX_TIME_US)
        return -EBADMSG;
    entry->time_us = time_us;
    segment->bytes += entry->bytes;
    segment->duration_us = time_us + entry->duration_us;
    g_array_append_val(entries, *entry);
    return 0;
}

static void put_varint(GByteArray *bytes, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        g_byte_array_append(bytes, &(uint8_t){ value | 0x80 }, 1);
    g_byte_array_append(bytes, &(uint8_t){ value }, 1);
}

static bool get_varint(Cursor *cursor, uint64_t *ret_value)
{
    *ret_value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
        uint64_t byte = cursor_uint(cursor, 1);
        *ret_value |= (byte & 0x7f) << shift;
        if (cursor->is_short)
            return false;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

GBytes *segment_pack_entries(const GArray *entries)
{
    GByteArray *bytes = g_byte_array_new();
    int64_t end_us = 0;
    for (guint i = 0; i < entries->len; i++) {
        const SegmentEntry *entry = &g_array_index(entries, SegmentEntry, i);
        int64_t step = entry->time_us - end_us;
        put_varint(bytes, step < 0 ? (uint64_t)-step * 2 - 1 : (uint64_t)step * 2);
        put_varint(bytes, (uint64_t)entry->duration_us * 2 + entry->key);
        put_varint(bytes, entry->bytes);
        end_us = entry->time_us + entry->duration_us;
    }
    return g_byte_array_free_to_bytes(bytes);
}

int segment_unpack_entries(const void *blob, size_t size, GArray *entries)
{
    Cursor at = { .at = blob, .left = size };
    int64_t end_us = 0;
    while (at.left) {
        uint64_t step, duration, bytes;
        if (!get_varint(&at, &step) || !get_varint(&at, &duration) || !get_varint(&at, &bytes) ||
            step > (uint64_t)MAX_TIME_US * 4 || duration > (uint64_t)MAX_TIME_US * 4 ||
            bytes > SEGMENT_MAX_FRAGMENT || entries->len == SEGMENT_MAX_ENTRIES)
            return -EBADMSG;
        SegmentEntry entry = {
            .time_us = end_us + (step & 1 ? -(int64_t)(step / 2) - 1 : (int64_t)(step / 2)),
            .duration_us = duration / 2,
            .bytes = bytes,
            .key = duration & 1,
        };
        end_us = entry.time_us + entry.duration_us;
        if (entry.time_us < 0 || entry.time_us > MAX_TIME_US)
            return -EBADMSG;
        g_array_append_val(entries, entry);
    }
    return 0;
}

static uint64_t hash_init(const uint8_t *init, size_t size)
{
    uint8_t hash[SEGMENT_HASH_BYTES];
    g_autoptr(Sha256) running = sha256_new();
    sha256_update(running, init, size);
    sha256_read(running, hash);
    Cursor at = { .at = hash, .left = sizeof hash };
    return cursor_uint(&at, 8);
}

// --- our box
// ----------------------------------------------------------------------------------------------------------

static void put_uint(GByteArray *bytes, uint64_t value, int n)
{
    while (n--)
        g_byte_array_append(bytes, &(uint8_t){ value >> (8 * n) }, 1);
}

static void put_text(GByteArray *bytes, const char *text)
{
    size_t size = strlen(text);
    put_uint(bytes, size, 1);
    g_byte_array_append(bytes, (const uint8_t *)text, size);
}

static GByteArray *write_head(const SegmentHead *head)
{
    GByteArray *bytes = g_byte_array_new();
    put_uint(bytes, 0, 4); // size, below
    put_uint(bytes, BOX('u', 'u', 'i', 'd'), 4);
    g_byte_array_append(bytes, USER_TYPE, sizeof USER_TYPE);
    put_uint(bytes, HEAD_VERSION, 4);
    put_uint(bytes, head->id, 8);
    put_uint(bytes, head->wall_us, 8);
    put_uint(bytes, head->previous_id, 8);
    g_byte_array_append(bytes, head->previous_sha256, SEGMENT_HASH_BYTES);
    put_uint(bytes, head->width, 2);
    put_uint(bytes, head->height, 2);
    put_text(bytes, head->hall);
    put_text(bytes, head->camera);
    put_text(bytes, head->codecs);
    bytes->data[2] = bytes->len >> 8;
    bytes->data[3] = bytes->len;
    return bytes;
}

// False: another uuid box. An unknown version of ours is -EBADMSG.
static bool is_head(Cursor body)
{
    const uint8_t *type = cursor_take(&body, sizeof USER_TYPE);
    return type && !memcmp(type, USER_TYPE, sizeof USER_TYPE);
}

static int read_head(Cursor body, SegmentHead *ret_head)
{
    cursor_take(&body, sizeof USER_TYPE);
    if (cursor_uint(&body, 4) != HEAD_VERSION)
        return -EBADMSG;
    ret_head->id = cursor_uint(&body, 8);
    ret_head->wall_us = cursor_uint(&body, 8);
    ret_head->previous_id = cursor_uint(&body, 8);
    const uint8_t *previous = cursor_take(&body, SEGMENT_HASH_BYTES);
    ret_head->width = cursor_uint(&body, 2);
    ret_head->height = cursor_uint(&body, 2);
    if (!previous || !cursor_text(&body, ret_head->hall, SEGMENT_MAX_ID) ||
        !cursor_text(&body, ret_head->camera, SEGMENT_MAX_ID) ||
        !cursor_text(&body, ret_head->codecs, SEGMENT_MAX_CODECS))
        return -EBADMSG;
    memcpy(ret_head->previous_sha256, previous, SEGMENT_HASH_BYTES);
    bool is_sane = ret_head->id > 0 && ret_head->previous_id >= 0 && ret_head->wall_us > 0 &&
                   ret_head->wall_us < INT64_MAX / 2;
    return is_sane ? 0 : -EBADMSG;
}

// --- scanning
// ---------------------------------------------------------------------------------------------------------

// Where a box lies in the file. -EBADMSG: no whole box there.
typedef struct {
    uint32_t type;
    int64_t body, end;
} BoxPlace;

static int find_box(int fd, int64_t offset, int64_t file_size, BoxPlace *ret_place)
{
    uint8_t bytes[16];
    size_t n = MIN((int64_t)sizeof bytes, file_size - offset);
    int r = file_read_at(fd, offset, bytes, n);
    if (r < 0)
        return r;
    Cursor at = { .at = bytes, .left = n };
    uint64_t size = cursor_uint(&at, 4), head = 8;
    ret_place->type = cursor_uint(&at, 4);
    if (size == 1) {
        size = cursor_uint(&at, 8);
        head = 16;
    }
    if (at.is_short || size < head || size > (uint64_t)(file_size - offset))
        return -EBADMSG;
    ret_place->body = offset + (int64_t)head;
    ret_place->end = offset + (int64_t)size;
    return 0;
}

// -EBADMSG: our box does not lie whole in these first bytes of the file, or is damaged.
static int parse_header(const uint8_t *bytes, size_t size, Segment *segment,
                        SegmentTracks *ret_tracks)
{
    Cursor at = { .at = bytes, .left = size };
    const uint8_t *start = at.at;
    for (Box box; cursor_box(&at, &box); start = at.at) {
        if (box.type != BOX('u', 'u', 'i', 'd') || !is_head(box.body))
            continue;
        segment->init_bytes = start - bytes;
        segment->header_bytes = segment->bytes = at.at - bytes;
        segment->init_id = hash_init(bytes, (size_t)segment->init_bytes);
        int r = read_head(box.body, &segment->head);
        return r < 0 ? r : segment_read_tracks(bytes, (size_t)segment->init_bytes, ret_tracks);
    }
    return -EBADMSG;
}

static int read_header_of(int fd, size_t size, Segment *segment, SegmentTracks *ret_tracks)
{
    uint8_t *bytes = g_malloc(MAX(size, 1));
    int r = file_read_at(fd, 0, bytes, size);
    if (r >= 0)
        r = parse_header(bytes, size, segment, ret_tracks);
    g_free(bytes);
    return r;
}

// Most headers are far smaller than the cap: the first 16 KB are looked at before more is read.
static int read_header(int fd, Segment *segment, SegmentTracks *ret_tracks)
{
    enum { USUAL = 16384 };
    struct stat stat;
    if (fstat(fd, &stat) < 0)
        return -errno;
    size_t size = (size_t)MIN(stat.st_size, SEGMENT_MAX_INIT);
    int r = read_header_of(fd, MIN(size, USUAL), segment, ret_tracks);
    if (r == -EBADMSG && size > USUAL)
        r = read_header_of(fd, size, segment, ret_tracks);
    return r;
}

int segment_scan_head(int fd, Segment *ret_segment)
{
    SegmentTracks tracks;
    return read_header(fd, ret_segment, &tracks);
}

static int hash_file(int fd, int64_t size, uint8_t *ret_sha256)
{
    enum { STEP = 1 << 16 };
    uint8_t buffer[STEP];
    g_autoptr(Sha256) hash = sha256_new();
    for (int64_t at = 0; at < size; at += STEP) {
        size_t n = MIN(STEP, size - at);
        int r = file_read_at(fd, at, buffer, n);
        if (r < 0)
            return r;
        sha256_update(hash, buffer, n);
    }
    sha256_read(hash, ret_sha256);
    return 0;
}

// Reads one fragment that begins at offset. -EBADMSG: none that is whole.
static int scan_fragment(int fd, int64_t offset, int64_t file_size, const SegmentTracks *tracks,
                         SegmentEntry *ret_entry)
{
    bool has_moof = false;
    uint64_t need = 0;
    BoxPlace place;
    for (int64_t at = offset; at < file_size; at = place.end) {
        int r = find_box(fd, at, file_size, &place);
        if (r < 0)
            return r;
        int64_t size = place.end - place.body;
        if (place.end - offset > SEGMENT_MAX_FRAGMENT)
            return -EBADMSG;
        if (place.type == BOX('m', 'd', 'a', 't')) {
            ret_entry->bytes = place.end - offset;
            return has_moof && need <= (uint64_t)size ? 0 : -EBADMSG;
        }
        if (place.type != BOX('m', 'o', 'o', 'f'))
            continue;
        if (has_moof || size > SEGMENT_MAX_MOOF)
            return -EBADMSG;
        g_autofree uint8_t *moof = g_malloc(MAX(size, 1));
        r = file_read_at(fd, place.body, moof, size);
        if (r < 0)
            return r;
        r = read_moof((Cursor){ .at = moof, .left = size }, tracks, ret_entry, &need);
        if (r < 0)
            return r;
        has_moof = true;
    }
    return -EBADMSG;
}

int segment_scan(int fd, Segment *ret_segment)
{
    SegmentTracks tracks;
    struct stat stat;
    int r = read_header(fd, ret_segment, &tracks);
    if (r < 0)
        return r;
    if (fstat(fd, &stat) < 0)
        return -errno;
    for (int64_t at = ret_segment->header_bytes; at < stat.st_size; at = ret_segment->bytes) {
        SegmentEntry entry;
        r = scan_fragment(fd, at, stat.st_size, &tracks, &entry);
        if (r >= 0)
            r = segment_accept(ret_segment, &entry);
        if (r == -EBADMSG || r == -EINVAL)
            break; // here the damaged tail begins
        if (r < 0)
            return r;
    }
    return hash_file(fd, ret_segment->bytes, ret_segment->sha256);
}

// --- writing
// ----------------------------------------------------------------------------------------------------------

struct SegmentWriter {
    int fd;
    bool is_dirty;
    GBytes *init;
    SegmentTracks tracks;
    Segment segment;
    Sha256 *hash;
};

int segment_writer_new(const char *path, const SegmentHead *head, GBytes *init,
                       SegmentWriter **ret_writer)
{
    SegmentTracks tracks;
    gsize size;
    const uint8_t *bytes = g_bytes_get_data(init, &size);
    int r = size < SEGMENT_MAX_INIT / 2 ? segment_read_tracks(bytes, size, &tracks) : -EBADMSG;
    if (r < 0)
        return r;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (fd < 0)
        return -errno;
    SegmentWriter *writer = g_new0(SegmentWriter, 1);
    writer->fd = fd;
    writer->init = g_bytes_ref(init);
    writer->tracks = tracks;
    segment_init(&writer->segment);
    writer->segment.head = *head;
    writer->segment.init_bytes = size;
    writer->segment.init_id = hash_init(bytes, size);
    writer->hash = sha256_new();
    *ret_writer = writer;
    return 0;
}

void segment_writer_free(SegmentWriter *writer)
{
    if (!writer)
        return;
    close(writer->fd);
    g_bytes_unref(writer->init);
    sha256_free(writer->hash);
    segment_done(&writer->segment);
    g_free(writer);
}

// All or nothing: a part that was written is cut off again.
static int writer_write(SegmentWriter *writer, const uint8_t *bytes, size_t size, int64_t at)
{
    int r = file_write_on(writer->fd, bytes, size);
    if (r < 0) {
        if (ftruncate(writer->fd, at) < 0 || lseek(writer->fd, at, SEEK_SET) < 0)
            return -EIO; // the end of the file is not known any more
        return r;
    }
    sha256_update(writer->hash, bytes, size);
    writer->is_dirty = true;
    return 0;
}

int segment_writer_begin(SegmentWriter *writer)
{
    gsize size;
    const uint8_t *init = g_bytes_get_data(writer->init, &size);
    g_autoptr(GByteArray) header = write_head(&writer->segment.head);
    g_byte_array_prepend(header, init, size);
    int r = writer_write(writer, header->data, header->len, 0);
    if (r >= 0)
        writer->segment.header_bytes = writer->segment.bytes = header->len;
    return r;
}

int segment_writer_append(SegmentWriter *writer, GBytes *fragment, SegmentEntry *ret_entry)
{
    gsize size;
    const uint8_t *bytes = g_bytes_get_data(fragment, &size);
    Segment *segment = &writer->segment;
    SegmentEntry entry;
    int r = segment_read_fragment(&writer->tracks, bytes, size, &entry);
    if (r < 0)
        return r;
    if (segment->entries->len == 0 && !entry.key)
        return -EINVAL;
    Segment before = *segment;
    r = segment_accept(segment, &entry);
    if (r < 0)
        return r;
    r = writer_write(writer, bytes, size, before.bytes);
    if (r < 0) {
        *segment = before;
        g_array_set_size(segment->entries, segment->entries->len - 1);
        return r;
    }
    *ret_entry = entry;
    return 0;
}

bool segment_writer_dirty(const SegmentWriter *writer)
{
    return writer->is_dirty;
}

void segment_writer_start_sync(SegmentWriter *writer)
{
    // Only a hint for the order of work: the sync afterwards tells about errors.
    (void)sync_file_range(writer->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

int segment_writer_sync(SegmentWriter *writer)
{
    if (fdatasync(writer->fd) < 0)
        return -errno;
    writer->is_dirty = false;
    return 0;
}

int segment_writer_finish(SegmentWriter *writer)
{
    if (fsync(writer->fd) < 0)
        return -errno;
    writer->is_dirty = false;
    sha256_read(writer->hash, writer->segment.sha256);
    return 0;
}

const Segment *segment_writer_segment(const SegmentWriter *writer)
{
    return &writer->segment;
}
