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
    [CASE_EVENT_ACCEPTED] = { "accepted", "受理", true },
    [CASE_EVENT_NODE] = { "node", "环节", false },
    [CASE_EVENT_PAUSED] = { "paused", "挂起", false },
    [CASE_EVENT_RESUMED] = { "resumed", "恢复", false },
    [CASE_EVENT_EXTENDED] = { "extended", "延期", false },
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
    return (int)left->kind - (int)right->kind;
}

static void end_pause(CaseStory *story, int64_t at_ms)
{
    if (story->pauses->len > 0)
        g_array_index(story->pauses, CasePause, story->pauses->len - 1).to_ms = at_ms;
}

static void set_state(CaseStory *story, CaseState state, const CaseEvent *event)
{
    if (story->state == CASE_PAUSED)
        end_pause(story, event->at_ms);
    if (state == CASE_PAUSED) {
        CasePause pause = { event->at_ms, CASE_NEVER, event->days };
        g_array_append_val(story->pauses, pause);
    }
    if (story->state != CASE_ACCEPTED && state == CASE_ACCEPTED &&
        story->facts.accepted_ms == CASE_NEVER)
        story->facts.accepted_ms = event->at_ms;
    if (states[story->state].is_open && !states[state].is_open)
        story->facts.ended_ms = event->at_ms;
    if (state == CASE_FINISHED)
        story->finished_ms = event->at_ms;
    story->state = state;
}

static void note_facts(CaseStory *story, const CaseEvent *event)
{
    bool receipt = event->kind == CASE_EVENT_RECEIVED || event->kind == CASE_EVENT_PRECHECK;
    if (receipt && story->facts.received_ms == CASE_NEVER)
        story->facts.received_ms = event->at_ms;
    if (event_kinds[event->kind].is_answer && story->facts.answered_ms == CASE_NEVER)
        story->facts.answered_ms = event->at_ms;
    // A limit is extended once, by approval; a second extension has no ground.
    if (event->kind == CASE_EVENT_EXTENDED && story->extension_days == 0)
        story->extension_days = event->days;
}

static void tell_event(CaseStory *story, const CaseEvent *event)
{
    note_facts(story, event);
    for (size_t i = 0; i < G_N_ELEMENTS(transitions); i++) {
        if (transitions[i].kind == event->kind && (transitions[i].from & IN(story->state))) {
            set_state(story, transitions[i].to, event);
            return;
        }
    }
}

void case_story_tell(const CaseEvent *events, size_t n_events, CaseStory *ret_story)
{
    *ret_story = (CaseStory){
        .facts = { .received_ms = CASE_NEVER,
                   .answered_ms = CASE_NEVER,
                   .accepted_ms = CASE_NEVER,
                   .ended_ms = CASE_NEVER,
                   .limit_days = -1 },
        .finished_ms = CASE_NEVER,
        .pauses = g_array_new(FALSE, FALSE, sizeof(CasePause)),
    };
    for (size_t i = 0; i < n_events; i++)
        tell_event(ret_story, &events[i]);
    ret_story->facts.pauses = (const CasePause *)ret_story->pauses->data;
    ret_story->facts.n_pauses = ret_story->pauses->len;
}

void case_story_done(CaseStory *story)
{
    g_clear_pointer(&story->pauses, g_array_unref);
}

int case_story_load(Store *store, const char *number, int64_t declared_accepted_ms,
                    CaseStory *ret_story)
{
    g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(CaseEvent));
    g_autoptr(StoreQuery) query = store_query(
        store, "SELECT kind, at, days FROM case_event WHERE case_number = ?", "s", number);
    bool says_accepted = false;
    while (store_step(query)) {
        CaseEvent event = { .at_ms = store_int(query, 1), .days = (int)store_int(query, 2) };
        if (!case_event_kind_parse(store_text(query, 0), &event.kind))
            return -EUCLEAN;
        says_accepted = says_accepted || event.kind == CASE_EVENT_ACCEPTED;
        g_array_append_val(events, event);
    }
    if (!says_accepted && declared_accepted_ms != STORE_NULL) {
        CaseEvent event = { CASE_EVENT_ACCEPTED, declared_accepted_ms, 0 };
        g_array_append_val(events, event);
    }
    g_array_sort(events, case_event_compare);
    case_story_tell((const CaseEvent *)events->data, events->len, ret_story);
    return store_query_result(query);
}
