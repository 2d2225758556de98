// SPDX-License-Identifier: Apache-2.0
#include "mqtt/pad_registry.h"
#include "base/clock.h"
#include <string.h>

typedef struct {
    char *id;
    char *counter;
    bool is_online;
    int64_t since_ms; // of is_online
    int queue;
    int battery;     // -1: not known
    int64_t skew_ms; // its clock minus ours; PAD_TIME_UNKNOWN: it has told none
} Pad;

struct PadRegistry {
    GMutex lock;
    GHashTable *pads; // id -> Pad; under lock
    GPtrArray *order; // Pad * (borrowed) in the config's order; under lock
};

static void pad_free(gpointer data)
{
    Pad *pad = data;
    g_free(pad->id);
    g_free(pad->counter);
    g_free(pad);
}

static Pad *pad_new(const ConfigPad *from, int64_t now_ms)
{
    Pad *pad = g_new0(Pad, 1);
    pad->id = g_strdup(from->id);
    pad->since_ms = now_ms;
    pad->battery = -1;
    pad->skew_ms = PAD_TIME_UNKNOWN;
    return pad;
}

PadRegistry *pad_registry_new(const Config *config, int64_t now_ms)
{
    PadRegistry *registry = g_new0(PadRegistry, 1);
    g_mutex_init(&registry->lock);
    registry->pads = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, pad_free);
    registry->order = g_ptr_array_new();
    g_ptr_array_unref(pad_registry_apply(registry, config, now_ms));
    return registry;
}

void pad_registry_free(PadRegistry *registry)
{
    if (!registry)
        return;
    g_ptr_array_unref(registry->order);
    g_hash_table_unref(registry->pads);
    g_mutex_clear(&registry->lock);
    g_free(registry);
}

// Under lock: moves the pad that is known, or a new one, into the new order.
static void take_over(PadRegistry *registry, GHashTable *pads, const ConfigPad *from,
                      int64_t now_ms)
{
    Pad *pad = g_hash_table_lookup(registry->pads, from->id);
    if (pad)
        g_hash_table_steal(registry->pads, from->id);
    else
        pad = pad_new(from, now_ms);
    g_free(pad->counter);
    pad->counter = g_strdup(from->counter);
    g_hash_table_insert(pads, pad->id, pad);
    g_ptr_array_add(registry->order, pad);
}

GPtrArray *pad_registry_apply(PadRegistry *registry, const Config *config, int64_t now_ms)
{
    GPtrArray *gone = g_ptr_array_new_with_free_func(g_free);
    GHashTable *pads = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, pad_free);
    g_mutex_lock(&registry->lock);
    g_ptr_array_set_size(registry->order, 0);
    for (guint i = 0; i < config->pads->len; i++)
        take_over(registry, pads, g_ptr_array_index(config->pads, i), now_ms);
    GHashTableIter iter;
    gpointer id;
    g_hash_table_iter_init(&iter, registry->pads);
    while (g_hash_table_iter_next(&iter, &id, NULL))
        g_ptr_array_add(gone, g_strdup(id));
    g_hash_table_unref(registry->pads);
    registry->pads = pads;
    g_mutex_unlock(&registry->lock);
    return gone;
}

char *pad_registry_counter(PadRegistry *registry, const char *id)
{
    g_mutex_lock(&registry->lock);
    const Pad *pad = g_hash_table_lookup(registry->pads, id);
    char *counter = pad ? g_strdup(pad->counter) : NULL;
    g_mutex_unlock(&registry->lock);
    return counter;
}

GPtrArray *pad_registry_at(PadRegistry *registry, const char *counter, bool online_only)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    g_mutex_lock(&registry->lock);
    for (guint i = 0; i < registry->order->len; i++) {
        const Pad *pad = g_ptr_array_index(registry->order, i);
        if ((!counter || strcmp(pad->counter, counter) == 0) && (pad->is_online || !online_only))
            g_ptr_array_add(ids, g_strdup(pad->id));
    }
    g_mutex_unlock(&registry->lock);
    return ids;
}

// Under lock.
static bool set_online(Pad *pad, bool is_online, int64_t now_ms)
{
    if (pad->is_online == is_online)
        return false;
    pad->is_online = is_online;
    pad->since_ms = now_ms;
    return true;
}

bool pad_registry_set_online(PadRegistry *registry, const char *id, bool is_online, int64_t now_ms)
{
    g_mutex_lock(&registry->lock);
    Pad *pad = g_hash_table_lookup(registry->pads, id);
    bool is_changed = pad && set_online(pad, is_online, now_ms);
    g_mutex_unlock(&registry->lock);
    return is_changed;
}

void pad_registry_set_all_offline(PadRegistry *registry, int64_t now_ms)
{
    g_mutex_lock(&registry->lock);
    for (guint i = 0; i < registry->order->len; i++)
        set_online(g_ptr_array_index(registry->order, i), false, now_ms);
    g_mutex_unlock(&registry->lock);
}

// The way over the network makes every skew differ by some milliseconds: whole seconds are what a
// person looks at.
static bool is_same_second(int64_t a, int64_t b)
{
    if (a == PAD_TIME_UNKNOWN || b == PAD_TIME_UNKNOWN)
        return a == b;
    return a / 1000 == b / 1000;
}

bool pad_registry_set_tele(PadRegistry *registry, const char *id, const PadTele *tele,
                           int64_t now_ms)
{
    int64_t skew = tele->clock_ms == PAD_TIME_UNKNOWN ? PAD_TIME_UNKNOWN : tele->clock_ms - now_ms;
    g_mutex_lock(&registry->lock);
    Pad *pad = g_hash_table_lookup(registry->pads, id);
    bool is_changed = pad && (pad->queue != tele->queue || pad->battery != tele->battery ||
                              !is_same_second(pad->skew_ms, skew));
    if (pad) {
        pad->queue = tele->queue;
        pad->battery = tele->battery;
        pad->skew_ms = skew;
    }
    g_mutex_unlock(&registry->lock);
    return is_changed;
}

static json_t *pad_json(const Pad *pad)
{
    g_autofree char *since = clock_format(pad->since_ms);
    return json_pack("{s:s,s:s,s:b,s:s,s:i,s:o,s:o}", "id", pad->id, "counter", pad->counter,
                     "online", pad->is_online, "since_at", since, "queue", pad->queue, "battery",
                     pad->battery < 0 ? json_null() : json_integer(pad->battery), "skew_ms",
                     pad->skew_ms == PAD_TIME_UNKNOWN ? json_null() : json_integer(pad->skew_ms));
}

json_t *pad_registry_get(PadRegistry *registry, const char *id)
{
    g_mutex_lock(&registry->lock);
    const Pad *pad = g_hash_table_lookup(registry->pads, id);
    json_t *json = pad ? pad_json(pad) : NULL;
    g_mutex_unlock(&registry->lock);
    return json;
}

json_t *pad_registry_list(PadRegistry *registry)
{
    json_t *list = json_array();
    g_mutex_lock(&registry->lock);
    for (guint i = 0; i < registry->order->len; i++)
        json_array_append_new(list, pad_json(g_ptr_array_index(registry->order, i)));
    g_mutex_unlock(&registry->lock);
    return list;
}
