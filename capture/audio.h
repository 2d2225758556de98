// SPDX-License-Identifier: Apache-2.0
// Audio: G.711 (ITU-T) into AAC-LC, which browsers and MP4 take.
// One thread.
#pragma once
#include <libavcodec/codec_par.h>
#include <libavcodec/packet.h>

typedef struct Audio Audio;

// input: PCM A-law or mu-law. 0 or a negative AVERROR.
int audio_new(const AVCodecParameters *input, Audio **ret_audio);
void audio_free(Audio *audio);

// What comes out, with AudioSpecificConfig. Borrowed.
const AVCodecParameters *audio_params(const Audio *audio);

// packet: times in microseconds. A gap of over 0.2 s in its times moves the output's. 0 or a
// negative AVERROR.
int audio_send(Audio *audio, const AVPacket *packet);
// The next AAC frame, times in microseconds; AVERROR(EAGAIN): send more first.
int audio_receive(Audio *audio, AVPacket *packet);
