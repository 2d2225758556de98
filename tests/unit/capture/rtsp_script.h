// SPDX-License-Identifier: Apache-2.0
// RTSP script: a camera of a few lines, for the tests of the client: for each request that comes,
// the next row of the script says which it must be and what is answered. Runs in a thread of its
// own on a port of its own.
#pragma once
#include <assert.h>
#include <glib.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SCRIPT_ROWS = 24 };

typedef struct {
    const char *expect; // how the request begins; "": a new connection is awaited; NULL: the end
    const char *holds;  // what else stands in it; NULL: nothing is asked
    const char
        *answer; // $C is the request's CSeq, $P the script's port, $L the body's length; NULL: none
    const char *after; // bytes behind the answer; NULL: none
    size_t after_size;
    bool closes; // the connection, behind that
} ScriptRow;

typedef struct {
    const ScriptRow *rows;
    int fd, port;
    GThread *thread;
    GString *problems; // the thread's
    GString *requests; // all that came; to be read once they are answered
} Script;

static inline char *script_read(int fd)
{
    GString *text = g_string_new(NULL);
    char byte;
    while (!strstr(text->str, "\r\n\r\n")) {
        if (recv(fd, &byte, 1, 0) <= 0) {
            g_string_free(text, TRUE);
            return NULL;
        }
        if (byte == '$' && text->len == 0) { // a report
            unsigned char header[3], skipped[65536];
            recv(fd, header, 3, MSG_WAITALL);
            recv(fd, skipped, (size_t)header[1] << 8 | header[2], MSG_WAITALL);
            continue;
        }
        g_string_append_c(text, byte);
    }
    return g_string_free(text, FALSE);
}

static inline char *script_fill(const Script *script, const char *answer, const char *request)
{
    const char *cseq = strstr(request, "CSeq: ");
    const char *body = strstr(answer, "\r\n\r\n");
    g_autofree char *port = g_strdup_printf("%d", script->port);
    g_autofree char *number = g_strdup_printf("%d", cseq ? atoi(cseq + 6) : 0);
    GString *out = g_string_new(answer);
    g_string_replace(out, "$C", number, 0);
    g_string_replace(out, "$P", port, 0);
    g_autofree char *length =
        g_strdup_printf("%zu", body ? strlen(strstr(out->str, "\r\n\r\n") + 4) : 0);
    g_string_replace(out, "$L", length, 0);
    return g_string_free(out, FALSE);
}

static inline gpointer script_run(gpointer data)
{
    Script *script = data;
    int fd = -1;
    for (const ScriptRow *row = script->rows; row->expect; row++) {
        if (!row->expect[0]) {
            if (fd >= 0)
                close(fd);
            fd = accept(script->fd, NULL, NULL);
            continue;
        }
        g_autofree char *request = script_read(fd);
        if (!request) {
            g_string_append_printf(script->problems, "closed before %s\n", row->expect);
            break;
        }
        g_string_append(script->requests, request);
        bool is_it =
            g_str_has_prefix(request, row->expect) && (!row->holds || strstr(request, row->holds));
        if (!is_it)
            g_string_append_printf(script->problems, "wanted %s with %s, got %s", row->expect,
                                   row->holds ? row->holds : "anything", request);
        g_autofree char *answer = row->answer ? script_fill(script, row->answer, request) : NULL;
        if (answer)
            (void)!send(fd, answer, strlen(answer), MSG_NOSIGNAL);
        if (row->after)
            (void)!send(fd, row->after, row->after_size, MSG_NOSIGNAL);
        if (row->closes) {
            close(fd);
            fd = -1;
        }
    }
    char byte; // until the client goes
    while (fd >= 0 && recv(fd, &byte, 1, 0) > 0)
        ;
    if (fd >= 0)
        close(fd);
    return NULL;
}

static inline void script_begin(Script *script, const ScriptRow *rows)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    *script = (Script){ .rows = rows };
    script->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert(bind(script->fd, (struct sockaddr *)&address, size) == 0);
    assert(listen(script->fd, 5) == 0);
    assert(getsockname(script->fd, (struct sockaddr *)&address, &size) == 0);
    script->port = ntohs(address.sin_port);
    script->problems = g_string_new(NULL);
    script->requests = g_string_new(NULL);
    script->thread = g_thread_new("camera", script_run, script);
}

// Waits for the script's end. What was not as expected; the caller frees.
static inline char *script_end(Script *script)
{
    shutdown(script->fd, SHUT_RDWR); // for one that still waits for a connection
    g_thread_join(script->thread);
    close(script->fd);
    g_string_free(script->requests, TRUE);
    return g_string_free(script->problems, FALSE);
}
