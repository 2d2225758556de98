// SPDX-License-Identifier: Apache-2.0
// Set-up code: DIR/setup-code, the one-time code that lets the person who can read the box's disk
// make the first administrator. It is there (0600) while there is no user.
#pragma once
#include <stdbool.h>

// Makes a code where there is none yet. 0 or negative errno.
int setup_code_make(const char *data_dir);
// Compares with the file, in constant time; spaces and dashes do not count. False where there is no
// file.
bool setup_code_matches(const char *data_dir, const char *code);
int setup_code_remove(const char *data_dir);
