// SPDX-License-Identifier: Apache-2.0
// HTTP client over a unix socket (libcurl): how desk asks video. Blocking; any thread.
#pragma once
#include <glib.h>
#include <jansson.h>

typedef struct {
    long status;  // 0: no answer
    GBytes *body; // never NULL after a call that returned 0
} HttpAnswer;

// 0, or negative errno when no answer came within timeout_ms. body may be NULL.
int http_call(const char *socket_path, const char *method, const char *path, json_t *body,
              int timeout_ms, HttpAnswer *ret_answer);
void http_answer_done(HttpAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HttpAnswer, http_answer_done)
// The body as JSON, or NULL; new reference.
json_t *http_answer_json(const HttpAnswer *answer);
