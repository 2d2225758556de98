// SPDX-License-Identifier: Apache-2.0
#include "mqtt/queue_message.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

// ' stands for ".
static int parse(const char *text, QueueMessage *message, PadBad *bad)
{
    g_autofree char *json = g_strdup(text);
    g_strdelimit(json, "'", '"');
    return queue_message_parse(json, strlen(json), message, bad);
}

#define HEAD "{'v':1,'id':'m1','ticket':'t1','number':'A1','event':'called'"

static void test_when_it_happened(void **state)
{
    static const struct {
        const char *text;
        int64_t at;
    } rows[] = {
        { HEAD "}", 5000000 },
        { HEAD ",'age':2000}", 4998000 },
        { HEAD ",'at':4000000}", 4000000 },
        { HEAD ",'at':9000000}", 5000000 },            // its clock is ahead
        { HEAD ",'at':4000000,'age':1000}", 4999000 }, // an age goes before a clock
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        QueueMessage message;
        PadBad bad;
        assert_int_equal(parse(rows[i].text, &message, &bad), 0);
        assert_true(queue_message_at(&message, 5000000) == rows[i].at);
        assert_string_equal(message.event, "called");
        queue_message_done(&message);
    }
}

static void test_what_is_refused(void **state)
{
    static const struct {
        const char *text, *id, *why;
    } rows[] = {
        { "", "", "JSON" },
        { "[]", "", "object" },
        { "{'v':2,'id':'m1'}", "m1", "v" },
        { "{'v':1,'id':'m1','number':'A1','event':'called'}", "m1", "ticket" },
        { "{'v':1,'id':'m1','ticket':'t 1','number':'A1','event':'called'}", "m1", "ticket" },
        { "{'v':1,'id':'m1','ticket':'t1','number':'','event':'called'}", "m1", "number" },
        { "{'v':1,'id':'m1','ticket':'t1','number':'A1','event':'danced'}", "m1", "event" },
        { "{'v':1,'id':'m1','ticket':'t1','number':'A1','event':'called','at':'soon'}", "m1",
          "at" },
        { "{'v':1,'id':'m1','ticket':'t1','number':'A1','event':'called','age':-1}", "m1", "age" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        QueueMessage message;
        PadBad bad;
        assert_int_equal(parse(rows[i].text, &message, &bad), -EINVAL);
        assert_string_equal(bad.id, rows[i].id);
        if (!strstr(bad.why, rows[i].why))
            fail_msg("%s: %s", rows[i].text, bad.why);
    }
}

static void test_the_size_is_capped(void **state)
{
    g_autofree char *filling = g_strnfill(PAD_MESSAGE_MAX, 'x');
    g_autofree char *text = g_strdup_printf(HEAD ",'case':'%s'}", filling);
    QueueMessage message;
    PadBad bad;
    assert_int_equal(parse(text, &message, &bad), -EINVAL);
    assert_true(bad.why[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_when_it_happened),
        cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_the_size_is_capped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
