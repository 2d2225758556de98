// SPDX-License-Identifier: Apache-2.0
#include "mqtt/queue_message.h"
#include "base/fields.h"
#include <errno.h>
#include <string.h>

#define VERSION        1
#define CLOCK_MAX_MS   253402300799999LL
#define TICKET_LETTERS G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_.:"

static bool is_text(const char *text)
{
    for (const char *p = text; *p; p++)
        if (g_ascii_iscntrl(*p))
            return false;
    return *text != '\0';
}

static const char *read_name(Fields *fields, const char *key, size_t max)
{
    const char *name = fields_text_required(fields, key, max);
    if (name && (!*name || strspn(name, TICKET_LETTERS) != strlen(name)))
        fields_fail(fields, "%s: letters, digits, - _ . and : are allowed", key);
    return name;
}

static const char *read_event(Fields *fields)
{
    static const char *const events[] = {
        "issued", "called", "served", "finished", "missed", NULL
    };
    const char *event = fields_text_required(fields, "event", 16);
    if (event && !g_strv_contains(events, event))
        fields_fail(fields, "event is \"%.16s\"; issued, called, served, finished or missed",
                    event);
    return event;
}

static void read_message(Fields *fields, QueueMessage *message)
{
    fields_int_required(fields, "v", VERSION, VERSION);
    message->id = read_name(fields, "id", PAD_ID_MAX);
    message->ticket = read_name(fields, "ticket", QUEUE_TICKET_MAX);
    message->number = fields_text_required(fields, "number", QUEUE_NUMBER_MAX);
    if (message->number && !is_text(message->number))
        fields_fail(fields, "number is empty or has a control character");
    message->event = read_event(fields);
    message->counter = fields_text(fields, "counter", QUEUE_COUNTER_MAX);
    message->case_number = fields_text(fields, "case", QUEUE_CASE_MAX);
    message->clock_ms = fields_time(fields, "at", PAD_TIME_UNKNOWN);
    if (message->clock_ms != PAD_TIME_UNKNOWN &&
        (message->clock_ms < 0 || message->clock_ms > CLOCK_MAX_MS))
        fields_fail(fields, "at lies outside the years 1970 to 9999");
    message->has_age = json_object_get(fields->object, "age") != NULL;
    message->age_ms = MIN(fields_int(fields, "age", 0, PAD_NUMBER_MAX, 0), (int64_t)PAD_AGE_MAX_MS);
}

static int refuse(PadBad *bad, const char *why)
{
    const char *end;
    g_autofree char *valid = g_utf8_make_valid(why, -1);
    g_strlcpy(bad->why, valid, sizeof bad->why);
    if (!g_utf8_validate(bad->why, -1, &end))
        bad->why[end - bad->why] = '\0';
    return -EINVAL;
}

int queue_message_parse(const char *bytes, size_t size, QueueMessage *ret_message, PadBad *ret_bad)
{
    char why[200] = "";
    *ret_bad = (PadBad){ 0 };
    *ret_message = (QueueMessage){ 0 };
    json_t *root = fields_parse(bytes, size, PAD_MESSAGE_MAX, why);
    if (!root)
        return refuse(ret_bad, why);
    const char *id = json_string_value(json_object_get(root, "id"));
    if (id && strlen(id) <= PAD_ID_MAX)
        g_strlcpy(ret_bad->id, id, sizeof ret_bad->id);
    QueueMessage message = { .root = root };
    Fields fields = fields_of(root);
    read_message(&fields, &message);
    if (fields.error[0]) {
        json_decref(root);
        return refuse(ret_bad, fields.error);
    }
    *ret_message = message;
    return 0;
}

void queue_message_done(QueueMessage *message)
{
    json_decref(message->root);
    *message = (QueueMessage){ 0 };
}

int64_t queue_message_at(const QueueMessage *message, int64_t received_ms)
{
    if (message->has_age || message->clock_ms == PAD_TIME_UNKNOWN)
        return received_ms - message->age_ms;
    return MIN(message->clock_ms, received_ms);
}
