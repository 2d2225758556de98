// SPDX-License-Identifier: Apache-2.0
#include "capture/clock_book.h"

#include "base/clock.h"

int clock_book_begin(Store *store)
{
    g_autofree char *boot = NULL;
    if (!g_file_get_contents("/proc/sys/kernel/random/boot_id", &boot, NULL, NULL))
        boot = g_strdup("unknown");
    g_strchomp(boot);
    int r = store_exec(store,
                       "INSERT INTO meta(key, value) SELECT 'boot', ?1 || ' ' ||"
                       "  (SELECT ifnull(max(id), 0) + 1 FROM segment) WHERE true"
                       " ON CONFLICT(key) DO UPDATE SET value = excluded.value"
                       " WHERE value NOT LIKE ?1 || ' %'",
                       "s", boot);
    return r < 0 ? r : 0;
}

int clock_book_add_step(Store *store, int64_t step_us)
{
    int r = store_exec(store,
                       "INSERT INTO clock_step(at_us, step_us, first_id, last_id) SELECT ?, ?,"
                       " (SELECT CAST(substr(value, instr(value, ' ') + 1) AS INTEGER) FROM meta"
                       "  WHERE key = 'boot'), ifnull(max(id), 0) FROM segment",
                       "ii", clock_wall_us(), step_us);
    if (r >= 0)
        r = store_exec(store,
                       "DELETE FROM clock_step WHERE last_id < (SELECT min(id) FROM segment)", "");
    return r < 0 ? r : 0;
}

ClockBelief clock_book_belief(Store *store)
{
    static const char SQL[] = "SELECT CAST(value AS INTEGER) FROM meta WHERE key = ?";
    return (ClockBelief){ store_value(store, 0, SQL, "s", "believed_us"),
                          store_value(store, 0, SQL, "s", "doubted_us") };
}

int clock_book_put_belief(Store *store, ClockBelief belief)
{
    int r = store_exec(store,
                       "INSERT INTO meta(key, value) VALUES ('believed_us', CAST(? AS TEXT)),"
                       " ('doubted_us', CAST(? AS TEXT))"
                       " ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                       "ii", belief.known_us, belief.doubted_us);
    return r < 0 ? r : 0;
}
