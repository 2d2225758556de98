// SPDX-License-Identifier: Apache-2.0
#include "rating/actor.h"

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
