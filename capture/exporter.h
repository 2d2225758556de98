// SPDX-License-Identifier: Apache-2.0
// Exporter: one thread of low priority that makes exports, one after the other, and keeps their
// files in DIR/exports/{id}.zip.
//
// The desk keeps the list of exports and drives this one: PUT tells of an order and starts it, GET
// asks how it is, DELETE ends it, removes its file and forgets it. All may be repeated: a PUT of an
// order that is known only tells how it is, also when it has failed. Nothing is kept over a
// restart but finished files: an order that is told again is made again, or is done at once when
// its file is there. A file has its name only once it is whole and on disk.
//
// Calls from any thread.
#pragma once
#include "base/http_server.h"
#include "capture/recorder.h"
#include "capture/veil.h"

typedef struct Exporter Exporter;

typedef struct {
    const char *data_dir;
    Recorder *recorder;                           // borrowed
    int64_t floor_bytes;                          // of free space that is left
    Veil *(*veil)(void *ctx, const char *camera); // as in ExportPlace
    void *veil_ctx;
} ExporterOptions;

// A folder or key that cannot be used is told by each export that fails of it.
Exporter *exporter_new(const ExporterOptions *options);
void exporter_free(Exporter *exporter); // gives up what is being made; before the recorder
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Exporter, exporter_free)
void exporter_set_floor(Exporter *exporter, int64_t floor_bytes);

#define EXPORTER_PATTERN "/exports/{id}" // PUT, GET, DELETE
// PUT and GET: {"id","state":"queued|running|done|failed","percent","error"|null,"sha256"|null,
// "bytes"|null}; GET 404: unknown.
void exporter_put(HttpRequest *request, void *exporter);
void exporter_get(HttpRequest *request, void *exporter);
void exporter_delete(HttpRequest *request, void *exporter);
