// SPDX-License-Identifier: Apache-2.0
#include "rating/rating.h"

#include "base/clock.h"
#include "rating/correlation.h"
#include "rating/follow_up.h"
#include "rating/hold.h"
#include "rating/mood.h"
#include "rating/province.h"
#include "rating/notify.h"
#include "rating/rectification.h"
#include "rating/tag.h"

#include <errno.h>
#include <string.h>

enum { LEVEL_BAD = 2, LEVEL_BEST = 5, DAY_MS = 24 * 60 * 60 * 1000 };

static void note(const Hall *hall, const char *kind, const char *id)
{
    if (hall->changed)
        hall->changed(hall->ctx, kind, id);
}

static char *tags_text(const RatingInput *input)
{
    json_t *codes = json_array();
    for (size_t i = 0; i < input->n_tags; i++)
        json_array_append_new(codes, json_string(input->tags[i]));
    char *text = json_dumps(codes, JSON_COMPACT); // the program's JSON and GLib share malloc
    json_decref(codes);
    return text;
}

static int insert_rating(Store *store, const Hall *hall, const RatingInput *in,
                         const Correlation *c)
{
    const ConfigCounter *counter = config_counter(hall->config, in->counter);
    bool counted = !(c->marks & (MARK_REPEATED | MARK_FOLLOW_UP));
    g_autofree char *tags = tags_text(in);
    g_autofree char *version = tag_version();
    int err = store_exec(
        store,
        "INSERT INTO rating(id, level, tags, tags_version, text, channel, pad, counter, "
        "counter_name, boot, seq, invitation, case_number, ticket, staff_number, staff_name, "
        "event_at, received_at, pad_clock_at, age_ms, clock_kind, marks, is_counted, camera, "
        "clip_from, clip_to, origin, follows, n) "
        "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?, "
        "(SELECT coalesce(max(n), 0) + 1 FROM rating))",
        "sissssssssisssssiinisiisnnss", in->id, (int64_t)in->level, tags, version, in->text,
        in->channel, in->pad, in->counter, counter ? counter->name : in->counter, in->boot, in->seq,
        in->invitation, c->case_number, c->ticket, c->staff_number, c->staff_name, in->event_ms,
        in->received_ms, in->pad_clock_ms, in->age_ms, in->clock_kind, (int64_t)c->marks,
        (int64_t)counted, c->camera, c->clip_from_ms, c->clip_to_ms, in->origin, in->follows);
    return MIN(err, 0);
}

static int use_invitation(Store *store, const Hall *hall, const RatingInput *input)
{
    int err = store_exec(store,
                         "UPDATE invitation SET state = 'rated', rated_at = ?, rating = ?, "
                         "pad = coalesce(pad, ?) WHERE id = ?",
                         "isss", input->event_ms, input->id, input->pad, input->invitation);
    if (err > 0)
        note(hall, "invitation", input->invitation);
    return MIN(err, 0);
}

static int hold_clip(Store *store, const Hall *hall, const RatingInput *input, const Correlation *c)
{
    int64_t days = hall->config->storage.rating_hold_days;
    g_autofree char *ref = g_strconcat("rating:", input->id, NULL);
    HoldInput hold = { .camera = c->camera,
                       .from_ms = c->clip_from_ms,
                       .to_ms = c->clip_to_ms,
                       .reason = "bad rating",
                       .ref = ref,
                       .who = HOLD_SYSTEM,
                       .until_ms = days ? input->received_ms + days * DAY_MS : STORE_NULL,
                       .now_ms = input->received_ms };
    return hold_want(store, hall, &hold, NULL);
}

static int keep_person(Store *store, const Hall *hall, const RatingInput *input)
{
    g_autofree char *subject = g_strconcat("rating:", input->id, NULL);
    return MIN(0, person_put(store, hall, subject, input->person, input->received_ms));
}

static int tell_bad(Store *store, const Hall *hall, const RatingInput *input)
{
    g_autofree char *subject = g_strconcat("rating:", input->id, NULL);
    int64_t due_ms = store_value(
        store, STORE_NULL, "SELECT due_at FROM rectification WHERE rating = ?", "s", input->id);
    NotifyInput told = { .event = "rating_bad",
                         .id = input->id,
                         .subject = subject,
                         .rating = input->id,
                         .counter = input->counter,
                         .level = input->level,
                         .due_ms = due_ms,
                         .now_ms = input->received_ms };
    return notify(store, hall, &told);
}

static bool is_complete(const RatingInput *input)
{
    return input->id && *input->id && input->counter && input->channel && input->level >= 1 &&
           input->level <= LEVEL_BEST;
}

// A bad rating that counts: one that does not (a repetition) is no second complaint.
static int complain(Store *store, const Hall *hall, const RatingInput *input)
{
    // A card is known of when it has been confirmed, and tells of no moment.
    bool is_card = input->is_of_day;
    int err =
        rectification_begin(store, hall, input->id, is_card ? input->received_ms : input->event_ms);
    if (err == 0)
        err = tell_bad(store, hall, input);
    if (err < 0 || is_card)
        return err;
    return MIN(0, mood_judge(store, hall, input->counter, input->event_ms, input->received_ms));
}

// A follow-up that is worse than a first which nobody worked on begins the life of a bad rating; of
// a first that is being worked on it is no second complaint, and neither is a repetition.
static bool is_complaint(Store *store, const RatingInput *input, const Correlation *c)
{
    if (input->level > LEVEL_BAD || c->marks & MARK_REPEATED)
        return false;
    return !input->follows || !store_value(store, 0, "SELECT 1 FROM rectification WHERE rating = ?",
                                           "s", input->follows);
}

// Whether the id is known; then what the outcome is.
static bool find_known(Store *store, const RatingInput *input, RatingOutcome *ret_outcome)
{
    g_autoptr(StoreQuery) query = store_query(
        store, "SELECT level = ? AND counter = ? AND channel = ? FROM rating WHERE id = ?", "isss",
        (int64_t)input->level, input->counter, input->channel, input->id);
    if (!store_step(query))
        return false;
    *ret_outcome = store_int(query, 0) ? RATING_DUPLICATE : RATING_OTHER;
    return true;
}

static int find_subject(Store *store, const Hall *hall, const RatingInput *input, Correlation *c)
{
    return input->follows ? follow_up_find(store, hall, input, c)
                          : correlation_find(store, hall, input, c);
}

int rating_store(Store *store, const Hall *hall, const RatingInput *input,
                 RatingOutcome *ret_outcome)
{
    if (!is_complete(input))
        return -EINVAL;
    if (find_known(store, input, ret_outcome))
        return 0;
    g_auto(Correlation) c = { 0 };
    int err = find_subject(store, hall, input, &c);
    if (err < 0)
        return err;
    err = insert_rating(store, hall, input, &c);
    *ret_outcome = RATING_STORED;
    if (err == 0 && c.uses_invitation)
        err = use_invitation(store, hall, input);
    if (err == 0 && c.camera && input->level <= LEVEL_BAD)
        err = hold_clip(store, hall, input, &c);
    if (err == 0 && is_complaint(store, input, &c))
        err = complain(store, hall, input);
    if (err == 0 && input->person)
        err = keep_person(store, hall, input);
    if (err == 0)
        err = province_tell(store, hall, input->id, NULL, input->received_ms);
    if (err == 0)
        note(hall, "rating", input->id);
    return err;
}

int rating_take_out(Store *store, const Hall *hall, const char *id)
{
    int err =
        store_exec(store, "UPDATE rating SET is_counted = 0, marks = marks | ?2 WHERE id = ?1",
                   "si", id, (int64_t)MARK_VOID);
    if (err <= 0)
        return err;
    note(hall, "rating", id);
    return province_tell(store, hall, id, "void", clock_wall_ms());
}

int rating_case_known(Store *store, const Hall *hall, const char *number)
{
    int err = 0;
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "UPDATE rating SET marks = marks & ~?2 WHERE case_number = ?1 AND marks & ?2 "
                    "RETURNING id",
                    "si", number, (int64_t)MARK_UNKNOWN_CASE);
    while (err == 0 && store_step(query)) {
        const char *id = store_text(query, 0);
        note(hall, "rating", id);
        err = province_tell(store, hall, id, "case", clock_wall_ms());
    }
    return err < 0 ? err : store_query_result(query);
}
