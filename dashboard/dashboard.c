// SPDX-License-Identifier: Apache-2.0
#include "dashboard/dashboard.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "dashboard/call.h"
#include "dashboard/guard.h"
#include "dashboard/routes.h"
#include "dashboard/setup_code.h"

#include <errno.h>
#include <string.h>

#define PROGRAM "/proc/self/exe" // starts itself anew (verification.h)

enum { SERVER_THREADS = 8, LINK_SECRET_BYTES = 32 };
// A hall's telephones may share one address (its own network, a carrier's): many are free.
enum { TELEPHONES_MAX = 4096, TELEPHONES_FREE = 60, TELEPHONES_LONGEST_MS = 60000 };
// A case's number: after ten wrong pairs two dozen a day, which no honest applicant needs.
enum { ASKED_MAX = 16384, ASKED_FREE = 10, ASKED_LONGEST_MS = 3600000, ASKED_QUIET_MS = 86400000 };
// Reports that were drawn and are given again while they are still right.
enum { REPORTS_MAX = 16, REPORT_BYTES_MAX = 8 * 1024 * 1024 };

static void copy_options(Dashboard *dashboard, const DashboardOptions *options)
{
    DashboardOptions *copy = &dashboard->options;
    *copy = *options;
    copy->socket_path = g_strdup(options->socket_path);
    copy->store_path = g_strdup(options->store_path);
    copy->data_dir = g_strdup(options->data_dir);
    copy->link_secret =
        options->link_secret ? g_strdup(options->link_secret) : secret_token(LINK_SECRET_BYTES);
    copy->box_key = g_strdup(options->box_key);
    copy->hall = NULL;
}

// While there is no user there is a code; where a user was added by hand, an unused code must go.
static int settle_setup_code(Dashboard *dashboard)
{
    const char *data_dir = dashboard->options.data_dir;
    Store *store = readers_take(dashboard->readers);
    if (!store)
        return -EIO;
    bool is_needed = account_count_users(store) == 0;
    readers_give_back(dashboard->readers, store);
    int err = is_needed ? setup_code_make(data_dir) : setup_code_remove(data_dir);
    if (err < 0)
        log_err("file=%s/setup-code: %s", data_dir, strerror(-err));
    else if (is_needed)
        log_info("no user yet: the first administrator is made on the page with the code in "
                 "%s/setup-code",
                 data_dir);
    return err;
}

int dashboard_new(const DashboardOptions *options, Dashboard **ret_dashboard)
{
    g_autoptr(Dashboard) dashboard = g_new0(Dashboard, 1);
    copy_options(dashboard, options);
    dashboard->started_ms = clock_wall_ms();
    dashboard->readers = readers_new(options->store_path);
    dashboard->halls = halls_new(options->hall);
    dashboard->events = events_new();
    dashboard->viewing = viewing_new(options->writer);
    dashboard->verifications = verifications_new(PROGRAM);
    dashboard->telephones =
        attempts_new(TELEPHONES_MAX, TELEPHONES_FREE, TELEPHONES_LONGEST_MS, ATTEMPTS_QUIET_MS);
    dashboard->askers =
        attempts_new(TELEPHONES_MAX, TELEPHONES_FREE, TELEPHONES_LONGEST_MS, ATTEMPTS_QUIET_MS);
    dashboard->asked = attempts_new(ASKED_MAX, ASKED_FREE, ASKED_LONGEST_MS, ASKED_QUIET_MS);
    dashboard->press = press_new(dashboard->readers, dashboard->halls);
    dashboard->reports = shelf_new(REPORTS_MAX, REPORT_BYTES_MAX);
    dashboard->login = login_new();
    if (!dashboard->login)
        return -ENOMEM;
    int err = settle_setup_code(dashboard);
    if (err < 0)
        return err;
    HttpOptions http = { .socket_path = options->socket_path,
                         .routes = dashboard_routes,
                         .n_routes = dashboard_n_routes,
                         .guard = guard_request,
                         .ctx = dashboard,
                         .threads = SERVER_THREADS };
    err = http_server_new(&http, &dashboard->server);
    if (err < 0)
        return err;
    *ret_dashboard = g_steal_pointer(&dashboard);
    return 0;
}

void dashboard_free(Dashboard *dashboard)
{
    if (!dashboard)
        return;
    http_server_free(dashboard->server);
    // Answers that nobody waits for any more; video ends at the same time, and they with it.
    while (g_atomic_int_get(&dashboard->n_probes) || g_atomic_int_get(&dashboard->n_discoveries) ||
           g_atomic_int_get(&dashboard->n_inspections))
        g_usleep(10000);
    press_free(dashboard->press);
    shelf_free(dashboard->reports);
    verifications_free(dashboard->verifications);
    login_free(dashboard->login);
    viewing_free(dashboard->viewing);
    attempts_free(dashboard->telephones);
    attempts_free(dashboard->askers);
    attempts_free(dashboard->asked);
    events_free(dashboard->events);
    halls_free(dashboard->halls);
    readers_free(dashboard->readers);
    g_free((char *)dashboard->options.socket_path);
    g_free((char *)dashboard->options.store_path);
    g_free((char *)dashboard->options.data_dir);
    g_free((char *)dashboard->options.link_secret);
    g_free((char *)dashboard->options.box_key);
    g_free(dashboard);
}

void dashboard_apply(Dashboard *dashboard, const Hall *hall)
{
    halls_replace(dashboard->halls, hall);
}

void dashboard_publish(Dashboard *dashboard, const char *kind, json_t *take_data)
{
    events_publish(dashboard->events, kind, take_data);
}
