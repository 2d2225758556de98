// SPDX-License-Identifier: Apache-2.0
#include "appliance/config_file.h"

#include "appliance/box.h"
#include "base/file.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BYTES_MAX (1024 * 1024)

struct ConfigFile {
    char *data_dir;
    GMutex lock; // one write at a time
};

ConfigFile *config_file_new(const char *data_dir)
{
    ConfigFile *file = g_new0(ConfigFile, 1);
    file->data_dir = g_strdup(data_dir);
    g_mutex_init(&file->lock);
    return file;
}

void config_file_free(ConfigFile *file)
{
    if (!file)
        return;
    g_mutex_clear(&file->lock);
    g_free(file->data_dir);
    g_free(file);
}

// A sentence for a failed step. Returns err.
static int fail(int err, const char *path, const char *what, char *ret_error)
{
    g_snprintf(ret_error, CONFIG_FILE_ERROR, "%s cannot be %s: %s. Ask whoever installed the box.",
               path, what, g_strerror(-err));
    return err;
}

static int find(ConfigFile *file, pid_t *ret_pid, char **ret_path, char *ret_error)
{
    int err = box_find(file->data_dir, ret_pid, ret_path);
    if (err < 0)
        g_snprintf(ret_error, CONFIG_FILE_ERROR,
                   "The box is just starting. Try again in a moment.");
    return err;
}

static int read_at(const char *path, char **ret_text, char *ret_error)
{
    size_t size = 0;
    int err = file_read(path, BYTES_MAX, ret_text, &size);
    if (err == 0 && strlen(*ret_text) != size) {
        g_clear_pointer(ret_text, g_free);
        err = -EINVAL;
    }
    return err < 0 ? fail(err, path, "read", ret_error) : 0;
}

int config_file_read(ConfigFile *file, char **ret_path, char **ret_text, char *ret_error)
{
    pid_t pid;
    g_autofree char *path = NULL;
    *ret_path = *ret_text = NULL;
    int err = find(file, &pid, &path, ret_error);
    if (err == 0)
        err = read_at(path, ret_text, ret_error);
    if (err == 0)
        *ret_path = g_steal_pointer(&path);
    return err;
}

static int check_same(const char *path, const char *was, char *ret_error)
{
    g_autofree char *now = NULL;
    int err = read_at(path, &now, ret_error);
    if (err < 0 || strcmp(now, was) == 0)
        return err;
    g_snprintf(ret_error, CONFIG_FILE_ERROR,
               "The configuration was changed by somebody else meanwhile. Look at it again, then "
               "repeat your change.");
    return -ESTALE;
}

// As the supervisor will check it.
static int check_text(ConfigFile *file, const char *path, const char *text, char *ret_error)
{
    g_autofree char *copy = g_build_filename(file->data_dir, "run", "hallwatch.yaml", NULL);
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Config) in_force = NULL, next = NULL;
    int err = config_load(copy, errors, &in_force);
    if (err == 0)
        err = config_parse_next(path, text, strlen(text), in_force, errors, &next);
    if (err < 0 && errors->len)
        g_snprintf(ret_error, CONFIG_FILE_ERROR, "%.390s", (char *)errors->pdata[0]);
    return err;
}

// A link stays one: what it leads to is replaced.
static int replace(const char *path, const char *text, char *ret_error)
{
    g_autofree char *real = g_new0(char, PATH_MAX);
    struct stat status = { 0 };
    int err = realpath(path, real) && stat(real, &status) == 0 ? 0 : -errno;
    if (err == 0)
        err = file_write_atomic(real, text, strlen(text), status.st_mode & 07777);
    return err < 0 ? fail(err, path, "written", ret_error) : 0;
}

static int write_locked(ConfigFile *file, const char *was, const char *text, char *ret_error)
{
    pid_t pid;
    g_autofree char *path = NULL;
    int err = find(file, &pid, &path, ret_error);
    if (err == 0)
        err = check_text(file, path, text, ret_error);
    if (err == 0)
        err = check_same(path, was, ret_error);
    if (err == 0)
        err = replace(path, text, ret_error);
    if (err == 0)
        kill(pid, SIGHUP);
    return err;
}

int config_file_write(ConfigFile *file, const char *was, const char *text, char *ret_error)
{
    g_mutex_lock(&file->lock);
    int err = write_locked(file, was, text, ret_error);
    g_mutex_unlock(&file->lock);
    return err;
}
