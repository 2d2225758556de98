// SPDX-License-Identifier: Apache-2.0
#include "capture/archive.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/fields.h"
#include "base/file.h"
#include "base/log.h"
#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { WALK_ROWS = 200, META_MAX = 4096, LOG_EVERY = 100 };

struct Archive {
    char *root;
    char *hall;
    int64_t storage;
    dev_t device; // of root, and its inode
    ino_t inode;
    Store *store;
    int64_t used_bytes;
    char error[600];
    GPtrArray *folders; // still to be walked, below root; NULL: the walk has not begun
    GDir *folder;       // that is being walked; NULL: none
    char *folder_path;
    int64_t n_entered;
    int64_t n_kept;    // garbage that could not be deleted
    int64_t walked_id; // rows up to here have been looked at
    int64_t n_walked, walk_began_ms;
    bool is_walked;
};

struct ArchiveSegment {
    int64_t id;
    char *path;
    SegmentWriter *writer;
};

char *archive_root(const char *data_dir, const char *path)
{
    return path ? g_strdup(path) : g_build_filename(data_dir, "recordings", NULL);
}

const char *archive_path(Archive *archive)
{
    return archive->root;
}

const char *archive_error(Archive *archive)
{
    return archive->error;
}

Store *archive_store(Archive *archive)
{
    return archive->store;
}

int archive_storage(Archive *archive)
{
    return (int)archive->storage;
}

static int at_step(Archive *archive, const char *step)
{
    return fault_at(step, archive->root);
}

// Keeps the sentence and hands the error on.
static int fail(Archive *archive, int err, const char *what, const char *subject)
{
    g_snprintf(archive->error, sizeof archive->error, "%s %s: %s", what, subject, g_strerror(-err));
    return err;
}

static int exec_failed(Archive *archive, int err)
{
    g_snprintf(archive->error, sizeof archive->error, "media.db: %s", store_error(archive->store));
    return err;
}

static char *full_path(Archive *archive, const char *path)
{
    return g_build_filename(archive->root, path, NULL);
}

// --- rows
// -------------------------------------------------------------------------------------------------------------

static void read_hash(StoreQuery *query, int column, uint8_t *ret_hash)
{
    size_t size;
    const void *bytes = store_blob(query, column, &size);
    if (bytes && size == SEGMENT_HASH_BYTES)
        memcpy(ret_hash, bytes, size);
}

int archive_read_row(StoreQuery *query, ArchiveRow *ret_row, Segment *ret_segment)
{
    Segment *segment = ret_segment;
    GArray *entries = segment->entries;
    g_array_set_size(entries, 0);
    *segment = (Segment){ .entries = entries };
    segment->head.id = store_int(query, 0);
    ret_row->is_open = g_str_equal(store_text(query, 1), "open");
    g_strlcpy(segment->head.camera, store_text(query, 2), sizeof segment->head.camera);
    ret_row->path = store_text(query, 3);
    segment->head.wall_us = store_int(query, 4);
    segment->duration_us = store_int(query, 5);
    segment->decode_us = store_int(query, 6);
    segment->bytes = store_int(query, 7);
    segment->init_bytes = store_int(query, 8);
    segment->header_bytes = store_int(query, 9);
    segment->init_id = store_int(query, 10);
    segment->head.width = store_int(query, 11);
    segment->head.height = store_int(query, 12);
    g_strlcpy(segment->head.codecs, store_text(query, 13), sizeof segment->head.codecs);
    segment->head.previous_id = store_int(query, 14);
    read_hash(query, 15, segment->head.previous_sha256);
    read_hash(query, 16, segment->sha256);
    size_t size;
    segment->clock_us = store_int(query, 17);
    ret_row->storage = (int)store_int(query, 18);
    const void *blob = store_blob(query, 19, &size);
    return blob ? segment_unpack_entries(blob, size, entries) : 0;
}

static int insert_open(Archive *archive, const SegmentHead *head, const char *path)
{
    return store_exec(archive->store,
                      "INSERT INTO segment(id, camera, path, state, start_us, storage)"
                      " VALUES (?, ?, ?, 'open', ?, ?)",
                      "issii", head->id, head->camera, path, head->wall_us, archive->storage);
}

static int update_done(Archive *archive, const Segment *segment)
{
    const SegmentHead *head = &segment->head;
    g_autoptr(GBytes) entries = segment_pack_entries(segment->entries);
    int changed = store_exec(
        archive->store,
        "UPDATE segment SET state = 'done', start_us = ?, duration_us = ?, decode_us = ?,"
        " bytes = ?, init_bytes = ?, header_bytes = ?, init_id = ?, width = ?, height = ?,"
        " codecs = ?, previous_id = ?, previous_sha256 = ?, sha256 = ?, entries = ?"
        " WHERE id = ? AND state = 'open'",
        "iiiiiiiiisibbbi", head->wall_us, segment->duration_us, segment->decode_us, segment->bytes,
        segment->init_bytes, segment->header_bytes, (int64_t)segment->init_id, (int64_t)head->width,
        (int64_t)head->height, head->codecs, head->previous_id, head->previous_sha256,
        (size_t)SEGMENT_HASH_BYTES, segment->sha256, (size_t)SEGMENT_HASH_BYTES,
        g_bytes_get_data(entries, NULL), g_bytes_get_size(entries), head->id);
    if (changed < 0)
        return exec_failed(archive, changed);
    archive->used_bytes += segment->bytes;
    return changed == 1 ? 0 : -ENOENT;
}

// --- transactions and garbage
// -----------------------------------------------------------------------------------------

static int begin_transaction(Archive *archive)
{
    int r = store_script(archive->store, "BEGIN IMMEDIATE");
    return r < 0 ? exec_failed(archive, r) : 0;
}

// Commits what went well so far (r >= 0), else undoes it.
static int end_transaction(Archive *archive, int r)
{
    if (r >= 0) {
        r = store_script(archive->store, "COMMIT");
        if (r >= 0)
            return 0;
    }
    exec_failed(archive, r);
    store_script(archive->store, "ROLLBACK");
    return r;
}

static int unlink_one(Archive *archive, const char *path, GHashTable *folders)
{
    g_autofree char *full = full_path(archive, path);
    int r = at_step(archive, "archive.unlink");
    if (r < 0)
        return fail(archive, r, "cannot delete", full);
    if (unlink(full) < 0 && errno != ENOENT)
        return fail(archive, -errno, "cannot delete", full);
    g_hash_table_add(folders, g_path_get_dirname(full));
    return 0;
}

static int sync_unlinked(Archive *archive, GHashTable *folders)
{
    GHashTableIter iter;
    gpointer folder;
    int r = at_step(archive, "archive.sync_unlink");
    g_hash_table_iter_init(&iter, folders);
    while (r >= 0 && g_hash_table_iter_next(&iter, &folder, NULL)) {
        r = file_sync_dir(folder);
        if (r == -ENOENT)
            r = 0;
        else if (r < 0)
            return fail(archive, r, "cannot sync", folder);
        rmdir(folder); // succeeds when it was the last file of its day
    }
    return r;
}

static int read_garbage(Archive *archive, GPtrArray *paths)
{
    g_autoptr(StoreQuery) query = store_query(
        archive->store, "SELECT path FROM garbage WHERE storage = ?", "i", archive->storage);
    while (store_step(query))
        g_ptr_array_add(paths, g_strdup(store_text(query, 0)));
    return store_query_result(query);
}

// Files that may not be deleted, of somebody else, keep nobody from recording: they stay in
// garbage. Takes them out of paths.
static int unlink_all(Archive *archive, GPtrArray *paths, GHashTable *folders)
{
    for (guint i = paths->len; i-- > 0;) {
        int r = unlink_one(archive, paths->pdata[i], folders);
        if (r >= 0)
            continue;
        if (r != -EACCES && r != -EPERM)
            return r;
        if (archive->n_kept++ % LOG_EVERY == 0)
            log_err("storage: %s (%" PRId64 " times)", archive->error, archive->n_kept);
        g_ptr_array_remove_index_fast(paths, i);
    }
    return 0;
}

static int forget_garbage(Archive *archive, GPtrArray *paths)
{
    int r = at_step(archive, "archive.garbage_done");
    if (r >= 0)
        r = begin_transaction(archive);
    if (r < 0)
        return r;
    for (guint i = 0; r >= 0 && i < paths->len; i++)
        r = store_exec(archive->store, "DELETE FROM garbage WHERE path = ?", "s", paths->pdata[i]);
    return end_transaction(archive, r);
}

// Deletes the files that stand in garbage, then their rows.
static int sweep(Archive *archive)
{
    g_autoptr(GHashTable) folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    int r = read_garbage(archive, paths);
    if (r >= 0)
        r = unlink_all(archive, paths, folders);
    if (r < 0 || paths->len == 0)
        return r;
    r = sync_unlinked(archive, folders);
    return r < 0 ? r : forget_garbage(archive, paths);
}

static int move_to_garbage(Archive *archive, int64_t id, int64_t *ret_bytes)
{
    int64_t bytes = store_value(archive->store, -1,
                                "SELECT bytes FROM segment WHERE id = ?"
                                " AND (state = 'open' OR NOT " ARCHIVE_IS_HELD ")",
                                "i", id);
    if (bytes < 0)
        return 0;
    int r =
        store_exec(archive->store,
                   "INSERT OR IGNORE INTO garbage(path, storage) SELECT path, storage FROM segment"
                   " WHERE id = ?",
                   "i", id);
    if (r >= 0)
        r = store_exec(archive->store, "DELETE FROM segment WHERE id = ?", "i", id);
    *ret_bytes += bytes;
    return r;
}

int archive_delete(Archive *archive, const int64_t *ids, size_t n)
{
    int64_t bytes = 0;
    int r = begin_transaction(archive);
    if (r < 0)
        return r;
    r = at_step(archive, "archive.garbage");
    for (size_t i = 0; r >= 0 && i < n; i++)
        r = move_to_garbage(archive, ids[i], &bytes);
    r = end_transaction(archive, r);
    if (r < 0)
        return r;
    archive->used_bytes -= bytes;
    return sweep(archive);
}

// --- writing a segment
// ------------------------------------------------------------------------------------------------

static char *segment_path(const char *camera, int64_t wall_us, int64_t id)
{
    time_t seconds = wall_us / 1000000;
    struct tm tm;
    char day[16], moment[16];
    localtime_r(&seconds, &tm);
    strftime(day, sizeof day, "%Y-%m-%d", &tm);
    strftime(moment, sizeof moment, "%H%M%S", &tm);
    return g_strdup_printf("%s/%s/%s-%03d-%" PRId64 ".mp4", camera, day, moment,
                           (int)(wall_us / 1000 % 1000), id);
}

static bool is_taken(Archive *archive, int64_t id, const char *path)
{
    g_autofree char *full = full_path(archive, path);
    return store_value(archive->store, 0, "SELECT 1 FROM segment WHERE id = ?", "i", id) ||
           access(full, F_OK) == 0;
}

// Above all ids that are known: one that was deleted may still be named as the segment before.
static char *choose_path(Archive *archive, SegmentHead *head)
{
    int64_t newest = store_value(archive->store, 0, "SELECT max(id) FROM segment", "");
    for (head->id = MAX(head->wall_us, newest + 1);; head->id++) {
        char *path = segment_path(head->camera, head->wall_us, head->id);
        if (!is_taken(archive, head->id, path))
            return path;
        g_free(path);
    }
}

static void read_previous(Archive *archive, SegmentHead *head)
{
    g_autoptr(StoreQuery) query =
        store_query(archive->store,
                    "SELECT id, sha256 FROM segment INDEXED BY segment_camera WHERE camera = ?"
                    " AND state = 'done' ORDER BY id DESC LIMIT 1",
                    "s", head->camera);
    if (!store_step(query))
        return;
    head->previous_id = store_int(query, 0);
    read_hash(query, 1, head->previous_sha256);
}

// {camera}/{day}: both are new now and then, and a name is on disk only when its folder is.
static int make_folder(Archive *archive, const char *path)
{
    g_autofree char *full = full_path(archive, path);
    g_autofree char *day = g_path_get_dirname(full);
    g_autofree char *camera = g_path_get_dirname(day);
    const char *folders[] = { camera, day };
    const char *parents[] = { archive->root, camera };
    for (int i = 0; i < 2; i++) {
        if (mkdir(folders[i], 0750) < 0) {
            if (errno == EEXIST)
                continue;
            return fail(archive, -errno, "cannot make", folders[i]);
        }
        int r = file_sync_dir(parents[i]);
        if (r < 0)
            return fail(archive, r, "cannot sync", parents[i]);
    }
    return 0;
}

static int create_file(Archive *archive, ArchiveSegment *segment, const SegmentHead *head,
                       GBytes *init)
{
    g_autofree char *full = full_path(archive, segment->path);
    g_autofree char *folder = g_path_get_dirname(full);
    int r = at_step(archive, "archive.create");
    if (r >= 0)
        r = make_folder(archive, segment->path);
    if (r >= 0)
        r = segment_writer_new(full, head, init, &segment->writer);
    if (r >= 0)
        r = at_step(archive, "archive.sync_folder");
    if (r >= 0)
        r = file_sync_dir(folder);
    if (r >= 0)
        r = at_step(archive, "archive.header");
    if (r >= 0)
        r = segment_writer_begin(segment->writer);
    return r < 0 ? fail(archive, r, "cannot begin", full) : 0;
}

static void segment_free(ArchiveSegment *segment)
{
    segment_writer_free(segment->writer);
    g_free(segment->path);
    g_free(segment);
}

int archive_begin(Archive *archive, const ArchiveBegin *begin, ArchiveSegment **ret_segment)
{
    SegmentHead head = { .wall_us = begin->wall_us,
                         .width = begin->width,
                         .height = begin->height };
    g_strlcpy(head.hall, archive->hall, sizeof head.hall);
    g_strlcpy(head.camera, begin->camera, sizeof head.camera);
    if (g_strlcpy(head.codecs, begin->codecs, sizeof head.codecs) >= sizeof head.codecs ||
        head.wall_us <= 0)
        return -EINVAL;
    int r = archive_check_place(archive);
    if (r < 0)
        return r;
    read_previous(archive, &head);
    ArchiveSegment *segment = g_new0(ArchiveSegment, 1);
    do {
        g_free(segment->path);
        segment->path = choose_path(archive, &head);
        segment->id = head.id;
        r = at_step(archive, "archive.row_open");
        if (r >= 0)
            r = insert_open(archive, &head, segment->path);
    } while (r == -EEXIST); // another archive took the id meanwhile
    if (r < 0) {
        exec_failed(archive, r);
        segment_free(segment);
        return r;
    }
    r = create_file(archive, segment, &head, begin->init);
    if (r < 0) {
        // A row that could not be taken back stays open: only a new start can tidy up then.
        if (archive_delete(archive, &head.id, 1) < 0)
            r = -EIO;
        segment_free(segment);
        return r;
    }
    *ret_segment = segment;
    return 0;
}

const Segment *archive_segment(const ArchiveSegment *segment)
{
    return segment_writer_segment(segment->writer);
}

int archive_append(Archive *archive, ArchiveSegment *segment, GBytes *fragment,
                   SegmentEntry *ret_entry)
{
    int r = at_step(archive, "archive.fragment");
    if (r >= 0)
        r = segment_writer_append(segment->writer, fragment, ret_entry);
    return r < 0 ? fail(archive, r, "cannot write", segment->path) : 0;
}

int archive_sync(Archive *archive, ArchiveSegment *const *segments, size_t n)
{
    int r = at_step(archive, "archive.sync");
    if (r < 0)
        return fail(archive, r, "cannot sync", archive->root);
    for (size_t i = 0; i < n; i++) {
        if (segment_writer_dirty(segments[i]->writer))
            segment_writer_start_sync(segments[i]->writer);
    }
    for (size_t i = 0; i < n; i++) {
        if (!segment_writer_dirty(segments[i]->writer))
            continue;
        r = segment_writer_sync(segments[i]->writer);
        if (r < 0)
            return fail(archive, r, "cannot sync", segments[i]->path);
    }
    return 0;
}

static int finish(Archive *archive, ArchiveSegment *segment)
{
    if (archive_segment(segment)->entries->len == 0)
        return archive_delete(archive, &segment->id, 1);
    int r = at_step(archive, "archive.sync_file");
    if (r >= 0)
        r = segment_writer_finish(segment->writer);
    if (r < 0)
        return fail(archive, r, "cannot sync", segment->path);
    r = at_step(archive, "archive.row_done");
    return r < 0 ? r : update_done(archive, archive_segment(segment));
}

int archive_finish(Archive *archive, ArchiveSegment *take_segment)
{
    int r = finish(archive, take_segment);
    segment_free(take_segment);
    return r;
}

void archive_abandon(ArchiveSegment *take_segment)
{
    segment_free(take_segment);
}

// --- recovery
// ---------------------------------------------------------------------------------------------------------

// Cuts what comes after the last whole fragment. fd is at a file that was scanned into segment.
static int cut_tail(Archive *archive, int fd, const Segment *segment, const char *path)
{
    int r = at_step(archive, "archive.cut");
    if (r >= 0 && ftruncate(fd, segment->bytes) < 0)
        r = -errno;
    if (r >= 0)
        r = at_step(archive, "archive.cut_sync");
    if (r >= 0 && fsync(fd) < 0)
        r = -errno;
    return r < 0 ? fail(archive, r, "cannot cut", path) : 0;
}

// The contents of a segment that was found on the disk, as the end of the transaction. While its
// disk was away, or the file lost, all of it may have been written down as missing.
static int enter_found(Archive *archive, const Segment *segment, int r)
{
    if (r >= 0)
        r = update_done(archive, segment);
    if (r >= 0)
        r = index_cut_gaps(archive->store, segment->head.camera, segment->head.wall_us,
                           segment_end_us(segment));
    return end_transaction(archive, r);
}

static int enter_recovered(Archive *archive, const Segment *segment)
{
    int64_t used = archive->used_bytes;
    int r = at_step(archive, "archive.recovered");
    if (r >= 0)
        r = begin_transaction(archive);
    if (r < 0)
        return r;
    r = enter_found(archive, segment, r);
    if (r < 0)
        archive->used_bytes = used;
    return r;
}

// 0: the segment is done. -EBADMSG or -ENOENT: there is nothing to keep.
static int recover_file(Archive *archive, int64_t id, const char *path)
{
    g_autofree char *full = full_path(archive, path);
    g_auto(Segment) segment;
    segment_init(&segment);
    int fd = open(full, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? -ENOENT : fail(archive, -errno, "cannot open", full);
    int r = segment_scan(fd, &segment);
    if (r >= 0 && (segment.entries->len == 0 || segment.head.id != id))
        r = -EBADMSG;
    if (r >= 0)
        r = cut_tail(archive, fd, &segment, full);
    close(fd);
    if (r >= 0)
        r = enter_recovered(archive, &segment);
    if (r >= 0)
        log_info("camera=%s segment=%" PRId64 " recovered, %.1f s", segment.head.camera, id,
                 segment.duration_us / 1e6);
    return r;
}

static int recover_open_rows(Archive *archive)
{
    for (;;) {
        StoreQuery *query =
            store_query(archive->store,
                        "SELECT id, path FROM segment WHERE state = 'open' AND storage = ? LIMIT 1",
                        "i", archive->storage);
        if (!store_step(query)) {
            int result = store_query_result(query);
            store_query_free(query);
            return result < 0 ? exec_failed(archive, result) : 0;
        }
        int64_t id = store_int(query, 0);
        g_autofree char *path = g_strdup(store_text(query, 1));
        store_query_free(query);
        int r = recover_file(archive, id, path);
        if (r == -EBADMSG || r == -ENOENT)
            r = archive_delete(archive, &id, 1);
        if (r < 0)
            return r;
    }
}

// --- the walk
// ---------------------------------------------------------------------------------------------------------

static void list_folders(Archive *archive)
{
    archive->folders = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) root = g_dir_open(archive->root, 0, NULL);
    for (const char *camera; root && (camera = g_dir_read_name(root));) {
        g_autofree char *path = full_path(archive, camera);
        g_autoptr(GDir) days = g_dir_open(path, 0, NULL);
        for (const char *day; days && (day = g_dir_read_name(days));)
            g_ptr_array_add(archive->folders, g_build_filename(camera, day, NULL));
    }
}

static bool is_known(Archive *archive, const char *path)
{
    return store_value(archive->store, 0,
                       "SELECT 1 FROM segment WHERE path = ?1 AND storage = ?2 UNION ALL"
                       " SELECT 1 FROM garbage WHERE path = ?1 AND storage = ?2",
                       "si", path, archive->storage) != 0;
}

static bool is_in_folder_of(const char *path, const char *camera)
{
    size_t size = strlen(camera);
    return size && g_str_has_prefix(path, camera) && path[size] == '/';
}

// Row and contents come in one transaction: there is no open row in between that a crash could
// leave.
static int insert_scanned(Archive *archive, const Segment *segment, const char *path)
{
    int64_t used = archive->used_bytes;
    int r = begin_transaction(archive);
    if (r < 0)
        return r;
    r = at_step(archive, "archive.enter");
    if (r >= 0)
        r = insert_open(archive, &segment->head, path);
    r = enter_found(archive, segment, r);
    if (r < 0)
        archive->used_bytes = used;
    return r;
}

static int enter_file(Archive *archive, const char *path)
{
    g_autofree char *full = full_path(archive, path);
    g_auto(Segment) segment;
    segment_init(&segment);
    int fd = open(full, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return -errno;
    int r = segment_scan(fd, &segment);
    if (r >= 0 && (segment.entries->len == 0 || !is_in_folder_of(path, segment.head.camera)))
        r = -EBADMSG;
    if (r >= 0)
        r = cut_tail(archive, fd, &segment, full);
    close(fd);
    return r < 0 ? r : insert_scanned(archive, &segment, path);
}

static void enter_named(Archive *archive, const char *path)
{
    int r = enter_file(archive, path);
    if (r < 0)
        log_warn("storage: %s is not in the index and cannot be entered: %s", path,
                 r == -EBADMSG ? "not a whole segment" : g_strerror(-r));
    else if (archive->n_entered++ % LOG_EVERY == 0)
        log_warn("storage: %s was not in the index and has been entered (%" PRId64 ")", path,
                 archive->n_entered);
}

// One file without a row at most: each is read from its start to its end. False: no folder is left.
static bool walk_folders(Archive *archive)
{
    if (!archive->folder) {
        if (!archive->folders->len)
            return false;
        archive->folder_path = g_ptr_array_steal_index(archive->folders, archive->folders->len - 1);
        g_autofree char *full = full_path(archive, archive->folder_path);
        archive->folder = g_dir_open(full, 0, NULL);
    }
    for (const char *name; archive->folder && (name = g_dir_read_name(archive->folder));) {
        g_autofree char *path = g_build_filename(archive->folder_path, name, NULL);
        if (!g_str_has_suffix(name, ".mp4") || is_known(archive, path))
            continue;
        enter_named(archive, path);
        return true;
    }
    g_clear_pointer(&archive->folder, g_dir_close);
    g_clear_pointer(&archive->folder_path, g_free);
    return true;
}

static int strike_row(Archive *archive, int64_t id)
{
    int64_t bytes =
        store_value(archive->store, 0, "SELECT bytes FROM segment WHERE id = ?", "i", id);
    int r = begin_transaction(archive);
    if (r < 0)
        return r;
    r = store_exec(archive->store,
                   "INSERT INTO gap(camera, from_us, to_us, reason)"
                   " SELECT camera, start_us, start_us + max(duration_us, 1), ?"
                   " FROM segment WHERE id = ?",
                   "si", gap_reason_name(GAP_LOST), id);
    if (r >= 0)
        r = store_exec(archive->store, "DELETE FROM segment WHERE id = ?", "i", id);
    r = end_transaction(archive, r);
    if (r >= 0)
        archive->used_bytes -= bytes;
    return r;
}

// False: no rows are left to be looked at.
static bool walk_rows(Archive *archive)
{
    g_autoptr(GArray) lost = g_array_new(FALSE, FALSE, sizeof(int64_t));
    StoreQuery *query =
        store_query(archive->store,
                    "SELECT id, path, state FROM segment WHERE storage = ?"
                    " AND id > ? ORDER BY id LIMIT ?",
                    "iii", archive->storage, archive->walked_id, (int64_t)WALK_ROWS);
    unsigned n = 0;
    for (; store_step(query); n++) {
        g_autofree char *full = full_path(archive, store_text(query, 1));
        archive->walked_id = store_int(query, 0);
        if (access(full, F_OK) < 0 && errno == ENOENT && !g_str_equal(store_text(query, 2), "open"))
            g_array_append_val(lost, archive->walked_id);
    }
    store_query_free(query);
    archive->n_walked += n;
    // Where the disk has just gone, nothing is there: that says nothing of the files.
    if (lost->len && archive_check_place(archive) < 0)
        return false;
    for (guint i = 0; i < lost->len; i++) {
        int64_t id = g_array_index(lost, int64_t, i);
        if (strike_row(archive, id) >= 0)
            log_err("segment=%" PRId64 " its file is gone", id);
    }
    return n == WALK_ROWS;
}

bool archive_walk(Archive *archive)
{
    if (archive->is_walked)
        return false;
    if (!archive->folders) {
        archive->walk_began_ms = clock_mono_ms();
        list_folders(archive);
    }
    if (walk_folders(archive))
        return true;
    archive->is_walked = !walk_rows(archive);
    if (archive->is_walked)
        log_info("storage: index and files compared, %" PRId64 " segments in %.1f s",
                 archive->n_walked, (double)(clock_mono_ms() - archive->walk_began_ms) / 1e3);
    return !archive->is_walked;
}

// --- opening
// ----------------------------------------------------------------------------------------------------------

char *archive_read_meta(const char *root)
{
    g_autofree char *path = g_build_filename(root, ARCHIVE_META_FILE, NULL);
    g_autofree char *text = NULL;
    size_t size;
    char error[200];
    if (file_read(path, META_MAX, &text, &size) < 0)
        return NULL;
    json_t *meta = fields_parse(text, size, META_MAX, error);
    char *storage = g_strdup(json_string_value(json_object_get(meta, "storage")));
    json_decref(meta);
    return storage;
}

static int write_meta(Archive *archive, const char *storage)
{
    g_autofree char *path = full_path(archive, ARCHIVE_META_FILE);
    g_autofree char *text = g_strdup_printf("{\"storage\":\"%s\"}\n", storage);
    int r = file_make_dirs(archive->root);
    if (r >= 0)
        r = file_write_atomic(path, text, strlen(text), 0640);
    return r < 0 ? fail(archive, r, "cannot write", path) : 0;
}

// Under which the uuid of a storage folder stands in media.db.
char *archive_meta_key(int storage)
{
    return storage ? g_strdup_printf("storage_%d", storage) : g_strdup("storage");
}

static char *known_storage(Archive *archive)
{
    g_autofree char *key = archive_meta_key((int)archive->storage);
    g_autoptr(StoreQuery) query =
        store_query(archive->store, "SELECT value FROM meta WHERE key = ?", "s", key);
    return store_step(query) ? g_strdup(store_text(query, 0)) : NULL;
}

static int refuse_storage(Archive *archive, const char *found, const char *known)
{
    g_snprintf(
        archive->error, sizeof archive->error,
        "不是本机的录像目录，请检查磁盘是否已挂载 / %s is not the storage folder of this box "
        "(%s): mount the right disk; if it was replaced on purpose, write "
        "{\"storage\":\"%s\"} to %s there",
        archive->root, found ? "it belongs to another" : "no " ARCHIVE_META_FILE, known,
        ARCHIVE_META_FILE);
    return -ENODEV;
}

// A folder that is new to this one may be another one of this box: the same disk mounted twice.
static bool is_another_of_ours(Archive *archive, const char *found)
{
    g_autofree char *key = archive_meta_key((int)archive->storage);
    return found && store_value(archive->store, 0,
                                "SELECT 1 FROM meta WHERE key GLOB 'storage*' AND key <> ?"
                                " AND value = ?",
                                "ss", key, found);
}

static int know_storage(Archive *archive, const char *storage)
{
    g_autofree char *key = archive_meta_key((int)archive->storage);
    int r = store_exec(archive->store, "INSERT INTO meta(key, value) VALUES (?, ?)", "ss", key,
                       storage);
    return r < 0 ? exec_failed(archive, r) : 0;
}

// I1. The file comes before the row: after a crash in between, the row is taken from the file. An
// empty folder where a known one was is none of ours either: it is where a disk should be mounted.
static int check_storage(Archive *archive)
{
    g_autofree char *found = archive_read_meta(archive->root);
    g_autofree char *known = known_storage(archive);
    if (known)
        return g_strcmp0(known, found) ? refuse_storage(archive, found, known) : 0;
    if (is_another_of_ours(archive, found)) {
        g_snprintf(
            archive->error, sizeof archive->error,
            "主、备录像目录是同一个 / %s is the box's other storage folder: both need a disk of "
            "their own",
            archive->root);
        return -ENODEV;
    }
    g_autofree char *storage = found ? g_strdup(found) : secret_uuid();
    int r = found ? 0 : write_meta(archive, storage);
    return r < 0 ? r : know_storage(archive, storage);
}

static int note_place(Archive *archive)
{
    struct stat stat_;
    int r = at_step(archive, "archive.open");
    if (r >= 0 && stat(archive->root, &stat_) < 0)
        r = -errno;
    if (r < 0)
        return fail(archive, r, "cannot read", archive->root);
    archive->device = stat_.st_dev;
    archive->inode = stat_.st_ino;
    return 0;
}

int archive_check_place(Archive *archive)
{
    struct stat stat_;
    int r = at_step(archive, "archive.place");
    if (r >= 0 && stat(archive->root, &stat_) < 0)
        r = -errno;
    if (r < 0)
        return fail(archive, r, "cannot read", archive->root);
    if (stat_.st_dev == archive->device && stat_.st_ino == archive->inode)
        return 0;
    return fail(archive, -ENODEV, "not the folder any more that was recorded to:", archive->root);
}

int archive_open(const ArchiveOptions *options, char **ret_reason, Archive **ret_archive)
{
    g_autoptr(Archive) archive = g_new0(Archive, 1);
    archive->root = archive_root(options->data_dir, options->root);
    archive->hall = g_strdup(options->hall);
    archive->storage = options->storage;
    int r = index_connect(options->data_dir, &archive->store);
    if (r < 0)
        fail(archive, r, "cannot use media.db in", options->data_dir);
    if (r >= 0)
        r = check_storage(archive);
    if (r >= 0)
        r = note_place(archive);
    if (r >= 0) {
        archive->used_bytes =
            store_value(archive->store, 0, "SELECT sum(bytes) FROM segment WHERE storage = ?", "i",
                        archive->storage);
        r = sweep(archive);
    }
    if (r >= 0)
        r = recover_open_rows(archive);
    if (r < 0) {
        *ret_reason = g_strdup(archive->error);
        return r;
    }
    *ret_archive = g_steal_pointer(&archive);
    return 0;
}

void archive_free(Archive *archive)
{
    if (!archive)
        return;
    store_free(archive->store);
    g_clear_pointer(&archive->folders, g_ptr_array_unref);
    g_clear_pointer(&archive->folder, g_dir_close);
    g_free(archive->folder_path);
    g_free(archive->root);
    g_free(archive->hall);
    g_free(archive);
}

int64_t archive_oldest_us(Archive *archive)
{
    return store_value(archive->store, 0,
                       "SELECT start_us FROM segment WHERE storage = ? ORDER BY id LIMIT 1", "i",
                       archive->storage);
}

int64_t archive_used_bytes(Archive *archive)
{
    return archive->used_bytes;
}
