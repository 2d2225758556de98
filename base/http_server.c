// SPDX-License-Identifier: Apache-2.0
#include "base/http_server.h"

#include "base/log.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    DEFAULT_MAX_BODY = 64 * 1024,
    MAX_PARAMS = 4,
    STREAM_BLOCK = 64 * 1024,
    LISTEN_BACKLOG = 128,
    CONNECTION_LIMIT = 512, // of each thread's share: the door holds the rest back
};

struct HttpServer {
    struct MHD_Daemon *daemon;
    const HttpRoute *routes;
    size_t n_routes;
    HttpGuard guard;
    void *ctx;
    char *socket_path;

    GMutex lock;
    GPtrArray *streams; // HttpStream that have a connection; under lock
    bool ending;        // under lock
};

typedef struct {
    const char *name; // borrowed from the route's pattern, not terminated
    size_t name_len;
    char *value;
} Param;

struct HttpRequest {
    HttpServer *server;
    struct MHD_Connection *connection;
    const char *method;
    const HttpRoute *route;
    char *path;
    Param params[MAX_PARAMS];
    int n_params;
    GPtrArray *queries; // decoded values that were asked for; kept until the end of the request
    GByteArray *body;
    bool too_large;
    void *user;
    GDestroyNotify free_user;

    struct MHD_Response *response;
    int status;
    GPtrArray *headers; // name, value, name, value
};

struct HttpStream {
    gatomicrefcount refs;
    HttpRead read;
    void *ctx;
    GDestroyNotify free_ctx;
    HttpServer *server; // set when the reply has been queued; not used after close

    GMutex lock;
    struct MHD_Connection *connection; // under lock; NULL once the peer is gone
    bool suspended;                    // under lock
    bool woken;                        // under lock: a wake came while nobody slept
    bool ending;                       // under lock: the server goes down
};

// --- Routes
// -------------------------------------------------------------------------------------------------------

static size_t part_length(const char *text)
{
    return strcspn(text, "/");
}

// One part of the pattern against one part of the path.
static bool match_part(HttpRequest *request, const char *pattern, size_t pattern_len,
                       const char *part, size_t part_len)
{
    if (pattern_len < 2 || pattern[0] != '{')
        return pattern_len == part_len && memcmp(pattern, part, part_len) == 0;
    if (part_len == 0 || request->n_params == MAX_PARAMS)
        return false;
    // A dot after the name ("{id}.mp4") fixes the end of the part.
    const char *close = memchr(pattern, '}', pattern_len);
    size_t tail_len = (size_t)(pattern + pattern_len - (close + 1));
    if (part_len <= tail_len || memcmp(part + part_len - tail_len, close + 1, tail_len) != 0)
        return false;
    g_autofree char *raw = g_strndup(part, part_len - tail_len);
    char *value = g_uri_unescape_string(raw, NULL);
    if (!value || !g_utf8_validate(value, -1, NULL)) {
        g_free(value);
        return false;
    }
    request->params[request->n_params++] =
        (Param){ .name = pattern + 1, .name_len = (size_t)(close - pattern - 1), .value = value };
    return true;
}

static void clear_params(HttpRequest *request)
{
    while (request->n_params > 0)
        g_free(request->params[--request->n_params].value);
}

static bool match_path(HttpRequest *request, const char *pattern, const char *path)
{
    for (;;) {
        size_t pattern_len = part_length(pattern), path_len = part_length(path);
        if (!match_part(request, pattern, pattern_len, path, path_len))
            return false;
        pattern += pattern_len;
        path += path_len;
        if (*pattern != *path)
            return false;
        if (!*pattern)
            return true;
        pattern++;
        path++;
    }
}

// ret_other_method: the path exists, with other methods.
static const HttpRoute *find_route(HttpRequest *request, bool *ret_other_method)
{
    HttpServer *server = request->server;
    *ret_other_method = false;
    for (size_t i = 0; i < server->n_routes; i++) {
        const HttpRoute *route = &server->routes[i];
        if (match_path(request, route->pattern, request->path)) {
            if (strcmp(route->method, request->method) == 0)
                return route;
            *ret_other_method = true;
        }
        clear_params(request);
    }
    return NULL;
}

// --- Replies
// ------------------------------------------------------------------------------------------------------

void http_add_header(HttpRequest *request, const char *name, const char *value)
{
    g_ptr_array_add(request->headers, g_strdup(name));
    g_ptr_array_add(request->headers, g_strdup(value));
}

static void set_response(HttpRequest *request, int status, const char *type,
                         struct MHD_Response *response)
{
    if (request->response)
        MHD_destroy_response(request->response);
    if (type)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    request->response = response;
    request->status = status;
}

void http_reply_bytes(HttpRequest *request, int status, const char *type, const void *bytes,
                      size_t size)
{
    set_response(request, status, type,
                 MHD_create_response_from_buffer(size, (void *)bytes, MHD_RESPMEM_MUST_COPY));
}

void http_reply_json(HttpRequest *request, int status, json_t *take_body)
{
    char *text = json_dumps(take_body, JSON_COMPACT);
    json_decref(take_body);
    if (!text) {
        http_reply_error(request, 500, "internal", "the answer could not be written as JSON");
        return;
    }
    set_response(request, status, "application/json; charset=utf-8",
                 MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE));
}

void http_reply_error(HttpRequest *request, int status, const char *code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *valid = g_utf8_make_valid(text, -1); // the sentence may quote what came in
    http_reply_json(request, status,
                    json_pack("{s{ssss}}", "error", "code", code, "message", valid));
}

void http_reply_accel(HttpRequest *request, const char *type, const char *internal_path)
{
    http_add_header(request, "X-Accel-Redirect", internal_path);
    http_reply_bytes(request, 200, type, "", 0);
}

// --- Streams
// ------------------------------------------------------------------------------------------------------

HttpStream *http_stream_new(HttpRead read, void *ctx, GDestroyNotify free_ctx)
{
    HttpStream *stream = g_new0(HttpStream, 1);
    g_atomic_ref_count_init(&stream->refs);
    stream->read = read;
    stream->ctx = ctx;
    stream->free_ctx = free_ctx;
    g_mutex_init(&stream->lock);
    return stream;
}

HttpStream *http_stream_ref(HttpStream *stream)
{
    g_atomic_ref_count_inc(&stream->refs);
    return stream;
}

void http_stream_unref(HttpStream *stream)
{
    if (!stream || !g_atomic_ref_count_dec(&stream->refs))
        return;
    g_mutex_clear(&stream->lock);
    g_free(stream);
}

static void wake(HttpStream *stream, bool ending)
{
    g_mutex_lock(&stream->lock);
    stream->ending |= ending;
    if (stream->suspended && stream->connection) {
        stream->suspended = false;
        MHD_resume_connection(stream->connection);
    } else {
        stream->woken = true;
    }
    g_mutex_unlock(&stream->lock);
}

void http_stream_wake(HttpStream *stream)
{
    wake(stream, false);
}

// libmicrohttpd would spin on a reader that returns 0, so a connection with nothing to send is
// suspended. The check for a wake that came meanwhile and the suspension are one step under the
// lock.
static bool sleep_unless_woken(HttpStream *stream)
{
    g_mutex_lock(&stream->lock);
    bool sleeps = !stream->woken && !stream->ending;
    stream->woken = false;
    if (sleeps) {
        stream->suspended = true;
        MHD_suspend_connection(stream->connection);
    }
    g_mutex_unlock(&stream->lock);
    return sleeps;
}

static ssize_t stream_read(void *cls, uint64_t position, char *buffer, size_t max)
{
    HttpStream *stream = cls;
    for (;;) {
        g_mutex_lock(&stream->lock);
        bool ending = stream->ending;
        g_mutex_unlock(&stream->lock);
        ssize_t n = ending ? -1 : stream->read(stream->ctx, buffer, max);
        if (n > 0)
            return n;
        if (n < 0)
            return n == -EIO ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
        if (sleep_unless_woken(stream))
            return 0;
    }
}

static void stream_closed(void *cls)
{
    HttpStream *stream = cls;
    if (stream->server) {
        g_mutex_lock(&stream->server->lock);
        g_ptr_array_remove_fast(stream->server->streams, stream);
        g_mutex_unlock(&stream->server->lock);
    }
    g_mutex_lock(&stream->lock);
    stream->connection = NULL;
    g_mutex_unlock(&stream->lock);
    if (stream->free_ctx)
        stream->free_ctx(stream->ctx);
    http_stream_unref(stream);
}

void http_reply_stream(HttpRequest *request, int status, const char *type, HttpStream *take_stream)
{
    HttpServer *server = request->server;
    take_stream->server = server;
    g_mutex_lock(&take_stream->lock);
    take_stream->connection = request->connection;
    g_mutex_unlock(&take_stream->lock);
    g_mutex_lock(&server->lock);
    g_ptr_array_add(server->streams, take_stream);
    bool ending = server->ending;
    g_mutex_unlock(&server->lock);
    if (ending)
        wake(take_stream, true);
    struct MHD_Response *response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, STREAM_BLOCK, stream_read, take_stream, stream_closed);
    MHD_add_response_header(response, "X-Accel-Buffering", "no");
    MHD_add_response_header(response, "Cache-Control", "no-store");
    set_response(request, status, type, response);
}

// --- Requests
// -----------------------------------------------------------------------------------------------------

const char *http_method(HttpRequest *request)
{
    return request->method;
}

const char *http_path(HttpRequest *request)
{
    return request->path;
}

const HttpRoute *http_route(HttpRequest *request)
{
    return request->route;
}

const char *http_param(HttpRequest *request, const char *name)
{
    for (int i = 0; i < request->n_params; i++)
        if (strlen(name) == request->params[i].name_len &&
            memcmp(name, request->params[i].name, request->params[i].name_len) == 0)
            return request->params[i].value;
    return NULL;
}

const char *http_query(HttpRequest *request, const char *name)
{
    const char *raw = MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
    char *value = raw ? g_uri_unescape_string(raw, NULL) : NULL;
    if (!value)
        return NULL;
    g_ptr_array_add(request->queries, value);
    return g_utf8_validate(value, -1, NULL) ? value : NULL;
}

const char *http_header(HttpRequest *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

const char *http_cookie(HttpRequest *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_COOKIE_KIND, name);
}

const char *http_body(HttpRequest *request, size_t *ret_size)
{
    *ret_size = request->body->len - 1;
    return (const char *)request->body->data;
}

void http_set_user(HttpRequest *request, void *take_user, GDestroyNotify free_user)
{
    if (request->user && request->free_user)
        request->free_user(request->user);
    request->user = take_user;
    request->free_user = free_user;
}

void *http_user(HttpRequest *request)
{
    return request->user;
}

static void request_free(HttpRequest *request)
{
    clear_params(request);
    http_set_user(request, NULL, NULL);
    g_byte_array_unref(request->body);
    g_ptr_array_unref(request->headers);
    g_ptr_array_unref(request->queries);
    g_free(request->path);
    g_free(request);
}

static HttpRequest *request_new(HttpServer *server, struct MHD_Connection *connection,
                                const char *path, const char *method)
{
    HttpRequest *request = g_new0(HttpRequest, 1);
    request->server = server;
    request->connection = connection;
    // HEAD is answered as GET; libmicrohttpd leaves the body out.
    request->method = strcmp(method, "HEAD") == 0 ? "GET" : method;
    request->path = g_strdup(path);
    request->body = g_byte_array_new();
    request->headers = g_ptr_array_new_with_free_func(g_free);
    request->queries = g_ptr_array_new_with_free_func(g_free);
    return request;
}

static void take_body(HttpRequest *request, const char *bytes, size_t size)
{
    size_t max =
        request->route && request->route->max_body ? request->route->max_body : DEFAULT_MAX_BODY;
    if (request->body->len + size > max)
        request->too_large = true;
    if (!request->too_large)
        g_byte_array_append(request->body, (const guint8 *)bytes, (guint)size);
}

static void answer(HttpRequest *request, bool other_method)
{
    HttpServer *server = request->server;
    g_byte_array_append(request->body, (const guint8 *)"", 1);
    if (!request->route)
        http_reply_error(request, other_method ? 405 : 404, other_method ? "method" : "not_found",
                         other_method ? "%s has no such method here" : "there is nothing at %s",
                         request->path);
    else if (request->too_large)
        http_reply_error(request, 413, "too_large",
                         "the body is over what this address takes: send less at once");
    else if (!server->guard || server->guard(request, request->route, server->ctx))
        request->route->handler(request, server->ctx);
    if (!request->response)
        http_reply_error(request, 500, "internal", "no answer was made; the box's log says more");
}

static enum MHD_Result send_answer(HttpRequest *request)
{
    for (guint i = 0; i + 1 < request->headers->len; i += 2)
        MHD_add_response_header(request->response, request->headers->pdata[i],
                                request->headers->pdata[i + 1]);
    enum MHD_Result result =
        MHD_queue_response(request->connection, (unsigned)request->status, request->response);
    MHD_destroy_response(request->response);
    request->response = NULL;
    return result;
}

// Called once with the headers, then for each part of the body, then once at its end. Replying on
// the first call would force "Connection: close", so even a refusal waits for the end.
static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **slot)
{
    HttpServer *server = cls;
    HttpRequest *request = *slot;
    bool other_method = false;
    if (!request) {
        *slot = request = request_new(server, connection, url, method);
        request->route = find_route(request, &other_method);
        return MHD_YES;
    }
    if (*size > 0) {
        take_body(request, data, *size);
        *size = 0;
        return MHD_YES;
    }
    if (!request->route)
        find_route(request, &other_method);
    answer(request, other_method);
    return send_answer(request);
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **slot,
                         enum MHD_RequestTerminationCode code)
{
    if (*slot)
        request_free(*slot);
    *slot = NULL;
}

// libmicrohttpd would decode the whole path at once; parts are decoded after they were taken apart,
// so that an encoded slash stays inside its part. The same callback serves query values: http_query
// decodes those.
static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *text)
{
    return strlen(text);
}

static void log_libmicrohttpd(void *cls, const char *format, va_list args)
{
    char text[512];
    vsnprintf(text, sizeof text, format, args);
    log_debug("http: %s", g_strchomp(text));
}

static int listen_on(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof address.sun_path)
        return -ENAMETOOLONG;
    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    unlink(path);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || chmod(path, 0600) < 0 ||
        listen(fd, LISTEN_BACKLOG) < 0) {
        int err = -errno;
        close(fd);
        return err;
    }
    return fd;
}

int http_server_new(const HttpOptions *options, HttpServer **ret_server)
{
    int fd = listen_on(options->socket_path);
    if (fd < 0)
        return fd;
    HttpServer *server = g_new0(HttpServer, 1);
    server->routes = options->routes;
    server->n_routes = options->n_routes;
    server->guard = options->guard;
    server->ctx = options->ctx;
    server->socket_path = g_strdup(options->socket_path);
    server->streams = g_ptr_array_new();
    g_mutex_init(&server->lock);
    unsigned threads = MAX(options->threads, 1);
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL,
        on_request, server, MHD_OPTION_EXTERNAL_LOGGER, log_libmicrohttpd, NULL,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, threads,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTION_LIMIT, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, NULL, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_END);
    if (!server->daemon) {
        close(fd);
        http_server_free(server);
        return -EIO;
    }
    *ret_server = server;
    return 0;
}

// libmicrohttpd must not be stopped while connections are suspended.
static void end_streams(HttpServer *server)
{
    g_mutex_lock(&server->lock);
    server->ending = true;
    g_autoptr(GPtrArray) streams = g_ptr_array_new();
    for (guint i = 0; i < server->streams->len; i++)
        g_ptr_array_add(streams, http_stream_ref(server->streams->pdata[i]));
    g_mutex_unlock(&server->lock);
    for (guint i = 0; i < streams->len; i++) {
        wake(streams->pdata[i], true);
        http_stream_unref(streams->pdata[i]);
    }
}

void http_server_free(HttpServer *server)
{
    if (!server)
        return;
    end_streams(server);
    if (server->daemon)
        MHD_stop_daemon(server->daemon);
    unlink(server->socket_path);
    g_ptr_array_unref(server->streams);
    g_mutex_clear(&server->lock);
    g_free(server->socket_path);
    g_free(server);
}
