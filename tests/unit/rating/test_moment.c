// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/bookmark.h"
#include "rating/flag.h"
#include "rating/moment.h"
#include "rating/rating.h"
#include "rating/tag.h"

#include <errno.h>

#define NOON at("2026-11-24 12:00")

static const char *const C1[] = { "c1", NULL };
static unsigned n_made;

static void rate(Fixture *f, const char *counter, int level, int64_t at_ms, const char *text)
{
    static const char *const tags[] = { "115" };
    g_autofree char *id = g_strdup_printf("r%u", n_made++);
    RatingOutcome outcome;
    RatingInput input = { .id = id,
                          .counter = counter,
                          .channel = "pad",
                          .level = level,
                          .tags = tags,
                          .n_tags = text ? 0 : 1,
                          .text = text,
                          .event_ms = at_ms,
                          .received_ms = at_ms,
                          .pad_clock_ms = STORE_NULL,
                          .clock_kind = "none" };
    assert_int_equal(rating_store(f->store, &f->hall, &input, &outcome), 0);
}

static void flag(Fixture *f, const char *kind, const char *counter, int64_t at_ms)
{
    g_autofree char *subject = g_strdup_printf("case:%u", n_made++);
    FlagInput input = { .kind = kind, .subject = subject, .counter = counter, .raised_ms = at_ms };
    assert_int_equal(flag_raise(f->store, &f->hall, &input, NULL), 1);
}

static char *bookmark(Fixture *f, const char *camera, int64_t at_ms, const char *who)
{
    BookmarkInput input = {
        .camera = camera, .at_ms = at_ms, .text = "看这里", .who = who, .now_ms = NOON
    };
    char *id = NULL;
    assert_int_equal(bookmark_add(f->store, &f->hall, &input, &id), 0);
    return id;
}

static json_t *list(Fixture *f, const char *camera, int64_t from_ms, int64_t to_ms, int limit)
{
    MomentFilter filter = { .from_ms = from_ms,
                            .to_ms = to_ms,
                            .camera = camera,
                            .counters = camera && strcmp(camera, "cam1") == 0 ? C1 : NULL,
                            .limit = limit };
    return moment_list(f->store, &filter);
}

// "kind@minutes " for each, from noon.
static char *kinds_of(const json_t *moments)
{
    GString *text = g_string_new(NULL);
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(moments, "items"), i, row)
    {
        int64_t at_ms;
        assert_true(clock_parse(json_string_value(json_object_get(row, "at")), &at_ms));
        g_string_append_printf(text, "%s@%d ", json_string_value(json_object_get(row, "kind")),
                               (int)((at_ms - NOON) / 60000));
    }
    return g_string_free(text, FALSE);
}

static void test_kinds_and_cameras(void **state)
{
    Fixture *f = *state;
    const int64_t minute = 60000;
    rate(f, "c1", 1, NOON + 2 * minute, "太慢");
    rate(f, "c1", 4, NOON + 1 * minute, NULL);
    rate(f, "c2", 2, NOON + 3 * minute, NULL);
    flag(f, "case_red", "c1", NOON + 4 * minute);
    flag(f, "case_yellow", "c1", NOON + 5 * minute);
    flag(f, "case_red", "c2", NOON + 6 * minute);
    g_autofree char *of_cam1 = bookmark(f, "cam1", NOON + 7 * minute, "wang");
    g_autofree char *of_cam2 = bookmark(f, "cam2", NOON + 8 * minute, "wang");
    rate(f, "c1", 5, NOON + 60 * minute, NULL); // after the range

    static const struct {
        const char *camera, *kinds;
    } rows[] = {
        { "cam1", "rating_good@1 rating_bad@2 overdue@4 flag@5 bookmark@7 " },
        { "cam2", "bookmark@8 " },
        { NULL, "rating_good@1 rating_bad@2 rating_bad@3 overdue@4 flag@5 overdue@6 bookmark@7 "
                "bookmark@8 " },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        json_t *moments = list(f, rows[i].camera, NOON, NOON + 60 * minute, 100);
        g_autofree char *kinds = kinds_of(moments);
        assert_string_equal(kinds, rows[i].kinds);
        assert_true(json_is_false(json_object_get(moments, "is_thinned")));
        json_decref(moments);
    }
}

static void test_what_a_mark_says(void **state)
{
    Fixture *f = *state;
    g_autofree char *tag = tag_text("115");
    g_autofree char *id = bookmark(f, "cam1", NOON + 3, "wang");
    rate(f, "c1", 1, NOON + 1, "等了一个小时");
    rate(f, "c1", 2, NOON + 2, NULL);
    json_t *moments = list(f, "cam1", NOON, NOON + 10, 100);
    json_t *items = json_object_get(moments, "items");
    assert_look(json_array_get(items, 0), "text", "等了一个小时");
    assert_look(json_array_get(items, 1), "text", tag);
    assert_look(json_array_get(items, 2), "text", "看这里");
    assert_look(json_array_get(items, 2), "by", "wang");
    assert_look(json_array_get(items, 2), "id", id);
    json_decref(moments);
}

static void test_many_are_thinned(void **state)
{
    enum { N = 300, LIMIT = 50, SPAN = 3600000 };
    Fixture *f = *state;
    store_script(f->store, "BEGIN");
    for (int i = 0; i < N; i++)
        rate(f, "c1", i % 4 ? 5 : 1, NOON + i * (SPAN / N), NULL);
    store_script(f->store, "COMMIT");
    json_t *moments = list(f, "cam1", NOON, NOON + SPAN, LIMIT);
    json_t *items = json_object_get(moments, "items"), *row;
    json_int_t sum = 0, bad = 0;
    size_t i;
    json_array_foreach(items, i, row)
    {
        sum += json_integer_value(json_object_get(row, "n"));
        if (strcmp(json_string_value(json_object_get(row, "kind")), "rating_bad") == 0)
            bad += json_integer_value(json_object_get(row, "n"));
    }
    assert_in_range(json_array_size(items), LIMIT / MOMENT_KINDS, LIMIT);
    assert_int_equal(sum, N);
    assert_int_equal(bad, N / 4);
    assert_int_equal(json_integer_value(json_object_get(moments, "total")), N);
    assert_true(json_is_true(json_object_get(moments, "is_thinned")));
    json_decref(moments);
}

static void test_who_may_remove_a_bookmark(void **state)
{
    Fixture *f = *state;
    g_autofree char *id = bookmark(f, "cam1", NOON, "wang");
    json_t *found = bookmark_get(f->store, id);
    assert_look(found, "camera", "cam1");
    assert_look(found, "at", "2026-11-24T12:00:00.000+08:00");
    json_decref(found);
    assert_int_equal(bookmark_remove(f->store, &f->hall, id, "li"), -EPERM);
    assert_int_equal(bookmark_remove(f->store, &f->hall, id, "wang"), 0);
    assert_int_equal(bookmark_remove(f->store, &f->hall, id, NULL), -ENOENT);
    assert_null(bookmark_get(f->store, id));
    g_autofree char *noted = g_strdup_printf("bookmark:%s bookmark:%s ", id, id);
    assert_string_equal(f->changed->str, noted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_kinds_and_cameras, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_what_a_mark_says, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_many_are_thinned, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_who_may_remove_a_bookmark, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
