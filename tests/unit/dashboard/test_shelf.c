// SPDX-License-Identifier: Apache-2.0
#include "dashboard/shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void put(Shelf *shelf, const char *digest, size_t size)
{
    g_autofree char *text = g_strnfill(size, 'x');
    g_autoptr(GBytes) bytes = g_bytes_new(text, size);
    shelf_put(shelf, digest, bytes);
}

static bool has(Shelf *shelf, const char *digest)
{
    g_autoptr(GBytes) bytes = shelf_get(shelf, digest);
    return bytes != NULL;
}

// What was not asked for the longest goes first, by number and by size.
static void bounds(void **state)
{
    g_autoptr(Shelf) shelf = shelf_new(3, 100);
    put(shelf, "a", 10);
    put(shelf, "b", 10);
    put(shelf, "c", 10);
    assert_true(has(shelf, "a"));
    put(shelf, "d", 10);
    assert_false(has(shelf, "b"));
    assert_true(has(shelf, "a") && has(shelf, "c") && has(shelf, "d"));
    put(shelf, "e", 90);
    assert_true(has(shelf, "e") && has(shelf, "d"));
    assert_false(has(shelf, "a") || has(shelf, "c"));
    put(shelf, "f", 101);
    assert_false(has(shelf, "f"));
    assert_true(has(shelf, "e"));
    put(shelf, "e", 90); // known: no second copy
    put(shelf, "g", 5);
    assert_true(has(shelf, "e") && has(shelf, "g"));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(bounds) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
