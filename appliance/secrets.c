// SPDX-License-Identifier: Apache-2.0
#include "appliance/secrets.h"
#include "base/fields.h"
#include "base/file.h"
#include "base/secret.h"
#include <errno.h>
#include <string.h>

#define FILE_MAX_BYTES    4096
#define TEXT_MAX          200
#define TOKEN_BYTES       16
#define LINK_SECRET_BYTES 32

static char *secrets_path(const char *data_dir)
{
    return g_build_filename(data_dir, "secrets.json", NULL);
}

int secrets_read(const char *data_dir, Secrets *ret_secrets)
{
    *ret_secrets = (Secrets){ 0 };
    g_autofree char *path = secrets_path(data_dir);
    g_autofree char *text = NULL;
    size_t size = 0;
    int err = file_read(path, FILE_MAX_BYTES, &text, &size);
    if (err < 0)
        return err;
    char error[200];
    json_t *object = fields_parse(text, size, FILE_MAX_BYTES, error);
    if (!object)
        return -EPROTO;
    Fields fields = fields_of(object);
    ret_secrets->desk_password = g_strdup(fields_text_required(&fields, "desk_password", TEXT_MAX));
    ret_secrets->relay_user = g_strdup(fields_text_required(&fields, "relay_user", TEXT_MAX));
    ret_secrets->relay_password =
        g_strdup(fields_text_required(&fields, "relay_password", TEXT_MAX));
    // Boxes of before have none yet: secrets_prepare makes it.
    ret_secrets->link_secret = g_strdup(fields_text(&fields, "link_secret", TEXT_MAX));
    ret_secrets->eye_password = g_strdup(fields_text(&fields, "eye_password", TEXT_MAX));
    json_decref(object);
    if (!fields.error[0])
        return 0;
    secrets_done(ret_secrets);
    return -EPROTO;
}

static int secrets_write(const char *data_dir, const Secrets *secrets)
{
    g_autofree char *path = secrets_path(data_dir);
    json_t *object =
        json_pack("{ssssssssss}", "desk_password", secrets->desk_password, "relay_user",
                  secrets->relay_user, "relay_password", secrets->relay_password, "link_secret",
                  secrets->link_secret, "eye_password", secrets->eye_password);
    char *text = json_dumps(object, JSON_INDENT(2));
    int err = text ? file_write_atomic(path, text, strlen(text), 0600) : -ENOMEM;
    free(text);
    json_decref(object);
    return err;
}

// True: it was another one.
static bool replace(char **text, const char *wanted)
{
    if (g_strcmp0(*text, wanted) == 0)
        return false;
    g_free(*text);
    *text = g_strdup(wanted);
    return true;
}

int secrets_prepare(const char *data_dir, const Config *config, Secrets *ret_secrets)
{
    int err = secrets_read(data_dir, ret_secrets);
    if (err < 0 && err != -ENOENT)
        return err;
    bool is_changed = err == -ENOENT;
    if (is_changed) {
        ret_secrets->desk_password = secret_token(TOKEN_BYTES);
        ret_secrets->relay_password = secret_token(TOKEN_BYTES);
    }
    if (!ret_secrets->link_secret) {
        ret_secrets->link_secret = secret_token(LINK_SECRET_BYTES);
        is_changed = true;
    }
    if (!ret_secrets->eye_password) {
        ret_secrets->eye_password = secret_token(TOKEN_BYTES);
        is_changed = true;
    }
    is_changed |= replace(&ret_secrets->relay_user, config->relay.user);
    if (config->relay.password)
        is_changed |= replace(&ret_secrets->relay_password, config->relay.password);
    return is_changed ? secrets_write(data_dir, ret_secrets) : 0;
}

void secrets_done(Secrets *secrets)
{
    g_clear_pointer(&secrets->desk_password, g_free);
    g_clear_pointer(&secrets->relay_user, g_free);
    g_clear_pointer(&secrets->relay_password, g_free);
    g_clear_pointer(&secrets->link_secret, g_free);
    g_clear_pointer(&secrets->eye_password, g_free);
}
