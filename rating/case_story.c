// SPDX-License-Identifier: Apache-2.0
#include "rating/case_story.h"

#include <errno.h>
#include <string.h>

static const struct {
    const char *name, *chinese;
    bool is_answer; // the office has told the citizen something: article 32 is satisfied
} event_kinds[N_CASE_EVENTS] = {
    [CASE_EVENT_RECEIVED] = { "received", "收件", false },
    [CASE_EVENT_PRECHECK] = { "precheck", "预审", false },
    [CASE_EVENT_PAPERS_ASKED] = { "papers_asked", "补正告知", true },
    [CASE_EVENT_PAPERS_HANDED] = { "papers_handed", "补齐材料", false },
    [CASE_EVENT_ACCEPTED] = { "accepted", "受理", true },
    [CASE_EVENT_SENT] = { "sent", "转办", false },
    [CASE_EVENT_NODE] = { "node", "环节", false },
    [CASE_EVENT_PAUSED] = { "paused", "挂起", false },
    [CASE_EVENT_RESUMED] = { "resumed", "恢复", false },
    [CASE_EVENT_EXTENDED] = { "extended", "延期", false },
    [CASE_EVENT_UNIT_DONE] = { "unit_done", "联办完成", false },
    [CASE_EVENT_FINISHED] = { "finished", "办结", true },
    [CASE_EVENT_REFUSED] = { "refused", "不予受理", true },
    [CASE_EVENT_RETURNED] = { "returned", "退件", true },
    [CASE_EVENT_WITHDRAWN] = { "withdrawn", "撤回", true },
    [CASE_EVENT_PICKED_UP] = { "picked_up", "出件", false },
};

static const struct {
    const char *name;
    bool is_open;
} states[] = {
    [CASE_FILED] = { "filed", true },           [CASE_RECEIVED] = { "received", true },
    [CASE_PRECHECKED] = { "prechecked", true }, [CASE_WAITING_PAPERS] = { "waiting_papers", true },
    [CASE_ACCEPTED] = { "accepted", true },     [CASE_PAUSED] = { "paused", true },
    [CASE_FINISHED] = { "finished", false },    [CASE_PICKED_UP] = { "picked_up", false },
    [CASE_REFUSED] = { "refused", false },      [CASE_RETURNED] = { "returned", false },
    [CASE_WITHDRAWN] = { "withdrawn", false },
};

#define IN(state)        (1u << (state))
#define BEFORE_RECEIPT   IN(CASE_FILED)
#define BEFORE_DECISION  (IN(CASE_FILED) | IN(CASE_RECEIVED) | IN(CASE_PRECHECKED))
#define BEFORE_ACCEPTING (BEFORE_DECISION | IN(CASE_WAITING_PAPERS))
#define IN_HAND          (IN(CASE_ACCEPTED) | IN(CASE_PAUSED))
#define OPEN             (BEFORE_ACCEPTING | IN_HAND)

// What is not in the table changes no state. Entering and leaving CASE_PAUSED begins and ends a
// pause.
static const struct {
    CaseEventKind kind;
    unsigned from;
    CaseState to;
} transitions[] = {
    { CASE_EVENT_RECEIVED, BEFORE_RECEIPT, CASE_RECEIVED },
    { CASE_EVENT_PRECHECK, BEFORE_DECISION, CASE_PRECHECKED },
    { CASE_EVENT_PAPERS_ASKED, BEFORE_ACCEPTING, CASE_WAITING_PAPERS },
    { CASE_EVENT_PAPERS_ASKED, IN_HAND, CASE_PAUSED },
    { CASE_EVENT_PAPERS_HANDED, IN(CASE_WAITING_PAPERS), CASE_RECEIVED },
    { CASE_EVENT_ACCEPTED, BEFORE_ACCEPTING, CASE_ACCEPTED },
    { CASE_EVENT_PAUSED, IN_HAND, CASE_PAUSED },
    { CASE_EVENT_RESUMED, IN(CASE_PAUSED), CASE_ACCEPTED },
    { CASE_EVENT_FINISHED, OPEN, CASE_FINISHED },
    { CASE_EVENT_REFUSED, OPEN, CASE_REFUSED },
    { CASE_EVENT_RETURNED, OPEN, CASE_RETURNED },
    { CASE_EVENT_WITHDRAWN, OPEN, CASE_WITHDRAWN },
    { CASE_EVENT_PICKED_UP, IN(CASE_FINISHED), CASE_PICKED_UP },
};

bool case_event_kind_parse(const char *text, CaseEventKind *ret_kind)
{
    for (int i = 0; text && i < N_CASE_EVENTS; i++) {
        if (strcmp(text, event_kinds[i].name) == 0 || strcmp(text, event_kinds[i].chinese) == 0) {
            *ret_kind = (CaseEventKind)i;
            return true;
        }
    }
    return false;
}

const char *case_event_kind_name(CaseEventKind kind)
{
    return event_kinds[kind].name;
}

const char *case_ignored_name(CaseIgnored ignored)
{
    static const char *const names[] = {
        [CASE_IGNORED_STATE] = "state",       [CASE_IGNORED_NOBODY] = "no_approver",
        [CASE_IGNORED_DAYS] = "no_days",      [CASE_IGNORED_SECOND] = "extended_before",
        [CASE_IGNORED_UNIT] = "not_its_unit", [CASE_IGNORED_NODE] = "no_node",
    };
    return names[ignored];
}

const char *case_state_name(CaseState state)
{
    return states[state].name;
}

bool case_state_is_open(CaseState state)
{
    return states[state].is_open;
}

int case_event_compare(gconstpointer a, gconstpointer b)
{
    const CaseEvent *left = a, *right = b;
    if (left->at_ms != right->at_ms)
        return left->at_ms < right->at_ms ? -1 : 1;
    if (left->kind != right->kind)
        return (int)left->kind - (int)right->kind;
    return g_strcmp0(left->id, right->id);
}

static void begin_pause(GArray *pauses, const CaseEvent *event)
{
    CasePause pause = { event->at_ms, CASE_NEVER, event->days };
    g_array_append_val(pauses, pause);
}

static void end_pause(GArray *pauses, int64_t at_ms)
{
    g_array_index(pauses, CasePause, pauses->len - 1).to_ms = at_ms;
}

// --- the whole case

static void set_state(CaseStory *story, CaseState state, const CaseEvent *event)
{
    if (story->state == CASE_PAUSED)
        end_pause(story->pauses, event->at_ms);
    if (state == CASE_PAUSED)
        begin_pause(story->pauses, event);
    story->waits_papers = event->kind == CASE_EVENT_PAPERS_ASKED;
    if (state == CASE_ACCEPTED && story->facts.accepted_ms == CASE_NEVER)
        story->facts.accepted_ms = event->at_ms;
    if (states[story->state].is_open && !states[state].is_open)
        story->facts.ended_ms = event->at_ms;
    if (state == CASE_FINISHED)
        story->finished_ms = event->at_ms;
    story->state = state;
}

static CaseIgnored move(CaseStory *story, const CaseEvent *event)
{
    for (size_t i = 0; i < G_N_ELEMENTS(transitions); i++) {
        if (transitions[i].kind == event->kind && (transitions[i].from & IN(story->state))) {
            set_state(story, transitions[i].to, event);
            return CASE_TOLD;
        }
    }
    return CASE_IGNORED_STATE;
}

// A receipt opens a round, an answer closes it.
static void note_round(CaseStory *story, const CaseEvent *event)
{
    GArray *rounds = story->rounds;
    CaseRound *last = rounds->len > 0 ? &g_array_index(rounds, CaseRound, rounds->len - 1) : NULL;
    CaseRound next = { event->at_ms, CASE_NEVER };
    bool receipt = event->kind == CASE_EVENT_RECEIVED || event->kind == CASE_EVENT_PRECHECK;
    if ((receipt && !last && (IN(story->state) & BEFORE_DECISION)) ||
        (event->kind == CASE_EVENT_PAPERS_HANDED && story->state == CASE_WAITING_PAPERS))
        g_array_append_val(rounds, next);
    else if (event_kinds[event->kind].is_answer && last && last->answered_ms == CASE_NEVER)
        last->answered_ms = event->at_ms;
}

// --- parts

static CasePart *part_at(const CaseStory *story, guint i)
{
    return &g_array_index(story->parts, CasePart, i);
}

// NULL: not a unit of this joint case.
static CasePart *unit_part(const CaseStory *story, const char *unit)
{
    for (guint i = 0; unit && i < story->parts->len; i++) {
        CasePart *part = part_at(story, i);
        if (!part->id && strcmp(part->unit, unit) == 0)
            return part;
    }
    return NULL;
}

// Whether what is said with a unit that has no part of its own is about the whole case.
static bool is_of_whole(const CaseTold *told, const CaseEvent *event)
{
    return told->n_units == 0 || !event->unit || g_strcmp0(event->unit, told->own_unit) == 0;
}

static CaseIgnored tell_sent(CaseStory *story, const CaseEvent *event)
{
    if (!states[story->state].is_open)
        return CASE_IGNORED_STATE;
    CasePart *unit = unit_part(story, event->unit);
    if (unit && unit->from_ms == CASE_NEVER && unit->to_ms == CASE_NEVER)
        unit->from_ms = event->at_ms;
    if (!event->node && !unit)
        return CASE_IGNORED_NODE;
    if (!event->node)
        return CASE_TOLD;
    CasePart part = { .id = event->id ? event->id : "",
                      .node = event->node,
                      .unit = event->unit,
                      .person_number = event->person_number,
                      .person_name = event->person_name,
                      .from_ms = event->at_ms,
                      .to_ms = CASE_NEVER,
                      .limit_days = event->days > 0 ? event->days : -1 };
    g_array_append_val(story->parts, part);
    return CASE_TOLD;
}

// A node that acts is done with what it was sent; one that was not sent to is only seen.
static CaseIgnored tell_node(CaseStory *story, const CaseEvent *event)
{
    bool is_open = states[story->state].is_open;
    for (guint i = 0; is_open && i < story->parts->len; i++) {
        CasePart *part = part_at(story, i);
        bool meant = part->id && part->to_ms == CASE_NEVER &&
                     g_strcmp0(part->node, event->node) == 0 &&
                     (!part->unit || !event->unit || strcmp(part->unit, event->unit) == 0);
        if (meant)
            part->to_ms = event->at_ms;
    }
    return CASE_TOLD;
}

static CaseIgnored tell_unit_done(CaseStory *story, const CaseEvent *event)
{
    CasePart *part = unit_part(story, event->unit);
    if (!part)
        return CASE_IGNORED_UNIT;
    if (part->to_ms != CASE_NEVER || !states[story->state].is_open)
        return CASE_IGNORED_STATE;
    part->to_ms = event->at_ms;
    if (part->is_paused)
        end_pause(part->pauses, event->at_ms);
    part->is_paused = false;
    return CASE_TOLD;
}

// A pause of one unit, and its end.
static CaseIgnored tell_unit_pause(CaseStory *story, CasePart *part, const CaseEvent *event)
{
    bool begins = event->kind == CASE_EVENT_PAUSED || event->kind == CASE_EVENT_PAPERS_ASKED;
    bool ends = event->kind == CASE_EVENT_RESUMED || part->waits_papers;
    if (!(IN(story->state) & IN_HAND) || part->to_ms != CASE_NEVER ||
        (!begins && !(part->is_paused && ends)))
        return CASE_IGNORED_STATE;
    if (part->is_paused)
        end_pause(part->pauses, event->at_ms);
    if (begins && !part->pauses)
        part->pauses = g_array_new(FALSE, FALSE, sizeof(CasePause));
    if (begins)
        begin_pause(part->pauses, event);
    part->is_paused = begins;
    part->waits_papers = event->kind == CASE_EVENT_PAPERS_ASKED;
    return CASE_TOLD;
}

// --- events

// A limit is extended once, by approval.
static CaseIgnored tell_extended(CaseStory *story, CasePart *part, const CaseEvent *event)
{
    int *days = part ? &part->extension_days : &story->extension_days;
    if (!states[story->state].is_open || (part && part->to_ms != CASE_NEVER))
        return CASE_IGNORED_STATE;
    if (!event->is_approved)
        return CASE_IGNORED_NOBODY;
    if (event->days <= 0)
        return CASE_IGNORED_DAYS;
    if (*days > 0)
        return CASE_IGNORED_SECOND;
    *days = event->days;
    return CASE_TOLD;
}

// Papers that come later: after being asked for, or after a tolerant acceptance.
static CaseIgnored tell_handed(CaseStory *story, const CaseEvent *event)
{
    bool was_wanted = story->papers_due && states[story->state].is_open;
    if (was_wanted)
        story->papers_due = NULL;
    if (story->state == CASE_PAUSED && story->waits_papers) {
        set_state(story, CASE_ACCEPTED, event);
        return CASE_TOLD;
    }
    note_round(story, event);
    CaseIgnored ignored = move(story, event);
    return was_wanted ? CASE_TOLD : ignored;
}

static CaseIgnored tell_whole(CaseStory *story, const CaseEvent *event)
{
    note_round(story, event);
    CaseIgnored ignored = move(story, event);
    if (ignored == CASE_TOLD && event->kind == CASE_EVENT_ACCEPTED && event->is_tolerant)
        story->papers_due = event->papers_due;
    return ignored;
}

static CaseIgnored tell_event(CaseStory *story, const CaseTold *told, const CaseEvent *event)
{
    CasePart *part = unit_part(story, event->unit);
    bool unknown_unit = !part && !is_of_whole(told, event);
    switch (event->kind) {
    case CASE_EVENT_SENT:
        return tell_sent(story, event);
    case CASE_EVENT_NODE:
        return tell_node(story, event);
    case CASE_EVENT_UNIT_DONE:
        return tell_unit_done(story, event);
    case CASE_EVENT_EXTENDED:
        return unknown_unit ? CASE_IGNORED_UNIT : tell_extended(story, part, event);
    case CASE_EVENT_PAUSED:
    case CASE_EVENT_RESUMED:
        if (unknown_unit)
            return CASE_IGNORED_UNIT;
        return part ? tell_unit_pause(story, part, event) : tell_whole(story, event);
    case CASE_EVENT_PAPERS_ASKED:
        // Before acceptance it is the whole case that waits, whichever unit asks.
        return part && (IN(story->state) & IN_HAND) ? tell_unit_pause(story, part, event)
                                                    : tell_whole(story, event);
    case CASE_EVENT_PAPERS_HANDED:
        return part && part->is_paused ? tell_unit_pause(story, part, event)
                                       : tell_handed(story, event);
    default:
        return tell_whole(story, event);
    }
}

static void add_units(CaseStory *story, const CaseTold *told)
{
    for (size_t k = 0; k < told->n_units; k++) {
        const CaseUnit *unit = &told->units[k];
        CasePart part = { .unit = unit->unit,
                          .from_ms = CASE_NEVER,
                          .begins_with_case = unit->is_lead,
                          .to_ms = CASE_NEVER,
                          .limit_days = unit->limit_days };
        g_array_append_val(story->parts, part);
    }
}

static bool sends_to_units(const CaseStory *story)
{
    for (guint i = 0; i < story->parts->len; i++) {
        if (!part_at(story, i)->id && part_at(story, i)->from_ms != CASE_NEVER)
            return true;
    }
    return false;
}

// Units that the case was not sent to work side by side, from acceptance, where no unit was.
static void end_parts(CaseStory *story)
{
    bool is_serial = sends_to_units(story);
    for (guint i = 0; i < story->parts->len; i++) {
        CasePart *part = part_at(story, i);
        part->begins_with_case = !part->id && (part->begins_with_case || !is_serial);
        if (part->to_ms == CASE_NEVER)
            part->to_ms = story->facts.ended_ms;
        if (part->limit_days >= 0)
            part->limit_days += part->extension_days;
    }
}

static void clear_part(gpointer data)
{
    CasePart *part = data;
    g_clear_pointer(&part->pauses, g_array_unref);
}

void case_story_tell(const CaseTold *told, CaseStory *ret_story)
{
    ret_story->facts =
        (CaseFacts){ .accepted_ms = CASE_NEVER, .ended_ms = CASE_NEVER, .limit_days = -1 };
    ret_story->finished_ms = CASE_NEVER;
    ret_story->pauses = g_array_new(FALSE, FALSE, sizeof(CasePause));
    ret_story->rounds = g_array_new(FALSE, FALSE, sizeof(CaseRound));
    ret_story->parts = g_array_new(FALSE, FALSE, sizeof(CasePart));
    g_array_set_clear_func(ret_story->parts, clear_part);
    add_units(ret_story, told);
    for (size_t i = 0; i < told->n_events; i++)
        told->events[i].ignored = tell_event(ret_story, told, &told->events[i]);
    end_parts(ret_story);
    ret_story->facts.pauses = (const CasePause *)ret_story->pauses->data;
    ret_story->facts.n_pauses = ret_story->pauses->len;
    ret_story->facts.rounds = (const CaseRound *)ret_story->rounds->data;
    ret_story->facts.n_rounds = ret_story->rounds->len;
}

void case_story_done(CaseStory *story)
{
    g_clear_pointer(&story->pauses, g_array_unref);
    g_clear_pointer(&story->rounds, g_array_unref);
    g_clear_pointer(&story->parts, g_array_unref);
    g_clear_pointer(&story->events, g_array_unref);
    g_clear_pointer(&story->texts, g_string_chunk_free);
}

bool case_story_is_of_part(const CaseStory *story, const CaseEvent *event)
{
    bool before = story->facts.accepted_ms == CASE_NEVER || event->at_ms < story->facts.accepted_ms;
    return unit_part(story, event->unit) && !before;
}

static int compare_pauses(gconstpointer a, gconstpointer b)
{
    int64_t left = ((const CasePause *)a)->from_ms, right = ((const CasePause *)b)->from_ms;
    return (left > right) - (left < right);
}

CaseFacts case_part_facts(const CaseStory *story, const CasePart *part, int64_t case_accepted_ms,
                          GArray *take_pauses)
{
    const CasePart *unit = part->id ? unit_part(story, part->unit) : part;
    if (story->pauses->len > 0)
        g_array_append_vals(take_pauses, story->pauses->data, story->pauses->len);
    if (unit && unit->pauses)
        g_array_append_vals(take_pauses, unit->pauses->data, unit->pauses->len);
    g_array_sort(take_pauses, compare_pauses);
    int64_t from_ms = part->from_ms;
    if (from_ms == CASE_NEVER && part->begins_with_case)
        from_ms = case_accepted_ms;
    return (CaseFacts){ .accepted_ms = from_ms,
                        .ended_ms = part->to_ms,
                        .limit_days = part->limit_days,
                        .pauses = (const CasePause *)take_pauses->data,
                        .n_pauses = take_pauses->len };
}

// --- stored cases

static const char *text_of(CaseStory *story, StoreQuery *query, int column)
{
    const char *text = store_text(query, column);
    return text ? g_string_chunk_insert_const(story->texts, text) : NULL;
}

static int load_events(Store *store, const char *number, CaseStory *story)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT kind, at, days, coalesce(approver_number, approver_name) IS NOT NULL, "
                    "is_tolerant, papers_due, id, node, unit, person_number, person_name, ignored "
                    "FROM case_event WHERE case_number = ?",
                    "s", number);
    while (store_step(query)) {
        CaseEvent event = { .at_ms = store_int(query, 1),
                            .days = (int)store_int(query, 2),
                            .is_approved = store_int(query, 3) != 0,
                            .is_tolerant = store_int(query, 4) != 0,
                            .papers_due = text_of(story, query, 5),
                            .id = text_of(story, query, 6),
                            .node = text_of(story, query, 7),
                            .unit = text_of(story, query, 8),
                            .person_number = text_of(story, query, 9),
                            .person_name = text_of(story, query, 10),
                            .noted = text_of(story, query, 11) };
        if (!case_event_kind_parse(store_text(query, 0), &event.kind))
            return -EUCLEAN;
        g_array_append_val(story->events, event);
    }
    return store_query_result(query);
}

static int load_units(Store *store, const char *number, CaseStory *story, GArray *units)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT u.unit, coalesce(u.limit_days, c.limit_days, c.statutory_days, -1), "
                    "u.is_lead FROM case_unit u JOIN case_file c ON c.number = u.case_number "
                    "WHERE u.case_number = ? ORDER BY u.place",
                    "s", number);
    while (store_step(query)) {
        CaseUnit unit = { text_of(story, query, 0), (int)store_int(query, 1),
                          store_int(query, 2) != 0 };
        g_array_append_val(units, unit);
    }
    return store_query_result(query);
}

// The acceptance that was declared with the case stands in where no event says accepted.
static void add_declared(CaseStory *story, int64_t declared_ms)
{
    for (guint i = 0; i < story->events->len; i++) {
        if (g_array_index(story->events, CaseEvent, i).kind == CASE_EVENT_ACCEPTED)
            return;
    }
    CaseEvent event = { .kind = CASE_EVENT_ACCEPTED, .at_ms = declared_ms };
    if (declared_ms != STORE_NULL)
        g_array_append_val(story->events, event);
}

int case_story_load(Store *store, const char *number, CaseStory *ret_story)
{
    *ret_story = (CaseStory){ .events = g_array_new(FALSE, FALSE, sizeof(CaseEvent)),
                              .texts = g_string_chunk_new(256) };
    g_autoptr(GArray) units = g_array_new(FALSE, FALSE, sizeof(CaseUnit));
    g_autoptr(StoreQuery) query = store_query(
        store, "SELECT declared_accepted_at, unit FROM case_file WHERE number = ?", "s", number);
    if (!store_step(query))
        return store_query_result(query) < 0 ? store_query_result(query) : -ENOENT;
    int err = load_events(store, number, ret_story);
    if (err == 0)
        err = load_units(store, number, ret_story, units);
    if (err < 0)
        return err;
    add_declared(ret_story, store_int_or_null(query, 0));
    g_array_sort(ret_story->events, case_event_compare);
    CaseTold told = { .events = (CaseEvent *)ret_story->events->data,
                      .n_events = ret_story->events->len,
                      .own_unit = text_of(ret_story, query, 1),
                      .units = (const CaseUnit *)units->data,
                      .n_units = units->len };
    case_story_tell(&told, ret_story);
    return 0;
}

int case_story_keep_ignored(Store *store, const char *number, const CaseStory *story)
{
    int err = 0;
    for (guint i = 0; err >= 0 && i < story->events->len; i++) {
        const CaseEvent *event = &g_array_index(story->events, CaseEvent, i);
        const char *name = case_ignored_name(event->ignored);
        if (event->id && g_strcmp0(name, event->noted) != 0)
            err = store_exec(store,
                             "UPDATE case_event SET ignored = ? WHERE case_number = ? AND id = ?",
                             "sss", name, number, event->id);
    }
    return MIN(err, 0);
}
