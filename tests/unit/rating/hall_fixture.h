// SPDX-License-Identifier: Apache-2.0
// A hall on a temporary hall.db: counters c1 (seen by camera cam1) and c2 (seen by none), pads p1
// and p2, hours Mon-Fri 08:30-12:00 and 13:30-17:30, the built-in calendar. What the domain says
// has changed is collected.
#pragma once
#include "base/clock.h"
#include "base/seal.h"
#include "base/secret.h"
#include "rating/calendar.h"
#include "rating/hall.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

typedef struct {
    Hall hall;
    Store *store;
    GString *changed; // "kind:id " for each
    char *dir;
    SealKey seal;
} Fixture;

// "2026-11-24 09:12" in the hall's zone.
static inline int64_t at(const char *text)
{
    g_autofree char *full = g_strdup_printf("%.10sT%s:00+08:00", text, text + 11);
    int64_t ms;
    assert_true(clock_parse(full, &ms));
    return ms;
}

static inline void fixture_changed(void *ctx, const char *kind, const char *id)
{
    g_string_append_printf(((Fixture *)ctx)->changed, "%s:%s ", kind, id);
}

static inline Config *fixture_config(void)
{
    static const char text[] = "hall:\n"
                               "  id: h1\n"
                               "  name: 测试大厅\n"
                               "cameras:\n"
                               "  - id: cam1\n"
                               "    name: 一号\n"
                               "    url: rtsp://127.0.0.1/1\n"
                               "    counters: [c1]\n"
                               "counters:\n"
                               "  - {id: c1, name: 一号窗口, kind: general}\n"
                               "  - {id: c2, name: 二号窗口, kind: general}\n"
                               "pads:\n"
                               "  - {id: p1, counter: c1}\n"
                               "  - {id: p2, counter: c2}\n";
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    Config *config = NULL;
    if (config_parse("test.yaml", text, strlen(text), errors, &config) < 0)
        fail_msg("%s", (const char *)g_ptr_array_index(errors, 0));
    return config;
}

static inline int fixture_setup(void **state)
{
    Fixture *f = g_new0(Fixture, 1);
    assert_int_equal(secret_init(), 0);
    f->dir = g_dir_make_tmp("hallwatch-rating-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(f->dir, "hall.db", NULL);
    assert_int_equal(store_open(path, STORE_WRITE, &f->store), 0);
    assert_int_equal(store_migrate(f->store, hall_schema, hall_schema_steps), 0);
    f->changed = g_string_new(NULL);
    f->hall.config = fixture_config();
    assert_int_equal(calendar_load(NULL, NULL, &f->hall.calendar), 0);
    f->hall.changed = fixture_changed;
    f->hall.ctx = f;
    memset(&f->seal, 7, sizeof f->seal);
    f->hall.seal = &f->seal;
    *state = f;
    return 0;
}

static inline int fixture_teardown(void **state)
{
    static const char *const files[] = { "hall.db", "hall.db-wal", "hall.db-shm" };
    Fixture *f = *state;
    store_free(f->store);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(f->dir, files[i], NULL);
        g_unlink(path);
    }
    g_rmdir(f->dir);
    config_unref(f->hall.config);
    calendar_free(f->hall.calendar);
    g_string_free(f->changed, TRUE);
    g_free(f->dir);
    g_free(f);
    return 0;
}

// JSON with ' for ", so that bodies stay readable in C.
static inline json_t *json_of(const char *text)
{
    g_autofree char *copy = g_strdup(text);
    g_strdelimit(copy, "'", '"');
    json_t *value = json_loads(copy, JSON_DECODE_ANY, NULL);
    if (!value)
        fail_msg("not JSON: %s", copy);
    return value;
}

// The value at a path like "clip/at_seconds" or "items/0/id" as compact text without quotes; "-":
// nothing there.
static inline char *look(json_t *value, const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    for (int i = 0; parts[i] && value; i++)
        value = json_is_array(value) ? json_array_get(value, (size_t)atoi(parts[i]))
                                     : json_object_get(value, parts[i]);
    if (!value)
        return g_strdup("-");
    if (json_is_string(value))
        return g_strdup(json_string_value(value));
    return json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(6));
}

static inline void assert_look(json_t *value, const char *path, const char *expected)
{
    g_autofree char *found = look(value, path);
    if (strcmp(found, expected) != 0)
        fail_msg("%s is %s, expected %s", path, found, expected);
}

static inline int64_t count(Fixture *f, const char *sql)
{
    return store_value(f->store, -1, sql, "");
}
