// SPDX-License-Identifier: Apache-2.0
// Master import: records of one kind from a file (xlsx, or CSV in UTF-8 or GB18030), the first row
// of which names the columns (master_columns: Chinese, English or an alias, in any order).
//
// First a plan is made: what would be added, changed field by field, is gone from the file, and
// which lines are refused, each with its number and a sentence that says what to do. The plan
// carries a token; the same file applied with that token writes what the plan says, all or nothing,
// and is refused when the records have changed since. A column that the file does not have keeps
// what is known; an empty cell takes it away. Refused lines are left out.
#pragma once
#include "rating/master.h"

typedef struct {
    MasterKind kind;
    const char *bytes; // of the file
    size_t size;
    const char *token; // of the plan; NULL: only plan
    bool retire_gone;  // records that the file does not name are retired
    const char *who;
    int64_t now_ms;
} MasterImport;

// {"kind","token","rows","same","columns":[{"header","column"|null}],
//  "added":[{"line","key","name"}],
//  "changed":[{"line","key","name","fields":[{"field","from","to"}]}],
//  "gone":[{"key","name"}], "refused":[{"line","error"}], "applied":bool}
// Planning: any connection. Applying: inside a writer job. -EINVAL: not such a file, with a
// sentence in error (at least 200 bytes); -EEXIST: the records have changed since the plan.
int master_import(Store *store, const Hall *hall, const MasterImport *import, json_t **ret_report,
                  char *error);

// The file that would change nothing: header and all records as CSV (UTF-8 with byte-order mark);
// with no records the empty form to fill in. The caller frees.
char *master_csv(Store *store, MasterKind kind, bool is_english);
