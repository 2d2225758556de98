// SPDX-License-Identifier: Apache-2.0
// Camera and capture, with a file as the camera, and with addresses where nobody is.
#include "capture/camera.h"

#include "packets.h"
#include "base/clock.h"
#include "capture/capture.h"
#include <glib/gstdio.h>
#include <libavformat/avformat.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <unistd.h>
#include <cmocka.h>

static char *folder;

// A film of 1 s, as MP4: lengths before NAL units, B frames.
static char *write_film(const char *name, int width)
{
    char *path = g_build_filename(folder, name, NULL);
    PacketsOptions options = { AV_CODEC_ID_H264, width, 48, 2, 25 };
    AVCodecContext *encoder = packets_encoder(&options);
    AVFormatContext *muxer = NULL;
    Packets packets;
    packets_init(&packets, options);
    avformat_alloc_output_context2(&muxer, NULL, "mp4", path);
    AVStream *stream = avformat_new_stream(muxer, NULL);
    avcodec_parameters_from_context(stream->codecpar, encoder);
    stream->codecpar->codec_tag = 0;
    AVPacket *first = packets.packets->pdata[0];
    stream->codecpar->extradata = av_mallocz((size_t)first->size + AV_INPUT_BUFFER_PADDING_SIZE);
    memcpy(stream->codecpar->extradata, first->data, (size_t)first->size);
    stream->codecpar->extradata_size = first->size; // Annex B: the muxer takes the sets out of it
    stream->time_base = (AVRational){ 1, 90000 };
    assert_true(avio_open(&muxer->pb, path, AVIO_FLAG_WRITE) >= 0);
    assert_true(avformat_write_header(muxer, NULL) >= 0);
    for (guint i = 0; i < packets.packets->len; i++) {
        AVPacket *packet = packets_at(&packets, i);
        packet->dts = ((int64_t)i - 2) * PACKETS_FRAME_US;
        av_packet_rescale_ts(packet, (AVRational){ 1, 1000000 }, stream->time_base);
        assert_true(av_write_frame(muxer, packet) >= 0);
        av_packet_free(&packet);
    }
    av_write_trailer(muxer);
    avio_closep(&muxer->pb);
    avformat_free_context(muxer);
    avcodec_free_context(&encoder);
    packets_done(&packets);
    return path;
}

static bool comes_to(Camera *camera, CameraState state, int within_ms)
{
    int64_t until = clock_mono_ms() + within_ms;
    while (camera_status(camera).state != state) {
        if (clock_mono_ms() > until)
            return false;
        g_usleep(5000);
    }
    return true;
}

// A second and a half of units: through the film's end into its second showing.
static void check_units(RingReader *reader)
{
    int64_t first_ms = clock_mono_ms(), last_us = -1;
    for (int n = 0; n < 37;) {
        gpointer item = NULL;
        if (ring_read(reader, &item, NULL) != RING_ITEM) {
            assert_true(clock_mono_ms() - first_ms < 10000);
            ring_wait(reader, 100);
            continue;
        }
        g_autoptr(Unit) unit = item;
        assert_true(unit->packet->dts > last_us);
        assert_true(last_us < 0 || unit->packet->dts - last_us <= 2 * PACKETS_FRAME_US);
        assert_memory_equal(unit->packet->data, "\0\0\0\1", 4);
        last_us = unit->packet->dts;
        n++;
    }
    assert_in_range(clock_mono_ms() - first_ms, 1200, 6000); // in real time
}

static void plays_a_file_as_if_live(void **state)
{
    g_autofree char *path = write_film("film.mp4", 64);
    g_autofree char *url = g_strconcat("file:", path, NULL);
    ConfigCamera config = { .id = (char *)"cam1", .url = url };
    Camera *camera = camera_new(&config, STREAM_MAIN);
    g_autoptr(Stream) stream = stream_ref(camera_stream(camera));
    g_autoptr(RingReader) reader =
        ring_reader_new(stream_units(stream), RING_FROM_KEPT_KEY, NULL, NULL);
    assert_true(comes_to(camera, CAMERA_LIVE, 5000));
    g_autoptr(StreamInfo) info = stream_info(stream);
    assert_int_equal(info->width, 64);
    check_units(reader);
    int64_t stop_ms = clock_mono_ms();
    camera_free(camera);
    assert_true(clock_mono_ms() - stop_ms < 1000);
    assert_null(stream_info(stream));
    gpointer item = NULL;
    RingResult result;
    while ((result = ring_read(reader, &item, NULL)) == RING_ITEM)
        unit_unref(item);
    assert_int_equal(result, RING_END);
}

static int listen_silently(int *ret_port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(fd, 5), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *ret_port = ntohs(address.sin_port);
    return fd;
}

static void says_why_there_is_no_picture(void **state)
{
    int port = 0;
    int fd = listen_silently(&port);
    close(fd); // from now on it is refused
    g_autofree char *refused = g_strdup_printf("rtsp://u:secret@127.0.0.1:%d/x", port);
    g_autofree char *text = g_build_filename(folder, "text", NULL);
    assert_true(g_file_set_contents(text, "no film", -1, NULL));
    g_autofree char *text_url = g_strconcat("file:", text, NULL);
    const struct {
        const char *url;
        Why why;
    } rows[] = {
        { refused, WHY_REFUSED },
        { "file:/nowhere/film.mp4", WHY_NOT_FOUND },
        { text_url, WHY_INVALID },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        ConfigCamera config = { .id = (char *)"cam1", .url = (char *)rows[i].url };
        g_autoptr(Camera) camera = camera_new(&config, STREAM_MAIN);
        assert_true(comes_to(camera, CAMERA_BACKOFF, 5000));
        assert_int_equal(camera_status(camera).why, rows[i].why);
    }
}

// Connected, but nobody speaks: the stop does not wait for the time limit.
static void stops_at_once_while_it_connects(void **state)
{
    int port = 0;
    int fd = listen_silently(&port);
    g_autofree char *url = g_strdup_printf("rtsp://127.0.0.1:%d/x", port);
    ConfigCamera config = { .id = (char *)"cam1", .url = url };
    Camera *camera = camera_new(&config, STREAM_MAIN);
    assert_true(comes_to(camera, CAMERA_CONNECTING, 2000));
    g_usleep(300000);
    int64_t stop_ms = clock_mono_ms();
    camera_free(camera);
    assert_true(clock_mono_ms() - stop_ms < 1000);
    close(fd);
}

// --- capture

static void note_added(void *ctx, const ConfigCamera *camera, Stream *stream)
{
    g_string_append_printf(ctx, "+%s/%s ", camera->id, stream_kind_name(stream_kind(stream)));
}

static void note_removed(void *ctx, const char *camera, StreamKind kind)
{
    g_string_append_printf(ctx, "-%s/%s ", camera, stream_kind_name(kind));
}

static Config *config_of(const char *cameras)
{
    g_autofree char *text =
        g_strconcat("hall: {id: h, name: h}\ncounters: []\ncameras:\n", cameras, NULL);
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    Config *config = NULL;
    assert_int_equal(config_parse("test", text, strlen(text), errors, &config), 0);
    return config;
}

static void only_what_changed_is_touched(void **state)
{
    static const struct {
        const char *cameras, *events;
    } rows[] = {
        { "- {id: a, name: a, url: 'file:/no/a', sub_url: 'file:/no/b'}\n"
          "- {id: b, name: b, url: 'rtsp://u:secret@127.0.0.1:1/b'}\n",
          "+a/main +a/sub +b/main " },
        { "- {id: a, name: a, url: 'file:/no/a', sub_url: 'file:/no/b'}\n"
          "- {id: b, name: b, url: 'rtsp://u:secret@127.0.0.1:1/c'}\n",
          "-b/main +b/main " },
        { "- {id: c, name: c, url: 'file:/no/c'}\n"
          "- {id: a, name: a, url: 'file:/no/a', sub_url: 'file:/no/b'}\n",
          "-b/main +c/main " },
    };
    g_autoptr(GString) events = g_string_new(NULL);
    CaptureEvents on = { note_added, note_removed, events };
    Capture *capture = capture_new(&on);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Config) config = config_of(rows[i].cameras);
        g_string_truncate(events, 0);
        capture_apply(capture, config);
        assert_string_equal(events->str, rows[i].events);
        json_t *status = capture_status(capture);
        g_autofree char *text = json_dumps(status, 0);
        assert_int_equal(json_array_size(status), config->cameras->len);
        assert_null(strstr(text, "secret"));
        json_decref(status);
    }
    g_autoptr(Stream) sub = capture_stream(capture, "a", STREAM_SUB);
    assert_non_null(sub);
    assert_null(capture_stream(capture, "c", STREAM_SUB));
    assert_null(capture_stream(capture, "b", STREAM_MAIN));
    assert_non_null(capture_why(capture, "a", STREAM_MAIN));
    g_string_truncate(events, 0);
    capture_free(capture);
    assert_string_equal(events->str, "-c/main -a/main -a/sub ");
}

static int make_folder(void **state)
{
    folder = g_dir_make_tmp("hallwatch-camera-XXXXXX", NULL);
    return folder ? 0 : -1;
}

static int remove_folder(void **state)
{
    static const char *const names[] = { "film.mp4", "text" };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        g_unlink(path);
    }
    g_rmdir(folder);
    g_free(folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plays_a_file_as_if_live),
        cmocka_unit_test(says_why_there_is_no_picture),
        cmocka_unit_test(stops_at_once_while_it_connects),
        cmocka_unit_test(only_what_changed_is_touched),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
