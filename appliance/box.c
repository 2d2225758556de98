// SPDX-License-Identifier: Apache-2.0
#include "appliance/box.h"
#include "appliance/door.h"
#include "appliance/embedded.h"
#include "appliance/ports.h"
#include "base/fields.h"
#include "base/file.h"
#include "base/seal.h"
#include "capture/evidence_key.h"
#include "mqtt/broker_files.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define INSTALLED_WEB "/usr/share/hallwatch/web"
#define JSON_MAX      65536
// Children of a killed supervisor get SIGTERM and have to go within its own 4 s.
#define LOCK_PATIENCE_MS 5000
#define LOCK_AGAIN_MS    50

static int add_error(GPtrArray *errors, int err, const char *format, ...) G_GNUC_PRINTF(3, 4);
static int add_error(GPtrArray *errors, int err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_ptr_array_add(errors, g_strdup_vprintf(format, args));
    va_end(args);
    return err;
}

char *box_run_path(const Box *box, const char *name)
{
    return g_build_filename(box->data_dir, "run", name, NULL);
}

// The steps of box_open, in order. Each adds its sentences to errors.

static int check_data_dir(Box *box, GPtrArray *errors)
{
    struct sockaddr_un address;
    g_autofree char *socket = box_run_path(box, "video.sock");
    if (strlen(socket) >= sizeof(address.sun_path))
        return add_error(errors, -ENAMETOOLONG,
                         "%s: is too long for a data folder: choose one of at most %zu bytes",
                         box->data_dir, sizeof(address.sun_path) - 1 - strlen("/run/video.sock"));
    for (const char *at = box->data_dir; *at; at++) {
        if (g_ascii_iscntrl(*at) || strchr("\"'\\${};", *at))
            return add_error(
                errors, -EINVAL,
                "%s: has a character that a data folder may not have (quotes, \\ $ { } ;)",
                box->data_dir);
    }
    return 0;
}

static int make_folders(Box *box, GPtrArray *errors)
{
    static const char *const names[] = { "run", "tls", "broker", "inbox/done" };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(box->data_dir, names[i], NULL);
        int err = file_make_dirs(path);
        if (err < 0)
            return add_error(errors, err,
                             "%s: cannot be made: %s; choose another folder with --data", path,
                             g_strerror(-err));
    }
    return 0;
}

// The pid of the supervisor that wrote itself into the lock file, if it still lives.
static pid_t lock_holder(int fd)
{
    char text[32] = "";
    ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
    long pid = n > 0 ? strtol(text, NULL, 10) : 0;
    return pid > 1 && kill((pid_t)pid, 0) == 0 ? (pid_t)pid : 0;
}

static int wait_for_lock(const Box *box, int fd, GPtrArray *errors)
{
    for (int waited = 0;; waited += LOCK_AGAIN_MS) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return 0;
        if (errno != EWOULDBLOCK)
            return add_error(errors, -errno, "%s/run/lock: %s", box->data_dir, g_strerror(errno));
        pid_t holder = lock_holder(fd);
        if (holder)
            return add_error(
                errors, -EBUSY,
                "%s: another box runs in this folder (pid %d): stop it, or use another "
                "folder with --data",
                box->data_dir, (int)holder);
        if (waited >= LOCK_PATIENCE_MS)
            return add_error(
                errors, -EBUSY,
                "%s: processes of an earlier run still use this folder: find them with "
                "`fuser %s/run/lock` and end them",
                box->data_dir, box->data_dir);
        g_usleep(LOCK_AGAIN_MS * 1000);
    }
}

static int take_lock(Box *box, GPtrArray *errors)
{
    g_autofree char *path = box_run_path(box, "lock");
    // Without O_CLOEXEC on purpose: the lock lives as long as any child does.
    box->lock = open(path, O_RDWR | O_CREAT, 0640);
    if (box->lock < 0)
        return add_error(errors, -errno, "%s: cannot be opened: %s", path, g_strerror(errno));
    int err = wait_for_lock(box, box->lock, errors);
    if (err < 0)
        return err;
    g_autofree char *pid = g_strdup_printf("%d\n", (int)getpid());
    if (ftruncate(box->lock, 0) < 0 || pwrite(box->lock, pid, strlen(pid), 0) < 0)
        return add_error(errors, -errno, "%s: cannot be written: %s", path, g_strerror(errno));
    return 0;
}

// Left by a run that was killed: who looks for box.json must find it only when this run is ready.
static int remove_leavings(Box *box, GPtrArray *errors)
{
    g_autofree char *json = g_build_filename(box->data_dir, "box.json", NULL);
    if (g_unlink(json) < 0 && errno != ENOENT)
        return add_error(errors, -errno, "%s: cannot be removed: %s", json, g_strerror(errno));
    return 0;
}

static int prepare_own_config(Box *box, GPtrArray *errors)
{
    if (box->config_path)
        return 0;
    box->config_path = g_build_filename(box->data_dir, "hallwatch.yaml", NULL);
    if (g_access(box->config_path, F_OK) == 0)
        return 0;
    int err = file_write_atomic(box->config_path, embedded_config, strlen(embedded_config), 0640);
    return err < 0 ? add_error(errors, err, "%s: cannot be written: %s", box->config_path,
                               g_strerror(-err))
                   : 0;
}

static int put_in_force(Box *box, GPtrArray *errors)
{
    g_autofree char *copy = box_run_path(box, "hallwatch.yaml");
    g_autoptr(Config) config = NULL;
    int err = config_put_in_force(box->config_path, box->config, copy, errors, &config);
    if (err < 0)
        return err;
    config_unref(box->config);
    box->config = g_steal_pointer(&config);
    return 0;
}

static int set_zone(Box *box, GPtrArray *errors)
{
    g_setenv("TZ", box->config->hall.zone, TRUE);
    tzset();
    return 0;
}

static int check_ports(Box *box, GPtrArray *errors)
{
    return ports_check(box->config, errors);
}

static int prepare_secrets(Box *box, GPtrArray *errors)
{
    int err = secrets_prepare(box->data_dir, box->config, &box->secrets);
    if (err == -EPROTO)
        return add_error(
            errors, err,
            "%s/secrets.json: is not what this program wrote: restore it, or remove it (the "
            "relay's password then changes)",
            box->data_dir);
    return err < 0 ? add_error(errors, err, "%s/secrets.json: %s", box->data_dir, g_strerror(-err))
                   : 0;
}

static int prepare_key(Box *box, GPtrArray *errors)
{
    g_auto(EvidenceKey) key = { 0 };
    int err = evidence_key_prepare(box->data_dir, &key);
    if (err == -EBADMSG)
        return add_error(errors, err,
                         "%s/box.key: is not a key: restore it, or remove it (exports are then "
                         "signed by a new one)",
                         box->data_dir);
    return err < 0 ? add_error(errors, err, "%s/box.key: %s", box->data_dir, g_strerror(-err)) : 0;
}

static int prepare_seal(Box *box, GPtrArray *errors)
{
    g_auto(SealKey) key = { 0 };
    g_autofree char *path = g_build_filename(box->data_dir, "person.key", NULL);
    int err = seal_key_prepare(path, &key);
    if (err == -EBADMSG)
        return add_error(errors, err,
                         "%s: is not a key: restore it, or remove it (names and telephones that "
                         "are kept can then not be read any more)",
                         path);
    return err < 0 ? add_error(errors, err, "%s: %s", path, g_strerror(-err)) : 0;
}

static int check_readable(const char *path, const char *key, GPtrArray *errors)
{
    if (g_access(path, R_OK) == 0)
        return 0;
    return add_error(errors, -errno, "%s %s cannot be read: %s", key, path, g_strerror(errno));
}

static int prepare_certificate(Box *box, GPtrArray *errors)
{
    const Config *config = box->config;
    if (!config->door.certificate) {
        box->certificate = g_build_filename(box->data_dir, "tls", "door.crt", NULL);
        box->key = g_build_filename(box->data_dir, "tls", "door.key", NULL);
        return door_make_certificate(box->certificate, box->key, errors);
    }
    box->certificate = g_strdup(config->door.certificate);
    box->key = g_strdup(config->door.key);
    int err = check_readable(box->certificate, "door.certificate", errors);
    return err < 0 ? err : check_readable(box->key, "door.key", errors);
}

static int prepare_broker(Box *box, GPtrArray *errors)
{
    char error[200] = "";
    BrokerFilesOptions options = { .data_dir = box->data_dir,
                                   .config = box->config,
                                   .certificate = box->certificate,
                                   .key = box->key,
                                   .desk_password = box->secrets.desk_password,
                                   .eye_password = box->secrets.eye_password };
    int err = broker_files_write(&options, error);
    return err < 0 ? add_error(errors, err, "%s", error) : 0;
}

static int find_web(Box *box, GPtrArray *errors)
{
    g_autofree char *folder = g_path_get_dirname(box->program);
    g_autofree char *beside = g_build_filename(folder, "web", NULL);
    g_autofree char *index = g_build_filename(beside, "index.html", NULL);
    box->web = g_access(index, R_OK) == 0 ? g_steal_pointer(&beside) : g_strdup(INSTALLED_WEB);
    return 0;
}

static int prepare_door(Box *box, GPtrArray *errors)
{
    const Config *config = box->config;
    box->storage = config->storage.path ? g_strdup(config->storage.path)
                                        : g_build_filename(box->data_dir, "recordings", NULL);
    DoorOptions options = { .data_dir = box->data_dir,
                            .address = config->door.address,
                            .port = config->door.port,
                            .certificate = box->certificate,
                            .key = box->key,
                            .web = box->web,
                            .storage = box->storage,
                            .spare = config->storage.spare_path };
    int err = door_write(&options);
    return err < 0 ? add_error(errors, err, "%s/run/nginx.conf: cannot be written: %s",
                               box->data_dir, g_strerror(-err))
                   : 0;
}

typedef int (*BoxStep)(Box *box, GPtrArray *errors);

static const BoxStep steps[] = {
    check_data_dir,     make_folders, take_lock,    remove_leavings,
    prepare_own_config, put_in_force, set_zone,     check_ports,
    prepare_secrets,    prepare_key,  prepare_seal, prepare_certificate,
    prepare_broker,     find_web,     prepare_door,
};

int box_open(const char *data_dir, const char *config_path, GPtrArray *errors, Box **ret_box)
{
    g_autoptr(Box) box = g_new0(Box, 1);
    box->lock = -1;
    box->data_dir = g_canonicalize_filename(data_dir, NULL);
    box->config_path = config_path ? g_canonicalize_filename(config_path, NULL) : NULL;
    box->program = g_file_read_link("/proc/self/exe", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        int err = steps[i](box, errors);
        if (err < 0)
            return err;
    }
    *ret_box = g_steal_pointer(&box);
    return 0;
}

void box_close(Box *box)
{
    if (!box)
        return;
    if (box->lock >= 0) {
        // Only who holds the lock may: box.json could be another run's.
        g_autofree char *json = g_build_filename(box->data_dir, "box.json", NULL);
        if (box->config)
            g_unlink(json);
        close(box->lock);
    }
    g_clear_pointer(&box->config, config_unref);
    secrets_done(&box->secrets);
    g_free(box->data_dir);
    g_free(box->config_path);
    g_free(box->program);
    g_free(box->certificate);
    g_free(box->key);
    g_free(box->web);
    g_free(box->storage);
    g_free(box);
}

int box_reload(Box *box, GPtrArray *errors)
{
    int err = put_in_force(box, errors);
    if (err < 0)
        return err;
    err = prepare_broker(box, errors);
    if (err < 0)
        return err;
    // -ESRCH: the broker is just being brought back and will read the new files.
    err = broker_reload(box->data_dir);
    return err < 0 && err != -ESRCH
               ? add_error(errors, err, "the broker cannot be told to reload: %s", g_strerror(-err))
               : 0;
}

// box.json

static bool is_wildcard(const char *address)
{
    return strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;
}

char *box_public_host(const char *address)
{
    if (!is_wildcard(address))
        return strchr(address, ':') ? g_strdup_printf("[%s]", address) : g_strdup(address);
    char text[INET_ADDRSTRLEN] = "127.0.0.1";
    struct ifaddrs *all = NULL;
    if (getifaddrs(&all) < 0)
        return g_strdup(text);
    for (struct ifaddrs *one = all; one; one = one->ifa_next) {
        if (!one->ifa_addr || one->ifa_addr->sa_family != AF_INET ||
            one->ifa_flags & IFF_LOOPBACK || !(one->ifa_flags & IFF_UP))
            continue;
        inet_ntop(AF_INET, &((struct sockaddr_in *)one->ifa_addr)->sin_addr, text, sizeof(text));
        break;
    }
    freeifaddrs(all);
    return g_strdup(text);
}

// For programs on this machine.
static char *local_host(const char *address)
{
    if (strcmp(address, "0.0.0.0") == 0)
        return g_strdup("127.0.0.1");
    if (strcmp(address, "::") == 0)
        return g_strdup("[::1]");
    return box_public_host(address);
}

static json_t *url_json(const char *scheme, const char *address, int port)
{
    g_autofree char *host = local_host(address);
    g_autofree char *url = g_strdup_printf("%s://%s:%d", scheme, host, port);
    return json_pack("{sssi}", "url", url, "port", port);
}

static json_t *box_json(const Box *box, const pid_t *pids)
{
    const Config *config = box->config;
    json_t *broker = json_pack("{sssisiss}", "host", "127.0.0.1", "port", config->broker.plain_port,
                               "tls_port", config->broker.port, "ca", box->certificate);
    json_t *children =
        json_pack("{sisisisi}", "broker", (int)pids[BOX_BROKER], "door", (int)pids[BOX_DOOR],
                  "video", (int)pids[BOX_VIDEO], "desk", (int)pids[BOX_DESK]);
    return json_pack("{sssssisssososossso}", "version", HALLWATCH_VERSION, "hall", config->hall.id,
                     "pid", (int)getpid(), "config", box->config_path, "door",
                     url_json("https", config->door.address, config->door.port), "broker", broker,
                     "relay", url_json("rtsp", config->relay.address, config->relay.port), "web",
                     box->web, "children", children);
}

int box_write_json(const Box *box, const pid_t *pids)
{
    g_autofree char *path = g_build_filename(box->data_dir, "box.json", NULL);
    json_t *object = box_json(box, pids);
    char *text = object ? json_dumps(object, JSON_INDENT(2)) : NULL;
    int err = text ? file_write_atomic(path, text, strlen(text), 0640) : -EINVAL;
    free(text);
    json_decref(object);
    return err;
}

// box.json may have been left by a killed box: the lock tells.
static bool is_locked(const char *data_dir)
{
    g_autofree char *path = g_build_filename(data_dir, "run", "lock", NULL);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool is_taken = flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK;
    bool is_held = is_taken && lock_holder(fd) > 0;
    close(fd);
    return is_held;
}

int box_find(const char *data_dir, pid_t *ret_pid, char **ret_config_path)
{
    g_autofree char *path = g_build_filename(data_dir, "box.json", NULL);
    g_autofree char *text = NULL;
    size_t size = 0;
    if (!is_locked(data_dir) || file_read(path, JSON_MAX, &text, &size) < 0)
        return -ESRCH;
    char error[200];
    json_t *object = fields_parse(text, size, JSON_MAX, error);
    if (!object)
        return -ESRCH;
    Fields fields = fields_of(object);
    *ret_pid = (pid_t)fields_int_required(&fields, "pid", 2, INT32_MAX);
    *ret_config_path = g_strdup(fields_text_required(&fields, "config", JSON_MAX));
    json_decref(object);
    return fields.error[0] ? -ESRCH : 0;
}
