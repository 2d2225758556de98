// SPDX-License-Identifier: Apache-2.0
// Any bytes as a CSV file of the inbox, taken into a hall.db in memory and undone again.
#include "base/seal.h"
#include "base/secret.h"
#include "rating/calendar.h"
#include "rating/inbox.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Config config = { .rules = { .yellow_days_left = 1, .warning_days_before_yellow = 1 } };
static Store *store;
static Calendar *calendar;

static void open_hall(void)
{
    config.notify = g_ptr_array_new();
    if (secret_init() < 0 || store_open(":memory:", STORE_WRITE, &store) < 0 ||
        store_migrate(store, hall_schema, hall_schema_steps) < 0 ||
        calendar_load(NULL, NULL, &calendar) < 0)
        abort();
}

static void take(const char *bytes, size_t size)
{
    static const SealKey seal;
    Hall hall = { .config = &config, .calendar = calendar, .seal = &seal };
    g_auto(InboxResult) result = { 0 };
    g_autofree char *rejects = NULL;
    if (inbox_take(store, &hall, "fuzz", bytes, size, INT64_C(1795482720000), &result, &rejects) <
        0)
        abort();
    if ((result.bad > 0) != (rejects != NULL))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!store)
        open_hall();
    if (store_script(store, "BEGIN") < 0)
        abort();
    take(size > 0 ? (const char *)data : "", size);
    if (store_script(store, "ROLLBACK") < 0)
        abort();
    return 0;
}
