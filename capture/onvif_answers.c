// SPDX-License-Identifier: Apache-2.0
#include "capture/onvif_answers.h"

#include <string.h>

enum { SIZE_MAX_PIXELS = 32768, FPS_MAX = 1000, KBIT_MAX = 1000000, GOP_MAX = 100000 };

// --- the device

bool onvif_read_time(const SoapAnswer *answer, int64_t *ret_utc_ms)
{
    xmlNode *utc = soap_below(answer->content, "UTCDateTime");
    g_autoptr(GDateTime) at =
        g_date_time_new_utc((int)soap_number(utc, "Year", 9999), (int)soap_number(utc, "Month", 12),
                            (int)soap_number(utc, "Day", 31), (int)soap_number(utc, "Hour", 23),
                            (int)soap_number(utc, "Minute", 59), soap_number(utc, "Second", 59));
    if (!at)
        return false;
    *ret_utc_ms = g_date_time_to_unix(at) * 1000;
    return true;
}

void onvif_read_information(const SoapAnswer *answer, OnvifInformation *ret_information)
{
    *ret_information =
        (OnvifInformation){ .maker = soap_words(answer->content, "Manufacturer"),
                            .model = soap_words(answer->content, "Model"),
                            .firmware = soap_words(answer->content, "FirmwareVersion"),
                            .serial = soap_words(answer->content, "SerialNumber") };
}

void onvif_information_done(OnvifInformation *information)
{
    g_free(information->maker);
    g_free(information->model);
    g_free(information->firmware);
    g_free(information->serial);
    *information = (OnvifInformation){ 0 };
}

void onvif_read_services(const SoapAnswer *answer, OnvifServices *ret_services)
{
    *ret_services = (OnvifServices){ 0 };
    for (xmlNode *one = soap_below(answer->content, "Service"); one;
         one = soap_next(one->next, "Service")) {
        g_autofree char *name = soap_text(one, "Namespace", ONVIF_URL_MAX);
        char **field =
            g_strcmp0(name, "http://www.onvif.org/ver10/media/wsdl") == 0   ? &ret_services->media
            : g_strcmp0(name, "http://www.onvif.org/ver20/media/wsdl") == 0 ? &ret_services->media2
                                                                            : NULL;
        if (field && !*field)
            *field = soap_text(one, "XAddr", ONVIF_URL_MAX);
    }
}

void onvif_read_capabilities(const SoapAnswer *answer, OnvifServices *ret_services)
{
    xmlNode *all = soap_below(answer->content, "Capabilities");
    *ret_services =
        (OnvifServices){ .media = soap_text(soap_below(all, "Media"), "XAddr", ONVIF_URL_MAX),
                         .media2 = soap_text(soap_below(all, "Media2"), "XAddr", ONVIF_URL_MAX) };
}

void onvif_services_done(OnvifServices *services)
{
    g_clear_pointer(&services->media, g_free);
    g_clear_pointer(&services->media2, g_free);
}

// --- its streams

static const char *codec_of(xmlNode *encoder)
{
    static const struct {
        const char *told, *codec;
    } rows[] = { { "h264", "h264" }, { "h265", "h265" },   { "hevc", "h265" },
                 { "jpeg", "jpeg" }, { "mpeg4", "mpeg4" }, { "mpv4-es", "mpeg4" } };
    g_autofree char *told = soap_text(encoder, "Encoding", 32);
    for (size_t i = 0; told && i < G_N_ELEMENTS(rows); i++)
        if (g_ascii_strcasecmp(told, rows[i].told) == 0)
            return rows[i].codec;
    return NULL;
}

// An element of H264 in Media, an attribute of the encoder in Media2.
static int gop_of(xmlNode *encoder)
{
    int gop = (int)soap_number(encoder, "GovLength", GOP_MAX);
    xmlChar *attribute = xmlGetNoNsProp(encoder, (const xmlChar *)"GovLength");
    if (gop == 0 && attribute) {
        gint64 told = g_ascii_strtoll((const char *)attribute, NULL, 10);
        gop = told > 0 && told <= GOP_MAX ? (int)told : 0;
    }
    xmlFree(attribute);
    return gop;
}

static xmlNode *either(xmlNode *node, const char *media, const char *media2)
{
    xmlNode *found = soap_below(node, media);
    return found ? found : soap_below(node, media2);
}

static char *token_of(xmlNode *node)
{
    xmlChar *attribute = xmlGetNoNsProp(node, (const xmlChar *)"token");
    size_t size = attribute ? strlen((const char *)attribute) : 0;
    char *token = size > 0 && size <= ONVIF_TOKEN_MAX ? g_strdup((const char *)attribute) : NULL;
    xmlFree(attribute);
    return token;
}

static char *name_of(xmlNode *profile)
{
    xmlNode *name = soap_next(profile->children, "Name"); // configurations have names as well
    xmlChar *content = name ? xmlNodeGetContent(name) : NULL;
    char *shown = content ? soap_shown(g_strstrip((char *)content)) : NULL;
    xmlFree(content);
    return shown;
}

// NULL: it has no picture, or nothing to ask for it by.
static OnvifProfile *read_profile(xmlNode *node)
{
    xmlNode *encoder = either(node, "VideoEncoderConfiguration", "VideoEncoder");
    xmlNode *source = either(node, "VideoSourceConfiguration", "VideoSource");
    xmlNode *audio = either(node, "AudioEncoderConfiguration", "AudioEncoder");
    char *token = encoder ? token_of(node) : NULL;
    if (!token)
        return NULL;
    OnvifProfile *profile = g_new0(OnvifProfile, 1);
    profile->token = token;
    profile->name = name_of(node);
    profile->source = soap_words(source, "SourceToken");
    profile->codec = codec_of(encoder);
    profile->audio = soap_words(audio, "Encoding");
    profile->width = (int)soap_number(encoder, "Width", SIZE_MAX_PIXELS);
    profile->height = (int)soap_number(encoder, "Height", SIZE_MAX_PIXELS);
    profile->fps = soap_number(encoder, "FrameRateLimit", FPS_MAX);
    profile->kbit = (int)soap_number(encoder, "BitrateLimit", KBIT_MAX);
    profile->gop = gop_of(encoder);
    return profile;
}

void onvif_profile_free(OnvifProfile *profile)
{
    g_free(profile->token);
    g_free(profile->name);
    g_free(profile->source);
    g_free(profile->audio);
    g_free(profile->url);
    g_free(profile->host);
    g_free(profile);
}

GPtrArray *onvif_read_profiles(const SoapAnswer *answer)
{
    GPtrArray *profiles = g_ptr_array_new_with_free_func((GDestroyNotify)onvif_profile_free);
    for (xmlNode *node = soap_below(answer->content, "Profiles");
         node && profiles->len < ONVIF_PROFILES_MAX; node = soap_next(node->next, "Profiles")) {
        OnvifProfile *profile = read_profile(node);
        if (profile)
            g_ptr_array_add(profiles, profile);
    }
    return profiles;
}

char *onvif_read_stream(const SoapAnswer *answer)
{
    return soap_text(answer->content, "Uri", ONVIF_URL_MAX);
}
