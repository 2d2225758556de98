// SPDX-License-Identifier: Apache-2.0
// Exports of recorded segments, and what is found when any byte of them is another.
#include "base/file.h"
#include "base/secret.h"
#include "capture/archive.h"
#include "capture/evidence.h"
#include "capture/evidence_zip.h"
#include "capture/export_job.h"
#include "tests/unit/capture/sample.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

enum { S = 1000000, FRAGMENTS = 12 }; // a segment of 6 s, a key frame each second
static const int64_t T0 = INT64_C(1763946000000000);

typedef struct {
    char *dir, *root, *zip;
    Sample *sample;
    ExportPlace place;
    int percent;
    bool is_ended;
} Fixture;

static void record(Archive *archive, Sample *sample, int64_t wall_us)
{
    ArchiveBegin begin = { .camera = "cam1",
                           .wall_us = wall_us,
                           .init = sample->init,
                           .codecs = "avc1.42c00a",
                           .width = 64,
                           .height = 48 };
    ArchiveSegment *segment;
    SegmentEntry entry;
    assert_int_equal(archive_begin(archive, &begin, &segment), 0);
    for (unsigned i = 0; i < FRAGMENTS; i++)
        assert_int_equal(archive_append(archive, segment, sample_fragment(sample, i), &entry), 0);
    assert_int_equal(archive_finish(archive, segment), 0);
}

// Two segments of 6 s, 8 s of nothing, a third.
static int set_up(void **state)
{
    Fixture *f = *state = g_new0(Fixture, 1);
    Archive *archive = NULL;
    g_autofree char *why = NULL;
    assert_int_equal(secret_init(), 0);
    f->dir = g_dir_make_tmp("hw-export-XXXXXX", NULL);
    f->root = g_build_filename(f->dir, "recordings", NULL);
    f->zip = g_build_filename(f->dir, "e.zip", NULL);
    f->sample = sample_new(FRAGMENTS, 64);
    ArchiveOptions options = { .data_dir = f->dir, .hall = "h1" };
    assert_int_equal(archive_open(&options, &why, &archive), 0);
    record(archive, f->sample, T0);
    record(archive, f->sample, T0 + 6 * S);
    record(archive, f->sample, T0 + 20 * S);
    archive_free(archive);
    Index *index = NULL;
    assert_int_equal(index_open(f->dir, &why, &index), 0);
    assert_int_equal(index_add_gap(index, "cam1", T0 + 12 * S, T0 + 20 * S, GAP_CAMERA_OFFLINE), 0);
    index_free(index);
    f->place = (ExportPlace){ .data_dir = f->dir, .root = f->root };
    assert_int_equal(evidence_key_prepare(f->dir, &f->place.key), 0);
    return 0;
}

static int tear_down(void **state)
{
    Fixture *f = *state;
    const char *argv[] = { "rm", "-rf", "--", f->dir, NULL };
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
    sample_free(f->sample);
    g_free(f->dir);
    g_free(f->root);
    g_free(f->zip);
    g_free(f);
    return 0;
}

static bool is_ended(void *ctx)
{
    return ((Fixture *)ctx)->is_ended;
}

static void percent(void *ctx, int percent)
{
    Fixture *f = ctx;
    assert_true(percent > f->percent && percent <= 99);
    f->percent = percent;
}

static ExportOrder *order_of(int64_t from_us, int64_t to_us, bool overlay)
{
    char error[200] = "";
    json_t *body = json_pack("{s:{s:s,s:s,s:s},s:b,s:s,s:s,s:s,s:[{s:s,s:s,s:I,s:I}]}", "hall",
                             "id", "h1", "name", "青石镇", "zone", "Asia/Shanghai", "overlay",
                             overlay, "who", "li", "reason", "投诉", "ref", "rating:r1", "clips",
                             "camera", "cam1", "name", "1号窗口", "from",
                             (json_int_t)(from_us / 1000), "to", (json_int_t)(to_us / 1000));
    ExportOrder *order = export_order_new("e1", body, error);
    json_decref(body);
    if (!order)
        fail_msg("%s", error);
    return order;
}

static int export_with(Fixture *f, int64_t from_us, int64_t to_us, bool overlay)
{
    g_autoptr(ExportOrder) order = order_of(from_us, to_us, overlay);
    g_autofree char *error = NULL;
    ExportWatch watch = { is_ended, percent, f };
    f->percent = 0;
    int r = export_job_run(&f->place, order, f->zip, &watch, &error);
    assert_int_equal(r < 0, error != NULL);
    return r;
}

static int export(Fixture *f, int64_t from_us, int64_t to_us)
{
    return export_with(f, from_us, to_us, false);
}

// --- what verify finds

typedef struct {
    int n[EVIDENCE_FINDINGS];
    EvidenceFinding last[EVIDENCE_FINDINGS];
    json_t *manifest;
} Findings;

static void keep_manifest(void *ctx, const json_t *manifest)
{
    ((Findings *)ctx)->manifest = json_deep_copy(manifest);
}

static void keep_finding(void *ctx, const EvidenceFinding *finding)
{
    Findings *findings = ctx;
    findings->n[finding->kind]++;
    findings->last[finding->kind] = *finding;
}

static int verify(Fixture *f, const char *key, Findings *findings)
{
    EvidenceListener listener = { keep_manifest, keep_finding, findings };
    *findings = (Findings){ 0 };
    int fd = open(f->zip, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    EvidenceReader reader;
    assert_int_equal(evidence_reader_of_file(fd, &reader), 0);
    int problems = evidence_check(&reader, key, &listener);
    close(fd);
    return problems;
}

static int problems_of(Fixture *f)
{
    Findings findings;
    int problems = verify(f, NULL, &findings);
    json_decref(findings.manifest);
    return problems;
}

static json_t *at(json_t *value, const char *path)
{
    g_auto(GStrv) steps = g_strsplit(path, "/", -1);
    for (int i = 0; steps[i]; i++)
        value = json_is_array(value) ? json_array_get(value, (size_t)atoi(steps[i]))
                                     : json_object_get(value, steps[i]);
    return value;
}

static const char *text_at(json_t *value, const char *path)
{
    const char *text = json_string_value(at(value, path));
    return text ? text : "";
}

// --- what players see

typedef struct {
    double seconds;
    int packets;
    bool begins_with_key;
} Media;

static void read_media(Fixture *f, const EvidenceEntry *entry, Media *ret_media)
{
    g_autofree char *path = g_build_filename(f->dir, "part.mp4", NULL);
    g_autofree char *all = NULL;
    assert_true(g_file_get_contents(f->zip, &all, NULL, NULL));
    assert_true(g_file_set_contents(path, all + entry->offset, (gssize)entry->bytes, NULL));
    AVFormatContext *input = NULL;
    AVPacket *packet = av_packet_alloc();
    int64_t last = INT64_MIN;
    *ret_media = (Media){ 0 };
    assert_int_equal(avformat_open_input(&input, path, NULL, NULL), 0);
    assert_true(avformat_find_stream_info(input, NULL) >= 0);
    assert_int_equal(input->nb_streams, 1);
    ret_media->seconds = (double)input->duration / AV_TIME_BASE;
    while (av_read_frame(input, packet) >= 0) {
        if (!ret_media->packets++)
            ret_media->begins_with_key = packet->flags & AV_PKT_FLAG_KEY;
        assert_true(packet->dts > last);
        last = packet->dts;
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
    avformat_close_input(&input);
}

static void view_zip(Fixture *f, EvidenceZipView *ret_view)
{
    EvidenceReader reader;
    int fd = open(f->zip, O_RDONLY | O_CLOEXEC);
    assert_int_equal(evidence_reader_of_file(fd, &reader), 0);
    assert_int_equal(evidence_zip_view(&reader, EXPORT_README, ret_view), 0);
    close(fd);
}

static void read_part(Fixture *f, guint i, Media *ret_media)
{
    g_auto(EvidenceZipView) view;
    view_zip(f, &view);
    read_media(f, view.entries->pdata[2 + i], ret_media);
}

// --- tests

static void a_clip_is_whole_signed_and_playable(void **state)
{
    Fixture *f = *state;
    Findings found;
    char hex[EVIDENCE_KEY_HEX];
    evidence_key_hex(f->place.key.public_key, hex);
    assert_int_equal(export(f, T0 + 2500000, T0 + 22 * S), 0);
    assert_int_equal(f->percent, 99);
    assert_int_equal(verify(f, hex, &found), 0);
    assert_int_equal(found.n[EVIDENCE_SIGNATURE_GOOD], 1);
    assert_int_equal(found.n[EVIDENCE_WHOLE], 4); // readme, key, two parts
    // From the key frame before; the gap parts the files; to the end of what covers the end.
    assert_string_equal(text_at(found.manifest, "clips/0/requested/from/utc"),
                        "2025-11-24T01:00:02.500Z");
    assert_string_equal(text_at(found.manifest, "clips/0/real/from/local"),
                        "2025-11-24T09:00:02.000+08:00");
    assert_string_equal(text_at(found.manifest, "clips/0/parts/0/to/utc"),
                        "2025-11-24T01:00:12.000Z");
    assert_string_equal(text_at(found.manifest, "clips/0/parts/0/file"),
                        "01-01_cam1_20251124-090002.mp4");
    assert_int_equal(json_array_size(at(found.manifest, "clips/0/parts")), 2);
    assert_int_equal(json_array_size(at(found.manifest, "clips/0/parts/0/segments")), 2);
    assert_int_equal(json_array_size(at(found.manifest, "clips/0/gaps")), 1);
    assert_string_equal(text_at(found.manifest, "clips/0/gaps/0/reason"), "camera_offline");
    assert_string_equal(text_at(found.manifest, "clips/0/parts/0/segments/0/sha256"),
                        text_at(found.manifest, "clips/0/parts/0/segments/1/previous_sha256"));
    assert_string_equal(text_at(found.manifest, "who"), "li");
    assert_string_equal(text_at(found.manifest, "ref"), "rating:r1");
    json_decref(found.manifest);
    Media media;
    read_part(f, 0, &media);
    assert_true(media.begins_with_key && media.packets == 100);
    assert_true(media.seconds > 9.9 && media.seconds < 10.1);
    read_part(f, 1, &media);
    assert_true(media.begins_with_key && media.packets == 20);
}

static void another_box_is_told_apart(void **state)
{
    Fixture *f = *state;
    Findings found;
    static const char other[] = "00000000000000000000000000000000"
                                "00000000000000000000000000000000";
    assert_int_equal(export(f, T0, T0 + 2 * S), 0);
    assert_int_equal(verify(f, other, &found), 1);
    assert_int_equal(found.n[EVIDENCE_OTHER_BOX], 1);
    assert_int_equal(found.n[EVIDENCE_SIGNATURE_GOOD], 1);
    json_decref(found.manifest);
}

// Each byte of the file belongs to something that is checked.
static void any_changed_byte_is_found(void **state)
{
    Fixture *f = *state;
    struct stat stat;
    assert_int_equal(export(f, T0, T0 + 2 * S), 0);
    int fd = open(f->zip, O_RDWR | O_CLOEXEC);
    assert_int_equal(fstat(fd, &stat), 0);
    for (off_t i = 0; i < stat.st_size; i += i < 200 || i > stat.st_size - 500 ? 1 : 41) {
        uint8_t byte, changed;
        assert_int_equal(pread(fd, &byte, 1, i), 1);
        changed = byte ^ (uint8_t)(1 << i % 8);
        assert_int_equal(pwrite(fd, &changed, 1, i), 1);
        int problems = problems_of(f);
        if (problems <= 0)
            fail_msg("byte %lld of %lld: %d", (long long)i, (long long)stat.st_size, problems);
        assert_int_equal(pwrite(fd, &byte, 1, i), 1);
    }
    close(fd);
    assert_int_equal(problems_of(f), 0);
}

static void a_cut_is_found_at_any_length(void **state)
{
    Fixture *f = *state;
    struct stat st;
    assert_int_equal(export(f, T0, T0 + 2 * S), 0);
    assert_int_equal(stat(f->zip, &st), 0);
    for (off_t left = st.st_size - 1; left > 100; left -= left > st.st_size - 100 ? 1 : 997) {
        Findings found;
        assert_int_equal(truncate(f->zip, left), 0);
        assert_true(verify(f, NULL, &found) > 0);
        assert_int_equal(found.n[EVIDENCE_CUT] + found.n[EVIDENCE_DISORDER], 1);
        json_decref(found.manifest);
    }
    assert_int_equal(truncate(f->zip, 10), 0);
    assert_int_equal(problems_of(f), -EBADMSG);
}

static void bytes_after_the_end_are_found(void **state)
{
    Fixture *f = *state;
    assert_int_equal(export(f, T0, T0 + 2 * S), 0);
    FILE *file = fopen(f->zip, "a");
    fputs("more", file);
    fclose(file);
    Findings found;
    assert_int_equal(verify(f, NULL, &found), 1);
    assert_int_equal(found.n[EVIDENCE_DIRECTORY], 1);
    json_decref(found.manifest);
}

// The files of an export in another zip, in the order of the digits.
static void repack(Fixture *f, const char *places)
{
    g_auto(EvidenceZipView) view;
    EvidenceZip *zip;
    g_autofree char *all = NULL;
    view_zip(f, &view);
    assert_true(g_file_get_contents(f->zip, &all, NULL, NULL));
    assert_int_equal(evidence_zip_new(f->zip, T0 / 1000, &zip), 0);
    for (; *places; places++) {
        const EvidenceEntry *entry = view.entries->pdata[*places - '0'];
        assert_int_equal(
            evidence_zip_add(zip, entry->name, all + entry->offset, (size_t)entry->bytes, NULL), 0);
    }
    assert_int_equal(evidence_zip_finish(zip), 0);
    evidence_zip_free(zip);
}

// 0 readme, 1 key, 2 and 3 parts, 4 manifest, 5 signature.
static void files_in_another_order_or_number_are_found(void **state)
{
    static const struct {
        const char *places;
        EvidenceKind kind;
        int n;
    } ROWS[] = {
        { "013245", EVIDENCE_MOVED, 1 },      { "01245", EVIDENCE_MISSING, 1 },
        { "0123345", EVIDENCE_EXTRA, 1 },     { "01235", EVIDENCE_NO_MANIFEST, 1 },
        { "01234", EVIDENCE_NO_MANIFEST, 1 }, { "012435", EVIDENCE_MOVED, 1 },
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        Findings found;
        assert_int_equal(export(f, T0, T0 + 22 * S), 0);
        repack(f, ROWS[i].places);
        int problems = verify(f, NULL, &found);
        if (problems != ROWS[i].n || found.n[ROWS[i].kind] != ROWS[i].n)
            fail_msg("%s: %d problems, %d of the kind", ROWS[i].places, problems,
                     found.n[ROWS[i].kind]);
        json_decref(found.manifest);
    }
}

// A manifest that says anything is not believed for having a file of that name.
static void a_zip_of_others_is_no_export(void **state)
{
    Fixture *f = *state;
    EvidenceZip *zip;
    assert_int_equal(evidence_zip_new(f->zip, 0, &zip), 0);
    assert_int_equal(evidence_zip_add(zip, "a.txt", "a", 1, NULL), 0);
    assert_int_equal(evidence_zip_finish(zip), 0);
    evidence_zip_free(zip);
    assert_int_equal(problems_of(f), -EBADMSG);
    assert_true(g_file_set_contents(f->zip, "PK", 2, NULL));
    assert_int_equal(problems_of(f), -EBADMSG);
    assert_true(g_file_set_contents(f->zip, "", 0, NULL));
    assert_int_equal(problems_of(f), -EBADMSG);
}

// A file of 5 MiB that is said to hold two segments of a minute: a byte in its last third.
static void a_change_is_located_in_bytes_and_time(void **state)
{
    enum { MB = EVIDENCE_BLOCK, SIZE = 5 * MB };
    Fixture *f = *state;
    EvidenceZip *zip;
    EvidenceFile *files[2];
    g_autofree uint8_t *bytes = g_malloc0(SIZE);
    assert_int_equal(evidence_zip_new(f->zip, 0, &zip), 0);
    assert_int_equal(evidence_zip_add(zip, EXPORT_README, "x", 1, &files[0]), 0);
    assert_int_equal(evidence_zip_add(zip, "a.mp4", bytes, SIZE, &files[1]), 0);
    assert_int_equal(files[1]->blocks->len, 5 * SHA256_BYTES);
    char key[EVIDENCE_KEY_HEX];
    evidence_key_hex(f->place.key.public_key, key);
    json_t *listed = json_array();
    for (int i = 0; i < 2; i++) {
        char hex[SHA256_HEX];
        json_t *blocks = json_array();
        for (guint k = 0; k < files[i]->blocks->len; k += SHA256_BYTES)
            json_array_append_new(blocks, json_string(sha256_hex(files[i]->blocks->data + k, hex)));
        json_array_append_new(listed, json_pack("{s:s,s:I,s:o}", "name", files[i]->name, "bytes",
                                                (json_int_t)files[i]->bytes, "blocks", blocks));
        evidence_file_free(files[i]);
    }
    json_t *manifest =
        json_pack("{s:s,s:i,s:{s:s},s:o,s:[{s:[{s:s,s:[{s:i,s:{s:s},s:{s:s},s:i,s:b},"
                  "{s:i,s:{s:s},s:{s:s},s:i,s:b}]}]}]}",
                  "format", EXPORT_FORMAT, "version", EXPORT_VERSION, "box", "key", key, "files",
                  listed, "clips", "parts", "file", "a.mp4", "segments", "id", 1, "from", "utc",
                  "2025-11-24T01:00:00.000Z", "to", "utc", "2025-11-24T01:01:00.000Z", "at_byte", 0,
                  "is_whole", 1, "id", 2, "from", "utc", "2025-11-24T01:01:00.000Z", "to", "utc",
                  "2025-11-24T01:02:00.000Z", "at_byte", 3 * MB, "is_whole", 1);
    char *text = json_dumps(manifest, 0);
    uint8_t signature[EVIDENCE_SIGNATURE_BYTES];
    evidence_key_sign(&f->place.key, text, strlen(text), signature);
    assert_int_equal(evidence_zip_add(zip, EXPORT_MANIFEST, text, strlen(text), NULL), 0);
    assert_int_equal(evidence_zip_add(zip, EXPORT_SIGNATURE, signature, sizeof signature, NULL), 0);
    assert_int_equal(evidence_zip_finish(zip), 0);
    evidence_zip_free(zip);
    free(text);
    json_decref(manifest);
    assert_int_equal(problems_of(f), 0);
    int fd = open(f->zip, O_RDWR | O_CLOEXEC);
    assert_int_equal(pwrite(fd, "!", 1, 100 + 4 * MB), 1);
    close(fd);
    Findings found;
    assert_int_equal(verify(f, NULL, &found), 1);
    const EvidenceFinding *altered = &found.last[EVIDENCE_ALTERED];
    assert_int_equal(altered->from, 4 * MB);
    assert_int_equal(altered->to, 5 * MB);
    int64_t minute = INT64_C(1763946060000);
    assert_int_equal(altered->from_ms, minute + 30000);
    assert_int_equal(altered->to_ms, minute + 60000);
    json_decref(found.manifest);
}

// The one segment file that begins so long after T0.
static char *segment_path(Fixture *f, int64_t after_us)
{
    g_autofree char *folder = g_build_filename(f->root, "cam1", "2025-11-24", NULL);
    g_autofree char *end = g_strdup_printf("-%" G_GINT64_FORMAT ".mp4", T0 + after_us);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));)
        if (g_str_has_suffix(name, end))
            return g_build_filename(folder, name, NULL);
    fail();
    return NULL;
}

static void a_segment_that_was_changed_on_disk_is_not_vouched_for(void **state)
{
    Fixture *f = *state;
    g_autofree char *path = segment_path(f, 6 * S);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(fd, "!", 1, st.st_size - 20), 1);
    close(fd);
    assert_int_equal(export(f, T0, T0 + 12 * S), 0);
    Findings found;
    assert_int_equal(verify(f, NULL, &found), 1);
    assert_int_equal(found.last[EVIDENCE_SEGMENT].segment, T0 + 6 * S);
    json_decref(found.manifest);
}

static void a_segment_that_was_cut_on_disk_is_not_vouched_for(void **state)
{
    Fixture *f = *state;
    g_autofree char *path = segment_path(f, 0);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(truncate(path, st.st_size / 2), 0);
    assert_int_equal(export(f, T0, T0 + 12 * S), 0);
    Findings found;
    // Its hash is not the one that the next segment names, either.
    assert_int_equal(verify(f, NULL, &found), 2);
    assert_int_equal(found.last[EVIDENCE_SEGMENT].segment, T0);
    assert_int_equal(found.last[EVIDENCE_CHAIN].segment, T0 + 6 * S);
    json_decref(found.manifest);
    Media media;
    read_part(f, 0, &media);
    assert_true(media.packets > 60);
}

enum { SEEDS = 4 };

// What a camera may send: a film whose NAL units are partly or wholly noise.
static const struct {
    const char *name;
    double share; // of the film's bytes, that are another
    bool of_init; // and of the parameter sets
} NOISE[] = {
    { "none", 0, false },
    { "a bit here and there", 0.002, false },
    { "much of it", 0.1, false },
    { "all of it", 1, false },
    { "parameter sets too", 0.01, true },
};

// What is in the first box of that name is noise, by so much.
static GBytes *make_noisy(GBytes *bytes, const char *box, double share, GRand *rand)
{
    gsize size;
    const void *from = g_bytes_get_data(bytes, &size);
    uint8_t *copy = g_memdup2(from, size);
    uint8_t *name = memmem(copy, size, box, 4);
    assert_non_null(name);
    uint32_t box_bytes = (uint32_t)name[-2] << 8 | name[-1]; // none is larger here
    for (uint32_t i = 4; i < box_bytes - 4; i++)
        if (g_rand_double(rand) < share)
            name[i] = (uint8_t)g_rand_int(rand);
    return g_bytes_new_take(copy, size);
}

static void record_noise(Fixture *f, size_t row, int64_t wall_us, guint32 seed)
{
    g_autofree char *why = NULL;
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    Sample noisy = { .fragments = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref) };
    noisy.init = make_noisy(f->sample->init, "avcC", NOISE[row].of_init ? 0.05 : 0, rand);
    for (unsigned i = 0; i < FRAGMENTS; i++)
        g_ptr_array_add(noisy.fragments,
                        make_noisy(sample_fragment(f->sample, i), "mdat", NOISE[row].share, rand));
    Archive *archive = NULL;
    ArchiveOptions options = { .data_dir = f->dir, .hall = "h1" };
    assert_int_equal(archive_open(&options, &why, &archive), 0);
    record(archive, &noisy, wall_us);
    archive_free(archive);
    g_bytes_unref(noisy.init);
    g_ptr_array_unref(noisy.fragments);
}

// The recording is exported as it is; the copy shows of it what can be shown, or the export says
// why there is none. Nothing hangs.
static void noise_in_the_film_does_not_end_an_overlay_copy(void **state)
{
    Fixture *f = *state;
    for (size_t row = 0; row < G_N_ELEMENTS(NOISE); row++) {
        for (guint32 seed = 1; seed <= SEEDS; seed++) {
            int64_t begin_us = T0 + (100 + (int64_t)row * 1000 + seed * 10) * S;
            print_message("%s, %u\n", NOISE[row].name, seed);
            record_noise(f, row, begin_us, seed);
            int r = export_with(f, begin_us, begin_us + 6 * S, true);
            if (NOISE[row].of_init)
                assert_true(r == 0 || r == -EBADMSG);
            else
                assert_int_equal(r, 0);
            if (r == 0)
                assert_int_equal(problems_of(f), 0);
        }
    }
}

static void a_segment_that_is_gone_is_a_gap(void **state)
{
    Fixture *f = *state;
    g_autofree char *path = segment_path(f, 0);
    assert_int_equal(g_unlink(path), 0);
    assert_int_equal(export(f, T0, T0 + 12 * S), 0);
    Findings found;
    assert_int_equal(verify(f, NULL, &found), 0);
    assert_int_equal(json_array_size(at(found.manifest, "clips/0/parts")), 1);
    assert_string_equal(text_at(found.manifest, "clips/0/gaps/0/to/utc"),
                        "2025-11-24T01:00:06.000Z");
    json_decref(found.manifest);
}

static void what_cannot_be_exported_says_why(void **state)
{
    Fixture *f = *state;
    assert_int_equal(export(f, T0 - 60 * S, T0 - 1), -ENODATA);
    f->is_ended = true;
    assert_int_equal(export(f, T0, T0 + 12 * S), -ECANCELED);
    f->is_ended = false;
    f->place.floor_bytes = INT64_MAX / 4;
    assert_int_equal(export(f, T0, T0 + 12 * S), -ENOSPC);
}

static void orders_are_checked(void **state)
{
    static const struct {
        const char *id, *body;
    } ROWS[] = {
        { "../x", "{'hall':{'id':'h','name':'n','zone':'z'},'who':'w','reason':'r',"
                  "'clips':[{'camera':'c','name':'n','from':1,'to':2}]}" },
        { "a", "{'who':'w','reason':'r','clips':[{'camera':'c','name':'n','from':1,'to':2}]}" },
        { "a", "{'hall':{'id':'h','name':'n','zone':'z'},'who':'w','reason':'r','clips':[]}" },
        { "a", "{'hall':{'id':'h','name':'n','zone':'z'},'who':'w','reason':'r',"
               "'clips':[{'camera':'../c','name':'n','from':1,'to':2}]}" },
        { "a", "{'hall':{'id':'h','name':'n','zone':'z'},'who':'w','reason':'r',"
               "'clips':[{'camera':'c','name':'n','from':2,'to':1}]}" },
        { "a", "{'hall':{'id':'h','name':'n','zone':'z'},'who':'w','reason':'r',"
               "'clips':[{'camera':'c','name':'n','from':0,'to':86400001}]}" },
        { "a", "{'hall':{'id':'h','name':'n','zone':'z'},'who':'w','reason':'r','clips':[3]}" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        char error[200] = "";
        g_autofree char *text = g_strdup(ROWS[i].body);
        json_t *body = json_loads(g_strdelimit(text, "'", '"'), 0, NULL);
        assert_non_null(body);
        assert_null(export_order_new(ROWS[i].id, body, error));
        assert_true(*error);
        json_decref(body);
    }
}

static void a_key_is_made_once_and_never_replaced(void **state)
{
    Fixture *f = *state;
    g_auto(EvidenceKey) again = { 0 };
    g_autofree char *path = g_build_filename(f->dir, "box.key", NULL);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(evidence_key_prepare(f->dir, &again), 0);
    assert_memory_equal(again.public_key, f->place.key.public_key, EVIDENCE_KEY_BYTES);
    assert_true(g_file_set_contents(path, "damaged", -1, NULL));
    assert_int_equal(evidence_key_prepare(f->dir, &again), -EBADMSG);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_clip_is_whole_signed_and_playable),
        TEST(another_box_is_told_apart),
        TEST(any_changed_byte_is_found),
        TEST(a_cut_is_found_at_any_length),
        TEST(bytes_after_the_end_are_found),
        TEST(files_in_another_order_or_number_are_found),
        TEST(a_zip_of_others_is_no_export),
        TEST(a_change_is_located_in_bytes_and_time),
        TEST(a_segment_that_was_changed_on_disk_is_not_vouched_for),
        TEST(a_segment_that_was_cut_on_disk_is_not_vouched_for),
        TEST(noise_in_the_film_does_not_end_an_overlay_copy),
        TEST(a_segment_that_is_gone_is_a_gap),
        TEST(what_cannot_be_exported_says_why),
        TEST(a_key_is_made_once_and_never_replaced),
        cmocka_unit_test(orders_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
