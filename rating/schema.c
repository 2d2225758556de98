// SPDX-License-Identifier: Apache-2.0
// The history of hall.db's schema. A step that has been released is never edited: the next one is
// appended.
//
// Times are Unix milliseconds in columns NAME_at. What the outside world names (case numbers,
// ticket ids, invitation ids on a rating) carries no foreign key where the row may arrive before
// what it points to; the join is by name.
#include "rating/case_search.h"
#include "rating/hall.h"
#include "rating/kept_report.h"
#include "rating/monthly.h"
#include "rating/rollup.h"
#include "rating/search.h"
#include "rating/watch.h"

static const char cases_and_tickets[] =
    // The derived columns (state to next_change_at) follow from the events by case_story.h and
    // case_clock.h; they are kept so that lists and the sweep need no recomputation.
    "CREATE TABLE case_file("
    "  number TEXT PRIMARY KEY,"
    "  item_code TEXT NOT NULL, item_name TEXT NOT NULL, unit TEXT NOT NULL,"
    "  kind TEXT NOT NULL CHECK(kind IN ('instant','promised','other')),"
    "  limit_days INTEGER, statutory_days INTEGER,"
    "  counter TEXT, applicant TEXT, phone_tail TEXT, person_number TEXT, person_name TEXT, "
    "channel TEXT,"
    "  declared_accepted_at INTEGER,"
    "  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,"
    "  state TEXT NOT NULL, is_open INTEGER NOT NULL, grade TEXT NOT NULL,"
    "  accepted_at INTEGER, finished_at INTEGER, due_at INTEGER, is_provisional INTEGER NOT NULL,"
    "  effective_days INTEGER, days_used INTEGER, days_left INTEGER, next_change_at INTEGER) "
    "STRICT;"
    "CREATE INDEX case_file_by_time ON case_file(created_at, number);"
    "CREATE INDEX case_file_by_change ON case_file(next_change_at) WHERE next_change_at IS NOT "
    "NULL;"
    "CREATE INDEX case_file_by_open ON case_file(is_open, due_at);"
    "CREATE INDEX case_file_by_counter ON case_file(counter, created_at);"
    "CREATE INDEX case_file_by_finish ON case_file(finished_at) WHERE finished_at IS NOT NULL;"

    "CREATE TABLE case_event("
    "  case_number TEXT NOT NULL REFERENCES case_file(number) ON DELETE CASCADE,"
    "  id TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL, received_at INTEGER NOT NULL,"
    "  node TEXT, counter TEXT, person_number TEXT, person_name TEXT, unit TEXT, reason TEXT, days "
    "INTEGER,"
    "  PRIMARY KEY(case_number, id)) STRICT;"
    "CREATE INDEX case_event_by_time ON case_event(case_number, at, id);"
    "CREATE INDEX case_event_by_counter ON case_event(counter, at) WHERE counter IS NOT NULL;"

    "CREATE TABLE ticket("
    "  id TEXT PRIMARY KEY, number TEXT NOT NULL, counter TEXT, case_number TEXT,"
    "  state TEXT NOT NULL CHECK(state IN ('issued','called','served','finished','missed')),"
    "  issued_at INTEGER, called_at INTEGER, served_at INTEGER, finished_at INTEGER,"
    "  updated_at INTEGER NOT NULL,"
    // Many queue machines tell only the call.
    "  began_at INTEGER GENERATED ALWAYS AS (coalesce(served_at, called_at)) VIRTUAL) STRICT;"
    "CREATE INDEX ticket_by_service ON ticket(counter, began_at);"
    "CREATE INDEX ticket_by_case ON ticket(case_number) WHERE case_number IS NOT NULL;"
    "CREATE INDEX ticket_by_finish ON ticket(finished_at) WHERE finished_at IS NOT NULL;"

    "CREATE TABLE duty("
    "  id INTEGER PRIMARY KEY, counter TEXT NOT NULL, staff_number TEXT NOT NULL, staff_name TEXT "
    "NOT NULL,"
    "  from_at INTEGER NOT NULL, to_at INTEGER) STRICT;"
    "CREATE INDEX duty_by_time ON duty(counter, from_at);"
    "CREATE UNIQUE INDEX duty_open ON duty(counter) WHERE to_at IS NULL;";

static const char ratings_and_flags[] =
    "CREATE TABLE invitation("
    "  id TEXT PRIMARY KEY, counter TEXT NOT NULL, case_number TEXT, ticket TEXT, item_name TEXT,"
    "  staff_number TEXT, staff_name TEXT,"
    "  created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,"
    "  state TEXT NOT NULL CHECK(state IN ('waiting','shown','refused','busy','expired','rated')),"
    "  pad TEXT, acknowledged_at INTEGER, rated_at INTEGER, rating TEXT) STRICT;"
    "CREATE INDEX invitation_by_time ON invitation(created_at);"
    "CREATE INDEX invitation_by_case ON invitation(case_number) WHERE case_number IS NOT NULL;"
    "CREATE INDEX invitation_by_ticket ON invitation(ticket) WHERE ticket IS NOT NULL;"

    // tags: JSON array of codes; tags_version: the tag table they belong to. marks: bits of
    // RatingMark.
    "CREATE TABLE rating("
    "  id TEXT PRIMARY KEY, level INTEGER NOT NULL CHECK(level BETWEEN 1 AND 5),"
    "  tags TEXT NOT NULL, tags_version TEXT NOT NULL, text TEXT,"
    "  channel TEXT NOT NULL, pad TEXT, counter TEXT NOT NULL, counter_name TEXT NOT NULL,"
    "  boot TEXT, seq INTEGER, invitation TEXT, case_number TEXT, ticket TEXT,"
    "  staff_number TEXT, staff_name TEXT,"
    "  event_at INTEGER NOT NULL, received_at INTEGER NOT NULL,"
    "  pad_clock_at INTEGER, age_ms INTEGER NOT NULL, clock_kind TEXT,"
    "  marks INTEGER NOT NULL, is_counted INTEGER NOT NULL,"
    "  camera TEXT, clip_from INTEGER, clip_to INTEGER) STRICT;"
    "CREATE INDEX rating_by_time ON rating(event_at, id, level, is_counted);"
    "CREATE INDEX rating_by_counter ON rating(counter, event_at);"
    "CREATE INDEX rating_by_case ON rating(case_number) WHERE case_number IS NOT NULL;"
    "CREATE INDEX rating_by_staff ON rating(staff_number, event_at) WHERE staff_number IS NOT NULL;"

    // Outbox: what desk wants video to hold, until video has confirmed it.
    "CREATE TABLE hold_wanted("
    "  id TEXT PRIMARY KEY, camera TEXT NOT NULL, from_at INTEGER NOT NULL, to_at INTEGER NOT NULL,"
    "  reason TEXT NOT NULL, ref TEXT NOT NULL,"
    "  state TEXT NOT NULL CHECK(state IN ('wanted','held')),"
    "  tries INTEGER NOT NULL DEFAULT 0, next_try_at INTEGER NOT NULL, held_at INTEGER,"
    "  UNIQUE(ref, camera)) STRICT;"
    "CREATE INDEX hold_wanted_by_try ON hold_wanted(next_try_at) WHERE state = 'wanted';"

    // A grade that fell back (pause, extension) and rose again is a new round of the same subject
    // and kind.
    "CREATE TABLE flag("
    "  id TEXT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, round INTEGER NOT NULL,"
    "  state TEXT NOT NULL, is_open INTEGER NOT NULL,"
    "  case_number TEXT, rating TEXT, counter TEXT, camera TEXT, staff_number TEXT,"
    "  evidence TEXT NOT NULL, raised_at INTEGER NOT NULL, closed_at INTEGER,"
    "  UNIQUE(subject, kind, round)) STRICT;"
    "CREATE INDEX flag_by_time ON flag(raised_at, id);"
    "CREATE INDEX flag_by_case ON flag(case_number) WHERE case_number IS NOT NULL;"
    "CREATE INDEX flag_open ON flag(kind) WHERE is_open = 1;"

    "CREATE TABLE flag_step("
    "  id INTEGER PRIMARY KEY, flag TEXT NOT NULL REFERENCES flag(id) ON DELETE CASCADE,"
    "  at INTEGER NOT NULL, user TEXT NOT NULL, action TEXT NOT NULL,"
    "  from_state TEXT, to_state TEXT NOT NULL, why TEXT) STRICT;"
    "CREATE INDEX flag_step_by_flag ON flag_step(flag);"

    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;";

static const char people_and_keys[] =
    "CREATE TABLE user("
    "  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL, password_hash TEXT "
    "NOT NULL,"
    "  created_at INTEGER NOT NULL, disabled_at INTEGER) STRICT;"

    "CREATE TABLE session("
    "  digest TEXT PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,"
    "  csrf TEXT NOT NULL, created_at INTEGER NOT NULL, seen_at INTEGER NOT NULL,"
    "  expires_at INTEGER NOT NULL) STRICT;"
    "CREATE INDEX session_by_user ON session(user_id);"
    "CREATE INDEX session_by_expiry ON session(expires_at);"

    "CREATE TABLE api_key("
    "  id INTEGER PRIMARY KEY, label TEXT NOT NULL, role TEXT NOT NULL, digest TEXT NOT NULL "
    "UNIQUE,"
    "  created_at INTEGER NOT NULL, revoked_at INTEGER) STRICT;"

    "CREATE TABLE audit("
    "  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL,"
    "  subject TEXT NOT NULL, detail TEXT) STRICT;";

// A hold has a whole life now: who placed it and why, and who lifted it. ref: "rating:UUID",
// "case:NUMBER", "flag:ID", or NULL for one by hand. A lifted row stays, as the record of what was
// held. Live rows of a ref are one a camera. An export (export.h): clips is a JSON array of
// {"camera","from","to"} (ms); is_swept 0: video still has to remove what it has of it.
static const char holds_and_exports[] =
    "CREATE TABLE hold("
    "  id TEXT PRIMARY KEY, camera TEXT NOT NULL, from_at INTEGER NOT NULL, to_at INTEGER NOT NULL,"
    "  reason TEXT NOT NULL, ref TEXT,"
    "  state TEXT NOT NULL CHECK(state IN ('wanted','held','lifting','lifted')),"
    "  placed_by TEXT NOT NULL, placed_at INTEGER NOT NULL, held_at INTEGER,"
    "  lifted_by TEXT, lift_why TEXT, lift_at INTEGER, lifted_at INTEGER,"
    "  tries INTEGER NOT NULL DEFAULT 0, next_try_at INTEGER NOT NULL) STRICT;"
    "INSERT INTO hold(id, camera, from_at, to_at, reason, ref, state, placed_by, placed_at, "
    "held_at, tries,"
    "  next_try_at) SELECT id, camera, from_at, to_at, reason, ref, state, 'system',"
    "  coalesce(held_at, to_at), held_at, tries, next_try_at FROM hold_wanted;"
    "DROP TABLE hold_wanted;"
    "CREATE UNIQUE INDEX hold_by_ref ON hold(ref, camera) WHERE ref IS NOT NULL"
    "  AND state IN ('wanted','held');"
    "CREATE INDEX hold_by_try ON hold(next_try_at) WHERE state IN ('wanted','lifting');"
    "CREATE INDEX hold_by_time ON hold(placed_at, id);"

    "CREATE TABLE export("
    "  id TEXT PRIMARY KEY, who TEXT NOT NULL, reason TEXT NOT NULL, ref TEXT, clips TEXT NOT NULL,"
    "  state TEXT NOT NULL CHECK(state IN "
    "('queued','running','done','failed','cancelled','removed')),"
    "  percent INTEGER NOT NULL DEFAULT 0, error TEXT, sha256 TEXT, bytes INTEGER,"
    "  created_at INTEGER NOT NULL, started_at INTEGER, finished_at INTEGER,"
    "  is_swept INTEGER NOT NULL DEFAULT 1) STRICT;"
    "CREATE INDEX export_by_time ON export(created_at, id);"
    "CREATE INDEX export_by_work ON export(created_at) WHERE state IN ('queued','running') OR "
    "is_swept = 0;";

static const char bookmarks[] =
    "CREATE TABLE bookmark("
    "  id TEXT PRIMARY KEY, camera TEXT NOT NULL, at INTEGER NOT NULL, text TEXT NOT NULL,"
    "  by TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;"
    "CREATE INDEX bookmark_by_time ON bookmark(at);";

// until_at: when a hold ends by itself. A case or flag may hold several stretches of one camera, a
// rating one.
static const char hold_ends[] =
    "ALTER TABLE hold ADD COLUMN until_at INTEGER;"
    "DROP INDEX hold_by_ref;"
    "CREATE UNIQUE INDEX hold_by_rating ON hold(ref, camera) WHERE ref GLOB 'rating:*'"
    "  AND state IN ('wanted','held');"
    "CREATE UNIQUE INDEX hold_by_ref ON hold(ref, camera, from_at, to_at) WHERE ref IS NOT NULL"
    "  AND state IN ('wanted','held');"
    "CREATE INDEX hold_by_end ON hold(until_at) WHERE state IN ('wanted','held');";

// The life of bad ratings (rectification.h): the row is where it stands, the steps are what was
// done.
static const char rectifications[] =
    "ALTER TABLE user ADD COLUMN staff_number TEXT;" // under which the user is rated
    "CREATE TABLE rectification("
    "  rating TEXT PRIMARY KEY REFERENCES rating(id),"
    "  state TEXT NOT NULL, is_open INTEGER NOT NULL, before TEXT, outcome TEXT, owner TEXT,"
    "  asked_by TEXT, round INTEGER NOT NULL, tries INTEGER NOT NULL,"
    "  created_at INTEGER NOT NULL, since_at INTEGER NOT NULL, due_at INTEGER,"
    "  is_provisional INTEGER NOT NULL, told_at INTEGER, is_late INTEGER NOT NULL,"
    "  is_call_late INTEGER NOT NULL, next_notice_at INTEGER, closed_at INTEGER) STRICT;"
    "CREATE INDEX rectification_open ON rectification(due_at) WHERE is_open = 1;"
    "CREATE INDEX rectification_ended ON rectification(closed_at) WHERE is_open = 0;"
    "CREATE INDEX rectification_by_notice ON rectification(next_notice_at)"
    "  WHERE next_notice_at IS NOT NULL;"
    "CREATE TABLE rectification_step("
    "  id INTEGER PRIMARY KEY, rating TEXT NOT NULL REFERENCES rectification(rating),"
    "  at INTEGER NOT NULL, user TEXT NOT NULL, action TEXT NOT NULL, choice TEXT,"
    "  from_state TEXT NOT NULL, to_state TEXT NOT NULL, why TEXT, due_at INTEGER,"
    "  is_late INTEGER NOT NULL) STRICT;"
    "CREATE INDEX rectification_step_by_rating ON rectification_step(rating);";

// origin: by which of its ratings a telephone is known for a day; it names nobody.
// by_code: an invitation that a case's QR code carries.
static const char telephones[] = "ALTER TABLE rating ADD COLUMN origin TEXT;"
                                 "ALTER TABLE invitation ADD COLUMN by_code INTEGER NOT NULL"
                                 "  DEFAULT 0;"
                                 "CREATE INDEX rating_by_origin ON rating(origin, event_at)"
                                 "  WHERE origin IS NOT NULL;";

// is_overlaid: with a copy to look at beside each clip (capture/overlay.h).
static const char export_overlays[] =
    "ALTER TABLE export ADD COLUMN is_overlaid INTEGER NOT NULL DEFAULT 0;";

// Paper cards (card.h) and the pictures that people give with things (attachment.h). entry: the
// one that counts; day: of the hall, "2026-11-24".
static const char cards[] =
    "CREATE TABLE attachment("
    "  id TEXT PRIMARY KEY, type TEXT NOT NULL, bytes INTEGER NOT NULL, width INTEGER NOT NULL,"
    "  height INTEGER NOT NULL, sha256 TEXT NOT NULL, by TEXT NOT NULL,"
    "  created_at INTEGER NOT NULL, ref TEXT) STRICT;"
    "CREATE TABLE card("
    "  id TEXT PRIMARY KEY, number TEXT NOT NULL, state TEXT NOT NULL, is_open INTEGER NOT NULL,"
    "  staff_number TEXT, scan TEXT REFERENCES attachment(id), entry TEXT,"
    "  entered_by TEXT NOT NULL, entered_at INTEGER NOT NULL, confirmed_by TEXT, decided_by TEXT,"
    "  ended_at INTEGER) STRICT;"
    "CREATE INDEX card_by_number ON card(number);"
    "CREATE INDEX card_by_time ON card(entered_at, id);"
    "CREATE INDEX card_open ON card(entered_at) WHERE is_open = 1;"
    "CREATE TABLE card_entry("
    "  id TEXT PRIMARY KEY, card TEXT NOT NULL REFERENCES card(id), user TEXT NOT NULL,"
    "  at INTEGER NOT NULL, day TEXT NOT NULL, counter TEXT NOT NULL,"
    "  level INTEGER NOT NULL CHECK(level BETWEEN 1 AND 5), tags TEXT NOT NULL, text TEXT,"
    "  case_number TEXT, staff_number TEXT) STRICT;"
    "CREATE INDEX card_entry_by_card ON card_entry(card, user);"
    "CREATE TABLE card_step("
    "  id INTEGER PRIMARY KEY, card TEXT NOT NULL REFERENCES card(id), at INTEGER NOT NULL,"
    "  user TEXT NOT NULL, action TEXT NOT NULL, from_state TEXT, to_state TEXT NOT NULL,"
    "  why TEXT) STRICT;"
    "CREATE INDEX card_step_by_card ON card_step(card);";

// Names and telephones (person.h), apart from what they belong to and encrypted. A row without
// sealed has been erased.
static const char persons[] =
    "CREATE TABLE person("
    "  subject TEXT PRIMARY KEY, sealed BLOB, name_mask TEXT, phone_mask TEXT, phone_mark TEXT,"
    "  created_at INTEGER NOT NULL, erased_at INTEGER) STRICT;"
    "CREATE INDEX person_by_age ON person(created_at) WHERE erased_at IS NULL;"
    "CREATE INDEX person_by_phone ON person(phone_mark) WHERE phone_mark IS NOT NULL;";

// What goes out (outbox.h). since_at: from when it waits; seq is its place in the order.
static const char outbox[] =
    "CREATE TABLE outbox("
    "  seq INTEGER PRIMARY KEY, receiver TEXT NOT NULL, id TEXT NOT NULL, subject TEXT NOT NULL,"
    "  event TEXT NOT NULL, facts TEXT NOT NULL,"
    "  state TEXT NOT NULL CHECK(state IN ('waiting','sent','refused','given_up')),"
    "  tries INTEGER NOT NULL DEFAULT 0, error TEXT,"
    "  created_at INTEGER NOT NULL, since_at INTEGER NOT NULL, tried_at INTEGER,"
    "  next_try_at INTEGER NOT NULL, ended_at INTEGER,"
    "  UNIQUE(receiver, id)) STRICT;"
    "CREATE INDEX outbox_by_state ON outbox(receiver, state, seq);"
    "CREATE INDEX outbox_by_subject ON outbox(receiver, subject, seq) WHERE state = 'waiting';"
    "CREATE INDEX outbox_by_wait ON outbox(since_at) WHERE state = 'waiting';"
    "CREATE INDEX outbox_by_end ON outbox(ended_at) WHERE ended_at IS NOT NULL;";

// The complaint counter's ledger (complaint.h): the row is where it stands, the steps are what was
// done. public_*: what a director has approved, or is asked to.
static const char complaints[] =
    "CREATE TABLE complaint("
    "  id TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE, category TEXT NOT NULL,"
    "  channel TEXT NOT NULL, counter TEXT, counter_name TEXT, unit TEXT, item TEXT,"
    "  staff_number TEXT, staff_name TEXT, text TEXT NOT NULL,"
    "  photo TEXT REFERENCES attachment(id), happened_at INTEGER, rating TEXT,"
    "  taken_by TEXT NOT NULL, created_at INTEGER NOT NULL,"
    "  camera TEXT, clip_from INTEGER, clip_to INTEGER,"
    "  state TEXT NOT NULL, is_open INTEGER NOT NULL, owner TEXT, round INTEGER NOT NULL,"
    "  since_at INTEGER NOT NULL, due_at INTEGER, is_provisional INTEGER NOT NULL,"
    "  is_late INTEGER NOT NULL, next_notice_at INTEGER, answer TEXT, closed_at INTEGER,"
    "  publication TEXT NOT NULL, public_text TEXT, public_answer TEXT, proposed_by TEXT,"
    "  published_at INTEGER) STRICT;"
    "CREATE INDEX complaint_open ON complaint(due_at) WHERE is_open = 1;"
    "CREATE INDEX complaint_ended ON complaint(closed_at) WHERE is_open = 0;"
    "CREATE INDEX complaint_published ON complaint(published_at) WHERE published_at IS NOT NULL;"
    "CREATE INDEX complaint_by_rating ON complaint(rating) WHERE rating IS NOT NULL;"
    "CREATE INDEX complaint_by_notice ON complaint(next_notice_at)"
    "  WHERE next_notice_at IS NOT NULL;"
    "CREATE TABLE complaint_step("
    "  id INTEGER PRIMARY KEY, complaint TEXT NOT NULL REFERENCES complaint(id),"
    "  at INTEGER NOT NULL, user TEXT NOT NULL, action TEXT NOT NULL, choice TEXT,"
    "  from_state TEXT NOT NULL, to_state TEXT NOT NULL, why TEXT, due_at INTEGER,"
    "  is_late INTEGER NOT NULL) STRICT;"
    "CREATE INDEX complaint_step_by_complaint ON complaint_step(complaint);";

// follows: the first rating, of a follow-up (follow_up.h).
static const char follow_ups[] =
    "ALTER TABLE rating ADD COLUMN follows TEXT REFERENCES rating(id);"
    "CREATE UNIQUE INDEX rating_by_first ON rating(follows) WHERE follows IS NOT NULL;";

// Call-backs (callback.h): cases that were drawn, and each call that was tried; subject as in
// callback.h. Pain points (painpoint.h).
static const char callbacks[] =
    "CREATE TABLE callback("
    "  case_number TEXT PRIMARY KEY, day_at INTEGER NOT NULL, is_open INTEGER NOT NULL,"
    "  outcome TEXT, ended_at INTEGER) STRICT;"
    "CREATE INDEX callback_open ON callback(day_at) WHERE is_open = 1;"
    "CREATE TABLE callback_try("
    "  id TEXT PRIMARY KEY, subject TEXT NOT NULL, at INTEGER NOT NULL, user TEXT NOT NULL,"
    "  outcome TEXT NOT NULL, answer TEXT, level INTEGER, text TEXT, next_at INTEGER) STRICT;"
    "CREATE INDEX callback_try_by_subject ON callback_try(subject, at);"
    "CREATE INDEX callback_try_by_time ON callback_try(at);"
    "CREATE TABLE painpoint("
    "  id TEXT PRIMARY KEY, at INTEGER NOT NULL, tags TEXT NOT NULL, tags_version TEXT NOT NULL,"
    "  text TEXT, item_name TEXT, unit TEXT, counter TEXT, case_number TEXT,"
    "  source TEXT NOT NULL, who TEXT NOT NULL) STRICT;"
    "CREATE INDEX painpoint_by_time ON painpoint(at, id);";

// appeal_until_at: no appeal from then on; NULL: the outcome has not been told yet, or was before
// there was a limit.
static const char appeals[] = "ALTER TABLE rectification ADD COLUMN appeal_until_at INTEGER;";

// erased_at: the picture has gone with the names of its time; the row stays.
static const char erased_pictures[] = "ALTER TABLE attachment ADD COLUMN erased_at INTEGER;";

// Search by an index that each rating was put into at once; search_schema has another.
#define WORDS_AT_ONCE                                                                              \
    "s.n, r.text, r.tags, r.case_number,"                                                          \
    " (SELECT item_name FROM case_file WHERE number = r.case_number), r.counter_name,"             \
    " coalesce(r.staff_name, '') || ' ' || coalesce(r.staff_number, '')"                           \
    " FROM rating r JOIN rating_number s ON s.rating = r.id"
static const char index_at_once[] =
    "CREATE TABLE rating_number("
    "  n INTEGER PRIMARY KEY, rating TEXT NOT NULL UNIQUE REFERENCES rating(id)) STRICT;"
    "CREATE VIRTUAL TABLE rating_fts USING fts5(text, tags, case_number, item, counter, staff,"
    "  content='', tokenize='trigram');"
    "INSERT INTO rating_number(rating) SELECT id FROM rating ORDER BY event_at, id;"
    "INSERT INTO rating_fts(rowid, text, tags, case_number, item, counter, staff)"
    " SELECT " WORDS_AT_ONCE;

// A pain point that is noted otherwise, or withdrawn: another row, which names the one it stands
// for and counts in its place and month; written_at: when.
static const char painpoint_corrections[] =
    "ALTER TABLE painpoint ADD COLUMN corrects TEXT REFERENCES painpoint(id);"
    "ALTER TABLE painpoint ADD COLUMN why TEXT;"
    "ALTER TABLE painpoint ADD COLUMN written_at INTEGER;"
    "CREATE UNIQUE INDEX painpoint_corrected ON painpoint(corrects) WHERE corrects IS NOT NULL;"
    "CREATE VIEW painpoint_now AS SELECT * FROM painpoint p"
    " WHERE NOT EXISTS (SELECT 1 FROM painpoint c WHERE c.corrects = p.id);";

// What counters are meant to be (roster.h). Spans are at most a year long, so that a look at a
// moment reads a bounded part of the index.
static const char roster[] =
    "CREATE TABLE roster("
    "  id TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK(kind IN ('open','closed','leave')),"
    "  counter TEXT, staff_number TEXT, staff_name TEXT,"
    "  from_at INTEGER NOT NULL, to_at INTEGER NOT NULL CHECK(to_at > from_at), note TEXT,"
    "  version INTEGER NOT NULL, changed_by TEXT NOT NULL, changed_at INTEGER NOT NULL) STRICT;"
    "CREATE INDEX roster_by_counter ON roster(counter, from_at) WHERE counter IS NOT NULL;"
    "CREATE INDEX roster_by_staff ON roster(staff_number, from_at) WHERE staff_number IS NOT NULL;"
    "CREATE INDEX roster_by_time ON roster(from_at);";
// The hall's own queue (queue.h). place_at: the place in the line; only_counter: to which one it
// was passed on; a ticket without lane is another machine's. queue_day: the last number of each
// lane.
static const char queues[] =
    "ALTER TABLE ticket ADD COLUMN lane TEXT;"
    "ALTER TABLE ticket ADD COLUMN priority TEXT;"
    "ALTER TABLE ticket ADD COLUMN place_at INTEGER;"
    "ALTER TABLE ticket ADD COLUMN only_counter TEXT;"
    "ALTER TABLE ticket ADD COLUMN calls INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE ticket ADD COLUMN returns INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE ticket ADD COLUMN last_called_at INTEGER;"
    "ALTER TABLE ticket ADD COLUMN missed_at INTEGER;"
    "CREATE INDEX ticket_waiting ON ticket(place_at) WHERE state = 'issued' AND lane IS NOT NULL;"
    "CREATE INDEX ticket_by_lane ON ticket(lane, finished_at) WHERE lane IS NOT NULL;"
    "CREATE INDEX ticket_by_issue ON ticket(issued_at) WHERE issued_at IS NOT NULL;"
    "CREATE INDEX ticket_by_call ON ticket(called_at) WHERE called_at IS NOT NULL;"
    "CREATE TABLE queue_day("
    "  day_at INTEGER NOT NULL, lane TEXT NOT NULL, last INTEGER NOT NULL,"
    "  PRIMARY KEY(day_at, lane)) STRICT;"
    "CREATE TABLE ticket_step("
    "  id INTEGER PRIMARY KEY, ticket TEXT NOT NULL REFERENCES ticket(id), at INTEGER NOT NULL,"
    "  user TEXT NOT NULL, action TEXT NOT NULL, from_state TEXT NOT NULL, to_state TEXT NOT NULL,"
    "  counter TEXT, lane TEXT, why TEXT) STRICT;"
    "CREATE INDEX ticket_step_by_ticket ON ticket_step(ticket);"
    "CREATE INDEX ticket_step_of_calls ON ticket_step(counter, at) WHERE action = 'call';"
    // Tablets and displays of the hall (dashboard/screen.h).
    "CREATE TABLE screen("
    "  id INTEGER PRIMARY KEY, label TEXT NOT NULL, page TEXT NOT NULL, digest TEXT NOT NULL "
    "UNIQUE, created_by TEXT NOT NULL, created_at INTEGER NOT NULL, seen_at INTEGER,"
    "  revoked_at INTEGER) STRICT;";

// What happened to cases, for other systems (tracking.h). A number is never given twice.
static const char tracking[] =
    "CREATE TABLE tracking("
    "  seq INTEGER PRIMARY KEY AUTOINCREMENT, case_number TEXT NOT NULL, event TEXT NOT NULL,"
    "  kind TEXT NOT NULL, at INTEGER NOT NULL, noted_at INTEGER NOT NULL, node TEXT, unit TEXT,"
    "  result TEXT, state TEXT NOT NULL, grade TEXT NOT NULL, due_at INTEGER) STRICT;";
// A flag's life with deadlines (flag.h), and of which unit a user is.
static const char flag_lives[] =
    "ALTER TABLE user ADD COLUMN unit TEXT;"
    "ALTER TABLE flag ADD COLUMN unit TEXT;"
    "ALTER TABLE flag ADD COLUMN owner TEXT;"
    "ALTER TABLE flag ADD COLUMN due_at INTEGER;"
    "ALTER TABLE flag ADD COLUMN is_provisional INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE flag ADD COLUMN is_late INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE flag ADD COLUMN next_notice_at INTEGER;"
    "CREATE INDEX flag_by_notice ON flag(next_notice_at) WHERE next_notice_at IS NOT NULL;"
    "CREATE INDEX flag_by_due ON flag(due_at) WHERE is_open = 1 AND due_at IS NOT NULL;"
    "ALTER TABLE flag_step ADD COLUMN choice TEXT;"
    "ALTER TABLE flag_step ADD COLUMN due_at INTEGER;"
    "ALTER TABLE flag_step ADD COLUMN is_late INTEGER NOT NULL DEFAULT 0;";

// The case's whole life (docs/cases.md). ignored: why an event changed nothing (case_story.h).
// case_unit: the units of a joint case as they were given, case_node: what a case was sent to; both
// with a clock of their own, which follows from the events.
#define PART_CLOCK                                                                                 \
    "  from_at INTEGER, to_at INTEGER, due_at INTEGER, is_provisional INTEGER NOT NULL DEFAULT 0," \
    "  effective_days INTEGER, days_used INTEGER, days_left INTEGER,"                              \
    "  grade TEXT NOT NULL DEFAULT 'none',"
static const char case_lives[] =
    "ALTER TABLE case_event ADD COLUMN result TEXT;"
    "ALTER TABLE case_event ADD COLUMN procedure TEXT;"
    "ALTER TABLE case_event ADD COLUMN approver_number TEXT;"
    "ALTER TABLE case_event ADD COLUMN approver_name TEXT;"
    "ALTER TABLE case_event ADD COLUMN is_tolerant INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE case_event ADD COLUMN papers_due TEXT;"
    "ALTER TABLE case_event ADD COLUMN ignored TEXT;"
    "CREATE INDEX case_event_ignored ON case_event(received_at) WHERE ignored IS NOT NULL;"
    "ALTER TABLE case_file ADD COLUMN agent TEXT;"
    "ALTER TABLE case_file ADD COLUMN papers_due_at INTEGER;"
    "CREATE TABLE case_unit("
    "  case_number TEXT NOT NULL REFERENCES case_file(number) ON DELETE CASCADE,"
    "  unit TEXT NOT NULL, place INTEGER NOT NULL, limit_days INTEGER, "
    "  is_lead INTEGER NOT NULL," PART_CLOCK
    "  PRIMARY KEY(case_number, unit)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX case_unit_by_unit ON case_unit(unit) WHERE to_at IS NULL;"
    "CREATE TABLE case_node("
    "  case_number TEXT NOT NULL REFERENCES case_file(number) ON DELETE CASCADE,"
    "  id TEXT NOT NULL, node TEXT NOT NULL, unit TEXT, person_number TEXT, "
    "  person_name TEXT," PART_CLOCK "  PRIMARY KEY(case_number, id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX case_node_open ON case_node(from_at) WHERE to_at IS NULL;";
#undef PART_CLOCK
// Master data (master.h), one table a kind; version counts the changes.
#define MASTER_TAIL                                                                                \
    "  version INTEGER NOT NULL, changed_by TEXT NOT NULL, changed_at INTEGER NOT NULL,"           \
    "  retired_at INTEGER) STRICT;"
static const char master[] =
    "CREATE TABLE item("
    "  code TEXT PRIMARY KEY, name TEXT NOT NULL, unit TEXT NOT NULL,"
    "  kind TEXT NOT NULL CHECK(kind IN ('instant','promised','other')),"
    "  statutory_days INTEGER, limit_days INTEGER, conditions TEXT, papers TEXT, fees TEXT,"
    "  telephone TEXT, place TEXT, forms TEXT, nodes TEXT," MASTER_TAIL
    "CREATE TABLE unit(name TEXT PRIMARY KEY, code TEXT, telephone TEXT, head TEXT," MASTER_TAIL
    "CREATE TABLE staff("
    "  number TEXT PRIMARY KEY, name TEXT NOT NULL, unit TEXT, posts TEXT, telephone TEXT,"
    "  photo TEXT REFERENCES attachment(id)," MASTER_TAIL "CREATE TABLE village("
    "  name TEXT PRIMARY KEY, code TEXT, address TEXT, telephone TEXT," MASTER_TAIL
    "CREATE TABLE agent("
    "  id TEXT PRIMARY KEY, name TEXT NOT NULL, village TEXT NOT NULL, telephone TEXT," MASTER_TAIL;

// Results by day, for the board (board.h).
static const char case_endings[] =
    "CREATE INDEX case_event_by_end ON case_event(at)"
    "  WHERE kind IN ('finished', 'refused', 'returned', 'withdrawn');";
// Orders (order.h): the row is where it stands, the steps are what was done. seq: NULL for those of
// the county, which has numbers of its own.
static const char orders[] =
    "CREATE TABLE supervise_order("
    "  id TEXT PRIMARY KEY, issued_by TEXT NOT NULL CHECK(issued_by IN ('hall','county')),"
    "  year INTEGER NOT NULL, seq INTEGER, number TEXT NOT NULL, ref TEXT, case_number TEXT,"
    "  unit TEXT, person TEXT, facts TEXT NOT NULL, demand TEXT NOT NULL,"
    "  state TEXT NOT NULL, is_open INTEGER NOT NULL, issued_user TEXT NOT NULL,"
    "  issued_at INTEGER NOT NULL, due_at INTEGER, is_provisional INTEGER NOT NULL,"
    "  is_late INTEGER NOT NULL, next_notice_at INTEGER, reply TEXT, closed_at INTEGER,"
    "  UNIQUE(issued_by, number), UNIQUE(issued_by, year, seq)) STRICT;"
    "CREATE INDEX order_by_time ON supervise_order(issued_at, id);"
    "CREATE INDEX order_by_ref ON supervise_order(ref) WHERE ref IS NOT NULL;"
    "CREATE INDEX order_by_case ON supervise_order(case_number) WHERE case_number IS NOT NULL;"
    "CREATE INDEX order_by_notice ON supervise_order(next_notice_at)"
    "  WHERE next_notice_at IS NOT NULL;"
    "CREATE TABLE order_step("
    "  id INTEGER PRIMARY KEY, supervise_order TEXT NOT NULL REFERENCES supervise_order(id),"
    "  at INTEGER NOT NULL, user TEXT NOT NULL, action TEXT NOT NULL, choice TEXT,"
    "  from_state TEXT NOT NULL, to_state TEXT NOT NULL, why TEXT, due_at INTEGER,"
    "  is_late INTEGER NOT NULL) STRICT;"
    "CREATE INDEX order_step_by_order ON order_step(supervise_order);";

// Messages of the one-window system as they came (one_window.h): encrypted in sealed, what names no
// person in shown.
static const char one_window[] =
    "CREATE TABLE one_window_message("
    "  id INTEGER PRIMARY KEY, mark TEXT NOT NULL UNIQUE, call TEXT NOT NULL, case_number TEXT,"
    "  sender TEXT NOT NULL, received_at INTEGER NOT NULL, last_at INTEGER NOT NULL,"
    "  times INTEGER NOT NULL,"
    "  state TEXT NOT NULL CHECK(state IN ('taken','waiting','contradicted','refused')),"
    "  why TEXT, shown TEXT NOT NULL, sealed BLOB) STRICT;"
    "CREATE INDEX one_window_by_state ON one_window_message(state, id);"
    "CREATE INDEX one_window_by_case ON one_window_message(case_number, id);"
    "CREATE INDEX one_window_waiting ON one_window_message(case_number) WHERE state = 'waiting';"
    "CREATE INDEX one_window_by_age ON one_window_message(received_at);"
    "CREATE INDEX one_window_sealed ON one_window_message(received_at) WHERE sealed IS NOT NULL;";

// Clues of the queue (queue_watch.h). queue_pressure: since when a lane's estimate is over the
// limit.
static const char queue_clues[] =
    "ALTER TABLE ticket ADD COLUMN is_wait_told INTEGER NOT NULL DEFAULT 0;"
    "UPDATE ticket SET is_wait_told = 1;" // what was before is not held against anybody
    "CREATE INDEX ticket_not_told ON ticket(issued_at) WHERE is_wait_told = 0 AND issued_at IS NOT "
    "NULL;"
    "CREATE TABLE queue_pressure(lane TEXT PRIMARY KEY, since_at INTEGER NOT NULL)"
    "  STRICT, WITHOUT ROWID;";

// The end of a user's term, as observers have it.
static const char terms[] = "ALTER TABLE user ADD COLUMN ends_at INTEGER;";

// One a line, in order.
// clang-format off
const StoreStep hall_schema[] = {
    cases_and_tickets,
    ratings_and_flags,
    people_and_keys,
    holds_and_exports,
    bookmarks,
    hold_ends,
    rectifications,
    telephones,
    export_overlays,
    cards,
    persons,
    outbox,
    rollup_schema,
    complaints,
    follow_ups,
    index_at_once,
    callbacks,
    appeals,
    search_schema,
    painpoint_corrections,
    erased_pictures,
    rollup_visits,
    roster,
    watch_schema,
    tracking,
    queues,
    case_lives,
    master,
    case_endings,
    monthly_schema,
    one_window,
    watch_eye_schema,
    queue_clues,
    flag_lives,
    orders,
    kept_report_schema,
    case_search_schema,
    terms,
};
// clang-format on
const size_t hall_schema_steps = G_N_ELEMENTS(hall_schema);
