// SPDX-License-Identifier: Apache-2.0
#include "demo/booth.h"
#include "base/clock.h"
#include "base/log.h"
#include "demo/citizen.h"
#include <string.h>

#define LOOK_AGAIN_S    3 // for somebody who waits
#define NO_INVITATION_S 6 // then a citizen at a pad that is offline presses unasked

typedef enum { BOOTH_EMPTY, BOOTH_CALLED, BOOTH_SERVING, BOOTH_ASKED, BOOTH_ANSWERING } BoothState;

// How long people stay in a state, in seconds at speed 1; ASKED ends earlier when the pad asks.
static const struct {
    const char *name;
    double min_s, max_s;
} states[] = {
    [BOOTH_EMPTY] = { "empty", 4, 25 },
    [BOOTH_CALLED] = { "called", 2, 6 },
    [BOOTH_SERVING] = { "serving", 8, 35 },
    [BOOTH_ASKED] = { "asked", NO_INVITATION_S, NO_INVITATION_S },
    [BOOTH_ANSWERING] = { "answering", 0, 0 }, // the verdict says
};

struct Booth {
    BoothOptions options;
    Pad *pad;
    BoothState state;
    int64_t until_ms;  // monotonic
    char *ticket;      // that was called; NULL: none
    char *case_number; // NULL: none
    const PlanItem *item;
    Verdict verdict;
};

static void set_state(Booth *booth, BoothState state, double seconds)
{
    log_debug("counter=%s %s -> %s", booth->options.counter->id, states[booth->state].name,
              states[state].name);
    booth->state = state;
    booth->until_ms = clock_mono_ms() + (int64_t)(seconds * 1000 / booth->options.speed);
}

static void enter(Booth *booth, BoothState state)
{
    double span = states[state].max_s - states[state].min_s;
    set_state(booth, state, states[state].min_s + span * g_rand_double(booth->options.chance));
}

Booth *booth_new(const BoothOptions *options)
{
    Booth *booth = g_new0(Booth, 1);
    booth->options = *options;
    set_state(booth, BOOTH_EMPTY,
              g_rand_double_range(options->chance, 0, 4)); // people wait already
    return booth;
}

void booth_free(Booth *booth)
{
    if (!booth)
        return;
    g_free(booth->ticket);
    g_free(booth->case_number);
    g_free(booth);
}

void booth_set_pad(Booth *booth, Pad *pad)
{
    booth->pad = pad;
}

static bool is_kind(const Booth *booth, const char *kind)
{
    return strcmp(booth->options.counter->kind, kind) == 0;
}

static void act(Booth *booth, const char *action)
{
    g_autofree char *path = g_strdup_printf("/api/v1/queue/tickets/%s/%s", booth->ticket, action);
    api_call(booth->options.api, "POST", path,
             json_pack("{ss}", "counter", booth->options.counter->id), NULL);
}

// What a box that was restarted still has in hand goes on with whoever sits here now.
static void take_over(Booth *booth, const char *counter_path)
{
    json_t *seen = NULL;
    api_call(booth->options.api, "GET", counter_path, NULL, &seen);
    json_t *current = json_object_get(seen, "current");
    g_free(booth->ticket);
    booth->ticket = g_strdup(json_string_value(json_object_get(current, "id")));
    if (booth->ticket)
        act(booth, "start");
    json_decref(seen);
}

// The next number, if anybody waits for this counter.
static void call_next(Booth *booth)
{
    g_autofree char *counter_path =
        g_strconcat("/api/v1/queue/counters/", booth->options.counter->id, NULL);
    g_autofree char *path = g_strconcat(counter_path, "/next", NULL);
    json_t *answer = NULL;
    int status = api_call(booth->options.api, "POST", path, json_object(), &answer);
    json_t *current = status == 200 ? json_object_get(answer, "current") : NULL;
    g_clear_pointer(&booth->ticket, g_free);
    g_clear_pointer(&booth->case_number, g_free);
    booth->item = NULL;
    if (status == 409)
        take_over(booth, counter_path);
    else
        booth->ticket = g_strdup(json_string_value(json_object_get(current, "id")));
    json_decref(answer);
    if (booth->ticket)
        enter(booth, BOOTH_CALLED);
    else
        set_state(booth, BOOTH_EMPTY, LOOK_AGAIN_S);
}

// The case that came of the number.
static void note_case(Booth *booth)
{
    g_autofree char *path = g_strconcat("/api/v1/tickets/", booth->ticket, NULL);
    if (booth->case_number)
        api_send(booth->options.api, "PUT", path, json_pack("{ss}", "case", booth->case_number));
}

// Advice and complaints need no case; a pick-up has the one that was finished.
static void serve(Booth *booth)
{
    const PlanCounter *counter = booth->options.counter;
    if (is_kind(booth, "pickup")) {
        booth->case_number = docket_pick_up(booth->options.docket, counter);
    } else if (!is_kind(booth, "advice") && !is_kind(booth, "complaint")) {
        booth->item = &plan_items[g_rand_int_range(booth->options.chance, 0, PLAN_ITEMS)];
        booth->case_number = docket_file(booth->options.docket, counter, booth->item);
    }
    act(booth, "start");
    note_case(booth);
    enter(booth, BOOTH_SERVING);
}

static void ask(Booth *booth)
{
    const PlanCounter *counter = booth->options.counter;
    json_t *body = json_pack("{ss ss*}", "counter", counter->id, "case", booth->case_number);
    if (booth->case_number && booth->item)
        docket_leave_counter(booth->options.docket, counter, booth->case_number, booth->item);
    act(booth, "finish");
    booth->verdict = verdict_random(booth->options.chance);
    enter(booth, BOOTH_ASKED);
    api_send(booth->options.api, "POST", "/api/v1/invitations", body);
}

void booth_invited(void *ctx)
{
    Booth *booth = ctx;
    if (booth->state != BOOTH_ASKED)
        return; // not our citizen's: it runs out on the screen
    set_state(booth, BOOTH_ANSWERING, booth->verdict.delay_s);
}

static void answer(Booth *booth)
{
    const Verdict *verdict = &booth->verdict;
    if (verdict->kind == VERDICT_RATES)
        pad_press(booth->pad, verdict->level, verdict->tags, verdict->text);
    else if (verdict->kind == VERDICT_REFUSES)
        pad_refuse(booth->pad);
    enter(booth, BOOTH_EMPTY);
}

void booth_tick(Booth *booth)
{
    if (clock_mono_ms() < booth->until_ms)
        return;
    switch (booth->state) {
    case BOOTH_EMPTY:
        call_next(booth);
        break;
    case BOOTH_CALLED:
        serve(booth);
        break;
    case BOOTH_SERVING:
        ask(booth);
        break;
    case BOOTH_ASKED:
    case BOOTH_ANSWERING:
        answer(booth);
        break;
    }
}
