// SPDX-License-Identifier: Apache-2.0
// Actor: who does a step of something that people work on, as far as the tables of steps ask.
#pragma once
#include <stdbool.h>
#include <string.h>

typedef struct {
    const char *user;
    const char *staff; // the number under which the person is rated; NULL: under none
    bool is_person;    // an API key is none, and judges nothing
    bool is_director;  // or an administrator
} Actor;

// Whether the two numbers name one person. Nobody is kept out where it is not known who it was.
static inline bool actor_is_staff(const char *staff, const char *number)
{
    return staff && number && strcmp(staff, number) == 0;
}
