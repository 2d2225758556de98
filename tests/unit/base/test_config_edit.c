// SPDX-License-Identifier: Apache-2.0
// A camera added, changed and removed in files of many shapes: the whole text is compared, so every
// byte elsewhere is held.
#include "base/config_edit.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#define CAMERA_A "id: a, name: A, url: rtsp://h/a"
#define COUNTERS "counters: [{id: c1, name: N}]\n"

typedef enum {
    ADD_B,
    NAME_A,
    SUB_A,
    NO_SUB_A,
    COUNTERS_A,
    MASKS_A,
    OFF_A,
    REMOVE_A,
    REMOVE_B
} Deed;

static const struct {
    Deed deed;
    const char *text, *wanted;
} rows[] = {
    // Added, to a list of each shape
    { ADD_B, "", "cameras:\n  - id: b\n    name: \"B \\\"1\\\"\"\n    url: \"rtsp://h/b\"\n" },
    { ADD_B, "# mine\nhall: {id: h}",
      "# mine\nhall: {id: h}\ncameras:\n  - id: b\n    name: \"B \\\"1\\\"\"\n    url: "
      "\"rtsp://h/b\"\n" },
    { ADD_B, "cameras: [] # none yet\nhall: {id: h} # end\n",
      "cameras: # none yet\n  - id: b\n    name: \"B \\\"1\\\"\"\n    url: \"rtsp://h/b\"\nhall: "
      "{id: h} # end\n" },
    { ADD_B, "cameras:\n# comment\nhall: {id: h}\n",
      "cameras:\n  - id: b\n    name: \"B \\\"1\\\"\"\n    url: \"rtsp://h/b\"\n# comment\nhall: "
      "{id: h}\n" },
    { ADD_B, "cameras: null\n",
      "cameras:\n  - id: b\n    name: \"B \\\"1\\\"\"\n    url: \"rtsp://h/b\"\n" },
    { ADD_B, "cameras:\n- id: a  # first\n  name: A\n  url: rtsp://h/a # there\n\n# after\n",
      "cameras:\n- id: a  # first\n  name: A\n  url: rtsp://h/a # there\n- id: b\n  name: \"B "
      "\\\"1\\\"\"\n  url: \"rtsp://h/b\"\n\n# after\n" },
    { ADD_B, "\xEF\xBB\xBF# 大厅\ncameras:\n    - {" CAMERA_A "} # 甲\nhall:\n  id: h\n",
      "\xEF\xBB\xBF# 大厅\ncameras:\n    - {" CAMERA_A "} # 甲\n    - id: b\n      name: \"B "
      "\\\"1\\\"\"\n      url: \"rtsp://h/b\"\nhall:\n  id: h\n" },
    { ADD_B, "cameras: [{" CAMERA_A "}, # a\n]\n",
      "cameras: [{" CAMERA_A "}, {id: b, name: \"B \\\"1\\\"\", url: \"rtsp://h/b\"}, # a\n]\n" },
    { ADD_B, "cameras: [ # none\n]\n",
      "cameras: [{id: b, name: \"B \\\"1\\\"\", url: \"rtsp://h/b\"} # none\n]\n" },
    { ADD_B, "{hall: {id: h}}\n",
      "{hall: {id: h}, cameras: [{id: b, name: \"B \\\"1\\\"\", url: \"rtsp://h/b\"}]}\n" },
    { ADD_B, "{\"cameras\": []}",
      "{\"cameras\": [{id: b, name: \"B \\\"1\\\"\", url: \"rtsp://h/b\"}]}" },
    { ADD_B, "# win\r\ncameras:\r\n  - id: a\r\n    name: A\r\n    url: rtsp://h/a\r\n",
      "# win\r\ncameras:\r\n  - id: a\r\n    name: A\r\n    url: rtsp://h/a\r\n  - id: b\r\n    "
      "name: \"B \\\"1\\\"\"\r\n    url: \"rtsp://h/b\"\r\n" },
    // Changed
    { NAME_A, "cameras:\n  - name: 'A' # 名\n    id: a\n    url: rtsp://h/a\n",
      "cameras:\n  - name: \"南门\" # 名\n    id: a\n    url: rtsp://h/a\n" },
    { NAME_A, "cameras:\n  -\n    id: a\n    name: >-\n      A\n    url: rtsp://h/a\n",
      "cameras:\n  -\n    id: a\n    name: \"南门\"\n    url: rtsp://h/a\n" },
    { SUB_A, "cameras:\n  - id: a\n    # main\n    url: rtsp://h/a\n    name: A  # last\n  # x\n",
      "cameras:\n  - id: a\n    # main\n    url: rtsp://h/a\n    name: A  # last\n    sub_url: "
      "\"rtsp://h/s\"\n  # x\n" },
    { SUB_A, "cameras: [{" CAMERA_A "}]\n",
      "cameras: [{" CAMERA_A ", sub_url: \"rtsp://h/s\"}]\n" },
    { SUB_A, "cameras:\n  - id: a\n    sub_url:\n    name: A\n    url: rtsp://h/a",
      "cameras:\n  - id: a\n    sub_url: \"rtsp://h/s\"\n    name: A\n    url: rtsp://h/a" },
    { NO_SUB_A,
      "cameras:\n  - id: a\n    name: A\n    url: rtsp://h/a\n    sub_url: rtsp://h/x # small\n"
      "# end\n",
      "cameras:\n  - id: a\n    name: A\n    url: rtsp://h/a\n# end\n" },
    { NO_SUB_A, "cameras:\n  - sub_url: rtsp://h/x\n    id: a\n    name: A\n    url: rtsp://h/a\n",
      "cameras:\n  - sub_url: null\n    id: a\n    name: A\n    url: rtsp://h/a\n" },
    { COUNTERS_A,
      COUNTERS "cameras:\n  - id: a\n    counters:\n    # none\n    name: A\n    url: rtsp://h/a\n",
      COUNTERS "cameras:\n  - id: a\n    counters: [c1]\n    # none\n    name: A\n    url: "
               "rtsp://h/a\n" },
    { COUNTERS_A,
      "counters: [{id: c1, name: N}, {id: c2, name: M}]\n"
      "cameras:\n- id: a\n  counters:\n  - c1\n  - c2 # two\n  name: A\n  url: rtsp://h/a\n",
      "counters: [{id: c1, name: N}, {id: c2, name: M}]\n"
      "cameras:\n- id: a\n  counters: [c1] # two\n  name: A\n  url: rtsp://h/a\n" },
    { MASKS_A, "cameras: [{" CAMERA_A ", masks: [\"0,0 1,1\"]}]\n",
      "cameras: [{" CAMERA_A ", masks: [\"0,0 0.5,1\", \"0.1,0.2 0.3,0.4\"]}]\n" },
    { OFF_A, "cameras: [{" CAMERA_A ", record: yes}]\n",
      "cameras: [{" CAMERA_A ", record: false, relay: false, audio: false}]\n" },
    // Removed
    { REMOVE_A,
      "cameras:\n  # all\n  - "
      "{" CAMERA_A "}\nhall: {id: h}\n",
      "cameras:\n  # all\nhall: {id: h}\n" },
    { REMOVE_A,
      "cameras:\n  - id: a\n    name: A\n    url: rtsp://h/a\n  # b's\n  - id: b\n    name: B\n    "
      "url: rtsp://h/b\n",
      "cameras:\n  # b's\n  - id: b\n    name: B\n    url: rtsp://h/b\n" },
    { REMOVE_B,
      "cameras:\n- id: a\n  name: A\n  url: rtsp://h/a\n# b's\n-\n  id: b\n  name: B\n  url: "
      "rtsp://h/b # end\n\n# c's\n- {id: c, name: C, url: rtsp://h/c}",
      "cameras:\n- id: a\n  name: A\n  url: rtsp://h/a\n# b's\n\n# c's\n- {id: c, name: C, url: "
      "rtsp://h/c}" },
    { REMOVE_A, "cameras: [{" CAMERA_A "}, {id: b, name: B, url: rtsp://h/b}]\n",
      "cameras: [{id: b, name: B, url: rtsp://h/b}]\n" },
    { REMOVE_B, "cameras: [{" CAMERA_A "}, {id: b, name: B, url: rtsp://h/b}]\n",
      "cameras: [{" CAMERA_A "}]\n" },
};

static void replace(char **field, const char *text)
{
    g_free(*field);
    *field = g_strdup(text);
}

static ConfigCamera *camera_new(const char *id, const char *name, const char *url)
{
    ConfigCamera *camera = config_camera_new();
    replace(&camera->id, id);
    replace(&camera->name, name);
    replace(&camera->url, url);
    return camera;
}

// Camera "a" as the text has it.
static ConfigCamera *read_a(const char *text)
{
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    Config *config = NULL;
    config_parse("/f", text, strlen(text), errors, &config);
    if (errors->len)
        print_error("%s\n", (char *)errors->pdata[0]);
    assert_non_null(config);
    const ConfigCamera *was = config_camera(config, "a");
    ConfigCamera *camera = camera_new(was->id, was->name, was->url);
    replace(&camera->sub_url, was->sub_url);
    g_strfreev(camera->counters);
    camera->counters = g_strdupv(was->counters);
    config_unref(config);
    return camera;
}

static void set_counters(ConfigCamera *camera, const char *counter)
{
    g_strfreev(camera->counters);
    camera->counters = g_strsplit(counter, " ", 0);
}

static ConfigCamera *wanted_camera(Deed deed, const char *text)
{
    if (deed == ADD_B)
        return camera_new("b", "B \"1\"", "rtsp://h/b");
    ConfigCamera *camera = read_a(text);
    if (deed == NAME_A)
        replace(&camera->name, "南门");
    if (deed == SUB_A || deed == NO_SUB_A)
        replace(&camera->sub_url, deed == SUB_A ? "rtsp://h/s" : NULL);
    if (deed == COUNTERS_A)
        set_counters(camera, "c1");
    if (deed == MASKS_A) {
        g_strfreev(camera->masks);
        camera->masks = g_strsplit("0,0 0.5,1;0.1,0.2 0.3,0.4", ";", -1);
    }
    if (deed == OFF_A)
        camera->record = camera->relay = camera->audio = false;
    return camera;
}

static int edit(Deed deed, const char *text, GPtrArray *errors, char **ret_text)
{
    if (deed >= REMOVE_A)
        return config_edit_remove("/f", text, strlen(text), deed == REMOVE_A ? "a" : "b", errors,
                                  ret_text);
    g_autoptr(ConfigCamera) camera = wanted_camera(deed, text);
    return config_edit_put("/f", text, strlen(text), camera, errors, ret_text);
}

static void test_only_the_change_is_written(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
        g_autofree char *text = NULL;
        int err = edit(rows[i].deed, rows[i].text, errors, &text);
        if (err < 0 || strcmp(text, rows[i].wanted) != 0)
            print_error("row %zu: %d %s\n%s\n", i, err, errors->len ? (char *)errors->pdata[0] : "",
                        text ? text : "");
        assert_int_equal(err, 0);
        assert_string_equal(text, rows[i].wanted);
    }
}

static void test_what_is_not_there_or_not_valid_is_refused(void **state)
{
    static const struct {
        Deed deed;
        const char *text;
        int err;
        const char *error; // NULL: none
    } bad[] = {
        { REMOVE_B, "cameras: [{" CAMERA_A "}]\n", -ENOENT, NULL },
        { ADD_B, "cameras: 5\n", -EINVAL, "/f:1: cameras: found a single value; allowed a list" },
        { ADD_B, "cameras:\n  - id: a\n  - b\n", -EINVAL, NULL },
        { COUNTERS_A, "cameras: [{" CAMERA_A "}]\n", -EINVAL, NULL }, // no such counter
        { ADD_B, "hall: {id: h}\n...\n", -ENOTSUP, NULL },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
        g_autofree char *text = NULL;
        int err = edit(bad[i].deed, bad[i].text, errors, &text);
        if (err == -EINVAL && bad[i].err == -ENOTSUP)
            err = -ENOTSUP; // either way it is not put in place
        assert_int_equal(err, bad[i].err);
        assert_null(text);
        assert_true(errors->len > 0 || err == -ENOENT);
        if (bad[i].error)
            assert_string_equal(errors->pdata[0], bad[i].error);
    }
}

// Files that nobody thought of: the rows' texts with pieces cut out, doubled and put in. What is
// valid is changed or refused; no comment goes, and to say the same once more changes nothing.

enum { MANGLED = 2000, MANGLES_MAX = 4, PIECE_MAX = 30 };

static void mangle(GRand *dice, GString *text)
{
    static const char *const pieces[] = { "\n",      "\r\n",     "  ", "- ",   "# c\n",
                                          " # 注\n", "cameras:", "[]", "null", "{" CAMERA_A "}",
                                          "? ",      ">-\n",     "'",  "\"",   ", ",
                                          "---\n" };
    gssize at = g_rand_int_range(dice, 0, (gint32)text->len + 1);
    gssize from = g_rand_int_range(dice, 0, (gint32)text->len + 1);
    gssize size = g_rand_int_range(dice, 0, PIECE_MAX);
    size = MIN(size, (gssize)text->len - from);
    g_autofree char *copy = g_strndup(text->str + from, (gsize)size);
    switch (g_rand_int_range(dice, 0, 3)) {
    case 0:
        g_string_insert(text, at, pieces[g_rand_int_range(dice, 0, G_N_ELEMENTS(pieces))]);
        break;
    case 1:
        g_string_insert(text, at, copy);
        break;
    default:
        g_string_erase(text, from, size);
    }
}

static unsigned comments_in(const char *text)
{
    unsigned n = 0;
    for (; *text; text++)
        n += *text == '#';
    return n;
}

// True: it could be added.
static bool check_added(const char *text)
{
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *once = NULL, *twice = NULL;
    if (edit(ADD_B, text, errors, &once) < 0)
        return false;
    bool is_kept = comments_in(once) == comments_in(text);
    bool is_same = edit(ADD_B, once, errors, &twice) == 0 && strcmp(once, twice) == 0;
    if (!is_kept || !is_same)
        print_error("%s\n==>\n%s\n==>\n%s\n", text, once, twice ? twice : "refused");
    assert_true(is_kept && is_same);
    return true;
}

static void test_mangled_files_keep_their_comments(void **state)
{
    GRand *dice = g_rand_new_with_seed(1);
    unsigned added = 0;
    for (unsigned i = 0; i < MANGLED; i++) {
        GString *text = g_string_new(rows[i % G_N_ELEMENTS(rows)].text);
        for (int n = g_rand_int_range(dice, 0, MANGLES_MAX + 1); n > 0; n--)
            mangle(dice, text);
        added += check_added(text->str);
        g_string_free(text, TRUE);
    }
    g_rand_free(dice);
    assert_true(added > MANGLED / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_the_change_is_written),
        cmocka_unit_test(test_what_is_not_there_or_not_valid_is_refused),
        cmocka_unit_test(test_mangled_files_keep_their_comments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
