// SPDX-License-Identifier: Apache-2.0
#include "mqtt/pad_message.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <errno.h>
#include <glib.h>

#define ID "6f1c2d3e-4a5b-4c6d-8e7f-901234567890"

// --- ratings

// A whole good rating in which one field is replaced, left out (value NULL), or added.
static char *rating_with(const char *key, const char *value)
{
    static const struct {
        const char *key, *value;
    } fields[] = {
        { "v", "1" },
        { "id", "\"" ID "\"" },
        { "boot", "\"b71\"" },
        { "seq", "118" },
        { "inv", "\"i-1\"" },
        { "lvl", "2" },
        { "tags", "[\"213\",\"207\"]" },
        { "text", "\"等了很久\"" },
        { "t", "\"2026-11-24T09:12:03.120+08:00\"" },
        { "age", "4210" },
        { "clk", "\"ntp\"" },
    };
    GString *text = g_string_new("{");
    bool is_known = false;
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        bool is_this = key && strcmp(key, fields[i].key) == 0;
        const char *used = is_this ? value : fields[i].value;
        is_known |= is_this;
        if (used)
            g_string_append_printf(text, "%s\"%s\":%s", text->len > 1 ? "," : "", fields[i].key,
                                   used);
    }
    if (key && !is_known)
        g_string_append_printf(text, ",\"%s\":%s", key, value);
    return g_string_free(g_string_append_c(text, '}'), FALSE);
}

static void a_whole_rating_is_read(void **state)
{
    PadRating rating;
    PadBad bad;
    g_autofree char *text = rating_with(NULL, NULL);
    assert_int_equal(pad_rating_parse(text, strlen(text), &rating, &bad), 0);
    assert_string_equal(rating.id, ID);
    assert_string_equal(rating.boot, "b71");
    assert_int_equal(rating.seq, 118);
    assert_string_equal(rating.invitation, "i-1");
    assert_int_equal(rating.level, 2);
    assert_int_equal(rating.n_tags, 2);
    assert_string_equal(rating.tags[1], "207");
    assert_string_equal(rating.text, "等了很久");
    assert_int_equal(rating.clock_ms, 1795482723120);
    assert_int_equal(rating.age_ms, 4210);
    assert_string_equal(rating.clock_kind, "ntp");
    pad_rating_done(&rating);
}

// why: NULL for a rating that must be taken, else what the answer must say.
typedef struct {
    const char *key, *value, *why;
} Row;

static const Row rows[] = {
    { "v", "2", "v is 2" },
    { "v", NULL, "v is missing" },
    { "v", "\"1\"", "v must be a whole number" },
    { "id", NULL, "id is missing" },
    { "id", "17", "id must be text" },
    { "id", "\"\"", "id is empty" },
    { "id", "\"118\"", "id must be a UUID" },
    { "id", "\"6F1C2D3E-4a5b-4c6d-8e7f-901234567890\"", "id must be a UUID" },
    { "boot", NULL, "boot is missing" },
    { "boot", "\"123456789012345678901234567890123\"", "boot has 33 bytes" },
    { "seq", NULL, "seq is missing" },
    { "seq", "-1", "seq is -1" },
    { "seq", "9007199254740992", "seq is 9007199254740992" },
    { "seq", "9007199254740991", NULL },
    { "seq", "1.5", "seq must be a whole number" },
    { "inv", NULL, NULL },
    { "inv", "null", NULL },
    { "inv", "\"\"", NULL },
    { "inv", "{}", "inv must be text" },
    { "lvl", "0", "lvl is 0" },
    { "lvl", "6", "lvl is 6" },
    { "lvl", "2.0", "lvl must be a whole number" },
    { "lvl", "true", "lvl must be a whole number" },
    { "lvl", NULL, "lvl is missing" },
    { "tags", NULL, NULL },
    { "tags", "[]", NULL },
    { "tags", "\"213\"", "tags must be a list" },
    { "tags", "[213]", "tags: entry 1" },
    { "tags", "[\"213\",\"\"]", "tags: entry 2" },
    { "tags", "[\"123456789\"]", "tags: entry 1" },
    { "tags", "[\"2;3\"]", "tags: entry 1" },
    { "tags", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]", "tags has 17 entries" },
    { "text", NULL, NULL },
    { "text", "7", "text must be text" },
    { "t", NULL, NULL },
    { "t", "\"yesterday\"", "t must be a time" },
    { "t", "253402300800000", "t is beyond the year 9999" },
    { "age", NULL, "age is missing" },
    { "age", "-1", "age is -1" },
    { "age", "\"4210\"", "age must be a whole number" },
    { "clk", NULL, NULL },
    { "clk", "\"gps\"", "clk is \"gps\"" },
    { "extra", "[[[{}]]]", NULL },
};

static void each_field_is_checked(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        PadRating rating;
        PadBad bad;
        g_autofree char *text = rating_with(rows[i].key, rows[i].value);
        int err = pad_rating_parse(text, strlen(text), &rating, &bad);
        if (!rows[i].why) {
            assert_int_equal(err, 0);
            pad_rating_done(&rating);
            continue;
        }
        assert_int_equal(err, -EINVAL);
        if (!strstr(bad.why, rows[i].why))
            fail_msg("row %zu: \"%s\" does not say \"%s\"", i, bad.why, rows[i].why);
        if (strcmp(rows[i].key, "id") != 0)
            assert_string_equal(bad.id, ID);
    }
}

static void an_age_beyond_the_cap_is_the_cap(void **state)
{
    PadRating rating;
    PadBad bad;
    g_autofree char *text = rating_with("age", "9007199254740991");
    assert_int_equal(pad_rating_parse(text, strlen(text), &rating, &bad), 0);
    assert_int_equal(rating.age_ms, PAD_AGE_MAX_MS);
    pad_rating_done(&rating);
}

static char *quoted(size_t size)
{
    char *text = g_malloc(size + 3);
    memset(text, 'x', size + 2);
    text[0] = text[size + 1] = '"';
    text[size + 2] = '\0';
    return text;
}

static void the_text_is_limited_in_bytes(void **state)
{
    PadRating rating;
    PadBad bad;
    g_autofree char *longest = quoted(PAD_TEXT_MAX);
    g_autofree char *good = rating_with("text", longest);
    assert_int_equal(pad_rating_parse(good, strlen(good), &rating, &bad), 0);
    pad_rating_done(&rating);
    g_autofree char *longer = quoted(PAD_TEXT_MAX + 1);
    g_autofree char *refused = rating_with("text", longer);
    assert_int_equal(pad_rating_parse(refused, strlen(refused), &rating, &bad), -EINVAL);
    assert_non_null(strstr(bad.why, "text has 2001 bytes"));
}

static void a_message_that_is_too_large_is_named(void **state)
{
    PadRating rating;
    PadBad bad;
    g_autofree char *large = quoted(PAD_MESSAGE_MAX);
    g_autofree char *text = rating_with("text", large);
    assert_int_equal(pad_rating_parse(text, strlen(text), &rating, &bad), -EINVAL);
    assert_string_equal(bad.id, ID);
    assert_non_null(strstr(bad.why, "at most 8192"));
    g_autofree char *larger = quoted(PAD_MESSAGE_ID_MAX);
    g_autofree char *unread = rating_with("text", larger);
    assert_int_equal(pad_rating_parse(unread, strlen(unread), &rating, &bad), -EINVAL);
    assert_string_equal(bad.id, "");
}

// What no reader of JSON may fall over; sizes because of NUL bytes.
static void hostile_bytes_are_refused_with_an_answer_that_is_json(void **state)
{
    g_autofree char *deep = g_strnfill(6000, '[');
    g_autofree char *deep_object = g_strdup_printf("{\"id\":\"" ID "\",\"x\":%s", deep);
    const struct {
        const char *bytes;
        size_t size;
    } hostile[] = {
        { "", 0 },
        { "\0", 1 },
        { "{", 1 },
        { "[]", 2 },
        { "null", 4 },
        { "{}", 2 },
        { "\xff\xfe{}", 4 },
        { "{\"id\":\"\xc3\x28\"}", 11 },
        { "{\"id\":\"a\\u0000b\"}", 17 },
        { "{\"id\":\"\\ud800\"}", 15 },
        { "{\"v\":1e999}", 11 },
        { "{\"v\":99999999999999999999999}", 29 },
        { "{\"v\":1,\"v\":1}", 13 },
        { "{\"v\":1} {}", 10 },
        { deep, 6000 },
        { deep_object, strlen(deep_object) },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(hostile); i++) {
        PadRating rating;
        PadBad bad;
        assert_int_equal(pad_rating_parse(hostile[i].bytes, hostile[i].size, &rating, &bad),
                         -EINVAL);
        assert_true(bad.why[0] != '\0');
        g_autofree char *answer = pad_bad_text(&bad);
        json_t *json = answer ? json_loads(answer, 0, NULL) : NULL;
        if (!json)
            fail_msg("row %zu has no answer", i);
        assert_true(
            json_is_null(json_object_get(json_array_get(json_object_get(json, "bad"), 0), "id")));
        json_decref(json);
    }
}

// --- the others

static void acks_are_checked(void **state)
{
    static const struct {
        const char *text;
        const char *state; // NULL: refused
    } acks[] = {
        { "{\"v\":1,\"id\":\"c1\",\"inv\":\"i1\",\"state\":\"shown\"}", "shown" },
        { "{\"v\":1,\"inv\":\"i1\",\"state\":\"busy\",\"more\":1}", "busy" },
        { "{\"v\":1,\"inv\":\"i1\",\"state\":\"SHOWN\"}", NULL },
        { "{\"v\":1,\"inv\":\"i1\"}", NULL },
        { "{\"v\":1,\"state\":\"shown\"}", NULL },
        { "{\"inv\":\"i1\",\"state\":\"shown\"}", NULL },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(acks); i++) {
        PadAck ack;
        PadBad bad;
        int err = pad_ack_parse(acks[i].text, strlen(acks[i].text), &ack, &bad);
        assert_int_equal(err, acks[i].state ? 0 : -EINVAL);
        if (err == 0) {
            assert_string_equal(ack.state, acks[i].state);
            assert_string_equal(ack.invitation, "i1");
            pad_ack_done(&ack);
        }
    }
}

static void telemetry_has_defaults_and_limits(void **state)
{
    PadTele tele;
    PadBad bad;
    const char *all = "{\"v\":1,\"queue\":3,\"battery\":80,\"t\":1795482723120,\"clk\":\"rtc\"}";
    assert_int_equal(pad_tele_parse(all, strlen(all), &tele, &bad), 0);
    assert_int_equal(tele.queue, 3);
    assert_int_equal(tele.battery, 80);
    assert_int_equal(tele.clock_ms, 1795482723120);
    assert_string_equal(tele.clock_kind, "rtc");
    const char *least = "{\"v\":1,\"battery\":null}";
    assert_int_equal(pad_tele_parse(least, strlen(least), &tele, &bad), 0);
    assert_int_equal(tele.battery, -1);
    assert_int_equal(tele.queue, 0);
    assert_true(tele.clock_ms == PAD_TIME_UNKNOWN);
    const char *wrong = "{\"v\":1,\"battery\":101}";
    assert_int_equal(pad_tele_parse(wrong, strlen(wrong), &tele, &bad), -EINVAL);
}

static void states_are_checked(void **state)
{
    static const struct {
        const char *text;
        int online; // -1: refused
    } states[] = {
        { "{\"v\":1,\"online\":true,\"boot\":\"b71\",\"fw\":\"1.4\"}", 1 },
        { "{\"v\":1,\"online\":false}", 0 },
        { "{\"online\":false}", 0 },
        { "{\"v\":2,\"online\":true}", -1 },
        { "{\"v\":1}", -1 },
        { "{\"v\":1,\"online\":1}", -1 },
        { "offline", -1 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
        PadState pad;
        PadBad bad;
        int err = pad_state_parse(states[i].text, strlen(states[i].text), &pad, &bad);
        assert_int_equal(err, states[i].online < 0 ? -EINVAL : 0);
        if (err == 0)
            assert_int_equal(pad.is_online, states[i].online);
    }
}

static void topics_name_their_pad(void **state)
{
    static const struct {
        const char *topic;
        PadTopic is;
        const char *pad;
    } topics[] = {
        { "hall/v1/h1/p1/state", PAD_TOPIC_STATE, "p1" },
        { "hall/v1/h1/p1/up/rating", PAD_TOPIC_RATING, "p1" },
        { "hall/v1/h1/p1/up/ack", PAD_TOPIC_ACK, "p1" },
        { "hall/v1/h1/p1/up/tele", PAD_TOPIC_TELE, "p1" },
        { "hall/v1/h1/p1/up/rating/x", PAD_TOPIC_UNKNOWN, "p1" },
        { "hall/v1/h1/p1/down/cmd", PAD_TOPIC_UNKNOWN, "p1" },
        { "hall/v1/h2/p1/up/rating", PAD_TOPIC_UNKNOWN, "" },
        { "hall/v1/h12/p1/up/rating", PAD_TOPIC_UNKNOWN, "" },
        { "hall/v1/h1//up/rating", PAD_TOPIC_UNKNOWN, "" },
        { "hall/v1/h1/p1", PAD_TOPIC_UNKNOWN, "" },
        { "hall/v1/h1", PAD_TOPIC_UNKNOWN, "" },
        { "", PAD_TOPIC_UNKNOWN, "" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(topics); i++) {
        char pad[PAD_ID_MAX + 1];
        assert_int_equal(pad_topic_parse("h1", topics[i].topic, pad), topics[i].is);
        assert_string_equal(pad, topics[i].pad);
    }
}

static void a_pad_name_that_is_too_long_is_none(void **state)
{
    char pad[PAD_ID_MAX + 1];
    g_autofree char *name = g_strnfill(PAD_ID_MAX + 1, 'p');
    g_autofree char *topic = g_strdup_printf("hall/v1/h1/%s/state", name);
    assert_int_equal(pad_topic_parse("h1", topic, pad), PAD_TOPIC_UNKNOWN);
    assert_string_equal(pad, "");
}

// --- down

static void what_goes_down_is_as_documented(void **state)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    g_ptr_array_add(ids, (gpointer)ID);
    g_autofree char *stored = pad_stored_text(ids, NULL);
    assert_string_equal(stored, "{\"v\":1,\"ids\":[\"" ID "\"],\"dup\":[],\"bad\":[]}");

    PadBad bad = { .id = "x", .why = "lvl is 9" };
    g_autofree char *refused = pad_bad_text(&bad);
    assert_string_equal(
        refused, "{\"v\":1,\"ids\":[],\"dup\":[],\"bad\":[{\"id\":\"x\",\"why\":\"lvl is 9\"}]}");

    PadInvite invite = { .id = "c1", .invitation = "i1", .expires_in_s = 60, .case_number = "A-1" };
    g_autofree char *command = pad_invite_text(&invite);
    assert_string_equal(command, "{\"v\":1,\"id\":\"c1\",\"op\":\"invite\",\"inv\":\"i1\","
                                 "\"expires_in\":60,\"case\":\"A-1\",\"item\":null,"
                                 "\"staff\":null}");
    invite.staff_name = "王芳";
    invite.staff_number = "007";
    g_autofree char *with_staff = pad_invite_text(&invite);
    assert_non_null(
        strstr(with_staff, "\"staff\":{\"name\":\"王芳\",\"number\":\"007\",\"photo\":null}"));
}

static void the_revision_follows_the_content(void **state)
{
    PadCfg cfg = {
        .counter_id = "c1", .counter_name = "一号窗口", .hall_id = "h1", .hall_name = "大厅"
    };
    g_autofree char *one = pad_cfg_text(&cfg);
    g_autofree char *same = pad_cfg_text(&cfg);
    cfg.staff_name = "王芳";
    g_autofree char *other = pad_cfg_text(&cfg);
    assert_string_equal(one, same);
    json_t *a = json_loads(one, 0, NULL), *b = json_loads(other, 0, NULL);
    assert_string_not_equal(json_string_value(json_object_get(a, "rev")),
                            json_string_value(json_object_get(b, "rev")));
    json_decref(a);
    json_decref(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_rating_is_read),
        cmocka_unit_test(each_field_is_checked),
        cmocka_unit_test(an_age_beyond_the_cap_is_the_cap),
        cmocka_unit_test(the_text_is_limited_in_bytes),
        cmocka_unit_test(a_message_that_is_too_large_is_named),
        cmocka_unit_test(hostile_bytes_are_refused_with_an_answer_that_is_json),
        cmocka_unit_test(acks_are_checked),
        cmocka_unit_test(telemetry_has_defaults_and_limits),
        cmocka_unit_test(states_are_checked),
        cmocka_unit_test(topics_name_their_pad),
        cmocka_unit_test(a_pad_name_that_is_too_long_is_none),
        cmocka_unit_test(what_goes_down_is_as_documented),
        cmocka_unit_test(the_revision_follows_the_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
