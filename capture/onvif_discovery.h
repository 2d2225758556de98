// SPDX-License-Identifier: Apache-2.0
// ONVIF discovery: the cameras on the hall's networks, asked for by multicast (WS-Discovery 1.0;
// ONVIF Core specification, 7).
//
// Answers come from the network: of at most ONVIF_ANSWER_MAX bytes, without a document type (no
// entities are taken, nothing is fetched); a device is told once, ONVIF_DEVICES_MAX of them. Where
// a device is, is taken from where its answer came from, not from what it says.
#pragma once
#include "base/http_server.h"
#include <stddef.h>

enum { ONVIF_ANSWER_MAX = 32 << 10, ONVIF_DEVICES_MAX = 128, ONVIF_WAIT_MS = 3000 };

// A Probe for cameras. id: a UUID. Pure. The caller frees.
char *onvif_probe_text(const char *id);

typedef struct {
    char *endpoint;        // the device's own id, by which repeated answers are told
    char *name, *hardware; // from its scopes; NULL: not told
    char *services;        // addresses of its device service, as it tells them; NULL: not told
} OnvifMatch;

// False: not an answer to the Probe of this id. Pure.
bool onvif_match_parse(const char *bytes, size_t size, const char *id, OnvifMatch *ret_match);
void onvif_match_done(OnvifMatch *match);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OnvifMatch, onvif_match_done)

// Where its device service is to be asked for (onvif_address_parse): what it says of the host that
// it answered from; that host alone where it names others. Pure. The caller frees.
char *onvif_match_address(const OnvifMatch *match, const char *from);

// POST /discover: [{"host","address","name","hardware"}] in "devices" after ONVIF_WAIT_MS, by host;
// 503 while another one is under way.
#define ONVIF_DISCOVERY_PATTERN "/discover"
typedef struct OnvifDiscovery OnvifDiscovery; // whether one is under way
OnvifDiscovery *onvif_discovery_new(void);
void onvif_discovery_free(OnvifDiscovery *discovery);
void onvif_discovery_post(HttpRequest *request, OnvifDiscovery *discovery);
