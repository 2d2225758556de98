// SPDX-License-Identifier: Apache-2.0
#include "rating/attachment.h"

#include "base/file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "attachments"
#define DAY_MS (24 * INT64_C(3600000))

// --- what it is

static unsigned two(const uint8_t *at)
{
    return (unsigned)(at[0] << 8 | at[1]);
}

static unsigned four(const uint8_t *at)
{
    return two(at) << 16 | two(at + 2);
}

static bool is_frame(uint8_t marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

// From marker segment to marker segment, up to the frame header, which says the size.
static bool look_at_jpeg(const uint8_t *bytes, size_t size, AttachmentPicture *picture)
{
    if (size < 12 || two(bytes) != 0xffd8 || two(bytes + size - 2) != 0xffd9)
        return false;
    for (size_t at = 2; at + 9 <= size;) {
        if (bytes[at] != 0xff)
            return false;
        uint8_t marker = bytes[at + 1];
        if (marker == 0xff) { // a fill byte
            at++;
            continue;
        }
        if (is_frame(marker)) {
            *picture = (AttachmentPicture){ "image/jpeg", (int)two(bytes + at + 7),
                                            (int)two(bytes + at + 5) };
            return true;
        }
        unsigned length = two(bytes + at + 2);
        if (marker < 0xc0 || marker == 0xd8 || marker == 0xd9 || marker == 0xda || length < 2)
            return false;
        at += 2 + length;
    }
    return false;
}

static bool look_at_png(const uint8_t *bytes, size_t size, AttachmentPicture *picture)
{
    static const uint8_t begin[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n',
                                     0,    0,   0,   13,  'I',  'H',  'D',  'R' };
    static const uint8_t end[] = { 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82 };
    if (size < sizeof begin + 17 + sizeof end || memcmp(bytes, begin, sizeof begin) != 0 ||
        memcmp(bytes + size - sizeof end, end, sizeof end) != 0)
        return false;
    unsigned width = four(bytes + 16), height = four(bytes + 20);
    if (width > ATTACHMENT_SIDE_MAX || height > ATTACHMENT_SIDE_MAX)
        return false;
    *picture = (AttachmentPicture){ "image/png", (int)width, (int)height };
    return true;
}

bool attachment_look(const void *bytes, size_t size, AttachmentPicture *ret_picture)
{
    if (size > ATTACHMENT_BYTES_MAX)
        return false;
    if (!look_at_jpeg(bytes, size, ret_picture) && !look_at_png(bytes, size, ret_picture))
        return false;
    int width = ret_picture->width, height = ret_picture->height;
    return width > 0 && height > 0 && width <= ATTACHMENT_SIDE_MAX && height <= ATTACHMENT_SIDE_MAX;
}

// --- the file

int attachment_keep(const char *dir, const char *id, const void *bytes, size_t size)
{
    g_autofree char *folder = g_build_filename(dir, FOLDER, NULL);
    g_autofree char *path = g_build_filename(folder, id, NULL);
    int err = file_make_dirs(folder);
    return err < 0 ? err : file_write_atomic(path, bytes, size, 0640);
}

int attachment_bytes(const char *dir, const char *id, char **ret_bytes, size_t *ret_size)
{
    g_autofree char *path = g_build_filename(dir, FOLDER, id, NULL);
    return file_read(path, ATTACHMENT_BYTES_MAX, ret_bytes, ret_size);
}

// --- the row

int attachment_add(Store *store, const AttachmentInput *in)
{
    int added =
        store_exec(store,
                   "INSERT INTO attachment(id, type, bytes, width, height, sha256, by,"
                   " created_at) VALUES(?,?,?,?,?,?,?,?) ON CONFLICT(id) DO NOTHING",
                   "ssiiissi", in->id, in->picture.type, in->size, (int64_t)in->picture.width,
                   (int64_t)in->picture.height, in->sha256, in->who, in->now_ms);
    if (added != 0)
        return added;
    return store_value(store, 0,
                       "SELECT 1 FROM attachment WHERE id = ? AND sha256 = ? AND by = ?"
                       " AND erased_at IS NULL",
                       "sss", in->id, in->sha256, in->who)
               ? 0
               : -EEXIST;
}

int attachment_claim(Store *store, const char *id, const char *who, const char *ref)
{
    int changed = store_exec(store,
                             "UPDATE attachment SET ref = ?3 WHERE id = ?1 AND by = ?2"
                             " AND (ref IS NULL OR ref = ?3)",
                             "sss", id, who, ref);
    if (changed != 0)
        return MIN(changed, 0);
    return store_value(store, 0, "SELECT 1 FROM attachment WHERE id = ? AND by = ?", "ss", id, who)
               ? -EEXIST
               : -ENOENT;
}

json_t *attachment_get(Store *store, const char *id)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT id, type, bytes, width, height, sha256, by, created_at, ref"
                    " FROM attachment WHERE id = ? AND erased_at IS NULL",
                    "s", id);
    return store_step(query) ? store_row_json(query) : NULL;
}

// --- what goes

int attachment_sweep(Store *store, const Hall *hall, int64_t now_ms)
{
    int64_t before_ms = now_ms - (int64_t)hall->config->rules.person_days * DAY_MS;
    int unused = store_exec(store, "DELETE FROM attachment WHERE ref IS NULL AND created_at < ?",
                            "i", now_ms - DAY_MS);
    if (unused < 0)
        return unused;
    int erased =
        store_exec(store,
                   "UPDATE attachment SET erased_at = ?2 WHERE erased_at IS NULL AND id IN ("
                   " SELECT scan FROM card WHERE is_open = 0 AND ended_at < ?1"
                   " UNION ALL SELECT photo FROM complaint WHERE is_open = 0 AND closed_at < ?1)",
                   "ii", before_ms, now_ms);
    return erased < 0 ? erased : unused + erased;
}

// 1: gone; 0: it stays.
static int sweep_file(Store *store, const char *path, const char *id, int64_t now_ms)
{
    enum { NO_ROW = -1, KEPT, ERASED };
    struct stat info;
    int64_t row = store_value(store, NO_ROW,
                              "SELECT erased_at IS NOT NULL FROM attachment WHERE id = ?", "s", id);
    if (row == KEPT || stat(path, &info) < 0)
        return 0;
    if (row == NO_ROW && info.st_mtim.tv_sec * INT64_C(1000) > now_ms - DAY_MS)
        return 0;
    return unlink(path) == 0 ? 1 : -errno;
}

int attachment_sweep_files(Store *store, const char *dir, int64_t now_ms)
{
    g_autofree char *folder = g_build_filename(dir, FOLDER, NULL);
    g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
    const char *name;
    int n = 0;
    while (files && (name = g_dir_read_name(files))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        int gone = sweep_file(store, path, name, now_ms);
        if (gone < 0)
            return gone;
        n += gone;
    }
    return n;
}
