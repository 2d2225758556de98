// SPDX-License-Identifier: Apache-2.0
// The broker's files and the desk's link, shown by a real mosquitto on ports of its own.
#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "mqtt/broker_files.h"
#include "mqtt/pad_link.h"
#include <arpa/inet.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <mosquitto.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define WAIT_MS 10000

typedef struct {
    char *dir;
    Config *config;
    char *certificate, *key;
    GPid broker; // 0: not running
    int up;      // atomic: of the link
    GMutex lock;
    GCond more;
    GString *heard; // "pad topic bytes\n"...; under lock
} Fixture;

static int free_port(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    close(fd);
    return ntohs(address.sin_port);
}

static Config *config_of(const char *pads)
{
    g_autofree char *text =
        g_strdup_printf("hall: {id: h1, name: Hall}\n"
                        "broker: {address: 127.0.0.1, port: %d, plain_port: %d}\n"
                        "counters: [{id: c1, name: One}]\npads: [%s]\n",
                        free_port(), free_port(), pads);
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    Config *config = NULL;
    if (config_parse("test", text, strlen(text), errors, &config) < 0)
        fail_msg("%s", (char *)g_ptr_array_index(errors, 0));
    return config;
}

static int set_up(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);
    fixture->dir = g_dir_make_tmp("hallwatch-broker-XXXXXX", NULL);
    fixture->config = config_of("{id: p1, counter: c1}, {id: p2, counter: c1}");
    fixture->certificate = g_build_filename(fixture->dir, "c.pem", NULL);
    fixture->key = g_build_filename(fixture->dir, "k.pem", NULL);
    fixture->heard = g_string_new(NULL);
    g_mutex_init(&fixture->lock);
    g_cond_init(&fixture->more);
    *state = fixture;
    return 0;
}

static void broker_stop(Fixture *fixture)
{
    if (!fixture->broker)
        return;
    kill(fixture->broker, SIGKILL);
    waitpid(fixture->broker, NULL, 0);
    fixture->broker = 0;
}

static void remove_tree(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        remove_tree(inner);
    }
    if (dir)
        g_dir_close(dir);
    g_remove(path);
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    broker_stop(fixture);
    remove_tree(fixture->dir);
    config_unref(fixture->config);
    g_string_free(fixture->heard, TRUE);
    g_mutex_clear(&fixture->lock);
    g_cond_clear(&fixture->more);
    g_free(fixture->certificate);
    g_free(fixture->key);
    g_free(fixture->dir);
    g_free(fixture);
    return 0;
}

static int write_files(Fixture *fixture, const Config *config, char *error)
{
    BrokerFilesOptions options = { .data_dir = fixture->dir,
                                   .config = config,
                                   .certificate = fixture->certificate,
                                   .key = fixture->key,
                                   .eye_password = "an eye",
                                   .desk_password = "desk-secret" };
    return broker_files_write(&options, error);
}

static void must_write(Fixture *fixture, const Config *config)
{
    char error[200] = "";
    if (write_files(fixture, config, error) < 0)
        fail_msg("%s", error);
}

static char *must_set_password(Fixture *fixture, const char *pad)
{
    char error[200] = "";
    char *password = broker_set_pad_password(fixture->dir, pad, error);
    if (!password)
        fail_msg("%s", error);
    return password;
}

static char *passwd_line(Fixture *fixture, const char *user)
{
    g_autofree char *path = g_build_filename(fixture->dir, "broker", "passwd", NULL);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", 0);
    g_autofree char *prefix = g_strconcat(user, ":", NULL);
    for (char **line = lines; *line; line++)
        if (g_str_has_prefix(*line, prefix))
            return g_strdup(*line);
    return NULL;
}

// --- a real broker

static void certificate_make(Fixture *fixture)
{
    const char *argv[] = { "openssl",
                           "req",
                           "-x509",
                           "-newkey",
                           "ec",
                           "-pkeyopt",
                           "ec_paramgen_curve:prime256v1",
                           "-nodes",
                           "-subj",
                           "/CN=127.0.0.1",
                           "-keyout",
                           fixture->key,
                           "-out",
                           fixture->certificate,
                           NULL };
    int status = -1;
    assert_true(g_spawn_sync(NULL, (char **)argv, NULL,
                             G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                             NULL, &status, NULL));
    assert_int_equal(status, 0);
}

static bool is_listening(int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                   .sin_port = htons((uint16_t)port) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return is;
}

static void broker_start(Fixture *fixture)
{
    g_autofree char *path = g_build_filename(fixture->dir, "run", "mosquitto.conf", NULL);
    const char *argv[] = { "mosquitto", "-c", path, NULL };
    g_autofree char *search = g_strconcat(g_getenv("PATH"), ":/usr/sbin", NULL);
    g_setenv("PATH", search, TRUE);
    assert_true(
        g_spawn_async(NULL, (char **)argv, NULL,
                      G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL,
                      NULL, NULL, &fixture->broker, NULL));
    gint64 until = clock_mono_ms() + WAIT_MS;
    while (!is_listening(fixture->config->broker.plain_port)) {
        assert_true(clock_mono_ms() < until);
        g_usleep(10000);
    }
}

// --- a pad, as its maker would write it

typedef struct {
    struct mosquitto *client;
    int reason;   // of CONNACK; -1: none yet
    int is_acked; // of the newest publish
    GString *heard;
} TestPad;

static void pad_connected(struct mosquitto *client, void *ctx, int reason)
{
    ((TestPad *)ctx)->reason = reason;
}

static void pad_published(struct mosquitto *client, void *ctx, int id)
{
    ((TestPad *)ctx)->is_acked = 1;
}

static void pad_heard(struct mosquitto *client, void *ctx, const struct mosquitto_message *message)
{
    g_string_append_printf(((TestPad *)ctx)->heard, "%s %.*s\n", message->topic,
                           message->payloadlen, (char *)message->payload);
}

static void pad_run(TestPad *pad, const int *until_set, int not_value)
{
    gint64 until = clock_mono_ms() + WAIT_MS;
    while (*until_set == not_value && clock_mono_ms() < until)
        if (mosquitto_loop(pad->client, 50, 1) != MOSQ_ERR_SUCCESS)
            return;
}

static void pad_open(TestPad *pad, const Fixture *fixture, const char *name, const char *password,
                     bool by_tls)
{
    *pad = (TestPad){ .client = mosquitto_new(NULL, true, pad), .reason = -1 };
    pad->heard = g_string_new(NULL);
    mosquitto_username_pw_set(pad->client, name, password);
    mosquitto_connect_callback_set(pad->client, pad_connected);
    mosquitto_publish_callback_set(pad->client, pad_published);
    mosquitto_message_callback_set(pad->client, pad_heard);
    if (by_tls)
        mosquitto_tls_set(pad->client, fixture->certificate, NULL, NULL, NULL, NULL);
    const Config *config = fixture->config;
    int port = by_tls ? config->broker.port : config->broker.plain_port;
    if (mosquitto_connect(pad->client, "127.0.0.1", port, 20) == MOSQ_ERR_SUCCESS)
        pad_run(pad, &pad->reason, -1);
}

static void pad_publish(TestPad *pad, const char *topic, const char *text)
{
    pad->is_acked = 0;
    mosquitto_publish(pad->client, NULL, topic, (int)strlen(text), text, 1, false);
    pad_run(pad, &pad->is_acked, 0);
    assert_true(pad->is_acked);
}

static bool pad_hears(TestPad *pad, const char *line)
{
    gint64 until = clock_mono_ms() + WAIT_MS;
    while (!strstr(pad->heard->str, line) && clock_mono_ms() < until)
        if (mosquitto_loop(pad->client, 50, 1) != MOSQ_ERR_SUCCESS)
            return false;
    return strstr(pad->heard->str, line) != NULL;
}

static void pad_close(TestPad *pad)
{
    mosquitto_disconnect(pad->client);
    mosquitto_destroy(pad->client);
    g_string_free(pad->heard, TRUE);
}

// --- the link's side

static void link_changed(void *ctx, bool is_up)
{
    g_atomic_int_set(&((Fixture *)ctx)->up, is_up);
}

static void link_message(void *ctx, const PadLinkMessage *message)
{
    Fixture *fixture = ctx;
    g_mutex_lock(&fixture->lock);
    g_string_append_printf(fixture->heard, "%s %d %.*s\n", message->pad, message->topic,
                           (int)message->size, message->bytes);
    g_cond_broadcast(&fixture->more);
    g_mutex_unlock(&fixture->lock);
}

static PadLink *link_open(Fixture *fixture, const char *password)
{
    PadLinkOptions options = { .host = "127.0.0.1",
                               .port = fixture->config->broker.plain_port,
                               .password = password,
                               .hall = "h1",
                               .changed = link_changed,
                               .message = link_message,
                               .ctx = fixture };
    PadLink *link = NULL;
    assert_int_equal(pad_link_new(&options, &link), 0);
    pad_link_start(link);
    return link;
}

static void wait_up(Fixture *fixture, bool is_up)
{
    gint64 until = clock_mono_ms() + WAIT_MS;
    while (g_atomic_int_get(&fixture->up) != is_up && clock_mono_ms() < until)
        g_usleep(5000);
    assert_int_equal(g_atomic_int_get(&fixture->up), is_up);
}

static bool desk_hears(Fixture *fixture, const char *line)
{
    gint64 until = g_get_monotonic_time() + WAIT_MS * 1000;
    g_mutex_lock(&fixture->lock);
    while (!strstr(fixture->heard->str, line) &&
           g_cond_wait_until(&fixture->more, &fixture->lock, until))
        ;
    bool is_there = strstr(fixture->heard->str, line) != NULL;
    g_mutex_unlock(&fixture->lock);
    return is_there;
}

// --- tests

static void passwords_are_kept_over_restarts_and_removed_with_their_pads(void **state)
{
    Fixture *fixture = *state;
    must_write(fixture, fixture->config);
    assert_false(broker_has_pad_password(fixture->dir, "p1"));
    g_autofree char *one = must_set_password(fixture, "p1");
    g_autofree char *two = must_set_password(fixture, "p2");
    assert_string_not_equal(one, two);
    g_autofree char *line = passwd_line(fixture, "p1");
    g_autofree char *desk = passwd_line(fixture, "desk");
    assert_null(strstr(line, one));

    g_autoptr(Config) without = config_of("{id: p1, counter: c1}");
    must_write(fixture, without);
    g_autofree char *line_after = passwd_line(fixture, "p1");
    g_autofree char *desk_after = passwd_line(fixture, "desk");
    assert_string_equal(line_after, line);
    assert_string_equal(desk_after, desk);
    assert_false(broker_has_pad_password(fixture->dir, "p2"));
}

static void the_password_file_is_for_its_owner_alone(void **state)
{
    Fixture *fixture = *state;
    GStatBuf info;
    must_write(fixture, fixture->config);
    g_autofree char *path = g_build_filename(fixture->dir, "broker", "passwd", NULL);
    assert_int_equal(g_stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

static void names_that_cannot_stand_in_the_files_are_refused(void **state)
{
    Fixture *fixture = *state;
    char error[200];
    static const char *const names[] = { "desk", "", "p:1", "p\n1", "P1", "+" };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        assert_null(broker_set_pad_password(fixture->dir, names[i], error));
    g_free(fixture->key);
    fixture->key = g_strdup("/tmp/k.pem\nlistener 1");
    assert_int_equal(write_files(fixture, fixture->config, error), -EINVAL);
    assert_non_null(strstr(error, "control character"));
}

static void a_stale_pid_file_signals_nobody(void **state)
{
    Fixture *fixture = *state;
    must_write(fixture, fixture->config);
    assert_int_equal(broker_reload(fixture->dir), -ESRCH);
    g_autofree char *path = g_build_filename(fixture->dir, "run", "mosquitto.pid", NULL);
    g_autofree char *pid = g_strdup_printf("%d\n", (int)getpid());
    assert_true(g_file_set_contents(path, pid, -1, NULL));
    assert_int_equal(broker_reload(fixture->dir), -ESRCH);
}

static void a_pad_gets_in_by_its_password_alone(void **state)
{
    Fixture *fixture = *state;
    TestPad pad;
    certificate_make(fixture);
    must_write(fixture, fixture->config);
    broker_start(fixture);
    pad_open(&pad, fixture, "p1", "guessed", true);
    assert_int_equal(pad.reason, 5); // not authorised
    pad_close(&pad);

    // The broker runs: the new password works after the reload that is part of setting it.
    g_autofree char *password = must_set_password(fixture, "p1");
    gint64 until = clock_mono_ms() + WAIT_MS;
    do {
        pad_open(&pad, fixture, "p1", password, true);
        int reason = pad.reason;
        pad_close(&pad);
        if (reason == 0)
            return;
        g_usleep(20000);
    } while (clock_mono_ms() < until);
    fail_msg("the broker does not take the password that was set");
}

static void a_pad_speaks_for_itself_alone(void **state)
{
    Fixture *fixture = *state;
    TestPad one, two;
    certificate_make(fixture);
    must_write(fixture, fixture->config);
    g_autofree char *password_one = must_set_password(fixture, "p1");
    g_autofree char *password_two = must_set_password(fixture, "p2");
    broker_start(fixture);
    g_autoptr(PadLink) link = link_open(fixture, "desk-secret");
    wait_up(fixture, true);
    pad_open(&one, fixture, "p1", password_one, false);
    pad_open(&two, fixture, "p2", password_two, true);
    mosquitto_subscribe(two.client, NULL, "hall/v1/h1/#", 1);

    pad_publish(&one, "hall/v1/h1/p2/up/rating", "forged");
    pad_publish(&one, "hall/v1/h1/p2/down/cmd", "forged");
    pad_publish(&one, "hall/v1/h1/p1/up/rating", "own");
    assert_true(desk_hears(fixture, "p1 2 own\n"));
    assert_null(strstr(fixture->heard->str, "forged"));

    assert_int_equal(pad_link_send(link, "p1", "stored", "for one", false, 0), 0);
    assert_int_equal(pad_link_send(link, "p2", "cmd", "for two", false, 60), 0);
    assert_true(pad_hears(&two, "hall/v1/h1/p2/down/cmd for two\n"));
    assert_null(strstr(two.heard->str, "p1"));
    assert_null(strstr(two.heard->str, "forged"));
    pad_close(&one);
    pad_close(&two);
}

static void the_link_comes_back(void **state)
{
    Fixture *fixture = *state;
    certificate_make(fixture);
    must_write(fixture, fixture->config);
    g_autoptr(PadLink) link = link_open(fixture, "desk-secret");
    assert_int_equal(pad_link_send(link, "p1", "stored", "x", false, 0), -ENOTCONN);
    broker_start(fixture);
    wait_up(fixture, true);
    broker_stop(fixture);
    wait_up(fixture, false);
    broker_start(fixture);
    wait_up(fixture, true);
    assert_true(pad_link_is_up(link));
}

static void what_is_kept_for_a_pad_arrives_when_it_asks(void **state)
{
    Fixture *fixture = *state;
    TestPad pad;
    certificate_make(fixture);
    must_write(fixture, fixture->config);
    g_autofree char *password = must_set_password(fixture, "p1");
    broker_start(fixture);
    g_autoptr(PadLink) link = link_open(fixture, "desk-secret");
    wait_up(fixture, true);
    assert_int_equal(pad_link_send(link, "p1", "cfg", "kept", true, 0), 0);
    pad_open(&pad, fixture, "p1", password, true);
    mosquitto_subscribe(pad.client, NULL, "hall/v1/h1/p1/down/#", 1);
    assert_true(pad_hears(&pad, "hall/v1/h1/p1/down/cfg kept\n"));
    pad_close(&pad);
}

int main(void)
{
    log_init("test", LOG_LEVEL_ERR);
    assert_int_equal(secret_init(), 0);
    mosquitto_lib_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            passwords_are_kept_over_restarts_and_removed_with_their_pads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_password_file_is_for_its_owner_alone, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(names_that_cannot_stand_in_the_files_are_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_stale_pid_file_signals_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_pad_gets_in_by_its_password_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_pad_speaks_for_itself_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_link_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_kept_for_a_pad_arrives_when_it_asks, set_up,
                                        tear_down),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mosquitto_lib_cleanup();
    return failed;
}
