// SPDX-License-Identifier: Apache-2.0
#include "rating/watch.h"

// clang-format off

#define MARK(subject)                                                                              \
    "INSERT INTO watch_due(subject, due_at) SELECT " subject ", 0 WHERE true"                      \
    " ON CONFLICT(subject) DO UPDATE SET due_at = 0 WHERE due_at <> 0;"
#define ON_NEW(table, when, subject)                                                               \
    "CREATE TRIGGER watch_" table "_new AFTER INSERT ON " table when                               \
    " BEGIN " MARK(subject) "END;"
#define ON_SET(table, name, columns, when, subject)                                                \
    "CREATE TRIGGER watch_" table "_" name " AFTER UPDATE OF " columns " ON " table when           \
    " BEGIN " MARK(subject) "END;"

// A limit or a declared acceptance that was known and is another now; who: whoever put it (watch.h).
#define EDIT(column)                                                                               \
    "CREATE TRIGGER watch_edit_" column " AFTER UPDATE OF " column " ON case_file"                 \
    " WHEN old." column " IS NOT NULL AND new." column " IS NOT NULL"                              \
    "  AND old." column " <> new." column " BEGIN"                                                 \
    " INSERT INTO case_edit(case_number, at, what, was, is_now) VALUES(new.number,"                \
    "  new.updated_at, replace('" column "', 'declared_', ''), old." column ", new." column ");"   \
    "END;"

// Open cases are looked at for what time brings. What lies before the first start of a box that
// looks is not held against anybody where the box would have had to be there (watch_since).
const char watch_schema[] =
    "CREATE TABLE watch_due(subject TEXT PRIMARY KEY, due_at INTEGER NOT NULL)"
    "  STRICT, WITHOUT ROWID;"
    "CREATE INDEX watch_due_by_time ON watch_due(due_at);"
    "CREATE TABLE case_edit("
    "  id INTEGER PRIMARY KEY, case_number TEXT NOT NULL, at INTEGER NOT NULL, what TEXT NOT NULL,"
    "  was INTEGER NOT NULL, is_now INTEGER NOT NULL, who TEXT) STRICT;"
    "CREATE INDEX case_edit_by_case ON case_edit(case_number);"
    "CREATE INDEX case_event_by_finisher ON case_event(person_number, at)"
    "  WHERE kind = 'finished' AND person_number IS NOT NULL;"
    "CREATE INDEX case_file_by_finisher ON case_file(person_number, finished_at)"
    "  WHERE finished_at IS NOT NULL AND person_number IS NOT NULL;"

    EDIT("limit_days") EDIT("statutory_days") EDIT("declared_accepted_at")
    ON_NEW("case_file", "", "'case:' || new.number")
    ON_SET("case_file", "set",
           "kind, limit_days, statutory_days, counter, person_number, channel, declared_accepted_at",
           "", "'case:' || new.number")
    ON_NEW("case_event", "", "'case:' || new.case_number")
    ON_NEW("ticket", "", "'ticket:' || new.id")
    ON_SET("ticket", "set", "counter, case_number, state, issued_at, called_at, served_at, finished_at",
           "", "'ticket:' || new.id")
    ON_SET("ticket", "case", "case_number",
           " WHEN new.case_number IS NOT old.case_number AND new.case_number IS NOT NULL",
           "'case:' || new.case_number")
    ON_NEW("rating", " WHEN new.case_number IS NOT NULL", "'case:' || new.case_number")
    ON_NEW("rectification", "", "'rating:' || new.rating")
    ON_SET("rectification", "set", "state, due_at", "", "'rating:' || new.rating")
    ON_NEW("complaint", "", "'complaint:' || new.id")

    "INSERT INTO watch_due SELECT 'case:' || number, 0 FROM case_file WHERE is_open = 1;"
    "INSERT INTO watch_due SELECT 'rating:' || rating, 0 FROM rectification WHERE is_open = 1;"
    "INSERT INTO meta(key, value) VALUES('watch_since',"
    "  CAST(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) AS TEXT));";
// clang-format on

// seen: what each camera shows of each place now; seen_before: what it showed, as changes, with the
// most people of its time; watch_timer: watch_timer.h.
const char watch_eye_schema[] =
    "CREATE TABLE seen("
    "  camera TEXT NOT NULL, aspect TEXT NOT NULL, place TEXT NOT NULL, state TEXT NOT NULL,"
    "  value INTEGER NOT NULL, peak INTEGER NOT NULL, since_at INTEGER NOT NULL,"
    "  seen_at INTEGER NOT NULL, valid_at INTEGER NOT NULL,"
    "  PRIMARY KEY(camera, aspect, place)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX seen_by_place ON seen(place, aspect);"
    "CREATE TABLE seen_before("
    "  id INTEGER PRIMARY KEY, camera TEXT NOT NULL, aspect TEXT NOT NULL, place TEXT NOT NULL,"
    "  state TEXT NOT NULL, peak INTEGER NOT NULL, from_at INTEGER NOT NULL, to_at INTEGER NOT "
    "NULL)"
    "  STRICT;"
    "CREATE INDEX seen_before_by_place ON seen_before(place, from_at);"
    "CREATE TABLE watch_timer("
    "  timer TEXT PRIMARY KEY, sees INTEGER NOT NULL, at INTEGER NOT NULL, valid_at INTEGER NOT "
    "NULL,"
    "  held_ms INTEGER NOT NULL, since_at INTEGER, told INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX ticket_issued ON ticket(counter, issued_at) WHERE state = 'issued';";
