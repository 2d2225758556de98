// SPDX-License-Identifier: Apache-2.0
#include "rating/watch.h"

#include "rating/flag.h"
#include "rating/watch_case.h"
#include "rating/watch_eye.h"
#include "rating/watch_read.h"
#include "rating/watch_ticket.h"
#include "rating/watch_voice.h"

#include <errno.h>
#include <string.h>

enum { SWEEP_STEP = 200, SWEEP_MOST = 2000 };

// What is looked at, and what its flags say of themselves.
typedef struct {
    const Hall *hall;
    const char *subject, *id; // "case:A-1", "A-1"
    const char *case_number, *counter, *staff;
    WatchFindings findings;
} Look;

static int raise_hit(Store *store, const Look *look, const WatchHit *hit)
{
    bool is_own = hit->subject == NULL;
    g_autofree char *subject =
        is_own ? g_strconcat(look->subject, *hit->fact ? ":" : "", hit->fact, NULL)
               : g_strdup(hit->subject);
    FlagInput input = { .kind = hit->kind->kind,
                        .subject = subject,
                        .case_number = is_own ? look->case_number : NULL,
                        .rating = hit->rating,
                        .counter = hit->counter ? hit->counter : look->counter,
                        .staff_number = hit->staff ? hit->staff : look->staff,
                        .evidence = hit->evidence,
                        .raised_ms = look->findings.now_ms };
    return flag_raise(store, look->hall, &input, NULL);
}

// Flags raised, or negative errno.
static int raise_hits(Store *store, const Look *look)
{
    int raised = 0;
    for (guint i = 0; i < look->findings.hits->len; i++) {
        int result = raise_hit(store, look, g_ptr_array_index(look->findings.hits, i));
        if (result < 0)
            return result;
        raised += result;
    }
    return raised;
}

static bool still_holds(const Look *look, const char *kind, const char *subject)
{
    size_t size = strlen(look->subject);
    for (guint i = 0; i < look->findings.hits->len; i++) {
        const WatchHit *hit = g_ptr_array_index(look->findings.hits, i);
        const char *fact = subject[size] == ':' ? subject + size + 1 : "";
        if (!hit->subject && strcmp(hit->kind->kind, kind) == 0 && strcmp(hit->fact, fact) == 0)
            return true;
    }
    return false;
}

static bool is_of_case(const char *kind)
{
    for (size_t i = 0; watch_case_kind(i); i++) {
        if (strcmp(watch_case_kind(i)->kind, kind) == 0)
            return true;
    }
    return false;
}

// What the rules told of the case and nobody has decided: they must still find it.
static int withdraw(Store *store, const Look *look)
{
    g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func(g_free);
    {
        g_autoptr(StoreQuery) query =
            store_query(store,
                        "SELECT kind, subject FROM flag WHERE case_number = ? AND is_open = 1"
                        " AND state <> 'confirmed'",
                        "s", look->case_number);
        while (store_step(query)) {
            const char *kind = store_text(query, 0), *subject = store_text(query, 1);
            if (!is_of_case(kind) || !g_str_has_prefix(subject, look->subject) ||
                still_holds(look, kind, subject))
                continue;
            g_ptr_array_add(gone, g_strdup(kind));
            g_ptr_array_add(gone, g_strdup(subject));
        }
        int err = store_query_result(query);
        if (err < 0)
            return err;
    }
    int err = 0;
    for (guint i = 0; i < gone->len && err == 0; i += 2) {
        const char *kinds[] = { g_ptr_array_index(gone, i), NULL };
        err = flag_close_open(store, look->hall, g_ptr_array_index(gone, i + 1), kinds,
                              "据后到的记录已不成立 / no longer so by what was recorded since",
                              look->findings.now_ms);
    }
    return err;
}

// --- what can be looked at: each fills the findings and raises what it found

static int look_at_case(Store *store, Look *look)
{
    g_auto(WatchCaseRead) read = { 0 };
    int err = watch_case_read(store, look->id, look->findings.now_ms, &read);
    if (err < 0)
        return err;
    look->case_number = look->id;
    look->counter = read.facts.counter;
    look->staff = read.facts.person;
    watch_case_judge(&read.facts, look->hall->config, look->hall->calendar, &look->findings);
    int raised = raise_hits(store, look);
    err = raised < 0 ? raised : withdraw(store, look);
    return err < 0 ? err : raised;
}

static int look_at_bad(Store *store, Look *look)
{
    g_autoptr(GStringChunk) text = g_string_chunk_new(256);
    WatchBad bad;
    int err = watch_bad_read(store, look->id, text, &bad);
    if (err < 0)
        return err;
    watch_bad_judge(&bad, &look->findings);
    return raise_hits(store, look);
}

static int look_at_ticket(Store *store, Look *look)
{
    g_autoptr(GStringChunk) text = g_string_chunk_new(256);
    WatchTicket ticket;
    int err = watch_ticket_read(store, look->hall, look->id, text, &ticket);
    if (err < 0)
        return err;
    watch_ticket_judge(&ticket, look->hall->config, look->hall->calendar, &look->findings);
    return raise_hits(store, look);
}

static int look_at_complaint(Store *store, Look *look)
{
    g_autoptr(GStringChunk) text = g_string_chunk_new(256);
    WatchComplaint complaint;
    int err = watch_complaint_read(store, look->id, text, &complaint);
    if (err < 0)
        return err;
    watch_complaint_judge(&complaint, &look->findings);
    return raise_hits(store, look);
}

static int look_at_timer(Store *store, Look *look)
{
    return watch_eye_look(store, look->hall, look->id, look->findings.now_ms,
                          &look->findings.next_ms);
}

static const struct {
    const char *prefix;
    int (*look)(Store *store, Look *look); // flags raised, -ENOENT: it is no more, or another errno
} subjects[] = {
    { "case:", look_at_case },           { "ticket:", look_at_ticket }, { "rating:", look_at_bad },
    { "complaint:", look_at_complaint }, { "eye:", look_at_timer },
};

static int put_off(Store *store, const char *subject, int64_t next_ms)
{
    int err = next_ms == WATCH_NEVER
                  ? store_exec(store, "DELETE FROM watch_due WHERE subject = ?", "s", subject)
                  : store_exec(store, "UPDATE watch_due SET due_at = ? WHERE subject = ?", "is",
                               next_ms, subject);
    return MIN(err, 0);
}

static int look_at(Store *store, const Hall *hall, const char *subject, int64_t now_ms)
{
    Look look = { .hall = hall, .subject = subject };
    int raised = 0;
    watch_findings_init(&look.findings, now_ms);
    for (size_t i = 0; i < G_N_ELEMENTS(subjects); i++) {
        if (!g_str_has_prefix(subject, subjects[i].prefix))
            continue;
        look.id = subject + strlen(subjects[i].prefix);
        raised = subjects[i].look(store, &look);
        break;
    }
    raised = raised == -ENOENT ? 0 : raised;
    int err = raised < 0 ? raised : put_off(store, subject, look.findings.next_ms);
    watch_findings_done(&look.findings);
    return err < 0 ? err : raised;
}

static GPtrArray *due_subjects(Store *store, int64_t now_ms)
{
    GPtrArray *due = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(StoreQuery) query = store_query(
        store, "SELECT subject FROM watch_due WHERE due_at <= ? ORDER BY due_at LIMIT ?", "ii",
        now_ms, (int64_t)SWEEP_STEP);
    while (store_step(query))
        g_ptr_array_add(due, g_strdup(store_text(query, 0)));
    return due;
}

int watch_sweep(Store *store, const Hall *hall, int64_t now_ms)
{
    int raised = 0;
    for (int done = 0; done < SWEEP_MOST; done += SWEEP_STEP) {
        g_autoptr(GPtrArray) due = due_subjects(store, now_ms);
        for (guint i = 0; i < due->len; i++) {
            int result = look_at(store, hall, g_ptr_array_index(due, i), now_ms);
            if (result < 0)
                return result;
            raised += result;
        }
        if (due->len < SWEEP_STEP)
            break;
    }
    return raised;
}

int64_t watch_next(Store *store)
{
    return store_value(store, INT64_MAX, "SELECT due_at FROM watch_due ORDER BY due_at LIMIT 1",
                       "");
}

// --- all tables of rules

static const WatchKind *(*const tables[])(size_t i) = { watch_case_kind, watch_ticket_kind,
                                                        watch_voice_kind, watch_eye_kind };

const WatchKind *watch_kind_at(size_t i)
{
    for (size_t t = 0; t < G_N_ELEMENTS(tables); t++) {
        size_t n = 0;
        while (tables[t](n) && n < i)
            n++;
        if (tables[t](n))
            return tables[t](n);
        i -= n;
    }
    return NULL;
}

const WatchKind *watch_kind(const char *kind)
{
    for (size_t i = 0; watch_kind_at(i); i++) {
        if (strcmp(watch_kind_at(i)->kind, kind) == 0)
            return watch_kind_at(i);
    }
    return NULL;
}

int watch_sign_edit(Store *store, const char *case_number, const char *who, int64_t now_ms)
{
    int err = store_exec(store,
                         "UPDATE case_edit SET who = ? WHERE case_number = ? AND at = ?"
                         " AND who IS NULL",
                         "ssi", who, case_number, now_ms);
    return MIN(err, 0);
}
