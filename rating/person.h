// SPDX-License-Identifier: Apache-2.0
// Person: name, telephone and id number of a citizen, apart from what they belong to. Kept
// encrypted by a key outside the database (base/seal.h), bound to their subject; beside them in the
// clear only masks (张*, 138****1234) and a keyed mark by which a telephone number is known again.
// After rules.person_days all of it is erased; the row stays, empty, so that figures of named
// ratings stay. Source: issue "Personal data", domain rules "Ratings".
//
// subject: "rating:UUID", "case:NUMBER" or "complaint:UUID". Who may see a whole person, and that
// each look is on record, is the dashboard's (api_person.c).
#pragma once
#include "base/fields.h"
#include "base/seal.h"
#include "rating/hall.h"

// Borrowed. NULL: not given. phone_tail: the last 4 digits, where phone is not known.
typedef struct {
    const char *name, *phone, *phone_tail, *id_number;
} PersonInput;

// Owned.
typedef struct {
    char *name, *phone, *phone_tail, *id_number;
} Person;
void person_done(Person *person);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Person, person_done)

// Reads {"name"?,"phone","id_number"?} of a rating; what is wrong is said by fields. The texts are
// the object's.
void person_read(Fields *fields, PersonInput *input);
// What is wrong with a telephone or an id number from outside is said by fields; NULL is well.
void person_check_phone(Fields *fields, const char *key, const char *phone);
void person_check_id_number(Fields *fields, const char *key, const char *id_number);

// Digits alone ("+" before those of abroad), or NULL: no telephone number. Spaces, hyphens, full
// width digits and the country's own prefix go. The caller frees.
char *person_phone(const char *text);
// 张三 -> 张*, 张小三 -> 张*三; 13812345678 -> 138****5678. NULL stays NULL; the caller frees.
char *person_mask_name(const char *name);
char *person_mask_phone(const char *phone);

// Inside a writer job. What is not given stays as it was known. 1: something is new; 0: nothing;
// -ENOKEY: the box has no key; other negative errno.
int person_put(Store *store, const Hall *hall, const char *subject, const PersonInput *input,
               int64_t now_ms);
// Whole. -ENOENT: none, or erased; -EBADMSG: sealed by another key, or the row was moved or
// altered. Any connection.
int person_open(Store *store, const Hall *hall, const char *subject, Person *ret_person);
// False for whoever is rated (staff: the number under which that is; NULL: under none) by the
// rating, or by one of the case's.
bool person_may_look(Store *store, const char *subject, const char *staff);
// Inside a writer job: erases what is older than rules.person_days, counted from the day it came,
// or later from the end of its case or of its bad rating's life. Erased, or negative errno.
int person_sweep(Store *store, const Hall *hall, int64_t now_ms);
// Inside a transaction, once after the schema's steps: applicants that stand in the clear in
// case_file (which no SQL step can encrypt) come under this roof. Moved, or negative errno.
int person_adopt(Store *store, const Hall *hall, int64_t now_ms);

// Whether the last four characters of the telephone, or of the id number where no telephone is
// known, are these (x and X alike). It takes the same work whether or not there is such a person,
// so that the time of an answer tells nobody which subjects exist. Any connection.
enum { PERSON_TAIL = 4 };
bool person_has_tail(Store *store, const Hall *hall, const char *subject, const char *tail);
// Columns of a row that may have a person, joined as alias p: is_named, and rater_* for shape_nest.
#define PERSON_COLUMNS(p)                                                                          \
    p ".subject IS NOT NULL AS is_named, " p ".name_mask AS rater_name, " p                        \
      ".phone_mask AS rater_phone, " p ".erased_at AS rater_erased_at"
