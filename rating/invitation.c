// SPDX-License-Identifier: Apache-2.0
#include "rating/invitation.h"

#include "base/clock.h"
#include "base/secret.h"
#include "rating/calendar.h"
#include "rating/shape.h"
#include "rating/ticket.h"

#include <errno.h>
#include <string.h>

enum { ERROR_SIZE = 200 };

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

// The longest that a pad of the counter has.
static int64_t window_ms(const Config *config, const char *counter)
{
    int seconds = 0;
    for (guint i = 0; i < config->pads->len; i++) {
        const ConfigPad *pad = g_ptr_array_index(config->pads, i);
        if (strcmp(pad->counter, counter) == 0)
            seconds = MAX(seconds, pad->seconds ? pad->seconds : config->rules.invitation_seconds);
    }
    return INT64_C(1000) * (seconds ? seconds : config->rules.invitation_seconds);
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
        .expires_ms = input->now_ms + window_ms(hall->config, input->counter),
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

// --- of a finished case

typedef struct {
    char *counter, *item_name, *staff_number, *staff_name;
    int64_t finished_ms;
} FinishedCase;

static void finished_case_done(FinishedCase *found)
{
    g_free(found->counter);
    g_free(found->item_name);
    g_free(found->staff_number);
    g_free(found->staff_name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FinishedCase, finished_case_done)

static int find_case(Store *store, const Hall *hall, const char *number, FinishedCase *found,
                     char *error)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT counter, item_name, person_number, person_name, finished_at"
                    " FROM case_file WHERE number = ?",
                    "s", number);
    if (!store_step(query))
        return store_query_result(query) < 0 ? store_query_result(query) : -ENOENT;
    *found = (FinishedCase){ g_strdup(store_text(query, 0)), g_strdup(store_text(query, 1)),
                             g_strdup(store_text(query, 2)), g_strdup(store_text(query, 3)),
                             store_int(query, 4) };
    const char *lack = store_is_null(query, 4) ? "the case is not finished yet"
                       : !found->counter || !config_counter(hall->config, found->counter)
                           ? "no counter of this hall is known of the case"
                           : NULL;
    if (!lack)
        return 0;
    g_strlcpy(error, lack, ERROR_SIZE);
    return -EINVAL;
}

// 1: there is one that is still good. 0: none.
static int find_good(Store *store, const char *number, int64_t now_ms, Invitation *invitation)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT id, created_at, expires_at FROM invitation WHERE case_number = ? AND by_code = 1"
        " AND rating IS NULL AND expires_at > ? ORDER BY expires_at DESC LIMIT 1",
        "si", number, now_ms);
    if (!store_step(query))
        return store_query_result(query);
    invitation->id = g_strdup(store_text(query, 0));
    invitation->created_ms = store_int(query, 1);
    invitation->expires_ms = store_int(query, 2);
    return 1;
}

static bool is_rated(Store *store, const char *number)
{
    return store_value(store, 0,
                       "SELECT 1 FROM rating WHERE case_number = ? AND is_counted = 1 LIMIT 1", "s",
                       number);
}

static int64_t late_end(const Hall *hall, int64_t finished_ms)
{
    CalendarDay day = calendar_add(hall->calendar, calendar_day_of(finished_ms),
                                   hall->config->rules.late_rating_days);
    return calendar_day_start(day + 1);
}

static int insert_by_code(Store *store, const Hall *hall, Invitation *invitation, int64_t now_ms)
{
    invitation->id = secret_uuid();
    invitation->created_ms = now_ms;
    int err = insert_invitation(store, invitation, NULL);
    if (err >= 0)
        err = store_exec(store, "UPDATE invitation SET by_code = 1 WHERE id = ?", "s",
                         invitation->id);
    if (err >= 0)
        note(hall, invitation->id);
    return MIN(err, 0);
}

int invitation_of_case(Store *store, const Hall *hall, const char *case_number, int64_t now_ms,
                       Invitation *ret_invitation, char *error)
{
    g_auto(FinishedCase) found = { 0 };
    *ret_invitation = (Invitation){ 0 };
    int err = find_case(store, hall, case_number, &found, error);
    if (err < 0)
        return err;
    int64_t expires_ms = late_end(hall, found.finished_ms);
    if (is_rated(store, case_number) || expires_ms <= now_ms) {
        g_snprintf(error, ERROR_SIZE, "the case %s",
                   expires_ms <= now_ms ? "was finished too long ago" : "has been rated");
        return -EEXIST;
    }
    Invitation invitation = { .counter = g_steal_pointer(&found.counter),
                              .case_number = g_strdup(case_number),
                              .item_name = g_steal_pointer(&found.item_name),
                              .staff_number = g_steal_pointer(&found.staff_number),
                              .staff_name = g_steal_pointer(&found.staff_name),
                              .expires_ms = expires_ms };
    err = find_good(store, case_number, now_ms, &invitation);
    if (err == 0)
        err = insert_by_code(store, hall, &invitation, now_ms);
    if (err < 0) {
        invitation_done(&invitation);
        return err;
    }
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
