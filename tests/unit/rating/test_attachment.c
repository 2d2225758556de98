// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/attachment.h"

#include <errno.h>
#include <utime.h>

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

#define NOW at("2026-11-24 12:00")
#define DAY (24 * INT64_C(3600000))

// A picture of so many days ago: its row, where it has one, and its file.
static void give(Fixture *f, const char *id, int days, bool has_row)
{
    g_autofree char *path = g_build_filename(f->dir, "attachments", id, NULL);
    int64_t at_ms = NOW - days * DAY - 3600000;
    AttachmentInput input = { .id = id,
                              .who = "wang",
                              .sha256 = "aa",
                              .size = 3,
                              .now_ms = at_ms,
                              .picture = { "image/png", 2, 3 } };
    assert_int_equal(attachment_keep(f->dir, id, "abc", 3), 0);
    const struct utimbuf times = { .actime = at_ms / 1000, .modtime = at_ms / 1000 };
    assert_int_equal(utime(path, &times), 0);
    if (has_row)
        assert_int_equal(attachment_add(f->store, &input), 1);
}

// A good card with a scan that ended so many days ago.
static void put_card(Fixture *f, const char *id, int days)
{
    g_autofree char *ref = g_strconcat("card:", id, NULL);
    assert_int_equal(attachment_claim(f->store, id, "wang", ref), 0);
    assert_int_equal(store_exec(f->store,
                                "INSERT INTO card(id, number, state, is_open, scan, entered_by,"
                                " entered_at, ended_at) VALUES(?1,'1','counted',0,?1,'wang',?2,?2)",
                                "si", id, NOW - days * DAY),
                     1);
}

// The pictures whose file is there, and in capitals those that may be seen as well.
static char *kept(Fixture *f)
{
    GString *names = g_string_new(NULL);
    for (char id = 'a'; id <= 'z'; id++) {
        char name[2] = { id, 0 };
        g_autofree char *path = g_build_filename(f->dir, "attachments", name, NULL);
        json_t *row = attachment_get(f->store, name);
        if (g_file_test(path, G_FILE_TEST_EXISTS))
            g_string_append_c(names, (char)(row ? g_ascii_toupper(id) : id));
        json_decref(row);
    }
    return g_string_free(names, FALSE);
}

static void assert_kept(Fixture *f, const char *expected)
{
    g_autofree char *names = kept(f);
    assert_string_equal(names, expected);
}

static void what_is_not_used_or_over_goes(void **state)
{
    Fixture *f = *state;
    give(f, "a", 0, true);  // of today, perhaps still to be used
    give(f, "b", 1, true);  // never used
    give(f, "c", 1, false); // its row never came
    give(f, "d", 0, false); // its row may be on its way
    give(f, "e", 200, true);
    give(f, "f", 200, true);
    put_card(f, "e", 181);
    put_card(f, "f", 179);
    assert_kept(f, "ABcdEF");
    // Stopped after the first half, the second finishes what was begun.
    assert_int_equal(attachment_sweep(f->store, &f->hall, NOW), 2);
    assert_kept(f, "AbcdeF");
    assert_int_equal(count(f, "SELECT count(*) FROM card WHERE scan = 'e'"), 1);
    assert_int_equal(attachment_sweep_files(f->store, f->dir, NOW), 3);
    assert_kept(f, "AdF");
    // Again: nothing.
    assert_int_equal(attachment_sweep(f->store, &f->hall, NOW), 0);
    assert_int_equal(attachment_sweep_files(f->store, f->dir, NOW), 0);
    // An erased picture does not come back under its id.
    AttachmentInput input = { .id = "e", .who = "wang", .sha256 = "aa", .size = 3, .now_ms = NOW };
    input.picture = (AttachmentPicture){ "image/png", 2, 3 };
    assert_int_equal(attachment_add(f->store, &input), -EEXIST);
    assert_int_equal(attachment_sweep(f->store, &f->hall, NOW + 2 * DAY), 2);
    assert_int_equal(attachment_sweep_files(f->store, f->dir, NOW + 2 * DAY), 3);
    assert_kept(f, "");
    g_autofree char *folder = g_build_filename(f->dir, "attachments", NULL);
    assert_int_equal(g_rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures),
        cmocka_unit_test_setup_teardown(a_picture_belongs_to_one_thing, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(what_is_not_used_or_over_goes, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
