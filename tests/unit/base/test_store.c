// SPDX-License-Identifier: Apache-2.0
#include "base/store.h"
#include "base/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const StoreStep steps[] = {
    "CREATE TABLE thing(id TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT",
    "ALTER TABLE thing ADD COLUMN note TEXT",
};

typedef struct {
    char *folder;
    char *path;
} Place;

static int make_place(void **state)
{
    Place *place = g_new0(Place, 1);
    place->folder = g_dir_make_tmp("hallwatch-store-XXXXXX", NULL);
    place->path = g_build_filename(place->folder, "a.db", NULL);
    *state = place;
    return 0;
}

static int remove_place(void **state)
{
    Place *place = *state;
    static const char *const ends[] = { "", "-wal", "-shm" };
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autofree char *path = g_strconcat(place->path, ends[i], NULL);
        g_unlink(path);
    }
    g_rmdir(place->folder);
    g_free(place->folder);
    g_free(place->path);
    g_free(place);
    return 0;
}

static Store *open_store(void **state, StoreMode mode)
{
    Store *store;
    assert_int_equal(store_open(((Place *)*state)->path, mode, &store), 0);
    if (mode == STORE_WRITE)
        assert_int_equal(store_migrate(store, steps, G_N_ELEMENTS(steps)), 0);
    return store;
}

static void migrates_once_and_refuses_a_newer_file(void **state)
{
    g_autoptr(Store) store = NULL;
    assert_int_equal(store_open(((Place *)*state)->path, STORE_WRITE, &store), 0);
    assert_int_equal(store_migrate(store, steps, 1), 0);
    assert_int_equal(store_exec(store, "INSERT INTO thing VALUES(?1, ?2)", "si", "a", (int64_t)1),
                     1);
    assert_int_equal(store_migrate(store, steps, 2), 0);
    assert_int_equal(store_migrate(store, steps, 2), 0);
    assert_int_equal(store_value(store, 0, "SELECT n FROM thing", ""), 1);
    assert_int_equal(store_migrate(store, steps, 1), -EPROTO);
}

static void a_failed_step_leaves_the_version(void **state)
{
    static const StoreStep broken[] = {
        "CREATE TABLE a(x) STRICT; CREATE TABLE b(x INTEGER) STRICT"
    };
    g_autoptr(Store) store = NULL;
    assert_int_equal(store_open(((Place *)*state)->path, STORE_WRITE, &store), 0);
    assert_true(store_migrate(store, broken, 1) < 0);
    assert_int_equal(store_value(store, -1, "PRAGMA user_version", ""), 0);
    assert_int_equal(store_migrate(store, steps, 2), 0);
}

static void columns_become_json_by_their_names(void **state)
{
    g_autoptr(Store) store = open_store(state, STORE_WRITE);
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT 0 AS made_at, NULL AS gone_at, '[1]' AS tags_json, NULL AS none_json, "
                    "1 AS is_good, 'x' AS name",
                    "");
    json_t *rows = store_rows_json(query);
    char *text = json_dumps(rows, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(
        text, "[{\"gone_at\":null,\"is_good\":true,\"made_at\":\"1970-01-01T08:00:00.000+08:00\","
              "\"name\":\"x\",\"none\":null,\"tags\":[1]}]");
    free(text);
    json_decref(rows);
}

static void the_same_query_can_be_used_inside_itself(void **state)
{
    g_autoptr(Store) store = open_store(state, STORE_WRITE);
    static const char sql[] = "SELECT n FROM thing WHERE n>=?1 ORDER BY n";
    for (int64_t n = 1; n <= 3; n++)
        store_exec(store, "INSERT INTO thing VALUES(?2, ?1, NULL)", "is", n,
                   n == 1   ? "a"
                   : n == 2 ? "b"
                            : "c");
    int pairs = 0;
    g_autoptr(StoreQuery) outer = store_query(store, sql, "i", (int64_t)1);
    while (store_step(outer)) {
        g_autoptr(StoreQuery) inner = store_query(store, sql, "i", store_int(outer, 0));
        while (store_step(inner))
            pairs++;
    }
    assert_int_equal(pairs, 3 + 2 + 1);
}

static void a_constraint_is_said(void **state)
{
    g_autoptr(Store) store = open_store(state, STORE_WRITE);
    assert_int_equal(store_exec(store, "INSERT INTO thing(id,n) VALUES('a',1)", ""), 1);
    assert_int_equal(store_exec(store, "INSERT INTO thing(id,n) VALUES('a',1)", ""), -EEXIST);
    assert_int_equal(store_exec(store, "INSERT INTO thing(id,n) VALUES('b',?1)", "n", STORE_NULL),
                     -EEXIST);
}

typedef struct {
    const char *id;
    int fail;
    int err;
    int *finished;
} Insert;

static int run_insert(Store *store, void *job)
{
    Insert *insert = job;
    int err = store_exec(store, "INSERT INTO thing(id,n) VALUES(?1,0)", "s", insert->id);
    return err < 0 ? err : insert->fail;
}

static void finish_insert(void *job, int err)
{
    Insert *insert = job;
    insert->err = err;
    (*insert->finished)++;
}

static void one_failed_job_is_undone_alone(void **state)
{
    int finished = 0;
    Insert jobs[] = { { "a", 0, 1, &finished },
                      { "b", -EINVAL, 1, &finished },
                      { "c", 0, 1, &finished } };
    Writer *writer = writer_new(open_store(state, STORE_WRITE), NULL, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(jobs); i++)
        writer_push(writer, run_insert, finish_insert, &jobs[i]);
    writer_free(writer);
    assert_int_equal(finished, 3);
    assert_int_equal(jobs[0].err, 0);
    assert_int_equal(jobs[1].err, -EINVAL);
    assert_int_equal(jobs[2].err, 0);
    g_autoptr(Store) store = open_store(state, STORE_READ);
    assert_int_equal(store_value(store, 0, "SELECT group_concat(id,'')='ac' FROM thing", ""), 1);
}

static void a_call_waits_for_its_commit(void **state)
{
    g_autoptr(Writer) writer = writer_new(open_store(state, STORE_WRITE), NULL, NULL);
    g_autoptr(Store) reader = open_store(state, STORE_READ);
    int unused = 0;
    for (int i = 0; i < 20; i++) {
        g_autofree char *id = g_strdup_printf("id%d", i);
        Insert insert = { id, 0, 0, &unused };
        assert_int_equal(writer_call(writer, run_insert, &insert), 0);
        assert_int_equal(store_value(reader, 0, "SELECT count(*) FROM thing", ""), i + 1);
        assert_int_equal(writer_call(writer, run_insert, &insert), -EEXIST);
    }
}

int main(void)
{
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
#define TEST(f) cmocka_unit_test_setup_teardown(f, make_place, remove_place)
    const struct CMUnitTest tests[] = {
        TEST(migrates_once_and_refuses_a_newer_file),
        TEST(a_failed_step_leaves_the_version),
        TEST(columns_become_json_by_their_names),
        TEST(the_same_query_can_be_used_inside_itself),
        TEST(a_constraint_is_said),
        TEST(one_failed_job_is_undone_alone),
        TEST(a_call_waits_for_its_commit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
