// SPDX-License-Identifier: Apache-2.0
#include "rating/correlation.h"

#include "base/clock.h"
#include "rating/tag.h"
#include "rating/ticket.h"

#include <string.h>

enum {
    ACTIVITY_MS = 10 * 60 * 1000, // work on a case so long before a press still explains it
    SKEW_MS = 120 * 1000,
    AGAIN_MS = 30 * 60 * 1000,
};

void correlation_done(Correlation *correlation)
{
    g_clear_pointer(&correlation->case_number, g_free);
    g_clear_pointer(&correlation->ticket, g_free);
    g_clear_pointer(&correlation->staff_number, g_free);
    g_clear_pointer(&correlation->staff_name, g_free);
}

// Takes what the invitation says. ret_created: its moment where it belongs to this press, otherwise
// untouched.
static int join_invitation(Store *store, const RatingInput *input, Correlation *c,
                           int64_t *ret_created)
{
    if (!input->invitation) {
        c->marks |= MARK_NO_INVITATION;
        return 0;
    }
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT counter, case_number, ticket, staff_number, staff_name, created_at, "
                    "expires_at, rating IS NOT NULL FROM invitation WHERE id = ?",
                    "s", input->invitation);
    if (!store_step(query)) {
        c->marks |= MARK_UNKNOWN_INVITATION;
        return store_query_result(query);
    }
    int64_t created = store_int(query, 5);
    bool expired = input->event_ms > store_int(query, 6);
    bool other = strcmp(store_text(query, 0), input->counter) != 0;
    bool repeated = store_int(query, 7);
    c->case_number = g_strdup(store_text(query, 1));
    c->ticket = g_strdup(store_text(query, 2));
    c->staff_number = g_strdup(store_text(query, 3));
    c->staff_name = g_strdup(store_text(query, 4));
    c->uses_invitation = !repeated && !other; // the counter that was asked can still answer
    c->marks |= (expired ? MARK_EXPIRED : 0) | (other ? MARK_OTHER_PAD : 0) |
                (repeated ? MARK_REPEATED : 0);
    if (!expired && !other && created <= input->event_ms)
        *ret_created = created;
    return 0;
}

static char *case_of_ticket(Store *store, const char *ticket)
{
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT case_number FROM ticket WHERE id = ?", "s", ticket);
    return store_step(query) ? g_strdup(store_text(query, 0)) : NULL;
}

static char *latest_case(Store *store, const RatingInput *input)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT case_number FROM case_event WHERE counter = ? AND at > ? AND at <= ? "
                    "ORDER BY at DESC LIMIT 1",
                    "sii", input->counter, input->event_ms - ACTIVITY_MS, input->event_ms);
    return store_step(query) ? g_strdup(store_text(query, 0)) : NULL;
}

// A telephone that rates the same counter again so soon tells of the same service. Nobody knows
// which ticket or case a code on the wall was scanned for, nor who served: nothing is inferred.
static bool is_from_wall(const RatingInput *input)
{
    return input->origin && !input->invitation;
}

// Online, or by the code of a case: about the case as a whole, not about one visit.
static bool is_of_case(const RatingInput *input)
{
    return strcmp(input->channel, "pc") == 0 || strcmp(input->channel, "mobile") == 0 ||
           (input->origin && input->invitation);
}

// On site each service is rated once, online each case (domain rules "Ratings").
static bool is_case_rated(Store *store, const char *number)
{
    return store_value(store, 0,
                       "SELECT 1 FROM rating r WHERE r.case_number = ? AND r.is_counted = 1"
                       " AND (r.channel IN ('pc', 'mobile') OR EXISTS (SELECT 1 FROM invitation i"
                       "   WHERE i.id = r.invitation AND i.by_code = 1)) LIMIT 1",
                       "s", number);
}

static void mark_again(Store *store, const RatingInput *input, Correlation *c)
{
    if (c->case_number && is_of_case(input) && is_case_rated(store, c->case_number))
        c->marks |= MARK_REPEATED;
    if (is_from_wall(input) &&
        store_value(store, 0,
                    "SELECT 1 FROM rating WHERE origin = ? AND counter = ? AND event_at > ?"
                    " AND event_at <= ? AND invitation IS NULL LIMIT 1",
                    "ssii", input->origin, input->counter, input->event_ms - AGAIN_MS,
                    input->event_ms))
        c->marks |= MARK_REPEATED;
    // One rating for each service: what the citizen has pressed stands.
    if (input->is_afterwards &&
        store_value(store, 0,
                    "SELECT 1 FROM rating WHERE case_number = ? AND is_counted = 1 LIMIT 1", "s",
                    c->case_number))
        c->marks |= MARK_REPEATED;
}

// What the invitation did not say is taken from the counter's ticket and latest work, and marked as
// such.
static int infer(Store *store, const RatingInput *input, Correlation *c)
{
    if (c->case_number)
        return 0;
    if (c->ticket) {
        c->case_number = case_of_ticket(store, c->ticket);
    } else {
        int err =
            ticket_in_service(store, input->counter, input->event_ms, &c->ticket, &c->case_number);
        if (err < 0)
            return err;
    }
    // A ticket without a case says that this citizen's case is not known: the one before is not it.
    if (!c->ticket)
        c->case_number = latest_case(store, input);
    if (c->ticket || c->case_number)
        c->marks |= MARK_INFERRED;
    return 0;
}

static void mark_case(Store *store, Correlation *c)
{
    if (!c->case_number ||
        !store_value(store, 0, "SELECT 1 FROM case_file WHERE number = ?", "s", c->case_number))
        c->marks |= MARK_UNKNOWN_CASE;
}

// What the clip shows: asking and press; of a case's code, which is scanned days later, of a
// call-back, and of a card, which tells the day alone, the end of the case's service. False: there
// is no such moment.
static bool find_span(Store *store, const RatingInput *input, const Correlation *c,
                      int64_t asked_ms, int64_t *ret_from, int64_t *ret_to)
{
    bool is_late = c->case_number && (input->is_of_day || input->is_afterwards ||
                                      (input->origin && input->invitation));
    int64_t ended_ms = is_late ? store_value(store, STORE_NULL,
                                             "SELECT finished_at FROM case_file WHERE number = ?",
                                             "s", c->case_number)
                               : STORE_NULL;
    bool is_other_day =
        input->is_of_day &&
        (ended_ms == STORE_NULL || clock_day_start(ended_ms) != clock_day_start(input->event_ms));
    bool is_end = ended_ms != STORE_NULL && !is_other_day;
    *ret_from = is_end ? ended_ms : is_late ? input->event_ms : asked_ms;
    *ret_to = is_end ? ended_ms : input->event_ms;
    return is_end || !input->is_of_day;
}

static void find_clip(Store *store, const Hall *hall, const RatingInput *input, int64_t asked_ms,
                      Correlation *c)
{
    const ConfigCamera *camera = config_camera_of_counter(hall->config, input->counter);
    int64_t from_ms, to_ms;
    c->clip_from_ms = c->clip_to_ms = STORE_NULL;
    if (!camera) {
        c->marks |= MARK_NO_CAMERA;
        return;
    }
    if (!find_span(store, input, c, asked_ms, &from_ms, &to_ms))
        return;
    c->camera = camera->id;
    c->clip_from_ms = from_ms - (int64_t)hall->config->rules.clip_before_seconds * 1000;
    c->clip_to_ms = to_ms + (int64_t)hall->config->rules.clip_after_seconds * 1000;
}

static void mark_input(const RatingInput *input, Correlation *c)
{
    bool has_clock = input->pad_clock_ms != STORE_NULL && g_strcmp0(input->clock_kind, "none") != 0;
    if (has_clock && (input->pad_clock_ms > input->event_ms + SKEW_MS ||
                      input->pad_clock_ms < input->event_ms - SKEW_MS))
        c->marks |= MARK_CLOCK_SKEW;
    for (size_t i = 0; i < input->n_tags; i++) {
        if (!tag_is_known(input->tags[i]))
            c->marks |= MARK_UNKNOWN_TAG;
    }
}

int correlation_find(Store *store, const Hall *hall, const RatingInput *input,
                     Correlation *ret_correlation)
{
    Correlation *c = ret_correlation;
    *c = (Correlation){ 0 };
    int64_t asked_ms = input->event_ms;
    int err = join_invitation(store, input, c, &asked_ms);
    if (err == 0 && !c->case_number && input->case_number)
        c->case_number = g_strdup(input->case_number);
    mark_again(store, input, c);
    bool has_moment = !is_from_wall(input) && !input->is_of_day && !input->is_afterwards;
    if (err == 0 && has_moment)
        err = infer(store, input, c);
    if (!c->staff_number && input->staff_number) {
        c->staff_number = g_strdup(input->staff_number);
        c->staff_name = g_strdup(input->staff_name);
    }
    if (err == 0 && !c->staff_number && has_moment)
        err = duty_at(store, input->counter, input->event_ms, &c->staff_number, &c->staff_name);
    if (err < 0)
        return err;
    mark_case(store, c);
    mark_input(input, c);
    find_clip(store, hall, input, asked_ms, c);
    return 0;
}
