// SPDX-License-Identifier: Apache-2.0
// API: the handlers of the routes (routes.c), one file a noun. Each checks what came in, calls the
// domain, and answers as docs/api/openapi.yaml says. All are HttpHandler; ctx is the Dashboard.
#pragma once
#include "base/config.h"
#include "base/fields.h"
#include "base/http_server.h"
#include "dashboard/account.h"
#include "dashboard/call.h"
#include "dashboard/query.h"
#include "dashboard/screen.h"
#include "rating/complaint.h"
#include "rating/rating.h"

void api_setup_get(HttpRequest *request, void *ctx);
void api_setup_post(HttpRequest *request, void *ctx);
void api_session_post(HttpRequest *request, void *ctx);
void api_session_get(HttpRequest *request, void *ctx);
void api_session_delete(HttpRequest *request, void *ctx);

// The end of a log-in and of the set-up: makes the session, sets the cookie, answers with the
// session.
void api_session_open(HttpRequest *request, const Account *account, int status);
// 429 with Retry-After.
void api_session_wait(HttpRequest *request, int64_t wait_ms);

void api_overview(HttpRequest *request, void *ctx);
void api_system(HttpRequest *request, void *ctx);
void api_health(HttpRequest *request, void *ctx);
void api_audit(HttpRequest *request, void *ctx);
void api_events(HttpRequest *request, void *ctx);

void api_cameras(HttpRequest *request, void *ctx);
void api_camera(HttpRequest *request, void *ctx);
void api_camera_post(HttpRequest *request, void *ctx);
void api_camera_put(HttpRequest *request, void *ctx);
void api_camera_delete(HttpRequest *request, void *ctx);
void api_camera_discover(HttpRequest *request, void *ctx);
void api_camera_inspect(HttpRequest *request, void *ctx);
void api_camera_probe(HttpRequest *request, void *ctx);
void api_counters(HttpRequest *request, void *ctx);
void api_duty_put(HttpRequest *request, void *ctx);
void api_pads(HttpRequest *request, void *ctx);
void api_pad_password(HttpRequest *request, void *ctx);

void api_ratings(HttpRequest *request, void *ctx);
void api_rating(HttpRequest *request, void *ctx);
// The whole rating as who asks may see it. The call has its store.
void api_reply_rating(HttpRequest *request, const char *id);
void api_rating_post(HttpRequest *request, void *ctx);
// What all who send ratings say alike: id (a UUID), level, tags (places for API_TAGS_MAX), text,
// and who it is that rates where the citizen says so.
enum { API_TAGS_MAX = 8 };
void api_read_rating(Fields *fields, RatingInput *input, const char **tags, PersonInput *person);
// Stores it: ret_outcome is then RATING_STORED or RATING_DUPLICATE. False: the request has been
// answered, why not.
bool api_store_rating(HttpRequest *request, const RatingInput *input, RatingOutcome *ret_outcome);

// Fields that more than one kind of rating has: reasons that were picked, a counter of this hall
// (NULL: none given, or an error), a UUID as pages make them (likewise).
size_t api_read_tags(Fields *fields, const char **tags);
const char *api_read_counter(Fields *fields, const Config *config);
// "person": who says it; left out or null: anonymous, NULL. person is the place for it.
const PersonInput *api_read_person(Fields *fields, PersonInput *person);
bool api_is_uuid(const char *id);
const char *api_read_uuid(Fields *fields, const char *key);

void api_rating_tags(HttpRequest *request, void *ctx);
void api_cards(HttpRequest *request, void *ctx);
void api_card(HttpRequest *request, void *ctx);
void api_card_post(HttpRequest *request, void *ctx);
void api_card_act(HttpRequest *request, void *ctx);
void api_attachment(HttpRequest *request, void *ctx);
void api_attachment_put(HttpRequest *request, void *ctx);

// A whole name and number, with a reason, on the audit record.
void api_rating_person(HttpRequest *request, void *ctx);
void api_case_person(HttpRequest *request, void *ctx);

void api_callbacks(HttpRequest *request, void *ctx);
void api_callback_dial(HttpRequest *request, void *ctx);
void api_callback_try(HttpRequest *request, void *ctx);
// Reasons of the table of pain points: places for PAINPOINT_TAGS_MAX.
size_t api_read_painpoint_tags(Fields *fields, const char **tags);
void api_painpoint_tags(HttpRequest *request, void *ctx);
void api_painpoints(HttpRequest *request, void *ctx);
void api_painpoint_post(HttpRequest *request, void *ctx);
void api_painpoint_correct(HttpRequest *request, void *ctx);

void api_figures(HttpRequest *request, void *ctx);
void api_figures_summary(HttpRequest *request, void *ctx);
void api_figures_mine(HttpRequest *request, void *ctx);
void api_report(HttpRequest *request, void *ctx);
void api_monthly(HttpRequest *request, void *ctx);
void api_monthly_report(HttpRequest *request, void *ctx);
void api_kept_reports(HttpRequest *request, void *ctx);
void api_kept_report_post(HttpRequest *request, void *ctx);
void api_kept_report_file(HttpRequest *request, void *ctx);
void api_monthly_things(HttpRequest *request, void *ctx);
void api_public_figures(HttpRequest *request, void *ctx);

// Telephones, without a session.
void api_rating_form(HttpRequest *request, void *ctx);
void api_telephone_rating(HttpRequest *request, void *ctx);
// The codes that lead them there.
void api_counter_code(HttpRequest *request, void *ctx);
void api_case_code(HttpRequest *request, void *ctx);

// ?owner=, where "me" is whoever asks; and whether a user that is named (NULL: none) is one of the
// roles. -EINVAL with a sentence in error; the caller frees ret_staff, the number under which the
// user is rated.
const char *api_query_owner(Query *query, const Call *call);
int api_check_owner(Store *store, const char *name, unsigned roles, char **ret_staff, char *error);

void api_complaint_categories(HttpRequest *request, void *ctx);
void api_complaints(HttpRequest *request, void *ctx);
void api_complaint(HttpRequest *request, void *ctx);
void api_complaint_post(HttpRequest *request, void *ctx);
void api_complaint_act(HttpRequest *request, void *ctx);
void api_complaint_person(HttpRequest *request, void *ctx);
void api_public_complaints(HttpRequest *request, void *ctx);
// Borrows from ret_staff, which the caller frees. After call_store().
ComplaintReader api_complaint_reader(const Call *call, char **ret_staff);

void api_rectifications(HttpRequest *request, void *ctx);
void api_rectification_act(HttpRequest *request, void *ctx);
void api_users(HttpRequest *request, void *ctx);

void api_cases(HttpRequest *request, void *ctx);
void api_case(HttpRequest *request, void *ctx);
void api_case_put(HttpRequest *request, void *ctx);
void api_case_event(HttpRequest *request, void *ctx);

void api_roster(HttpRequest *request, void *ctx);
void api_roster_put(HttpRequest *request, void *ctx);
void api_roster_delete(HttpRequest *request, void *ctx);
void api_roster_copy(HttpRequest *request, void *ctx);

void api_calendar(HttpRequest *request, void *ctx);
void api_calendar_put(HttpRequest *request, void *ctx);
void api_calendar_delete(HttpRequest *request, void *ctx);

void api_master(HttpRequest *request, void *ctx);
void api_master_record(HttpRequest *request, void *ctx);
void api_master_put(HttpRequest *request, void *ctx);
void api_master_delete(HttpRequest *request, void *ctx);
void api_master_import(HttpRequest *request, void *ctx);
void api_public_items(HttpRequest *request, void *ctx);
void api_public_item(HttpRequest *request, void *ctx);
void api_item_code(HttpRequest *request, void *ctx);

void api_ticket_put(HttpRequest *request, void *ctx);

// The hall's own queue, and its screens.
void api_queue(HttpRequest *request, void *ctx);
void api_queue_pattern(HttpRequest *request, void *ctx);
void api_queue_counter(HttpRequest *request, void *ctx);
void api_queue_next(HttpRequest *request, void *ctx);
void api_queue_take(HttpRequest *request, void *ctx);
void api_queue_ticket(HttpRequest *request, void *ctx);
void api_queue_act(HttpRequest *request, void *ctx);
void api_screens(HttpRequest *request, void *ctx);
void api_screen_post(HttpRequest *request, void *ctx);
void api_screen_delete(HttpRequest *request, void *ctx);
void api_screen_lanes(HttpRequest *request, void *ctx);
void api_screen_take(HttpRequest *request, void *ctx);
void api_screen_calls(HttpRequest *request, void *ctx);
void api_screen_voice(HttpRequest *request, void *ctx);
void api_public_ticket(HttpRequest *request, void *ctx);
// Whether a screen asks that may show the page. False: the request has been answered.
bool api_check_screen(HttpRequest *request, const char *page, Screen *ret_screen);
// Takes a number as the body says, for the user, and answers with it.
void api_take_ticket(HttpRequest *request, const char *user);

void api_invitation_post(HttpRequest *request, void *ctx);
void api_invitation(HttpRequest *request, void *ctx);

void api_clue_post(HttpRequest *request, void *ctx);
void api_flags(HttpRequest *request, void *ctx);
void api_flag(HttpRequest *request, void *ctx);
void api_orders(HttpRequest *request, void *ctx);
void api_order(HttpRequest *request, void *ctx);
void api_order_post(HttpRequest *request, void *ctx);
void api_order_act(HttpRequest *request, void *ctx);
void api_order_notice(HttpRequest *request, void *ctx);
void api_flag_act(HttpRequest *request, void *ctx);

void api_holds(HttpRequest *request, void *ctx);
void api_hold_post(HttpRequest *request, void *ctx);
void api_hold_delete(HttpRequest *request, void *ctx);
void api_hold_until(HttpRequest *request, void *ctx);

void api_marks(HttpRequest *request, void *ctx);
void api_bookmark_post(HttpRequest *request, void *ctx);
void api_bookmark_delete(HttpRequest *request, void *ctx);
void api_playback_link(HttpRequest *request, void *ctx);

// What holds and exports say alike. ref: what it belongs to, NULL: nothing.
enum { API_REF_MAX = 200 };
const char *api_read_ref(Fields *fields);
bool api_check_camera(Fields *fields, const Config *config, const json_t *camera);

void api_exports(HttpRequest *request, void *ctx);
void api_export(HttpRequest *request, void *ctx);
void api_export_post(HttpRequest *request, void *ctx);
void api_public_query_form(HttpRequest *request, void *ctx);
void api_public_query(HttpRequest *request, void *ctx);
void api_public_board(HttpRequest *request, void *ctx);
void api_query_code(HttpRequest *request, void *ctx);
void api_case_query_code(HttpRequest *request, void *ctx);
void api_export_delete(HttpRequest *request, void *ctx);
void api_export_retry(HttpRequest *request, void *ctx);
void api_export_file(HttpRequest *request, void *ctx);
void api_one_window_take(HttpRequest *request, void *ctx);
void api_one_window(HttpRequest *request, void *ctx);
void api_one_window_messages(HttpRequest *request, void *ctx);
void api_one_window_message(HttpRequest *request, void *ctx);
void api_one_window_raw(HttpRequest *request, void *ctx);

void api_tracking(HttpRequest *request, void *ctx);
void api_outbox(HttpRequest *request, void *ctx);
void api_outbox_row(HttpRequest *request, void *ctx);
void api_outbox_resend(HttpRequest *request, void *ctx);
void api_outbox_receivers(HttpRequest *request, void *ctx);
void api_outbox_resend_all(HttpRequest *request, void *ctx);
void api_outbox_test(HttpRequest *request, void *ctx);
void api_province_replay(HttpRequest *request, void *ctx);

void api_verification_post(HttpRequest *request, void *ctx);
void api_verification(HttpRequest *request, void *ctx);
void api_verification_feed(HttpRequest *request, void *ctx);
void api_verification_delete(HttpRequest *request, void *ctx);
// Where the door finds finished exports (X-Accel-Redirect; nginx.conf.in).
#define API_EXPORT_PLACE "/export-files/"
