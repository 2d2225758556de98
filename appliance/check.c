// SPDX-License-Identifier: Apache-2.0
// `hallwatch check-config`, `check` and `config-reference`: what is wrong, printed for a person.
#include "appliance/commands.h"
#include "base/config.h"
#include "base/store.h"
#include "capture/archive_check.h"
#include "rating/hall.h"
#include <errno.h>
#include <unistd.h>

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

static int check_hall(const char *data_dir)
{
    g_autofree char *path = g_build_filename(data_dir, "hall.db", NULL);
    if (access(path, F_OK) < 0) {
        printf("hall.db: not there yet\n");
        return 0;
    }
    g_autoptr(Store) store = NULL;
    int err = store_open(path, STORE_READ, &store);
    if (err == 0)
        return check_hall_rows(store);
    printf("hall.db: cannot be opened: %s\n", g_strerror(-err));
    return 1;
}

// The folder of the recordings stands in the config in force; NULL: the default one.
static int storage_of(const char *data_dir, char **ret_storage)
{
    *ret_storage = NULL;
    g_autofree char *path = g_build_filename(data_dir, "run", "hallwatch.yaml", NULL);
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Config) config = NULL;
    int err = config_load(path, errors, &config);
    if (err < 0)
        fprintf(stderr, "%s\n", (const char *)errors->pdata[0]);
    else
        *ret_storage = g_strdup(config->storage.path);
    return err;
}

int command_check(const Arguments *arguments)
{
    g_autofree char *storage = NULL;
    if (storage_of(arguments->data_dir, &storage) < 0) {
        fprintf(stderr,
                "%s: no box was ever started with this folder: name another one with --data\n",
                arguments->data_dir);
        return EXIT_FAILED;
    }
    int problems = check_hall(arguments->data_dir);
    int archive = archive_check(arguments->data_dir, storage, stdout, arguments->is_deep);
    if (archive < 0)
        printf("the archive cannot be checked: %s\n", g_strerror(-archive));
    problems += archive < 0 ? 1 : archive;
    printf(problems ? "%d problems\n" : "clean\n", problems);
    return problems ? EXIT_FAILED : EXIT_DONE;
}
