// SPDX-License-Identifier: Apache-2.0
// Transfer: requests to the outside (libcurl), many at a time on one thread. None blocks: the owner
// calls transfers_run, which comes back when something happened, when it was woken, or after a
// while.
//
// Only http, https, smtp and smtps are spoken, and no smtp without TLS (STARTTLS). A redirection is
// not followed: it is an answer like another. Answers are cut off at TRANSFER_ANSWER_MAX bytes.
// Proxies that the environment names are not used. Certificates are checked.
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

enum { TRANSFER_ANSWER_MAX = 64 * 1024 };

typedef struct Transfers Transfers;

// What is sent; copied.
typedef struct {
    const char *url;
    const char *method;         // NULL: POST
    const char *const *headers; // "Name: value", NULL-terminated; may be NULL
    const char *body;           // NULL: none; the whole mail for smtp
    const char *mail_from;      // smtp alone; mail_to NULL-terminated
    const char *const *mail_to;
    const char *user, *password; // smtp alone; NULL: no login
    const char *ca;              // PEM file; NULL: the system's
    int timeout_ms;
} TransferOrder;

// Borrowed for the call.
typedef struct {
    const char *failure; // why no answer came, for people; NULL: it came
    long status;         // of HTTP; of SMTP what was answered last
    const char *text;    // the answer's body, NUL-terminated
    size_t size;
    int wait_s; // that the other side asks to wait (Retry-After); 0: nothing said
} TransferAnswer;

typedef void (*TransferDone)(void *ctx, const TransferAnswer *answer);

Transfers *transfers_new(void); // NULL: no memory
// What is under way ends without its done().
void transfers_free(Transfers *transfers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Transfers, transfers_free)

// done is called once from transfers_run; it may start another one. Always later than this call.
void transfers_start(Transfers *transfers, const TransferOrder *order, TransferDone done,
                     void *ctx);
void transfers_run(Transfers *transfers, int wait_ms);
void transfers_wake(Transfers *transfers); // any thread
