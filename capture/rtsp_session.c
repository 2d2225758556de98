// SPDX-License-Identifier: Apache-2.0
#include "capture/rtsp_session.h"

#include "base/clock.h"
#include "capture/rtp_ports.h"
#include "capture/rtsp_dialog.h"
#include <errno.h>
#include <libavutil/error.h>
#include <string.h>

enum {
    SLICE_MS = 100,
    REPORT_MS = 5000,
    FAREWELL_MS = 300,
    TIMEOUT_S = 60, // of a session, unless the camera says another (RFC 2326, 12.37)
    TIMEOUT_MAX_S = 60,
    REDIRECTIONS = 1
};

typedef struct {
    RtspTrack *track; // NULL: not set up
    RtpPorts *ports;  // NULL: interleaved
    int channel;      // of RTP; RTCP's is the next; -1: none
} Lane;

struct RtspSession {
    RtspSessionOptions options; // url is borrowed for rtsp_session_new only
    RtspUrl url;
    RtspDialog *dialog;
    char *base;      // what relative addresses start from
    char *aggregate; // the address of the whole
    char *id;        // NULL: the camera has given none
    const char *keepalive;
    bool allows_parameters;          // GET_PARAMETER is among what it allows
    int64_t keepalive_ms, report_ms; // monotonic: when the next is due
    int64_t interval_ms;             // of keepalives
    bool is_over;                    // the camera has ended it
    bool is_lost;                    // so is the connection
    bool is_answered;                // something that nobody waited for
    char cname[33];
    Lane lanes[SESSION_TRACKS];
};

// --- Reasons

static Why why_of_status(int status)
{
    static const struct {
        int status;
        Why why;
    } table[] = {
        { 400, WHY_NOT_FOUND }, { 401, WHY_PASSWORD },  { 403, WHY_FORBIDDEN },
        { 404, WHY_NOT_FOUND }, { 410, WHY_NOT_FOUND }, { 454, WHY_CLOSED },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        if (table[i].status == status)
            return table[i].why;
    return status >= 400 ? WHY_BUSY : WHY_INVALID;
}

static Why why_of_errno(const RtspSession *session, int err)
{
    static const struct {
        int err;
        Why why;
    } table[] = {
        { -ECONNREFUSED, WHY_REFUSED },
        { -EHOSTUNREACH, WHY_UNREACHABLE },
        { -ENETUNREACH, WHY_UNREACHABLE },
        { -EHOSTDOWN, WHY_UNREACHABLE },
        { -ETIMEDOUT, WHY_NO_ANSWER },
        { -ECONNRESET, WHY_CLOSED },
        { -EPIPE, WHY_CLOSED },
        { -ENOBUFS, WHY_INVALID },
    };
    // Something came, but no RTSP.
    if (session->dialog && !rtsp_dialog_is_rtsp(session->dialog) &&
        rtsp_connection_interleave(rtsp_dialog_connection(session->dialog))->skipped > 0)
        return WHY_INVALID;
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        if (table[i].err == err)
            return table[i].why;
    return WHY_INTERNAL;
}

static int fail(const RtspSession *session, int err, Why *ret_why)
{
    *ret_why = why_of_errno(session, err);
    return AVERROR(-err);
}

// --- What comes

static void take_packet(void *ctx, uint8_t channel, const uint8_t *data, size_t size)
{
    RtspSession *session = ctx;
    for (int i = 0; i < SESSION_TRACKS; i++) {
        const Lane *lane = &session->lanes[i];
        if (lane->track && (lane->channel == channel || lane->channel + 1 == channel))
            rtsp_track_take(lane->track, data, size, g_get_monotonic_time());
    }
}

static void take_datagram(void *ctx, const uint8_t *data, size_t size)
{
    rtsp_track_take(ctx, data, size, g_get_monotonic_time());
}

static void send_keepalive(RtspSession *session)
{
    RtspHeader headers[] = { { "Session", session->id }, { NULL, NULL } };
    if (rtsp_dialog_tell(session->dialog, session->keepalive, session->aggregate, headers) < 0)
        session->is_lost = true;
    session->keepalive_ms = clock_mono_ms() + session->interval_ms;
}

// The answer to a keepalive or to the farewell: most are of no interest.
static void take_answer(void *ctx, const RtspMessage *message)
{
    RtspSession *session = ctx;
    session->is_answered = true;
    bool is_parameter = strcmp(session->keepalive, "GET_PARAMETER") == 0;
    if (message->status == 454) // Session Not Found
        session->is_over = true;
    else if (message->status >= 400 && message->status != 401 && is_parameter)
        session->keepalive = "OPTIONS";
    if (message->status == 401) // with the new nonce, soon
        session->keepalive_ms = MIN(session->keepalive_ms, clock_mono_ms() + 1000);
}

static bool give_up(void *ctx)
{
    RtspSession *session = ctx;
    return session->options.give_up(session->options.ctx);
}

// --- Handshake

static int ask(RtspSession *session, const char *method, const char *uri, const RtspHeader *headers,
               const RtspMessage **ret_answer, Why *ret_why)
{
    int err = rtsp_dialog_ask(session->dialog, method, uri, headers, ret_answer);
    if (err < 0)
        return fail(session, err, ret_why);
    int status = (*ret_answer)->status;
    if (status >= 200 && status < 300)
        return 0;
    *ret_why = why_of_status(status);
    return AVERROR(EPROTO);
}

static int connect_to(RtspSession *session, const char *url, Why *ret_why)
{
    RtspDialogEvents events = { give_up, take_packet, take_answer, session };
    g_clear_pointer(&session->dialog, rtsp_dialog_free);
    rtsp_url_done(&session->url);
    if (!rtsp_url_parse(url, &session->url)) {
        *ret_why = WHY_INVALID;
        return AVERROR(EINVAL);
    }
    int err = rtsp_dialog_new(&session->url, &events, &session->dialog);
    return err < 0 ? fail(session, err, ret_why) : 0;
}

// What the camera allows. One that does not know OPTIONS may still play.
static int ask_options(RtspSession *session, Why *ret_why)
{
    const RtspMessage *answer = NULL;
    int err = ask(session, "OPTIONS", session->url.request, NULL, &answer, ret_why);
    if (err == AVERROR(EPROTO) && *ret_why != WHY_PASSWORD)
        return 0;
    g_autofree char *allowed = err == 0 ? rtsp_message_header(answer, "Public", 0) : NULL;
    session->allows_parameters = allowed && strstr(allowed, "GET_PARAMETER");
    return err;
}

// A redirection's address; the credentials go with it only to the same host.
static char *redirection(const RtspSession *session, const RtspMessage *answer)
{
    g_autofree char *location = rtsp_message_header(answer, "Location", 0);
    RtspUrl next;
    if (!location || !rtsp_url_parse(location, &next))
        return NULL;
    bool same_host = g_ascii_strcasecmp(next.host, session->url.host) == 0;
    const char *given = session->options.url, *at = NULL;
    if (same_host && !next.user) {
        const char *authority = given + strlen("rtsp://");
        at = memrchr(authority, '@', strcspn(authority, "/?"));
    }
    char *url =
        at ? g_strdup_printf("%.*s@%s", (int)(at - given), given, next.request + strlen("rtsp://"))
           : g_strdup(location);
    rtsp_url_done(&next);
    return url;
}

// ret_redirection: set instead, if that is what the camera answers.
static int describe(RtspSession *session, Sdp *ret_sdp, char **ret_redirection, Why *ret_why)
{
    static const RtspHeader headers[] = { { "Accept", "application/sdp" }, { NULL, NULL } };
    const RtspMessage *answer = NULL;
    int err = ask(session, "DESCRIBE", session->url.request, headers, &answer, ret_why);
    if (err == AVERROR(EPROTO) && (answer->status == 301 || answer->status == 302))
        *ret_redirection = redirection(session, answer);
    if (err < 0)
        return err;
    g_autofree char *base = rtsp_message_header(answer, "Content-Base", 0);
    g_autofree char *location = rtsp_message_header(answer, "Content-Location", 0);
    const char *given = base && base[0] ? base : location && location[0] ? location : NULL;
    bool is_absolute = given && g_ascii_strncasecmp(given, "rtsp://", strlen("rtsp://")) == 0;
    session->base = g_strdup(is_absolute ? given : session->url.request);
    if (!sdp_parse((const char *)answer->body, answer->body_size, ret_sdp)) {
        *ret_why = WHY_NO_VIDEO;
        return AVERROR_STREAM_NOT_FOUND;
    }
    session->aggregate = rtsp_url_control(session->base, ret_sdp->control);
    return 0;
}

// OPTIONS and DESCRIBE, at the address that the camera redirects to, if it does.
static int introduce(RtspSession *session, Sdp *ret_sdp, Why *ret_why)
{
    g_autofree char *url = g_strdup(session->options.url);
    for (int i = 0;; i++) {
        g_autofree char *next = NULL;
        int err = connect_to(session, url, ret_why);
        if (err == 0)
            err = ask_options(session, ret_why);
        if (err == 0)
            err = describe(session, ret_sdp, &next, ret_why);
        if (!next || i == REDIRECTIONS)
            return err;
        g_free(url);
        url = g_steal_pointer(&next);
    }
}

static void take_session(RtspSession *session, const RtspMessage *answer)
{
    g_autofree char *header = rtsp_message_header(answer, "Session", 0);
    if (!header || !header[0])
        return;
    g_autofree char *timeout = rtsp_parameter(header, "timeout");
    gint64 seconds = timeout ? g_ascii_strtoll(timeout, NULL, 10) : TIMEOUT_S;
    // Half of it, so that one that is late or lost does not end the session.
    session->interval_ms = CLAMP(seconds, 2, TIMEOUT_MAX_S) * 1000 / 2;
    g_free(session->id);
    session->id = g_strstrip(g_strndup(header, strcspn(header, ";")));
}

static bool take_numbers(const char *transport, const char *name, int max, int *ret_a, int *ret_b)
{
    g_autofree char *value = rtsp_parameter(transport, name);
    char *rest = NULL;
    gint64 a = value ? g_ascii_strtoll(value, &rest, 10) : -1;
    if (!value || rest == value || a < 0 || a > max)
        return false;
    gint64 b = *rest == '-' ? g_ascii_strtoll(rest + 1, NULL, 10) : a + 1;
    *ret_a = (int)a;
    *ret_b = b >= 0 && b <= max ? (int)b : *ret_a;
    return true;
}

// The camera's word about channels and ports goes before what was asked for.
static void take_transport(RtspSession *session, Lane *lane, const RtspMessage *answer)
{
    g_autofree char *transport = rtsp_message_header(answer, "Transport", 0);
    int a = 0, b = 0;
    if (lane->ports) {
        if (transport && take_numbers(transport, "server_port", 65535, &a, &b))
            rtp_ports_begin(lane->ports, a, b);
        return;
    }
    if (transport && take_numbers(transport, "interleaved", 254, &a, &b))
        lane->channel = a;
    Interleave *interleave = rtsp_connection_interleave(rtsp_dialog_connection(session->dialog));
    for (int i = 0; i < 2 && interleave->n_channels < INTERLEAVE_CHANNELS; i++)
        interleave->channels[interleave->n_channels++] = (uint8_t)(lane->channel + i);
}

static char *transport_header(const RtspSession *session, const Lane *lane)
{
    if (!session->options.is_datagram)
        return g_strdup_printf("RTP/AVP/TCP;unicast;interleaved=%d-%d", lane->channel,
                               lane->channel + 1);
    int port = rtp_ports_number(lane->ports);
    return g_strdup_printf("RTP/AVP;unicast;client_port=%d-%d", port, port + 1);
}

static void clear_lane(Lane *lane)
{
    g_clear_pointer(&lane->track, rtsp_track_free);
    g_clear_pointer(&lane->ports, rtp_ports_free);
    lane->channel = -1;
}

static int set_up(RtspSession *session, int which, const SdpMedia *media, Why *ret_why)
{
    Lane *lane = &session->lanes[which];
    lane->track = rtsp_track_new(media, session->options.is_datagram, &session->options.tracks);
    if (!lane->track)
        return fail(session, -ENOMEM, ret_why);
    if (session->options.is_datagram) {
        const RtspConnection *connection = rtsp_dialog_connection(session->dialog);
        int err = rtp_ports_new(rtsp_connection_peer(connection), &lane->ports);
        if (err < 0)
            return fail(session, err, ret_why);
    } else {
        lane->channel = which * 2;
    }
    g_autofree char *uri = rtsp_url_control(session->base, media->control);
    g_autofree char *transport = transport_header(session, lane);
    RtspHeader headers[] = { { "Transport", transport },
                             { "Session", session->id },
                             { NULL, NULL } };
    const RtspMessage *answer = NULL;
    int err = ask(session, "SETUP", uri, headers, &answer, ret_why);
    if (err < 0)
        return err;
    take_session(session, answer);
    take_transport(session, lane, answer);
    return 0;
}

static const SdpMedia *find_media(const Sdp *sdp, SdpKind kind, bool *ret_is_other)
{
    for (int i = 0; i < sdp->n_media; i++) {
        if (sdp->media[i].kind != kind)
            continue;
        if (depay_knows(sdp->media[i].codec))
            return &sdp->media[i];
        *ret_is_other = true;
    }
    return NULL;
}

static int set_up_all(RtspSession *session, const Sdp *sdp, Why *ret_why)
{
    bool is_other = false, is_other_audio = false;
    const SdpMedia *video = find_media(sdp, SDP_VIDEO, &is_other);
    if (!video) {
        *ret_why = is_other ? WHY_CODEC : WHY_NO_VIDEO;
        return AVERROR_STREAM_NOT_FOUND;
    }
    int err = set_up(session, SESSION_VIDEO, video, ret_why);
    const SdpMedia *audio = find_media(sdp, SDP_AUDIO, &is_other_audio);
    if (err < 0 || !audio || !session->options.audio)
        return err;
    // The picture matters more than the sound: a camera that refuses the second is shown without.
    err = set_up(session, SESSION_AUDIO, audio, ret_why);
    if (err == AVERROR(EPROTO) && *ret_why != WHY_CLOSED) {
        clear_lane(&session->lanes[SESSION_AUDIO]);
        err = 0;
    }
    return err;
}

static int play(RtspSession *session, Why *ret_why)
{
    RtspHeader headers[] = { { "Session", session->id },
                             { "Range", "npt=0.000-" },
                             { NULL, NULL } };
    const RtspMessage *answer = NULL;
    int err = ask(session, "PLAY", session->aggregate, headers, &answer, ret_why);
    if (err < 0)
        return err;
    take_session(session, answer);
    session->keepalive = session->allows_parameters ? "GET_PARAMETER" : "OPTIONS";
    session->keepalive_ms = clock_mono_ms() + session->interval_ms;
    session->report_ms = clock_mono_ms() + REPORT_MS;
    return 0;
}

int rtsp_session_new(const RtspSessionOptions *options, RtspSession **ret_session, Why *ret_why)
{
    g_autoptr(RtspSession) session = g_new0(RtspSession, 1);
    g_auto(Sdp) sdp = { 0 };
    session->options = *options;
    session->keepalive = "OPTIONS";
    session->interval_ms = TIMEOUT_S * 1000 / 2;
    for (int i = 0; i < SESSION_TRACKS; i++)
        session->lanes[i].channel = -1;
    for (size_t i = 0; i + 1 < sizeof session->cname; i++)
        session->cname[i] = "0123456789abcdef"[g_random_int_range(0, 16)];
    int err = introduce(session, &sdp, ret_why);
    if (err == 0)
        err = set_up_all(session, &sdp, ret_why);
    if (err == 0)
        err = play(session, ret_why);
    if (err < 0)
        return err;
    session->options.url = NULL;
    *ret_session = g_steal_pointer(&session);
    return 0;
}

// --- Playing

static void send_reports(RtspSession *session, int64_t now_us)
{
    uint8_t report[RTCP_REPORT_MAX];
    for (int i = 0; i < SESSION_TRACKS; i++) {
        Lane *lane = &session->lanes[i];
        if (!lane->track)
            continue;
        size_t size = rtsp_track_write_report(lane->track, session->cname, now_us, report);
        if (lane->ports)
            rtp_ports_send_control(lane->ports, report, size);
        else
            rtsp_connection_send_packet(rtsp_dialog_connection(session->dialog),
                                        (uint8_t)(lane->channel + 1), report, size);
    }
}

static void do_what_is_due(RtspSession *session)
{
    int64_t now_us = g_get_monotonic_time(), now_ms = now_us / 1000;
    for (int i = 0; i < SESSION_TRACKS; i++)
        if (session->lanes[i].track)
            rtsp_track_tick(session->lanes[i].track, now_us);
    if (now_ms >= session->report_ms) {
        send_reports(session, now_us);
        session->report_ms = now_ms + REPORT_MS;
    }
    if (now_ms >= session->keepalive_ms)
        send_keepalive(session);
}

static int wait_ms(const RtspSession *session)
{
    int64_t wait_us = SLICE_MS * 1000;
    for (int i = 0; i < SESSION_TRACKS; i++) {
        if (!session->lanes[i].track)
            continue;
        int64_t deadline_us = rtsp_track_deadline_us(session->lanes[i].track);
        if (deadline_us != INT64_MAX)
            wait_us = MIN(wait_us, deadline_us - g_get_monotonic_time());
    }
    return (int)MAX(wait_us / 1000 + 1, 1);
}

static int wait_for_more(RtspSession *session)
{
    struct pollfd fds[SESSION_TRACKS * RTP_PORTS_FDS];
    const Lane *owners[SESSION_TRACKS * RTP_PORTS_FDS];
    nfds_t n = 0;
    for (int i = 0; i < SESSION_TRACKS; i++) {
        int pair[RTP_PORTS_FDS];
        if (!session->lanes[i].ports)
            continue;
        rtp_ports_fds(session->lanes[i].ports, pair);
        for (int k = 0; k < RTP_PORTS_FDS; k++, n++) {
            fds[n] = (struct pollfd){ .fd = pair[k], .events = POLLIN };
            owners[n] = &session->lanes[i];
        }
    }
    if (n == 0)
        return rtsp_dialog_wait_tick(session->dialog, SLICE_MS);
    // Datagrams are not left waiting: their sockets hold less than a key frame.
    int err = rtsp_dialog_wait(session->dialog, fds, n, wait_ms(session));
    for (nfds_t k = 0; err == 0 && k < n; k++) {
        const Lane *lane = owners[k];
        if (fds[k].revents)
            rtp_ports_read(lane->ports, fds[k].fd, take_datagram, lane->track);
    }
    return err;
}

int rtsp_session_step(RtspSession *session, Why *ret_why)
{
    int n = rtsp_dialog_next(session->dialog);
    if (n == 0) {
        do_what_is_due(session);
        n = wait_for_more(session);
    }
    if (n >= 0 && session->is_lost)
        n = -EPIPE;
    session->is_lost = n < 0;
    return n < 0 ? fail(session, n, ret_why) : 0;
}

// Cameras that serve one viewer only must know before the next one comes.
static void say_farewell(RtspSession *session)
{
    RtspHeader headers[] = { { "Session", session->id }, { NULL, NULL } };
    session->is_answered = false;
    int n = rtsp_dialog_tell(session->dialog, "TEARDOWN", session->aggregate, headers);
    int64_t until_ms = clock_mono_ms() + FAREWELL_MS;
    while (n >= 0 && !session->is_answered && clock_mono_ms() < until_ms) {
        n = rtsp_dialog_next(session->dialog);
        if (n == 0)
            n = rtsp_dialog_wait(session->dialog, NULL, 0, FAREWELL_MS / 10);
    }
}

void rtsp_session_free(RtspSession *session)
{
    if (!session)
        return;
    for (int i = 0; i < SESSION_TRACKS; i++) // what still comes is for nobody
        clear_lane(&session->lanes[i]);
    if (session->dialog && session->id && !session->is_lost)
        say_farewell(session);
    rtsp_dialog_free(session->dialog);
    rtsp_url_done(&session->url);
    g_free(session->base);
    g_free(session->aggregate);
    g_free(session->id);
    g_free(session);
}

RtspTrack *rtsp_session_track(RtspSession *session, int which)
{
    return session->lanes[which].track;
}

bool rtsp_session_is_over(const RtspSession *session)
{
    const RtspTrack *video = session->lanes[SESSION_VIDEO].track;
    return session->is_over || rtsp_track_is_over(video);
}

uint64_t rtsp_session_skipped(RtspSession *session)
{
    return rtsp_connection_interleave(rtsp_dialog_connection(session->dialog))->skipped;
}
