// SPDX-License-Identifier: Apache-2.0
// Conduct, read from the store. Counters that are no longer configured are left out.
#include "rating/conduct.h"

#include <errno.h>

enum { GRACE_MIN = 30 /* who was still being served when the hall closed */ };

typedef struct {
    Conduct *conduct;
    const Hall *hall;
    GHashTable *counters, *people, *telephones; // text -> index + 1
    int64_t from_ms, to_ms;
} Reading;

// The index of the text, which is added where it is new. CONDUCT_UNKNOWN for NULL.
static int index_of(Reading *reading, GHashTable *known, GPtrArray *names, const char *text,
                    bool may_add)
{
    if (!text)
        return CONDUCT_UNKNOWN;
    int index = GPOINTER_TO_INT(g_hash_table_lookup(known, text)) - 1;
    if (index >= 0 || !may_add)
        return index;
    char *name = g_string_chunk_insert(reading->conduct->text, text);
    g_ptr_array_add(names, name);
    g_hash_table_insert(known, name, GINT_TO_POINTER((int)names->len));
    return (int)names->len - 1;
}

static int person_of(Reading *reading, const char *number)
{
    GPtrArray *people = reading->conduct->people;
    return index_of(reading, reading->people, people, number, people->len < INT16_MAX);
}

static int counter_of(Reading *reading, const char *counter)
{
    return index_of(reading, reading->counters, reading->conduct->counters, counter, false);
}

static int32_t int_or_unknown(StoreQuery *query, int column)
{
    if (store_is_null(query, column))
        return CONDUCT_UNKNOWN;
    return (int32_t)CLAMP(store_int(query, column), 0, INT32_MAX);
}

// The wait is counted from the moment at which the box gave the invitation: what the network takes
// makes it longer, never shorter. A bad rating was made good where the same service was rated good
// before anybody had told the citizen what was put right: by its own follow-up, or by another
// rating of its case. A follow-up is no service of its own: it does not count (rating.h), and one
// of another rating says nothing about this one.
static int read_presses(Store *store, Reading *reading)
{
    const Hall *hall = reading->hall;
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT r.id, r.event_at, r.level, r.counter, r.staff_number, r.channel = 'pad',"
        " i.id IS NOT NULL OR r.ticket IS NOT NULL OR r.case_number IS NOT NULL, r.origin,"
        " CASE WHEN r.channel = 'pad' AND i.rating = r.id AND i.by_code = 0"
        "  AND r.event_at >= i.created_at THEN r.event_at - i.created_at END,"
        " r.level <= 2 AND EXISTS (SELECT 1 FROM rating g WHERE (g.follows = r.id"
        "   OR (g.follows IS NULL AND g.case_number = r.case_number"
        "    AND g.staff_number IS r.staff_number))"
        "  AND g.level >= 4 AND g.event_at > r.event_at"
        "  AND NOT EXISTS (SELECT 1 FROM rectification x WHERE x.rating = r.id"
        "   AND x.told_at <= g.event_at))"
        " FROM rating r LEFT JOIN invitation i ON i.id = r.invitation"
        " WHERE r.event_at >= ? AND r.event_at < ? AND r.is_counted = 1 ORDER BY r.event_at",
        "ii", reading->from_ms, reading->to_ms);
    while (store_step(query)) {
        int counter = counter_of(reading, store_text(query, 3));
        if (counter < 0)
            continue;
        int64_t at_ms = store_int(query, 1);
        ConductPress press = {
            .id = g_string_chunk_insert(reading->conduct->text, store_text(query, 0)),
            .at_ms = at_ms,
            .day = calendar_day_of(at_ms),
            .level = (int8_t)store_int(query, 2),
            .counter = (int16_t)counter,
            .staff = (int16_t)person_of(reading, store_text(query, 4)),
            .is_on_pad = store_int(query, 5),
            .is_in_hours = calendar_is_office_time(hall->calendar, hall->config, at_ms, GRACE_MIN),
            .has_service = store_int(query, 6),
            .telephone = index_of(reading, reading->telephones, reading->conduct->telephones,
                                  store_text(query, 7), true),
            .wait_ms = int_or_unknown(query, 8),
            .was_made_good = store_int(query, 9),
        };
        g_array_append_val(reading->conduct->presses, press);
    }
    return store_query_result(query);
}

// A visit is a finished ticket, or a finished case that had none.
#define INVITED(ticket, number)                                                                    \
    "EXISTS (SELECT 1 FROM invitation WHERE ticket = " ticket ")"                                  \
    " OR EXISTS (SELECT 1 FROM invitation WHERE case_number = " number " AND by_code = 0)"
#define DISPUTED(number)                                                                           \
    "(SELECT sum(kind IN ('refused', 'returned')) > 0 OR sum(kind = 'papers_asked') > 1"           \
    " FROM case_event WHERE case_number = " number ")"

static int read_visits(Store *store, Reading *reading)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT t.id, t.finished_at AS ended, t.counter, (t.finished_at - t.began_at) / 1000,"
        " (SELECT d.staff_number FROM duty d WHERE d.counter = t.counter"
        "  AND d.from_at <= t.finished_at AND (d.to_at IS NULL OR d.to_at >= t.finished_at)"
        "  ORDER BY d.from_at DESC LIMIT 1),"
        " " INVITED("t.id", "t.case_number") ", " DISPUTED(
            "t.case_number") " FROM ticket t WHERE t.finished_at >= ?1 AND t.finished_at < ?2"
                             " UNION ALL SELECT c.number, c.finished_at, c.counter, NULL, "
                             "c.person_number,"
                             " " INVITED("NULL", "c.number") ", " DISPUTED(
                                 "c.number") " FROM case_file c WHERE c.finished_at >= ?1 AND "
                                             "c.finished_at < ?2"
                                             " AND NOT EXISTS (SELECT 1 FROM ticket WHERE "
                                             "case_number = c.number) ORDER BY ended",
        "ii", reading->from_ms, reading->to_ms);
    while (store_step(query)) {
        int counter = counter_of(reading, store_text(query, 2));
        if (counter < 0)
            continue;
        int64_t at_ms = store_int(query, 1);
        ConductVisit visit = {
            .id = g_string_chunk_insert(reading->conduct->text, store_text(query, 0)),
            .at_ms = at_ms,
            .day = calendar_day_of(at_ms),
            .counter = (int16_t)counter,
            .seconds = int_or_unknown(query, 3),
            .staff = (int16_t)person_of(reading, store_text(query, 4)),
            .is_invited = store_int(query, 5),
            .is_disputed = store_int(query, 6),
        };
        g_array_append_val(reading->conduct->visits, visit);
    }
    return store_query_result(query);
}

// The judged day is the last one, whatever day it is.
static void take_days(Reading *reading, CalendarDay day)
{
    CalendarDay from = day;
    GArray *days = reading->conduct->days;
    for (int n = 1; n < CONDUCT_DAYS; n++) {
        do
            from--;
        while (from > 0 && !calendar_is_working_day(reading->hall->calendar, from));
        g_array_prepend_val(days, from);
    }
    g_array_append_val(days, day);
    reading->from_ms = calendar_day_start(from);
    reading->to_ms = calendar_day_start(day + 1);
}

static void take_counters(Reading *reading)
{
    const GPtrArray *counters = reading->hall->config->counters;
    for (guint i = 0; i < counters->len; i++) {
        const ConfigCounter *counter = counters->pdata[i];
        index_of(reading, reading->counters, reading->conduct->counters, counter->id, true);
    }
}

int conduct_read(Store *store, const Hall *hall, CalendarDay day, Conduct *ret_conduct)
{
    g_autoptr(GHashTable) counters = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) people = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) telephones = g_hash_table_new(g_str_hash, g_str_equal);
    g_auto(Conduct) conduct = { 0 };
    Reading reading = { .conduct = &conduct,
                        .hall = hall,
                        .counters = counters,
                        .people = people,
                        .telephones = telephones };
    conduct_init(&conduct);
    take_days(&reading, day);
    take_counters(&reading);
    int err = read_presses(store, &reading);
    if (err == 0)
        err = read_visits(store, &reading);
    if (err < 0)
        return err;
    conduct_prepare(&conduct);
    *ret_conduct = conduct;
    conduct = (Conduct){ 0 };
    return 0;
}
