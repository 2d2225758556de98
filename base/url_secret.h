// SPDX-License-Identifier: Apache-2.0
// URL secret: where in a camera's address its credentials stand. Cameras take them before the host
// (user:password@), and many take them as parameters of the path or the query
// (/user=admin&password=SECRET&channel=1, ?usr=admin&pwd=SECRET). Pure.
#pragma once
#include <stdbool.h>
#include <stddef.h>

// Borrowed from the address.
typedef struct {
    const char *from, *to;
} UrlSpan;

// What stands between "://" and the last "@" that is in no parameter's secret: a password may
// itself hold "/", "@" or ":", written wrongly, so rather too much is taken than too little. rest:
// what follows "://". False: there is no "@".
bool url_user_info(const char *rest, size_t size, UrlSpan *ret_span);

// The next parameter with a password at or after from, which is rest at first. Its name tells:
// pass, password, passwd, pwd, psw, loginpas and the like, in any case; one that only sounds so
// (bypass) is taken too. Its value ends at "&" and, as some makers write it, at "_channel=" or
// "_stream=". False: there is none.
typedef struct {
    UrlSpan name, value;
} UrlSecret;
bool url_next_secret(const char *rest, size_t size, const char *from, UrlSecret *ret_secret);
