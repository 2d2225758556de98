// SPDX-License-Identifier: Apache-2.0
#include "demo/camera/film.h"
#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>

struct Film {
    GThread *thread;
    gint stops; // atomic

    AVFormatContext *file; // from here: the thread, once it runs
    AVBSFContext *filter;  // to Annex B, which is what goes into RTP
    int track;
    GPtrArray *feeds;
    Tone *tone;
    int64_t began_us;    // monotonic time of the line's zero
    int64_t loop_us;     // added to the file's times; grows by its length with each loop
    int64_t loop_end_us; // where the next loop begins
};

static const AVRational microseconds = { 1, 1000000 };

static int open_filter(Film *film, const AVStream *stream)
{
    bool is_h264 = stream->codecpar->codec_id == AV_CODEC_ID_H264;
    if (!is_h264 && stream->codecpar->codec_id != AV_CODEC_ID_HEVC)
        return AVERROR_PATCHWELCOME;
    const AVBitStreamFilter *kind =
        av_bsf_get_by_name(is_h264 ? "h264_mp4toannexb" : "hevc_mp4toannexb");
    int err = av_bsf_alloc(kind, &film->filter);
    if (err < 0)
        return err;
    err = avcodec_parameters_copy(film->filter->par_in, stream->codecpar);
    if (err < 0)
        return err;
    film->filter->time_base_in = stream->time_base;
    return av_bsf_init(film->filter);
}

static int open_file(Film *film, const char *path)
{
    int err = avformat_open_input(&film->file, path, NULL, NULL);
    if (err < 0)
        return err;
    err = avformat_find_stream_info(film->file, NULL);
    if (err < 0)
        return err;
    film->track = av_find_best_stream(film->file, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
    if (film->track < 0)
        return film->track;
    return open_filter(film, film->file->streams[film->track]);
}

Film *film_new(const char *path)
{
    g_autoptr(Film) film = g_new0(Film, 1);
    int err = open_file(film, path);
    if (err == 0)
        return g_steal_pointer(&film);
    g_printerr("%s cannot be played: %s\n", path,
               err == AVERROR_PATCHWELCOME ? "it is neither H.264 nor H.265" : av_err2str(err));
    return NULL;
}

void film_free(Film *film)
{
    if (!film)
        return;
    g_atomic_int_set(&film->stops, 1);
    if (film->thread)
        g_thread_join(film->thread);
    tone_free(film->tone);
    av_bsf_free(&film->filter);
    avformat_close_input(&film->file);
    g_free(film);
}

const AVCodecParameters *film_parameters(const Film *film)
{
    return film->filter->par_out;
}

static void push_all(Film *film, int track, const AVPacket *packet)
{
    for (guint i = 0; i < film->feeds->len; i++)
        feed_push(film->feeds->pdata[i], track, packet);
}

static void wait_until(Film *film, int64_t line_us)
{
    int64_t wait = film->began_us + line_us - g_get_monotonic_time();
    if (wait > 0)
        g_usleep((gulong)MIN(wait, G_USEC_PER_SEC));
}

static void play_packet(Film *film, AVPacket *packet)
{
    av_packet_rescale_ts(packet, film->filter->time_base_out, microseconds);
    if (packet->dts == AV_NOPTS_VALUE)
        packet->dts = packet->pts;
    packet->pts += film->loop_us;
    packet->dts += film->loop_us;
    film->loop_end_us = packet->dts + MAX(packet->duration, 1000);
    wait_until(film, packet->dts);
    push_all(film, FEED_VIDEO, packet);
    g_autoptr(GPtrArray) sounds = film->tone ? tone_until(film->tone, packet->dts) : NULL;
    for (guint i = 0; sounds && i < sounds->len; i++)
        push_all(film, FEED_AUDIO, sounds->pdata[i]);
}

static bool rewind_film(Film *film)
{
    film->loop_us = film->loop_end_us;
    av_bsf_flush(film->filter);
    return av_seek_frame(film->file, film->track, 0, AVSEEK_FLAG_BACKWARD) >= 0;
}

static gpointer run(gpointer ctx)
{
    Film *film = ctx;
    AVPacket *packet = av_packet_alloc();
    film->began_us = g_get_monotonic_time();
    while (!g_atomic_int_get(&film->stops)) {
        int err = av_read_frame(film->file, packet);
        if (err < 0 && !(err == AVERROR_EOF && rewind_film(film)))
            g_error("the file cannot be read any further: %s", av_err2str(err));
        if (err < 0)
            continue;
        if (packet->stream_index == film->track && av_bsf_send_packet(film->filter, packet) == 0)
            while (av_bsf_receive_packet(film->filter, packet) == 0) {
                play_packet(film, packet);
                av_packet_unref(packet);
            }
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
    return NULL;
}

void film_play(Film *film, GPtrArray *feeds, Tone *take_tone)
{
    film->feeds = feeds;
    film->tone = take_tone;
    film->thread = g_thread_new("film", run, film);
}
