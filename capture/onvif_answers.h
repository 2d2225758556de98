// SPDX-License-Identifier: Apache-2.0
// ONVIF answers: what a device says of itself, its services and its streams (ONVIF Core
// specification, 8; Media, 5; Media2, 5). Pure.
//
// All that it says is untrusted: texts are cut and printable, numbers in their range or 0.
#pragma once
#include "capture/onvif_soap.h"

enum { ONVIF_PROFILES_MAX = 32, ONVIF_TOKEN_MAX = 128, ONVIF_URL_MAX = 1000 };

// GetSystemDateAndTime. False: it tells no time in UTC.
bool onvif_read_time(const SoapAnswer *answer, int64_t *ret_utc_ms);

// GetDeviceInformation. NULL: not told.
typedef struct {
    char *maker, *model, *firmware, *serial;
} OnvifInformation;
void onvif_read_information(const SoapAnswer *answer, OnvifInformation *ret_information);
void onvif_information_done(OnvifInformation *information);

// GetServices, or GetCapabilities of devices that do not know that. Addresses as it tells them;
// NULL: there is no such service.
typedef struct {
    char *media, *media2;
} OnvifServices;
void onvif_read_services(const SoapAnswer *answer, OnvifServices *ret_services);
void onvif_read_capabilities(const SoapAnswer *answer, OnvifServices *ret_services);
void onvif_services_done(OnvifServices *services);

typedef struct {
    char *token;
    char *name;        // NULL: none
    char *source;      // the picture it is made from: one of several in a recorder; NULL: not told
    const char *codec; // "h264", "h265", "jpeg", "mpeg4"; NULL: not told
    char *audio;       // as it names the codec; NULL: none
    int width, height, kbit, gop; // 0: not told
    double fps;
    char *url;  // rtsp:// without credentials; NULL: not told. The caller of the reader fills it
    char *host; // that it named instead of the one reached; NULL: none
} OnvifProfile;
void onvif_profile_free(OnvifProfile *profile);

// GetProfiles of Media and of Media2 alike: OnvifProfile *, owned by the array; those with a
// picture, ONVIF_PROFILES_MAX of them.
GPtrArray *onvif_read_profiles(const SoapAnswer *answer);

// GetStreamUri of both. NULL: none. The caller frees.
char *onvif_read_stream(const SoapAnswer *answer);
