// SPDX-License-Identifier: Apache-2.0
// One camera's settings: read, and changed in hallwatch.yaml. Passwords in addresses go in, and
// never out.
#include "dashboard/api.h"

#include "base/config_edit.h"
#include "base/config_table.h"
#include "base/secret.h"
#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "dashboard/camera_address.h"

#include <errno.h>
#include <string.h>

enum { ERROR_BYTES = 400, VALUE_MAX = 1000, COUNTERS_MAX = 64, DIGEST_MAX = 64 };

#define WHAT    "camera with this id in hallwatch.yaml"
#define SECTION "cameras"

// hallwatch.yaml as it is at this moment: not what is in force, which may be older.
typedef struct {
    char *path, *text, *digest;
    Config *config;
} File;

static void file_done(File *file)
{
    g_free(file->path);
    g_free(file->text);
    g_free(file->digest);
    config_unref(file->config);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(File, file_done)

static void reply_invalid_file(HttpRequest *request, const GPtrArray *errors)
{
    http_reply_error(request, 409, "config", "hallwatch.yaml has to be put right by hand first: %s",
                     errors->len ? (const char *)errors->pdata[0] : "it cannot be read");
}

// The digest is signed: a bare one would let a password be guessed from it. False: the request has
// been answered.
static bool file_load(HttpRequest *request, File *ret_file)
{
    const DashboardOptions *options = &call_of(request)->dashboard->options;
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    char error[ERROR_BYTES] = "";
    if (options->config_read(options->ctx, &ret_file->path, &ret_file->text, error) < 0) {
        http_reply_error(request, 503, "config", "%s", error);
        return false;
    }
    ret_file->digest = secret_sign(options->link_secret, ret_file->text);
    if (config_parse(ret_file->path, ret_file->text, strlen(ret_file->text), errors,
                     &ret_file->config) == 0)
        return true;
    reply_invalid_file(request, errors);
    return false;
}

// --- a camera as JSON

static json_t *value_json(const Option *option, const ConfigCamera *camera)
{
    g_autofree char *text = option_text(option, camera);
    if (option->type == OPTION_BOOL)
        return json_boolean(strcmp(text, "true") == 0);
    if (option->type == OPTION_INT)
        return json_integer(g_ascii_strtoll(text, NULL, 10));
    if (option->type == OPTION_GIGABYTES)
        return json_real(g_ascii_strtod(text, NULL));
    if (option_is_list(option)) {
        json_t *list = json_array();
        char *const *item = *(char **const *)((const char *)camera + option->offset);
        for (; item && *item; item++)
            json_array_append_new(list, json_string(*item));
        return list;
    }
    if (!text)
        return json_null();
    g_autofree char *shown =
        option->type == OPTION_URL ? camera_address_mask(text) : g_strdup(text);
    return json_string(shown);
}

static json_t *camera_json(const ConfigCamera *camera, const char *digest)
{
    json_t *object = json_pack("{s:s}", "digest", digest);
    for (size_t i = 0; i < config_options_n; i++) {
        const Option *option = &config_options[i];
        if (strcmp(option->section, SECTION) == 0)
            json_object_set_new(object, option->key, value_json(option, camera));
    }
    return object;
}

// --- and back

static void set_value(Fields *fields, const Option *option, ConfigCamera *camera, const char *text)
{
    if (option_set(option, camera, text, "/"))
        return;
    g_autofree char *allowed = option_allowed(option), *found = option_found(option, text);
    fields_fail(fields, "%s: found %.60s; allowed %s", option->key, found, allowed);
}

// Privacy masks stay unless they are named: who does not know of them must not take them away.
static void keep_masks(ConfigCamera *camera, const ConfigCamera *was)
{
    g_strfreev(camera->masks);
    camera->masks = g_strdupv(was->masks);
}

static void set_list(Fields *fields, const Option *option, ConfigCamera *camera,
                     const ConfigCamera *was)
{
    if (option->type == OPTION_MASKS && was && !json_object_get(fields->object, option->key)) {
        keep_masks(camera, was);
        return;
    }
    json_t *list = fields_array(fields, option->key, COUNTERS_MAX);
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        const char *text = json_string_value(item);
        set_value(fields, option, camera, text ? text : "");
    }
}

static void set_gigabytes(Fields *fields, const Option *option, ConfigCamera *camera)
{
    json_t *value = json_object_get(fields->object, option->key);
    if (!value || json_is_null(value))
        return;
    if (!json_is_number(value)) {
        fields_fail(fields, "%s must be a number", option->key);
        return;
    }
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    set_value(fields, option, camera,
              g_ascii_formatd(text, sizeof text, "%.6f", json_number_value(value)));
}

// A masked address takes its password from what is known of this camera.
static void set_address(Fields *fields, const Option *option, ConfigCamera *camera,
                        const ConfigCamera *was, const char *given)
{
    g_autofree char *address = camera_address_unmask(given, was ? was->url : NULL);
    if (!address)
        address = camera_address_unmask(given, was ? was->sub_url : NULL);
    if (!address)
        fields_fail(fields,
                    "%s: type the password again: it is kept only for the same user, host and port",
                    option->key);
    else if (g_str_has_prefix(address, "file:") &&
             !(was && (!g_strcmp0(address, was->url) || !g_strcmp0(address, was->sub_url))))
        fields_fail(fields, "%s: a file can only be named in hallwatch.yaml itself", option->key);
    else
        set_value(fields, option, camera, address);
}

static void set_option(Fields *fields, const Option *option, ConfigCamera *camera,
                       const ConfigCamera *was)
{
    if (option_is_list(option)) {
        set_list(fields, option, camera, was);
        return;
    }
    if (option->type == OPTION_BOOL) {
        bool *field = (bool *)((char *)camera + option->offset);
        *field = fields_bool(fields, option->key, *field);
        return;
    }
    if (option->type == OPTION_GIGABYTES) {
        set_gigabytes(fields, option, camera);
        return;
    }
    if (option->type == OPTION_INT) {
        int *field = (int *)((char *)camera + option->offset);
        *field = (int)fields_int(fields, option->key, option->min, option->max, *field);
        return;
    }
    const char *text = option->flags & OPTION_REQUIRED
                           ? fields_text_required(fields, option->key, VALUE_MAX)
                           : fields_text(fields, option->key, VALUE_MAX);
    if (fields->error[0] || !text)
        return;
    if (option->type == OPTION_URL)
        set_address(fields, option, camera, was, text);
    else
        set_value(fields, option, camera, text);
}

static bool is_key(const char *key)
{
    return config_option_find(SECTION, key) || strcmp(key, "digest") == 0;
}

// What is not said is as the config's default. was: the camera as it is; NULL: a new one. NULL:
// the request has been answered.
static ConfigCamera *read_camera(HttpRequest *request, json_t *body, const ConfigCamera *was)
{
    Fields fields = fields_of(body);
    g_autoptr(ConfigCamera) camera = config_camera_new();
    const char *key;
    json_t *value;
    json_object_foreach(body, key, value)
    {
        if (!is_key(key))
            fields_fail(&fields, "%.40s: there is no such setting", key);
    }
    for (size_t i = 0; i < config_options_n && !fields.error[0]; i++) {
        if (strcmp(config_options[i].section, SECTION) == 0)
            set_option(&fields, &config_options[i], camera, was);
    }
    if (!fields.error[0])
        return g_steal_pointer(&camera);
    http_reply_error(request, 400, "invalid", "%s", fields.error);
    return NULL;
}

// --- writing

typedef struct {
    const Call *call;
    const char *action, *id, *detail;
} NoteJob;

static int note_run(Store *store, void *data)
{
    const NoteJob *job = data;
    return audit_add(store, job->call->now_ms, job->call->who, job->action, job->id, job->detail);
}

static void reply_not_edited(HttpRequest *request, int err, const GPtrArray *errors)
{
    if (err == -ENOENT)
        call_reply_failure(request, err, WHAT, "");
    else
        http_reply_error(request, err == -ENOTSUP ? 409 : 400,
                         err == -ENOTSUP ? "config" : "invalid", "%s",
                         errors->len ? (const char *)errors->pdata[0] : "not valid");
}

// Noted first: a change that nobody is known to have made must not be.
static bool write_file(HttpRequest *request, const File *file, const char *text, NoteJob *note)
{
    const DashboardOptions *options = &call_of(request)->dashboard->options;
    char error[ERROR_BYTES] = "";
    note->call = call_of(request);
    int err = call_write(request, note_run, note);
    if (err < 0) {
        call_reply_failure(request, err, "the change", "");
        return false;
    }
    err = options->config_write(options->ctx, file->text, text, error);
    if (err == -ESTALE)
        http_reply_error(request, 409, "changed", "%s", error);
    else if (err < 0)
        http_reply_error(request, err == -EINVAL ? 409 : 503, "config", "%s", error);
    return err == 0;
}

static void put_camera(HttpRequest *request, const File *file, const ConfigCamera *camera,
                       const char *action, int status)
{
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *text = NULL;
    int err = config_edit_put(file->path, file->text, strlen(file->text), camera, errors, &text);
    NoteJob note = { .action = action, .id = camera->id, .detail = camera->name };
    if (err < 0) {
        reply_not_edited(request, err, errors);
    } else if (write_file(request, file, text, &note)) {
        g_autofree char *digest =
            secret_sign(call_of(request)->dashboard->options.link_secret, text);
        http_reply_json(request, status, camera_json(camera, digest));
    }
}

// False: the file is not the one that the caller has looked at, and the request has been answered.
static bool check_digest(HttpRequest *request, json_t *body, const File *file)
{
    Fields fields = fields_of(body);
    const char *digest = fields_text_required(&fields, "digest", DIGEST_MAX);
    if (fields.error[0])
        http_reply_error(request, 400, "invalid", "%s", fields.error);
    else if (!secret_equal(digest, file->digest))
        http_reply_error(request, 409, "changed",
                         "The configuration was changed by somebody else meanwhile. Look at the "
                         "camera again, then repeat your change.");
    else
        return true;
    return false;
}

// --- routes

void api_camera(HttpRequest *request, void *ctx)
{
    g_auto(File) file = { 0 };
    if (!file_load(request, &file))
        return;
    const ConfigCamera *camera = config_camera(file.config, http_param(request, "id"));
    call_reply_found(request, camera ? camera_json(camera, file.digest) : NULL, WHAT);
}

static void add_camera(HttpRequest *request, json_t *body)
{
    g_auto(File) file = { 0 };
    if (!file_load(request, &file))
        return;
    g_autoptr(ConfigCamera) camera = read_camera(request, body, NULL);
    if (!camera)
        return;
    if (config_camera(file.config, camera->id))
        call_reply_failure(request, -EEXIST, WHAT,
                           "There is a camera with this id already. Choose another one.");
    else
        put_camera(request, &file, camera, "camera.add", 201);
}

static void change_camera(HttpRequest *request, json_t *body)
{
    g_auto(File) file = { 0 };
    const char *id = http_param(request, "id");
    if (!file_load(request, &file))
        return;
    const ConfigCamera *was = config_camera(file.config, id);
    if (!was) {
        call_reply_failure(request, -ENOENT, WHAT, "");
        return;
    }
    json_object_set_new(body, "id", json_string(id));
    g_autoptr(ConfigCamera) camera =
        check_digest(request, body, &file) ? read_camera(request, body, was) : NULL;
    if (camera)
        put_camera(request, &file, camera, "camera.change", 200);
}

static void remove_camera(HttpRequest *request, json_t *body)
{
    g_auto(File) file = { 0 };
    const char *id = http_param(request, "id");
    if (!file_load(request, &file) || !check_digest(request, body, &file))
        return;
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *text = NULL;
    int err = config_edit_remove(file.path, file.text, strlen(file.text), id, errors, &text);
    NoteJob note = { .action = "camera.remove", .id = id };
    if (err < 0)
        reply_not_edited(request, err, errors);
    else if (write_file(request, &file, text, &note))
        http_reply_bytes(request, 204, NULL, "", 0);
}

static void with_body(HttpRequest *request, void (*act)(HttpRequest *request, json_t *body))
{
    json_t *body = call_body(request);
    if (body)
        act(request, body);
    json_decref(body);
}

void api_camera_post(HttpRequest *request, void *ctx)
{
    with_body(request, add_camera);
}

void api_camera_put(HttpRequest *request, void *ctx)
{
    with_body(request, change_camera);
}

void api_camera_delete(HttpRequest *request, void *ctx)
{
    with_body(request, remove_camera);
}
