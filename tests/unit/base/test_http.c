// SPDX-License-Identifier: Apache-2.0
#include "base/http_client.h"
#include "base/http_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct {
    char *folder;
    char *socket;
    HttpServer *server;
} Box;

static void echo(HttpRequest *request, void *ctx)
{
    size_t size;
    const char *body = http_body(request, &size);
    const char *query = http_query(request, "q");
    http_reply_json(
        request, 200,
        json_pack("{ss?ss%ss?}", "id", http_param(request, "id"), "body", body, size, "q", query));
}

static void send_file(HttpRequest *request, void *ctx)
{
    http_reply_accel(request, "video/mp4", "/recordings/a b.mp4");
}

static void silent(HttpRequest *request, void *ctx)
{
}

// A stream of three lines whose next line comes only after a wake from another thread.
typedef struct {
    HttpStream *stream;
    GThread *waker;
    int ready; // lines that may be sent; atomic
    int sent;
} Lines;

static gpointer wake_thrice(gpointer data)
{
    Lines *lines = data;
    for (int i = 0; i < 3; i++) {
        g_usleep(20000);
        g_atomic_int_inc(&lines->ready);
        http_stream_wake(lines->stream);
    }
    return NULL;
}

static ssize_t read_line(void *ctx, char *buffer, size_t max)
{
    Lines *lines = ctx;
    if (lines->sent == 3)
        return -1;
    if (lines->sent == g_atomic_int_get(&lines->ready))
        return 0;
    lines->sent++;
    memcpy(buffer, "line\n", 5);
    return 5;
}

static void free_lines(gpointer data)
{
    Lines *lines = data;
    g_thread_join(lines->waker);
    http_stream_unref(lines->stream);
    g_free(lines);
}

static void stream_lines(HttpRequest *request, void *ctx)
{
    Lines *lines = g_new0(Lines, 1);
    HttpStream *stream = http_stream_new(read_line, lines, free_lines);
    lines->stream = http_stream_ref(stream);
    lines->waker = g_thread_new("waker", wake_thrice, lines);
    http_reply_stream(request, 200, "text/plain", stream);
}

static ssize_t read_nothing(void *ctx, char *buffer, size_t max)
{
    return 0;
}

static void stream_nothing(HttpRequest *request, void *ctx)
{
    http_reply_stream(request, 200, "text/plain", http_stream_new(read_nothing, NULL, NULL));
}

static bool guard(HttpRequest *request, const HttpRoute *route, void *ctx)
{
    if (route->access == 0)
        return true;
    http_reply_error(request, 403, "forbidden", "not for \"%s\"", http_path(request));
    return false;
}

static const HttpRoute routes[] = {
    { "PUT", "/things/{id}", echo, 0, 100 },
    { "GET", "/things/{id}", echo, 0, 0 },
    { "GET", "/files/{id}.mp4", send_file, 0, 0 },
    { "GET", "/silent", silent, 0, 0 },
    { "GET", "/lines", stream_lines, 0, 0 },
    { "GET", "/nothing", stream_nothing, 0, 0 },
    { "GET", "/secret", echo, 1, 0 },
};

static int start(void **state)
{
    Box *box = g_new0(Box, 1);
    box->folder = g_dir_make_tmp("hallwatch-http-XXXXXX", NULL);
    box->socket = g_build_filename(box->folder, "s", NULL);
    HttpOptions options = { .socket_path = box->socket,
                            .routes = routes,
                            .n_routes = G_N_ELEMENTS(routes),
                            .guard = guard,
                            .threads = 2 };
    *state = box;
    return http_server_new(&options, &box->server);
}

static int stop(void **state)
{
    Box *box = *state;
    http_server_free(box->server);
    g_rmdir(box->folder);
    g_free(box->folder);
    g_free(box->socket);
    g_free(box);
    return 0;
}

static void check_call(void **state, const char *method, const char *path, const char *body,
                       long status, const char *holds)
{
    Box *box = *state;
    g_auto(HttpAnswer) answer = { 0 };
    json_t *json = body ? json_loads(body, JSON_DECODE_ANY, NULL) : NULL;
    assert_int_equal(http_call(box->socket, method, path, json, 2000, &answer), 0);
    json_decref(json);
    assert_int_equal(answer.status, status);
    gsize size;
    const char *bytes = g_bytes_get_data(answer.body, &size);
    g_autofree char *text = g_strndup(bytes ? bytes : "", size);
    if (!strstr(text, holds))
        fail_msg("%s %s: \"%s\" is not in: %s", method, path, holds, text);
}

static void routes_take_parts_queries_and_bodies(void **state)
{
    check_call(state, "GET", "/things/abc?q=a%20b%2B", NULL, 200,
               "{\"id\":\"abc\",\"body\":\"\",\"q\":\"a b+\"}");
    check_call(state, "PUT", "/things/a%2Fb", "{\"n\":1}", 200,
               "\"id\":\"a/b\",\"body\":\"{\\\"n\\\":1}\"");
    check_call(state, "GET", "/things/%E7%AA%97", NULL, 200, "\"id\":\"窗\"");
    check_call(state, "GET", "/files/7.mp4", NULL, 200, "");
}

static void refusals_are_json_with_a_sentence(void **state)
{
    check_call(state, "GET", "/none", NULL, 404, "\"code\":\"not_found\"");
    check_call(state, "GET", "/things/", NULL, 404, "not_found");
    check_call(state, "GET", "/things/%ff", NULL, 404, "not_found");
    check_call(state, "GET", "/files/7.jpg", NULL, 404, "not_found");
    check_call(state, "DELETE", "/things/a", NULL, 405, "\"code\":\"method\"");
    check_call(state, "GET", "/secret", NULL, 403, "not for");
    check_call(state, "GET", "/silent", NULL, 500, "internal");
    g_autofree char *large = g_strnfill(200, 'x');
    g_autofree char *body = g_strdup_printf("{\"a\":\"%s\"}", large);
    check_call(state, "PUT", "/things/a", body, 413, "too_large");
}

static void a_stream_sleeps_until_it_is_woken(void **state)
{
    for (int i = 0; i < 5; i++)
        check_call(state, "GET", "/lines", NULL, 200, "line\nline\nline\n");
}

static void the_end_of_the_server_ends_sleeping_streams(void **state)
{
    Box *box = *state;
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    g_strlcpy(address.sun_path, box->socket, sizeof address.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    static const char request[] = "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n";
    assert_int_equal(write(fd, request, strlen(request)), strlen(request));
    char buffer[512];
    assert_true(read(fd, buffer, sizeof buffer) > 0);
    g_clear_pointer(&box->server, http_server_free);
    while (read(fd, buffer, sizeof buffer) > 0)
        ;
    close(fd);
}

static void a_missing_server_is_an_error(void **state)
{
    g_auto(HttpAnswer) answer = { 0 };
    assert_int_equal(http_call("/nonexistent/socket", "GET", "/", NULL, 1000, &answer),
                     -ECONNREFUSED);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(routes_take_parts_queries_and_bodies),
        TEST(refusals_are_json_with_a_sentence),
        TEST(a_stream_sleeps_until_it_is_woken),
        TEST(the_end_of_the_server_ends_sleeping_streams),
        cmocka_unit_test(a_missing_server_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
