// SPDX-License-Identifier: Apache-2.0
#include "capture/ring.h"

typedef struct {
    gpointer item;
    size_t bytes;
    bool key;
} Slot;

struct Ring {
    gatomicrefcount refs;
    RingItemFuncs funcs; // constant
    size_t max_items, max_bytes;
    GMutex lock;
    GCond changed; // a push, the close, or the end of a wake
    // Under lock. Items have numbers that only grow: [first, next) are kept, in slots[number %
    // n_slots].
    Slot *slots;
    size_t n_slots;
    uint64_t first, next;
    uint64_t newest_key; // valid while it is >= first and has_key
    bool has_key;
    size_t bytes;
    bool closed;
    GPtrArray *readers; // RingReader *, borrowed
    // Under lock: the producer's place in its walk over readers, mended by those who leave the list
    // meanwhile.
    guint wake_next;
    RingReader *waking; // its wake is being called, without the lock
};

struct RingReader {
    Ring *ring;
    void (*wake)(void *ctx); // constant
    void *ctx;
    // Under the ring's lock.
    uint64_t cursor;
    bool wants_key; // skip to a key item before the next read
    bool leaving;
    uint64_t fresh_drops, drops;
};

Ring *ring_new(RingItemFuncs funcs, size_t max_items, size_t max_bytes)
{
    Ring *ring = g_new0(Ring, 1);
    g_atomic_ref_count_init(&ring->refs);
    ring->funcs = funcs;
    ring->max_items = max_items;
    ring->max_bytes = max_bytes;
    ring->n_slots = max_items * 2 + 1;
    ring->slots = g_new0(Slot, ring->n_slots);
    ring->readers = g_ptr_array_new();
    g_mutex_init(&ring->lock);
    g_cond_init(&ring->changed);
    return ring;
}

Ring *ring_ref(Ring *ring)
{
    g_atomic_ref_count_inc(&ring->refs);
    return ring;
}

static Slot *slot_at(Ring *ring, uint64_t number)
{
    return &ring->slots[number % ring->n_slots];
}

void ring_unref(Ring *ring)
{
    if (!ring || !g_atomic_ref_count_dec(&ring->refs))
        return;
    for (uint64_t i = ring->first; i < ring->next; i++)
        ring->funcs.unref(slot_at(ring, i)->item);
    g_ptr_array_free(ring->readers, TRUE);
    g_mutex_clear(&ring->lock);
    g_cond_clear(&ring->changed);
    g_free(ring->slots);
    g_free(ring);
}

static bool over(const Ring *ring, size_t times)
{
    return ring->next - ring->first > ring->max_items * times ||
           ring->bytes > ring->max_bytes * times;
}

// The first item that a reader has yet to read.
static uint64_t oldest_wanted(const Ring *ring)
{
    uint64_t oldest = ring->next;
    for (guint i = 0; i < ring->readers->len; i++) {
        const RingReader *reader = g_ptr_array_index(ring->readers, i);
        oldest = MIN(oldest, reader->cursor);
    }
    return oldest;
}

// The newest GOP stays up to twice the limit; a single item stays however large it is.
static bool must_drop_oldest(const Ring *ring, uint64_t wanted)
{
    if (ring->next - ring->first <= 1)
        return false;
    if (ring->has_key && ring->newest_key > ring->first)
        return ring->first < wanted || over(ring, 1);
    return over(ring, ring->has_key ? 2 : 1);
}

static gpointer take_oldest(Ring *ring)
{
    Slot *slot = slot_at(ring, ring->first++);
    ring->bytes -= slot->bytes;
    if (ring->has_key && ring->newest_key < ring->first)
        ring->has_key = false;
    return g_steal_pointer(&slot->item);
}

// Calls wake of each reader that has something to read. The lock is held at entry and exit, but not
// during a call. A reader that leaves the list meanwhile mends wake_next, and waits while it is the
// one in `waking`.
static void wake_readers(Ring *ring)
{
    g_cond_broadcast(&ring->changed);
    for (ring->wake_next = 0; ring->wake_next < ring->readers->len;) {
        RingReader *reader = g_ptr_array_index(ring->readers, ring->wake_next++);
        if (!reader->wake || reader->leaving || (reader->cursor >= ring->next && !ring->closed))
            continue;
        ring->waking = reader;
        g_mutex_unlock(&ring->lock);
        reader->wake(reader->ctx);
        g_mutex_lock(&ring->lock);
        ring->waking = NULL;
        if (reader->leaving)
            g_cond_broadcast(&ring->changed);
    }
}

void ring_push(Ring *ring, gpointer take_item, size_t bytes, bool key)
{
    g_mutex_lock(&ring->lock);
    if (ring->closed) {
        g_mutex_unlock(&ring->lock);
        ring->funcs.unref(take_item);
        return;
    }
    *slot_at(ring, ring->next) = (Slot){ .item = take_item, .bytes = bytes, .key = key };
    if (key) {
        ring->newest_key = ring->next;
        ring->has_key = true;
    }
    ring->next++;
    ring->bytes += bytes;
    uint64_t wanted = oldest_wanted(ring);
    // Unref may free much; it is a leaf like the lock, but short: the packets' and bytes' own free.
    while (must_drop_oldest(ring, wanted))
        ring->funcs.unref(take_oldest(ring));
    wake_readers(ring);
    g_mutex_unlock(&ring->lock);
}

void ring_close(Ring *ring)
{
    g_mutex_lock(&ring->lock);
    ring->closed = true;
    wake_readers(ring);
    g_mutex_unlock(&ring->lock);
}

void ring_clear(Ring *ring)
{
    g_mutex_lock(&ring->lock);
    while (ring->first < ring->next)
        ring->funcs.unref(take_oldest(ring));
    g_mutex_unlock(&ring->lock);
}

RingReader *ring_reader_new(Ring *ring, RingStart start, void (*wake)(void *ctx), void *ctx)
{
    RingReader *reader = g_new0(RingReader, 1);
    reader->ring = ring_ref(ring);
    reader->wake = wake;
    reader->ctx = ctx;
    g_mutex_lock(&ring->lock);
    bool kept = start == RING_FROM_KEPT_KEY && ring->has_key;
    reader->cursor = kept ? ring->newest_key : ring->next;
    reader->wants_key = start != RING_FROM_NOW;
    g_ptr_array_add(ring->readers, reader);
    g_mutex_unlock(&ring->lock);
    return reader;
}

void ring_reader_free(RingReader *reader)
{
    if (!reader)
        return;
    Ring *ring = reader->ring;
    g_mutex_lock(&ring->lock);
    reader->leaving = true;
    while (ring->waking == reader)
        g_cond_wait(&ring->changed, &ring->lock);
    guint index = 0;
    if (g_ptr_array_find(ring->readers, reader, &index)) {
        g_ptr_array_remove_index(ring->readers, index);
        if (index < ring->wake_next)
            ring->wake_next--;
    }
    g_mutex_unlock(&ring->lock);
    ring_unref(ring);
    g_free(reader);
}

// Moves the cursor past what is gone and, where a key is wanted, to the next key item.
static void settle(RingReader *reader)
{
    Ring *ring = reader->ring;
    if (reader->cursor < ring->first) {
        reader->fresh_drops += ring->first - reader->cursor;
        reader->cursor = ring->first;
        reader->wants_key = true;
    }
    // Before its first item a reader has lost nothing: what it skips then is no drop.
    bool counts = reader->fresh_drops > 0;
    while (reader->wants_key && reader->cursor < ring->next) {
        if (slot_at(ring, reader->cursor)->key) {
            reader->wants_key = false;
            break;
        }
        reader->cursor++;
        reader->fresh_drops += counts;
    }
}

RingResult ring_read(RingReader *reader, gpointer *ret_item, uint64_t *ret_dropped)
{
    Ring *ring = reader->ring;
    RingResult result = RING_ITEM;
    g_mutex_lock(&ring->lock);
    settle(reader);
    if (reader->cursor < ring->next) {
        *ret_item = ring->funcs.ref(slot_at(ring, reader->cursor++)->item);
        if (ret_dropped)
            *ret_dropped = reader->fresh_drops;
        reader->drops += reader->fresh_drops;
        reader->fresh_drops = 0;
    } else {
        result = ring->closed ? RING_END : RING_EMPTY;
    }
    g_mutex_unlock(&ring->lock);
    return result;
}

void ring_wait(RingReader *reader, int timeout_ms)
{
    Ring *ring = reader->ring;
    gint64 until = g_get_monotonic_time() + timeout_ms * (gint64)1000;
    g_mutex_lock(&ring->lock);
    for (settle(reader); reader->cursor >= ring->next && !ring->closed; settle(reader)) {
        if (!g_cond_wait_until(&ring->changed, &ring->lock, until))
            break;
    }
    g_mutex_unlock(&ring->lock);
}

uint64_t ring_reader_dropped(RingReader *reader)
{
    g_mutex_lock(&reader->ring->lock);
    uint64_t drops = reader->drops + reader->fresh_drops;
    g_mutex_unlock(&reader->ring->lock);
    return drops;
}
