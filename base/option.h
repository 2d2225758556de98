// SPDX-License-Identifier: Apache-2.0
// Option: one row of the config's table (config_table.c): where a value stands, its type, range,
// default and help, and the reading of text into the field by that type. Knows nothing of YAML.
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    OPTION_ID,        // char *: stands in paths, topics and addresses
    OPTION_NAME,      // char *: text for people; min and max are lengths in characters
    OPTION_PATH,      // char *: made absolute against the config file's folder
    OPTION_SECRET,    // char *: min and max are lengths in bytes; never shown
    OPTION_ADDRESS,   // char *: an IP address to listen at
    OPTION_ZONE,      // char *: an IANA time zone
    OPTION_URL,       // char *: rtsp:// or file:; credentials in it are never shown
    OPTION_INT,       // int
    OPTION_PORT,      // int
    OPTION_GIGABYTES, // int64_t, in MB; written in GB with an optional fraction
    OPTION_BOOL,      // bool
    OPTION_TRANSPORT, // ConfigTransport
    OPTION_READER,    // ConfigReader
    OPTION_KIND,      // ConfigCounterKind
    OPTION_RECEIVER,  // ConfigReceiverKind
    OPTION_CONTACT,   // char *: a mail address
    OPTION_METHOD,    // char *: of HTTP
    OPTION_TEMPLATE,  // char *: may have several lines (base/template.h)
    OPTION_PROFILE,   // char *: of config_profile_names
    OPTION_INTAKE,    // char *: of config_one_window_names
    OPTION_SIGNATURE, // ConfigSignature
    OPTION_GRADES,    // ConfigGrades
    OPTION_OUT_URL,   // char *: where something is delivered; only its scheme and host are shown
    OPTION_IDS,       // list: char **, NULL-terminated
    OPTION_CONTACTS,  // list: char **, NULL-terminated; mail addresses, telephone numbers
    OPTION_HEADERS,   // list: char **, NULL-terminated; "Name: template"
    OPTION_SIGNED_HEADERS, // the same, with places of config_signed_names
    OPTION_EVENTS,         // list: char **, NULL-terminated; of config_event_names
    OPTION_TEXTS,          // list: char **, NULL-terminated; max is the length of one in characters
    OPTION_BOARD,          // list: char **, NULL-terminated; of config_board_names
    OPTION_MASKS,          // list: char **, NULL-terminated; each as base/mask.h reads it
    OPTION_SPANS, // list: ConfigHours; min and max are the first and last weekday, Monday 0
} OptionType;

enum {
    OPTION_REQUIRED = 1 << 0,
    OPTION_AT_START =
        1 << 1, // takes effect when the box starts; a reload with another value is refused
    OPTION_OFF_STREAM = 1 << 2, // cameras: another value needs no new connection
};

typedef struct {
    const char *section; // "" for keys of the top level
    const char *key;
    OptionType type;
    size_t offset; // of the field, in Config or in the section's item
    int64_t min;
    int64_t max;
    const char *fallback; // in the same text form; NULL: none. Items of a list are divided by ", "
    unsigned flags;
    const char *help;
    const char *help_zh;
} Option;

bool option_is_list(const Option *option);

// Reads the text into the field; for a list, adds one item. folder: what relative paths start from.
// False: not allowed, and the field is as before.
bool option_set(const Option *option, void *base, const char *text, const char *folder);
// Sets the default, if there is one.
void option_set_default(const Option *option, void *base, const char *folder);
// Empties a list before its items are added.
void option_clear(const Option *option, void *base);
// Frees what the field holds.
void option_done(const Option *option, void *base);
// The value as option_set reads it, a list's items divided by ", "; not of OPTION_GIGABYTES or
// OPTION_SPANS. NULL: there is none. The caller frees.
char *option_text(const Option *option, const void *base);
bool option_equal(const Option *option, const void *a, const void *b);

// For an error: what is allowed, and what was found without credentials. The caller frees.
char *option_allowed(const Option *option);
char *option_found(const Option *option, const char *text);
