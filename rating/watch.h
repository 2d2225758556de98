// SPDX-License-Identifier: Apache-2.0
// Watch: looks for clues of conduct and raises their flags (docs/conduct.md).
//
// What changed is marked in watch_due by triggers (watch_schema.c), in the transaction of the
// change, whoever makes it: "case:NUMBER", "ticket:ID", "rating:ID", "complaint:ID", with the
// moment to look, 0 for at once. A look reads the facts, asks the rules (watch_case.h and its
// like), raises a flag for each hit and puts the next moment into the row, or takes the row away.
// So a look costs what changed or fell due, never what exists; a fact of time is raised at its
// minute, or when the box is on again; and since each fact is a subject of its own, never twice,
// whatever a person has decided.
//
// Where facts were put right later, a clue that nobody has decided yet and that no longer holds is
// closed with that reason.
#pragma once
#include "rating/hall.h"
#include "rating/watch_rule.h"

// Looks at what is due by now, at most a few thousand subjects; the rest is due at once. Inside a
// writer job. Flags raised, or negative errno.
int watch_sweep(Store *store, const Hall *hall, int64_t now_ms);
// When there is something to look at next; INT64_MAX: nothing ahead.
int64_t watch_next(Store *store);

// Of all tables of rules; NULL: it is none of them, or after the last.
const WatchKind *watch_kind(const char *kind);
const WatchKind *watch_kind_at(size_t i);

// Whoever changed a limit just now, after case_put in the same job. 0 or negative errno.
int watch_sign_edit(Store *store, const char *case_number, const char *who, int64_t now_ms);

extern const char watch_schema[], watch_eye_schema[]; // watch_schema.c
