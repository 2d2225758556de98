// SPDX-License-Identifier: Apache-2.0
// A made-up town's year (case_year.h) told to the box, each thing at its moment, with supervision
// looking whenever it wants to; and its flags held against the pencil's, each with its moment.
#pragma once
#include "case_year.h"
#include "rating/case.h"
#include "rating/supervision.h"

typedef struct {
    int cases, deeds, expected, missed, extra;
    GString *first;      // some of what differs, in words
    GHashTable *by_kind; // expected flags
} TownResult;

typedef struct {
    int64_t told_ms;
    int number, deed;
} TownMail;

typedef struct {
    Store *store;
    const Hall *hall;
    TownPen pen;
    TownCase *cases;
    int n;
    int64_t from_ms, until_ms;
    GHashTable *flags; // "KIND SUBJECT MS" of the pencil
    TownResult *result;
} Town;

static inline void town_note(Town *town, const char *what, const char *flag)
{
    if (town->result->first->len < 4000)
        g_string_append_printf(town->result->first, "%s: %s\n", what, flag);
}

// What differs, and the whole case, so that a person can count for himself.
static inline void town_note_flag(Town *town, const char *what, const char *flag)
{
    const char *number = strstr(flag, "case:Y-");
    const TownCase *c = &town->cases[atoi(number + strlen("case:Y-"))];
    g_autofree char *when = clock_format(g_ascii_strtoll(strrchr(flag, ' ') + 1, NULL, 10));
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "%s at %.16s; limit %d", flag, when, c->limit);
    for (int i = 0; i < c->n_deeds; i++) {
        const TownDeed *deed = &c->deeds[i];
        g_autofree char *at = clock_format(deed->at_ms), *told = clock_format(deed->told_ms);
        g_string_append_printf(text, "\n    e%d %.16s %s", i, at, town_deed_names[deed->kind]);
        g_string_append_printf(text, deed->days > 0 ? " %d days" : "", deed->days);
        g_string_append_printf(text, deed->unit >= 0 ? " U%d" : "", deed->unit);
        g_string_append_printf(text, deed->told_ms > deed->at_ms ? ", told %.16s" : "", told);
        g_string_append(text, deed->is_approved ? ", approved" : "");
    }
    town_note(town, what, text->str);
}

static inline json_t *town_case_body(const TownCase *c, int number)
{
    g_autofree char *counter = g_strdup_printf("c%d", number % TOWN_COUNTERS + 1);
    json_t *body =
        json_pack("{s:{s:s, s:s}, s:s, s:s, s:s}", "item", "code", "370100", "name", "某事项",
                  "unit", "U0", "kind", c->is_instant ? "instant" : "promised", "counter", counter);
    if (!c->is_instant)
        json_object_set_new(body, "limit_days", json_integer(c->limit));
    if (c->n_units > 0)
        json_object_set_new(body, "units", json_array());
    for (int u = 0; u < c->n_units; u++) {
        json_t *unit = json_pack("{s:s+, s:b}", "unit", "U", u == 0 ? "0" : "1", "lead", u == 0);
        if (c->unit_limits[u] >= 0)
            json_object_set_new(unit, "limit_days", json_integer(c->unit_limits[u]));
        json_array_append_new(json_object_get(body, "units"), unit);
    }
    return body;
}

static inline json_t *town_deed_body(const TownDeed *deed, int place)
{
    g_autofree char *id = g_strdup_printf("e%d", place), *at = clock_format(deed->at_ms);
    json_t *body =
        json_pack("{s:s, s:s, s:s}", "id", id, "kind", town_deed_names[deed->kind], "at", at);
    if (deed->days > 0)
        json_object_set_new(body, "days", json_integer(deed->days));
    if (deed->is_approved)
        json_object_set_new(body, "approver", json_string("赵主任"));
    if (deed->unit >= 0)
        json_object_set_new(body, "unit", json_string(deed->unit == 0 ? "U0" : "U1"));
    if ((deed->kind == TOWN_SENT && deed->unit < 0) || deed->kind == TOWN_NODE)
        json_object_set_new(body, "node", json_string("审核"));
    if (deed->due > 0) {
        g_autofree char *day = clock_format(calendar_day_start(deed->due));
        json_object_set_new(body, "tolerant", json_true());
        json_object_set_new(body, "papers_due", json_stringn(day, strlen("2026-11-24")));
    }
    return body;
}

// The box is told of a deed, and of its case where that is the first it hears of it.
static inline int town_tell(Town *town, const TownMail *mail)
{
    const TownCase *c = &town->cases[mail->number];
    g_autofree char *number = g_strdup_printf("Y-%d", mail->number);
    char error[200] = "";
    CaseOutcome outcome;
    int err = 0;
    if (store_value(town->store, 0, "SELECT 1 FROM case_file WHERE number = ?", "s", number) == 0) {
        json_t *body = town_case_body(c, mail->number);
        err = case_put(town->store, town->hall, number, body, mail->told_ms, &outcome, error);
        json_decref(body);
    }
    json_t *body = town_deed_body(&c->deeds[mail->deed], mail->deed);
    if (err >= 0)
        err = case_add_event(town->store, town->hall, number, body, mail->told_ms, &outcome, error);
    json_decref(body);
    if (err < 0)
        town_note(town, error, number);
    return err;
}

static inline int town_run(Town *town, GArray *mails)
{
    int64_t now_ms = town->from_ms;
    int err = store_script(town->store, "BEGIN");
    for (guint i = 0; err >= 0;) {
        int64_t mail_ms = i < mails->len ? g_array_index(mails, TownMail, i).told_ms : INT64_MAX;
        int64_t next_ms = MIN(mail_ms, supervision_next(town->store));
        if (next_ms > town->until_ms)
            break;
        if (calendar_day_of(next_ms) != calendar_day_of(now_ms))
            err = store_script(town->store, "COMMIT; BEGIN");
        now_ms = MAX(now_ms, next_ms);
        if (err >= 0 && mail_ms == next_ms)
            err = town_tell(town, &g_array_index(mails, TownMail, i++));
        else if (err >= 0)
            err = supervision_sweep(town->store, town->hall, now_ms);
    }
    return err < 0 ? err : store_script(town->store, "COMMIT");
}

static inline int town_mail_compare(gconstpointer a, gconstpointer b)
{
    const TownMail *left = a, *right = b;
    if (left->told_ms != right->told_ms)
        return left->told_ms < right->told_ms ? -1 : 1;
    return left->number != right->number ? left->number - right->number : left->deed - right->deed;
}

static inline void town_expected(void *ctx, const char *kind, const char *subject, int64_t at_ms)
{
    Town *town = ctx;
    char *flag = g_strdup_printf("%s %s %" G_GINT64_FORMAT, kind, subject, at_ms);
    gpointer n = g_hash_table_lookup(town->result->by_kind, kind);
    g_hash_table_replace(town->result->by_kind, g_strdup(kind),
                         GINT_TO_POINTER(GPOINTER_TO_INT(n) + 1));
    town->result->expected++;
    g_hash_table_add(town->flags, flag);
}

static inline void town_hold_against(Town *town)
{
    g_autoptr(StoreQuery) query =
        store_query(town->store, "SELECT kind || ' ' || subject || ' ' || raised_at FROM flag", "");
    while (store_step(query)) {
        if (g_hash_table_remove(town->flags, store_text(query, 0)))
            continue;
        town->result->extra++;
        town_note_flag(town, "too many", store_text(query, 0));
    }
    GHashTableIter iter;
    gpointer flag;
    g_hash_table_iter_init(&iter, town->flags);
    while (g_hash_table_iter_next(&iter, &flag, NULL)) {
        town->result->missed++;
        town_note_flag(town, "missed", flag);
    }
}

static inline void town_make_all(Town *town, GArray *mails, CalendarDay first, int days)
{
    for (int i = 0; i < town->n; i++) {
        int day = (int)((int64_t)days * i / town->n);
        TownCase *c = &town->cases[i];
        town_make(&town->pen, c, calendar_day_start(calendar_add(town->pen.calendar, first, day)));
        town->result->deeds += c->n_deeds;
        for (int k = 0; k < c->n_deeds; k++) {
            TownMail mail = { c->deeds[k].told_ms, i, k };
            g_array_append_val(mails, mail);
        }
        town_expect(&town->pen, c, i, town->until_ms, town_expected, town);
    }
    g_array_sort(mails, town_mail_compare);
}

// The year 2025, into an empty store; what is unfinished is looked at until the end of March.
// result is the caller's to clear. 0, or negative errno of the store or the intake.
static inline int town_year(Store *store, const Hall *hall, int n_cases, uint32_t seed,
                            TownResult *ret_result)
{
    CalendarDay first = calendar_day_of_date(2025, 1, 1);
    CalendarDay last = calendar_day_of_date(2025, 12, 31);
    Town town = { .store = store,
                  .hall = hall,
                  .pen = { .calendar = hall->calendar,
                           .config = hall->config,
                           .random = g_rand_new_with_seed(seed) },
                  .cases = g_new0(TownCase, n_cases),
                  .n = n_cases,
                  .from_ms = calendar_day_start(first),
                  .until_ms = calendar_day_start(calendar_day_of_date(2026, 3, 31)),
                  .flags = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                  .result = ret_result };
    *ret_result =
        (TownResult){ .cases = n_cases,
                      .first = g_string_new(NULL),
                      .by_kind = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL) };
    g_autoptr(GArray) mails = g_array_new(FALSE, FALSE, sizeof(TownMail));
    town_make_all(&town, mails, first, calendar_between(hall->calendar, first, last));
    int err = town_run(&town, mails);
    town_hold_against(&town);
    g_hash_table_unref(town.flags);
    g_rand_free(town.pen.random);
    g_free(town.cases);
    return err;
}

static inline void town_result_done(TownResult *result)
{
    g_string_free(result->first, TRUE);
    g_hash_table_unref(result->by_kind);
}
