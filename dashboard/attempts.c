// SPDX-License-Identifier: Apache-2.0
#include "dashboard/attempts.h"

#define FIRST_WAIT_MS INT64_C(1000)
#define DOUBLINGS_MAX 30

typedef struct {
    unsigned count;
    int64_t last_ms;  // of the last one that was let through
    int64_t until_ms; // none before this
} Tries;

struct Attempts {
    // Set once.
    size_t capacity;
    unsigned free;
    int64_t longest_ms, quiet_ms;
    // Under lock (a leaf).
    GMutex lock;
    GHashTable *tries; // char * → Tries *
};

Attempts *attempts_new(size_t capacity, unsigned free, int64_t longest_ms, int64_t quiet_ms)
{
    Attempts *attempts = g_new0(Attempts, 1);
    attempts->capacity = capacity;
    attempts->free = free;
    attempts->longest_ms = longest_ms;
    attempts->quiet_ms = quiet_ms;
    attempts->tries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_mutex_init(&attempts->lock);
    return attempts;
}

void attempts_free(Attempts *attempts)
{
    if (!attempts)
        return;
    g_hash_table_unref(attempts->tries);
    g_mutex_clear(&attempts->lock);
    g_free(attempts);
}

static void make_room(Attempts *attempts, int64_t now_ms)
{
    GHashTableIter iter;
    gpointer key, value;
    const char *oldest = NULL;
    int64_t oldest_ms = INT64_MAX;
    g_hash_table_iter_init(&iter, attempts->tries);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const Tries *tries = value;
        if (now_ms - tries->last_ms >= attempts->quiet_ms && now_ms >= tries->until_ms) {
            g_hash_table_iter_remove(&iter);
        } else if (tries->last_ms < oldest_ms) {
            oldest_ms = tries->last_ms;
            oldest = key;
        }
    }
    if (g_hash_table_size(attempts->tries) >= attempts->capacity && oldest)
        g_hash_table_remove(attempts->tries, oldest);
}

static Tries *tries_of(Attempts *attempts, const char *key, int64_t now_ms)
{
    Tries *tries = g_hash_table_lookup(attempts->tries, key);
    if (!tries) {
        if (g_hash_table_size(attempts->tries) >= attempts->capacity)
            make_room(attempts, now_ms);
        tries = g_new0(Tries, 1);
        g_hash_table_insert(attempts->tries, g_strdup(key), tries);
    } else if (now_ms - tries->last_ms >= attempts->quiet_ms && now_ms >= tries->until_ms) {
        *tries = (Tries){ 0 };
    }
    return tries;
}

static int64_t wait_after(const Attempts *attempts, unsigned count)
{
    if (count < attempts->free)
        return 0;
    unsigned doublings = MIN(count - attempts->free, DOUBLINGS_MAX);
    return MIN(FIRST_WAIT_MS << doublings, attempts->longest_ms);
}

int64_t attempts_begin(Attempts *attempts, const char *key, int64_t now_ms)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&attempts->lock);
    Tries *tries = tries_of(attempts, key, now_ms);
    if (now_ms < tries->until_ms)
        return tries->until_ms - now_ms;
    tries->count++;
    tries->last_ms = now_ms;
    tries->until_ms = now_ms + wait_after(attempts, tries->count);
    return 0;
}

void attempts_take_back(Attempts *attempts, const char *key)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&attempts->lock);
    Tries *tries = g_hash_table_lookup(attempts->tries, key);
    if (!tries || tries->count == 0)
        return;
    tries->count--;
    tries->until_ms = tries->last_ms + wait_after(attempts, tries->count);
}

void attempts_forget(Attempts *attempts, const char *key)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&attempts->lock);
    g_hash_table_remove(attempts->tries, key);
}

size_t attempts_size(Attempts *attempts)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&attempts->lock);
    return g_hash_table_size(attempts->tries);
}
