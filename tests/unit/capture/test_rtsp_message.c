// SPDX-License-Identifier: Apache-2.0
#include "capture/rtsp_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static ssize_t parse(const char *text, RtspMessage *message)
{
    return rtsp_message_parse((const uint8_t *)text, strlen(text), message);
}

// RFC 2326, 10.2, and what follows it.
static const char described[] = "RTSP/1.0 200 OK\r\n"
                                "CSeq: 312\r\n"
                                "Date: 23 Jan 1997 15:35:06 GMT\r\n"
                                "Content-Type: application/sdp\r\n"
                                "content-length:  5 \r\n"
                                "WWW-Authenticate: Basic realm=\"a\"\r\n"
                                "WWW-Authenticate: Digest realm=\"a\"\r\n"
                                "\r\n"
                                "v=0\r\n"
                                "$rest";

static void a_response(void **state)
{
    RtspMessage message;
    assert_int_equal(parse(described, &message), (ssize_t)(strlen(described) - strlen("$rest")));
    assert_int_equal(message.status, 200);
    assert_true(message.has_cseq);
    assert_int_equal(message.cseq, 312);
    assert_int_equal(message.body_size, 5);
    assert_memory_equal(message.body, "v=0\r\n", 5);
    g_autofree char *type = rtsp_message_header(&message, "CONTENT-TYPE", 0);
    g_autofree char *first = rtsp_message_header(&message, "WWW-Authenticate", 0);
    g_autofree char *second = rtsp_message_header(&message, "WWW-Authenticate", 1);
    assert_string_equal(type, "application/sdp");
    assert_string_equal(first, "Basic realm=\"a\"");
    assert_string_equal(second, "Digest realm=\"a\"");
    assert_null(rtsp_message_header(&message, "WWW-Authenticate", 2));
    assert_null(rtsp_message_header(&message, "Content", 0));
}

static void every_cut_waits_for_more(void **state)
{
    size_t whole = strlen(described) - strlen("$rest");
    for (size_t size = 0; size < whole; size++) {
        RtspMessage message;
        g_autofree uint8_t *cut = g_memdup2(described, MAX(size, 1)); // so that ASan sees the end
        assert_int_equal(rtsp_message_parse(cut, size, &message), 0);
    }
}

static void requests_and_oddities(void **state)
{
    static const struct {
        const char *text;
        int whole; // parsed to its end
        int status;
        const char *method;
    } rows[] = {
        { "OPTIONS rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n\r\n", 1, 0, "OPTIONS" },
        { "GET_PARAMETER * RTSP/1.0\r\n\r\n", 1, 0, "GET_PARAMETER" },
        { "RTSP/1.0 401\r\n\r\n", 1, 401, "" },
        { "RTSP/2.0 200 OK\n\n", 1, 200, "" },
        { "RTSP/1.0 200 OK\nCSeq: 2\r\n\n", 1, 200, "" },
        { "RTSP/1.0\r\n\r\n", -1, 0, "" },
        { "RTSP/1.0 99 No\r\n\r\n", -1, 0, "" },
        { "RTSP/1.0 20000000000000000 OK\r\n\r\n", -1, 0, "" },
        { "HTTP/1.1 400 Bad Request\r\n\r\n", -1, 0, "" },
        { "$\0\0\0", -1, 0, "" },
        { "RTSP/1.0 200 OK\r\nContent-Length: 65537\r\n\r\n", -1, 0, "" },
        { "RTSP/1.0 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n", -1, 0, "" },
        { "RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n", -1, 0, "" },
        { "RTSP/1.0 200 OK\r\nContent-Length: no\r\n\r\n", -1, 0, "" },
        { "RTSP/1.0 200 OK\r\n: nothing\r\nno colon\r\n\r\n", 1, 200, "" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RtspMessage message;
        ssize_t taken = parse(rows[i].text, &message);
        print_message("%s\n", rows[i].text);
        assert_int_equal(taken, rows[i].whole > 0 ? (ssize_t)strlen(rows[i].text) : -1);
        if (taken < 0)
            continue;
        assert_int_equal(message.status, rows[i].status);
        assert_string_equal(message.method, rows[i].method);
    }
}

static void limits(void **state)
{
    g_autoptr(GString) text = g_string_new("RTSP/1.0 200 OK\r\n");
    while (text->len < RTSP_HEAD_MAX - 100)
        g_string_append(text, "X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n");
    RtspMessage message;
    assert_int_equal(parse(text->str, &message), 0);
    g_autofree char *ended = g_strconcat(text->str, "\r\n", NULL);
    assert_int_equal(parse(ended, &message), (ssize_t)strlen(ended));
    while (text->len < RTSP_HEAD_MAX)
        g_string_append_c(text, 'z');
    assert_int_equal(parse(text->str, &message), -1);

    g_autoptr(GString) large = g_string_new("RTSP/1.0 200 OK\r\nContent-Length: 65536\r\n\r\n");
    size_t head = large->len;
    assert_int_equal(parse(large->str, &message), 0);
    while (large->len < head + RTSP_BODY_MAX)
        g_string_append_c(large, 'b');
    assert_int_equal(parse(large->str, &message), (ssize_t)large->len);
    assert_int_equal(message.body_size, RTSP_BODY_MAX);
}

static void parameters(void **state)
{
    static const struct {
        const char *value, *name, *expected;
    } rows[] = {
        { "RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=CAFE", "interleaved", "0-1" },
        { "RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=CAFE", "unicast", "" },
        { "RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=CAFE", "ssrc", "CAFE" },
        { "RTP/AVP/TCP;unicast;interleaved=0-1", "inter", NULL },
        { "1234 ; timeout = 30", "timeout", "30" },
        { "realm=\"a;nonce=b\", nonce=\"c\"", "nonce", "c" },
        { "realm=\"a\\\"b\"", "realm", "a\"b" },
        { "realm=\"open", "realm", "open" },
        { "realm=\"open\\", "realm", "open\\" },
        { "realm=", "realm", "" },
        { ";;,;", "realm", NULL },
        { "", "realm", NULL },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *value = rtsp_parameter(rows[i].value, rows[i].name);
        assert_int_equal(g_strcmp0(value, rows[i].expected), 0);
    }
}

static void written(void **state)
{
    g_autoptr(GString) request = rtsp_request_new("SETUP", "rtsp://h/a", 3);
    rtsp_request_add(request, "Session", "12\r\nX: injected");
    rtsp_request_add(request, "Authorization", NULL);
    rtsp_request_end(request);
    assert_string_equal(request->str, "SETUP rtsp://h/a RTSP/1.0\r\nCSeq: 3\r\nUser-Agent: "
                                      "Hallwatch/" HALLWATCH_VERSION "\r\nSession: 12\r\n\r\n");
    RtspMessage asked;
    assert_true(parse("OPTIONS * RTSP/1.0\r\nCSeq: 7\r\nSession: ab\r\n\r\n", &asked) > 0);
    g_autoptr(GString) answer = rtsp_answer_new(&asked, 200, "OK");
    assert_string_equal(answer->str, "RTSP/1.0 200 OK\r\nCSeq: 7\r\nSession: ab\r\n\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_response),
        cmocka_unit_test(every_cut_waits_for_more),
        cmocka_unit_test(requests_and_oddities),
        cmocka_unit_test(limits),
        cmocka_unit_test(parameters),
        cmocka_unit_test(written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
