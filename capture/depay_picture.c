// SPDX-License-Identifier: Apache-2.0
#include "capture/depay_picture.h"

#include "capture/nal.h"
#include <string.h>

enum {
    CARRY_MAX = 64 << 10, // parameter sets that wait for their picture
    KEEP_MAX = 64 << 10,  // a larger buffer is not kept for the next unit
    SEI_RECOVERY_POINT = 6
};

// What a NAL unit says about the access unit.
typedef struct {
    bool slice;    // of the coded picture
    bool begins;   // the picture's first slice, or what stands only before one
    bool key;      // a decoder may begin here
    bool recovery; // the picture after this may serve as a key frame
    bool garbage;
} Role;

// Whether an SEI holds a recovery point: type and size of each message are bytes of 255 and a rest.
static bool has_recovery_point(const uint8_t *data, size_t size)
{
    size_t at = 0;
    while (at + 2 <= size && data[at] != 0x80) {
        unsigned type = 0, length = 0;
        while (at < size && data[at] == 0xff)
            type += data[at++];
        type += at < size ? data[at++] : 0;
        while (at < size && data[at] == 0xff)
            length += data[at++];
        length += at < size ? data[at++] : 0;
        if (type == SEI_RECOVERY_POINT)
            return true;
        at += length;
    }
    return false;
}

static Role role_h264(const uint8_t *data, size_t size)
{
    unsigned type = data[0] & 0x1f;
    switch (type) {
    case 1: // first_mb_in_slice is 0: its code is a single 1
    case 2:
    case 5:
        return (Role){ .slice = true, .begins = size > 1 && data[1] & 0x80, .key = type == 5 };
    case 6:
        return (Role){ .begins = true, .recovery = has_recovery_point(data + 1, size - 1) };
    case 7:
    case 8:
    case 9:
        return (Role){ .begins = true };
    default:
        return (Role){ .garbage = type == 0 || type > 23 };
    }
}

static Role role_h265(const uint8_t *data, size_t size)
{
    unsigned type = (data[0] >> 1) & 0x3f;
    if (size < 2 || type > 47)
        return (Role){ .garbage = true };
    if (type < 32) // first_slice_segment_in_pic_flag is the first bit after the header
        return (Role){ .slice = true,
                       .begins = size > 2 && data[2] & 0x80,
                       .key = type >= 16 && type <= 23 };
    return (Role){ .begins = type <= 35 || type == 39 };
}

static Role role_of(const Picture *picture, const uint8_t *data, size_t size)
{
    if (size == 0)
        return (Role){ .garbage = true };
    return picture->codec == AV_CODEC_ID_HEVC ? role_h265(data, size) : role_h264(data, size);
}

void picture_init(Picture *picture, enum AVCodecID codec, DepayEmit emit, void *ctx)
{
    *picture = (Picture){ .codec = codec, .emit = emit, .ctx = ctx, .bytes = g_byte_array_new() };
}

void picture_done(Picture *picture)
{
    g_byte_array_unref(picture->bytes);
}

static void forget(Picture *picture)
{
    if (picture->bytes->len > KEEP_MAX) {
        g_byte_array_unref(picture->bytes);
        picture->bytes = g_byte_array_new();
    }
    g_byte_array_set_size(picture->bytes, 0);
    picture->carried = 0;
    picture->is_open = picture->has_picture = picture->key = picture->recovery = false;
    picture->damaged = picture->suspect = picture->marked = picture->in_fragment = false;
}

// Some senders put a whole access unit with its start codes where one NAL unit belongs.
static void look_inside(Picture *picture)
{
    Nal nal;
    size_t offset = picture->carried;
    while (nal_next(picture->bytes->data, picture->bytes->len, &offset, &nal)) {
        Role role = role_of(picture, nal.data, nal.size);
        picture->has_picture |= role.slice;
        picture->key |= role.key;
        picture->recovery |= role.recovery;
    }
}

static void close_unit(Picture *picture)
{
    if (!picture->is_open)
        return;
    if (!picture->damaged && !picture->has_picture)
        look_inside(picture);
    if (!picture->damaged && !picture->has_picture && picture->bytes->len <= CARRY_MAX) {
        picture->is_open = picture->marked = picture->in_fragment = false;
        picture->carried = picture->bytes->len;
        return;
    }
    picture->damaged_units += picture->damaged;
    if (!picture->damaged && picture->has_picture) {
        DepayUnit unit = { .data = picture->bytes->data,
                           .size = picture->bytes->len,
                           .time = picture->time,
                           .key = picture->key || picture->recovery };
        picture->emit(picture->ctx, &unit);
    }
    forget(picture);
}

void picture_begin_packet(Picture *picture, int64_t time, bool hole)
{
    if (hole) {
        // What was carried cannot be told from what belonged to a lost picture.
        if (!picture->is_open)
            forget(picture);
        picture->damaged |= picture->is_open && !(picture->marked && !picture->marker_lies);
        picture->hole = true;
        picture->in_fragment = false;
    }
    if (picture->is_open && time != picture->time) {
        if (picture->has_picture && !picture->damaged)
            picture->proofs = picture->marked ? picture->proofs + 1 : 0;
        close_unit(picture);
    }
    if (time != picture->time)
        picture->was_closed = false;
    picture->time = time;
}

static void open_unit(Picture *picture)
{
    picture->is_open = true;
    picture->suspect = picture->hole;
    picture->hole = false;
}

static void note_lie(Picture *picture)
{
    picture->marker_lies = true;
    picture->proofs = 0;
}

// Before a NAL unit is added: is it the beginning of another unit at the same time, and is this one
// whole so far?
static void place(Picture *picture, const Role *role)
{
    if (picture->is_open && picture->has_picture && role->begins)
        close_unit(picture);
    else if (picture->is_open && picture->has_picture && picture->marked)
        note_lie(picture); // the marker stood inside a picture
    if (!picture->is_open) {
        open_unit(picture);
        if (picture->was_closed && role->slice && !role->begins) {
            note_lie(picture); // the picture that it closed goes on
            picture->damaged = true;
        }
    }
    if (picture->suspect && !role->begins)
        picture->damaged = true;
    picture->suspect = picture->marked = false;
}

static void append(Picture *picture, const uint8_t *data, size_t size)
{
    if (picture->bytes->len + size > DEPAY_UNIT_MAX)
        picture->damaged = true;
    if (!picture->damaged)
        g_byte_array_append(picture->bytes, data, (guint)size);
}

static void add_start(Picture *picture, const Role *role)
{
    static const uint8_t start[] = { 0, 0, 0, 1 };
    place(picture, role);
    picture->has_picture |= role->slice;
    picture->key |= role->key;
    picture->recovery |= role->recovery;
    append(picture, start, sizeof start);
}

void picture_add_nal(Picture *picture, const uint8_t *data, size_t size)
{
    Role role = role_of(picture, data, size);
    picture->in_fragment = false;
    if (role.garbage)
        return;
    add_start(picture, &role);
    append(picture, data, size);
}

void picture_begin_fragment(Picture *picture, const uint8_t *header, size_t header_size,
                            const uint8_t *data, size_t size)
{
    // Enough for the role: of an SEI the first message.
    uint8_t head[16];
    size_t more = MIN(size, sizeof head - header_size);
    memcpy(head, header, header_size);
    memcpy(head + header_size, data, more);
    Role role = role_of(picture, head, header_size + more);
    picture->in_fragment = !role.garbage;
    if (role.garbage)
        return;
    add_start(picture, &role);
    append(picture, header, header_size);
    append(picture, data, size);
}

void picture_add_fragment(Picture *picture, const uint8_t *data, size_t size)
{
    if (!picture->in_fragment) { // its beginning was lost, or is garbage
        if (!picture->is_open)
            open_unit(picture);
        picture->damaged = true;
        return;
    }
    append(picture, data, size);
}

void picture_end_fragment(Picture *picture)
{
    picture->in_fragment = false;
}

void picture_end_packet(Picture *picture, bool marker)
{
    picture->marked = marker && picture->is_open;
    bool is_believed = !picture->marker_lies && picture->proofs >= PICTURE_PROOFS;
    if (!picture->marked || !is_believed || !picture->has_picture)
        return;
    close_unit(picture);
    picture->was_closed = true;
}
