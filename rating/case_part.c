// SPDX-License-Identifier: Apache-2.0
#include "rating/case_part.h"

#include "base/fields.h"
#include "rating/flag.h"
#include "rating/shape.h"

#include <errno.h>
#include <string.h>

enum { ERROR_SIZE = 200, UNITS_MAX = 50, DAYS_MAX = 1000 };

typedef struct {
    const char *unit; // borrowed from the body
    int64_t limit_days;
    bool is_lead;
} GivenUnit;

static const GivenUnit *given_at(const GArray *given, guint i)
{
    return &g_array_index(given, GivenUnit, i);
}

static bool is_given(const GArray *given, const char *unit)
{
    for (guint i = 0; i < given->len; i++) {
        if (strcmp(given_at(given, i)->unit, unit) == 0)
            return true;
    }
    return false;
}

static void read_unit(Fields *fields, json_t *item, GArray *given)
{
    Fields inner = fields_of(item);
    GivenUnit unit = { .unit = fields_text_required(&inner, "unit", 200),
                       .limit_days = fields_int(&inner, "limit_days", 0, DAYS_MAX, STORE_NULL),
                       .is_lead = fields_bool(&inner, "lead", false) };
    if (!inner.error[0] && is_given(given, unit.unit))
        fields_fail(&inner, "\"%.100s\" is named twice", unit.unit);
    if (inner.error[0])
        fields_fail(fields, "units: %s", inner.error);
    else
        g_array_append_val(given, unit);
}

static int read_units(json_t *units, GArray *given, char *error)
{
    Fields fields = { .object = units };
    size_t i;
    json_t *item;
    if (!json_is_array(units) || json_array_size(units) > UNITS_MAX)
        fields_fail(&fields, "units must be a list of at most %d", UNITS_MAX);
    json_array_foreach(units, i, item) read_unit(&fields, item, given);
    if (!fields.error[0])
        return 0;
    g_strlcpy(error, fields.error, ERROR_SIZE);
    return -EINVAL;
}

static int put_one(Store *store, const char *number, const GivenUnit *unit, int64_t place)
{
    return store_exec(store,
                      "INSERT INTO case_unit(case_number, unit, place, limit_days, is_lead) "
                      "VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET place = ?3, "
                      "limit_days = ?4, is_lead = ?5 WHERE place IS NOT ?3 "
                      "OR limit_days IS NOT ?4 OR is_lead IS NOT ?5",
                      "ssini", number, unit->unit, place, unit->limit_days, (int64_t)unit->is_lead);
}

static GPtrArray *known_units(Store *store, const char *number)
{
    GPtrArray *known = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT unit FROM case_unit WHERE case_number = ?", "s", number);
    while (store_step(query))
        g_ptr_array_add(known, g_strdup(store_text(query, 0)));
    return known;
}

static int drop_unit(Store *store, const Hall *hall, const char *number, const char *unit,
                     int64_t now_ms)
{
    static const char *const kinds[] = { "unit_yellow", "unit_red", NULL };
    g_autofree char *subject = case_part_subject(number, &(CasePart){ .unit = unit });
    int err = flag_close_open(store, hall, subject, kinds,
                              "不再是联办单位 / no longer a unit of the joint case", now_ms);
    return err < 0 ? err
                   : store_exec(store, "DELETE FROM case_unit WHERE case_number = ? AND unit = ?",
                                "ss", number, unit);
}

int case_unit_put(Store *store, const Hall *hall, const char *number, json_t *units, int64_t now_ms,
                  char *error)
{
    g_autoptr(GArray) given = g_array_new(FALSE, FALSE, sizeof(GivenUnit));
    int err = read_units(units, given, error), changed = 0;
    g_autoptr(GPtrArray) known = known_units(store, number);
    for (guint i = 0; err >= 0 && i < known->len; i++) {
        if (is_given(given, known->pdata[i]))
            continue;
        err = drop_unit(store, hall, number, known->pdata[i], now_ms);
        changed++;
    }
    for (guint i = 0; err >= 0 && i < given->len; i++) {
        err = put_one(store, number, given_at(given, i), i);
        changed += MAX(err, 0);
    }
    return err < 0 ? err : changed;
}

char *case_part_subject(const char *number, const CasePart *part)
{
    return g_strconcat("case:", number,
                       part->id ? "/node:" : "/unit:", part->id ? part->id : part->unit, NULL);
}

int case_node_forget(Store *store, const Hall *hall, const char *number, const char *id,
                     int64_t now_ms)
{
    static const char *const kinds[] = { "node_yellow", "node_red", NULL };
    g_autofree char *subject = case_part_subject(number, &(CasePart){ .id = id });
    int err = flag_close_open(store, hall, subject, kinds,
                              "未曾转办 / it was not sent there after all", now_ms);
    return err < 0 ? err
                   : store_exec(store, "DELETE FROM case_node WHERE case_number = ? AND id = ?",
                                "ss", number, id);
}

static CaseGrade grade_before(Store *store, const char *number, const CasePart *part)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    part->id ? "SELECT grade FROM case_node WHERE case_number = ? AND id = ?"
                             : "SELECT grade FROM case_unit WHERE case_number = ? AND unit = ?",
                    "ss", number, part->id ? part->id : part->unit);
    return store_step(query) ? case_grade_of(store_text(query, 0)) : GRADE_NONE;
}

int case_part_keep(Store *store, const char *number, const CasePart *part, const CaseClock *clock,
                   CaseGrade *ret_was)
{
    *ret_was = grade_before(store, number, part);
    int err = 0;
    if (part->id)
        err = store_exec(store,
                         "INSERT INTO case_node(case_number, id, node, unit, person_number, "
                         "person_name) VALUES(?,?,?,?,?,?) ON CONFLICT DO NOTHING",
                         "ssssss", number, part->id, part->node, part->unit, part->person_number,
                         part->person_name);
    bool runs = clock->accepted_ms != CASE_NEVER;
    bool limited = runs && part->limit_days >= 0;
#define KEEP_CLOCK                                                                                 \
    " SET from_at = ?, to_at = ?, due_at = ?, is_provisional = ?, effective_days = ?,"             \
    " days_used = ?, days_left = ?, grade = ? WHERE case_number = ? AND "
    if (err >= 0)
        err = store_exec(store,
                         part->id ? "UPDATE case_node" KEEP_CLOCK "id = ?"
                                  : "UPDATE case_unit" KEEP_CLOCK "unit = ?",
                         "nnninnnsss", clock->accepted_ms, part->to_ms, clock->due_ms,
                         (int64_t)clock->is_provisional,
                         part->limit_days < 0 ? STORE_NULL : (int64_t)part->limit_days,
                         runs ? (int64_t)clock->days_used : STORE_NULL,
                         limited ? (int64_t)clock->days_left : STORE_NULL,
                         case_grade_name(clock->grade), number, part->id ? part->id : part->unit);
#undef KEEP_CLOCK
    return MIN(err, 0);
}

#define PART_COLUMNS                                                                               \
    ", from_at, to_at, due_at, is_provisional, effective_days AS limit_days, days_used,"           \
    " days_left, grade, from_at IS NOT NULL AND to_at IS NULL AS is_open"

json_t *case_unit_rows(Store *store, const char *number)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT unit, is_lead" PART_COLUMNS " FROM case_unit WHERE case_number = ? ORDER BY place",
        "s", number);
    return store_rows_json(query);
}

json_t *case_node_rows(Store *store, const char *number)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT id, node, unit, person_number, person_name" PART_COLUMNS
                    " FROM case_node WHERE case_number = ? ORDER BY from_at, id",
                    "s", number);
    json_t *rows = store_rows_json(query), *row;
    size_t i;
    json_array_foreach(rows, i, row) shape_nest(row, "person");
    return rows;
}
