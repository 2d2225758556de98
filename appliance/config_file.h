// SPDX-License-Identifier: Apache-2.0
// Config file: the person's hallwatch.yaml of a running box, read and replaced by the desk when
// somebody changes a camera in the page. Any thread.
#pragma once
#include <glib.h>
#include <stddef.h>

typedef struct ConfigFile ConfigFile;

enum { CONFIG_FILE_ERROR = 400 }; // bytes that an error takes at most

ConfigFile *config_file_new(const char *data_dir);
void config_file_free(ConfigFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ConfigFile, config_file_free)

// 0 with the file's path and text (the caller frees both), or a negative errno and a sentence.
int config_file_read(ConfigFile *file, char **ret_path, char **ret_text, char *ret_error);
// Puts the text in place of what was there, and has the box put it in force as `hallwatch reload`
// does. The file is the old one or the new one at any moment, and its mode stays. -ESTALE: it is
// not `was` any more; -EINVAL: the text is no config, or changes what only a start can apply; other
// negative errno; with a sentence. Nothing has changed then.
int config_file_write(ConfigFile *file, const char *was, const char *text, char *ret_error);
