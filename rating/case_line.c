// SPDX-License-Identifier: Apache-2.0
#include "rating/case_line.h"

#include "base/clock.h"
#include "rating/shape.h"

#include <string.h>

enum { LINE_DAYS_MAX = 400 };

// The walk over a story. sent: events (CaseEvent *) whose node or unit still has it, the last of
// them holds it; waits: the pause or the asking for papers that is open.
typedef struct {
    const CaseStory *story;
    const Calendar *calendar;
    int64_t accepted_ms, now_ms;
    GPtrArray *sent;
    const CaseEvent *waits;
    json_t *segments;
    const CaseEvent *holder; // of the segment that is open
    int64_t from_ms;         // CASE_NEVER: none is
    int64_t first_ms;        // of the first of all
} Walk;

static int days_between(const Walk *w, int64_t from_ms, int64_t to_ms)
{
    return calendar_between(w->calendar, calendar_day_of(from_ms), calendar_day_of(to_ms));
}

static int used_between(const Walk *w, int64_t from_ms, int64_t to_ms)
{
    return case_clock_used(&w->story->facts, w->calendar, w->accepted_ms, w->now_ms,
                           calendar_day_of(from_ms), calendar_day_of(to_ms));
}

static const char *kind_of(const CaseEvent *holder)
{
    if (!holder)
        return "counter";
    if (holder->kind == CASE_EVENT_PAPERS_ASKED)
        return "papers";
    if (holder->kind == CASE_EVENT_PAUSED)
        return "procedure";
    return holder->node ? "node" : "unit";
}

static json_t *person_of(const CaseEvent *holder)
{
    if (!holder || (!holder->person_number && !holder->person_name))
        return json_null();
    return json_pack("{s:s?, s:s?}", "number", holder->person_number, "name", holder->person_name);
}

// to_ms CASE_NEVER: it goes on.
static void end_segment(Walk *w, int64_t to_ms)
{
    const CaseEvent *holder = w->holder;
    int64_t until_ms = to_ms == CASE_NEVER ? MAX(w->now_ms, w->from_ms) : to_ms;
    json_array_append_new(w->segments,
                          json_pack("{s:s, s:s?, s:s?, s:s?, s:o, s:o, s:o, s:i, s:i}", "kind",
                                    kind_of(holder), "event", holder ? holder->id : NULL, "node",
                                    holder ? holder->node : NULL, "unit",
                                    holder ? holder->unit : NULL, "person", person_of(holder),
                                    "from_at", shape_time(w->from_ms), "to_at", shape_time(to_ms),
                                    "days", days_between(w, w->from_ms, until_ms), "used_days",
                                    used_between(w, w->from_ms, until_ms)));
}

static void hold(Walk *w, int64_t at_ms)
{
    const CaseEvent *last = w->sent->len > 0 ? w->sent->pdata[w->sent->len - 1] : NULL;
    const CaseEvent *holder = w->waits ? w->waits : last;
    if (w->from_ms != CASE_NEVER && holder == w->holder)
        return;
    if (w->from_ms != CASE_NEVER && w->from_ms < at_ms)
        end_segment(w, at_ms);
    if (w->first_ms == CASE_NEVER)
        w->first_ms = at_ms;
    w->holder = holder;
    w->from_ms = at_ms;
}

// What a node or unit that acts had been sent.
static void take_back(Walk *w, const CaseEvent *event)
{
    for (guint i = w->sent->len; i-- > 0;) {
        const CaseEvent *sent = w->sent->pdata[i];
        bool same_unit = !sent->unit || !event->unit || strcmp(sent->unit, event->unit) == 0;
        bool meant = event->kind == CASE_EVENT_UNIT_DONE
                         ? g_strcmp0(sent->unit, event->unit) == 0
                         : sent->node && g_strcmp0(sent->node, event->node) == 0 && same_unit;
        if (meant)
            g_ptr_array_remove_index(w->sent, i);
    }
}

static void take_event(Walk *w, CaseEvent *event)
{
    bool is_whole = !case_story_is_of_part(w->story, event);
    switch (event->kind) {
    case CASE_EVENT_SENT:
        g_ptr_array_add(w->sent, event);
        break;
    case CASE_EVENT_NODE:
    case CASE_EVENT_UNIT_DONE:
        take_back(w, event);
        break;
    case CASE_EVENT_PAPERS_ASKED:
    case CASE_EVENT_PAUSED:
        w->waits = is_whole ? event : w->waits;
        break;
    case CASE_EVENT_PAPERS_HANDED:
        if (is_whole && w->waits && w->waits->kind == CASE_EVENT_PAPERS_ASKED)
            w->waits = NULL;
        break;
    case CASE_EVENT_RESUMED:
        w->waits = is_whole ? NULL : w->waits;
        break;
    case CASE_EVENT_ACCEPTED:
        w->waits = NULL;
        break;
    default:
        break;
    }
}

static void walk_events(Walk *w)
{
    int64_t ended_ms = w->story->facts.ended_ms;
    for (guint i = 0; i < w->story->events->len; i++) {
        CaseEvent *event = &g_array_index(w->story->events, CaseEvent, i);
        if (event->ignored != CASE_TOLD)
            continue;
        if (ended_ms != CASE_NEVER && event->at_ms >= ended_ms && w->from_ms != CASE_NEVER)
            break;
        take_event(w, event);
        hold(w, event->at_ms);
    }
    if (w->from_ms != CASE_NEVER)
        end_segment(w, ended_ms);
}

static char letter_of(const Walk *w, CalendarDay day)
{
    if (!calendar_is_working_day(w->calendar, day))
        return '-';
    bool in_clock = w->accepted_ms != CASE_NEVER && day > calendar_day_of(w->accepted_ms);
    if (!in_clock)
        return 'b';
    return case_clock_used(&w->story->facts, w->calendar, w->accepted_ms, w->now_ms, day - 1, day)
               ? 'u'
               : 'p';
}

static json_t *days_of(const Walk *w, CalendarDay first, CalendarDay last)
{
    if (last - first >= LINE_DAYS_MAX)
        return json_null();
    char letters[LINE_DAYS_MAX + 1];
    int n = 0;
    for (CalendarDay day = first; day <= last; day++)
        letters[n++] = letter_of(w, day);
    return json_stringn(letters, (size_t)n);
}

json_t *case_line(const CaseStory *story, const Calendar *calendar, int64_t accepted_ms,
                  int64_t now_ms)
{
    g_autoptr(GPtrArray) sent = g_ptr_array_new();
    Walk w = { .story = story,
               .calendar = calendar,
               .accepted_ms = accepted_ms,
               .now_ms = now_ms,
               .sent = sent,
               .segments = json_array(),
               .first_ms = CASE_NEVER,
               .from_ms = CASE_NEVER };
    walk_events(&w);
    if (json_array_size(w.segments) == 0) {
        json_decref(w.segments);
        return json_null();
    }
    int64_t last_ms = story->facts.ended_ms != CASE_NEVER ? story->facts.ended_ms : now_ms;
    CalendarDay first = calendar_day_of(w.first_ms), last = calendar_day_of(last_ms);
    g_autofree char *day = clock_format(w.first_ms);
    day[strlen("2026-11-24")] = '\0';
    return json_pack("{s:s, s:o, s:o}", "first_day", day, "days",
                     days_of(&w, first, MAX(first, last)), "segments", w.segments);
}
