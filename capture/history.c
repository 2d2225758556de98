// SPDX-License-Identifier: Apache-2.0
#include "capture/history.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/store.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

enum {
    MINUTE_MS = 60000,
    HOUR_MS = 3600000,
    HOURS_MAX = 168,
    FINE_HOURS = 25, // up to this a step is a minute, beyond it COARSE_MINUTES
    COARSE_MINUTES = 10,
};

struct History {
    char *path;
    Capture *capture;
    GThread *thread;
    GMutex lock;
    GCond stop_asked;
    bool stopping; // under lock
    // The thread's own.
    Store *store;      // NULL: not open
    GHashTable *known; // camera → Tally * at the last sample
    int failure;       // of the last sample, logged when it changes
    int64_t pruned_ms; // when old rows were last deleted
};

static const StoreStep steps[] = {
    "CREATE TABLE minute("
    " camera TEXT NOT NULL, at INTEGER NOT NULL," // Unix ms of its beginning
    " live_ms INTEGER NOT NULL, frames INTEGER NOT NULL, bytes INTEGER NOT NULL,"
    " keys INTEGER NOT NULL, reconnects INTEGER NOT NULL, lost INTEGER NOT NULL,"
    " offset_ms INTEGER," // NULL: the camera has not said its time
    " PRIMARY KEY(camera, at)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX minute_at ON minute(at);",
};

static const char *const add_sql =
    "INSERT INTO minute VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9) ON CONFLICT DO UPDATE SET"
    " live_ms = live_ms + excluded.live_ms, frames = frames + excluded.frames,"
    " bytes = bytes + excluded.bytes, keys = keys + excluded.keys,"
    " reconnects = reconnects + excluded.reconnects, lost = lost + excluded.lost,"
    " offset_ms = coalesce(excluded.offset_ms, offset_ms)";

// --- the thread

typedef struct {
    char *id;
    CameraStatus status;
} Sample;

static void clear_sample(gpointer data)
{
    g_free(((Sample *)data)->id);
}

static void take_sample(void *ctx, const char *id, const CameraStatus *status)
{
    Sample sample = { g_strdup(id), *status };
    g_array_append_val((GArray *)ctx, sample);
}

static int open_store(History *history)
{
    if (history->store)
        return 0;
    g_autoptr(Store) store = NULL;
    int r = store_open(history->path, STORE_WRITE, &store);
    if (r == 0)
        r = store_migrate(store, steps, G_N_ELEMENTS(steps));
    if (r == 0)
        history->store = g_steal_pointer(&store);
    return r;
}

// Adds what the camera did since the sample before to the minute of now_ms.
static int add_sample(History *history, const Sample *sample, int64_t now_ms)
{
    static const Tally nothing = { 0 };
    const CameraStatus *status = &sample->status;
    const Tally *before = g_hash_table_lookup(history->known, sample->id);
    Tally added = tally_since(&status->tally, before ? before : &nothing);
    int64_t offset_ms =
        status->clock_offset_us == SOURCE_NO_CLOCK ? STORE_NULL : status->clock_offset_us / 1000;
    int r = store_exec(history->store, add_sql, "siiiiiiin", sample->id,
                       now_ms - now_ms % MINUTE_MS, added.live_ms, added.frames, added.bytes,
                       added.keys, added.reconnects, added.lost, offset_ms);
    return MIN(r, 0);
}

static int prune(History *history, int64_t now_ms)
{
    if (llabs(now_ms - history->pruned_ms) < HOUR_MS)
        return 0;
    history->pruned_ms = now_ms;
    int r = store_exec(history->store, "DELETE FROM minute WHERE at < ?1", "i",
                       now_ms - INT64_C(24) * HISTORY_DAYS * HOUR_MS);
    return MIN(r, 0);
}

// All or nothing: what could not be written is in the sample after.
static int write_samples(History *history, const GArray *samples, int64_t now_ms)
{
    int r = store_script(history->store, "BEGIN");
    for (guint i = 0; r == 0 && i < samples->len; i++)
        r = add_sample(history, &g_array_index(samples, Sample, i), now_ms);
    if (r == 0)
        r = prune(history, now_ms);
    int end = store_script(history->store, r == 0 ? "COMMIT" : "ROLLBACK");
    return r == 0 ? end : r;
}

static void remember(History *history, const GArray *samples)
{
    for (guint i = 0; i < samples->len; i++) {
        const Sample *sample = &g_array_index(samples, Sample, i);
        g_hash_table_replace(history->known, g_strdup(sample->id),
                             g_memdup2(&sample->status.tally, sizeof(Tally)));
    }
}

static void sample(History *history)
{
    g_autoptr(GArray) samples = g_array_new(FALSE, FALSE, sizeof(Sample));
    g_array_set_clear_func(samples, clear_sample);
    capture_each(history->capture, take_sample, samples);
    int r = open_store(history);
    if (r == 0)
        r = write_samples(history, samples, clock_wall_ms());
    if (r == 0)
        remember(history, samples);
    else
        g_clear_pointer(&history->store, store_free); // a new one at the next sample
    if (r < 0 && r != history->failure)
        log_warn("history: %s: %s; the figures of cameras have a hole, all else goes on",
                 history->path, g_strerror(-r));
    history->failure = r;
}

// False: it is time to end.
static bool wait_for_next(History *history)
{
    gint64 until = g_get_monotonic_time() + HISTORY_SAMPLE_S * G_TIME_SPAN_SECOND;
    g_mutex_lock(&history->lock);
    while (!history->stopping)
        if (!g_cond_wait_until(&history->stop_asked, &history->lock, until))
            break;
    bool stopping = history->stopping;
    g_mutex_unlock(&history->lock);
    return !stopping;
}

static gpointer run(gpointer data)
{
    History *history = data;
    while (wait_for_next(history))
        sample(history);
    return NULL;
}

History *history_new(const char *data_dir, Capture *capture)
{
    History *history = g_new0(History, 1);
    history->path = g_build_filename(data_dir, "history.db", NULL);
    history->capture = capture;
    history->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_mutex_init(&history->lock);
    g_cond_init(&history->stop_asked);
    history->thread = g_thread_new("history", run, history);
    return history;
}

void history_free(History *history)
{
    if (!history)
        return;
    g_mutex_lock(&history->lock);
    history->stopping = true;
    g_cond_signal(&history->stop_asked);
    g_mutex_unlock(&history->lock);
    g_thread_join(history->thread);
    store_free(history->store);
    g_hash_table_unref(history->known);
    g_mutex_clear(&history->lock);
    g_cond_clear(&history->stop_asked);
    g_free(history->path);
    g_free(history);
}

// --- reading

static const char *const columns[] = { "at_ms", "live_ms",    "frames", "bytes",
                                       "keys",  "reconnects", "lost",   "offset_ms" };

static json_t *read_columns(StoreQuery *query)
{
    json_t *arrays[G_N_ELEMENTS(columns)];
    json_t *object = json_object();
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        arrays[i] = json_array();
        json_object_set_new(object, columns[i], arrays[i]);
    }
    while (store_step(query))
        for (size_t i = 0; i < G_N_ELEMENTS(columns); i++)
            json_array_append_new(arrays[i], store_is_null(query, (int)i)
                                                 ? json_null()
                                                 : json_integer(store_int(query, (int)i)));
    return object;
}

static bool read_hours(HttpRequest *request, int64_t *ret_hours)
{
    const char *text = http_query(request, "hours");
    char *rest = NULL;
    *ret_hours = text ? g_ascii_strtoll(text, &rest, 10) : 24;
    bool is_number = !text || (rest != text && *rest == '\0');
    return is_number && *ret_hours >= 1 && *ret_hours <= HOURS_MAX;
}

void history_get(HttpRequest *request, void *ctx)
{
    History *history = ctx;
    int64_t hours = 0;
    if (!read_hours(request, &hours)) {
        http_reply_error(request, 400, "bad_hours", "hours must be a number from 1 to %d",
                         HOURS_MAX);
        return;
    }
    int64_t step_ms = hours <= FINE_HOURS ? MINUTE_MS : COARSE_MINUTES * MINUTE_MS;
    int64_t to_ms = clock_wall_ms(), from_ms = to_ms - hours * HOUR_MS;
    from_ms -= from_ms % step_ms;
    g_autoptr(Store) store = NULL;
    if (store_open(history->path, STORE_READ, &store) < 0) {
        http_reply_error(request, 503, "no_history",
                         "there are no figures yet: ask again in %d seconds", HISTORY_SAMPLE_S);
        return;
    }
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT at / ?4 * ?4, sum(live_ms), sum(frames), sum(bytes), sum(keys), sum(reconnects),"
        " sum(lost), max(offset_ms) FROM minute WHERE camera = ?1 AND at >= ?2 AND at <= ?3"
        " GROUP BY 1 ORDER BY 1",
        "siii", http_param(request, "camera"), from_ms, to_ms, step_ms);
    json_t *answer = read_columns(query);
    json_object_set_new(answer, "step_ms", json_integer(step_ms));
    json_object_set_new(answer, "from_ms", json_integer(from_ms));
    json_object_set_new(answer, "to_ms", json_integer(to_ms));
    http_reply_json(request, 200, answer);
}
