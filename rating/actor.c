// SPDX-License-Identifier: Apache-2.0
#include "rating/actor.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool actor_is_staff(const char *staff, const char *number)
{
    return staff && number && strcmp(staff, number) == 0;
}

int actor_refuse(char *error, int err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(error, ACTOR_ERROR_SIZE, format, args);
    va_end(args);
    return err;
}

int actor_check_second(const Actor *actor, const char *first, const char *did, char *error)
{
    if (!actor->is_person)
        return actor_refuse(error, -EACCES, "this is decided by a person who is logged in");
    if (g_strcmp0(first, actor->user) == 0)
        return actor_refuse(error, -EACCES, "%s has %s: a second person decides", actor->user, did);
    return 0;
}
