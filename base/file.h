// SPDX-License-Identifier: Apache-2.0
// File: whole reads and writes, and crash-safe ones. Errors are negative errno.
#pragma once
#include <glib.h>
#include <stdint.h>
#include <sys/types.h>

// mkdir -p with mode 0750.
int file_make_dirs(const char *path);

// Writes beside, syncs, renames over, syncs the folder: after a power cut the file is the old one
// or the new one.
int file_write_atomic(const char *path, const char *bytes, size_t size, mode_t mode);

// At most max bytes; -EFBIG beyond. The text is NUL-terminated; the caller frees it.
int file_read(const char *path, size_t max, char **ret_bytes, size_t *ret_size);

// Exactly so many bytes of an open file from a place on; -EBADMSG where it ends before.
int file_read_at(int fd, int64_t at, void *bytes, size_t size);
// All of the bytes, from a place on, or from where the file stands.
int file_write_at(int fd, int64_t at, const void *bytes, size_t size);
int file_write_on(int fd, const void *bytes, size_t size);

int file_sync_dir(const char *path);
