// SPDX-License-Identifier: Apache-2.0
// URL: keeping cameras' credentials out of logs and answers.
#pragma once
#include <glib.h>

// A copy of the text (an address, or a line that holds some) in which *** stands for the
// credentials of each address (base/url_secret.h): all of user:password, and the values of
// parameters with a password. The caller frees.
char *url_redact(const char *text);
