// SPDX-License-Identifier: Apache-2.0
// Actor: who does a step of something that people work on, as far as the tables of steps ask, and
// what he is told where he may not.
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef struct {
    const char *user;
    const char *staff; // the number under which the person is rated; NULL: under none
    const char *unit;  // to which the person belongs; NULL: to none
    bool is_person;    // an API key is none, and judges nothing
    bool is_director;  // or an administrator
} Actor;

enum { ACTOR_ERROR_SIZE = 200 };

// Whether the two numbers name one person. Nobody is kept out where it is not known who it was.
bool actor_is_staff(const char *staff, const char *number);
// What a second person decides: one who is logged in, and not who has begun it (first: that user;
// did: "asked for it"). 0, or -EACCES with a sentence in error.
int actor_check_second(const Actor *actor, const char *first, const char *did, char *error);
// The sentence into error (ACTOR_ERROR_SIZE bytes); returns err.
int actor_refuse(char *error, int err, const char *format, ...) G_GNUC_PRINTF(3, 4);
