// SPDX-License-Identifier: Apache-2.0
// Playback link: an address that plays one camera's recording of one range in any player, without a
// session, until it expires.
//
//     /media/playback/{camera}/index.m3u8?from=MS&to=MS&token=FROM.TO.EXPIRES.SIGNATURE
//
// The signature is HMAC-SHA-256 by a secret of the box over camera, range and expiry. Video hands
// the token on to the segments of the playlist (/media/segment/{camera}/{id}.mp4?token=...) and
// gives only segments that lie in the range: whole ones, so up to a minute more at each end. The
// right is the link's own: it lasts until it expires, also when who made it has lost theirs.
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define PLAYBACK_LINK_LIFE_MS INT64_C(3600000)
#define PLAYBACK_LINK_MAX_MS  (24 * INT64_C(3600000))

// Path and query; the caller frees.
char *playback_link_new(const char *secret, const char *camera, int64_t from_ms, int64_t to_ms,
                        int64_t expires_ms);
// Whether an address, as the client sent it, is such a playlist's or segment's and good now. Only
// the form that playback_link_new and video write is taken, so that nobody reads it otherwise.
bool playback_link_check(const char *secret, const char *address, int64_t now_ms);
