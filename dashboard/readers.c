// SPDX-License-Identifier: Apache-2.0
#include "dashboard/readers.h"

#include "base/log.h"

#include <string.h>

struct Readers {
    char *store_path; // set once
    // Under lock (a leaf).
    GMutex lock;
    GPtrArray *idle; // Store *, owned
};

Readers *readers_new(const char *store_path)
{
    Readers *readers = g_new0(Readers, 1);
    readers->store_path = g_strdup(store_path);
    readers->idle = g_ptr_array_new();
    g_mutex_init(&readers->lock);
    return readers;
}

void readers_free(Readers *readers)
{
    if (!readers)
        return;
    for (guint i = 0; i < readers->idle->len; i++)
        store_free(g_ptr_array_index(readers->idle, i));
    g_ptr_array_unref(readers->idle);
    g_mutex_clear(&readers->lock);
    g_free(readers->store_path);
    g_free(readers);
}

static Store *take_idle(Readers *readers)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&readers->lock);
    guint n = readers->idle->len;
    return n > 0 ? g_ptr_array_steal_index(readers->idle, n - 1) : NULL;
}

Store *readers_take(Readers *readers)
{
    Store *store = take_idle(readers);
    if (store)
        return store;
    int err = store_open(readers->store_path, STORE_READ, &store);
    if (err == 0)
        return store;
    log_err("store=%s cannot be opened for reading: %s", readers->store_path, strerror(-err));
    return NULL;
}

void readers_give_back(Readers *readers, Store *take_store)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&readers->lock);
    g_ptr_array_add(readers->idle, take_store);
}
