// SPDX-License-Identifier: Apache-2.0
// File: whole-file reads and crash-safe writes. Errors are negative errno.
#pragma once
#include <glib.h>
#include <sys/types.h>

// mkdir -p with mode 0750.
int file_make_dirs(const char *path);

// Writes beside, syncs, renames over, syncs the folder: after a power cut the file is the old one
// or the new one.
int file_write_atomic(const char *path, const char *bytes, size_t size, mode_t mode);

// At most max bytes; -EFBIG beyond. The text is NUL-terminated; the caller frees it.
int file_read(const char *path, size_t max, char **ret_bytes, size_t *ret_size);

int file_sync_dir(const char *path);
