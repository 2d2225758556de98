// SPDX-License-Identifier: Apache-2.0
#include "capture/codec_config.h"

#include "capture/nal.h"

// SPS_BYTES: more than what stands before the bit depths can have, with six sub-layers.
enum { SPS_BYTES = 256, LENGTH_SIZE_MINUS_ONE = 3, H264_MAX_SPS = 31, MAX_SUB_LAYERS_MINUS1 = 6 };

// ---- reading an SPS ----

typedef struct {
    uint8_t bytes[SPS_BYTES]; // without emulation prevention
    size_t n_bits, at;        // at > n_bits: it ended too early
} Bits;

static void bits_init(Bits *bits, const Nal *nal)
{
    bits->n_bits = nal_unescape(nal, bits->bytes, sizeof bits->bytes) * 8;
    bits->at = 0;
}

// n: up to 32. Behind the end are zeros.
static uint32_t read_bits(Bits *bits, int n)
{
    uint32_t value = 0;
    for (int i = 0; i < n; i++, bits->at++) {
        uint32_t bit =
            bits->at < bits->n_bits ? bits->bytes[bits->at / 8] >> (7 - bits->at % 8) : 0;
        value = value << 1 | (bit & 1);
    }
    return value;
}

// ue(v) (H.264, 9.1; H.265, 9.2). One of more than 32 bits cannot be read, nor what follows.
static uint32_t read_ue(Bits *bits)
{
    int zeros = 0;
    while (zeros < 32 && read_bits(bits, 1) == 0)
        zeros++;
    if (zeros == 32) {
        bits->at = bits->n_bits + 1;
        return 0;
    }
    return (UINT32_C(1) << zeros) - 1 + read_bits(bits, zeros);
}

// What both records say.
typedef struct {
    uint32_t chroma_format, luma_minus8, chroma_minus8;
} Samples;

static bool read_depths(Bits *bits, Samples *samples)
{
    samples->luma_minus8 = read_ue(bits);
    samples->chroma_minus8 = read_ue(bits);
    return bits->at <= bits->n_bits && samples->chroma_format <= 3 && samples->luma_minus8 <= 7 &&
           samples->chroma_minus8 <= 7;
}

// ---- H.264 ----

// Of these profiles an SPS says its chroma format (7.3.2.1.1).
static bool says_chroma(uint8_t profile)
{
    static const uint8_t profiles[] = {
        44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244
    };
    for (size_t i = 0; i < G_N_ELEMENTS(profiles); i++)
        if (profiles[i] == profile)
            return true;
    return false;
}

static bool read_h264(const Nal *sps, Samples *ret_samples)
{
    Bits bits;
    bits_init(&bits, sps);
    read_bits(&bits, 4 * 8); // header, profile, constraints, level
    read_ue(&bits);          // seq_parameter_set_id
    *ret_samples = (Samples){ .chroma_format = 1 };
    if (!says_chroma(sps->data[1]))
        return bits.at <= bits.n_bits;
    ret_samples->chroma_format = read_ue(&bits);
    if (ret_samples->chroma_format == 3)
        read_bits(&bits, 1); // separate_colour_plane_flag
    return read_depths(&bits, ret_samples);
}

// ---- H.265 ----

// general_profile_space to general_level_idc (7.3.3), as an SPS and the record have them.
enum { PROFILE_AT = 0, FLAGS_AT = 1, LEVEL_AT = 11, TIER_LEVEL_BYTES = 12 };

typedef struct {
    uint8_t tier_level[TIER_LEVEL_BYTES];
    uint32_t n_layers, is_nested;
    Samples samples;
} Hevc;

// The rest of profile_tier_level, that of sub-layers.
static void skip_sub_layers(Bits *bits, uint32_t n)
{
    if (n == 0)
        return;
    uint32_t present = read_bits(bits, 16); // two bits for each of eight
    for (uint32_t i = 0; i < n; i++) {
        uint32_t flags = present >> (14 - 2 * i);
        for (int k = 0; k < 11 && flags & 2; k++)
            read_bits(bits, 8);
        if (flags & 1)
            read_bits(bits, 8);
    }
}

static bool read_h265(const Nal *sps, Hevc *ret_hevc)
{
    Bits bits;
    bits_init(&bits, sps);
    read_bits(&bits, 2 * 8 + 4); // header, sps_video_parameter_set_id
    uint32_t max_sub_layers_minus1 = read_bits(&bits, 3);
    if (max_sub_layers_minus1 > MAX_SUB_LAYERS_MINUS1)
        return false;
    ret_hevc->n_layers = max_sub_layers_minus1 + 1;
    ret_hevc->is_nested = read_bits(&bits, 1);
    for (int i = 0; i < TIER_LEVEL_BYTES; i++)
        ret_hevc->tier_level[i] = (uint8_t)read_bits(&bits, 8);
    skip_sub_layers(&bits, max_sub_layers_minus1);
    read_ue(&bits); // sps_seq_parameter_set_id
    ret_hevc->samples.chroma_format = read_ue(&bits);
    if (ret_hevc->samples.chroma_format == 3)
        read_bits(&bits, 1); // separate_colour_plane_flag
    read_ue(&bits);          // width
    read_ue(&bits);          // height
    if (read_bits(&bits, 1)) // conformance_window_flag
        for (int i = 0; i < 4; i++)
            read_ue(&bits);
    return read_depths(&bits, &ret_hevc->samples);
}

// Of several SPS the record claims no flag that one of them lacks, and the highest level.
static void add_h265(Hevc *hevc, const Hevc *more)
{
    for (int i = FLAGS_AT; i < LEVEL_AT; i++)
        hevc->tier_level[i] &= more->tier_level[i];
    hevc->tier_level[PROFILE_AT] = MAX(hevc->tier_level[PROFILE_AT], more->tier_level[PROFILE_AT]);
    hevc->tier_level[LEVEL_AT] = MAX(hevc->tier_level[LEVEL_AT], more->tier_level[LEVEL_AT]);
    hevc->n_layers = MAX(hevc->n_layers, more->n_layers);
    hevc->is_nested &= more->is_nested;
}

// ---- writing a record ----

typedef struct {
    enum AVCodecID codec;
    const uint8_t *sets;
    size_t size;
} Sets;

static void put(GByteArray *out, size_t value, int n_bytes)
{
    for (int i = n_bytes - 1; i >= 0; i--) {
        guint8 byte = (guint8)(value >> 8 * i);
        g_byte_array_append(out, &byte, 1);
    }
}

static size_t count(const Sets *sets, NalKind kind)
{
    Nal nal;
    size_t offset = 0, n = 0;
    while (nal_next(sets->sets, sets->size, &offset, &nal))
        n += nal_kind(sets->codec, &nal) == kind;
    return n;
}

// Each with its length. False: one is too large.
static bool put_sets(GByteArray *out, const Sets *sets, NalKind kind)
{
    Nal nal;
    size_t offset = 0;
    while (nal_next(sets->sets, sets->size, &offset, &nal)) {
        if (nal_kind(sets->codec, &nal) != kind)
            continue;
        if (nal.size > UINT16_MAX)
            return false;
        put(out, nal.size, 2);
        g_byte_array_append(out, nal.data, (guint)nal.size);
    }
    return true;
}

static bool put_avcc(GByteArray *out, const Sets *sets)
{
    Nal sps;
    Samples samples;
    size_t n_sps = count(sets, NAL_SPS), n_pps = count(sets, NAL_PPS);
    if (!nal_find(sets->codec, sets->sets, sets->size, NAL_SPS, &sps) || sps.size < 4 ||
        !read_h264(&sps, &samples) || n_sps > H264_MAX_SPS || n_pps > UINT8_MAX)
        return false;
    put(out, 1, 1); // configurationVersion
    g_byte_array_append(out, sps.data + 1, 3);
    put(out, 0xfc | LENGTH_SIZE_MINUS_ONE, 1);
    put(out, 0xe0 | n_sps, 1);
    if (!put_sets(out, sets, NAL_SPS))
        return false;
    put(out, n_pps, 1);
    if (!put_sets(out, sets, NAL_PPS))
        return false;
    uint8_t profile = sps.data[1];
    if (profile == 66 || profile == 77 || profile == 88)
        return true;
    put(out, 0xfc | samples.chroma_format, 1);
    put(out, 0xf8 | samples.luma_minus8, 1);
    put(out, 0xf8 | samples.chroma_minus8, 1);
    put(out, 0, 1); // numOfSequenceParameterSetExt
    return true;
}

static bool read_all_h265(const Sets *sets, Hevc *ret_hevc)
{
    Nal nal;
    size_t offset = 0;
    bool has_one = false;
    while (nal_next(sets->sets, sets->size, &offset, &nal)) {
        Hevc hevc;
        if (nal_kind(sets->codec, &nal) != NAL_SPS)
            continue;
        if (!read_h265(&nal, &hevc))
            return false;
        if (has_one)
            add_h265(ret_hevc, &hevc);
        else
            *ret_hevc = hevc;
        has_one = true;
    }
    return has_one;
}

// The least is claimed of what decoders do without: no spatial segmentation, parallelism and frame
// rate not said.
static bool put_hvcc(GByteArray *out, const Sets *sets)
{
    static const struct {
        NalKind kind;
        uint8_t type;
    } arrays[] = { { NAL_VPS, 32 }, { NAL_SPS, 33 }, { NAL_PPS, 34 } };
    Hevc hevc;
    if (!read_all_h265(sets, &hevc))
        return false;
    put(out, 1, 1); // configurationVersion
    g_byte_array_append(out, hevc.tier_level, sizeof hevc.tier_level);
    put(out, 0xf000, 2); // min_spatial_segmentation_idc
    put(out, 0xfc, 1);   // parallelismType
    put(out, 0xfc | hevc.samples.chroma_format, 1);
    put(out, 0xf8 | hevc.samples.luma_minus8, 1);
    put(out, 0xf8 | hevc.samples.chroma_minus8, 1);
    put(out, 0, 2); // avgFrameRate
    put(out, hevc.n_layers << 3 | hevc.is_nested << 2 | LENGTH_SIZE_MINUS_ONE, 1);
    put(out, G_N_ELEMENTS(arrays), 1);
    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++) {
        put(out, 0x80 | arrays[i].type, 1); // array_completeness, as hvc1 asks
        put(out, count(sets, arrays[i].kind), 2);
        if (!put_sets(out, sets, arrays[i].kind))
            return false;
    }
    return true;
}

GBytes *codec_config_new(enum AVCodecID codec, const uint8_t *sets, size_t size)
{
    Sets all = { codec, sets, size };
    g_autoptr(GByteArray) out = g_byte_array_new();
    if (codec == AV_CODEC_ID_HEVC ? !put_hvcc(out, &all) : !put_avcc(out, &all))
        return NULL;
    return g_byte_array_free_to_bytes(g_steal_pointer(&out));
}
