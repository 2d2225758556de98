// SPDX-License-Identifier: Apache-2.0
#include "mqtt/pad_registry.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define NOW 1795482723120LL // 2026-11-24T09:12:03.120+08:00

static const char two_pads[] = "hall: {id: h1, name: Hall}\n"
                               "counters: [{id: c1, name: One}, {id: c2, name: Two}]\n"
                               "pads: [{id: p1, counter: c1}, {id: p2, counter: c2}]\n";
static const char moved[] = "hall: {id: h1, name: Hall}\n"
                            "counters: [{id: c1, name: One}, {id: c2, name: Two}]\n"
                            "pads: [{id: p3, counter: c1}, {id: p1, counter: c2}]\n";

static Config *config_of(const char *text)
{
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    Config *config = NULL;
    if (config_parse("test", text, strlen(text), errors, &config) < 0)
        fail_msg("%s", (char *)g_ptr_array_index(errors, 0));
    return config;
}

static PadRegistry *registry_of(const char *text)
{
    g_autoptr(Config) config = config_of(text);
    return pad_registry_new(config, NOW);
}

static void assert_pad(PadRegistry *registry, const char *id, const char *expected)
{
    json_t *pad = pad_registry_get(registry, id);
    g_autofree char *text = json_dumps(pad, JSON_COMPACT);
    assert_string_equal(text, expected);
    json_decref(pad);
}

static void a_pad_begins_offline_and_unknown(void **state)
{
    g_autoptr(PadRegistry) registry = registry_of(two_pads);
    assert_pad(registry, "p1",
               "{\"id\":\"p1\",\"counter\":\"c1\",\"online\":false,"
               "\"since_at\":\"2026-11-24T09:12:03.120+08:00\",\"queue\":0,\"battery\":null,"
               "\"skew_ms\":null}");
    assert_null(pad_registry_get(registry, "p9"));
    assert_null(pad_registry_counter(registry, "p9"));
}

static void only_a_change_is_a_change(void **state)
{
    g_autoptr(PadRegistry) registry = registry_of(two_pads);
    assert_true(pad_registry_set_online(registry, "p1", true, NOW + 1000));
    assert_false(pad_registry_set_online(registry, "p1", true, NOW + 2000));
    assert_false(pad_registry_set_online(registry, "p9", true, NOW));
    PadTele tele = { .queue = 4, .battery = 80, .clock_ms = NOW + 130500 };
    assert_true(pad_registry_set_tele(registry, "p1", &tele, NOW));
    tele.clock_ms += 40; // the network's jitter
    assert_false(pad_registry_set_tele(registry, "p1", &tele, NOW));
    assert_false(pad_registry_set_tele(registry, "p9", &tele, NOW));
    assert_pad(registry, "p1",
               "{\"id\":\"p1\",\"counter\":\"c1\",\"online\":true,"
               "\"since_at\":\"2026-11-24T09:12:04.120+08:00\",\"queue\":4,\"battery\":80,"
               "\"skew_ms\":130540}");
}

static void online_pads_are_found_by_counter(void **state)
{
    g_autoptr(PadRegistry) registry = registry_of(two_pads);
    pad_registry_set_online(registry, "p2", true, NOW);
    g_autoptr(GPtrArray) at_one = pad_registry_at(registry, "c1", true);
    g_autoptr(GPtrArray) at_two = pad_registry_at(registry, "c2", true);
    g_autoptr(GPtrArray) all = pad_registry_at(registry, NULL, false);
    assert_int_equal(at_one->len, 0);
    assert_int_equal(at_two->len, 1);
    assert_string_equal(g_ptr_array_index(at_two, 0), "p2");
    assert_int_equal(all->len, 2);
    pad_registry_set_all_offline(registry, NOW + 1);
    g_autoptr(GPtrArray) after = pad_registry_at(registry, NULL, true);
    assert_int_equal(after->len, 0);
}

static void another_config_keeps_what_stays(void **state)
{
    g_autoptr(PadRegistry) registry = registry_of(two_pads);
    g_autoptr(Config) config = config_of(moved);
    pad_registry_set_online(registry, "p1", true, NOW);
    g_autoptr(GPtrArray) gone = pad_registry_apply(registry, config, NOW + 5000);
    assert_int_equal(gone->len, 1);
    assert_string_equal(g_ptr_array_index(gone, 0), "p2");
    g_autofree char *counter = pad_registry_counter(registry, "p1");
    assert_string_equal(counter, "c2");
    json_t *pads = pad_registry_list(registry);
    assert_int_equal(json_array_size(pads), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(pads, 0), "id")), "p3");
    assert_true(json_is_true(json_object_get(json_array_get(pads, 1), "online")));
    json_decref(pads);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pad_begins_offline_and_unknown),
        cmocka_unit_test(only_a_change_is_a_change),
        cmocka_unit_test(online_pads_are_found_by_counter),
        cmocka_unit_test(another_config_keeps_what_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
