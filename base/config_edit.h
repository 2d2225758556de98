// SPDX-License-Identifier: Apache-2.0
// Config edit: one camera of hallwatch.yaml added, changed or removed as text. Every byte that does
// not belong to the change stays: comments, order, quoting, line ends. Within a camera that is
// there only the values that differ are written.
//
// Pure. The result is read again and compared: it says what was asked for and nothing else, or it
// is not given out.
#pragma once
#include "base/config.h"

// path: of the file, for errors and relative paths. errors collects sentences (char *, owned by the
// array). 0 and the new text (NUL-terminated, the caller frees); -ENOENT: no such camera; -EINVAL:
// the file as it is, or as it would be, is not valid; -ENOTSUP: the file is written in a way that
// cannot be changed from here.

// Changes the camera of this id, or adds it behind the others.
int config_edit_put(const char *path, const char *text, size_t size, const ConfigCamera *camera,
                    GPtrArray *errors, char **ret_text);
int config_edit_remove(const char *path, const char *text, size_t size, const char *id,
                       GPtrArray *errors, char **ret_text);
