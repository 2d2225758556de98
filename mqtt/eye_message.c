// SPDX-License-Identifier: Apache-2.0
#include "mqtt/eye_message.h"
#include "base/fields.h"
#include <errno.h>
#include <glib.h>
#include <string.h>

#define VERSION      1
#define ID_LETTERS   "abcdefghijklmnopqrstuvwxyz0123456789-_"
#define CLOCK_MAX_MS 253402300799999LL

// What can be seen.
static const struct {
    const char *kind;
    EyePlace of;
    bool wants_value;
} kinds[] = {
    { "staffed", EYE_OF_COUNTER, false }, // somebody sits there; value: how many
    { "empty", EYE_OF_COUNTER, false },   // nobody does
    { "queue", EYE_OF_COUNTER, true },    // people who wait before it
    { "people", EYE_OF_ZONE, true },      // people in the zone
    { "clear", EYE_OF_CAMERA, false },    // the picture is as it should be
    { "covered", EYE_OF_CAMERA, false },  { "frozen", EYE_OF_CAMERA, false },
    { "moved", EYE_OF_CAMERA, false },    { "blurred", EYE_OF_CAMERA, false },
    { "dark", EYE_OF_CAMERA, false },     { "lost", EYE_OF_CAMERA, false },
};

bool eye_topic_parse(const char *hall, const char *topic, char *ret_camera)
{
    g_autofree char *prefix = g_strdup_printf("hall/v1/%s/" EYE_TOPIC_PREFIX "/", hall);
    *ret_camera = '\0';
    if (!g_str_has_prefix(topic, prefix))
        return false;
    const char *camera = topic + strlen(prefix);
    size_t size = strspn(camera, ID_LETTERS);
    if (size < 1 || size > EYE_CAMERA_MAX || strcmp(camera + size, "/obs") != 0)
        return false;
    memcpy(ret_camera, camera, size);
    ret_camera[size] = '\0';
    return true;
}

static void read_kind(Fields *fields, EyeObservation *seen, bool *ret_wants_value)
{
    const char *kind = fields_text_required(fields, "kind", EYE_KIND_TEXT_MAX - 1);
    for (size_t i = 0; kind && i < G_N_ELEMENTS(kinds); i++) {
        if (strcmp(kind, kinds[i].kind) != 0)
            continue;
        g_strlcpy(seen->kind, kind, sizeof seen->kind);
        seen->of = kinds[i].of;
        *ret_wants_value = kinds[i].wants_value;
        return;
    }
    fields_fail(fields, "kind \"%.16s\" is not one of docs/observations.md", kind ? kind : "");
}

// Of a counter its id is wanted, of a zone its name, of the picture neither.
static void read_place(Fields *fields, EyeObservation *seen)
{
    static const char *const keys[] = { [EYE_OF_COUNTER] = "counter", [EYE_OF_ZONE] = "zone" };
    for (EyePlace of = EYE_OF_COUNTER; of <= EYE_OF_ZONE; of++) {
        const char *place = fields_text(fields, keys[of], EYE_PLACE_MAX);
        if (seen->of != of && place)
            fields_fail(fields, "%s: \"%s\" is said of none", keys[of], seen->kind);
        if (seen->of != of)
            continue;
        if (!place || !*place)
            fields_fail(fields, "%s is missing", keys[of]);
        else if (strspn(place, ID_LETTERS) != strlen(place))
            fields_fail(fields, "%s: small letters, digits, - and _ are allowed", keys[of]);
        else
            g_strlcpy(seen->place, place, sizeof seen->place);
    }
}

static void read_observation(Fields *fields, EyeObservation *seen)
{
    bool wants_value = false;
    fields_int_required(fields, "v", VERSION, VERSION);
    read_kind(fields, seen, &wants_value);
    read_place(fields, seen);
    seen->value = (int)fields_int(fields, "value", 0, EYE_VALUE_MAX, EYE_NO_VALUE);
    if (wants_value && seen->value == EYE_NO_VALUE)
        fields_fail(fields, "value is missing: how many people");
    seen->confidence = (int)fields_int(fields, "confidence", 0, 100, 100);
    seen->valid_s = (int)fields_int(fields, "valid", 1, EYE_VALID_MAX_S, EYE_VALID_S);
    seen->at_ms = fields_time_required(fields, "at");
    if (seen->at_ms < 0 || seen->at_ms > CLOCK_MAX_MS)
        fields_fail(fields, "at lies outside the years 1970 to 9999");
}

int eye_observation_parse(const char *bytes, size_t size, EyeObservation *ret_observation,
                          char *error)
{
    *ret_observation = (EyeObservation){ 0 };
    json_t *root = fields_parse(bytes, size, EYE_MESSAGE_MAX, error);
    if (!root)
        return -EINVAL;
    Fields fields = fields_of(root);
    read_observation(&fields, ret_observation);
    json_decref(root);
    if (!fields.error[0])
        return 0;
    g_strlcpy(error, fields.error, 200);
    return -EINVAL;
}
