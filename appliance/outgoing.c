// SPDX-License-Identifier: Apache-2.0
// `hallwatch notify test` and `province replay`: rows of the outbox that a running box delivers.
#include "appliance/commands.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/store.h"
#include "dashboard/audit.h"
#include "rating/notify.h"
#include "rating/province.h"
#include <errno.h>

#define AUDIT_WHO "command line"
#define DAY_MS    (24 * INT64_C(3600000))

enum { WAIT_S = 60 };

// The config in force and hall.db. A box that was never started has neither.
static int open_box(const char *data_dir, Config **ret_config, Store **ret_store)
{
    g_autofree char *config = g_build_filename(data_dir, "run", "hallwatch.yaml", NULL);
    g_autofree char *hall = g_build_filename(data_dir, "hall.db", NULL);
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    int err = config_load(config, errors, ret_config);
    if (err == 0)
        err = store_open(hall, STORE_WRITE, ret_store);
    if (err < 0)
        fprintf(stderr, "%s: no box was started with this folder, or it cannot be read: %s\n",
                data_dir, g_strerror(-err));
    return err;
}

// The desk may be writing: BEGIN IMMEDIATE waits for its transaction.
static int finish(Store *store, int err)
{
    int end = store_script(store, err < 0 ? "ROLLBACK" : "COMMIT");
    return err < 0 ? err : end;
}

static int put_test(Store *store, const Hall *hall, const char *name, int64_t *ret_seq)
{
    int err = store_script(store, "BEGIN IMMEDIATE");
    if (err < 0)
        return err;
    err = notify_test(store, hall, name, clock_wall_ms(), ret_seq);
    if (err == 0)
        err = audit_add(store, clock_wall_ms(), AUDIT_WHO, "outbox.test", name, NULL);
    return finish(store, err);
}

// True: it was delivered. What came of it is said.
static bool wait_for_end(Store *store, int64_t seq)
{
    for (int i = 0; i < WAIT_S * 5; i++) {
        json_t *row = outbox_get(store, seq);
        const char *state = json_string_value(json_object_get(row, "state"));
        const char *error = json_string_value(json_object_get(row, "error"));
        bool is_sent = g_strcmp0(state, "sent") == 0,
             is_over = is_sent || g_strcmp0(state, "waiting");
        if (is_sent)
            puts("delivered");
        else if (is_over)
            fprintf(stderr, "not delivered: %s\n", error ? error : "it has gone");
        json_decref(row);
        if (is_over)
            return is_sent;
        g_usleep(G_USEC_PER_SEC / 5);
    }
    fputs("it still waits: is the box running?\n", stderr);
    return false;
}

int command_notify_test(const Arguments *arguments)
{
    g_autoptr(Config) config = NULL;
    g_autoptr(Store) store = NULL;
    if (open_box(arguments->data_dir, &config, &store) < 0)
        return EXIT_FAILED;
    const Hall hall = { .config = config };
    int64_t seq = -1;
    int err = put_test(store, &hall, arguments->operand, &seq);
    if (err < 0) {
        fprintf(stderr, "%s: %s\n", arguments->operand,
                err == -ENOENT ? "no receiver of this id under notify in the config in force"
                               : g_strerror(-err));
        return EXIT_FAILED;
    }
    return wait_for_end(store, seq) ? EXIT_DONE : EXIT_FAILED;
}

static bool read_time(const char *name, const char *text, int64_t *ret_ms)
{
    if (text && clock_parse(text, ret_ms))
        return true;
    fprintf(stderr, "--%s: found %s; allowed a time such as 2026-11-24T00:00:00+08:00\n", name,
            text ? text : "nothing");
    return false;
}

// A transaction for each day, so that the desk does not wait for all of it.
static int replay(Store *store, const Hall *hall, int64_t from_ms, int64_t to_ms)
{
    int n = 0;
    for (; from_ms < to_ms; from_ms += DAY_MS) {
        int err = store_script(store, "BEGIN IMMEDIATE");
        int day = err < 0 ? err : province_replay(store, hall, from_ms, to_ms, clock_wall_ms());
        if (err == 0)
            err = finish(store, day);
        if (err < 0)
            return err;
        n += day;
    }
    g_autofree char *detail = g_strdup_printf("%d", n);
    int err =
        audit_add(store, clock_wall_ms(), AUDIT_WHO, "province.replay", OUTBOX_PROVINCE, detail);
    return err < 0 ? err : n;
}

int command_province_replay(const Arguments *arguments)
{
    g_autoptr(Config) config = NULL;
    g_autoptr(Store) store = NULL;
    int64_t from_ms, to_ms;
    if (!read_time("from", arguments->from, &from_ms) || !read_time("to", arguments->to, &to_ms))
        return EXIT_USAGE;
    if (to_ms <= from_ms || to_ms - from_ms > PROVINCE_REPLAY_MAX_DAYS * DAY_MS) {
        fprintf(stderr, "--to: must be after --from, by at most %d days\n",
                PROVINCE_REPLAY_MAX_DAYS);
        return EXIT_USAGE;
    }
    if (open_box(arguments->data_dir, &config, &store) < 0)
        return EXIT_FAILED;
    if (!config->province.url) {
        fputs("no province.url is set in hallwatch.yaml: nothing goes there\n", stderr);
        return EXIT_FAILED;
    }
    const Hall hall = { .config = config };
    int n = replay(store, &hall, from_ms, to_ms);
    if (n < 0)
        fprintf(stderr, "hall.db cannot be written: %s\n", g_strerror(-n));
    else
        printf("%d messages go to the province again\n", n);
    return n < 0 ? EXIT_FAILED : EXIT_DONE;
}
