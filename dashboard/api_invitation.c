// SPDX-License-Identifier: Apache-2.0
#include "dashboard/api.h"

#include "base/fields.h"
#include "dashboard/call.h"
#include "rating/invitation.h"

enum { ID_MAX = 64, NAME_MAX_BYTES = 100 };

typedef struct {
    const Hall *hall;
    InvitationInput input;
    Invitation invitation; // out
} InvitationJob;

static int invitation_run(Store *store, void *data)
{
    InvitationJob *job = data;
    return invitation_new(store, job->hall, &job->input, &job->invitation);
}

static json_t *read_invitation(const Call *call, const char *id)
{
    json_t *invitation = invitation_get(call->store, id);
    if (invitation && !call_sees_ratings(call))
        json_object_set_new(invitation, "rating", json_null());
    return invitation;
}

// After the commit: what the pads are asked to show is on disk.
static void reply_invited(HttpRequest *request, const Invitation *invitation)
{
    const Call *call = call_of(request);
    const DashboardOptions *options = &call->dashboard->options;
    int pads = options->invite(options->ctx, invitation);
    json_t *answer = read_invitation(call, invitation->id);
    json_object_set_new(answer, "pads", json_integer(pads));
    http_reply_json(request, 201, answer);
}

static bool read_input(HttpRequest *request, json_t *body, InvitationInput *ret_input)
{
    Fields fields = fields_of(body);
    ret_input->counter = fields_text_required(&fields, "counter", ID_MAX);
    ret_input->case_number = fields_text(&fields, "case", CASE_NUMBER_MAX);
    json_t *staff_object = fields_object(&fields, "staff");
    Fields staff = fields_of(staff_object);
    if (staff_object) {
        ret_input->staff_number = fields_text_required(&staff, "number", ID_MAX);
        ret_input->staff_name = fields_text_required(&staff, "name", NAME_MAX_BYTES);
    }
    if (!fields.error[0] && staff.error[0])
        fields_fail(&fields, "staff: %s", staff.error);
    if (!fields.error[0])
        return true;
    http_reply_error(request, 400, "invalid", "%s", fields.error);
    return false;
}

void api_invitation_post(HttpRequest *request, void *ctx)
{
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    const Call *call = call_of(request);
    InvitationJob job = { .hall = call->hall, .input.now_ms = call->now_ms };
    if (read_input(request, body, &job.input) &&
        call_check_staff(request, job.input.staff_number)) {
        int err = call_write(request, invitation_run, &job);
        if (err < 0)
            call_reply_failure(request, err, "counter with this id; see GET /api/v1/counters", "");
        else
            reply_invited(request, &job.invitation);
        invitation_done(&job.invitation);
    }
    json_decref(body);
}

void api_invitation(HttpRequest *request, void *ctx)
{
    if (call_store(request))
        call_reply_found(request, read_invitation(call_of(request), http_param(request, "id")),
                         "invitation with this id");
}
