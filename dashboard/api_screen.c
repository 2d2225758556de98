// SPDX-License-Identifier: Apache-2.0
// The hall's screens: made and revoked by an administrator, and what they ask with their token.
// Nobody is logged in there, and nothing of persons is in what they get.
#include "dashboard/api.h"

#include "base/clock.h"
#include "base/file.h"
#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "dashboard/code.h"
#include "dashboard/qr_code.h"
#include "dashboard/screen.h"
#include "rating/queue.h"
#include "rating/shape.h"
#include "rating/spoken.h"

#include <errno.h>
#include <string.h>

#define SCHEME "Screen "

enum { LANE_MAX = 32, WORD_MAX = 16 };

// --- administration

void api_screens(HttpRequest *request, void *ctx)
{
    Store *store = call_store(request);
    if (store)
        call_reply_items(request, screen_list(store));
}

typedef struct {
    const Call *call;
    const char *label, *page;
    int64_t id;
    char *token; // out
} ScreenJob;

static int add_run(Store *store, void *data)
{
    ScreenJob *job = data;
    const Call *call = job->call;
    int err =
        screen_add(store, job->label, job->page, call->who, call->now_ms, &job->id, &job->token);
    return err < 0 ? err
                   : audit_add(store, call->now_ms, call->who, "screen.add", job->label, job->page);
}

void api_screen_post(HttpRequest *request, void *ctx)
{
    json_t *body = call_body(request);
    if (!body)
        return;
    Fields fields = fields_of(body);
    ScreenJob job = { .call = call_of(request),
                      .label = fields_text_required(&fields, "label", SCREEN_LABEL_MAX),
                      .page = fields_text_required(&fields, "page", WORD_MAX) };
    if (job.page && !g_strv_contains(screen_pages, job.page))
        fields_fail(&fields, "page is \"%s\"; take or call is allowed", job.page);
    int err = fields.error[0] ? -EINVAL : call_write(request, add_run, &job);
    if (err < 0)
        call_reply_failure(request, err, "the screen", fields.error);
    else
        http_reply_json(request, 201,
                        json_pack("{s:I, s:s, s:s, s:s}", "id", (json_int_t)job.id, "label",
                                  job.label, "page", job.page, "token", job.token));
    g_free(job.token);
    json_decref(body);
}

static int revoke_run(Store *store, void *data)
{
    ScreenJob *job = data;
    const Call *call = job->call;
    g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, job->id);
    int err = screen_revoke(store, job->id, call->now_ms);
    return err < 0 ? err
                   : audit_add(store, call->now_ms, call->who, "screen.revoke", subject, NULL);
}

void api_screen_delete(HttpRequest *request, void *ctx)
{
    const char *text = http_param(request, "id");
    bool is_number = strlen(text) <= 18 && strspn(text, G_CSET_DIGITS) == strlen(text);
    ScreenJob job = { .call = call_of(request),
                      .id = is_number ? g_ascii_strtoll(text, NULL, 10) : -1 };
    int err = call_write(request, revoke_run, &job);
    if (err < 0)
        call_reply_failure(request, err, "screen with this id that is not revoked", "");
    else
        http_reply_json(request, 200, json_pack("{s:I}", "id", (json_int_t)job.id));
}

// --- a screen asks

typedef struct {
    int64_t id, now_ms;
} Seen;

static int seen_run(Store *store, void *data)
{
    const Seen *seen = data;
    return screen_seen(store, seen->id, seen->now_ms);
}

static void seen_done(void *data, int err)
{
    g_free(data);
}

static void note_seen(const Call *call, const Screen *screen)
{
    if (screen->seen_ms != STORE_NULL && call->now_ms - screen->seen_ms < SCREEN_SEEN_MS)
        return;
    Seen seen = { screen->id, call->now_ms };
    writer_push(call->dashboard->options.writer, seen_run, seen_done,
                g_memdup2(&seen, sizeof seen));
}

bool api_check_screen(HttpRequest *request, const char *page, Screen *ret_screen)
{
    const char *authorization = http_header(request, "Authorization");
    Store *store = call_store(request);
    if (!store)
        return false;
    if (authorization && g_str_has_prefix(authorization, SCHEME) &&
        screen_find(store, authorization + strlen(SCHEME), page, ret_screen)) {
        note_seen(call_of(request), ret_screen);
        return true;
    }
    http_reply_error(request, 401, "screen",
                     "This screen is not known, or it was revoked. An administrator makes a new "
                     "address for it under Screens.");
    return false;
}

static json_t *offer_of(Store *store, const Hall *hall, int64_t now_ms)
{
    json_t *lanes = json_array();
    for (guint i = 0; i < hall->config->lanes->len; i++) {
        const ConfigLane *lane = hall->config->lanes->pdata[i];
        int waiting = 0;
        QueueEstimate e = queue_estimate_of(store, hall, lane, now_ms, &waiting);
        json_t *estimate = e.is_known
                               ? json_pack("{s:i, s:i}", "low", e.low_min, "high", e.high_min)
                               : json_null();
        json_array_append_new(lanes, json_pack("{s:s, s:s, s:b, s:i, s:o}", "id", lane->id, "name",
                                               lane->name, "takes_priority", lane->priority,
                                               "waiting", waiting, "estimate", estimate));
    }
    return lanes;
}

void api_screen_lanes(HttpRequest *request, void *ctx)
{
    g_auto(Screen) screen = { 0 };
    if (!api_check_screen(request, "take", &screen))
        return;
    const Call *call = call_of(request);
    http_reply_json(request, 200,
                    json_pack("{s:s, s:o}", "hall", call->hall->config->hall.name, "lanes",
                              offer_of(call->store, call->hall, call->now_ms)));
}

// --- the voice

#define VOICE_BYTES_MAX (4 * 1024 * 1024)

enum { FRESH_MS = 2 * 60 * 1000 }; // a call that is older is not spoken any more

static char *spoken(const char *language, const char *number, const char *counter)
{
    return strcmp(language, "en") == 0 ? spoken_en(number, counter) : spoken_zh(number, counter);
}

// The path of the sound; NULL: it is being made.
static char *voice_of(const Call *call, const char *language, const char *number,
                      const char *counter)
{
    const DashboardOptions *options = &call->dashboard->options;
    g_autofree char *text = spoken(language, number, counter);
    return options->voice(options->ctx, language, text);
}

// So that it is there when the screen asks for it.
static void prepare_voices(const Call *call, const json_t *calls)
{
    size_t i;
    json_t *row;
    json_array_foreach(calls, i, row)
    {
        const char *number = json_string_value(json_object_get(row, "number"));
        const char *counter =
            json_string_value(json_object_get(json_object_get(row, "counter"), "name"));
        int64_t at_ms = 0;
        if (!clock_parse(json_string_value(json_object_get(row, "called_at")), &at_ms) ||
            call->now_ms - at_ms > FRESH_MS)
            continue;
        g_free(voice_of(call, "zh", number, counter));
        if (call->hall->config->calling.english)
            g_free(voice_of(call, "en", number, counter));
    }
}

static bool is_number(const char *number)
{
    size_t size = number ? strlen(number) : 0;
    return size >= 2 && size <= 6 && g_ascii_isupper(number[0]) &&
           strspn(number + 1, G_CSET_DIGITS) == size - 1;
}

static void reply_sound(HttpRequest *request, const char *path)
{
    g_autofree char *bytes = NULL;
    size_t size = 0;
    int err = path ? file_read(path, VOICE_BYTES_MAX, &bytes, &size) : -EAGAIN;
    if (err == 0) {
        http_reply_bytes(request, 200, "audio/wav", bytes, size);
        return;
    }
    http_add_header(request, "Retry-After", "1");
    http_reply_error(request, 503, "voice", "The sound is not there yet. Ask again in a moment.");
}

void api_screen_voice(HttpRequest *request, void *ctx)
{
    static const char *const languages[] = { "zh", "en", NULL };
    g_auto(Screen) screen = { 0 };
    if (!api_check_screen(request, "call", &screen))
        return;
    const Call *call = call_of(request);
    Query query = query_of(request);
    const char *number = query_text(&query, "number", WORD_MAX);
    const char *counter = query_text(&query, "counter", LANE_MAX);
    const char *language = query_choice(&query, "language", languages);
    const ConfigCounter *at = counter ? config_counter(call->hall->config, counter) : NULL;
    if (!is_number(number) || !at)
        query_fail(&query, "number and counter say what is called, such as A012 and c1");
    if (!query_check(&query) || !at)
        return;
    g_autofree char *path = voice_of(call, language ? language : "zh", number, at->name);
    reply_sound(request, path);
}

void api_screen_calls(HttpRequest *request, void *ctx)
{
    g_auto(Screen) screen = { 0 };
    if (!api_check_screen(request, "call", &screen))
        return;
    const Call *call = call_of(request);
    json_t *seen = queue_screen(call->store, call->hall, call->now_ms);
    json_object_set_new(seen, "hall", json_string(call->hall->config->hall.name));
    json_object_set_new(seen, "at", shape_time(call->now_ms));
    const Config *config = call->hall->config;
    json_object_set_new(seen, "voices",
                        !config->calling.voice    ? json_array()
                        : config->calling.english ? json_pack("[s, s]", "zh", "en")
                                                  : json_pack("[s]", "zh"));
    if (config->calling.voice)
        prepare_voices(call, json_object_get(seen, "calls"));
    http_reply_json(request, 200, seen);
}

typedef struct {
    const Call *call;
    QueueTake take;
    char error[200];
} TakeJob;

static int take_run(Store *store, void *data)
{
    TakeJob *job = data;
    return queue_take(store, job->call->hall, &job->take, job->call->now_ms, job->error);
}

// With the code that leads a telephone to its place in the line.
static void reply_ticket(HttpRequest *request, const char *id)
{
    const Call *call = call_of(request);
    json_t *ticket = queue_ticket(call->store, call->hall, id, call->now_ms);
    g_autofree char *place = code_place(request);
    g_autofree char *url = g_strconcat(place, "/ticket/", id, NULL);
    g_autofree char *svg = qr_code_svg(url);
    json_object_set_new(ticket, "hall", json_string(call->hall->config->hall.name));
    json_object_set_new(ticket, "url", json_string(url));
    json_object_set_new(ticket, "svg", svg ? json_string(svg) : json_null());
    http_reply_json(request, 201, ticket);
}

void api_take_ticket(HttpRequest *request, const char *user)
{
    json_t *body = call_body(request);
    if (!body)
        return;
    Fields fields = fields_of(body);
    TakeJob job = { .call = call_of(request),
                    .take = { .id = api_read_uuid(&fields, "id"),
                              .lane = fields_text_required(&fields, "lane", LANE_MAX),
                              .priority = fields_text(&fields, "priority", WORD_MAX),
                              .user = user } };
    if (!job.take.id)
        fields_fail(&fields, "id is missing: a UUID");
    g_strlcpy(job.error, fields.error, sizeof job.error);
    int err = fields.error[0] ? -EINVAL : call_write(request, take_run, &job);
    if (err < 0)
        call_reply_failure(request, err, "the ticket", job.error);
    else if (call_store(request))
        reply_ticket(request, job.take.id);
    json_decref(body);
}

void api_screen_take(HttpRequest *request, void *ctx)
{
    g_auto(Screen) screen = { 0 };
    if (!api_check_screen(request, "take", &screen))
        return;
    g_autofree char *user = g_strconcat("screen:", screen.label, NULL);
    api_take_ticket(request, user);
}

// Whoever holds the slip: its id is the key.
void api_public_ticket(HttpRequest *request, void *ctx)
{
    const Call *call = call_of(request);
    const char *id = http_param(request, "id");
    Store *store = call_store(request);
    if (!store)
        return;
    json_t *ticket = api_is_uuid(id) ? queue_ticket(store, call->hall, id, call->now_ms) : NULL;
    // Why somebody goes before others is nobody's business who finds a slip.
    if (ticket && !json_is_null(json_object_get(ticket, "priority")))
        json_object_set_new(ticket, "priority", json_string("yes"));
    if (ticket)
        json_object_set_new(ticket, "hall", json_string(call->hall->config->hall.name));
    call_reply_found(request, ticket, "such number");
}
