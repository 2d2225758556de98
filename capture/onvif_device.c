// SPDX-License-Identifier: Apache-2.0
#include "capture/onvif_device.h"

#include "base/clock.h"
#include "base/fields.h"
#include "base/log.h"
#include "capture/onvif_address.h"
#include "capture/onvif_http.h"
#include "capture/rtsp_auth.h"

#include <curl/curl.h>
#include <errno.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MS = 5000, REDIRECTS_MAX = 2, CLOCK_RIGHT_MS = 5000, SHORT_BODY = 1000 };

// Where makers have their device service, when a person gives a number alone. 0: as HTTP has it.
static const int usual_ports[] = { 0, 8000, 2020, 8899, 8080 };

static const char *const step_names[] = {
    [INSPECT_ADDRESS] = "address", [INSPECT_CONNECT] = "connect", [INSPECT_DEVICE] = "device",
    [INSPECT_LOGIN] = "login",     [INSPECT_MEDIA] = "media",     [INSPECT_STREAMS] = "streams",
};

static const struct {
    const char *name, *sentence;
} troubles[] = {
    [TROUBLE_NONE] = { "none", "" },
    [TROUBLE_ADDRESS] = { "address", "not an address: host, host:port or http://host:port/path" },
    [TROUBLE_REFUSED] = { "refused", "the port is closed: is ONVIF switched on?" },
    [TROUBLE_NO_ANSWER] = { "no_answer", "no answer came in time" },
    [TROUBLE_UNREACHABLE] = { "unreachable", "there is no way to this host" },
    [TROUBLE_NOT_ONVIF] = { "not_onvif", "what answers there does not speak ONVIF" },
    [TROUBLE_REDIRECT] = { "redirect", "it sends to another host: give that one, if it is right" },
    [TROUBLE_TOO_LARGE] = { "too_large", "its answer has no end" },
    [TROUBLE_WANTED] = { "wanted", "it wants a user name and a password" },
    [TROUBLE_PASSWORD] = { "password", "it refuses the user name or the password" },
    [TROUBLE_CLOCK] = { "clock", "it refuses the login: the password is wrong, or its clock is" },
    [TROUBLE_LOCKED] = { "locked", "the account is locked: wait, then try the right password" },
    [TROUBLE_FORBIDDEN] = { "forbidden", "this user may not ask for that" },
    [TROUBLE_BASIC] = { "basic", "it wants the password in the clear, which is not sent" },
    [TROUBLE_FAULT] = { "fault", "it refuses to answer" },
    [TROUBLE_NO_MEDIA] = { "no_media", "it has no service that tells of streams" },
    [TROUBLE_NO_STREAM] = { "no_stream", "it tells of no stream with an address" },
    [TROUBLE_INTERNAL] = { "internal", "a fault in the box" },
};

typedef enum { LOGIN_NONE, LOGIN_DIGEST, LOGIN_TOKEN, LOGIN_TOKEN_OURS } LoginKind;

// One inspection under way.
typedef struct {
    OnvifAddress device;
    char *number; // that its name led to
    const char *user, *password;
    RtspAuth auth;
    LoginKind login;
    bool is_digest_tried, is_basic_wanted;
    int64_t deadline_ms; // monotonic
    Inspection *found;
} Dialog;

// --- one request

typedef struct {
    Trouble trouble;
    bool is_refused;    // by what the login was
    bool is_challenged; // with something new to answer to
    SoapAnswer answer;
} Outcome;

static void outcome_done(Outcome *outcome)
{
    soap_answer_done(&outcome->answer);
    *outcome = (Outcome){ 0 };
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Outcome, outcome_done)

static Trouble trouble_of(int err)
{
    static const struct {
        int err;
        Trouble trouble;
    } rows[] = {
        { -ECONNREFUSED, TROUBLE_REFUSED },     { -ETIMEDOUT, TROUBLE_NO_ANSWER },
        { -EHOSTUNREACH, TROUBLE_UNREACHABLE }, { -EFBIG, TROUBLE_TOO_LARGE },
        { -ENOMEM, TROUBLE_INTERNAL },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].err == err)
            return rows[i].trouble;
    return TROUBLE_NOT_ONVIF;
}

static int time_left(const Dialog *dialog)
{
    return (int)CLAMP(dialog->deadline_ms - clock_mono_ms(), 0, ANSWER_MS);
}

static char *write_request(const Dialog *dialog, const char *body)
{
    if (dialog->login != LOGIN_TOKEN && dialog->login != LOGIN_TOKEN_OURS)
        return soap_request(body, NULL);
    bool is_theirs = dialog->login == LOGIN_TOKEN && dialog->found->has_clock;
    SoapLogin login = { .user = dialog->user,
                        .password = dialog->password,
                        .at_ms =
                            clock_wall_ms() + (is_theirs ? dialog->found->clock_offset_ms : 0) };
    return soap_request(body, &login);
}

// A redirect on the host itself is followed: a path, or https instead of http. False: it leads
// elsewhere.
static bool redirect_on_host(const Dialog *dialog, const char *location, OnvifAddress *address)
{
    g_auto(OnvifAddress) next = { 0 };
    if (*location == '/' && location[1] != '/') {
        g_free(address->path);
        address->path = g_strdup(location);
        return true;
    }
    if (!onvif_address_parse(location, &next) ||
        !onvif_is_host(&dialog->device, dialog->number, next.host))
        return false;
    onvif_address_done(address);
    *address = next;
    next = (OnvifAddress){ 0 };
    return true;
}

static bool is_redirect(const OnvifReply *reply)
{
    return reply->status >= 300 && reply->status < 400 && reply->location;
}

static int post_once(Dialog *dialog, const OnvifAddress *address, const char *text,
                     OnvifReply *ret_reply)
{
    g_autofree char *url = onvif_address_url(address);
    g_autofree char *authorization = dialog->login == LOGIN_DIGEST
                                         ? rtsp_auth_answer(&dialog->auth, "POST", address->path)
                                         : NULL;
    int timeout_ms = time_left(dialog);
    return timeout_ms > 0 ? onvif_http_post(url, authorization, text, timeout_ms, ret_reply)
                          : -ETIMEDOUT;
}

// With redirects; a reply that is still one leads elsewhere, or on and on.
static int post(Dialog *dialog, const OnvifAddress *service, const char *text,
                OnvifReply *ret_reply)
{
    g_auto(OnvifAddress) address = { service->is_https, g_strdup(service->host), service->port,
                                     g_strdup(service->path) };
    int err = post_once(dialog, &address, text, ret_reply);
    for (int i = 0; i < REDIRECTS_MAX && err == 0 && is_redirect(ret_reply); i++) {
        if (!redirect_on_host(dialog, ret_reply->location, &address))
            break;
        onvif_reply_done(ret_reply);
        err = post_once(dialog, &address, text, ret_reply);
    }
    return err;
}

static void take_challenges(Dialog *dialog, const OnvifReply *reply, Outcome *outcome)
{
    bool is_stale = false;
    rtsp_auth_forget(&dialog->auth);
    for (guint i = 0; i < reply->challenges->len; i++)
        rtsp_auth_take(&dialog->auth, reply->challenges->pdata[i], &is_stale);
    outcome->is_challenged = dialog->auth.scheme > AUTH_BASIC;
    dialog->is_basic_wanted = dialog->auth.scheme == AUTH_BASIC;
}

// Makers tell of a locked account as they like.
static bool tells_of_lock(const OnvifReply *reply)
{
    if (reply->status == 423)
        return true;
    if (reply->body->len == 0 || (reply->status != 401 && reply->status != 403))
        return false;
    g_autofree char *text =
        g_strndup((const char *)reply->body->data, MIN(reply->body->len, SHORT_BODY));
    return soap_is_locked(text);
}

static void judge_fault(const SoapAnswer *answer, Outcome *outcome)
{
    SoapFault fault = soap_fault(answer);
    outcome->trouble = fault == FAULT_LOCKED      ? TROUBLE_LOCKED
                       : fault == FAULT_FORBIDDEN ? TROUBLE_FORBIDDEN
                                                  : TROUBLE_FAULT;
    outcome->is_refused = fault == FAULT_LOGIN;
}

static void judge(Dialog *dialog, const OnvifReply *reply, Outcome *outcome)
{
    bool is_soap =
        soap_answer_parse((const char *)reply->body->data, reply->body->len, &outcome->answer);
    if (is_redirect(reply)) {
        outcome->trouble = TROUBLE_REDIRECT;
    } else if (tells_of_lock(reply)) {
        outcome->trouble = TROUBLE_LOCKED;
    } else if (reply->status == 401) {
        outcome->trouble = TROUBLE_PASSWORD;
        outcome->is_refused = true;
        take_challenges(dialog, reply, outcome);
    } else if (is_soap && outcome->answer.is_fault) {
        judge_fault(&outcome->answer, outcome);
    } else if (reply->status == 403) {
        outcome->trouble = TROUBLE_FORBIDDEN;
    } else if (!is_soap || reply->status != 200) {
        outcome->trouble = TROUBLE_NOT_ONVIF;
    }
}

static void ask_once(Dialog *dialog, const OnvifAddress *address, const char *body,
                     Outcome *ret_outcome)
{
    g_auto(OnvifReply) reply = { 0 };
    g_autofree char *text = write_request(dialog, body);
    *ret_outcome = (Outcome){ 0 };
    int err = post(dialog, address, text, &reply);
    if (err < 0)
        ret_outcome->trouble = trouble_of(err);
    else
        judge(dialog, &reply, ret_outcome);
    if (!dialog->number && reply.number)
        dialog->number = g_steal_pointer(&reply.number);
}

// --- with a login

static bool is_clock_off(const Dialog *dialog)
{
    return !dialog->found->has_clock || llabs(dialog->found->clock_offset_ms) > CLOCK_RIGHT_MS;
}

// The next kind of login after one that was refused; false: there is none. Some devices tell their
// local time as UTC: to these the token says the box's time.
static bool next_login(Dialog *dialog, const Outcome *outcome)
{
    if (!dialog->user)
        return false;
    if (dialog->login == LOGIN_NONE && outcome->is_challenged) {
        dialog->login = LOGIN_DIGEST;
        dialog->is_digest_tried = true;
    } else if (dialog->login == LOGIN_NONE || dialog->login == LOGIN_DIGEST) {
        dialog->login = LOGIN_TOKEN;
    } else if (dialog->login == LOGIN_TOKEN && !dialog->is_digest_tried &&
               dialog->found->has_clock && is_clock_off(dialog)) {
        dialog->login = LOGIN_TOKEN_OURS;
    } else {
        return false;
    }
    return true;
}

static Trouble login_trouble(const Dialog *dialog)
{
    return !dialog->user             ? TROUBLE_WANTED
           : dialog->is_digest_tried ? TROUBLE_PASSWORD
           : dialog->is_basic_wanted ? TROUBLE_BASIC
           : is_clock_off(dialog)    ? TROUBLE_CLOCK
                                     : TROUBLE_PASSWORD;
}

// With the login that worked before, or the first that does. A digest whose nonce was good for an
// earlier request is made once more with the new one.
static Trouble ask(Dialog *dialog, const OnvifAddress *address, const char *body,
                   Outcome *ret_outcome)
{
    for (;;) {
        bool is_used = dialog->login == LOGIN_DIGEST && dialog->auth.count > 0;
        ask_once(dialog, address, body, ret_outcome);
        if (!ret_outcome->is_refused)
            return ret_outcome->trouble;
        if (!(is_used && ret_outcome->is_challenged) && !next_login(dialog, ret_outcome))
            return login_trouble(dialog);
        outcome_done(ret_outcome);
    }
}

// --- the steps

#define DEVICE_CALL(name) "<" name " xmlns=\"http://www.onvif.org/ver10/device/wsdl\"/>"

static bool fail(Inspection *found, InspectionStep step, Trouble trouble)
{
    bool is_login = trouble >= TROUBLE_WANTED && trouble <= TROUBLE_BASIC;
    found->step = is_login ? INSPECT_LOGIN : step;
    found->trouble = trouble;
    return false;
}

// Told in whole seconds: half of one is added, and half the way there and back.
static void note_clock(Dialog *dialog, const SoapAnswer *answer, int64_t asked_ms)
{
    int64_t utc_ms = 0, now_ms = clock_wall_ms();
    dialog->found->has_clock = onvif_read_time(answer, &utc_ms);
    if (dialog->found->has_clock)
        dialog->found->clock_offset_ms = utc_ms + 500 - (asked_ms + (now_ms - asked_ms) / 2);
}

// Whether a device is there. One that wants a login for its time is one.
static Trouble ask_time(Dialog *dialog)
{
    g_auto(Outcome) outcome = { 0 };
    int64_t asked_ms = clock_wall_ms();
    ask_once(dialog, &dialog->device, DEVICE_CALL("GetSystemDateAndTime"), &outcome);
    if (outcome.trouble == TROUBLE_NONE)
        note_clock(dialog, &outcome.answer, asked_ms);
    return outcome.is_refused || outcome.trouble == TROUBLE_FAULT ? TROUBLE_NONE : outcome.trouble;
}

// The trouble of a port where something answers says more than that of a closed one.
static bool find_device(Dialog *dialog)
{
    bool is_given = dialog->device.port != 0 || dialog->device.is_https;
    Trouble trouble = TROUBLE_REFUSED;
    for (size_t i = 0; i < (is_given ? 1 : G_N_ELEMENTS(usual_ports)); i++) {
        if (!is_given)
            dialog->device.port = usual_ports[i];
        Trouble this_one = ask_time(dialog);
        if (this_one == TROUBLE_NONE) {
            dialog->found->address = onvif_address_url(&dialog->device);
            return true;
        }
        if (this_one != TROUBLE_REFUSED)
            trouble = this_one;
        if (this_one != TROUBLE_REFUSED && this_one != TROUBLE_NOT_ONVIF)
            break;
    }
    return fail(dialog->found, dialog->number ? INSPECT_DEVICE : INSPECT_CONNECT, trouble);
}

// A device that will not say what it is may still tell its streams.
static bool log_in(Dialog *dialog)
{
    g_auto(Outcome) outcome = { 0 };
    Trouble trouble = ask(dialog, &dialog->device, DEVICE_CALL("GetDeviceInformation"), &outcome);
    if (trouble != TROUBLE_NONE && trouble != TROUBLE_FAULT)
        return fail(dialog->found, INSPECT_DEVICE, trouble);
    if (trouble == TROUBLE_NONE)
        onvif_read_information(&outcome.answer, &dialog->found->information);
    if (!dialog->found->has_clock)
        ask_time(dialog); // some tell it only now
    return true;
}

static Trouble ask_services(Dialog *dialog, OnvifServices *ret_services)
{
    static const struct {
        const char *body;
        void (*read)(const SoapAnswer *answer, OnvifServices *ret_services);
    } rows[] = {
        { "<GetServices xmlns=\"http://www.onvif.org/ver10/device/wsdl\">"
          "<IncludeCapability>false</IncludeCapability></GetServices>",
          onvif_read_services },
        { "<GetCapabilities xmlns=\"http://www.onvif.org/ver10/device/wsdl\">"
          "<Category>All</Category></GetCapabilities>",
          onvif_read_capabilities },
    };
    Trouble trouble = TROUBLE_NONE;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(Outcome) outcome = { 0 };
        onvif_services_done(ret_services);
        trouble = ask(dialog, &dialog->device, rows[i].body, &outcome);
        if (trouble == TROUBLE_NONE)
            rows[i].read(&outcome.answer, ret_services);
        if (ret_services->media || ret_services->media2)
            return TROUBLE_NONE;
        if (trouble != TROUBLE_NONE && trouble != TROUBLE_FAULT && trouble != TROUBLE_NOT_ONVIF)
            return trouble;
    }
    return TROUBLE_NO_MEDIA;
}

// --- its streams

typedef struct {
    const char *profiles; // asks for them
    const char *stream;   // asks for one's address; of its token
} MediaService;

static const MediaService media_service = {
    "<GetProfiles xmlns=\"http://www.onvif.org/ver10/media/wsdl\"/>",
    "<GetStreamUri xmlns=\"http://www.onvif.org/ver10/media/wsdl\""
    " xmlns:t=\"http://www.onvif.org/ver10/schema\"><StreamSetup><t:Stream>RTP-Unicast</t:Stream>"
    "<t:Transport><t:Protocol>RTSP</t:Protocol></t:Transport></StreamSetup>"
    "<ProfileToken>%s</ProfileToken></GetStreamUri>",
};

// H.265 is only told of here; Media has no word for it.
static const MediaService media2_service = {
    "<GetProfiles xmlns=\"http://www.onvif.org/ver20/media/wsdl\"><Type>VideoSource</Type>"
    "<Type>VideoEncoder</Type><Type>AudioEncoder</Type></GetProfiles>",
    "<GetStreamUri xmlns=\"http://www.onvif.org/ver20/media/wsdl\"><Protocol>RTSP</Protocol>"
    "<ProfileToken>%s</ProfileToken></GetStreamUri>",
};

static char *stream_request(const MediaService *service, const char *token)
{
    g_autofree char *escaped = g_markup_escape_text(token, -1);
    g_auto(GStrv) parts = g_strsplit(service->stream, "%s", 2);
    return g_strjoinv(escaped, parts);
}

static Trouble ask_stream(Dialog *dialog, const OnvifAddress *address, const MediaService *service,
                          OnvifProfile *profile)
{
    g_auto(Outcome) outcome = { 0 };
    g_autofree char *body = stream_request(service, profile->token);
    Trouble trouble = ask(dialog, address, body, &outcome);
    g_autofree char *told = trouble == TROUBLE_NONE ? onvif_read_stream(&outcome.answer) : NULL;
    if (told)
        profile->url = onvif_stream_address(&dialog->device, dialog->number, told, &profile->host);
    return trouble != TROUBLE_NONE || profile->url ? trouble : TROUBLE_NO_STREAM;
}

static Trouble ask_streams(Dialog *dialog, const OnvifAddress *address, const MediaService *service,
                           GPtrArray *profiles)
{
    Trouble worst = TROUBLE_NO_STREAM;
    bool is_any = false;
    for (guint i = 0; i < profiles->len; i++) {
        Trouble trouble = ask_stream(dialog, address, service, profiles->pdata[i]);
        is_any = is_any || trouble == TROUBLE_NONE;
        if (trouble != TROUBLE_NONE)
            worst = trouble;
    }
    return is_any ? TROUBLE_NONE : worst;
}

// The found profiles are those of the service that has some.
static bool read_media(Dialog *dialog, const char *told, const MediaService *service)
{
    g_auto(OnvifAddress) address = { 0 };
    g_auto(Outcome) outcome = { 0 };
    if (!onvif_service_address(&dialog->device, dialog->number, told, &address))
        return fail(dialog->found, INSPECT_MEDIA, TROUBLE_NO_MEDIA);
    Trouble trouble = ask(dialog, &address, service->profiles, &outcome);
    if (trouble != TROUBLE_NONE)
        return fail(dialog->found, INSPECT_MEDIA, trouble);
    g_autoptr(GPtrArray) profiles = onvif_read_profiles(&outcome.answer);
    trouble = ask_streams(dialog, &address, service, profiles);
    if (trouble != TROUBLE_NONE)
        return fail(dialog->found, INSPECT_STREAMS, trouble);
    dialog->found->profiles = g_steal_pointer(&profiles);
    dialog->found->step = INSPECT_STREAMS;
    dialog->found->trouble = TROUBLE_NONE;
    return true;
}

static void find_streams(Dialog *dialog)
{
    OnvifServices services = { 0 };
    Trouble trouble = ask_services(dialog, &services);
    if (trouble != TROUBLE_NONE)
        fail(dialog->found, INSPECT_MEDIA, trouble);
    else if (!(services.media2 && read_media(dialog, services.media2, &media2_service)) &&
             services.media)
        read_media(dialog, services.media, &media_service);
    onvif_services_done(&services);
}

void onvif_inspect(const char *address, const char *user, const char *password,
                   Inspection *ret_inspection)
{
    bool has_login = user && *user;
    *ret_inspection = (Inspection){ 0 };
    Dialog dialog = { .user = has_login ? user : NULL,
                      .password = password ? password : "",
                      .deadline_ms = clock_mono_ms() + INSPECTION_MS,
                      .found = ret_inspection };
    rtsp_auth_init(&dialog.auth, dialog.user, dialog.password);
    if (!onvif_address_parse(address, &dialog.device))
        fail(ret_inspection, INSPECT_ADDRESS, TROUBLE_ADDRESS);
    else if (find_device(&dialog) && log_in(&dialog))
        find_streams(&dialog);
    rtsp_auth_done(&dialog.auth);
    onvif_address_done(&dialog.device);
    g_free(dialog.number);
}

void inspection_done(Inspection *inspection)
{
    g_clear_pointer(&inspection->address, g_free);
    onvif_information_done(&inspection->information);
    g_clear_pointer(&inspection->profiles, g_ptr_array_unref);
}

// --- as a route

static json_t *profile_json(const OnvifProfile *profile)
{
    return json_pack("{s:s, s:s?, s:s?, s:s?, s:i, s:i, s:f, s:i, s:i, s:s?, s:s?, s:s?}", "token",
                     profile->token, "name", profile->name, "source", profile->source, "codec",
                     profile->codec, "width", profile->width, "height", profile->height, "fps",
                     profile->fps, "kbit", profile->kbit, "gop", profile->gop, "audio",
                     profile->audio, "url", profile->url, "host", profile->host);
}

static json_t *inspection_json(const Inspection *found)
{
    const OnvifInformation *device = &found->information;
    json_t *profiles = json_array();
    for (guint i = 0; found->profiles && i < found->profiles->len; i++)
        json_array_append_new(profiles, profile_json(found->profiles->pdata[i]));
    json_t *answer =
        json_pack("{s:b, s:s?, s:o, s:{s:s?, s:s?, s:s?, s:s?}, s:o}", "ok",
                  found->trouble == TROUBLE_NONE, "address", found->address, "clock_offset_ms",
                  found->has_clock ? json_integer(found->clock_offset_ms) : json_null(), "device",
                  "maker", device->maker, "model", device->model, "firmware", device->firmware,
                  "serial", device->serial, "profiles", profiles);
    if (found->trouble != TROUBLE_NONE) {
        json_object_set_new(answer, "step", json_string(step_names[found->step]));
        json_object_set_new(answer, "code", json_string(troubles[found->trouble].name));
        json_object_set_new(answer, "message", json_string(troubles[found->trouble].sentence));
    }
    return answer;
}

struct Inspections {
    gint n; // atomic
};

Inspections *inspections_new(void)
{
    xmlInitParser(); // before there are threads
    curl_global_init(CURL_GLOBAL_DEFAULT);
    return g_new0(Inspections, 1);
}

void inspections_free(Inspections *inspections)
{
    g_free(inspections);
}

static void inspect_and_reply(HttpRequest *request, json_t *body)
{
    Fields fields = fields_of(body);
    g_auto(Inspection) found = { 0 };
    const char *address = fields_text_required(&fields, "address", ONVIF_ADDRESS_MAX);
    const char *user = fields_text(&fields, "user", ONVIF_USER_MAX);
    const char *password = fields_text(&fields, "password", ONVIF_PASSWORD_MAX);
    if (fields.error[0]) {
        http_reply_error(request, 400, "invalid", "%s", fields.error);
        return;
    }
    onvif_inspect(address, user, password, &found);
    log_info("inspection of %s: %s",
             found.address ? found.address : "what is no device or does not answer",
             found.trouble == TROUBLE_NONE ? "its streams are known"
                                           : troubles[found.trouble].sentence);
    http_reply_json(request, 200, inspection_json(&found));
}

void inspection_post(HttpRequest *request, Inspections *inspections)
{
    size_t size;
    char error[200] = "";
    const char *bytes = http_body(request, &size);
    json_t *body = fields_parse(bytes, size, ONVIF_ADDRESS_MAX * 2, error);
    if (!body)
        http_reply_error(request, 400, "invalid", "%s", error);
    else if (g_atomic_int_add(&inspections->n, 1) >= INSPECTIONS_MAX)
        http_reply_error(request, 503, "busy",
                         "Other cameras are just being asked. Try again in a moment.");
    else
        inspect_and_reply(request, body);
    if (body)
        g_atomic_int_add(&inspections->n, -1);
    json_decref(body);
}
