// SPDX-License-Identifier: Apache-2.0
#include "capture/onvif_address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void test_what_a_person_types(void **state)
{
    static const struct {
        const char *text, *url; // NULL: no address
    } rows[] = {
        { "192.168.1.64", "http://192.168.1.64/onvif/device_service" },
        { " cam-1.hall:8000 ", "http://cam-1.hall:8000/onvif/device_service" },
        { "http://h/", "http://h/onvif/device_service" },
        { "https://h:8443/x/y?z=1", "https://h:8443/x/y?z=1" },
        { "HTTP://u:p@h/x", "http://h/x" },
        { "[fe80::1]:81", "http://[fe80::1]:81/onvif/device_service" },
        { "rtsp://h/1", NULL },
        { "", NULL },
        { "h:0", NULL },
        { "h:70000", NULL },
        { "a b", NULL },
        { "h/\xff", "http://h/%FF" },
        { "http:///x", NULL },
        { "h\r\nX: y", NULL },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(OnvifAddress) address = { 0 };
        assert_int_equal(onvif_address_parse(rows[i].text, &address), rows[i].url != NULL);
        if (rows[i].url) {
            g_autofree char *url = onvif_address_url(&address);
            assert_string_equal(url, rows[i].url);
        }
    }
}

static void test_a_service_is_where_the_device_was_reached(void **state)
{
    static const struct {
        const char *told, *url;
    } rows[] = {
        { "http://cam/onvif/Media", "http://cam/onvif/Media" },
        { "http://cam:8000/onvif/Media", "http://cam:8000/onvif/Media" },
        { "http://10.0.0.7:8000/m", "http://cam:8000/m" }, // by its number
        { "https://cam/m", "https://cam/m" },
        { "http://127.0.0.1:8000/m", "http://cam:81/m" },
        { "http://0.0.0.0/m", "http://cam:81/m" },
        { "https://evil/m?a=b", "http://cam:81/m?a=b" },
        { "ftp://cam/m", NULL },
        { "http://cam;.evil/m", NULL }, // nothing of it becomes a part of the host
        { "http://cam;@evil/m", "http://cam:81/m" },
        { "http://cam\\@evil/m", "http://cam:81/m" },
        { "http://cam#@evil/m", "http://cam/onvif/device_service" },
        { "/onvif/Media", NULL },
        { "", NULL },
    };
    g_auto(OnvifAddress) reached = { 0 };
    assert_true(onvif_address_parse("cam:81", &reached));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(OnvifAddress) address = { 0 };
        assert_int_equal(onvif_service_address(&reached, "10.0.0.7", rows[i].told, &address),
                         rows[i].url != NULL);
        if (rows[i].url) {
            g_autofree char *url = onvif_address_url(&address);
            assert_string_equal(url, rows[i].url);
        }
    }
}

static void test_a_stream_is_there_as_well(void **state)
{
    static const struct {
        const char *told, *url, *host;
    } rows[] = {
        { "rtsp://cam:554/1?a=b&c", "rtsp://cam:554/1?a=b&c", NULL },
        { "rtsp://10.0.0.7/1", "rtsp://cam/1", NULL },
        { "rtsp://u:secret@cam/1", "rtsp://cam/1", NULL },
        { "rtsp://0.0.0.0:8554/1", "rtsp://cam:8554/1", "0.0.0.0" },
        { "rtsp://evil", "rtsp://cam/", "evil" },
        { "http://cam/1", NULL, NULL },
        { "rtsp://cam/a b", "rtsp://cam/a%20b", NULL },
        { "rtsp://", NULL, NULL },
        { "rtsp://cam;@evil/1", "rtsp://cam/1", "evil" },
        { "rtsp://cam;.evil/1", NULL, NULL },
        { "rtsp://cam?@evil/1", "rtsp://cam/?@evil/1", NULL },
        { "", NULL, NULL },
    };
    g_auto(OnvifAddress) reached = { 0 };
    assert_true(onvif_address_parse("cam:81", &reached));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *host = NULL,
                        *url = onvif_stream_address(&reached, "10.0.0.7", rows[i].told, &host);
        assert_int_equal(g_strcmp0(url, rows[i].url), 0);
        assert_int_equal(g_strcmp0(host, rows[i].host), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_person_types),
        cmocka_unit_test(test_a_service_is_where_the_device_was_reached),
        cmocka_unit_test(test_a_stream_is_there_as_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
