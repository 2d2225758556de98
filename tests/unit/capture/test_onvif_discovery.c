// SPDX-License-Identifier: Apache-2.0
#include "capture/onvif_discovery.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define ID "6f1b1d3c-0000-4000-8000-000000000001"
#define ANSWER(head, scopes)                                                                       \
    head "<S:Envelope xmlns:S='s' xmlns:a='a'><S:Header><a:RelatesTo>uuid:" ID                     \
         "</a:RelatesTo></S:Header><S:Body><d:ProbeMatches xmlns:d='d'><d:ProbeMatch>"             \
         "<a:EndpointReference><a:Address> urn:uuid:dev1 </a:Address></a:EndpointReference>"       \
         "<d:Scopes>" scopes "</d:Scopes></d:ProbeMatch></d:ProbeMatches></S:Body></S:Envelope>"
#define NAME "onvif://www.onvif.org/name/"

static void test_an_answer_tells_the_device(void **state)
{
    g_auto(OnvifMatch) match;
    const char *text = ANSWER("<?xml version='1.0'?>",
                              "onvif://www.onvif.org/type/video " NAME "%E5%8D%97%20gate\n"
                              "onvif://www.onvif.org/hardware/DS-2");
    assert_true(onvif_match_parse(text, strlen(text), ID, &match));
    assert_string_equal(match.endpoint, "urn:uuid:dev1");
    assert_string_equal(match.name, "南 gate");
    assert_string_equal(match.hardware, "DS-2");
}

static void test_what_cannot_be_shown_is_left_out(void **state)
{
    static const char *const rows[] = { ANSWER("", NAME "%00"), ANSWER("", NAME "a%0Ab"),
                                        ANSWER("", NAME "%FF"), ANSWER("", NAME) };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(OnvifMatch) match;
        assert_true(onvif_match_parse(rows[i], strlen(rows[i]), ID, &match));
        assert_null(match.name);
    }
    GString *longer = g_string_new(ANSWER("", NAME "x"));
    g_autofree char *many = g_strnfill(500, 'x');
    g_string_insert(longer, strstr(longer->str, NAME) - longer->str + (gssize)strlen(NAME), many);
    g_auto(OnvifMatch) match;
    assert_true(onvif_match_parse(longer->str, longer->len, ID, &match));
    assert_int_equal(strlen(match.name), 100);
    g_string_free(longer, TRUE);
}

static void test_what_is_no_answer_is_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "<",
        "x",
        "<a/>",
        // Of another question
        "<S><RelatesTo>uuid:other</RelatesTo><ProbeMatch><Address>x</Address></ProbeMatch></S>",
        "<S><RelatesTo>" ID "</RelatesTo><ProbeMatch><Address/></ProbeMatch></S>",
        "<S><RelatesTo>" ID "</RelatesTo><Address>x</Address></S>",
        // With a document type: entities that grow, and one that reads a file
        ANSWER("<!DOCTYPE S [<!ENTITY a 'aaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>", "&b;"),
        ANSWER("<!DOCTYPE S [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>", NAME "&a;"),
        ANSWER("<!DOCTYPE S>", NAME "x"),
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        OnvifMatch match;
        assert_false(onvif_match_parse(rows[i], strlen(rows[i]), ID, &match));
        assert_null(match.endpoint);
    }
    OnvifMatch match;
    g_autofree char *deep = g_malloc(ONVIF_ANSWER_MAX + 1);
    for (size_t i = 0; i + 3 <= ONVIF_ANSWER_MAX; i += 3)
        memcpy(deep + i, "<a>", 3);
    assert_false(onvif_match_parse(deep, ONVIF_ANSWER_MAX / 3 * 3, ID, &match));
    assert_false(onvif_match_parse(deep, ONVIF_ANSWER_MAX + 1, ID, &match));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_answer_tells_the_device),
        cmocka_unit_test(test_what_cannot_be_shown_is_left_out),
        cmocka_unit_test(test_what_is_no_answer_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
