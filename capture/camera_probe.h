// SPDX-License-Identifier: Apache-2.0
// Camera probe: tries an address once, as far as a picture, and says how far it came.
//
//   address ──▶ connect ──▶ login ──▶ stream ──▶ picture
//
// The name of the step that failed stands with the reason (why_name). Nothing of it is kept: the
// cameras of the config are not touched. Blocking, PROBE_MS at most (and what the system takes to
// look up a name); any thread.
#pragma once
#include "base/http_server.h"
#include "capture/source.h"

enum { PROBE_MS = 20000 };

typedef enum { PROBE_ADDRESS, PROBE_CONNECT, PROBE_LOGIN, PROBE_STREAM, PROBE_PICTURE } ProbeStep;

typedef struct {
    ProbeStep step; // that failed, or PROBE_PICTURE
    Why why;        // WHY_NONE: all went well, and what follows is known
    ConfigReader reader;
    enum AVCodecID video, audio; // audio AV_CODEC_ID_NONE: there is no sound
    char *codecs;
    int width, height;
    double fps;              // 0: it sent too little to tell
    int64_t kbit;            // the same
    int64_t clock_offset_us; // SOURCE_NO_CLOCK: it has not told its time
    GBytes *jpeg;            // NULL: it could not be decoded
} CameraProbe;

// RTSP only. What our own client does not understand is tried once more with libavformat's.
void camera_probe_run(const char *url, ConfigTransport transport, CameraProbe *ret_probe);
void camera_probe_done(CameraProbe *probe);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CameraProbe, camera_probe_done)

// POST /probe {"url","transport"}: 200 with {"ok":true,"reader","codec","codecs","width","height",
// "fps","kbit","audio","clock_offset_ms","picture"} (JPEG as base64, or null), or with
// {"ok":false,"step","code","message"}; 503 while PROBES_MAX others are under way.
#define CAMERA_PROBE_PATTERN "/probe"
enum { PROBES_MAX = 2 };
typedef struct CameraProbes CameraProbes; // how many are under way
CameraProbes *camera_probes_new(void);
void camera_probes_free(CameraProbes *probes);
void camera_probe_post(HttpRequest *request, CameraProbes *probes);
