// SPDX-License-Identifier: Apache-2.0
// What a camera may answer: a message, its headers, its challenges, its description and the
// addresses in it.
#include "capture/rtsp_auth.h"
#include "capture/rtsp_message.h"
#include "capture/rtsp_url.h"
#include "capture/sdp.h"

#include <stdlib.h>
#include <string.h>

static void read_challenges(const RtspMessage *message)
{
    RtspAuth auth;
    bool is_stale = false;
    rtsp_auth_init(&auth, "user", "pass\"word");
    for (unsigned i = 0; i < 4; i++) {
        g_autofree char *header = rtsp_message_header(message, "WWW-Authenticate", i);
        if (header)
            rtsp_auth_take(&auth, header, &is_stale);
    }
    g_autofree char *answer = rtsp_auth_answer(&auth, "DESCRIBE", "rtsp://h/");
    g_autoptr(GString) request = rtsp_request_new("DESCRIBE", "rtsp://h/", 1);
    size_t before = request->len;
    rtsp_request_add(request, "Authorization", answer);
    rtsp_request_end(request);
    // Whatever the camera wrote, it adds one line to our request.
    const char *line_end = strstr(request->str + before, "\r\n");
    if (answer && strcmp(line_end, "\r\n\r\n") != 0)
        abort();
    rtsp_auth_done(&auth);
}

static void read_headers(const RtspMessage *message)
{
    g_autofree char *session = rtsp_message_header(message, "Session", 0);
    g_autofree char *transport = rtsp_message_header(message, "Transport", 0);
    g_autofree char *location = rtsp_message_header(message, "Location", 0);
    if (session)
        g_free(rtsp_parameter(session, "timeout"));
    if (transport)
        g_free(rtsp_parameter(transport, "interleaved"));
    RtspUrl url;
    if (location && rtsp_url_parse(location, &url))
        rtsp_url_done(&url);
    g_string_free(rtsp_answer_new(message, 200, "OK"), TRUE);
}

static void read_description(const RtspMessage *message)
{
    g_auto(Sdp) sdp;
    sdp_parse((const char *)message->body, message->body_size, &sdp);
    for (int i = 0; i < sdp.n_media; i++) {
        const SdpMedia *media = &sdp.media[i];
        g_free(rtsp_url_control("rtsp://h/", media->control));
        bool is_known = media->codec != AV_CODEC_ID_NONE;
        if (is_known != (media->clock_rate != 0) || media->channels > 8 || media->size_bits > 16)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    RtspMessage message;
    ssize_t taken = rtsp_message_parse(bytes, size, &message);
    if (taken > (ssize_t)size)
        abort();
    if (taken <= 0)
        return 0;
    read_challenges(&message);
    read_headers(&message);
    read_description(&message);
    return 0;
}
