// SPDX-License-Identifier: Apache-2.0
#include "rating/clue.h"

#include "rating/flag.h"
#include "rating/fraud.h"
#include "rating/shape.h"

#include <math.h>

enum { DAYS_BACK = 31 };

#define LOOKED_AT "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'clue_day'"

struct Clues {
    Conduct conduct;
    GPtrArray *found; // FraudClue
    CalendarDay day;
    int64_t until_ms; // what is judged came before it
    int quick_press_ms;
};

static char *subject_text(const Conduct *conduct, FraudSubject kind, int subject)
{
    const char *name = NULL;
    switch (kind) {
    case FRAUD_COUNTER:
        name = g_ptr_array_index(conduct->counters, subject);
        return g_strconcat("counter:", name, NULL);
    case FRAUD_PERSON:
        name = g_ptr_array_index(conduct->people, subject);
        return g_strconcat("staff:", name, NULL);
    case FRAUD_TELEPHONE:
        name = g_ptr_array_index(conduct->telephones, subject);
        return g_strconcat("telephone:", name, NULL);
    }
    g_assert_not_reached();
}

static int64_t since(void *ctx, const char *kind, const Conduct *conduct, int subject)
{
    Store *store = ctx;
    FraudSubject of = fraud_kind(kind)->subject;
    g_autofree char *text = subject_text(conduct, of, subject);
    return store_value(store, 0,
                       "SELECT CASE WHEN is_open THEN ?3 ELSE"
                       " coalesce(json_extract(evidence, '$.until_ms'), raised_at) END"
                       " FROM flag WHERE subject = ?1 AND kind = ?2 ORDER BY round DESC LIMIT 1",
                       "ssi", text, kind, INT64_MAX);
}

int clue_find(Store *store, const Hall *hall, CalendarDay day, int64_t now_ms, Clues **ret_clues)
{
    const Config *config = hall->config;
    g_autoptr(Clues) clues = g_new0(Clues, 1);
    FraudOptions options = { .false_clues_per_year = config->rules.false_clues_per_year,
                             .quick_press_ms = config->rules.quick_press_ms,
                             .days = config->rules.clue_days,
                             .since = since,
                             .ctx = store };
    clues->day = day;
    clues->until_ms = MIN(now_ms, calendar_day_start(day + 1) - 1);
    clues->quick_press_ms = options.quick_press_ms;
    clues->found = g_ptr_array_new_with_free_func((GDestroyNotify)fraud_clue_free);
    int err = conduct_read(store, hall, day, &clues->conduct);
    if (err < 0)
        return err;
    fraud_judge(&clues->conduct, &options, clues->found);
    *ret_clues = g_steal_pointer(&clues);
    return 0;
}

void clue_free(Clues *clues)
{
    if (!clues)
        return;
    g_ptr_array_unref(clues->found);
    conduct_done(&clues->conduct);
    g_free(clues);
}

// --- what a person reads

static char *day_text(CalendarDay day)
{
    GDate date;
    char text[16];
    g_date_clear(&date, 1);
    g_date_set_julian(&date, (guint32)day + 719163);
    g_date_strftime(text, sizeof text, "%Y-%m-%d", &date);
    return g_strdup(text);
}

// The chance in words that nobody has to be a statistician for.
static char *words(double months)
{
    if (months > 1200)
        return g_strdup("若一切正常，这样的情形一百年也难得出现一次");
    if (months >= 24)
        return g_strdup_printf("若一切正常，这样的情形约每 %.0f 年出现一次", months / 12);
    return g_strdup_printf("若一切正常，这样的情形约每 %.0f 个月出现一次", MAX(1, months));
}

static const ConductVisit *visit_of(const Conduct *conduct, const char *id)
{
    for (guint i = 0; i < conduct->visits->len; i++) {
        const ConductVisit *visit = &g_array_index(conduct->visits, ConductVisit, i);
        if (visit->id == id)
            return visit;
    }
    return NULL;
}

static void add_rows(json_t *evidence, const Conduct *conduct, const FraudClue *clue)
{
    json_t *ratings = json_array(), *visits = json_array();
    for (guint i = 0; i < clue->ids->len; i++) {
        const char *id = g_ptr_array_index(clue->ids, i);
        const ConductVisit *visit = visit_of(conduct, id);
        if (!visit) {
            json_array_append_new(ratings, json_string(id));
            continue;
        }
        json_array_append_new(
            visits, json_pack("{s:s, s:o, s:i, s:s, s:b}", "id", id, "ended_at",
                              shape_time(visit->at_ms), "seconds", visit->seconds, "counter",
                              (const char *)g_ptr_array_index(conduct->counters, visit->counter),
                              "is_disputed", visit->is_disputed));
    }
    json_object_set_new(evidence, "ratings", ratings);
    json_object_set_new(evidence, "visits", visits);
}

static json_t *evidence_of(const Clues *clues, const FraudClue *clue)
{
    g_autofree char *from = day_text(clue->from), *to = day_text(clue->to);
    g_autofree char *saying = words(clue->months);
    json_t *evidence = json_pack(
        "{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:f, s:f, s:f, s:f, s:s, s:i}", "from_day", from,
        "to_day", to, "until_ms", (json_int_t)clues->until_ms, "odd", (json_int_t)clue->odd, "of",
        (json_int_t)clue->of, "other_odd", (json_int_t)clue->other_odd, "other_of",
        (json_int_t)clue->other_of, "expected", round(clue->expected * 10) / 10, "chance",
        clue->chance, "limit", clue->limit, "months", round(MIN(clue->months, 1e6) * 10) / 10,
        "words", saying, "quick_press_ms", clues->quick_press_ms);
    add_rows(evidence, &clues->conduct, clue);
    return evidence;
}

static int raise_flag(Store *store, const Hall *hall, const Clues *clues, const FraudClue *clue,
                      int64_t now_ms)
{
    FraudSubject of = clue->kind->subject;
    const Conduct *conduct = &clues->conduct;
    g_autofree char *subject = subject_text(conduct, of, clue->subject);
    json_t *evidence = evidence_of(clues, clue);
    FlagInput input = {
        .kind = clue->kind->kind,
        .subject = subject,
        .counter = of == FRAUD_COUNTER ? g_ptr_array_index(conduct->counters, clue->subject) : NULL,
        .staff_number =
            of == FRAUD_PERSON ? g_ptr_array_index(conduct->people, clue->subject) : NULL,
        .evidence = evidence,
        .raised_ms = now_ms,
        .may_repeat = of != FRAUD_TELEPHONE, // a telephone is known for a day
    };
    int raised = flag_raise(store, hall, &input, NULL);
    json_decref(evidence);
    return raised;
}

// A look before it may have ended after this one began: what it has judged is not judged again.
static bool was_judged(Store *store, const Clues *clues, const FraudClue *clue)
{
    return clue->kind->subject != FRAUD_TELEPHONE &&
           since(store, clue->kind->kind, &clues->conduct, clue->subject) >= clues->until_ms;
}

int clue_keep(Store *store, const Hall *hall, const Clues *clues, int64_t now_ms)
{
    int n = 0, err = 0;
    for (guint i = 0; i < clues->found->len && err >= 0; i++) {
        const FraudClue *clue = g_ptr_array_index(clues->found, i);
        if (was_judged(store, clues, clue))
            continue;
        err = raise_flag(store, hall, clues, clue, now_ms);
        n += err > 0;
    }
    bool has_ended = clues->day < calendar_day_of(now_ms);
    if (err >= 0 && has_ended)
        err = store_exec(store,
                         "INSERT INTO meta(key, value) VALUES('clue_day', CAST(?1 AS TEXT))"
                         " ON CONFLICT(key) DO UPDATE SET value ="
                         " max(CAST(value AS INTEGER), ?1)",
                         "i", (int64_t)clues->day);
    return err < 0 ? err : n;
}

bool clue_is_about(Store *store, const char *flag, const char *staff_number)
{
    return staff_number &&
           store_value(store, 0,
                       "SELECT 1 FROM flag f WHERE f.id = ?1 AND f.kind GLOB 'fraud_*' AND"
                       " (f.staff_number = ?2 OR EXISTS (SELECT 1 FROM"
                       " json_each(f.evidence, '$.ratings') e JOIN rating r ON r.id = e.value"
                       " WHERE r.staff_number = ?2))",
                       "ss", flag, staff_number);
}

CalendarDay clue_next_day(Store *store, const Hall *hall, int64_t now_ms)
{
    CalendarDay today = calendar_day_of(now_ms), day = today - 1;
    while (!calendar_is_working_day(hall->calendar, day)) // a new box begins with the last one
        day--;
    day = (CalendarDay)store_value(store, day - 1, LOOKED_AT, "") + 1;
    for (day = MAX(day, today - DAYS_BACK); day < today; day++) {
        if (calendar_is_working_day(hall->calendar, day))
            return day;
    }
    return -1;
}
