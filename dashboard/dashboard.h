// SPDX-License-Identifier: Apache-2.0
// Dashboard: the desk's HTTP API (sessions, roles, routes, server-sent events) on a unix socket
// behind the door.
//
// Reads use connections of its own; every write is a job of the desk's Writer. All routes stand in
// one table with their roles (routes.c).
#pragma once
#include "base/writer.h"
#include "rating/hall.h"
#include "rating/invitation.h"

typedef struct Dashboard Dashboard;

typedef struct {
    const char *socket_path; // DIR/run/desk.sock
    const char *store_path;  // DIR/hall.db
    const char *data_dir;    // for DIR/setup-code
    const char *link_secret; // signs playback links; NULL: one that ends with this process
    const char *box_key;     // with which this box signs exports, hex; NULL or empty: not known
    Writer *writer;          // the desk's
    const Hall *hall;        // config and calendar in force; copied; see dashboard_apply
    // What the desk's other parts know and do; any thread, new references. ctx is the desk.
    json_t *(*cameras)(
        void *ctx); // array, as video tells of them; those it does not tell of are "off"
    json_t *(*pads)(void *ctx);   // [{"id","counter","online","since_at",...}]
    json_t *(*system)(void *ctx); // health of the box's parts
    // After the commit of an invitation: sends the command to the counter's pads. Number of pads
    // online there.
    int (*invite)(void *ctx, const Invitation *invitation);
    // The sound file of a text ("zh" or "en"); NULL: not yet, it is being made. Never waits; the
    // caller frees.
    char *(*voice)(void *ctx, const char *language, const char *text);
    // A new password for a pad, applied to the broker; NULL and a sentence in error (at least 200
    // bytes) otherwise.
    char *(*pad_password)(void *ctx, const char *pad, char *error);
    // hallwatch.yaml's path and text (the caller frees both). 0, or a negative errno and a sentence
    // in error (at least 400 bytes).
    int (*config_read)(void *ctx, char **ret_path, char **ret_text, char *error);
    // A text in its place and in force; -ESTALE: the file is not `was` any more; -EINVAL: it would
    // not be a config; other negative errno. With a sentence in error.
    int (*config_write)(void *ctx, const char *was, const char *text, char *error);
    // Config and calendar are read again and put in force soon; never waits.
    void (*reload)(void *ctx);
    // POST to video. 0 with its status and its JSON (new reference; NULL: none), or negative errno.
    int (*ask_video)(void *ctx, const char *path, json_t *body, int timeout_ms, long *ret_status,
                     json_t **ret_answer);
    void *ctx;
} DashboardOptions;

int dashboard_new(const DashboardOptions *options, Dashboard **ret_dashboard);
void dashboard_free(Dashboard *dashboard);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Dashboard, dashboard_free)
// From now on requests see this config and calendar (the struct is copied, the config referenced).
// Returns once no request uses the ones before, so that the caller may free them. One thread; never
// the writer's.
void dashboard_apply(Dashboard *dashboard, const Hall *hall);
// To all pages that watch: event: KIND, data: JSON. kind: rating, complaint, card, case, flag,
// invitation, hold, bookmark, camera, pad, duty, roster, master or ticket; each page gets what its
// role may see. Any thread; never blocks.
void dashboard_publish(Dashboard *dashboard, const char *kind, json_t *take_data);
