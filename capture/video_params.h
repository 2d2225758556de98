// SPDX-License-Identifier: Apache-2.0
// Video parameters: what a video track is, from its parameter sets and a key frame. libavcodec's
// parsers and decoders do the reading.
#pragma once
#include <glib.h>
#include <libavcodec/codec_par.h>
#include <libavcodec/packet.h>

// New parameters with sets (Annex B) as extradata, width, height and video_delay (pictures that a
// decoder holds back) filled in. key: the key frame that came with them. NULL: they do not describe
// a picture.
AVCodecParameters *video_params_new(enum AVCodecID codec, GBytes *sets, const AVPacket *key);
