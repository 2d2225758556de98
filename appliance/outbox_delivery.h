// SPDX-License-Identifier: Apache-2.0
// Outbox delivery: takes the rows of the outbox to their receivers, on one thread of its own that
// waits for all of them at once. Neither the writer nor any other thread ever waits for a receiver,
// and no receiver for another.
//
// To one receiver one message goes at a time. After a failure both the message and the receiver
// have to wait (doubling, with jitter: the message at most 10 min, the receiver 1 min); others to
// it go first meanwhile, but for those about the same thing.
#pragma once
#include "base/writer.h"
#include "rating/hall.h"

typedef struct OutboxDelivery OutboxDelivery;

typedef struct {
    const char *store_path; // DIR/hall.db; read on a connection of its own
    Writer *writer;
    const Hall *hall; // used in the writer's jobs alone
    const Config *config;
    const SealKey *seal; // names for the province
} OutboxDeliveryOptions;

int outbox_delivery_new(const OutboxDeliveryOptions *options, OutboxDelivery **ret_delivery);
// Before the writer ends: what is under way is broken off and goes out again at the next start.
void outbox_delivery_stop(OutboxDelivery *delivery);
void outbox_delivery_free(OutboxDelivery *delivery); // after the writer: its jobs point here
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OutboxDelivery, outbox_delivery_free)

void outbox_delivery_wake(OutboxDelivery *delivery); // any thread: rows were committed
void outbox_delivery_apply(OutboxDelivery *delivery, const Config *config);
