// SPDX-License-Identifier: Apache-2.0
// Notify: which happenings are told to whom (notify: in the config), and in what words. One table
// of events (notify.c). What is told names things and never persons: no rater, no staff, no free
// text.
#pragma once
#include "rating/outbox.h"

typedef struct {
    const char *event; // of the table
    const char *id;    // of this happening: with the event it names the message
    const char *subject;
    // What the words are made of; NULL: none.
    const char *counter, *case_number, *camera, *rating;
    const char *state; // of a rectification, in its own name
    const char *clue;  // a flag's kind
    int level;         // 0: none
    int64_t due_ms;    // STORE_NULL: none
    int64_t now_ms;
} NotifyInput;

// A row in the outbox for each receiver that wants the event. Inside a writer job. 0 or negative
// errno.
int notify(Store *store, const Hall *hall, const NotifyInput *input);
// Whether any receiver wants the event.
bool notify_is_wanted(const Hall *hall, const char *event);
// The same with facts of the event's own (borrowed). id as in NotifyInput. Inside a writer job.
int notify_facts(Store *store, const Hall *hall, const char *event, const char *id,
                 const char *subject, json_t *facts, int64_t now_ms);
// The event of a flag's kind.
const char *notify_event_of_flag(const char *kind);
// A message to one receiver that says that it arrives. -ENOENT: no such receiver. ret_seq: the row
// of the outbox. Inside a writer job.
int notify_test(Store *store, const Hall *hall, const char *receiver, int64_t now_ms,
                int64_t *ret_seq);

// The words of a message, in Chinese.
typedef struct {
    char *title, *text;
    char *path; // of the page that shows it: "/ratings?id=..."
} NotifyWords;
void notify_words(const Config *config, const OutboxRow *row, NotifyWords *ret_words);
void notify_words_done(NotifyWords *words);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(NotifyWords, notify_words_done)

// {"id","event","at","hall":{"id","name"},"title","text","url"|null,"data":{...}}: what a webhook
// gets (docs/notify.md). The caller frees.
char *notify_json(const Config *config, const OutboxRow *row);
