// SPDX-License-Identifier: Apache-2.0
#include "appliance/voice.h"

#include "appliance/worker.h"
#include "base/file.h"
#include "base/log.h"
#include "base/secret.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM "espeak-ng"

enum {
    PERIOD_MS = 10 * 60 * 1000,
    WANTED_MAX = 64, // calls that wait to be rendered; more are asked for again
    FILES_MAX = 400,
    KILL_S = 10,
    NICE = 19,
    HEADER_SIZE = 44, // of a WAV file without a sample
};

// Not "cmn", which reads the Pinyin that it makes of Chinese as if it were English (1.51).
static const char *const voices[][2] = { { "zh", "cmn-latn-pinyin" }, { "en", "en-us" } };

typedef struct {
    char *path, *text;
    const char *voice;
} Wanted;

struct Voice {
    char *folder; // constant
    Worker *worker;
    GMutex lock;
    GQueue wanted; // Wanted; under lock
    bool has_result, is_well;
    char *reason; // under lock
};

static void wanted_free(gpointer data)
{
    Wanted *wanted = data;
    g_free(wanted->path);
    g_free(wanted->text);
    g_free(wanted);
}

static void note_result(Voice *voice, bool is_well, const char *reason)
{
    g_mutex_lock(&voice->lock);
    bool is_news = !voice->has_result || voice->is_well != is_well;
    voice->has_result = true;
    voice->is_well = is_well;
    g_free(voice->reason);
    voice->reason = g_strdup(reason);
    g_mutex_unlock(&voice->lock);
    if (is_news && !is_well)
        log_warn("voice: calls are shown without sound: %s", reason);
    else if (is_news)
        log_info("voice: well");
}

// --- worker's thread

// In the child. The alarm outlives exec and ends a process that hangs.
static void before_exec(gpointer data)
{
    setpriority(PRIO_PROCESS, 0, NICE);
    alarm(KILL_S);
}

// 0, or negative errno with a sentence in reason.
static int speak(const Wanted *wanted, const char *to, char *reason, size_t size)
{
    const char *const argv[] = { PROGRAM, "-v",       wanted->voice, "-s",         "155",
                                 "-w",    (char *)to, "--",          wanted->text, NULL };
    g_autoptr(GError) error = NULL;
    int status = 0;
    if (!g_spawn_sync(NULL, (char **)argv, NULL,
                      G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                      before_exec, NULL, NULL, NULL, &status, &error)) {
        g_snprintf(reason, size, "%s cannot be run (is the package %s installed?): %s", PROGRAM,
                   PROGRAM, error->message);
        return -ENOENT;
    }
    struct stat info;
    if (!g_spawn_check_wait_status(status, NULL) || stat(to, &info) < 0 ||
        info.st_size <= HEADER_SIZE) {
        g_snprintf(reason, size, "%s made no sound with the voice %s", PROGRAM, wanted->voice);
        return -EIO;
    }
    return 0;
}

static void render(Voice *voice, const Wanted *wanted)
{
    char reason[200] = "";
    g_autofree char *beside = g_strconcat(wanted->path, ".partial", NULL);
    int err = speak(wanted, beside, reason, sizeof reason);
    if (err == 0 && g_rename(beside, wanted->path) < 0) {
        err = -errno;
        g_snprintf(reason, sizeof reason, "%.100s: %s", wanted->path, g_strerror(-err));
    }
    if (err < 0)
        g_unlink(beside);
    note_result(voice, err == 0, err == 0 ? NULL : reason);
}

typedef struct {
    char *path;
    int64_t at_s;
} Kept;

static void kept_clear(void *data)
{
    g_free(((Kept *)data)->path);
}

static gint by_age(gconstpointer a, gconstpointer b)
{
    int64_t x = ((const Kept *)a)->at_s, y = ((const Kept *)b)->at_s;
    return (x > y) - (x < y);
}

static void forget_oldest(Voice *voice)
{
    g_autoptr(GDir) dir = g_dir_open(voice->folder, 0, NULL);
    g_autoptr(GArray) files = g_array_new(FALSE, FALSE, sizeof(Kept));
    g_array_set_clear_func(files, kept_clear);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        struct stat info;
        Kept kept = { .path = g_build_filename(voice->folder, name, NULL) };
        kept.at_s = stat(kept.path, &info) == 0 ? info.st_mtime : 0;
        g_array_append_val(files, kept);
    }
    g_array_sort(files, by_age);
    for (guint i = 0; i + FILES_MAX < files->len; i++)
        g_unlink(g_array_index(files, Kept, i).path);
}

static void run(void *ctx)
{
    Voice *voice = ctx;
    for (;;) {
        g_mutex_lock(&voice->lock);
        Wanted *wanted = g_queue_pop_head(&voice->wanted);
        g_mutex_unlock(&voice->lock);
        if (!wanted)
            break;
        if (!g_file_test(wanted->path, G_FILE_TEST_EXISTS))
            render(voice, wanted);
        wanted_free(wanted);
    }
    forget_oldest(voice);
}

// --- any thread

static gint has_path(gconstpointer wanted, gconstpointer path)
{
    return strcmp(((const Wanted *)wanted)->path, path);
}

static void want(Voice *voice, const char *name, const char *path, const char *text)
{
    g_mutex_lock(&voice->lock);
    bool is_new =
        voice->wanted.length < WANTED_MAX && !g_queue_find_custom(&voice->wanted, path, has_path);
    if (is_new) {
        Wanted *wanted = g_new0(Wanted, 1);
        *wanted = (Wanted){ g_strdup(path), g_strdup(text), name };
        g_queue_push_tail(&voice->wanted, wanted);
    }
    g_mutex_unlock(&voice->lock);
    if (is_new)
        worker_wake(voice->worker);
}

char *voice_get(Voice *voice, const char *language, const char *text)
{
    const char *name = strcmp(language, voices[0][0]) == 0 ? voices[0][1] : voices[1][1];
    g_autofree char *whole = g_strconcat(name, "\n", text, NULL);
    g_autofree char *digest = secret_digest(whole);
    g_autofree char *file = g_strconcat(digest, ".wav", NULL);
    g_autofree char *path = g_build_filename(voice->folder, file, NULL);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return g_steal_pointer(&path);
    want(voice, name, path, text);
    return NULL;
}

json_t *voice_state(Voice *voice)
{
    g_mutex_lock(&voice->lock);
    json_t *state = json_pack("{s:s, s:s?}", "state",
                              !voice->has_result ? "unknown"
                              : voice->is_well   ? "well"
                                                 : "failed",
                              "reason", voice->reason);
    g_mutex_unlock(&voice->lock);
    return state;
}

Voice *voice_new(const char *data_dir)
{
    g_autofree char *folder = g_build_filename(data_dir, "voice", NULL);
    int err = file_make_dirs(folder);
    if (err < 0) {
        log_err("%s: %s", folder, g_strerror(-err));
        return NULL;
    }
    Voice *voice = g_new0(Voice, 1);
    voice->folder = g_steal_pointer(&folder);
    g_mutex_init(&voice->lock);
    g_queue_init(&voice->wanted);
    voice->worker = worker_new("voice", PERIOD_MS, run, voice);
    return voice;
}

void voice_free(Voice *voice)
{
    if (!voice)
        return;
    g_mutex_lock(&voice->lock);
    g_queue_clear_full(&voice->wanted, wanted_free);
    g_mutex_unlock(&voice->lock);
    worker_free(voice->worker);
    g_mutex_clear(&voice->lock);
    g_free(voice->folder);
    g_free(voice->reason);
    g_free(voice);
}
