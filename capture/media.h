// SPDX-License-Identifier: Apache-2.0
// Media: the live half of video's HTTP interface: /media/live/{camera} and
// /media/snapshot/{camera}. On the HTTP server's threads. ?stream=main|sub, main when absent.
#pragma once
#include "base/http_server.h"
#include "capture/capture.h"
#include "capture/snapshot.h"

#define MEDIA_LIVE_PATTERN     "/media/live/{camera}"     // GET ?stream=
#define MEDIA_SNAPSHOT_PATTERN "/media/snapshot/{camera}" // GET ?stream=&width=

// The door says with it that the desk lets who asks see behind privacy masks ("1"); without it they
// are drawn.
#define MEDIA_UNVEILED "X-Hallwatch-Unveiled"

// What must be drawn over the picture of the route's {camera} for this request; NULL: nothing.
Veil *media_veil(HttpRequest *request, Capture *capture);

// Fragmented MP4 without end; 404 unknown, 503 with the reason while there is no picture.
void media_get_live(HttpRequest *request, Capture *capture);
// A JPEG; 404 unknown, 503 before the first picture. During an outage it is the last one there was;
// Last-Modified says when.
void media_get_snapshot(HttpRequest *request, Capture *capture, Snapshots *snapshots);
