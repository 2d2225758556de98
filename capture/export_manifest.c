// SPDX-License-Identifier: Apache-2.0
#include "capture/export_manifest.h"

#include "base/clock.h"
#include "capture/export_job.h"

#include <string.h>
#include <sys/timex.h>
#include <time.h>

struct ExportManifest {
    const ExportOrder *order;
    GPtrArray *clips; // GPtrArray of ExportTaken
    GPtrArray *parts; // names, over all clips
    GPtrArray *files; // EvidenceFile
};

ExportManifest *export_manifest_new(const ExportOrder *order)
{
    ExportManifest *manifest = g_new0(ExportManifest, 1);
    manifest->order = order;
    manifest->clips = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    manifest->parts = g_ptr_array_new_with_free_func(g_free);
    manifest->files = g_ptr_array_new_with_free_func((GDestroyNotify)evidence_file_free);
    return manifest;
}

void export_manifest_free(ExportManifest *manifest)
{
    g_ptr_array_unref(manifest->clips);
    g_ptr_array_unref(manifest->parts);
    g_ptr_array_unref(manifest->files);
    g_free(manifest);
}

void export_manifest_add_clip(ExportManifest *manifest, const ExportClip *clip,
                              GPtrArray *take_taken)
{
    g_ptr_array_add(manifest->clips, take_taken);
}

const GPtrArray *export_manifest_clip(const ExportManifest *manifest, guint i)
{
    return manifest->clips->pdata[i];
}

void export_manifest_add_part(ExportManifest *manifest, const char *name)
{
    g_ptr_array_add(manifest->parts, g_strdup(name));
}

void export_manifest_add_file(ExportManifest *manifest, EvidenceFile *take_file)
{
    g_ptr_array_add(manifest->files, take_file);
}

// --- JSON

static json_t *moment_json(int64_t us)
{
    int64_t ms = us / 1000;
    time_t seconds = ms / 1000;
    struct tm tm;
    char day[32];
    g_autofree char *local = clock_format(ms);
    gmtime_r(&seconds, &tm);
    strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm);
    return json_pack("{s:o, s:s}", "utc", json_sprintf("%s.%03dZ", day, (int)(ms % 1000)), "local",
                     local);
}

static json_t *hash_json(const uint8_t *sha256)
{
    char hex[SHA256_HEX];
    return json_string(sha256_hex(sha256, hex));
}

static json_t *segment_json(const ExportTaken *taken)
{
    const SegmentHead *head = &taken->segment.head;
    bool has_previous = head->previous_id != 0;
    return json_pack(
        "{s:I, s:o, s:o, s:I, s:o, s:o, s:o, s:b, s:b, s:I, s:I, s:I}", "id", (json_int_t)head->id,
        "from", moment_json(taken->from_us), "to", moment_json(taken->to_us), "bytes",
        (json_int_t)taken->segment.bytes, "sha256", hash_json(taken->found_sha256), "previous_id",
        has_previous ? json_integer(head->previous_id) : json_null(), "previous_sha256",
        has_previous ? hash_json(head->previous_sha256) : json_null(), "is_open", taken->is_open,
        "is_whole", taken->is_whole, "at_ms", (json_int_t)(taken->at_us / 1000), "at_byte",
        (json_int_t)taken->at_bytes, "clock_off_ms", (json_int_t)(taken->segment.clock_us / 1000));
}

char *export_manifest_overlay_name(const char *part)
{
    return g_strdup_printf("%.*s_overlay.mp4", (int)(strlen(part) - strlen(".mp4")), part);
}

static json_t *overlay_json(const ExportManifest *manifest, const char *part)
{
    if (!manifest->order->has_overlay)
        return json_null();
    g_autofree char *name = export_manifest_overlay_name(part);
    return json_pack("{s:s, s:b}", "file", name, "is_derived", 1);
}

static json_t *part_json(const ExportManifest *manifest, const char *name, const ExportTaken *first)
{
    const SegmentHead *head = &first->segment.head;
    return json_pack("{s:s, s:o, s:o, s:s, s:i, s:i, s:[]}", "file", name, "overlay",
                     overlay_json(manifest, name), "from", moment_json(first->from_us), "codecs",
                     head->codecs, "width", head->width, "height", head->height, "segments");
}

// The parts of a clip; the names of all clips' parts follow one another.
static json_t *parts_json(const ExportManifest *manifest, const GPtrArray *taken, guint *name)
{
    json_t *parts = json_array(), *part = NULL;
    int n = 0;
    for (guint i = 0; i < taken->len; i++) {
        const ExportTaken *piece = taken->pdata[i];
        if (!piece->is_copied)
            continue;
        if (piece->part != n) {
            part = part_json(manifest, manifest->parts->pdata[(*name)++], piece);
            json_array_append_new(parts, part);
            n = piece->part;
        }
        json_array_append_new(json_object_get(part, "segments"), segment_json(piece));
        json_object_set_new(part, "to", moment_json(piece->to_us));
    }
    return parts;
}

static json_t *gaps_json(Store *store, const ExportClip *clip, const GPtrArray *taken)
{
    g_autoptr(GPtrArray) gaps = export_plan_gaps(store, clip, taken);
    json_t *array = json_array();
    for (guint i = 0; i < gaps->len; i++) {
        const ExportGap *gap = gaps->pdata[i];
        json_array_append_new(array,
                              json_pack("{s:o, s:o, s:s}", "from", moment_json(gap->from_us), "to",
                                        moment_json(gap->to_us), "reason", gap->reason));
    }
    return array;
}

static json_t *real_json(const json_t *parts)
{
    size_t n = json_array_size(parts);
    if (!n)
        return json_null();
    return json_pack("{s:O, s:O}", "from", json_object_get(json_array_get(parts, 0), "from"), "to",
                     json_object_get(json_array_get(parts, n - 1), "to"));
}

static json_t *clips_json(const ExportManifest *manifest, Store *store)
{
    json_t *clips = json_array();
    guint name = 0;
    for (guint i = 0; i < manifest->clips->len; i++) {
        const ExportClip *clip = &g_array_index(manifest->order->clips, ExportClip, i);
        json_t *parts = parts_json(manifest, manifest->clips->pdata[i], &name);
        json_array_append_new(clips,
                              json_pack("{s:{s:s, s:s}, s:{s:o, s:o}, s:o, s:o, s:o}", "camera",
                                        "id", clip->camera, "name", clip->name, "requested", "from",
                                        moment_json(clip->from_us), "to", moment_json(clip->to_us),
                                        "real", real_json(parts), "parts", parts, "gaps",
                                        gaps_json(store, clip, manifest->clips->pdata[i])));
    }
    return clips;
}

static json_t *file_json(const EvidenceFile *file)
{
    json_t *blocks = json_array();
    for (guint at = 0; at < file->blocks->len; at += SHA256_BYTES)
        json_array_append_new(blocks, hash_json(file->blocks->data + at));
    return json_pack("{s:s, s:I, s:o, s:o}", "name", file->name, "bytes", (json_int_t)file->bytes,
                     "sha256", hash_json(file->sha256), "blocks", blocks);
}

// What the box knew of its own clock when it made the export.
static json_t *clock_json(void)
{
    struct timex clock = { .modes = 0 };
    bool is_known = adjtimex(&clock) >= 0;
    bool is_synchronised = is_known && !(clock.status & STA_UNSYNC);
    double offset_ms = (double)clock.offset / (clock.status & STA_NANO ? 1e6 : 1e3);
    return json_pack("{s:b, s:o}", "is_synchronised", is_synchronised, "offset_ms",
                     is_synchronised ? json_real(offset_ms) : json_null());
}

char *export_manifest_text(const ExportManifest *manifest, Store *store, const EvidenceKey *key,
                           int64_t made_ms)
{
    const ExportOrder *order = manifest->order;
    char hex[EVIDENCE_KEY_HEX];
    json_t *files = json_array();
    for (guint i = 0; i < manifest->files->len; i++)
        json_array_append_new(files, file_json(manifest->files->pdata[i]));
    evidence_key_hex(key->public_key, hex);
    json_t *object = json_pack(
        "{s:s, s:i, s:s, s:o, s:s, s:{s:s}, s:{s:s, s:s}, s:s, s:s, s:s, s:s?, s:o, s:o, s:i, s:o}",
        "format", EXPORT_FORMAT, "version", EXPORT_VERSION, "id", order->id, "made_at",
        moment_json(made_ms * 1000), "program", "hallwatch " HALLWATCH_VERSION, "box", "key", hex,
        "hall", "id", order->hall, "name", order->hall_name, "zone", order->zone, "who", order->who,
        "reason", order->reason, "ref", order->ref, "clock", clock_json(), "clips",
        clips_json(manifest, store), "block_bytes", EVIDENCE_BLOCK, "files", files);
    char *text = json_dumps(object, JSON_INDENT(1));
    json_decref(object);
    return text;
}
