// SPDX-License-Identifier: Apache-2.0
#include "rating/watch_eye.h"

#include "rating/flag.h"
#include "rating/roster.h"
#include "rating/shape.h"
#include "rating/ticket.h"
#include "rating/watch_timer.h"

#include <errno.h>
#include <string.h>

enum {
    MINUTE_MS = 60000,
    AHEAD_MS = 5000,
    BEHIND_MS = 10 * MINUTE_MS,
    PLACES_MAX = 64,      // of a camera
    CHANGES_MAX = 200000, // kept altogether
    GRACE_MINUTES = 30,   // around office hours people come and go
    WAIT_MAX_MS = 4 * 3600 * 1000,
};

// What of a place is seen; each has one state at a time.
typedef enum { ASPECT_STAFF, ASPECT_QUEUE, ASPECT_PEOPLE, ASPECT_PICTURE, N_ASPECTS } Aspect;
static const char *const aspects[N_ASPECTS] = { "staff", "queue", "people", "picture" };

static const struct {
    const char *kind;
    Aspect aspect;
} seen_kinds[] = {
    { "staffed", ASPECT_STAFF },  { "empty", ASPECT_STAFF },   { "queue", ASPECT_QUEUE },
    { "people", ASPECT_PEOPLE },  { "clear", ASPECT_PICTURE }, { "covered", ASPECT_PICTURE },
    { "frozen", ASPECT_PICTURE }, { "moved", ASPECT_PICTURE }, { "blurred", ASPECT_PICTURE },
    { "dark", ASPECT_PICTURE },   { "lost", ASPECT_PICTURE }, // camera_lost follows from the stream
                                                              // itself
};

// --- the timers, and what is told when one has counted enough

typedef struct {
    const Hall *hall;
    const char *timer; // "empty:c1", "crowd:cam1/waiting", "after:cam1/hall", "covered:cam1"
    const char *counter, *camera, *zone;
    int64_t at_ms;
    TimerSees sees;
    int64_t valid_ms, value;
    int waiting; // people, before an empty counter
    WatchTimer state;
} Look;

typedef struct {
    const char *timer; // prefix of its timers
    WatchKind kind;
    int minutes;            // offset into Config of the threshold
    bool ends;              // the flag ends by itself when it is not so any more
    bool by_waiting;        // only while people wait
    const char *instead[3]; // open flags of these kinds are closed by it
} Level;

#define MINUTES(option) offsetof(Config, rules.option)

static const Level levels[] = {
    { "empty:",
      { "inaction_empty_warning", "窗口空岗提醒", "Counter empty: reminder",
        "empty_warning_minutes" },
      MINUTES(empty_warning_minutes),
      true,
      false,
      { NULL } },
    { "empty:",
      { "inaction_empty_waiting", "窗口空岗、群众等候", "Citizens wait at an empty counter",
        "empty_minutes" },
      MINUTES(empty_minutes),
      false,
      true,
      { "inaction_empty", "inaction_empty_warning" } },
    { "empty:",
      { "inaction_empty", "窗口空岗", "Counter empty", "empty_minutes" },
      MINUTES(empty_minutes),
      false,
      false,
      { "inaction_empty_warning" } },
    { "crowd:",
      { "slow_crowd", "等候区拥挤", "Crowded waiting area", "crowd_minutes" },
      MINUTES(crowd_minutes),
      false,
      false,
      { NULL } },
    { "after:",
      { "after_hours", "非办公时间大厅有人", "People after hours", "after_hours_minutes" },
      MINUTES(after_hours_minutes),
      false,
      false,
      { NULL } },
    { "covered:",
      { "camera_covered", "摄像机被遮挡", "Camera covered", "picture_minutes" },
      MINUTES(picture_minutes),
      true,
      false,
      { NULL } },
    { "frozen:",
      { "camera_frozen", "画面定格", "Picture frozen", "picture_minutes" },
      MINUTES(picture_minutes),
      true,
      false,
      { NULL } },
    { "moved:",
      { "camera_moved", "摄像机被移动", "Camera moved", "picture_minutes" },
      MINUTES(picture_minutes),
      true,
      false,
      { NULL } },
    { "blurred:",
      { "camera_blurred", "画面模糊", "Out of focus", "picture_minutes" },
      MINUTES(picture_minutes),
      true,
      false,
      { NULL } },
    { "dark:",
      { "camera_dark", "画面过暗", "Picture dark", "picture_minutes" },
      MINUTES(picture_minutes),
      true,
      false,
      { NULL } },
};

static int64_t threshold_ms(const Hall *hall, const Level *level)
{
    const char *base = (const char *)hall->config;
    int minutes;
    memcpy(&minutes, base + level->minutes, sizeof minutes);
    return (int64_t)minutes * MINUTE_MS;
}

static bool is_of(const Level *level, const char *timer)
{
    return g_str_has_prefix(timer, level->timer);
}

static char *subject_of(const Look *look)
{
    return g_strdup_printf("%s:%" G_GINT64_FORMAT, look->timer, look->state.since_ms);
}

static json_t *evidence_of(const Look *look)
{
    json_t *evidence = json_pack("{s:o, s:o, s:I}", "from_at", shape_time(look->state.since_ms),
                                 "to_at", shape_time(look->at_ms), "minutes",
                                 (json_int_t)(look->state.held_ms / MINUTE_MS));
    int64_t unseen_ms = look->at_ms - look->state.since_ms - look->state.held_ms;
    if (unseen_ms >= MINUTE_MS)
        json_object_set_new(evidence, "unseen_minutes", json_integer(unseen_ms / MINUTE_MS));
    if (look->counter)
        json_object_set_new(evidence, "waiting", json_integer(look->waiting));
    if (look->zone) {
        json_object_set_new(evidence, "zone", json_string(look->zone));
        json_object_set_new(evidence, "people", json_integer(look->value));
    }
    return evidence;
}

static int tell(Store *store, const Look *look, const Level *level)
{
    g_autofree char *subject = subject_of(look), *staff = NULL, *name = NULL;
    int err =
        look->counter ? duty_at(store, look->counter, look->state.since_ms, &staff, &name) : 0;
    if (err == 0)
        err = flag_close_open(store, look->hall, subject, level->instead, "已升级 / superseded",
                              look->at_ms);
    if (err < 0)
        return err;
    json_t *evidence = evidence_of(look);
    FlagInput input = { .kind = level->kind.kind,
                        .subject = subject,
                        .counter = look->counter,
                        .camera = look->camera,
                        .staff_number = staff,
                        .evidence = evidence,
                        .raised_ms = look->at_ms };
    int raised = flag_raise(store, look->hall, &input, NULL);
    json_decref(evidence);
    return raised;
}

// Flags raised, or negative errno.
static int tell_due(Store *store, Look *look, int64_t *ret_next_ms)
{
    int raised = 0;
    bool is_serious = false; // people wait: what is told of an empty counter alone is not told, too
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++) {
        const Level *level = &levels[i];
        int64_t wanted_ms = threshold_ms(look->hall, level);
        bool is_told = look->state.told & (1u << i);
        bool is_held = look->state.held_ms >= wanted_ms;
        if (!is_of(level, look->timer) || look->state.sees == TIMER_NO)
            continue;
        is_serious |= level->by_waiting && (is_told || (is_held && look->waiting > 0));
        bool nobody_waits = look->waiting == 0 || look->state.sees != TIMER_YES;
        if (is_told || (level->by_waiting && nobody_waits))
            continue;
        if (is_held && (level->by_waiting || !is_serious || level->ends)) {
            int result = tell(store, look, level);
            if (result < 0)
                return result;
            raised += result;
            look->state.told |= 1u << i;
        } else if (!is_held) {
            int64_t next_ms = watch_timer_next(&look->state, wanted_ms);
            if (next_ms != WATCH_NEVER && (*ret_next_ms == WATCH_NEVER || next_ms < *ret_next_ms))
                *ret_next_ms = next_ms;
        }
    }
    return raised;
}

// What was told of it and ends with it.
static int end_told(Store *store, const Look *look)
{
    g_autofree char *subject = subject_of(look);
    int err = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(levels) && err == 0; i++) {
        const char *kinds[] = { levels[i].kind.kind, NULL };
        if (levels[i].ends && (look->state.told & (1u << i)))
            err = flag_close_open(store, look->hall, subject, kinds, "已恢复 / over", look->at_ms);
    }
    return err;
}

static int load_timer(Store *store, const char *timer, WatchTimer *ret_state)
{
    *ret_state = WATCH_TIMER_NEW;
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT sees, at, valid_at, held_ms, since_at, told FROM watch_timer WHERE timer = ?", "s",
        timer);
    if (store_step(query))
        *ret_state = (WatchTimer){ .sees = (TimerSees)store_int(query, 0),
                                   .at_ms = store_int(query, 1),
                                   .valid_ms = store_int(query, 2),
                                   .held_ms = store_int(query, 3),
                                   .since_ms = store_int_or_null(query, 4),
                                   .told = (unsigned)store_int(query, 5) };
    return store_query_result(query);
}

static int save_timer(Store *store, const char *timer, const WatchTimer *state)
{
    int err =
        store_exec(store,
                   "INSERT INTO watch_timer(timer, sees, at, valid_at, held_ms, since_at, told)"
                   " VALUES(?,?,?,?,?,?,?) ON CONFLICT(timer) DO UPDATE SET"
                   " sees = excluded.sees, at = excluded.at, valid_at = excluded.valid_at,"
                   " held_ms = excluded.held_ms, since_at = excluded.since_at,"
                   " told = excluded.told",
                   "siiiini", timer, (int64_t)state->sees, state->at_ms, state->valid_ms,
                   state->held_ms, state->since_ms, (int64_t)state->told);
    return MIN(err, 0);
}

// Counts up to now, then goes by what is seen now.
static int run_timer(Store *store, Look *look, int64_t *ret_next_ms)
{
    *ret_next_ms = WATCH_NEVER;
    int err = load_timer(store, look->timer, &look->state);
    if (err < 0)
        return err;
    watch_timer_advance(&look->state, look->at_ms);
    if (look->sees == TIMER_NO && look->state.told)
        err = end_told(store, look);
    watch_timer_see(&look->state, look->sees, look->valid_ms);
    int raised = err < 0 ? err : tell_due(store, look, ret_next_ms);
    err = raised < 0 ? raised : save_timer(store, look->timer, &look->state);
    return err < 0 ? err : raised;
}

// --- what is seen now

// A picture that is said to be anything but clear shows nothing that counts.
#define GOOD_PICTURE                                                                               \
    " AND NOT EXISTS (SELECT 1 FROM seen p WHERE p.camera = s.camera AND p.aspect = 'picture'"     \
    "  AND p.valid_at > ?2 AND p.state <> 'clear')"

static void see_staff(Store *store, Look *look)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT s.state, s.valid_at, s.camera FROM seen s WHERE s.place = ?1"
                    " AND s.aspect = 'staff' AND s.valid_at > ?2" GOOD_PICTURE
                    " ORDER BY s.state DESC, s.valid_at DESC", // staffed before empty
                    "si", look->counter, look->at_ms);
    if (!store_step(query))
        return;
    const char *state = store_text(query, 0);
    look->sees = strcmp(state, "staffed") == 0 ? TIMER_NO
                 : strcmp(state, "empty") == 0 ? TIMER_YES
                                               : TIMER_UNKNOWN;
    look->valid_ms = store_int(query, 1);
    look->camera = g_intern_string(store_text(query, 2));
}

static int people_before(Store *store, const Look *look)
{
    int64_t seen = store_value(store, 0,
                               "SELECT max(s.value) FROM seen s WHERE s.place = ?1"
                               " AND s.aspect = 'queue' AND s.valid_at > ?2" GOOD_PICTURE,
                               "si", look->counter, look->at_ms);
    int64_t tickets = store_value(store, 0,
                                  "SELECT count(*) FROM ticket WHERE state = 'issued'"
                                  " AND issued_at BETWEEN ?2 AND ?3 AND counter = ?1",
                                  "sii", look->counter, look->at_ms - WAIT_MAX_MS, look->at_ms);
    return (int)MAX(seen, tickets);
}

// 1: the counter is to be served now; 0: not, or nobody knows of it; or negative errno.
static int is_to_be_served(Store *store, const Look *look)
{
    RosterState roster;
    int err = roster_state_at(store, look->counter, look->at_ms, &roster);
    if (err < 0 || roster != ROSTER_UNKNOWN)
        return err < 0 ? err : roster == ROSTER_OPEN;
    g_autofree char *number = NULL, *name = NULL;
    err = duty_at(store, look->counter, look->at_ms, &number, &name);
    return err < 0 ? err : number || look->waiting > 0;
}

static int see_empty(Store *store, Look *look)
{
    int64_t closes_ms;
    see_staff(store, look);
    look->waiting = people_before(store, look);
    int is_wanted = is_to_be_served(store, look);
    if (is_wanted < 0)
        return is_wanted;
    if (!is_wanted ||
        !calendar_is_open(look->hall->calendar, look->hall->config, look->at_ms, &closes_ms)) {
        look->sees = TIMER_NO;
        return 0;
    }
    look->valid_ms = MIN(look->valid_ms, closes_ms);
    return 0;
}

// People in the zone; false: it is not seen.
static bool see_people(Store *store, Look *look)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT s.value, s.valid_at FROM seen s WHERE s.place = ?1"
                    " AND s.aspect = 'people' AND s.valid_at > ?2 AND s.state <> 'unsure'"
                    " AND s.camera = ?3" GOOD_PICTURE,
                    "sis", look->zone, look->at_ms, look->camera);
    if (!store_step(query))
        return false;
    look->value = store_int(query, 0);
    look->valid_ms = store_int(query, 1);
    return true;
}

static int see_crowd(Store *store, Look *look)
{
    if (see_people(store, look))
        look->sees = look->value > look->hall->config->rules.crowd_people ? TIMER_YES : TIMER_NO;
    return 0;
}

static int see_after_hours(Store *store, Look *look)
{
    bool is_office = calendar_is_office_time(look->hall->calendar, look->hall->config, look->at_ms,
                                             GRACE_MINUTES);
    if (is_office)
        look->sees = TIMER_NO;
    else if (see_people(store, look))
        look->sees = look->value > 0 ? TIMER_YES : TIMER_NO;
    return 0;
}

// By night lights are out: dark is told of within office hours alone.
static int see_picture(Store *store, Look *look)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT state, valid_at FROM seen WHERE camera = ? AND aspect = 'picture' AND valid_at > ?",
        "si", look->camera, look->at_ms);
    if (!store_step(query))
        return store_query_result(query);
    const char *state = store_text(query, 0);
    bool is_this = strncmp(look->timer, state, strlen(state)) == 0;
    int64_t closes_ms = store_int(query, 1);
    look->valid_ms = closes_ms;
    if (strcmp(state, "lost") == 0 || strcmp(state, "unsure") == 0)
        look->sees = TIMER_UNKNOWN;
    else if (is_this && strcmp(state, "dark") == 0)
        look->sees =
            calendar_is_open(look->hall->calendar, look->hall->config, look->at_ms, &closes_ms)
                ? TIMER_YES
                : TIMER_NO;
    else
        look->sees = is_this ? TIMER_YES : TIMER_NO;
    look->valid_ms = MIN(look->valid_ms, closes_ms);
    return 0;
}

static const struct {
    const char *prefix;
    int (*see)(Store *store, Look *look);
    bool of_zone;
} timers[] = {
    { "empty:", see_empty, false },      { "crowd:", see_crowd, true },
    { "after:", see_after_hours, true }, { "covered:", see_picture, false },
    { "frozen:", see_picture, false },   { "moved:", see_picture, false },
    { "blurred:", see_picture, false },  { "dark:", see_picture, false },
};

int watch_eye_look(Store *store, const Hall *hall, const char *timer, int64_t now_ms,
                   int64_t *ret_next_ms)
{
    *ret_next_ms = WATCH_NEVER;
    for (size_t i = 0; i < G_N_ELEMENTS(timers); i++) {
        if (!g_str_has_prefix(timer, timers[i].prefix))
            continue;
        g_auto(GStrv) parts = g_strsplit(timer + strlen(timers[i].prefix), "/", 2);
        Look look = { .hall = hall, .timer = timer, .at_ms = now_ms };
        if (i == 0)
            look.counter = parts[0];
        else
            look.camera = parts[0];
        if (timers[i].of_zone)
            look.zone = parts[1] ? parts[1] : "";
        int err = timers[i].see(store, &look);
        return err < 0 ? err : run_timer(store, &look, ret_next_ms);
    }
    return -ENOENT;
}

// --- keeping what is seen, as changes

static int close_state(Store *store, const WatchSeen *seen, Aspect aspect)
{
    int err =
        store_exec(store,
                   "INSERT INTO seen_before(camera, aspect, place, state, peak, from_at, to_at)"
                   " SELECT camera, aspect, place, state, peak, since_at, min(?4, valid_at)"
                   " FROM seen WHERE camera = ?1 AND aspect = ?2 AND place = ?3",
                   "sssi", seen->camera, aspects[aspect], seen->place, seen->at_ms);
    if (err > 0)
        err = store_exec(
            store, "DELETE FROM seen_before WHERE id <= (SELECT max(id) FROM seen_before) - ?", "i",
            (int64_t)CHANGES_MAX);
    return MIN(err, 0);
}

static int write_state(Store *store, const WatchSeen *seen, Aspect aspect, const char *state,
                       bool is_same)
{
    int64_t value = MAX(seen->value, 0);
    int err = store_exec(
        store,
        "INSERT INTO seen(camera, aspect, place, state, value, peak, since_at, seen_at, valid_at)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?5, ?6, ?6, ?7) ON CONFLICT(camera, aspect, place) DO UPDATE "
        "SET"
        " state = ?4, value = ?5, seen_at = ?6, valid_at = ?7,"
        " peak = CASE WHEN ?8 THEN max(peak, ?5) ELSE ?5 END,"
        " since_at = CASE WHEN ?8 THEN since_at ELSE ?6 END",
        "ssssiiii", seen->camera, aspects[aspect], seen->place, state, value, seen->at_ms,
        seen->at_ms + seen->valid_ms, (int64_t)is_same);
    return MIN(err, 0);
}

// Numbers are kept as none or some, with their peak. 1: kept; 0: older than what is known.
static int keep(Store *store, const Hall *hall, const WatchSeen *seen, Aspect aspect)
{
    bool is_number = aspect == ASPECT_QUEUE || aspect == ASPECT_PEOPLE;
    const char *state = seen->confidence < hall->config->rules.eye_confidence ? "unsure"
                        : !is_number                                          ? seen->kind
                        : seen->value > 0                                     ? "some"
                                                                              : "none";
    bool is_known = false, is_same = false;
    {
        g_autoptr(StoreQuery) query =
            store_query(store,
                        "SELECT state = ?4 AND valid_at >= ?5, seen_at > ?5 FROM seen"
                        " WHERE camera = ?1 AND aspect = ?2 AND place = ?3",
                        "ssssi", seen->camera, aspects[aspect], seen->place, state, seen->at_ms);
        is_known = store_step(query);
        is_same = is_known && store_int(query, 0);
        if (is_known && store_int(query, 1))
            return 0;
    }
    if (!is_known && store_value(store, 0, "SELECT count(*) FROM seen WHERE camera = ?", "s",
                                 seen->camera) >= PLACES_MAX)
        return -ENOSPC;
    int err = is_known && !is_same ? close_state(store, seen, aspect) : 0;
    if (err == 0)
        err = write_state(store, seen, aspect, state, is_same);
    return err < 0 ? err : 1;
}

// --- from an observation to the timers that it concerns

// Looks at the moment of the observation, and at what has come since: it may have come late.
static int look_until_now(Store *store, const Hall *hall, const char *timer, int64_t at_ms,
                          int64_t now_ms, int64_t *ret_next_ms)
{
    int raised = 0;
    *ret_next_ms = at_ms;
    while (*ret_next_ms != WATCH_NEVER && *ret_next_ms <= MAX(now_ms, at_ms)) {
        int result = watch_eye_look(store, hall, timer, *ret_next_ms, ret_next_ms);
        if (result < 0)
            return result;
        raised += result;
    }
    return raised;
}

static int put_off(Store *store, const char *timer, int64_t next_ms)
{
    g_autofree char *subject = g_strconcat("eye:", timer, NULL);
    int err = next_ms == WATCH_NEVER
                  ? store_exec(store, "DELETE FROM watch_due WHERE subject = ?", "s", subject)
                  : store_exec(store,
                               "INSERT INTO watch_due(subject, due_at) VALUES(?, ?)"
                               " ON CONFLICT(subject) DO UPDATE SET due_at = excluded.due_at",
                               "si", subject, next_ms);
    return MIN(err, 0);
}

static void add_timer(GPtrArray *all, const char *prefix, const char *id, const char *zone)
{
    g_ptr_array_add(all, g_strconcat(prefix, id, zone ? "/" : NULL, zone, NULL));
}

// What the picture shows pauses or goes on with it.
static void add_all_of_camera(Store *store, const char *camera, GPtrArray *all)
{
    for (size_t i = 0; i < G_N_ELEMENTS(timers); i++) {
        if (timers[i].see == see_picture)
            add_timer(all, timers[i].prefix, camera, NULL);
    }
    g_autoptr(StoreQuery) query = store_query(
        store, "SELECT aspect, place FROM seen WHERE camera = ? AND aspect IN ('staff', 'people')",
        "s", camera);
    while (store_step(query)) {
        const char *place = store_text(query, 1);
        bool is_staff = strcmp(store_text(query, 0), "staff") == 0;
        if (is_staff) {
            add_timer(all, "empty:", place, NULL);
        } else {
            add_timer(all, "crowd:", camera, place);
            add_timer(all, "after:", camera, place);
        }
    }
}

static GPtrArray *timers_of(Store *store, const WatchSeen *seen, Aspect aspect)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(g_free);
    switch (aspect) {
    case ASPECT_STAFF:
    case ASPECT_QUEUE:
        add_timer(all, "empty:", seen->place, NULL);
        break;
    case ASPECT_PEOPLE:
        add_timer(all, "crowd:", seen->camera, seen->place);
        add_timer(all, "after:", seen->camera, seen->place);
        break;
    case ASPECT_PICTURE:
        add_all_of_camera(store, seen->camera, all);
        break;
    case N_ASPECTS:
        break;
    }
    return all;
}

static int check(const Hall *hall, const WatchSeen *seen, int64_t now_ms, Aspect *ret_aspect)
{
    size_t row = 0;
    while (row < G_N_ELEMENTS(seen_kinds) && strcmp(seen_kinds[row].kind, seen->kind) != 0)
        row++;
    if (row == G_N_ELEMENTS(seen_kinds))
        return -EINVAL;
    *ret_aspect = seen_kinds[row].aspect;
    bool is_of_counter = *ret_aspect == ASPECT_STAFF || *ret_aspect == ASPECT_QUEUE;
    if (!config_camera(hall->config, seen->camera) ||
        (is_of_counter && !config_counter(hall->config, seen->place)))
        return -ENOENT;
    return seen->at_ms > now_ms + AHEAD_MS || seen->at_ms < now_ms - BEHIND_MS ? -ERANGE : 0;
}

int watch_eye_put(Store *store, const Hall *hall, const WatchSeen *seen, int64_t now_ms,
                  int64_t *ret_next_ms)
{
    Aspect aspect = N_ASPECTS;
    int raised = 0, err = check(hall, seen, now_ms, &aspect);
    *ret_next_ms = WATCH_NEVER;
    if (err == 0)
        err = keep(store, hall, seen, aspect);
    if (err <= 0)
        return err;
    g_autoptr(GPtrArray) all = timers_of(store, seen, aspect);
    for (guint i = 0; i < all->len; i++) {
        const char *timer = g_ptr_array_index(all, i);
        int64_t next_ms;
        int result = look_until_now(store, hall, timer, seen->at_ms, now_ms, &next_ms);
        err = result < 0 ? result : put_off(store, timer, next_ms);
        if (err < 0)
            return err;
        raised += result;
        if (next_ms != WATCH_NEVER && (*ret_next_ms == WATCH_NEVER || next_ms < *ret_next_ms))
            *ret_next_ms = next_ms;
    }
    return raised;
}

const WatchKind *watch_eye_kind(size_t i)
{
    return i < G_N_ELEMENTS(levels) ? &levels[i].kind : NULL;
}
