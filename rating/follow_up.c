// SPDX-License-Identifier: Apache-2.0
#include "rating/follow_up.h"

#include "rating/calendar.h"
#include "rating/shape.h"

#include <errno.h>

enum { COUNTER, CHANNEL, INVITATION, LEVEL, EVENT_AT, HAS_FOLLOW_UP, CASE, TICKET, STAFF_NUMBER };
enum { STAFF_NAME = STAFF_NUMBER + 1, CAMERA, CLIP_FROM, CLIP_TO };

#define FIRST                                                                                      \
    "SELECT counter, channel, invitation, level, event_at,"                                        \
    " EXISTS (SELECT 1 FROM rating f WHERE f.follows = r.id), case_number, ticket, staff_number,"  \
    " staff_name, camera, clip_from, clip_to"                                                      \
    " FROM rating r WHERE id = ? AND follows IS NULL AND is_counted = 1"

static int64_t end_of(const Hall *hall, int64_t first_ms)
{
    int days = hall->config->rules.follow_up_days;
    if (!days)
        return 0;
    return calendar_day_start(calendar_add(hall->calendar, calendar_day_of(first_ms), days) + 1);
}

// A telephone has an origin and shows its receipt, or comes by the code that the first came by;
// another system is known by its own channel.
static bool is_same_citizen(StoreQuery *first, const RatingInput *input)
{
    if (g_strcmp0(store_text(first, COUNTER), input->counter) != 0)
        return false;
    if (input->origin)
        return input->has_receipt || (input->invitation && g_strcmp0(store_text(first, INVITATION),
                                                                     input->invitation) == 0);
    return g_strcmp0(store_text(first, CHANNEL), input->channel) == 0;
}

static int judge(StoreQuery *first, const Hall *hall, const RatingInput *input)
{
    if (!is_same_citizen(first, input))
        return -EACCES;
    if (store_int(first, HAS_FOLLOW_UP))
        return -EEXIST;
    return input->event_ms < end_of(hall, store_int(first, EVENT_AT)) ? 0 : -ETIMEDOUT;
}

int follow_up_find(Store *store, const Hall *hall, const RatingInput *input,
                   Correlation *ret_correlation)
{
    Correlation *c = ret_correlation;
    *c = (Correlation){ .clip_from_ms = STORE_NULL, .clip_to_ms = STORE_NULL };
    g_autoptr(StoreQuery) first = store_query(store, FIRST, "s", input->follows);
    if (!store_step(first))
        return store_query_result(first) < 0 ? store_query_result(first) : -ENOENT;
    int err = judge(first, hall, input);
    if (err < 0)
        return err;
    const char *camera = store_text(first, CAMERA);
    const ConfigCamera *known = camera ? config_camera(hall->config, camera) : NULL;
    c->case_number = g_strdup(store_text(first, CASE));
    c->ticket = g_strdup(store_text(first, TICKET));
    c->staff_number = g_strdup(store_text(first, STAFF_NUMBER));
    c->staff_name = g_strdup(store_text(first, STAFF_NAME));
    c->marks = MARK_FOLLOW_UP;
    if (!known)
        return 0;
    c->camera = known->id;
    c->clip_from_ms = store_int(first, CLIP_FROM);
    c->clip_to_ms = store_int(first, CLIP_TO);
    return 0;
}

json_t *follow_up_offer(Store *store, const Hall *hall, const char *id, int64_t now_ms)
{
    g_autoptr(StoreQuery) first = store_query(store, FIRST, "s", id);
    if (!id || !store_step(first) || store_int(first, HAS_FOLLOW_UP))
        return json_null();
    int64_t at_ms = store_int(first, EVENT_AT), end_ms = end_of(hall, at_ms);
    if (now_ms >= end_ms)
        return json_null();
    return json_pack("{s:s, s:I, s:o, s:o}", "follows", id, "level",
                     (json_int_t)store_int(first, LEVEL), "at", shape_time(at_ms), "until_at",
                     shape_time(end_ms));
}
