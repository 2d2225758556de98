// SPDX-License-Identifier: Apache-2.0
// Evidence zip: the one file that leaves the box.
//
// A plain zip that everything opens (entries stored, UTF-8 names, zip64 records where they are
// needed), in a form so strict that it has only one reading: entries follow one another from byte 0
// on without a hole, and the directory at the end is the one that follows from them, byte for byte.
// So no two programs can see different files in it, and a byte that was changed outside the files
// is found as well. General zip libraries promise neither, which is why this is written here.
//
//     (local header, name, bytes)* directory, [zip64 end, locator,] end
//
// Any thread, one at a time for one object. Errors are negative errno.
#pragma once
#include "base/sha256.h"
#include "capture/evidence_reader.h"

#include <stdbool.h>

enum {
    EVIDENCE_BLOCK = 1 << 20, // each is hashed by itself, so that a change can be located
    EVIDENCE_MAX_ENTRIES = 4096,
    EVIDENCE_MAX_NAME = 200,
};
#define EVIDENCE_MAX_BYTES INT64_C(0xfffffffe) // of an entry

typedef struct {
    char *name;
    int64_t header; // offset of its local header
    int64_t offset; // of its bytes
    int64_t bytes;
    uint32_t crc, dos_time; // MS-DOS date and time
} EvidenceEntry;

// What is known of a file that was put in.
typedef struct {
    char *name;
    int64_t bytes;
    uint8_t sha256[SHA256_BYTES];
    GByteArray *blocks; // SHA-256 of each block, one after the other
} EvidenceFile;
void evidence_file_free(EvidenceFile *file);

// --- writing

typedef struct EvidenceZip EvidenceZip;

// Creates or empties the file. made_ms: what its entries show as their time.
int evidence_zip_new(const char *path, int64_t made_ms, EvidenceZip **ret_zip);
void evidence_zip_free(EvidenceZip *zip); // closes; what is not finished is no zip
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EvidenceZip, evidence_zip_free)

// Asked while the file is read back, which may take seconds: true gives up with -ECANCELED.
void evidence_zip_watch(EvidenceZip *zip, bool (*is_ended)(void *ctx), void *ctx);

// One entry at a time. Offsets are the entry's own; it may be written in any order. -EFBIG: too
// large.
int evidence_zip_begin(EvidenceZip *zip, const char *name);
int evidence_zip_write(EvidenceZip *zip, int64_t at, const void *bytes, size_t size);
int64_t evidence_zip_entry_bytes(const EvidenceZip *zip);
int64_t evidence_zip_entry_offset(const EvidenceZip *zip); // of its bytes, in the zip
// Reads it back and hashes it: what is promised is what lies in the file. The caller frees
// ret_file.
int evidence_zip_end(EvidenceZip *zip, EvidenceFile **ret_file);
// All of that at once. ret_file may be NULL.
int evidence_zip_add(EvidenceZip *zip, const char *name, const void *bytes, size_t size,
                     EvidenceFile **ret_file);
// Directory, sync.
int evidence_zip_finish(EvidenceZip *zip);

// --- reading

typedef enum {
    EVIDENCE_ZIP_WHOLE,
    EVIDENCE_ZIP_CUT,       // ends too early
    EVIDENCE_ZIP_DISORDER,  // what stands at `at` is neither an entry nor the directory
    EVIDENCE_ZIP_DIRECTORY, // the directory is not the one that follows from the entries
} EvidenceZipState;

typedef struct {
    EvidenceZipState state;
    int64_t at;         // the first byte that is not as it must be
    GPtrArray *entries; // EvidenceEntry, in order: all up to there
} EvidenceZipView;

// ret_view is initialised by this. -EBADMSG: nothing like one of ours, which begin with an entry
// called first_name. Nothing of the contents is read.
int evidence_zip_view(const EvidenceReader *reader, const char *first_name,
                      EvidenceZipView *ret_view);
void evidence_zip_view_done(EvidenceZipView *view);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EvidenceZipView, evidence_zip_view_done)
