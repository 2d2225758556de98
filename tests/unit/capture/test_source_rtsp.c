// SPDX-License-Identifier: Apache-2.0
// The RTSP reader, against cameras that are scripts.
#include "capture/source.h"

#include "base/clock.h"
#include "rtsp_script.h"
#include <libavcodec/packet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define CONNECT                                                                                    \
    {                                                                                              \
        .expect = ""                                                                               \
    }
#define END                                                                                        \
    {                                                                                              \
        .expect = NULL                                                                             \
    }
#define OK "RTSP/1.0 200 OK\r\nCSeq: $C\r\n"
#define OPTIONS                                                                                    \
    {                                                                                              \
        .expect = "OPTIONS ", NULL, OK "Public: DESCRIBE, SETUP, PLAY, GET_PARAMETER\r\n\r\n"      \
    }
#define NO_MEDIA "m=application 0 RTP/AVP 107\r\na=rtpmap:107 vnd.onvif.metadata/90000\r\n"
#define VIDEO    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=1\r\n"
#define AUDIO    "m=audio 0 RTP/AVP 8\r\na=control:trackID=2\r\n"
#define SDP(media)                                                                                 \
    OK "Content-Base: rtsp://127.0.0.1:$P/a/\r\nContent-Type: application/sdp\r\n"                 \
       "Content-Length: $L\r\n\r\nv=0\r\na=control:*\r\n" media
#define DESCRIBE                                                                                   \
    {                                                                                              \
        .expect = "DESCRIBE ", "Accept: application/sdp\r\n", SDP(VIDEO)                           \
    }
#define SETUP                                                                                      \
    {                                                                                              \
        .expect = "SETUP rtsp://127.0.0.1", "/a/trackID=1 RTSP/1.0",                               \
        OK "Session: 7;timeout=60\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"       \
    }
#define TEARDOWN                                                                                   \
    {                                                                                              \
        .expect = "TEARDOWN ", "Session: 7\r\n", OK "\r\n"                                         \
    }

// Packets of H.264 on a channel: sequence, time in 90 kHz (one byte of 256), one NAL unit.
#define RTP(sequence, time, nal)                                                                   \
    "$\0\0"                                                                                        \
    "\x0f"                                                                                         \
    "\x80\xe0\0" sequence "\0\0" time "\0"                                                         \
    "\0\0\0\1" nal
#define KEY  "\x65\x80\1"
#define NEXT "\x61\x80\2"
#define FIVE                                                                                       \
    RTP("\1", "\0", KEY)                                                                           \
    RTP("\2", "\1", NEXT) RTP("\3", "\2", NEXT) RTP("\4", "\3", NEXT) RTP("\5", "\4", NEXT)
#define PLAY(bytes)                                                                                \
    {                                                                                              \
        .expect = "PLAY rtsp://127.0.0.1", "Session: 7\r\n", OK "\r\n", bytes, sizeof bytes - 1,   \
        false                                                                                      \
    }

static bool never(void *ctx)
{
    return false;
}

typedef struct {
    Script script;
    char *url;
    SourceOptions options;
    Source *source;
    Why why;
} Fixture;

static int open_url(Fixture *f, const ScriptRow *rows, const char *url, ConfigTransport transport)
{
    *f = (Fixture){ 0 };
    script_begin(&f->script, rows);
    f->url = g_strdup_printf(url, f->script.port);
    f->options = (SourceOptions){
        .url = f->url, .transport = transport, .audio = true, .is_stopping = never
    };
    return source_open(&f->options, &f->source, &f->why);
}

static void end(Fixture *f)
{
    g_clear_pointer(&f->source, source_free);
    g_autofree char *problems = script_end(&f->script);
    assert_string_equal(problems, "");
    g_free(f->url);
}

// The video's units as "pts" and "k" for a key frame; until so many or the end.
static char *read_units(Fixture *f, int n)
{
    GString *out = g_string_new(NULL);
    AVPacket *packet = av_packet_alloc();
    bool is_video = false;
    while (n-- > 0 && source_read(f->source, packet, &is_video, &f->why) == 0)
        g_string_append_printf(out, "%s%" G_GINT64_FORMAT " ",
                               packet->flags & AV_PKT_FLAG_KEY ? "k" : "", packet->pts);
    av_packet_free(&packet);
    return g_string_free(out, FALSE);
}

static void plays_and_says_farewell(void **state)
{
    static const ScriptRow rows[] = {
        CONNECT, OPTIONS, DESCRIBE, SETUP, PLAY(FIVE), TEARDOWN, END
    };
    Fixture f;
    assert_int_equal(open_url(&f, rows, "rtsp://127.0.0.1:%d/a", TRANSPORT_TCP), 0);
    assert_int_equal(source_video(f.source)->codec_id, AV_CODEC_ID_H264);
    assert_null(source_audio(f.source));
    g_autofree char *units = read_units(&f, 4);
    assert_string_equal(units, "k0 2844 5689 8533 "); // 256 / 90000 s apart, rounded
    end(&f);
}

static void garbage_and_requests_in_between(void **state)
{
    static const char bytes[] =
        "garbage" RTP("\1", "\0", KEY) "OPTIONS * RTSP/1.0\r\nCSeq: 9\r\n\r\n" RTP(
            "\2", "\1", NEXT) "$\5\0\3abc"
                              "\0\0\0" RTP("\3", "\2", NEXT) RTP("\4", "\3", NEXT);
    static const ScriptRow rows[] = { CONNECT,     OPTIONS,
                                      DESCRIBE,    SETUP,
                                      PLAY(bytes), { .expect = "RTSP/1.0 200 OK\r\nCSeq: 9\r\n" },
                                      TEARDOWN,    END };
    Fixture f;
    assert_int_equal(open_url(&f, rows, "rtsp://127.0.0.1:%d/a", TRANSPORT_TCP), 0);
    g_autofree char *units = read_units(&f, 3);
    assert_string_equal(units, "k0 2844 5689 ");
    end(&f);
}

#define CHALLENGE(more)                                                                            \
    "RTSP/1.0 401 Unauthorized\r\nCSeq: $C\r\nWWW-Authenticate: Digest realm=\"r\", " more         \
    "\r\n\r\n"

static void a_challenge_is_answered(void **state)
{
    static const ScriptRow rows[] = {
        CONNECT,
        { .expect = "OPTIONS ", NULL, CHALLENGE("nonce=\"one\"") },
        { .expect = "OPTIONS ", "username=\"adm\", realm=\"r\", nonce=\"one\"", OK "\r\n" },
        { .expect = "DESCRIBE ", "nonce=\"one\"", CHALLENGE("nonce=\"two\", stale=true") },
        { .expect = "DESCRIBE ", "nonce=\"two\"", SDP(VIDEO) },
        { .expect = "SETUP ", "nonce=\"two\"", OK "Session: 7\r\n\r\n" },
        PLAY(FIVE),
        { .expect = "TEARDOWN ", "nonce=\"two\"", OK "\r\n" },
        END,
    };
    Fixture f;
    assert_int_equal(open_url(&f, rows, "rtsp://adm:p%%40ss@127.0.0.1:%d/a", TRANSPORT_TCP), 0);
    assert_null(strstr(f.script.requests->str, "@127"));
    g_autofree char *units = read_units(&f, 1);
    assert_string_equal(units, "k0 ");
    end(&f);
}

static void a_wrong_password_is_tried_once(void **state)
{
    static const ScriptRow rows[] = {
        CONNECT,
        { .expect = "OPTIONS ", NULL, CHALLENGE("nonce=\"one\"") },
        { .expect = "OPTIONS ", "nonce=\"one\"", CHALLENGE("nonce=\"two\"") },
        END
    };
    Fixture f;
    assert_true(open_url(&f, rows, "rtsp://adm:x@127.0.0.1:%d/a", TRANSPORT_TCP) < 0);
    assert_int_equal(f.why, WHY_PASSWORD);
    end(&f);
}

static void reasons(void **state)
{
#define STATUS(number) "RTSP/1.0 " number " No\r\nCSeq: $C\r\n\r\n"
    static const struct {
        Why why;
        ScriptRow rows[SCRIPT_ROWS];
    } cases[] = {
        { WHY_PASSWORD,
          { CONNECT, { .expect = "OPTIONS ", NULL, CHALLENGE("nonce=\"n\"") }, END } },
        { WHY_NOT_FOUND,
          { CONNECT, OPTIONS, { .expect = "DESCRIBE ", NULL, STATUS("404") }, END } },
        { WHY_FORBIDDEN,
          { CONNECT, OPTIONS, { .expect = "DESCRIBE ", NULL, STATUS("403") }, END } },
        { WHY_BUSY, { CONNECT, OPTIONS, { .expect = "DESCRIBE ", NULL, STATUS("503") }, END } },
        { WHY_BUSY,
          { CONNECT, OPTIONS, DESCRIBE, { .expect = "SETUP ", NULL, STATUS("453") }, END } },
        { WHY_NO_VIDEO, { CONNECT, OPTIONS, { .expect = "DESCRIBE ", NULL, SDP(NO_MEDIA) }, END } },
        { WHY_NO_VIDEO, { CONNECT, OPTIONS, { .expect = "DESCRIBE ", NULL, SDP("") }, END } },
        { WHY_CODEC,
          { CONNECT,
            OPTIONS,
            { .expect = "DESCRIBE ", NULL, SDP("m=video 0 RTP/AVP 26\r\n") },
            END } },
        { WHY_CLOSED, { CONNECT, { .expect = "OPTIONS ", NULL, NULL, NULL, 0, true }, END } },
        { WHY_INVALID,
          { CONNECT,
            { .expect = "OPTIONS ", NULL, "HTTP/1.1 400 Bad Request\r\n\r\n", NULL, 0, true },
            END } },
        // An OPTIONS that is refused is no reason to give up.
        { WHY_NOT_FOUND,
          { CONNECT,
            { .expect = "OPTIONS ", NULL, STATUS("501") },
            { .expect = "DESCRIBE ", NULL, STATUS("404") },
            END } },
        // One redirection is followed, a second one is not.
        { WHY_INVALID,
          { CONNECT,
            OPTIONS,
            { .expect = "DESCRIBE ",
              "/a RTSP",
              "RTSP/1.0 302 Moved\r\nCSeq: $C\r\n"
              "Location: rtsp://127.0.0.1:$P/b\r\n\r\n" },
            CONNECT,
            OPTIONS,
            { .expect = "DESCRIBE ",
              "/b RTSP",
              "RTSP/1.0 301 Moved\r\nCSeq: $C\r\n"
              "Location: rtsp://127.0.0.1:$P/c\r\n\r\n" },
            END } },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Fixture f;
        assert_true(open_url(&f, cases[i].rows, "rtsp://127.0.0.1:%d/a", TRANSPORT_TCP) < 0);
        assert_int_equal(f.why, cases[i].why);
        end(&f);
    }
}

static void a_redirection_keeps_the_credentials_on_the_same_host(void **state)
{
    static const ScriptRow rows[] = {
        CONNECT,
        { .expect = "OPTIONS ", NULL, OK "\r\n" },
        { .expect = "DESCRIBE ",
          NULL,
          "RTSP/1.0 302 Moved\r\nCSeq: $C\r\n"
          "Location: rtsp://127.0.0.1:$P/b\r\n\r\n" },
        CONNECT,
        { .expect = "OPTIONS ", NULL, CHALLENGE("nonce=\"n\"") },
        { .expect = "OPTIONS ", "username=\"adm\"", OK "\r\n" },
        DESCRIBE,
        SETUP,
        PLAY(FIVE),
        TEARDOWN,
        END,
    };
    Fixture f;
    assert_int_equal(open_url(&f, rows, "rtsp://adm:x@127.0.0.1:%d/a", TRANSPORT_TCP), 0);
    end(&f);
}

static void sound_that_is_refused_is_left_out(void **state)
{
    static const ScriptRow rows[] = {
        CONNECT,
        OPTIONS,
        { .expect = "DESCRIBE ", NULL, SDP(VIDEO AUDIO) },
        SETUP,
        { .expect = "SETUP ", "/a/trackID=2 RTSP/1.0", STATUS("461") },
        PLAY(FIVE),
        TEARDOWN,
        END
    };
    Fixture f;
    assert_int_equal(open_url(&f, rows, "rtsp://127.0.0.1:%d/a", TRANSPORT_TCP), 0);
    assert_null(source_audio(f.source));
    g_autofree char *units = read_units(&f, 2);
    assert_string_equal(units, "k0 2844 ");
    end(&f);
}

static void other_channels_than_asked_for(void **state)
{
    static const char bytes[] =
        "$\6\0\x0f\x80\xe0\0\1\0\0\0\0\0\0\0\1" KEY "$\6\0\x0f\x80\xe0\0\2\0\0\1\0\0\0\0\1" NEXT;
    static const ScriptRow rows[] = {
        CONNECT,
        OPTIONS,
        DESCRIBE,
        { .expect = "SETUP ",
          "interleaved=0-1",
          OK "Session: 7\r\nTransport: RTP/AVP/TCP;interleaved=6-7\r\n\r\n" },
        PLAY(bytes),
        TEARDOWN,
        END
    };
    Fixture f;
    assert_int_equal(open_url(&f, rows, "rtsp://127.0.0.1:%d/a", TRANSPORT_TCP), 0);
    g_autofree char *units = read_units(&f, 1);
    assert_string_equal(units, "k0 ");
    end(&f);
}

// The session's timeout is 2 s: something is said within it.
static void the_session_is_kept_alive(void **state)
{
    static const ScriptRow rows[] = {
        CONNECT,
        OPTIONS,
        DESCRIBE,
        { .expect = "SETUP ", NULL, OK "Session: 7;timeout=2\r\n\r\n" },
        PLAY(FIVE),
        { .expect = "GET_PARAMETER rtsp://127.0.0.1", "Session: 7\r\n", STATUS("405") },
        { .expect = "OPTIONS ", "Session: 7\r\n", OK "\r\n", NULL, 0, true },
        END
    };
    Fixture f;
    int64_t begun_ms = clock_mono_ms();
    assert_int_equal(open_url(&f, rows, "rtsp://127.0.0.1:%d/a", TRANSPORT_TCP), 0);
    g_autofree char *units = read_units(&f, 100); // until the camera closes
    assert_int_equal(f.why, WHY_CLOSED);
    assert_true(clock_mono_ms() - begun_ms < 5000); // and not for the lack of pictures
    end(&f);
}

static void a_farewell_of_the_camera_ends_it(void **state)
{
    static const char bytes[] = FIVE "$\1\0\x08\x80\xc9\0\1\0\0\0\1"
                                     "$\1\0\x08\x81\xcb\0\1\0\0\0\1";
    static const ScriptRow rows[] = {
        CONNECT, OPTIONS, DESCRIBE, SETUP, PLAY(bytes), TEARDOWN, END
    };
    Fixture f;
    int64_t begun_ms = clock_mono_ms();
    assert_int_equal(open_url(&f, rows, "rtsp://127.0.0.1:%d/a", TRANSPORT_TCP), 0);
    g_autofree char *units = read_units(&f, 100);
    assert_string_equal(units, "k0 2844 5689 8533 11378 ");
    assert_int_equal(f.why, WHY_CLOSED);
    assert_true(clock_mono_ms() - begun_ms < 4500);
    end(&f);
}

static bool is_late(void *ctx)
{
    return clock_mono_ms() > *(int64_t *)ctx;
}

// A camera that answers nothing, one that sends nothing, one byte after the other: a stop is
// obeyed.
static void a_stop_is_obeyed(void **state)
{
    static const ScriptRow silent[] = { CONNECT, { .expect = "OPTIONS " }, END };
    static const ScriptRow without_pictures[] = { CONNECT,   OPTIONS,  DESCRIBE, SETUP,
                                                  PLAY("R"), TEARDOWN, END };
    const ScriptRow *const cases[] = { silent, without_pictures };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Script script;
        script_begin(&script, cases[i]);
        g_autofree char *url = g_strdup_printf("rtsp://127.0.0.1:%d/a", script.port);
        int64_t stop_ms = clock_mono_ms() + 300;
        SourceOptions options = { .url = url, .is_stopping = is_late, .ctx = &stop_ms };
        Source *source = NULL;
        Why why = WHY_NONE;
        bool is_video = false;
        AVPacket *packet = av_packet_alloc();
        if (source_open(&options, &source, &why) == 0) {
            assert_true(source_read(source, packet, &is_video, &why) < 0);
            assert_int_equal(why, WHY_STOPPED);
            source_free(source);
        } else {
            assert_int_equal(why, WHY_NO_ANSWER);
        }
        av_packet_free(&packet);
        assert_true(clock_mono_ms() - stop_ms < 1000);
        g_free(script_end(&script));
    }
}

// Transport auto: the camera agrees to UDP, but nothing comes through.
static void tcp_where_udp_does_not_come_through(void **state)
{
    static const ScriptRow rows[] = {
        CONNECT,
        OPTIONS,
        DESCRIBE,
        { .expect = "SETUP ",
          "Transport: RTP/AVP;unicast;client_port=",
          OK "Session: 7\r\nTransport: RTP/AVP;unicast;server_port=9-10\r\n\r\n" },
        { .expect = "PLAY ", NULL, OK "\r\n" },
        { .expect = "TEARDOWN ", NULL, OK "\r\n" },
        CONNECT,
        OPTIONS,
        DESCRIBE,
        SETUP,
        PLAY(FIVE),
        TEARDOWN,
        END
    };
    Fixture f;
    assert_int_equal(open_url(&f, rows, "rtsp://127.0.0.1:%d/a", TRANSPORT_AUTO), 0);
    g_autofree char *units = read_units(&f, 2);
    assert_string_equal(units, "k0 2844 ");
    end(&f);
}

static void tcp_where_udp_is_refused(void **state)
{
    static const ScriptRow rows[] = {
        CONNECT,    OPTIONS,  DESCRIBE, { .expect = "SETUP ", "client_port=", STATUS("461") },
        CONNECT,    OPTIONS,  DESCRIBE, SETUP,
        PLAY(FIVE), TEARDOWN, END
    };
    Fixture f;
    assert_int_equal(open_url(&f, rows, "rtsp://127.0.0.1:%d/a", TRANSPORT_AUTO), 0);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plays_and_says_farewell),
        cmocka_unit_test(garbage_and_requests_in_between),
        cmocka_unit_test(a_challenge_is_answered),
        cmocka_unit_test(a_wrong_password_is_tried_once),
        cmocka_unit_test(reasons),
        cmocka_unit_test(a_redirection_keeps_the_credentials_on_the_same_host),
        cmocka_unit_test(sound_that_is_refused_is_left_out),
        cmocka_unit_test(other_channels_than_asked_for),
        cmocka_unit_test(the_session_is_kept_alive),
        cmocka_unit_test(a_farewell_of_the_camera_ends_it),
        cmocka_unit_test(a_stop_is_obeyed),
        cmocka_unit_test(tcp_where_udp_does_not_come_through),
        cmocka_unit_test(tcp_where_udp_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
