// SPDX-License-Identifier: Apache-2.0
// The whole dashboard on a unix socket over a hall.db of its own, asked as a browser and another
// system would.
#include "base/clock.h"
#include "base/file.h"
#include "base/seal.h"
#include "base/secret.h"
#include "dashboard/account.h"
#include "dashboard/dashboard.h"
#include "rating/calendar.h"
#include "rating/flag.h"
#include "rating/rating.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <curl/curl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PASSWORD    "correct horse"
#define LINK_SECRET "a secret of the box"

static const char config_text[] = "hall: {id: h1, name: Hall One}\n"
                                  "counters: [{id: c1, name: First}, {id: c2, name: Second}]\n"
                                  "pads: [{id: p1, counter: c1}]\n"
                                  "cameras: [{id: cam1, name: Front, url: \"rtsp://127.0.0.1/1\", "
                                  "counters: [c1]}]\n";

typedef struct {
    char *folder, *socket, *database;
    Config *config;
    Calendar *calendar;
    Hall hall;
    SealKey seal;
    Writer *writer;
    Dashboard *dashboard;
    int n_invited; // by invite(), on a server thread; read after the answer
    // What the browser keeps.
    char *cookie, *csrf, *key;
} Box;

// --- The desk's part
// ------------------------------------------------------------------------------

static json_t *cameras(void *ctx)
{
    return json_pack("[{s:s, s:s, s:n}]", "id", "cam1", "state", "live", "reason");
}

static json_t *pads(void *ctx)
{
    return json_pack("[{s:s, s:s, s:b, s:n}]", "id", "p1", "counter", "c1", "online", 1,
                     "since_at");
}

static json_t *parts(void *ctx)
{
    return json_pack("{s:s}", "broker", "up");
}

static int invite(void *ctx, const Invitation *invitation)
{
    ((Box *)ctx)->n_invited++;
    return 1;
}

static char *pad_password(void *ctx, const char *pad, char *error)
{
    return g_strconcat("new-", pad, NULL);
}

static int start_dashboard(Box *box)
{
    DashboardOptions options = { .socket_path = box->socket,
                                 .store_path = box->database,
                                 .data_dir = box->folder,
                                 .link_secret = LINK_SECRET,
                                 .writer = box->writer,
                                 .hall = &box->hall,
                                 .cameras = cameras,
                                 .pads = pads,
                                 .system = parts,
                                 .invite = invite,
                                 .pad_password = pad_password,
                                 .ctx = box };
    return dashboard_new(&options, &box->dashboard);
}

static int start(void **state)
{
    Box *box = *state = g_new0(Box, 1);
    Store *store;
    if (secret_init() < 0 ||
        config_parse("f", config_text, strlen(config_text), NULL, &box->config) < 0 ||
        calendar_load(NULL, NULL, &box->calendar) < 0)
        return -1;
    box->folder = g_dir_make_tmp("hallwatch-dashboard-XXXXXX", NULL);
    box->socket = g_build_filename(box->folder, "desk.sock", NULL);
    box->database = g_build_filename(box->folder, "hall.db", NULL);
    box->hall = (Hall){ .config = box->config, .calendar = box->calendar, .seal = &box->seal };
    if (store_open(box->database, STORE_WRITE, &store) < 0 ||
        store_migrate(store, hall_schema, hall_schema_steps) < 0)
        return -1;
    box->writer = writer_new(store, NULL, NULL);
    return start_dashboard(box);
}

static int end(void **state)
{
    Box *box = *state;
    static const char *const files[] = { "hall.db", "hall.db-wal", "hall.db-shm", "setup-code" };
    dashboard_free(box->dashboard);
    writer_free(box->writer);
    config_unref(box->config);
    calendar_free(box->calendar);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(box->folder, files[i], NULL);
        g_unlink(path);
    }
    int left = g_rmdir(box->folder);
    g_free(box->folder);
    g_free(box->socket);
    g_free(box->database);
    g_free(box->cookie);
    g_free(box->csrf);
    g_free(box->key);
    g_free(box);
    return left;
}

// --- The browser's part
// ---------------------------------------------------------------------------

static size_t collect(char *bytes, size_t size, size_t n, void *into)
{
    g_string_append_len(into, bytes, (gssize)(size * n));
    return size * n;
}

static struct curl_slist *header(struct curl_slist *list, const char *name, const char *value)
{
    g_autofree char *line = g_strconcat(name, ": ", value, NULL);
    return value ? curl_slist_append(list, line) : list;
}

static size_t keep_cookie(char *bytes, size_t size, size_t n, void *ctx)
{
    Box *box = ctx;
    g_autofree char *line = g_strndup(bytes, size * n);
    if (g_ascii_strncasecmp(line, "Set-Cookie: ", 12) == 0) {
        assert_non_null(strstr(line, "; Path=/; HttpOnly; Secure; SameSite=Strict"));
        g_free(box->cookie);
        box->cookie = g_strndup(line + 12, strcspn(line + 12, ";"));
    }
    return size * n;
}

// original: X-Original-URI, as the door sends it. ret_body may be NULL.
static long ask(Box *box, const char *method, const char *path, const char *body,
                const char *original, json_t **ret_body)
{
    CURL *curl = curl_easy_init();
    g_autofree char *url = g_strconcat("http://localhost", path, NULL);
    g_autofree char *bearer = box->key ? g_strconcat("Bearer ", box->key, NULL) : NULL;
    GString *answer = g_string_new(NULL);
    struct curl_slist *headers = header(NULL, "X-CSRF-Token", box->csrf);
    long status = 0;
    headers = header(headers, "Authorization", bearer);
    headers = header(headers, "X-Original-URI", original);
    headers = header(headers, "Content-Type", "application/json");
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, box->socket);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_COOKIE, box->cookie);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, keep_cookie);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, box);
    if (body)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    assert_int_equal(curl_easy_perform(curl), CURLE_OK);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (ret_body)
        *ret_body = json_loads(answer->str, 0, NULL);
    g_string_free(answer, TRUE);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return status;
}

static long get(Box *box, const char *path)
{
    return ask(box, "GET", path, NULL, NULL, NULL);
}

static json_t *read_json(Box *box, const char *path)
{
    json_t *body;
    assert_int_equal(ask(box, "GET", path, NULL, NULL, &body), 200);
    assert_non_null(body);
    return body;
}

static long send_json(Box *box, const char *method, const char *path, const char *body)
{
    return ask(box, method, path, body, NULL, NULL);
}

typedef struct {
    const char *name;
    Role role;
    char *key; // out, for ROLE_SYSTEM
} NewAccount;

static int add_account(Store *store, void *data)
{
    NewAccount *account = data;
    char error[200];
    if (account->role == ROLE_SYSTEM)
        return account_add_key(store, account->name, account->role, clock_wall_ms(), &account->key);
    return account_add_user(store, account->name, account->role, PASSWORD, clock_wall_ms(), error);
}

static void log_out(Box *box)
{
    g_clear_pointer(&box->cookie, g_free);
    g_clear_pointer(&box->csrf, g_free);
    g_clear_pointer(&box->key, g_free);
}

static long log_in(Box *box, const char *name, const char *password)
{
    g_autofree char *body =
        g_strdup_printf("{\"name\":\"%s\",\"password\":\"%s\"}", name, password);
    json_t *answer;
    long status = ask(box, "POST", "/api/v1/session", body, NULL, &answer);
    if (status == 200) {
        g_free(box->csrf);
        box->csrf = g_strdup(json_string_value(json_object_get(answer, "csrf")));
    }
    json_decref(answer);
    return status;
}

// Makes the account and is it from now on.
static void become(Box *box, Role role)
{
    NewAccount account = { .name = role_name(role), .role = role };
    log_out(box);
    assert_int_equal(writer_call(box->writer, add_account, &account), 0);
    if (role == ROLE_SYSTEM)
        box->key = account.key;
    else
        assert_int_equal(log_in(box, account.name, PASSWORD), 200);
}

static int rate(Store *store, void *data)
{
    Box *box = data;
    int64_t now = clock_wall_ms();
    RatingOutcome outcome;
    for (int i = 0; i < 5; i++) {
        g_autofree char *id = g_strdup_printf("00000000-0000-4000-8000-00000000000%d", i);
        RatingInput input = { .id = id,
                              .pad = "p1",
                              .counter = "c1",
                              .channel = "pad",
                              .level = 5 - i,
                              .event_ms = now - i,
                              .received_ms = now,
                              .pad_clock_ms = STORE_NULL,
                              .clock_kind = "none" };
        int err = rating_store(store, &box->hall, &input, &outcome);
        if (err < 0)
            return err;
    }
    return 0;
}

// --- Tests
// ----------------------------------------------------------------------------------------

static void the_first_administrator_needs_the_code(void **state)
{
    Box *box = *state;
    size_t size;
    g_autofree char *path = g_build_filename(box->folder, "setup-code", NULL);
    g_autofree char *code = NULL;
    json_t *needed = read_json(box, "/api/v1/setup");
    assert_true(json_is_true(json_object_get(needed, "needed")));
    json_decref(needed);
    assert_int_equal(file_read(path, 100, &code, &size), 0);
    g_autofree char *body = g_strdup_printf(
        "{\"code\":\"%s\",\"name\":\"wang\",\"password\":\"" PASSWORD "\"}", g_strchomp(code));

    assert_int_equal(send_json(box, "POST", "/api/v1/setup",
                               "{\"code\":\"0\",\"name\":\"wang\",\"password\":\"" PASSWORD "\"}"),
                     403);
    assert_int_equal(get(box, "/api/v1/session"), 401);
    assert_int_equal(send_json(box, "POST", "/api/v1/setup", body), 201);
    assert_int_equal(access(path, F_OK), -1);
    json_t *session = read_json(box, "/api/v1/session");
    assert_string_equal(json_string_value(json_object_get(session, "user")), "wang");
    assert_string_equal(json_string_value(json_object_get(session, "role")), "admin");
    json_decref(session);
    assert_int_equal(send_json(box, "POST", "/api/v1/setup", body), 409);
    assert_int_equal(log_in(box, "wang", PASSWORD), 200);
}

static void logins_are_limited_and_noted(void **state)
{
    Box *box = *state;
    become(box, ROLE_ADMIN);
    for (int i = 0; i < 5; i++)
        assert_int_equal(log_in(box, "nobody", "wrong password"), 401);
    assert_int_equal(log_in(box, "nobody", "wrong password"), 429);
    assert_int_equal(log_in(box, "admin", "wrong password"), 401);
    assert_int_equal(log_in(box, "admin", PASSWORD), 200);
    json_t *audit = read_json(box, "/api/v1/audit?action=login.failed&limit=2");
    assert_int_equal(json_integer_value(json_object_get(audit, "total")), 6);
    assert_int_equal(json_array_size(json_object_get(audit, "items")), 2);
    g_autofree char *second = g_strconcat("/api/v1/audit?action=login.failed&limit=4&cursor=",
                                          json_string_value(json_object_get(audit, "next")), NULL);
    json_decref(audit);
    audit = read_json(box, second);
    assert_int_equal(json_array_size(json_object_get(audit, "items")), 4);
    assert_true(json_is_null(json_object_get(audit, "next")));
    json_decref(audit);
}

static void a_write_by_cookie_needs_the_token(void **state)
{
    Box *box = *state;
    static const char duty[] = "{\"staff\":{\"number\":\"S1\",\"name\":\"Li\"}}";
    become(box, ROLE_STAFF);
    g_autofree char *csrf = g_steal_pointer(&box->csrf);
    assert_int_equal(send_json(box, "PUT", "/api/v1/counters/c1/duty", duty), 403);
    box->csrf = g_strdup("0123456789abcdef0123456789abcdef");
    assert_int_equal(send_json(box, "PUT", "/api/v1/counters/c1/duty", duty), 403);
    g_free(box->csrf);
    box->csrf = g_steal_pointer(&csrf);
    assert_int_equal(send_json(box, "PUT", "/api/v1/counters/c1/duty", duty), 200);
    json_t *counters = read_json(box, "/api/v1/counters");
    json_t *first = json_array_get(json_object_get(counters, "items"), 0);
    json_t *who = json_object_get(first, "duty");
    assert_string_equal(json_string_value(json_object_get(who, "name")), "Li");
    assert_true(json_is_string(json_object_get(who, "since_at")));
    assert_true(json_is_null(json_object_get(json_object_get(first, "today"), "ratings")));
    json_decref(counters);
}

static void logout_ends_the_session(void **state)
{
    Box *box = *state;
    become(box, ROLE_VIEWER);
    g_autofree char *cookie = g_strdup(box->cookie);
    assert_int_equal(get(box, "/api/v1/session"), 200);
    assert_int_equal(send_json(box, "DELETE", "/api/v1/session", NULL), 204);
    assert_string_equal(box->cookie, "hw_session=");
    g_free(box->cookie);
    box->cookie = g_steal_pointer(&cookie);
    assert_int_equal(get(box, "/api/v1/session"), 401);
}

// What each role is answered: admin, director, staff, viewer, system.
static const struct {
    const char *method, *path, *body;
    long status[5];
} doors[] = {
    { "GET", "/api/v1/overview", NULL, { 200, 200, 403, 200, 403 } },
    { "GET", "/api/v1/ratings", NULL, { 200, 200, 403, 200, 403 } },
    { "GET", "/api/v1/ratings/x", NULL, { 404, 404, 403, 404, 403 } },
    { "GET", "/api/v1/cases", NULL, { 200, 200, 200, 200, 200 } },
    { "PUT", "/api/v1/cases/1", "{}", { 400, 400, 400, 403, 400 } },
    { "POST", "/api/v1/cases/1/events", "{}", { 400, 400, 400, 403, 400 } },
    { "POST", "/api/v1/invitations", "{\"counter\":\"c9\"}", { 404, 404, 404, 403, 404 } },
    { "POST", "/api/v1/flags/1/confirm", "{}", { 404, 404, 404, 403, 403 } },
    { "POST", "/api/v1/flags/1/destroy", "{}", { 404, 404, 404, 403, 403 } },
    { "POST", "/api/v1/pads/p1/password", "{}", { 200, 403, 403, 403, 403 } },
    { "POST", "/api/v1/pads/p9/password", "{}", { 404, 403, 403, 403, 403 } },
    { "GET", "/api/v1/audit", NULL, { 200, 403, 403, 403, 403 } },
    { "GET", "/api/v1/system", NULL, { 200, 200, 403, 403, 403 } },
    { "GET", "/api/v1/cameras", NULL, { 200, 200, 200, 200, 403 } },
    { "GET", "/api/v1/nothing", NULL, { 404, 404, 404, 404, 404 } },
    { "DELETE", "/api/v1/cases", NULL, { 405, 405, 405, 405, 405 } },
};

static void each_role_has_its_doors(void **state)
{
    static const Role roles[] = { ROLE_ADMIN, ROLE_DIRECTOR, ROLE_STAFF, ROLE_VIEWER, ROLE_SYSTEM };
    Box *box = *state;
    for (size_t r = 0; r < G_N_ELEMENTS(roles); r++) {
        become(box, roles[r]);
        for (size_t i = 0; i < G_N_ELEMENTS(doors); i++) {
            long status = send_json(box, doors[i].method, doors[i].path, doors[i].body);
            if (status != doors[i].status[r])
                fail_msg("%s %s as %s: %ld", doors[i].method, doors[i].path, role_name(roles[r]),
                         status);
        }
        long media = ask(box, "GET", "/internal/auth", NULL, "/media/live/cam1", NULL);
        assert_int_equal(media, doors[0].status[r] == 200 ? 204 : 403);
    }
    assert_int_equal(ask(box, "GET", "/internal/auth", NULL, "/api/v1/audit", NULL), 403);
    log_out(box);
    for (size_t i = 0; i < G_N_ELEMENTS(doors) - 2; i++)
        assert_int_equal(send_json(box, doors[i].method, doors[i].path, doors[i].body), 401);
    assert_int_equal(ask(box, "GET", "/internal/auth", NULL, "/media/live/cam1", NULL), 401);
    box->key = g_strdup("hwk_000000000000000000000000000000000000000000000000");
    assert_int_equal(get(box, "/api/v1/cases"), 401);
}

static void queries_are_checked(void **state)
{
    static const struct {
        const char *path;
        long status;
    } rows[] = {
        { "/api/v1/ratings?level=bad&from=2026-11-24T00:00:00%2B08:00&to=1795484000000", 200 },
        { "/api/v1/ratings?level=6", 400 },
        { "/api/v1/ratings?from=yesterday", 400 },
        { "/api/v1/ratings?limit=0", 400 },
        { "/api/v1/ratings?limit=201", 400 },
        { "/api/v1/ratings?cursor=1", 400 },
        { "/api/v1/cases?grade=green", 400 },
        { "/api/v1/cases?open=1&grade=red", 200 },
        { "/api/v1/flags?state=lost", 400 },
        { "/api/v1/flags?open=maybe", 400 },
    };
    Box *box = *state;
    become(box, ROLE_VIEWER);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_int_equal(get(box, rows[i].path), rows[i].status);
}

static void a_case_is_taken_in_and_read_back(void **state)
{
    static const char put[] = "{\"item\":{\"code\":\"1\",\"name\":\"Licence\"},\"unit\":\"Market\","
                              "\"kind\":\"promised\",\"limit_days\":5,\"applicant\":\"张小三\"}";
    static const char event[] =
        "{\"id\":\"e1\",\"kind\":\"accepted\",\"at\":\"2026-11-24T09:00:00+08:00\"}";
    static const char other[] =
        "{\"id\":\"e1\",\"kind\":\"refused\",\"at\":\"2026-11-24T09:00:00+08:00\"}";
    Box *box = *state;
    become(box, ROLE_SYSTEM);
    assert_int_equal(send_json(box, "POST", "/api/v1/cases/2026%2F1/events", event), 404);
    assert_int_equal(send_json(box, "PUT", "/api/v1/cases/2026%2F1", put), 201);
    assert_int_equal(send_json(box, "PUT", "/api/v1/cases/2026%2F1", put), 200);
    assert_int_equal(send_json(box, "POST", "/api/v1/cases/2026%2F1/events", event), 201);
    assert_int_equal(send_json(box, "POST", "/api/v1/cases/2026%2F1/events", event), 200);
    assert_int_equal(send_json(box, "POST", "/api/v1/cases/2026%2F1/events", other), 409);
    assert_int_equal(send_json(box, "PUT", "/api/v1/cases/2026%2F1", "[]"), 400);
    assert_int_equal(send_json(box, "PUT", "/api/v1/cases/2026%2F1", "{\"unit\":1}"), 400);
    json_t *found = read_json(box, "/api/v1/cases/2026%2F1");
    assert_string_equal(json_string_value(json_object_get(found, "number")), "2026/1");
    assert_string_equal(json_string_value(json_object_get(found, "state")), "accepted");
    assert_string_equal(json_string_value(json_object_get(found, "applicant")), "张*三");
    json_decref(found);
}

static void an_invitation_goes_out_after_it_is_stored(void **state)
{
    Box *box = *state;
    json_t *made;
    become(box, ROLE_STAFF);
    assert_int_equal(ask(box, "POST", "/api/v1/invitations", "{\"counter\":\"c1\"}", NULL, &made),
                     201);
    assert_int_equal(box->n_invited, 1);
    assert_int_equal(json_integer_value(json_object_get(made, "pads")), 1);
    g_autofree char *path =
        g_strconcat("/api/v1/invitations/", json_string_value(json_object_get(made, "id")), NULL);
    json_decref(made);
    json_t *found = read_json(box, path);
    assert_string_equal(json_string_value(json_object_get(found, "counter")), "c1");
    assert_string_equal(json_string_value(json_object_get(found, "state")), "waiting");
    json_decref(found);
}

static void ratings_are_paged_and_counted(void **state)
{
    Box *box = *state;
    become(box, ROLE_VIEWER);
    assert_int_equal(writer_call(box->writer, rate, box), 0);
    json_t *page = read_json(box, "/api/v1/ratings?limit=3");
    assert_int_equal(json_integer_value(json_object_get(page, "total")), 5);
    g_autofree char *next = g_strconcat(
        "/api/v1/ratings?limit=3&cursor=", json_string_value(json_object_get(page, "next")), NULL);
    json_decref(page);
    page = read_json(box, next);
    assert_int_equal(json_array_size(json_object_get(page, "items")), 2);
    assert_true(json_is_null(json_object_get(page, "next")));
    json_decref(page);

    json_t *overview = read_json(box, "/api/v1/overview");
    json_int_t bad = -1, of = -1, up = -1, n = -1, bad_in_hour = -1;
    assert_int_equal(json_unpack(overview, "{s:{s:{s:I, s:I}}, s:{s:I}, s:[{s:I, s:I}]}", "ratings",
                                 "bad", "n", &bad, "of", &of, "cameras", "up", &up, "hours", "n",
                                 &n, "bad", &bad_in_hour),
                     0);
    assert_int_equal(bad, 2);
    assert_int_equal(of, 5);
    assert_int_equal(up, 1);
    assert_int_equal(n, 5);
    assert_int_equal(bad_in_hour, 2);
    json_decref(overview);
}

static int raise_flag(Store *store, void *data)
{
    Box *box = data;
    FlagInput input = { .kind = "case_red",
                        .subject = "case:1",
                        .case_number = "1",
                        .rating = "r1",
                        .raised_ms = clock_wall_ms() };
    return MIN(flag_raise(store, &box->hall, &input, NULL), 0);
}

static void a_flag_is_acted_on_and_that_is_noted(void **state)
{
    Box *box = *state;
    assert_int_equal(writer_call(box->writer, raise_flag, box), 0);
    become(box, ROLE_STAFF);
    json_t *list = read_json(box, "/api/v1/flags?open=1&kind=case_red");
    json_t *flag = json_array_get(json_object_get(list, "items"), 0);
    assert_true(json_is_null(json_object_get(flag, "rating")));
    g_autofree char *path =
        g_strconcat("/api/v1/flags/", json_string_value(json_object_get(flag, "id")), NULL);
    g_autofree char *dismiss = g_strconcat(path, "/dismiss", NULL);
    json_decref(list);

    become(box, ROLE_DIRECTOR);
    assert_int_equal(send_json(box, "POST", dismiss, "{}"), 400);
    assert_int_equal(send_json(box, "POST", dismiss, "{\"why\":\"clerk was ill\"}"), 200);
    flag = read_json(box, path);
    assert_string_equal(json_string_value(json_object_get(flag, "state")), "dismissed");
    assert_string_equal(json_string_value(json_object_get(flag, "rating")), "r1");
    json_decref(flag);

    become(box, ROLE_ADMIN);
    json_t *audit = read_json(box, "/api/v1/audit?action=flag.dismiss");
    json_t *row = json_array_get(json_object_get(audit, "items"), 0);
    assert_string_equal(json_string_value(json_object_get(row, "who")), "director");
    assert_string_equal(json_string_value(json_object_get(row, "detail")), "clerk was ill");
    json_decref(audit);
}

// A stream as it comes over the wire: opened, and read until the text is there or nothing comes for
// 10 s.
static int watch(Box *box)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct timeval patience = { .tv_sec = 10 };
    g_strlcpy(address.sun_path, box->socket, sizeof address.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    g_autofree char *request =
        g_strdup_printf("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                        "Cookie: %s\r\n\r\n",
                        box->cookie);
    assert_int_equal(write(fd, request, strlen(request)), (ssize_t)strlen(request));
    return fd;
}

// NULL as the text: until the end.
static bool read_until(int fd, const char *text, GString *seen)
{
    char buffer[16384];
    while (!text || !strstr(seen->str, text)) {
        ssize_t n = read(fd, buffer, sizeof buffer);
        if (n <= 0)
            return !text && n == 0;
        g_string_append_len(seen, buffer, n);
    }
    return true;
}

static void watchers_are_told_what_they_may_know(void **state)
{
    Box *box = *state;
    g_autoptr(GString) viewer_saw = g_string_new(NULL), staff_saw = g_string_new(NULL);
    become(box, ROLE_VIEWER);
    int viewer = watch(box);
    assert_true(read_until(viewer, "retry: 2000\n", viewer_saw));
    become(box, ROLE_STAFF);
    int staff = watch(box);
    assert_true(read_until(staff, "retry: 2000\n", staff_saw));

    dashboard_publish(box->dashboard, "rating", json_pack("{s:s}", "id", "r1"));
    dashboard_publish(box->dashboard, "weather", json_pack("{s:s}", "id", "w1"));
    dashboard_publish(box->dashboard, "case", json_pack("{s:s}", "id", "2026-1"));
    assert_true(read_until(viewer, "event: case\ndata: {\"id\":\"2026-1\"}\n\n", viewer_saw));
    assert_true(read_until(staff, "event: case\ndata: {\"id\":\"2026-1\"}\n\n", staff_saw));
    assert_non_null(strstr(viewer_saw->str, "event: rating\ndata: {\"id\":\"r1\"}\n\n"));
    assert_null(strstr(staff_saw->str, "r1"));
    assert_null(strstr(viewer_saw->str, "w1"));

    assert_int_equal(send_json(box, "DELETE", "/api/v1/session", NULL), 204);
    assert_true(read_until(staff, NULL, staff_saw));
    close(staff);
    close(viewer);
}

static void who_does_not_read_is_told_to_read_all_again(void **state)
{
    Box *box = *state;
    g_autoptr(GString) saw = g_string_new(NULL);
    g_autofree char *long_text = g_strnfill(8000, 'x');
    become(box, ROLE_VIEWER);
    int fd = watch(box);
    assert_true(read_until(fd, "retry: 2000\n", saw));
    for (int i = 0; i < 1000; i++)
        dashboard_publish(box->dashboard, "case", json_pack("{s:s}", "id", long_text));
    assert_true(read_until(fd, NULL, saw));
    assert_non_null(strstr(saw->str, "event: reload\ndata: {}\n\n"));
    assert_true(saw->len < 900 * strlen(long_text));
    close(fd);
}

static void a_new_config_is_seen_and_the_old_one_let_go(void **state)
{
    Box *box = *state;
    static const char text[] = "hall: {id: h1, name: Hall Two}\n";
    g_autoptr(Config) config = NULL;
    assert_int_equal(config_parse("f", text, strlen(text), NULL, &config), 0);
    become(box, ROLE_VIEWER);
    int fd = watch(box); // a stream must not keep the old one
    g_autoptr(GString) saw = g_string_new(NULL);
    assert_true(read_until(fd, "retry: 2000\n", saw));
    Hall hall = { .config = config, .calendar = box->calendar, .seal = &box->seal };
    dashboard_apply(box->dashboard, &hall);
    json_t *session = read_json(box, "/api/v1/session");
    json_t *name = json_object_get(json_object_get(session, "hall"), "name");
    assert_string_equal(json_string_value(name), "Hall Two");
    json_decref(session);
    json_t *counters = read_json(box, "/api/v1/counters");
    assert_int_equal(json_array_size(json_object_get(counters, "items")), 0);
    json_decref(counters);
    close(fd);
}

static json_t *bookmark(Box *box, const char *text)
{
    g_autofree char *body =
        g_strdup_printf("{\"camera\":\"cam1\",\"at\":%" G_GINT64_FORMAT ",\"text\":\"%s\"}",
                        clock_wall_ms() - 1000, text);
    json_t *made;
    assert_int_equal(ask(box, "POST", "/api/v1/bookmarks", body, NULL, &made), 201);
    return made;
}

static long remove_bookmark(Box *box, const json_t *bookmark)
{
    g_autofree char *path =
        g_strconcat("/api/v1/bookmarks/", json_string_value(json_object_get(bookmark, "id")), NULL);
    return ask(box, "DELETE", path, NULL, NULL, NULL);
}

static void bookmarks_are_removed_by_who_made_them_or_an_administrator(void **state)
{
    Box *box = *state;
    become(box, ROLE_VIEWER);
    json_t *mine = bookmark(box, "看这里"), *other = bookmark(box, "还有这里");
    assert_string_equal(json_string_value(json_object_get(mine, "by")), "viewer");
    assert_int_equal(send_json(box, "POST", "/api/v1/bookmarks",
                               "{\"camera\":\"cam7\",\"at\":1,\"text\":\"x\"}"),
                     400);
    assert_int_equal(send_json(box, "POST", "/api/v1/bookmarks", "{\"camera\":\"cam1\",\"at\":1}"),
                     400);
    assert_int_equal(remove_bookmark(box, mine), 204);
    assert_int_equal(remove_bookmark(box, mine), 404);
    become(box, ROLE_DIRECTOR);
    assert_int_equal(remove_bookmark(box, other), 403);
    json_t *marks = read_json(box, "/api/v1/marks?camera=cam1");
    assert_int_equal(json_integer_value(json_object_get(marks, "total")), 1);
    json_decref(marks);
    become(box, ROLE_ADMIN);
    assert_int_equal(remove_bookmark(box, other), 204);
    json_decref(mine);
    json_decref(other);
}

static void marks_are_of_the_counters_that_a_camera_sees(void **state)
{
    Box *box = *state;
    assert_int_equal(writer_call(box->writer, rate, box), 0);
    become(box, ROLE_VIEWER);
    json_t *marks = read_json(box, "/api/v1/marks?camera=cam1");
    assert_int_equal(json_integer_value(json_object_get(marks, "total")), 5);
    json_decref(marks);
    marks = read_json(box, "/api/v1/marks?camera=cam7");
    assert_int_equal(json_integer_value(json_object_get(marks, "total")), 0);
    json_decref(marks);
    assert_int_equal(get(box, "/api/v1/marks?from=2&to=1"), 400);
    assert_int_equal(get(box, "/api/v1/marks?from=1&to=3000000000000"), 400);
    become(box, ROLE_STAFF);
    assert_int_equal(get(box, "/api/v1/marks"), 403);
}

static void a_link_opens_its_recording_without_a_session(void **state)
{
    Box *box = *state;
    become(box, ROLE_VIEWER);
    assert_int_equal(get(box, "/api/v1/playback-link"), 400);
    assert_int_equal(get(box, "/api/v1/playback-link?camera=cam1&from=1&to=86400002"), 400);
    json_t *link = read_json(box, "/api/v1/playback-link?camera=cam1&from=1000&to=2000");
    const char *url = json_string_value(json_object_get(link, "url"));
    log_out(box);
    assert_int_equal(ask(box, "GET", "/internal/auth", NULL, url, NULL), 204);
    g_autofree char *segment =
        g_strconcat("/media/segment/cam1/17.mp4?", strstr(url, "token="), NULL);
    assert_int_equal(ask(box, "GET", "/internal/auth", NULL, segment, NULL), 204);
    assert_int_equal(ask(box, "GET", "/internal/auth", NULL, "/media/live/cam1", NULL), 401);
    become(box, ROLE_ADMIN);
    json_t *audit = read_json(box, "/api/v1/audit?action=playback.link");
    assert_int_equal(json_integer_value(json_object_get(audit, "total")), 1);
    json_decref(audit);
    json_decref(link);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_administrator_needs_the_code),
        TEST(logins_are_limited_and_noted),
        TEST(a_write_by_cookie_needs_the_token),
        TEST(logout_ends_the_session),
        TEST(each_role_has_its_doors),
        TEST(queries_are_checked),
        TEST(a_case_is_taken_in_and_read_back),
        TEST(an_invitation_goes_out_after_it_is_stored),
        TEST(ratings_are_paged_and_counted),
        TEST(a_flag_is_acted_on_and_that_is_noted),
        TEST(bookmarks_are_removed_by_who_made_them_or_an_administrator),
        TEST(marks_are_of_the_counters_that_a_camera_sees),
        TEST(a_link_opens_its_recording_without_a_session),
        TEST(watchers_are_told_what_they_may_know),
        TEST(who_does_not_read_is_told_to_read_all_again),
        TEST(a_new_config_is_seen_and_the_old_one_let_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
