// SPDX-License-Identifier: Apache-2.0
// Encoder: pictures of one size to H.264 or H.265, as cheaply as the libraries can. One thread at a
// time.
#pragma once
#include <glib.h>
#include <libavcodec/avcodec.h>
#include <stdbool.h>

typedef struct Encoder Encoder;

typedef struct {
    enum AVCodecID codec;
    int width, height; // even
    int fps;
    int kbit; // per second
    int gop;  // pictures from one key frame to the next
    int b_frames;
} EncoderOptions;

// NULL: no such encoder (said on stderr).
Encoder *encoder_new(const EncoderOptions *options);
void encoder_free(Encoder *encoder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Encoder, encoder_free)

// The caller frees.
AVCodecParameters *encoder_parameters(const Encoder *encoder);
// picture: YUV 4:2:0 of the encoder's size. packet's times are microseconds. True: there is a
// packet.
bool encoder_encode(Encoder *encoder, AVFrame *picture, int64_t line_us, bool key,
                    AVPacket *ret_packet);
