// SPDX-License-Identifier: Apache-2.0
// Audit: who did what, in hall.db. Rows are added, never changed.
#pragma once
#include "dashboard/cursor.h"

#include "base/store.h"

// Inside a writer job. who: a user, "key:LABEL", or an address; action: "login", "flag.confirm"
// ...; detail may be NULL.
int audit_add(Store *store, int64_t now_ms, const char *who, const char *action,
              const char *subject, const char *detail);

typedef struct {
    const char *who, *action; // NULL: all
    const char *q;            // part of who, subject or detail; NULL: all
    int64_t from_ms, to_ms;   // of its time; to is not in it
    Cursor cursor;
    int limit;
} AuditFilter;

// {"items":[{"id","at","who","action","subject","detail"}],"next":cursor|null,"total":n}, newest
// first.
json_t *audit_list(Store *store, const AuditFilter *filter);
