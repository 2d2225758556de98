// SPDX-License-Identifier: Apache-2.0
#include "dashboard/shelf.h"

typedef struct {
    char *digest;
    GBytes *bytes;
} File;

struct Shelf {
    guint files_max;
    size_t bytes_max, bytes;
    GQueue files; // File, the last asked for first
};

Shelf *shelf_new(guint files_max, size_t bytes_max)
{
    Shelf *shelf = g_new0(Shelf, 1);
    shelf->files_max = files_max;
    shelf->bytes_max = bytes_max;
    g_queue_init(&shelf->files);
    return shelf;
}

static void drop_last(Shelf *shelf)
{
    File *file = g_queue_pop_tail(&shelf->files);
    shelf->bytes -= g_bytes_get_size(file->bytes);
    g_bytes_unref(file->bytes);
    g_free(file->digest);
    g_free(file);
}

void shelf_free(Shelf *shelf)
{
    if (!shelf)
        return;
    while (shelf->files.length > 0)
        drop_last(shelf);
    g_free(shelf);
}

static GList *find(Shelf *shelf, const char *digest)
{
    for (GList *link = shelf->files.head; link; link = link->next)
        if (g_str_equal(((File *)link->data)->digest, digest))
            return link;
    return NULL;
}

GBytes *shelf_get(Shelf *shelf, const char *digest)
{
    GList *link = find(shelf, digest);
    if (!link)
        return NULL;
    g_queue_unlink(&shelf->files, link);
    g_queue_push_head_link(&shelf->files, link);
    return g_bytes_ref(((File *)link->data)->bytes);
}

void shelf_put(Shelf *shelf, const char *digest, GBytes *file)
{
    if (g_bytes_get_size(file) > shelf->bytes_max || find(shelf, digest))
        return;
    File *kept = g_new0(File, 1);
    *kept = (File){ .digest = g_strdup(digest), .bytes = g_bytes_ref(file) };
    g_queue_push_head(&shelf->files, kept);
    shelf->bytes += g_bytes_get_size(file);
    while (shelf->files.length > shelf->files_max || shelf->bytes > shelf->bytes_max)
        drop_last(shelf);
}
