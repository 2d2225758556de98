// SPDX-License-Identifier: Apache-2.0
#include "rating/progress.h"

#include "rating/case_story.h"
#include "rating/person.h"
#include "rating/shape.h"
#include "rating/words.h"

#include <string.h>

static const char *text_of(const json_t *row, const char *key)
{
    return json_string_value(json_object_get(row, key));
}

// --- what is wanted of the citizen now

// text, due_on and counter NULL: none.
static void add_want(json_t *wants, const char *what, const char *text, const char *due_on,
                     const char *counter)
{
    json_array_append_new(wants, json_pack("{s:s, s:s?, s:s?, s:s?}", "what", what, "text", text,
                                           "due_on", due_on, "counter", counter));
}

// What the office wrote with the last event of a kind.
static char *last_words(Store *store, const Hall *hall, const char *number, const char *kind)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT reason FROM case_event WHERE case_number = ? AND kind = ?"
                    " AND ignored IS NULL ORDER BY at DESC LIMIT 1",
                    "ss", number, kind);
    return store_step(query) ? words_of_case(store, hall, number, store_text(query, 0)) : NULL;
}

static bool waits_papers(const CaseStory *story)
{
    bool waits =
        story->state == CASE_WAITING_PAPERS || (story->state == CASE_PAUSED && story->waits_papers);
    for (guint i = 0; i < story->parts->len; i++)
        waits = waits || g_array_index(story->parts, CasePart, i).waits_papers;
    return waits;
}

static void want_papers(Store *store, const Hall *hall, const char *number, json_t *wants)
{
    g_auto(CaseStory) story = { 0 };
    if (case_story_load(store, number, &story) < 0 || !case_state_is_open(story.state))
        return;
    if (waits_papers(&story)) {
        g_autofree char *text = last_words(store, hall, number, "papers_asked");
        add_want(wants, "papers", text, story.papers_due, NULL);
    } else if (story.papers_due) {
        g_autofree char *text = last_words(store, hall, number, "accepted");
        add_want(wants, "papers", text, story.papers_due, NULL);
    }
}

static const char *pick_up_counter(const Config *config)
{
    for (guint i = 0; i < config->counters->len; i++) {
        const ConfigCounter *counter = config->counters->pdata[i];
        if (counter->kind == COUNTER_PICKUP)
            return counter->name;
    }
    return NULL;
}

static json_t *wants_of(Store *store, const Hall *hall, const json_t *row)
{
    json_t *wants = json_array();
    const char *number = text_of(row, "number"), *state = text_of(row, "state");
    want_papers(store, hall, number, wants);
    // What is done on the spot is taken along on the spot.
    if (strcmp(state, "finished") == 0 && strcmp(text_of(row, "kind"), "instant") != 0)
        add_want(wants, "pick_up", NULL, NULL, pick_up_counter(hall->config));
    return wants;
}

// --- the line of steps

// The step that each state stands at, and the moment at which it was reached.
static const struct {
    const char *state, *step;
    bool is_end;
} places[] = {
    { "filed", "received", false },      { "received", "received", false },
    { "prechecked", "received", false }, { "waiting_papers", "received", false },
    { "accepted", "in_hand", false },    { "paused", "in_hand", false },
    { "finished", "finished", true },    { "picked_up", "picked_up", true },
    { "refused", "refused", true },      { "returned", "returned", true },
    { "withdrawn", "withdrawn", true },
};

static size_t place_of(const char *state)
{
    size_t i = 0;
    while (i + 1 < G_N_ELEMENTS(places) && strcmp(places[i].state, state) != 0)
        i++;
    return i;
}

// The column of the row that has a step's moment; NULL: it lasts.
static const struct {
    const char *step, *at;
} steps[] = {
    { "received", "received_at" }, { "accepted", "accepted_at" },   { "in_hand", NULL },
    { "finished", "finished_at" }, { "picked_up", "picked_up_at" },
};

static void add_step(json_t *line, const json_t *row, const char *step, const char *at,
                     const char *state)
{
    json_t *moment = at ? json_object_get(row, at) : NULL;
    json_array_append_new(
        line, json_pack("{s:s, s:O?, s:s}", "step", step, "at", moment, "state", state));
    if (!moment)
        json_object_set_new(json_array_get(line, json_array_size(line) - 1), "at", json_null());
}

// Ended otherwise than by a result: what was done of the usual steps, and that end.
static json_t *cut_line(const json_t *row, const char *end)
{
    json_t *line = json_array();
    for (size_t i = 0; i < G_N_ELEMENTS(steps) && steps[i].at; i++) {
        if (i == 0 || json_is_string(json_object_get(row, steps[i].at)))
            add_step(line, row, steps[i].step, steps[i].at, "done");
    }
    add_step(line, row, end, "ended_at", "now");
    return line;
}

static json_t *steps_of(const json_t *row)
{
    size_t place = place_of(text_of(row, "state"));
    const char *here = places[place].step;
    bool is_cut =
        places[place].is_end && strcmp(here, "finished") != 0 && strcmp(here, "picked_up") != 0;
    if (is_cut)
        return cut_line(row, here);
    json_t *line = json_array();
    const char *state = "done";
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        bool is_here = strcmp(steps[i].step, here) == 0;
        // Not every result is picked up: that step is shown once it may come.
        if (strcmp(steps[i].step, "picked_up") == 0 && !places[place].is_end)
            break;
        add_step(line, row, steps[i].step, steps[i].at,
                 !is_here               ? state
                 : places[place].is_end ? "done"
                                        : "now");
        if (is_here)
            state = "ahead";
    }
    return line;
}

// --- one case

#define EVENT_AT(which, kinds)                                                                     \
    "(SELECT " which "(at) FROM case_event WHERE case_number = c.number AND kind IN (" kinds "))"

static json_t *read_row(Store *store, const char *number)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT c.number, c.item_name AS item, c.unit, c.kind, p.name_mask AS applicant, "
        "c.state,"
        " c.accepted_at, c.due_at, c.is_provisional, c.effective_days AS limit_days, "
        "c.days_left,"
        " c.finished_at, " EVENT_AT(
            "min",
            "'received', 'precheck'") " AS received_at,"
                                      " " EVENT_AT(
                                          "max",
                                          "'picked_up'") " AS picked_up_at,"
                                                         " " EVENT_AT(
                                                             "max",
                                                             "'refused', 'returned', "
                                                             "'withdrawn'") " AS ended_at,"
                                                                            " (SELECT reason "
                                                                            "FROM case_event "
                                                                            "WHERE case_number "
                                                                            "= c.number AND "
                                                                            "kind = c.state"
                                                                            "  AND kind IN "
                                                                            "('refused', "
                                                                            "'returned') ORDER "
                                                                            "BY at DESC LIMIT "
                                                                            "1) AS why"
                                                                            " FROM case_file c "
                                                                            "LEFT JOIN person "
                                                                            "p ON p.subject = "
                                                                            "'case:' || "
                                                                            "c.number"
                                                                            " WHERE c.number = "
                                                                            "?",
        "s", number);
    return store_step(query) ? store_row_json(query) : NULL;
}

static void shape_progress(Store *store, const Hall *hall, json_t *row)
{
    static const char *const inner[] = { "received_at", "picked_up_at", "ended_at" };
    const char *number = text_of(row, "number");
    g_autofree char *why = words_of_case(store, hall, number, text_of(row, "why"));
    json_object_set_new(row, "why", why ? json_string(why) : json_null());
    json_object_set_new(row, "wants", wants_of(store, hall, row));
    json_object_set_new(row, "steps", steps_of(row));
    for (size_t i = 0; i < G_N_ELEMENTS(inner); i++)
        json_object_del(row, inner[i]);
}

json_t *progress_read(Store *store, const Hall *hall, const char *number, const char *tail)
{
    g_autofree char *subject = g_strconcat("case:", number, NULL);
    json_t *row = person_has_tail(store, hall, subject, tail) ? read_row(store, number) : NULL;
    if (row)
        shape_progress(store, hall, row);
    return row;
}
