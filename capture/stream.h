// SPDX-License-Identifier: Apache-2.0
// Stream: one camera's main or sub stream, as all readers see it: what it is, its access units, its
// fragments.
//
// A stream lives as long as its camera is configured, through reconnects. Each (re)connection or
// change of codec makes a new StreamInfo with the next generation; units and fragments carry the
// info they belong to. Everything here is reference counted and immutable once published; any
// thread may hold it.
//
// Right after a reconnect the ring of fragments may still keep fragments of the generation before:
// a reader that begins at the kept key compares a fragment's info->generation with that of
// stream_info.
#pragma once
#include "capture/ring.h"
#include <libavcodec/packet.h>
#include <libavcodec/codec_par.h>

typedef enum { STREAM_MAIN, STREAM_SUB } StreamKind;
enum { STREAM_MAX_TRACKS = 2 }; // video first, then audio

typedef struct {
    unsigned refs;
    uint64_t generation;
    int n_tracks;
    AVCodecParameters *tracks[STREAM_MAX_TRACKS]; // H.264/H.265 with Annex B extradata; AAC with
                                                  // AudioSpecificConfig
    char *codecs;                                 // RFC 6381, "avc1.64001f,mp4a.40.2"
    GBytes *init;                                 // ftyp + moov
    int width, height;
} StreamInfo;

// An access unit. Packet's pts, dts and duration are in microseconds, on one line for all tracks of
// a generation.
typedef struct {
    unsigned refs;
    StreamInfo *info;
    AVPacket *packet; // Annex B for H.264 and H.265, raw AAC frames without ADTS; do not change it:
                      // av_packet_ref
    int track;
    bool key;
    int64_t wall_us; // wall clock of the unit (see wallclock.h)
} Unit;

// moof + mdat, of about half a second or up to the next key frame.
typedef struct {
    unsigned refs;
    StreamInfo *info;
    GBytes *bytes;
    bool key;  // its first video sample is a key frame
    bool jump; // wall time does not continue the fragment before (drift over 5 s, or first of its
               // generation)
    int64_t wall_us;   // of its first video sample
    int64_t decode_us; // the same moment on the stream's own line (baseMediaDecodeTime)
    int64_t duration_us;
} Fragment;

typedef struct Stream Stream;

StreamInfo *stream_info_ref(StreamInfo *info);
void stream_info_unref(StreamInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StreamInfo, stream_info_unref)
Unit *unit_ref(Unit *unit);
void unit_unref(Unit *unit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Unit, unit_unref)
Fragment *fragment_ref(Fragment *fragment);
void fragment_unref(Fragment *fragment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fragment, fragment_unref)

Stream *stream_new(const char *camera, StreamKind kind);
Stream *stream_ref(Stream *stream);
void stream_unref(Stream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Stream, stream_unref)

const char *stream_camera(Stream *stream);
StreamKind stream_kind(Stream *stream);
const char *stream_kind_name(StreamKind kind); // "main", "sub"
Ring *stream_units(Stream *stream);            // borrowed; items are Unit
Ring *stream_fragments(Stream *stream);        // borrowed; items are Fragment
// What the stream is now; NULL before the first connection and while the camera is away. New
// reference.
StreamInfo *stream_info(Stream *stream);
// The newest video key frame, kept through an outage; NULL: none yet. New reference.
Unit *stream_key_unit(Stream *stream);

// The producer's side: the camera's thread (tests stand in for it).

// A blank info to fill in before it is published; one reference.
StreamInfo *stream_info_new(uint64_t generation);
// Takes the packet (in microseconds); refers to the info.
Unit *unit_new(StreamInfo *info, AVPacket *take_packet, int track, bool key, int64_t wall_us);
// Blank but for its info and bytes; both are referred to.
Fragment *fragment_new(StreamInfo *info, GBytes *bytes);
// NULL: the camera is away.
void stream_set_info(Stream *stream, StreamInfo *info);
void stream_push_unit(Stream *stream, Unit *take_unit);
void stream_push_fragment(Stream *stream, Fragment *take_fragment);
// The end: closes both rings.
void stream_close(Stream *stream);
