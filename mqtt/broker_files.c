// SPDX-License-Identifier: Apache-2.0
#include "mqtt/broker_files.h"
#include "base/file.h"
#include "base/secret.h"
#include "mqtt/eye_message.h"
#include "mqtt/queue_message.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define ERROR_SIZE 200
#define PASSWD_MAX (1024 * 1024)
// mosquitto_passwd's own figures. Few iterations are enough: these passwords are 128 random bits,
// not words.
#define HASH_ITERATIONS 101
#define SALT_SIZE       12
#define HASH_SIZE       64

static int fail(char *error, int err, const char *format, ...) G_GNUC_PRINTF(3, 4);
static int fail(char *error, int err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_vsnprintf(error, ERROR_SIZE, format, args);
    va_end(args);
    return err;
}

// --- passwords

static char *hash_with(const char *password, const guchar *salt, size_t salt_size, int iterations)
{
    guchar hash[HASH_SIZE];
    if (!PKCS5_PBKDF2_HMAC(password, (int)strlen(password), salt, (int)salt_size, iterations,
                           EVP_sha512(), HASH_SIZE, hash))
        return NULL;
    g_autofree char *salt_text = g_base64_encode(salt, salt_size);
    g_autofree char *hash_text = g_base64_encode(hash, sizeof hash);
    return g_strdup_printf("$7$%d$%s$%s", iterations, salt_text, hash_text);
}

static char *hash_password(const char *password)
{
    guchar salt[SALT_SIZE];
    if (RAND_bytes(salt, sizeof salt) != 1)
        return NULL;
    return hash_with(password, salt, sizeof salt, HASH_ITERATIONS);
}

static bool hash_matches(const char *stored, const char *password)
{
    g_auto(GStrv) parts = g_strsplit(stored, "$", 0); // "", "7", iterations, salt, hash
    if (g_strv_length(parts) != 5 || strcmp(parts[1], "7") != 0)
        return false;
    int iterations = atoi(parts[2]);
    gsize salt_size = 0;
    g_autofree guchar *salt = g_base64_decode(parts[3], &salt_size);
    if (iterations < 1 || iterations > 1000000 || salt_size == 0)
        return false;
    g_autofree char *again = hash_with(password, salt, salt_size, iterations);
    return again && strlen(again) == strlen(stored) &&
           CRYPTO_memcmp(again, stored, strlen(stored)) == 0;
}

static bool is_own_user(const char *name)
{
    return strcmp(name, BROKER_DESK_USER) == 0 || strcmp(name, BROKER_EYE_USER) == 0;
}

// What pads write lies below their name: none may be called as what lies there already.
static bool is_pad_name(const char *name)
{
    size_t size = strlen(name);
    return size >= 1 && size <= 32 && !is_own_user(name) && strcmp(name, EYE_TOPIC_PREFIX) != 0 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == size;
}

// user -> hash; an unreadable line is left out (its pad then needs a new password).
static int passwd_read(const char *data_dir, GHashTable **ret_users)
{
    g_autofree char *path = g_build_filename(data_dir, "broker", "passwd", NULL);
    g_autofree char *text = NULL;
    size_t size = 0;
    int err = file_read(path, PASSWD_MAX, &text, &size);
    if (err < 0 && err != -ENOENT)
        return err;
    GHashTable *users = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", 0);
    for (char **line = lines; *line; line++) {
        char *colon = strchr(*line, ':');
        if (colon && g_str_has_prefix(colon + 1, "$7$"))
            g_hash_table_replace(users, g_strndup(*line, (gsize)(colon - *line)),
                                 g_strdup(colon + 1));
    }
    *ret_users = users;
    return 0;
}

static int passwd_write(const char *data_dir, GHashTable *users)
{
    g_autofree char *path = g_build_filename(data_dir, "broker", "passwd", NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(users), (GCompareFunc)strcmp);
    for (GList *name = names; name; name = name->next)
        g_string_append_printf(text, "%s:%s\n", (char *)name->data,
                               (char *)g_hash_table_lookup(users, name->data));
    return file_write_atomic(path, text->str, text->len, 0600);
}

static gboolean is_not_configured(gpointer name, gpointer hash, gpointer config)
{
    return !is_own_user(name) && strcmp(name, QUEUE_USER) != 0 && !config_pad(config, name);
}

static int passwd_keep(GHashTable *users, const char *user, const char *password)
{
    const char *known = g_hash_table_lookup(users, user);
    if (known && hash_matches(known, password))
        return 0;
    char *hash = hash_password(password);
    if (!hash)
        return -EIO;
    g_hash_table_replace(users, g_strdup(user), hash);
    return 0;
}

static int passwd_update(const BrokerFilesOptions *options)
{
    g_autoptr(GHashTable) users = NULL;
    int err = passwd_read(options->data_dir, &users);
    if (err < 0)
        return err;
    g_hash_table_foreach_remove(users, is_not_configured, (gpointer)options->config);
    err = passwd_keep(users, BROKER_DESK_USER, options->desk_password);
    if (err == 0)
        err = passwd_keep(users, BROKER_EYE_USER, options->eye_password);
    return err < 0 ? err : passwd_write(options->data_dir, users);
}

// --- the other two files

static int acl_write(const BrokerFilesOptions *options)
{
    const char *hall = options->config->hall.id;
    g_autofree char *path = g_build_filename(options->data_dir, "broker", "acl", NULL);
    // pattern lines hold for every user; %u is the user that the password proved, which is the
    // pad's id.
    g_autofree char *text = g_strdup_printf("user " BROKER_DESK_USER "\n"
                                            "topic readwrite hall/v1/%s/#\n\n"
                                            "user " BROKER_EYE_USER "\n"
                                            "topic write hall/v1/%s/" EYE_TOPIC_PREFIX "/+/obs\n\n"
                                            "pattern write hall/v1/%s/%%u/state\n"
                                            "pattern write hall/v1/%s/%%u/up/#\n"
                                            "pattern read hall/v1/%s/%%u/down/#\n",
                                            hall, hall, hall, hall, hall);
    return file_write_atomic(path, text, strlen(text), 0600);
}

static char *conf_text(const BrokerFilesOptions *options)
{
    const Config *config = options->config;
    GString *text =
        g_string_new("# Generated by hallwatch at each start: changes here are lost.\n");
    // Started by root, mosquitto would become user "mosquitto", which cannot read 0600 files of
    // ours. The box runs all its parts as the one user that started it; for root that has to be
    // said.
    if (geteuid() == 0)
        g_string_append(text, "user root\n");
    g_string_append_printf(text,
                           "per_listener_settings false\n"
                           "allow_anonymous false\n"
                           "password_file %s/broker/passwd\n"
                           "acl_file %s/broker/acl\n"
                           "pid_file %s/run/mosquitto.pid\n",
                           options->data_dir, options->data_dir, options->data_dir);
    // Nothing is kept by the broker: a pad keeps its ratings until the desk says that they are
    // stored. In flight and queued are for each client: the desk's is the one that takes the whole
    // hall's load.
    g_string_append_printf(text,
                           "persistence false\n"
                           "persistent_client_expiration 1d\n"
                           "max_inflight_messages 2000\n"
                           "max_queued_messages 50000\n"
                           "max_queued_bytes 67108864\n"
                           "message_size_limit %d\n"
                           "set_tcp_nodelay true\n"
                           "sys_interval 0\n"
                           "log_dest stderr\n"
                           "log_type error\n"
                           "log_type warning\n"
                           "log_timestamp_format %%Y-%%m-%%dT%%H:%%M:%%S%%z info broker\n"
                           "connection_messages false\n",
                           BROKER_PAYLOAD_MAX);
    g_string_append_printf(text, "\nlistener %d 127.0.0.1\nmax_connections 1000\n",
                           config->broker.plain_port);
    // The client id of a pad becomes its user name, so that no pad can put off another one (or the
    // desk) by taking its client id.
    g_string_append_printf(text,
                           "\nlistener %d %s\n"
                           "max_connections 1000\n"
                           "certfile %s\n"
                           "keyfile %s\n"
                           "tls_version tlsv1.2\n"
                           "use_username_as_clientid true\n",
                           config->broker.port, config->broker.address, options->certificate,
                           options->key);
    return g_string_free(text, FALSE);
}

static int conf_write(const BrokerFilesOptions *options)
{
    g_autofree char *path = g_build_filename(options->data_dir, "run", "mosquitto.conf", NULL);
    g_autofree char *text = conf_text(options);
    return file_write_atomic(path, text, strlen(text), 0640);
}

// --- one change at a time

static int lock_take(const char *data_dir, int *ret_fd)
{
    g_autofree char *dir = g_build_filename(data_dir, "broker", NULL);
    g_autofree char *path = g_build_filename(dir, "lock", NULL);
    int err = file_make_dirs(dir);
    if (err < 0)
        return err;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    if (TEMP_FAILURE_RETRY(flock(fd, LOCK_EX)) < 0) {
        err = -errno;
        close(fd);
        return err;
    }
    *ret_fd = fd;
    return 0;
}

static bool is_one_line(const char *text)
{
    for (const char *p = text; *p; p++)
        if (g_ascii_iscntrl(*p))
            return false;
    return *text != 0;
}

static int options_check(const BrokerFilesOptions *options, char *error)
{
    const char *paths[] = { options->data_dir, options->certificate, options->key,
                            options->config->broker.address };
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++)
        if (!is_one_line(paths[i]))
            return fail(error, -EINVAL,
                        "broker: a path or address is empty or has a control character");
    if (!options->desk_password || !*options->desk_password || !options->eye_password ||
        !*options->eye_password)
        return fail(error, -EINVAL, "broker: the desk has no password in secrets.json");
    return 0;
}

int broker_files_write(const BrokerFilesOptions *options, char *error)
{
    int err = options_check(options, error);
    if (err < 0)
        return err;
    int lock = -1;
    g_autofree char *run = g_build_filename(options->data_dir, "run", NULL);
    err = file_make_dirs(run);
    if (err == 0)
        err = lock_take(options->data_dir, &lock);
    if (err == 0)
        err = passwd_update(options);
    if (err == 0)
        err = acl_write(options);
    if (err == 0)
        err = conf_write(options);
    if (lock >= 0)
        close(lock);
    if (err < 0)
        return fail(error, err, "cannot write the broker's files below %.100s: %s",
                    options->data_dir, g_strerror(-err));
    return 0;
}

static int passwd_set(const char *data_dir, const char *pad, const char *password)
{
    g_autoptr(GHashTable) users = NULL;
    int lock = -1;
    int err = lock_take(data_dir, &lock);
    if (err < 0)
        return err;
    err = passwd_read(data_dir, &users);
    if (err == 0) {
        char *hash = hash_password(password);
        if (hash)
            g_hash_table_replace(users, g_strdup(pad), hash);
        err = hash ? passwd_write(data_dir, users) : -EIO;
    }
    close(lock);
    return err;
}

char *broker_set_pad_password(const char *data_dir, const char *pad, char *error)
{
    if (!is_pad_name(pad)) {
        fail(error, -EINVAL, "\"%.40s\" cannot be a pad's id", pad);
        return NULL;
    }
    g_autofree char *password = secret_token(16);
    int err = passwd_set(data_dir, pad, password);
    if (err < 0) {
        fail(error, err, "cannot write the broker's passwords below %.100s: %s", data_dir,
             g_strerror(-err));
        return NULL;
    }
    err = broker_reload(data_dir);
    if (err < 0 && err != -ESRCH) {
        fail(error, err,
             "the password is set, but the broker did not take the signal to read it: %s",
             g_strerror(-err));
        return NULL;
    }
    return g_steal_pointer(&password);
}

bool broker_has_pad_password(const char *data_dir, const char *pad)
{
    g_autoptr(GHashTable) users = NULL;
    return passwd_read(data_dir, &users) == 0 && g_hash_table_contains(users, pad);
}

// After a kill -9 the pid file stays and the number may be another process's.
static bool is_mosquitto(long pid)
{
    char path[64];
    g_snprintf(path, sizeof path, "/proc/%ld/comm", pid);
    g_autofree char *name = NULL;
    return g_file_get_contents(path, &name, NULL, NULL) &&
           strcmp(g_strchomp(name), "mosquitto") == 0;
}

int broker_reload(const char *data_dir)
{
    g_autofree char *path = g_build_filename(data_dir, "run", "mosquitto.pid", NULL);
    g_autofree char *text = NULL;
    size_t size = 0;
    int err = file_read(path, 32, &text, &size);
    if (err < 0)
        return err == -ENOENT ? -ESRCH : err;
    long pid = strtol(text, NULL, 10);
    if (pid <= 1 || !is_mosquitto(pid))
        return -ESRCH;
    return kill((pid_t)pid, SIGHUP) < 0 ? -errno : 0;
}
