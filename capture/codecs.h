// SPDX-License-Identifier: Apache-2.0
// Codecs: the codecs parameter of RFC 6381 that a browser asks for before it plays
// ("avc1.64001f,mp4a.40.2").
//
// H.264: RFC 6381, 3.3, from the SPS's three bytes of profile, constraints and level. H.265:
// ISO/IEC 14496-15, Annex E, from the profile_tier_level of the SPS, always as hvc1 (parameter sets
// in the init segment). AAC: the audio object type of the AudioSpecificConfig (ISO/IEC
// 14496-3, 1.6.2.1). Input comes from the network.
#pragma once
#include <libavcodec/codec_par.h>
#include <stddef.h>
#include <stdint.h>

// Annex B extradata with an SPS, or an AudioSpecificConfig. NULL: not one of the three codecs, or
// no such data in it. The caller frees.
char *codecs_of_track(enum AVCodecID codec, const uint8_t *extradata, size_t size);

// All tracks, joined by commas; NULL where one of them has no string. The caller frees.
char *codecs_of(AVCodecParameters *const *tracks, int n_tracks);

// As the config and the API call it: "h264", "h265" (libavcodec says hevc).
const char *codecs_name(enum AVCodecID codec);
