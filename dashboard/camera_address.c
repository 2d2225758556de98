// SPDX-License-Identifier: Apache-2.0
#include "dashboard/camera_address.h"

#include <stdbool.h>
#include <string.h>

#define MASK "***"

// Borrowed from an address.
typedef struct {
    const char *user;
    size_t user_size; // with what stands before it
    const char *password;
    size_t password_size;
    const char *host; // from the @ on
} Parts;

// False: there is no password in it.
static bool parts_of(const char *address, Parts *ret_parts)
{
    const char *scheme = strstr(address, "://");
    const char *at = scheme ? strrchr(scheme, '@') : NULL;
    const char *user = scheme ? scheme + 3 : NULL;
    const char *colon = at ? memchr(user, ':', (size_t)(at - user)) : NULL;
    if (!colon)
        return false;
    *ret_parts = (Parts){ user, (size_t)(colon - user), colon + 1, (size_t)(at - colon - 1), at };
    return true;
}

char *camera_address_mask(const char *address)
{
    Parts parts;
    if (!parts_of(address, &parts))
        return g_strdup(address);
    return g_strdup_printf("%.*s" MASK "%s", (int)(parts.password - address), address, parts.host);
}

static bool is_masked(const Parts *parts)
{
    return parts->password_size == strlen(MASK) && memcmp(parts->password, MASK, strlen(MASK)) == 0;
}

static bool same_door(const Parts *a, const Parts *b)
{
    size_t size = strcspn(a->host, "/?");
    return a->user_size == b->user_size && memcmp(a->user, b->user, a->user_size) == 0 &&
           size == strcspn(b->host, "/?") && memcmp(a->host, b->host, size) == 0;
}

char *camera_address_unmask(const char *given, const char *known)
{
    Parts parts, from;
    if (!parts_of(given, &parts) || !is_masked(&parts))
        return g_strdup(given);
    if (!known || !parts_of(known, &from) || !same_door(&parts, &from))
        return NULL;
    return g_strdup_printf("%.*s%.*s%s", (int)(parts.password - given), given,
                           (int)from.password_size, from.password, parts.host);
}
