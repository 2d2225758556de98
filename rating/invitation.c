// SPDX-License-Identifier: Apache-2.0
#include "rating/invitation.h"

#include "base/clock.h"
#include "base/secret.h"
#include "rating/shape.h"
#include "rating/ticket.h"

#include <errno.h>

static void note(const Hall *hall, const char *id)
{
    if (hall->changed)
        hall->changed(hall->ctx, "invitation", id);
}

static char *item_name_of(Store *store, const char *case_number)
{
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT item_name FROM case_file WHERE number = ?", "s", case_number);
    return store_step(query) ? g_strdup(store_text(query, 0)) : NULL;
}

static int insert_invitation(Store *store, const Invitation *invitation, const char *ticket)
{
    const Invitation *v = invitation;
    return store_exec(store,
                      "INSERT INTO invitation(id, counter, case_number, ticket, item_name, "
                      "staff_number, staff_name, created_at, expires_at, state) "
                      "VALUES(?,?,?,?,?,?,?,?,?,'waiting')",
                      "sssssssii", v->id, v->counter, v->case_number, ticket, v->item_name,
                      v->staff_number, v->staff_name, v->created_ms, v->expires_ms);
}

static int fill_staff(Store *store, const InvitationInput *input, Invitation *invitation)
{
    if (!input->staff_number)
        return duty_at(store, input->counter, input->now_ms, &invitation->staff_number,
                       &invitation->staff_name);
    invitation->staff_number = g_strdup(input->staff_number);
    invitation->staff_name = g_strdup(input->staff_name);
    return 0;
}

int invitation_new(Store *store, const Hall *hall, const InvitationInput *input,
                   Invitation *ret_invitation)
{
    *ret_invitation = (Invitation){ 0 };
    if (!config_counter(hall->config, input->counter))
        return -ENOENT;
    Invitation invitation = {
        .id = secret_uuid(),
        .counter = g_strdup(input->counter),
        .case_number = g_strdup(input->case_number),
        .item_name = input->case_number ? item_name_of(store, input->case_number) : NULL,
        .created_ms = input->now_ms,
        .expires_ms = input->now_ms + (int64_t)hall->config->rules.invitation_seconds * 1000,
    };
    g_autofree char *ticket = NULL, *ticket_case = NULL;
    int err = fill_staff(store, input, &invitation);
    if (err == 0)
        err = ticket_in_service(store, input->counter, input->now_ms, &ticket, &ticket_case);
    if (err == 0)
        err = insert_invitation(store, &invitation, ticket);
    if (err < 0) {
        invitation_done(&invitation);
        return err;
    }
    note(hall, invitation.id);
    *ret_invitation = invitation;
    return 0;
}

void invitation_done(Invitation *invitation)
{
    g_clear_pointer(&invitation->id, g_free);
    g_clear_pointer(&invitation->counter, g_free);
    g_clear_pointer(&invitation->case_number, g_free);
    g_clear_pointer(&invitation->item_name, g_free);
    g_clear_pointer(&invitation->staff_number, g_free);
    g_clear_pointer(&invitation->staff_name, g_free);
}

// A pad that the config does not know (it was just taken out) may still answer.
static int check_pad(Store *store, const Hall *hall, const char *id, const char *pad)
{
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT counter FROM invitation WHERE id = ?", "s", id);
    if (!store_step(query))
        return store_query_result(query) < 0 ? store_query_result(query) : -ENOENT;
    const ConfigPad *known = pad ? config_pad(hall->config, pad) : NULL;
    return known && g_strcmp0(known->counter, store_text(query, 0)) != 0 ? -EACCES : 0;
}

int invitation_acknowledge(Store *store, const Hall *hall, const char *id, const char *pad,
                           const char *state, int64_t now_ms)
{
    static const char *const states[] = { "shown", "refused", "expired", "busy", NULL };
    if (!g_strv_contains(states, state))
        return -EINVAL;
    int err = check_pad(store, hall, id, pad);
    if (err < 0)
        return err;
    int changed = store_exec(store,
                             "UPDATE invitation SET state = ?, pad = ?, acknowledged_at = ? "
                             "WHERE id = ? AND state IN ('waiting','shown')",
                             "ssis", state, pad, now_ms, id);
    if (changed > 0)
        note(hall, id);
    return MIN(changed, 0);
}

// The box's clock ends an invitation, whether or not a pad has said so.
json_t *invitation_get(Store *store, const char *id)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT id, counter, case_number, item_name, staff_number, staff_name, pad, "
                    "CASE WHEN state IN ('waiting','shown') AND expires_at < ?2 THEN 'expired' "
                    "ELSE state END AS state, created_at, expires_at, rated_at, rating "
                    "FROM invitation WHERE id = ?1",
                    "si", id, clock_wall_ms());
    if (!store_step(query))
        return NULL;
    json_t *row = store_row_json(query);
    shape_nest(row, "staff");
    return row;
}
