// SPDX-License-Identifier: Apache-2.0
#include "capture/stream.h"

// A 4 Mbit/s stream fills 2 MiB in 4 s. The units' ring is for readers that keep up and for the
// kept GOP; the fragments' ring also bridges a slow disk, for 6 s at 4 Mbit/s. Slow streams are
// bounded by items, so that sixteen sub streams do not fill the same bytes.
enum {
    UNITS_MAX = 300,
    UNITS_MAX_BYTES = 2 << 20,
    FRAGMENTS_MAX = 20,
    FRAGMENTS_MAX_BYTES = 3 << 20,
};

struct Stream {
    gatomicrefcount refs;
    char *camera; // constant
    StreamKind kind;
    Ring *units, *fragments;
    GMutex lock; // of the two below
    StreamInfo *info;
    Unit *key_unit;
};

static void refs_inc(gpointer refs)
{
    g_atomic_int_inc((gint *)refs);
}

static bool refs_dec(gpointer refs)
{
    return g_atomic_int_dec_and_test((gint *)refs);
}

StreamInfo *stream_info_new(uint64_t generation)
{
    StreamInfo *info = g_new0(StreamInfo, 1);
    info->refs = 1;
    info->generation = generation;
    return info;
}

StreamInfo *stream_info_ref(StreamInfo *info)
{
    refs_inc(&info->refs);
    return info;
}

void stream_info_unref(StreamInfo *info)
{
    if (!info || !refs_dec(&info->refs))
        return;
    for (int i = 0; i < STREAM_MAX_TRACKS; i++)
        avcodec_parameters_free(&info->tracks[i]);
    g_free(info->codecs);
    g_clear_pointer(&info->init, g_bytes_unref);
    g_free(info);
}

Unit *unit_new(StreamInfo *info, AVPacket *take_packet, int track, bool key, int64_t wall_us)
{
    Unit *unit = g_new(Unit, 1);
    *unit = (Unit){ .refs = 1,
                    .info = stream_info_ref(info),
                    .packet = take_packet,
                    .track = track,
                    .key = key,
                    .wall_us = wall_us };
    return unit;
}

Unit *unit_ref(Unit *unit)
{
    refs_inc(&unit->refs);
    return unit;
}

void unit_unref(Unit *unit)
{
    if (!unit || !refs_dec(&unit->refs))
        return;
    av_packet_free(&unit->packet);
    stream_info_unref(unit->info);
    g_free(unit);
}

Fragment *fragment_new(StreamInfo *info, GBytes *bytes)
{
    Fragment *fragment = g_new0(Fragment, 1);
    fragment->refs = 1;
    fragment->info = stream_info_ref(info);
    fragment->bytes = g_bytes_ref(bytes);
    return fragment;
}

Fragment *fragment_ref(Fragment *fragment)
{
    refs_inc(&fragment->refs);
    return fragment;
}

void fragment_unref(Fragment *fragment)
{
    if (!fragment || !refs_dec(&fragment->refs))
        return;
    g_bytes_unref(fragment->bytes);
    stream_info_unref(fragment->info);
    g_free(fragment);
}

static gpointer ref_unit(gpointer unit)
{
    return unit_ref(unit);
}

static void unref_unit(gpointer unit)
{
    unit_unref(unit);
}

static gpointer ref_fragment(gpointer fragment)
{
    return fragment_ref(fragment);
}

static void unref_fragment(gpointer fragment)
{
    fragment_unref(fragment);
}

Stream *stream_new(const char *camera, StreamKind kind)
{
    Stream *stream = g_new0(Stream, 1);
    g_atomic_ref_count_init(&stream->refs);
    stream->camera = g_strdup(camera);
    stream->kind = kind;
    stream->units = ring_new((RingItemFuncs){ ref_unit, unref_unit }, UNITS_MAX, UNITS_MAX_BYTES);
    stream->fragments = ring_new((RingItemFuncs){ ref_fragment, unref_fragment }, FRAGMENTS_MAX,
                                 FRAGMENTS_MAX_BYTES);
    g_mutex_init(&stream->lock);
    return stream;
}

Stream *stream_ref(Stream *stream)
{
    g_atomic_ref_count_inc(&stream->refs);
    return stream;
}

void stream_unref(Stream *stream)
{
    if (!stream || !g_atomic_ref_count_dec(&stream->refs))
        return;
    ring_unref(stream->units);
    ring_unref(stream->fragments);
    stream_info_unref(stream->info);
    unit_unref(stream->key_unit);
    g_mutex_clear(&stream->lock);
    g_free(stream->camera);
    g_free(stream);
}

const char *stream_camera(Stream *stream)
{
    return stream->camera;
}

StreamKind stream_kind(Stream *stream)
{
    return stream->kind;
}

const char *stream_kind_name(StreamKind kind)
{
    return kind == STREAM_SUB ? "sub" : "main";
}

Ring *stream_units(Stream *stream)
{
    return stream->units;
}

Ring *stream_fragments(Stream *stream)
{
    return stream->fragments;
}

StreamInfo *stream_info(Stream *stream)
{
    g_mutex_lock(&stream->lock);
    StreamInfo *info = stream->info ? stream_info_ref(stream->info) : NULL;
    g_mutex_unlock(&stream->lock);
    return info;
}

Unit *stream_key_unit(Stream *stream)
{
    g_mutex_lock(&stream->lock);
    Unit *unit = stream->key_unit ? unit_ref(stream->key_unit) : NULL;
    g_mutex_unlock(&stream->lock);
    return unit;
}

void stream_set_info(Stream *stream, StreamInfo *info)
{
    g_mutex_lock(&stream->lock);
    StreamInfo *old = stream->info;
    stream->info = info ? stream_info_ref(info) : NULL;
    g_mutex_unlock(&stream->lock);
    stream_info_unref(old);
}

static void keep_key_unit(Stream *stream, Unit *unit)
{
    g_mutex_lock(&stream->lock);
    Unit *old = stream->key_unit;
    stream->key_unit = unit_ref(unit);
    g_mutex_unlock(&stream->lock);
    unit_unref(old);
}

void stream_push_unit(Stream *stream, Unit *take_unit)
{
    bool key = take_unit->key && take_unit->track == 0;
    if (key)
        keep_key_unit(stream, take_unit);
    ring_push(stream->units, take_unit, (size_t)take_unit->packet->size, key);
}

void stream_push_fragment(Stream *stream, Fragment *take_fragment)
{
    ring_push(stream->fragments, take_fragment, g_bytes_get_size(take_fragment->bytes),
              take_fragment->key);
}

void stream_close(Stream *stream)
{
    ring_close(stream->units);
    ring_close(stream->fragments);
}
