// SPDX-License-Identifier: Apache-2.0
#include "rating/watch_case.h"

#include "rating/shape.h"

#include <string.h>

#define MINUTE_MS    60000
#define VISIT_MS     (30 * MINUTE_MS) // a press so long around what was done at the counter is of it
#define MANY_TICKETS 5                // a counter that served so many in a day works by numbers

// What a rule sees; the kind is that of its row.
typedef struct {
    const WatchCase *c;
    const WatchKind *kind;
    const Config *config;
    const Calendar *calendar;
    WatchFindings *findings;
} Look;

static const WatchEvent *event_at(const WatchCase *c, guint i)
{
    return &g_array_index(c->events, WatchEvent, i);
}

// The first of the kind at or after the place; NULL: none.
static const WatchEvent *next_of(const WatchCase *c, guint from, CaseEventKind kind)
{
    for (guint i = from; i < c->events->len; i++) {
        if (event_at(c, i)->kind == kind)
            return event_at(c, i);
    }
    return NULL;
}

static const WatchEvent *first_of(const WatchCase *c, CaseEventKind kind)
{
    return next_of(c, 0, kind);
}

static bool is_end(CaseEventKind kind)
{
    return kind == CASE_EVENT_FINISHED || kind == CASE_EVENT_REFUSED ||
           kind == CASE_EVENT_RETURNED || kind == CASE_EVENT_WITHDRAWN;
}

static const WatchEvent *end_of(const WatchCase *c)
{
    for (guint i = 0; i < c->events->len; i++) {
        if (is_end(event_at(c, i)->kind))
            return event_at(c, i);
    }
    return NULL;
}

// The end of office hours of the n-th working day after the moment's day.
static int64_t days_after(const Look *look, int64_t at_ms, int n)
{
    CalendarDay day = calendar_add(look->calendar, calendar_day_of(at_ms), n);
    return calendar_office_end(look->config, day);
}

static int working_days(const Look *look, int64_t from_ms, int64_t to_ms)
{
    return calendar_between(look->calendar, calendar_day_of(from_ms), calendar_day_of(to_ms));
}

static WatchHit *find(const Look *look, const WatchEvent *event, int64_t at_ms, json_t *evidence)
{
    WatchHit *hit = watch_find(look->findings, look->kind, event ? event->id : "", at_ms, evidence);
    if (hit && event)
        hit->staff = g_strdup(event->person);
    return hit;
}

// --- inaction

static void no_reason(const Look *look)
{
    for (guint i = 0; i < look->c->events->len; i++) {
        const WatchEvent *event = event_at(look->c, i);
        bool is_refusal = event->kind == CASE_EVENT_REFUSED || event->kind == CASE_EVENT_RETURNED;
        if (is_refusal && (!event->reason || !*event->reason))
            find(look, event, event->at_ms,
                 json_pack("{s:s, s:o}", "event", case_event_kind_name(event->kind), "event_at",
                           shape_time(event->at_ms)));
    }
}

// Whether the case stands still at a citizen's or a procedure's turn after the event.
static bool is_waiting(CaseEventKind kind)
{
    return kind == CASE_EVENT_PAUSED || kind == CASE_EVENT_PAPERS_ASKED;
}

static bool is_going_on(CaseEventKind kind)
{
    return kind == CASE_EVENT_RESUMED || kind == CASE_EVENT_PAPERS_HANDED;
}

// The node that it was sent to has acted, or its unit has done its part, or all is over.
static bool is_answer(const WatchEvent *sent, const WatchEvent *event)
{
    bool is_node = event->kind == CASE_EVENT_NODE && g_strcmp0(event->node, sent->node) == 0;
    bool is_unit = event->kind == CASE_EVENT_UNIT_DONE && g_strcmp0(event->unit, sent->unit) == 0;
    return is_node || is_unit || is_end(event->kind);
}

static int64_t end_of_node_days(const Look *look, int64_t from_ms)
{
    return days_after(look, from_ms, look->config->rules.node_days);
}

// Since when the node has had it without a break, at the moment of the answer or now. The time in
// which the case stood still is not the node's. WATCH_NEVER: it stands still.
static int64_t held_since(const Look *look, guint sent, const WatchEvent **ret_next)
{
    const WatchCase *c = look->c;
    int64_t since_ms = event_at(c, sent)->at_ms;
    *ret_next = NULL;
    for (guint i = sent + 1; i < c->events->len; i++) {
        const WatchEvent *event = event_at(c, i);
        if (since_ms != WATCH_NEVER && event->at_ms > end_of_node_days(look, since_ms)) {
            *ret_next = event;
            return since_ms;
        }
        if (is_answer(event_at(c, sent), event)) {
            *ret_next = event;
            return WATCH_NEVER;
        }
        if (is_waiting(event->kind))
            since_ms = WATCH_NEVER;
        else if (is_going_on(event->kind))
            since_ms = event->at_ms;
    }
    return since_ms;
}

// Sent on to a node that does nothing. One with a limit of its own has a card for it (node_red).
static void node_idle(const Look *look)
{
    const WatchCase *c = look->c;
    for (guint i = 0; i < c->events->len; i++) {
        const WatchEvent *sent = event_at(c, i), *next = NULL;
        if (sent->kind != CASE_EVENT_SENT || sent->days > 0)
            continue;
        int64_t since_ms = held_since(look, i, &next);
        if (since_ms == WATCH_NEVER)
            continue;
        WatchHit *hit =
            find(look, sent, end_of_node_days(look, since_ms),
                 json_pack("{s:s?, s:s?, s:o, s:i, s:o}", "node", sent->node, "unit", sent->unit,
                           "since_at", shape_time(since_ms), "days", look->config->rules.node_days,
                           "next_at", shape_time(next ? next->at_ms : WATCH_NEVER)));
        if (hit && !sent->person)
            g_clear_pointer(&hit->staff, g_free);
    }
}

// --- slowness

// Only of halls that tell of nodes: where acceptance and end are all that is ever told, silence in
// between says nothing.
static void idle(const Look *look)
{
    const WatchCase *c = look->c;
    int days = look->config->rules.idle_days;
    bool has_node = false;
    for (guint i = 0; i < c->events->len && !is_end(event_at(c, i)->kind); i++) {
        const WatchEvent *event = event_at(c, i);
        has_node |= event->kind == CASE_EVENT_NODE;
        // What was sent on is the node's to answer for (node_idle, or its own limit).
        if (!has_node || is_waiting(event->kind) || event->kind == CASE_EVENT_SENT)
            continue;
        int64_t at_ms = days_after(look, event->at_ms, days);
        const WatchEvent *next = i + 1 < c->events->len ? event_at(c, i + 1) : NULL;
        if (next && next->at_ms <= at_ms)
            continue;
        find(look, event, at_ms,
             json_pack("{s:s?, s:o, s:i, s:o}", "node", event->node, "since_at",
                       shape_time(event->at_ms), "days", days, "next_at",
                       shape_time(next ? next->at_ms : WATCH_NEVER)));
    }
}

// Beyond the approved days, or beyond what is usual where none were given.
static void long_pause(const Look *look)
{
    const WatchCase *c = look->c;
    for (guint i = 0; i < c->events->len; i++) {
        const WatchEvent *pause = event_at(c, i), *next = i + 1 < c->events->len ? pause + 1 : NULL;
        if (pause->kind != CASE_EVENT_PAUSED)
            continue;
        int days = pause->days > 0 ? pause->days : look->config->rules.pause_days;
        int64_t at_ms = days_after(look, pause->at_ms, days);
        if (next && next->at_ms <= at_ms)
            continue;
        find(look, pause, at_ms,
             json_pack("{s:o, s:i, s:b, s:o}", "since_at", shape_time(pause->at_ms), "days", days,
                       "is_approved", pause->days > 0, "next_at",
                       shape_time(next ? next->at_ms : WATCH_NEVER)));
    }
}

// --- misconduct

static bool is_named(const WatchEvent *event, const char *node)
{
    CaseEventKind kind;
    bool is_kind = case_event_kind_parse(node, &kind) && kind == event->kind; // 受理, 办结
    bool has_acted = event->kind == CASE_EVENT_NODE && g_strcmp0(event->node, node) == 0;
    return is_kind || has_acted;
}

static bool acted_before(const WatchCase *c, guint n_events, const char *node)
{
    for (guint i = 0; i < n_events; i++) {
        if (is_named(event_at(c, i), node))
            return true;
    }
    return false;
}

// The place of the event in its item's nodes; -1: it has none.
static int place_of(const WatchCase *c, const WatchEvent *event)
{
    for (guint i = 0; i < c->nodes->len; i++) {
        if (is_named(event, g_ptr_array_index(c->nodes, i)))
            return (int)i;
    }
    return -1;
}

static void add_name(GString *names, const char *name)
{
    if (name && !strstr(names->str, name))
        g_string_append_printf(names, "%s%s", names->len ? "、" : "", name);
}

// The item's nodes before the place that have not acted before the event; those before `from` were
// told of already.
static void add_missing(const WatchCase *c, guint event, int from, int place, GString *names)
{
    for (int i = from; i < place; i++) {
        const char *node = g_ptr_array_index(c->nodes, i);
        if (!acted_before(c, event, node))
            add_name(names, node);
    }
}

static void add_unanswered(const WatchCase *c, guint end, GString *names)
{
    for (guint i = 0; i < end; i++) {
        bool is_answered = event_at(c, i)->kind != CASE_EVENT_SENT;
        for (guint k = i + 1; k < end && !is_answered; k++)
            is_answered = is_answer(event_at(c, i), event_at(c, k));
        if (!is_answered)
            add_name(names, event_at(c, i)->node ? event_at(c, i)->node : event_at(c, i)->unit);
    }
}

// A node that acts before one that comes before it in its item's catalogue; and at the end, nodes
// that it was sent to and that never acted. Nodes called as events are (受理, 办结) have acted with
// them. Of an item none of whose nodes is ever told of, nothing is known.
static void node_skipped(const Look *look)
{
    const WatchCase *c = look->c;
    int told = 0; // places up to which it was looked
    for (guint i = 0; i < c->events->len; i++) {
        const WatchEvent *event = event_at(c, i);
        bool is_finish = event->kind == CASE_EVENT_FINISHED;
        int place = place_of(c, event);
        g_autoptr(GString) names = g_string_new(NULL);
        if (event->kind == CASE_EVENT_NODE || (is_finish && told > 0))
            add_missing(c, i, told, place, names);
        if (event->kind == CASE_EVENT_NODE)
            told = MAX(told, place + 1);
        if (is_finish)
            add_unanswered(c, i, names);
        if (names->len > 0)
            find(look, event, event->at_ms,
                 json_pack("{s:s, s:s?, s:o}", "skipped", names->str, "node", event->node,
                           "event_at", shape_time(event->at_ms)));
        if (is_finish)
            return;
    }
}

// Each asking beyond the first is a fact of its own; the same moment twice is one asking, told
// twice.
static void papers_again(const Look *look)
{
    const WatchCase *c = look->c;
    int n = 0;
    int64_t last_ms = WATCH_NEVER, first_ms = WATCH_NEVER;
    for (guint i = 0; i < c->events->len; i++) {
        const WatchEvent *event = event_at(c, i);
        if (event->kind != CASE_EVENT_PAPERS_ASKED || event->at_ms / MINUTE_MS == last_ms)
            continue;
        last_ms = event->at_ms / MINUTE_MS;
        first_ms = first_ms == WATCH_NEVER ? event->at_ms : first_ms;
        if (++n > look->config->rules.papers_asks)
            find(look, event, event->at_ms,
                 json_pack("{s:i, s:o, s:o, s:s?}", "times", n, "first_at", shape_time(first_ms),
                           "event_at", shape_time(event->at_ms), "reason", event->reason));
    }
}

static void backdated(const Look *look)
{
    const WatchEvent *accepted = first_of(look->c, CASE_EVENT_ACCEPTED);
    if (!accepted || accepted->at_ms < look->c->since_ms)
        return;
    int days = working_days(look, accepted->at_ms, accepted->received_ms);
    if (days > look->config->rules.backdate_days)
        find(look, accepted, accepted->received_ms,
             json_pack("{s:o, s:o, s:i}", "accepted_at", shape_time(accepted->at_ms), "entered_at",
                       shape_time(accepted->received_ms), "days", days));
}

// The whole row of finishes of which each lies within a minute of the one before, if any minute of
// it holds as many as the rule wants. It is told once the row has ended.
static void batch(const Look *look)
{
    const GArray *all = look->c->finishes;
    int wanted = look->config->rules.batch_finishes, most = 0;
    const WatchEvent *end = first_of(look->c, CASE_EVENT_FINISHED);
    if (!end || all->len == 0 || look->c->is_batch_known)
        return;
    guint from = 0, to = 0;
    for (guint i = 0, tail = 0; i < all->len; i++) {
        const WatchFinish *one = &g_array_index(all, WatchFinish, i);
        if (i > 0 && one->at_ms - (one - 1)->at_ms > MINUTE_MS) {
            if ((one - 1)->at_ms >= end->at_ms)
                break;
            from = i;
            most = 0;
        }
        for (tail = MAX(tail, from);
             one->at_ms - g_array_index(all, WatchFinish, tail).at_ms > MINUTE_MS;)
            tail++;
        most = MAX(most, (int)(i - tail + 1));
        to = i;
    }
    if (most < wanted)
        return;
    json_t *numbers = json_array();
    for (guint i = from; i <= to && i - from < 50; i++)
        json_array_append_new(numbers, json_string(g_array_index(all, WatchFinish, i).number));
    int64_t first_ms = g_array_index(all, WatchFinish, from).at_ms;
    int64_t last_ms = g_array_index(all, WatchFinish, to).at_ms;
    const char *person = end->person ? end->person : look->c->person;
    WatchHit *hit =
        watch_find(look->findings, look->kind, "", last_ms + MINUTE_MS,
                   json_pack("{s:i, s:i, s:o, s:o, s:o}", "finishes", (int)(to - from + 1),
                             "in_a_minute", most, "from_at", shape_time(first_ms), "to_at",
                             shape_time(last_ms), "cases", numbers));
    if (hit) {
        hit->staff = g_strdup(person);
        hit->subject = g_strdup_printf("staff:%s:%" G_GINT64_FORMAT, person, first_ms);
    }
}

static void quick_finish(const Look *look)
{
    const WatchEvent *accepted = first_of(look->c, CASE_EVENT_ACCEPTED);
    const WatchEvent *finished = first_of(look->c, CASE_EVENT_FINISHED);
    if (strcmp(look->c->kind, "promised") != 0 || !accepted || !finished)
        return;
    int64_t took_ms = finished->at_ms - accepted->at_ms;
    if (took_ms < (int64_t)look->config->rules.quick_finish_seconds * 1000)
        find(look, finished, finished->at_ms,
             json_pack("{s:o, s:o, s:I, s:i}", "accepted_at", shape_time(accepted->at_ms),
                       "finished_at", shape_time(finished->at_ms), "seconds",
                       (json_int_t)(took_ms / 1000), "limit_days", look->c->limit_days));
}

// The limit that stood when the box learned of the event: one that is edited afterwards covers
// nothing up.
static int limit_then(const WatchCase *c, const WatchEvent *event)
{
    for (guint i = 0; i < c->edits->len; i++) {
        const WatchEdit *edit = &g_array_index(c->edits, WatchEdit, i);
        if (strcmp(edit->what, "limit_days") == 0 && edit->at_ms > event->received_ms)
            return (int)edit->from;
    }
    return c->limit_days;
}

// Where the case was due by what had happened before the event; WATCH_NEVER: nowhere.
static int64_t due_before(const Look *look, guint n_events)
{
    const WatchCase *c = look->c;
    g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(CaseEvent));
    for (guint i = 0; i < n_events; i++) {
        const WatchEvent *event = event_at(c, i);
        g_array_append_val(events, ((CaseEvent){ .kind = event->kind,
                                                 .at_ms = event->at_ms,
                                                 .days = event->days,
                                                 .is_approved = event->approver != NULL,
                                                 .id = event->id,
                                                 .unit = event->unit }));
    }
    CaseTold told = { .events = (CaseEvent *)(void *)events->data,
                      .n_events = events->len,
                      .own_unit = c->unit };
    g_auto(CaseStory) story = { 0 };
    case_story_tell(&told, &story);
    int limit = limit_then(c, event_at(c, n_events));
    story.facts.limit_days = limit < 0 ? -1 : limit + story.extension_days;
    CaseClock clock;
    case_clock_read(&story.facts, look->config, look->calendar, event_at(c, n_events)->at_ms,
                    &clock);
    return clock.due_ms;
}

// Of the whole case; what a unit of a joint case extends is its own clock.
static bool is_whole(const WatchCase *c, const WatchEvent *event)
{
    return !event->unit || g_strcmp0(event->unit, c->unit) == 0;
}

static void extended_last_day(const Look *look)
{
    for (guint i = 0; i < look->c->events->len; i++) {
        const WatchEvent *event = event_at(look->c, i);
        if (event->kind != CASE_EVENT_EXTENDED || !is_whole(look->c, event))
            continue;
        int64_t due_ms = due_before(look, i);
        if (due_ms != CASE_NEVER && calendar_day_of(event->at_ms) >= calendar_day_of(due_ms))
            find(look, event, event->at_ms,
                 json_pack("{s:o, s:o, s:i}", "event_at", shape_time(event->at_ms), "due_at",
                           shape_time(due_ms), "days", event->days));
    }
}

static void find_ignored(const Look *look, CaseIgnored ignored)
{
    for (guint i = 0; i < look->c->events->len; i++) {
        const WatchEvent *event = event_at(look->c, i);
        if (event->kind == CASE_EVENT_EXTENDED && event->ignored == ignored)
            find(look, event, event->at_ms,
                 json_pack("{s:o, s:i, s:s?}", "event_at", shape_time(event->at_ms), "days",
                           event->days, "reason", event->reason));
    }
}

static void extended_again(const Look *look)
{
    find_ignored(look, CASE_IGNORED_SECOND);
}

static void extended_by_nobody(const Look *look)
{
    find_ignored(look, CASE_IGNORED_NOBODY);
}

// When the box knew that the case was accepted; WATCH_NEVER: it does not.
static int64_t known_accepted(const WatchCase *c)
{
    const WatchEvent *accepted = first_of(c, CASE_EVENT_ACCEPTED);
    return accepted ? MAX(accepted->at_ms, accepted->received_ms) : WATCH_NEVER;
}

static void limit_edited(const Look *look)
{
    int64_t accepted_ms = known_accepted(look->c);
    for (guint i = 0; i < look->c->edits->len && accepted_ms != WATCH_NEVER; i++) {
        const WatchEdit *edit = &g_array_index(look->c->edits, WatchEdit, i);
        bool is_moment = strcmp(edit->what, "accepted_at") == 0;
        // The same day, and so the same limit.
        if (is_moment && calendar_day_of(edit->from) == calendar_day_of(edit->to))
            continue;
        if (edit->at_ms <= accepted_ms)
            continue;
        g_autofree char *fact = g_strdup_printf("edit-%" G_GINT64_FORMAT, edit->id);
        watch_find(look->findings, look->kind, fact, edit->at_ms,
                   json_pack("{s:s, s:o, s:o, s:o, s:s?}", "what", edit->what, "was",
                             is_moment ? shape_time(edit->from) : json_integer(edit->from), "now",
                             is_moment ? shape_time(edit->to) : json_integer(edit->to), "event_at",
                             shape_time(edit->at_ms), "who", edit->who));
    }
}

// What citizens come to the counter for.
static bool is_visit(CaseEventKind kind)
{
    return kind == CASE_EVENT_RECEIVED || kind == CASE_EVENT_PRECHECK ||
           kind == CASE_EVENT_PAPERS_ASKED || kind == CASE_EVENT_PAPERS_HANDED ||
           kind == CASE_EVENT_ACCEPTED || kind == CASE_EVENT_PICKED_UP || is_end(kind);
}

static bool is_of_visit(const WatchCase *c, int64_t at_ms)
{
    for (guint i = 0; i < c->events->len; i++) {
        const WatchEvent *event = event_at(c, i);
        if (is_visit(event->kind) && ABS(event->at_ms - at_ms) <= VISIT_MS)
            return true;
    }
    return false;
}

// On site each service is rated, so a press when the case is accepted is as it should be. What is
// early: a rating of the whole case (online, or by its code) before there is an outcome, and a
// press for the case at a time when its citizen had nothing to do at the counter.
static void early_rating(const Look *look)
{
    const WatchCase *c = look->c;
    const WatchEvent *end = end_of(c);
    for (guint i = 0; i < c->ratings->len && c->events->len > 0; i++) {
        const WatchRating *rating = &g_array_index(c->ratings, WatchRating, i);
        if (end && rating->at_ms >= end->at_ms)
            continue;
        if (!rating->is_of_case && (c->has_ticket || is_of_visit(c, rating->at_ms)))
            continue;
        WatchHit *hit =
            watch_find(look->findings, look->kind, rating->id, rating->at_ms,
                       json_pack("{s:o, s:o, s:b}", "rated_at", shape_time(rating->at_ms),
                                 "finished_at", shape_time(end ? end->at_ms : WATCH_NEVER),
                                 "is_of_case", rating->is_of_case));
        if (!hit)
            continue;
        hit->rating = g_strdup(rating->id);
        hit->staff = g_strdup(rating->staff);
        hit->counter = g_strdup(rating->counter);
    }
}

// Judged when the day is over: the queue may tell of its tickets later than the counter of its
// case.
static void no_ticket(const Look *look)
{
    const WatchCase *c = look->c;
    const WatchEvent *accepted = first_of(c, CASE_EVENT_ACCEPTED);
    bool is_on_site = !c->channel || strcmp(c->channel, "hall") == 0;
    if (!accepted || !is_on_site || !c->counter || c->has_ticket || accepted->at_ms < c->since_ms)
        return;
    // Which tickets there were is known at the end of the day: then it is looked at again.
    int64_t at_ms = calendar_office_end(look->config, calendar_day_of(accepted->at_ms));
    if (c->tickets_that_day >= MANY_TICKETS || at_ms > look->findings->now_ms)
        find(look, accepted, MAX(at_ms, accepted->at_ms),
             json_pack("{s:o, s:i}", "accepted_at", shape_time(accepted->at_ms), "tickets",
                       c->tickets_that_day));
}

static const struct {
    WatchKind kind;
    void (*judge)(const Look *look);
} rules[] = {
    { { "inaction_no_reason", "退件未说明理由", "Refused without a reason", NULL }, no_reason },
    { { "inaction_node", "环节无人办理", "Node does nothing", "node_days" }, node_idle },
    { { "slow_idle", "办件停滞", "Case lies idle", "idle_days" }, idle },
    { { "slow_pause", "挂起过久", "Pause too long", "pause_days" }, long_pause },
    { { "misconduct_papers", "多次要求补正", "Papers asked for again", "papers_asks" },
      papers_again },
    { { "misconduct_node_skipped", "跳过环节", "Node skipped", NULL }, node_skipped },
    { { "misconduct_backdated", "倒签受理", "Acceptance back-dated", "backdate_days" }, backdated },
    { { "misconduct_batch", "集中办结", "Many finished at once", "batch_finishes" }, batch },
    { { "misconduct_quick", "受理即办结", "Finished as soon as accepted", "quick_finish_seconds" },
      quick_finish },
    { { "misconduct_extended_late", "到期日才延期", "Extended on the last day", NULL },
      extended_last_day },
    { { "misconduct_extended_again", "再次延期", "Extended again", NULL }, extended_again },
    { { "misconduct_extended_alone", "未经批准延期", "Extended without approval", NULL },
      extended_by_nobody },
    { { "misconduct_limit", "受理后改动期限", "Limit edited after acceptance", NULL },
      limit_edited },
    { { "misconduct_early_rating", "未办结先评价", "Rated before the end", NULL }, early_rating },
    { { "misconduct_no_ticket", "无号受理", "Accepted without a ticket", NULL }, no_ticket },
};

void watch_case_judge(const WatchCase *c, const Config *config, const Calendar *calendar,
                      WatchFindings *findings)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        Look look = { c, &rules[i].kind, config, calendar, findings };
        rules[i].judge(&look);
    }
}

const WatchKind *watch_case_kind(size_t i)
{
    return i < G_N_ELEMENTS(rules) ? &rules[i].kind : NULL;
}
