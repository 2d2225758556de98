// SPDX-License-Identifier: Apache-2.0
// Export manifest: gathers what goes into an export and writes manifest.json (export_job.h).
#pragma once
#include "capture/evidence_key.h"
#include "capture/evidence_zip.h"
#include "capture/export_plan.h"

typedef struct ExportManifest ExportManifest;

ExportManifest *export_manifest_new(const ExportOrder *order); // borrowed
void export_manifest_free(ExportManifest *manifest);
// In the order of the order's clips.
void export_manifest_add_clip(ExportManifest *manifest, const ExportClip *clip,
                              GPtrArray *take_taken);
const GPtrArray *export_manifest_clip(const ExportManifest *manifest, guint i);
// What the overlay copy of a part is called. The caller frees.
char *export_manifest_overlay_name(const char *part);
// In the order of the zip.
void export_manifest_add_part(ExportManifest *manifest, const char *name);
void export_manifest_add_file(ExportManifest *manifest, EvidenceFile *take_file);
// The caller frees.
char *export_manifest_text(const ExportManifest *manifest, Store *store, const EvidenceKey *key,
                           int64_t made_ms);
