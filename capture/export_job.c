// SPDX-License-Identifier: Apache-2.0
#include "capture/export_job.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "capture/export_manifest.h"
#include "capture/export_part.h"
#include "capture/overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

// What is newer may still be on its way to the disk: the job waits for it.
#define SETTLE_US  (INT64_C(3) * 1000000)
#define PLAN_BYTES (INT64_C(4) << 20) // tables, manifest and the rest

static const char readme[] =
    "这是 Hallwatch 导出的录像证据包。\n"
    "\n"
    "各 .mp4 为原始录像（未重新编码），任何播放器均可播放；名称以 _overlay.mp4 "
    "结尾的是便于观看的副本（重新编码，叠加大厅、摄像机和时间，遮挡隐私区域），不是原始证据。manife"
    "st.json "
    "记录机器、大厅、摄像机、时间、导出人、"
    "导出原因、每个文件每 1 MiB 的 SHA-256 以及录像段之间的哈希链；manifest.sig 是机器私钥对 "
    "manifest.json 的 "
    "Ed25519 签名；box.pem 是机器公钥。\n"
    "\n"
    "验证：  hallwatch verify 本文件.zip --key 机器公钥\n"
    "机器公钥由机器上的 hallwatch box-key 显示，应通过其他途径核对。也可以不用本程序：\n"
    "  openssl pkeyutl -verify -rawin -pubin -inkey box.pem -in manifest.json -sigfile "
    "manifest.sig\n"
    "  再用 sha256sum 对照 manifest.json 中 files 的 sha256。\n"
    "\n"
    "Video evidence exported by Hallwatch.\n"
    "\n"
    "Each .mp4 is the recording itself (not encoded anew) and opens in any player, but for those "
    "called _overlay.mp4:\n"
    "copies to look at, encoded anew with hall, camera and time burnt in and privacy masks filled, "
    "which are no evidence.\n"
    "manifest.json "
    "says which box,\n"
    "hall and camera, when, who exported it and why, the SHA-256 of each 1 MiB of each file, and "
    "the chain of hashes\n"
    "of the recorded segments. manifest.sig is the box's Ed25519 signature over manifest.json; "
    "box.pem is its public "
    "key.\n"
    "\n"
    "To verify:  hallwatch verify FILE.zip --key PUBLIC-KEY\n"
    "`hallwatch box-key` on the box prints the public key: compare it by another way than this "
    "file. Without the\n"
    "program: the openssl line above, then sha256sum against the files' sha256 in manifest.json.\n";

typedef struct {
    const ExportPlace *place;
    const ExportOrder *order;
    const ExportWatch *watch;
    const char *path; // of the zip
    char **ret_error;
    Store *store;
    EvidenceZip *zip;
    ExportManifest *manifest;
    int64_t all_bytes, read_bytes;
    int percent;
} Job;

static int fail(Job *job, int err, const char *format, ...) G_GNUC_PRINTF(3, 4);
static int fail(Job *job, int err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_free(*job->ret_error);
    *job->ret_error = g_strdup_vprintf(format, args);
    va_end(args);
    return err;
}

static int fail_write(Job *job, int err)
{
    if (err == -ECANCELED)
        return err; // is told at the end
    if (err == -ENOSPC || err == -EDQUOT)
        return fail(job, -ENOSPC, "导出时磁盘已满 / the disk became full while exporting");
    return fail(job, err, "导出文件写入失败 / the export could not be written: %s",
                g_strerror(-err));
}

static bool is_ended(void *ctx)
{
    Job *job = ctx;
    return job->watch->is_ended(job->watch->ctx);
}

static void count_read(void *ctx, int64_t bytes)
{
    Job *job = ctx;
    job->read_bytes += bytes;
    int percent = (int)MIN(99, job->read_bytes * 100 / MAX(job->all_bytes, 1));
    if (percent == job->percent)
        return;
    job->percent = percent;
    job->watch->percent(job->watch->ctx, percent);
}

// --- the plan of all clips

static int wait_for_end(Job *job, const ExportClip *clip)
{
    while (clock_wall_us() < clip->to_us + SETTLE_US) {
        if (is_ended(job))
            return -ECANCELED;
        g_usleep(100000);
    }
    return 0;
}

static void look(Job *job, const char *camera, RecorderView *ret_view)
{
    if (job->place->recorder) {
        recorder_view(job->place->recorder, camera, ret_view);
        return;
    }
    *ret_view = (RecorderView){ 0 };
    segment_init(&ret_view->segment);
}

static int plan_clip(Job *job, const ExportClip *clip)
{
    g_auto(RecorderView) view;
    int r = wait_for_end(job, clip);
    if (r < 0)
        return r;
    look(job, clip->camera, &view);
    GPtrArray *taken = export_plan_clip(job->store, clip, &view);
    if (!taken)
        return fail(job, -EIO, "录像索引无法读取 / the recordings' index cannot be read: %s",
                    store_error(job->store));
    export_manifest_add_clip(job->manifest, clip, taken);
    for (guint i = 0; i < taken->len; i++)
        job->all_bytes += ((ExportTaken *)taken->pdata[i])->segment.bytes *
                          (job->order->has_overlay ? 2 : 1); // the copy is about as large again
    return 0;
}

static int check_space(Job *job, const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    struct statvfs fs;
    if (statvfs(folder, &fs) < 0)
        return fail_write(job, -errno);
    int64_t free_bytes = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
    int64_t need = job->all_bytes + PLAN_BYTES + job->place->floor_bytes;
    if (free_bytes >= need)
        return 0;
    g_autofree char *needed = g_format_size((guint64)need), *there = g_format_size(free_bytes);
    return fail(job, -ENOSPC,
                "磁盘空间不足：需要 %s（含须保留的空间），可用 %s"
                " / too little room: %s are needed (with what must stay free), %s are free",
                needed, there, needed, there);
}

static int plan(Job *job, const char *path)
{
    for (guint i = 0; i < job->order->clips->len; i++) {
        int r = plan_clip(job, &g_array_index(job->order->clips, ExportClip, i));
        if (r < 0)
            return r;
    }
    if (job->all_bytes == 0)
        return fail(job, -ENODATA, "所选时段没有录像 / nothing was recorded in that time");
    return check_space(job, path);
}

// --- copying

static char *part_name(const ExportClip *clip, int n_clip, int n_part, int64_t wall_us)
{
    time_t seconds = wall_us / 1000000;
    struct tm tm;
    char moment[32];
    localtime_r(&seconds, &tm);
    strftime(moment, sizeof moment, "%Y%m%d-%H%M%S", &tm);
    return g_strdup_printf("%02d-%02d_%s_%s.mp4", n_clip, n_part, clip->camera, moment);
}

// The file that is being written for a clip.
typedef struct {
    const ExportClip *clip;
    int n_clip;  // from 1
    int n_parts; // begun so far
    ExportPart *part;
    const ExportTaken *first, *before; // of the part
    char *name;                        // of the part
} Cut;

static bool must_begin(const Cut *cut, const ExportTaken *taken)
{
    return !cut->part || taken->segment.init_id != cut->before->segment.init_id ||
           llabs(taken->from_us - cut->before->to_us) >= INDEX_JOIN_US ||
           taken->to_us - cut->first->from_us > EXPORT_PART_MAX_US ||
           export_part_bytes(cut->part) + taken->end - taken->first > EXPORT_PART_MAX_BYTES;
}

static char *title_of(const Job *job, const Cut *cut)
{
    return g_strdup_printf("%s %s", job->order->hall_name, cut->clip->name);
}

static int fail_overlay(Job *job, int err)
{
    if (err == -ENOSYS)
        return fail(job, err,
                    "本机没有 H.264 编码器，不能制作叠加副本 / this box has no H.264 encoder for "
                    "the overlay copy");
    if (err == -EBADMSG)
        return fail(job, err,
                    "画面无法解码，不能制作叠加副本，可不带副本重新导出 / the picture cannot be "
                    "decoded for the overlay copy: export again without it");
    return fail_write(job, err);
}

static int add_overlay(Job *job, const Cut *cut, int64_t offset, int64_t bytes)
{
    ExportProgress progress = { is_ended, count_read, job };
    g_autofree char *title = title_of(job, cut);
    g_autofree char *name = export_manifest_overlay_name(cut->name);
    g_autoptr(Veil) veil =
        job->place->veil ? job->place->veil(job->place->veil_ctx, cut->clip->camera) : NULL;
    OverlaySource source = { job->path, offset, bytes, cut->first->from_us, title, veil };
    EvidenceFile *file = NULL;
    int r = overlay_make(&source, job->zip, name, &progress, &file);
    if (r < 0)
        return fail_overlay(job, r);
    export_manifest_add_file(job->manifest, file);
    return 0;
}

static int end_part(Job *job, Cut *cut)
{
    EvidenceFile *file = NULL;
    if (!cut->part)
        return 0;
    int64_t offset = evidence_zip_entry_offset(job->zip);
    int r = export_part_finish(cut->part, &file);
    g_clear_pointer(&cut->part, export_part_free);
    if (r < 0)
        return fail_write(job, r);
    int64_t bytes = file->bytes;
    export_manifest_add_file(job->manifest, file);
    return job->order->has_overlay ? add_overlay(job, cut, offset, bytes) : 0;
}

static int begin_part(Job *job, Cut *cut, const ExportTaken *taken)
{
    int r = end_part(job, cut);
    if (r < 0)
        return r;
    cut->n_parts++;
    g_free(cut->name);
    cut->name = part_name(cut->clip, cut->n_clip, cut->n_parts, taken->from_us);
    g_autofree char *title = title_of(job, cut);
    export_manifest_add_part(job->manifest, cut->name);
    r = export_part_new(job->zip, cut->name, title, taken->from_us, &cut->part);
    cut->first = taken;
    return r < 0 ? fail_write(job, r) : 0;
}

static int copy_open(Job *job, Cut *cut, ExportTaken *taken, int fd)
{
    ExportProgress progress = { is_ended, count_read, job };
    ExportPiece piece = { .fd = fd,
                          .init_bytes = taken->segment.init_bytes,
                          .bytes = taken->segment.bytes,
                          .first = taken->first,
                          .end = taken->end,
                          .wall_us = taken->segment.head.wall_us,
                          .decode_us = taken->segment.decode_us };
    taken->part = cut->n_parts;
    taken->at_us = taken->from_us - cut->first->from_us;
    taken->at_bytes = export_part_bytes(cut->part);
    int r = fault_at("export.write", taken->path);
    if (r >= 0)
        r = export_part_add(cut->part, &piece, &progress, taken->found_sha256);
    if (r < 0 && r != -EBADMSG)
        return fail_write(job, r);
    taken->is_copied = true;
    taken->is_whole =
        r == 0 && (taken->is_open ||
                   memcmp(taken->found_sha256, taken->segment.sha256, SEGMENT_HASH_BYTES) == 0);
    if (!taken->is_whole)
        log_err("export=%s segment %s is not what was recorded", job->order->id, taken->path);
    cut->before = taken;
    return 0;
}

// A disk that is away ends the export: it can be made again once it is back, and then is whole.
static int find_root(Job *job, const ExportTaken *taken, char **ret_root)
{
    g_autofree char *reason = NULL;
    if (!job->place->recorder) {
        *ret_root = g_strdup(job->place->root);
        return 0;
    }
    int r = recorder_place(job->place->recorder, taken->storage, ret_root, &reason);
    return r < 0 ? fail(job, r, "%s", reason) : 0;
}

static int copy_segment(Job *job, Cut *cut, ExportTaken *taken)
{
    g_autofree char *root = NULL;
    int r = find_root(job, taken, &root);
    if (r < 0)
        return r;
    g_autofree char *path = g_build_filename(root, taken->path, NULL);
    export_plan_refresh(job->store, taken);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) { // a gap, and the manifest says so
        log_err("export=%s segment %s: %s", job->order->id, taken->path, g_strerror(errno));
        return 0;
    }
    r = must_begin(cut, taken) ? begin_part(job, cut, taken) : 0;
    if (r >= 0)
        r = copy_open(job, cut, taken, fd);
    close(fd);
    return r;
}

static int copy_clip(Job *job, guint i)
{
    Cut cut = { .clip = &g_array_index(job->order->clips, ExportClip, i), .n_clip = (int)i + 1 };
    const GPtrArray *taken = export_manifest_clip(job->manifest, i);
    int r = 0;
    for (guint k = 0; r >= 0 && k < taken->len; k++)
        r = copy_segment(job, &cut, taken->pdata[k]);
    if (r >= 0)
        r = end_part(job, &cut);
    export_part_free(cut.part);
    g_free(cut.name);
    return r;
}

// --- the rest of the zip

static int add_text(Job *job, const char *name, const char *text)
{
    EvidenceFile *file = NULL;
    int r = evidence_zip_add(job->zip, name, text, strlen(text), &file);
    if (r < 0)
        return fail_write(job, r);
    export_manifest_add_file(job->manifest, file);
    return 0;
}

static int sign(Job *job)
{
    uint8_t signature[EVIDENCE_SIGNATURE_BYTES];
    g_autofree char *text =
        export_manifest_text(job->manifest, job->store, &job->place->key, clock_wall_ms());
    evidence_key_sign(&job->place->key, text, strlen(text), signature);
    int r = fault_at("export.sign", NULL);
    if (r >= 0)
        r = evidence_zip_add(job->zip, EXPORT_MANIFEST, text, strlen(text), NULL);
    if (r >= 0)
        r = evidence_zip_add(job->zip, EXPORT_SIGNATURE, signature, sizeof signature, NULL);
    if (r >= 0)
        r = evidence_zip_finish(job->zip);
    return r < 0 ? fail_write(job, r) : 0;
}

static int write_all(Job *job, const char *path)
{
    g_autofree char *pem = evidence_key_pem(job->place->key.public_key);
    int r = fault_at("export.create", path);
    if (r >= 0)
        r = evidence_zip_new(path, clock_wall_ms(), &job->zip);
    if (r < 0)
        return fail_write(job, r);
    evidence_zip_watch(job->zip, is_ended, job);
    r = add_text(job, EXPORT_README, readme);
    if (r >= 0)
        r = add_text(job, EXPORT_PEM, pem);
    for (guint i = 0; r >= 0 && i < job->order->clips->len; i++)
        r = copy_clip(job, i);
    if (r >= 0 && job->read_bytes == 0)
        r = fail(job, -ENODATA, "录像文件均已缺失 / the files of the recordings are all gone");
    return r < 0 ? r : sign(job);
}

// --- the job's own hold

static char *hold_id(const char *order, guint i)
{
    return g_strdup_printf("export-%s-%u", order, i + 1);
}

static int hold(Job *job)
{
    for (guint i = 0; job->place->recorder && i < job->order->clips->len; i++) {
        const ExportClip *clip = &g_array_index(job->order->clips, ExportClip, i);
        g_autofree char *id = hold_id(job->order->id, i), *why = NULL;
        IndexHold wanted = { .id = id,
                             .camera = clip->camera,
                             .from_us = clip->from_us,
                             .to_us = clip->to_us,
                             .reason = "export",
                             .ref = job->order->ref };
        int r = recorder_put_hold(job->place->recorder, &wanted, &why);
        if (r < 0)
            return fail(job, r, "录像存储暂不可用 / the recordings cannot be used now: %s",
                        why ? why : g_strerror(-r));
    }
    return 0;
}

// One that cannot be deleted now only keeps video longer, until the order is made or deleted again.
void export_job_let_go(Recorder *recorder, const char *order)
{
    for (guint i = 0; recorder && i < EXPORT_MAX_CLIPS; i++) {
        g_autofree char *id = hold_id(order, i), *why = NULL;
        recorder_delete_hold(recorder, id, &why);
    }
}

int export_job_run(const ExportPlace *place, const ExportOrder *order, const char *path,
                   const ExportWatch *watch, char **ret_error)
{
    Job job = {
        .place = place, .order = order, .watch = watch, .path = path, .ret_error = ret_error
    };
    g_autofree char *index = g_build_filename(place->data_dir, "media.db", NULL);
    *ret_error = NULL;
    int r = store_open(index, STORE_READ, &job.store);
    if (r < 0)
        return fail(&job, r, "录像索引无法打开 / the recordings' index cannot be opened: %s",
                    g_strerror(-r));
    job.manifest = export_manifest_new(order);
    r = hold(&job);
    if (r >= 0)
        r = plan(&job, path);
    if (r >= 0)
        r = write_all(&job, path);
    export_job_let_go(place->recorder, order->id);
    evidence_zip_free(job.zip);
    export_manifest_free(job.manifest);
    store_free(job.store);
    if (r == -ECANCELED)
        fail(&job, r, "已取消 / cancelled");
    return r;
}
