// SPDX-License-Identifier: Apache-2.0
#include "appliance/door.h"
#include "appliance/embedded.h"
#include "base/file.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

// blob: for playback by Media Source Extensions, data: for small pictures in the style sheet, and
// inline style for sizes that the page computes. Scripts only from files of the page.
#define CSP                                                                                        \
    "default-src 'self'; media-src 'self' blob:; img-src 'self' data: blob:; "                     \
    "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'self'; "   \
    "frame-ancestors 'none'"

// A location with an add_header of its own loses those of the server, so they are said again there.
#define HEADERS                                                                                    \
    "            add_header Content-Security-Policy \"" CSP "\" always;\n"                         \
    "            add_header X-Content-Type-Options nosniff always;\n"                              \
    "            add_header Referrer-Policy same-origin always;"

// So it is with error_page.
#define API_ERRORS                                                                                 \
    "            error_page 413 @too_large;\n"                                                     \
    "            error_page 429 @too_many;\n"                                                      \
    "            error_page 502 504 =503 @desk_down;"

#define CONNECTIONS_MAX 4096

static void fill(GString *text, const char *name, const char *value)
{
    g_autofree char *place = g_strdup_printf("{{%s}}", name);
    g_string_replace(text, place, value, 0);
}

static void fill_number(GString *text, const char *name, long value)
{
    g_autofree char *digits = g_strdup_printf("%ld", value);
    fill(text, name, digits);
}

// Each connection of a browser may need two files: its own and the upstream's.
static void fill_limits(GString *text)
{
    struct rlimit limit = { 1024, 1024 };
    getrlimit(RLIMIT_NOFILE, &limit);
    long files = (long)MIN(limit.rlim_max, (rlim_t)CONNECTIONS_MAX * 4);
    fill_number(text, "files", files);
    fill_number(text, "connections", MIN(files / 2, CONNECTIONS_MAX));
}

static char *listen_text(const char *address, int port)
{
    return g_strdup_printf(strchr(address, ':') ? "[%s]:%d" : "%s:%d", address, port);
}

int door_write(const DoorOptions *options)
{
    g_autofree char *run = g_build_filename(options->data_dir, "run", NULL);
    g_autofree char *path = g_build_filename(run, "nginx.conf", NULL);
    g_autofree char *exports = g_build_filename(options->data_dir, "exports", NULL);
    g_autofree char *listen = listen_text(options->address, options->port);
    g_autoptr(GString) text = g_string_new(embedded_nginx_conf);
    // Started by root, nginx would give its workers to another user, who could not enter DIR. The
    // box runs all its parts as the one user that started it; for root that has to be said, for
    // others it must not be.
    fill(text, "user", geteuid() == 0 ? "user root;" : "");
    fill(text, "run", run);
    fill_limits(text);
    fill(text, "headers", HEADERS);
    fill(text, "api_errors", API_ERRORS);
    fill(text, "csp", CSP);
    fill(text, "listen", listen);
    fill(text, "certificate", options->certificate);
    fill(text, "key", options->key);
    fill(text, "web", options->web);
    fill(text, "storage", options->storage);
    fill(text, "spare", options->spare ? options->spare : options->storage);
    fill(text, "exports", exports);
    return file_write_atomic(path, text->str, text->len, 0640);
}

// Names that cannot stand in a certificate are left out: the page is then reached by address.
static char *alternative_names(void)
{
    static const char fixed[] = "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1";
    const char *host = g_get_host_name();
    bool is_plain = *host && strlen(host) <= 200 &&
                    strspn(host, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-.") == strlen(host);
    return is_plain && strcmp(host, "localhost") != 0 ? g_strdup_printf("%s,DNS:%s", fixed, host)
                                                      : g_strdup(fixed);
}

static int run_openssl(const char *certificate, const char *key, GPtrArray *errors)
{
    g_autofree char *names = alternative_names();
    const char *argv[] = { "openssl",
                           "req",
                           "-x509",
                           "-newkey",
                           "ec",
                           "-pkeyopt",
                           "ec_paramgen_curve:prime256v1",
                           "-nodes",
                           "-sha256",
                           "-days",
                           "3650",
                           "-subj",
                           "/CN=Hallwatch",
                           "-addext",
                           names,
                           "-keyout",
                           key,
                           "-out",
                           certificate,
                           NULL };
    g_autofree char *output = NULL;
    g_autoptr(GError) error = NULL;
    int status = 0;
    if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL,
                      NULL, NULL, NULL, &output, &status, &error)) {
        g_ptr_array_add(
            errors,
            g_strdup_printf("cannot run openssl to make a certificate: %s; install the package "
                            "openssl or set door.certificate and door.key",
                            error->message));
        return -ENOENT;
    }
    if (g_spawn_check_wait_status(status, NULL))
        return 0;
    g_ptr_array_add(
        errors, g_strdup_printf("openssl could not make a certificate: %s", g_strstrip(output)));
    return -EIO;
}

int door_make_certificate(const char *certificate, const char *key, GPtrArray *errors)
{
    if (g_access(certificate, R_OK) == 0 && g_access(key, R_OK) == 0)
        return 0;
    // Beside first: a start that is cut short must not leave a certificate without its key.
    g_autofree char *new_certificate = g_strconcat(certificate, ".new", NULL);
    g_autofree char *new_key = g_strconcat(key, ".new", NULL);
    int err = run_openssl(new_certificate, new_key, errors);
    if (err < 0)
        return err;
    if (g_chmod(new_key, 0600) < 0 || g_rename(new_key, key) < 0 ||
        g_rename(new_certificate, certificate) < 0) {
        err = -errno;
        g_ptr_array_add(
            errors, g_strdup_printf("%s: cannot be written: %s", certificate, g_strerror(-err)));
    }
    return err;
}
