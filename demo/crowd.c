// SPDX-License-Identifier: Apache-2.0
#include "demo/crowd.h"

#include "base/clock.h"
#include "base/secret.h"
#include "demo/plan.h"

enum { WAIT_MOST = 6, PRIORITY_OF_TEN = 2, FIRST = 9 /* wait before the door opens */ };

// Seconds between two who come, at speed 1: a little less than the booths need.
#define COME_MIN_S 2.0
#define COME_MAX_S 9.0

struct Crowd {
    Api *api;
    GRand *chance;
    double speed;
    int64_t next_ms;        // monotonic
    int before[PLAN_LANES]; // whom the last one found before them
};

Crowd *crowd_new(Api *api, GRand *chance, double speed)
{
    Crowd *crowd = g_new0(Crowd, 1);
    *crowd = (Crowd){ .api = api, .chance = chance, .speed = speed };
    return crowd;
}

void crowd_free(Crowd *crowd)
{
    g_free(crowd);
}

static void come(Crowd *crowd)
{
    static const char *const priorities[] = { "elder", "disabled", "soldier", "pregnant" };
    // By the number of counters that serve them.
    static const int lanes[] = { 0, 0, 0, 1, 1, 1, 2, 3, 4 };
    int lane = lanes[g_rand_int_range(crowd->chance, 0, G_N_ELEMENTS(lanes))];
    bool is_priority = g_rand_int_range(crowd->chance, 0, 10) < PRIORITY_OF_TEN;
    // Where it was full, most turn round at the door, until somebody finds that it has gone on.
    if (crowd->before[lane] >= WAIT_MOST && g_rand_int_range(crowd->chance, 0, 10) > 0)
        return;
    g_autofree char *id = secret_uuid();
    json_t *ticket = NULL;
    api_call(crowd->api, "POST", "/api/v1/queue/tickets",
             json_pack("{ss ss ss*}", "id", id, "lane", plan_lanes[lane].id, "priority",
                       is_priority ? priorities[g_rand_int_range(crowd->chance, 0, 4)] : NULL),
             &ticket);
    crowd->before[lane] = (int)json_integer_value(json_object_get(ticket, "before"));
    json_decref(ticket);
}

void crowd_tick(Crowd *crowd)
{
    if (clock_mono_ms() < crowd->next_ms)
        return;
    for (int i = 0; crowd->next_ms == 0 && i < FIRST; i++)
        come(crowd);
    double seconds = g_rand_double_range(crowd->chance, COME_MIN_S, COME_MAX_S) / crowd->speed;
    crowd->next_ms = clock_mono_ms() + (int64_t)(seconds * 1000);
    come(crowd);
}
