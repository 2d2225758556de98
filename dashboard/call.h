// SPDX-License-Identifier: Apache-2.0
// Call: one request on its way through the dashboard: who asks, when, the config it sees, its
// connection to hall.db.
//
// The guard makes it (http_set_user), handlers use it, it ends with the request. All on the
// request's thread.
#pragma once
#include "base/http_server.h"
#include "dashboard/attempts.h"
#include "dashboard/dashboard.h"
#include "dashboard/events.h"
#include "dashboard/halls.h"
#include "dashboard/login.h"
#include "dashboard/press.h"
#include "dashboard/rating_reader.h"
#include "dashboard/readers.h"
#include "dashboard/session.h"
#include "dashboard/shelf.h"
#include "dashboard/viewing.h"
#include "dashboard/verification.h"
#include "rating/actor.h"

// A case number has at most 50 characters.
enum { CASE_NUMBER_MAX = 200 };

// What all requests share: the inside of a Dashboard. Set once, before the server starts.
struct Dashboard {
    DashboardOptions options; // texts are owned copies; hall is NULL: see halls
    Readers *readers;
    Halls *halls;
    Events *events;
    Login *login;
    Viewing *viewing;
    Verifications *verifications;
    Attempts *telephones; // how soon one address may rate again
    Attempts *askers;     // how soon one address may ask for a case again (api_query.c)
    Attempts *asked;      // how soon one case may be asked for again
    Press *press;
    Shelf *reports; // the press's thread alone uses it (api_report.c)
    HttpServer *server;
    int64_t started_ms;
    gint n_probes, n_discoveries,
        n_inspections; // atomic: answers that are waited for (api_probe.c)
};

typedef struct {
    Dashboard *dashboard;
    int64_t now_ms;
    const Hall *hall; // lent
    Store *store;     // lent by readers; NULL until call_store()
    // Who asks. role 0: nobody in particular.
    Role role;
    char *who;       // user name, or "key:LABEL"; NULL with role 0
    Session session; // digest NULL: not by cookie
} Call;

Call *call_new(Dashboard *dashboard, int64_t now_ms);
void call_free(Call *call);

Call *call_of(HttpRequest *request);
// Staff and other systems do not get ratings, nor which rating something is about.
bool call_sees_ratings(const Call *call);
bool call_is_observer(const Call *call);
// As whom ratings are read; the staff number is the caller's to free. The call has its store.
RatingReader call_rating_reader(const Call *call, char **ret_staff);
// Who asks, as the tables of steps see it. The caller frees ret_staff, from which it borrows.
Actor call_actor(const Call *call, Store *store, char **ret_staff);
// False, and the request has been answered: who asks is staff and puts something down under another
// person's number (number NULL: under nobody's), who would then be rated for it. Those whose number
// is not known, and other systems, are believed.
bool call_check_staff(HttpRequest *request, const char *number);
// A connection for reading. NULL: none can be had, and the request has been answered with 503.
Store *call_store(HttpRequest *request);
// Gives hall and connection back before the end: for a stream, which may stay for hours.
void call_release(Call *call);

// The body as an object. NULL: it is none, and the request has been answered with 400.
json_t *call_body(HttpRequest *request);
// A job of the desk's writer; its result after the commit. Handlers name their job structs' errors
// themselves.
int call_write(HttpRequest *request, WriterRun run, void *job);
// An audit row of who asks, alone. False: it was not stored, and the request has been answered.
bool call_audit(HttpRequest *request, const char *action, const char *subject, const char *detail);
// The answer for a write or look-up that failed: -ENOENT 404, -EINVAL 400, -EACCES 403, -EEXIST
// 409, others 503. what names the thing ("case 2026-1"); sentence may be empty.
void call_reply_failure(HttpRequest *request, int err, const char *what, const char *sentence);
// 200 with the thing, or 404 when it is NULL.
void call_reply_found(HttpRequest *request, json_t *take_thing, const char *what);
// {"items":[...],"next":null,"total":n}: a list that is never long.
void call_reply_items(HttpRequest *request, json_t *take_items);
// The client's address as the door tells it (X-Real-IP).
const char *call_address(HttpRequest *request);
