// SPDX-License-Identifier: Apache-2.0
// Attachment: a picture that a person gives with a card or a complaint, kept byte for byte under
// DIR/attachments, with its row (size, SHA-256, who) in hall.db.
//
// It is never decoded here and never taken for anything but a picture: what is kept has a JPEG's or
// PNG's own beginning, size and end (ITU-T T.81 annex B; PNG specification 5.2, 11.2). The file is
// on disk before the row: a row without its file cannot be. What is to go loses its row first, or
// gets erased_at; its file goes after that is committed, and so does any other file that no row
// asks for: wherever the box stops, the next look finishes it.
#pragma once
#include "rating/hall.h"

enum { ATTACHMENT_BYTES_MAX = 4 << 20, ATTACHMENT_SIDE_MAX = 12000 /* pixels */ };

typedef struct {
    const char *type; // "image/jpeg" or "image/png"
    int width, height;
} AttachmentPicture;

// False: neither of the two, or not whole, or larger than the limits. Pure.
bool attachment_look(const void *bytes, size_t size, AttachmentPicture *ret_picture);

typedef struct {
    const char *id; // UUID by the page
    const char *who;
    AttachmentPicture picture;
    const char *sha256; // hex
    int64_t size;
    int64_t now_ms;
} AttachmentInput;

// The file, atomically and synced; any thread. dir: DIR. 0 or negative errno.
int attachment_keep(const char *dir, const char *id, const void *bytes, size_t size);
// The bytes; the caller frees. Any thread.
int attachment_bytes(const char *dir, const char *id, char **ret_bytes, size_t *ret_size);

// The row, inside a writer job. 1: added; 0: was there with the same bytes; -EEXIST: the id is
// another picture's.
int attachment_add(Store *store, const AttachmentInput *input);
// It belongs to ref ("card:ID", "complaint:ID") from now on; inside a writer job. -ENOENT: who has
// given no such picture; -EEXIST: it belongs to another thing.
int attachment_claim(Store *store, const char *id, const char *who, const char *ref);
// What was given with nothing for a day is forgotten, and so are, but for their rows, pictures of
// cards and complaints that ended rules.person_days ago: a scan may show a name. Inside a writer
// job. Pictures that go, or negative errno.
int attachment_sweep(Store *store, const Hall *hall, int64_t now_ms);
// Removes the files of dir that no row asks for, unless they are of the last day: their row may be
// on its way. Any thread, after the sweep was committed. Files, or negative errno.
int attachment_sweep_files(Store *store, const char *dir, int64_t now_ms);

// The id in the column, where the picture is still kept; else NULL.
#define ATTACHMENT_KEPT(column)                                                                    \
    "(SELECT a.id FROM attachment a WHERE a.id = " column " AND a.erased_at IS NULL)"

// {"id","type","bytes","width","height","sha256","by","created_at","ref"}; NULL: unknown, or
// erased.
json_t *attachment_get(Store *store, const char *id);
