// SPDX-License-Identifier: Apache-2.0
// The step of hall.db's schema (schema.c) that brings the roll-ups.
#include "rating/rollup.h"

// clang-format off
// Roll-ups (rollup.h): what is counted for each hour (grain 0), day (1), 8, 64 and 512 days, and
// the hours of which that is not so any more. Triggers mark them, since many places write what counts.
#define STALE(rows) "INSERT INTO figure_stale(hour) " rows " ON CONFLICT DO NOTHING;"
#define STALE_MOMENT(at) STALE("SELECT " at " / 3600000 WHERE " at " IS NOT NULL")
// All that has to do with a case or a ticket: whether it was a service, and whether that was rated.
#define STALE_CASE(number)                                                                         \
    STALE("SELECT created_at / 3600000 FROM invitation WHERE case_number = " number)               \
    STALE("SELECT finished_at / 3600000 FROM ticket WHERE case_number = " number                   \
          " AND finished_at IS NOT NULL")                                                          \
    STALE("SELECT finished_at / 3600000 FROM case_file WHERE number = " number                     \
          " AND finished_at IS NOT NULL")
#define STALE_TICKET(id)                                                                           \
    STALE("SELECT created_at / 3600000 FROM invitation WHERE ticket = " id)                        \
    STALE("SELECT finished_at / 3600000 FROM ticket WHERE id = " id " AND finished_at IS NOT NULL")
#define STALE_RATING(r)                                                                            \
    STALE_MOMENT(r ".event_at") STALE_CASE(r ".case_number") STALE_TICKET(r ".ticket")             \
    STALE("SELECT created_at / 3600000 FROM invitation WHERE id = " r ".invitation")
#define STALE_INVITATION(i)                                                                        \
    STALE_MOMENT(i ".created_at") STALE_CASE(i ".case_number") STALE_TICKET(i ".ticket")
#define STALE_VISIT(t) STALE_MOMENT(t ".finished_at") STALE_CASE(t ".case_number")
#define STALE_FILE(c)                                                                              \
    STALE_MOMENT(c ".created_at") STALE_MOMENT(c ".finished_at") STALE_CASE(c ".number")           \
    STALE("SELECT event_at / 3600000 FROM rating WHERE case_number = " c ".number")
#define STALE_LIFE(x) STALE("SELECT event_at / 3600000 FROM rating WHERE id = " x ".rating")
#define STALE_DUTY(d, from)                                                                        \
    STALE("SELECT finished_at / 3600000 FROM ticket WHERE finished_at >= " from                    \
          " AND counter = " d ".counter")

#define NEW_ROW(table, stale)                                                                      \
    "CREATE TRIGGER figures_" table "_new AFTER INSERT ON " table " BEGIN " stale("new") "END;"
#define OLD_ROW(table, stale)                                                                      \
    "CREATE TRIGGER figures_" table "_old AFTER DELETE ON " table " BEGIN " stale("old") "END;"
#define SET_ROW(table, is_other, stale)                                                            \
    "CREATE TRIGGER figures_" table "_set AFTER UPDATE ON " table " WHEN " is_other                \
    " BEGIN " stale("old") stale("new") "END;"
#define IS_OTHER(column) "old." column " IS NOT new." column
#define OR " OR "

const char rollup_schema[] =
    "CREATE TABLE figure_stale(hour INTEGER PRIMARY KEY) STRICT;"
    "CREATE TABLE figure_cell("
    "  kind INTEGER NOT NULL, grain INTEGER NOT NULL, period INTEGER NOT NULL,"
    "  key TEXT NOT NULL, sub TEXT NOT NULL, name TEXT,"
    "  n5 INTEGER NOT NULL, n4 INTEGER NOT NULL, n3 INTEGER NOT NULL, n2 INTEGER NOT NULL,"
    "  n1 INTEGER NOT NULL, rectified INTEGER NOT NULL, to_call INTEGER NOT NULL,"
    "  called INTEGER NOT NULL, services INTEGER NOT NULL, rated INTEGER NOT NULL,"
    "  filed INTEGER NOT NULL, online INTEGER NOT NULL, done INTEGER NOT NULL,"
    "  on_time INTEGER NOT NULL, promise_of INTEGER NOT NULL, promise_saved INTEGER NOT NULL,"
    "  used_of INTEGER NOT NULL, used_saved INTEGER NOT NULL,"
    "  PRIMARY KEY(kind, grain, period, key, sub)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX rating_by_ticket ON rating(ticket) WHERE ticket IS NOT NULL;"

    NEW_ROW("rating", STALE_RATING) OLD_ROW("rating", STALE_RATING)
    SET_ROW("rating",
            IS_OTHER("level") OR IS_OTHER("is_counted") OR IS_OTHER("event_at") OR IS_OTHER("tags")
            OR IS_OTHER("channel") OR IS_OTHER("counter") OR IS_OTHER("counter_name")
            OR IS_OTHER("staff_number") OR IS_OTHER("staff_name") OR IS_OTHER("invitation")
            OR IS_OTHER("case_number") OR IS_OTHER("ticket"), STALE_RATING)
    NEW_ROW("invitation", STALE_INVITATION) OLD_ROW("invitation", STALE_INVITATION)
    SET_ROW("invitation",
            IS_OTHER("rating") OR IS_OTHER("created_at") OR IS_OTHER("counter")
            OR IS_OTHER("case_number") OR IS_OTHER("ticket") OR IS_OTHER("staff_number")
            OR IS_OTHER("staff_name"), STALE_INVITATION)
    NEW_ROW("ticket", STALE_VISIT) OLD_ROW("ticket", STALE_VISIT)
    SET_ROW("ticket", IS_OTHER("finished_at") OR IS_OTHER("counter") OR IS_OTHER("case_number"),
            STALE_VISIT)
    NEW_ROW("case_file", STALE_FILE) OLD_ROW("case_file", STALE_FILE)
    // While a case is open, the days that it has used count for nothing.
    SET_ROW("case_file",
            IS_OTHER("item_code") OR IS_OTHER("item_name") OR IS_OTHER("unit")
            OR IS_OTHER("counter") OR IS_OTHER("person_number") OR IS_OTHER("person_name")
            OR IS_OTHER("channel") OR IS_OTHER("created_at") OR IS_OTHER("finished_at")
            OR IS_OTHER("due_at") OR IS_OTHER("limit_days") OR IS_OTHER("statutory_days")
            OR "new.finished_at IS NOT NULL AND " IS_OTHER("days_used"), STALE_FILE)
    NEW_ROW("rectification", STALE_LIFE) OLD_ROW("rectification", STALE_LIFE)
    SET_ROW("rectification",
            IS_OTHER("told_at") OR IS_OTHER("is_late") OR IS_OTHER("tries") OR IS_OTHER("state"),
            STALE_LIFE)
    // A duty tells whose service a ticket was.
    "CREATE TRIGGER figures_duty_new AFTER INSERT ON duty BEGIN "
    STALE_DUTY("new", "new.from_at") "END;"
    "CREATE TRIGGER figures_duty_old AFTER DELETE ON duty BEGIN "
    STALE_DUTY("old", "old.from_at") "END;"
    "CREATE TRIGGER figures_duty_set AFTER UPDATE ON duty WHEN " IS_OTHER("counter")
    OR IS_OTHER("staff_number") OR IS_OTHER("staff_name") OR IS_OTHER("from_at") " BEGIN "
    STALE_DUTY("old", "old.from_at") STALE_DUTY("new", "new.from_at") "END;"
    "CREATE TRIGGER figures_duty_end AFTER UPDATE ON duty WHEN " IS_OTHER("to_at") " BEGIN "
    STALE_DUTY("new", "coalesce(min(old.to_at, new.to_at), old.to_at, new.to_at)") "END;"

    STALE("SELECT event_at / 3600000 FROM rating WHERE true")
    STALE("SELECT created_at / 3600000 FROM invitation WHERE true")
    STALE("SELECT finished_at / 3600000 FROM ticket WHERE finished_at IS NOT NULL")
    STALE("SELECT created_at / 3600000 FROM case_file WHERE true")
    STALE("SELECT finished_at / 3600000 FROM case_file WHERE finished_at IS NOT NULL");

// What a service is has changed: all of them are counted anew.
const char rollup_visits[] = STALE("SELECT created_at / 3600000 FROM invitation WHERE true")
    STALE("SELECT finished_at / 3600000 FROM ticket WHERE finished_at IS NOT NULL");
