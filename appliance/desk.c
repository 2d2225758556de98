// SPDX-License-Identifier: Apache-2.0
#include "appliance/desk.h"
#include "appliance/camera_lost.h"
#include "appliance/changes.h"
#include "appliance/cleaning.h"
#include "appliance/clue_watch.h"
#include "appliance/config_file.h"
#include "appliance/export_delivery.h"
#include "appliance/eye_intake.h"
#include "appliance/folding.h"
#include "appliance/hold_delivery.h"
#include "appliance/hold_quota.h"
#include "appliance/inbox_watch.h"
#include "appliance/intake.h"
#include "appliance/outbox_delivery.h"
#include "appliance/report_watch.h"
#include "appliance/secrets.h"
#include "appliance/storage_alarm.h"
#include "appliance/sweep.h"
#include "appliance/video_watch.h"
#include "appliance/voice.h"
#include "base/clock.h"
#include "base/http_client.h"
#include "base/log.h"
#include "base/seal.h"
#include "base/secret.h"
#include "capture/evidence_key.h"
#include "dashboard/dashboard.h"
#include "mqtt/broker_files.h"
#include "mqtt/queue_message.h"
#include "rating/calendar.h"
#include "rating/flag.h"
#include "rating/person.h"
#include "rating/province.h"
#include "rating/supervision.h"
#include "rating/ticket.h"
#include "rating/watch.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

// Pages hear of changes at most so often, however many ratings come in.
#define TELL_PERIOD_MS 200
// Grades are looked over at least so often, and so soon after a case changed.
#define SWEEP_PERIOD_MS 60000
#define SWEEP_SOON_MS   500

// All that the desk reacts to. Other threads push; the main thread handles (desk_handle).
typedef enum {
    DESK_STOP,
    DESK_RELOAD,
    DESK_LINK_UP,
    DESK_LINK_DOWN,
    DESK_PAD_STATE,
    DESK_PAD_TELE,
    DESK_PAD_ACK,
    DESK_CAMERA,    // a camera's state changed
    DESK_SEEN,      // by what is seen, a flag falls due at a moment
    DESK_CHANGED,   // a commit changed things that pages show
    DESK_SWEPT,     // a sweep of the deadlines is done
    DESK_SWEEP_DUE, // timers
    DESK_TELL_DUE,
} DeskEventKind;

typedef struct {
    DeskEventKind kind;
    char *pad;                // PAD_*
    bool is_online;           // PAD_STATE
    PadTele tele;             // PAD_TELE
    char *invitation, *state; // PAD_ACK
    json_t *camera;           // CAMERA
    bool has_erased;          // SWEPT: names and telephones
    int64_t at_ms;            // wall clock: PAD_*: when it came; SWEPT, SEEN: of the next look
} DeskEvent;

typedef enum { TIMER_SWEEP, TIMER_TELL, N_TIMERS } DeskTimer;

typedef struct {
    // Set before the other threads start; safe from all of them.
    const char *data_dir;
    char *config_path, *store_path, *calendar_dir, *desk_socket, *video_socket, *probe_socket;
    GAsyncQueue *events; // DeskEvent
    Changes *changes;
    Writer *writer;
    PadRegistry *registry;
    PadLink *link;
    Intake *intake;
    EyeIntake *eye;
    Dashboard *dashboard;
    VideoWatch *video;
    HoldDelivery *holds;
    HoldQuota *quota;
    CameraLost *lost;
    StorageAlarm *alarm;
    ExportDelivery *exports;
    OutboxDelivery *outbox;
    Folding *folding;
    Cleaning *cleaning;
    char box_key[EVIDENCE_KEY_HEX]; // the public one; empty: it could not be read
    InboxWatch *inbox;
    ClueWatch *clues;     // main thread
    ReportWatch *reports; // main thread
    ConfigFile *file;
    Voice *voice; // NULL: its folder cannot be made
    GThread *signals;
    SealKey seal; // what is said about persons is encrypted with it

    // Main thread.
    Config *config;
    Calendar *calendar;
    Store *store;          // reads who is on duty
    GHashTable *cfgs;      // pad -> text of the down/cfg that it was sent
    int64_t due[N_TIMERS]; // monotonic; INT64_MAX: off
    int64_t told_ms;       // monotonic
    bool is_ending;

    // Writer's thread; replaced by a job.
    Hall hall;
    bool has_outgoing; // writer's thread: the transaction touched the outbox
} Desk;

static void event_free(gpointer data)
{
    DeskEvent *event = data;
    g_free(event->pad);
    g_free(event->invitation);
    g_free(event->state);
    json_decref(event->camera);
    g_free(event);
}

static void push(Desk *desk, DeskEvent event)
{
    g_async_queue_push(desk->events, g_memdup2(&event, sizeof event));
}

// --- what other threads call

static gpointer signals_thread(gpointer data)
{
    Desk *desk = data;
    sigset_t set;
    int number = 0;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    do {
        if (sigwait(&set, &number) == 0)
            push(desk, (DeskEvent){ .kind = number == SIGHUP ? DESK_RELOAD : DESK_STOP });
    } while (number == 0 || number == SIGHUP);
    return NULL;
}

static void link_changed(void *ctx, bool is_up)
{
    push(ctx, (DeskEvent){ .kind = is_up ? DESK_LINK_UP : DESK_LINK_DOWN });
}

static int read_state(const PadLinkMessage *message, DeskEvent *event, PadBad *bad)
{
    PadState state;
    int err = pad_state_parse(message->bytes, message->size, &state, bad);
    event->kind = DESK_PAD_STATE;
    event->is_online = state.is_online;
    return err;
}

static int read_tele(const PadLinkMessage *message, DeskEvent *event, PadBad *bad)
{
    event->kind = DESK_PAD_TELE;
    return pad_tele_parse(message->bytes, message->size, &event->tele, bad);
}

static int read_ack(const PadLinkMessage *message, DeskEvent *event, PadBad *bad)
{
    PadAck ack;
    int err = pad_ack_parse(message->bytes, message->size, &ack, bad);
    event->kind = DESK_PAD_ACK;
    event->invitation = g_strdup(ack.invitation);
    event->state = g_strdup(ack.state);
    pad_ack_done(&ack);
    return err;
}

static int read_unknown(const PadLinkMessage *message, DeskEvent *event, PadBad *bad)
{
    *bad = (PadBad){ .why = "pads have no such topic" };
    return -EINVAL;
}

// Link's thread. The broker keeps a state; what else it kept was said long ago and is not taken.
static void link_message(void *ctx, const PadLinkMessage *message)
{
    static int (*const readers[])(const PadLinkMessage *, DeskEvent *, PadBad *) = {
        [PAD_TOPIC_UNKNOWN] = read_unknown, [PAD_TOPIC_STATE] = read_state,
        [PAD_TOPIC_ACK] = read_ack,         [PAD_TOPIC_TELE] = read_tele,
        [PAD_TOPIC_TICKET] = read_unknown,
    };
    Desk *desk = ctx;
    DeskEvent event = { .at_ms = clock_wall_ms() };
    PadBad bad;
    if (message->is_retained && message->topic != PAD_TOPIC_STATE)
        return;
    if (message->topic == PAD_TOPIC_RATING) {
        intake_rating(desk->intake, message, event.at_ms);
    } else if (message->topic == PAD_TOPIC_TICKET && strcmp(message->pad, QUEUE_USER) == 0) {
        intake_ticket(desk->intake, message, event.at_ms);
    } else if (readers[message->topic](message, &event, &bad) < 0) {
        intake_refuse(desk->intake, message->pad, &bad);
    } else {
        event.pad = g_strdup(message->pad);
        push(desk, event);
    }
}

static void link_seen(void *ctx, const char *camera, const char *bytes, size_t size)
{
    eye_intake_take(((Desk *)ctx)->eye, camera, bytes, size);
}

static void seen_due(void *ctx, int64_t at_ms)
{
    push(ctx, (DeskEvent){ .kind = DESK_SEEN, .at_ms = at_ms });
}

static void hall_changed(void *ctx, const char *kind, const char *id)
{
    Desk *desk = ctx;
    desk->has_outgoing |= strcmp(kind, "outbox") == 0;
    changes_note(desk->changes, kind, id);
}

static void after_batch(void *ctx, int err)
{
    Desk *desk = ctx;
    intake_after_batch(desk->intake);
    if (desk->has_outgoing)
        outbox_delivery_wake(desk->outbox);
    desk->has_outgoing = false;
    if (changes_commit(desk->changes, err))
        push(desk, (DeskEvent){ .kind = DESK_CHANGED });
}

static void camera_changed(void *ctx, json_t *take_camera)
{
    push(ctx, (DeskEvent){ .kind = DESK_CAMERA, .camera = take_camera });
}

// --- what the dashboard asks, on its threads

static json_t *ask_cameras(void *ctx)
{
    return video_watch_cameras(((Desk *)ctx)->video);
}

static json_t *ask_pads(void *ctx)
{
    return pad_registry_list(((Desk *)ctx)->registry);
}

static json_t *ask_system(void *ctx)
{
    Desk *desk = ctx;
    json_t *video = video_watch_status(desk->video);
    json_t *parts = json_pack(
        "{s:{s:b},s:{s:b},s:o,s:I,s:O?,s:O?,s:o,s:s?,s:o}", "broker", "up",
        pad_link_is_up(desk->link), "video", "up", video != NULL, "ratings",
        intake_counts(desk->intake), "backlog", (json_int_t)writer_backlog(desk->writer), "storage",
        json_object_get(video, "storage"), "relay", json_object_get(video, "relay"), "holds",
        hold_quota_json(desk->quota), "box_key", *desk->box_key ? desk->box_key : NULL, "voice",
        desk->voice ? voice_state(desk->voice) : json_null());
    json_decref(video);
    return parts;
}

static char *ask_voice(void *ctx, const char *language, const char *text)
{
    Desk *desk = ctx;
    return desk->voice ? voice_get(desk->voice, language, text) : NULL;
}

static int invite(void *ctx, const Invitation *invitation)
{
    Desk *desk = ctx;
    int64_t left_ms = invitation->expires_ms - clock_wall_ms();
    g_autoptr(GPtrArray) pads = pad_registry_at(desk->registry, invitation->counter, true);
    int n = 0;
    for (guint i = 0; i < pads->len; i++) {
        g_autofree char *id = secret_uuid();
        PadInvite command = { .id = id,
                              .invitation = invitation->id,
                              .expires_in_s = (int)MAX(1, (left_ms + 999) / 1000),
                              .case_number = invitation->case_number,
                              .item_name = invitation->item_name,
                              .staff_name = invitation->staff_name,
                              .staff_number = invitation->staff_number };
        g_autofree char *text = pad_invite_text(&command);
        // Not delivered in time, it must not be shown late: the broker drops it then.
        if (pad_link_send(desk->link, g_ptr_array_index(pads, i), "cmd", text, false,
                          command.expires_in_s) == 0)
            n++;
    }
    return n;
}

static char *pad_password(void *ctx, const char *pad, char *error)
{
    Desk *desk = ctx;
    g_autofree char *counter = pad_registry_counter(desk->registry, pad);
    if (!counter) {
        g_snprintf(error, 200, "There is no pad \"%.40s\" in the config.", pad);
        return NULL;
    }
    return broker_set_pad_password(desk->data_dir, pad, error);
}

static void reload_soon(void *ctx)
{
    push(ctx, (DeskEvent){ .kind = DESK_RELOAD });
}

static int config_read(void *ctx, char **ret_path, char **ret_text, char *error)
{
    return config_file_read(((Desk *)ctx)->file, ret_path, ret_text, error);
}

static int config_write(void *ctx, const char *was, const char *text, char *error)
{
    return config_file_write(((Desk *)ctx)->file, was, text, error);
}

static int ask_video(void *ctx, const char *path, json_t *body, int timeout_ms, long *ret_status,
                     json_t **ret_answer)
{
    g_auto(HttpAnswer) answer = { 0 };
    int err = http_call(((Desk *)ctx)->probe_socket, "POST", path, body, timeout_ms, &answer);
    *ret_status = answer.status;
    *ret_answer = err == 0 ? http_answer_json(&answer) : NULL;
    return err;
}

// --- jobs of the writer

typedef struct {
    Desk *desk;
    char *pad, *invitation, *state;
    int64_t at_ms;
} AckJob;

static int ack_run(Store *store, void *data)
{
    AckJob *job = data;
    return invitation_acknowledge(store, &job->desk->hall, job->invitation, job->pad, job->state,
                                  job->at_ms);
}

static void ack_done(void *data, int err)
{
    AckJob *job = data;
    if (err < 0)
        log_warn("pad=%s invitation=%.64s: acknowledgement not taken: %s", job->pad,
                 job->invitation, err == -ENOENT ? "no such invitation" : g_strerror(-err));
    g_free(job->pad);
    g_free(job->invitation);
    g_free(job->state);
    g_free(job);
}

typedef struct {
    Desk *desk;
    Swept swept;
} SweepJob;

static int sweep_job_run(Store *store, void *data)
{
    SweepJob *job = data;
    return sweep_run(store, &job->desk->hall, clock_wall_ms(), &job->swept);
}

static void sweep_job_done(void *data, int err)
{
    SweepJob *job = data;
    if (err < 0)
        log_err("supervision: the sweep failed, tried again in a minute: %s", g_strerror(-err));
    push(job->desk, (DeskEvent){ .kind = DESK_SWEPT,
                                 .at_ms = err < 0 ? INT64_MAX : job->swept.next_ms,
                                 .has_erased = job->swept.has_erased });
    g_free(job);
}

typedef struct {
    Desk *desk;
    Config *config;
    Calendar *calendar;
} ApplyJob;

// Deadlines follow from the calendar and the office hours: the sweep reckons them anew.
static int apply_run(Store *store, void *data)
{
    ApplyJob *job = data;
    Hall *hall = &job->desk->hall;
    bool is_same = calendar_is_equal(hall->calendar, job->calendar) &&
                   memcmp(&hall->config->hours, &job->config->hours, sizeof(ConfigHours)) == 0;
    hall->config = job->config;
    hall->calendar = job->calendar;
    return is_same ? 0 : supervision_judge_again(store, clock_wall_ms());
}

// --- reactions, on the main thread

static void set_due(Desk *desk, DeskTimer timer, int64_t in_ms)
{
    int64_t due = clock_mono_ms() + in_ms;
    desk->due[timer] = MIN(desk->due[timer], due);
}

static void tell_pad(Desk *desk, const char *pad)
{
    json_t *state = pad_registry_get(desk->registry, pad);
    if (state)
        dashboard_publish(desk->dashboard, "pad", state);
}

static void tell_all_pads(Desk *desk)
{
    g_autoptr(GPtrArray) pads = pad_registry_at(desk->registry, NULL, false);
    for (guint i = 0; i < pads->len; i++)
        tell_pad(desk, g_ptr_array_index(pads, i));
}

static json_t *duty_at_counter(json_t *duties, const char *counter)
{
    size_t i;
    json_t *duty;
    json_array_foreach(duties, i, duty)
    {
        const char *where = json_string_value(json_object_get(duty, "counter"));
        if (where && strcmp(where, counter) == 0)
            return duty;
    }
    return NULL;
}

static void send_cfg(Desk *desk, const ConfigPad *pad, json_t *duties)
{
    const ConfigCounter *counter = config_counter(desk->config, pad->counter);
    json_t *duty = duty_at_counter(duties, pad->counter);
    PadCfg cfg = { .counter_id = pad->counter,
                   .counter_name = counter ? counter->name : pad->counter,
                   .hall_id = desk->config->hall.id,
                   .hall_name = desk->config->hall.name,
                   .staff_name = json_string_value(json_object_get(duty, "staff_name")),
                   .staff_number = json_string_value(json_object_get(duty, "staff_number")) };
    g_autofree char *text = pad_cfg_text(&cfg);
    if (g_strcmp0(g_hash_table_lookup(desk->cfgs, pad->id), text) == 0)
        return;
    if (pad_link_send(desk->link, pad->id, "cfg", text, true, 0) == 0)
        g_hash_table_replace(desk->cfgs, g_strdup(pad->id), g_steal_pointer(&text));
}

static void send_cfgs(Desk *desk)
{
    json_t *duties = duty_list(desk->store);
    for (guint i = 0; i < desk->config->pads->len; i++)
        send_cfg(desk, g_ptr_array_index(desk->config->pads, i), duties);
    json_decref(duties);
}

// The broker keeps nothing over its own restart: each time that it is back, every pad's cfg goes
// out again. To the pads that is the sign that the box listens.
static void on_link_up(Desk *desk)
{
    g_hash_table_remove_all(desk->cfgs);
    send_cfgs(desk);
}

static void on_link_down(Desk *desk)
{
    pad_registry_set_all_offline(desk->registry, clock_wall_ms());
    tell_all_pads(desk);
}

static void on_pad_ack(Desk *desk, DeskEvent *event)
{
    AckJob *job = g_new0(AckJob, 1);
    job->desk = desk;
    job->pad = g_steal_pointer(&event->pad);
    job->invitation = g_steal_pointer(&event->invitation);
    job->state = g_steal_pointer(&event->state);
    job->at_ms = event->at_ms;
    writer_push(desk->writer, ack_run, ack_done, job);
}

static void on_changed(Desk *desk)
{
    if (changes_has(desk->changes, "hold"))
        hold_delivery_wake(desk->holds);
    if (changes_has(desk->changes, "case") || changes_has(desk->changes, "ticket") ||
        changes_has(desk->changes, "complaint"))
        set_due(desk, TIMER_SWEEP, SWEEP_SOON_MS);
    set_due(desk, TIMER_TELL, MAX(0, desk->told_ms + TELL_PERIOD_MS - clock_mono_ms()));
}

static void tell_change(void *ctx, const char *kind, json_t *take_data)
{
    dashboard_publish(((Desk *)ctx)->dashboard, kind, take_data);
}

static void on_tell_due(Desk *desk)
{
    desk->told_ms = clock_mono_ms();
    if (changes_has(desk->changes, "duty"))
        send_cfgs(desk);
    changes_take(desk->changes, tell_change, desk);
}

static void on_sweep_due(Desk *desk)
{
    SweepJob *job = g_new0(SweepJob, 1);
    job->desk = desk;
    writer_push(desk->writer, sweep_job_run, sweep_job_done, job);
    folding_begin(desk->folding);
}

static void on_swept(Desk *desk, int64_t next_ms)
{
    int64_t wait = next_ms == INT64_MAX ? SWEEP_PERIOD_MS : next_ms - clock_wall_ms();
    set_due(desk, TIMER_SWEEP, CLAMP(wait, SWEEP_SOON_MS, SWEEP_PERIOD_MS));
}

static int load(Desk *desk, Config **ret_config, Calendar **ret_calendar)
{
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Config) config = NULL;
    int err = config_load(desk->config_path, errors, &config);
    if (err == 0)
        err = calendar_load_years(config->calendar, desk->calendar_dir, errors, ret_calendar);
    for (guint i = 0; i < errors->len; i++)
        log_err("%s", (char *)g_ptr_array_index(errors, i));
    if (err == 0)
        *ret_config = g_steal_pointer(&config);
    return err;
}

static void forget_pads(Desk *desk, const GPtrArray *gone)
{
    for (guint i = 0; i < gone->len; i++) {
        const char *pad = g_ptr_array_index(gone, i);
        pad_link_send(desk->link, pad, "cfg", "", true, 0);
        g_hash_table_remove(desk->cfgs, pad);
    }
}

static int watch_clues(Desk *desk, const Hall *now)
{
    ClueWatchOptions options = {
        .store_path = desk->store_path, .writer = desk->writer, .hall = &desk->hall, .now = *now
    };
    return clue_watch_new(&options, &desk->clues);
}

static int watch_reports(Desk *desk, const Hall *now)
{
    ReportWatchOptions options = { .store_path = desk->store_path,
                                   .data_dir = desk->data_dir,
                                   .writer = desk->writer,
                                   .hall = &desk->hall,
                                   .now = *now };
    return report_watch_new(&options, &desk->reports);
}

// The order matters: the writer's jobs and the requests in flight let go of the old config before
// it is freed.
static void apply(Desk *desk, Config *take_config, Calendar *take_calendar)
{
    ApplyJob job = { desk, take_config, take_calendar };
    Hall hall = { take_config, take_calendar, hall_changed, desk, &desk->seal };
    writer_call(desk->writer, apply_run, &job);
    dashboard_apply(desk->dashboard, &hall);
    video_watch_apply(desk->video, take_config);
    hold_quota_apply(desk->quota, take_config);
    camera_lost_apply(desk->lost, take_config);
    outbox_delivery_apply(desk->outbox, take_config);
    g_clear_pointer(&desk->clues, clue_watch_free);
    if (watch_clues(desk, &hall) < 0)
        log_err("reload: clues are not looked for until the next start");
    g_clear_pointer(&desk->reports, report_watch_free);
    if (watch_reports(desk, &hall) < 0)
        log_err("reload: monthly reports are not made until the next start");
    calendar_free(desk->calendar);
    config_unref(desk->config);
    desk->config = take_config;
    desk->calendar = take_calendar;
    g_autoptr(GPtrArray) gone = pad_registry_apply(desk->registry, take_config, clock_wall_ms());
    forget_pads(desk, gone);
    send_cfgs(desk);
    tell_all_pads(desk);
    set_due(desk, TIMER_SWEEP, SWEEP_SOON_MS);
}

static void on_reload(Desk *desk)
{
    Config *config = NULL;
    Calendar *calendar = NULL;
    if (load(desk, &config, &calendar) < 0) {
        log_err("reload: the old config stays in force");
        return;
    }
    if (strcmp(config->hall.id, desk->config->hall.id) != 0 ||
        config->broker.plain_port != desk->config->broker.plain_port)
        log_warn("reload: hall.id and broker.plain_port change at the next start");
    apply(desk, config, calendar);
    dashboard_publish(desk->dashboard, "master", json_pack("{s:s}", "id", "calendar"));
    log_info("reload: %u cameras, %u counters, %u pads", config->cameras->len,
             config->counters->len, config->pads->len);
}

// Who reacts to what.
static void desk_handle(Desk *desk, DeskEvent *event)
{
    switch (event->kind) {
    case DESK_STOP:
        desk->is_ending = true;
        break;
    case DESK_RELOAD:
        on_reload(desk);
        break;
    case DESK_LINK_UP:
        on_link_up(desk);
        break;
    case DESK_LINK_DOWN:
        on_link_down(desk);
        break;
    case DESK_PAD_STATE:
        if (pad_registry_set_online(desk->registry, event->pad, event->is_online, event->at_ms))
            tell_pad(desk, event->pad);
        break;
    case DESK_PAD_TELE:
        if (pad_registry_set_tele(desk->registry, event->pad, &event->tele, event->at_ms))
            tell_pad(desk, event->pad);
        break;
    case DESK_PAD_ACK:
        on_pad_ack(desk, event);
        break;
    case DESK_CAMERA:
        dashboard_publish(desk->dashboard, "camera", g_steal_pointer(&event->camera));
        break;
    case DESK_SEEN:
        set_due(desk, TIMER_SWEEP, MAX(0, event->at_ms - clock_wall_ms()));
        break;
    case DESK_CHANGED:
        on_changed(desk);
        break;
    case DESK_SWEPT:
        on_swept(desk, event->at_ms);
        if (event->has_erased)
            cleaning_wake(desk->cleaning);
        break;
    case DESK_SWEEP_DUE:
        on_sweep_due(desk);
        break;
    case DESK_TELL_DUE:
        on_tell_due(desk);
        break;
    }
}

// --- the loop

// Waits for an event from elsewhere or for a timer.
static DeskEvent *next_event(Desk *desk)
{
    static const DeskEventKind kinds[N_TIMERS] = {
        [TIMER_SWEEP] = DESK_SWEEP_DUE, [TIMER_TELL] = DESK_TELL_DUE
    };
    DeskTimer first = desk->due[TIMER_TELL] < desk->due[TIMER_SWEEP] ? TIMER_TELL : TIMER_SWEEP;
    int64_t now = clock_mono_ms();
    int64_t wait_ms = CLAMP(desk->due[first] - now, 0, SWEEP_PERIOD_MS);
    DeskEvent *event = g_async_queue_timeout_pop(desk->events, (guint64)wait_ms * 1000);
    if (event || desk->due[first] > clock_mono_ms())
        return event;
    desk->due[first] = INT64_MAX;
    DeskEvent due = { .kind = kinds[first] };
    return g_memdup2(&due, sizeof due);
}

static void run(Desk *desk)
{
    while (!desk->is_ending) {
        DeskEvent *event = next_event(desk);
        if (event) {
            desk_handle(desk, event);
            event_free(event);
        }
    }
}

// --- set-up, in order: store, pads, broker, video, dashboard

// Applicants of a box that was older came in the clear.
static int adopt_persons(Desk *desk, Store *store)
{
    int err = store_script(store, "BEGIN IMMEDIATE");
    int moved = err < 0 ? err : person_adopt(store, &desk->hall, clock_wall_ms());
    err = store_script(store, moved < 0 ? "ROLLBACK" : "COMMIT");
    if (moved > 0)
        log_info("the applicants of %d cases are encrypted now", moved);
    return moved < 0 ? moved : err;
}

static int open_stores(Desk *desk)
{
    g_autoptr(Store) store = NULL;
    desk->hall = (Hall){ desk->config, desk->calendar, hall_changed, desk, &desk->seal };
    int err = store_open(desk->store_path, STORE_WRITE, &store);
    if (err == 0)
        err = store_migrate(store, hall_schema, hall_schema_steps);
    if (err == 0)
        err = adopt_persons(desk, store);
    if (err == 0)
        err = store_open(desk->store_path, STORE_READ, &desk->store);
    if (err < 0) {
        log_err("%s: %s", desk->store_path,
                err == -EPROTO ? "was written by a newer hallwatch" : g_strerror(-err));
        return err;
    }
    desk->writer = writer_new(g_steal_pointer(&store), after_batch, desk);
    desk->folding = folding_new(desk->writer, g_getenv("TZ"));
    return 0;
}

static int open_pads(Desk *desk, const Secrets *secrets)
{
    PadLinkOptions link = { .host = "127.0.0.1",
                            .port = desk->config->broker.plain_port,
                            .password = secrets->desk_password,
                            .hall = desk->config->hall.id,
                            .changed = link_changed,
                            .message = link_message,
                            .seen = link_seen,
                            .ctx = desk };
    int err = pad_link_new(&link, &desk->link);
    if (err < 0) {
        log_err("broker: %s", g_strerror(-err));
        return err;
    }
    desk->registry = pad_registry_new(desk->config, clock_wall_ms());
    desk->intake = intake_new(&(IntakeOptions){ .writer = desk->writer,
                                                .hall = &desk->hall,
                                                .registry = desk->registry,
                                                .link = desk->link });
    desk->eye = eye_intake_new(&(EyeIntakeOptions){
        .writer = desk->writer, .hall = &desk->hall, .due = seen_due, .ctx = desk });
    return 0;
}

static int open_helpers(Desk *desk)
{
    g_autofree char *inbox = g_build_filename(desk->data_dir, "inbox", NULL);
    HoldDeliveryOptions holds = { .store_path = desk->store_path,
                                  .video_socket = desk->video_socket,
                                  .writer = desk->writer,
                                  .hall = &desk->hall };
    // The first: what is committed wakes it.
    OutboxDeliveryOptions outbox = { .store_path = desk->store_path,
                                     .writer = desk->writer,
                                     .hall = &desk->hall,
                                     .config = desk->config,
                                     .seal = &desk->seal };
    int err = outbox_delivery_new(&outbox, &desk->outbox);
    if (err < 0) {
        log_err("outbox: %s", g_strerror(-err));
        return err;
    }
    InboxWatchOptions watch = { .dir = inbox, .writer = desk->writer, .hall = &desk->hall };
    desk->video = video_watch_new(&(VideoWatchOptions){ .video_socket = desk->video_socket,
                                                        .config = desk->config,
                                                        .changed = camera_changed,
                                                        .ctx = desk });
    ExportDeliveryOptions exports = { .store_path = desk->store_path,
                                      .video_socket = desk->video_socket,
                                      .writer = desk->writer,
                                      .hall = &desk->hall,
                                      .config = desk->config };
    CleaningOptions cleaning = { .data_dir = desk->data_dir,
                                 .store_path = desk->store_path,
                                 .writer = desk->writer,
                                 .hall = &desk->hall };
    desk->quota = hold_quota_new(&(HoldQuotaOptions){ .video = desk->video,
                                                      .writer = desk->writer,
                                                      .hall = &desk->hall,
                                                      .config = desk->config });
    desk->lost = camera_lost_new(&(CameraLostOptions){ .video = desk->video,
                                                       .writer = desk->writer,
                                                       .hall = &desk->hall,
                                                       .config = desk->config });
    desk->alarm = storage_alarm_new(desk->video, desk->writer, &desk->hall);
    err = hold_delivery_new(&holds, &desk->holds);
    if (err == 0)
        err = export_delivery_new(&exports, &desk->exports);
    if (err == 0)
        err = inbox_watch_new(&watch, &desk->inbox);
    if (err == 0)
        err = cleaning_new(&cleaning, &desk->cleaning);
    if (err == 0)
        err = watch_clues(desk, &(Hall){ .config = desk->config, .calendar = desk->calendar });
    if (err == 0)
        err = watch_reports(desk, &(Hall){ .config = desk->config, .calendar = desk->calendar });
    if (err < 0)
        log_err("inbox, cleaning, holds, exports or clues: %s", g_strerror(-err));
    return err;
}

static int open_dashboard(Desk *desk, const Secrets *secrets)
{
    DashboardOptions options = { .socket_path = desk->desk_socket,
                                 .store_path = desk->store_path,
                                 .data_dir = desk->data_dir,
                                 .link_secret = secrets->link_secret,
                                 .box_key = desk->box_key,
                                 .writer = desk->writer,
                                 .hall = &desk->hall,
                                 .cameras = ask_cameras,
                                 .pads = ask_pads,
                                 .system = ask_system,
                                 .invite = invite,
                                 .voice = ask_voice,
                                 .pad_password = pad_password,
                                 .config_read = config_read,
                                 .config_write = config_write,
                                 .reload = reload_soon,
                                 .ask_video = ask_video,
                                 .ctx = desk };
    int err = dashboard_new(&options, &desk->dashboard);
    if (err < 0)
        log_err("dashboard: %s", g_strerror(-err));
    return err;
}

static int read_seal(Desk *desk)
{
    g_autofree char *path = g_build_filename(desk->data_dir, "person.key", NULL);
    int err = seal_key_read(path, &desk->seal);
    if (err < 0)
        log_err("%s: %s", path, g_strerror(-err));
    return err;
}

static void read_box_key(Desk *desk)
{
    g_auto(EvidenceKey) key = { 0 };
    int err = evidence_key_read(desk->data_dir, &key);
    if (err < 0)
        log_err("%s/box.key: %s", desk->data_dir, g_strerror(-err));
    else
        evidence_key_hex(key.public_key, desk->box_key);
}

static int desk_init(Desk *desk, const char *data_dir)
{
    g_auto(Secrets) secrets = { 0 };
    desk->data_dir = data_dir;
    desk->config_path = g_build_filename(data_dir, "run", "hallwatch.yaml", NULL);
    desk->store_path = g_build_filename(data_dir, "hall.db", NULL);
    desk->calendar_dir = g_build_filename(data_dir, "calendar", NULL);
    desk->desk_socket = g_build_filename(data_dir, "run", "desk.sock", NULL);
    desk->probe_socket = g_build_filename(data_dir, "run", "probe.sock", NULL);
    desk->video_socket = g_build_filename(data_dir, "run", "video.sock", NULL);
    desk->events = g_async_queue_new_full(event_free);
    desk->changes = changes_new();
    desk->file = config_file_new(data_dir);
    desk->voice = voice_new(data_dir);
    desk->cfgs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    desk->due[TIMER_TELL] = INT64_MAX;
    desk->told_ms = -TELL_PERIOD_MS;
    read_box_key(desk);
    int err = secrets_read(data_dir, &secrets);
    if (err < 0)
        log_err("%s/secrets.json: %s", data_dir, g_strerror(-err));
    if (err == 0)
        err = read_seal(desk);
    if (err == 0)
        err = load(desk, &desk->config, &desk->calendar);
    if (err == 0)
        err = open_stores(desk);
    if (err == 0)
        err = open_pads(desk, &secrets);
    if (err == 0)
        err = open_helpers(desk);
    if (err == 0)
        err = open_dashboard(desk, &secrets);
    return err;
}

// Those who push jobs end first, then the writer with all that is queued, then what its jobs
// pointed to.
static void desk_done(Desk *desk)
{
    if (desk->link)
        pad_link_stop(desk->link);
    dashboard_free(desk->dashboard);
    voice_free(desk->voice);
    inbox_watch_free(desk->inbox);
    cleaning_free(desk->cleaning);
    clue_watch_free(desk->clues);
    report_watch_free(desk->reports);
    hold_delivery_free(desk->holds);
    export_delivery_free(desk->exports);
    storage_alarm_free(desk->alarm);
    hold_quota_free(desk->quota);
    camera_lost_free(desk->lost);
    video_watch_free(desk->video);
    outbox_delivery_stop(desk->outbox);
    folding_stop(desk->folding);
    writer_free(desk->writer);
    outbox_delivery_free(desk->outbox);
    folding_free(desk->folding);
    intake_free(desk->intake);
    eye_intake_free(desk->eye);
    pad_registry_free(desk->registry);
    pad_link_free(desk->link);
    store_free(desk->store);
    calendar_free(desk->calendar);
    config_unref(desk->config);
    g_hash_table_unref(desk->cfgs);
    changes_free(desk->changes);
    seal_key_done(&desk->seal);
    config_file_free(desk->file);
    g_async_queue_unref(desk->events);
    g_free(desk->config_path);
    g_free(desk->store_path);
    g_free(desk->calendar_dir);
    g_free(desk->desk_socket);
    g_free(desk->video_socket);
    g_free(desk->probe_socket);
}

// Before the first thread, so that all of them inherit it and signals come to signals_thread alone.
static void block_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int desk_main(const char *data_dir)
{
    Desk desk = { 0 };
    log_init("desk", LOG_LEVEL_INFO);
    block_signals();
    int err = secret_init();
    if (err == 0)
        err = desk_init(&desk, data_dir);
    if (err == 0) {
        desk.signals = g_thread_new("signals", signals_thread, &desk);
        pad_link_start(desk.link);
        log_info("hall=%s up", desk.config->hall.id);
        run(&desk);
        log_info("ending: %zu jobs still to commit", writer_backlog(desk.writer));
        g_thread_join(desk.signals);
    }
    desk_done(&desk);
    return err < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
