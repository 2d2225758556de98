// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/card.h"
#include "rating/rating.h"
#include "rating/rectification.h"
#include "rating/ticket.h"

#include <errno.h>
#include <stdio.h>

#define NOW "2026-11-24 16:00" // a Tuesday

// li is rated under 007; zhao, qian and sun are directors; wang and zhou enter cards.
static Actor actor_of(const char *user)
{
    return (Actor){ .user = user,
                    .staff = strcmp(user, "li") == 0 ? "007" : NULL,
                    .is_person = strncmp(user, "key:", 4) != 0,
                    .is_director = strcmp(user, "zhao") == 0 || strcmp(user, "qian") == 0 ||
                                   strcmp(user, "sun") == 0 || strcmp(user, "li") == 0 ||
                                   strcmp(user, "key:app") == 0 };
}

// "ACTION LEVEL by USER [of STAFF]" for the card of a number.
static int act(Fixture *f, const char *number, const char *words, char *error)
{
    static int n;
    char action[16], user[16], staff[16] = "";
    const char *tags[] = { "112", "115" };
    int level = 0;
    assert_true(sscanf(words, "%15s %d by %15s of %15s", action, &level, user, staff) >= 3);
    g_autofree char *entry = g_strdup_printf("entry-%d", n++), *card = NULL;
    Actor actor = actor_of(user);
    CardInput input = { .id = entry,
                        .number = number,
                        .day = "2026-11-23",
                        .counter = "c1",
                        .level = level,
                        .tags = tags,
                        .n_tags = level == 1 ? 2 : 0,
                        .staff = *staff ? staff : NULL,
                        .why = "核对原卡" };
    bool is_new;
    error[0] = '\0';
    if (strcmp(action, "enter") == 0)
        return card_enter(f->store, &f->hall, &input, &actor, at(NOW), &card, &is_new, error);
    g_autoptr(StoreQuery) query = store_query(
        f->store, "SELECT id FROM card WHERE number = ? ORDER BY rowid DESC LIMIT 1", "s", number);
    g_autofree char *id = store_step(query) ? g_strdup(store_text(query, 0)) : NULL;
    assert_non_null(id);
    return card_act(f->store, &f->hall, id, action, &input, &actor, at(NOW), error);
}

// "STATE" of the newest card of the number, and its rating: "waiting", "counted 1", "void 5".
static char *story_of(Fixture *f, const char *number)
{
    g_autoptr(StoreQuery) query =
        store_query(f->store,
                    "SELECT c.state, r.level, r.is_counted FROM card c LEFT JOIN rating r"
                    " ON r.id = c.id WHERE c.number = ? ORDER BY c.rowid DESC LIMIT 1",
                    "s", number);
    assert_true(store_step(query));
    if (store_is_null(query, 1))
        return g_strdup(store_text(query, 0));
    return g_strdup_printf("%s %d%s", store_text(query, 0), (int)store_int(query, 1),
                           store_int(query, 2) ? "" : " not counted");
}

static void lives(void **state)
{
    static const struct {
        const char *name, *steps[6], *end;
    } ROWS[] = {
        { "a good one counts at once", { "enter 5 by wang" }, "counted 5" },
        { "a bad one waits", { "enter 2 by wang" }, "waiting" },
        { "the same by a second person", { "enter 1 by wang", "enter 1 by zhou" }, "counted 1" },
        { "the second reads it otherwise", { "enter 1 by wang", "enter 3 by zhou" }, "differing" },
        { "other reasons differ as well", { "enter 1 by wang", "enter 2 by zhou" }, "differing" },
        { "a director decides: it was bad",
          { "enter 1 by wang", "enter 3 by zhou", "decide 1 by zhao" },
          "counted 1" },
        { "a director decides: it was good",
          { "enter 1 by wang", "enter 3 by zhou", "decide 3 by zhao" },
          "counted 3" },
        { "a director makes one void that waits", { "enter 1 by wang", "void 0 by zhao" }, "void" },
        { "a wrong good entry is voided by who made it",
          { "enter 4 by wang", "void 0 by wang" },
          "void 4 not counted" },
        { "and entered again",
          { "enter 4 by wang", "void 0 by wang", "enter 5 by wang" },
          "counted 5" },
        { "who is named on it by one alone is named",
          { "enter 2 by wang", "enter 2 by zhou of 008" },
          "counted 2" },
        { "named otherwise", { "enter 2 by wang of 009", "enter 2 by zhou of 008" }, "differing" },
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        char error[200];
        g_autofree char *number = g_strdup_printf("%zu", i);
        for (size_t k = 0; k < 6 && ROWS[i].steps[k]; k++)
            if (act(f, number, ROWS[i].steps[k], error) < 0)
                fail_msg("%s: %s: %s", ROWS[i].name, ROWS[i].steps[k], error);
        g_autofree char *end = story_of(f, number);
        if (strcmp(end, ROWS[i].end) != 0)
            fail_msg("%s: %s, not %s", ROWS[i].name, end, ROWS[i].end);
    }
}

static void refusals(void **state)
{
    static const struct {
        const char *steps[3], *words;
        int err;
    } ROWS[] = {
        { { "enter 5 by wang" }, "enter 5 by zhou", -EEXIST },      // is there
        { { "enter 1 by wang" }, "enter 1 by wang", -EACCES },      // no second person
        { { "enter 1 by wang" }, "enter 1 by key:app", -EACCES },   // no person
        { { "enter 1 by wang" }, "void 0 by wang", -EACCES },       // no director
        { { "enter 1 by zhao" }, "void 0 by zhao", -EACCES },       // has entered it
        { { "enter 1 by wang" }, "decide 5 by zhao", -EEXIST },     // nothing differs
        { { "enter 1 by wang of 007" }, "enter 1 by li", -EACCES }, // was rated
        { { "enter 1 by wang of 007" }, "void 0 by li", -EACCES },  // was rated
        { { NULL }, "enter 5 by li of 007", -EACCES },              // was rated
        { { "enter 1 by wang", "enter 3 by zhou" }, "decide 3 by wang", -EACCES }, // no director
        { { "enter 1 by wang", "enter 3 by zhao" }, "decide 3 by zhao", -EACCES }, // has entered it
        { { "enter 1 by wang", "enter 3 by zhou" }, "decide 3 by key:app", -EACCES },
        { { "enter 1 by wang", "enter 1 by zhou" }, "void 0 by zhao", -EEXIST }, // rectification
        { { "enter 5 by wang" }, "void 0 by zhou", -EACCES },                    // another's
        { { NULL }, "enter 6 by wang", -EINVAL },
        { { NULL }, "enter 0 by wang", -EINVAL },
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        char error[200];
        g_autofree char *number = g_strdup_printf("%zu", i);
        for (size_t k = 0; k < 3 && ROWS[i].steps[k]; k++)
            assert_int_equal(act(f, number, ROWS[i].steps[k], error), 0);
        int err = act(f, number, ROWS[i].words, error);
        if (err != ROWS[i].err || !error[0])
            fail_msg("%zu %s: %d, \"%s\"", i, ROWS[i].words, err, error);
    }
}

// A card tells its day alone: no ticket, case or clip is taken from a moment; who had duty alone on
// that day is who was rated, and a bad one is verified from its confirmation on.
static void what_a_card_is_joined_to(void **state)
{
    Fixture *f = *state;
    char error[200];
    json_t *duty =
        json_of("{'staff': {'number': '007', 'name': '李敏'}, 'at': '2026-11-23T08:30:00+08:00'}");
    assert_int_equal(duty_put(f->store, &f->hall, "c1", duty, at("2026-11-23 08:30"), error), 0);
    json_decref(duty);
    store_exec(f->store,
               "INSERT INTO ticket(id, number, counter, state, served_at, updated_at)"
               " VALUES('t', 'A1', 'c1', 'served', ?, 0)",
               "i", at("2026-11-23 11:59"));
    act(f, "17", "enter 1 by wang", error);
    act(f, "17", "enter 1 by zhou", error);
    g_autoptr(StoreQuery) query = store_query(f->store, "SELECT id FROM rating", "");
    assert_true(store_step(query));
    json_t *rating = rating_get(f->store, store_text(query, 0), at(NOW));
    assert_look(rating, "staff/number", "007");
    assert_look(rating, "staff/name", "李敏");
    assert_look(rating, "ticket", "null");
    assert_look(rating, "clip", "null");
    assert_look(rating, "channel", "card");
    assert_look(rating, "event_at", "2026-11-23T12:00:00.000+08:00");
    assert_look(rating, "rectification/due_at", "2026-11-25T17:30:00.000+08:00");
    assert_look(rating, "card/number", "17");
    assert_look(rating, "card/entered_by", "wang");
    assert_look(rating, "card/confirmed_by", "zhou");
    json_decref(rating);
}

static char *shown(Fixture *f, const char *user, bool waits, const char *path)
{
    Actor actor = actor_of(user);
    CardFilter filter = { .waits_for_me = waits, .limit = 10 };
    json_t *list = card_list(f->store, &f->hall, &filter, &actor);
    char *text = look(list, path);
    json_decref(list);
    return text;
}

#define assert_shown(f, user, waits, path, expected)                                               \
    do {                                                                                           \
        g_autofree char *found = shown(f, user, waits, path);                                      \
        assert_string_equal(found, expected);                                                      \
    } while (0)

// One whose service was rated before is entered all the same: its number is not free.
static void a_repeated_card_keeps_its_number(void **state)
{
    Fixture *f = *state;
    char error[200];
    assert_int_equal(act(f, "18", "enter 5 by wang", error), 0);
    store_exec(f->store, "UPDATE rating SET is_counted = 0, marks = ?", "i",
               (int64_t)MARK_REPEATED);
    assert_int_equal(act(f, "18", "enter 5 by zhou", error), -EEXIST);
    assert_shown(f, "wang", false, "items/0/state", "counted");
    assert_shown(f, "wang", false, "items/0/is_counted", "false");
    store_exec(f->store, "UPDATE rating SET marks = ?", "i", (int64_t)MARK_VOID);
    assert_int_equal(act(f, "18", "enter 5 by zhou", error), 0);
}

static void the_second_person_is_blind(void **state)
{
    Fixture *f = *state;
    char error[200];
    act(f, "17", "enter 1 by wang of 007", error);
    assert_shown(f, "wang", false, "items/0/level", "1");
    assert_shown(f, "wang", true, "total", "0");
    assert_shown(f, "zhou", true, "items/0/number", "17");
    assert_shown(f, "zhou", true, "items/0/day", "2026-11-23");
    assert_shown(f, "zhou", true, "items/0/counter/id", "c1");
    assert_shown(f, "zhou", true, "items/0/level", "null");
    assert_shown(f, "zhou", true, "items/0/tags", "null");
    assert_shown(f, "zhao", true, "items/0/level", "null"); // also a director
    assert_shown(f, "li", false, "total", "0");             // was rated
    act(f, "17", "enter 2 by zhou", error);
    assert_shown(f, "zhou", false, "items/0/level", "2");
    assert_shown(f, "wang", false, "items/0/level", "1");
    assert_shown(f, "zhao", true, "items/0/state", "differing");
    assert_shown(f, "zhou", true, "total", "0");
    act(f, "17", "decide 1 by zhao", error);
    assert_shown(f, "zhou", false, "items/0/level", "1");
    assert_shown(f, "qian", false, "items/0/decided_by", "zhao");
}

// Whatever people try: a bad entry leaves only by a director who did not make it, and none counts
// by one person's word.
static void no_bad_card_is_lost(void **state)
{
    static const char *const users[] = { "wang", "zhou", "zhao", "qian", "li", "key:app" };
    static const char *const steps[] = { "enter 1",  "enter 2",  "enter 5",
                                         "decide 1", "decide 4", "void 0" };
    Fixture *f = *state;
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    store_script(f->store, "BEGIN");
    for (int life = 0; life < 300; life++) {
        g_autofree char *number = g_strdup_printf("%d", life);
        char error[200];
        act(f, number, life % 2 ? "enter 1 by wang of 007" : "enter 2 by zhao of 007", error);
        for (int i = 0; i < 12; i++) {
            g_autofree char *words =
                g_strdup_printf("%s by %s", steps[g_rand_int_range(random, 0, 6)],
                                users[g_rand_int_range(random, 0, 6)]);
            act(f, number, words, error);
        }
    }
    // Each that does not wait any more was ended by somebody else than who had entered it first.
    assert_int_equal(store_value(f->store, -1,
                                 "SELECT count(*) FROM card c JOIN card_entry e ON e.id = c.id"
                                 " JOIN card_step s ON s.card = c.id"
                                 " AND s.from_state IN ('waiting', 'differing')"
                                 " WHERE e.level <= 2 AND s.user = c.entered_by",
                                 ""),
                     0);
    // Nobody about himself, and no key where two persons are wanted.
    assert_int_equal(
        store_value(f->store, -1,
                    "SELECT count(*) FROM card_step s JOIN card c ON c.id = s.card"
                    " WHERE (s.user = 'li' AND c.staff_number = '007')"
                    " OR (s.user = 'key:app' AND s.from_state IN ('waiting', 'differing'))",
                    ""),
        0);
    assert_int_equal(
        store_value(
            f->store, -1,
            "SELECT count(*) FROM card_step s JOIN card c ON c.id = s.card"
            " JOIN card_entry e ON e.id = c.id WHERE e.level <= 2"
            " AND s.from_state <> 'counted' AND s.action IN ('void', 'decide')"
            " AND (s.user NOT IN ('zhao', 'qian', 'li')"
            " OR s.user = c.entered_by OR (s.action = 'decide' AND s.user = c.confirmed_by))",
            ""),
        0);
    assert_true(store_value(f->store, 0, "SELECT count(*) FROM card WHERE state = 'counted'", "") >
                50);
    store_script(f->store, "COMMIT");
}

#define WITH_HALL(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HALL(lives),
        WITH_HALL(refusals),
        WITH_HALL(what_a_card_is_joined_to),
        WITH_HALL(a_repeated_card_keeps_its_number),
        WITH_HALL(the_second_person_is_blind),
        WITH_HALL(no_bad_card_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
