// SPDX-License-Identifier: Apache-2.0
#include "capture/archive_check.h"

#include "capture/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STORAGES = 2 };

typedef struct {
    FILE *out;
    const char *roots[STORAGES]; // NULL: not there, or not ours
    Store *store;
    bool is_deep;
    bool is_live; // a recorder has the archive open
    int problems;
    int64_t segments, bytes;
    int64_t away; // segments that could not be looked at
} Check;

static void problem(Check *check, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void problem(Check *check, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(check->out, format, args);
    va_end(args);
    fputc('\n', check->out);
    check->problems++;
}

// The recorder holds the lock for as long as its archive is open.
static bool is_locked(const char *data_dir)
{
    g_autofree char *path = g_build_filename(data_dir, "media.lock", NULL);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool is_live = flock(fd, LOCK_SH | LOCK_NB) < 0;
    close(fd);
    return is_live;
}

// I1. A spare folder that was never recorded to is not known.
static void check_storage(Check *check, int storage)
{
    const char *root = check->roots[storage];
    g_autofree char *found = root ? archive_read_meta(root) : NULL;
    g_autofree char *key = archive_meta_key(storage);
    g_autoptr(StoreQuery) query =
        store_query(check->store, "SELECT value FROM meta WHERE key = ?", "s", key);
    const char *known = store_step(query) ? store_text(query, 0) : NULL;
    bool is_used = store_value(check->store, 0, "SELECT 1 FROM segment WHERE storage = ? LIMIT 1",
                               "i", (int64_t)storage);
    bool is_unused = storage && !is_used && (!root || !known);
    if (is_unused || g_strcmp0(found, known) == 0)
        return;
    check->roots[storage] = NULL;
    if (root)
        problem(check, "I1 %s: storage folder is %s, media.db knows %s", root,
                found ? found : "without " ARCHIVE_META_FILE, known ? known : "none");
    else
        problem(check, "I1 there are recordings on a spare disk, and no storage.spare_path");
}

static void check_database(Check *check)
{
    g_autoptr(StoreQuery) query = store_query(
        check->store, check->is_deep ? "PRAGMA integrity_check" : "PRAGMA quick_check", "");
    while (store_step(query)) {
        if (!g_str_equal(store_text(query, 0), "ok"))
            problem(check, "media.db: %s", store_text(query, 0));
    }
    if (store_query_result(query) < 0)
        problem(check, "media.db: %s", store_error(check->store));
}

// The row may have gone since it was read, beside a running box.
static bool is_still_there(Check *check, int64_t id)
{
    return !check->is_live ||
           store_value(check->store, 0, "SELECT 1 FROM segment WHERE id = ? AND state = 'done'",
                       "i", id);
}

static bool is_same_entry(const SegmentEntry *a, const SegmentEntry *b)
{
    return a->time_us == b->time_us && a->duration_us == b->duration_us && a->bytes == b->bytes &&
           a->key == b->key;
}

static bool has_same_entries(const Segment *a, const Segment *b)
{
    if (a->entries->len != b->entries->len)
        return false;
    for (guint i = 0; i < a->entries->len; i++) {
        if (!is_same_entry(&g_array_index(a->entries, SegmentEntry, i),
                           &g_array_index(b->entries, SegmentEntry, i)))
            return false;
    }
    return true;
}

// I2 and I6, as far as the header tells.
static void compare_head(Check *check, const Segment *row, const Segment *file, const char *path)
{
    const SegmentHead *a = &row->head, *b = &file->head;
    if (a->id != b->id || !g_str_equal(a->camera, b->camera) || a->wall_us != b->wall_us ||
        !g_str_equal(a->codecs, b->codecs) || a->width != b->width || a->height != b->height)
        problem(check,
                "I2 %s: %s: the file names camera %s, segment %" PRId64
                "; the row camera %s, segment %" PRId64 " or another start or codec",
                path, a->id != b->id ? "SWAPPED" : "ALTERED", b->camera, b->id, a->camera, a->id);
    if (a->previous_id != b->previous_id ||
        memcmp(a->previous_sha256, b->previous_sha256, SEGMENT_HASH_BYTES) != 0)
        problem(check, "I6 %s: ALTERED: the segment before is another in the row than in the file",
                path);
    if (row->init_bytes != file->init_bytes || row->header_bytes != file->header_bytes ||
        row->init_id != file->init_id)
        problem(check, "I2 %s: ALTERED: the init differs from the row's", path);
}

static void compare_scan(Check *check, const Segment *row, const Segment *file, const char *path)
{
    if (file->bytes != row->bytes || file->duration_us != row->duration_us ||
        file->decode_us != row->decode_us || !has_same_entries(row, file))
        problem(check,
                "I2 %s: a scan finds %u fragments and %" PRId64 " bytes, the row says %u and"
                " %" PRId64 ", or their times differ",
                path, file->entries->len, file->bytes, row->entries->len, row->bytes);
    if (memcmp(file->sha256, row->sha256, SEGMENT_HASH_BYTES) != 0)
        problem(check, "I2 %s: ALTERED: the SHA-256 is not the row's: the file was changed", path);
}

static void check_entries(Check *check, const Segment *row, const char *path)
{
    int64_t bytes = row->header_bytes, end_us = 0;
    for (guint i = 0; i < row->entries->len; i++) {
        const SegmentEntry *entry = &g_array_index(row->entries, SegmentEntry, i);
        bytes += entry->bytes;
        end_us = entry->time_us + entry->duration_us;
    }
    if (bytes != row->bytes || end_us != row->duration_us)
        problem(check, "I2 %s: the row's entries do not add up to its bytes and duration", path);
    if (!row->entries->len || !g_array_index(row->entries, SegmentEntry, 0).key)
        problem(check, "I7 %s: does not begin with a key frame", path);
}

static void check_file(Check *check, const Segment *row, const char *root, const char *path)
{
    g_autofree char *full = g_build_filename(root, path, NULL);
    struct stat stat;
    g_auto(Segment) file;
    segment_init(&file);
    int fd = open(full, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &stat) < 0) {
        if (is_still_there(check, row->head.id))
            problem(check, "I2 %s: MISSING: %s", path, g_strerror(errno));
        return;
    }
    int r = check->is_deep ? segment_scan(fd, &file) : segment_scan_head(fd, &file);
    close(fd);
    if (r < 0) {
        problem(check, "I2 %s: ALTERED: the header cannot be read: %s", path, g_strerror(-r));
        return;
    }
    if (stat.st_size != row->bytes)
        problem(check, "I2 %s: %s: has %" PRId64 " bytes, its row says %" PRId64, path,
                stat.st_size < row->bytes ? "CUT" : "LENGTHENED", (int64_t)stat.st_size,
                row->bytes);
    compare_head(check, row, &file, path);
    if (check->is_deep)
        compare_scan(check, row, &file, path);
}

static bool is_safe_path(const char *path, const char *camera)
{
    size_t size = strlen(camera);
    return g_str_has_prefix(path, camera) && path[size] == '/' && !strstr(path, "..") &&
           g_str_has_suffix(path, ".mp4");
}

// I3
static void check_open(Check *check, const char *path)
{
    if (!check->is_live)
        problem(check, "I3 %s: left open; the next start recovers it", path);
}

static void check_row(Check *check, const Segment *row, int storage, const char *path, bool is_open)
{
    const char *root = storage >= 0 && storage < STORAGES ? check->roots[storage] : NULL;
    if (!is_safe_path(path, row->head.camera))
        problem(check, "I2 %s: not a path of camera %s", path, row->head.camera);
    if (!root) {
        check->away++;
        return;
    }
    if (is_open) {
        check_open(check, path);
        return;
    }
    check->segments++;
    check->bytes += row->bytes;
    check_entries(check, row, path);
    check_file(check, row, root, path);
}

// Each row is a query of its own: a long one would hold one view of the database, in which nothing
// that a running box deletes is ever gone.
static void check_rows(Check *check)
{
    g_auto(Segment) row;
    segment_init(&row);
    for (;;) {
        StoreQuery *query = store_query(check->store,
                                        "SELECT " ARCHIVE_COLUMNS " FROM segment WHERE id > ?"
                                        " ORDER BY id LIMIT 1",
                                        "i", row.head.id);
        ArchiveRow info = { 0 };
        bool has_row = store_step(query);
        int r = has_row ? archive_read_row(query, &info, &row) : store_query_result(query);
        g_autofree char *path = g_strdup(info.path);
        store_query_free(query);
        if (has_row && r < 0)
            problem(check, "I2 %s: the row's entries cannot be read", path);
        else if (has_row)
            check_row(check, &row, info.storage, path, info.is_open);
        else if (r < 0)
            problem(check, "media.db: %s", store_error(check->store));
        if (!has_row)
            return;
    }
}

// Queries whose rows are problems.
static const struct {
    const char *sql; // one column of text
    const char *sentence;
    bool offline_only;
} RULES[] = {
    { "SELECT camera FROM segment WHERE state = 'open' GROUP BY camera, storage HAVING count(*) > "
      "1",
      "I3 %s: more than one open segment", false },
    { "SELECT path FROM garbage", "I4 %s: deletion was not finished; the next start does it",
      true },
    { "SELECT path FROM garbage WHERE path IN (SELECT path FROM segment)",
      "I5 %s: stands in garbage and has a row", false },
    { "SELECT s.path FROM segment AS s JOIN segment AS p ON p.id = s.previous_id"
      " WHERE s.state = 'done' AND p.state = 'done'"
      " AND (p.sha256 <> s.previous_sha256 OR p.camera <> s.camera)",
      "I6 %s: its hash of the segment before is not that segment's", false },
    { "SELECT camera || ' ' || id FROM gap WHERE to_us <= from_us",
      "I9 gap %s: ends before it begins", false },
};

static void check_rules(Check *check)
{
    for (size_t i = 0; i < G_N_ELEMENTS(RULES); i++) {
        if (RULES[i].offline_only && check->is_live)
            continue;
        g_autoptr(StoreQuery) query = store_query(check->store, RULES[i].sql, "");
        while (store_step(query)) {
            g_auto(GStrv) parts = g_strsplit(RULES[i].sentence, "%s", 2);
            problem(check, "%s%s%s", parts[0], store_text(query, 0), parts[1]);
        }
    }
}

// I4
static void check_folder(Check *check, int storage, const char *folder)
{
    const char *root = check->roots[storage];
    g_autofree char *full = g_build_filename(root, folder, NULL);
    g_autoptr(GDir) dir = g_dir_open(full, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (!g_str_has_suffix(name, ".mp4"))
            continue;
        bool is_known =
            store_value(check->store, 0,
                        "SELECT 1 FROM segment WHERE path = ?1 AND storage = ?2 UNION ALL"
                        " SELECT 1 FROM garbage WHERE path = ?1 AND storage = ?2",
                        "si", path, (int64_t)storage);
        g_autofree char *file = g_build_filename(root, path, NULL);
        if (!is_known && access(file, F_OK) == 0)
            problem(check, "I4 %s: has no row", path);
    }
}

static void check_folders(Check *check, int storage)
{
    const char *folder = check->roots[storage];
    g_autoptr(GDir) root = folder ? g_dir_open(folder, 0, NULL) : NULL;
    for (const char *camera; root && (camera = g_dir_read_name(root));) {
        g_autofree char *path = g_build_filename(folder, camera, NULL);
        g_autoptr(GDir) days = g_dir_open(path, 0, NULL);
        for (const char *day; days && (day = g_dir_read_name(days));) {
            g_autofree char *below = g_build_filename(camera, day, NULL);
            check_folder(check, storage, below);
        }
    }
}

int archive_check(const char *data_dir, const char *path, const char *spare_path, FILE *out,
                  bool deep)
{
    g_autofree char *db = g_build_filename(data_dir, "media.db", NULL);
    g_autofree char *root = archive_root(data_dir, path);
    g_autoptr(Store) store = NULL;
    if (access(db, F_OK) < 0) {
        fprintf(out, "recordings: none yet (no %s)\n", db);
        return 0;
    }
    int r = store_open(db, STORE_READ, &store);
    if (r < 0) {
        fprintf(out, "%s: %s\n", db, g_strerror(-r));
        return r;
    }
    Check check = { .out = out,
                    .roots = { root, spare_path },
                    .store = store,
                    .is_deep = deep,
                    .is_live = is_locked(data_dir) };
    check_database(&check);
    for (int storage = 0; storage < STORAGES; storage++)
        check_storage(&check, storage);
    check_rows(&check);
    check_rules(&check);
    for (int storage = 0; storage < STORAGES; storage++)
        check_folders(&check, storage);
    if (check.away)
        fprintf(out, "%" PRId64 " segments could not be looked at: their disk is away\n",
                check.away);
    fprintf(out, "recordings: %" PRId64 " segments, %" PRId64 " bytes, %d problems%s\n",
            check.segments, check.bytes, check.problems,
            check.is_live ? " (a box is recording)" : "");
    return check.problems;
}
