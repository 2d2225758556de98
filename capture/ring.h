// SPDX-License-Identifier: Apache-2.0
// Ring: a bounded queue with one producer and any number of readers, each with its own cursor.
//
// The newest GOP is kept, so that a new reader has its picture at once, and before it what a reader
// has not read yet. The producer never waits: when the ring is over its bytes or items, the oldest
// item goes, read or not; the newest GOP only when it is over twice the limit. A reader that falls
// behind jumps to the next key item; what it skipped is counted and told with the next item. Items
// are reference counted by the item's own functions. Locks: one leaf lock inside; a wake is called
// without it.
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Ring Ring;
typedef struct RingReader RingReader;

typedef struct {
    gpointer (*ref)(gpointer item);
    void (*unref)(gpointer item);
} RingItemFuncs;

Ring *ring_new(RingItemFuncs funcs, size_t max_items, size_t max_bytes);
Ring *ring_ref(Ring *ring);
void ring_unref(Ring *ring);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ring, ring_unref)

// Producer's thread. Takes the item's reference. key: a reader may begin here.
void ring_push(Ring *ring, gpointer take_item, size_t bytes, bool key);
// Producer's thread, or any after the producer has ended. No more items, ever: readers get what is
// left, then the end.
void ring_close(Ring *ring);
// Producer's thread. Drops what is kept (stream changed: nothing before now can be decoded with
// what follows).
void ring_clear(Ring *ring);

typedef enum { RING_FROM_KEPT_KEY, RING_FROM_NEXT_KEY, RING_FROM_NOW } RingStart;
typedef enum { RING_ITEM, RING_EMPTY, RING_END } RingResult;

// A reader is used by one thread at a time and keeps the ring alive.
// wake (may be NULL) is called on the producer's thread after each push that this reader can read,
// and at close. It must not block, and must not free a reader.
RingReader *ring_reader_new(Ring *ring, RingStart start, void (*wake)(void *ctx), void *ctx);
// After this returns, wake is not called any more: it waits for a wake of this reader that is under
// way. So call it without any lock that wake takes, and never from a wake.
void ring_reader_free(RingReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RingReader, ring_reader_free)

// Never blocks. ret_item: a new reference. ret_dropped (may be NULL): items skipped just before
// this one.
RingResult ring_read(RingReader *reader, gpointer *ret_item, uint64_t *ret_dropped);
// Blocks up to timeout_ms for something to read or the end.
void ring_wait(RingReader *reader, int timeout_ms);
uint64_t ring_reader_dropped(RingReader *reader); // in all
