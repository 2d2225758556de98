// SPDX-License-Identifier: Apache-2.0
// Evidence reader: where the bytes of a zip that is looked over come from: an open file, or
// somebody who is asked for each stretch. Any thread, one at a time.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct {
    int64_t bytes; // of the whole zip
    // Exactly so many bytes from a place on, all of them within the zip. Negative errno: they
    // cannot be had.
    int (*read)(void *ctx, int64_t at, void *into, size_t size);
    void *ctx;
} EvidenceReader;

// Of an open file, which stays the caller's; -errno: its size cannot be told.
int evidence_reader_of_file(int fd, EvidenceReader *ret_reader);

int evidence_read(const EvidenceReader *reader, int64_t at, void *into, size_t size);
