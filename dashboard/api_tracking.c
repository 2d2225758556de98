// SPDX-License-Identifier: Apache-2.0
#include "dashboard/api.h"

#include "dashboard/call.h"
#include "dashboard/query.h"
#include "rating/tracking.h"

#include <string.h>

#define DIGITS_MAX 18

// The number after which is asked; 0: from the oldest that is kept.
static int64_t read_after(Query *query)
{
    const char *text = query_text(query, "after", DIGITS_MAX);
    if (!text)
        return 0;
    if (strcmp(text, "newest") == 0)
        return TRACKING_NEWEST;
    if (strspn(text, G_CSET_DIGITS) == strlen(text))
        return g_ascii_strtoll(text, NULL, 10);
    query_fail(query, "after is \"%.20s\"; give \"next\" of the answer before, or newest", text);
    return 0;
}

void api_tracking(HttpRequest *request, void *ctx)
{
    g_auto(Query) query = query_of(request);
    int64_t after = read_after(&query), oldest = 0;
    int limit = query_limit(&query);
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (!store)
        return;
    json_t *page = tracking_list(store, after, limit, &oldest);
    if (page)
        http_reply_json(request, 200, page);
    else
        http_reply_error(request, 410, "gone",
                         "What came after %" G_GINT64_FORMAT
                         " is not kept any more, or this box never gave that number. Read "
                         "GET /api/v1/cases once, then go on with after=%" G_GINT64_FORMAT ".",
                         after, oldest);
}
