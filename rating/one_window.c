// SPDX-License-Identifier: Apache-2.0
#include "rating/one_window.h"

#include "base/clock.h"
#include "base/seal.h"
#include "rating/case.h"
#include "rating/data.h"
#include "rating/flag.h"
#include "rating/person.h"
#include "rating/shape.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { KEYS_MAX = 200, SHOWN_MAX = 300, WAITING_MAX = 500, SWEEP_STEP = 5000, RAW_MAX = 4096 };

#define DAY_MS (24 * INT64_C(3600000))
// Two systems write the same moment by clocks of their own.
#define SAME_MS INT64_C(60000)
#define HIDDEN  "***"

static const char *const state_names[] = {
    [ONE_WINDOW_TAKEN] = "taken",
    [ONE_WINDOW_WAITING] = "waiting",
    [ONE_WINDOW_CONTRADICTED] = "contradicted",
    [ONE_WINDOW_REFUSED] = "refused",
};

const char *one_window_state_name(OneWindowState state)
{
    return state_names[state];
}

static OneWindowState state_of(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(state_names); i++)
        if (strcmp(state_names[i], name) == 0)
            return (OneWindowState)i;
    return ONE_WINDOW_REFUSED;
}

// --- reading a message

struct OneWindowMessage {
    OneWindowCall call;
    const char *number; // of facts; NULL: none
    json_t *facts;      // NULL: it could not be read
    char *text;         // as it came, in one form: keys in order, no blanks
    char *shown;        // what may stand in the clear
    char mark[SEAL_MARK_SIZE];
    char error[ONE_WINDOW_ERROR_SIZE]; // empty: well
};

// What is told of persons, and how its mask is made; NULL: it is not shown.
static const struct {
    const char *fact;
    char *(*mask)(const char *text);
} personal[] = {
    { "applicant", person_mask_name },
    { "phone", person_mask_phone },
    { "id_number", NULL },
};

static char *masked(const char *source, const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(personal); i++)
        if (strcmp(personal[i].fact, source) == 0)
            return personal[i].mask ? personal[i].mask(text) : g_strdup(HIDDEN);
    glong n = g_utf8_strlen(text, -1);
    return n > SHOWN_MAX ? g_utf8_substring(text, 0, SHOWN_MAX) : g_strdup(text);
}

// What nobody has said to be harmless is not shown.
static json_t *shown_value(const Profile *profile, const char *key, const json_t *value)
{
    const char *source = profile_source(profile, key);
    if (!source || json_is_object(value) || json_is_array(value))
        return json_is_null(value) ? json_null() : json_string(HIDDEN);
    if (!json_is_string(value) && strcmp(source, "phone") != 0 && strcmp(source, "id_number") != 0)
        return json_deep_copy(value);
    if (!json_is_string(value))
        return json_string(HIDDEN);
    g_autofree char *text = masked(source, json_string_value(value));
    return json_string(text ? text : HIDDEN);
}

static char *shown_text(const Profile *profile, json_t *record)
{
    json_t *shown = json_object(), *value;
    const char *key;
    json_object_foreach(record, key, value)
        json_object_set_new(shown, key, shown_value(profile, key, value));
    char *text = json_dumps(shown, JSON_COMPACT);
    json_decref(shown);
    return text;
}

static void read_record(OneWindowMessage *message, const Profile *profile, json_t *record)
{
    if (json_object_size(record) > KEYS_MAX) {
        snprintf(message->error, ONE_WINDOW_ERROR_SIZE, "字段过多 / more than %d fields", KEYS_MAX);
        return;
    }
    message->facts = profile_facts(profile, record);
    message->shown = shown_text(profile, record);
    message->text = json_dumps(record, JSON_COMPACT | JSON_SORT_KEYS);
    message->number = one_window_number(profile, message->facts, message->error);
}

OneWindowMessage *one_window_message_new(const Profile *profile, const SealKey *seal,
                                         OneWindowCall call, const char *bytes, size_t size)
{
    OneWindowMessage *message = g_new0(OneWindowMessage, 1);
    char error[200] = "";
    json_t *record = fields_parse(bytes, size, ONE_WINDOW_BYTES_MAX, error);
    message->call = call;
    if (record)
        read_record(message, profile, record);
    else
        snprintf(message->error, ONE_WINDOW_ERROR_SIZE, "报文应为一个 JSON 对象 / %s", error);
    if (!message->text)
        message->text = g_utf8_make_valid(bytes, (gssize)MIN(size, RAW_MAX));
    if (!message->shown)
        message->shown = g_strdup("{}");
    g_autofree char *named = g_strjoin("\n", one_window_call_name(call), message->text, NULL);
    seal_mark(seal, named, message->mark);
    json_decref(record);
    return message;
}

void one_window_message_free(OneWindowMessage *message)
{
    if (!message)
        return;
    json_decref(message->facts);
    g_free(message->text);
    g_free(message->shown);
    g_free(message);
}

Profile *one_window_profile(const Config *config)
{
    return profile_new(data_one_window_profiles, config->one_window.profile);
}

// --- telling it

// One message on its way into the case.
typedef struct {
    Store *store;
    const Hall *hall;
    const Profile *profile;
    OneWindowCall call;
    const char *number;
    const json_t *facts;
    int64_t now_ms;
    OneWindowState state;
    char *why; // ONE_WINDOW_ERROR_SIZE
} Telling;

static void say(Telling *t, const char *text)
{
    g_strlcpy(t->why, text, ONE_WINDOW_ERROR_SIZE);
    char *end;
    if (!g_utf8_validate(t->why, -1, (const char **)&end))
        *end = '\0';
}

// Nothing is overwritten: both versions become a clue, once for each thing of a case.
static int contradict(Telling *t, const char *what, json_t *take_kept, json_t *take_other)
{
    g_autofree char *subject = g_strdup_printf("case:%s:%s", t->number, what);
    g_autofree char *why = g_strdup_printf("%s与此前报送的不一致，未覆盖原记录，已作为线索请大厅核"
                                           "实 / contradicts what was sent before: kept "
                                           "as a clue, nothing was overwritten",
                                           one_window_words(what));
    json_t *evidence =
        json_pack("{s:s, s:s, s:o, s:o}", "what", what, "call", one_window_call_name(t->call),
                  "kept", take_kept, "other", take_other);
    FlagInput flag = { .kind = "case_contradiction",
                       .subject = subject,
                       .case_number = t->number,
                       .evidence = evidence,
                       .raised_ms = t->now_ms };
    int raised = flag_raise(t->store, t->hall, &flag, NULL);
    json_decref(evidence);
    t->state = ONE_WINDOW_CONTRADICTED;
    say(t, why);
    return MIN(raised, 0);
}

static int refuse(Telling *t, const char *why)
{
    t->state = ONE_WINDOW_REFUSED;
    say(t, why);
    return 0;
}

#define END_KINDS "('finished','refused','returned','withdrawn')"

static bool is_end(const char *kind)
{
    static const char *const ends[] = { "finished", "refused", "returned", "withdrawn", NULL };
    return g_strv_contains(ends, kind);
}

// Not accepted and sent back are one outcome, told by different systems.
static int outcome_of(const char *kind)
{
    return strcmp(kind, "finished") == 0 ? 0 : strcmp(kind, "withdrawn") == 0 ? 1 : 2;
}

static const char *event_text(const json_t *event, const char *key)
{
    return json_string_value(json_object_get(event, key));
}

static int64_t event_time(const json_t *event)
{
    return json_integer_value(json_object_get(event, "at"));
}

static bool is_same_moment(int64_t a, int64_t b)
{
    return (a > b ? a - b : b - a) <= SAME_MS;
}

// An event as evidence shows it: nobody's name and no free text.
static json_t *version(const char *kind, int64_t at_ms, const char *node)
{
    return json_pack("{s:s, s:o, s:s?}", "kind", kind, "at", shape_time(at_ms), "node", node);
}

static json_t *version_of(const json_t *event)
{
    return version(event_text(event, "kind"), event_time(event), event_text(event, "node"));
}

// 1: it contradicts and was told so; 0: it does not; negative errno.
static int check_acceptance(Telling *t, const json_t *event)
{
    const char *unit = event_text(event, "unit");
    g_autoptr(StoreQuery) query = store_query(
        t->store,
        "SELECT at, node FROM case_event WHERE case_number = ?1 AND kind = 'accepted' AND id <> ?2"
        " AND (unit IS NULL OR ?3 IS NULL OR unit = ?3)"
        " UNION ALL SELECT declared_accepted_at, NULL FROM case_file WHERE number = ?1"
        "  AND declared_accepted_at IS NOT NULL LIMIT 1",
        "sss", t->number, event_text(event, "id"), unit);
    if (!store_step(query))
        return store_query_result(query);
    int64_t at_ms = store_int(query, 0);
    if (is_same_moment(at_ms, event_time(event)))
        return 0;
    json_t *kept = version("accepted", at_ms, store_text(query, 1));
    int err = contradict(t, "accepted_at", kept, version_of(event));
    return err < 0 ? err : 1;
}

static int check_end(Telling *t, const json_t *event)
{
    g_autoptr(StoreQuery) query = store_query(
        t->store,
        "SELECT kind, at, node FROM case_event WHERE case_number = ?1 AND kind IN " END_KINDS
        " AND id <> ?2 ORDER BY at",
        "ss", t->number, event_text(event, "id"));
    while (store_step(query)) {
        if (outcome_of(store_text(query, 0)) == outcome_of(event_text(event, "kind")))
            continue;
        json_t *kept = version(store_text(query, 0), store_int(query, 1), store_text(query, 2));
        int err = contradict(t, "result", kept, version_of(event));
        return err < 0 ? err : 1;
    }
    return store_query_result(query);
}

// A step after the end, whichever of both is told later. It is kept as an event: it changes nothing
// any more.
static int check_order(Telling *t, const json_t *event)
{
    bool ends = is_end(event_text(event, "kind"));
    const char *sql =
        ends ? "SELECT kind, at, node FROM case_event WHERE case_number = ?1 AND at > ?2"
               " AND kind NOT IN ('finished','refused','returned','withdrawn','picked_up')"
               " ORDER BY at LIMIT 1"
             : "SELECT kind, at, node FROM case_event WHERE case_number = ?1 AND at < ?2"
               " AND kind IN " END_KINDS " ORDER BY at LIMIT 1";
    int64_t limit_ms = event_time(event) + (ends ? SAME_MS : -SAME_MS);
    g_autoptr(StoreQuery) query = store_query(t->store, sql, "si", t->number, limit_ms);
    if (!store_step(query))
        return store_query_result(query);
    return contradict(t, "after_end",
                      version(store_text(query, 0), store_int(query, 1), store_text(query, 2)),
                      version_of(event));
}

// The same step with other content: what was told first stands. Words alone are no contradiction.
static int compare_step(Telling *t, const json_t *event)
{
    int64_t days = json_integer_value(json_object_get(event, "days"));
    g_autoptr(StoreQuery) query =
        store_query(t->store,
                    "SELECT kind, at, node, coalesce(days, 0), result FROM case_event"
                    " WHERE case_number = ? AND id = ?",
                    "ss", t->number, event_text(event, "id"));
    if (!store_step(query))
        return store_query_result(query);
    const char *kind = store_text(query, 0);
    if (strcmp(kind, event_text(event, "kind")) == 0 && store_int(query, 3) == days &&
        is_same_moment(store_int(query, 1), event_time(event)) &&
        g_strcmp0(store_text(query, 4), event_text(event, "result")) == 0) {
        say(t,
            "此前已报送，仅文字不同，保留先到的 / known; only words differ, the first ones stay");
        return 0;
    }
    const char *what = t->call == ONE_WINDOW_BASIC ? "filed_at" : is_end(kind) ? "result" : "step";
    return contradict(t, what, version(kind, store_int(query, 1), store_text(query, 2)),
                      version_of(event));
}

static int add_event(Telling *t, json_t *event)
{
    char error[200] = "";
    CaseOutcome outcome;
    int err = case_add_event(t->store, t->hall, t->number, event, t->now_ms, &outcome, error);
    if (err == -EEXIST)
        return compare_step(t, event);
    if (err == -EINVAL)
        return refuse(t, error);
    return err < 0 || outcome == EVENT_KNOWN ? err : check_order(t, event);
}

static int tell_event(Telling *t, json_t *event)
{
    const char *kind = event_text(event, "kind");
    int contradicts = strcmp(kind, "accepted") == 0 ? check_acceptance(t, event)
                      : is_end(kind)                ? check_end(t, event)
                                                    : 0;
    if (contradicts < 0)
        return contradicts;
    return contradicts ? 0 : add_event(t, event);
}

static int tell_events(Telling *t, json_t *events)
{
    json_t *event;
    size_t i;
    int err = 0;
    json_array_foreach(events, i, event)
    {
        if (err == 0 && t->state != ONE_WINDOW_REFUSED)
            err = tell_event(t, event);
    }
    return err;
}

// --- the case itself

// What a case's head may not be changed in by a second telling.
static const struct {
    const char *column, *key, *what;
} heads[] = {
    { "limit_days", "limit_days", "limit_days" },
    { "statutory_days", "statutory_days", "statutory_days" },
    { "kind", "kind", "kind" },
    { "unit", "unit", "unit" },
};

static int check_head(Telling *t, json_t *body, const json_t *known, size_t i)
{
    const json_t *kept = json_object_get(known, heads[i].column);
    json_t *other = json_object_get(body, heads[i].key);
    if (!other || json_is_null(kept) || json_equal(kept, other))
        return 0;
    int err = contradict(t, heads[i].what, json_deep_copy(kept), json_deep_copy(other));
    json_object_del(body, heads[i].key);
    return err;
}

static int check_item(Telling *t, json_t *body, const json_t *known)
{
    const json_t *item = json_object_get(body, "item");
    const char *code = json_string_value(json_object_get(item, "code"));
    const char *kept = json_string_value(json_object_get(known, "item_code"));
    if (g_strcmp0(code, kept) == 0)
        return 0;
    int err = contradict(t, "item_code", json_string(kept), json_string(code));
    json_object_del(body, "item");
    return err;
}

// Takes out of the body what contradicts the known case.
static int check_heads(Telling *t, json_t *body)
{
    g_autoptr(StoreQuery) query = store_query(
        t->store,
        "SELECT item_code, unit, kind, limit_days, statutory_days FROM case_file WHERE number = ?",
        "s", t->number);
    if (!store_step(query))
        return store_query_result(query);
    json_t *known = store_row_json(query);
    int err = check_item(t, body, known);
    for (size_t i = 0; err == 0 && i < G_N_ELEMENTS(heads); i++)
        err = check_head(t, body, known, i);
    json_decref(known);
    return err;
}

static int tell_case(Telling *t)
{
    char error[ONE_WINDOW_ERROR_SIZE];
    g_autofree char *note = NULL;
    CaseOutcome outcome;
    json_t *body = one_window_case(t->profile, t->facts, &note, error);
    if (!body)
        return refuse(t, error);
    if (note)
        say(t, note);
    int err = check_heads(t, body);
    if (err == 0)
        err = case_put(t->store, t->hall, t->number, body, t->now_ms, &outcome, error);
    json_decref(body);
    return err == -EINVAL ? refuse(t, error) : err;
}

static bool is_known(Store *store, const char *number)
{
    return store_value(store, 0, "SELECT 1 FROM case_file WHERE number = ?", "s", number) != 0;
}

static int tell_or_wait(Telling *t, json_t *events)
{
    if (is_known(t->store, t->number))
        return tell_events(t, events);
    t->state = ONE_WINDOW_WAITING;
    say(t, "尚未收到该办件的基本信息（receiveBasicInfo），报文已保存，收到后自动补记 / kept until "
           "receiveBasicInfo of this case has come");
    return 0;
}

// What is wrong is said at once, also of what would wait.
static int tell(Telling *t)
{
    char error[ONE_WINDOW_ERROR_SIZE];
    json_t *events = one_window_events(t->call, t->profile, t->facts, error);
    if (!events)
        return refuse(t, error);
    t->state = ONE_WINDOW_TAKEN;
    int err = t->call == ONE_WINDOW_BASIC ? tell_case(t) : 0;
    if (err == 0 && t->state != ONE_WINDOW_REFUSED)
        err = tell_or_wait(t, events);
    json_decref(events);
    return err;
}

// Undone alone where it is refused.
static int tell_alone(Telling *t)
{
    int err = store_script(t->store, "SAVEPOINT one_window");
    if (err == 0)
        err = tell(t);
    if (err == 0 && t->state == ONE_WINDOW_REFUSED)
        err = store_script(t->store, "ROLLBACK TO one_window");
    return err == 0 ? store_script(t->store, "RELEASE one_window") : err;
}

// --- keeping it

static char *seal_place(const char *mark)
{
    return g_strconcat("one-window ", mark, NULL);
}

static void note(const Hall *hall, int64_t id)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, id);
    if (hall->changed)
        hall->changed(hall->ctx, "one_window", text);
}

// A new row, or, where it was refused before, that one as if it came now.
static int keep(Store *store, const Hall *hall, const OneWindowMessage *message, const char *sender,
                int64_t now_ms, OneWindowAnswer *answer)
{
    size_t size = 0;
    g_autofree char *place = seal_place(message->mark);
    g_autofree uint8_t *sealed = seal_close(hall->seal, place, message->text, &size);
    int err = store_exec(
        store,
        "INSERT INTO one_window_message(mark, call, case_number, sender, received_at, last_at,"
        " times, state, why, shown, sealed) VALUES(?1, ?2, ?3, ?4, ?5, ?5, 1, ?6, ?7, ?8, ?9)"
        " ON CONFLICT(mark) DO UPDATE SET received_at = ?5, last_at = ?5, times = times + 1, state "
        "= ?6, why = ?7,"
        " shown = ?8, sealed = ?9",
        "ssssisssb", message->mark, one_window_call_name(message->call), message->number, sender,
        now_ms, state_names[answer->state], answer->why[0] ? answer->why : NULL, message->shown,
        sealed, size);
    if (err < 0)
        return err;
    if (answer->id == 0)
        answer->id = store_value(store, 0, "SELECT last_insert_rowid()", "");
    note(hall, answer->id);
    return 0;
}

static int count_again(Store *store, const Hall *hall, int64_t id, int64_t now_ms)
{
    int err = store_exec(store,
                         "UPDATE one_window_message SET last_at = ?2, times = times + 1"
                         " WHERE id = ?1",
                         "ii", id, now_ms);
    note(hall, id);
    return MIN(err, 0);
}

// True: it came before, and its answer stands.
static bool find(Store *store, const OneWindowMessage *message, OneWindowAnswer *answer)
{
    g_autoptr(StoreQuery) query = store_query(
        store, "SELECT id, state, why FROM one_window_message WHERE mark = ?", "s", message->mark);
    if (!store_step(query))
        return false;
    answer->id = store_int(query, 0);
    answer->state = state_of(store_text(query, 1));
    if (store_text(query, 2))
        g_strlcpy(answer->why, store_text(query, 2), sizeof answer->why);
    return answer->state != ONE_WINDOW_REFUSED;
}

static int tell_message(Store *store, const Hall *hall, const Profile *profile,
                        const OneWindowMessage *message, int64_t now_ms, OneWindowAnswer *answer)
{
    Telling telling = { .store = store,
                        .hall = hall,
                        .profile = profile,
                        .call = message->call,
                        .number = message->number,
                        .facts = message->facts,
                        .now_ms = now_ms,
                        .why = answer->why };
    answer->why[0] = '\0';
    int err = message->error[0] ? refuse(&telling, message->error) : tell_alone(&telling);
    answer->state = telling.state;
    return err;
}

int one_window_take(Store *store, const Hall *hall, const Profile *profile,
                    const OneWindowMessage *message, const char *sender, int64_t now_ms,
                    OneWindowAnswer *ret_answer)
{
    *ret_answer = (OneWindowAnswer){ 0 };
    if (!hall->seal)
        return -ENOKEY;
    if (find(store, message, ret_answer))
        return count_again(store, hall, ret_answer->id, now_ms);
    int err = tell_message(store, hall, profile, message, now_ms, ret_answer);
    return err < 0 ? err : keep(store, hall, message, sender, now_ms, ret_answer);
}

// --- what waited

typedef struct {
    int64_t id;
    OneWindowCall call;
    char *text; // NULL: it cannot be opened any more
} Waiting;

static void waiting_free(gpointer data)
{
    Waiting *waiting = data;
    g_free(waiting->text);
    g_free(waiting);
}

static GPtrArray *find_waiting(Store *store, const Hall *hall, const char *number)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(waiting_free);
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT id, call, mark, sealed FROM one_window_message WHERE case_number = ?"
                    " AND state = 'waiting' ORDER BY id LIMIT ?",
                    "si", number, (int64_t)WAITING_MAX);
    while (store_step(query)) {
        Waiting *waiting = g_new0(Waiting, 1);
        size_t size = 0;
        const void *sealed = store_blob(query, 3, &size);
        g_autofree char *place = seal_place(store_text(query, 2));
        waiting->id = store_int(query, 0);
        one_window_call_parse(store_text(query, 1), &waiting->call);
        waiting->text = hall->seal && sealed ? seal_open(hall->seal, place, sealed, size) : NULL;
        g_ptr_array_add(found, waiting);
    }
    return found;
}

static int tell_waiting(Store *store, const Hall *hall, const Profile *profile,
                        const Waiting *waiting, int64_t now_ms)
{
    OneWindowAnswer answer = { .id = waiting->id, .state = ONE_WINDOW_REFUSED };
    g_strlcpy(answer.why, "报文已无法读取，请重新报送 / it cannot be read any more: send it again",
              sizeof answer.why);
    int err = 0;
    if (waiting->text) {
        g_autoptr(OneWindowMessage) message = one_window_message_new(
            profile, hall->seal, waiting->call, waiting->text, strlen(waiting->text));
        err = tell_message(store, hall, profile, message, now_ms, &answer);
    }
    if (err == 0)
        err = store_exec(store, "UPDATE one_window_message SET state = ?2, why = ?3 WHERE id = ?1",
                         "iss", answer.id, state_names[answer.state],
                         answer.why[0] ? answer.why : NULL);
    note(hall, answer.id);
    return MIN(err, 0);
}

int one_window_case_known(Store *store, const Hall *hall, const char *number, int64_t now_ms)
{
    g_autoptr(GPtrArray) waiting = find_waiting(store, hall, number);
    if (waiting->len == 0)
        return 0;
    g_autoptr(Profile) profile = one_window_profile(hall->config);
    int err = 0;
    for (guint i = 0; err == 0 && i < waiting->len; i++)
        err = tell_waiting(store, hall, profile, g_ptr_array_index(waiting, i), now_ms);
    return err;
}

// --- keeping it bounded

static int sweep_overflow(Store *store, const Hall *hall)
{
    int64_t last = store_value(
        store, -1, "SELECT id FROM one_window_message ORDER BY id DESC LIMIT 1 OFFSET ?", "i",
        (int64_t)hall->config->one_window.max_messages);
    return store_exec(store,
                      "DELETE FROM one_window_message WHERE id IN (SELECT id FROM"
                      " one_window_message WHERE id <= ? ORDER BY id LIMIT ?)",
                      "ii", last, (int64_t)SWEEP_STEP);
}

int one_window_sweep(Store *store, const Hall *hall, int64_t now_ms)
{
    const Config *config = hall->config;
    int64_t before_ms = now_ms - config->one_window.keep_days * DAY_MS;
    int64_t persons_ms = now_ms - config->rules.person_days * DAY_MS;
    int gone = store_exec(store,
                          "DELETE FROM one_window_message WHERE id IN (SELECT id FROM"
                          " one_window_message WHERE received_at < ? ORDER BY received_at LIMIT ?)",
                          "ii", before_ms, (int64_t)SWEEP_STEP);
    // What waits is read again when its case comes, and goes as a whole.
    int erased = gone < 0 ? gone
                          : store_exec(store,
                                       "UPDATE one_window_message SET sealed = NULL, shown = '{}'"
                                       " WHERE id IN (SELECT id FROM one_window_message"
                                       "  WHERE sealed IS NOT NULL AND received_at < ? LIMIT ?)",
                                       "ii", persons_ms, (int64_t)SWEEP_STEP);
    int over = erased < 0 ? erased : sweep_overflow(store, hall);
    return over < 0 ? over : gone + erased + over;
}
