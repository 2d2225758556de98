// SPDX-License-Identifier: Apache-2.0
#include "capture/rtsp_message.h"

#include <string.h>

#define VERSION "RTSP/1.0"

// How a message from a camera may begin.
static const char *const beginnings[] = {
    "RTSP/",     "OPTIONS ",  "GET_PARAMETER ", "SET_PARAMETER ", "ANNOUNCE ",
    "REDIRECT ", "TEARDOWN ", "PAUSE ",         "PLAY_NOTIFY ",   "DESCRIBE ",
};

bool rtsp_message_may_begin(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < G_N_ELEMENTS(beginnings); i++) {
        size_t known = MIN(size, strlen(beginnings[i]));
        if (known > 0 && memcmp(data, beginnings[i], known) == 0)
            return true;
    }
    return false;
}

// Bytes up to and with the empty line; 0: not there. Bare line feeds are taken as well.
static size_t find_head_end(const uint8_t *data, size_t size)
{
    const uint8_t *at = data, *end = data + size;
    while ((at = memchr(at, '\n', (size_t)(end - at)))) {
        at++;
        if (at < end && *at == '\n')
            return (size_t)(at + 1 - data);
        if (at + 1 < end && at[0] == '\r' && at[1] == '\n')
            return (size_t)(at + 2 - data);
    }
    return 0;
}

static bool parse_first_line(const char *line, size_t size, RtspMessage *message)
{
    g_autofree char *text = g_strndup(line, size);
    if (g_str_has_prefix(text, "RTSP/")) {
        const char *blank = strchr(text, ' ');
        message->status = blank ? (int)g_ascii_strtoll(blank, NULL, 10) : 0;
        return message->status >= 100 && message->status <= 999;
    }
    size_t method = strcspn(text, " ");
    if (method == 0 || method >= sizeof message->method || !text[method])
        return false;
    memcpy(message->method, text, method);
    return true;
}

static bool read_number(const RtspMessage *message, const char *name, guint64 max, guint64 *ret)
{
    g_autofree char *text = rtsp_message_header(message, name, 0);
    char *end = NULL;
    *ret = text ? g_ascii_strtoull(text, &end, 10) : 0;
    return text && end != text && *ret <= max;
}

ssize_t rtsp_message_parse(const uint8_t *data, size_t size, RtspMessage *ret_message)
{
    *ret_message = (RtspMessage){ 0 };
    if (!rtsp_message_may_begin(data, size))
        return size > 0 ? -1 : 0;
    size_t head = find_head_end(data, MIN(size, RTSP_HEAD_MAX));
    if (head == 0)
        return size < RTSP_HEAD_MAX ? 0 : -1;
    const char *line = (const char *)data;
    size_t line_size = (size_t)((const char *)memchr(line, '\n', head) + 1 - line);
    if (!parse_first_line(line, line_size, ret_message))
        return -1;
    ret_message->head = line + line_size;
    ret_message->head_size = head - line_size;
    guint64 cseq = 0, body = 0;
    ret_message->has_cseq = read_number(ret_message, "CSeq", G_MAXUINT32, &cseq);
    ret_message->cseq = ret_message->has_cseq ? (unsigned)cseq : 0;
    g_autofree char *length = rtsp_message_header(ret_message, "Content-Length", 0);
    if (length && !read_number(ret_message, "Content-Length", RTSP_BODY_MAX, &body))
        return -1;
    if (size - head < body)
        return 0;
    ret_message->body = data + head;
    ret_message->body_size = (size_t)body;
    return (ssize_t)(head + body);
}

char *rtsp_message_header(const RtspMessage *message, const char *name, unsigned nth)
{
    const char *at = message->head, *end = message->head + message->head_size;
    size_t name_size = strlen(name);
    while (at < end) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        if (!line_end)
            line_end = end;
        const char *colon = memchr(at, ':', (size_t)(line_end - at));
        bool is_it = colon && (size_t)(colon - at) == name_size &&
                     g_ascii_strncasecmp(at, name, name_size) == 0;
        if (is_it && nth-- == 0)
            return g_strstrip(g_strndup(colon + 1, (size_t)(line_end - colon - 1)));
        at = MIN(line_end + 1, end);
    }
    return NULL;
}

// A value from after its "=": quoted, or up to the next separator.
static char *take_value(const char *at)
{
    if (*at != '"')
        return g_strstrip(g_strndup(at, strcspn(at, ";,")));
    GString *value = g_string_new(NULL);
    for (at++; *at && *at != '"'; at++) {
        if (*at == '\\' && at[1])
            at++;
        g_string_append_c(value, *at);
    }
    return g_string_free(value, FALSE);
}

// To the beginning of the next parameter, past quoted text.
static const char *next_parameter(const char *at)
{
    bool is_quoted = false;
    for (; *at && (is_quoted || !strchr(";,", *at)); at++) {
        if (*at == '\\' && is_quoted && at[1])
            at++;
        else if (*at == '"')
            is_quoted = !is_quoted;
    }
    return *at ? at + 1 : at;
}

char *rtsp_parameter(const char *value, const char *name)
{
    size_t name_size = strlen(name);
    for (const char *at = value; *at; at = next_parameter(at)) {
        at += strspn(at, " \t");
        if (g_ascii_strncasecmp(at, name, name_size) != 0)
            continue;
        const char *after = at + name_size + strspn(at + name_size, " \t");
        if (*after == '=')
            return take_value(after + 1 + strspn(after + 1, " \t"));
        if (!*after || strchr(";,", *after))
            return g_strdup("");
    }
    return NULL;
}

GString *rtsp_request_new(const char *method, const char *uri, unsigned cseq)
{
    GString *request = g_string_new(NULL);
    g_string_printf(request, "%s %s " VERSION "\r\nCSeq: %u\r\nUser-Agent: Hallwatch/%s\r\n",
                    method, uri, cseq, HALLWATCH_VERSION);
    return request;
}

void rtsp_request_add(GString *request, const char *name, const char *value)
{
    if (!value)
        return;
    g_string_append_printf(request, "%s: ", name);
    g_string_append_len(request, value, (gssize)strcspn(value, "\r\n"));
    g_string_append(request, "\r\n");
}

void rtsp_request_end(GString *request)
{
    g_string_append(request, "\r\n");
}

GString *rtsp_answer_new(const RtspMessage *request, int status, const char *reason)
{
    GString *answer = g_string_new(NULL);
    g_string_printf(answer, VERSION " %d %s\r\n", status, reason);
    if (request->has_cseq)
        g_string_append_printf(answer, "CSeq: %u\r\n", request->cseq);
    g_autofree char *session = rtsp_message_header(request, "Session", 0);
    rtsp_request_add(answer, "Session", session);
    rtsp_request_end(answer);
    return answer;
}
