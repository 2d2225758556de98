// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// Written once by log_init before any thread starts, read-only afterwards.
static const char *process_name = "hallwatch";
static LogLevel lowest = LOG_LEVEL_INFO;

static const char *const level_names[] = {
    [LOG_LEVEL_ERR] = "error",
    [LOG_LEVEL_WARN] = "warn",
    [LOG_LEVEL_INFO] = "info",
    [LOG_LEVEL_DEBUG] = "debug",
};

void log_init(const char *process, LogLevel level)
{
    process_name = process;
    lowest = level;
}

// Text may carry bytes from outside: a line break in it must not forge a second line.
static void flatten(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = ' ';
}

void log_at(LogLevel level, const char *format, ...)
{
    if (level > lowest)
        return;
    char text[1024], line[1200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    flatten(text);
    g_autofree char *now = clock_format(clock_wall_ms());
    int n =
        snprintf(line, sizeof line, "%s %s %s: %s\n", now, level_names[level], process_name, text);
    // One write for each line keeps lines of several processes whole. A log that cannot be written
    // has no one to tell.
    if (write(STDERR_FILENO, line, (size_t)MIN(n, (int)sizeof line - 1)) < 0)
        return;
}
