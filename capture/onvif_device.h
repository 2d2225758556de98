// SPDX-License-Identifier: Apache-2.0
// ONVIF device: what one says of itself, its clock and its streams, or how far the question came.
//
//   address ──▶ connect ──▶ device ──▶ login ──▶ media ──▶ streams
//
// Its time is asked for first, without a login; a login by WS-UsernameToken then speaks in the
// device's own time, since it refuses what looks old to it. Asked without a login first, it says
// whether it wants HTTP Digest (MD5 or SHA-256); where that is refused or not offered the token is
// tried: so a wrong password counts twice with the device, not more. Nothing of it is kept.
// Blocking, INSPECTION_MS at most; any thread.
#pragma once
#include "base/http_server.h"
#include "capture/onvif_answers.h"

enum { INSPECTION_MS = 20000, ONVIF_USER_MAX = 64, ONVIF_PASSWORD_MAX = 128 };

typedef enum {
    INSPECT_ADDRESS,
    INSPECT_CONNECT,
    INSPECT_DEVICE,
    INSPECT_LOGIN,
    INSPECT_MEDIA,
    INSPECT_STREAMS
} InspectionStep;

typedef enum {
    TROUBLE_NONE,
    TROUBLE_ADDRESS,   // not an address
    TROUBLE_REFUSED,   // the port is closed
    TROUBLE_NO_ANSWER, // or not in time
    TROUBLE_UNREACHABLE,
    TROUBLE_NOT_ONVIF, // something else answers
    TROUBLE_REDIRECT,  // it sends to another host
    TROUBLE_TOO_LARGE,
    TROUBLE_WANTED,   // a user name and a password
    TROUBLE_PASSWORD, // wrong
    TROUBLE_CLOCK,    // or the password: it refused what may look old to it
    TROUBLE_LOCKED,
    TROUBLE_FORBIDDEN,
    TROUBLE_BASIC,    // it wants the password itself, in the clear
    TROUBLE_FAULT,    // it refuses for a reason of its own
    TROUBLE_NO_MEDIA, // no service that tells of streams
    TROUBLE_NO_STREAM,
    TROUBLE_INTERNAL,
} Trouble;

typedef struct {
    InspectionStep step; // that failed, or INSPECT_STREAMS
    Trouble trouble;     // TROUBLE_NONE: all went well
    char *address;       // where the device was found; NULL: nowhere
    bool has_clock;
    int64_t clock_offset_ms; // its clock less the box's, to half a second
    OnvifInformation information;
    GPtrArray *profiles; // OnvifProfile *; NULL: it did not come so far
} Inspection;

// address: as onvif_address_parse takes it; without a port the usual ones are tried. user NULL:
// without a login.
void onvif_inspect(const char *address, const char *user, const char *password,
                   Inspection *ret_inspection);
void inspection_done(Inspection *inspection);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Inspection, inspection_done)

// POST /inspect {"address","user","password"}: 200 with {"ok","step","code","message" (the last
// three where it failed),"address","clock_offset_ms","device":{"maker","model","firmware",
// "serial"},"profiles":[{"token","name","source","codec","width","height","fps","kbit","gop",
// "audio","url","host"}]}; 503 while INSPECTIONS_MAX others are under way.
#define ONVIF_INSPECT_PATTERN "/inspect"
enum { INSPECTIONS_MAX = 2 };
typedef struct Inspections Inspections; // how many are under way
Inspections *inspections_new(void);
void inspections_free(Inspections *inspections);
void inspection_post(HttpRequest *request, Inspections *inspections);
