// SPDX-License-Identifier: Apache-2.0
// Api: the box's HTTP API through its door, with a key. Blocking; one thread.
//
// Failures are logged once, and once more when calls succeed again: a box that restarts is nothing
// to end for.
#pragma once
#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

typedef struct Api Api;

// url: the door's; ca: PEM file that proves the door.
Api *api_new(const char *url, const char *ca, const char *key);
void api_free(Api *api);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Api, api_free)

// The HTTP status, or negative errno when none came. take_body and ret_body may be NULL; ret_body
// is a new reference, or NULL where the answer is not JSON.
int api_call(Api *api, const char *method, const char *path, json_t *take_body, json_t **ret_body);
// The same with a file of text as it is.
int api_post_text(Api *api, const char *path, const char *text, json_t **ret_body);
// Whether the answer was 2xx.
bool api_send(Api *api, const char *method, const char *path, json_t *take_body);
