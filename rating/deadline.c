// SPDX-License-Identifier: Apache-2.0
#include "rating/deadline.h"

#include "rating/flag.h"
#include "rating/shape.h"

enum { SWEEP_STEP = 200, HOUR_MS = 3600000 };

Deadline deadline_on(const Hall *hall, CalendarDay day)
{
    return (Deadline){ .due_ms = calendar_office_end(hall->config, day),
                       .is_provisional = calendar_is_provisional(hall->calendar, day) };
}

Deadline deadline_in(const Hall *hall, int64_t from_ms, int days)
{
    return deadline_on(hall, calendar_add(hall->calendar, calendar_day_of(from_ms), days));
}

bool deadline_is_over(const Deadline *deadline, int64_t now_ms)
{
    return deadline->due_ms != STORE_NULL && now_ms > deadline->due_ms;
}

int64_t deadline_notice(const Hall *hall, const Deadline *deadline, int64_t now_ms)
{
    if (deadline->due_ms == STORE_NULL)
        return STORE_NULL;
    int64_t remind_ms = deadline->due_ms - (int64_t)hall->config->rules.remind_hours * HOUR_MS;
    return now_ms < remind_ms ? remind_ms : MAX(deadline->due_ms, now_ms);
}

// --- reminders

typedef struct {
    char *id, *rating, *case_number, *counter, *staff, *state;
    int64_t due_ms;
} Notice;

static void clear_notice(gpointer data)
{
    Notice *notice = data;
    g_free(notice->id);
    g_free(notice->rating);
    g_free(notice->case_number);
    g_free(notice->counter);
    g_free(notice->staff);
    g_free(notice->state);
}

static GArray *ripe_notices(Store *store, const DeadlineKind *kind, int64_t now_ms)
{
    GArray *notices = g_array_new(FALSE, FALSE, sizeof(Notice));
    g_array_set_clear_func(notices, clear_notice);
    g_autoptr(StoreQuery) query = store_query(store, kind->ripe, "ii", now_ms, (int64_t)SWEEP_STEP);
    while (store_step(query)) {
        Notice notice = { g_strdup(store_text(query, 0)),
                          g_strdup(store_text(query, 1)),
                          g_strdup(store_text(query, 2)),
                          g_strdup(store_text(query, 3)),
                          g_strdup(store_text(query, 4)),
                          g_strdup(store_text(query, 5)),
                          store_int(query, 6) };
        g_array_append_val(notices, notice);
    }
    return notices;
}

static int raise_flag(Store *store, const Hall *hall, const char *flag, const char *subject,
                      const Notice *notice, int64_t now_ms)
{
    json_t *evidence =
        json_pack("{s:s, s:o}", "state", notice->state, "due_at", shape_time(notice->due_ms));
    FlagInput input = { .kind = flag,
                        .subject = subject,
                        .rating = notice->rating,
                        .case_number = notice->case_number,
                        .counter = notice->counter,
                        .staff_number = notice->staff,
                        .evidence = evidence,
                        .raised_ms = now_ms,
                        .may_repeat = true };
    int raised = flag_raise(store, hall, &input, NULL);
    json_decref(evidence);
    return raised;
}

// The reminder at first, and once the deadline has passed the fact.
static int remind(Store *store, const Hall *hall, const DeadlineKind *kind, const Notice *notice,
                  int64_t now_ms)
{
    const char *const reminder[] = { kind->due_flag, NULL };
    bool is_late = now_ms > notice->due_ms;
    g_autofree char *subject = g_strconcat(kind->kind, ":", notice->id, NULL);
    int err =
        is_late ? flag_close_open(store, hall, subject, reminder, "已超期 / it is late now", now_ms)
                : 0;
    int raised = err < 0 ? err
                         : raise_flag(store, hall, is_late ? kind->late_flag : kind->due_flag,
                                      subject, notice, now_ms);
    if (raised < 0)
        return raised;
    err = store_exec(store, kind->put, "ns", is_late ? STORE_NULL : notice->due_ms + 1, notice->id);
    if (err >= 0 && is_late && hall->changed)
        hall->changed(hall->ctx, kind->kind, notice->id);
    return err < 0 ? err : raised;
}

int deadline_sweep(Store *store, const Hall *hall, const DeadlineKind *kind, int64_t now_ms)
{
    int raised = 0;
    for (;;) {
        g_autoptr(GArray) notices = ripe_notices(store, kind, now_ms);
        for (guint i = 0; i < notices->len; i++) {
            int n = remind(store, hall, kind, &g_array_index(notices, Notice, i), now_ms);
            if (n < 0)
                return n;
            raised += n;
        }
        if (notices->len < SWEEP_STEP)
            return raised;
    }
}

int deadline_met(Store *store, const Hall *hall, const DeadlineKind *kind, const char *id,
                 int64_t now_ms)
{
    const char *const kinds[] = { kind->due_flag, kind->late_flag, NULL };
    g_autofree char *subject = g_strconcat(kind->kind, ":", id, NULL);
    return flag_close_open(store, hall, subject, kinds, "已办理 / the step was taken", now_ms);
}

int64_t deadline_next(Store *store, const DeadlineKind *kind)
{
    return store_value(store, INT64_MAX, kind->next, "");
}
