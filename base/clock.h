// SPDX-License-Identifier: Apache-2.0
// Clock: wall time in Unix milliseconds, monotonic time, and the one text form of a moment.
//
// Everything that is stored is Unix milliseconds (video: microseconds). Text for people and for
// other systems is RFC 3339 with milliseconds in the hall's zone, which is the process's TZ (the
// supervisor sets it from the config).
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

int64_t clock_wall_ms(void);
int64_t clock_wall_us(void);
int64_t clock_mono_ms(void);
// Since the machine's start; unlike the monotonic clock it goes on while the machine sleeps.
int64_t clock_boot_us(void);

// "2026-11-24T09:12:03.120+08:00". The caller frees.
char *clock_format(int64_t wall_ms);

// Reads RFC 3339 (fraction optional, offset or Z required), or whole digits as Unix milliseconds.
// False: not a time.
bool clock_parse(const char *text, int64_t *ret_wall_ms);

// Date and time of the hall as other programs write them: 2026-11-24 09:12[:30[.0]] (T for the
// blank too) or 2026/11/24 9:12, or the date alone. False: not a time.
bool clock_parse_local(const char *text, int64_t *ret_wall_ms);

// 00:00 of the hall's day that holds the moment.
int64_t clock_day_start(int64_t wall_ms);
