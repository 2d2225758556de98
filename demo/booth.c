// SPDX-License-Identifier: Apache-2.0
#include "demo/booth.h"
#include "base/clock.h"
#include "base/log.h"
#include "demo/citizen.h"
#include <string.h>

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

// Sent whole at each step, so that one that was lost on the way costs nothing.
typedef struct {
    char *id, *number;
    int64_t issued_ms, called_ms, served_ms, finished_ms; // 0: not yet
} Ticket;

struct Booth {
    BoothOptions options;
    Pad *pad;
    BoothState state;
    int64_t until_ms; // monotonic
    unsigned tickets;
    Ticket ticket;
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

static void ticket_clear(Ticket *ticket)
{
    g_free(ticket->id);
    g_free(ticket->number);
    *ticket = (Ticket){ 0 };
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
    ticket_clear(&booth->ticket);
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

static json_t *moment(int64_t ms)
{
    return ms ? json_integer(ms) : NULL;
}

static void put_ticket(Booth *booth)
{
    const Ticket *ticket = &booth->ticket;
    g_autofree char *path = g_strconcat("/api/v1/tickets/", ticket->id, NULL);
    api_send(booth->options.api, "PUT", path,
             json_pack("{ss ss ss* so so so* so*}", "number", ticket->number, "counter",
                       booth->options.counter->id, "case", booth->case_number, "issued",
                       moment(ticket->issued_ms), "called", moment(ticket->called_ms), "served",
                       moment(ticket->served_ms), "finished", moment(ticket->finished_ms)));
}

// A number is called that was drawn some minutes ago.
static void call_ticket(Booth *booth)
{
    const PlanCounter *counter = booth->options.counter;
    int64_t now_ms = clock_wall_ms();
    int waited_s = g_rand_int_range(booth->options.chance, 60, 1200);
    ticket_clear(&booth->ticket);
    booth->ticket = (Ticket){
        .id = g_strdup_printf("%s-%" G_GINT64_FORMAT, counter->id, now_ms),
        .number = g_strdup_printf("%c%03u", 'A' + counter->id[1] - '1', ++booth->tickets % 1000),
        .issued_ms = now_ms - waited_s * 1000LL,
        .called_ms = now_ms,
    };
    g_clear_pointer(&booth->case_number, g_free);
    booth->item = NULL;
    put_ticket(booth);
    enter(booth, BOOTH_CALLED);
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
    booth->ticket.served_ms = clock_wall_ms();
    put_ticket(booth);
    enter(booth, BOOTH_SERVING);
}

static void ask(Booth *booth)
{
    const PlanCounter *counter = booth->options.counter;
    json_t *body = json_pack("{ss ss*}", "counter", counter->id, "case", booth->case_number);
    if (booth->case_number && booth->item)
        docket_leave_counter(booth->options.docket, counter, booth->case_number, booth->item);
    booth->ticket.finished_ms = clock_wall_ms();
    put_ticket(booth);
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
        call_ticket(booth);
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
