// SPDX-License-Identifier: Apache-2.0
#include "capture/evidence_zip.h"

#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <libavutil/crc.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// APPNOTE 6.3, 4.3 and 4.4
enum {
    LOCAL_HEADER = 0x04034b50,
    CENTRAL_HEADER = 0x02014b50,
    END64_RECORD = 0x06064b50,
    END64_LOCATOR = 0x07064b50,
    END_RECORD = 0x06054b50,
    LOCAL_BYTES = 30,
    END64_BYTES = 56,
    VERSION = 20,
    VERSION_64 = 45,
    MADE_BY_UNIX = 3 << 8,
    UTF8_NAME = 1 << 11,
    ZIP64_EXTRA = 1,
};
// So much is left to be written out at once: what recorders sync meanwhile does not wait for
// gigabytes.
#define SYNC_WINDOW (INT64_C(16) << 20)
#define FILE_MODE   0100644u
#define MAX_32      INT64_C(0xffffffff)
#define SIZES_BEGIN 14 // crc and sizes in a local header

struct EvidenceZip {
    int fd;
    uint32_t dos_time;
    int64_t end;        // where the next entry begins
    GPtrArray *entries; // EvidenceEntry
    EvidenceEntry *entry;
    int64_t unsynced;            // where the window begins that is still to be sent to the disk
    bool (*is_ended)(void *ctx); // may be NULL
    void *ended_ctx;
};

static void entry_free(gpointer data)
{
    EvidenceEntry *entry = data;
    g_free(entry->name);
    g_free(entry);
}

void evidence_file_free(EvidenceFile *file)
{
    if (!file)
        return;
    g_free(file->name);
    g_byte_array_unref(file->blocks);
    g_free(file);
}

static void put(GByteArray *bytes, uint64_t value, int n)
{
    for (int i = 0; i < n; i++)
        g_byte_array_append(bytes, &(uint8_t){ value >> (8 * i) }, 1);
}

static uint32_t get(const uint8_t *bytes, int n)
{
    uint32_t value = 0;
    for (int i = 0; i < n; i++)
        value |= (uint32_t)bytes[i] << (8 * i);
    return value;
}

// --- headers

static void put_common(GByteArray *bytes, const EvidenceEntry *entry, int version)
{
    put(bytes, version, 2);
    put(bytes, UTF8_NAME, 2);
    put(bytes, 0, 2); // stored
    put(bytes, entry->dos_time, 4);
    put(bytes, entry->crc, 4);
    put(bytes, entry->bytes, 4);
    put(bytes, entry->bytes, 4);
    put(bytes, strlen(entry->name), 2);
}

static GByteArray *local_header(const EvidenceEntry *entry)
{
    GByteArray *bytes = g_byte_array_new();
    put(bytes, LOCAL_HEADER, 4);
    put_common(bytes, entry, VERSION);
    put(bytes, 0, 2);
    g_byte_array_append(bytes, (const guint8 *)entry->name, strlen(entry->name));
    return bytes;
}

static void put_central(GByteArray *bytes, const EvidenceEntry *entry)
{
    bool is_far = entry->header >= MAX_32;
    put(bytes, CENTRAL_HEADER, 4);
    put(bytes, MADE_BY_UNIX | VERSION_64, 2);
    put_common(bytes, entry, is_far ? VERSION_64 : VERSION);
    put(bytes, is_far ? 12 : 0, 2);
    put(bytes, 0, 2); // comment
    put(bytes, 0, 2); // disk
    put(bytes, 0, 2);
    put(bytes, FILE_MODE << 16, 4);
    put(bytes, MIN(entry->header, MAX_32), 4);
    g_byte_array_append(bytes, (const guint8 *)entry->name, strlen(entry->name));
    if (!is_far)
        return;
    put(bytes, ZIP64_EXTRA, 2);
    put(bytes, 8, 2);
    put(bytes, entry->header, 8);
}

static void put_end64(GByteArray *bytes, guint n, int64_t start, int64_t size)
{
    put(bytes, END64_RECORD, 4);
    put(bytes, END64_BYTES - 12, 8);
    put(bytes, MADE_BY_UNIX | VERSION_64, 2);
    put(bytes, VERSION_64, 2);
    put(bytes, 0, 8); // disks
    put(bytes, n, 8);
    put(bytes, n, 8);
    put(bytes, size, 8);
    put(bytes, start, 8);
    put(bytes, END64_LOCATOR, 4);
    put(bytes, 0, 4);
    put(bytes, start + size, 8);
    put(bytes, 1, 4);
}

// The directory and the end that follow from the entries, when it begins at start.
static GByteArray *directory(const GPtrArray *entries, int64_t start)
{
    GByteArray *bytes = g_byte_array_new();
    for (guint i = 0; i < entries->len; i++)
        put_central(bytes, entries->pdata[i]);
    int64_t size = bytes->len;
    if (start >= MAX_32)
        put_end64(bytes, entries->len, start, size);
    put(bytes, END_RECORD, 4);
    put(bytes, 0, 4); // disks
    put(bytes, entries->len, 2);
    put(bytes, entries->len, 2);
    put(bytes, size, 4);
    put(bytes, MIN(start, MAX_32), 4);
    put(bytes, 0, 2); // comment
    return bytes;
}

// --- writing

static uint32_t dos_time_of(int64_t ms)
{
    time_t seconds = ms / 1000;
    struct tm tm;
    localtime_r(&seconds, &tm);
    uint32_t date = (uint32_t)(MAX(tm.tm_year - 80, 0) << 9 | (tm.tm_mon + 1) << 5 | tm.tm_mday);
    return date << 16 | (uint32_t)(tm.tm_hour << 11 | tm.tm_min << 5 | tm.tm_sec / 2);
}

int evidence_zip_new(const char *path, int64_t made_ms, EvidenceZip **ret_zip)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (fd < 0)
        return -errno;
    EvidenceZip *zip = g_new0(EvidenceZip, 1);
    zip->fd = fd;
    zip->dos_time = dos_time_of(made_ms);
    zip->entries = g_ptr_array_new_with_free_func(entry_free);
    *ret_zip = zip;
    return 0;
}

void evidence_zip_watch(EvidenceZip *zip, bool (*is_ended)(void *ctx), void *ctx)
{
    zip->is_ended = is_ended;
    zip->ended_ctx = ctx;
}

void evidence_zip_free(EvidenceZip *zip)
{
    if (!zip)
        return;
    close(zip->fd);
    g_ptr_array_unref(zip->entries);
    g_free(zip);
}

static int write_local(EvidenceZip *zip)
{
    g_autoptr(GByteArray) bytes = local_header(zip->entry);
    return file_write_at(zip->fd, zip->entry->header, bytes->data, bytes->len);
}

int evidence_zip_begin(EvidenceZip *zip, const char *name)
{
    if (zip->entries->len == EVIDENCE_MAX_ENTRIES || strlen(name) > EVIDENCE_MAX_NAME)
        return -EFBIG;
    EvidenceEntry *entry = zip->entry = g_new0(EvidenceEntry, 1);
    entry->name = g_strdup(name);
    entry->header = zip->end;
    entry->offset = entry->header + LOCAL_BYTES + (int64_t)strlen(name);
    entry->dos_time = zip->dos_time;
    g_ptr_array_add(zip->entries, entry);
    return write_local(zip);
}

// Starts writing the newest window out and waits for the one before. Only a hint: the sync at the
// end tells about errors.
static void keep_window(EvidenceZip *zip, int64_t end)
{
    if (end - zip->unsynced < SYNC_WINDOW)
        return;
    (void)sync_file_range(zip->fd, zip->unsynced, end - zip->unsynced, SYNC_FILE_RANGE_WRITE);
    (void)sync_file_range(zip->fd, MAX(zip->unsynced - SYNC_WINDOW, 0),
                          zip->unsynced - MAX(zip->unsynced - SYNC_WINDOW, 0),
                          SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
                              SYNC_FILE_RANGE_WAIT_AFTER);
    zip->unsynced = end;
}

int evidence_zip_write(EvidenceZip *zip, int64_t at, const void *bytes, size_t size)
{
    if (at < 0 || at + (int64_t)size > EVIDENCE_MAX_BYTES)
        return -EFBIG;
    zip->entry->bytes = MAX(zip->entry->bytes, at + (int64_t)size);
    int r = file_write_at(zip->fd, zip->entry->offset + at, bytes, size);
    if (r >= 0)
        keep_window(zip, zip->entry->offset + at + (int64_t)size);
    return r;
}

int64_t evidence_zip_entry_bytes(const EvidenceZip *zip)
{
    return zip->entry->bytes;
}

int64_t evidence_zip_entry_offset(const EvidenceZip *zip)
{
    return zip->entry->offset;
}

static int hash_entry(const EvidenceZip *zip, EvidenceFile *file, uint32_t *ret_crc)
{
    const AVCRC *table = av_crc_get_table(AV_CRC_32_IEEE_LE);
    g_autoptr(Sha256) whole = sha256_new();
    g_autoptr(Sha256) block = sha256_new();
    g_autofree uint8_t *buffer = g_malloc(EVIDENCE_BLOCK);
    uint32_t crc = UINT32_MAX;
    for (int64_t at = 0; at < zip->entry->bytes; at += EVIDENCE_BLOCK) {
        size_t size = (size_t)MIN(EVIDENCE_BLOCK, zip->entry->bytes - at);
        uint8_t hash[SHA256_BYTES];
        bool is_over = zip->is_ended && zip->is_ended(zip->ended_ctx);
        int r = is_over ? -ECANCELED : file_read_at(zip->fd, zip->entry->offset + at, buffer, size);
        if (r < 0)
            return r;
        sha256_update(whole, buffer, size);
        sha256_reset(block);
        sha256_update(block, buffer, size);
        sha256_read(block, hash);
        g_byte_array_append(file->blocks, hash, sizeof hash);
        crc = av_crc(table, crc, buffer, size);
    }
    sha256_read(whole, file->sha256);
    *ret_crc = ~crc;
    return 0;
}

int evidence_zip_end(EvidenceZip *zip, EvidenceFile **ret_file)
{
    EvidenceFile *file = g_new0(EvidenceFile, 1);
    file->name = g_strdup(zip->entry->name);
    file->bytes = zip->entry->bytes;
    file->blocks = g_byte_array_new();
    int r = hash_entry(zip, file, &zip->entry->crc);
    if (r >= 0)
        r = write_local(zip);
    if (r < 0) {
        evidence_file_free(file);
        return r;
    }
    zip->end = zip->entry->offset + zip->entry->bytes;
    *ret_file = file;
    return 0;
}

int evidence_zip_add(EvidenceZip *zip, const char *name, const void *bytes, size_t size,
                     EvidenceFile **ret_file)
{
    EvidenceFile *file = NULL;
    int r = evidence_zip_begin(zip, name);
    if (r >= 0)
        r = evidence_zip_write(zip, 0, bytes, size);
    if (r >= 0)
        r = evidence_zip_end(zip, &file);
    if (ret_file)
        *ret_file = file;
    else
        evidence_file_free(file);
    return r;
}

int evidence_zip_finish(EvidenceZip *zip)
{
    g_autoptr(GByteArray) bytes = directory(zip->entries, zip->end);
    int r = file_write_at(zip->fd, zip->end, bytes->data, bytes->len);
    if (r < 0)
        return r;
    // An entry that was given up may have reached further.
    if (ftruncate(zip->fd, zip->end + bytes->len) < 0 || fsync(zip->fd) < 0)
        return -errno;
    return 0;
}

// --- reading

static bool is_plain_name(const char *name, size_t size)
{
    return size && strlen(name) == size && g_utf8_validate(name, (gssize)size, NULL) &&
           !strchr(name, '/') && !strchr(name, '\\') && *name != '.';
}

// 0: ret_entry is set; -EBADMSG: no entry of ours stands there.
static int view_entry(const EvidenceReader *reader, int64_t at, EvidenceEntry **ret_entry)
{
    uint8_t head[LOCAL_BYTES];
    char name[EVIDENCE_MAX_NAME + 1] = "";
    if (reader->bytes - at < LOCAL_BYTES)
        return -EBADMSG;
    int r = evidence_read(reader, at, head, sizeof head);
    size_t size = r < 0 ? 0 : get(head + 26, 2);
    if (r < 0 || size > EVIDENCE_MAX_NAME || reader->bytes - at - LOCAL_BYTES < (int64_t)size)
        return r < 0 ? r : -EBADMSG;
    r = evidence_read(reader, at + LOCAL_BYTES, name, size);
    if (r < 0 || !is_plain_name(name, size))
        return r < 0 ? r : -EBADMSG;
    EvidenceEntry *entry = g_new0(EvidenceEntry, 1);
    *entry = (EvidenceEntry){ .name = g_strndup(name, size),
                              .header = at,
                              .offset = at + LOCAL_BYTES + (int64_t)size,
                              .bytes = get(head + SIZES_BEGIN + 4, 4),
                              .crc = get(head + SIZES_BEGIN, 4),
                              .dos_time = get(head + 10, 4) };
    g_autoptr(GByteArray) expected = local_header(entry);
    if (memcmp(expected->data, head, sizeof head) != 0) {
        entry_free(entry);
        return -EBADMSG;
    }
    *ret_entry = entry;
    return 0;
}

// -1: all as expected; else the first offset (from start) that differs or is missing.
static int64_t compare_tail(const EvidenceReader *reader, int64_t start, const GByteArray *expected)
{
    g_autofree uint8_t *found = g_malloc0(expected->len);
    size_t there = (size_t)MIN(reader->bytes - start, (int64_t)expected->len);
    if (evidence_read(reader, start, found, there) < 0)
        return 0;
    for (size_t i = 0; i < there; i++) {
        if (found[i] != expected->data[i])
            return (int64_t)i;
    }
    return reader->bytes - start == (int64_t)expected->len ? -1 : (int64_t)there;
}

static void judge_tail(const EvidenceReader *reader, int64_t at, EvidenceZipView *view)
{
    g_autoptr(GByteArray) expected = directory(view->entries, at);
    int64_t wrong = compare_tail(reader, at, expected);
    view->at = wrong < 0 ? reader->bytes : at + wrong;
    if (wrong < 0)
        view->state = EVIDENCE_ZIP_WHOLE;
    else if (view->at == reader->bytes)
        view->state = EVIDENCE_ZIP_CUT;
    else
        view->state = wrong < 4 ? EVIDENCE_ZIP_DISORDER : EVIDENCE_ZIP_DIRECTORY;
}

// Whether the file begins as ours do, give or take a few bytes that were changed.
static bool is_ours(const EvidenceReader *reader, const char *first_name)
{
    enum { CHANGED = 3 };
    const EvidenceEntry first = { .name = (char *)first_name };
    g_autoptr(GByteArray) expected = local_header(&first);
    g_autofree uint8_t *found = g_malloc0(expected->len);
    int changed = 0;
    if (evidence_read(reader, 0, found, expected->len) < 0)
        return false;
    for (guint i = 0; i < expected->len; i++) {
        bool is_fixed = i < 10 || i >= SIZES_BEGIN + 12; // all but time, crc and sizes
        changed += is_fixed && found[i] != expected->data[i];
    }
    return changed <= CHANGED;
}

int evidence_zip_view(const EvidenceReader *reader, const char *first_name,
                      EvidenceZipView *ret_view)
{
    *ret_view = (EvidenceZipView){ .entries = g_ptr_array_new_with_free_func(entry_free) };
    if (!is_ours(reader, first_name))
        return -EBADMSG;
    int64_t at = 0;
    while (ret_view->entries->len < EVIDENCE_MAX_ENTRIES) {
        EvidenceEntry *entry = NULL;
        int r = view_entry(reader, at, &entry);
        if (r == -EBADMSG)
            break;
        if (r < 0)
            return r;
        g_ptr_array_add(ret_view->entries, entry);
        at = entry->offset + entry->bytes;
        if (at > reader->bytes) { // its last bytes are gone; what is there can still be looked at
            entry->bytes = reader->bytes - entry->offset;
            ret_view->state = EVIDENCE_ZIP_CUT;
            ret_view->at = reader->bytes;
            return 0;
        }
    }
    judge_tail(reader, at, ret_view);
    return 0;
}

void evidence_zip_view_done(EvidenceZipView *view)
{
    g_clear_pointer(&view->entries, g_ptr_array_unref);
}
