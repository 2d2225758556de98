// SPDX-License-Identifier: Apache-2.0
// The clocks of random cases against a slow and obvious reference that shares nothing with them:
// docs/cases.md read event by event, days walked one by one, office hours minute by minute.
//
// Each run takes another seed; a failure prints it, and HALLWATCH_SEED runs it again.
#include "hall_fixture.h"

#include "rating/case_story.h"

#include <stdlib.h>
#include <time.h>

enum {
    N_CALENDARS = 200,
    CASES_EACH = 500, // 100,000 in all
    DAYS = 1461,      // 2026 to 2029
    EVENTS_MAX = 14,
    PARTS_MAX = 1 + 3 + EVENTS_MAX, // the case, its units, its nodes
    DAY_MINUTES = 24 * 60,
    NEVER_PAUSED = -1,
};

#define MINUTE_MS INT64_C(60000)
#define DAY_MS    (DAY_MINUTES * MINUTE_MS)

// --- the world: what days and minutes are

typedef struct {
    int64_t first_ms; // 2026-01-01 00:00 in the hall, a Thursday
    bool is_working[DAYS];
    bool is_open[7][DAY_MINUTES]; // Monday first; of a worked day
    Config *config;
    Calendar *calendar;
} World;

static const char *const hours_texts[] = {
    "", // Mon-Fri 08:30-12:00, 13:30-17:30
    "office_hours: {workdays: [\"09:00-17:00\"], sat: [\"09:00-11:30\"]}\n",
    "office_hours: {workdays: [], tue: [\"08:00-12:00\", \"14:00-18:00\", \"19:00-20:07\"]}\n",
    "office_hours: {workdays: []}\n",
};

static void open_minutes(World *w, int weekday, int from, int to)
{
    for (int minute = from; minute < to; minute++)
        w->is_open[weekday][minute] = true;
}

// The same hours as in hours_texts, by hand.
static void set_hours(World *w, int which)
{
    memset(w->is_open, 0, sizeof w->is_open);
    for (int weekday = 0; weekday < 7; weekday++) {
        switch (which) {
        case 0:
            open_minutes(w, weekday, 8 * 60 + 30, 12 * 60);
            open_minutes(w, weekday, 13 * 60 + 30, 17 * 60 + 30);
            break;
        case 1:
            if (weekday == 5)
                open_minutes(w, weekday, 9 * 60, 11 * 60 + 30);
            else
                open_minutes(w, weekday, 9 * 60, 17 * 60);
            break;
        case 2:
            open_minutes(w, weekday, 8 * 60, 12 * 60);
            open_minutes(w, weekday, 14 * 60, 18 * 60);
            open_minutes(w, weekday, 19 * 60, 20 * 60 + 7);
            break;
        default:
            open_minutes(w, weekday, 0, DAY_MINUTES);
        }
    }
}

static void set_config(World *w, GRand *dice)
{
    int which = g_rand_int_range(dice, 0, G_N_ELEMENTS(hours_texts));
    g_autofree char *text = g_strdup_printf(
        "hall:\n  id: h1\n  name: 大厅\ncounters: []\n%s"
        "rules: {grade_profile: %s, yellow_days_left: %d, yellow_percent: %d, "
        "warning_days_before_yellow: %d}\n",
        hours_texts[which], g_rand_boolean(dice) ? "yulin" : "shandong",
        g_rand_int_range(dice, 0, 4), g_rand_int_range(dice, 1, 101), g_rand_int_range(dice, 0, 3));
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    if (config_parse("random.yaml", text, strlen(text), errors, &w->config) < 0)
        fail_msg("%s", (const char *)g_ptr_array_index(errors, 0));
    set_hours(w, which);
}

static void set_calendar(World *w, GRand *dice)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (int day = 0; day < DAYS; day++) {
        int weekday = (day + 3) % 7;
        bool is_announced = g_rand_int_range(dice, 0, 12) == 0;
        w->is_working[day] = is_announced ? g_rand_boolean(dice) : weekday < 5;
        g_autofree char *date = clock_format(w->first_ms + day * DAY_MS);
        if (is_announced)
            g_string_append_printf(text, "%.10s\t%s\n", date, w->is_working[day] ? "work" : "off");
    }
    assert_int_equal(calendar_parse("random", text->str, NULL, &w->calendar), 0);
}

static int day_of(const World *w, int64_t ms)
{
    return (int)((ms - w->first_ms) / DAY_MS);
}

static int64_t office_end(const World *w, int day)
{
    int end = 0;
    for (int minute = 0; minute < DAY_MINUTES; minute++)
        end = w->is_open[(day + 3) % 7][minute] ? minute + 1 : end;
    return w->first_ms + day * DAY_MS + end * MINUTE_MS;
}

// --- the reference: what a person would note on a card while reading the events

typedef struct {
    int64_t from_ms, to_ms; // CASE_NEVER: still open
    int days;
} Stop;

typedef struct {
    bool is_node;
    const char *name, *unit;
    int64_t from_ms, to_ms;
    int limit, extension;
    bool is_lead, is_stopped, for_papers;
    Stop stops[EVENTS_MAX];
    int n_stops;
} Card;

typedef struct {
    int64_t accepted_ms, ended_ms;
    int64_t rounds[EVENTS_MAX][2]; // received, answered
    int n_rounds;
    bool waits; // for papers, before acceptance
    Card cards[PARTS_MAX];
    int n_cards, n_units;
} Reading;

static void stop(Card *card, const CaseEvent *event)
{
    card->stops[card->n_stops++] = (Stop){ event->at_ms, CASE_NEVER, event->days };
    card->is_stopped = true;
    card->for_papers = event->kind == CASE_EVENT_PAPERS_ASKED;
}

static void go_on(Card *card, int64_t at_ms)
{
    if (card->is_stopped)
        card->stops[card->n_stops - 1].to_ms = at_ms;
    card->is_stopped = false;
}

static void answer(Reading *r, int64_t at_ms)
{
    if (r->n_rounds > 0 && r->rounds[r->n_rounds - 1][1] == CASE_NEVER)
        r->rounds[r->n_rounds - 1][1] = at_ms;
}

static void begin_round(Reading *r, int64_t at_ms)
{
    r->rounds[r->n_rounds][0] = at_ms;
    r->rounds[r->n_rounds++][1] = CASE_NEVER;
}

static void read_sent(Reading *r, Card *unit, const CaseEvent *event)
{
    if (unit && unit->from_ms == CASE_NEVER && unit->to_ms == CASE_NEVER)
        unit->from_ms = event->at_ms;
    if (event->node)
        r->cards[r->n_cards++] = (Card){ .is_node = true,
                                         .name = event->node,
                                         .unit = event->unit,
                                         .from_ms = event->at_ms,
                                         .to_ms = CASE_NEVER,
                                         .limit = event->days > 0 ? event->days : -1 };
}

static void read_node(Reading *r, const CaseEvent *event)
{
    for (int i = 0; i < r->n_cards; i++) {
        Card *card = &r->cards[i];
        bool other_unit = card->unit && event->unit && strcmp(card->unit, event->unit) != 0;
        if (card->is_node && card->to_ms == CASE_NEVER && event->node && !other_unit &&
            strcmp(card->name, event->node) == 0)
            card->to_ms = event->at_ms;
    }
}

static void read_end(Reading *r, const CaseEvent *event)
{
    answer(r, event->at_ms);
    r->ended_ms = event->at_ms;
    go_on(&r->cards[0], event->at_ms);
}

static void read_papers_handed(Reading *r, Card *unit, const CaseEvent *event)
{
    Card *card = unit && unit->is_stopped ? unit : &r->cards[0];
    if (card->is_stopped && card->for_papers) {
        go_on(card, event->at_ms);
    } else if (card == &r->cards[0] && r->accepted_ms == CASE_NEVER && r->waits) {
        begin_round(r, event->at_ms);
        r->waits = false;
    }
}

static void read_extended(Card *card, const CaseEvent *event)
{
    if (event->is_approved && event->days > 0 && card->extension == 0)
        card->extension = event->days;
}

// Nothing after the end counts.
static void read_event(Reading *r, const CaseEvent *event)
{
    Card *unit = NULL;
    for (int i = 1; event->unit && i <= r->n_units; i++)
        unit = strcmp(r->cards[i].name, event->unit) == 0 ? &r->cards[i] : unit;
    bool stranger = r->n_units > 0 && event->unit && !unit && strcmp(event->unit, "H") != 0;
    Card *card = unit ? unit : &r->cards[0];
    bool in_hand = r->accepted_ms != CASE_NEVER && card->to_ms == CASE_NEVER;
    switch (event->kind) {
    case CASE_EVENT_RECEIVED:
    case CASE_EVENT_PRECHECK:
        if (r->n_rounds == 0 && r->accepted_ms == CASE_NEVER && !r->waits)
            begin_round(r, event->at_ms);
        break;
    case CASE_EVENT_PAPERS_ASKED:
        answer(r, event->at_ms);
        r->waits |= r->accepted_ms == CASE_NEVER;
        if (in_hand) {
            go_on(card, event->at_ms);
            stop(card, event);
        }
        break;
    case CASE_EVENT_PAPERS_HANDED:
        read_papers_handed(r, unit, event);
        break;
    case CASE_EVENT_ACCEPTED:
        answer(r, event->at_ms);
        if (r->accepted_ms == CASE_NEVER)
            r->accepted_ms = event->at_ms;
        break;
    case CASE_EVENT_SENT:
        read_sent(r, unit, event);
        break;
    case CASE_EVENT_NODE:
        read_node(r, event);
        break;
    case CASE_EVENT_PAUSED:
        if (in_hand && !stranger) {
            go_on(card, event->at_ms);
            stop(card, event);
        }
        break;
    case CASE_EVENT_RESUMED:
        if (in_hand && !stranger)
            go_on(card, event->at_ms);
        break;
    case CASE_EVENT_EXTENDED:
        if (!stranger && card->to_ms == CASE_NEVER)
            read_extended(card, event);
        break;
    case CASE_EVENT_UNIT_DONE:
        if (unit && unit->to_ms == CASE_NEVER) {
            unit->to_ms = event->at_ms;
            go_on(unit, event->at_ms);
        }
        break;
    case CASE_EVENT_PICKED_UP:
        break;
    default:
        read_end(r, event);
    }
}

// --- the reference: a clock by walking

typedef struct {
    int64_t from_ms, due_ms;
    int used, left;
    CaseGrade grade;
} Walk;

static void mark_stops(const World *w, const Card *card, int today, bool *paused)
{
    for (int i = 0; i < card->n_stops; i++) {
        const Stop *s = &card->stops[i];
        int to = s->to_ms == CASE_NEVER ? today : day_of(w, s->to_ms), taken = 0;
        for (int day = day_of(w, s->from_ms) + 1; day <= to && day <= today; day++) {
            taken += w->is_working[day];
            if (s->days == 0 || taken <= s->days)
                paused[day] = true;
        }
    }
}

// Whether so much percent of the limit have passed: whole days, and the share of this one.
static bool has_passed(const World *w, const bool *counts, int begin, int64_t at_ms, int limit,
                       int percent)
{
    int today = day_of(w, at_ms), whole = 0, passed = 0, total = 0;
    int now_minute = (int)((at_ms - w->first_ms - today * DAY_MS) / MINUTE_MS);
    for (int day = begin + 1; day < today; day++)
        whole += counts[day];
    for (int minute = 0; minute < DAY_MINUTES; minute++) {
        total += w->is_open[(today + 3) % 7][minute];
        passed += w->is_open[(today + 3) % 7][minute] && minute < now_minute;
    }
    if (today <= begin || !counts[today])
        passed = 0;
    return 100 * (whole * total + passed) >= percent * limit * total;
}

static CaseGrade grade_of(const World *w, const bool *counts, const Walk *walk, int begin,
                          int64_t at_ms, int limit, bool only_red)
{
    const Config *c = w->config;
    bool yulin = c->rules.grade_profile == GRADES_YULIN;
    if (yulin ? at_ms > walk->due_ms : walk->used > limit)
        return GRADE_RED;
    if (only_red || at_ms < walk->from_ms)
        return GRADE_NONE;
    int yellow_day =
        yulin ? (limit * c->rules.yellow_percent + 99) / 100 : limit - c->rules.yellow_days_left;
    bool yellow = yulin ? has_passed(w, counts, begin, at_ms, limit, c->rules.yellow_percent)
                        : walk->used >= yellow_day;
    bool warning = walk->used >= yellow_day - c->rules.warning_days_before_yellow;
    return yellow ? GRADE_YELLOW : warning ? GRADE_WARNING : GRADE_NONE;
}

static void walk_clock(const World *w, const Card *const *stopping, int limit, int64_t from_ms,
                       int64_t ended_ms, int64_t now_ms, Walk *ret)
{
    static bool paused[DAYS], counts[DAYS];
    memset(paused, 0, sizeof paused);
    *ret = (Walk){ .from_ms = from_ms, .due_ms = CASE_NEVER };
    if (from_ms == CASE_NEVER)
        return;
    int64_t at_ms = ended_ms != CASE_NEVER ? ended_ms : now_ms;
    int today = day_of(w, at_ms), begin = day_of(w, from_ms), due = -1, n = 0;
    for (; *stopping; stopping++)
        mark_stops(w, *stopping, today, paused);
    bool on_the_spot = limit == 0;
    if (on_the_spot && !(w->is_working[begin] && from_ms < office_end(w, begin)))
        limit = 1;
    if (limit == 0)
        due = begin;
    for (int day = begin + 1; day < DAYS; day++) {
        counts[day] = w->is_working[day] && !paused[day];
        n += counts[day];
        if (n == limit && due < 0)
            due = day;
        if (day <= today)
            ret->used = n;
    }
    if (limit < 0)
        return;
    ret->due_ms = office_end(w, due);
    ret->left = limit - ret->used;
    ret->grade =
        grade_of(w, counts, ret, begin, at_ms, limit, on_the_spot || ended_ms != CASE_NEVER);
}

static int64_t accepted_in_effect(const World *w, const Reading *r, int64_t now_ms)
{
    int today = day_of(w, r->ended_ms != CASE_NEVER ? r->ended_ms : now_ms);
    for (int i = 0; i < r->n_rounds; i++) {
        int answered = r->rounds[i][1] == CASE_NEVER ? today : day_of(w, r->rounds[i][1]), n = 0;
        for (int day = day_of(w, r->rounds[i][0]) + 1; day <= answered; day++) {
            n += w->is_working[day];
            // The sixth working day, or a rest day after the fifth, is past the five.
            int since = n;
            if (since > 5 || (since == 5 && !w->is_working[day]))
                return r->rounds[i][0];
        }
    }
    return r->accepted_ms;
}

// --- random cases

static int64_t random_moment(const World *w, GRand *dice, int64_t from_ms)
{
    // Days apart, hours apart, the very minute: deadlines and their neighbours are met often.
    int64_t day = g_rand_int_range(dice, 0, 4) == 0 ? 0 : g_rand_int_range(dice, 0, 25);
    static const int minutes[] = {
        0, 1, 8 * 60 + 30, 12 * 60, 17 * 60 + 29, 17 * 60 + 30, 17 * 60 + 31, 23 * 60 + 59
    };
    int minute = g_rand_boolean(dice) ? minutes[g_rand_int_range(dice, 0, G_N_ELEMENTS(minutes))]
                                      : g_rand_int_range(dice, 0, DAY_MINUTES);
    return w->first_ms + (day_of(w, from_ms) + day) * DAY_MS + minute * MINUTE_MS;
}

static const char *pick(GRand *dice, const char *const *names, int n)
{
    return names[g_rand_int_range(dice, 0, n)];
}

static const char *const units_or_none[] = { NULL, NULL, "A", "B", "C", "H", "X" };
static const char *const nodes_or_none[] = { NULL, "x", "x", "y" };
static const char ids[EVENTS_MAX][2] = { "a", "b", "c", "d", "e", "f", "g",
                                         "h", "i", "j", "k", "l", "m", "n" };

static CaseEventKind random_kind(GRand *dice, int i)
{
    // Ends are rare and acceptance is likely, or most cases would say little.
    if (i == 0 && g_rand_int_range(dice, 0, 3) > 0)
        return CASE_EVENT_ACCEPTED;
    CaseEventKind kind = (CaseEventKind)g_rand_int_range(dice, 0, N_CASE_EVENTS);
    bool is_end = kind >= CASE_EVENT_FINISHED;
    return is_end && g_rand_int_range(dice, 0, 3) > 0 ? CASE_EVENT_PAUSED : kind;
}

static size_t random_events(const World *w, GRand *dice, CaseEvent *events)
{
    size_t n = (size_t)g_rand_int_range(dice, 1, EVENTS_MAX + 1);
    int64_t start_ms = w->first_ms + g_rand_int_range(dice, 10, 500) * DAY_MS;
    for (size_t i = 0; i < n; i++) {
        events[i] = (CaseEvent){ .kind = random_kind(dice, (int)i),
                                 .at_ms = random_moment(w, dice, start_ms),
                                 .days = g_rand_int_range(dice, 0, 7),
                                 .is_approved = g_rand_boolean(dice),
                                 .id = ids[i],
                                 .node = pick(dice, nodes_or_none, G_N_ELEMENTS(nodes_or_none)),
                                 .unit = pick(dice, units_or_none, G_N_ELEMENTS(units_or_none)) };
        start_ms += g_rand_int_range(dice, -2, 4) * DAY_MS;
    }
    qsort(events, n, sizeof *events, case_event_compare);
    return n;
}

static size_t random_units(GRand *dice, CaseUnit *units)
{
    static const char *const names[] = { "A", "B", "C" };
    size_t n = g_rand_boolean(dice) ? 0 : (size_t)g_rand_int_range(dice, 1, 4);
    for (size_t i = 0; i < n; i++)
        units[i] = (CaseUnit){ names[i], g_rand_int_range(dice, -1, 12),
                               g_rand_int_range(dice, 0, 3) == 0 };
    return n;
}

static void read_all(const CaseEvent *events, size_t n_events, const CaseUnit *units,
                     size_t n_units, int limit, Reading *r)
{
    *r = (Reading){ .accepted_ms = CASE_NEVER, .ended_ms = CASE_NEVER };
    r->cards[0] = (Card){ .name = "", .limit = limit, .from_ms = CASE_NEVER, .to_ms = CASE_NEVER };
    for (size_t i = 0; i < n_units; i++)
        r->cards[i + 1] = (Card){ .name = units[i].unit,
                                  .limit = units[i].limit_days,
                                  .is_lead = units[i].is_lead,
                                  .from_ms = CASE_NEVER,
                                  .to_ms = CASE_NEVER };
    r->n_units = (int)n_units;
    r->n_cards = 1 + (int)n_units;
    for (size_t i = 0; i < n_events && r->ended_ms == CASE_NEVER; i++)
        read_event(r, &events[i]);
}

// --- the comparison

typedef struct {
    guint32 seed;
    int round, number;
} Where;

static void compare(const Where *where, const char *what, const CaseClock *clock, const Walk *walk,
                    int64_t accepted_ms)
{
    if (clock->accepted_ms == accepted_ms && clock->due_ms == walk->due_ms &&
        clock->days_used == walk->used && clock->days_left == walk->left &&
        clock->grade == walk->grade)
        return;
    fail_msg("HALLWATCH_SEED=%u round %d case %d, %s: begins %+" G_GINT64_FORMAT
             " ms, due %+" G_GINT64_FORMAT " ms, used %d by walking %d, left %d by walking %d, "
             "%s by walking %s",
             where->seed, where->round, where->number, what, clock->accepted_ms - accepted_ms,
             clock->due_ms - walk->due_ms, clock->days_used, walk->used, clock->days_left,
             walk->left, case_grade_name(clock->grade), case_grade_name(walk->grade));
}

// Nothing changes by time alone before the moment that the clock names.
static void check_next(const World *w, const Where *where, const CaseFacts *facts,
                       const CaseClock *clock)
{
    CaseClock later;
    if (clock->next_change_ms == CASE_NEVER)
        return;
    case_clock_read(facts, w->config, w->calendar, clock->next_change_ms - 1, &later);
    if (later.grade != clock->grade || later.days_used != clock->days_used ||
        later.due_ms != clock->due_ms)
        fail_msg("HALLWATCH_SEED=%u round %d case %d: before the moment it names, %s becomes %s, "
                 "used %d becomes %d, due at %" G_GINT64_FORMAT " becomes %" G_GINT64_FORMAT,
                 where->seed, where->round, where->number, case_grade_name(clock->grade),
                 case_grade_name(later.grade), clock->days_used, later.days_used, clock->due_ms,
                 later.due_ms);
}

static void check_part(const World *w, const Where *where, const CaseStory *story,
                       const CasePart *part, const Reading *r, const Card *card,
                       int64_t accepted_ms, int64_t now_ms)
{
    g_autoptr(GArray) pauses = g_array_new(FALSE, FALSE, sizeof(CasePause));
    CaseFacts facts = case_part_facts(story, part, accepted_ms, pauses);
    CaseClock clock;
    Walk walk;
    case_clock_read(&facts, w->config, w->calendar, now_ms, &clock);
    const Card *stopping[] = { &r->cards[0], NULL, NULL };
    for (int i = 1; i <= r->n_units; i++) {
        const char *unit = card->is_node ? card->unit : card->name;
        if (unit && strcmp(r->cards[i].name, unit) == 0)
            stopping[1] = &r->cards[i];
    }
    bool any_sent = false;
    for (int i = 1; i <= r->n_units; i++)
        any_sent |= r->cards[i].from_ms != CASE_NEVER;
    int64_t from_ms = card->from_ms;
    if (from_ms == CASE_NEVER && !card->is_node && (card->is_lead || !any_sent))
        from_ms = accepted_ms;
    int limit = card->limit < 0 ? -1 : card->limit + card->extension;
    walk_clock(w, stopping, limit, from_ms, card->to_ms != CASE_NEVER ? card->to_ms : r->ended_ms,
               now_ms, &walk);
    compare(where, card->name, &clock, &walk, from_ms);
    check_next(w, where, &facts, &clock);
}

static void check_case(const World *w, GRand *dice, const Where *where)
{
    CaseEvent events[EVENTS_MAX];
    CaseUnit units[3];
    size_t n_events = random_events(w, dice, events), n_units = random_units(dice, units);
    int limit = g_rand_int_range(dice, -1, 25);
    int64_t now_ms = random_moment(w, dice, events[n_events - 1].at_ms - 10 * DAY_MS);
    Reading r;
    read_all(events, n_events, units, n_units, limit, &r);
    g_auto(CaseStory) story = { 0 };
    case_story_tell(&(CaseTold){ events, n_events, "H", units, n_units }, &story);
    story.facts.limit_days = limit < 0 ? -1 : limit + story.extension_days;

    CaseClock clock;
    Walk walk;
    int64_t accepted_ms = accepted_in_effect(w, &r, now_ms);
    const Card *stopping[] = { &r.cards[0], NULL };
    case_clock_read(&story.facts, w->config, w->calendar, now_ms, &clock);
    walk_clock(w, stopping, limit < 0 ? -1 : limit + r.cards[0].extension, accepted_ms, r.ended_ms,
               now_ms, &walk);
    compare(where, "the case", &clock, &walk, accepted_ms);
    check_next(w, where, &story.facts, &clock);
    if ((int)story.parts->len != r.n_cards - 1)
        fail_msg("HALLWATCH_SEED=%u round %d case %d: %u parts, by reading %d", where->seed,
                 where->round, where->number, story.parts->len, r.n_cards - 1);
    for (guint i = 0; i < story.parts->len; i++)
        check_part(w, where, &story, &g_array_index(story.parts, CasePart, i), &r, &r.cards[i + 1],
                   accepted_ms, now_ms);
}

static void test_random_cases(void **state)
{
    const char *given = g_getenv("HALLWATCH_SEED");
    Where where = { .seed = given ? (guint32)strtoul(given, NULL, 10) : (guint32)time(NULL) };
    GRand *dice = g_rand_new_with_seed(where.seed);
    for (where.round = 0; where.round < N_CALENDARS; where.round++) {
        World *w = g_new0(World, 1);
        w->first_ms = at("2026-01-01 00:00");
        set_config(w, dice);
        set_calendar(w, dice);
        for (where.number = 0; where.number < CASES_EACH; where.number++)
            check_case(w, dice, &where);
        calendar_free(w->calendar);
        config_unref(w->config);
        g_free(w);
    }
    g_rand_free(dice);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_random_cases) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
