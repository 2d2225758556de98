// SPDX-License-Identifier: Apache-2.0
#include "appliance/changes.h"

typedef struct {
    GHashTable *ids; // set of char *, at most CHANGES_IDS_MAX
    json_int_t more;
} Kind;

struct Changes {
    GHashTable *noted; // kind -> Kind; writer's thread

    GMutex lock;
    GHashTable *committed; // kind -> Kind; under lock
    bool is_told;          // under lock: somebody knows that there is something
};

static void kind_free(gpointer data)
{
    Kind *kind = data;
    g_hash_table_unref(kind->ids);
    g_free(kind);
}

static GHashTable *kinds_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, kind_free);
}

static Kind *kind_of(GHashTable *kinds, const char *name)
{
    Kind *kind = g_hash_table_lookup(kinds, name);
    if (!kind) {
        kind = g_new0(Kind, 1);
        kind->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_hash_table_insert(kinds, g_strdup(name), kind);
    }
    return kind;
}

static void kind_add(Kind *kind, const char *id)
{
    if (g_hash_table_contains(kind->ids, id))
        return;
    if (g_hash_table_size(kind->ids) < CHANGES_IDS_MAX)
        g_hash_table_add(kind->ids, g_strdup(id));
    else
        kind->more++;
}

Changes *changes_new(void)
{
    Changes *changes = g_new0(Changes, 1);
    g_mutex_init(&changes->lock);
    changes->noted = kinds_new();
    changes->committed = kinds_new();
    return changes;
}

void changes_free(Changes *changes)
{
    if (!changes)
        return;
    g_hash_table_unref(changes->noted);
    g_hash_table_unref(changes->committed);
    g_mutex_clear(&changes->lock);
    g_free(changes);
}

void changes_note(Changes *changes, const char *kind, const char *id)
{
    kind_add(kind_of(changes->noted, kind), id);
}

static void merge(GHashTable *into, GHashTable *from)
{
    GHashTableIter kinds, ids;
    gpointer name, kind, id;
    g_hash_table_iter_init(&kinds, from);
    while (g_hash_table_iter_next(&kinds, &name, &kind)) {
        Kind *target = kind_of(into, name);
        target->more += ((Kind *)kind)->more;
        g_hash_table_iter_init(&ids, ((Kind *)kind)->ids);
        while (g_hash_table_iter_next(&ids, &id, NULL))
            kind_add(target, id);
    }
}

bool changes_commit(Changes *changes, int err)
{
    if (g_hash_table_size(changes->noted) == 0)
        return false;
    bool is_news = false;
    if (err == 0) {
        g_mutex_lock(&changes->lock);
        merge(changes->committed, changes->noted);
        is_news = !changes->is_told;
        changes->is_told = true;
        g_mutex_unlock(&changes->lock);
    }
    g_hash_table_remove_all(changes->noted);
    return is_news;
}

bool changes_has(Changes *changes, const char *kind)
{
    g_mutex_lock(&changes->lock);
    bool has = g_hash_table_contains(changes->committed, kind);
    g_mutex_unlock(&changes->lock);
    return has;
}

void changes_take(Changes *changes, void (*tell)(void *ctx, const char *kind, json_t *take_data),
                  void *ctx)
{
    g_mutex_lock(&changes->lock);
    g_autoptr(GHashTable) taken = changes->committed;
    changes->committed = kinds_new();
    changes->is_told = false;
    g_mutex_unlock(&changes->lock);
    GHashTableIter kinds, ids;
    gpointer name, kind, id;
    g_hash_table_iter_init(&kinds, taken);
    while (g_hash_table_iter_next(&kinds, &name, &kind)) {
        g_hash_table_iter_init(&ids, ((Kind *)kind)->ids);
        while (g_hash_table_iter_next(&ids, &id, NULL))
            tell(ctx, name, json_pack("{s:s}", "id", id));
        if (((Kind *)kind)->more > 0)
            tell(ctx, name, json_pack("{s:n,s:I}", "id", "more", ((Kind *)kind)->more));
    }
}
