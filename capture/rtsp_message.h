// SPDX-License-Identifier: Apache-2.0
// RTSP message: requests written, responses and the other side's requests read (RFC 2326, 4 to 7).
//
// Pure; input comes from the network: a head of at most RTSP_HEAD_MAX bytes, a body of at most
// RTSP_BODY_MAX.
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RTSP_HEAD_MAX = 16 << 10, RTSP_BODY_MAX = 64 << 10 };

typedef struct {
    int status;      // of a response; 0: it is a request
    char method[24]; // of a request
    unsigned cseq;
    bool has_cseq;
    const char *head; // lines of headers, without the first line; borrowed
    size_t head_size;
    const uint8_t *body; // borrowed
    size_t body_size;
} RtspMessage;

// The message that begins the data: its length, with everything in ret_message borrowed from the
// data; 0: more is needed; -1: not a message, or one beyond the limits.
ssize_t rtsp_message_parse(const uint8_t *data, size_t size, RtspMessage *ret_message);
// Whether the data, cut off anywhere, could be the beginning of a message.
bool rtsp_message_may_begin(const uint8_t *data, size_t size);

// The nth header of this name (from 0), without blanks around it; NULL: there is none. The caller
// frees.
char *rtsp_message_header(const RtspMessage *message, const char *name, unsigned nth);
// A parameter of a header's value, as in "unicast;interleaved=0-1": the rest up to the next
// separator, unquoted; "" where it has no value; NULL: it is not there. The caller frees.
char *rtsp_parameter(const char *value, const char *name);

// Begins a request; headers are added, and rtsp_request_end ends it. A header without a value
// (NULL) is left out; what could end its line is cut off with the rest.
GString *rtsp_request_new(const char *method, const char *uri, unsigned cseq);
void rtsp_request_add(GString *request, const char *name, const char *value);
void rtsp_request_end(GString *request);
// The answer to a request of the other side. The caller frees.
GString *rtsp_answer_new(const RtspMessage *request, int status, const char *reason);
