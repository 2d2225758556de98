// SPDX-License-Identifier: Apache-2.0
// Codec config: what an MP4 file's sample entry says about its video, made from parameter sets: the
// AVCDecoderConfigurationRecord of H.264 (ISO/IEC 14496-15, 5.3.3.1) and the
// HEVCDecoderConfigurationRecord of H.265 (8.3.3.1). Samples that belong to it have four-byte
// lengths before their NAL units (nal_write_lengths).
//
// Made here and not by libavformat, whose reading of a crafted H.265 set may take minutes: no more
// is read of a set than the record says, in steps that its size bounds. Pure.
#pragma once
#include <glib.h>
#include <libavcodec/codec_id.h>
#include <stddef.h>
#include <stdint.h>

// sets: as of nal_parameter_sets. NULL: there are too many or too large ones for a record, or an
// SPS that cannot be read. The caller frees.
GBytes *codec_config_new(enum AVCodecID codec, const uint8_t *sets, size_t size);
