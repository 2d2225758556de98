// SPDX-License-Identifier: Apache-2.0
// Master data (基础数据): what the hall consists of and works on. One table of columns for each
// kind says what a record has; writing, comparing and importing (master_import.h) follow from it.
//
//   items     service items 事项, by code: name, unit, kind, limits, guide (conditions, papers,
//   fees,
//             telephone, place, sample forms), nodes in order with their limits
//   units     部门, by name: code, telephone, head
//   staff     工作人员, by number: name, unit, posts, telephone, photo (an attachment)
//   villages  村（社区）服务站, by name: code, address, telephone
//   agents    帮办代办员, by id: name, village, telephone
//
// A record carries a version: who changes it says which one was looked at. It is never deleted,
// since cases and ratings go on naming it: it is retired, and put again it is back. Names and
// telephones here are those that the hall publishes; no citizen is among them.
#pragma once
#include "rating/hall.h"

typedef enum {
    MASTER_ITEMS,
    MASTER_UNITS,
    MASTER_STAFF,
    MASTER_VILLAGES,
    MASTER_AGENTS,
    MASTER_KINDS
} MasterKind;

typedef enum {
    MASTER_TEXT,
    MASTER_DAYS,      // working days, 0 to 1000
    MASTER_CASE_KIND, // instant | promised | other; 即办件 | 承诺件 | 其他
    MASTER_NODES,     // [{"node","unit"|null,"days"|null}]; lines "环节|部门|天数"
    MASTER_FORMS,     // [{"name","url"}]; lines "名称|网址"
    MASTER_PICTURE,   // id of an attachment of the caller's own
} MasterForm;

typedef struct {
    const char *key; // of the record
    MasterForm form;
    size_t max; // bytes of a text
    bool is_required;
    const char *zh, *en;    // for people, and as the header of a file
    const char *aliases[4]; // other headers
} MasterColumn;

bool master_kind_parse(const char *text, MasterKind *ret_kind); // "items", "units" ...
const char *master_kind_name(MasterKind kind);
// Up to one without key; the first is the record's own key.
const MasterColumn *master_columns(MasterKind kind);

// A cell of a file as the column's value, and back; NULL and a sentence in error (at least 200
// bytes): it has not the column's form. New references.
json_t *master_value(const MasterColumn *column, const char *cell, char *error);
char *master_cell(const MasterColumn *column, const json_t *value); // "" for null

typedef struct {
    const char *q; // part of key, name or unit; NULL: all
    bool with_retired;
    int64_t now_ms; // of staff: who has leave now
} MasterFilter;
enum { MASTER_ROWS_MAX = 5000 };
// Records by key: the columns and "version", "by", "changed_at", "retired_at"; staff also
// "is_on_leave". At most MASTER_ROWS_MAX.
json_t *master_list(Store *store, MasterKind kind, const MasterFilter *filter);
json_t *master_get(Store *store, MasterKind kind, const char *key); // NULL: unknown

// Lays the body over the record (NULL: there is none), where it has the field; null takes it away.
// The whole record by its columns alone, or NULL and a sentence in error: not to be stored so.
json_t *master_merge(MasterKind kind, const char *key, const json_t *record, json_t *body,
                     char *error);
// Stores a merged record over whatever is there. Inside a writer job.
int master_write(Store *store, const Hall *hall, MasterKind kind, const char *key,
                 const json_t *merged, const char *who, int64_t now_ms);
// PUT: fields that are left out keep what was known; version: of the record that was looked at (0
// or absent: a new one). The same again changes nothing. -EINVAL; -ENOENT: no such picture;
// -EEXIST: it is another version by now. With a sentence in error (at least 200 bytes). Inside a
// writer job.
int master_put(Store *store, const Hall *hall, MasterKind kind, const char *key, json_t *body,
               const char *who, int64_t now_ms, json_t **ret_record, char *error);
// -ENOENT; -EEXIST: it is another version by now, with a sentence in error. Inside a writer job.
int master_retire(Store *store, const Hall *hall, MasterKind kind, const char *key, int64_t version,
                  const char *who, int64_t now_ms, char *error);

// The name under which the staff number is known, also of one who has left; NULL: none. The caller
// frees.
char *master_staff_name(Store *store, const char *number);
