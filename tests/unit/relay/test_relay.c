// SPDX-License-Identifier: Apache-2.0
// The relay, fed by a stream of pictures made here and read back over RTSP with libavformat.
#include "relay/relay.h"
#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

enum { FPS = 25, GOP = 25, WIDTH = 160, HEIGHT = 96, AAC_SAMPLES = 1024, AAC_RATE = 16000 };

// A camera: a thread that encodes pictures and pushes them at their pace.
typedef struct {
    Stream *stream;
    GThread *thread;
    gint stops;      // atomic
    gint width;      // atomic; of the next connection
    gint reconnects; // atomic; one is done when it is 0 again
    int gop;         // pictures
    bool has_audio;
} Camera;

typedef struct {
    AVCodecContext *video, *audio;
    StreamInfo *info;
    int64_t pictures, sounds;
} Line;

static AVCodecContext *open_video(int width, int gop)
{
    const AVCodec *codec = avcodec_find_encoder_by_name("libx264");
    AVCodecContext *encoder = avcodec_alloc_context3(codec);
    assert_non_null(encoder);
    encoder->width = width;
    encoder->height = HEIGHT;
    encoder->pix_fmt = AV_PIX_FMT_YUV420P;
    encoder->time_base = (AVRational){ 1, FPS };
    encoder->gop_size = gop;
    encoder->max_b_frames = 0;
    encoder->thread_count = 1;
    encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER; // parameter sets only beside the stream
    av_opt_set(encoder->priv_data, "preset", "ultrafast", 0);
    av_opt_set(encoder->priv_data, "tune", "zerolatency", 0);
    assert_int_equal(avcodec_open2(encoder, codec, NULL), 0);
    return encoder;
}

static AVCodecContext *open_audio(void)
{
    const AVCodec *codec = avcodec_find_encoder(AV_CODEC_ID_AAC);
    AVCodecContext *encoder = avcodec_alloc_context3(codec);
    encoder->sample_rate = AAC_RATE;
    encoder->sample_fmt = AV_SAMPLE_FMT_FLTP;
    encoder->ch_layout = (AVChannelLayout)AV_CHANNEL_LAYOUT_MONO;
    encoder->time_base = (AVRational){ 1, AAC_RATE };
    encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    assert_int_equal(avcodec_open2(encoder, codec, NULL), 0);
    return encoder;
}

static void line_open(Line *line, Camera *camera, uint64_t generation)
{
    *line = (Line){ .video = open_video(g_atomic_int_get(&camera->width), camera->gop) };
    line->info = stream_info_new(generation);
    line->info->n_tracks = camera->has_audio ? 2 : 1;
    line->info->tracks[0] = avcodec_parameters_alloc();
    avcodec_parameters_from_context(line->info->tracks[0], line->video);
    if (camera->has_audio) {
        line->audio = open_audio();
        line->info->tracks[1] = avcodec_parameters_alloc();
        avcodec_parameters_from_context(line->info->tracks[1], line->audio);
    }
    stream_set_info(camera->stream, line->info);
}

static void line_close(Line *line, Camera *camera)
{
    stream_set_info(camera->stream, NULL);
    ring_clear(stream_units(camera->stream));
    stream_info_unref(line->info);
    avcodec_free_context(&line->video);
    avcodec_free_context(&line->audio);
}

static void push_packets(Line *line, Camera *camera, int track)
{
    AVCodecContext *encoder = track ? line->audio : line->video;
    for (;;) {
        AVPacket *packet = av_packet_alloc();
        if (avcodec_receive_packet(encoder, packet) < 0) {
            av_packet_free(&packet);
            return;
        }
        av_packet_rescale_ts(packet, encoder->time_base, (AVRational){ 1, 1000000 });
        bool key = track == 0 && (packet->flags & AV_PKT_FLAG_KEY);
        stream_push_unit(camera->stream,
                         unit_new(line->info, packet, track, key, g_get_real_time()));
    }
}

static void push_picture(Line *line, Camera *camera)
{
    AVFrame *frame = av_frame_alloc();
    frame->format = AV_PIX_FMT_YUV420P;
    frame->width = line->video->width;
    frame->height = HEIGHT;
    assert_int_equal(av_frame_get_buffer(frame, 0), 0);
    for (int i = 0; i < 3; i++)
        memset(frame->data[i], (int)(line->pictures * 3 + i * 40) & 255,
               (size_t)frame->linesize[i] * HEIGHT / (i ? 2 : 1));
    frame->pts = line->pictures++;
    assert_int_equal(avcodec_send_frame(line->video, frame), 0);
    av_frame_free(&frame);
    push_packets(line, camera, 0);
}

static void push_sound(Line *line, Camera *camera)
{
    AVFrame *frame = av_frame_alloc();
    frame->format = AV_SAMPLE_FMT_FLTP;
    frame->nb_samples = AAC_SAMPLES;
    frame->sample_rate = AAC_RATE;
    frame->ch_layout = line->audio->ch_layout;
    assert_int_equal(av_frame_get_buffer(frame, 0), 0);
    memset(frame->data[0], 0, AAC_SAMPLES * sizeof(float));
    frame->pts = AAC_SAMPLES * line->sounds++;
    assert_int_equal(avcodec_send_frame(line->audio, frame), 0);
    av_frame_free(&frame);
    push_packets(line, camera, 1);
}

static gpointer run_camera(gpointer ctx)
{
    Camera *camera = ctx;
    Line line;
    uint64_t generation = 1;
    line_open(&line, camera, generation);
    while (!g_atomic_int_get(&camera->stops)) {
        if (g_atomic_int_get(&camera->reconnects)) {
            line_close(&line, camera);
            g_usleep(300000);
            line_open(&line, camera, ++generation);
            g_atomic_int_set(&camera->reconnects, 0);
        }
        push_picture(&line, camera);
        while (line.audio && line.sounds * AAC_SAMPLES * FPS < line.pictures * AAC_RATE)
            push_sound(&line, camera);
        g_usleep(G_USEC_PER_SEC / FPS);
    }
    line_close(&line, camera);
    stream_close(camera->stream);
    return NULL;
}

typedef struct {
    Relay *relay;
    Camera camera;
} Fixture;

static const RelayOptions options = { "127.0.0.1", 0, "county", "secret" };

static int set_up(void **state)
{
    Fixture *f = g_new0(Fixture, 1);
    av_log_set_level(AV_LOG_FATAL);
    assert_int_equal(relay_new(&options, &f->relay), 0);
    f->camera.stream = stream_new("cam1", STREAM_MAIN);
    f->camera.width = WIDTH;
    f->camera.gop = GOP;
    relay_attach(f->relay, "cam1", STREAM_MAIN, f->camera.stream);
    *state = f;
    return 0;
}

static void start_camera(Fixture *f, bool has_audio)
{
    f->camera.has_audio = has_audio;
    f->camera.thread = g_thread_new("camera", run_camera, &f->camera);
    Unit *key = NULL;
    while (!(key = stream_key_unit(f->camera.stream)))
        g_usleep(10000);
    unit_unref(key);
}

static int tear_down(void **state)
{
    Fixture *f = *state;
    g_atomic_int_set(&f->camera.stops, 1);
    if (f->camera.thread)
        g_thread_join(f->camera.thread);
    relay_free(f->relay);
    stream_unref(f->camera.stream);
    g_free(f);
    return 0;
}

// Opens rtsp://USER@127.0.0.1/PATH. 0 or AVERROR.
static int open_reader(Fixture *f, const char *user, const char *path, const char *transport,
                       AVFormatContext **ret_reader)
{
    g_autofree char *url = g_strdup_printf("rtsp://%s%s127.0.0.1:%d/%s", user, *user ? "@" : "",
                                           relay_port(f->relay), path);
    AVDictionary *how = NULL;
    av_dict_set(&how, "rtsp_transport", transport, 0);
    av_dict_set(&how, "timeout", "5000000", 0);
    int err = avformat_open_input(ret_reader, url, NULL, &how);
    av_dict_free(&how);
    return err;
}

static const char *reader_user = "county:secret";

typedef struct {
    int pictures, keys, sounds;
    bool first_is_key;
    int64_t first_us, last_us; // of pictures
    int end;                   // AVERROR that ended reading; 0: had enough
} Seen;

static Seen read_pictures(AVFormatContext *reader, int pictures)
{
    Seen seen = { .first_us = AV_NOPTS_VALUE };
    AVPacket *packet = av_packet_alloc();
    while (seen.pictures < pictures && seen.end == 0) {
        seen.end = av_read_frame(reader, packet);
        if (seen.end < 0)
            break;
        AVStream *stream = reader->streams[packet->stream_index];
        if (stream->codecpar->codec_type == AVMEDIA_TYPE_AUDIO) {
            seen.sounds++;
        } else {
            bool key = packet->flags & AV_PKT_FLAG_KEY;
            seen.first_is_key |= seen.pictures == 0 && key;
            seen.keys += key;
            seen.pictures++;
            if (packet->pts != AV_NOPTS_VALUE)
                seen.last_us = av_rescale_q(packet->pts, stream->time_base, AV_TIME_BASE_Q);
            if (seen.first_us == AV_NOPTS_VALUE)
                seen.first_us = seen.last_us;
        }
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
    return seen;
}

static void wait_readers(Fixture *f, const char *name, int wanted)
{
    int readers = -1;
    for (int i = 0; i < 500 && readers != wanted; i++) {
        json_t *status = relay_status(f->relay);
        readers =
            (int)json_integer_value(json_object_get(json_object_get(status, "readers"), name));
        json_decref(status);
        g_usleep(readers == wanted ? 0 : 10000);
    }
    assert_int_equal(readers, wanted);
}

static void reads_by_tcp_and_udp(void **state)
{
    Fixture *f = *state;
    start_camera(f, false);
    const char *const transports[] = { "tcp", "udp" };
    for (size_t i = 0; i < G_N_ELEMENTS(transports); i++) {
        AVFormatContext *reader = NULL;
        assert_int_equal(open_reader(f, reader_user, "cam1", transports[i], &reader), 0);
        assert_int_equal(reader->nb_streams, 1);
        assert_int_equal(reader->streams[0]->codecpar->codec_id, AV_CODEC_ID_H264);
        Seen seen = read_pictures(reader, 40);
        assert_int_equal(seen.end, 0);
        assert_true(seen.first_is_key);
        assert_in_range(seen.keys, 2, 4);
        wait_readers(f, "cam1", 1);
        avformat_close_input(&reader);
        wait_readers(f, "cam1", 0);
    }
}

static void first_picture_comes_from_the_kept_gop(void **state)
{
    Fixture *f = *state;
    f->camera.gop = 5 * FPS;
    start_camera(f, false);
    for (int i = 0; i < 3; i++) {
        g_usleep(700000); // somewhere in a GOP of five seconds
        AVFormatContext *reader = NULL;
        int64_t began = g_get_monotonic_time();
        assert_int_equal(open_reader(f, reader_user, "cam1", "tcp", &reader), 0);
        Seen seen = read_pictures(reader, 1);
        assert_true(seen.first_is_key);
        assert_in_range(g_get_monotonic_time() - began, 0, 1500000);
        avformat_close_input(&reader);
        wait_readers(f, "cam1", 0);
    }
}

static void sound_comes_along(void **state)
{
    Fixture *f = *state;
    start_camera(f, true);
    AVFormatContext *reader = NULL;
    assert_int_equal(open_reader(f, reader_user, "cam1", "tcp", &reader), 0);
    assert_int_equal(reader->nb_streams, 2);
    assert_int_equal(reader->streams[1]->codecpar->codec_id, AV_CODEC_ID_AAC);
    assert_int_equal(reader->streams[1]->codecpar->sample_rate, AAC_RATE);
    Seen seen = read_pictures(reader, 50);
    assert_in_range(seen.sounds, 15, 45); // 31 in two seconds
    avformat_close_input(&reader);
}

static gpointer read_forty(gpointer reader)
{
    return GINT_TO_POINTER(read_pictures(reader, 40).pictures);
}

static void two_readers_share(void **state)
{
    Fixture *f = *state;
    start_camera(f, false);
    AVFormatContext *readers[2] = { NULL, NULL };
    for (int i = 0; i < 2; i++)
        assert_int_equal(open_reader(f, reader_user, "cam1", i ? "udp" : "tcp", &readers[i]), 0);
    wait_readers(f, "cam1", 2);
    GThread *other = g_thread_new("reader", read_forty, readers[1]);
    assert_int_equal(read_pictures(readers[0], 40).pictures, 40);
    assert_int_equal(GPOINTER_TO_INT(g_thread_join(other)), 40);
    for (int i = 0; i < 2; i++)
        avformat_close_input(&readers[i]);
}

static void refusals(void **state)
{
    static const struct {
        const char *user, *path;
        int error;
    } rows[] = {
        { "", "cam1", AVERROR_HTTP_UNAUTHORIZED },
        { "county:wrong", "cam1", AVERROR_HTTP_UNAUTHORIZED },
        { "nobody:secret", "cam1", AVERROR_HTTP_UNAUTHORIZED },
        { "", "cam2", AVERROR_HTTP_UNAUTHORIZED }, // a stranger does not learn what there is
        { "county:secret", "cam2", AVERROR_HTTP_NOT_FOUND },
        { "county:secret", "cam1/sub", AVERROR_HTTP_NOT_FOUND },
        { "county:secret", "cam1", AVERROR_HTTP_SERVER_ERROR }, // 503: the camera is away
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AVFormatContext *reader = NULL;
        int err = open_reader(f, rows[i].user, rows[i].path, "tcp", &reader);
        if (err != rows[i].error)
            fail_msg("%s at %s: %s", rows[i].user, rows[i].path, av_err2str(err));
    }
}

static void reconnect(Camera *camera, int width)
{
    g_atomic_int_set(&camera->width, width);
    g_atomic_int_set(&camera->reconnects, 1);
}

static void same_codec_goes_on_after_a_reconnect(void **state)
{
    Fixture *f = *state;
    start_camera(f, false);
    AVFormatContext *reader = NULL;
    assert_int_equal(open_reader(f, reader_user, "cam1", "tcp", &reader), 0);
    Seen before = read_pictures(reader, 20);
    reconnect(&f->camera, WIDTH);
    Seen after = read_pictures(reader, 40);
    assert_int_equal(after.end, 0);
    // 60 pictures and the 0.3 s without: the line goes on and never back.
    assert_in_range(after.last_us - before.first_us, 2300000, 4500000);
    avformat_close_input(&reader);
}

static void another_codec_ends_the_session(void **state)
{
    Fixture *f = *state;
    start_camera(f, false);
    AVFormatContext *reader = NULL;
    assert_int_equal(open_reader(f, reader_user, "cam1", "tcp", &reader), 0);
    assert_int_equal(read_pictures(reader, 20).end, 0);
    reconnect(&f->camera, WIDTH * 2);
    Seen seen = read_pictures(reader, 100);
    assert_int_not_equal(seen.end, 0);
    assert_in_range(seen.pictures, 0, 30);
    avformat_close_input(&reader);
    assert_int_equal(open_reader(f, reader_user, "cam1", "tcp", &reader), 0);
    assert_int_equal(avformat_find_stream_info(reader, NULL), 0);
    assert_int_equal(reader->streams[0]->codecpar->width, WIDTH * 2);
    avformat_close_input(&reader);
}

static void detach_ends_its_readers(void **state)
{
    Fixture *f = *state;
    start_camera(f, false);
    AVFormatContext *reader = NULL;
    assert_int_equal(open_reader(f, reader_user, "cam1", "tcp", &reader), 0);
    assert_int_equal(read_pictures(reader, 10).end, 0);
    relay_detach(f->relay, "cam1", STREAM_MAIN);
    assert_int_not_equal(read_pictures(reader, 1000).end, 0);
    avformat_close_input(&reader);
    assert_int_equal(open_reader(f, reader_user, "cam1", "tcp", &reader), AVERROR_HTTP_NOT_FOUND);
    relay_attach(f->relay, "cam1", STREAM_MAIN, f->camera.stream);
    assert_int_equal(open_reader(f, reader_user, "cam1", "tcp", &reader), 0);
    avformat_close_input(&reader);
}

static void port_is_taken(void **state)
{
    Fixture *f = *state;
    RelayOptions same = options;
    Relay *other = NULL;
    same.port = relay_port(f->relay);
    assert_int_equal(relay_new(&same, &other), -EADDRINUSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_by_tcp_and_udp, set_up, tear_down),
        cmocka_unit_test_setup_teardown(first_picture_comes_from_the_kept_gop, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sound_comes_along, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_readers_share, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refusals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(same_codec_goes_on_after_a_reconnect, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_codec_ends_the_session, set_up, tear_down),
        cmocka_unit_test_setup_teardown(detach_ends_its_readers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(port_is_taken, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
