// SPDX-License-Identifier: Apache-2.0
#include "rating/card.h"

#include "rating/attachment.h"
#include "rating/calendar.h"
#include "rating/rating.h"
#include "rating/shape.h"
#include "rating/tag.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum { NEW, WAITING, DIFFERING, COUNTED, VOID, N_STATES } State;

static const struct {
    const char *name;
    bool is_open; // somebody still has to do something
} states[N_STATES] = {
    [NEW] = { "new", false },
    [WAITING] = { "waiting", true },
    [DIFFERING] = { "differing", true },
    [COUNTED] = { "counted", false },
    [VOID] = { "void", false },
};

// What an entry says: by itself, or against the one before.
typedef enum { GOOD, BAD, SAME, OTHER, ANY } Fact;

// Who may: a person who has not entered it before, and was not rated; a director; or one who is a
// director or has entered it alone.
enum { SECOND = 1 << 0, DIRECTOR = 1 << 1, OWN = 1 << 2, WHY = 1 << 3 };

static const struct {
    const char *action;
    State from;
    Fact fact;
    State to;
    unsigned wants;
} transitions[] = {
    { "enter", NEW, GOOD, COUNTED, 0 },
    { "enter", NEW, BAD, WAITING, 0 },
    { "enter", WAITING, SAME, COUNTED, SECOND },
    { "enter", WAITING, OTHER, DIFFERING, SECOND },
    { "decide", DIFFERING, ANY, COUNTED, SECOND | DIRECTOR | WHY },
    { "void", WAITING, ANY, VOID, SECOND | DIRECTOR | WHY },
    { "void", DIFFERING, ANY, VOID, SECOND | DIRECTOR | WHY },
    // A bad one that counts goes by its rectification alone.
    { "void", COUNTED, GOOD, VOID, OWN | WHY },
};

enum {
    LEVEL_BAD = 2,
    WHY_MAX = 2000,

    LATE_DAYS = 90,
    NOON_MS = 12 * 3600 * 1000
};

// A card as it stands.
typedef struct {
    char *id, *number, *staff, *scan, *entered_by, *confirmed_by;
    State state;
    int level; // of the first entry, or of the one that counts
} Card;

static void card_done(Card *card)
{
    g_free(card->id);
    g_free(card->number);
    g_free(card->staff);
    g_free(card->scan);
    g_free(card->entered_by);
    g_free(card->confirmed_by);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Card, card_done)

static void note(const Hall *hall, const char *id)
{
    if (hall->changed)
        hall->changed(hall->ctx, "card", id);
}

static int state_of(const char *name)
{
    for (int i = 0; name && i < N_STATES; i++)
        if (strcmp(name, states[i].name) == 0)
            return i;
    return -1;
}

#define CARD_ROW                                                                                   \
    "SELECT c.id, c.number, c.state, c.staff_number, c.scan, c.entered_by, c.confirmed_by, "       \
    "e.level"                                                                                      \
    " FROM card c JOIN card_entry e ON e.id = coalesce(c.entry, c.id)"

static int read_card(StoreQuery *query, Card *card)
{
    if (!store_step(query))
        return store_query_result(query) < 0 ? store_query_result(query) : -ENOENT;
    int state = state_of(store_text(query, 2));
    if (state < 0)
        return -EUCLEAN;
    *card = (Card){ .id = g_strdup(store_text(query, 0)),
                    .number = g_strdup(store_text(query, 1)),
                    .state = (State)state,
                    .staff = g_strdup(store_text(query, 3)),
                    .scan = g_strdup(store_text(query, 4)),
                    .entered_by = g_strdup(store_text(query, 5)),
                    .confirmed_by = g_strdup(store_text(query, 6)),
                    .level = (int)store_int(query, 7) };
    return 0;
}

static int load(Store *store, const char *id, Card *card)
{
    g_autoptr(StoreQuery) query = store_query(store, CARD_ROW " WHERE c.id = ?", "s", id);
    return read_card(query, card);
}

// One that was voided, as a card or as a rating, leaves its number free to be entered again.
static int load_number(Store *store, const char *number, Card *card)
{
    g_autoptr(StoreQuery) query = store_query(store,
                                              CARD_ROW " LEFT JOIN rating r ON r.id = c.id"
                                                       " WHERE c.number = ? AND c.state <> 'void'"
                                                       " AND coalesce(r.marks & ?, 0) = 0",
                                              "si", number, (int64_t)MARK_VOID);
    return read_card(query, card);
}

// --- entries

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

// In one order, so that two entries can be compared.
static char *tags_text(const CardInput *input)
{
    g_autofree const char **codes = g_memdup2(input->tags, input->n_tags * sizeof *input->tags);
    json_t *array = json_array();
    if (codes)
        qsort(codes, input->n_tags, sizeof *codes, compare);
    for (size_t i = 0; codes && i < input->n_tags; i++)
        json_array_append_new(array, json_string(codes[i]));
    char *text = json_dumps(array, JSON_COMPACT); // the program's JSON and GLib share malloc
    json_decref(array);
    return text;
}

static int add_entry(Store *store, const char *card, const CardInput *in, const char *user,
                     int64_t now_ms)
{
    g_autofree char *tags = tags_text(in);
    return MIN(0, store_exec(store,
                             "INSERT INTO card_entry(id, card, user, at, day, counter, level, tags,"
                             " text, case_number, staff_number) VALUES(?,?,?,?,?,?,?,?,?,?,?)",
                             "sssississss", in->id, card, user, now_ms, in->day, in->counter,
                             (int64_t)in->level, tags, in->text, in->case_number, in->staff));
}

// What only one of the two has told does not contradict the other.
static bool is_same(Store *store, const char *card, const CardInput *in)
{
    g_autofree char *tags = tags_text(in);
    return store_value(store, 0,
                       "SELECT 1 FROM card_entry WHERE id = ? AND day = ? AND counter = ?"
                       " AND level = ? AND tags = ?"
                       " AND coalesce(case_number, ?6, '') = coalesce(?6, case_number, '')"
                       " AND coalesce(staff_number, ?7, '') = coalesce(?7, staff_number, '')",
                       "sssisss", card, in->day, in->counter, (int64_t)in->level, tags,
                       in->case_number, in->staff) != 0;
}

static int add_step(Store *store, const Card *card, int row, const char *user, const char *why,
                    int64_t now_ms)
{
    const char *from = card->state == NEW ? NULL : states[card->state].name;
    return MIN(0, store_exec(store,
                             "INSERT INTO card_step(card, at, user, action, from_state, to_state,"
                             " why) VALUES(?,?,?,?,?,?,?)",
                             "sisssss", card->id, now_ms, user, transitions[row].action, from,
                             states[transitions[row].to].name, why));
}

// The day's noon: no other moment of it is known.
static int64_t noon_of(const char *text)
{
    CalendarDay day;
    return calendar_day_parse(text, &day) ? calendar_day_start(day) + NOON_MS : STORE_NULL;
}

// --- who was rated

// Whoever had duty alone at the counter on that day. The caller frees.
static char *alone_on_duty(Store *store, const CardInput *in)
{
    int64_t from_ms = noon_of(in->day) - NOON_MS, to_ms = from_ms + 2 * NOON_MS;
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT max(staff_number), count(DISTINCT staff_number) FROM duty"
                    " WHERE counter = ? AND from_at < ? AND coalesce(to_at, ?) > ?",
                    "siii", in->counter, to_ms, to_ms, from_ms);
    return store_step(query) && store_int(query, 1) == 1 ? g_strdup(store_text(query, 0)) : NULL;
}

static char *name_of(Store *store, const char *staff)
{
    g_autoptr(StoreQuery) query = store_query(
        store, "SELECT staff_name FROM duty WHERE staff_number = ? ORDER BY from_at DESC LIMIT 1",
        "s", staff);
    return store_step(query) ? g_strdup(store_text(query, 0)) : NULL;
}

// --- a rating from now on

static json_t *counting_entry(Store *store, const char *entry)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT e.day, e.counter, e.level, e.tags AS tags_json,"
        " coalesce(e.text, o.text) AS text, coalesce(e.case_number, o.case_number) AS case_number,"
        " coalesce(e.staff_number, o.staff_number) AS staff"
        " FROM card_entry e LEFT JOIN card_entry o ON o.id = e.card WHERE e.id = ?",
        "s", entry);
    return store_step(query) ? store_row_json(query) : NULL;
}

static const char *text_of(const json_t *row, const char *key)
{
    return json_string_value(json_object_get(row, key));
}

static int store_rating(Store *store, const Hall *hall, const Card *card, const json_t *entry,
                        int64_t now_ms)
{
    const char *tags[16];
    RatingOutcome outcome;
    json_t *codes = json_object_get(entry, "tags");
    const char *staff = text_of(entry, "staff") ? text_of(entry, "staff") : card->staff;
    g_autofree char *name = staff ? name_of(store, staff) : NULL;
    RatingInput input = { .id = card->id,
                          .counter = text_of(entry, "counter"),
                          .channel = "card",
                          .case_number = text_of(entry, "case_number"),
                          .is_of_day = true,
                          .staff_number = staff,
                          .staff_name = name ? name : staff,
                          .level = (int)json_integer_value(json_object_get(entry, "level")),
                          .tags = tags,
                          .text = text_of(entry, "text"),
                          .event_ms = MIN(noon_of(text_of(entry, "day")), now_ms),
                          .received_ms = now_ms,
                          .pad_clock_ms = STORE_NULL };
    for (; input.n_tags < json_array_size(codes) && input.n_tags < G_N_ELEMENTS(tags);
         input.n_tags++)
        tags[input.n_tags] = json_string_value(json_array_get(codes, input.n_tags));
    return rating_store(store, hall, &input, &outcome);
}

static int count(Store *store, const Hall *hall, const Card *card, const char *entry,
                 int64_t now_ms)
{
    json_t *row = counting_entry(store, entry);
    int err = row ? store_rating(store, hall, card, row, now_ms) : -EUCLEAN;
    json_decref(row);
    if (err < 0)
        return err;
    return MIN(0, store_exec(store,
                             "UPDATE card SET entry = ?1, staff_number ="
                             " (SELECT staff_number FROM rating WHERE id = ?2) WHERE id = ?2",
                             "ss", entry, card->id));
}

// --- steps

// The row of the table; -1: none.
static int find_transition(const char *action, State from, Fact fact)
{
    for (size_t i = 0; i < G_N_ELEMENTS(transitions); i++)
        if (strcmp(transitions[i].action, action) == 0 && transitions[i].from == from &&
            (transitions[i].fact == ANY || transitions[i].fact == fact))
            return (int)i;
    return -1;
}

static bool has_entered(const Card *card, const Actor *actor)
{
    return g_strcmp0(card->entered_by, actor->user) == 0 ||
           g_strcmp0(card->confirmed_by, actor->user) == 0;
}

static int check_actor(const Card *card, unsigned wants, const Actor *actor, char *error)
{
    if (actor_is_staff(card->staff, actor->staff))
        return actor_refuse(error, -EACCES, "whoever was rated takes no part in it");
    if ((wants & DIRECTOR) && !(actor->is_director && actor->is_person))
        return actor_refuse(error, -EACCES, "a director decides this");
    if ((wants & SECOND) && (has_entered(card, actor) || !actor->is_person))
        return actor_refuse(error, -EACCES, "%s has entered it: another person does this",
                            actor->user);
    bool is_own = !card->confirmed_by && has_entered(card, actor);
    if ((wants & OWN) && !is_own && !actor->is_director)
        return actor_refuse(error, -EACCES, "only who alone has entered it, or a director, may");
    return 0;
}

static int keep(Store *store, const Card *card, int row, const Actor *actor, int64_t now_ms)
{
    State to = transitions[row].to;
    bool is_second = card->state == WAITING && to != VOID, is_decided = card->state == DIFFERING;
    return MIN(0, store_exec(store,
                             "UPDATE card SET state = ?, is_open = ?,"
                             " confirmed_by = coalesce(confirmed_by, ?),"
                             " decided_by = coalesce(?, decided_by), ended_at = ? WHERE id = ?",
                             "sissns", states[to].name, (int64_t)states[to].is_open,
                             is_second ? actor->user : NULL, is_decided ? actor->user : NULL,
                             states[to].is_open ? STORE_NULL : now_ms, card->id));
}

// entry: that counts, where it leads there.
static int take_step(Store *store, const Hall *hall, const Card *card, int row, const char *entry,
                     const char *why, const Actor *actor, int64_t now_ms)
{
    State to = transitions[row].to;
    int err = add_step(store, card, row, actor->user, why, now_ms);
    if (err == 0)
        err = keep(store, card, row, actor, now_ms);
    if (err == 0 && to == COUNTED)
        err = count(store, hall, card, entry, now_ms);
    if (err == 0 && to == VOID && card->state == COUNTED)
        err = rating_take_out(store, hall, card->id);
    if (err == 0)
        note(hall, card->id);
    return err;
}

static int check_day(const CardInput *in, int64_t now_ms, char *error)
{
    CalendarDay day, today = calendar_day_of(now_ms);
    if (!calendar_day_parse(in->day, &day))
        return actor_refuse(error, -EINVAL, "day: '%.20s' is no date like 2026-11-24", in->day);
    if (day > today || day < today - LATE_DAYS)
        return actor_refuse(error, -EINVAL, "day: not to come, and at most three months ago");
    return 0;
}

static int check_entry(const Hall *hall, const CardInput *in, const Actor *actor, int64_t now_ms,
                       char *error)
{
    if (actor_is_staff(in->staff, actor->staff))
        return actor_refuse(error, -EACCES, "whoever was rated takes no part in it");
    if (!in->number || !*in->number || strlen(in->number) > CARD_NUMBER_MAX)
        return actor_refuse(error, -EINVAL, "number: 1 to 32 bytes, as printed on the card");
    if (!config_counter(hall->config, in->counter))
        return actor_refuse(error, -EINVAL, "counter: '%.40s' is none of this hall", in->counter);
    if (in->level < 1 || in->level > 5)
        return actor_refuse(error, -EINVAL, "level: 1 to 5");
    return check_day(in, now_ms, error);
}

static int claim_scan(Store *store, const CardInput *in, const Actor *actor, char *error)
{
    if (!in->scan)
        return 0;
    g_autofree char *ref = g_strconcat("card:", in->id, NULL);
    int err = attachment_claim(store, in->scan, actor->user, ref);
    if (err == -ENOENT || err == -EEXIST)
        return actor_refuse(error, -EINVAL, "scan: %s",
                            err == -ENOENT ? "there is no such picture of yours; send it first"
                                           : "this picture belongs to another card");
    return err;
}

static int insert(Store *store, const CardInput *in, const char *staff, const Actor *actor,
                  int64_t now_ms)
{
    return MIN(0, store_exec(store,
                             "INSERT INTO card(id, number, state, is_open, staff_number, scan,"
                             " entered_by, entered_at) VALUES(?,?,?,0,?,?,?,?)",
                             "ssssssi", in->id, in->number, states[NEW].name, staff, in->scan,
                             actor->user, now_ms));
}

static int begin(Store *store, const Hall *hall, const CardInput *in, const Actor *actor,
                 int64_t now_ms, char *error)
{
    g_autofree char *staff = in->staff ? g_strdup(in->staff) : alone_on_duty(store, in);
    Card card = { .id = (char *)in->id, .staff = staff, .state = NEW };
    int row = find_transition("enter", NEW, in->level <= LEVEL_BAD ? BAD : GOOD);
    int err = check_actor(&card, transitions[row].wants, actor, error);
    if (err == 0)
        err = claim_scan(store, in, actor, error);
    if (err == 0)
        err = insert(store, in, staff, actor, now_ms);
    if (err == 0)
        err = add_entry(store, in->id, in, actor->user, now_ms);
    return err < 0 ? err : take_step(store, hall, &card, row, in->id, NULL, actor, now_ms);
}

static int confirm(Store *store, const Hall *hall, const Card *card, const CardInput *in,
                   const Actor *actor, int64_t now_ms, char *error)
{
    Fact fact = is_same(store, card->id, in) ? SAME : OTHER;
    int row = find_transition("enter", card->state, fact);
    if (row < 0) {
        return actor_refuse(error, -EEXIST, "card %.32s has been entered: it is %s", card->number,
                            states[card->state].name);
    }
    int err = check_actor(card, transitions[row].wants, actor, error);
    if (err == 0)
        err = add_entry(store, card->id, in, actor->user, now_ms);
    return err < 0 ? err : take_step(store, hall, card, row, in->id, NULL, actor, now_ms);
}

// The card of an entry that was sent before; NULL: none. The caller frees.
static char *card_of_entry(Store *store, const char *entry, const char *user, bool *ret_is_own)
{
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT card, user = ? FROM card_entry WHERE id = ?", "ss", user, entry);
    if (!store_step(query))
        return NULL;
    *ret_is_own = store_int(query, 1);
    return g_strdup(store_text(query, 0));
}

int card_enter(Store *store, const Hall *hall, const CardInput *input, const Actor *actor,
               int64_t now_ms, char **ret_card, bool *ret_is_new, char *error)
{
    bool is_own = true;
    g_autofree char *known = card_of_entry(store, input->id, actor->user, &is_own);
    if (!is_own)
        return actor_refuse(error, -EEXIST, "id: another entry has it");
    *ret_is_new = !known;
    int err = known ? 0 : check_entry(hall, input, actor, now_ms, error);
    if (!known && err == 0) {
        g_auto(Card) card = { 0 };
        err = load_number(store, input->number, &card);
        known = g_strdup(err == 0 ? card.id : input->id);
        err = err == 0         ? confirm(store, hall, &card, input, actor, now_ms, error)
              : err == -ENOENT ? begin(store, hall, input, actor, now_ms, error)
                               : err;
    }
    if (err < 0)
        return err;
    *ret_card = g_steal_pointer(&known);
    return 0;
}

// The number stays as it was entered.
static int decide(Store *store, const Hall *hall, const Card *card, const CardInput *input,
                  const Actor *actor, int64_t now_ms, char *error)
{
    CardInput entry = *input;
    entry.number = card->number;
    int err = check_entry(hall, &entry, actor, now_ms, error);
    if (err == 0)
        err = add_entry(store, card->id, &entry, actor->user, now_ms);
    return err == -EEXIST ? actor_refuse(error, err, "id: another entry has it") : err;
}

int card_act(Store *store, const Hall *hall, const char *id, const char *action,
             const CardInput *input, const Actor *actor, int64_t now_ms, char *error)
{
    g_auto(Card) card = { 0 };
    int err = load(store, id, &card);
    if (err < 0)
        return err;
    bool is_decision = strcmp(action, "decide") == 0;
    int row = strcmp(action, "enter") == 0
                  ? -1
                  : find_transition(action, card.state, card.level <= LEVEL_BAD ? BAD : GOOD);
    if (row < 0) {
        return actor_refuse(error, -EEXIST, "\"%.40s\" is not possible for a card that is %s%s",
                            action, states[card.state].name,
                            card.state == COUNTED ? "; a bad one goes by its rectification" : "");
    }
    if (!input->why || !*input->why || strlen(input->why) > WHY_MAX)
        return actor_refuse(error, -EINVAL, "\"%s\" needs a reason in why", action);
    err = check_actor(&card, transitions[row].wants, actor, error);
    if (err == 0 && is_decision)
        err = decide(store, hall, &card, input, actor, now_ms, error);
    return err < 0 ? err : take_step(store, hall, &card, row, input->id, input->why, actor, now_ms);
}

// --- reading

// ?1: who asks. The entry that is shown: the one that counts, or else the own one.
#define CARD_COLUMNS                                                                               \
    "c.id, c.number, c.state, c.staff_number, (SELECT staff_name FROM duty d"                      \
    " WHERE d.staff_number = c.staff_number ORDER BY d.from_at DESC LIMIT 1) AS staff_name,"       \
    " e.day, e.counter, e.level, e.tags AS tags_json, e.text, e.case_number, " ATTACHMENT_KEPT(    \
        "c.scan") " AS scan,"                                                                      \
                  " c.entered_by, c.entered_at, c.confirmed_by, c.decided_by, c.ended_at,"         \
                  " iif(c.entry IS NULL, NULL, c.id) AS rating,"                                   \
                  " (SELECT is_counted FROM rating WHERE id = c.id AND c.entry IS NOT NULL)"       \
                  " AS is_counted, f.day AS first_day, f.counter AS "                              \
                  "first_counter"
#define CARD_FROM                                                                                  \
    " FROM card c JOIN card_entry f ON f.id = c.id LEFT JOIN card_entry e ON e.id ="               \
    " coalesce(c.entry, (SELECT id FROM card_entry WHERE card = c.id AND user = ?1 LIMIT 1))"
// ?2: the number under which who asks is rated; ?3: a director.
#define MAY_SEE                                                                                    \
    " WHERE (?2 IS NULL OR c.staff_number IS NULL OR c.staff_number <> ?2)"                        \
    " AND (?3 OR c.state = 'waiting' OR c.entered_by = ?1 OR c.confirmed_by = ?1)"

static json_t *actions_json(const json_t *row, const Actor *actor)
{
    json_t *actions = json_array();
    char error[ACTOR_ERROR_SIZE];
    Card card = { .staff = (char *)text_of(row, "staff_number"),
                  .entered_by = (char *)text_of(row, "entered_by"),
                  .confirmed_by = (char *)text_of(row, "confirmed_by"),
                  .state = (State)state_of(text_of(row, "state")) };
    Fact fact = json_integer_value(json_object_get(row, "level")) <= LEVEL_BAD ? BAD : GOOD;
    const char *last = "";
    for (size_t i = 0; i < G_N_ELEMENTS(transitions); i++) {
        bool is_there = transitions[i].from == card.state &&
                        strcmp(last, transitions[i].action) != 0 &&
                        (card.state != COUNTED || transitions[i].fact == fact);
        if (!is_there || check_actor(&card, transitions[i].wants, actor, error) < 0)
            continue;
        last = transitions[i].action;
        json_array_append_new(actions, json_string(last));
    }
    return actions;
}

static void describe_tags(json_t *row)
{
    json_t *tags = json_object_get(row, "tags");
    g_autofree char *version = tag_version();
    if (json_is_array(tags))
        json_object_set_new(row, "tags", tag_describe(tags, version));
}

// Day and counter find the paper; the second person needs them.
static void shape_card(json_t *row, const Hall *hall, const Actor *actor)
{
    json_object_set_new(row, "actions", actions_json(row, actor));
    describe_tags(row);
    shape_nest(row, "staff");
    if (json_is_null(json_object_get(row, "day")))
        json_object_set(row, "day", json_object_get(row, "first_day"));
    const char *counter =
        text_of(row, "counter") ? text_of(row, "counter") : text_of(row, "first_counter");
    const ConfigCounter *known = config_counter(hall->config, counter);
    json_object_set_new(
        row, "counter",
        json_pack("{s:s, s:s}", "id", counter, "name", known ? known->name : counter));
    json_object_del(row, "first_day");
    json_object_del(row, "first_counter");
}

#define CARD_FILTER                                                                                \
    CARD_FROM MAY_SEE " AND c.state <> 'new' AND (?4 IS NULL OR c.state = ?4)"                     \
                      " AND (?5 = 0 OR c.entered_by = ?1 OR c.confirmed_by = ?1)"                  \
                      " AND (?6 = 0 OR (c.is_open = 1 AND c.entered_by <> ?1"                      \
                      " AND coalesce(c.confirmed_by, '') <> ?1 AND (c.state = 'waiting' OR ?3)))"

json_t *card_list(Store *store, const Hall *hall, const CardFilter *filter, const Actor *actor)
{
    const CardFilter *f = filter;
    int64_t director = actor->is_director, mine = f->is_mine, waits = f->waits_for_me;
    int64_t total = store_value(store, 0, "SELECT count(*)" CARD_FILTER, "ssisii", actor->user,
                                actor->staff, director, f->state, mine, waits);
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT " CARD_COLUMNS ", c.entered_at AS cursor_ms" CARD_FILTER
                    " AND (?7 IS NULL OR (c.entered_at, c.id) < (?8, ?7))"
                    " ORDER BY c.entered_at DESC, c.id DESC LIMIT ?9",
                    "ssisiisii", actor->user, actor->staff, director, f->state, mine, waits,
                    f->before_id, f->before_ms, (int64_t)f->limit + 1);
    json_t *rows = store_rows_json(query), *row;
    size_t i;
    json_array_foreach(rows, i, row) shape_card(row, hall, actor);
    return shape_page(rows, "id", f->limit, total);
}

static json_t *rows_of(Store *store, const char *sql, const char *id)
{
    g_autoptr(StoreQuery) query = store_query(store, sql, "s", id);
    json_t *rows = store_rows_json(query), *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        shape_rename(row, "done_at", "at");
        describe_tags(row);
    }
    return rows;
}

json_t *card_get(Store *store, const Hall *hall, const char *id, const Actor *actor)
{
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT " CARD_COLUMNS CARD_FROM MAY_SEE " AND c.id = ?4", "ssis",
                    actor->user, actor->staff, (int64_t)actor->is_director, id);
    if (!store_step(query))
        return NULL;
    json_t *card = store_row_json(query);
    bool is_open_book = actor->is_director && strcmp(text_of(card, "state"), "waiting") != 0;
    shape_card(card, hall, actor);
    json_object_set_new(card, "entries",
                        is_open_book ? rows_of(store,
                                               "SELECT user, at AS done_at, day, counter, level,"
                                               " tags AS tags_json, text, case_number, staff_number"
                                               " FROM card_entry WHERE card = ? ORDER BY at, rowid",
                                               id)
                                     : json_array());
    json_object_set_new(card, "steps",
                        rows_of(store,
                                "SELECT user, at AS done_at, action, from_state AS \"from\","
                                " to_state AS \"to\", why FROM card_step WHERE card = ?"
                                " ORDER BY id",
                                id));
    return card;
}

json_t *card_of_rating(Store *store, const char *rating)
{
    g_autoptr(StoreQuery) query = store_query(
        store, "SELECT number, entered_by, confirmed_by, decided_by, scan FROM card WHERE id = ?",
        "s", rating);
    return store_step(query) ? store_row_json(query) : json_null();
}

bool card_shows_scan(Store *store, const char *id, const Actor *actor)
{
    return store_value(store, 0, "SELECT 1 FROM card c" MAY_SEE " AND c.id = ?4", "ssis",
                       actor->user, actor->staff, (int64_t)actor->is_director, id) != 0;
}
