// SPDX-License-Identifier: Apache-2.0
#include "rating/complaint.h"

#include "base/clock.h"
#include "rating/attachment.h"
#include "rating/category.h"
#include "rating/deadline.h"
#include "rating/hold.h"
#include "rating/notify.h"
#include "rating/rating.h"
#include "rating/shape.h"
#include "rating/step.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

const char *const complaint_channels[] = { "counter", "telephone", "letter", NULL };

typedef enum { RECEIVED, ASSIGNED, ANSWERED, CLOSED, REFUSING, REFUSED, N_STATES } State;

static const struct {
    const char *name;
    bool is_open; // somebody still has to do something
} states[N_STATES] = {
    [RECEIVED] = { "received", true }, [ASSIGNED] = { "assigned", true },
    [ANSWERED] = { "answered", true }, [CLOSED] = { "closed", false },
    [REFUSING] = { "refusing", true }, [REFUSED] = { "refused", false },
};

typedef enum { NONE, PROPOSED, PUBLISHED, N_PUBLICATIONS } Publication;

static const char *const publications[N_PUBLICATIONS] = { "none", "proposed", "published" };

// Which deadline runs after a step.
typedef enum { DUE_SAME, DUE_ASSIGN, DUE_ANSWER, DUE_CLOSE, DUE_NONE } DueRule;

#define IN(state)  (1u << (state))
#define AT_WORK    (IN(RECEIVED) | IN(ASSIGNED))
#define HAS_ANSWER (IN(ANSWERED) | IN(CLOSED))
#define OPEN       (AT_WORK | IN(ANSWERED))
#define ANY        (~0u)
enum { STAYS = -1, BEFORE = -2 /* from where it was refused */ };

// What a step wants. DIRECTOR: by one; otherwise by who sees to it, or a director. SECOND: not by
// who has proposed it. FIRST: who proposes it.
enum {
    WHY = 1 << 0,
    OWNER = 1 << 1,
    RATING = 1 << 2,
    TEXT = 1 << 3,
    DIRECTOR = 1 << 4,
    SECOND = 1 << 5,
    FIRST = 1 << 6,
};

static const struct {
    const char *action, *choice;
    unsigned from, published; // where it may be done, of both switches
    int to, publication;
    DueRule due;
    unsigned wants;
} transitions[] = {
    { "assign", NULL, IN(RECEIVED), ANY, ASSIGNED, STAYS, DUE_ANSWER, OWNER | DIRECTOR },
    { "assign", NULL, IN(ASSIGNED), ANY, STAYS, STAYS, DUE_SAME, OWNER | DIRECTOR },
    { "answer", NULL, IN(ASSIGNED), ANY, ANSWERED, STAYS, DUE_CLOSE, WHY },
    { "close", "phone", IN(ANSWERED), ANY, CLOSED, STAYS, DUE_NONE, DIRECTOR },
    { "close", "in_person", IN(ANSWERED), ANY, CLOSED, STAYS, DUE_NONE, DIRECTOR },
    // Whoever gave no name is told by the hall's board.
    { "close", "published", IN(ANSWERED), IN(PUBLISHED), CLOSED, STAYS, DUE_NONE, DIRECTOR },
    { "return", NULL, IN(ANSWERED), ANY, ASSIGNED, NONE, DUE_ANSWER, WHY | DIRECTOR },
    // As with a bad rating (rectification.h), nobody makes what a citizen said vanish alone.
    { "refuse", NULL, AT_WORK, ANY, REFUSING, STAYS, DUE_SAME, WHY | DIRECTOR | FIRST },
    { "approve", NULL, IN(REFUSING), ANY, REFUSED, STAYS, DUE_NONE, WHY | DIRECTOR | SECOND },
    { "decline", NULL, IN(REFUSING), ANY, BEFORE, NONE, DUE_SAME, WHY | DIRECTOR | SECOND },
    { "reopen", NULL, IN(CLOSED) | IN(REFUSED), ANY, RECEIVED, NONE, DUE_ASSIGN, WHY | DIRECTOR },
    { "link", NULL, OPEN, ANY, STAYS, STAYS, DUE_SAME, RATING | DIRECTOR },
    { "propose", NULL, HAS_ANSWER, IN(NONE) | IN(PROPOSED), STAYS, PROPOSED, DUE_SAME,
      TEXT | FIRST },
    { "publish", NULL, HAS_ANSWER, IN(PROPOSED), STAYS, PUBLISHED, DUE_SAME, DIRECTOR | SECOND },
    { "reject", NULL, HAS_ANSWER, IN(PROPOSED), STAYS, NONE, DUE_SAME, WHY | DIRECTOR | SECOND },
    { "withdraw", NULL, ANY, IN(PUBLISHED), STAYS, NONE, DUE_SAME, WHY | DIRECTOR },
};

// A moment that somebody remembers is not to the second: so much of the recording shows it.
enum { BEFORE_MS = 10 * 60 * 1000, AFTER_MS = 5 * 60 * 1000, DAY_MS = 24 * 3600 * 1000 };
enum { HAPPENED_DAYS_MAX = 365, DIGITS_MAX = 6 };

static const DeadlineKind deadlines = {
    .kind = "complaint",
    .due_flag = "complaint_due",
    .late_flag = "complaint_late",
    // Staff see flags: who is named stays out of them.
    .ripe = "SELECT id, rating, NULL, counter, NULL, state, due_at FROM complaint"
            " WHERE next_notice_at <= ? ORDER BY next_notice_at LIMIT ?",
    .put = "UPDATE complaint SET next_notice_at = ? WHERE id = ?",
    .next = "SELECT min(next_notice_at) FROM complaint WHERE next_notice_at IS NOT NULL",
};

// A complaint as it stands.
typedef struct {
    const char *id;
    State state;
    Publication publication;
    char *staff, *staff_name, *owner, *answer, *rating, *public_text, *public_answer, *proposed_by;
    int64_t round, published_ms;
    Deadline deadline;
    bool is_late;
} Head;

static void head_done(Head *head)
{
    g_free(head->staff);
    g_free(head->staff_name);
    g_free(head->owner);
    g_free(head->answer);
    g_free(head->rating);
    g_free(head->public_text);
    g_free(head->public_answer);
    g_free(head->proposed_by);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Head, head_done)

static void note(const Hall *hall, const char *id)
{
    if (hall->changed)
        hall->changed(hall->ctx, "complaint", id);
}

static int state_of(const char *name)
{
    for (int i = 0; name && i < N_STATES; i++)
        if (strcmp(name, states[i].name) == 0)
            return i;
    return -1;
}

static int publication_of(const char *name)
{
    for (int i = 0; name && i < N_PUBLICATIONS; i++)
        if (strcmp(name, publications[i]) == 0)
            return i;
    return -1;
}

static int load(Store *store, const char *id, Head *head)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT state, publication, staff_number, staff_name, owner, answer, rating, public_text,"
        " public_answer, proposed_by, round, published_at, due_at, is_provisional, is_late"
        " FROM complaint WHERE id = ?",
        "s", id);
    if (!store_step(query))
        return store_query_result(query) < 0 ? store_query_result(query) : -ENOENT;
    int state = state_of(store_text(query, 0)), publication = publication_of(store_text(query, 1));
    if (state < 0 || publication < 0)
        return -EUCLEAN;
    *head = (Head){ .id = id,
                    .state = (State)state,
                    .publication = (Publication)publication,
                    .staff = g_strdup(store_text(query, 2)),
                    .staff_name = g_strdup(store_text(query, 3)),
                    .owner = g_strdup(store_text(query, 4)),
                    .answer = g_strdup(store_text(query, 5)),
                    .rating = g_strdup(store_text(query, 6)),
                    .public_text = g_strdup(store_text(query, 7)),
                    .public_answer = g_strdup(store_text(query, 8)),
                    .proposed_by = g_strdup(store_text(query, 9)),
                    .round = store_int(query, 10),
                    .published_ms = store_int_or_null(query, 11),
                    .deadline = { store_int_or_null(query, 12), store_int(query, 13) },
                    .is_late = store_int(query, 14) };
    return 0;
}

// --- taken down

static int check_new(const Hall *hall, Store *store, const ComplaintInput *in, const Actor *actor,
                     char *error)
{
    bool is_far = in->happened_ms != STORE_NULL &&
                  (in->happened_ms > in->now_ms ||
                   in->happened_ms < in->now_ms - (int64_t)HAPPENED_DAYS_MAX * DAY_MS);
    if (!category_is_known(in->category))
        return actor_refuse(error, -EINVAL, "category: '%.20s' is not in the table", in->category);
    if (!g_strv_contains(complaint_channels, in->channel))
        return actor_refuse(error, -EINVAL, "channel: one of counter, telephone, letter");
    if (!*in->text)
        return actor_refuse(error, -EINVAL, "text: what was said is wanted");
    if (in->counter && !config_counter(hall->config, in->counter))
        return actor_refuse(error, -EINVAL, "counter: '%.40s' is none of this hall", in->counter);
    if (is_far)
        return actor_refuse(error, -EINVAL, "happened: not to come, and at most a year ago");
    if (in->rating && !store_value(store, 0, "SELECT 1 FROM rating WHERE id = ?", "s", in->rating))
        return actor_refuse(error, -EINVAL, "rating: there is none with this id");
    if (actor_is_staff(in->staff_number, actor->staff))
        return actor_refuse(error, -EACCES, "whoever is named does not take it down");
    return 0;
}

// The camera that saw it, or NULL.
static const char *camera_of(const Hall *hall, const ComplaintInput *in)
{
    const ConfigCamera *camera = in->counter && in->happened_ms != STORE_NULL
                                     ? config_camera_of_counter(hall->config, in->counter)
                                     : NULL;
    return camera ? camera->id : NULL;
}

static int hold_clip(Store *store, const Hall *hall, const ComplaintInput *in)
{
    const char *camera = camera_of(hall, in);
    int64_t days = hall->config->storage.rating_hold_days;
    if (!camera)
        return 0;
    g_autofree char *ref = g_strconcat("complaint:", in->id, NULL);
    HoldInput hold = { .camera = camera,
                       .from_ms = in->happened_ms - BEFORE_MS,
                       .to_ms = in->happened_ms + AFTER_MS,
                       .reason = "complaint",
                       .ref = ref,
                       .who = HOLD_SYSTEM,
                       .until_ms = days ? in->now_ms + days * DAY_MS : STORE_NULL,
                       .now_ms = in->now_ms };
    return hold_want(store, hall, &hold, NULL);
}

static int insert(Store *store, const Hall *hall, const ComplaintInput *in, const Actor *actor)
{
    const ConfigCounter *counter = in->counter ? config_counter(hall->config, in->counter) : NULL;
    const char *camera = camera_of(hall, in);
    int64_t number = store_value(store, 1, "SELECT max(number) + 1 FROM complaint", "");
    Deadline due = deadline_in(hall, in->now_ms, hall->config->rules.complaint_assign_days);
    return store_exec(
        store,
        "INSERT INTO complaint(id, number, category, channel, counter, counter_name, unit, item,"
        " staff_number, staff_name, text, photo, happened_at, rating, taken_by, created_at, camera,"
        " clip_from, clip_to, state, is_open, round, since_at, due_at, is_provisional, is_late,"
        " next_notice_at, publication)"
        " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,1,1,?,?,?,0,?,?)",
        "sissssssssssnssisnnsiniis", in->id, MAX(number, 1), in->category, in->channel, in->counter,
        counter ? counter->name : NULL, in->unit, in->item, in->staff_number, in->staff_name,
        in->text, in->photo, in->happened_ms, in->rating, actor->user, in->now_ms, camera,
        camera ? in->happened_ms - BEFORE_MS : STORE_NULL,
        camera ? in->happened_ms + AFTER_MS : STORE_NULL, states[RECEIVED].name, in->now_ms,
        due.due_ms, (int64_t)due.is_provisional, deadline_notice(hall, &due, in->now_ms),
        publications[NONE]);
}

static int claim_photo(Store *store, const ComplaintInput *in, const Actor *actor, char *error)
{
    if (!in->photo)
        return 0;
    g_autofree char *ref = g_strconcat("complaint:", in->id, NULL);
    int err = attachment_claim(store, in->photo, actor->user, ref);
    if (err == -ENOENT || err == -EEXIST)
        return actor_refuse(error, -EINVAL, "photo: %s",
                            err == -ENOENT ? "there is no such picture of yours; send it first"
                                           : "this picture belongs to another thing");
    return err;
}

static int keep_person(Store *store, const Hall *hall, const ComplaintInput *in)
{
    if (!in->person)
        return 0;
    g_autofree char *subject = g_strconcat("complaint:", in->id, NULL);
    return MIN(0, person_put(store, hall, subject, in->person, in->now_ms));
}

// 1: it is known, of this person; 0: not known.
static int find_known(Store *store, const ComplaintInput *in, const Actor *actor, char *error)
{
    g_autoptr(StoreQuery) query = store_query(
        store, "SELECT taken_by = ? FROM complaint WHERE id = ?", "ss", actor->user, in->id);
    if (!store_step(query))
        return store_query_result(query);
    return store_int(query, 0) ? 1 : actor_refuse(error, -EEXIST, "id: another complaint has it");
}

int complaint_take(Store *store, const Hall *hall, const ComplaintInput *input, const Actor *actor,
                   bool *ret_is_new, char *error)
{
    int known = find_known(store, input, actor, error);
    *ret_is_new = known == 0;
    if (known != 0)
        return MIN(known, 0);
    int err = check_new(hall, store, input, actor, error);
    if (err == 0)
        err = claim_photo(store, input, actor, error);
    if (err == 0)
        err = MIN(0, insert(store, hall, input, actor));
    if (err == 0)
        err = keep_person(store, hall, input);
    if (err == 0)
        err = hold_clip(store, hall, input);
    if (err == 0)
        note(hall, input->id);
    return err;
}

// --- steps

// The row of the table; -1: none.
static int find_transition(const char *action, const char *choice, State from,
                           Publication published)
{
    for (size_t i = 0; i < G_N_ELEMENTS(transitions); i++)
        if (strcmp(transitions[i].action, action) == 0 &&
            g_strcmp0(transitions[i].choice, choice) == 0 && (transitions[i].from & IN(from)) &&
            (transitions[i].published & IN(published)))
            return (int)i;
    return -1;
}

static int check_actor(const Head *head, unsigned wants, const Actor *actor, char *error)
{
    if (actor_is_staff(head->staff, actor->staff))
        return actor_refuse(error, -EACCES, "whoever is named takes no part in it");
    if (!actor->is_director && (wants & DIRECTOR))
        return actor_refuse(error, -EACCES, "a director does this");
    if (!actor->is_director && g_strcmp0(head->owner, actor->user) != 0)
        return actor_refuse(error, -EACCES, "who sees to it, or a director, does this");
    return wants & SECOND ? actor_check_second(actor, head->proposed_by, "proposed it", error) : 0;
}

// Telephone and id numbers stand out by their length; full width digits count as well.
static bool has_number(const char *text)
{
    int run = 0;
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        run = g_unichar_isdigit(g_utf8_get_char(at)) ? run + 1 : 0;
        if (run > DIGITS_MAX)
            return true;
    }
    return false;
}

static bool has_name(const char *text, const char *name)
{
    return name && *name && strstr(text, name);
}

// What a masked text must not say any more: who is named, and who complained.
static int check_masked(Store *store, const Hall *hall, const Head *head, const char *text,
                        char *error)
{
    g_auto(Person) person = { 0 };
    g_autofree char *subject = g_strconcat("complaint:", head->id, NULL);
    (void)person_open(store, hall, subject, &person); // none, or erased: nothing to find
    if (has_name(text, head->staff_name) || has_name(text, person.name))
        return actor_refuse(error, -EINVAL, "the text still names a person: mask the name");
    if (has_number(text))
        return actor_refuse(error, -EINVAL, "the text still has a long number: mask it");
    return 0;
}

static int check_public(Store *store, const Hall *hall, const Head *head, const ComplaintStep *step,
                        char *error)
{
    if (!step->public_text || !*step->public_text || !step->public_answer || !*step->public_answer)
        return actor_refuse(error, -EINVAL, "text and answer are wanted, as the public may read");
    int err = check_masked(store, hall, head, step->public_text, error);
    return err < 0 ? err : check_masked(store, hall, head, step->public_answer, error);
}

static int check_step(Store *store, const Hall *hall, const Head *head, const ComplaintStep *step,
                      unsigned wants, char *error)
{
    if ((wants & WHY) && (!step->why || !*step->why))
        return actor_refuse(error, -EINVAL, "\"%s\" needs words in why", step->action);
    if (step->why && strlen(step->why) > COMPLAINT_WHY_MAX)
        return actor_refuse(error, -EINVAL, "why is too long");
    if ((wants & OWNER) && (!step->owner || !*step->owner))
        return actor_refuse(error, -EINVAL, "\"%s\" needs a user in owner", step->action);
    if ((wants & OWNER) && actor_is_staff(head->staff, step->owner_staff))
        return actor_refuse(error, -EACCES, "%s is named and takes no part in it", step->owner);
    if ((wants & RATING) &&
        (!step->rating ||
         !store_value(store, 0, "SELECT 1 FROM rating WHERE id = ?", "s", step->rating)))
        return actor_refuse(error, -EINVAL, "rating: the id of one is wanted");
    return wants & TEXT ? check_public(store, hall, head, step, error) : 0;
}

static void set_text(char **text, const char *value)
{
    char *copy = g_strdup(value);
    g_free(*text);
    *text = copy;
}

static void follow_due(const Hall *hall, Head *head, DueRule rule, int64_t now_ms)
{
    const int days[] = { [DUE_ASSIGN] = hall->config->rules.complaint_assign_days,
                         [DUE_ANSWER] = hall->config->rules.complaint_answer_days,
                         [DUE_CLOSE] = hall->config->rules.complaint_close_days };
    if (rule == DUE_NONE)
        head->deadline = DEADLINE_NONE;
    else if (rule != DUE_SAME)
        head->deadline = deadline_in(hall, now_ms, days[rule]);
}

// What a step changes besides the two switches.
static void follow_step(Head *head, const ComplaintStep *step, unsigned wants, const Actor *actor)
{
    if (wants & OWNER)
        set_text(&head->owner, step->owner);
    else if (wants & RATING)
        set_text(&head->rating, step->rating);
    else if (strcmp(step->action, "answer") == 0)
        set_text(&head->answer, step->why);
    else if (strcmp(step->action, "reopen") == 0)
        head->round++;
    else if (wants & TEXT) {
        set_text(&head->public_text, step->public_text);
        set_text(&head->public_answer, step->public_answer);
    }
    if (wants & FIRST)
        set_text(&head->proposed_by, actor->user);
}

static void set_publication(Head *head, int publication, int64_t now_ms)
{
    if (publication == STAYS)
        return;
    head->publication = (Publication)publication;
    head->published_ms = publication == PUBLISHED ? now_ms : STORE_NULL;
    if (publication == NONE) {
        set_text(&head->public_text, NULL);
        set_text(&head->public_answer, NULL);
        set_text(&head->proposed_by, NULL);
    }
}

static int keep(Store *store, const Hall *hall, const Head *head, int64_t now_ms)
{
    bool is_open = states[head->state].is_open;
    return MIN(0,
               store_exec(store,
                          "UPDATE complaint SET state = ?1, is_open = ?2, owner = ?3, round = ?4,"
                          " since_at = iif(state = ?1, since_at, ?5), due_at = ?6,"
                          " is_provisional = ?7, is_late = ?8, next_notice_at = ?9, answer = ?10,"
                          " closed_at = iif(?2, NULL, coalesce(closed_at, ?5)), rating = ?11,"
                          " publication = ?12, public_text = ?13, public_answer = ?14,"
                          " proposed_by = ?15, published_at = ?16 WHERE id = ?17",
                          "sisiiniinssssssns", states[head->state].name, (int64_t)is_open,
                          head->owner, head->round, now_ms, head->deadline.due_ms,
                          (int64_t)head->deadline.is_provisional, (int64_t)head->is_late,
                          deadline_notice(hall, &head->deadline, now_ms), head->answer,
                          head->rating, publications[head->publication], head->public_text,
                          head->public_answer, head->proposed_by, head->published_ms, head->id));
}

static int add_step(Store *store, const Head *head, const ComplaintStep *step, State from,
                    int64_t due_ms, bool is_late, const Actor *actor, int64_t now_ms)
{
    g_autofree char *masked =
        step->public_text ? g_strconcat(step->public_text, "\n", step->public_answer, NULL) : NULL;
    return step_add(store, STEP_COMPLAINT, head->id,
                    &(StepInput){ .user = actor->user,
                                  .action = step->action,
                                  .choice = step->owner    ? step->owner
                                            : step->rating ? step->rating
                                                           : step->choice,
                                  .from = states[from].name,
                                  .to = states[head->state].name,
                                  .why = masked ? masked : step->why,
                                  .now_ms = now_ms,
                                  .due_ms = due_ms,
                                  .is_late = is_late });
}

static int tell(Store *store, const Hall *hall, const Head *head, int64_t now_ms)
{
    g_autofree char *subject = g_strconcat("complaint:", head->id, NULL);
    g_autofree char *id = g_strdup_printf("%s.%" PRId64, head->id, now_ms);
    NotifyInput input = { .event = "complaint_assigned",
                          .id = id,
                          .subject = subject,
                          .due_ms = head->deadline.due_ms,
                          .now_ms = now_ms };
    return notify(store, hall, &input);
}

static State state_after(Store *store, const Head *head, int to)
{
    if (to == STAYS)
        return head->state;
    if (to != BEFORE)
        return (State)to;
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT from_state FROM complaint_step WHERE complaint = ? AND action = 'refuse'"
        " ORDER BY id DESC LIMIT 1",
        "s", head->id);
    int before = store_step(query) ? state_of(store_text(query, 0)) : -1;
    return before < 0 ? RECEIVED : (State)before;
}

static int take_step(Store *store, const Hall *hall, Head *head, const ComplaintStep *step, int row,
                     const Actor *actor, int64_t now_ms)
{
    State from = head->state;
    int64_t due_ms = head->deadline.due_ms;
    bool is_end = transitions[row].to != STAYS;
    bool is_late = is_end && deadline_is_over(&head->deadline, now_ms);
    head->is_late |= is_late;
    head->state = state_after(store, head, transitions[row].to);
    follow_step(head, step, transitions[row].wants, actor);
    set_publication(head, transitions[row].publication, now_ms);
    follow_due(hall, head, transitions[row].due, now_ms);
    int err = add_step(store, head, step, from, due_ms, is_late, actor, now_ms);
    if (err == 0)
        err = keep(store, hall, head, now_ms);
    if (err == 0 && is_end)
        err = deadline_met(store, hall, &deadlines, head->id, now_ms);
    if (err == 0 && strcmp(step->action, "assign") == 0)
        err = tell(store, hall, head, now_ms);
    if (err == 0)
        note(hall, head->id);
    return err;
}

int complaint_act(Store *store, const Hall *hall, const char *id, const ComplaintStep *step,
                  const Actor *actor, int64_t now_ms, char *error)
{
    g_auto(Head) head = { 0 };
    int err = load(store, id, &head);
    if (err < 0)
        return err;
    int row = find_transition(step->action, step->choice, head.state, head.publication);
    if (row < 0)
        return actor_refuse(error, -EEXIST,
                            "\"%.40s%s%.40s\" is not possible for a complaint that is %s (%s)",
                            step->action, step->choice ? " " : "", step->choice ? step->choice : "",
                            states[head.state].name, publications[head.publication]);
    err = check_actor(&head, transitions[row].wants, actor, error);
    if (err == 0)
        err = check_step(store, hall, &head, step, transitions[row].wants, error);
    return err < 0 ? err : take_step(store, hall, &head, step, row, actor, now_ms);
}

int complaint_sweep(Store *store, const Hall *hall, int64_t now_ms)
{
    return deadline_sweep(store, hall, &deadlines, now_ms);
}

int64_t complaint_next(Store *store)
{
    return deadline_next(store, &deadlines);
}

// --- what may be done

static void offer(json_t *actions, size_t row)
{
    unsigned wants = transitions[row].wants;
    json_t *action = step_offer(actions, &(StepOffer){ .action = transitions[row].action,
                                                       .choice = transitions[row].choice,
                                                       .wants_why = wants & WHY,
                                                       .wants_second = wants & SECOND,
                                                       .wants_owner = wants & OWNER });
    json_object_set_new(action, "wants_rating", json_boolean(wants & RATING));
    json_object_set_new(action, "wants_text", json_boolean(wants & TEXT));
}

json_t *complaint_actions(const char *state, const char *publication, const char *owner,
                          const char *proposed_by, const Actor *actor)
{
    json_t *actions = json_array();
    int from = state_of(state), published = publication_of(publication);
    Head head = { .owner = (char *)owner, .proposed_by = (char *)proposed_by };
    char error[ACTOR_ERROR_SIZE];
    for (size_t i = 0; from >= 0 && published >= 0 && i < G_N_ELEMENTS(transitions); i++) {
        if ((transitions[i].from & IN(from)) && (transitions[i].published & IN(published)) &&
            check_actor(&head, transitions[i].wants, actor, error) == 0)
            offer(actions, i);
    }
    return actions;
}
