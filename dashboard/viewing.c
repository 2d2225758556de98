// SPDX-License-Identifier: Apache-2.0
#include "dashboard/viewing.h"

#include "base/clock.h"
#include "dashboard/audit.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    MINUTE_MS = 60000,
    AGAIN_MS = 3600000, // so long the same piece is not noted again
    KNOWN_MAX = 20000,  // pieces that are kept in memory
    CAMERA_MAX = 32,    // bytes of a camera's id
    PIECES_MAX = 150,   // of one address: a playlist covers a day at most
};

// Between the two lies the camera's id. from, to: names of the parameters; NULL: to is a piece
// after from.
static const struct {
    const char *prefix, *suffix, *action, *from, *to;
    int64_t piece_ms; // 0: the live picture
} addresses[] = {
    { "/media/playback/", "/index.m3u8", "video.watch", "from", "to", 10 * MINUTE_MS },
    { "/media/thumbnail/", "", "video.stills", "at", NULL, 60 * MINUTE_MS },
    { "/media/live/", "", "video.live", NULL, NULL, 0 },
    { "/media/snapshot/", "", "video.live", NULL, NULL, 0 },
};

struct Viewing {
    Writer *writer;
    GMutex lock;
    GHashTable *known; // under lock: "who action camera piece" → when it was noted (int64_t *)
};

Viewing *viewing_new(Writer *writer)
{
    Viewing *viewing = g_new0(Viewing, 1);
    viewing->writer = writer;
    viewing->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_mutex_init(&viewing->lock);
    return viewing;
}

void viewing_free(Viewing *viewing)
{
    if (!viewing)
        return;
    g_hash_table_unref(viewing->known);
    g_mutex_clear(&viewing->lock);
    g_free(viewing);
}

// --- addresses

static int64_t time_of(GHashTable *query, const char *name, int64_t fallback)
{
    const char *text = name ? g_hash_table_lookup(query, name) : NULL;
    int64_t ms;
    return text && clock_parse(text, &ms) && ms >= 0 && ms < INT64_MAX / 2 ? ms : fallback;
}

static void read_range(ViewingAddress *address, size_t kind, const char *query, int64_t now_ms)
{
    int64_t piece_ms = address->piece_ms = addresses[kind].piece_ms;
    if (piece_ms == 0)
        return;
    g_autoptr(GHashTable) values =
        g_uri_parse_params(query ? query : "", -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
    if (!values)
        return;
    int64_t from_ms = time_of(values, addresses[kind].from, now_ms);
    // A list without an end goes on with what is recorded.
    int64_t to_ms = time_of(values, addresses[kind].to, MAX(from_ms + 1, now_ms));
    if (!addresses[kind].to)
        to_ms = from_ms + 1;
    address->from_ms = from_ms - from_ms % piece_ms;
    address->to_ms = (MAX(to_ms, from_ms + 1) + piece_ms - 1) / piece_ms * piece_ms;
    address->to_ms = MIN(address->to_ms, address->from_ms + PIECES_MAX * piece_ms);
}

ViewingAddress viewing_address(const char *text, int64_t now_ms)
{
    ViewingAddress address = { 0 };
    g_autofree char *path = NULL, *query = NULL;
    if (!g_uri_split(text, G_URI_FLAGS_ENCODED_QUERY, NULL, NULL, NULL, NULL, &path, &query, NULL,
                     NULL))
        return address;
    for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++) {
        size_t before = strlen(addresses[i].prefix), after = strlen(addresses[i].suffix);
        size_t size = strlen(path);
        if (!g_str_has_prefix(path, addresses[i].prefix) ||
            !g_str_has_suffix(path, addresses[i].suffix) || size <= before + after ||
            size - before - after > CAMERA_MAX)
            continue;
        g_autofree char *camera = g_strndup(path + before, size - before - after);
        if (strchr(camera, '/'))
            continue;
        address.action = addresses[i].action;
        address.camera = g_steal_pointer(&camera);
        read_range(&address, i, query, now_ms);
        break;
    }
    return address;
}

void viewing_address_done(ViewingAddress *address)
{
    g_free(address->camera);
}

// --- rows

typedef struct {
    char *who, *camera, *detail;
    const char *action;
    int64_t now_ms;
} Row;

static int row_run(Store *store, void *data)
{
    Row *row = data;
    return audit_add(store, row->now_ms, row->who, row->action, row->camera, row->detail);
}

static void row_done(void *data, int err)
{
    Row *row = data;
    g_free(row->who);
    g_free(row->camera);
    g_free(row->detail);
    g_free(row);
}

// detail: "FROM/TO" (ISO 8601's form of an interval), or nothing for the live picture.
static void add_row(Viewing *viewing, const char *who, const ViewingAddress *address,
                    int64_t from_ms, int64_t to_ms, int64_t now_ms)
{
    Row *row = g_new0(Row, 1);
    row->who = g_strdup(who);
    row->camera = g_strdup(address->camera);
    row->action = address->action;
    row->now_ms = now_ms;
    if (to_ms > from_ms) {
        g_autofree char *from = clock_format(from_ms), *to = clock_format(to_ms);
        row->detail = g_strdup_printf("%s/%s", from, to);
    }
    writer_push(viewing->writer, row_run, row_done, row);
}

static gboolean is_old(gpointer key, gpointer value, gpointer now_ms)
{
    return llabs(*(int64_t *)now_ms - *(int64_t *)value) >= AGAIN_MS;
}

// Under lock. Whether the piece is to be noted; from now on it is known.
static bool claim(Viewing *viewing, const char *who, const ViewingAddress *address, int64_t at_ms,
                  int64_t now_ms)
{
    char *key = g_strdup_printf("%s %s %s %" PRId64, who, address->action, address->camera, at_ms);
    int64_t *noted = g_hash_table_lookup(viewing->known, key);
    if (noted && !is_old(NULL, noted, &now_ms)) {
        g_free(key);
        return false;
    }
    if (g_hash_table_size(viewing->known) >= KNOWN_MAX)
        g_hash_table_foreach_remove(viewing->known, is_old, &now_ms);
    if (g_hash_table_size(viewing->known) >= KNOWN_MAX)
        g_hash_table_remove_all(viewing->known);
    g_hash_table_replace(viewing->known, key, g_memdup2(&now_ms, sizeof now_ms));
    return true;
}

// Pieces that follow each other make one row.
void viewing_note(Viewing *viewing, const char *who, const char *text, int64_t now_ms)
{
    g_auto(ViewingAddress) address = viewing_address(text, now_ms);
    if (!address.action)
        return;
    int64_t piece_ms = MAX(address.piece_ms, 1), begin_ms = -1, at_ms = address.from_ms;
    g_mutex_lock(&viewing->lock);
    do {
        bool is_new = claim(viewing, who, &address, at_ms, now_ms);
        if (!is_new && begin_ms >= 0)
            add_row(viewing, who, &address, begin_ms, at_ms, now_ms);
        begin_ms = !is_new ? -1 : begin_ms < 0 ? at_ms : begin_ms;
        at_ms += piece_ms;
    } while (at_ms < address.to_ms);
    if (begin_ms >= 0)
        add_row(viewing, who, &address, begin_ms, address.to_ms, now_ms);
    g_mutex_unlock(&viewing->lock);
}
