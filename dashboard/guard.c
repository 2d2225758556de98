// SPDX-License-Identifier: Apache-2.0
#include "dashboard/guard.h"

#include "base/clock.h"
#include "base/secret.h"
#include "dashboard/call.h"
#include "dashboard/playback_link.h"

#include <string.h>

#define MEDIA_ROLES    (ROLE_ADMIN | ROLE_DIRECTOR | ROLE_VIEWER)
#define MEDIA_PREFIX   "/media/"
#define VIEWER_BY_LINK "link" // whose links there are, "playback.link" rows tell
#define UNVEILED_ROLES (ROLE_ADMIN | ROLE_DIRECTOR)
#define BEARER         "Bearer "

typedef struct {
    char *digest;
    int64_t now_ms;
} Touch;

static int touch_run(Store *store, void *data)
{
    Touch *touch = data;
    return session_touch(store, touch->digest, touch->now_ms);
}

// A touch that failed is made good by the next request.
static void touch_done(void *data, int err)
{
    Touch *touch = data;
    g_free(touch->digest);
    g_free(touch);
}

static void touch_session(Call *call)
{
    if (call->now_ms - call->session.seen_ms < SESSION_TOUCH_MS)
        return;
    Touch *touch = g_new0(Touch, 1);
    touch->digest = g_strdup(call->session.digest);
    touch->now_ms = call->now_ms;
    writer_push(call->dashboard->options.writer, touch_run, touch_done, touch);
}

// The key of a request; "": none that is one. NULL: it has no key at all. Platforms of the field
// know the header token alone.
static const char *key_of(HttpRequest *request)
{
    const char *authorization = http_header(request, "Authorization");
    if (!authorization)
        return http_header(request, "token");
    bool is_bearer = g_ascii_strncasecmp(authorization, BEARER, strlen(BEARER)) == 0;
    return is_bearer ? authorization + strlen(BEARER) : "";
}

static bool identify_by_key(Call *call, const char *key)
{
    g_auto(Account) account = { 0 };
    if (!account_find_key(call->store, key, &account))
        return false;
    call->role = account.role;
    call->who = g_strconcat("key:", account.name, NULL);
    return true;
}

static bool identify_by_cookie(Call *call, const char *token)
{
    if (!session_find(call->store, token, call->now_ms, &call->session))
        return false;
    call->role = call->session.role;
    call->who = g_strdup(call->session.user);
    touch_session(call);
    return true;
}

// A key that is given decides alone: a wrong one is not saved by a cookie.
static bool identify(HttpRequest *request)
{
    if (!call_store(request))
        return false;
    Call *call = call_of(request);
    const char *key = key_of(request), *token = http_cookie(request, SESSION_COOKIE);
    if (key ? identify_by_key(call, key) : token && identify_by_cookie(call, token))
        return true;
    http_reply_error(request, 401, "login", "%s",
                     key ? "This API key is not valid. Make one with: hallwatch key add --role ROLE"
                         : "Nobody is logged in, or the session is over. Log in.");
    return false;
}

static bool check_role(HttpRequest *request, unsigned access)
{
    const Call *call = call_of(request);
    if (call->role & access)
        return true;
    http_reply_error(request, 403, "role",
                     "The role %s may not do this. Ask an administrator of the box.",
                     role_name(call->role));
    return false;
}

// A browser sends the cookie along with what another site makes it send; that site cannot know the
// token.
static bool check_csrf(HttpRequest *request)
{
    const Call *call = call_of(request);
    if (!call->session.digest || strcmp(http_method(request), "GET") == 0)
        return true;
    const char *token = http_header(request, "X-CSRF-Token");
    if (token && secret_equal(token, call->session.csrf))
        return true;
    http_reply_error(
        request, 403, "csrf",
        "The header X-CSRF-Token is missing or old. Read it from GET /api/v1/session.");
    return false;
}

// Log-in and set-up have no token to check yet. A form of another site cannot send this type
// without being asked about first (CORS), and the box allows nobody.
static bool check_type(HttpRequest *request)
{
    const char *type = http_header(request, "Content-Type");
    if (strcmp(http_method(request), "GET") == 0 ||
        (type && g_str_has_prefix(type, "application/json")))
        return true;
    http_reply_error(request, 415, "type", "Send Content-Type: application/json.");
    return false;
}

// A page goes by the box's clock, whatever the one of its computer says.
static void tell_time(HttpRequest *request, int64_t now_ms)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, now_ms);
    http_add_header(request, "X-Hallwatch-Time", text);
}

bool guard_request(HttpRequest *request, const HttpRoute *route, void *ctx)
{
    int64_t now_ms = clock_wall_ms();
    http_set_user(request, call_new(ctx, now_ms), (GDestroyNotify)call_free);
    tell_time(request, now_ms);
    http_add_header(request, "Cache-Control", "no-store");
    if (route->access & ACCESS_ANYONE)
        return check_type(request);
    return identify(request) && check_role(request, route->access) && check_csrf(request);
}

bool guard_sees_behind_masks(const Call *call)
{
    return call->role & UNVEILED_ROLES;
}

static bool has_masks(const Config *config)
{
    for (guint i = 0; i < config->cameras->len; i++) {
        const ConfigCamera *camera = config->cameras->pdata[i];
        if (camera->masks && *camera->masks)
            return true;
    }
    return false;
}

// Video draws masks over what it makes itself; all else goes out as the camera sent it. For who may
// not see behind them an address is let through only where it is plain that it shows no more.
static bool is_veiled_address(const Config *config, const char *address)
{
    static const char *const drawn[] = { "snapshot", "thumbnail", "timeline", "days", "history" };
    const char *rest = address + strlen(MEDIA_PREFIX);
    g_autofree char *path = g_strndup(rest, strcspn(rest, "?"));
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    guint n = g_strv_length(parts);
    if (n < 2)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(drawn); i++) {
        if (strcmp(parts[0], drawn[i]) == 0)
            return n == 2;
    }
    const ConfigCamera *camera = config_camera(config, parts[1]);
    return camera && !(camera->masks && *camera->masks);
}

static bool check_masks(HttpRequest *request, const char *address)
{
    const Call *call = call_of(request);
    const Config *config = call->hall->config;
    if (guard_sees_behind_masks(call)) {
        http_add_header(request, "X-Hallwatch-Unveiled", "1");
        return true;
    }
    if (!has_masks(config) || is_veiled_address(config, address))
        return true;
    http_reply_error(
        request, 403, "masked",
        "This camera has privacy masks, which the role %s may not see behind: only its "
        "stills are shown.",
        role_name(call->role));
    return false;
}

void guard_media(HttpRequest *request, void *ctx)
{
    const char *address = http_header(request, "X-Original-URI");
    if (!address || !g_str_has_prefix(address, MEDIA_PREFIX)) {
        http_reply_error(request, 403, "address", "Only %s is asked for here.", MEDIA_PREFIX);
        return;
    }
    const Call *call = call_of(request);
    const Dashboard *dashboard = call->dashboard;
    bool is_link = playback_link_check(dashboard->options.link_secret, address, call->now_ms);
    if (!is_link &&
        !(identify(request) && check_role(request, MEDIA_ROLES) && check_masks(request, address)))
        return;
    viewing_note(dashboard->viewing, is_link ? VIEWER_BY_LINK : call->who, address, call->now_ms);
    http_reply_bytes(request, 204, NULL, "", 0);
}
