// SPDX-License-Identifier: Apache-2.0
#include "capture/export_order.h"

#include <string.h>

#define ID_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789-_"

static void clear_clip(gpointer data)
{
    ExportClip *clip = data;
    g_free(clip->camera);
    g_free(clip->name);
}

void export_order_free(ExportOrder *order)
{
    if (!order)
        return;
    char *texts[] = { order->id,  order->hall,   order->hall_name, order->zone,
                      order->who, order->reason, order->ref };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_array_unref(order->clips);
    g_free(order);
}

static bool is_id(const char *text, size_t max)
{
    return *text && strlen(text) <= max && strspn(text, ID_LETTERS) == strlen(text);
}

static void read_clip(Fields *fields, json_t *object, GArray *clips)
{
    Fields clip = fields_of(object);
    const char *camera = fields_text_required(&clip, "camera", EXPORT_MAX_ID);
    const char *name = fields_text_required(&clip, "name", EXPORT_MAX_TEXT);
    int64_t from_ms = fields_time_required(&clip, "from");
    int64_t to_ms = fields_time_required(&clip, "to");
    if (!*clip.error && !is_id(camera, EXPORT_MAX_ID))
        fields_fail(&clip, "camera: not a camera's id");
    if (!*clip.error && (from_ms < 0 || to_ms > INT64_MAX / 4000 || to_ms <= from_ms ||
                         to_ms - from_ms > EXPORT_MAX_CLIP_US / 1000))
        fields_fail(&clip, "to: must be after from, by at most 24 hours");
    if (*clip.error) {
        fields_fail(fields, "clips: %s", clip.error);
        return;
    }
    ExportClip made = { g_strdup(camera), g_strdup(name), from_ms * 1000, to_ms * 1000 };
    g_array_append_val(clips, made);
}

static void read_hall(Fields *fields, ExportOrder *order)
{
    json_t *object = fields_object(fields, "hall");
    Fields hall = fields_of(object);
    if (!object)
        return;
    order->hall = g_strdup(fields_text_required(&hall, "id", EXPORT_MAX_ID));
    order->hall_name = g_strdup(fields_text_required(&hall, "name", EXPORT_MAX_TEXT));
    order->zone = g_strdup(fields_text_required(&hall, "zone", EXPORT_MAX_ID));
    if (*hall.error)
        fields_fail(fields, "hall: %s", hall.error);
}

ExportOrder *export_order_new(const char *id, json_t *body, char *error)
{
    g_autoptr(ExportOrder) order = g_new0(ExportOrder, 1);
    Fields fields = fields_of(body);
    order->clips = g_array_new(FALSE, FALSE, sizeof(ExportClip));
    g_array_set_clear_func(order->clips, clear_clip);
    order->id = g_strdup(id);
    order->who = g_strdup(fields_text_required(&fields, "who", EXPORT_MAX_TEXT));
    order->reason = g_strdup(fields_text_required(&fields, "reason", EXPORT_MAX_TEXT));
    order->ref = g_strdup(fields_text(&fields, "ref", EXPORT_MAX_TEXT));
    order->has_overlay = fields_bool(&fields, "overlay", false);
    read_hall(&fields, order);
    json_t *clips = fields_array(&fields, "clips", EXPORT_MAX_CLIPS);
    for (size_t i = 0; !*fields.error && i < json_array_size(clips); i++)
        read_clip(&fields, json_array_get(clips, i), order->clips);
    if (!*fields.error && !order->hall)
        fields_fail(&fields, "hall: is missing");
    if (!*fields.error && !order->clips->len)
        fields_fail(&fields, "clips: at least one");
    if (!*fields.error && !is_id(id, EXPORT_MAX_ID))
        fields_fail(&fields, "id: letters, digits and dashes");
    if (!*fields.error)
        return g_steal_pointer(&order);
    g_strlcpy(error, fields.error, sizeof fields.error);
    return NULL;
}
