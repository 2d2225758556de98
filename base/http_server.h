// SPDX-License-Identifier: Apache-2.0
// HTTP server on a unix socket (libmicrohttpd), behind the door (nginx), which does TLS and limits.
//
// Routes are a table. A handler runs on one of the server's threads and fills the reply; it may
// block for a commit. Request data is borrowed until the handler returns. Replies are complete, a
// file for the door to send (X-Accel-Redirect), or a stream.
#pragma once
#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

typedef struct HttpServer HttpServer;
typedef struct HttpRequest HttpRequest;
typedef struct HttpStream HttpStream;

typedef void (*HttpHandler)(HttpRequest *request, void *ctx);

// pattern: "/api/v1/cases/{number}/events"; {name} takes one path part (percent-decoded).
// access: bits for the guard; the server does not look at them. max_body: 0 means 64 KiB.
typedef struct {
    const char *method;
    const char *pattern;
    HttpHandler handler;
    unsigned access;
    size_t max_body;
} HttpRoute;

// Before the handler: false means that the guard has replied (401, 403 ...).
typedef bool (*HttpGuard)(HttpRequest *request, const HttpRoute *route, void *ctx);

typedef struct {
    const char *socket_path; // removed first if it is there; mode 0600
    const HttpRoute *routes;
    size_t n_routes;
    HttpGuard guard; // may be NULL
    void *ctx;
    unsigned threads;
} HttpOptions;

int http_server_new(const HttpOptions *options, HttpServer **ret_server);
// Ends all streams and waits for handlers.
void http_server_free(HttpServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpServer, http_server_free)

const char *http_method(HttpRequest *request);
const char *http_path(HttpRequest *request);
const HttpRoute *http_route(HttpRequest *request);
const char *http_param(HttpRequest *request, const char *name);  // from the path
const char *http_query(HttpRequest *request, const char *name);  // NULL: absent
const char *http_header(HttpRequest *request, const char *name); // NULL: absent
const char *http_cookie(HttpRequest *request, const char *name);
const char *http_body(HttpRequest *request, size_t *ret_size); // NUL-terminated
// A place for the guard to leave who asks; freed with the request.
void http_set_user(HttpRequest *request, void *take_user, GDestroyNotify free_user);
void *http_user(HttpRequest *request);

// Headers must come before the reply itself.
void http_add_header(HttpRequest *request, const char *name, const char *value);
void http_reply_bytes(HttpRequest *request, int status, const char *type, const void *bytes,
                      size_t size);
void http_reply_json(HttpRequest *request, int status, json_t *take_body);
// {"error":{"code":"...","message":"..."}}: message says what to do.
void http_reply_error(HttpRequest *request, int status, const char *code, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
// The door sends the file behind an internal location, with ranges.
void http_reply_accel(HttpRequest *request, const char *type, const char *internal_path);

// Stream: read() is called on a server thread. It returns bytes written (> 0), 0 when there is
// nothing now (it is called again after http_stream_wake), -1 at the end, or -EIO where it breaks
// off: the peer sees that it is not whole. free_ctx is called once, when the peer is gone or at the
// end.
typedef ssize_t (*HttpRead)(void *ctx, char *buffer, size_t max);
// The stream is created first, so that ctx can hold it for waking; the reply then owns one
// reference.
HttpStream *http_stream_new(HttpRead read, void *ctx, GDestroyNotify free_ctx);
void http_reply_stream(HttpRequest *request, int status, const char *type, HttpStream *take_stream);
HttpStream *http_stream_ref(HttpStream *stream);
void http_stream_unref(HttpStream *stream);
void http_stream_wake(HttpStream *stream); // any thread, never blocks for long
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpStream, http_stream_unref)
