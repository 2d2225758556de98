// SPDX-License-Identifier: Apache-2.0
#include "dashboard/routes.h"

#include "dashboard/account.h"
#include "dashboard/api.h"
#include "dashboard/guard.h"
#include "dashboard/verification.h"
#include "rating/attachment.h"

#define A      ROLE_ADMIN
#define D      ROLE_DIRECTOR
#define S      ROLE_STAFF
#define V      ROLE_VIEWER
#define Y      ROLE_SYSTEM
#define ANYONE ACCESS_ANYONE

// clang-format off
const HttpRoute dashboard_routes[] = {
    {"GET",    "/api/v1/setup",                 api_setup_get,       ANYONE,                0},
    {"POST",   "/api/v1/setup",                 api_setup_post,      ANYONE,                0},
    {"POST",   "/api/v1/session",               api_session_post,    ANYONE,                0},
    {"GET",    "/api/v1/session",               api_session_get,     A | D | S | V | Y,     0},
    {"DELETE", "/api/v1/session",               api_session_delete,  A | D | S | V | Y,     0},
    {"GET",    "/api/v1/overview",              api_overview,        A | D | V,             0},
    {"GET",    "/api/v1/events",                api_events,          A | D | S | V,         0},
    {"GET",    "/api/v1/cameras",               api_cameras,         A | D | S | V,         0},
    {"POST",   "/api/v1/cameras",               api_camera_post,     A,                     0},
    {"POST",   "/api/v1/cameras/discover",      api_camera_discover, A,                     0},
    {"POST",   "/api/v1/cameras/inspect",       api_camera_inspect,  A,                     0},
    {"POST",   "/api/v1/cameras/probe",         api_camera_probe,    A,                     0},
    {"GET",    "/api/v1/cameras/{id}",          api_camera,          A,                     0},
    {"PUT",    "/api/v1/cameras/{id}",          api_camera_put,      A,                     0},
    {"DELETE", "/api/v1/cameras/{id}",          api_camera_delete,   A,                     0},
    {"GET",    "/api/v1/counters",              api_counters,        A | D | S | V,         0},
    {"PUT",    "/api/v1/counters/{id}/duty",    api_duty_put,        A | D | S | Y,         0},
    {"GET",    "/api/v1/pads",                  api_pads,            A | D | S | V,         0},
    {"POST",   "/api/v1/pads/{id}/password",    api_pad_password,    A,                     0},
    {"GET",    "/api/v1/ratings",               api_ratings,         A | D | V,             0},
    {"POST",   "/api/v1/ratings",               api_rating_post,     A | Y,                 0},
    {"GET",    "/api/v1/ratings/{id}",          api_rating,          A | D | V,             0},
    {"GET",    "/api/v1/ratings/{id}/person",   api_rating_person,   A | D,                 0},
    {"POST",   "/api/v1/ratings/{id}/rectification/{action}", api_rectification_act, A | D, 0},
    {"GET",    "/api/v1/complaint-categories",  api_complaint_categories, A | D | S | V,    0},
    {"GET",    "/api/v1/complaints",            api_complaints,      A | D | S | V,         0},
    {"POST",   "/api/v1/complaints",            api_complaint_post,  A | D | S,             0},
    {"GET",    "/api/v1/complaints/{id}",       api_complaint,       A | D | S | V,         0},
    {"GET",    "/api/v1/complaints/{id}/person", api_complaint_person, A | D,               0},
    {"POST",   "/api/v1/complaints/{id}/{action}", api_complaint_act, A | D | S,            0},
    {"GET",    "/api/v1/public/complaints",     api_public_complaints, ANYONE,              0},
    {"GET",    "/api/v1/rating-tags",           api_rating_tags,     A | D | S | V,         0},
    {"GET",    "/api/v1/cards",                 api_cards,           A | D | S,             0},
    {"POST",   "/api/v1/cards",                 api_card_post,       A | D | S,             0},
    {"GET",    "/api/v1/cards/{id}",            api_card,            A | D | S,             0},
    {"POST",   "/api/v1/cards/{id}/{action}",   api_card_act,        A | D | S,             0},
    {"PUT",    "/api/v1/attachments/{id}",      api_attachment_put,  A | D | S,             ATTACHMENT_BYTES_MAX},
    {"GET",    "/api/v1/attachments/{id}",      api_attachment,      A | D | S,             0},
    {"GET",    "/api/v1/figures",               api_figures,         A | D | V,             0},
    {"GET",    "/api/v1/figures/summary",       api_figures_summary, A | D | V,             0},
    {"GET",    "/api/v1/figures/mine",          api_figures_mine,    A | D | S,             0},
    {"GET",    "/api/v1/report",                api_report,          A | D | V,             0},
    {"GET",    "/api/v1/public/figures",        api_public_figures,  ANYONE,                0},
    {"GET",    "/api/v1/public/rating-form",    api_rating_form,     ANYONE,                0},
    {"POST",   "/api/v1/public/ratings",        api_telephone_rating, ANYONE,               0},
    {"GET",    "/api/v1/counters/{id}/code",    api_counter_code,    A | D | S | V,         0},
    {"POST",   "/api/v1/cases/{number}/code",   api_case_code,       A | D | S | Y,         0},
    {"GET",    "/api/v1/rectifications",        api_rectifications,  A | D | V,             0},
    {"GET",    "/api/v1/callbacks",             api_callbacks,       A | D | S,             0},
    {"POST",   "/api/v1/callbacks/{id}/dial",   api_callback_dial,   A | D | S,             0},
    {"POST",   "/api/v1/callbacks/{id}/tries",  api_callback_try,    A | D | S,             0},
    {"GET",    "/api/v1/painpoint-tags",        api_painpoint_tags,  A | D | S | V,         0},
    {"GET",    "/api/v1/painpoints",            api_painpoints,      A | D | V,             0},
    {"POST",   "/api/v1/painpoints",            api_painpoint_post,  A | D | S,             0},
    {"GET",    "/api/v1/users",                 api_users,           A | D,                 0},
    {"GET",    "/api/v1/cases",                 api_cases,           A | D | S | V | Y,     0},
    {"GET",    "/api/v1/cases/{number}",        api_case,            A | D | S | V | Y,     0},
    {"GET",    "/api/v1/cases/{number}/person", api_case_person,     A | D,                 0},
    {"PUT",    "/api/v1/cases/{number}",        api_case_put,        A | D | S | Y,         0},
    {"POST",   "/api/v1/cases/{number}/events", api_case_event,      A | D | S | Y,         0},
    {"PUT",    "/api/v1/tickets/{id}",          api_ticket_put,      A | D | S | Y,         0},
    {"POST",   "/api/v1/invitations",           api_invitation_post, A | D | S | Y,         0},
    {"GET",    "/api/v1/invitations/{id}",      api_invitation,      A | D | S | Y,         0},
    {"GET",    "/api/v1/flags",                 api_flags,           A | D | S | V,         0},
    {"GET",    "/api/v1/flags/{id}",            api_flag,            A | D | S | V,         0},
    {"POST",   "/api/v1/flags/{id}/{action}",   api_flag_act,        A | D,                 0},
    {"POST",   "/api/v1/clues",                 api_clue_post,       A | D,                 0},
    {"GET",    "/api/v1/holds",                 api_holds,           A | D | V,             0},
    {"POST",   "/api/v1/holds",                 api_hold_post,       A | D,                 0},
    {"DELETE", "/api/v1/holds/{id}",            api_hold_delete,     A | D,                 0},
    {"PUT",    "/api/v1/holds/{id}/until",      api_hold_until,      A | D,                 0},
    {"GET",    "/api/v1/marks",                 api_marks,           A | D | V,             0},
    {"POST",   "/api/v1/bookmarks",             api_bookmark_post,   A | D | V,             0},
    {"DELETE", "/api/v1/bookmarks/{id}",        api_bookmark_delete, A | D | V,             0},
    {"GET",    "/api/v1/playback-link",         api_playback_link,   A | D | V,             0},
    {"GET",    "/api/v1/exports",               api_exports,         A | D,                 0},
    {"POST",   "/api/v1/exports",               api_export_post,     A | D,                 0},
    {"GET",    "/api/v1/exports/{id}",          api_export,          A | D,                 0},
    {"DELETE", "/api/v1/exports/{id}",          api_export_delete,   A | D,                 0},
    {"POST",   "/api/v1/exports/{id}/retry",    api_export_retry,    A | D,                 0},
    {"GET",    "/api/v1/exports/{id}/file",     api_export_file,     A | D,                 0},
    {"POST",   "/api/v1/verifications",         api_verification_post, A | D | V,           0},
    {"GET",    "/api/v1/verifications/{id}",    api_verification,    A | D | V,             0},
    {"PUT",    "/api/v1/verifications/{id}/bytes", api_verification_feed, A | D | V, VERIFICATION_FEED_MAX},
    {"DELETE", "/api/v1/verifications/{id}",    api_verification_delete, A | D | V,         0},
    {"GET",    "/api/v1/outbox",                api_outbox,          A,                     0},
    {"GET",    "/api/v1/outbox/{id}",           api_outbox_row,      A,                     0},
    {"POST",   "/api/v1/outbox/{id}/resend",    api_outbox_resend,   A,                     0},
    {"GET",    "/api/v1/receivers",             api_outbox_receivers, A,                    0},
    {"POST",   "/api/v1/receivers/{receiver}/resend", api_outbox_resend_all, A,             0},
    {"POST",   "/api/v1/receivers/{receiver}/test", api_outbox_test, A,                     0},
    {"POST",   "/api/v1/province/replay",       api_province_replay, A,                     0},
    {"GET",    "/api/v1/audit",                 api_audit,           A,                     0},
    {"GET",    "/api/v1/system",                api_system,          A | D,                 0},
    // Between the door and the desk; the door shows only /api/.
    {"GET",    "/internal/auth",                guard_media,         ANYONE,                0},
    {"GET",    "/internal/health",              api_health,          ANYONE,                0},
};
// clang-format on

const size_t dashboard_n_routes = G_N_ELEMENTS(dashboard_routes);
