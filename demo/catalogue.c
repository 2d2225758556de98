// SPDX-License-Identifier: Apache-2.0
#include "demo/catalogue.h"

#include "base/embed.h"
#include "demo/plan.h"

#define ROSTER_ID "00000000-0000-4000-8000-%04d%02d%02d%04d"

enum { WORKED_DAYS = 5, WEEK_DAYS = 7 };

extern const char demo_items[], demo_units[], demo_staff[], demo_villages[], demo_agents[];
EMBED(demo_items, "demo/master/items.csv");
EMBED(demo_units, "demo/master/units.csv");
EMBED(demo_staff, "demo/master/staff.csv");
EMBED(demo_villages, "demo/master/villages.csv");
EMBED(demo_agents, "demo/master/agents.csv");

static const struct {
    const char *kind, *table;
} tables[] = { { "items", demo_items },
               { "units", demo_units },
               { "staff", demo_staff },
               { "villages", demo_villages },
               { "agents", demo_agents } };

// Planned, then applied, as the page does it; a hall that has records of its own keeps them.
static void import_table(Api *director, const char *kind, const char *table)
{
    g_autofree char *path = g_strdup_printf("/api/v1/master/%s", kind);
    json_t *known = NULL, *plan = NULL;
    int status = api_call(director, "GET", path, NULL, &known);
    bool is_empty = status == 200 && json_integer_value(json_object_get(known, "total")) == 0;
    json_decref(known);
    g_autofree char *import = g_strconcat(path, "/import", NULL);
    if (!is_empty || api_post_text(director, import, table, &plan) != 200)
        return;
    g_autofree char *apply =
        g_strdup_printf("%s?token=%s", import, json_string_value(json_object_get(plan, "token")));
    api_post_text(director, apply, table, NULL);
    json_decref(plan);
}

static void put_entry(Api *director, const PlanCounter *counter, int place, GDateTime *day)
{
    g_autofree char *date = g_date_time_format(day, "%Y-%m-%d");
    g_autofree char *from = g_strdup_printf("%sT08:30:00+08:00", date);
    g_autofree char *to = g_strdup_printf("%sT17:30:00+08:00", date);
    g_autofree char *path =
        g_strdup_printf("/api/v1/roster/" ROSTER_ID, g_date_time_get_year(day),
                        g_date_time_get_month(day), g_date_time_get_day_of_month(day), place);
    api_send(director, "PUT", path,
             json_pack("{s:s, s:s, s:{s:s, s:s}, s:s, s:s}", "kind", "open", "counter", counter->id,
                       "staff", "number", counter->staff_number, "name", counter->staff_name,
                       "from", from, "to", to));
}

static bool has_roster(Api *director)
{
    json_t *roster = NULL;
    int status = api_call(director, "GET", "/api/v1/roster", NULL, &roster);
    bool is_there = status != 200 || json_integer_value(json_object_get(roster, "total")) > 0;
    json_decref(roster);
    return is_there;
}

static void set_week(Api *director, GDateTime *monday)
{
    for (int i = 0; i < WORKED_DAYS; i++) {
        g_autoptr(GDateTime) day = g_date_time_add_days(monday, i);
        for (int place = 0; place < PLAN_COUNTERS; place++)
            put_entry(director, &plan_counters[place], place + 1, day);
    }
}

static void set_roster(Api *director)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(PLAN_ZONE);
    g_autoptr(GDateTime) now = zone ? g_date_time_new_now(zone) : NULL;
    if (!now || has_roster(director))
        return;
    g_autoptr(GDateTime) monday = g_date_time_add_days(now, 1 - g_date_time_get_day_of_week(now));
    g_autoptr(GDateTime) next = g_date_time_add_days(monday, WEEK_DAYS);
    set_week(director, monday);
    g_autofree char *from = g_date_time_format(monday, "%Y-%m-%d");
    g_autofree char *to = g_date_time_format(next, "%Y-%m-%d");
    api_send(director, "POST", "/api/v1/roster/copy",
             json_pack("{s:s, s:s}", "from", from, "to", to));
}

void catalogue_lay_out(Api *director)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        import_table(director, tables[i].kind, tables[i].table);
    set_roster(director);
}
