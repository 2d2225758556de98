// SPDX-License-Identifier: Apache-2.0
#include "demo/docket.h"
#include "base/clock.h"
#include "base/log.h"
#include "demo/citizen.h"

#define DAY_MS        (24 * 3600 * 1000LL)
#define MAX_DAYS_BACK 60
#define MAX_OPEN      60
#define WORK_MS       (90 * 1000LL) // nobody decides a promised case in less: it would be a clue

typedef struct {
    char *number;
    const PlanItem *item;
    bool is_paused;
    int steps;
    int64_t since_ms;
} Open;

struct Docket {
    Api *api;
    GRand *chance;
    GPtrArray *open;     // Open
    GPtrArray *finished; // Open: wait to be picked up
    unsigned events;     // made in this run; part of their ids
    int64_t began_ms;
};

static void open_free(gpointer pointer)
{
    Open *open = pointer;
    g_free(open->number);
    g_free(open);
}

Docket *docket_new(Api *api, GRand *chance)
{
    Docket *docket = g_new0(Docket, 1);
    docket->api = api;
    docket->chance = chance;
    docket->open = g_ptr_array_new_with_free_func(open_free);
    docket->finished = g_ptr_array_new_with_free_func(open_free);
    docket->began_ms = clock_wall_ms();
    return docket;
}

void docket_free(Docket *docket)
{
    if (!docket)
        return;
    g_ptr_array_unref(docket->open);
    g_ptr_array_unref(docket->finished);
    g_free(docket);
}

static json_t *case_body(Docket *docket, const PlanItem *item, const PlanCounter *counter)
{
    g_autofree char *applicant = citizen_name(docket->chance);
    g_autofree char *tail = g_strdup_printf("%04d", g_rand_int_range(docket->chance, 0, 10000));
    json_t *body = json_pack("{s{ssss} ss ss ss ss ss s{ssss}}", "item", "code", item->code, "name",
                             item->name, "unit", item->unit, "kind", item->kind, "counter",
                             counter->id, "applicant", applicant, "phone_tail", tail, "person",
                             "number", counter->staff_number, "name", counter->staff_name);
    if (item->days)
        json_object_set_new(body, "limit_days", json_integer(item->days));
    return body;
}

static bool put_case(Docket *docket, const char *number, json_t *take_body)
{
    g_autofree char *path = g_strconcat("/api/v1/cases/", number, NULL);
    return api_send(docket->api, "PUT", path, take_body);
}

typedef struct {
    const char *id; // NULL: a new one
    const char *kind, *node, *reason;
    int64_t at_ms; // 0: now
    int days;
    const PlanCounter *counter; // whose clerk did it; NULL: the item's office
    const PlanItem *item;
} Event;

static void add_event(Docket *docket, const char *number, const Event *event)
{
    g_autofree char *path = g_strconcat("/api/v1/cases/", number, "/events", NULL);
    g_autofree char *id =
        event->id ? g_strdup(event->id)
                  : g_strdup_printf("%" G_GINT64_FORMAT "-%u", docket->began_ms, ++docket->events);
    json_t *body = json_pack("{ss ss sI ss ss* ss*}", "id", id, "kind", event->kind, "at",
                             (json_int_t)(event->at_ms ? event->at_ms : clock_wall_ms()), "unit",
                             event->item->unit, "node", event->node, "reason", event->reason);
    if (event->days)
        json_object_set_new(body, "days", json_integer(event->days));
    if (event->counter)
        json_object_set_new(body, "person",
                            json_pack("{ssss}", "number", event->counter->staff_number, "name",
                                      event->counter->staff_name));
    api_send(docket->api, "POST", path, body);
}

// --- history

// Where a case of days ago stands today: wanted_left working days are left (below 0: so many over).
static const struct {
    const char *number;
    int item, counter;
    int wanted_left;
    bool is_finished;
} history[] = {
    { "QS-LS-0001", 7, 0, -2, false }, { "QS-LS-0002", 9, 1, -1, false },
    { "QS-LS-0003", 8, 1, 0, false },  { "QS-LS-0004", 12, 6, 0, false },
    { "QS-LS-0005", 6, 2, 1, false },  { "QS-LS-0006", 11, 3, 1, false },
    { "QS-LS-0007", 13, 6, 2, false }, { "QS-LS-0008", 12, 0, 5, false },
    { "QS-LS-0009", 7, 2, 9, false },  { "QS-LS-0010", 8, 3, 3, true },
};

// The box knows the working days: the day of acceptance is moved back until it says what is wanted.
// It is never further back than that, so that no case is overdue on the way.
static int64_t find_acceptance(Docket *docket, const char *number, const PlanItem *item,
                               const PlanCounter *counter, int wanted_left)
{
    g_autofree char *path = g_strconcat("/api/v1/cases/", number, NULL);
    int64_t at_ms = clock_day_start(clock_wall_ms()) + 10 * 3600 * 1000LL;
    json_t *body = case_body(docket, item, counter);
    for (int day = 0; day <= MAX_DAYS_BACK; day++, at_ms -= DAY_MS) {
        json_t *answer = NULL;
        json_int_t left = 0;
        json_object_set_new(body, "accepted_at", json_integer(at_ms));
        bool is_known = api_send(docket->api, "PUT", path, json_incref(body)) &&
                        api_call(docket->api, "GET", path, NULL, &answer) == 200 &&
                        json_unpack(answer, "{sI}", "days_left", &left) == 0;
        json_decref(answer);
        if (!is_known || left <= wanted_left)
            break;
    }
    json_decref(body);
    return at_ms;
}

static void remember(Docket *docket, const char *number, const PlanItem *item)
{
    if (docket->open->len >= MAX_OPEN)
        return;
    Open *open = g_new0(Open, 1);
    open->number = g_strdup(number);
    open->item = item;
    open->since_ms = clock_mono_ms();
    g_ptr_array_add(docket->open, open);
}

void docket_file_history(Docket *docket)
{
    for (size_t i = 0; i < G_N_ELEMENTS(history); i++) {
        const char *number = history[i].number;
        const PlanItem *item = &plan_items[history[i].item];
        const PlanCounter *counter = &plan_counters[history[i].counter];
        g_autofree char *path = g_strconcat("/api/v1/cases/", number, NULL);
        if (api_call(docket->api, "GET", path, NULL, NULL) != 404)
            continue;
        int64_t at_ms = find_acceptance(docket, number, item, counter, history[i].wanted_left);
        add_event(docket, number,
                  &(Event){ "e1", "accepted", "受理", NULL, at_ms, 0, counter, item });
        if (history[i].is_finished)
            add_event(
                docket, number,
                &(Event){ "e2", "finished", "办结", NULL, at_ms + 2 * DAY_MS, 0, NULL, item });
        log_info("case=%s filed: %s", number, item->name);
    }
}

// --- today

char *docket_file(Docket *docket, const PlanCounter *counter, const PlanItem *item)
{
    g_autofree char *day = clock_format(clock_wall_ms());
    int64_t now_ms = clock_wall_ms();
    char *number = g_strdup_printf("QS-%.10s-%s-%" G_GINT64_FORMAT, day, counter->id,
                                   (now_ms - clock_day_start(now_ms)) / 100);
    put_case(docket, number, case_body(docket, item, counter));
    add_event(docket, number, &(Event){ NULL, "received", "收件", NULL, 0, 0, counter, item });
    if (g_rand_double(docket->chance) >= 0.08)
        return number;
    add_event(docket, number,
              &(Event){ NULL, "papers_asked", "受理", "缺少户口簿复印件", 0, 0, counter, item });
    g_free(number);
    return NULL;
}

void docket_leave_counter(Docket *docket, const PlanCounter *counter, const char *number,
                          const PlanItem *item)
{
    add_event(docket, number, &(Event){ NULL, "accepted", "受理", NULL, 0, 0, counter, item });
    if (item->days == 0)
        add_event(docket, number, &(Event){ NULL, "finished", "办结", NULL, 0, 0, counter, item });
    else
        remember(docket, number, item);
}

static void finish(Docket *docket, guint index)
{
    if (clock_mono_ms() - ((Open *)docket->open->pdata[index])->since_ms < WORK_MS)
        return;
    Open *open = g_ptr_array_steal_index(docket->open, index);
    add_event(docket, open->number,
              &(Event){ NULL, "finished", "办结", NULL, 0, 0, NULL, open->item });
    g_ptr_array_add(docket->finished, open);
}

void docket_move_on(Docket *docket)
{
    static const char *const nodes[] = { "审核", "公示", "审批", "制证" };
    if (docket->open->len == 0)
        return;
    guint index = (guint)g_rand_int_range(docket->chance, 0, (gint32)docket->open->len);
    Open *open = docket->open->pdata[index];
    double what = g_rand_double(docket->chance);
    if (open->is_paused) {
        open->is_paused = false;
        add_event(docket, open->number,
                  &(Event){ NULL, "resumed", "恢复办理", NULL, 0, 0, NULL, open->item });
    } else if (what < 0.15) {
        open->is_paused = true;
        add_event(docket, open->number,
                  &(Event){ NULL, "paused", "现场勘验", "等待现场勘验", 0, 5, NULL, open->item });
    } else if (open->steps < (int)G_N_ELEMENTS(nodes) && what < 0.6) {
        add_event(docket, open->number,
                  &(Event){ NULL, "node", nodes[open->steps++], NULL, 0, 0, NULL, open->item });
    } else {
        finish(docket, index);
    }
}

char *docket_pick_up(Docket *docket, const PlanCounter *counter)
{
    if (docket->finished->len == 0)
        return NULL;
    Open *open = g_ptr_array_steal_index(docket->finished, 0);
    char *number = g_steal_pointer(&open->number);
    add_event(docket, number,
              &(Event){ NULL, "picked_up", "领取", NULL, 0, 0, counter, open->item });
    open_free(open);
    return number;
}
