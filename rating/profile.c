// SPDX-License-Identifier: Apache-2.0
#include "rating/profile.h"

#include "base/clock.h"
#include "rating/data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CELLS_MAX = 6, DEPTH_MAX = 4 };

// A row of the table: cells beyond its end are "".
typedef struct {
    const char *cells[CELLS_MAX];
} Row;

struct Profile {
    GStrv texts;  // the lines, cut into cells
    GArray *rows; // Row: its own first, then its parent's
    int default_days, default_level;
};

enum { KIND, OWNER, A, B, C, D };

static void cut(char *line, Row *row)
{
    char *rest = line;
    for (int i = 0; i < CELLS_MAX; i++) {
        char *tab = rest ? strchr(rest, '\t') : NULL;
        row->cells[i] = rest ? rest : "";
        if (tab)
            *tab = 0;
        rest = tab ? tab + 1 : NULL;
    }
}

static const Row *find_profile(const GArray *all, const char *id)
{
    for (guint i = 0; i < all->len; i++) {
        const Row *row = &g_array_index(all, Row, i);
        if (strcmp(row->cells[KIND], "profile") == 0 && strcmp(row->cells[OWNER], id) == 0)
            return row;
    }
    return NULL;
}

static void take_rows_of(Profile *profile, const GArray *all, const char *id)
{
    for (guint i = 0; i < all->len; i++) {
        const Row *row = &g_array_index(all, Row, i);
        if (strcmp(row->cells[OWNER], id) == 0 && strcmp(row->cells[KIND], "profile") != 0)
            g_array_append_val(profile->rows, *row);
    }
}

Profile *profile_new(const char *text, const char *id)
{
    g_autoptr(Profile) profile = g_new0(Profile, 1);
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Row));
    profile->texts = g_strsplit(text ? text : data_province_profiles, "\n", -1);
    profile->rows = g_array_new(FALSE, FALSE, sizeof(Row));
    for (char **line = profile->texts; *line; line++) {
        Row row;
        if (!**line || **line == '#')
            continue;
        cut(*line, &row);
        g_array_append_val(all, row);
    }
    const Row *head = find_profile(all, id);
    if (!head)
        return NULL;
    profile->default_days = atoi(head->cells[C]);
    profile->default_level = atoi(head->cells[D]);
    for (int depth = 0; head && depth < DEPTH_MAX; depth++) {
        take_rows_of(profile, all, head->cells[OWNER]);
        head = find_profile(all, head->cells[B]);
    }
    return g_steal_pointer(&profile);
}

void profile_free(Profile *profile)
{
    if (!profile)
        return;
    g_strfreev(profile->texts);
    g_array_unref(profile->rows);
    g_free(profile);
}

int profile_default_days(const Profile *profile)
{
    return profile->default_days;
}

int profile_default_level(const Profile *profile)
{
    return profile->default_level;
}

// --- values

// The code of a value; the table's "*" where it has none; else "".
static const char *code_of(const Profile *profile, const char *codec, const char *value)
{
    const char *other = "";
    for (guint i = 0; i < profile->rows->len; i++) {
        const Row *row = &g_array_index(profile->rows, Row, i);
        if (strcmp(row->cells[KIND], "code") != 0 || strcmp(row->cells[A], codec) != 0)
            continue;
        if (strcmp(row->cells[B], value) == 0)
            return row->cells[C];
        if (strcmp(row->cells[B], "*") == 0 && !*other)
            other = row->cells[C];
    }
    return other;
}

static char *plain_text(const json_t *value)
{
    if (json_is_string(value))
        return g_strdup(json_string_value(value));
    if (json_is_integer(value))
        return g_strdup_printf("%lld", (long long)json_integer_value(value));
    if (json_is_boolean(value))
        return g_strdup(json_is_true(value) ? "yes" : "no");
    return g_strdup("");
}

// "2026-11-24 09:12:03" of the hall's zone.
static char *time_text(const json_t *value)
{
    int64_t ms;
    struct tm tm;
    char text[32];
    const char *full = json_string_value(value);
    if (!full || !clock_parse(full, &ms))
        return g_strdup("");
    time_t seconds = (time_t)(ms / 1000);
    localtime_r(&seconds, &tm);
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm);
    return g_strdup(text);
}

static char *list_text(const json_t *value)
{
    GString *text = g_string_new(NULL);
    size_t i;
    const json_t *item;
    json_array_foreach(value, i, item)
        g_string_append_printf(text, "%s%s", i ? "," : "", json_string_value(item));
    return g_string_free(text, FALSE);
}

static char *encode(const Profile *profile, const char *codec, const json_t *value)
{
    if (strcmp(codec, "time") == 0)
        return time_text(value);
    if (strcmp(codec, "list") == 0)
        return list_text(value);
    g_autofree char *text = plain_text(value);
    if (strcmp(codec, "text") == 0)
        return g_steal_pointer(&text);
    return g_strdup(code_of(profile, codec, text));
}

json_t *profile_record(const Profile *profile, const json_t *facts)
{
    json_t *record = json_object();
    for (guint i = 0; i < profile->rows->len; i++) {
        const Row *row = &g_array_index(profile->rows, Row, i);
        const char *name = row->cells[A];
        if (strcmp(row->cells[KIND], "field") != 0 || json_object_get(record, name))
            continue;
        g_autofree char *text =
            encode(profile, row->cells[C], json_object_get(facts, row->cells[B]));
        json_object_set_new(record, name, json_string(text));
    }
    return record;
}

// --- the way back

// Text or a number as text; NULL: nothing is said.
static char *said_text(const json_t *value)
{
    g_autofree char *text =
        json_is_real(value) ? g_strdup_printf("%.15g", json_real_value(value)) : plain_text(value);
    g_strstrip(text);
    return *text ? g_steal_pointer(&text) : NULL;
}

static json_t *time_said(const char *text)
{
    int64_t ms;
    return clock_parse(text, &ms) || clock_parse_local(text, &ms) ? json_integer(ms)
                                                                  : json_string(text);
}

// "5" and "5.0" alike: other systems write whole numbers as decimals.
static json_t *number_said(const char *text)
{
    char *end;
    gint64 number = g_ascii_strtoll(text, &end, 10);
    if (end != text && *end == '.')
        end += 1 + strspn(end + 1, "0");
    return end != text && !*end ? json_integer(number) : json_string(text);
}

// The value of a code; the table's for any other; else the code itself.
static json_t *value_said(const Profile *profile, const char *codec, const char *code)
{
    const char *other = code;
    for (guint i = 0; i < profile->rows->len; i++) {
        const Row *row = &g_array_index(profile->rows, Row, i);
        if (strcmp(row->cells[KIND], "code") != 0 || strcmp(row->cells[A], codec) != 0)
            continue;
        if (strcmp(row->cells[C], code) == 0)
            return json_string(row->cells[B]);
        if (strcmp(row->cells[C], "*") == 0 && other == code)
            other = row->cells[B];
    }
    return json_string(other);
}

static json_t *decode(const Profile *profile, const char *codec, const char *text)
{
    if (strcmp(codec, "text") == 0)
        return json_string(text);
    if (strcmp(codec, "time") == 0)
        return time_said(text);
    if (strcmp(codec, "number") == 0)
        return number_said(text);
    return value_said(profile, codec, text);
}

json_t *profile_facts(const Profile *profile, const json_t *record)
{
    json_t *facts = json_object();
    for (guint i = 0; i < profile->rows->len; i++) {
        const Row *row = &g_array_index(profile->rows, Row, i);
        const char *source = row->cells[B];
        if (strcmp(row->cells[KIND], "field") != 0 || json_object_get(facts, source))
            continue;
        g_autofree char *text = said_text(json_object_get(record, row->cells[A]));
        if (text)
            json_object_set_new(facts, source, decode(profile, row->cells[C], text));
    }
    return facts;
}

static const char *field_cell(const Profile *profile, int key, const char *value, int cell)
{
    for (guint i = 0; i < profile->rows->len; i++) {
        const Row *row = &g_array_index(profile->rows, Row, i);
        if (strcmp(row->cells[KIND], "field") == 0 && strcmp(row->cells[key], value) == 0)
            return row->cells[cell];
    }
    return NULL;
}

const char *profile_source(const Profile *profile, const char *name)
{
    return field_cell(profile, A, name, B);
}

const char *profile_name(const Profile *profile, const char *source)
{
    const char *name = field_cell(profile, B, source, A);
    return name ? name : source;
}

char **profile_headers(const Profile *profile, const char *(*look)(void *ctx, const char *source),
                       void *ctx)
{
    g_autoptr(GStrvBuilder) headers = g_strv_builder_new();
    for (guint i = 0; i < profile->rows->len; i++) {
        const Row *row = &g_array_index(profile->rows, Row, i);
        if (strcmp(row->cells[KIND], "header") != 0)
            continue;
        const char *value = look(ctx, row->cells[B]);
        g_autofree char *header = value ? g_strconcat(row->cells[A], ": ", value, NULL) : NULL;
        if (header)
            g_strv_builder_add(headers, header);
    }
    return g_strv_builder_end(headers);
}

// --- answers

static const struct {
    const char *name;
    ProfileAnswer answer;
} answers[] = { { "taken", PROFILE_TAKEN }, { "known", PROFILE_KNOWN }, { "busy", PROFILE_BUSY } };

static ProfileAnswer answer_of(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++)
        if (strcmp(answers[i].name, name) == 0)
            return answers[i].answer;
    return PROFILE_REFUSED;
}

// What a row of answers is about.
static char *answered_value(const char *key, long status, const json_t *body)
{
    if (strcmp(key, "status") == 0)
        return g_strdup_printf("%ld", status);
    const json_t *value = json_object_get(body, key);
    return json_is_boolean(value) ? g_strdup(json_is_true(value) ? "true" : "false")
                                  : plain_text(value);
}

// Whether it answers in its own form at all: with one of the keys that it answers by.
static bool is_answer(const Profile *profile, const json_t *body)
{
    for (guint i = 0; i < profile->rows->len; i++) {
        const Row *row = &g_array_index(profile->rows, Row, i);
        if (strcmp(row->cells[KIND], "answer") == 0 && json_object_get(body, row->cells[A]))
            return true;
    }
    return false;
}

static ProfileAnswer look_up(const Profile *profile, long status, const json_t *body)
{
    for (guint i = 0; i < profile->rows->len; i++) {
        const Row *row = &g_array_index(profile->rows, Row, i);
        if (strcmp(row->cells[KIND], "answer") != 0)
            continue;
        g_autofree char *value = answered_value(row->cells[A], status, body);
        if (strcmp(value, row->cells[B]) == 0)
            return answer_of(row->cells[C]);
    }
    return PROFILE_REFUSED;
}

static char *words_of(const Profile *profile, const json_t *body)
{
    for (guint i = 0; i < profile->rows->len; i++) {
        const Row *row = &g_array_index(profile->rows, Row, i);
        const char *words = strcmp(row->cells[KIND], "words") == 0
                                ? json_string_value(json_object_get(body, row->cells[A]))
                                : NULL;
        if (words && *words)
            return g_strdup(words);
    }
    return NULL;
}

// HTTP's status comes first: what is said beside a failure's status is not taken for success.
static ProfileAnswer judge(const Profile *profile, long status, const json_t *body)
{
    ProfileAnswer answer = look_up(profile, status, body);
    bool is_success = status >= 200 && status < 300;
    if (answer == PROFILE_KNOWN || answer == PROFILE_BUSY)
        return answer;
    if (status < 400 && !is_success)
        return PROFILE_BUSY;
    if (is_success)
        return is_answer(profile, body) ? answer : PROFILE_NONSENSE;
    return status >= 500 || status == 401 || status == 403 || status == 404 || status == 429 ||
                   status == 408
               ? PROFILE_BUSY
               : PROFILE_REFUSED;
}

ProfileAnswer profile_judge(const Profile *profile, long status, const char *text, size_t size,
                            char **ret_words)
{
    json_t *body = json_loadb(text, size, 0, NULL);
    if (!json_is_object(body)) {
        json_decref(body);
        body = json_object();
    }
    ProfileAnswer answer = judge(profile, status, body);
    *ret_words = words_of(profile, body);
    json_decref(body);
    return answer;
}
