// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/attachment.h"

#include <errno.h>

static const unsigned char JPEG[] = { 0xff, 0xd8, 0xff, 0xe0, 0,    4,  1, 2,    0xff,
                                      0xc0, 0,    11,   8,    0,    16, 0, 32,   1,
                                      1,    0x11, 0,    0xff, 0xda, 0,  2, 0xff, 0xd9 };
static const unsigned char PNG[] = { 0x89, 'P', 'N', 'G', 13,  10,   26,   10,   0,   0, 0, 13,
                                     'I',  'H', 'D', 'R', 0,   0,    0,    32,   0,   0, 0, 16,
                                     8,    2,   0,   0,   0,   1,    2,    3,    4,   0, 0, 0,
                                     0,    'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82 };

static void pictures(void **state)
{
    AttachmentPicture picture;
    assert_true(attachment_look(JPEG, sizeof JPEG, &picture));
    assert_string_equal(picture.type, "image/jpeg");
    assert_int_equal(picture.width, 32);
    assert_int_equal(picture.height, 16);
    assert_true(attachment_look(PNG, sizeof PNG, &picture));
    assert_string_equal(picture.type, "image/png");
    assert_int_equal(picture.width, 32);
    static const char page[] = "<html><script>alert(1)</script></html>";
    assert_false(attachment_look(page, sizeof page, &picture));
    assert_false(attachment_look("", 0, &picture));
    // Every cut, and every byte turned over, is looked at without harm; a cut is no picture.
    for (size_t n = 0; n < sizeof JPEG; n++)
        assert_false(attachment_look(JPEG, n, &picture));
    for (size_t n = 0; n < sizeof PNG; n++)
        assert_false(attachment_look(PNG, n, &picture));
    for (size_t i = 0; i < sizeof JPEG; i++) {
        unsigned char copy[sizeof JPEG];
        memcpy(copy, JPEG, sizeof JPEG);
        copy[i] ^= 0xff;
        attachment_look(copy, sizeof copy, &picture);
    }
    unsigned char huge[sizeof PNG];
    memcpy(huge, PNG, sizeof PNG);
    huge[16] = 0xff;
    assert_false(attachment_look(huge, sizeof huge, &picture));
}

static void a_picture_belongs_to_one_thing(void **state)
{
    Fixture *f = *state;
    AttachmentInput input = { .id = "p",
                              .who = "wang",
                              .sha256 = "aa",
                              .size = 3,
                              .now_ms = 1,
                              .picture = { "image/png", 2, 3 } };
    assert_int_equal(attachment_add(f->store, &input), 1);
    assert_int_equal(attachment_add(f->store, &input), 0);
    input.sha256 = "bb";
    assert_int_equal(attachment_add(f->store, &input), -EEXIST);
    assert_int_equal(attachment_claim(f->store, "p", "zhou", "card:1"), -ENOENT);
    assert_int_equal(attachment_claim(f->store, "p", "wang", "card:1"), 0);
    assert_int_equal(attachment_claim(f->store, "p", "wang", "card:1"), 0);
    assert_int_equal(attachment_claim(f->store, "p", "wang", "card:2"), -EEXIST);
    json_t *row = attachment_get(f->store, "p");
    assert_look(row, "ref", "card:1");
    assert_look(row, "by", "wang");
    json_decref(row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures),
        cmocka_unit_test_setup_teardown(a_picture_belongs_to_one_thing, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
