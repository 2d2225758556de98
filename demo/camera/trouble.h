// SPDX-License-Identifier: Apache-2.0
// Trouble: what hard cameras do wrong, done on purpose to one session's video: --trouble=NAME[:N].
//
// The troubles of pictures are put into an access unit before it is packed; those of the network
// and of a camera's clock are put into the RTP packets. Nothing here knows a session: each has a
// TroubleLine of its own.
#pragma once
#include <glib.h>
#include <gst/gst.h>
#include <libavcodec/packet.h>
#include <stdbool.h>

typedef enum {
    TROUBLE_LOSS,       // N % of the RTP packets never arrive (default 2)
    TROUBLE_WRAP,       // RTP time wraps after N seconds (default 5)
    TROUBLE_JUMP,       // every 10 s RTP time jumps by N seconds, which may be negative (default 8)
    TROUBLE_REPEAT,     // pictures within N ms have one RTP time (default 200)
    TROUBLE_SPEED,      // the camera's clock runs N per mille too fast (default 10)
    TROUBLE_GARBAGE,    // NAL units of nonsense before each picture
    TROUBLE_HUGE,       // key frames of N kB (default 2000)
    TROUBLE_NO_KEY,     // a session does not begin with a key frame
    TROUBLE_NO_RTCP,    // no sender reports
    TROUBLE_MUTE_LATE,  // sound begins N seconds late (default 5)
    TROUBLE_MUTE_AFTER, // sound ends after N seconds (default 5)
    TROUBLES
} TroubleKind;

typedef struct {
    bool has[TROUBLES];
    int amount[TROUBLES];
} Trouble;

// "loss:5" is put into trouble; false: said on stderr.
bool trouble_parse(Trouble *trouble, const char *text);
// The lines of --help; the caller frees.
char *trouble_help(void);

// An access unit (Annex B) as it is to be sent; borrows or copies, the caller frees with
// av_packet_free.
AVPacket *trouble_picture(const Trouble *trouble, bool is_h265, const AVPacket *picture);
// Whether sound of this moment of the session is sent.
bool trouble_has_sound(const Trouble *trouble, int64_t session_us);

// One session's RTP packets on the source pad of its payloader. The probe owns the line.
void trouble_watch(const Trouble *trouble, GstPad *pad, int clock_rate);
