// SPDX-License-Identifier: Apache-2.0
// ONVIF address: where a device's services and streams are.
//
// Devices name hosts that nobody can reach: 127.0.0.1, 0.0.0.0, the address behind a translation,
// the one of before they were moved. So the host is always the one that the person chose: there the
// device was reached, and to no other are credentials sent. Pure.
#pragma once
#include <glib.h>
#include <stdbool.h>

enum { ONVIF_ADDRESS_MAX = 1000 };

typedef struct {
    bool is_https;
    char *host; // without the brackets of an IPv6 address
    int port;   // 0: not said
    char *path; // with its query; begins with /
} OnvifAddress;

// "host", "host:port" or "http(s)://host[:port][/path]"; without a path the usual one. False: none
// of these. A user name and password in it are left out.
bool onvif_address_parse(const char *text, OnvifAddress *ret_address);
void onvif_address_done(OnvifAddress *address);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OnvifAddress, onvif_address_done)
// The caller frees.
char *onvif_address_url(const OnvifAddress *address);

// Whether a host is the one that was reached: by its name, or by the number it was found at.
bool onvif_is_host(const OnvifAddress *reached, const char *number, const char *host);

// Where a service is that the device tells of. Its port counts only where it names the host that
// was reached: of another host the port is another one's as well. False: no http(s) address.
bool onvif_service_address(const OnvifAddress *reached, const char *number, const char *told,
                           OnvifAddress *ret_address);
// An rtsp:// address at the host that was reached, without credentials. ret_host: the other host
// that the device named, NULL: none. NULL: not an rtsp:// address. The caller frees both.
char *onvif_stream_address(const OnvifAddress *reached, const char *number, const char *told,
                           char **ret_host);
