// SPDX-License-Identifier: Apache-2.0
// The lists of the API as tables (listing.h): which columns each has. Nothing of a citizen's person
// is in them but masks.
#pragma once
#include "dashboard/listing.h"
#include "rating/actor.h"
#include "rating/card.h"
#include "rating/complaint.h"
#include "rating/order.h"
#include "rating/one_window.h"

// The filter of each, as listing_reply wants it.
extern const Listing api_sheet_ratings;        // RatingFilter
extern const Listing api_sheet_rectifications; // RectificationFilter
extern const Listing api_sheet_complaints;     // ApiComplaintList
extern const Listing api_sheet_callbacks;      // ApiCallbackList: what is to be called
extern const Listing api_sheet_calls;          // the same: what was called
extern const Listing api_sheet_painpoints;     // ApiPainpointList
extern const Listing api_sheet_cards;          // ApiCardList
extern const Listing api_sheet_cases;          // CaseFilter
extern const Listing api_sheet_flags;          // FlagFilter
extern const Listing api_sheet_orders;         // ApiOrderList
extern const Listing api_sheet_holds;          // HoldFilter
extern const Listing api_sheet_exports;        // ExportFilter
extern const Listing api_sheet_outbox;         // OutboxFilter
extern const Listing api_sheet_one_window;     // OneWindowFilter
extern const Listing api_sheet_audit;          // AuditFilter

typedef struct {
    ComplaintFilter filter;
    ComplaintReader reader;
} ApiComplaintList;

typedef struct {
    OrderFilter filter;
    OrderReader reader;
} ApiOrderList;

typedef struct {
    int64_t day_ms;
    Actor actor;
} ApiCallbackList;

typedef struct {
    int64_t from_ms, to_ms;
} ApiPainpointList;

typedef struct {
    CardFilter filter;
    Actor actor;
} ApiCardList;

// A copy whose texts the query keeps.
Actor api_sheet_actor(Query *query, const Actor *actor);

// by: of figures_by().
void api_sheet_figures(HttpRequest *request, Query *query, const char *format, const char *by,
                       int64_t from_ms, int64_t to_ms);
