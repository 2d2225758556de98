// SPDX-License-Identifier: Apache-2.0
// Log: one line to stderr for each event, "time level process: text". The supervisor's children
// inherit stderr.
//
// Text carries its subject as fields: log_warn("camera=%s reconnect failed: %s", id, why). Never
// for each frame; repeated failures carry a count. Never a credential. Any thread may log.
#pragma once
#include <glib.h>

typedef enum { LOG_LEVEL_ERR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG } LogLevel;

// Names the process and sets the lowest level that is written. Call once, before the first thread
// starts.
void log_init(const char *process, LogLevel level);
void log_at(LogLevel level, const char *format, ...) G_GNUC_PRINTF(2, 3);

#define log_err(...)   log_at(LOG_LEVEL_ERR, __VA_ARGS__)
#define log_warn(...)  log_at(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...)  log_at(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_at(LOG_LEVEL_DEBUG, __VA_ARGS__)
