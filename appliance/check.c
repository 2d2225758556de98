// SPDX-License-Identifier: Apache-2.0
// `hallwatch check-config`, `check` and `config-reference`: what is wrong, printed for a person.
#include "appliance/commands.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/store.h"
#include "capture/archive_check.h"
#include "rating/hall.h"
#include "rating/rollup_check.h"
#include <errno.h>
#include <time.h>
#include <unistd.h>

// Without --deep the roll-ups of so many days are counted anew.
#define COUNTED_MS (31 * INT64_C(86400000))

enum { SHOWN_MAX = 100 /* figures that differ */ };

int command_check_config(const Arguments *arguments)
{
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Config) config = NULL;
    if (config_load(arguments->operand, errors, &config) < 0) {
        for (guint i = 0; i < errors->len; i++)
            fprintf(stderr, "%s\n", (const char *)errors->pdata[i]);
        return EXIT_FAILED;
    }
    printf("%s is good: hall %s, %u cameras, %u counters, %u pads\n", arguments->operand,
           config->hall.id, config->cameras->len, config->counters->len, config->pads->len);
    return EXIT_DONE;
}

int command_config_reference(const Arguments *arguments)
{
    config_print_reference(stdout);
    return EXIT_DONE;
}

// One line for each row; returns their number, or negative errno.
static int print_rows(Store *store, const char *what, const char *sql)
{
    g_autoptr(StoreQuery) query = store_query(store, sql, "");
    int n = 0;
    for (; store_step(query); n++)
        printf("hall.db: %s: %s\n", what, store_text(query, 0));
    int err = store_query_result(query);
    return err < 0 ? err : n;
}

// Each row of an answer is a problem.
static const struct {
    const char *what;
    const char *sql;
} hall_checks[] = {
    { "damaged",
      "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'" },
    { "names a row that is not there", "SELECT \"table\" || ' row ' || ifnull(rowid, '?') || ' -> "
                                       "' || parent FROM pragma_foreign_key_check" },
};

static int check_hall_rows(Store *store)
{
    int problems = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(hall_checks); i++) {
        int n = print_rows(store, hall_checks[i].what, hall_checks[i].sql);
        if (n < 0)
            printf("hall.db: cannot be read: %s\n", store_error(store));
        problems += n < 0 ? 1 : n;
    }
    int64_t version = store_value(store, -1, "PRAGMA user_version", "");
    if (version < 0 || version > (int64_t)hall_schema_steps) {
        printf("hall.db: its version %d is newer than this program's %zu: use the newer program\n",
               (int)version, hall_schema_steps);
        problems++;
    }
    return problems;
}

typedef struct {
    GArray *from_ms; // of the periods that are wrong
} Wrong;

static void print_difference(void *ctx, const RollupDifference *difference)
{
    static const char *const lasting[] = { "hour", "day", "8 days", "64 days", "512 days" };
    static const int64_t hours[] = { 1, 24, 8 * 24, 64 * 24, 512 * 24 };
    GArray *wrong = ((Wrong *)ctx)->from_ms;
    size_t grain = 0;
    while (hours[grain] * 3600000 < difference->to_ms - difference->from_ms)
        grain++;
    g_array_append_val(wrong, difference->from_ms);
    if (wrong->len > SHOWN_MAX)
        return;
    g_autofree char *from = clock_format(difference->from_ms);
    g_autofree char *what = rollup_difference_words(difference);
    printf("hall.db: figures of the %s from %s, %s: ", lasting[grain], from, what);
    if (difference->measure)
        printf("%s is %d, counted %d\n", difference->measure, (int)difference->kept,
               (int)difference->counted);
    else
        printf("its name is another one\n");
}

static int distrust(const char *path, const GArray *from_ms)
{
    g_autoptr(Store) store = NULL;
    int err = store_open(path, STORE_WRITE, &store);
    if (err == 0)
        err = store_script(store, "BEGIN IMMEDIATE");
    for (guint i = 0; i < from_ms->len && err == 0; i++)
        err = rollup_distrust(store, g_array_index(from_ms, int64_t, i));
    return err == 0 ? store_script(store, "COMMIT") : err;
}

// Hours of the day are those of the zone that was in force when they were counted.
static int check_figures(Store *store, const char *path, const Arguments *arguments)
{
    g_autoptr(GArray) from_ms = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int64_t now_ms = clock_wall_ms();
    Wrong wrong = { from_ms };
    int problems = rollup_check(store, arguments->is_deep ? 0 : now_ms - COUNTED_MS, now_ms,
                                print_difference, &wrong);
    if (problems < 0) {
        printf("hall.db: the figures cannot be checked: %s\n", store_error(store));
        return 1;
    }
    if (problems > SHOWN_MAX)
        printf("hall.db: and %d figures more\n", problems - SHOWN_MAX);
    if (problems > 0 && !arguments->is_repair)
        printf("hall.db: check --repair has these figures counted anew\n");
    if (problems == 0 || !arguments->is_repair)
        return problems;
    int err = distrust(path, from_ms);
    if (err < 0)
        printf("hall.db: cannot be repaired: %s\n", g_strerror(-err));
    else
        printf("hall.db: these figures are counted anew within two minutes of a running box\n");
    return problems;
}

static void be_in_zone(Store *store)
{
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT value FROM meta WHERE key = 'figure_zone'", "");
    if (store_step(query))
        g_setenv("TZ", store_text(query, 0), TRUE);
    tzset();
}

static int check_hall(const Arguments *arguments)
{
    g_autofree char *path = g_build_filename(arguments->data_dir, "hall.db", NULL);
    if (access(path, F_OK) < 0) {
        printf("hall.db: not there yet\n");
        return 0;
    }
    g_autoptr(Store) store = NULL;
    int err = store_open(path, STORE_READ, &store);
    if (err < 0) {
        printf("hall.db: cannot be opened: %s\n", g_strerror(-err));
        return 1;
    }
    int problems = check_hall_rows(store);
    bool is_current =
        store_value(store, -1, "PRAGMA user_version", "") == (int64_t)hall_schema_steps;
    if (problems == 0 && is_current) {
        be_in_zone(store);
        problems = check_figures(store, path, arguments);
    }
    return problems;
}

// The folders of the recordings stand in the config in force; NULL: the default one, and no spare.
static int storage_of(const char *data_dir, char **ret_storage, char **ret_spare)
{
    *ret_storage = *ret_spare = NULL;
    g_autofree char *path = g_build_filename(data_dir, "run", "hallwatch.yaml", NULL);
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Config) config = NULL;
    int err = config_load(path, errors, &config);
    if (err < 0) {
        fprintf(stderr, "%s\n", (const char *)errors->pdata[0]);
        return err;
    }
    *ret_storage = g_strdup(config->storage.path);
    *ret_spare = g_strdup(config->storage.spare_path);
    return 0;
}

int command_check(const Arguments *arguments)
{
    g_autofree char *storage = NULL, *spare = NULL;
    if (storage_of(arguments->data_dir, &storage, &spare) < 0) {
        fprintf(stderr,
                "%s: no box was ever started with this folder: name another one with --data\n",
                arguments->data_dir);
        return EXIT_FAILED;
    }
    int problems = check_hall(arguments);
    int archive = archive_check(arguments->data_dir, storage, spare, stdout, arguments->is_deep);
    if (archive < 0)
        printf("the archive cannot be checked: %s\n", g_strerror(-archive));
    problems += archive < 0 ? 1 : archive;
    printf(problems ? "%d problems\n" : "clean\n", problems);
    return problems ? EXIT_FAILED : EXIT_DONE;
}
