// SPDX-License-Identifier: Apache-2.0
#include "mqtt/eye_message.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <errno.h>
#include <glib.h>

#define AT "'at':'2026-11-24T09:12:03.120+08:00'"

static char *json(const char *text)
{
    return g_strdelimit(g_strdup(text), "'", '"');
}

static void what_is_taken(void **state)
{
    static const struct {
        const char *text, *kind, *place;
        int value, confidence, valid_s;
    } rows[] = {
        { "{'v':1," AT ",'kind':'empty','counter':'c1','confidence':87,'valid':60}", "empty", "c1",
          EYE_NO_VALUE, 87, 60 },
        { "{'v':1," AT ",'kind':'staffed','counter':'c1','value':2}", "staffed", "c1", 2, 100, 30 },
        { "{'v':1," AT ",'kind':'queue','counter':'c1','value':0}", "queue", "c1", 0, 100, 30 },
        { "{'v':1," AT ",'kind':'people','zone':'waiting','value':31}", "people", "waiting", 31,
          100, 30 },
        { "{'v':1," AT ",'kind':'moved','counter':null,'more':[1]}", "moved", "", EYE_NO_VALUE, 100,
          30 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        EyeObservation seen;
        char error[200] = "";
        g_autofree char *text = json(rows[i].text);
        if (eye_observation_parse(text, strlen(text), &seen, error) != 0)
            fail_msg("%s: %s", text, error);
        assert_string_equal(seen.kind, rows[i].kind);
        assert_string_equal(seen.place, rows[i].place);
        assert_int_equal(seen.value, rows[i].value);
        assert_int_equal(seen.confidence, rows[i].confidence);
        assert_int_equal(seen.valid_s, rows[i].valid_s);
        assert_true(seen.at_ms == INT64_C(1795482723120));
    }
}

static void what_is_refused(void **state)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        { "", "" },
        { "[]", "" },
        { "{'v':2," AT ",'kind':'empty','counter':'c1'}", "v is 2" },
        { "{'v':1,'kind':'empty','counter':'c1'}", "at is missing" },
        { "{'v':1," AT ",'kind':'asleep','counter':'c1'}", "asleep" },
        { "{'v':1," AT ",'kind':'aaaaaaaaaaaaaaaaaaaaaaaaa','counter':'c1'}", "kind" },
        { "{'v':1," AT ",'kind':'empty'}", "counter is missing" },
        { "{'v':1," AT ",'kind':'empty','counter':'c1','zone':'hall'}", "zone" },
        { "{'v':1," AT ",'kind':'moved','counter':'c1'}", "counter" },
        { "{'v':1," AT ",'kind':'people','zone':'waiting'}", "value is missing" },
        { "{'v':1," AT ",'kind':'people','zone':'../x','value':1}", "zone" },
        { "{'v':1," AT ",'kind':'people','zone':'waiting','value':10001}", "value" },
        { "{'v':1," AT ",'kind':'people','zone':'waiting','value':-1}", "value" },
        { "{'v':1," AT ",'kind':'empty','counter':'c1','confidence':0.9}", "confidence" },
        { "{'v':1," AT ",'kind':'empty','counter':'c1','valid':601}", "valid" },
        { "{'v':1," AT ",'kind':'empty','kind':'staffed','counter':'c1'}", "" },
        { "{'v':1,'at':-5,'kind':'empty','counter':'c1'}", "at" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        EyeObservation seen;
        char error[200] = "";
        g_autofree char *text = json(rows[i].text);
        assert_int_equal(eye_observation_parse(text, strlen(text), &seen, error), -EINVAL);
        if (!error[0] || !strstr(error, rows[i].why))
            fail_msg("%s: \"%s\"", text, error);
    }
    EyeObservation seen;
    char error[200];
    g_autofree char *large = g_strnfill(EYE_MESSAGE_MAX + 1, ' ');
    assert_int_equal(eye_observation_parse(large, strlen(large), &seen, error), -EINVAL);
}

static void topics(void **state)
{
    static const struct {
        const char *topic, *camera;
    } rows[] = {
        { "hall/v1/h1/video/cam1/obs", "cam1" },
        { "hall/v1/h1/video/cam1/obs/x", NULL },
        { "hall/v1/h1/video//obs", NULL },
        { "hall/v1/h1/video/Cam1/obs", NULL },
        { "hall/v1/h2/video/cam1/obs", NULL },
        { "hall/v1/h1/pad1/up/rating", NULL },
        { "hall/v1/h1/video/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/obs", NULL },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char camera[EYE_CAMERA_MAX + 1];
        assert_int_equal(eye_topic_parse("h1", rows[i].topic, camera), rows[i].camera != NULL);
        assert_string_equal(camera, rows[i].camera ? rows[i].camera : "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_taken),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(topics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
