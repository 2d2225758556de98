// SPDX-License-Identifier: Apache-2.0
#include "rating/master.h"

#include "base/fields.h"
#include "rating/attachment.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    ERROR_SIZE = 200,
    DAYS_MAX = 1000,
    PARTS_MAX = 3,
    LINES_MAX = 50,
    NAME_MAX_BYTES = 200,
    URL_MAX = 500,
    GUIDE_MAX = 8000
};

// --- what a record has

// clang-format off
static const MasterColumn item_columns[] = {
    {"code",           MASTER_TEXT,       64,  true,  "事项编码", "code", {"item_code", "业务办理项编码", "编码"}},
    {"name",           MASTER_TEXT,      300,  true,  "事项名称", "name", {"item_name", "事项", "名称"}},
    {"unit",           MASTER_TEXT,      200,  true,  "部门", "unit", {"办理部门", "实施主体", "责任单位"}},
    {"kind",           MASTER_CASE_KIND,  16,  true,  "办件类型", "kind", {"类型"}},
    {"statutory_days", MASTER_DAYS,        0,  false, "法定时限", "statutory_days", {"法定期限", "法定办结时限"}},
    {"limit_days",     MASTER_DAYS,        0,  false, "承诺时限", "limit_days", {"承诺期限", "承诺办结时限"}},
    {"conditions",     MASTER_TEXT, GUIDE_MAX, false, "受理条件", "conditions", {"申请条件"}},
    {"papers",         MASTER_TEXT, GUIDE_MAX, false, "申请材料", "papers", {"材料", "所需材料"}},
    {"fees",           MASTER_TEXT,     1000,  false, "收费", "fees", {"收费标准", "收费情况"}},
    {"telephone",      MASTER_TEXT,       60,  false, "咨询电话", "telephone", {"电话", "联系电话"}},
    {"place",          MASTER_TEXT,      300,  false, "办理地点", "place", {"办理窗口", "窗口"}},
    {"forms",          MASTER_FORMS,       0,  false, "样表", "forms", {"表格样表"}},
    {"nodes",          MASTER_NODES,       0,  false, "办理环节", "nodes", {"环节"}},
    {0},
};
static const MasterColumn unit_columns[] = {
    {"name",      MASTER_TEXT, 200, true,  "部门", "unit", {"name", "部门名称", "单位"}},
    {"code",      MASTER_TEXT,  64, false, "部门编码", "code", {"编码", "统一社会信用代码"}},
    {"telephone", MASTER_TEXT,  60, false, "电话", "telephone", {"联系电话"}},
    {"head",      MASTER_TEXT, 100, false, "负责人", "head", {"部门负责人"}},
    {0},
};
static const MasterColumn staff_columns[] = {
    {"number",    MASTER_TEXT,     64, true,  "工号", "number", {"staff_number", "编号"}},
    {"name",      MASTER_TEXT,    100, true,  "姓名", "name", {"staff_name"}},
    {"unit",      MASTER_TEXT,    200, false, "部门", "unit", {"单位", "派驻单位"}},
    {"posts",     MASTER_TEXT,    300, false, "岗位", "posts", {"职务", "岗位职务"}},
    {"telephone", MASTER_TEXT,     60, false, "电话", "telephone", {"联系电话", "办公电话"}},
    {"photo",     MASTER_PICTURE,  64, false, "照片", "photo", {NULL}},
    {0},
};
static const MasterColumn village_columns[] = {
    {"name",      MASTER_TEXT, 200, true,  "村（社区）", "village", {"name", "村", "社区", "村(社区)"}},
    {"code",      MASTER_TEXT,  64, false, "区划编码", "code", {"编码"}},
    {"address",   MASTER_TEXT, 300, false, "服务站地址", "address", {"地址"}},
    {"telephone", MASTER_TEXT,  60, false, "电话", "telephone", {"联系电话"}},
    {0},
};
static const MasterColumn agent_columns[] = {
    {"id",        MASTER_TEXT,  64, true,  "代办员编号", "id", {"编号", "agent"}},
    {"name",      MASTER_TEXT, 100, true,  "姓名", "name", {"代办员", "代办员姓名"}},
    {"village",   MASTER_TEXT, 200, true,  "村（社区）", "village", {"村", "社区", "村(社区)"}},
    {"telephone", MASTER_TEXT,  60, false, "电话", "telephone", {"联系电话"}},
    {0},
};
// clang-format on

// ?1 the record as JSON, ?2 who, ?3 when.
#define OF(column)   "?1->>'" column "'"
#define KEEP(column) column " = excluded." column
#define PUT_TAIL     ", 1, ?2, ?3) ON CONFLICT DO UPDATE SET "
#define SET_TAIL                                                                                   \
    ", version = version + 1, changed_by = excluded.changed_by, "                                  \
    "changed_at = excluded.changed_at, retired_at = NULL"
#define STAMP_COLUMNS  ", version, changed_by, changed_at"
#define STAMP          ", version, changed_by AS \"by\", changed_at, retired_at"
#define ASKED(k, n, u) /* ?1 key, ?2 part of it, ?3 with retired ones, ?4 now */                   \
    " WHERE (?1 IS NULL OR " k " = ?1) AND (?2 IS NULL OR instr(" k ", ?2) OR instr(" n            \
    ", ?2) OR instr(coalesce(" u ", ''), ?2)) AND (?3 OR retired_at IS NULL) AND ?4 IS NOT NULL"   \
    " ORDER BY " k " LIMIT ?5"

// Statements of one form for each kind: put as above; list as ASKED; retire: ?1 key, ?2 version, ?3
// who, ?4 when.
static const struct {
    const char *name;
    const MasterColumn *columns;
    const char *put, *list, *retire;
} kinds[MASTER_KINDS] = {
    [MASTER_ITEMS] = {
        "items", item_columns,
        "INSERT INTO item(code, name, unit, kind, statutory_days, limit_days, conditions, papers, "
        "fees, telephone, place, forms, nodes" STAMP_COLUMNS ") VALUES(" OF("code") ", " OF("name")
        ", " OF("unit") ", " OF("kind") ", " OF("statutory_days") ", " OF("limit_days") ", "
        OF("conditions") ", " OF("papers") ", " OF("fees") ", " OF("telephone") ", " OF("place")
        ", " OF("forms") ", " OF("nodes") PUT_TAIL KEEP("name") ", " KEEP("unit") ", "
        KEEP("kind") ", " KEEP("statutory_days") ", " KEEP("limit_days") ", " KEEP("conditions")
        ", " KEEP("papers") ", " KEEP("fees") ", " KEEP("telephone") ", " KEEP("place") ", "
        KEEP("forms") ", " KEEP("nodes") SET_TAIL,
        "SELECT code, name, unit, kind, statutory_days, limit_days, conditions, papers, fees, "
        "telephone, place, forms AS forms_json, nodes AS nodes_json" STAMP " FROM item"
        ASKED("code", "name", "unit"),
        "UPDATE item SET retired_at = ?4, version = version + 1, changed_by = ?3, changed_at = ?4"
        " WHERE code = ?1 AND version = ?2 AND retired_at IS NULL",
    },
    [MASTER_UNITS] = {
        "units", unit_columns,
        "INSERT INTO unit(name, code, telephone, head" STAMP_COLUMNS ") VALUES(" OF("name") ", "
        OF("code") ", " OF("telephone") ", " OF("head") PUT_TAIL KEEP("code") ", "
        KEEP("telephone") ", " KEEP("head") SET_TAIL,
        "SELECT name, code, telephone, head" STAMP " FROM unit" ASKED("name", "name", "code"),
        "UPDATE unit SET retired_at = ?4, version = version + 1, changed_by = ?3, changed_at = ?4"
        " WHERE name = ?1 AND version = ?2 AND retired_at IS NULL",
    },
    [MASTER_STAFF] = {
        "staff", staff_columns,
        "INSERT INTO staff(number, name, unit, posts, telephone, photo" STAMP_COLUMNS ") VALUES("
        OF("number") ", " OF("name") ", " OF("unit") ", " OF("posts") ", " OF("telephone") ", "
        OF("photo") PUT_TAIL KEEP("name") ", " KEEP("unit") ", " KEEP("posts") ", "
        KEEP("telephone") ", " KEEP("photo") SET_TAIL,
        "SELECT number, name, unit, posts, telephone, photo" STAMP ", EXISTS (SELECT 1 FROM roster"
        " l WHERE l.kind = 'leave' AND l.staff_number = staff.number AND l.from_at <= ?4 AND"
        " l.to_at > ?4) AS is_on_leave FROM staff" ASKED("number", "name", "unit"),
        "UPDATE staff SET retired_at = ?4, version = version + 1, changed_by = ?3, changed_at = ?4"
        " WHERE number = ?1 AND version = ?2 AND retired_at IS NULL",
    },
    [MASTER_VILLAGES] = {
        "villages", village_columns,
        "INSERT INTO village(name, code, address, telephone" STAMP_COLUMNS ") VALUES(" OF("name")
        ", " OF("code") ", " OF("address") ", " OF("telephone") PUT_TAIL KEEP("code") ", "
        KEEP("address") ", " KEEP("telephone") SET_TAIL,
        "SELECT name, code, address, telephone" STAMP " FROM village"
        ASKED("name", "name", "code"),
        "UPDATE village SET retired_at = ?4, version = version + 1, changed_by = ?3, changed_at = "
        "?4 WHERE name = ?1 AND version = ?2 AND retired_at IS NULL",
    },
    [MASTER_AGENTS] = {
        "agents", agent_columns,
        "INSERT INTO agent(id, name, village, telephone" STAMP_COLUMNS ") VALUES(" OF("id") ", "
        OF("name") ", " OF("village") ", " OF("telephone") PUT_TAIL KEEP("name") ", "
        KEEP("village") ", " KEEP("telephone") SET_TAIL,
        "SELECT id, name, village, telephone" STAMP " FROM agent" ASKED("id", "name", "village"),
        "UPDATE agent SET retired_at = ?4, version = version + 1, changed_by = ?3, changed_at = ?4"
        " WHERE id = ?1 AND version = ?2 AND retired_at IS NULL",
    },
};

static const struct {
    const char *kind, *zh;
} case_kinds[] = { { "instant", "即办件" }, { "promised", "承诺件" }, { "other", "其他" } };

bool master_kind_parse(const char *text, MasterKind *ret_kind)
{
    for (int kind = 0; kind < MASTER_KINDS; kind++) {
        if (g_strcmp0(text, kinds[kind].name) == 0) {
            *ret_kind = (MasterKind)kind;
            return true;
        }
    }
    return false;
}

const char *master_kind_name(MasterKind kind)
{
    return kinds[kind].name;
}

const MasterColumn *master_columns(MasterKind kind)
{
    return kinds[kind].columns;
}

// --- cells

static json_t *days_value(const MasterColumn *column, const char *cell, char *error)
{
    gint64 days;
    g_autofree char *digits = g_strdup(cell);
    char *end = strstr(digits, "工作日"); // "5个工作日"
    if (end)
        *end = '\0';
    if (g_str_has_suffix(digits, "个"))
        digits[strlen(digits) - strlen("个")] = '\0';
    if (g_ascii_string_to_signed(g_strstrip(digits), 10, 0, DAYS_MAX, &days, NULL))
        return json_integer(days);
    snprintf(error, ERROR_SIZE, "%s is \"%.60s\"; write working days as a number, 0 to %d",
             column->zh, cell, DAYS_MAX);
    return NULL;
}

static json_t *kind_value(const MasterColumn *column, const char *cell, char *error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(case_kinds); i++) {
        if (!strcmp(cell, case_kinds[i].zh) || !strcmp(cell, case_kinds[i].kind))
            return json_string(case_kinds[i].kind);
    }
    snprintf(error, ERROR_SIZE, "%s is \"%.60s\"; write 即办件, 承诺件 or 其他", column->zh, cell);
    return NULL;
}

// One line "环节|部门|天数" or "名称|网址" as an object; NULL with a sentence.
static json_t *line_value(const MasterColumn *column, const char *line, char *error)
{
    g_auto(GStrv) parts = g_strsplit(line, "|", PARTS_MAX);
    const char *part[PARTS_MAX] = { "", "", "" };
    for (int i = 0; parts[i]; i++)
        part[i] = g_strstrip(parts[i]);
    gint64 days = 0;
    if (column->form == MASTER_FORMS)
        return json_pack("{s:s, s:s}", "name", part[0], "url", part[1]);
    if (*part[2] && !g_ascii_string_to_signed(part[2], 10, 0, DAYS_MAX, &days, NULL)) {
        snprintf(error, ERROR_SIZE,
                 "%s: \"%.60s\" is no number of working days; write lines like "
                 "受理|政务服务站|1",
                 column->zh, part[2]);
        return NULL;
    }
    return json_pack("{s:s, s:s?, s:o}", "node", part[0], "unit", *part[1] ? part[1] : NULL, "days",
                     *part[2] ? json_integer(days) : json_null());
}

static json_t *lines_value(const MasterColumn *column, const char *cell, char *error)
{
    g_auto(GStrv) lines = g_strsplit_set(cell, "\r\n", -1);
    json_t *values = json_array();
    for (int i = 0; lines[i]; i++) {
        if (!*g_strstrip(lines[i]))
            continue;
        json_t *value = line_value(column, lines[i], error);
        if (!value) {
            json_decref(values);
            return NULL;
        }
        json_array_append_new(values, value);
    }
    return values;
}

json_t *master_value(const MasterColumn *column, const char *cell, char *error)
{
    if (!*cell)
        return json_null();
    switch (column->form) {
    case MASTER_DAYS:
        return days_value(column, cell, error);
    case MASTER_CASE_KIND:
        return kind_value(column, cell, error);
    case MASTER_NODES:
    case MASTER_FORMS:
        return lines_value(column, cell, error);
    case MASTER_TEXT:
    case MASTER_PICTURE:
        break;
    }
    return json_string(cell);
}

static const char *zh_of_case_kind(const char *kind)
{
    for (size_t i = 0; i < G_N_ELEMENTS(case_kinds); i++) {
        if (g_strcmp0(kind, case_kinds[i].kind) == 0)
            return case_kinds[i].zh;
    }
    return kind;
}

static void append_line(GString *text, const MasterColumn *column, const json_t *line)
{
    const char *name = json_string_value(json_object_get(line, "name"));
    const char *node = json_string_value(json_object_get(line, "node"));
    const char *unit = json_string_value(json_object_get(line, "unit"));
    const json_t *days = json_object_get(line, "days");
    if (text->len)
        g_string_append_c(text, '\n');
    if (column->form == MASTER_FORMS) {
        const char *url = json_string_value(json_object_get(line, "url"));
        g_string_append_printf(text, "%s|%s", name ? name : "", url ? url : "");
        return;
    }
    g_string_append_printf(text, "%s|%s|", node ? node : "", unit ? unit : "");
    if (json_is_integer(days))
        g_string_append_printf(text, "%d", (int)json_integer_value(days));
}

char *master_cell(const MasterColumn *column, const json_t *value)
{
    GString *text = g_string_new(NULL);
    size_t i;
    json_t *line;
    json_array_foreach(value, i, line) append_line(text, column, line);
    const char *word = json_string_value(value);
    if (word)
        g_string_append(text, column->form == MASTER_CASE_KIND ? zh_of_case_kind(word) : word);
    if (json_is_integer(value))
        g_string_append_printf(text, "%d", (int)json_integer_value(value));
    return g_string_free(text, FALSE);
}

// --- records

static json_t *list(Store *store, MasterKind kind, const char *key, const MasterFilter *filter)
{
    g_autoptr(StoreQuery) query =
        store_query(store, kinds[kind].list, "ssiii", key, filter->q, (int64_t)filter->with_retired,
                    filter->now_ms, (int64_t)MASTER_ROWS_MAX);
    return store_rows_json(query);
}

json_t *master_list(Store *store, MasterKind kind, const MasterFilter *filter)
{
    return list(store, kind, NULL, filter);
}

json_t *master_get(Store *store, MasterKind kind, const char *key)
{
    MasterFilter filter = { .with_retired = true };
    json_t *rows = list(store, kind, key, &filter);
    json_t *record = json_incref(json_array_get(rows, 0));
    json_decref(rows);
    return record;
}

char *master_staff_name(Store *store, const char *number)
{
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT name FROM staff WHERE number = ?", "s", number);
    return store_step(query) ? g_strdup(store_text(query, 0)) : NULL;
}

static json_t *read_lines(Fields *fields, const MasterColumn *column)
{
    json_t *given = fields_array(fields, column->key, LINES_MAX), *lines = json_array(), *line;
    size_t i;
    json_array_foreach(given, i, line)
    {
        Fields inner = fields_of(line);
        json_t *kept = NULL;
        if (column->form == MASTER_FORMS) {
            const char *name = fields_text_required(&inner, "name", NAME_MAX_BYTES);
            const char *url = fields_text_required(&inner, "url", URL_MAX);
            if (url && !g_str_has_prefix(url, "https://") && !g_str_has_prefix(url, "http://"))
                fields_fail(&inner, "url must begin with https:// or http://");
            kept = json_pack("{s:s?, s:s?}", "name", name, "url", url);
        } else {
            int64_t days = fields_int(&inner, "days", 0, DAYS_MAX, STORE_NULL);
            const char *node = fields_text_required(&inner, "node", NAME_MAX_BYTES);
            const char *unit = fields_text(&inner, "unit", NAME_MAX_BYTES);
            kept = json_pack("{s:s?, s:s?, s:o}", "node", node, "unit", unit, "days",
                             days == STORE_NULL ? json_null() : json_integer(days));
        }
        json_array_append_new(lines, kept);
        if (inner.error[0])
            fields_fail(fields, "%s: line %d: %s", column->zh, (int)i + 1, inner.error);
    }
    if (json_array_size(lines) > 0)
        return lines;
    json_decref(lines);
    return json_null();
}

// The column's value of the body, checked; null where it is empty.
static json_t *read_value(Fields *fields, const MasterColumn *column)
{
    char error[ERROR_SIZE] = "";
    const char *text;
    int64_t days;
    json_t *value;
    switch (column->form) {
    case MASTER_DAYS:
        days = fields_int(fields, column->key, 0, DAYS_MAX, STORE_NULL);
        return days == STORE_NULL ? json_null() : json_integer(days);
    case MASTER_CASE_KIND:
        text = fields_text(fields, column->key, column->max);
        value = text ? kind_value(column, text, error) : json_null();
        if (!value)
            fields_fail(fields, "%s", error);
        return value ? value : json_null();
    case MASTER_NODES:
    case MASTER_FORMS:
        return read_lines(fields, column);
    case MASTER_TEXT:
    case MASTER_PICTURE:
        break;
    }
    text = fields_text(fields, column->key, column->max);
    return text && *text ? json_string(text) : json_null();
}

static void check_limits(Fields *fields, const json_t *merged)
{
    const char *kind = json_string_value(json_object_get(merged, "kind"));
    const json_t *limit = json_object_get(merged, "limit_days");
    const json_t *statutory = json_object_get(merged, "statutory_days");
    if (g_strcmp0(kind, "promised") == 0 && !json_is_integer(limit))
        fields_fail(fields, "承诺时限 (limit_days) is missing: a 承诺件 needs its promised limit");
    if (json_is_integer(limit) && json_is_integer(statutory) &&
        json_integer_value(limit) > json_integer_value(statutory))
        fields_fail(fields, "承诺时限 (limit_days) is longer than 法定时限 (statutory_days): a "
                            "promise may only be shorter than the law");
}

static void check_key(Fields *fields, const MasterColumn *column, const char *key)
{
    if (!*key || strlen(key) > column->max || !g_utf8_validate(key, -1, NULL) ||
        strpbrk(key, "\r\n\t"))
        fields_fail(fields, "%s (%s) must be one line of 1 to %d bytes", column->zh, column->key,
                    (int)column->max);
}

json_t *master_merge(MasterKind kind, const char *key, const json_t *record, json_t *body,
                     char *error)
{
    const MasterColumn *columns = kinds[kind].columns;
    Fields fields = fields_of(body);
    json_t *merged = json_pack("{s:s%}", columns->key, key, strlen(key));
    check_key(&fields, columns, key);
    for (const MasterColumn *column = columns + 1; column->key && merged; column++) {
        json_t *known = json_object_get(record, column->key);
        json_t *value = json_object_get(body, column->key) ? read_value(&fields, column)
                        : known                            ? json_incref(known)
                                                           : json_null();
        if (column->is_required && json_is_null(value))
            fields_fail(&fields, "%s (%s) is missing", column->zh, column->key);
        json_object_set_new(merged, column->key, value);
    }
    if (kind == MASTER_ITEMS && !fields.error[0])
        check_limits(&fields, merged);
    if (merged && !fields.error[0])
        return merged;
    json_decref(merged);
    g_strlcpy(error, fields.error[0] ? fields.error : "The key is not UTF-8.", ERROR_SIZE);
    return NULL;
}

int master_write(Store *store, const Hall *hall, MasterKind kind, const char *key,
                 const json_t *merged, const char *who, int64_t now_ms)
{
    g_autofree char *text = json_dumps(merged, JSON_COMPACT);
    int err = store_exec(store, kinds[kind].put, "ssi", text, who, now_ms);
    if (err < 0)
        return err;
    if (hall->changed)
        hall->changed(hall->ctx, "master", kinds[kind].name);
    return 0;
}

static int fail(char *error, int err, const char *format, ...) G_GNUC_PRINTF(3, 4);
static int fail(char *error, int err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_vsnprintf(error, ERROR_SIZE, format, args);
    va_end(args);
    return err;
}

// A new picture becomes the record's; the one before is nobody's, and goes after a day.
static int claim_picture(Store *store, const json_t *record, const json_t *merged, const char *who,
                         char *error)
{
    const char *was = json_string_value(json_object_get(record, "photo"));
    const char *is = json_string_value(json_object_get(merged, "photo"));
    if (g_strcmp0(was, is) == 0)
        return 0;
    g_autofree char *ref =
        g_strconcat("staff:", json_string_value(json_object_get(merged, "number")), NULL);
    int err = is ? attachment_claim(store, is, who, ref) : 0;
    if (err == -ENOENT || err == -EEXIST)
        return fail(error, err, "The photo is not there any more: give it again.");
    if (err >= 0 && was)
        err = store_exec(store, "UPDATE attachment SET ref = NULL WHERE id = ?1 AND ref = ?2", "ss",
                         was, ref);
    return MIN(err, 0);
}

static bool is_same(const json_t *record, const json_t *merged)
{
    const char *key;
    json_t *value;
    if (!record || !json_is_null(json_object_get(record, "retired_at")))
        return false;
    json_object_foreach((json_t *)merged, key, value)
    {
        if (!json_equal(value, json_object_get(record, key)))
            return false;
    }
    return true;
}

static int check_version(MasterKind kind, const json_t *record, const char *key, json_t *body,
                         char *error)
{
    Fields fields = fields_of(body);
    int64_t version = fields_int(&fields, "version", 0, INT32_MAX, 0);
    bool is_there = record && json_is_null(json_object_get(record, "retired_at"));
    int64_t known = json_integer_value(json_object_get(record, "version"));
    if (fields.error[0])
        return fail(error, -EINVAL, "%s", fields.error);
    if (is_there && version == 0)
        return fail(error, -EEXIST, "%s %.60s is there already: open it and change it.",
                    kinds[kind].columns->zh, key);
    if ((is_there || version) && version != known)
        return fail(error, -EEXIST,
                    "It was changed by %.40s meanwhile. Look at it again, then repeat your change.",
                    record ? json_string_value(json_object_get(record, "by")) : "somebody");
    return 0;
}

static int put_over(Store *store, const Hall *hall, MasterKind kind, const char *key,
                    const json_t *record, const json_t *merged, json_t *body, const char *who,
                    int64_t now_ms, char *error)
{
    if (is_same(record, merged))
        return 0;
    int err = check_version(kind, record, key, body, error);
    if (err == 0 && kind == MASTER_STAFF)
        err = claim_picture(store, record, merged, who, error);
    return err < 0 ? err : master_write(store, hall, kind, key, merged, who, now_ms);
}

int master_put(Store *store, const Hall *hall, MasterKind kind, const char *key, json_t *body,
               const char *who, int64_t now_ms, json_t **ret_record, char *error)
{
    json_t *record = master_get(store, kind, key);
    json_t *merged = master_merge(kind, key, record, body, error);
    int err = merged ? put_over(store, hall, kind, key, record, merged, body, who, now_ms, error)
                     : -EINVAL;
    json_decref(record);
    json_decref(merged);
    if (err == 0)
        *ret_record = master_get(store, kind, key);
    return err;
}

int master_retire(Store *store, const Hall *hall, MasterKind kind, const char *key, int64_t version,
                  const char *who, int64_t now_ms, char *error)
{
    int retired = store_exec(store, kinds[kind].retire, "sisi", key, version, who, now_ms);
    if (retired < 0)
        return retired;
    if (retired > 0) {
        if (hall->changed)
            hall->changed(hall->ctx, "master", kinds[kind].name);
        return 0;
    }
    json_t *record = master_get(store, kind, key);
    bool is_there = record && json_is_null(json_object_get(record, "retired_at"));
    json_decref(record);
    return is_there ? fail(error, -EEXIST,
                           "It was changed meanwhile. Look at it again, then repeat your change.")
                    : fail(error, -ENOENT, "There is no %s %.60s; it may have been retired.",
                           kinds[kind].columns->zh, key);
}
