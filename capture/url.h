// SPDX-License-Identifier: Apache-2.0
// URL: keeping cameras' credentials out of logs and answers.
#pragma once
#include <glib.h>

// A copy of the text (an address, or a line that holds some) in which whatever stands between "://"
// and the last "@" of the same word is "***". A password may itself hold "/", "@" or ":", written
// wrongly, so rather too much goes than too little. The caller frees.
char *url_redact(const char *text);
