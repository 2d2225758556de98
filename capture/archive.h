// SPDX-License-Identifier: Apache-2.0
// Archive: one storage folder: its segment files, and their rows in media.db (index.h).
//
// Invariants, once a start has finished (archive_check proves them):
//   I1  A storage folder's hallwatch-storage.json carries the uuid that media.db knows for it.
//       Nothing is ever written to or deleted from a folder that does not (a wrong mount).
//   I2  A row `done` has a file of exactly its bytes and SHA-256 in its storage folder, and says
//       nothing that a scan of the file does not: camera, id, start, duration, codecs, entries, the
//       segment before.
//   I3  A row `open` belongs to the segment that a running recorder is writing, or to a storage
//       folder that has been away since: at most one for a camera in a folder.
//   I4  A file *.mp4 under a storage folder has a row of that folder, or stands in `garbage`.
//   I5  A path in `garbage` has no row.
//   I6  A segment names the segment of its camera before it with that file's SHA-256; if that one
//       is still there, its hash is this one.
//   I7  A segment begins with a key frame, and nothing in it is of two connections of a camera.
//   I8  A segment that a hold overlaps is not deleted.
//   I9  A gap ends after it begins.
//
// Order of operations ("|": on disk before what follows; each is a point of base/fault.h,
// "archive." and its name, and tests stop at every one):
//   begin    insert row open | create file | sync folder | header
//   append   write fragment; about once a second: data on disk
//   finish   sync file | row done (bytes, hash, entries)
//   delete   one transaction: delete row, insert garbage | unlink | sync folder | delete garbage
//   start    garbage is finished; each open row: no file or no whole fragment: delete; else cut the
//            file after its last whole fragment | sync file | one transaction: row done, and what
//            was meanwhile written down as missing is no gap any more. Files without a row are
//            entered from what they say themselves, and rows whose file is gone are replaced by a
//            gap, step by step while recording already goes on.
// So a crash loses at most what came after the last sync, and only the last fragments of open
// files. A folder is opened, and closed, by itself: while it is away its rows stay as they are.
//
// A segment's id is the wall clock of its first sample in microseconds, or one more than the
// highest id that is known: ids stay unique when the index is lost or restored from a backup, and
// below 2^53. Paths: {camera}/{YYYY-MM-DD}/{HHMMSS-mmm}-{id}.mp4 in the hall's zone.
//
// Thread: an Archive belongs to one thread (its disk's), with a connection of its own to media.db.
// No transaction on that is open while the folder is waited for.
#pragma once
#include "capture/index.h"
#include "capture/segment.h"

#define ARCHIVE_META_FILE "hallwatch-storage.json"

// Several storage folders are told apart by a number, which stands in their rows: 0 is
// storage.path, 1 is storage.spare_path.
typedef struct {
    const char *data_dir;
    const char *root; // NULL: data_dir/recordings
    const char *hall;
    int storage;
} ArchiveOptions;

typedef struct Archive Archive;
typedef struct ArchiveSegment ArchiveSegment; // one that is being written

// The storage folder that is meant when the config says path (NULL: the default). The caller frees.
char *archive_root(const char *data_dir, const char *path);

// Opens, checks I1, finishes garbage and recovers open rows. ret_reason: a sentence for people when
// it fails. -ENODEV: not the storage folder that media.db knows.
int archive_open(const ArchiveOptions *options, char **ret_reason, Archive **ret_archive);
void archive_free(Archive *archive);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Archive, archive_free)
const char *archive_error(Archive *archive); // of the last failure here, for a log line. Borrowed.
const char *archive_path(Archive *archive);  // the storage folder. Borrowed.

// -ENODEV: the path leads to another folder than the one that was opened (unmounted, or something
// mounted over it). Cheap; archive_begin asks it as well.
int archive_check_place(Archive *archive);

// One step of entering files without rows (at most one file) and striking rows without files. True:
// there is more to do.
bool archive_walk(Archive *archive);

typedef struct {
    const char *camera;
    int64_t wall_us;
    GBytes *init;
    const char *codecs;
    int width, height;
} ArchiveBegin;

int archive_begin(Archive *archive, const ArchiveBegin *begin, ArchiveSegment **ret_segment);
int archive_append(Archive *archive, ArchiveSegment *segment, GBytes *fragment,
                   SegmentEntry *ret_entry);
// All that were written to since the last time, in one go: the first sync carries most of the cost
// for all.
int archive_sync(Archive *archive, ArchiveSegment *const *segments, size_t n);
// Consumes the segment whatever happens; after an error its row stays open for the next
// archive_open.
int archive_finish(Archive *archive, ArchiveSegment *take_segment);
// Closes the file and leaves the row open.
void archive_abandon(ArchiveSegment *take_segment);
const Segment *archive_segment(const ArchiveSegment *segment); // borrowed

// Segments that are done or were never finished. Ids that are unknown, and done ones that a hold
// overlaps by now, are passed over. Few at a time: each call is two commits.
int archive_delete(Archive *archive, const int64_t *ids, size_t n);
enum { ARCHIVE_MAX_DELETE = 64 };

// Reading rows, for every reader of media.db: columns of a query `SELECT " ARCHIVE_COLUMNS " FROM
// segment ...`. The entries are read only where they are wanted: they lie behind the other columns.
// -EBADMSG: not what this program writes. ret_segment must be initialised; open rows have an id, a
// camera and a start only.
//
// Segments follow one another as they were recorded by their ids, not by their wall clock, which
// may have been set back in between: then a time of day was recorded twice. ARCHIVE_CLOCK_US is
// what the clock that a segment was recorded by was set by later (clock_book.h); 0: nothing is
// known against it.
#define ARCHIVE_CLOCK_US                                                                           \
    "(SELECT ifnull(sum(step_us), 0) FROM clock_step"                                              \
    " WHERE segment.id BETWEEN first_id AND last_id)"
#define ARCHIVE_COLUMNS                                                                            \
    "id, state, camera, path, start_us, duration_us, decode_us, bytes, init_bytes, header_bytes, " \
    "init_id, width, height, codecs, previous_id, previous_sha256, sha256, " ARCHIVE_CLOCK_US      \
    ", storage, entries"
// Whether some hold overlaps the row.
#define ARCHIVE_IS_HELD                                                                            \
    "EXISTS (SELECT 1 FROM hold WHERE hold.camera = segment.camera"                                \
    " AND hold.from_us < start_us + duration_us AND hold.to_us > start_us)"
typedef struct {
    bool is_open;
    int storage;
    const char *path; // borrowed until the next step
} ArchiveRow;
int archive_read_row(StoreQuery *query, ArchiveRow *ret_row, Segment *ret_segment);

// The uuid in a storage folder's meta file; NULL: none, or not readable. The caller frees.
char *archive_read_meta(const char *root);
// The key of media.db's `meta` that a storage folder's uuid stands under. The caller frees.
char *archive_meta_key(int storage);

int64_t archive_oldest_us(Archive *archive);  // 0: empty
int64_t archive_used_bytes(Archive *archive); // of done rows; kept, not computed
Store *archive_store(Archive *archive);       // the write connection, for retention's queries
int archive_storage(Archive *archive);
