// SPDX-License-Identifier: Apache-2.0
// The lists of the API as files for a spreadsheet, with the same filters (?format=csv|xlsx). Each
// answers the request. Nothing of a citizen's person is in them.
#pragma once
#include "rating/rating.h"
#include "rating/rectification.h"
#include "base/http_server.h"

void api_sheet_ratings(HttpRequest *request, Store *store, const char *format,
                       const RatingFilter *filter);
void api_sheet_rectifications(HttpRequest *request, Store *store, const char *format,
                              const RectificationFilter *filter);
// take_figures: as figures_by() gives them.
void api_sheet_figures(HttpRequest *request, const char *format, const char *by,
                       json_t *take_figures);
