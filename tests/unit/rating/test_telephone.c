// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/case.h"
#include "rating/invitation.h"
#include "rating/rating.h"

#include <errno.h>

static void add_case(Fixture *f, const char *number, const char *counter, const char *finished)
{
    store_exec(
        f->store,
        "INSERT INTO case_file(number, item_code, item_name, unit, kind, counter,"
        " person_number, person_name, created_at, updated_at, state, is_open, grade,"
        " finished_at, is_provisional)"
        " VALUES(?,'x','社保卡补换','人社','instant',?,'007','李敏',1,1,'finished',0,'none',?,0)",
        "ssn", number, counter, finished ? at(finished) : STORE_NULL);
}

static int ask(Fixture *f, const char *number, const char *moment, Invitation *invitation,
               char *error)
{
    error[0] = '\0';
    return invitation_of_case(f->store, &f->hall, number, at(moment), invitation, error);
}

// Friday the 27th: five working days are 30 November to 4 December.
static void codes_of_cases(void **state)
{
    static const struct {
        const char *number, *moment;
        int err;
    } ROWS[] = {
        { "done", "2026-11-27 15:00", 0 },
        { "done", "2026-12-04 23:59", 0 },
        { "done", "2026-12-05 00:00", -EEXIST }, // too late
        { "open", "2026-11-27 15:00", -EINVAL },
        { "nowhere", "2026-11-27 15:00", -EINVAL }, // no counter of this hall
        { "none", "2026-11-27 15:00", -ENOENT },
    };
    Fixture *f = *state;
    char error[200];
    add_case(f, "done", "c1", "2026-11-27 14:00");
    add_case(f, "open", "c1", NULL);
    add_case(f, "nowhere", "c9", "2026-11-27 14:00");
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        Invitation invitation = { 0 };
        int err = ask(f, ROWS[i].number, ROWS[i].moment, &invitation, error);
        if (err != ROWS[i].err || (err == -EINVAL || err == -EEXIST) != (error[0] != '\0'))
            fail_msg("%s at %s: %d \"%s\"", ROWS[i].number, ROWS[i].moment, err, error);
        if (err == 0) {
            assert_string_equal(invitation.staff_number, "007");
            assert_string_equal(invitation.item_name, "社保卡补换");
            assert_int_equal(invitation.expires_ms, at("2026-12-05 00:00"));
        }
        invitation_done(&invitation);
    }
    // The same one again, for as long as it is good.
    assert_int_equal(store_value(f->store, 0, "SELECT count(*) FROM invitation", ""), 1);
}

static void rate(Fixture *f, const char *id, const char *origin, const char *invitation,
                 const char *counter, const char *moment)
{
    RatingInput input = { .id = id,
                          .counter = counter,
                          .channel = "qr",
                          .origin = origin,
                          .invitation = invitation,
                          .level = 4,
                          .event_ms = at(moment),
                          .received_ms = at(moment),
                          .pad_clock_ms = STORE_NULL };
    RatingOutcome outcome;
    assert_int_equal(rating_store(f->store, &f->hall, &input, &outcome), 0);
}

static void one_rating_for_one_service(void **state)
{
    static const struct {
        const char *id, *origin, *counter, *moment, *counted;
    } ROWS[] = {
        { "a", "phone1", "c1", "2026-11-24 10:00", "true" },
        { "b", "phone1", "c1", "2026-11-24 10:20", "false" }, // again
        { "c", "phone2", "c1", "2026-11-24 10:20", "true" },  // another telephone
        { "d", "phone1", "c2", "2026-11-24 10:20", "true" },  // another counter
        { "e", "phone1", "c1", "2026-11-24 15:00", "true" },  // in the afternoon once more
    };
    Fixture *f = *state;
    store_exec(
        f->store,
        "INSERT INTO duty(counter, staff_number, staff_name, from_at) VALUES('c1','007','李敏',0)",
        "");
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        rate(f, ROWS[i].id, ROWS[i].origin, NULL, ROWS[i].counter, ROWS[i].moment);
        json_t *rating = rating_get(f->store, ROWS[i].id, 0);
        assert_look(rating, "is_counted", ROWS[i].counted);
        assert_look(rating, "staff", "null"); // nobody knows who served whom
        json_decref(rating);
    }
}

// Days after the service: what is joined and shown is the service, not the moment of the press.
static void a_case_is_rated_from_home(void **state)
{
    Fixture *f = *state;
    Invitation invitation = { 0 };
    char error[200];
    add_case(f, "done", "c1", "2026-11-27 14:00");
    assert_int_equal(ask(f, "done", "2026-11-27 14:05", &invitation, error), 0);
    rate(f, "r", "phone1", invitation.id, "c1", "2026-12-01 20:00");
    json_t *rating = rating_get(f->store, "r", 0);
    assert_look(rating, "case/number", "done");
    assert_look(rating, "staff/number", "007");
    assert_look(rating, "clip/from_at", "2026-11-27T13:59:00.000+08:00");
    assert_look(rating, "clip/to_at", "2026-11-27T14:00:30.000+08:00");
    assert_look(rating, "is_counted", "true");
    json_decref(rating);
    Invitation again = { 0 };
    assert_int_equal(ask(f, "done", "2026-12-01 20:05", &again, error), -EEXIST);
    invitation_done(&invitation);
}

static const char *counted(Fixture *f, const char *id)
{
    return store_value(f->store, 0, "SELECT is_counted FROM rating WHERE id = ?", "s", id)
               ? "counts"
               : "repeated";
}

// On site each service is rated once, online each case, in whichever way it was rated first.
static void a_case_is_rated_once_online(void **state)
{
    static const struct {
        const char *id, *channel, *number, *counted;
    } ROWS[] = {
        { "visit", "pad", "K1", "counts" },   // at the counter, of one visit
        { "home", "mobile", "K1", "counts" }, // of the case
        { "again", "pc", "K1", "repeated" },
        { "other", "pc", "K2", "counts" },
        { "later", "pad", "K1", "counts" }, // another visit
        { "none", "mobile", NULL, "counts" },
        { "one", "mobile", NULL, "counts" }, // nobody knows of which case
        { "code", "qr", "K1", "repeated" },  // by the code of the case
        { "code2", "qr", "K3", "counts" },
        { "app", "mobile", "K3", "repeated" },
    };
    Fixture *f = *state;
    char error[200];
    add_case(f, "K1", "c1", "2026-11-24 10:00");
    add_case(f, "K3", "c1", "2026-11-24 10:00");
    Invitation codes[2] = { 0 }; // given out before anybody has rated
    assert_int_equal(ask(f, "K1", "2026-11-24 11:00", &codes[0], error), 0);
    assert_int_equal(ask(f, "K3", "2026-11-24 11:00", &codes[1], error), 0);
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        bool is_code = strcmp(ROWS[i].channel, "qr") == 0;
        RatingInput input = { .id = ROWS[i].id,
                              .counter = "c1",
                              .channel = ROWS[i].channel,
                              .case_number = is_code ? NULL : ROWS[i].number,
                              .origin = is_code ? ROWS[i].id : NULL,
                              .invitation = !is_code                            ? NULL
                                            : strcmp(ROWS[i].number, "K1") == 0 ? codes[0].id
                                                                                : codes[1].id,
                              .level = 4,
                              .event_ms = at("2026-11-24 12:00"),
                              .received_ms = at("2026-11-24 12:00"),
                              .pad_clock_ms = STORE_NULL };
        RatingOutcome outcome;
        assert_int_equal(rating_store(f->store, &f->hall, &input, &outcome), 0);
        if (strcmp(counted(f, ROWS[i].id), ROWS[i].counted) != 0)
            fail_msg("%s: %s, expected %s", ROWS[i].id, counted(f, ROWS[i].id), ROWS[i].counted);
    }
    invitation_done(&codes[0]);
    invitation_done(&codes[1]);
}

#define WITH_HALL(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = { WITH_HALL(codes_of_cases),
                                        WITH_HALL(one_rating_for_one_service),
                                        WITH_HALL(a_case_is_rated_from_home),
                                        WITH_HALL(a_case_is_rated_once_online) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
