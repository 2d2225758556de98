// SPDX-License-Identifier: Apache-2.0
// Fields: typed, bounded reading of a JSON object from outside.
//
// The first thing that is wrong is kept as one sentence that names the field, what was found and
// what is allowed; later reads then return their fallback, so that a reader can read all its fields
// and check once.
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    json_t *object;  // borrowed
    char error[200]; // empty: all well so far
} Fields;

// Parses text that must be one JSON object without duplicate keys, at most max bytes. NULL and a
// sentence in ret_error (at least 200 bytes) otherwise.
json_t *fields_parse(const char *bytes, size_t size, size_t max, char *ret_error);

Fields fields_of(json_t *object);
void fields_fail(Fields *fields, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Absent or null: NULL. Borrowed from the object. Longer than max bytes, or not text: an error.
const char *fields_text(Fields *fields, const char *key, size_t max);
const char *fields_text_required(Fields *fields, const char *key, size_t max);
int64_t fields_int(Fields *fields, const char *key, int64_t min, int64_t max, int64_t fallback);
int64_t fields_int_required(Fields *fields, const char *key, int64_t min, int64_t max);
bool fields_bool(Fields *fields, const char *key, bool fallback);
// RFC 3339 text or Unix milliseconds.
int64_t fields_time(Fields *fields, const char *key, int64_t fallback);
int64_t fields_time_required(Fields *fields, const char *key);
// An array or object; NULL where absent.
json_t *fields_array(Fields *fields, const char *key, size_t max_items);
json_t *fields_object(Fields *fields, const char *key);
