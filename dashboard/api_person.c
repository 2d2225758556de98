// SPDX-License-Identifier: Apache-2.0
// Persons: a whole name and number for who has a reason to see it. Each look is an audit row, which
// is on the disk before anything is shown; whoever was rated never sees who rated.
#include "dashboard/api.h"

#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "dashboard/query.h"
#include "rating/person.h"

#include <errno.h>

enum { WHY_MAX = 500 };

typedef struct {
    const Call *call;
    const char *subject; // of person.h
    const char *action;  // on the audit record
    const char *why;
    Person person;
    int opened; // what person_open said, once the look is on record
    char error[200];
} LookJob;

static int look_run(Store *store, void *data)
{
    LookJob *job = data;
    const Call *call = job->call;
    g_autofree char *staff = account_staff(store, call->who);
    if (!person_may_look(store, job->subject, staff)) {
        g_strlcpy(job->error, "whoever was rated does not see who rated", sizeof job->error);
        return -EACCES;
    }
    job->opened = person_open(store, call->hall, job->subject, &job->person);
    if (job->opened == -ENOENT)
        return -ENOENT;
    return audit_add(store, call->now_ms, call->who, job->action, job->subject, job->why);
}

static void reply_look(HttpRequest *request, const LookJob *job)
{
    const Person *person = &job->person;
    if (job->opened < 0)
        http_reply_error(request, 409, "sealed",
                         "The name and number cannot be read: they were encrypted with another "
                         "person.key than this box has now.");
    else
        http_reply_json(request, 200,
                        json_pack("{s:s?, s:s?, s:s?, s:s?}", "name", person->name, "phone",
                                  person->phone, "phone_tail", person->phone_tail, "id_number",
                                  person->id_number));
}

static void look(HttpRequest *request, const char *subject, const char *action)
{
    Query query = query_of(request);
    LookJob job = { .call = call_of(request),
                    .subject = subject,
                    .action = action,
                    .why = query_text(&query, "why", WHY_MAX) };
    if (!job.why)
        query_fail(&query, "why: say what the name or number is needed for");
    if (!query_check(&query))
        return;
    int err = call_write(request, look_run, &job);
    if (err < 0)
        call_reply_failure(request, err, "name or telephone kept here", job.error);
    else
        reply_look(request, &job);
    person_done(&job.person);
}

void api_rating_person(HttpRequest *request, void *ctx)
{
    g_autofree char *subject = g_strconcat("rating:", http_param(request, "id"), NULL);
    look(request, subject, "rating.person");
}

void api_complaint_person(HttpRequest *request, void *ctx)
{
    g_autofree char *subject = g_strconcat("complaint:", http_param(request, "id"), NULL);
    look(request, subject, "complaint.person");
}

void api_case_person(HttpRequest *request, void *ctx)
{
    g_autofree char *subject = g_strconcat("case:", http_param(request, "number"), NULL);
    look(request, subject, "case.person");
}
