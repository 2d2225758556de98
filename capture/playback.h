// SPDX-License-Identifier: Apache-2.0
// Playback: recordings over HTTP: playlists, segments, the timeline, days, thumbnails, holds.
//
// The playlist is HLS (RFC 8216) version 7, fragmented MP4 by byte ranges of the segment files: one
// entry a GOP (longer GOPs are cut after 6 s), EXT-X-PROGRAM-DATE-TIME before each discontinuity
// and each new file, EXT-X-MAP and EXT-X-DISCONTINUITY where the init or the media's line changes
// or time is missing. It begins with the GOP that contains `from`. A range that lies in the past is
// VOD with EXT-X-ENDLIST; one that reaches beyond now is EVENT without, and grows. Our page plays
// it with Media Source Extensions and needs the codecs before the first byte: each EXT-X-MAP is
// preceded by `#EXT-X-HALLWATCH-CODECS:avc1.64001f,mp4a.40.2`, which other players ignore (RFC
// 8216, 6.3.1).
//
// A signed address (dashboard/playback_link.h) opens a playlist without a cookie: its ?token= is
// handed on to the segments in the list, and a segment that is asked for with a token must lie in
// the token's range. That the token is good has been found by the desk before video is asked.
//
// What lies on a disk that is away or does not answer is 503 disk_away with a sentence: nobody
// waits for it.
//
// Handlers run on the HTTP server's threads; ctx is the Playback. from and to: RFC 3339 or Unix ms,
// at most 24 h apart
// (the timeline: 31 days). Without to the playlist has no end and the timeline ends now.
#pragma once
#include "base/http_server.h"
#include "capture/recorder.h"
#include "capture/veil.h"

typedef struct Playback Playback;

// Borrows the recorder. Keeps a few read connections to DIR/media.db.
Playback *playback_new(const char *data_dir, Recorder *recorder);
void playback_free(Playback *playback);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Playback, playback_free)

// Patterns and handlers for the route table of the process.
#define PLAYBACK_PLAYLIST_PATTERN  "/media/playback/{camera}/index.m3u8" // GET ?from=&to=
#define PLAYBACK_SEGMENT_PATTERN   "/media/segment/{camera}/{file}"      // GET; file: {id}.mp4
#define PLAYBACK_TIMELINE_PATTERN  "/media/timeline/{camera}"            // GET ?from=&to=
#define PLAYBACK_DAYS_PATTERN      "/media/days/{camera}"                // GET ?month=YYYY-MM
#define PLAYBACK_THUMBNAIL_PATTERN "/media/thumbnail/{camera}"           // GET ?at=&width=
#define PLAYBACK_HOLD_PATTERN      "/holds/{id}"                         // PUT, DELETE

void playback_get_playlist(HttpRequest *request, void *playback);
void playback_get_segment(HttpRequest *request, void *playback);
// {"spans":[{"from","to"}],"gaps":[{"from","to","reason"}],"clock":[{"from","to","off_ms"}]}, RFC
// 3339. A gap that goes on ends now. clock: what was recorded by a clock that was set by so much
// later (the playlist says it by `#EXT-X-HALLWATCH-CLOCK:off_ms` before the file).
void playback_get_timeline(HttpRequest *request, void *playback);
// {"month","days":["2026-11-24",...],"first_at"|null}: the hall's days of the month (without: this
// one) of which there is video, and when the camera's oldest recording begins.
void playback_get_days(HttpRequest *request, void *playback);
// A JPEG of the last key frame at or before the moment, whose time X-Picture-At tells; also of the
// segment that is being written. 404 not_recorded with the gap's reason; 503 when too many ask.
// veil: drawn over it; NULL: none.
void playback_get_thumbnail(HttpRequest *request, void *playback, const Veil *veil);
// {"camera","from","to","reason","ref"}, times RFC 3339 or ms. 200 once it is in media.db.
void playback_put_hold(HttpRequest *request, void *playback);
void playback_delete_hold(HttpRequest *request, void *playback);

// How the range ends.
typedef enum {
    PLAYLIST_ENDED,   // it lies in the past
    PLAYLIST_WAITING, // it goes on; the last segment is finished
    PLAYLIST_WRITTEN, // it goes on in the last segment, whose last entry still grows and is not
                      // listed yet
} PlaylistTail;

// The playlist's text from segments in order of time, NULL where none of them has anything in the
// range. token: what all addresses in it carry; NULL: none. Pure. The caller frees.
char *playback_write_playlist(const Segment *segments, size_t n, int64_t from_us, int64_t to_us,
                              PlaylistTail tail, const char *token);
