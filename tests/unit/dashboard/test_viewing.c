// SPDX-License-Identifier: Apache-2.0
#include "dashboard/viewing.h"

#include "dashboard/audit.h"
#include "rating/hall.h"
#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

// 2026-11-24T09:03:20+08:00
#define NOW    INT64_C(1795482200000)
#define MINUTE INT64_C(60000)
#define TEN    (10 * MINUTE)
#define SLOT   (NOW - NOW % TEN)

static void addresses(void **state)
{
    static const struct {
        const char *text, *action, *camera;
        int64_t from_ms, to_ms;
    } ROWS[] = {
        { "/media/live/cam1", "video.live", "cam1", 0, 0 },
        { "/media/live/cam1?stream=sub", "video.live", "cam1", 0, 0 },
        { "/media/snapshot/cam1?width=640", "video.live", "cam1", 0, 0 },
        { "/media/playback/cam1/index.m3u8?from=1795482200000&to=1795482260000", "video.watch",
          "cam1", SLOT, SLOT + TEN },
        { "/media/playback/cam1/index.m3u8?from=2026-11-24T09%3A03%3A20%2B08%3A00"
          "&to=2026-11-24T09%3A10%3A00.001%2B08%3A00",
          "video.watch", "cam1", SLOT, SLOT + 2 * TEN },
        { "/media/playback/cam1/index.m3u8?from=1795478600000", "video.watch", "cam1",
          SLOT - 6 * TEN, SLOT + TEN },
        { "/media/playback/cam1/index.m3u8?from=1&to=9e99", "video.watch", "cam1", 0, 150 * TEN },
        { "/media/playback/%63am1/index.m3u8?from=x", "video.watch", "cam1", SLOT, SLOT + TEN },
        { "/media/thumbnail/cam1?at=1795482200000&width=160", "video.stills", "cam1",
          NOW - NOW % (60 * MINUTE), NOW - NOW % (60 * MINUTE) + 60 * MINUTE },
        { "/media/segment/cam1/17.mp4", NULL, NULL, 0, 0 }, // its playlist is noted
        { "/media/timeline/cam1?from=1", NULL, NULL, 0, 0 },
        { "/media/live/", NULL, NULL, 0, 0 },
        { "/media/live/a/b", NULL, NULL, 0, 0 },
        { "/media/live/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL, NULL, 0, 0 },
        { "/media/live/%zz", NULL, NULL, 0, 0 },
        { "", NULL, NULL, 0, 0 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_auto(ViewingAddress) address = viewing_address(ROWS[i].text, NOW);
        if (g_strcmp0(address.action, ROWS[i].action) || address.from_ms != ROWS[i].from_ms ||
            address.to_ms != ROWS[i].to_ms || g_strcmp0(address.camera, ROWS[i].camera))
            fail_msg("%s: %s %s %lld %lld", ROWS[i].text, address.action, address.camera,
                     (long long)address.from_ms, (long long)address.to_ms);
    }
}

// One row for each place: "ACTION SUBJECT DETAIL|", the newest first.
static char *rows_of(const char *path)
{
    Store *store = NULL;
    assert_int_equal(store_open(path, STORE_READ, &store), 0);
    AuditFilter filter = { .from_ms = INT64_MIN, .to_ms = INT64_MAX, .limit = 100 };
    json_t *list = audit_list(store, &filter), *row;
    size_t i;
    GString *text = g_string_new(NULL);
    json_array_foreach(json_object_get(list, "items"), i, row)
    {
        const char *detail = json_string_value(json_object_get(row, "detail"));
        g_string_append_printf(text, "%s %s %s %s|", json_string_value(json_object_get(row, "who")),
                               json_string_value(json_object_get(row, "action")),
                               json_string_value(json_object_get(row, "subject")),
                               detail ? detail : "-");
    }
    json_decref(list);
    store_free(store);
    return g_string_free(text, FALSE);
}

static void the_same_piece_is_noted_once_an_hour(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("hw-viewing-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "hall.db", NULL);
    Store *store = NULL;
    assert_int_equal(store_open(path, STORE_WRITE, &store), 0);
    assert_int_equal(store_migrate(store, hall_schema, hall_schema_steps), 0);
    Writer *writer = writer_new(store, NULL, NULL);
    Viewing *viewing = viewing_new(writer);
#define LIST "/media/playback/cam1/index.m3u8?from="
    viewing_note(viewing, "li", LIST "1795482200000&to=1795482260000", NOW);          // 09:00
    viewing_note(viewing, "li", LIST "1795482210000&to=1795482260000", NOW + 5000);   // known
    viewing_note(viewing, "wang", LIST "1795482210000&to=1795482260000", NOW + 6000); // another
    viewing_note(viewing, "li", LIST "1795481000000&to=1795483900000", NOW + 7000);   // both sides
    viewing_note(viewing, "li", "/media/live/cam1?stream=sub", NOW + 8000);
    viewing_note(viewing, "li", "/media/snapshot/cam1", NOW + 9000); // known
    viewing_note(viewing, "li", "/media/live/cam1", NOW + 3700000);  // an hour later
    viewing_free(viewing);
    writer_free(writer);
    g_autofree char *rows = rows_of(path);
#define DAY   "2026-11-24T"
#define AT(t) DAY t ":00.000+08:00"
    assert_string_equal(rows,
                        "li video.live cam1 -|"
                        "li video.live cam1 -|"
                        "li video.watch cam1 " AT("09:10") "/" AT(
                            "09:40") "|"
                                     "li video.watch cam1 " AT("08:40") "/" AT(
                                         "09:00") "|"
                                                  "wang video.watch cam1 " AT("09:00") "/" AT(
                                                      "09:10") "|"
                                                               "li video.watch cam1 " AT(
                                                                   "09:00") "/" AT("09:10") "|");
    g_remove(path);
    g_rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(addresses),
                                        cmocka_unit_test(the_same_piece_is_noted_once_an_hour) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
