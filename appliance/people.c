// SPDX-License-Identifier: Apache-2.0
// `hallwatch user add`, `key add` and `pad password`: who may come in. They work beside a running
// box and without one.
#include "appliance/commands.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/file.h"
#include "base/store.h"
#include "dashboard/account.h"
#include "dashboard/audit.h"
#include "dashboard/setup_code.h"
#include "mqtt/broker_files.h"
#include "mqtt/queue_message.h"
#include "rating/hall.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define SENTENCE  200
#define AUDIT_WHO "command line"

static bool read_role(const Arguments *arguments, Role *ret_role)
{
    if (arguments->role && role_parse(arguments->role, ret_role))
        return true;
    fprintf(
        stderr,
        "--role: found %s; allowed admin, director, staff, viewer, observer, and system for keys\n",
        arguments->role ? arguments->role : "nothing");
    return false;
}

// One line; without its end. False: nothing there, or too long.
static bool read_password(char *password, size_t size)
{
    if (!fgets(password, (int)size, stdin))
        return false;
    size_t length = strcspn(password, "\r\n");
    bool is_whole = password[length] || feof(stdin);
    password[length] = 0;
    return is_whole && length > 0;
}

static int open_hall(const char *data_dir, Store **ret_store)
{
    umask(027);
    g_autofree char *path = g_build_filename(data_dir, "hall.db", NULL);
    g_autoptr(Store) store = NULL;
    int err = file_make_dirs(data_dir);
    if (err == 0)
        err = store_open(path, STORE_WRITE, &store);
    if (err == 0)
        err = store_migrate(store, hall_schema, hall_schema_steps);
    if (err < 0)
        fprintf(stderr,
                err == -EPROTO ? "%s: is of a newer program; use that one\n"
                               : "%s: cannot be opened: %s\n",
                path, g_strerror(-err));
    else
        *ret_store = g_steal_pointer(&store);
    return err;
}

// The desk may be writing: BEGIN IMMEDIATE waits for its transaction.
static int finish(Store *store, int err)
{
    int end = store_script(store, err < 0 ? "ROLLBACK" : "COMMIT");
    return err < 0 ? err : end;
}

// The end of that day of the hall: "2027-06-30".
static bool read_until(const Arguments *arguments, int64_t *ret_ms)
{
    struct tm tm = { 0 };
    *ret_ms = STORE_NULL;
    if (!arguments->until)
        return true;
    const char *end = strptime(arguments->until, "%Y-%m-%d", &tm);
    tm.tm_mday++;
    tm.tm_isdst = -1;
    *ret_ms = (int64_t)mktime(&tm) * 1000;
    if (end && !*end)
        return true;
    fprintf(stderr, "--until: found %s; a day like 2027-06-30 is wanted\n", arguments->until);
    return false;
}

static int add_user(Store *store, const Arguments *arguments, Role role, const char *password,
                    int64_t ends_ms, char *error)
{
    int err = store_script(store, "BEGIN IMMEDIATE");
    if (err < 0)
        return err;
    int64_t now = clock_wall_ms();
    err = account_add_user(store, arguments->operand, role, password, now, error);
    if (err == 0 && arguments->staff)
        err = account_set_staff(store, arguments->operand, arguments->staff);
    if (err == 0 && arguments->unit)
        err = account_set_unit(store, arguments->operand, arguments->unit);
    if (err == 0 && arguments->until)
        err = account_set_end(store, arguments->operand, ends_ms);
    if (err == 0)
        err = audit_add(store, now, AUDIT_WHO, "user.add", arguments->operand, role_name(role));
    return finish(store, err);
}

int command_user_add(const Arguments *arguments)
{
    Role role;
    char password[ACCOUNT_PASSWORD_MAX + 3], error[SENTENCE] = "";
    int64_t ends_ms;
    if (!read_role(arguments, &role) || !read_until(arguments, &ends_ms))
        return EXIT_USAGE;
    if (!arguments->is_password_on_stdin) {
        fputs("give the password on standard input and say so: --password-stdin\n", stderr);
        return EXIT_USAGE;
    }
    if (!read_password(password, sizeof(password))) {
        fprintf(stderr, "no password on standard input: one line of at most %d bytes is wanted\n",
                ACCOUNT_PASSWORD_MAX);
        return EXIT_FAILED;
    }
    g_autoptr(Store) store = NULL;
    if (open_hall(arguments->data_dir, &store) < 0)
        return EXIT_FAILED;
    int err = add_user(store, arguments, role, password, ends_ms, error);
    explicit_bzero(password, sizeof(password));
    if (err < 0) {
        fprintf(stderr, "%s is not added: %s\n", arguments->operand,
                error[0] ? error : g_strerror(-err));
        return EXIT_FAILED;
    }
    // The code makes the first administrator, who is there now.
    setup_code_remove(arguments->data_dir);
    printf("%s may log in as %s\n", arguments->operand, role_name(role));
    return EXIT_DONE;
}

static int add_key(Store *store, const char *label, Role role, char **ret_key)
{
    int err = store_script(store, "BEGIN IMMEDIATE");
    if (err < 0)
        return err;
    int64_t now = clock_wall_ms();
    err = account_add_key(store, label, role, now, ret_key);
    if (err == 0)
        err = audit_add(store, now, AUDIT_WHO, "key.add", label, role_name(role));
    return finish(store, err);
}

int command_key_add(const Arguments *arguments)
{
    Role role;
    if (!read_role(arguments, &role))
        return EXIT_USAGE;
    const char *label = arguments->label ? arguments->label : role_name(role);
    if (!g_utf8_validate(label, -1, NULL) || strlen(label) > ACCOUNT_NAME_MAX) {
        fprintf(stderr, "--label: at most %d bytes of UTF-8 are allowed\n", ACCOUNT_NAME_MAX);
        return EXIT_USAGE;
    }
    g_autoptr(Store) store = NULL;
    g_autofree char *key = NULL;
    if (open_hall(arguments->data_dir, &store) < 0)
        return EXIT_FAILED;
    int err = add_key(store, label, role, &key);
    if (err < 0) {
        fprintf(stderr, "no key is added: %s\n", g_strerror(-err));
        return EXIT_FAILED;
    }
    fprintf(stderr, "the key of %s (%s); it is shown only this once:\n", label, role_name(role));
    printf("%s\n", key);
    return EXIT_DONE;
}

int command_pad_password(const Arguments *arguments)
{
    umask(027);
    g_autofree char *path = g_build_filename(arguments->data_dir, "run", "hallwatch.yaml", NULL);
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Config) config = NULL;
    if (config_load(path, errors, &config) < 0) {
        fprintf(stderr,
                "%s: no box was ever started with this folder: name another one with --data\n",
                arguments->data_dir);
        return EXIT_FAILED;
    }
    if (!config_pad(config, arguments->operand) && strcmp(arguments->operand, QUEUE_USER) != 0) {
        fprintf(stderr,
                "%s is not a pad of this hall: add it to pads in hallwatch.yaml and reload first\n",
                arguments->operand);
        return EXIT_FAILED;
    }
    char error[SENTENCE] = "";
    g_autofree char *password =
        broker_set_pad_password(arguments->data_dir, arguments->operand, error);
    if (!password) {
        fprintf(stderr, "%s\n", error);
        return EXIT_FAILED;
    }
    fprintf(stderr, "the password of pad %s; it is shown only this once:\n", arguments->operand);
    printf("%s\n", password);
    return EXIT_DONE;
}
