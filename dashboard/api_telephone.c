// SPDX-License-Identifier: Apache-2.0
// Ratings by telephone: the form behind a QR code, and what is sent with it. Nobody is logged in.
//
// A telephone is known for one day by a cookie of this page; what is stored is a digest of it with
// the day, so that nobody can follow a telephone from one day to the next or find it again by its
// cookie (domain rules "Ratings": one rating for each service; no identity in the clear).
#include "dashboard/api.h"

#include "base/clock.h"
#include "base/secret.h"
#include "dashboard/call.h"
#include "dashboard/code.h"
#include "dashboard/query.h"
#include "rating/follow_up.h"
#include "rating/invitation.h"
#include "rating/rating.h"
#include "rating/tag.h"

#include <errno.h>
#include <string.h>

#define TELEPHONE_COOKIE "hw_telephone"

enum { ID_MAX = 64, RECEIPT_MAX = 128, COOKIE_BYTES = 16, ORIGIN_SIZE = 22, DAY_S = 86400 };

// --- the form

// What the citizen is asked about. counter NULL: the request has been answered.
typedef struct {
    const ConfigCounter *counter;
    json_t *invitation; // as invitation_get gives it; NULL: a code on the wall
} Subject;

static void subject_done(Subject *subject)
{
    json_decref(subject->invitation);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Subject, subject_done)

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static Subject find_subject(HttpRequest *request, const char *counter, const char *invitation)
{
    Subject subject = { 0 };
    Call *call = call_of(request);
    if (!call_store(request))
        return subject;
    if (invitation)
        subject.invitation = invitation_get(call->store, invitation);
    if (subject.invitation)
        counter = text_of(subject.invitation, "counter");
    subject.counter = counter && (!invitation || subject.invitation)
                          ? config_counter(call->hall->config, counter)
                          : NULL;
    if (!subject.counter)
        http_reply_error(request, 404, "not_found",
                         "This code is not known here. Please ask at the counter for a new one.");
    return subject;
}

static void give_cookie(HttpRequest *request)
{
    if (http_cookie(request, TELEPHONE_COOKIE))
        return;
    g_autofree char *token = secret_token(COOKIE_BYTES);
    g_autofree char *cookie =
        g_strdup_printf(TELEPHONE_COOKIE "=%s; Path=/api/v1/public/; Max-Age=%d; HttpOnly; Secure; "
                                         "SameSite=Lax",
                        token, DAY_S);
    http_add_header(request, "Set-Cookie", cookie);
}

// What a telephone keeps of the rating that it gave, to follow it up later.
static char *receipt_of(HttpRequest *request, const char *rating)
{
    g_autofree char *text = g_strconcat("receipt ", rating, NULL);
    return secret_sign(call_of(request)->dashboard->options.link_secret, text);
}

static bool is_receipt(HttpRequest *request, const char *rating, const char *receipt)
{
    g_autofree char *good = rating ? receipt_of(request, rating) : NULL;
    return good && receipt && secret_equal(good, receipt);
}

// The rating that may be followed up by who asks: of the code, or of the receipt.
static json_t *offer_of(HttpRequest *request, const Subject *subject, const char *rating,
                        const char *receipt)
{
    const Call *call = call_of(request);
    const char *first = subject->invitation ? text_of(subject->invitation, "rating")
                        : is_receipt(request, rating, receipt) ? rating
                                                               : NULL;
    return follow_up_offer(call->store, call->hall, first, call->now_ms);
}

void api_rating_form(HttpRequest *request, void *ctx)
{
    Query query = query_of(request);
    const char *counter = query_text(&query, "counter", ID_MAX);
    const char *invitation = query_text(&query, "invitation", ID_MAX);
    const char *rating = query_text(&query, "rating", ID_MAX);
    const char *receipt = query_text(&query, "receipt", RECEIPT_MAX);
    if (!query_check(&query))
        return;
    g_auto(Subject) subject = find_subject(request, counter, invitation);
    if (!subject.counter)
        return;
    const Call *call = call_of(request);
    const char *state = subject.invitation ? text_of(subject.invitation, "state") : "waiting";
    give_cookie(request);
    http_reply_json(
        request, 200,
        json_pack("{s:s, s:{s:s, s:s}, s:s?, s:s?, s:b, s:i, s:o, s:o}", "hall",
                  call->hall->config->hall.name, "counter", "id", subject.counter->id, "name",
                  subject.counter->name, "item",
                  subject.invitation ? text_of(subject.invitation, "item_name") : NULL, "state",
                  state, "may_rate", strcmp(state, "waiting") == 0 || strcmp(state, "shown") == 0,
                  "person_days", call->hall->config->rules.person_days, "tags", tag_table(),
                  "follow_up", offer_of(request, &subject, rating, receipt)));
}

// --- a rating

// A telephone that keeps no cookie is one of its own each time: two that share an address must not
// pass for one, or the second citizen would not be counted.
static char *origin_of(HttpRequest *request)
{
    const Call *call = call_of(request);
    const char *cookie = http_cookie(request, TELEPHONE_COOKIE);
    g_autofree char *alone = secret_token(COOKIE_BYTES);
    g_autofree char *day = clock_format(call->now_ms);
    g_autofree char *text = g_strdup_printf("telephone %.10s %s", day, cookie ? cookie : alone);
    char *origin = secret_sign(call->dashboard->options.link_secret, text);
    if (strlen(origin) > ORIGIN_SIZE)
        origin[ORIGIN_SIZE] = '\0';
    return origin;
}

// A code that has been used or is over is said, and nothing is stored under it.
static bool check_state(HttpRequest *request, const Subject *subject, const char *id)
{
    const char *state = subject->invitation ? text_of(subject->invitation, "state") : "waiting";
    bool is_same = g_strcmp0(text_of(subject->invitation, "rating"), id) == 0;
    if (strcmp(state, "waiting") == 0 || strcmp(state, "shown") == 0 || is_same)
        return true;
    http_reply_error(request, 409, strcmp(state, "rated") == 0 ? "rated" : "expired",
                     strcmp(state, "rated") == 0 ? "This service has been rated. Thank you."
                                                 : "The time for rating this service is over.");
    return false;
}

// With a receipt where it can be followed up (not of a repetition, or of a follow-up), for the
// telephone that gave it: who knows no more than its id gets none.
static void reply_stored(HttpRequest *request, RatingOutcome outcome, const RatingInput *input)
{
    const Call *call = call_of(request);
    const char *id = input->id;
    bool is_own = store_value(call->store, 0, "SELECT 1 FROM rating WHERE id = ? AND origin = ?",
                              "ss", id, input->origin) != 0;
    json_t *offer = follow_up_offer(call->store, call->hall, is_own ? id : NULL, call->now_ms);
    g_autofree char *receipt = json_is_null(offer) ? NULL : receipt_of(request, id);
    json_decref(offer);
    http_reply_json(request, outcome == RATING_STORED ? 201 : 200,
                    json_pack("{s:s, s:b, s:s?}", "id", id, "stored", 1, "receipt", receipt));
}

static void store_rating(HttpRequest *request, RatingInput *input)
{
    g_auto(Subject) subject = find_subject(request, input->counter, input->invitation);
    if (!subject.counter || (!input->follows && !check_state(request, &subject, input->id)))
        return;
    const Call *call = call_of(request);
    g_autofree char *origin = origin_of(request);
    input->counter = subject.counter->id;
    input->channel = "qr";
    input->origin = origin;
    input->event_ms = input->received_ms = call->now_ms;
    input->pad_clock_ms = STORE_NULL;
    RatingOutcome outcome = RATING_STORED;
    if (api_store_rating(request, input, &outcome))
        reply_stored(request, outcome, input);
}

static void reply_wait(HttpRequest *request, int64_t wait_ms)
{
    g_autofree char *seconds = g_strdup_printf("%d", (int)((wait_ms + 999) / 1000));
    http_add_header(request, "Retry-After", seconds);
    http_reply_error(
        request, 429, "wait",
        "Many ratings come from this address. Send it again in %s s, with the same id.", seconds);
}

void api_telephone_rating(HttpRequest *request, void *ctx)
{
    const Call *call = call_of(request);
    int64_t wait_ms =
        attempts_begin(call->dashboard->telephones, call_address(request), clock_mono_ms());
    if (wait_ms > 0) {
        reply_wait(request, wait_ms);
        return;
    }
    json_t *body = call_body(request);
    if (!body)
        return;
    Fields fields = fields_of(body);
    RatingInput input = { 0 };
    const char *tags[API_TAGS_MAX];
    PersonInput person;
    api_read_rating(&fields, &input, tags, &person);
    input.counter = fields_text(&fields, "counter", ID_MAX);
    input.invitation = fields_text(&fields, "invitation", ID_MAX);
    input.follows = api_read_uuid(&fields, "follows");
    input.has_receipt =
        is_receipt(request, input.follows, fields_text(&fields, "receipt", RECEIPT_MAX));
    if (fields.error[0])
        http_reply_error(request, 400, "invalid", "%s", fields.error);
    else
        store_rating(request, &input);
    json_decref(body);
}

// --- codes

void api_counter_code(HttpRequest *request, void *ctx)
{
    const Call *call = call_of(request);
    const char *id = http_param(request, "id");
    if (!config_counter(call->hall->config, id)) {
        call_reply_failure(request, -ENOENT, "counter with this id; see GET /api/v1/counters", "");
        return;
    }
    g_autofree char *path = g_strconcat("/r/", id, NULL);
    code_reply(request, 200, path, STORE_NULL);
}

typedef struct {
    const Call *call;
    const char *number;
    Invitation invitation;
    char error[200];
} CodeJob;

static int code_run(Store *store, void *data)
{
    CodeJob *job = data;
    return invitation_of_case(store, job->call->hall, job->number, job->call->now_ms,
                              &job->invitation, job->error);
}

void api_case_code(HttpRequest *request, void *ctx)
{
    const Call *call = call_of(request);
    CodeJob job = { .call = call, .number = http_param(request, "number") };
    int err = call_write(request, code_run, &job);
    if (err < 0) {
        call_reply_failure(request, err, "case with this number", job.error);
        return;
    }
    g_autofree char *path = g_strconcat("/r/i/", job.invitation.id, NULL);
    code_reply(request, 201, path, job.invitation.expires_ms);
    invitation_done(&job.invitation);
}
