// SPDX-License-Identifier: Apache-2.0
#include "rating/province.h"

#include "base/clock.h"
#include "rating/person.h"
#include "rating/profile.h"
#include "rating/rating.h"
#include "rating/shape.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS         (24 * INT64_C(3600000))
#define DEFAULT_PREFIX "default."
#define DEFAULTS_KEY   "province_defaults_until" // of meta: cases finished before it were looked at

enum { SWEEP_STEP = 500 };

// --- writing

int province_tell(Store *store, const Hall *hall, const char *rating, const char *change,
                  int64_t now_ms)
{
    if (!hall->config->province.url)
        return 0;
    g_autofree char *id = change ? g_strconcat(rating, ".", change, NULL) : g_strdup(rating);
    g_autofree char *subject = g_strconcat("rating:", rating, NULL);
    OutboxInput row = { .receiver = OUTBOX_PROVINCE,
                        .id = id,
                        .subject = subject,
                        .event = change ? "change" : "rating",
                        .now_ms = now_ms };
    return MIN(outbox_add(store, hall, &row), 0);
}

static int tell_default(Store *store, const Hall *hall, const char *number, int64_t now_ms)
{
    g_autofree char *id = g_strconcat(DEFAULT_PREFIX, number, NULL);
    g_autofree char *subject = g_strconcat("case:", number, NULL);
    OutboxInput row = { .receiver = OUTBOX_PROVINCE,
                        .id = id,
                        .subject = subject,
                        .event = "default",
                        .now_ms = now_ms };
    return outbox_add(store, hall, &row);
}

static int64_t looked_until(Store *store)
{
    return store_value(store, STORE_NULL, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = ?",
                       "s", DEFAULTS_KEY);
}

static int look_until(Store *store, int64_t until_ms)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, until_ms);
    return MIN(0, store_exec(store,
                             "INSERT INTO meta(key, value) VALUES(?,?)"
                             " ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                             "ss", DEFAULTS_KEY, text));
}

// Cases finished in a stretch that nobody rated, the earliest first; ret_last: the end of the last
// that was looked at.
static GPtrArray *silent_cases(Store *store, int64_t from_ms, int64_t to_ms, int64_t *ret_last_ms)
{
    GPtrArray *numbers = g_ptr_array_new_with_free_func(g_free);
    *ret_last_ms = to_ms;
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT number, finished_at FROM case_file c"
                    " WHERE finished_at >= ? AND finished_at < ? AND state IN ('finished',"
                    " 'picked_up') AND NOT EXISTS(SELECT 1 FROM rating r"
                    "   WHERE r.case_number = c.number) ORDER BY finished_at LIMIT ?",
                    "iii", from_ms, to_ms, (int64_t)SWEEP_STEP);
    while (store_step(query)) {
        g_ptr_array_add(numbers, g_strdup(store_text(query, 0)));
        if (numbers->len == SWEEP_STEP)
            *ret_last_ms = store_int(query, 1) + 1;
    }
    return numbers;
}

// The first time it only notes from when on it looks: what was before the province was told of
// anything is not made up afterwards.
int province_sweep(Store *store, const Hall *hall, int64_t now_ms)
{
    if (!hall->config->province.url)
        return 0;
    g_autoptr(Profile) profile = profile_new(NULL, hall->config->province.profile);
    int days = profile ? profile_default_days(profile) : 0;
    if (days == 0)
        return 0;
    int64_t to_ms = now_ms - days * DAY_MS, from_ms = looked_until(store), last_ms;
    if (from_ms == STORE_NULL)
        return look_until(store, to_ms);
    if (from_ms >= to_ms)
        return 0;
    g_autoptr(GPtrArray) numbers = silent_cases(store, from_ms, to_ms, &last_ms);
    for (guint i = 0; i < numbers->len; i++) {
        int err = tell_default(store, hall, numbers->pdata[i], now_ms);
        if (err < 0)
            return err;
    }
    int err = look_until(store, last_ms);
    return err < 0 ? err : (int)numbers->len;
}

#define TELL_AGAIN                                                                                 \
    " ON CONFLICT(receiver, id) DO UPDATE SET state = 'waiting', tries = 0, ended_at = NULL,"      \
    " since_at = ?3, next_try_at = ?3 WHERE outbox.state <> 'waiting'"

int province_replay(Store *store, const Hall *hall, int64_t from_ms, int64_t to_ms, int64_t now_ms)
{
    to_ms = MIN(to_ms, from_ms + DAY_MS);
    int ratings = store_exec(
        store,
        "INSERT INTO outbox(receiver, id, subject, event, facts, state, created_at, since_at,"
        " next_try_at) SELECT 'province', id, 'rating:' || id, 'rating', '{}', 'waiting', ?3, ?3,"
        " ?3 FROM rating WHERE event_at >= ?1 AND event_at < ?2 ORDER BY event_at, id" TELL_AGAIN,
        "iii", from_ms, to_ms, now_ms);
    if (ratings < 0)
        return ratings;
    int steps = store_exec(
        store,
        "INSERT INTO outbox(receiver, id, subject, event, facts, state, created_at, since_at,"
        " next_try_at) SELECT 'province', s.rating || '.' || s.id, 'rating:' || s.rating,"
        " 'change', '{}', 'waiting', ?3, ?3, ?3 FROM rectification_step s"
        " JOIN rating r ON r.id = s.rating WHERE r.event_at >= ?1 AND r.event_at < ?2"
        " AND s.from_state <> s.to_state AND s.to_state <> 'judging' ORDER BY s.id" TELL_AGAIN,
        "iii", from_ms, to_ms, now_ms);
    if (steps < 0)
        return steps;
    if (ratings + steps > 0 && hall->changed)
        hall->changed(hall->ctx, "outbox", OUTBOX_PROVINCE);
    return ratings + steps;
}

// --- facts

static const char rating_facts[] =
    "SELECT r.id AS rating, r.level, r.tags AS tags_json, r.text, r.channel, r.event_at,"
    // A follow-up is in no figure of ours, and valid all the same.
    " r.is_counted OR r.follows IS NOT NULL AS is_counted,"
    " CASE WHEN r.follows IS NULL THEN 1 ELSE 2 END AS assess_number, r.case_number, "
    "r.counter_name, r.staff_name,"
    " coalesce(t.number, r.ticket, r.id) AS service_number,"
    " coalesce(t.began_at, c.accepted_at, r.event_at) AS service_at,"
    " c.item_code, c.item_name, coalesce(c.item_name, r.counter_name) AS service_name,"
    " c.state AS case_state, coalesce(c.person_name, r.staff_name) AS case_manager, c.due_at,"
    " c.accepted_at, x.state AS rectification,"
    " (SELECT s.why FROM rectification_step s WHERE s.rating = r.id AND s.action = 'tell'"
    "  ORDER BY s.id DESC LIMIT 1) AS answer"
    " FROM rating r LEFT JOIN case_file c ON c.number = r.case_number"
    " LEFT JOIN ticket t ON t.id = r.ticket LEFT JOIN rectification x ON x.rating = r.id"
    " WHERE r.id = ?";

static const char case_facts[] =
    "SELECT c.number AS case_number, c.item_code, c.item_name, c.item_name AS service_name,"
    " c.state AS case_state, c.person_name AS case_manager, c.due_at, c.accepted_at,"
    " coalesce(c.accepted_at, c.finished_at) AS service_at, c.finished_at,"
    " c.number AS service_number FROM case_file c WHERE c.number = ?";

static void set(json_t *facts, const char *key, const char *value)
{
    json_object_set_new(facts, key, value ? json_string(value) : json_null());
}

static void set_yes(json_t *facts, const char *key, bool value)
{
    json_object_set_new(facts, key, json_boolean(value));
}

static json_t *read_facts(Store *store, const char *sql, const char *id)
{
    g_autoptr(StoreQuery) query = store_query(store, sql, "s", id);
    return store_step(query) ? store_row_json(query) : NULL;
}

// An id number has a day of birth in it (GB 11643), a company's credit code has none (GB 32100);
// both have 18 characters. NULL: another document.
static const char *kind_of(const char *id_number)
{
    int year, month, day;
    if (strlen(id_number) != 18)
        return NULL;
    bool has_birth = strspn(id_number, G_CSET_DIGITS) >= 17 &&
                     sscanf(id_number + 6, "%4d%2d%2d", &year, &month, &day) == 3 && year >= 1900 &&
                     year < 2100 && month >= 1 && day >= 1 &&
                     g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year);
    return has_birth ? "person" : "company";
}

// Names go only where the config says so, and only those that are kept still.
static void add_person(Store *store, const Hall *hall, const char *subject, json_t *facts)
{
    g_auto(Person) person = { 0 };
    bool is_open = hall->config->province.persons && hall->seal &&
                   person_open(store, hall, subject, &person) == 0;
    set(facts, "rater_name", is_open ? person.name : NULL);
    set(facts, "rater_id_number", is_open ? person.id_number : NULL);
    set(facts, "rater_kind", is_open && person.id_number ? kind_of(person.id_number) : NULL);
    set_yes(facts, "is_anonymous", !(is_open && person.name));
}

static void add_hall(const Config *config, json_t *facts)
{
    set(facts, "area_code", config->province.area_code);
    set(facts, "area_name", config->province.area_name);
    set(facts, "dept_code", config->province.dept_code);
    set_yes(facts, "is_public", false); // what a hall publishes it publishes itself
}

// A rating that nobody gave: the level that the profile says, at the end of the time to give one.
static void add_default(const Profile *profile, json_t *facts)
{
    int64_t finished_ms = 0;
    const char *finished = json_string_value(json_object_get(facts, "finished_at"));
    if (finished && clock_parse(finished, &finished_ms))
        json_object_set_new(facts, "event_at",
                            shape_time(finished_ms + profile_default_days(profile) * DAY_MS));
    json_object_set_new(facts, "level", json_integer(profile_default_level(profile)));
    set(facts, "channel", "default");
    json_object_set_new(facts, "assess_number", json_integer(1));
    set_yes(facts, "is_counted", true);
}

json_t *province_facts(Store *store, const Hall *hall, const OutboxRow *row, int64_t now_ms)
{
    bool is_default = strcmp(row->event, "default") == 0;
    const char *id = strchr(row->subject, ':');
    json_t *facts = id ? read_facts(store, is_default ? case_facts : rating_facts, id + 1) : NULL;
    if (!facts)
        return NULL;
    if (is_default) {
        g_autoptr(Profile) profile = profile_new(NULL, hall->config->province.profile);
        add_default(profile, facts);
        set_yes(facts, "is_anonymous", true);
    } else {
        add_person(store, hall, row->subject, facts);
    }
    set_yes(facts, "is_default", is_default);
    add_hall(hall->config, facts);
    return facts;
}
