// SPDX-License-Identifier: Apache-2.0
// Pad registry: which pads are configured, at which counter, and how each one is now. In memory
// only: the broker's retained states and the pads' telemetry fill it again after a start.
//
// Any thread; one leaf lock inside.
#pragma once
#include "base/config.h"
#include "mqtt/pad_message.h"
#include <jansson.h>

typedef struct PadRegistry PadRegistry;

PadRegistry *pad_registry_new(const Config *config, int64_t now_ms);
void pad_registry_free(PadRegistry *registry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PadRegistry, pad_registry_free)

// Takes over the pads of another config; what is known of pads that stay is kept. Ids of those that
// went, for removing what the broker keeps for them.
GPtrArray *pad_registry_apply(PadRegistry *registry, const Config *config, int64_t now_ms);

// The counter's id; the caller frees. NULL: the pad is not configured.
char *pad_registry_counter(PadRegistry *registry, const char *pad);
// Ids of the counter's pads (NULL: all pads).
GPtrArray *pad_registry_at(PadRegistry *registry, const char *counter, bool online_only);

// True: something that the page shows has changed.
bool pad_registry_set_online(PadRegistry *registry, const char *pad, bool is_online,
                             int64_t now_ms);
bool pad_registry_set_tele(PadRegistry *registry, const char *pad, const PadTele *tele,
                           int64_t now_ms);
// Nothing is known while the broker is away: all are offline from now on.
void pad_registry_set_all_offline(PadRegistry *registry, int64_t now_ms);

// {"id","counter","online","since_at","queue","battery","skew_ms"}; NULL: not configured. New
// references.
json_t *pad_registry_get(PadRegistry *registry, const char *pad);
json_t *pad_registry_list(PadRegistry *registry);
