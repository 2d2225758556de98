// SPDX-License-Identifier: Apache-2.0
// The queue of exports: what video is asked, and what remains of each.
#include "rating/export.h"
#include "tests/unit/rating/hall_fixture.h"

#include <errno.h>

static const int64_t NOW = INT64_C(1764000000000);

static char *order(Fixture *f)
{
    json_t *clips =
        json_of("[{'camera':'cam1','name':'一号','from':1764000000000,'to':1764000060000}]");
    ExportInput input = {
        .who = "li", .reason = "投诉", .ref = "rating:r1", .clips = clips, .now_ms = NOW
    };
    char *id = NULL;
    assert_int_equal(export_add(f->store, &f->hall, &input, &id), 0);
    json_decref(clips);
    return id;
}

static void assert_field(Fixture *f, const char *id, const char *key, const char *value)
{
    json_t *row = export_get(f->store, id);
    const char *text = json_string_value(json_object_get(row, key));
    assert_string_equal(text ? text : "-", value);
    json_decref(row);
}

static int tell(Fixture *f, const char *id, const char *state, int percent)
{
    ExportNews news = { .id = id, .state = state, .percent = percent, .bytes = STORE_NULL };
    if (strcmp(state, "done") == 0) {
        news.sha256 = "ab";
        news.bytes = 7;
    }
    if (strcmp(state, "failed") == 0)
        news.error = "full";
    return export_told(f->store, &f->hall, &news, NOW);
}

static guint n_errands(Fixture *f, bool must_sweep)
{
    g_autoptr(GPtrArray) errands = export_errands(f->store);
    guint n = 0;
    for (guint i = 0; i < errands->len; i++)
        n += ((ExportErrand *)errands->pdata[i])->must_sweep == must_sweep;
    return n;
}

static void an_export_is_driven_to_its_end(void **state)
{
    Fixture *f = *state;
    g_autofree char *id = order(f);
    {
        g_autoptr(GPtrArray) errands = export_errands(f->store);
        assert_int_equal(errands->len, 1);
        const ExportErrand *errand = errands->pdata[0];
        assert_true(errand->is_active && !errand->must_sweep);
        assert_string_equal(json_string_value(json_object_get(errand->order, "who")), "li");
        assert_int_equal(json_array_size(json_object_get(errand->order, "clips")), 1);
    }
    assert_int_equal(tell(f, id, "running", 10), 0);
    g_string_truncate(f->changed, 0);
    assert_int_equal(tell(f, id, "running", 10), 0);
    assert_string_equal(f->changed->str, ""); // nothing new is not told
    assert_field(f, id, "url", "-");
    assert_int_equal(tell(f, id, "done", 100), 0);
    assert_field(f, id, "state", "done");
    assert_field(f, id, "sha256", "ab");
    g_autofree char *url = g_strdup_printf("/api/v1/exports/%s/file", id);
    assert_field(f, id, "url", url);
    assert_int_equal(n_errands(f, false) + n_errands(f, true), 0);
    json_t *row = export_get(f->store, id);
    json_t *clip = json_array_get(json_object_get(row, "clips"), 0);
    assert_string_equal(json_string_value(json_object_get(clip, "from")),
                        "2025-11-25T00:00:00.000+08:00");
    json_decref(row);
}

static void a_cancelled_one_is_swept_and_stays_cancelled(void **state)
{
    Fixture *f = *state;
    g_autofree char *id = order(f);
    assert_int_equal(tell(f, id, "running", 10), 0);
    assert_int_equal(export_end(f->store, &f->hall, id, NOW), 0);
    assert_int_equal(tell(f, id, "done", 100), 0); // came too late
    assert_field(f, id, "state", "cancelled");
    assert_int_equal(n_errands(f, true), 1);
    assert_int_equal(export_swept(f->store, &f->hall, id), 0);
    assert_int_equal(n_errands(f, true), 0);
    assert_int_equal(export_end(f->store, &f->hall, id, NOW), -EEXIST);
    assert_int_equal(export_end(f->store, &f->hall, "other", NOW), -ENOENT);
}

// What video still has of the first try must be gone before the second begins.
static void a_retry_sweeps_first(void **state)
{
    Fixture *f = *state;
    g_autofree char *id = order(f);
    assert_int_equal(export_retry(f->store, &f->hall, id, NOW), -EEXIST);
    assert_int_equal(tell(f, id, "failed", 40), 0);
    assert_field(f, id, "error", "full");
    assert_int_equal(export_retry(f->store, &f->hall, id, NOW), 0);
    assert_field(f, id, "state", "queued");
    assert_field(f, id, "error", "-");
    assert_int_equal(n_errands(f, true), 1);
    assert_int_equal(tell(f, id, "failed", 40), 0); // of the first try
    assert_field(f, id, "state", "queued");
    assert_int_equal(export_swept(f->store, &f->hall, id), 0);
    assert_int_equal(n_errands(f, false), 1);
    assert_int_equal(export_retry(f->store, &f->hall, "other", NOW), -ENOENT);
}

static void a_finished_one_is_removed(void **state)
{
    Fixture *f = *state;
    g_autofree char *id = order(f);
    assert_int_equal(tell(f, id, "done", 100), 0);
    assert_int_equal(export_end(f->store, &f->hall, id, NOW), 0);
    assert_field(f, id, "state", "removed");
    assert_field(f, id, "url", "-");
    assert_int_equal(n_errands(f, true), 1);
}

static void the_queue_has_an_end(void **state)
{
    Fixture *f = *state;
    json_t *clips = json_array();
    ExportInput input = { .who = "li", .reason = "r", .clips = clips, .now_ms = NOW };
    for (int i = 0; i < EXPORT_ACTIVE_MAX; i++) {
        g_autofree char *id = order(f);
    }
    char *id = NULL;
    assert_int_equal(export_add(f->store, &f->hall, &input, &id), -EBUSY);
    json_decref(clips);
    ExportFilter filter = { .state = "queued", .limit = 20 };
    json_t *page = export_list(f->store, &filter);
    assert_int_equal(json_integer_value(json_object_get(page, "total")), EXPORT_ACTIVE_MAX);
    assert_int_equal(json_array_size(json_object_get(page, "items")), 20);
    assert_true(json_is_string(json_object_get(page, "next")));
    json_decref(page);
}

#define WITH_HALL(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HALL(an_export_is_driven_to_its_end),
        WITH_HALL(a_cancelled_one_is_swept_and_stays_cancelled),
        WITH_HALL(a_retry_sweeps_first),
        WITH_HALL(a_finished_one_is_removed),
        WITH_HALL(the_queue_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
