// SPDX-License-Identifier: Apache-2.0
// Config: hallwatch.yaml, read and checked against one table (config_table.c), from which
// docs/config.md is generated.
//
// A Config is immutable after loading and shared by reference; a reload makes a new one. Every
// error names file, line, key, what was found and what is allowed; all of them are collected, not
// only the first.
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

// TRANSPORT_AUTO: UDP, and TCP where that does not come through.
typedef enum { TRANSPORT_TCP, TRANSPORT_UDP, TRANSPORT_AUTO } ConfigTransport;
// Which RTSP client: our own, or libavformat's for cameras that ours does not understand.
typedef enum { READER_RTSP, READER_LIBAV } ConfigReader;

typedef struct {
    char *id;    // a-z, 0-9, - and _, at most 32: it stands in paths and addresses
    char *name;  // for people
    char *place; // where it hangs, for people; NULL: not said
    char
        *url; // rtsp://[user:password@]host[:port]/path or file:/path (played in a loop as if live)
    char *sub_url; // NULL: no sub stream
    ConfigTransport transport;
    ConfigReader reader;
    char **masks;    // base/mask.h; NULL-terminated, may be empty
    char **counters; // ids of counters that it sees; NULL-terminated, may be empty
    bool record;
    bool relay;
    bool audio;
    int days;         // that it is kept; 0: storage.days
    int64_t quota_mb; // that its recordings may take; 0: no limit of its own
} ConfigCamera;

typedef enum {
    COUNTER_GENERAL,   // 综合窗口
    COUNTER_FREQUENT,  // 高频窗口
    COUNTER_ADVICE,    // 咨询
    COUNTER_PICKUP,    // 出件
    COUNTER_TIDAL,     // 潮汐窗口
    COUNTER_COMPLAINT, // 吐槽找茬窗口
} ConfigCounterKind;

typedef struct {
    char *id;
    char *name;
    ConfigCounterKind kind;
} ConfigCounter;

typedef struct {
    char *id;
    char *counter;
    int seconds; // how long it may answer; 0: rules.invitation_seconds
} ConfigPad;

// A lane of the hall's own queue (rating/queue.h).
typedef struct {
    char *id;
    char *name;
    char *prefix;    // of its numbers, one letter: "A" gives A001
    char **counters; // ids of those that serve it; NULL-terminated
    bool priority;   // takes 优先 tickets
} ConfigLane;

typedef enum {
    RECEIVER_WEBHOOK, // JSON by POST
    RECEIVER_SMTP,    // mail
    RECEIVER_SMS,     // a gateway for short messages, by an HTTP request of its own form
} ConfigReceiverKind;

// When a case is warned of, yellow and red (rating/case_clock.h).
typedef enum { GRADES_SHANDONG, GRADES_YULIN } ConfigGrades;
typedef enum { SIGNATURE_HMAC_SHA256, SIGNATURE_HMAC_SM3, SIGNATURE_NONE } ConfigSignature;

// Who is told of what happens (rating/notify.h).
typedef struct {
    char *id;
    ConfigReceiverKind kind;
    char **events; // of config_event_names; NULL-terminated, may be empty
    char *url;
    char *secret;          // signs what goes there; NULL: it goes unsigned
    char *user, *password; // smtp; NULL: no login
    char *from;            // smtp
    char **to;             // mail addresses or telephone numbers; NULL-terminated, may be empty
    char *method;          // sms
    char **headers;        // sms: templates (base/template.h); NULL-terminated, may be empty
    char *body;            // sms: template; NULL: none
    char *ca;              // PEM file that vouches for it; NULL: the system's
    int timeout_seconds;   // default 10
} ConfigReceiver;

// Minutes after midnight. A day may have several spans; none: closed.
typedef struct {
    int from;
    int to;
} ConfigSpan;

// By weekday, Monday 0; unused spans are from == to.
typedef struct {
    ConfigSpan spans[7][4];
    int n_spans[7];
} ConfigHours;

typedef struct {
    char *path; // of the file that was read
    struct {
        char *id; // stands in topics: same letters as a camera's id
        char *name;
        char *zone; // IANA name; default Asia/Shanghai
    } hall;
    struct {
        char *address;           // default 0.0.0.0
        int port;                // HTTPS; default 8443
        char *certificate, *key; // NULL: a self-signed pair is made under DIR
        char *public_url;     // how telephones reach it, for QR codes; NULL: as the page was opened
        bool has_public_page; // /public is open to everybody; default no
        bool has_query_page;  // /query likewise; default no
        bool has_board_page;  // /board likewise; default no
    } door;
    struct {
        char *address;  // of the TLS listener; default 0.0.0.0
        int port;       // TLS; default 8883
        int plain_port; // loopback only; default 1883
    } broker;
    struct {
        char *address;
        int port;   // default 8554; RTP over UDP uses ports the system gives
        char *user; // default "county"; the password is made at first start unless set
        char *password;
    } relay;
    struct {
        char *path;             // default DIR/recordings (then NULL here)
        int64_t quota_mb;       // 0: none
        char *spare_path;       // NULL: none
        int64_t spare_quota_mb; // 0: none
        int days;               // default 30
        int64_t free_mb;        // floor of free space; default 1024
        int64_t hold_quota_mb;  // what held video may come to before the box warns; 0: never
        int rating_hold_days;   // how long a bad rating's clip is held; 0: until it is lifted
        int segment_seconds;    // default 60
    } storage;
    ConfigHours hours; // default Mon-Fri 08:30-12:00, 13:30-17:30
    char *calendar;    // path of a working-days file; NULL: the built-in one
    struct {
        ConfigGrades grade_profile;
        int yellow_days_left; // shandong: yellow when so many working days are left; default 1
        int yellow_percent;   // yulin: yellow when so much of the limit has passed; default 90
        int warning_days_before_yellow; // default 1
        int invitation_seconds;         // how long a pad may answer; default 60
        int clip_before_seconds;        // default 60
        int clip_after_seconds;         // default 30
        // A bad rating's deadlines in working days, and how it is reminded of (rectification.h).
        int verify_days;     // default 1
        int rectify_days;    // default 5
        int call_back_days;  // default 5
        int call_back_tries; // without an answer, then it is closed; default 3
        int remind_hours;    // before a deadline; default 4
        int appeal_days;     // in which the rated unit may appeal once it was told; default 5
        // A complaint's deadlines in working days (complaint.h).
        int complaint_assign_days; // default 1
        int complaint_answer_days; // default 5
        int complaint_close_days;  // default 5
        // A flag's deadlines in working days (flag.h); 0: none.
        int flag_acknowledge_days; // default 1
        int flag_explain_days;     // default 3
        int flag_decide_days;      // default 3
        int flag_close_days;       // default 5
        int order_reply_days;      // a reply to an order is wanted within; default 5
        int flag_hold_days;        // how long a flag's video is held; default 60; 0: not
        int late_rating_days;      // working days in which a finished case can be rated; default 5
        int follow_up_days; // working days in which a rating can be followed up; default 5; 0: none
        int camera_lost_seconds; // without a picture before it is a flag; default 600
        int report_months;       // that monthly reports are kept; default 120
        int person_days;         // that names and telephones are kept; default 180
        // Clues of rating fraud (rating/fraud.h).
        int false_clues_per_year; // that the hall may expect if nothing is wrong; default 12
        int quick_press_ms;       // nobody reads five faces in less; default 1500
        int clue_days;            // working days that most rules look at; default 10
        // Clues of conduct (rating/watch.h).
        int node_days;            // working days in which a node does something; default 5
        int idle_days;            // working days without any step; default 10
        int pause_days;           // of a pause without approved days; default 20
        int papers_asks;          // so often papers may be asked for; default 1
        int backdate_days;        // working days that an acceptance may be told late; default 1
        int batch_finishes;       // by one person within a minute; default 5
        int quick_finish_seconds; // from acceptance to the end; default 60
        int no_case_minutes;      // a service so long has a case; default 5
        // Clues of the queue (rating/queue_watch.h).
        int wait_minutes;          // a citizen waits at most so long; default 30
        int empty_counter_waiting; // so many wait while a counter stands empty; default 3
        int empty_counter_minutes; // and so long; default 10
        int tidal_minutes;         // the estimate is over the limit for so long; default 10
        // Of what is seen on pictures (rating/watch_eye.h), minutes.
        int empty_warning_minutes; // a counter stands empty: a reminder; default 5
        int empty_minutes;         // and a clue; default 15
        int crowd_people;          // more than so many in a waiting area; default 30
        int crowd_minutes;         // for so long; default 5
        int after_hours_minutes;   // people in the hall after hours; default 5
        int picture_minutes;       // a picture that is covered, moved ...; default 2
        int eye_confidence;        // per cent, below which nothing is taken to be seen; default 60
    } rules;
    // The hall's own queue (rating/queue.h).
    struct {
        int priority_run; // so many 优先 in a row, then one who waits without; default 3
        int late_places;  // who comes back after a miss waits behind so many; default 3
        bool voice;       // what is called is spoken (appliance/voice.h); default yes
        bool english;     // and once more in English; default no
        char *notice;     // on the screen; NULL: none
    } calling;
    // The province's platform, to which each rating goes (rating/province.h). url NULL: none.
    struct {
        char *url, *ca;
        char *profile;
        char *area_code, *area_name, *dept_code; // of the hall; NULL: not given
        char *app_id, *secret;                   // NULL: not given
        char **headers; // templates, instead of the profile's; NULL: its own
        ConfigSignature signature;
        bool persons; // names of those who rated go there, too
        int timeout_seconds;
    } province;
    struct {
        int percent;       // of the finished cases; default 10
        int most;          // each working day; default 20
        int rest_days;     // in which a number is not drawn again; default 30
        char *script;      // what is said to whoever rated badly
        char *script_case; // to whoever's case was drawn
    } callbacks;           // rating/callback.h
    struct {
        char **shows;        // of config_board_names
        int days;            // how long a result is shown; default 7
        char **hidden_items; // codes of items whose cases are never shown; NULL: none
        char **notices;      // what the hall has to say; NULL: nothing
    } board;                 // dashboard/api_board.c
    struct {
        int keep_days;   // how long what could not be delivered is tried, and what ended is kept
        int max_waiting; // rows for one receiver; beyond it the oldest is given up
    } outbox;
    struct {
        int keep_days; // how long rows of rating/tracking.h are kept
    } tracking;
    struct {
        char *profile;    // of config_one_window_names
        int keep_days;    // how long messages are kept (rating/one_window.h)
        int max_messages; // beyond it the oldest go
    } one_window;

    GPtrArray *cameras;  // ConfigCamera *
    GPtrArray *counters; // ConfigCounter *
    GPtrArray *pads;     // ConfigPad *
    GPtrArray *lanes;    // ConfigLane *
    GPtrArray *notify;   // ConfigReceiver *
    unsigned refs;       // use config_ref
} Config;

// Relative paths in the file (certificate, key, storage.path, calendar, file: addresses) start at
// the file's folder and are absolute here. In the copy that config_put_in_force makes they still
// start at the original's folder.
//
// errors collects char * sentences (owned by the array). 0, or -EINVAL with at least one error, or
// -errno when the file cannot be read (with one error as well).
int config_load(const char *path, GPtrArray *errors, Config **ret_config);
// The same from memory; name stands for the file in errors.
int config_parse(const char *name, const char *text, size_t size, GPtrArray *errors,
                 Config **ret_config);
// For a reload: as config_load, and refuses a file that changes what is applied only when the box
// starts (ports, addresses ...; docs/config.md says which). in_force NULL: the box starts, all may
// change.
int config_load_next(const char *path, const Config *in_force, GPtrArray *errors,
                     Config **ret_config);
int config_parse_next(const char *name, const char *text, size_t size, const Config *in_force,
                      GPtrArray *errors, Config **ret_config);
// The same, and writes the text to copy (atomically, mode 0640): the config in force
// (DIR/run/hallwatch.yaml), which others then config_load. A first comment line in the copy tells
// config_load where relative paths start.
int config_put_in_force(const char *path, const Config *in_force, const char *copy,
                        GPtrArray *errors, Config **ret_config);
Config *config_ref(Config *config);
void config_unref(Config *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, config_unref)

const ConfigCamera *config_camera(const Config *config, const char *id);
const ConfigCounter *config_counter(const Config *config, const char *id);
const ConfigPad *config_pad(const Config *config, const char *id);
const ConfigLane *config_lane(const Config *config, const char *id);
bool config_lane_has(const ConfigLane *lane, const char *counter);
const ConfigReceiver *config_receiver(const Config *config, const char *id);
// The camera that sees the counter and records; NULL: none.
const ConfigCamera *config_camera_of_counter(const Config *config, const char *counter);
// Whether the one may go on where the other is wanted: but for what needs no new connection.
bool config_camera_equal(const ConfigCamera *a, const ConfigCamera *b);
// One that is in no config, with the defaults.
ConfigCamera *config_camera_new(void);
void config_camera_free(ConfigCamera *camera);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ConfigCamera, config_camera_free)
const char *config_counter_kind_name(ConfigCounterKind kind);   // "general", "frequent" ...
const char *config_receiver_kind_name(ConfigReceiverKind kind); // "webhook" ...
// The places that templates of sms receivers may have, NULL-terminated.
extern const char *const config_template_names[];
// What stands in for ${...} in province.headers, NULL-terminated.
extern const char *const config_signed_names[];
// What provinces are written for (data/province-profiles.tsv), NULL-terminated.
extern const char *const config_profile_names[];
// What one-window systems send (data/one-window-profiles.tsv), NULL-terminated.
extern const char *const config_one_window_names[];
// What a receiver can be told of (notify[].events), NULL-terminated; "all" among them.
extern const char *const config_event_names[];

// What the board can show (board.shows), NULL-terminated.
extern const char *const config_board_names[];

// docs/config.md, from the table.
void config_print_reference(FILE *out);
