// SPDX-License-Identifier: Apache-2.0
#include "relay/gstreamer.h"
#include <gst/gst.h>

#ifdef __SANITIZE_ADDRESS__
// GCC's package has the function but not the header (sanitizer/allocator_interface.h).
int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void *, size_t),
                                              void (*on_free)(const volatile void *));

// GStreamer registers more quarks than GLib's first table holds. GLib then grows the table and
// drops the old one on purpose (it is read without a lock), which the leak sanitizer takes for our
// leak and cannot be told by name: GLib is built without frame pointers. So blocks of that table's
// size that are made before main are held on to here.
enum { TABLE_BYTES = 2048 * sizeof(char *), TABLES_MAX = 4 };
static const volatile void *volatile tables[TABLES_MAX];
static int n_tables;

static void on_malloc(const volatile void *block, size_t size)
{
    if (size == TABLE_BYTES && n_tables < TABLES_MAX)
        tables[n_tables++] = block;
}

static void on_free(const volatile void *block)
{
}

// The sanitizer asks for its options before anything else runs.
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
    return "";
}
#endif

void gstreamer_init(void)
{
    gst_init(NULL, NULL);
}
