// SPDX-License-Identifier: Apache-2.0
#include "dashboard/verification.h"

#include "base/file.h"
#include "base/log.h"
#include "base/secret.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    LINE_MAX_BYTES = 64 << 10,
    NEWS_WAIT_MS = 2000,
    IDLE_MS = 120 * 1000, // a person who feeds it may have gone
    KEPT_MAX = 16,        // finished ones
    FINDINGS_MAX = 1000,
};

typedef struct {
    Verifications *all;
    char *id, *who;
    GThread *thread; // reads what the process says; owns its end
    GPid pid;
    int in, out; // its standard input, where it is fed, and output

    // Under all->lock.
    int64_t bytes, done;
    int64_t want_at, want_bytes; // 0 bytes: nothing
    bool is_ending;              // its process ends: no signals any more
    bool is_over;                // it has ended
    bool is_feeding;             // somebody writes to it, outside the lock
    unsigned news;               // grows with each thing it says that a person waits for
    int problems;                // -1: not known
    char *error;
    json_t *manifest, *findings;
} Verification;

struct Verifications {
    char *program;
    GMutex lock;
    GCond changed;
    GPtrArray *list; // under lock; oldest first
};

static void verification_free(gpointer data)
{
    Verification *one = data;
    if (one->thread)
        g_thread_join(one->thread);
    if (one->in >= 0)
        close(one->in);
    if (one->out >= 0)
        close(one->out);
    g_free(one->id);
    g_free(one->who);
    g_free(one->error);
    json_decref(one->manifest);
    json_decref(one->findings);
    g_free(one);
}

// --- what the process says, on the thread of each

static void take_finding(Verification *one, json_t *finding)
{
    if (json_array_size(one->findings) < FINDINGS_MAX)
        json_array_append(one->findings, finding);
}

static void take_want(Verification *one, const json_t *want)
{
    one->want_at = json_integer_value(json_object_get(want, "at"));
    one->want_bytes = json_integer_value(json_object_get(want, "bytes"));
    one->news++;
}

static void take_end(Verification *one, const json_t *end)
{
    const char *error = json_string_value(json_object_get(end, "error"));
    const json_t *problems = json_object_get(end, "problems");
    one->error = g_strdup(error);
    one->problems = problems ? (int)json_integer_value(problems) : -1;
}

static void take_line(Verification *one, const char *text, size_t size)
{
    json_t *line = json_loadb(text, size, 0, NULL), *value;
    g_mutex_lock(&one->all->lock);
    if ((value = json_object_get(line, "finding")))
        take_finding(one, value);
    else if ((value = json_object_get(line, "want")))
        take_want(one, value);
    else if ((value = json_object_get(line, "read")))
        one->done = json_integer_value(value);
    else if ((value = json_object_get(line, "end")))
        take_end(one, value);
    else if ((value = json_object_get(line, "manifest")))
        one->manifest = json_incref(value);
    g_cond_broadcast(&one->all->changed);
    g_mutex_unlock(&one->all->lock);
    json_decref(line);
}

// Takes whole lines off the front. Bytes that are left.
static size_t take_lines(Verification *one, char *buffer, size_t have)
{
    size_t begin = 0;
    for (size_t i = 0; i < have; i++) {
        if (buffer[i] == '\n') {
            take_line(one, buffer + begin, i - begin);
            begin = i + 1;
        }
    }
    memmove(buffer, buffer + begin, have - begin);
    return have - begin;
}

static void listen_to(Verification *one)
{
    g_autofree char *buffer = g_malloc(LINE_MAX_BYTES);
    size_t have = 0;
    while (have < LINE_MAX_BYTES) {
        struct pollfd wait = { .fd = one->out, .events = POLLIN };
        int ready = poll(&wait, 1, IDLE_MS);
        if (ready < 0 && errno == EINTR)
            continue;
        ssize_t n = ready > 0 ? read(one->out, buffer + have, LINE_MAX_BYTES - have) : 0;
        if (n <= 0)
            return;
        have = take_lines(one, buffer, have + (size_t)n);
    }
}

static gpointer follow(gpointer data)
{
    Verification *one = data;
    listen_to(one);
    g_mutex_lock(&one->all->lock);
    one->is_ending = true;
    kill(one->pid, SIGKILL);
    g_mutex_unlock(&one->all->lock);
    while (waitpid(one->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    g_mutex_lock(&one->all->lock);
    one->is_over = true;
    one->want_bytes = 0;
    if (one->problems < 0 && !one->error)
        one->error = g_strdup("gone");
    one->news++;
    g_cond_broadcast(&one->all->changed);
    g_mutex_unlock(&one->all->lock);
    return NULL;
}

// --- the list; all under lock

static guint running(const Verifications *all)
{
    guint n = 0;
    for (guint i = 0; i < all->list->len; i++)
        n += !((Verification *)all->list->pdata[i])->is_over;
    return n;
}

static Verification *find(const Verifications *all, const char *who, const char *id)
{
    for (guint i = 0; i < all->list->len; i++) {
        Verification *one = all->list->pdata[i];
        if (strcmp(one->id, id) == 0 && strcmp(one->who, who) == 0)
            return one;
    }
    return NULL;
}

static void forget_oldest(Verifications *all)
{
    for (guint i = 0; all->list->len > KEPT_MAX && i < all->list->len;) {
        Verification *one = all->list->pdata[i];
        if (one->is_over && !one->is_feeding)
            verification_free(g_ptr_array_remove_index(all->list, i));
        else
            i++;
    }
}

static json_t *want_json(const Verification *one)
{
    if (!one->want_bytes)
        return json_null();
    return json_pack("{s:I, s:I}", "at", (json_int_t)one->want_at, "bytes",
                     (json_int_t)one->want_bytes);
}

// Places may be read twice, so that it is the share only about.
static int percent_of(const Verification *one)
{
    if (one->is_over)
        return 100;
    return one->bytes > 0 ? (int)MIN(one->done * 100 / one->bytes, 99) : 0;
}

static json_t *json_of(const Verification *one)
{
    const char *state = !one->is_over ? "running" : one->error ? "failed" : "done";
    json_t *problems = one->problems >= 0 ? json_integer(one->problems) : json_null();
    return json_pack("{s:s, s:s, s:I, s:i, s:o, s:O?, s:o, s:o, s:s?}", "id", one->id, "state",
                     state, "bytes", (json_int_t)one->bytes, "percent", percent_of(one), "want",
                     want_json(one), "manifest", one->manifest, "findings",
                     json_deep_copy(one->findings), "problems", problems, "error", one->error);
}

// Until something has come that was not there at `news`, or for a while.
static void wait_news(Verifications *all, const char *who, const char *id, unsigned news)
{
    gint64 end = g_get_monotonic_time() + NEWS_WAIT_MS * G_TIME_SPAN_MILLISECOND;
    for (;;) {
        const Verification *one = find(all, who, id);
        if (!one || one->is_over || one->news != news)
            return;
        if (!g_cond_wait_until(&all->changed, &all->lock, end))
            return;
    }
}

// --- for the API

Verifications *verifications_new(const char *program)
{
    Verifications *all = g_new0(Verifications, 1);
    all->program = g_strdup(program);
    all->list = g_ptr_array_new();
    g_mutex_init(&all->lock);
    g_cond_init(&all->changed);
    return all;
}

void verifications_free(Verifications *all)
{
    if (!all)
        return;
    for (guint i = 0; i < all->list->len; i++) {
        Verification *one = all->list->pdata[i];
        g_mutex_lock(&all->lock);
        if (!one->is_ending)
            kill(one->pid, SIGKILL);
        g_mutex_unlock(&all->lock);
        verification_free(one);
    }
    g_ptr_array_unref(all->list);
    g_mutex_clear(&all->lock);
    g_cond_clear(&all->changed);
    g_free(all->program);
    g_free(all);
}

static int spawn(Verification *one, const VerificationInput *input)
{
    g_autofree char *bytes = g_strdup_printf("%" G_GINT64_FORMAT, input->bytes);
    const char *operand = input->path ? input->path : bytes;
    const char *const argv[] = { one->all->program,           "verify-lines", operand,
                                 input->key ? "--key" : NULL, input->key,     NULL };
    g_autoptr(GError) error = NULL;
    if (g_spawn_async_with_pipes(NULL, (char **)argv, NULL,
                                 G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CLOEXEC_PIPES, NULL, NULL,
                                 &one->pid, &one->in, &one->out, NULL, &error))
        return 0;
    log_err("verification: %s: %s", one->all->program, error->message);
    return -EIO;
}

int verification_start(Verifications *all, const VerificationInput *input, json_t **ret_json)
{
    g_mutex_lock(&all->lock);
    if (running(all) >= VERIFICATIONS_AT_ONCE) {
        g_mutex_unlock(&all->lock);
        return -EBUSY;
    }
    Verification *one = g_new0(Verification, 1);
    one->all = all;
    one->in = one->out = -1;
    one->bytes = input->bytes;
    one->problems = -1;
    one->findings = json_array();
    int err = spawn(one, input);
    if (err < 0) {
        g_mutex_unlock(&all->lock);
        verification_free(one);
        return err;
    }
    one->id = secret_uuid();
    one->who = g_strdup(input->who);
    g_ptr_array_add(all->list, one);
    forget_oldest(all);
    one->thread = g_thread_new("verification", follow, one);
    g_autofree char *id = g_strdup(one->id);
    wait_news(all, input->who, id, 0);
    one = find(all, input->who, id);
    *ret_json = one ? json_of(one) : NULL;
    g_mutex_unlock(&all->lock);
    return *ret_json ? 0 : -EIO;
}

json_t *verification_get(Verifications *all, const char *who, const char *id)
{
    g_mutex_lock(&all->lock);
    const Verification *one = find(all, who, id);
    json_t *json = one ? json_of(one) : NULL;
    g_mutex_unlock(&all->lock);
    return json;
}

// Its process waits for exactly these bytes, so that writing them does not wait for long.
static void write_to(Verification *one, const void *bytes, size_t size)
{
    Verifications *all = one->all;
    one->is_feeding = true;
    one->want_bytes = 0;
    g_mutex_unlock(&all->lock);
    int err = file_write_on(one->in, bytes, size);
    g_mutex_lock(&all->lock);
    one->is_feeding = false;
    one->done += (int64_t)size;
    if (err < 0 && !one->is_ending)
        kill(one->pid, SIGKILL);
}

int verification_feed(Verifications *all, const char *who, const char *id, int64_t at,
                      const void *bytes, size_t size, json_t **ret_json)
{
    g_mutex_lock(&all->lock);
    Verification *one = find(all, who, id);
    int err = !one ? -ENOENT : 0;
    if (one && (!size || one->want_bytes != (int64_t)size || one->want_at != at))
        err = -EINVAL;
    if (err == 0) {
        unsigned news = one->news;
        write_to(one, bytes, size);
        wait_news(all, who, id, news);
        one = find(all, who, id);
        *ret_json = one ? json_of(one) : NULL;
        err = one ? 0 : -ENOENT;
    }
    g_mutex_unlock(&all->lock);
    return err;
}

int verification_end(Verifications *all, const char *who, const char *id)
{
    g_mutex_lock(&all->lock);
    const Verification *one = find(all, who, id);
    if (one && !one->is_ending)
        kill(one->pid, SIGKILL);
    g_mutex_unlock(&all->lock);
    return one ? 0 : -ENOENT;
}
