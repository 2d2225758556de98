// SPDX-License-Identifier: Apache-2.0
// One-window: what comes from a one-window system, answered in its own way ({"code","message",
// "data"}, the code also as HTTP's status), and what its administrator sees of it.
#include "dashboard/api.h"
#include "dashboard/api_sheet.h"
#include "dashboard/sheet.h"

#include "base/log.h"
#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "dashboard/query.h"

#include <errno.h>
#include <string.h>

#define FORM_TYPE "application/x-www-form-urlencoded"

enum { WHY_MAX = 500, ID_DIGITS = 18 };

// --- what comes in

static void answer(HttpRequest *request, int code, const char *message, json_t *take_data)
{
    http_reply_json(request, code,
                    json_pack("{s:i, s:s, s:o}", "code", code, "message", message, "data",
                              take_data ? take_data : json_null()));
}

// A form's fields as the JSON object that they stand for; NULL: it is no form. The caller frees.
static char *form_text(HttpRequest *request, const char *bytes, size_t size)
{
    const char *type = http_header(request, "Content-Type");
    if (!type || !g_str_has_prefix(type, FORM_TYPE))
        return NULL;
    g_autoptr(GHashTable) fields =
        g_uri_parse_params(bytes, (gssize)size, "&", G_URI_PARAMS_WWW_FORM, NULL);
    if (!fields)
        return g_strdup(""); // refused as no message
    json_t *record = json_object();
    GHashTableIter iter;
    gpointer name, value;
    g_hash_table_iter_init(&iter, fields);
    while (g_hash_table_iter_next(&iter, &name, &value))
        json_object_set_new(record, name, json_string(value));
    char *text = json_dumps(record, JSON_COMPACT);
    json_decref(record);
    return text;
}

typedef struct {
    const Call *call;
    const Profile *profile;
    const OneWindowMessage *message;
    OneWindowAnswer answer;
} TakeJob;

static int take_run(Store *store, void *data)
{
    TakeJob *job = data;
    return one_window_take(store, job->call->hall, job->profile, job->message, job->call->who,
                           job->call->now_ms, &job->answer);
}

static void reply_taken(HttpRequest *request, const OneWindowAnswer *taken)
{
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, taken->id);
    answer(request, taken->state == ONE_WINDOW_REFUSED ? 400 : 200,
           taken->why[0] ? taken->why : "已接收 / taken",
           json_pack("{s:s, s:s}", "id", id, "state", one_window_state_name(taken->state)));
}

static OneWindowMessage *read_message(HttpRequest *request, const Profile *profile,
                                      OneWindowCall call)
{
    size_t size;
    const char *bytes = http_body(request, &size);
    g_autofree char *form = form_text(request, bytes, size);
    return one_window_message_new(profile, call_of(request)->hall->seal, call, form ? form : bytes,
                                  form ? strlen(form) : size);
}

static void take(HttpRequest *request, const Call *call, OneWindowCall which)
{
    g_autoptr(Profile) profile = one_window_profile(call->hall->config);
    g_autoptr(OneWindowMessage) message = read_message(request, profile, which);
    TakeJob job = { .call = call, .profile = profile, .message = message };
    int err = call_write(request, take_run, &job);
    if (err == 0) {
        reply_taken(request, &job.answer);
        return;
    }
    log_err("one-window message: not stored: %s", g_strerror(-err));
    answer(request, 503, "暂未保存，请稍后原样重发 / not stored now: send it again as it is", NULL);
}

void api_one_window_take(HttpRequest *request, void *ctx)
{
    const Call *call = call_of(request);
    OneWindowCall which;
    if (!one_window_call_parse(strrchr(http_path(request), '/') + 1, &which))
        answer(request, 404, "没有这个接口 / there is no such call", NULL);
    else if (!call->hall->seal)
        answer(request, 503,
               "本机缺少 person.key，无法保存报文，请联系大厅管理员 / the box has no person.key",
               NULL);
    else
        take(request, call, which);
}

// --- what its administrator sees

void api_one_window(HttpRequest *request, void *ctx)
{
    Store *store = call_store(request);
    if (store)
        http_reply_json(request, 200, one_window_standing(store, call_of(request)->hall->config));
}

void api_one_window_messages(HttpRequest *request, void *ctx)
{
    static const char *const states[] = { "taken", "waiting", "contradicted", "refused", NULL };
    static const char *const names[] = { "receiveBasicInfo", "receiveProc", "receiveSpecialnode",
                                         "receiveDone", NULL };
    g_auto(Query) query = query_of(request);
    const char *format = query_format(&query, sheet_formats);
    Cursor cursor = query_cursor(&query);
    OneWindowFilter filter = { .state = query_choice(&query, "state", states),
                               .call = query_choice(&query, "call", names),
                               .text = query_text(&query, "q", CASE_NUMBER_MAX),
                               .before_id = cursor.before_id ? cursor.before_ms : STORE_NULL,
                               .limit = query_limit(&query) };
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (store && format)
        listing_reply(request, &query, format, &api_sheet_one_window, &filter, sizeof filter);
    else if (store)
        http_reply_json(request, 200, one_window_list(store, &filter));
}

static int64_t read_id(HttpRequest *request)
{
    const char *text = http_param(request, "id");
    size_t size = strlen(text);
    bool ok = size >= 1 && size <= ID_DIGITS && strspn(text, G_CSET_DIGITS) == size;
    return ok ? g_ascii_strtoll(text, NULL, 10) : -1;
}

void api_one_window_message(HttpRequest *request, void *ctx)
{
    Store *store = call_store(request);
    if (store)
        call_reply_found(request, one_window_get(store, read_id(request)), "message with this id");
}

typedef struct {
    const Call *call;
    int64_t id;
    const char *why;
    char *text;
    int opened;
} RawJob;

static int raw_run(Store *store, void *data)
{
    RawJob *job = data;
    const Call *call = job->call;
    job->opened = one_window_raw(store, call->hall, job->id, &job->text);
    if (job->opened == -ENOENT)
        return -ENOENT;
    g_autofree char *subject = g_strdup_printf("one_window:%" G_GINT64_FORMAT, job->id);
    return audit_add(store, call->now_ms, call->who, "one_window.raw", subject, job->why);
}

static void reply_raw(HttpRequest *request, const RawJob *job)
{
    if (job->opened == -ENODATA)
        http_reply_error(request, 410, "erased", "Its text was erased after rules.person_days.");
    else if (job->opened < 0)
        http_reply_error(request, 409, "sealed",
                         "Its text cannot be read: it was encrypted with another person.key.");
    else
        http_reply_json(request, 200, json_pack("{s:s}", "text", job->text));
}

// As it came, with persons: after an audit row.
void api_one_window_raw(HttpRequest *request, void *ctx)
{
    Query query = query_of(request);
    RawJob job = { .call = call_of(request),
                   .id = read_id(request),
                   .why = query_text(&query, "why", WHY_MAX) };
    if (!job.why)
        query_fail(&query, "why: say what the whole message is needed for");
    if (!query_check(&query))
        return;
    int err = call_write(request, raw_run, &job);
    if (err < 0)
        call_reply_failure(request, err, "message with this id", "");
    else
        reply_raw(request, &job);
    g_free(job.text);
}
