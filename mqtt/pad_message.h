// SPDX-License-Identifier: Apache-2.0
// Pad message: the JSON that pads send and the JSON that is sent down to them (docs/pads.md is the
// contract).
//
// Pure functions over bytes: no clock, no link, no store. Any thread. Every size from outside is
// capped here.
#pragma once
#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAD_MESSAGE_MAX 8192 // bytes of one message from a pad
#define PAD_MESSAGE_ID_MAX                                                                         \
    65536 // up to here the id of a message that is too large is still looked for
#define PAD_ID_MAX         64 // bytes of an id that is given back in "bad"
#define PAD_BOOT_MAX       32
#define PAD_INVITATION_MAX 64
#define PAD_TAGS_MAX       16
#define PAD_TAG_MAX        8
#define PAD_TEXT_MAX       2000 // bytes of UTF-8
#define PAD_FIRMWARE_MAX   64
#define PAD_QUEUE_MAX      1000000
// A rating that lay longer in a pad is kept as if it were so old: a clock or counter that runs wild
// may not put an event into the last century, and must not cost the rating either.
#define PAD_AGE_MAX_MS     (30LL * 24 * 3600 * 1000)
#define PAD_NUMBER_MAX     ((1LL << 53) - 1) // what every JSON library keeps exactly
#define PAD_TIME_UNKNOWN   INT64_MIN
#define PAD_STORED_ENTRIES 50 // ids in one down/stored: a small pad's buffer is 4 KiB

// Topics are hall/v1/{hall}/{pad}/{leaf}; these leaves come from pads.
typedef enum {
    PAD_TOPIC_UNKNOWN,
    PAD_TOPIC_STATE,  // "state", retained, also the last will
    PAD_TOPIC_RATING, // "up/rating"
    PAD_TOPIC_ACK,    // "up/ack"
    PAD_TOPIC_TELE,   // "up/tele"
    PAD_TOPIC_TICKET, // "up/ticket", of the hall's queue machine alone (queue_message.h)
} PadTopic;

// The pad's id is copied to ret_pad (PAD_ID_MAX + 1 bytes); empty with PAD_TOPIC_UNKNOWN when it is
// none of this hall.
PadTopic pad_topic_parse(const char *hall, const char *topic, char *ret_pad);

// Why a message was refused, as it is answered to the pad.
typedef struct {
    char id[PAD_ID_MAX + 1]; // empty: could not be read
    char why[200];
} PadBad;

// Text is borrowed from root, which the struct owns: pad_rating_done frees it.
typedef struct {
    json_t *root;
    const char *id; // UUID, lower case
    const char *boot;
    int64_t seq;
    const char *invitation; // NULL: none
    int level;              // 5..1
    const char *tags[PAD_TAGS_MAX];
    size_t n_tags;
    const char *text;       // NULL: none
    int64_t clock_ms;       // the pad's own wall clock at the press; PAD_TIME_UNKNOWN: it said none
    int64_t age_ms;         // monotonic, from the press to this send; 0..PAD_AGE_MAX_MS
    const char *clock_kind; // ntp | rtc | none
} PadRating;

// up/ack: what became of an invitation at the pad.
typedef struct {
    json_t *root;
    const char *invitation;
    const char *state; // shown | refused | expired | busy
} PadAck;

// up/tele: how the pad is.
typedef struct {
    int queue;          // ratings that wait for "stored"
    int battery;        // per cent; -1: mains, or not known
    int64_t clock_ms;   // its wall clock at the send; PAD_TIME_UNKNOWN: it said none
    char clock_kind[8]; // ntp | rtc | none
} PadTele;

typedef struct {
    bool is_online;
} PadState;

// 0, or -EINVAL with ret_bad filled (the struct is then empty, nothing to free).
int pad_rating_parse(const char *bytes, size_t size, PadRating *ret_rating, PadBad *ret_bad);
void pad_rating_done(PadRating *rating);
int pad_ack_parse(const char *bytes, size_t size, PadAck *ret_ack, PadBad *ret_bad);
void pad_ack_done(PadAck *ack);
int pad_tele_parse(const char *bytes, size_t size, PadTele *ret_tele, PadBad *ret_bad);
int pad_state_parse(const char *bytes, size_t size, PadState *ret_state, PadBad *ret_bad);

// --- down. The caller frees the text.

// down/stored. Arrays of char *; NULL: empty.
char *pad_stored_text(const GPtrArray *ids, const GPtrArray *duplicates);
// down/stored for one refused message.
char *pad_bad_text(const PadBad *bad);

typedef struct {
    const char *id; // of the command
    const char *invitation;
    int expires_in_s;
    const char *case_number;               // NULL: none
    const char *item_name;                 // NULL: none
    const char *staff_name, *staff_number; // NULL: nobody is known
} PadInvite;
char *pad_invite_text(const PadInvite *invite);

typedef struct {
    const char *counter_id, *counter_name;
    const char *hall_id, *hall_name;
    const char *staff_name, *staff_number; // NULL: nobody is on duty
} PadCfg;
// down/cfg. "rev" is made from the content: the same content has the same rev, also after a
// restart.
char *pad_cfg_text(const PadCfg *cfg);
