// SPDX-License-Identifier: Apache-2.0
// What a device may answer to any of the questions, and the addresses that it names.
#include "capture/onvif_address.h"
#include "capture/onvif_answers.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Whatever it names, the host is the one that was reached.
static void check_address(const char *told)
{
    g_auto(OnvifAddress) reached = { .host = g_strdup("cam"), .port = 81, .path = g_strdup("/") };
    g_auto(OnvifAddress) service = { 0 };
    g_autofree char *host = NULL;
    g_autofree char *stream = onvif_stream_address(&reached, "10.0.0.7", told, &host);
    if (onvif_service_address(&reached, "10.0.0.7", told, &service) &&
        (strcmp(service.host, "cam") != 0 || *service.path != '/'))
        abort();
    if (stream && !g_str_has_prefix(stream, "rtsp://cam/") &&
        !g_str_has_prefix(stream, "rtsp://cam:"))
        abort();
}

static void read_profiles(const SoapAnswer *answer)
{
    g_autoptr(GPtrArray) profiles = onvif_read_profiles(answer);
    for (guint i = 0; i < profiles->len; i++) {
        const OnvifProfile *one = profiles->pdata[i];
        if (!*one->token || one->width < 0 || one->height < 0 || one->kbit < 0 || one->gop < 0 ||
            !(one->fps >= 0))
            abort();
    }
}

static void read_all(const SoapAnswer *answer)
{
    OnvifInformation information;
    OnvifServices services;
    int64_t utc_ms;
    soap_fault(answer);
    onvif_read_time(answer, &utc_ms);
    onvif_read_information(answer, &information);
    onvif_information_done(&information);
    onvif_read_capabilities(answer, &services);
    onvif_services_done(&services);
    onvif_read_services(answer, &services);
    if (services.media)
        check_address(services.media);
    onvif_services_done(&services);
    read_profiles(answer);
    g_autofree char *stream = onvif_read_stream(answer);
    if (stream)
        check_address(stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_auto(SoapAnswer) answer = { 0 };
    if (soap_answer_parse((const char *)data, size, &answer))
        read_all(&answer);
    g_autofree char *text = g_strndup((const char *)data, size);
    check_address(text);
    return 0;
}
