// SPDX-License-Identifier: Apache-2.0
#include "capture/rtsp_interleave.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define RTP(channel, letter) "$" channel "\0\x0c\x80\x60" letter "345678901"
#define OK                   "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"

// Items in order: the channel and the letter of a packet, or "m" for a message.
static void items(void **state)
{
    static const struct {
        const char *what, *data;
        size_t size;
        const char *found;
        uint64_t skipped;
    } rows[] = {
#define ROW(what, data, found, skipped) { what, data, sizeof data - 1, found, skipped }
        ROW("packets and a message", RTP("\0", "a") RTP("\1", "b") OK RTP("\2", "c"), "0a1bm2c", 0),
        ROW("a channel that nobody knows", RTP("\7", "a") RTP("\0", "b"), "7a0b", 0),
        ROW("an empty packet", "$\0\0\0" RTP("\0", "b"), "0.0b", 0),
        ROW("garbage at the beginning", "garbage" RTP("\0", "a"), "0a", 7),
        ROW("garbage between", RTP("\0", "a") "RTSX\r\n" RTP("\0", "b"), "0a0b", 6),
        ROW("dollars in the garbage", RTP("\0", "a") "x$$\7\0\x0c$\0\0\1" RTP("\0", "b"), "0a0b",
            10),
        ROW("no RTP behind the dollar", RTP("\0", "a") "x$\0\0\x0c@" RTP("\0", "b"), "0a0b", 6),
        ROW("a message after garbage", "????" OK RTP("\1", "a"), "m1a", 4),
        ROW("a broken message", RTP("\0", "a") "RTSP/1.0 oh\r\n\r\n" RTP("\0", "b"), "0a0b", 15),
        ROW("a request", "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n" RTP("\0", "b"), "m0b", 0),
        ROW("nothing but garbage", "................", "", 16),
        ROW("a packet that is cut", RTP("\0", "a") "$\0\0\x0c\x80\x60", "0a", 0),
#undef ROW
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s\n", rows[i].what);
        // All at once, and byte by byte: the same.
        for (size_t step = 1; step <= rows[i].size; step += rows[i].size - 1) {
            Interleave interleave = { .n_channels = 4, .channels = { 0, 1, 2, 3 } };
            g_autoptr(GString) found = g_string_new(NULL);
            size_t done = 0;
            for (size_t size = step; size <= rows[i].size; size += step) {
                bool is_found = true;
                while (is_found) {
                    InterleaveItem item;
                    g_autofree uint8_t *copy = g_memdup2(rows[i].data + done, MAX(size - done, 1));
                    done += interleave_next(&interleave, copy, size - done, &item, &is_found);
                    if (is_found && item.is_message)
                        g_string_append(found, "m");
                    else if (is_found)
                        g_string_append_printf(found, "%d%c", item.channel,
                                               item.size > 2 ? item.data[2] : '.');
                }
            }
            assert_string_equal(found->str, rows[i].found);
            assert_int_equal(interleave.skipped, rows[i].skipped);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(items) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
