// SPDX-License-Identifier: Apache-2.0
// The press behind a real server: what it makes comes whole, what fails is seen to, and whoever
// comes too late is told to come again.
#include "base/http_client.h"
#include "dashboard/call.h"
#include "rating/hall.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

enum { BYTES = 300000, TIMEOUT_MS = 10000 };

typedef struct {
    char *folder, *socket, *database;
    Dashboard dashboard;
    Hall hall;
    HttpServer *server;
    GMutex gate; // held: nothing is made
    gint n_made; // atomic
} Box;

static int make(void *ctx, Store *store, Halls *halls, int fd)
{
    Box *box = ctx;
    g_autofree char *bytes = g_strnfill(BYTES, 'x');
    g_mutex_lock(&box->gate);
    g_mutex_unlock(&box->gate);
    assert_int_equal(write(fd, bytes, BYTES), BYTES);
    g_atomic_int_inc(&box->n_made);
    return store_value(store, 0, "SELECT count(*) FROM rating", "") == 0 ? 0 : -EIO;
}

static int make_badly(void *ctx, Store *store, Halls *halls, int fd)
{
    return write(fd, "part", 4) == 4 ? -ENOSPC : 0;
}

static void ask(HttpRequest *request, PressMake made)
{
    Box *box = (Box *)(void *)((char *)call_of(request)->dashboard - offsetof(Box, dashboard));
    press_reply(box->dashboard.press, request,
                &(PressJob){
                    .type = "text/plain", .name = g_strdup("一月.txt"), .make = made, .ctx = box });
}

static void serve(HttpRequest *request, void *ctx)
{
    ask(request, make);
}

static void serve_failure(HttpRequest *request, void *ctx)
{
    ask(request, make_badly);
}

static bool guard(HttpRequest *request, const HttpRoute *route, void *ctx)
{
    http_set_user(request, call_new(ctx, 0), (GDestroyNotify)call_free);
    return true;
}

static const HttpRoute routes[] = { { "GET", "/file", serve, 0, 0 },
                                    { "GET", "/failure", serve_failure, 0, 0 } };

static int start(void **state)
{
    Box *box = *state = g_new0(Box, 1);
    Store *store;
    g_mutex_init(&box->gate);
    box->folder = g_dir_make_tmp("hallwatch-press-XXXXXX", NULL);
    box->socket = g_build_filename(box->folder, "s", NULL);
    box->database = g_build_filename(box->folder, "hall.db", NULL);
    if (store_open(box->database, STORE_WRITE, &store) < 0 ||
        store_migrate(store, hall_schema, hall_schema_steps) < 0 ||
        config_parse("f", "hall: {id: h1, name: One}\n", 26, NULL, &box->hall.config) < 0)
        return -1;
    store_free(store);
    box->dashboard.readers = readers_new(box->database);
    box->dashboard.halls = halls_new(&box->hall);
    box->dashboard.press = press_new(box->dashboard.readers, box->dashboard.halls);
    HttpOptions options = { .socket_path = box->socket,
                            .routes = routes,
                            .n_routes = G_N_ELEMENTS(routes),
                            .guard = guard,
                            .ctx = &box->dashboard,
                            .threads = 2 };
    return http_server_new(&options, &box->server);
}

static int stop(void **state)
{
    Box *box = *state;
    static const char *const files[] = { "hall.db", "hall.db-wal", "hall.db-shm" };
    http_server_free(box->server);
    press_free(box->dashboard.press);
    halls_free(box->dashboard.halls);
    readers_free(box->dashboard.readers);
    config_unref(box->hall.config);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(box->folder, files[i], NULL);
        g_unlink(path);
    }
    g_rmdir(box->folder);
    g_mutex_clear(&box->gate);
    g_free(box->folder);
    g_free(box->socket);
    g_free(box->database);
    g_free(box);
    return 0;
}

static void whole(void **state)
{
    Box *box = *state;
    g_auto(HttpAnswer) answer = { 0 };
    assert_int_equal(http_call(box->socket, "GET", "/file", NULL, TIMEOUT_MS, &answer), 0);
    assert_int_equal(answer.status, 200);
    assert_int_equal(g_bytes_get_size(answer.body), BYTES);
}

// Not an empty file that looks like a good one.
static void broken_off(void **state)
{
    Box *box = *state;
    g_auto(HttpAnswer) answer = { 0 };
    assert_true(http_call(box->socket, "GET", "/failure", NULL, TIMEOUT_MS, &answer) < 0);
}

typedef struct {
    const Box *box;
    long status;
} Asker;

static gpointer ask_one(gpointer data)
{
    Asker *asker = data;
    g_auto(HttpAnswer) answer = { 0 };
    if (http_call(asker->box->socket, "GET", "/file", NULL, TIMEOUT_MS, &answer) == 0)
        asker->status = answer.status;
    return NULL;
}

// One is made and PRESS_WAITING_MAX wait; two server threads serve them all and one more.
static void busy(void **state)
{
    Box *box = *state;
    enum { N = PRESS_WAITING_MAX + 1 };
    Asker askers[N];
    GThread *threads[N];
    int before = g_atomic_int_get(&box->n_made);
    g_mutex_lock(&box->gate);
    for (int i = 0; i < N; i++) {
        askers[i] = (Asker){ .box = box };
        threads[i] = g_thread_new("asker", ask_one, &askers[i]);
    }
    Asker late = { .box = box, .status = 200 };
    for (int tries = 0; late.status == 200 && tries < 100; tries++) {
        g_auto(HttpAnswer) answer = { 0 };
        // Whoever is not in yet takes the place; then this one waits, until its own short time.
        int err = http_call(box->socket, "GET", "/file", NULL, 100, &answer);
        late.status = err == 0 ? answer.status : 200;
    }
    assert_int_equal(late.status, 503);
    g_mutex_unlock(&box->gate);
    int good = 0;
    for (int i = 0; i < N; i++) {
        g_thread_join(threads[i]);
        good += askers[i].status == 200;
    }
    assert_true(good >= 1);
    assert_true(g_atomic_int_get(&box->n_made) - before >= good);
    whole(state); // and then it goes on
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(whole), cmocka_unit_test(broken_off),
                                        cmocka_unit_test(busy) };
    return cmocka_run_group_tests(tests, start, stop);
}
