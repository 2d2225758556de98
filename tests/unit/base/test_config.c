// SPDX-License-Identifier: Apache-2.0
#include "base/config.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

// A whole config is refused with exactly one error that is this sentence.
static const struct {
    const char *text;
    const char *error;
} bad_rows[] = {
    { "hall:\n  id: Hall 1\n",
      "f:2: hall.id: found \"Hall 1\"; allowed 1 to 32 of a-z, 0-9, - and _, beginning with a "
      "letter or digit" },
    { "hall: {timezone: Asia/Nowhere}\n",
      "f:1: hall.timezone: found \"Asia/Nowhere\"; allowed an IANA time zone that this system has, "
      "such as Asia/Shanghai" },
    { "hall: {timezone: ../../etc/passwd}\n",
      "f:1: hall.timezone: found \"../../etc/passwd\"; allowed an IANA time zone that this system "
      "has, such as Asia/Shanghai" },
    { "hall:\n  nmae: x\n", "f:2: hall.nmae: unknown key; did you mean name?" },
    { "camera: []\n", "f:1: camera: unknown key; did you mean cameras?" },
    { "relay: {zzzzzzzzz: 1}\n",
      "f:1: relay.zzzzzzzzz: unknown key; allowed address, port, user, password" },
    { "hall: {id: a, id: b}\n", "f:1: hall.id: found twice; allowed once" },
    { "hall: [a]\n", "f:1: hall: found a list; allowed keys with values" },
    { "- a\n", "f:1: found a list; allowed keys with values such as hall:" },
    { "[a]: b\n", "f:1: found a key that is not a word" },
    { "door:\n  port: 80x\n",
      "f:2: door.port: found \"80x\"; allowed a whole number from 1 to 65535" },
    { "door: {port: 0}\n", "f:1: door.port: found \"0\"; allowed a whole number from 1 to 65535" },
    { "door: {port: 65536}\n",
      "f:1: door.port: found \"65536\"; allowed a whole number from 1 to 65535" },
    { "door: {port: [1]}\n",
      "f:1: door.port: found a list; allowed a whole number from 1 to 65535" },
    { "door: {address: localhost}\n",
      "f:1: door.address: found \"localhost\"; allowed an IP address of this machine, 0.0.0.0 for "
      "all or 127.0.0.1 for this machine only" },
    { "door:\n  certificate: a.pem\n",
      "f:2: door.key: is missing; it must be given together with door.certificate" },
    { "door:\n  key: a.pem\n",
      "f:2: door.certificate: is missing; it must be given together with door.key" },
    { "door: {certificate: \"a\\\"b\", key: k}\n",
      "f:1: door.certificate: found \"a\"b\"; allowed a path without quotes, backslashes and $ ; { "
      "}; a relative one starts at this file's folder" },
    { "door: {port: 9000}\nrelay:\n  port: 9000\n",
      "f:3: relay.port: found 9000, which is also door.port; allowed a port of its own" },
    { "broker:\n  port: 8443\n",
      "f:2: broker.port: found 8443, which is also door.port; allowed a port of its own" },
    { "relay: {password: tooshor}\n",
      "f:1: relay.password: found a text that is not shown; allowed 8 to 64 characters in one "
      "line" },
    { "storage: {quota_gb: 1.5x}\n",
      "f:1: storage.quota_gb: found \"1.5x\"; allowed a number of gigabytes from 0 to 1000000" },
    { "storage: {quota_gb: .}\n",
      "f:1: storage.quota_gb: found \".\"; allowed a number of gigabytes from 0 to 1000000" },
    { "storage: {days: 0}\n",
      "f:1: storage.days: found \"0\"; allowed a whole number from 1 to 3650" },
    { "office_hours:\n  mon: [\"12:00-08:30\"]\n",
      "f:2: office_hours.mon: found \"12:00-08:30\"; allowed a list of at most 4 spans from 00:00 "
      "to 24:00, in order and not overlapping, such as [\"08:30-12:00\", \"13:30-17:30\"]" },
    { "office_hours:\n  mon: [\"13:30-17:30\",\n    \"08:30-12:00\"]\n",
      "f:3: office_hours.mon: found \"08:30-12:00\"; allowed a list of at most 4 spans from 00:00 "
      "to 24:00, in order and not overlapping, such as [\"08:30-12:00\", \"13:30-17:30\"]" },
    { "office_hours: {sun: [\"08:60-12:00\"]}\n",
      "f:1: office_hours.sun: found \"08:60-12:00\"; allowed a list of at most 4 spans from 00:00 "
      "to 24:00, in order and not overlapping, such as [\"08:30-12:00\", \"13:30-17:30\"]" },
    { "counters:\n  - {id: c1, name: A}\n  - {id: c1, name: B}\n",
      "f:3: counters[1].id: found \"c1\", which line 2 has already; allowed an id of its own" },
    { "counters: [{id: c1, name: A, kind: big}]\n",
      "f:1: counters[0].kind: found \"big\"; allowed general, frequent, advice, pickup, tidal or "
      "complaint" },
    { "counters:\n  - id: c1\n", "f:2: counters[0].name: is missing; it must be given" },
    { "counters: {id: c1}\n", "f:1: counters: found keys with values; allowed a list" },
    { "counters: [c1]\n", "f:1: counters[0]: found a single value; allowed keys with values" },
    { "pads:\n  - id: p1\n    counter: c9\n",
      "f:3: pads[0].counter: found \"c9\"; allowed the id of a counter in the list counters" },
    { "cameras:\n  - {id: a, name: A, url: \"rtsp://h/1\", counters: [c9]}\n",
      "f:2: cameras[0].counters: found \"c9\"; allowed the id of a counter in the list counters" },
    { "cameras: [{id: a, name: A, url: \"http://u:secret@h/1\"}]\n",
      "f:1: cameras[0].url: found \"http://***@h/1\"; allowed "
      "rtsp://[user:password@]host[:port]/path or file:/path" },
    { "cameras: [{id: a, name: A, url: \"rtsp://u:p@:554/1\"}]\n",
      "f:1: cameras[0].url: found \"rtsp://***@:554/1\"; allowed "
      "rtsp://[user:password@]host[:port]/path or file:/path" },
    { "cameras: [{id: a, name: A, url: \"rtsp://h/1\", transport: TCP}]\n",
      "f:1: cameras[0].transport: found \"TCP\"; allowed tcp or udp, or auto: udp, and tcp "
      "where that does not come through" },
    { "cameras: [{id: a, name: A, url: \"rtsp://h/1\", reader: ffmpeg}]\n",
      "f:1: cameras[0].reader: found \"ffmpeg\"; allowed rtsp or libav" },
    { "cameras: [{id: a, name: A, url: \"rtsp://h/1\", record: 1}]\n",
      "f:1: cameras[0].record: found \"1\"; allowed true or false (also yes, no, on, off)" },
    { "province:\n  headers: [\"X-Key: ${phone}\"]\n",
      "f:2: province.headers: found a text that is not shown; allowed a list of at most 20 headers "
      "such as [\"X-App: ${app_id}\"], which may have the places ${app_id}, ${timestamp}, "
      "${message} "
      "and ${signature}" },
    { "hall: &a {id: x}\n", "f:1: found an anchor or alias (& or *); allowed plain values; quote a "
                            "text that begins so" },
    { "hall:\n  id: *a\n", "f:2: found an anchor or alias (& or *); allowed plain values; quote a "
                           "text that begins so" },
    { "a: [[[[[[[[[[]]]]]]]]]]\n", "f:1: found 9 levels of nesting; allowed 8" },
    { "hall: {id: a}\n---\nhall: {id: b}\n", "f:2: found a second document (---); allowed one" },
    { "counters: [{id: c1, name: A}]\npads:\n  - {id: desk, counter: c1}\n",
      "f:3: pads[0]: found \"desk\", which the box itself uses; allowed another id" },
    { "hall:\n  name: \"\xff\"\n", "f:2: found bytes that are not UTF-8; save the file as UTF-8" },
    { "hall:\n  name: \"a\\u0007b\"\n",
      "f:2: hall.name: found \"a\ab\"; allowed 1 to 100 characters in one line" },
};

static void test_bad_rows(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bad_rows); i++) {
        g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(Config) config = NULL;
        assert_int_equal(
            config_parse("f", bad_rows[i].text, strlen(bad_rows[i].text), errors, &config),
            -EINVAL);
        assert_null(config);
        for (guint j = 1; j < errors->len; j++)
            print_error("row %zu: also %s\n", i, (char *)errors->pdata[j]);
        assert_int_equal(errors->len, 1);
        assert_string_equal(errors->pdata[0], bad_rows[i].error);
    }
}

static void test_yaml_error_has_its_line(void **state)
{
    static const char text[] = "hall:\n  id: a\n bad indent: [\n";
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Config) config = NULL;
    assert_int_equal(config_parse("f", text, strlen(text), errors, &config), -EINVAL);
    assert_int_equal(errors->len, 1);
    assert_true(g_str_has_prefix(errors->pdata[0], "f:3: is not YAML: "));
}

static void test_errors_are_collected(void **state)
{
    static const char text[] = "door:\n  port: x\nrelay:\n  prot: 1\npads:\n  - id: P\n";
    static const char *const lines[] = { "f:2: door.port:", "f:4: relay.prot:", "f:6: pads[0].id:",
                                         "f:6: pads[0].counter: is missing" };
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Config) config = NULL;
    assert_int_equal(config_parse("f", text, strlen(text), errors, &config), -EINVAL);
    assert_int_equal(errors->len, G_N_ELEMENTS(lines));
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
        assert_true(g_str_has_prefix(errors->pdata[i], lines[i]));
}

static void test_errors_are_bounded(void **state)
{
    g_autoptr(GString) text = g_string_new("pads:\n");
    for (int i = 0; i < 400; i++)
        g_string_append(text, " - {id: P, counter: Q}\n");
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Config) config = NULL;
    assert_int_equal(config_parse("f", text->str, text->len, errors, &config), -EINVAL);
    assert_int_equal(errors->len, 51);
    assert_string_equal(errors->pdata[50], "f: and 750 more");
}

static void test_size_is_bounded(void **state)
{
    g_autofree char *text = g_malloc(1024 * 1024 + 1);
    memset(text, '#', 1024 * 1024 + 1);
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Config) config = NULL;
    assert_int_equal(config_parse("f", text, 1024 * 1024 + 1, errors, &config), -EINVAL);
    assert_string_equal(errors->pdata[0], "f: found 1048577 bytes; allowed 1048576");
}

static Config *parse_good(const char *text)
{
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    Config *config = NULL;
    int err = config_parse("/etc/hw/f.yaml", text, strlen(text), errors, &config);
    if (errors->len)
        print_error("%s\n", (char *)errors->pdata[0]);
    assert_int_equal(err, 0);
    return config;
}

static void test_defaults(void **state)
{
    g_autoptr(Config) config = parse_good("");
    assert_string_equal(config->hall.id, "hall");
    assert_string_equal(config->hall.zone, "Asia/Shanghai");
    assert_string_equal(config->door.address, "0.0.0.0");
    assert_int_equal(config->door.port, 8443);
    assert_int_equal(config->broker.port, 8883);
    assert_int_equal(config->broker.plain_port, 1883);
    assert_int_equal(config->relay.port, 8554);
    assert_string_equal(config->relay.user, "county");
    assert_null(config->relay.password);
    assert_null(config->storage.path);
    assert_int_equal(config->storage.quota_mb, 0);
    assert_int_equal(config->storage.free_mb, 1024);
    assert_int_equal(config->storage.days, 30);
    assert_int_equal(config->storage.segment_seconds, 60);
    assert_int_equal(config->hours.n_spans[0], 2);
    assert_int_equal(config->hours.spans[4][1].from, 13 * 60 + 30);
    assert_int_equal(config->hours.n_spans[5], 0);
    assert_int_equal(config->rules.yellow_days_left, 1);
    assert_int_equal(config->rules.clip_after_seconds, 30);
    assert_int_equal(config->cameras->len, 0);
}

static const char full[] =
    "hall: {id: lx-01, name: 某某镇便民服务中心, timezone: Asia/Urumqi}\n"
    "door: {address: \"::\", port: 443, certificate: tls/a.pem, key: /k/a.key}\n"
    "storage: {path: ../rec, quota_gb: 0.5, free_gb: 2}\n"
    "office_hours: {sat: [\"09:00-24:00\"], workdays: [\"09:00-17:00\"], wed: [], mon: }\n"
    "calendar: days.tsv\n"
    "pads: [{id: p1, counter: c1}]\n" // before the counters that it names
    "cameras:\n"
    "  - id: cam1\n"
    "    name: 一号窗口\n"
    "    url: \"rtsp://u:p@ss/w@10.0.0.8:554/h264?ch=1\"\n"
    "    sub_url: file:clips/a.mp4\n"
    "    transport: udp\n"
    "    counters: [c1, c2]\n"
    "    record: off\n"
    "    relay: No\n"
    "    audio: yes\n"
    "  - {id: cam2, name: B, url: rtsp://h, counters: [c2]}\n"
    "counters:\n"
    "  - {id: c1, name: 1, kind: tidal}\n"
    "  - {id: c2, name: \"2\"}\n";

static void test_full(void **state)
{
    g_autoptr(Config) config = parse_good(full);
    assert_string_equal(config->hall.name, "某某镇便民服务中心");
    assert_string_equal(config->door.certificate, "/etc/hw/tls/a.pem");
    assert_string_equal(config->door.key, "/k/a.key");
    assert_string_equal(config->storage.path, "/etc/rec");
    assert_int_equal(config->storage.quota_mb, 512);
    assert_int_equal(config->storage.free_mb, 2048);
    assert_string_equal(config->calendar, "/etc/hw/days.tsv");
    const ConfigCamera *camera = config_camera(config, "cam1");
    assert_string_equal(camera->url, "rtsp://u:p@ss/w@10.0.0.8:554/h264?ch=1");
    assert_string_equal(camera->sub_url, "file:/etc/hw/clips/a.mp4");
    assert_int_equal(camera->transport, TRANSPORT_UDP);
    assert_false(camera->record);
    assert_false(camera->relay);
    assert_true(camera->audio);
    assert_int_equal(g_strv_length(camera->counters), 2);
    assert_int_equal(config_counter(config, "c1")->kind, COUNTER_TIDAL);
    assert_string_equal(config_counter_kind_name(COUNTER_TIDAL), "tidal");
    assert_string_equal(config_pad(config, "p1")->counter, "c1");
    assert_null(config_pad(config, "p2"));
    assert_null(config_camera_of_counter(config, "c1")); // cam1 does not record
    assert_ptr_equal(config_camera_of_counter(config, "c2"), config_camera(config, "cam2"));
}

static void test_office_hours(void **state)
{
    g_autoptr(Config) config = parse_good(full);
    assert_int_equal(config->hours.n_spans[0], 1); // an empty key leaves workdays' value
    assert_int_equal(config->hours.spans[0][0].from, 9 * 60);
    assert_int_equal(config->hours.n_spans[2], 0);
    assert_int_equal(config->hours.spans[5][0].to, 24 * 60);
    assert_int_equal(config->hours.n_spans[6], 0);
}

static void test_camera_equal(void **state)
{
    g_autoptr(Config) a = parse_good(full);
    g_autofree char *changed = g_strdup(full);
    strstr(changed, "[c1, c2]")[2] = '2'; // [c2, c2] is refused, so make it [c2, c1]
    strstr(changed, "[c2, c2]")[6] = '1';
    g_autoptr(Config) b = parse_good(full);
    g_autoptr(Config) c = parse_good(changed);
    assert_true(config_camera_equal(config_camera(a, "cam1"), config_camera(b, "cam1")));
    assert_false(config_camera_equal(config_camera(a, "cam1"), config_camera(c, "cam1")));
    assert_true(config_camera_equal(config_camera(a, "cam2"), config_camera(c, "cam2")));
    // How long it is kept is no matter of the connection.
    static const char SHORT[] = "cameras:\n  - {id: cam1, name: A, url: 'rtsp://h/a', days: 7}\n";
    static const char LONG[] = "cameras:\n  - {id: cam1, name: A, url: 'rtsp://h/a', days: 90}\n";
    g_autoptr(Config) d = parse_good(SHORT);
    g_autoptr(Config) e = parse_good(LONG);
    assert_int_equal(config_camera(d, "cam1")->days, 7);
    assert_true(config_camera_equal(config_camera(d, "cam1"), config_camera(e, "cam1")));
}

static void test_copy_keeps_folder(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("hallwatch-config-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.yaml", NULL);
    g_autofree char *run = g_build_filename(folder, "run", NULL);
    g_autofree char *copy = g_build_filename(run, "hallwatch.yaml", NULL);
    g_autofree char *wanted = g_build_filename(folder, "days.tsv", NULL);
    static const char text[] = "\xEF\xBB\xBFhall: {id: a}\ncalendar: days.tsv\n";
    assert_int_equal(g_mkdir(run, 0700), 0);
    assert_true(g_file_set_contents(path, text, -1, NULL));

    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Config) config = NULL, again = NULL;
    assert_int_equal(config_put_in_force(path, NULL, copy, errors, &config), 0);
    assert_string_equal(config->calendar, wanted);
    assert_int_equal(config_load(copy, errors, &again), 0);
    assert_string_equal(again->calendar, wanted);

    assert_true(g_file_set_contents(path, "hall: {id: A}\n", -1, NULL));
    g_autoptr(Config) refused = NULL, kept = NULL;
    assert_int_equal(config_put_in_force(path, NULL, copy, errors, &refused), -EINVAL);
    assert_int_equal(errors->len, 1);
    assert_int_equal(config_load(copy, errors, &kept), 0);
    assert_string_equal(kept->hall.id, "a");
    g_unlink(path);
    g_unlink(copy);
    g_rmdir(run);
    g_rmdir(folder);
}

static void test_reload_refuses_what_start_applies(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("hallwatch-config-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.yaml", NULL);
    g_autofree char *error = g_strconcat(
        path, ": door.port: is changed, which a reload cannot apply; stop and start the box", NULL);
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Config) in_force = parse_good(""), live = NULL, refused = NULL;
    assert_true(
        g_file_set_contents(path, "storage: {days: 3}\nrules: {yellow_days_left: 2}\n", -1, NULL));
    assert_int_equal(config_load_next(path, in_force, errors, &live), 0);
    assert_int_equal(live->storage.days, 3);
    assert_true(g_file_set_contents(path, "door: {port: 1234}\n", -1, NULL));
    assert_int_equal(config_load_next(path, in_force, errors, &refused), -EINVAL);
    assert_null(refused);
    assert_int_equal(errors->len, 1);
    assert_string_equal(errors->pdata[0], error);
    g_unlink(path);
    g_rmdir(folder);
}

static void test_missing_file(void **state)
{
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Config) config = NULL;
    assert_int_equal(config_load("/nonexistent/a.yaml", errors, &config), -ENOENT);
    assert_string_equal(errors->pdata[0],
                        "/nonexistent/a.yaml: cannot be read: No such file or directory");
}

// The file that is shipped is good and says what the table's defaults are.
static void test_shipped_file(void **state)
{
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Config) config = NULL, defaults = parse_good("");
    int err = config_load(SOURCE_DIR "/packaging/hallwatch.yaml", errors, &config);
    if (errors->len)
        print_error("%s\n", (char *)errors->pdata[0]);
    assert_int_equal(err, 0);
    assert_memory_equal(&config->hours, &defaults->hours, sizeof(config->hours));
    assert_memory_equal(&config->rules, &defaults->rules, sizeof(config->rules));
    assert_int_equal(config->door.port, defaults->door.port);
    assert_int_equal(config->storage.days, defaults->storage.days);
    assert_int_equal(config->storage.free_mb, defaults->storage.free_mb);
    assert_int_equal(config->cameras->len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_rows),
        cmocka_unit_test(test_yaml_error_has_its_line),
        cmocka_unit_test(test_errors_are_collected),
        cmocka_unit_test(test_errors_are_bounded),
        cmocka_unit_test(test_size_is_bounded),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_office_hours),
        cmocka_unit_test(test_camera_equal),
        cmocka_unit_test(test_copy_keeps_folder),
        cmocka_unit_test(test_reload_refuses_what_start_applies),
        cmocka_unit_test(test_missing_file),
        cmocka_unit_test(test_shipped_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
