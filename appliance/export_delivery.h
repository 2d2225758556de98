// SPDX-License-Identifier: Apache-2.0
// Export delivery: drives video through the exports that the desk wants (rows of hall.db): tells it
// of each until it is done or failed, keeps what it says, and has it remove what nobody wants any
// more. Either side may be restarted at any moment.
#pragma once
#include "base/writer.h"
#include "rating/hall.h"

typedef struct ExportDelivery ExportDelivery;

typedef struct {
    const char *store_path; // DIR/hall.db; read on a connection and thread of its own
    const char *video_socket;
    Writer *writer;
    const Hall *hall;     // used in the writer's jobs alone
    const Config *config; // names of the hall, which do not change while the desk runs
} ExportDeliveryOptions;

int export_delivery_new(const ExportDeliveryOptions *options, ExportDelivery **ret_delivery);
void export_delivery_free(ExportDelivery *delivery); // before the writer
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ExportDelivery, export_delivery_free)
