// SPDX-License-Identifier: Apache-2.0
// Any bytes as a working-days file.
#include "rating/calendar.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(Calendar) calendar = NULL;
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *text = g_strndup((const char *)data, size);
    int err = calendar_parse("fuzz", text, errors, &calendar);
    if ((err < 0) != (errors->len > 0) || (err == 0) != (calendar != NULL))
        abort();
    if (calendar && calendar_add(calendar, 20000, 5) <= 20000)
        abort();
    return 0;
}
