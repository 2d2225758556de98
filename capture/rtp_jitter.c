// SPDX-License-Identifier: Apache-2.0
#include "capture/rtp_jitter.h"

#include "capture/rtp.h"
#include <string.h>

enum { FAR_IN_A_ROW = 2 }; // so many packets far from the sequence, in order: it has begun anew

typedef struct {
    GByteArray *bytes; // NULL: never used
    bool used;
    uint16_t sequence;
    int64_t arrival_us;
} Slot;

struct RtpJitter {
    RtpJitterEmit emit;
    void *ctx;
    bool started;
    uint32_t ssrc;
    uint16_t next; // the sequence number that is waited for
    unsigned held;
    uint16_t far; // where the sequence would go on, had it begun anew
    unsigned n_far;
    uint64_t late;
    Slot slots[JITTER_PACKETS]; // by sequence number
};

RtpJitter *rtp_jitter_new(RtpJitterEmit emit, void *ctx)
{
    RtpJitter *jitter = g_new0(RtpJitter, 1);
    jitter->emit = emit;
    jitter->ctx = ctx;
    return jitter;
}

void rtp_jitter_free(RtpJitter *jitter)
{
    if (!jitter)
        return;
    for (size_t i = 0; i < JITTER_PACKETS; i++)
        if (jitter->slots[i].bytes)
            g_byte_array_unref(jitter->slots[i].bytes);
    g_free(jitter);
}

uint64_t rtp_jitter_late(const RtpJitter *jitter)
{
    return jitter->late;
}

static Slot *slot_of(RtpJitter *jitter, uint16_t sequence)
{
    return &jitter->slots[sequence % JITTER_PACKETS];
}

static void emit_slot(RtpJitter *jitter, Slot *slot)
{
    slot->used = false;
    jitter->held--;
    jitter->next = (uint16_t)(slot->sequence + 1);
    jitter->emit(jitter->ctx, slot->bytes->data, slot->bytes->len, slot->arrival_us);
}

// What is there without a hole.
static void emit_run(RtpJitter *jitter)
{
    while (jitter->held > 0 && slot_of(jitter, jitter->next)->used)
        emit_slot(jitter, slot_of(jitter, jitter->next));
}

static Slot *first_held(RtpJitter *jitter)
{
    for (unsigned i = 0; i < JITTER_PACKETS; i++) {
        Slot *slot = slot_of(jitter, (uint16_t)(jitter->next + i));
        if (slot->used)
            return slot;
    }
    return NULL;
}

static void skip_hole(RtpJitter *jitter)
{
    Slot *slot = first_held(jitter);
    if (!slot)
        return;
    jitter->next = slot->sequence;
    emit_run(jitter);
}

static void begin(RtpJitter *jitter, uint32_t ssrc, uint16_t sequence)
{
    while (jitter->held > 0)
        skip_hole(jitter);
    jitter->started = true;
    jitter->ssrc = ssrc;
    jitter->next = sequence;
    jitter->n_far = 0;
}

static void hold(RtpJitter *jitter, const RtpPacket *packet, const uint8_t *data, size_t size,
                 int64_t now_us)
{
    Slot *slot = slot_of(jitter, packet->sequence);
    if (slot->used) { // within the window a slot belongs to one number: it is a repetition
        jitter->late++;
        return;
    }
    if (!slot->bytes)
        slot->bytes = g_byte_array_new();
    g_byte_array_set_size(slot->bytes, 0);
    g_byte_array_append(slot->bytes, data, (guint)size);
    slot->used = true;
    slot->sequence = packet->sequence;
    slot->arrival_us = now_us;
    jitter->held++;
}

// Far from the sequence: a stray packet, or a sender that has begun anew.
static bool begins_anew(RtpJitter *jitter, uint16_t sequence)
{
    jitter->n_far = jitter->n_far > 0 && sequence == jitter->far ? jitter->n_far + 1 : 1;
    jitter->far = (uint16_t)(sequence + 1);
    return jitter->n_far >= FAR_IN_A_ROW;
}

static void take(RtpJitter *jitter, const RtpPacket *packet, const uint8_t *data, size_t size,
                 int64_t now_us)
{
    int ahead = (int16_t)(packet->sequence - jitter->next);
    while (ahead >= JITTER_PACKETS && jitter->held > 0) {
        skip_hole(jitter);
        ahead = (int16_t)(packet->sequence - jitter->next);
    }
    if (ahead > 0 && ahead < JITTER_PACKETS) {
        hold(jitter, packet, data, size, now_us);
        return;
    }
    if (ahead != 0)
        jitter->next = packet->sequence;
    jitter->next++;
    jitter->emit(jitter->ctx, data, size, now_us);
    emit_run(jitter);
}

void rtp_jitter_push(RtpJitter *jitter, const uint8_t *data, size_t size, int64_t now_us)
{
    RtpPacket packet;
    if (!rtp_parse(data, size, &packet))
        return;
    if (!jitter->started || packet.ssrc != jitter->ssrc)
        begin(jitter, packet.ssrc, packet.sequence);
    int ahead = (int16_t)(packet.sequence - jitter->next);
    bool is_far = ahead < -JITTER_PACKETS || ahead > RTP_DROPOUT_MAX;
    if (is_far && begins_anew(jitter, packet.sequence))
        begin(jitter, packet.ssrc, packet.sequence);
    else if (is_far || ahead < 0) {
        jitter->late++;
        return;
    }
    if (!is_far)
        jitter->n_far = 0;
    take(jitter, &packet, data, size, now_us);
}

int64_t rtp_jitter_deadline_us(const RtpJitter *jitter)
{
    int64_t oldest_us = INT64_MAX;
    for (size_t i = 0; jitter->held > 0 && i < JITTER_PACKETS; i++)
        if (jitter->slots[i].used && jitter->slots[i].arrival_us < oldest_us)
            oldest_us = jitter->slots[i].arrival_us;
    return oldest_us == INT64_MAX ? INT64_MAX : oldest_us + JITTER_WAIT_US;
}

void rtp_jitter_tick(RtpJitter *jitter, int64_t now_us)
{
    while (jitter->held > 0 && rtp_jitter_deadline_us(jitter) <= now_us)
        skip_hole(jitter);
}
