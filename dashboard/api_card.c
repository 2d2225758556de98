// SPDX-License-Identifier: Apache-2.0
#include "dashboard/api.h"
#include "dashboard/api_sheet.h"
#include "dashboard/sheet.h"

#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "dashboard/query.h"
#include "rating/card.h"

#include <errno.h>
#include <string.h>

enum { DAY_SIZE = 10, TEXT_MAX = 1000, STAFF_MAX = 64, WHY_MAX = 2000 };

#define WHAT "card with this id"

void api_cards(HttpRequest *request, void *ctx)
{
    static const char *const states[] = { "waiting", "differing", "counted", "void", NULL };
    g_auto(Query) query = query_of(request);
    const char *format = query_format(&query, sheet_formats);
    Cursor cursor = query_cursor(&query);
    CardFilter filter = { .state = query_choice(&query, "state", states),
                          .is_mine = query_bool(&query, "mine"),
                          .waits_for_me = query_bool(&query, "waits"),
                          .before_ms = cursor.before_ms,
                          .before_id = cursor.before_id,
                          .limit = query_limit(&query) };
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (!store)
        return;
    g_autofree char *staff = NULL;
    const Call *call = call_of(request);
    Actor actor = call_actor(call, store, &staff);
    if (!format) {
        http_reply_json(request, 200, card_list(store, call->hall, &filter, &actor));
        return;
    }
    ApiCardList list = { .filter = filter, .actor = api_sheet_actor(&query, &actor) };
    listing_reply(request, &query, format, &api_sheet_cards, &list, sizeof list);
}

static json_t *read_card(const Call *call, const char *id)
{
    g_autofree char *staff = NULL;
    Actor actor = call_actor(call, call->store, &staff);
    return card_get(call->store, call->hall, id, &actor);
}

void api_card(HttpRequest *request, void *ctx)
{
    if (call_store(request))
        call_reply_found(request, read_card(call_of(request), http_param(request, "id")), WHAT);
}

typedef struct {
    const Call *call;
    const char *card, *action; // of card_act; NULL: an entry
    CardInput input;
    const char *tags[API_TAGS_MAX];
    char *entered; // the card of an entry
    bool is_new;
    char error[200];
} CardJob;

static int enter_run(Store *store, void *data)
{
    CardJob *job = data;
    const Call *call = job->call;
    g_autofree char *staff = NULL;
    Actor actor = call_actor(call, store, &staff);
    g_clear_pointer(&job->entered, g_free);
    return card_enter(store, call->hall, &job->input, &actor, call->now_ms, &job->entered,
                      &job->is_new, job->error);
}

static int act_run(Store *store, void *data)
{
    CardJob *job = data;
    const Call *call = job->call;
    g_autofree char *staff = NULL;
    Actor actor = call_actor(call, store, &staff);
    int err = card_act(store, call->hall, job->card, job->action, &job->input, &actor, call->now_ms,
                       job->error);
    if (err < 0)
        return err;
    g_autofree char *action = g_strconcat("card.", job->action, NULL);
    return audit_add(store, call->now_ms, call->who, action, job->card, job->input.why);
}

static void read_entry(Fields *fields, CardJob *job)
{
    CardInput *input = &job->input;
    input->id = api_read_uuid(fields, "id");
    input->day = fields_text_required(fields, "day", DAY_SIZE);
    input->counter = api_read_counter(fields, job->call->hall->config);
    input->level = (int)fields_int_required(fields, "level", 1, 5);
    input->tags = job->tags;
    input->n_tags = api_read_tags(fields, job->tags);
    input->text = fields_text(fields, "text", TEXT_MAX);
    input->case_number = fields_text(fields, "case", CASE_NUMBER_MAX);
    input->staff = fields_text(fields, "staff", STAFF_MAX);
    if (!input->id || !input->counter)
        fields_fail(fields, "id and counter are wanted: a UUID that the page has made, and a "
                            "counter of this hall");
}

void api_card_post(HttpRequest *request, void *ctx)
{
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    Fields fields = fields_of(body);
    CardJob job = { .call = call_of(request) };
    read_entry(&fields, &job);
    job.input.number = fields_text_required(&fields, "number", CARD_NUMBER_MAX);
    job.input.scan = api_read_uuid(&fields, "scan");
    int err = fields.error[0] ? -EINVAL : call_write(request, enter_run, &job);
    if (err < 0)
        call_reply_failure(request, err, "the card", fields.error[0] ? fields.error : job.error);
    else
        http_reply_json(request, job.is_new ? 201 : 200, read_card(job.call, job.entered));
    g_free(job.entered);
    json_decref(body);
}

void api_card_act(HttpRequest *request, void *ctx)
{
    static const char *const actions[] = { "decide", "void", NULL };
    CardJob job = { .card = http_param(request, "id"), .action = http_param(request, "action") };
    if (!g_strv_contains(actions, job.action)) {
        call_reply_failure(request, -ENOENT, "such action: decide or void a card", "");
        return;
    }
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    Fields fields = fields_of(body);
    job.call = call_of(request);
    job.input.why = fields_text(&fields, "why", WHY_MAX);
    if (strcmp(job.action, "decide") == 0)
        read_entry(&fields, &job);
    int err = fields.error[0] ? -EINVAL : call_write(request, act_run, &job);
    if (err < 0)
        call_reply_failure(request, err, WHAT, fields.error[0] ? fields.error : job.error);
    else
        call_reply_found(request, read_card(job.call, job.card), WHAT);
    json_decref(body);
}
