// SPDX-License-Identifier: Apache-2.0
// Any bytes as a message of a one-window system, by each call and profile; what can be read is
// taken into a hall.db in memory and undone again. The first byte chooses.
#include "base/seal.h"
#include "base/secret.h"
#include "rating/calendar.h"
#include "rating/one_window.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Config config = { .rules = { .yellow_days_left = 1, .warning_days_before_yellow = 1 } };
static Store *store;
static Calendar *calendar;
static Profile *profiles[2];

static void open_hall(void)
{
    config.notify = g_ptr_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(profiles); i++) {
        config.one_window.profile = (char *)config_one_window_names[i];
        profiles[i] = one_window_profile(&config);
    }
    if (secret_init() < 0 || store_open(":memory:", STORE_WRITE, &store) < 0 ||
        store_migrate(store, hall_schema, hall_schema_steps) < 0 ||
        calendar_load(NULL, NULL, &calendar) < 0 || !profiles[0] || !profiles[1])
        abort();
}

static void check(const OneWindowAnswer *answer)
{
    if (!g_utf8_validate(answer->why, -1, NULL) ||
        (answer->state != ONE_WINDOW_TAKEN && !answer->why[0]))
        abort();
}

// Twice: the same message again gets the same answer.
static void take(const Profile *profile, OneWindowCall call, const char *bytes, size_t size)
{
    static const SealKey seal;
    Hall hall = { .config = &config, .calendar = calendar, .seal = &seal };
    OneWindowAnswer first, second;
    g_autoptr(OneWindowMessage) message = one_window_message_new(profile, &seal, call, bytes, size);
    if (one_window_take(store, &hall, profile, message, "fuzz", INT64_C(1795482720000), &first) <
            0 ||
        one_window_take(store, &hall, profile, message, "fuzz", INT64_C(1795482720000), &second) <
            0)
        abort();
    check(&first);
    check(&second);
    if (first.id != second.id || first.state != second.state || strcmp(first.why, second.why) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char basic[] = "{\"projid\":\"A\",\"taskcode\":\"1\",\"itemname\":\"x\","
                                "\"acceptdeptname\":\"y\",\"applydate\":\"2026-11-10 08:40:00\"}";
    if (!store)
        open_hall();
    if (size < 1)
        return 0;
    if (store_script(store, "BEGIN") < 0)
        abort();
    if (data[0] & 8)
        take(profiles[0], ONE_WINDOW_BASIC, basic, strlen(basic));
    take(profiles[(data[0] >> 2) & 1], (OneWindowCall)(data[0] & 3), (const char *)data + 1,
         size - 1);
    if (store_script(store, "ROLLBACK") < 0)
        abort();
    return 0;
}
