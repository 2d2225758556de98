// SPDX-License-Identifier: Apache-2.0
#include "capture/onvif_answers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#define ANSWER(body) "<a:Envelope xmlns:a='a'><a:Header/><a:Body>" body "</a:Body></a:Envelope>"
#define FAULT(code, reason)                                                                        \
    ANSWER("<a:Fault><a:Code><a:Value>a:Sender</a:Value><a:Subcode><a:Value>ter:" code             \
           "</a:Value></a:Subcode></a:Code><a:Reason><a:Text>" reason "</a:Text></a:Reason>"       \
           "</a:Fault>")
#define TIME(date, time) ANSWER("<r><UTCDateTime>" time date "</UTCDateTime></r>")
#define DATE(y, m, d)    "<Date><Year>" y "</Year><Month>" m "</Month><Day>" d "</Day></Date>"

static SoapAnswer parse(const char *text)
{
    SoapAnswer answer;
    assert_true(soap_answer_parse(text, strlen(text), &answer));
    return answer;
}

static void test_what_is_no_answer(void **state)
{
    static const char *const rows[] = {
        "",
        "<",
        "<a/>",
        "<Envelope/>",
        "<Envelope><Body/></Envelope>",
        "<Envelope><Body>x</Body>",
        "<Body><x/></Body>",
        "<!DOCTYPE Envelope><Envelope><Body><x/></Body></Envelope>",
        "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>"
        "<Envelope><Body><x>&b;</x></Body></Envelope>",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        SoapAnswer answer;
        assert_false(soap_answer_parse(rows[i], strlen(rows[i]), &answer));
        assert_null(answer.document);
    }
}

static void test_what_faults_mean(void **state)
{
    static const struct {
        const char *text;
        SoapFault fault;
    } rows[] = {
        { FAULT("NotAuthorized", "Sender not Authorized"), FAULT_LOGIN },
        { FAULT("InvalidArgVal", "Authentication failed"), FAULT_LOGIN },
        { FAULT("OperationProhibited", "no"), FAULT_FORBIDDEN },
        { FAULT("NotAuthorized", "The user is locked, 10 minutes left"), FAULT_LOCKED },
        { FAULT("AccountLocked", ""), FAULT_LOCKED },
        { FAULT("NotAuthorized", "the clock differs"), FAULT_LOGIN },
        { FAULT("ActionNotSupported", ""), FAULT_OTHER },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(SoapAnswer) answer = parse(rows[i].text);
        assert_true(answer.is_fault);
        assert_int_equal(soap_fault(&answer), rows[i].fault);
    }
    assert_false(soap_is_locked("clock block deadlock unlock"));
    assert_true(soap_is_locked("lockStatus"));
}

static void test_the_time(void **state)
{
    static const struct {
        const char *text;
        int64_t utc_ms; // -1: none
    } rows[] = {
        { TIME(DATE("2026", "11", "24"), "<Hour>1</Hour><Minute>12</Minute><Second>3</Second>"),
          INT64_C(1795482723000) },
        { TIME(DATE("1970", "1", "1"), ""), 0 },
        { TIME(DATE("2026", "2", "31"), ""), -1 },
        { TIME(DATE("-1", "1", "1"), ""), -1 },
        { TIME(DATE("nan", "1", "1"), ""), -1 },
        { TIME(DATE("99999999999999", "1", "1"), ""), -1 },
        { TIME("", ""), -1 },
        { ANSWER("<r/>"), -1 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(SoapAnswer) answer = parse(rows[i].text);
        int64_t utc_ms = -1;
        assert_int_equal(onvif_read_time(&answer, &utc_ms), rows[i].utc_ms >= 0);
        assert_int_equal(utc_ms, rows[i].utc_ms);
    }
}

static void test_profiles_of_both_services(void **state)
{
    static const char *const rows[] = {
        ANSWER(
            "<r><Profiles token='p&amp;1' fixed='1'><Name>main</Name><VideoSourceConfiguration>"
            "<SourceToken>s1</SourceToken></VideoSourceConfiguration><VideoEncoderConfiguration>"
            "<Name>enc</Name><Encoding>H264</Encoding><Resolution><Width>1920</Width><Height>"
            "1080</Height></Resolution><RateControl><FrameRateLimit>25</FrameRateLimit>"
            "<BitrateLimit>4096</BitrateLimit></RateControl><H264><GovLength>50</GovLength></H264>"
            "</VideoEncoderConfiguration><AudioEncoderConfiguration><Encoding>G711</Encoding>"
            "</AudioEncoderConfiguration></Profiles></r>"),
        ANSWER("<r><Profiles token='none'><Name>no picture</Name></Profiles><Profiles>"
               "<VideoEncoder/></Profiles><Profiles token='p&amp;1'><Name>main</Name>"
               "<Configurations><VideoSource><SourceToken>s1</SourceToken></VideoSource>"
               "<AudioEncoder><Encoding>G711</Encoding></AudioEncoder><VideoEncoder GovLength='50'>"
               "<Encoding>H264</Encoding><Width>1920</Width><Height>1080</Height><FrameRateLimit>"
               "25.0</FrameRateLimit><BitrateLimit>4096</BitrateLimit></VideoEncoder>"
               "</Configurations></Profiles></r>"),
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(SoapAnswer) answer = parse(rows[i]);
        g_autoptr(GPtrArray) profiles = onvif_read_profiles(&answer);
        assert_int_equal(profiles->len, 1);
        const OnvifProfile *one = profiles->pdata[0];
        assert_string_equal(one->token, "p&1");
        assert_string_equal(one->name, "main");
        assert_string_equal(one->source, "s1");
        assert_string_equal(one->codec, "h264");
        assert_string_equal(one->audio, "G711");
        assert_int_equal(one->width * 10000 + one->height, 19201080);
        assert_int_equal(one->fps, 25);
        assert_int_equal(one->kbit, 4096);
        assert_int_equal(one->gop, 50);
    }
}

static void test_there_is_an_end_to_profiles(void **state)
{
    GString *text = g_string_new("<Envelope><Body><r>");
    for (int i = 0; i < 1000; i++)
        g_string_append_printf(text,
                               "<Profiles token='%d'><VideoEncoder><Width>%d</Width>"
                               "<Encoding>x</Encoding></VideoEncoder></Profiles>",
                               i, i ? 40000 : -1);
    g_string_append(text, "</r></Body></Envelope>");
    g_auto(SoapAnswer) answer = parse(text->str);
    g_autoptr(GPtrArray) profiles = onvif_read_profiles(&answer);
    assert_int_equal(profiles->len, ONVIF_PROFILES_MAX);
    const OnvifProfile *one = profiles->pdata[1];
    assert_int_equal(one->width, 0);
    assert_null(one->codec);
    g_string_free(text, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_no_answer),
        cmocka_unit_test(test_what_faults_mean),
        cmocka_unit_test(test_the_time),
        cmocka_unit_test(test_profiles_of_both_services),
        cmocka_unit_test(test_there_is_an_end_to_profiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
