// SPDX-License-Identifier: Apache-2.0
#include "capture/feed.h"

#include "base/log.h"
#include "capture/audio.h"
#include "capture/codecs.h"
#include "capture/line.h"
#include "capture/meter.h"
#include "capture/mux.h"
#include "capture/nal.h"
#include "capture/video_params.h"
#include "capture/wallclock.h"

enum {
    FRAME_US = 40000,   // until the stream's own rate is known
    SETTLE_US = 300000, // of arrival: less than a fragment takes anyway
    EARLY_MAX_BYTES = 4 << 20,
    SOUND_ASIDE_US = 5000000, // farther from the picture its times are another line's
};

struct Feed {
    Stream *stream;
    uint64_t generation;
    // The connection.
    AVCodecParameters *video, *audio;
    // The generation; info is NULL before its key frame.
    StreamInfo *info;
    GBytes *sets; // its parameter sets
    Mux *mux;
    Audio *transcoder; // NULL: the sound is AAC already, or there is none
    Line line;
    Wallclock clock;
    Meter meter;
    int64_t last_audio_us; // on the line; AV_NOPTS_VALUE: none yet
    int64_t sound_us;      // what its sound is moved by
    // A camera may send what it has kept in one burst. Only at its end is known when the first
    // picture was taken, so the first fragments wait for the wall time they get.
    bool is_settled;
    int64_t first_us, arrival_us; // of the first and of the last picture; first_us 0: none yet
    size_t early_bytes;
    GQueue early;      // Fragment
    int64_t pushed_us; // wall time of the last fragment that was pushed
};

Feed *feed_new(Stream *stream)
{
    Feed *feed = g_new0(Feed, 1);
    feed->stream = stream_ref(stream);
    return feed;
}

// Fragments lie in the order of their wall times, also where a new generation's backlog reaches
// behind the last fragment of the one before. A box whose clock was set back has to go back.
// Returns by how much the fragment was moved.
static int64_t push(Feed *feed, Fragment *take_fragment)
{
    int64_t behind_us = feed->pushed_us + 1 - take_fragment->wall_us;
    if (behind_us < 0 || behind_us > WALLCLOCK_JUMP_US)
        behind_us = 0;
    take_fragment->wall_us += behind_us;
    feed->pushed_us = take_fragment->wall_us;
    stream_push_fragment(feed->stream, take_fragment);
    return behind_us;
}

static void settle(Feed *feed)
{
    Fragment *fragment = NULL;
    int64_t owed_us = 0;
    while ((fragment = g_queue_pop_head(&feed->early))) {
        fragment->wall_us = wallclock_of(&feed->clock, fragment->decode_us);
        int64_t moved_us = push(feed, fragment);
        owed_us = MAX(owed_us, moved_us);
    }
    wallclock_settle(&feed->clock, owed_us);
    feed->is_settled = true;
}

static void emit(void *ctx, Fragment *take_fragment)
{
    Feed *feed = ctx;
    if (feed->is_settled) {
        push(feed, take_fragment);
        return;
    }
    feed->early_bytes += g_bytes_get_size(take_fragment->bytes);
    g_queue_push_tail(&feed->early, take_fragment);
    if (feed->arrival_us - feed->first_us >= SETTLE_US || feed->early_bytes > EARLY_MAX_BYTES)
        settle(feed);
}

static void end_generation(Feed *feed)
{
    g_clear_pointer(&feed->mux, mux_free);
    settle(feed);
    g_clear_pointer(&feed->transcoder, audio_free);
    g_clear_pointer(&feed->info, stream_info_unref);
    g_clear_pointer(&feed->sets, g_bytes_unref);
}

static void forget_connection(Feed *feed)
{
    end_generation(feed);
    avcodec_parameters_free(&feed->video);
    avcodec_parameters_free(&feed->audio);
}

void feed_free(Feed *feed)
{
    if (!feed)
        return;
    forget_connection(feed);
    stream_unref(feed->stream);
    g_free(feed);
}

static AVCodecParameters *copy_params(const AVCodecParameters *params)
{
    AVCodecParameters *copy = avcodec_parameters_alloc();
    if (copy && avcodec_parameters_copy(copy, params) < 0)
        avcodec_parameters_free(&copy);
    return copy;
}

void feed_begin(Feed *feed, const AVCodecParameters *video, const AVCodecParameters *audio)
{
    forget_connection(feed);
    feed->video = copy_params(video);
    feed->audio = audio ? copy_params(audio) : NULL;
    meter_reset(&feed->meter);
}

void feed_end(Feed *feed)
{
    // First the info: the last fragments wake the viewers, who then see that nothing follows.
    stream_set_info(feed->stream, NULL);
    forget_connection(feed);
    ring_clear(stream_units(feed->stream));
}

bool feed_is_live(const Feed *feed)
{
    return feed->info != NULL;
}

FeedFigures feed_figures(const Feed *feed)
{
    if (!feed->info)
        return (FeedFigures){ .codec = AV_CODEC_ID_NONE };
    return (FeedFigures){ .codec = feed->info->tracks[0]->codec_id,
                          .fps = meter_fps(&feed->meter),
                          .kbit = meter_kbit(&feed->meter) };
}

// The sound's track in the new generation. Sound that cannot be had is left out: the picture
// matters more.
static AVCodecParameters *open_audio(Feed *feed)
{
    if (!feed->audio)
        return NULL;
    if (feed->audio->codec_id != AV_CODEC_ID_AAC) {
        int err = audio_new(feed->audio, &feed->transcoder);
        if (err < 0)
            log_warn("camera=%s sound left out: the transcoder did not start (%d)",
                     stream_camera(feed->stream), err);
        return err < 0 ? NULL : copy_params(audio_params(feed->transcoder));
    }
    if (feed->audio->extradata_size < 2 || feed->audio->sample_rate <= 0) {
        log_warn("camera=%s sound left out: its AAC does not say how it is coded",
                 stream_camera(feed->stream));
        return NULL;
    }
    AVCodecParameters *params = copy_params(feed->audio);
    if (params && params->frame_size == 0)
        params->frame_size = 1024; // SDP does not say it; MP4 wants it
    return params;
}

static int begin_generation(Feed *feed, GBytes *sets, const AVPacket *key)
{
    g_autoptr(StreamInfo) info = stream_info_new(feed->generation + 1);
    info->tracks[0] = video_params_new(feed->video->codec_id, sets, key);
    if (!info->tracks[0])
        return AVERROR_INVALIDDATA;
    info->width = info->tracks[0]->width;
    info->height = info->tracks[0]->height;
    info->tracks[1] = open_audio(feed);
    info->n_tracks = info->tracks[1] ? 2 : 1;
    info->codecs = codecs_of(info->tracks, info->n_tracks);
    int err = info->codecs ? mux_new(info, emit, feed, &feed->mux) : AVERROR_INVALIDDATA;
    if (err < 0) {
        end_generation(feed);
        return err;
    }
    feed->generation++;
    feed->info = stream_info_ref(info);
    feed->sets = g_bytes_ref(sets);
    feed->last_audio_us = AV_NOPTS_VALUE;
    feed->sound_us = feed->first_us = 0;
    feed->is_settled = false;
    feed->early_bytes = 0;
    line_init(&feed->line, info->tracks[0]->video_delay);
    wallclock_reset(&feed->clock);
    stream_set_info(feed->stream, info);
    return 0;
}

// A key frame's own parameter sets; failing those, the ones it goes on with, or the SDP's.
static GBytes *sets_of_key(Feed *feed, const AVPacket *key)
{
    const AVCodecParameters *video = feed->video;
    GBytes *sets = nal_parameter_sets(video->codec_id, key->data, (size_t)key->size);
    if (sets)
        return sets;
    if (feed->sets)
        return g_bytes_ref(feed->sets);
    return nal_parameter_sets(video->codec_id, video->extradata, (size_t)video->extradata_size);
}

// At a key frame: is the generation still the one that this frame belongs to? Begins a new one if
// not.
static int follow_sets(Feed *feed, const AVPacket *key)
{
    g_autoptr(GBytes) sets = sets_of_key(feed, key);
    if (!sets || (feed->info && g_bytes_equal(sets, feed->sets)))
        return 0;
    end_generation(feed);
    return begin_generation(feed, sets, key);
}

static int64_t frame_us(const Feed *feed)
{
    double fps = meter_fps(&feed->meter);
    return fps > 1 ? (int64_t)(1e6 / fps) : FRAME_US;
}

static void say_leap(const Feed *feed)
{
    uint64_t n = feed->line.leaps;
    if ((n & (n - 1)) == 0) // the first, then ever more rarely
        log_info("camera=%s stream=%s leaps=%" G_GUINT64_FORMAT ": its times have leapt",
                 stream_camera(feed->stream), stream_kind_name(stream_kind(feed->stream)), n);
}

static int publish(Feed *feed, AVPacket *take_packet, int track, bool key, int64_t wall_us,
                   bool jump)
{
    g_autoptr(Unit) unit = unit_new(feed->info, take_packet, track, key, wall_us);
    int err = mux_write(feed->mux, unit, jump);
    stream_push_unit(feed->stream, g_steal_pointer(&unit));
    return err;
}

static AVPacket *take(AVPacket *packet)
{
    AVPacket *taken = av_packet_alloc();
    if (taken)
        av_packet_move_ref(taken, packet);
    return taken;
}

int feed_video(Feed *feed, AVPacket *packet, int64_t arrival_us)
{
    bool key = packet->flags & AV_PKT_FLAG_KEY;
    int err = key ? follow_sets(feed, packet) : 0;
    if (err == AVERROR_INVALIDDATA || (err == 0 && !feed->info))
        return 0; // a damaged key frame: the next one will do
    if (err < 0)
        return err;
    if (line_place(&feed->line, &packet->pts, &packet->dts, arrival_us, frame_us(feed)))
        say_leap(feed);
    meter_add(&feed->meter, packet->dts, (size_t)packet->size);
    bool jump = false;
    int64_t wall_us =
        wallclock_at(&feed->clock, packet->dts, arrival_us, key && feed->is_settled, &jump);
    feed->arrival_us = arrival_us;
    if (feed->first_us == 0)
        feed->first_us = arrival_us;
    AVPacket *taken = take(packet);
    return taken ? publish(feed, taken, 0, key, wall_us, jump) : AVERROR(ENOMEM);
}

// Sound on the same line as the picture. False: it lies before the picture's beginning, or does not
// grow.
static bool place_audio(Feed *feed, AVPacket *packet)
{
    const AVCodecParameters *params = feed->info->tracks[1];
    int64_t duration_us = params->frame_size * INT64_C(1000000) / params->sample_rate;
    bool is_first = feed->last_audio_us == AV_NOPTS_VALUE;
    if (packet->pts == AV_NOPTS_VALUE && is_first)
        return false;
    int64_t at_us = packet->pts == AV_NOPTS_VALUE
                        ? feed->last_audio_us + duration_us
                        : line_at(&feed->line, packet->pts) + feed->sound_us;
    int64_t aside_us = feed->line.last_us - at_us;
    if (aside_us > SOUND_ASIDE_US || aside_us < -SOUND_ASIDE_US) {
        feed->sound_us += aside_us;
        at_us += aside_us;
    }
    if (at_us < 0 || (!is_first && at_us <= feed->last_audio_us))
        return false;
    packet->pts = packet->dts = feed->last_audio_us = at_us;
    packet->duration = duration_us;
    packet->flags |= AV_PKT_FLAG_KEY;
    return true;
}

static int publish_audio(Feed *feed, AVPacket *packet)
{
    if (!place_audio(feed, packet))
        return 0;
    int64_t wall_us = wallclock_of(&feed->clock, packet->pts);
    AVPacket *taken = take(packet);
    return taken ? publish(feed, taken, 1, false, wall_us, false) : AVERROR(ENOMEM);
}

int feed_audio(Feed *feed, AVPacket *packet)
{
    if (!feed->info || feed->info->n_tracks < 2 || !feed->line.started)
        return 0;
    if (!feed->transcoder)
        return publish_audio(feed, packet);
    int err = audio_send(feed->transcoder, packet);
    av_packet_unref(packet);
    if (err < 0)
        return 0; // one broken packet of sound harms nobody
    while ((err = audio_receive(feed->transcoder, packet)) >= 0) {
        err = publish_audio(feed, packet);
        av_packet_unref(packet);
        if (err < 0)
            return err;
    }
    return err == AVERROR(EAGAIN) ? 0 : err;
}
