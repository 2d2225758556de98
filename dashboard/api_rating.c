// SPDX-License-Identifier: Apache-2.0
#include "dashboard/api.h"
#include "dashboard/api_sheet.h"
#include "dashboard/sheet.h"

#include "dashboard/call.h"
#include "dashboard/monthly_query.h"
#include "dashboard/query.h"
#include "rating/rating.h"
#include "rating/tag.h"

#include <errno.h>
#include <string.h>

static const struct {
    const char *name;
    int level; // as RatingFilter has it
} levels[] = { { "1", 1 }, { "2", 2 },     { "3", 3 },   { "4", 4 },
               { "5", 5 }, { "good", 10 }, { "bad", 20 } };

static int query_level(Query *query)
{
    const char *value = query_text(query, "level", 8);
    if (!value)
        return 0;
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
        if (strcmp(levels[i].name, value) == 0)
            return levels[i].level;
    query_fail(query, "level: '%s' is not one of 1, 2, 3, 4, 5, good, bad", value);
    return 0;
}

static json_t *list(const Call *call, const RatingFilter *filter)
{
    g_autofree char *staff = NULL;
    RatingReader reader = call_rating_reader(call, &staff);
    json_t *page = rating_list(call->store, filter);
    rating_reader_show_all(&reader, json_object_get(page, "items"));
    return page;
}

void api_ratings(HttpRequest *request, void *ctx)
{
    g_auto(Query) query = query_of(request);
    const char *format = query_format(&query, sheet_formats);
    Cursor cursor = query_cursor(&query);
    RatingFilter filter = { .from_ms = query_time(&query, "from", STORE_NULL),
                            .to_ms = query_time(&query, "to", STORE_NULL),
                            .level = query_level(&query),
                            .counter = query_text(&query, "counter", 64),
                            .staff = query_text(&query, "staff", 64),
                            .pad = query_text(&query, "pad", 64),
                            .case_number = query_text(&query, "case", CASE_NUMBER_MAX),
                            .mark = query_text(&query, "mark", 64),
                            .text = query_text(&query, "q", 200),
                            .before_ms = cursor.before_ms,
                            .before_id = cursor.before_id,
                            .limit = query_limit(&query) };
    MonthlyBehind behind = query_behind_of(&query, MONTHLY_RATINGS);
    Store *store = query_check(&query) ? call_store(request) : NULL;
    g_autofree char *within = store ? behind_ids(&behind, request) : NULL;
    filter.within = query_keep(&query, within);
    if (store && format)
        listing_reply(request, &query, format, &api_sheet_ratings, &filter, sizeof filter);
    else if (store)
        http_reply_json(request, 200, list(call_of(request), &filter));
}

void api_reply_rating(HttpRequest *request, const char *id)
{
    const Call *call = call_of(request);
    json_t *rating = rating_get(call->store, id, call->now_ms);
    g_autofree char *staff = NULL;
    RatingReader reader = call_rating_reader(call, &staff);
    rating_reader_show(&reader, rating);
    call_reply_found(request, rating, "rating with this id");
}

void api_rating(HttpRequest *request, void *ctx)
{
    if (call_store(request))
        api_reply_rating(request, http_param(request, "id"));
}

void api_rating_tags(HttpRequest *request, void *ctx)
{
    g_autofree char *version = tag_version();
    http_reply_json(request, 200,
                    json_pack("{s:s, s:o}", "version", version, "levels", tag_table()));
}

// --- from other systems and telephones

enum { ID_MAX = 64, UUID_SIZE = 36, TEXT_MAX = 1000 };
static const int64_t LATE_MS = INT64_C(30) * 24 * 3600 * 1000;

typedef struct {
    const Hall *hall;
    const RatingInput *input;
    RatingOutcome outcome;
} RatingJob;

static int rate_run(Store *store, void *data)
{
    RatingJob *job = data;
    return rating_store(store, job->hall, job->input, &job->outcome);
}

static void reply_not_rated(HttpRequest *request, int err)
{
    switch (err) {
    case -EEXIST:
        http_reply_error(request, 409, "rated", "This rating has been followed up already.");
        break;
    case -ETIMEDOUT:
        http_reply_error(request, 409, "expired", "The time for following this rating up is over.");
        break;
    case -EACCES:
        http_reply_error(request, 403, "not_allowed",
                         "A rating is followed up by whoever gave it: by the same code, telephone "
                         "or system, and at the same counter.");
        break;
    default:
        call_reply_failure(request, err, "rating that can be followed up", "");
    }
}

bool api_store_rating(HttpRequest *request, const RatingInput *input, RatingOutcome *ret_outcome)
{
    RatingJob job = { .hall = call_of(request)->hall, .input = input };
    int err = call_write(request, rate_run, &job);
    *ret_outcome = job.outcome;
    if (err < 0)
        reply_not_rated(request, err);
    else if (job.outcome == RATING_OTHER)
        http_reply_error(request, 409, "conflict",
                         "id: another rating has it, of another level, counter or channel. Give "
                         "this one an id of its own.");
    return err >= 0 && job.outcome != RATING_OTHER;
}

size_t api_read_tags(Fields *fields, const char **tags)
{
    json_t *array = fields_array(fields, "tags", API_TAGS_MAX), *code;
    size_t i, n = 0;
    json_array_foreach(array, i, code)
    {
        const char *text = json_string_value(code);
        if (!text || !tag_is_known(text))
            fields_fail(fields, "tags: one of them is not in the table of reasons");
        else
            tags[n++] = text;
    }
    return n;
}

bool api_is_uuid(const char *id)
{
    return strlen(id) == UUID_SIZE && strspn(id, "0123456789abcdef-") == UUID_SIZE;
}

const char *api_read_uuid(Fields *fields, const char *key)
{
    const char *id = fields_text(fields, key, ID_MAX);
    if (!id || api_is_uuid(id))
        return id;
    fields_fail(fields, "%s: must be a UUID that the page has made", key);
    return NULL;
}

const char *api_read_counter(Fields *fields, const Config *config)
{
    const char *counter = fields_text(fields, "counter", ID_MAX);
    if (!counter || config_counter(config, counter))
        return counter;
    fields_fail(fields, "counter: '%.40s' is none of this hall; see GET /api/v1/counters", counter);
    return NULL;
}

const PersonInput *api_read_person(Fields *fields, PersonInput *person)
{
    json_t *object = fields_object(fields, "person");
    if (!object)
        return NULL;
    Fields inner = fields_of(object);
    person_read(&inner, person);
    if (inner.error[0])
        fields_fail(fields, "person: %s", inner.error);
    return person;
}

void api_read_rating(Fields *fields, RatingInput *input, const char **tags, PersonInput *person)
{
    input->id = api_read_uuid(fields, "id");
    input->level = (int)fields_int_required(fields, "level", 1, 5);
    input->text = fields_text(fields, "text", TEXT_MAX);
    input->n_tags = api_read_tags(fields, tags);
    input->tags = tags;
    input->person = api_read_person(fields, person);
    if (!input->id)
        fields_fail(fields, "id is missing: a UUID that the page has made");
}

// The national channels that are no pad and no code of ours (domain rules "Ratings").
static const char *const channels[] = { "pc", "mobile", "terminal", "other", NULL };

static void read_origin(Fields *fields, const Call *call, RatingInput *input)
{
    input->counter = api_read_counter(fields, call->hall->config);
    input->channel = fields_text_required(fields, "channel", ID_MAX);
    input->invitation = fields_text(fields, "invitation", ID_MAX);
    input->case_number = fields_text(fields, "case", CASE_NUMBER_MAX);
    input->follows = api_read_uuid(fields, "follows");
    input->event_ms = fields_time(fields, "at", call->now_ms);
    input->received_ms = call->now_ms;
    input->pad_clock_ms = STORE_NULL;
    if (fields->error[0])
        return;
    if (!input->counter)
        fields_fail(fields, "counter is missing");
    else if (!g_strv_contains(channels, input->channel))
        fields_fail(fields, "channel: one of pc, mobile, terminal, other");
    else if (input->event_ms > call->now_ms || input->event_ms < call->now_ms - LATE_MS)
        fields_fail(fields, "at: when it was given: not to come, and at most 30 days ago");
}

// Another system is told where a rating is none of its service's own: it was rated before.
static void reply_stored(HttpRequest *request, RatingOutcome outcome, const char *id)
{
    bool is_counted = store_value(call_of(request)->store, 0,
                                  "SELECT is_counted FROM rating WHERE id = ?", "s", id) != 0;
    http_reply_json(request, outcome == RATING_STORED ? 201 : 200,
                    json_pack("{s:s, s:b, s:b}", "id", id, "stored", 1, "is_counted", is_counted));
}

void api_rating_post(HttpRequest *request, void *ctx)
{
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    const char *tags[API_TAGS_MAX];
    Fields fields = fields_of(body);
    RatingInput input = { 0 };
    RatingOutcome outcome = RATING_STORED;
    PersonInput person;
    api_read_rating(&fields, &input, tags, &person);
    read_origin(&fields, call_of(request), &input);
    if (fields.error[0])
        http_reply_error(request, 400, "invalid", "%s", fields.error);
    else if (api_store_rating(request, &input, &outcome))
        reply_stored(request, outcome, input.id);
    json_decref(body);
}
