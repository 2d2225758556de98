// SPDX-License-Identifier: Apache-2.0
#include "capture/avlog.h"

#include "base/log.h"
#include "capture/url.h"
#include <libavutil/log.h>

static void write_line(void *object, int level, const char *format, va_list args)
{
    if (level > AV_LOG_ERROR)
        return;
    int prefix = 1;
    char line[1024];
    av_log_format_line2(object, level, format, args, line, sizeof line, &prefix);
    g_autofree char *redacted = url_redact(line);
    log_debug("libav: %s", g_strchomp(redacted));
}

void avlog_init(void)
{
    av_log_set_level(AV_LOG_ERROR);
    av_log_set_callback(write_line);
}
