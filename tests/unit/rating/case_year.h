// SPDX-License-Identifier: Apache-2.0
// A year of a town's cases, made up from a seed: 30 counters, cases on the spot and promised,
// received and accepted, asked for papers, paused, extended with and without approval, joint, sent
// to nodes, accepted with papers missing, ended in time and late; a part of what happened is told
// days later. And what a supervisor with a calendar and a pencil would have flagged: each case,
// each day, counted one day after another. It shares nothing with case_story.h and case_clock.h but
// the names of things.
#pragma once
#include "rating/calendar.h"

#include <stdio.h>
#include <string.h>

#define TOWN_MINUTE INT64_C(60000)
#define TOWN_HOUR   (60 * TOWN_MINUTE)

enum { TOWN_DEEDS = 24, TOWN_UNITS = 2, TOWN_COUNTERS = 30, TOWN_ANSWER_DAYS = 5 };

typedef enum {
    TOWN_RECEIVED,
    TOWN_ASKED,
    TOWN_HANDED,
    TOWN_ACCEPTED,
    TOWN_SENT,
    TOWN_NODE,
    TOWN_PAUSED,
    TOWN_RESUMED,
    TOWN_EXTENDED,
    TOWN_UNIT_DONE,
    TOWN_FINISHED,
    TOWN_RETURNED,
    N_TOWN_DEEDS,
} TownDeedKind;

static const char *const town_deed_names[N_TOWN_DEEDS] = {
    "received", "papers_asked", "papers_handed", "accepted",  "sent",     "node",
    "paused",   "resumed",      "extended",      "unit_done", "finished", "returned",
};

typedef struct {
    TownDeedKind kind;
    int64_t at_ms, told_ms;
    int days;
    bool is_approved;
    int unit;        // of the joint case; -1: the whole
    CalendarDay due; // of papers that are missing at acceptance; 0: none
} TownDeed;

typedef struct {
    bool is_instant;
    int limit;                   // of the case
    int n_units;                 // 0: not joint
    int unit_limits[TOWN_UNITS]; // -1: the case's; the first unit leads
    bool is_sent_to_units;
    TownDeed deeds[TOWN_DEEDS];
    int n_deeds;
} TownCase;

// --- making it

typedef struct {
    const Calendar *calendar;
    const Config *config;
    GRand *random;
    TownCase *now;
    int64_t at_ms;
} TownPen;

static inline bool town_chance(TownPen *pen, double share)
{
    return g_rand_double(pen->random) < share;
}

static inline int town_between(TownPen *pen, int least, int most)
{
    return g_rand_int_range(pen->random, least, most + 1);
}

// Some office minute, n working days later.
static inline void town_pass(TownPen *pen, int n)
{
    CalendarDay day = calendar_add(pen->calendar, calendar_day_of(pen->at_ms), n);
    int64_t at =
        calendar_day_start(day) + 9 * TOWN_HOUR + town_between(pen, 0, 8 * 60) * TOWN_MINUTE;
    pen->at_ms = MAX(at, pen->at_ms);
}

// Nothing happens twice in a minute, and a part of it is told later.
static inline TownDeed *town_do(TownPen *pen, TownDeedKind kind)
{
    TownCase *c = pen->now;
    TownDeed *deed = &c->deeds[c->n_deeds++];
    g_assert(c->n_deeds <= TOWN_DEEDS);
    pen->at_ms += 2 * TOWN_MINUTE;
    *deed = (TownDeed){ .kind = kind, .at_ms = pen->at_ms, .told_ms = pen->at_ms, .unit = -1 };
    if (town_chance(pen, 0.05))
        deed->told_ms += town_between(pen, 1, 3 * 24 * 60) * TOWN_MINUTE;
    return deed;
}

// Up to the acceptance, which does not always come in time.
static inline void town_file(TownPen *pen)
{
    if (town_chance(pen, 0.3)) {
        town_do(pen, TOWN_RECEIVED);
        town_pass(pen, town_chance(pen, 0.04) ? town_between(pen, 5, 9) : town_between(pen, 0, 4));
        if (town_chance(pen, 0.2)) {
            town_do(pen, TOWN_ASKED);
            town_pass(pen, town_between(pen, 1, 12));
            town_do(pen, TOWN_HANDED);
            town_pass(pen, town_between(pen, 0, 6));
        }
    }
    if (!pen->now->is_instant && town_chance(pen, 0.02))
        pen->at_ms += 8 * TOWN_HOUR; // online, in the evening
    TownDeed *accepted = town_do(pen, TOWN_ACCEPTED);
    if (town_chance(pen, 0.05))
        accepted->due = calendar_day_of(pen->at_ms) + town_between(pen, 1, 10);
}

static inline void town_pause(TownPen *pen, int unit)
{
    bool for_papers = town_chance(pen, 0.4);
    TownDeed *paused = town_do(pen, for_papers ? TOWN_ASKED : TOWN_PAUSED);
    paused->days = town_chance(pen, 0.7) ? town_between(pen, 1, 15) : 0;
    paused->unit = unit;
    if (town_chance(pen, 0.05))
        return; // nobody ends it
    town_pass(pen, town_between(pen, 0, 12));
    town_do(pen, for_papers ? TOWN_HANDED : TOWN_RESUMED)->unit = unit;
}

static inline void town_extend(TownPen *pen)
{
    TownDeed *extended = town_do(pen, TOWN_EXTENDED);
    extended->days = town_between(pen, 1, 10);
    extended->is_approved = town_chance(pen, 0.8);
}

static inline void town_send(TownPen *pen)
{
    TownDeed *sent = town_do(pen, TOWN_SENT);
    sent->days = town_chance(pen, 0.7) ? town_between(pen, 1, 4) : 0;
    town_pass(pen, town_between(pen, 0, 5));
    town_do(pen, TOWN_NODE);
}

static inline void town_units(TownPen *pen)
{
    TownCase *c = pen->now;
    for (int u = 0; c->is_sent_to_units && u < c->n_units; u++) {
        town_do(pen, TOWN_SENT)->unit = u;
        town_pass(pen, town_between(pen, 0, 2));
    }
    if (town_chance(pen, 0.3))
        town_pause(pen, town_between(pen, 0, c->n_units - 1));
    for (int u = 0; u < c->n_units; u++) {
        town_pass(pen, town_between(pen, 0, c->limit));
        if (town_chance(pen, 0.95))
            town_do(pen, TOWN_UNIT_DONE)->unit = u;
    }
}

static inline void town_work(TownPen *pen)
{
    static const struct {
        double share;
        void (*act)(TownPen *);
    } acts[] = { { 0.3, town_send }, { 0.08, town_extend }, { 0.02, town_extend } };
    TownCase *c = pen->now;
    if (town_chance(pen, 0.2))
        town_pause(pen, -1);
    for (size_t i = 0; i < G_N_ELEMENTS(acts); i++) {
        town_pass(pen, town_between(pen, 0, MAX(1, c->limit / 3)));
        if (town_chance(pen, acts[i].share))
            acts[i].act(pen);
    }
    if (c->n_units > 0)
        town_units(pen);
    else if (town_chance(pen, 0.05))
        town_pause(pen, -1);
}

static inline void town_make(TownPen *pen, TownCase *c, int64_t from_ms)
{
    *c = (TownCase){ .is_instant = town_chance(pen, 0.4), .unit_limits = { -1, -1 } };
    pen->now = c;
    pen->at_ms = from_ms;
    town_pass(pen, 0);
    c->limit = c->is_instant ? 0 : town_between(pen, 1, 20);
    if (!c->is_instant && town_chance(pen, 0.08)) {
        c->n_units = TOWN_UNITS;
        c->is_sent_to_units = town_chance(pen, 0.5);
        c->unit_limits[1] = town_chance(pen, 0.5) ? town_between(pen, 1, 15) : -1;
    }
    town_file(pen);
    if (c->is_instant)
        town_pass(pen, town_chance(pen, 0.02) ? 2 : 0);
    else
        town_work(pen);
    if (town_chance(pen, 0.99))
        town_do(pen, town_chance(pen, 0.97) ? TOWN_FINISHED : TOWN_RETURNED);
}

// --- the pencil

// A case as far as it is known at a moment, and of whom: -1 the case, 0.. a unit, TOWN_UNITS.. the
// node that the deed of this index less TOWN_UNITS sent it to.
typedef struct {
    const Calendar *calendar;
    const Config *config;
    const TownCase *c;
    const TownDeed *known[TOWN_DEEDS]; // in the order of their own times
    int n;
    int64_t now_ms;
} TownView;

static inline TownView town_view(const TownPen *pen, const TownCase *c, int64_t now_ms)
{
    TownView view = { .calendar = pen->calendar, .config = pen->config, .c = c, .now_ms = now_ms };
    for (int i = 0; i < c->n_deeds; i++) {
        if (c->deeds[i].told_ms <= now_ms)
            view.known[view.n++] = &c->deeds[i]; // made in that order
    }
    return view;
}

static inline bool town_is_end(const TownDeed *deed)
{
    return deed->kind == TOWN_FINISHED || deed->kind == TOWN_RETURNED;
}

// The first of a kind, and for a part of the case; NULL: not known.
static inline const TownDeed *town_first(const TownView *v, TownDeedKind kind, int unit)
{
    for (int i = 0; i < v->n; i++) {
        if (v->known[i]->kind == kind && v->known[i]->unit == unit)
            return v->known[i];
    }
    return NULL;
}

static inline const TownDeed *town_end(const TownView *v)
{
    for (int i = 0; i < v->n; i++) {
        if (town_is_end(v->known[i]))
            return v->known[i];
    }
    return NULL;
}

static inline CalendarDay town_today(const TownView *v, const TownDeed *end)
{
    return calendar_day_of(end ? end->at_ms : v->now_ms);
}

// Working days after one day, up to and with another, counted by walking.
static inline int town_count(const TownView *v, CalendarDay after, CalendarDay until)
{
    int n = 0;
    for (CalendarDay day = after + 1; day <= until; day++)
        n += calendar_is_working_day(v->calendar, day);
    return n;
}

// Whether the office has let more than its working days go by from one moment to another.
static inline bool town_is_overdue(const TownView *v, int64_t from_ms, int64_t until_ms)
{
    CalendarDay day = calendar_day_of(from_ms);
    for (int left = TOWN_ANSWER_DAYS; left > 0;)
        left -= calendar_is_working_day(v->calendar, ++day);
    return calendar_day_of(until_ms) > day;
}

// 0: not accepted.
static inline int64_t town_accepted(const TownView *v)
{
    const TownDeed *receipt = NULL;
    for (int i = 0; i <= v->n; i++) {
        const TownDeed *deed = i < v->n ? v->known[i] : NULL;
        bool answers =
            deed && (deed->kind == TOWN_ASKED || deed->kind == TOWN_ACCEPTED || town_is_end(deed));
        if (receipt && (answers || !deed)) {
            int64_t until = deed ? deed->at_ms : v->now_ms;
            if (town_is_overdue(v, receipt->at_ms, until))
                return receipt->at_ms;
            receipt = NULL;
        }
        if (deed && deed->kind == TOWN_ACCEPTED)
            return deed->at_ms;
        if (deed && (deed->kind == TOWN_RECEIVED ||
                     (deed->kind == TOWN_HANDED && i > 0 && v->known[i - 1]->kind == TOWN_ASKED)))
            receipt = deed;
    }
    return 0;
}

// Whether the clock of the case, or of the unit, stands on the day.
static inline bool town_stands(const TownView *v, int unit, CalendarDay day)
{
    const TownDeed *accepted = town_first(v, TOWN_ACCEPTED, -1);
    for (int i = 0; accepted && i < v->n; i++) {
        const TownDeed *begin = v->known[i], *end = NULL;
        if ((begin->kind != TOWN_PAUSED && begin->kind != TOWN_ASKED) ||
            begin->at_ms < accepted->at_ms || (begin->unit != -1 && begin->unit != unit))
            continue;
        for (int k = i + 1; k < v->n && !end; k++) {
            const TownDeed *deed = v->known[k];
            bool same = deed->unit == begin->unit &&
                        (deed->kind == TOWN_RESUMED ||
                         (deed->kind == TOWN_HANDED && begin->kind == TOWN_ASKED) ||
                         deed->kind == TOWN_PAUSED || deed->kind == TOWN_ASKED ||
                         (deed->kind == TOWN_UNIT_DONE && begin->unit >= 0));
            end = same || town_is_end(deed) ? deed : NULL;
        }
        CalendarDay from = calendar_day_of(begin->at_ms);
        if (day > from && (!end || day <= calendar_day_of(end->at_ms)) &&
            (begin->days == 0 || town_count(v, from, day) <= begin->days))
            return true;
    }
    return false;
}

typedef enum { TOWN_NONE, TOWN_WARNING, TOWN_YELLOW, TOWN_RED } TownGrade;

static inline TownGrade town_grade(const TownView *v, int64_t from_ms, const TownDeed *end,
                                   int limit, int unit)
{
    if (from_ms == 0)
        return TOWN_NONE;
    CalendarDay from = calendar_day_of(from_ms);
    int used = 0;
    for (CalendarDay day = from + 1; day <= town_today(v, end); day++)
        used += calendar_is_working_day(v->calendar, day) && !town_stands(v, unit, day);
    bool on_the_spot = limit == 0;
    if (on_the_spot && (!calendar_is_working_day(v->calendar, from) ||
                        from_ms >= calendar_office_end(v->config, from)))
        limit = 1;
    if (used > limit)
        return TOWN_RED;
    if (on_the_spot || end)
        return TOWN_NONE;
    return used >= limit - 1 ? TOWN_YELLOW : used >= limit - 2 ? TOWN_WARNING : TOWN_NONE;
}

static inline TownGrade town_case_grade(const TownView *v)
{
    int limit = v->c->limit;
    for (int i = 0; i < v->n; i++) {
        const TownDeed *deed = v->known[i];
        if (deed->kind == TOWN_EXTENDED && deed->is_approved) {
            limit += deed->days;
            break;
        }
    }
    return town_grade(v, town_accepted(v), town_end(v), limit, -1);
}

static inline TownGrade town_unit_grade(const TownView *v, int unit)
{
    const TownDeed *sent = town_first(v, TOWN_SENT, unit);
    bool any = town_first(v, TOWN_SENT, 0) || town_first(v, TOWN_SENT, 1);
    const TownDeed *end = town_first(v, TOWN_UNIT_DONE, unit);
    const TownDeed *whole = town_end(v);
    if (!end || (whole && whole->at_ms < end->at_ms))
        end = whole;
    bool with_case = !any || unit == 0;
    int64_t from = sent ? sent->at_ms : with_case ? town_accepted(v) : 0;
    int limit = v->c->unit_limits[unit] >= 0 ? v->c->unit_limits[unit] : v->c->limit;
    return town_grade(v, from, end, limit, unit);
}

static inline TownGrade town_node_grade(const TownView *v, const TownDeed *sent)
{
    const TownDeed *acted = town_first(v, TOWN_NODE, -1);
    const TownDeed *end = acted ? acted : town_end(v);
    return town_grade(v, sent->at_ms, end, sent->days, -1);
}

// --- the flags

enum { TOWN_PARTS = 1 + TOWN_UNITS + TOWN_DEEDS };

typedef struct {
    TownGrade grade;
    bool is_open[TOWN_RED + 1];
} TownLadder;

// "case_red 17 1735689600000": kind, subject, moment.
typedef void (*TownFound)(void *ctx, const char *kind, const char *subject, int64_t at_ms);

typedef struct {
    int number;
    TownLadder parts[TOWN_PARTS];
    bool papers_were_late;
    TownFound found;
    void *ctx;
} TownWatch;

static inline void town_raise(TownWatch *w, const char *kind, const char *part, int64_t at_ms)
{
    g_autofree char *subject = g_strdup_printf("case:Y-%d%s", w->number, part);
    w->found(w->ctx, kind, subject, at_ms);
}

// Rising: one flag a grade, none while a red one waits for a person; falling: what is not red ends.
static inline void town_judge(TownWatch *w, TownLadder *ladder, TownGrade grade, const char *what,
                              const char *part, int64_t now_ms)
{
    static const char *const names[] = { "", "warning", "yellow", "red" };
    bool has_flag = grade > TOWN_WARNING || (grade == TOWN_WARNING && strcmp(what, "case") == 0);
    if (grade == ladder->grade)
        return;
    ladder->grade = grade;
    ladder->is_open[TOWN_WARNING] = ladder->is_open[TOWN_WARNING] && grade == TOWN_WARNING;
    ladder->is_open[TOWN_YELLOW] = ladder->is_open[TOWN_YELLOW] && grade == TOWN_YELLOW;
    if (!has_flag || ladder->is_open[TOWN_RED] || ladder->is_open[grade])
        return;
    ladder->is_open[grade] = true;
    g_autofree char *kind = g_strconcat(what, "_", names[grade], NULL);
    town_raise(w, kind, part, now_ms);
}

// Papers that were promised at the acceptance and have not come by their day.
static inline void town_judge_papers(TownWatch *w, const TownView *v)
{
    const TownDeed *accepted = town_first(v, TOWN_ACCEPTED, -1);
    if (!accepted || accepted->due == 0 || town_end(v) || w->papers_were_late ||
        v->now_ms <= calendar_office_end(v->config, accepted->due))
        return;
    for (int i = 0; i < v->n; i++) {
        const TownDeed *deed = v->known[i];
        bool of_unit = deed->unit >= 0 && v->known[i - 1]->kind == TOWN_ASKED &&
                       v->known[i - 1]->unit == deed->unit;
        if (deed->kind == TOWN_HANDED && deed->at_ms > accepted->at_ms && !of_unit)
            return;
    }
    w->papers_were_late = true;
    town_raise(w, "case_papers_late", "", v->now_ms);
}

static inline void town_look(TownWatch *w, const TownPen *pen, const TownCase *c, int64_t now_ms)
{
    TownView v = town_view(pen, c, now_ms);
    for (int u = 0; u < c->n_units; u++) {
        char part[32];
        snprintf(part, sizeof part, "/unit:U%d", u);
        town_judge(w, &w->parts[1 + u], town_unit_grade(&v, u), "unit", part, now_ms);
    }
    for (int i = 0; i < v.n; i++) {
        const TownDeed *sent = v.known[i];
        int place = (int)(sent - c->deeds);
        char part[32];
        if (sent->kind != TOWN_SENT || sent->unit >= 0 || sent->days == 0)
            continue;
        snprintf(part, sizeof part, "/node:e%d", place);
        town_judge(w, &w->parts[1 + TOWN_UNITS + place], town_node_grade(&v, sent), "node", part,
                   now_ms);
    }
    town_judge(w, &w->parts[0], town_case_grade(&v), "case", "", now_ms);
    town_judge_papers(w, &v);
}

static inline int town_compare(gconstpointer a, gconstpointer b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

// When something may change: what is told, each day's beginning, and the end of the papers' day.
static inline GArray *town_moments(const TownPen *pen, const TownCase *c, int64_t until_ms)
{
    GArray *moments = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int64_t first = INT64_MAX, last = 0;
    bool has_end = false;
    for (int i = 0; i < c->n_deeds; i++) {
        const TownDeed *deed = &c->deeds[i];
        int64_t papers = calendar_office_end(pen->config, deed->due) + 1;
        g_array_append_val(moments, deed->told_ms);
        if (deed->due > 0 && papers > deed->told_ms)
            g_array_append_val(moments, papers);
        has_end = has_end || town_is_end(deed);
        first = MIN(first, deed->told_ms);
        last = MAX(last, deed->told_ms);
    }
    for (CalendarDay day = calendar_day_of(first) + 1;; day++) {
        int64_t start = calendar_day_start(day);
        if (start > (has_end ? last : until_ms))
            break;
        g_array_append_val(moments, start);
    }
    g_array_sort(moments, town_compare);
    return moments;
}

// Tells found of each flag that the case should have raised by until.
static inline void town_expect(const TownPen *pen, const TownCase *c, int number, int64_t until_ms,
                               TownFound found, void *ctx)
{
    TownWatch watch = { .number = number, .found = found, .ctx = ctx };
    g_autoptr(GArray) moments = town_moments(pen, c, until_ms);
    for (guint i = 0; i < moments->len; i++) {
        int64_t now_ms = g_array_index(moments, int64_t, i);
        if (now_ms <= until_ms)
            town_look(&watch, pen, c, now_ms);
    }
}
