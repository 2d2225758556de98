// SPDX-License-Identifier: Apache-2.0
#include "rating/person.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

enum {
    NAME_MAX_BYTES = 120,
    PHONE_MAX_BYTES = 60,
    ID_MIN = 5,
    ID_MAX = 20,
    TAIL = 4,
    HEAD = 3,
    DAY_MS = 24 * 60 * 60 * 1000
};

void person_done(Person *person)
{
    char **const texts[] = { &person->name, &person->phone, &person->phone_tail,
                             &person->id_number };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (*texts[i])
            sodium_memzero(*texts[i], strlen(*texts[i]));
        g_clear_pointer(texts[i], g_free);
    }
}

// --- telephone numbers

// After everything but digits and a leading + has gone. prefix: what begins it, with the number of
// digits that it may have in all.
static const struct {
    const char *prefix;
    char next_from, next_to; // the digit after it
    size_t min, max;
} phone_forms[] = {
    { "1", '3', '9', 11, 11 }, // mobile
    { "0", '1', '9', 10, 12 }, // area code and number
    { "+", '1', '9', 8, 16 },  // abroad
    { "", '2', '8', 7, 8 },    // of the same town
};

static bool is_phone(const char *digits)
{
    size_t n = strlen(digits);
    for (size_t i = 0; i < G_N_ELEMENTS(phone_forms); i++) {
        const char *prefix = phone_forms[i].prefix;
        size_t of_prefix = strlen(prefix);
        if (strncmp(digits, prefix, of_prefix) != 0)
            continue;
        char next = digits[of_prefix];
        return next >= phone_forms[i].next_from && next <= phone_forms[i].next_to &&
               n >= phone_forms[i].min && n <= phone_forms[i].max;
    }
    return false;
}

// Digits and a leading +; NULL: something else is in it.
static char *only_digits(const char *text)
{
    g_autofree char *plain = g_utf8_normalize(text, -1, G_NORMALIZE_ALL_COMPOSE); // ３ -> 3
    GString *digits = g_string_new(NULL);
    for (const char *c = plain ? plain : "?"; *c; c++) {
        if (g_ascii_isdigit(*c) || (*c == '+' && digits->len == 0))
            g_string_append_c(digits, *c);
        else if (!strchr(" -()", *c))
            return g_string_free(digits, TRUE);
    }
    return g_string_free(digits, FALSE);
}

char *person_phone(const char *text)
{
    static const char *const own[] = { "+86", "0086", "86" };
    g_autofree char *digits = only_digits(text);
    if (!digits)
        return NULL;
    const char *number = digits;
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++) {
        // A town's own number may begin with 86; with the prefix there are ten more digits.
        if (g_str_has_prefix(digits, own[i]) && strlen(digits) >= strlen(own[i]) + 10) {
            number = digits + strlen(own[i]);
            break;
        }
    }
    return is_phone(number) ? g_strdup(number) : NULL;
}

void person_check_phone(Fields *fields, const char *key, const char *phone)
{
    g_autofree char *number = phone ? person_phone(phone) : NULL;
    if (phone && !number && !fields->error[0])
        fields_fail(fields,
                    "%s: give the 11 digits of a mobile telephone (138...), or area code and "
                    "number (0537-1234567)",
                    key);
}

void person_check_id_number(Fields *fields, const char *key, const char *id_number)
{
    if (!id_number || fields->error[0])
        return;
    size_t n = strlen(id_number);
    if (n < ID_MIN || n > ID_MAX ||
        strspn(id_number, G_CSET_DIGITS G_CSET_A_2_Z G_CSET_a_2_z "-") != n)
        fields_fail(fields, "%s: %d to %d letters and digits, as the document has it", key, ID_MIN,
                    ID_MAX);
}

void person_read(Fields *fields, PersonInput *input)
{
    *input = (PersonInput){ .name = fields_text(fields, "name", NAME_MAX_BYTES),
                            .phone = fields_text_required(fields, "phone", PHONE_MAX_BYTES),
                            .id_number = fields_text(fields, "id_number", ID_MAX) };
    person_check_phone(fields, "phone", input->phone);
    person_check_id_number(fields, "id_number", input->id_number);
}

// --- masks

char *person_mask_name(const char *name)
{
    if (!name || !g_utf8_validate(name, -1, NULL))
        return NULL;
    glong n = g_utf8_strlen(name, -1);
    GString *masked = g_string_new(NULL);
    const char *c = name;
    for (glong i = 0; i < n; i++, c = g_utf8_next_char(c)) {
        bool shown = i == 0 || (i == n - 1 && n > 2);
        g_string_append_unichar(masked, shown ? g_utf8_get_char(c) : '*');
    }
    return g_string_free(masked, FALSE);
}

char *person_mask_phone(const char *phone)
{
    if (!phone)
        return NULL;
    size_t n = strlen(phone), head = n >= 10 ? HEAD : 0;
    char *masked = g_strdup(phone);
    for (size_t i = head; i + TAIL < n; i++)
        masked[i] = '*';
    return masked;
}

// --- writing

static char *seal_place(const char *subject)
{
    return g_strconcat("person ", subject, NULL);
}

static char *dup_field(json_t *object, const char *key)
{
    return g_strdup(json_string_value(json_object_get(object, key)));
}

static char *person_text(const Person *person)
{
    json_t *object =
        json_pack("{s:s*, s:s*, s:s*, s:s*}", "name", person->name, "phone", person->phone,
                  "phone_tail", person->phone_tail, "id_number", person->id_number);
    char *text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(object);
    return text;
}

// True: another one than before.
static bool take(char **text, const char *given)
{
    if (!given || g_strcmp0(*text, given) == 0)
        return false;
    g_free(*text);
    *text = g_strdup(given);
    return true;
}

static bool merge(Person *person, const PersonInput *input)
{
    g_autofree char *phone = input->phone ? person_phone(input->phone) : NULL;
    // A number that came by another way than person_check_phone is kept as it is.
    const char *number = phone ? phone : input->phone;
    bool is_new = take(&person->name, input->name);
    is_new |= take(&person->phone, number);
    is_new |= !person->phone && take(&person->phone_tail, input->phone_tail);
    is_new |= take(&person->id_number, input->id_number);
    return is_new;
}

static char *phone_mask(const Person *person)
{
    if (person->phone)
        return person_mask_phone(person->phone);
    return person->phone_tail ? g_strconcat("*******", person->phone_tail, NULL) : NULL;
}

static int write_row(Store *store, const Hall *hall, const char *subject, const Person *person,
                     int64_t now_ms)
{
    char mark[SEAL_MARK_SIZE];
    size_t size = 0;
    g_autofree char *place = seal_place(subject), *text = person_text(person);
    g_autofree uint8_t *sealed = seal_close(hall->seal, place, text, &size);
    g_autofree char *name = person_mask_name(person->name), *phone = phone_mask(person);
    if (person->phone)
        seal_mark(hall->seal, person->phone, mark);
    sodium_memzero(text, strlen(text));
    int err = store_exec(
        store,
        "INSERT INTO person(subject, sealed, name_mask, phone_mask, phone_mark, created_at)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(subject) DO UPDATE SET sealed = ?2,"
        " name_mask = ?3, phone_mask = ?4, phone_mark = ?5, created_at = ?6, erased_at = NULL",
        "sbsssi", subject, sealed, size, name, phone, person->phone ? mark : NULL, now_ms);
    return MIN(err, 0);
}

int person_put(Store *store, const Hall *hall, const char *subject, const PersonInput *input,
               int64_t now_ms)
{
    if (!input->name && !input->phone && !input->phone_tail && !input->id_number)
        return 0;
    if (!hall->seal)
        return -ENOKEY;
    g_auto(Person) person = { 0 };
    int err = person_open(store, hall, subject, &person);
    // What cannot be opened any more is written anew.
    if (err < 0 && err != -ENOENT && err != -EBADMSG)
        return err;
    if (!merge(&person, input))
        return 0;
    err = write_row(store, hall, subject, &person, now_ms);
    return err < 0 ? err : 1;
}

int person_open(Store *store, const Hall *hall, const char *subject, Person *ret_person)
{
    *ret_person = (Person){ 0 };
    g_autoptr(StoreQuery) query = store_query(
        store, "SELECT sealed FROM person WHERE subject = ? AND sealed IS NOT NULL", "s", subject);
    if (!store_step(query))
        return store_query_result(query) < 0 ? store_query_result(query) : -ENOENT;
    if (!hall->seal)
        return -ENOKEY;
    size_t size = 0;
    const void *sealed = store_blob(query, 0, &size);
    g_autofree char *place = seal_place(subject);
    g_autofree char *text = seal_open(hall->seal, place, sealed, size);
    json_t *object = text ? json_loads(text, 0, NULL) : NULL;
    if (!object)
        return -EBADMSG;
    *ret_person = (Person){ dup_field(object, "name"), dup_field(object, "phone"),
                            dup_field(object, "phone_tail"), dup_field(object, "id_number") };
    sodium_memzero(text, strlen(text));
    json_decref(object);
    return 0;
}

// --- telling one by the last digits

// NULL: too short to have a tail.
static const char *tail_of(const char *text)
{
    size_t n = text ? strlen(text) : 0;
    return n >= PERSON_TAIL ? text + n - PERSON_TAIL : NULL;
}

static const char *known_tail(const Person *person)
{
    const char *phone = person->phone ? person->phone : person->phone_tail;
    return tail_of(phone ? phone : person->id_number);
}

// A person that nobody is: closed and opened at the cost at which a real one is.
static void open_nobody(const Hall *hall)
{
    static const char text[] = "{\"name\":\"-\",\"phone\":\"13800000000\"}";
    size_t size = 0;
    g_autofree uint8_t *sealed = seal_close(hall->seal, "nobody", text, &size);
    g_autofree char *opened = seal_open(hall->seal, "nobody", sealed, size);
    json_decref(opened ? json_loads(opened, 0, NULL) : NULL);
}

bool person_has_tail(Store *store, const Hall *hall, const char *subject, const char *tail)
{
    g_auto(Person) person = { 0 };
    if (!hall->seal)
        return false;
    if (person_open(store, hall, subject, &person) < 0)
        open_nobody(hall);
    const char *known = known_tail(&person);
    char own[PERSON_TAIL + 1] = "----", given[PERSON_TAIL + 1] = "????";
    if (known)
        memcpy(own, known, sizeof own);
    if (strlen(tail) == PERSON_TAIL)
        memcpy(given, tail, sizeof given);
    for (int i = 0; i < PERSON_TAIL; i++) {
        own[i] = g_ascii_toupper(own[i]);
        given[i] = g_ascii_toupper(given[i]);
    }
    return sodium_memcmp(own, given, PERSON_TAIL) == 0 && known;
}

bool person_may_look(Store *store, const char *subject, const char *staff)
{
    return store_value(store, 0,
                       "SELECT EXISTS (SELECT 1 FROM rating WHERE staff_number = ?2"
                       "  AND (id = substr(?1, 8) AND ?1 GLOB 'rating:*'"
                       "   OR case_number = substr(?1, 6) AND ?1 GLOB 'case:*'))"
                       " OR EXISTS (SELECT 1 FROM complaint WHERE staff_number = ?2"
                       "  AND id = substr(?1, 11) AND ?1 GLOB 'complaint:*')",
                       "ss", subject, staff) == 0;
}

// SQLite overwrites what is deleted (secure_delete, base/store.c).
int person_sweep(Store *store, const Hall *hall, int64_t now_ms)
{
    int64_t before_ms = now_ms - (int64_t)hall->config->rules.person_days * DAY_MS;
    return store_exec(
        store,
        "UPDATE person SET sealed = NULL, name_mask = NULL, phone_mask = NULL, phone_mark = NULL,"
        " erased_at = ?2 WHERE erased_at IS NULL AND created_at < ?1"
        " AND NOT EXISTS (SELECT 1 FROM rectification x WHERE x.rating = substr(subject, 8)"
        "  AND subject GLOB 'rating:*' AND (x.is_open = 1 OR x.closed_at >= ?1))"
        " AND NOT EXISTS (SELECT 1 FROM complaint x WHERE x.id = substr(subject, 11)"
        "  AND subject GLOB 'complaint:*' AND (x.is_open = 1 OR x.closed_at >= ?1))"
        " AND NOT EXISTS (SELECT 1 FROM case_file c WHERE c.number = substr(subject, 6)"
        "  AND subject GLOB 'case:*' AND (c.is_open = 1 OR c.finished_at >= ?1))",
        "ii", before_ms, now_ms);
}

// A case that stands in the clear.
typedef struct {
    char *number, *name, *phone_tail;
} Clear;

static void clear_done(Clear *clear)
{
    g_free(clear->number);
    g_free(clear->name);
    g_free(clear->phone_tail);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Clear, clear_done)

// The next one by number; 1, or 0: no more.
static int find_clear(Store *store, const char *after, Clear *ret_clear)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT number, applicant, phone_tail FROM case_file WHERE number > ?"
                    " AND (applicant IS NOT NULL OR phone_tail IS NOT NULL)"
                    " ORDER BY number LIMIT 1",
                    "s", after);
    if (!store_step(query))
        return store_query_result(query);
    *ret_clear = (Clear){ g_strdup(store_text(query, 0)), g_strdup(store_text(query, 1)),
                          g_strdup(store_text(query, 2)) };
    return 1;
}

static int adopt(Store *store, const Hall *hall, const Clear *clear, int64_t now_ms)
{
    g_autofree char *subject = g_strconcat("case:", clear->number, NULL);
    PersonInput input = { .name = clear->name, .phone_tail = clear->phone_tail };
    int err = person_put(store, hall, subject, &input, now_ms);
    if (err >= 0)
        err = store_exec(store,
                         "UPDATE case_file SET applicant = NULL, phone_tail = NULL"
                         " WHERE number = ?",
                         "s", clear->number);
    return MIN(err, 0);
}

int person_adopt(Store *store, const Hall *hall, int64_t now_ms)
{
    g_autofree char *last = g_strdup("");
    for (int moved = 0;; moved++) {
        g_auto(Clear) clear = { 0 };
        int err = find_clear(store, last, &clear);
        if (err <= 0)
            return err < 0 ? err : moved;
        err = adopt(store, hall, &clear, now_ms);
        if (err < 0)
            return err;
        g_free(last);
        last = g_steal_pointer(&clear.number);
    }
}
