// SPDX-License-Identifier: Apache-2.0
#include "dashboard/playback_link.h"

#include "base/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#define SECRET "a secret of the box"
#define NOW    INT64_C(1763946000000)

static char *link_of(int64_t expires_ms)
{
    return playback_link_new(SECRET, "cam1", NOW - 60000, NOW, expires_ms);
}

static char *token_of(const char *link)
{
    return g_strdup(strstr(link, "token=") + strlen("token="));
}

static void a_link_is_good_until_it_expires(void **state)
{
    g_autofree char *link = link_of(NOW + 1000);
    assert_true(playback_link_check(SECRET, link, NOW));
    assert_true(playback_link_check(SECRET, link, NOW + 999));
    assert_false(playback_link_check(SECRET, link, NOW + 1000));
    assert_false(playback_link_check("another secret", link, NOW));
}

// %s: the token of a good link of cam1.
static void only_the_addresses_of_the_link_are_opened(void **state)
{
    static const struct {
        const char *format;
        bool is_good;
    } ROWS[] = {
        { "/media/playback/cam1/index.m3u8?from=1763945940000&to=1763946000000&token=%s", true },
        { "/media/segment/cam1/17.mp4?token=%s", true },
        { "/media/segment/cam1/1763945940000000.mp4?token=%s", true },
        // Another camera, range, place.
        { "/media/playback/cam2/index.m3u8?from=1763945940000&to=1763946000000&token=%s", false },
        { "/media/segment/cam2/17.mp4?token=%s", false },
        { "/media/playback/cam1/index.m3u8?from=1763945930000&to=1763946000000&token=%s", false },
        { "/media/playback/cam1/index.m3u8?from=1763945940000&to=1763946900000&token=%s", false },
        { "/media/playback/cam1/index.m3u8?token=%s", false },
        { "/media/live/cam1?token=%s", false },
        { "/media/snapshot/cam1?token=%s", false },
        { "/media/timeline/cam1?token=%s", false },
        // What video might read otherwise than we do.
        { "/media/playback/cam1/index.m3u8?from=1763945940000&to=1763946000000&token=%s&from=1",
          false },
        { "/media/playback/cam1/index.m3u8?from=1&from=1763945940000&to=1763946000000&token=%s",
          false },
        { "/media/segment/cam1/../cam2/17.mp4?token=%s", false },
        { "/media/segment/cam1/17.mp4?x=1&token=%s", false },
        { "/media/segment/cam1/17.mp4?token=%s&token=1.2.3.4", false },
        { "/media/segment/cam1/17.mp4?token=1.2.3.4&token=%s", false },
        { "/media/segment/cam1/.mp4?token=%s", false },
        { "/media/segment/cam1/17.mp4token=%s", false },
        { "/media/segment//17.mp4?token=%s", false },
        { "/media/segment/cam1?token=%s", false },
        { "token=%s", false },
    };
    g_autofree char *link = link_of(NOW + 1000);
    g_autofree char *token = token_of(link);
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autoptr(GString) address = g_string_new(ROWS[i].format);
        g_string_replace(address, "%s", token, 1);
        print_message("%s\n", ROWS[i].format);
        assert_int_equal(playback_link_check(SECRET, address->str, NOW), ROWS[i].is_good);
    }
}

static void no_part_of_a_token_can_be_changed(void **state)
{
    g_autofree char *link = link_of(NOW + 1000);
    g_autofree char *token = token_of(link);
    for (size_t i = 0; i < strlen(token); i++) {
        g_autofree char *changed = g_strdup(token);
        changed[i] = changed[i] == '1' ? '2' : '1';
        g_autofree char *address = g_strconcat("/media/segment/cam1/17.mp4?token=", changed, NULL);
        assert_false(playback_link_check(SECRET, address, NOW));
        changed[i] = '\0';
        g_autofree char *cut = g_strconcat("/media/segment/cam1/17.mp4?token=", changed, NULL);
        assert_false(playback_link_check(SECRET, cut, NOW));
    }
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(a_link_is_good_until_it_expires),
        cmocka_unit_test(only_the_addresses_of_the_link_are_opened),
        cmocka_unit_test(no_part_of_a_token_can_be_changed),
    };
    return secret_init() < 0 || cmocka_run_group_tests(TESTS, NULL, NULL);
}
