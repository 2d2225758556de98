// SPDX-License-Identifier: Apache-2.0
#include "base/fields.h"

#include "base/clock.h"

#include <glib.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

json_t *fields_parse(const char *bytes, size_t size, size_t max, char *ret_error)
{
    enum { ERROR_SIZE = 200 };
    json_error_t error;
    if (size > max) {
        snprintf(ret_error, ERROR_SIZE, "the text has %zu bytes; at most %zu are allowed", size,
                 max);
        return NULL;
    }
    json_t *value = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &error);
    if (!value) {
        snprintf(ret_error, ERROR_SIZE, "not valid JSON at line %d, column %d: %.120s", error.line,
                 error.column, error.text);
        return NULL;
    }
    if (!json_is_object(value)) {
        snprintf(ret_error, ERROR_SIZE, "a JSON object is wanted");
        json_decref(value);
        return NULL;
    }
    return value;
}

Fields fields_of(json_t *object)
{
    return (Fields){ .object = object };
}

void fields_fail(Fields *fields, const char *format, ...)
{
    if (fields->error[0])
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(fields->error, sizeof fields->error, format, args);
    va_end(args);
    // A cut in the middle of a character would make the answer itself invalid.
    char *end;
    if (!g_utf8_validate(fields->error, -1, (const char **)&end))
        *end = '\0';
}

static json_t *get(Fields *fields, const char *key)
{
    json_t *value = json_object_get(fields->object, key);
    return json_is_null(value) ? NULL : value;
}

static json_t *get_required(Fields *fields, const char *key)
{
    json_t *value = get(fields, key);
    if (!value)
        fields_fail(fields, "%s is missing", key);
    return value;
}

static const char *text_of(Fields *fields, const char *key, json_t *value, size_t max)
{
    if (!value)
        return NULL;
    const char *text = json_string_value(value);
    if (!text) {
        fields_fail(fields, "%s must be text", key);
    } else if (json_string_length(value) > max) {
        fields_fail(fields, "%s has %zu bytes; at most %zu are allowed", key,
                    json_string_length(value), max);
        return NULL;
    }
    return text;
}

const char *fields_text(Fields *fields, const char *key, size_t max)
{
    return text_of(fields, key, get(fields, key), max);
}

const char *fields_text_required(Fields *fields, const char *key, size_t max)
{
    const char *text = text_of(fields, key, get_required(fields, key), max);
    if (text && !*text) {
        fields_fail(fields, "%s is empty", key);
        return NULL;
    }
    return text;
}

static int64_t int_of(Fields *fields, const char *key, json_t *value, int64_t min, int64_t max,
                      int64_t fallback)
{
    if (!value)
        return fallback;
    if (!json_is_integer(value)) {
        fields_fail(fields, "%s must be a whole number", key);
        return fallback;
    }
    int64_t number = json_integer_value(value);
    if (number < min || number > max) {
        fields_fail(fields, "%s is %" PRId64 "; %" PRId64 " to %" PRId64 " is allowed", key, number,
                    min, max);
        return fallback;
    }
    return number;
}

int64_t fields_int(Fields *fields, const char *key, int64_t min, int64_t max, int64_t fallback)
{
    return int_of(fields, key, get(fields, key), min, max, fallback);
}

int64_t fields_int_required(Fields *fields, const char *key, int64_t min, int64_t max)
{
    return int_of(fields, key, get_required(fields, key), min, max, min);
}

bool fields_bool(Fields *fields, const char *key, bool fallback)
{
    json_t *value = get(fields, key);
    if (value && !json_is_boolean(value))
        fields_fail(fields, "%s must be true or false", key);
    return json_is_boolean(value) ? json_is_true(value) : fallback;
}

static int64_t time_of(Fields *fields, const char *key, json_t *value, int64_t fallback)
{
    int64_t ms = fallback;
    if (!value)
        return fallback;
    if (json_is_integer(value) && json_integer_value(value) >= 0)
        return json_integer_value(value);
    if (!json_is_string(value) || !clock_parse(json_string_value(value), &ms))
        fields_fail(fields, "%s must be a time like 2026-11-24T09:12:03.120+08:00", key);
    return ms;
}

int64_t fields_time(Fields *fields, const char *key, int64_t fallback)
{
    return time_of(fields, key, get(fields, key), fallback);
}

int64_t fields_time_required(Fields *fields, const char *key)
{
    return time_of(fields, key, get_required(fields, key), 0);
}

json_t *fields_array(Fields *fields, const char *key, size_t max_items)
{
    json_t *value = get(fields, key);
    if (!value)
        return NULL;
    if (!json_is_array(value)) {
        fields_fail(fields, "%s must be a list", key);
        return NULL;
    }
    if (json_array_size(value) > max_items) {
        fields_fail(fields, "%s has %zu entries; at most %zu are allowed", key,
                    json_array_size(value), max_items);
        return NULL;
    }
    return value;
}

json_t *fields_object(Fields *fields, const char *key)
{
    json_t *value = get(fields, key);
    if (value && !json_is_object(value)) {
        fields_fail(fields, "%s must be an object", key);
        return NULL;
    }
    return value;
}
