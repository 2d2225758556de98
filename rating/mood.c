// SPDX-License-Identifier: Apache-2.0
#include "rating/mood.h"

#include "rating/flag.h"
#include "rating/shape.h"

// Of the newest MOST: a pad that floods makes each of its ratings cost no more than that.
enum { WINDOW_MS = 15 * 60 * 1000, LEAST = 4, MOST = 60, LEVEL_BAD = 2 };

typedef struct {
    int64_t n, bad;
    json_t *ratings; // ids of the bad ones
} Mood;

static Mood mood_read(Store *store, const char *counter, int64_t from_ms, int64_t to_ms)
{
    Mood mood = { .ratings = json_array() };
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT id, level FROM (SELECT id, level, event_at FROM rating"
                    " WHERE counter = ? AND event_at > ? AND event_at <= ? AND is_counted = 1"
                    " AND channel <> 'card' ORDER BY event_at DESC LIMIT ?) ORDER BY event_at",
                    "siii", counter, from_ms, to_ms, (int64_t)MOST);
    while (store_step(query)) {
        mood.n++;
        if (store_int(query, 1) > LEVEL_BAD)
            continue;
        mood.bad++;
        json_array_append_new(mood.ratings, json_string(store_text(query, 0)));
    }
    return mood;
}

int mood_judge(Store *store, const Hall *hall, const char *counter, int64_t event_ms,
               int64_t now_ms)
{
    if (event_ms < now_ms - WINDOW_MS)
        return 0;
    Mood mood = mood_read(store, counter, now_ms - WINDOW_MS, now_ms);
    int raised = 0;
    if (mood.n >= LEAST && mood.bad * 2 >= mood.n) {
        g_autofree char *subject = g_strconcat("counter:", counter, NULL);
        json_t *evidence =
            json_pack("{s:I, s:I, s:o, s:o, s:O}", "n", (json_int_t)mood.n, "bad",
                      (json_int_t)mood.bad, "from_at", shape_time(now_ms - WINDOW_MS), "to_at",
                      shape_time(now_ms), "ratings", mood.ratings);
        FlagInput input = { .kind = "mood",
                            .subject = subject,
                            .counter = counter,
                            .evidence = evidence,
                            .raised_ms = now_ms,
                            .may_repeat = true };
        raised = flag_raise(store, hall, &input, NULL);
        json_decref(evidence);
    }
    json_decref(mood.ratings);
    return raised;
}
