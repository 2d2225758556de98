// SPDX-License-Identifier: Apache-2.0
// SDP: a presentation's description (RFC 4566) as far as a viewer needs it: its tracks, how they
// are coded, and where they are controlled (RFC 2326, C.1).
//
// Tolerant of what cameras write: missing or misplaced payload types, missing parameter sets, names
// in any case. Pure; input comes from the network: at most SDP_MEDIA_MAX tracks are read.
#pragma once
#include <glib.h>
#include <libavcodec/codec_id.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SDP_MEDIA_MAX = 8, SDP_FORMATS_MAX = 8, SDP_CONFIG_MAX = 64 << 10 };

typedef enum { SDP_OTHER, SDP_VIDEO, SDP_AUDIO } SdpKind;

typedef struct {
    SdpKind kind;
    enum AVCodecID codec; // of the first format that is known; AV_CODEC_ID_NONE: none is
    int payload_type;
    // All payload types of the track: what comes with another one than these is the camera's slip.
    int n_payload_types;
    uint8_t payload_types[SDP_FORMATS_MAX];
    unsigned clock_rate;
    int channels;
    char *control;  // NULL: none
    GBytes *config; // parameter sets as Annex B, or AudioSpecificConfig; NULL: none
    unsigned size_bits, index_bits, index_delta_bits; // AAC (RFC 3640)
    bool has_don;                                     // H.265: decoding order numbers (RFC 7798)
} SdpMedia;

typedef struct {
    char *control; // of the whole; NULL: none
    int n_media;
    SdpMedia media[SDP_MEDIA_MAX];
} Sdp;

// False: there is no track in it. ret_sdp is to be done with either way.
bool sdp_parse(const char *text, size_t size, Sdp *ret_sdp);
void sdp_done(Sdp *sdp);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sdp, sdp_done)
