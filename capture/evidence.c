// SPDX-License-Identifier: Apache-2.0
#include "capture/evidence.h"

#include "base/clock.h"
#include "capture/evidence_zip.h"
#include "capture/export_job.h"

#include <errno.h>
#include <libavutil/crc.h>
#include <string.h>
#include <unistd.h>

enum { MANIFEST_MAX = 128 << 20 };

typedef struct {
    const EvidenceReader *reader;
    const EvidenceListener *listener;
    EvidenceZipView view;
    json_t *manifest; // NULL: none that can be read
    int problems;
    uint8_t *block; // EVIDENCE_BLOCK bytes
} Look;

static void tell(Look *look, EvidenceFinding finding)
{
    look->problems += EVIDENCE_IS_PROBLEM(finding.kind);
    look->listener->finding(look->listener->ctx, &finding);
}

static const EvidenceEntry *find_entry(const Look *look, const char *name)
{
    for (guint i = 0; i < look->view.entries->len; i++) {
        const EvidenceEntry *entry = look->view.entries->pdata[i];
        if (strcmp(entry->name, name) == 0)
            return entry;
    }
    return NULL;
}

// --- fields of a manifest that may be anything

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static int64_t int_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static int64_t moment_of(const json_t *object, const char *key)
{
    int64_t ms = 0;
    return clock_parse(text_of(json_object_get(object, key), "utc"), &ms) ? ms : 0;
}

// --- manifest and signature

static char *read_text(const Look *look, const EvidenceEntry *entry, int64_t max)
{
    if (!entry || entry->bytes > max)
        return NULL;
    char *text = g_malloc((gsize)entry->bytes + 1);
    text[entry->bytes] = '\0';
    if (evidence_read(look->reader, entry->offset, text, (size_t)entry->bytes) == 0)
        return text;
    g_free(text);
    return NULL;
}

static void check_signature(Look *look, const char *text, size_t size, const char *expected_key)
{
    const char *key = text_of(json_object_get(look->manifest, "box"), "key");
    const EvidenceEntry *entry = find_entry(look, EXPORT_SIGNATURE);
    g_autofree char *signature = read_text(look, entry, EVIDENCE_SIGNATURE_BYTES);
    uint8_t public_key[EVIDENCE_KEY_BYTES];
    EvidenceFinding finding = { .kind = EVIDENCE_SIGNATURE_GOOD, .key = key };
    if (!signature || entry->bytes != EVIDENCE_SIGNATURE_BYTES)
        finding.kind = EVIDENCE_NO_MANIFEST;
    else if (!evidence_key_parse(key, public_key) ||
             !evidence_key_verify(public_key, text, size, (const uint8_t *)signature))
        finding.kind = EVIDENCE_SIGNATURE_BAD;
    tell(look, finding);
    if (expected_key && g_ascii_strcasecmp(expected_key, key) != 0)
        tell(look, (EvidenceFinding){ .kind = EVIDENCE_OTHER_BOX, .key = key });
}

static void check_manifest(Look *look, const char *expected_key)
{
    const EvidenceEntry *entry = find_entry(look, EXPORT_MANIFEST);
    g_autofree char *text = read_text(look, entry, MANIFEST_MAX);
    size_t size = text ? (size_t)entry->bytes : 0;
    look->manifest = text ? json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (strcmp(text_of(look->manifest, "format"), EXPORT_FORMAT) != 0 ||
        int_of(look->manifest, "version") != EXPORT_VERSION) {
        json_decref(look->manifest);
        look->manifest = NULL;
        tell(look, (EvidenceFinding){ .kind = EVIDENCE_NO_MANIFEST });
        return;
    }
    if (look->listener->manifest)
        look->listener->manifest(look->listener->ctx, look->manifest);
    check_signature(look, text, size, expected_key);
}

// --- which moment of a clip a byte belongs to

static const json_t *part_of(const json_t *manifest, const char *file)
{
    size_t i, k;
    json_t *clip, *part;
    json_array_foreach(json_object_get(manifest, "clips"), i, clip)
    {
        json_array_foreach(json_object_get(clip, "parts"), k, part)
        {
            if (strcmp(text_of(part, "file"), file) == 0)
                return part;
        }
    }
    return NULL;
}

// The media lies in the order of time: within a segment the place tells the moment. 0: not known.
static int64_t moment_at(const json_t *part, int64_t file_bytes, int64_t at)
{
    const json_t *segments = json_object_get(part, "segments");
    size_t n = json_array_size(segments), i = 0;
    while (i + 1 < n && int_of(json_array_get(segments, i + 1), "at_byte") <= at)
        i++;
    const json_t *segment = json_array_get(segments, i), *next = json_array_get(segments, i + 1);
    int64_t from_ms = moment_of(segment, "from"), to_ms = moment_of(segment, "to");
    int64_t begin = int_of(segment, "at_byte");
    int64_t end = next ? int_of(next, "at_byte") : file_bytes;
    if (!segment || !from_ms || to_ms < from_ms || end <= begin)
        return from_ms;
    double share = CLAMP((double)(at - begin) / (double)(end - begin), 0.0, 1.0);
    return from_ms + (int64_t)(share * (double)(to_ms - from_ms));
}

// --- files

// Blocks that differ, joined to ranges.
typedef struct {
    Look *look;
    const char *name;
    int64_t bytes;
    int64_t from; // of the range that is open; -1: none
} Ranges;

static void end_range(Ranges *ranges, int64_t at)
{
    if (ranges->from < 0)
        return;
    const json_t *part = part_of(ranges->look->manifest, ranges->name);
    EvidenceFinding finding = { .kind = EVIDENCE_ALTERED,
                                .file = ranges->name,
                                .from = ranges->from,
                                .to = at,
                                .from_ms = moment_at(part, ranges->bytes, ranges->from),
                                .to_ms = moment_at(part, ranges->bytes, at) };
    tell(ranges->look, finding);
    ranges->from = -1;
}

static bool is_block(const json_t *blocks, int64_t index, const uint8_t *bytes, size_t size,
                     Sha256 *hash)
{
    uint8_t sha256[SHA256_BYTES];
    char hex[SHA256_HEX];
    const char *expected = json_string_value(json_array_get(blocks, (size_t)index));
    sha256_reset(hash);
    sha256_update(hash, bytes, size);
    sha256_read(hash, sha256);
    return expected && strcmp(sha256_hex(sha256, hex), expected) == 0;
}

// What is there against the listed blocks. False: it cannot be read.
static bool hash_blocks(Look *look, const EvidenceEntry *entry, const json_t *blocks,
                        Ranges *ranges, uint32_t *ret_crc)
{
    const AVCRC *table = av_crc_get_table(AV_CRC_32_IEEE_LE);
    g_autoptr(Sha256) hash = sha256_new();
    uint32_t crc = UINT32_MAX;
    for (int64_t at = 0; at < entry->bytes; at += EVIDENCE_BLOCK) {
        size_t size = (size_t)MIN(EVIDENCE_BLOCK, entry->bytes - at);
        if (evidence_read(look->reader, entry->offset + at, look->block, size) < 0)
            return false;
        crc = av_crc(table, crc, look->block, size);
        if (is_block(blocks, at / EVIDENCE_BLOCK, look->block, size, hash))
            end_range(ranges, at);
        else if (ranges->from < 0)
            ranges->from = at;
    }
    end_range(ranges, entry->bytes);
    *ret_crc = ~crc;
    return true;
}

static void check_file(Look *look, const json_t *file)
{
    const char *name = text_of(file, "name");
    const EvidenceEntry *entry = find_entry(look, name);
    int64_t bytes = int_of(file, "bytes");
    Ranges ranges = { look, name, bytes, -1 };
    uint32_t crc = 0;
    int problems = look->problems;
    if (!entry) {
        tell(look, (EvidenceFinding){ .kind = EVIDENCE_MISSING, .file = name });
        return;
    }
    if (entry->bytes != bytes)
        tell(look, (EvidenceFinding){
                       .kind = EVIDENCE_SIZE, .file = name, .from = entry->bytes, .to = bytes });
    if (!hash_blocks(look, entry, json_object_get(file, "blocks"), &ranges, &crc))
        tell(look, (EvidenceFinding){ .kind = EVIDENCE_ALTERED, .file = name, .to = bytes });
    else if (look->problems == problems && crc != entry->crc)
        tell(look, (EvidenceFinding){ .kind = EVIDENCE_CHECKSUM, .file = name });
    if (look->problems == problems)
        tell(look, (EvidenceFinding){ .kind = EVIDENCE_WHOLE, .file = name });
}

static bool is_own(const char *name)
{
    return strcmp(name, EXPORT_MANIFEST) == 0 || strcmp(name, EXPORT_SIGNATURE) == 0;
}

// Index in the manifest's list; -1: not there.
static int place_of(const json_t *files, const char *name)
{
    size_t i;
    json_t *file;
    json_array_foreach(files, i, file)
    {
        if (strcmp(text_of(file, "name"), name) == 0)
            return (int)i;
    }
    return -1;
}

static void check_order(Look *look, const json_t *files)
{
    int last = -1;
    for (guint i = 0; i < look->view.entries->len; i++) {
        const EvidenceEntry *entry = look->view.entries->pdata[i];
        int place =
            is_own(entry->name) ? (int)json_array_size(files) : place_of(files, entry->name);
        bool is_second = find_entry(look, entry->name) != entry;
        if (place < 0 || is_second)
            tell(look, (EvidenceFinding){ .kind = EVIDENCE_EXTRA, .file = entry->name });
        else if (place < last)
            tell(look, (EvidenceFinding){ .kind = EVIDENCE_MOVED, .file = entry->name });
        last = MAX(last, place);
    }
}

// --- the chain of segments

static void check_segment(Look *look, const char *file, const json_t *segment, const json_t *before)
{
    EvidenceFinding finding = { .file = file,
                                .segment = int_of(segment, "id"),
                                .from_ms = moment_of(segment, "from"),
                                .to_ms = moment_of(segment, "to") };
    bool follows = before && int_of(segment, "previous_id") == int_of(before, "id");
    if (follows && strcmp(text_of(segment, "previous_sha256"), text_of(before, "sha256")) != 0) {
        finding.kind = EVIDENCE_CHAIN;
        tell(look, finding);
    }
    if (!json_is_true(json_object_get(segment, "is_whole"))) {
        finding.kind = EVIDENCE_SEGMENT;
        tell(look, finding);
    }
}

static void check_chain(Look *look)
{
    size_t i, k, n;
    json_t *clip, *part, *segment;
    json_array_foreach(json_object_get(look->manifest, "clips"), i, clip)
    {
        const json_t *before = NULL;
        json_array_foreach(json_object_get(clip, "parts"), k, part)
        {
            json_array_foreach(json_object_get(part, "segments"), n, segment)
            {
                check_segment(look, text_of(part, "file"), segment, before);
                before = segment;
            }
        }
    }
}

// --- the whole

static void check_zip(Look *look)
{
    static const EvidenceKind kinds[] = { [EVIDENCE_ZIP_CUT] = EVIDENCE_CUT,
                                          [EVIDENCE_ZIP_DISORDER] = EVIDENCE_DISORDER,
                                          [EVIDENCE_ZIP_DIRECTORY] = EVIDENCE_DIRECTORY };
    if (look->view.state != EVIDENCE_ZIP_WHOLE)
        tell(look, (EvidenceFinding){ .kind = kinds[look->view.state], .from = look->view.at });
}

static void check_files(Look *look)
{
    const json_t *files = json_object_get(look->manifest, "files");
    size_t i;
    json_t *file;
    json_array_foreach(files, i, file)
    {
        if (i < EVIDENCE_MAX_ENTRIES)
            check_file(look, file);
    }
    check_order(look, files);
    check_chain(look);
}

int evidence_check(const EvidenceReader *reader, const char *expected_key,
                   const EvidenceListener *listener)
{
    Look look = { .reader = reader, .listener = listener };
    int r = evidence_zip_view(reader, EXPORT_README, &look.view);
    if (r >= 0) {
        look.block = g_malloc(EVIDENCE_BLOCK);
        check_manifest(&look, expected_key);
        check_zip(&look);
        if (look.manifest)
            check_files(&look);
    }
    json_decref(look.manifest);
    g_free(look.block);
    evidence_zip_view_done(&look.view);
    return r < 0 ? r : look.problems;
}
