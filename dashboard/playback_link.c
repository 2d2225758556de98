// SPDX-License-Identifier: Apache-2.0
#include "dashboard/playback_link.h"

#include "base/secret.h"

#include <inttypes.h>
#include <string.h>

#define PLAYLIST "/media/playback/"
#define SEGMENT  "/media/segment/"
#define TOKEN    "?token="

enum { ADDRESS_MAX = 400, CAMERA_MAX = 32 };

typedef struct {
    int64_t from_ms, to_ms, expires_ms;
} Grant;

static char *token_of(const char *secret, const char *camera, const Grant *grant)
{
    g_autofree char *text = g_strdup_printf("playback %s %" PRId64 " %" PRId64 " %" PRId64, camera,
                                            grant->from_ms, grant->to_ms, grant->expires_ms);
    g_autofree char *signature = secret_sign(secret, text);
    return g_strdup_printf("%" PRId64 ".%" PRId64 ".%" PRId64 ".%s", grant->from_ms, grant->to_ms,
                           grant->expires_ms, signature);
}

static char *playlist_address(const char *camera, const Grant *grant, const char *token)
{
    return g_strdup_printf(PLAYLIST "%s/index.m3u8?from=%" PRId64 "&to=%" PRId64 "&token=%s",
                           camera, grant->from_ms, grant->to_ms, token);
}

char *playback_link_new(const char *secret, const char *camera, int64_t from_ms, int64_t to_ms,
                        int64_t expires_ms)
{
    Grant grant = { from_ms, to_ms, expires_ms };
    g_autofree char *token = token_of(secret, camera, &grant);
    return playlist_address(camera, &grant, token);
}

// The camera's id that follows the prefix; the caller frees. NULL: another address.
static char *camera_after(const char *address, const char *prefix)
{
    if (!g_str_has_prefix(address, prefix))
        return NULL;
    const char *id = address + strlen(prefix);
    size_t size = strcspn(id, "/");
    return id[size] && size && size <= CAMERA_MAX ? g_strndup(id, size) : NULL;
}

// "FROM.TO.EXPIRES.": the signature is compared with the whole text.
static bool read_grant(const char *token, Grant *ret_grant)
{
    int64_t *const numbers[] = { &ret_grant->from_ms, &ret_grant->to_ms, &ret_grant->expires_ms };
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        char *end = NULL;
        *numbers[i] = g_ascii_strtoll(token, &end, 10);
        if (end == token || *end != '.')
            return false;
        token = end + 1;
    }
    return true;
}

// "/media/segment/cam1/17.mp4?token=" and nothing else before the token.
static bool is_segment_address(const char *address, const char *camera, const char *token)
{
    const char *file = address + strlen(SEGMENT) + strlen(camera) + 1;
    size_t digits = strspn(file, G_CSET_DIGITS);
    return digits && g_str_has_prefix(file + digits, ".mp4" TOKEN) &&
           file + digits + strlen(".mp4" TOKEN) == token;
}

bool playback_link_check(const char *secret, const char *address, int64_t now_ms)
{
    const char *token = strstr(address, "token=");
    Grant grant;
    if (!token || strlen(address) > ADDRESS_MAX)
        return false;
    token += strlen("token=");
    if (!read_grant(token, &grant) || grant.expires_ms <= now_ms)
        return false;
    g_autofree char *of_playlist = camera_after(address, PLAYLIST);
    g_autofree char *of_segment = camera_after(address, SEGMENT);
    const char *camera = of_playlist ? of_playlist : of_segment;
    g_autofree char *right = camera ? token_of(secret, camera, &grant) : NULL;
    if (!right || !secret_equal(right, token))
        return false;
    g_autofree char *playlist = playlist_address(camera, &grant, token);
    return of_segment ? is_segment_address(address, camera, token) : strcmp(playlist, address) == 0;
}
