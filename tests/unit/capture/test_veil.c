// SPDX-License-Identifier: Apache-2.0
// What is behind a mask is gone from the picture, and nothing else is.
#include "capture/veil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 100, HEIGHT = 50, PICTURE = 200 };

static AVFrame *draw(const char *const *masks)
{
    AVFrame *frame = av_frame_alloc();
    frame->width = WIDTH;
    frame->height = HEIGHT;
    frame->format = AV_PIX_FMT_YUV420P;
    assert_int_equal(av_frame_get_buffer(frame, 0), 0);
    for (int i = 0; i < 3; i++)
        memset(frame->data[i], PICTURE,
               (size_t)frame->linesize[i] * (size_t)(i ? HEIGHT / 2 : HEIGHT));
    g_autoptr(Veil) veil = veil_new(masks);
    veil_draw(veil, frame);
    return frame;
}

static bool is_seen(const AVFrame *frame, int x, int y)
{
    bool luma = frame->data[0][y * frame->linesize[0] + x] == PICTURE;
    for (int i = 1; i < 3; i++) // colour is never left where the light is veiled
        if (!luma)
            assert_int_not_equal(frame->data[i][y / 2 * frame->linesize[i] + x / 2], PICTURE);
    return luma;
}

static void a_rectangle_is_filled(void **state)
{
    const char *const masks[] = { "0.205,0.21 0.5,0.5", NULL };
    AVFrame *frame = draw(masks);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            assert_int_equal(is_seen(frame, x, y), !(x >= 20 && x < 50 && y >= 10 && y < 25));
    av_frame_free(&frame);
}

static void a_polygon_is_filled_to_its_sides(void **state)
{
    // A triangle, and a mask up to the picture's edge.
    const char *const masks[] = { "0.1,0.2 0.5,0.2 0.1,0.8", "0.9,0.9 1,1", NULL };
    AVFrame *frame = draw(masks);
    assert_false(is_seen(frame, 11, 12));
    assert_false(is_seen(frame, 25, 20));
    assert_true(is_seen(frame, 45, 35));
    assert_true(is_seen(frame, 5, 20));
    assert_false(is_seen(frame, WIDTH - 1, HEIGHT - 1));
    av_frame_free(&frame);
}

static void none_changes_nothing_and_nonsense_veils_all(void **state)
{
    const char *const none[] = { NULL }, *const nonsense[] = { "what", NULL };
    assert_null(veil_new(none));
    assert_int_equal(veil_mark(NULL), 0);
    AVFrame *clear = draw(none), *dark = draw(nonsense);
    assert_true(is_seen(clear, 50, 25));
    for (int x = 0; x < WIDTH; x++)
        assert_false(is_seen(dark, x, x / 2));
    av_frame_free(&clear);
    av_frame_free(&dark);
}

static void veils_tell_themselves_apart(void **state)
{
    const char *const a[] = { "0,0 0.5,0.5", NULL }, *const b[] = { "0,0 0.5,0.6", NULL };
    g_autoptr(Veil) one = veil_new(a);
    g_autoptr(Veil) same = veil_new(a);
    g_autoptr(Veil) other = veil_new(b);
    assert_true(veil_mark(one) == veil_mark(same) && veil_mark(one) != veil_mark(other));
    assert_true(veil_mark(one) != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rectangle_is_filled),
        cmocka_unit_test(a_polygon_is_filled_to_its_sides),
        cmocka_unit_test(none_changes_nothing_and_nonsense_veils_all),
        cmocka_unit_test(veils_tell_themselves_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
