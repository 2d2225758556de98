// SPDX-License-Identifier: Apache-2.0
// Archive check: proves the archive's invariants (archive.h) on what lies on disk, offline or
// beside a running box.
//
// Whether a box runs is known by the lock on DIR/media.lock: then open rows, garbage that is just
// being removed and bytes after the last indexed fragment are not problems.
#pragma once
#include <stdbool.h>
#include <stdio.h>

// path, spare_path: of the config's storage, or NULL. A folder that is not ours is one problem, and
// what should lie there is not looked at. deep: scans and hashes every file, so that each one
// that is ALTERED, CUT, LENGTHENED, SWAPPED or MISSING is named, down to a single byte. One line
// for each problem and a last line with the figures. Returns the number of problems, or negative
// errno when there is nothing that can be checked.
int archive_check(const char *data_dir, const char *path, const char *spare_path, FILE *out,
                  bool deep);
