// SPDX-License-Identifier: Apache-2.0
// Export order: what the desk wants exported, as it says it to video (PUT /exports/{id}).
#pragma once
#include "base/fields.h"

#include <glib.h>

enum { EXPORT_MAX_CLIPS = 16, EXPORT_MAX_ID = 64, EXPORT_MAX_TEXT = 500 };
#define EXPORT_MAX_CLIP_US (INT64_C(24) * 3600 * 1000000)

typedef struct {
    char *camera, *name;
    int64_t from_us, to_us;
} ExportClip;

typedef struct {
    char *id;
    char *hall, *hall_name, *zone;
    char *who, *reason, *ref; // ref may be NULL
    GArray *clips;            // ExportClip
    bool has_overlay;         // with a copy of each part for people to look at (overlay.h)
} ExportOrder;

// {"hall":{"id","name","zone"},"who","reason","ref"?,"overlay"?,"clips":[{"camera","name","from","to"}]},
// times RFC 3339 or ms. NULL and a sentence in error (at least 200 bytes) otherwise. id stands in
// the file's name: letters, digits and dashes.
ExportOrder *export_order_new(const char *id, json_t *body, char *error);
void export_order_free(ExportOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ExportOrder, export_order_free)
