// SPDX-License-Identifier: Apache-2.0
// NAL: walking Annex B byte streams of H.264 (ITU-T H.264, Annex B) and H.265 (ITU-T H.265, Annex
// B) and collecting their parameter sets. Input comes from the network: every access is bounded by
// the given size.
#pragma once
#include <glib.h>
#include <libavcodec/codec_id.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const uint8_t *data; // begins with the NAL unit's header; borrowed
    size_t size;
} Nal;

// Steps to the next NAL unit that is not empty; *offset starts at 0.
bool nal_next(const uint8_t *data, size_t size, size_t *offset, Nal *ret_nal);

typedef enum { NAL_OTHER, NAL_PICTURE, NAL_VPS, NAL_SPS, NAL_PPS } NalKind;
NalKind nal_kind(enum AVCodecID codec, const Nal *nal);

// The first NAL unit of this kind; false: there is none.
bool nal_find(enum AVCodecID codec, const uint8_t *data, size_t size, NalKind kind, Nal *ret_nal);

// VPS, SPS and PPS that come before the first picture, in this order, as Annex B with four-byte
// start codes, each once. NULL where an SPS or a PPS (or, for H.265, a VPS) is missing: such a unit
// does not describe a stream by itself.
GBytes *nal_parameter_sets(enum AVCodecID codec, const uint8_t *data, size_t size);

// The first max bytes of the NAL unit's payload without emulation prevention bytes (H.264, 7.3.1;
// H.265, 7.3.1.1). Bytes written.
size_t nal_unescape(const Nal *nal, uint8_t *buffer, size_t max);

// Writes the NAL units with four-byte lengths before them in place of start codes (ISO/IEC
// 14496-15). out: has nal_lengths_max(size) bytes. Bytes written.
size_t nal_lengths_max(size_t size);
size_t nal_write_lengths(const uint8_t *data, size_t size, uint8_t *out);
