// SPDX-License-Identifier: Apache-2.0
#include "demo/camera/trouble.h"
#include <string.h>

#define JUMP_EVERY_S 10
#define GARBAGE_SIZE 200

static const struct {
    const char *name, *help;
    int amount, low, high;
} troubles[TROUBLES] = {
    [TROUBLE_LOSS] = { "loss", "N % of the RTP packets are lost", 2, 0, 100 },
    [TROUBLE_WRAP] = { "wrap", "RTP time wraps after N seconds", 5, 0, 86400 },
    [TROUBLE_JUMP] = { "jump", "every 10 s RTP time jumps by N seconds", 8, -86400, 86400 },
    [TROUBLE_REPEAT] = { "repeat", "pictures within N ms have one RTP time", 200, 1, 10000 },
    [TROUBLE_SPEED] = { "speed", "the clock is N per mille too fast", 10, -900, 1000 },
    [TROUBLE_GARBAGE] = { "garbage", "NAL units of nonsense before each picture", 0, 0, 0 },
    [TROUBLE_HUGE] = { "huge", "key frames of N kB", 2000, 1, 16000 },
    [TROUBLE_NO_KEY] = { "no-key", "sessions do not begin with a key frame", 0, 0, 0 },
    [TROUBLE_NO_RTCP] = { "no-rtcp", "no sender reports", 0, 0, 0 },
    [TROUBLE_MUTE_LATE] = { "mute-late", "sound begins N seconds late", 5, 0, 86400 },
    [TROUBLE_MUTE_AFTER] = { "mute-after", "sound ends after N seconds", 5, 0, 86400 },
};

static bool read_amount(TroubleKind kind, const char *text, int *ret_amount)
{
    gint64 amount = troubles[kind].amount;
    bool is_fine = !text || g_ascii_string_to_signed(text, 10, troubles[kind].low,
                                                     troubles[kind].high, &amount, NULL);
    *ret_amount = (int)amount;
    return is_fine;
}

bool trouble_parse(Trouble *trouble, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, ":", 2);
    for (int i = 0; words[0] && i < TROUBLES; i++) {
        if (!g_str_equal(troubles[i].name, words[0]))
            continue;
        trouble->has[i] = true;
        if (read_amount(i, words[1], &trouble->amount[i]))
            return true;
        break;
    }
    g_printerr("--trouble=%s is not known; see --help\n", text);
    return false;
}

char *trouble_help(void)
{
    GString *text = g_string_new("Troubles (--trouble=NAME or NAME:N, as often as wanted):\n");
    for (int i = 0; i < TROUBLES; i++) {
        g_string_append_printf(text, "  %-11s %s", troubles[i].name, troubles[i].help);
        if (troubles[i].amount)
            g_string_append_printf(text, " (default %d)", troubles[i].amount);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

// Types that no standard gives a meaning to, and a body without start codes.
static void add_garbage(GByteArray *bytes, bool is_h265)
{
    guint8 nal[GARBAGE_SIZE] = { 0, 0, 0, 1 };
    for (size_t i = 4; i < sizeof nal; i++)
        nal[i] = (guint8)g_random_int_range(1, 256);
    nal[4] = is_h265 ? 63 << 1 : 31;
    g_byte_array_append(bytes, nal, sizeof nal);
}

// Filler data: ITU-T H.264 7.3.2.7 (type 12), H.265 7.3.2.8 (type 38).
static void add_filler(GByteArray *bytes, bool is_h265, guint size)
{
    static const guint8 h264[] = { 0, 0, 0, 1, 12 }, h265[] = { 0, 0, 0, 1, 38 << 1, 1 };
    if (is_h265)
        g_byte_array_append(bytes, h265, sizeof h265);
    else
        g_byte_array_append(bytes, h264, sizeof h264);
    guint begin = bytes->len;
    g_byte_array_set_size(bytes, begin + size);
    memset(bytes->data + begin, 0xff, size);
    g_byte_array_append(bytes, (const guint8[]){ 0x80 }, 1);
}

AVPacket *trouble_picture(const Trouble *trouble, bool is_h265, const AVPacket *picture)
{
    AVPacket *out = av_packet_clone(picture);
    bool is_huge = trouble->has[TROUBLE_HUGE] && (picture->flags & AV_PKT_FLAG_KEY);
    if (!out || (!trouble->has[TROUBLE_GARBAGE] && !is_huge))
        return out;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    if (trouble->has[TROUBLE_GARBAGE])
        add_garbage(bytes, is_h265);
    g_byte_array_append(bytes, picture->data, (guint)picture->size);
    if (is_huge)
        add_filler(bytes, is_h265, (guint)trouble->amount[TROUBLE_HUGE] * 1000);
    av_buffer_unref(&out->buf);
    if (av_new_packet(out, (int)bytes->len) < 0)
        g_error("out of memory");
    memcpy(out->data, bytes->data, bytes->len);
    av_packet_copy_props(out, picture);
    return out;
}

bool trouble_has_sound(const Trouble *trouble, int64_t session_us)
{
    int64_t seconds = session_us / G_USEC_PER_SEC;
    return (!trouble->has[TROUBLE_MUTE_LATE] || seconds >= trouble->amount[TROUBLE_MUTE_LATE]) &&
           (!trouble->has[TROUBLE_MUTE_AFTER] || seconds < trouble->amount[TROUBLE_MUTE_AFTER]);
}

// RTP

typedef struct {
    Trouble trouble;
    int rate; // of RTP time
    bool has_first;
    guint32 first; // the payloader's time of the first packet
    guint32 start; // what is sent for it
} TroubleLine;

// What a camera with this trouble calls a moment that is so long (in units of the rate) after its
// first.
static gint64 told_time(const TroubleLine *line, gint64 since)
{
    const Trouble *trouble = &line->trouble;
    gint64 told = since;
    if (trouble->has[TROUBLE_SPEED])
        told += since * trouble->amount[TROUBLE_SPEED] / 1000;
    if (trouble->has[TROUBLE_JUMP])
        told += since / (JUMP_EVERY_S * line->rate) * line->rate * trouble->amount[TROUBLE_JUMP];
    if (trouble->has[TROUBLE_REPEAT])
        told -= told % ((gint64)line->rate * trouble->amount[TROUBLE_REPEAT] / 1000);
    return told;
}

// The time stands in the packet's fifth to eighth byte (RFC 3550, 5.1).
static void retime(TroubleLine *line, GstBuffer *buffer)
{
    guint8 bytes[4];
    if (gst_buffer_extract(buffer, 4, bytes, sizeof bytes) != sizeof bytes)
        return;
    guint32 time = GST_READ_UINT32_BE(bytes);
    if (!line->has_first) {
        line->has_first = true;
        line->first = time;
        line->start = line->trouble.has[TROUBLE_WRAP]
                          ? -(guint32)(line->trouble.amount[TROUBLE_WRAP] * line->rate)
                          : time;
    }
    gint64 since = (gint32)(time - line->first);
    GST_WRITE_UINT32_BE(bytes, line->start + (guint32)told_time(line, since));
    gst_buffer_fill(buffer, 4, bytes, sizeof bytes);
}

static bool is_lost(const TroubleLine *line)
{
    return line->trouble.has[TROUBLE_LOSS] &&
           g_random_int_range(0, 100) < line->trouble.amount[TROUBLE_LOSS];
}

static gboolean on_listed(GstBuffer **buffer, guint index, gpointer ctx)
{
    *buffer = gst_buffer_make_writable(*buffer);
    retime(ctx, *buffer);
    if (is_lost(ctx))
        gst_clear_buffer(buffer);
    return TRUE;
}

static GstPadProbeReturn on_rtp(GstPad *pad, GstPadProbeInfo *info, gpointer ctx)
{
    if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) {
        GstBufferList *list = gst_buffer_list_make_writable(info->data);
        gst_buffer_list_foreach(list, on_listed, ctx);
        info->data = list;
        return gst_buffer_list_length(list) > 0 ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
    }
    info->data = gst_buffer_make_writable((GstBuffer *)info->data);
    retime(ctx, info->data);
    return is_lost(ctx) ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

void trouble_watch(const Trouble *trouble, GstPad *pad, int clock_rate)
{
    TroubleLine *line = g_new0(TroubleLine, 1);
    line->trouble = *trouble;
    line->rate = clock_rate;
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_rtp, line,
                      g_free);
}
