// SPDX-License-Identifier: Apache-2.0
#include "capture/index.h"

#include "base/clock.h"
#include "base/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

static const StoreStep SCHEMA[] = {
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE segment("
    "  id INTEGER PRIMARY KEY,"
    "  camera TEXT NOT NULL,"
    "  path TEXT NOT NULL UNIQUE,"
    "  state TEXT NOT NULL CHECK (state IN ('open', 'done')),"
    "  start_us INTEGER NOT NULL,"
    "  duration_us INTEGER NOT NULL DEFAULT 0,"
    "  decode_us INTEGER NOT NULL DEFAULT 0,"
    "  bytes INTEGER NOT NULL DEFAULT 0,"
    "  init_bytes INTEGER NOT NULL DEFAULT 0,"
    "  header_bytes INTEGER NOT NULL DEFAULT 0,"
    "  init_id INTEGER NOT NULL DEFAULT 0,"
    "  width INTEGER NOT NULL DEFAULT 0,"
    "  height INTEGER NOT NULL DEFAULT 0,"
    "  codecs TEXT NOT NULL DEFAULT '',"
    "  previous_id INTEGER NOT NULL DEFAULT 0,"
    "  previous_sha256 BLOB,"
    "  sha256 BLOB,"
    "  entries BLOB,"
    "  CHECK (state = 'open' OR (bytes > header_bytes AND length(sha256) = 32"
    "                            AND entries IS NOT NULL))) STRICT;"
    "CREATE INDEX segment_camera_start ON segment(camera, start_us);"
    "CREATE INDEX segment_start ON segment(start_us, bytes);"
    "CREATE INDEX segment_open ON segment(id) WHERE state = 'open';"
    "CREATE TABLE gap("
    "  id INTEGER PRIMARY KEY,"
    "  camera TEXT NOT NULL,"
    "  from_us INTEGER NOT NULL,"
    "  to_us INTEGER NOT NULL CHECK (to_us > from_us),"
    "  reason TEXT NOT NULL) STRICT;"
    "CREATE INDEX gap_camera_to ON gap(camera, to_us);"
    "CREATE TABLE hold("
    "  id TEXT PRIMARY KEY,"
    "  camera TEXT NOT NULL,"
    "  from_us INTEGER NOT NULL,"
    "  to_us INTEGER NOT NULL CHECK (to_us > from_us),"
    "  reason TEXT NOT NULL,"
    "  ref TEXT,"
    "  created_us INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX hold_camera_from ON hold(camera, from_us);"
    "CREATE TABLE garbage(path TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;",
    // A timeline reads an index alone: a row is a kilobyte, most of it entries.
    "CREATE INDEX segment_camera_span ON segment(camera, start_us, duration_us, state);"
    "DROP INDEX segment_camera_start;",
    // A camera's segments in the order in which they were recorded; steps of the box's clock.
    "CREATE INDEX segment_camera ON segment(camera);"
    "CREATE TABLE clock_step("
    "  id INTEGER PRIMARY KEY,"
    "  at_us INTEGER NOT NULL," // after the step
    "  step_us INTEGER NOT NULL,"
    "  first_id INTEGER NOT NULL,"
    "  last_id INTEGER NOT NULL) STRICT;",
    // Several storage folders; what each of them uses, and its oldest, from an index alone.
    "ALTER TABLE segment ADD COLUMN storage INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE garbage ADD COLUMN storage INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX segment_storage ON segment(storage, id, bytes);"
    "DROP INDEX segment_camera;" // with what each camera uses
    "CREATE INDEX segment_camera ON segment(camera, id, bytes);",
};

static const char *const GAP_NAMES[] = {
    [GAP_NONE] = "none",
    [GAP_CAMERA_OFFLINE] = "camera_offline",
    [GAP_DROPPED] = "dropped",
    [GAP_DISK_FULL] = "disk_full",
    [GAP_DISK_ERROR] = "disk_error",
    [GAP_BOX_OFF] = "box_off",
    [GAP_DRIFT] = "drift",
    [GAP_RECORDING_OFF] = "recording_off",
    [GAP_LOST] = "lost",
    [GAP_CLOCK_SET] = "clock_set",
};

struct Index {
    int lock_fd;
    Store *store;
    char error[300];
};

const char *gap_reason_name(GapReason reason)
{
    return GAP_NAMES[reason];
}

const char *index_error(Index *index)
{
    return index->error;
}

Store *index_store(Index *index)
{
    return index->store;
}

static int fail(Index *index, int err, const char *what, const char *path)
{
    g_snprintf(index->error, sizeof index->error, "%s %s: %s", what, path, g_strerror(-err));
    return err;
}

static int exec_failed(Index *index, int err)
{
    g_snprintf(index->error, sizeof index->error, "media.db: %s", store_error(index->store));
    return err;
}

// --- opening

static int take_lock(Index *index, const char *data_dir)
{
    g_autofree char *path = g_build_filename(data_dir, "media.lock", NULL);
    index->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (index->lock_fd < 0)
        return fail(index, -errno, "cannot open", path);
    if (flock(index->lock_fd, LOCK_EX | LOCK_NB) < 0)
        return fail(index, -EBUSY, "another process records here,", path);
    return 0;
}

int index_connect(const char *data_dir, Store **ret_store)
{
    g_autofree char *path = g_build_filename(data_dir, "media.db", NULL);
    int r = store_open(path, STORE_WRITE, ret_store);
    return r < 0 ? r : store_migrate(*ret_store, SCHEMA, G_N_ELEMENTS(SCHEMA));
}

int index_open(const char *data_dir, char **ret_reason, Index **ret_index)
{
    g_autoptr(Index) index = g_new0(Index, 1);
    index->lock_fd = -1;
    int r = take_lock(index, data_dir);
    if (r >= 0) {
        r = index_connect(data_dir, &index->store);
        if (r < 0)
            fail(index, r, "cannot use media.db in", data_dir);
    }
    if (r < 0) {
        *ret_reason = g_strdup(index->error);
        return r;
    }
    *ret_index = g_steal_pointer(&index);
    return 0;
}

void index_free(Index *index)
{
    if (!index)
        return;
    store_free(index->store);
    if (index->lock_fd >= 0)
        close(index->lock_fd);
    g_free(index);
}

// --- gaps

int index_add_gap(Index *index, const char *camera, int64_t from_us, int64_t to_us,
                  GapReason reason)
{
    int r = fault_at("archive.gap", NULL);
    if (r >= 0)
        r = store_exec(index->store,
                       "INSERT INTO gap(camera, from_us, to_us, reason) VALUES (?, ?, ?, ?)",
                       "siis", camera, from_us, to_us, gap_reason_name(reason));
    return r < 0 ? exec_failed(index, r) : 0;
}

// What lies before the span and what lies after it are gaps of their own, then the old ones go.
int index_cut_gaps(Store *store, const char *camera, int64_t from_us, int64_t to_us)
{
    static const char *const STEPS[] = {
        "INSERT INTO gap(camera, from_us, to_us, reason) SELECT camera, from_us, ?2, reason"
        " FROM gap WHERE camera = ?1 AND to_us > ?2 AND from_us < ?3 AND from_us <= ?2 - ?4",
        "INSERT INTO gap(camera, from_us, to_us, reason) SELECT camera, ?3, to_us, reason"
        " FROM gap WHERE camera = ?1 AND to_us > ?2 AND from_us < ?3 AND to_us >= ?3 + ?4",
        "DELETE FROM gap WHERE camera = ?1 AND to_us > ?2 AND from_us < ?3 AND ?4",
    };
    int r = 0;
    for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(STEPS); i++)
        r = store_exec(store, STEPS[i], "siii", camera, from_us, to_us, (int64_t)INDEX_JOIN_US);
    return MIN(r, 0);
}

int64_t index_count_gaps(Index *index, const char *camera)
{
    return store_value(index->store, 0, "SELECT count(*) FROM gap WHERE camera = ?", "s", camera);
}

int64_t index_last_recorded_us(Index *index, const char *camera)
{
    return store_value(index->store, 0,
                       "SELECT start_us + duration_us FROM segment INDEXED BY segment_camera"
                       " WHERE camera = ? AND state = 'done' ORDER BY id DESC LIMIT 1",
                       "s", camera);
}

int64_t index_known_before(Index *index, const char *camera, int64_t before_us)
{
    int64_t segment =
        store_value(index->store, 0,
                    "SELECT max(start_us + duration_us) FROM segment WHERE camera = ?1"
                    " AND start_us < ?2 AND state = 'done' AND start_us >= min(?2 - ?3,"
                    "  (SELECT max(start_us) FROM segment WHERE camera = ?1"
                    "   AND start_us < ?2 AND state = 'done'))",
                    "sii", camera, before_us, INDEX_REACH_US);
    int64_t gap =
        store_value(index->store, 0, "SELECT max(to_us) FROM gap WHERE camera = ? AND to_us <= ?",
                    "si", camera, before_us);
    return MAX(segment, gap);
}

int index_put_hold(Index *index, const IndexHold *hold)
{
    int r = fault_at("archive.hold", NULL);
    if (r >= 0)
        r = store_exec(index->store,
                       "INSERT INTO hold(id, camera, from_us, to_us, reason, ref, created_us)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET"
                       " camera = excluded.camera, from_us = excluded.from_us,"
                       " to_us = excluded.to_us, reason = excluded.reason, ref = excluded.ref",
                       "ssiissi", hold->id, hold->camera, hold->from_us, hold->to_us, hold->reason,
                       hold->ref, clock_wall_us());
    return r < 0 ? exec_failed(index, r) : 0;
}

int64_t index_held_bytes(Store *store, const char *camera)
{
    return store_value(
        store, 0,
        "SELECT sum(bytes) FROM segment WHERE id IN (SELECT s.id FROM hold AS h JOIN segment AS s"
        " ON s.camera = h.camera AND s.start_us < h.to_us AND s.start_us >= coalesce("
        "  (SELECT max(start_us) FROM segment WHERE camera = h.camera AND start_us <= h.from_us),"
        "  h.from_us) WHERE s.start_us + s.duration_us > h.from_us AND (?1 IS NULL OR h.camera = "
        "?1))",
        "s", camera);
}

int index_delete_hold(Index *index, const char *id)
{
    int r = fault_at("archive.let_go", NULL);
    if (r >= 0)
        r = store_exec(index->store, "DELETE FROM hold WHERE id = ?", "s", id);
    if (r < 0)
        return exec_failed(index, r);
    return r ? 0 : -ENOENT;
}
