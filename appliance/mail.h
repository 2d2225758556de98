// SPDX-License-Identifier: Apache-2.0
// Mail: a message's text as it goes over SMTP (RFC 5322): headers that nobody can add to, Chinese
// as UTF-8 in base64. Pure.
#pragma once
#include <stdint.h>

typedef struct {
    const char *from;
    const char *const *to; // NULL-terminated
    const char *subject, *text;
    const char *id;   // of the message, the same with each try
    const char *host; // behind the id's @
    int64_t at_ms;
} Mail;

char *mail_text(const Mail *mail); // the caller frees
