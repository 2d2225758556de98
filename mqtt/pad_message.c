// SPDX-License-Identifier: Apache-2.0
#include "mqtt/pad_message.h"
#include "base/fields.h"
#include <errno.h>
#include <string.h>

#define VERSION      1
#define CLOCK_MAX_MS 253402300799999LL
#define TAG_LETTERS  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// --- what came

PadTopic pad_topic_parse(const char *hall, const char *topic, char *ret_pad)
{
    static const struct {
        const char *leaf;
        PadTopic topic;
    } leaves[] = {
        { "state", PAD_TOPIC_STATE },      { "up/rating", PAD_TOPIC_RATING },
        { "up/ack", PAD_TOPIC_ACK },       { "up/tele", PAD_TOPIC_TELE },
        { "up/ticket", PAD_TOPIC_TICKET },
    };
    *ret_pad = '\0';
    if (!g_str_has_prefix(topic, "hall/v1/"))
        return PAD_TOPIC_UNKNOWN;
    const char *pad = topic + strlen("hall/v1/");
    size_t hall_size = strlen(hall);
    if (strncmp(pad, hall, hall_size) != 0 || pad[hall_size] != '/')
        return PAD_TOPIC_UNKNOWN;
    pad += hall_size + 1;
    const char *slash = strchr(pad, '/');
    if (!slash || slash == pad || slash - pad > PAD_ID_MAX)
        return PAD_TOPIC_UNKNOWN;
    memcpy(ret_pad, pad, (size_t)(slash - pad));
    ret_pad[slash - pad] = '\0';
    for (size_t i = 0; i < G_N_ELEMENTS(leaves); i++)
        if (strcmp(slash + 1, leaves[i].leaf) == 0)
            return leaves[i].topic;
    return PAD_TOPIC_UNKNOWN;
}

static int refuse(PadBad *bad, json_t *take_root, const char *why)
{
    // The sentence may quote what came: it must not make the answer invalid.
    g_autofree char *valid = g_utf8_make_valid(why, -1);
    g_strlcpy(bad->why, valid, sizeof bad->why);
    const char *end;
    if (!g_utf8_validate(bad->why, -1, &end))
        bad->why[end - bad->why] = '\0';
    json_decref(take_root);
    return -EINVAL;
}

// Reads the id first, and reads it also of a message that is too large, so that the pad learns
// which one was refused.
static json_t *open_message(const char *bytes, size_t size, PadBad *bad)
{
    char why[200];
    *bad = (PadBad){ 0 };
    g_snprintf(why, sizeof why, "the message has %zu bytes; at most %d are allowed", size,
               PAD_MESSAGE_MAX);
    json_t *root =
        size > PAD_MESSAGE_ID_MAX ? NULL : fields_parse(bytes, size, PAD_MESSAGE_ID_MAX, why);
    if (!root) {
        refuse(bad, NULL, why);
        return NULL;
    }
    const char *id = json_string_value(json_object_get(root, "id"));
    if (id && strlen(id) <= PAD_ID_MAX)
        g_strlcpy(bad->id, id, sizeof bad->id);
    if (size > PAD_MESSAGE_MAX) {
        refuse(bad, root, why);
        return NULL;
    }
    return root;
}

static void read_version(Fields *fields)
{
    fields_int_required(fields, "v", VERSION, VERSION);
}

static bool is_uuid(const char *text)
{
    for (int i = 0; i < 36; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (is_dash ? text[i] != '-' : !text[i] || !strchr("0123456789abcdef", text[i]))
            return false;
    }
    return text[36] == '\0';
}

static const char *one_of(Fields *fields, const char *key, const char *text,
                          const char *const *allowed)
{
    if (!text || g_strv_contains(allowed, text))
        return text;
    g_autofree char *list = g_strjoinv(", ", (char **)allowed);
    fields_fail(fields, "%s is \"%.32s\"; allowed are %s", key, text, list);
    return NULL;
}

static const char *read_clock_kind(Fields *fields)
{
    static const char *const kinds[] = { "ntp", "rtc", "none", NULL };
    const char *kind = one_of(fields, "clk", fields_text(fields, "clk", 8), kinds);
    return kind ? kind : "none";
}

static bool is_tag(const char *tag)
{
    size_t size = strlen(tag);
    return size >= 1 && size <= PAD_TAG_MAX && strspn(tag, TAG_LETTERS) == size;
}

static void read_tags(Fields *fields, PadRating *rating)
{
    json_t *tags = fields_array(fields, "tags", PAD_TAGS_MAX);
    for (size_t i = 0; i < json_array_size(tags); i++) {
        const char *tag = json_string_value(json_array_get(tags, i));
        if (!tag || !is_tag(tag)) {
            fields_fail(fields, "tags: entry %zu must be text of 1 to %d letters or digits", i + 1,
                        PAD_TAG_MAX);
            return;
        }
        rating->tags[rating->n_tags++] = tag;
    }
}

// A clock may be wrong, but the moment must be one that can be written down (up to the year 9999).
static int64_t read_clock(Fields *fields)
{
    int64_t ms = fields_time(fields, "t", PAD_TIME_UNKNOWN);
    if (ms > CLOCK_MAX_MS)
        fields_fail(fields, "t is beyond the year 9999");
    return ms;
}

static const char *text_or_none(const char *text)
{
    return text && *text ? text : NULL;
}

static void read_rating(Fields *fields, PadRating *rating)
{
    read_version(fields);
    rating->id = fields_text_required(fields, "id", PAD_ID_MAX);
    if (rating->id && !is_uuid(rating->id))
        fields_fail(fields, "id must be a UUID in lower case");
    rating->boot = fields_text_required(fields, "boot", PAD_BOOT_MAX);
    rating->seq = fields_int_required(fields, "seq", 0, PAD_NUMBER_MAX);
    rating->invitation = text_or_none(fields_text(fields, "inv", PAD_INVITATION_MAX));
    rating->level = (int)fields_int_required(fields, "lvl", 1, 5);
    read_tags(fields, rating);
    rating->text = text_or_none(fields_text(fields, "text", PAD_TEXT_MAX));
    rating->clock_ms = read_clock(fields);
    rating->age_ms = MIN(fields_int_required(fields, "age", 0, PAD_NUMBER_MAX), PAD_AGE_MAX_MS);
    rating->clock_kind = read_clock_kind(fields);
}

int pad_rating_parse(const char *bytes, size_t size, PadRating *ret_rating, PadBad *ret_bad)
{
    *ret_rating = (PadRating){ .root = open_message(bytes, size, ret_bad) };
    if (!ret_rating->root)
        return -EINVAL;
    Fields fields = fields_of(ret_rating->root);
    read_rating(&fields, ret_rating);
    if (fields.error[0]) {
        refuse(ret_bad, ret_rating->root, fields.error);
        *ret_rating = (PadRating){ 0 };
        return -EINVAL;
    }
    return 0;
}

void pad_rating_done(PadRating *rating)
{
    json_decref(rating->root);
    rating->root = NULL;
}

int pad_ack_parse(const char *bytes, size_t size, PadAck *ret_ack, PadBad *ret_bad)
{
    static const char *const states[] = { "shown", "refused", "expired", "busy", NULL };
    *ret_ack = (PadAck){ .root = open_message(bytes, size, ret_bad) };
    if (!ret_ack->root)
        return -EINVAL;
    Fields fields = fields_of(ret_ack->root);
    read_version(&fields);
    ret_ack->invitation = fields_text_required(&fields, "inv", PAD_INVITATION_MAX);
    ret_ack->state = one_of(&fields, "state", fields_text_required(&fields, "state", 16), states);
    if (fields.error[0]) {
        refuse(ret_bad, ret_ack->root, fields.error);
        *ret_ack = (PadAck){ 0 };
        return -EINVAL;
    }
    return 0;
}

void pad_ack_done(PadAck *ack)
{
    json_decref(ack->root);
    ack->root = NULL;
}

int pad_tele_parse(const char *bytes, size_t size, PadTele *ret_tele, PadBad *ret_bad)
{
    *ret_tele = (PadTele){ 0 };
    json_t *root = open_message(bytes, size, ret_bad);
    if (!root)
        return -EINVAL;
    Fields fields = fields_of(root);
    read_version(&fields);
    ret_tele->queue = (int)fields_int(&fields, "queue", 0, PAD_QUEUE_MAX, 0);
    ret_tele->battery = (int)fields_int(&fields, "battery", 0, 100, -1);
    ret_tele->clock_ms = read_clock(&fields);
    g_strlcpy(ret_tele->clock_kind, read_clock_kind(&fields), sizeof ret_tele->clock_kind);
    fields_text(&fields, "fw", PAD_FIRMWARE_MAX);
    if (fields.error[0])
        return refuse(ret_bad, root, fields.error);
    json_decref(root);
    return 0;
}

int pad_state_parse(const char *bytes, size_t size, PadState *ret_state, PadBad *ret_bad)
{
    *ret_state = (PadState){ 0 };
    json_t *root = open_message(bytes, size, ret_bad);
    if (!root)
        return -EINVAL;
    Fields fields = fields_of(root);
    // A last will that is refused would leave a dead pad shown as there: v may be left out of it.
    fields_int(&fields, "v", VERSION, VERSION, VERSION);
    if (!json_object_get(root, "online"))
        fields_fail(&fields, "online is missing");
    ret_state->is_online = fields_bool(&fields, "online", false);
    fields_text(&fields, "boot", PAD_BOOT_MAX);
    fields_text(&fields, "fw", PAD_FIRMWARE_MAX);
    if (fields.error[0])
        return refuse(ret_bad, root, fields.error);
    json_decref(root);
    return 0;
}

// --- what goes down

static char *take_dump(json_t *take_value)
{
    // json_dumps' text is malloc'd, as GLib's is.
    char *text = json_dumps(take_value, JSON_COMPACT);
    json_decref(take_value);
    return text;
}

static json_t *text_list(const GPtrArray *texts)
{
    json_t *list = json_array();
    for (guint i = 0; texts && i < texts->len; i++)
        json_array_append_new(list, json_string(g_ptr_array_index(texts, i)));
    return list;
}

char *pad_stored_text(const GPtrArray *ids, const GPtrArray *duplicates)
{
    return take_dump(json_pack("{s:i,s:o,s:o,s:[]}", "v", VERSION, "ids", text_list(ids), "dup",
                               text_list(duplicates), "bad"));
}

char *pad_bad_text(const PadBad *bad)
{
    return take_dump(json_pack("{s:i,s:[],s:[],s:[{s:s?,s:s}]}", "v", VERSION, "ids", "dup", "bad",
                               "id", bad->id[0] ? bad->id : NULL, "why", bad->why));
}

static json_t *staff(const char *name, const char *number)
{
    if (!name && !number)
        return json_null();
    return json_pack("{s:s?,s:s?,s:n}", "name", name, "number", number, "photo");
}

char *pad_invite_text(const PadInvite *invite)
{
    return take_dump(json_pack(
        "{s:i,s:s,s:s,s:s,s:i,s:s?,s:s?,s:o}", "v", VERSION, "id", invite->id, "op", "invite",
        "inv", invite->invitation, "expires_in", invite->expires_in_s, "case", invite->case_number,
        "item", invite->item_name, "staff", staff(invite->staff_name, invite->staff_number)));
}

char *pad_cfg_text(const PadCfg *cfg)
{
    json_t *root =
        json_pack("{s:i,s:{s:s,s:s},s:{s:s,s:s},s:o}", "v", VERSION, "counter", "id",
                  cfg->counter_id, "name", cfg->counter_name, "hall", "id", cfg->hall_id, "name",
                  cfg->hall_name, "staff", staff(cfg->staff_name, cfg->staff_number));
    g_autofree char *content = json_dumps(root, JSON_COMPACT);
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, content, -1);
    digest[12] = '\0';
    json_object_set_new(root, "rev", json_string(digest));
    return take_dump(root);
}
