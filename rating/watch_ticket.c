// SPDX-License-Identifier: Apache-2.0
#include "rating/watch_ticket.h"

#include "rating/shape.h"

#define MINUTE_MS 60000

typedef struct {
    const WatchTicket *ticket;
    const WatchKind *kind;
    const Config *config;
    const Calendar *calendar;
    WatchFindings *findings;
} Look;

// Many come to ask. So this is told of counters alone at which nearly every number has its case,
// and of services that took longer than a question; and only at the end of the next working day,
// since a hall may hand its cases over each night.
static void no_case(const Look *look)
{
    enum { LEAST_USUAL = 10, SHARE_PERCENT = 90 };
    const WatchTicket *t = look->ticket;
    if (t->ended_ms == WATCH_NEVER || t->began_ms == WATCH_NEVER || t->has_case ||
        t->gives_advice || !t->counter || t->ended_ms < t->since_ms)
        return;
    int minutes = (int)((t->ended_ms - t->began_ms) / MINUTE_MS);
    if (minutes < look->config->rules.no_case_minutes || t->usual_of < LEAST_USUAL ||
        t->usual * 100 < t->usual_of * SHARE_PERCENT)
        return;
    CalendarDay day = calendar_add(look->calendar, calendar_day_of(t->ended_ms), 1);
    WatchHit *hit =
        watch_find(look->findings, look->kind, "", calendar_office_end(look->config, day),
                   json_pack("{s:s?, s:o, s:o, s:i, s:i, s:i}", "ticket", t->number, "from_at",
                             shape_time(t->began_ms), "to_at", shape_time(t->ended_ms), "minutes",
                             minutes, "usual", t->usual, "usual_of", t->usual_of));
    if (!hit)
        return;
    hit->counter = g_strdup(t->counter);
    hit->staff = g_strdup(t->staff);
}

static const struct {
    WatchKind kind;
    void (*judge)(const Look *look);
} rules[] = {
    { { "misconduct_no_case", "有号无件", "Served without a case", "no_case_minutes" }, no_case },
};

void watch_ticket_judge(const WatchTicket *ticket, const Config *config, const Calendar *calendar,
                        WatchFindings *findings)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        Look look = { ticket, &rules[i].kind, config, calendar, findings };
        rules[i].judge(&look);
    }
}

const WatchKind *watch_ticket_kind(size_t i)
{
    return i < G_N_ELEMENTS(rules) ? &rules[i].kind : NULL;
}
