// SPDX-License-Identifier: Apache-2.0
#include "capture/sdp.h"

#include <string.h>

enum { VIDEO_CLOCK = 90000, RATE_MIN = 1000, RATE_MAX = 1000000, DYNAMIC_FIRST = 96 };

// One payload type of a track, before it is known which is taken.
typedef struct {
    int payload_type;
    char *encoding; // of rtpmap; NULL: none was given
    unsigned clock_rate;
    int channels;
    char *parameters; // of fmtp; NULL: none
} Format;

typedef struct {
    SdpMedia *media; // NULL: before the first track
    int n_formats;
    Format formats[SDP_FORMATS_MAX];
} Reading;

static const struct {
    const char *encoding;
    SdpKind kind;
    enum AVCodecID codec;
} encodings[] = {
    { "H264", SDP_VIDEO, AV_CODEC_ID_H264 },      { "H265", SDP_VIDEO, AV_CODEC_ID_HEVC },
    { "HEVC", SDP_VIDEO, AV_CODEC_ID_HEVC },      { "MPEG4-GENERIC", SDP_AUDIO, AV_CODEC_ID_AAC },
    { "PCMU", SDP_AUDIO, AV_CODEC_ID_PCM_MULAW }, { "G711U", SDP_AUDIO, AV_CODEC_ID_PCM_MULAW },
    { "PCMA", SDP_AUDIO, AV_CODEC_ID_PCM_ALAW },  { "G711A", SDP_AUDIO, AV_CODEC_ID_PCM_ALAW },
};

static const struct {
    int payload_type;
    const char *encoding;
} fixed[] = { { 0, "PCMU" }, { 8, "PCMA" } };

// --- fmtp

// "a=1; b=2": the value of a name in any case, up to the next semicolon; NULL: it is not there.
// Base64 ends in "=", so only the first one divides. The caller frees.
static char *parameter(const char *parameters, const char *name)
{
    g_auto(GStrv) parts = g_strsplit(parameters ? parameters : "", ";", -1);
    for (char **part = parts; *part; part++) {
        char *value = strchr(*part, '=');
        if (!value)
            continue;
        *value++ = '\0';
        if (g_ascii_strcasecmp(g_strstrip(*part), name) == 0)
            return g_strdup(g_strstrip(value));
    }
    return NULL;
}

static unsigned number(const char *parameters, const char *name, unsigned fallback, unsigned max)
{
    g_autofree char *text = parameter(parameters, name);
    guint64 value = text ? g_ascii_strtoull(text, NULL, 10) : fallback;
    return value <= max ? (unsigned)value : fallback;
}

// Sets in Base64, divided by commas, as NAL units with start codes.
static void add_sets(GByteArray *out, const char *parameters, const char *name)
{
    static const uint8_t start[] = { 0, 0, 0, 1 };
    g_autofree char *text = parameter(parameters, name);
    g_auto(GStrv) sets = g_strsplit(text ? text : "", ",", -1);
    for (char **set = sets; *set; set++) {
        gsize size = 0;
        if (strlen(*set) < 2) // GLib takes no less
            continue;
        g_base64_decode_inplace(*set, &size);
        const uint8_t *data = (const uint8_t *)*set;
        bool has_start = size >= sizeof start && memcmp(data, start, sizeof start) == 0;
        if (size == 0 || out->len + sizeof start + size > SDP_CONFIG_MAX)
            continue;
        if (!has_start)
            g_byte_array_append(out, start, sizeof start);
        g_byte_array_append(out, data, (guint)size);
    }
}

static GBytes *bytes_or_null(GByteArray *take_bytes)
{
    GBytes *bytes = g_byte_array_free_to_bytes(take_bytes);
    if (g_bytes_get_size(bytes) == 0)
        g_clear_pointer(&bytes, g_bytes_unref);
    return bytes;
}

static void read_video(SdpMedia *media, const char *parameters)
{
    static const char *const h264[] = { "sprop-parameter-sets", NULL };
    static const char *const h265[] = { "sprop-vps", "sprop-sps", "sprop-pps", NULL };
    GByteArray *sets = g_byte_array_new();
    for (const char *const *name = media->codec == AV_CODEC_ID_HEVC ? h265 : h264; *name; name++)
        add_sets(sets, parameters, *name);
    media->config = bytes_or_null(sets);
    media->has_don = number(parameters, "sprop-max-don-diff", 0, 32767) > 0;
}

static GBytes *read_hex(const char *text)
{
    GByteArray *bytes = g_byte_array_new();
    for (; g_ascii_isxdigit(text[0]) && g_ascii_isxdigit(text[1]) && bytes->len < 64; text += 2) {
        uint8_t byte =
            (uint8_t)(g_ascii_xdigit_value(text[0]) * 16 + g_ascii_xdigit_value(text[1]));
        g_byte_array_append(bytes, &byte, 1);
    }
    return bytes_or_null(bytes);
}

// AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1) of AAC-LC, for a camera that does not give its
// own. NULL: the rate is none of the table's.
static GBytes *make_aac_config(unsigned rate, int channels)
{
    static const unsigned rates[] = { 96000, 88200, 64000, 48000, 44100, 32000, 24000,
                                      22050, 16000, 12000, 11025, 8000,  7350 };
    for (unsigned i = 0; i < G_N_ELEMENTS(rates); i++) {
        if (rates[i] != rate)
            continue;
        unsigned bits = 2u << 11 | i << 7 | (unsigned)channels << 3;
        uint8_t config[2] = { (uint8_t)(bits >> 8), (uint8_t)bits };
        return g_bytes_new(config, sizeof config);
    }
    return NULL;
}

static void read_aac(SdpMedia *media, const char *parameters)
{
    g_autofree char *mode = parameter(parameters, "mode");
    bool is_low = mode && g_ascii_strcasecmp(mode, "AAC-lbr") == 0;
    media->size_bits = number(parameters, "sizeLength", is_low ? 6 : 13, 16);
    media->index_bits = number(parameters, "indexLength", is_low ? 2 : 3, 16);
    media->index_delta_bits = number(parameters, "indexDeltaLength", is_low ? 2 : 3, 16);
    g_autofree char *config = parameter(parameters, "config");
    media->config = config ? read_hex(config) : NULL;
    if (!media->config)
        media->config = make_aac_config(media->clock_rate, media->channels);
}

// --- Choosing a format

// A camera that leaves out rtpmap is told by its parameters; most send H.264.
static const char *guess_encoding(const Format *format, SdpKind kind)
{
    for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++)
        if (fixed[i].payload_type == format->payload_type)
            return fixed[i].encoding;
    if (kind != SDP_VIDEO || format->payload_type < DYNAMIC_FIRST)
        return "";
    g_autofree char *sps = parameter(format->parameters, "sprop-sps");
    return sps ? "H265" : "H264";
}

static enum AVCodecID codec_of(const Format *format, SdpKind kind)
{
    const char *name = format->encoding ? format->encoding : guess_encoding(format, kind);
    for (size_t i = 0; i < G_N_ELEMENTS(encodings); i++)
        if (encodings[i].kind == kind && g_ascii_strcasecmp(encodings[i].encoding, name) == 0)
            return encodings[i].codec;
    return AV_CODEC_ID_NONE;
}

static void take_format(SdpMedia *media, const Format *format)
{
    bool is_video = media->kind == SDP_VIDEO;
    bool has_rate = format->clock_rate >= RATE_MIN && format->clock_rate <= RATE_MAX;
    media->payload_type = format->payload_type;
    media->clock_rate = has_rate ? format->clock_rate : is_video ? VIDEO_CLOCK : 8000;
    media->channels = format->channels >= 1 && format->channels <= 8 ? format->channels : 1;
    if (is_video)
        read_video(media, format->parameters);
    else if (media->codec == AV_CODEC_ID_AAC)
        read_aac(media, format->parameters);
}

// Parameters under a payload type of their own are the camera's slip: they are meant for the one
// that has none.
static void adopt_parameters(Reading *reading, Format *format)
{
    for (int i = 0; !format->parameters && i < reading->n_formats; i++)
        if (!reading->formats[i].encoding)
            format->parameters = g_steal_pointer(&reading->formats[i].parameters);
}

static bool choose_format(Reading *reading, bool may_guess)
{
    SdpMedia *media = reading->media;
    for (int i = 0; i < reading->n_formats; i++) {
        Format *format = &reading->formats[i];
        if (!format->encoding && !may_guess)
            continue;
        media->codec = codec_of(format, media->kind);
        if (media->codec == AV_CODEC_ID_NONE)
            continue;
        adopt_parameters(reading, format);
        take_format(media, format);
        return true;
    }
    return false;
}

// --- Lines

static void end_media(Reading *reading)
{
    if (reading->media && !choose_format(reading, false))
        choose_format(reading, true);
    for (int i = 0; i < reading->n_formats; i++) {
        g_free(reading->formats[i].encoding);
        g_free(reading->formats[i].parameters);
    }
    reading->media = NULL;
    reading->n_formats = 0;
}

// NULL: there is no room for one more.
static Format *format_of(Reading *reading, int payload_type)
{
    for (int i = 0; i < reading->n_formats; i++)
        if (reading->formats[i].payload_type == payload_type)
            return &reading->formats[i];
    if (reading->n_formats == SDP_FORMATS_MAX || payload_type < 0 || payload_type > 127)
        return NULL;
    Format *format = &reading->formats[reading->n_formats++];
    *format = (Format){ .payload_type = payload_type };
    return format;
}

static SdpKind kind_of(const char *line)
{
    if (g_str_has_prefix(line, "video "))
        return SDP_VIDEO;
    return g_str_has_prefix(line, "audio ") ? SDP_AUDIO : SDP_OTHER;
}

// "video 0 RTP/AVP 96 97"
static void begin_media(Sdp *sdp, Reading *reading, const char *line)
{
    end_media(reading);
    if (sdp->n_media == SDP_MEDIA_MAX)
        return;
    SdpMedia *media = reading->media = &sdp->media[sdp->n_media++];
    media->kind = kind_of(line);
    g_auto(GStrv) words = g_strsplit(line, " ", 3 + SDP_FORMATS_MAX + 1);
    for (guint i = 3; i < g_strv_length(words); i++) {
        char *end = NULL;
        gint64 payload_type = g_ascii_strtoll(words[i], &end, 10);
        bool is_new = end != words[i] && payload_type >= 0 && payload_type <= 127 &&
                      media->n_payload_types < SDP_FORMATS_MAX;
        if (!is_new || !format_of(reading, (int)payload_type))
            continue;
        media->payload_types[media->n_payload_types++] = (uint8_t)payload_type;
    }
}

// "96 mpeg4-generic/16000/1"
static void read_rtpmap(Format *format, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "/", 3);
    guint n = g_strv_length(parts);
    g_free(format->encoding);
    format->encoding = n > 0 ? g_strdup(g_strstrip(parts[0])) : NULL;
    guint64 rate = n > 1 ? g_ascii_strtoull(parts[1], NULL, 10) : 0;
    guint64 channels = n > 2 ? g_ascii_strtoull(parts[2], NULL, 10) : 1;
    format->clock_rate = rate <= RATE_MAX ? (unsigned)rate : 0;
    format->channels = channels <= 8 ? (int)channels : 0;
}

// "rtpmap:96 ..." or "fmtp:96 ...", also for a payload type that the track's own line lacks.
static void read_format(Reading *reading, const char *text, bool is_rtpmap)
{
    char *rest = NULL;
    gint64 payload_type = g_ascii_strtoll(text, &rest, 10);
    bool is_number = rest != text && payload_type >= 0 && payload_type <= 127;
    Format *format = is_number ? format_of(reading, (int)payload_type) : NULL;
    if (!format)
        return;
    if (is_rtpmap) {
        read_rtpmap(format, rest);
    } else {
        g_free(format->parameters);
        format->parameters = g_strdup(rest);
    }
}

static void read_attribute(Sdp *sdp, Reading *reading, const char *line)
{
    if (g_str_has_prefix(line, "control:")) {
        bool is_session = sdp->n_media == 0;
        if (!is_session && !reading->media)
            return; // of a track that there was no room for
        char **control = is_session ? &sdp->control : &reading->media->control;
        g_free(*control);
        *control = g_strstrip(g_strdup(line + strlen("control:")));
    } else if (reading->media && g_str_has_prefix(line, "rtpmap:")) {
        read_format(reading, line + strlen("rtpmap:"), true);
    } else if (reading->media && g_str_has_prefix(line, "fmtp:")) {
        read_format(reading, line + strlen("fmtp:"), false);
    }
}

bool sdp_parse(const char *text, size_t size, Sdp *ret_sdp)
{
    *ret_sdp = (Sdp){ 0 };
    g_autofree char *copy = g_strndup(text, size);
    Reading reading = { 0 };
    for (char *line = copy, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        g_strstrip(line);
        if (g_str_has_prefix(line, "m="))
            begin_media(ret_sdp, &reading, line + 2);
        else if (g_str_has_prefix(line, "a="))
            read_attribute(ret_sdp, &reading, line + 2);
    }
    end_media(&reading);
    return ret_sdp->n_media > 0;
}

void sdp_done(Sdp *sdp)
{
    g_free(sdp->control);
    for (int i = 0; i < sdp->n_media; i++) {
        g_free(sdp->media[i].control);
        if (sdp->media[i].config)
            g_bytes_unref(sdp->media[i].config);
    }
    *sdp = (Sdp){ 0 };
}
