// SPDX-License-Identifier: Apache-2.0
// Hold delivery: takes the holds that the desk wants, and the ends of those that were lifted
// (outbox rows of hall.db), to video until video has confirmed each. Ends those whose time is over,
// with a row of audit.
#pragma once
#include "base/writer.h"
#include "rating/hall.h"

typedef struct HoldDelivery HoldDelivery;

typedef struct {
    const char *store_path; // DIR/hall.db; read on a connection and thread of its own
    const char *video_socket;
    Writer *writer;
    const Hall *hall; // used in the writer's jobs alone
} HoldDeliveryOptions;

int hold_delivery_new(const HoldDeliveryOptions *options, HoldDelivery **ret_delivery);
void hold_delivery_free(HoldDelivery *delivery); // before the writer
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HoldDelivery, hold_delivery_free)

void hold_delivery_wake(HoldDelivery *delivery); // a hold or its end was committed
