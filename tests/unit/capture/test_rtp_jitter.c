// SPDX-License-Identifier: Apache-2.0
#include "capture/rtp_jitter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void note(void *ctx, const uint8_t *data, size_t size, int64_t arrival_us)
{
    assert_int_equal(size, 13);
    unsigned sequence = (unsigned)data[2] << 8 | data[3];
    assert_int_equal(data[12], sequence & 0xff);
    g_string_append_printf(ctx, "%u ", sequence);
}

static void push(RtpJitter *jitter, unsigned sequence, uint8_t ssrc, int64_t now_us)
{
    uint8_t packet[13] = {
        0x80, 96,   (uint8_t)(sequence >> 8), (uint8_t)sequence, 0, 0, 0, 0, 0, 0,
        0,    ssrc, (uint8_t)sequence
    };
    rtp_jitter_push(jitter, packet, sizeof packet, now_us);
}

// sequence numbers, ":" and a number is a tick at so many ms; the clock stands between.
static void order(void **state)
{
    static const struct {
        const char *pushed, *emitted;
        uint64_t late;
    } rows[] = {
        { "5 6 7", "5 6 7 ", 0 },
        { "5 7 6 8", "5 6 7 8 ", 0 },
        { "5 8 7 6", "5 6 7 8 ", 0 },
        { "5 5 6 6", "5 6 ", 2 },
        { "5 7 7 6", "5 6 7 ", 1 },
        { "65534 0 65535 1", "65534 65535 0 1 ", 0 },
        { "5 7 8", "5 ", 0 },
        { "5 7 8 :99", "5 ", 0 },
        { "5 7 8 :100", "5 7 8 ", 0 },
        { "5 7 :50 9 :100", "5 7 ", 0 },
        { "5 7 :50 9 :150", "5 7 9 ", 0 },
        { "5 7 :100 6 8", "5 7 8 ", 1 },
        { "5 7 300", "5 7 300 ", 0 },                   // the window moves
        { "5 1000", "5 1000 ", 0 },                     // nothing waits: the hole is taken at once
        { "5 40000 6", "5 6 ", 1 },                     // a stray one
        { "5 40000 40001 40002", "5 40001 40002 ", 1 }, // it began anew
        { "5 7 40000 40001", "5 7 40001 ", 1 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        g_autoptr(RtpJitter) jitter = rtp_jitter_new(note, out);
        g_auto(GStrv) words = g_strsplit(rows[i].pushed, " ", -1);
        int64_t now_us = 0;
        for (char **word = words; *word; word++) {
            if (**word == ':') {
                now_us = g_ascii_strtoll(*word + 1, NULL, 10) * 1000;
                rtp_jitter_tick(jitter, now_us);
            } else {
                push(jitter, (unsigned)g_ascii_strtoull(*word, NULL, 10), 1, now_us);
            }
        }
        print_message("%s\n", rows[i].pushed);
        assert_string_equal(out->str, rows[i].emitted);
        assert_int_equal(rtp_jitter_late(jitter), rows[i].late);
    }
}

static void another_source_ends_the_wait(void **state)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(RtpJitter) jitter = rtp_jitter_new(note, out);
    push(jitter, 5, 1, 0);
    push(jitter, 7, 1, 0);
    push(jitter, 100, 2, 0);
    assert_string_equal(out->str, "5 7 100 ");
}

static void it_says_when_it_will_give_up(void **state)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(RtpJitter) jitter = rtp_jitter_new(note, out);
    assert_int_equal(rtp_jitter_deadline_us(jitter), INT64_MAX);
    push(jitter, 5, 1, 1000);
    assert_int_equal(rtp_jitter_deadline_us(jitter), INT64_MAX);
    push(jitter, 8, 1, 3000);
    push(jitter, 7, 1, 4000);
    assert_int_equal(rtp_jitter_deadline_us(jitter), 3000 + JITTER_WAIT_US);
    rtp_jitter_push(jitter, (const uint8_t *)"short", 5, 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order),
        cmocka_unit_test(another_source_ends_the_wait),
        cmocka_unit_test(it_says_when_it_will_give_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
