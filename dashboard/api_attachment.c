// SPDX-License-Identifier: Apache-2.0
// Pictures that people give with cards and complaints: sent once under an id of the page's own,
// then named by what they belong to. They go out as pictures and nothing else, and each look is on
// the audit record, since a scan may show a name.
#include "dashboard/api.h"

#include "base/sha256.h"
#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "rating/attachment.h"
#include "rating/card.h"

#include <errno.h>
#include <string.h>

#define CARD_REF      "card:"
#define COMPLAINT_REF "complaint:"
#define STAFF_REF     "staff:" // the photo that the hall shows (rating/master.h)

// --- in

typedef struct {
    AttachmentInput input;
    int added;
} AddJob;

static int add_run(Store *store, void *data)
{
    AddJob *job = data;
    job->added = attachment_add(store, &job->input);
    return MIN(job->added, 0);
}

static void hash(const void *bytes, size_t size, char *ret_hex)
{
    uint8_t sum[SHA256_BYTES];
    g_autoptr(Sha256) sha256 = sha256_new();
    sha256_update(sha256, bytes, size);
    sha256_read(sha256, sum);
    sha256_hex(sum, ret_hex);
}

// The file first, but not over another's: the row says whose the id is.
static void keep(HttpRequest *request, AddJob *job, const void *bytes)
{
    const Call *call = call_of(request);
    const char *id = job->input.id;
    json_t *known = attachment_get(call->store, id);
    int err = known ? 0
                    : attachment_keep(call->dashboard->options.data_dir, id, bytes,
                                      (size_t)job->input.size);
    json_decref(known);
    if (err == 0)
        err = call_write(request, add_run, job);
    if (err < 0)
        call_reply_failure(request, err, "the picture",
                           err == -EEXIST ? "Another picture has this id." : "");
    else
        http_reply_json(request, job->added ? 201 : 200, attachment_get(call->store, id));
}

void api_attachment_put(HttpRequest *request, void *ctx)
{
    const Call *call = call_of(request);
    const char *id = http_param(request, "id");
    size_t size;
    const void *bytes = http_body(request, &size);
    char hex[SHA256_HEX];
    AddJob job = { .input = { .id = id,
                              .who = call->who,
                              .sha256 = hex,
                              .size = (int64_t)size,
                              .now_ms = call->now_ms } };
    if (!api_is_uuid(id)) {
        call_reply_failure(request, -EINVAL, "", "The id must be a UUID that the page has made.");
    } else if (!attachment_look(bytes, size, &job.input.picture)) {
        call_reply_failure(
            request, -EINVAL, "",
            "This is no whole JPEG or PNG of at most 4 MiB and 12000 pixels a side.");
    } else if (call_store(request)) {
        hash(bytes, size, hex);
        keep(request, &job, bytes);
    }
}

// --- out

// Whoever has given it sees it; others as they see what it belongs to.
static bool may_see(const Call *call, const json_t *attachment)
{
    g_autofree char *staff = NULL;
    Actor actor = call_actor(call, call->store, &staff);
    const char *ref = json_string_value(json_object_get(attachment, "ref"));
    if (!ref)
        return strcmp(json_string_value(json_object_get(attachment, "by")), call->who) == 0;
    if (g_str_has_prefix(ref, CARD_REF))
        return card_shows_scan(call->store, ref + strlen(CARD_REF), &actor);
    if (g_str_has_prefix(ref, STAFF_REF))
        return true;
    g_autofree char *own = NULL;
    ComplaintReader reader = api_complaint_reader(call, &own);
    return g_str_has_prefix(ref, COMPLAINT_REF) &&
           complaint_shows(call->store, ref + strlen(COMPLAINT_REF), &reader);
}

typedef struct {
    const Call *call;
    const char *id, *ref;
} LookJob;

static int look_run(Store *store, void *data)
{
    LookJob *job = data;
    return audit_add(store, job->call->now_ms, job->call->who, "attachment.view", job->id,
                     job->ref);
}

static void show(HttpRequest *request, const json_t *attachment)
{
    const Call *call = call_of(request);
    LookJob job = { .call = call,
                    .id = json_string_value(json_object_get(attachment, "id")),
                    .ref = json_string_value(json_object_get(attachment, "ref")) };
    g_autofree char *bytes = NULL;
    size_t size = 0;
    int err = attachment_bytes(call->dashboard->options.data_dir, job.id, &bytes, &size);
    if (err == 0 && !(job.ref && g_str_has_prefix(job.ref, STAFF_REF)))
        err = call_write(request, look_run, &job);
    if (err < 0) {
        call_reply_failure(request, err, "picture with this id", "");
        return;
    }
    // Opened by itself it runs nothing and loads nothing.
    http_add_header(request, "Content-Security-Policy", "default-src 'none'; sandbox");
    http_add_header(request, "X-Content-Type-Options", "nosniff");
    http_add_header(request, "Content-Disposition", "inline; filename=\"picture\"");
    http_reply_bytes(request, 200, json_string_value(json_object_get(attachment, "type")), bytes,
                     size);
}

void api_attachment(HttpRequest *request, void *ctx)
{
    Store *store = call_store(request);
    json_t *attachment = store ? attachment_get(store, http_param(request, "id")) : NULL;
    if (attachment && may_see(call_of(request), attachment))
        show(request, attachment);
    else if (store)
        call_reply_failure(request, -ENOENT, "picture with this id that you may see", "");
    json_decref(attachment);
}
