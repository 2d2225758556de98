// SPDX-License-Identifier: Apache-2.0
#include "appliance/eye_intake.h"
#include "base/clock.h"
#include "base/log.h"
#include "mqtt/eye_message.h"
#include "rating/watch_eye.h"
#include <errno.h>
#include <string.h>

#define LOG_PERIOD_MS 10000
// Behind so many jobs an observation is left out: ratings go first, and it is said again.
#define BACKLOG_MAX 1000
#define PLACES_MAX  4096 // that are remembered; beyond it all are forgotten

// What was last passed on of a place.
typedef struct {
    char kind[EYE_KIND_TEXT_MAX];
    int value;
    int64_t at_ms, until_ms; // of what was said: the same of in between need not be passed on
} Last;

struct EyeIntake {
    EyeIntakeOptions options;
    // Link's thread.
    GHashTable *last; // "camera/aspect/place" -> Last
    int64_t next_log_ms;
    unsigned n_bad;
    // Writer's thread.
    int64_t next_refusal_ms;
    unsigned n_refused;
};

typedef struct {
    EyeIntake *eye;
    char camera[EYE_CAMERA_MAX + 1];
    EyeObservation seen;
    int64_t next_ms; // WATCH_NEVER: none
} SeenJob;

EyeIntake *eye_intake_new(const EyeIntakeOptions *options)
{
    EyeIntake *eye = g_new0(EyeIntake, 1);
    eye->options = *options;
    eye->last = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return eye;
}

void eye_intake_free(EyeIntake *eye)
{
    if (!eye)
        return;
    g_hash_table_unref(eye->last);
    g_free(eye);
}

// --- writer's thread

static int seen_run(Store *store, void *data)
{
    SeenJob *job = data;
    WatchSeen seen = { .camera = job->camera,
                       .kind = job->seen.kind,
                       .place = job->seen.place,
                       .value = job->seen.value,
                       .confidence = job->seen.confidence,
                       .at_ms = job->seen.at_ms,
                       .valid_ms = (int64_t)job->seen.valid_s * 1000 };
    int raised =
        watch_eye_put(store, job->eye->options.hall, &seen, clock_wall_ms(), &job->next_ms);
    if (raised > 0)
        log_info("camera=%s: %d flags raised by what is seen", job->camera, raised);
    return MIN(raised, 0);
}

static const char *why_refused(int err)
{
    switch (err) {
    case -ENOENT:
        return "no such camera or counter in the config";
    case -ERANGE:
        return "at is ahead of the box's clock, or more than ten minutes behind it";
    case -ENOSPC:
        return "it names too many places of one camera";
    default:
        return g_strerror(-err);
    }
}

static void seen_done(void *data, int err)
{
    SeenJob *job = data;
    EyeIntake *eye = job->eye;
    if (err == 0 && job->next_ms != WATCH_NEVER)
        eye->options.due(eye->options.ctx, job->next_ms);
    eye->n_refused += err < 0;
    if (err < 0 && clock_mono_ms() >= eye->next_refusal_ms) {
        log_warn("camera=%s kind=%s: observation not taken (%u since the last line): %s",
                 job->camera, job->seen.kind, eye->n_refused, why_refused(err));
        eye->next_refusal_ms = clock_mono_ms() + LOG_PERIOD_MS;
        eye->n_refused = 0;
    }
    g_free(job);
}

// --- link's thread

static void note_bad(EyeIntake *eye, const char *camera, const char *why)
{
    eye->n_bad++;
    if (clock_mono_ms() < eye->next_log_ms)
        return;
    log_warn("camera=%s: bad observation (%u since the last line): %s", camera, eye->n_bad, why);
    eye->next_log_ms = clock_mono_ms() + LOG_PERIOD_MS;
    eye->n_bad = 0;
}

// The same of the same place as a moment before. What lasts is passed on now and then.
static bool is_repeated(EyeIntake *eye, const char *camera, const EyeObservation *seen)
{
    bool is_number = strcmp(seen->kind, "queue") == 0;
    g_autofree char *key = g_strdup_printf("%s/%d%d/%s", camera, seen->of, is_number, seen->place);
    Last *last = g_hash_table_lookup(eye->last, key);
    if (last && strcmp(last->kind, seen->kind) == 0 && last->value == seen->value &&
        seen->at_ms >= last->at_ms && seen->at_ms < last->until_ms)
        return true;
    if (!last) {
        if (g_hash_table_size(eye->last) >= PLACES_MAX)
            g_hash_table_remove_all(eye->last);
        last = g_new0(Last, 1);
        g_hash_table_insert(eye->last, g_steal_pointer(&key), last);
    }
    memcpy(last->kind, seen->kind, sizeof last->kind);
    last->value = seen->value;
    last->at_ms = seen->at_ms;
    last->until_ms = seen->at_ms + (int64_t)seen->valid_s * 1000 / 3;
    return false;
}

void eye_intake_take(EyeIntake *eye, const char *camera, const char *bytes, size_t size)
{
    EyeObservation seen;
    char error[200];
    if (eye_observation_parse(bytes, size, &seen, error) < 0) {
        note_bad(eye, camera, error);
        return;
    }
    if (writer_backlog(eye->options.writer) > BACKLOG_MAX || is_repeated(eye, camera, &seen))
        return;
    SeenJob *job = g_new0(SeenJob, 1);
    *job = (SeenJob){ .eye = eye, .seen = seen };
    g_strlcpy(job->camera, camera, sizeof job->camera);
    writer_push(eye->options.writer, seen_run, seen_done, job);
}
