// SPDX-License-Identifier: Apache-2.0
#include "demo/camera/studio.h"
#include "demo/camera/room.h"
#include <libswscale/swscale.h>
#include <time.h>

enum { MAIN, SUB, OUTPUTS };

// One size of the picture.
typedef struct {
    EncoderOptions options;
    Encoder *encoder;
    struct SwsContext *scaler; // main: from the drawing; sub: from main's picture
    AVFrame *picture;
    Feed *feed; // borrowed
    bool was_wanted;
} Output;

struct Studio {
    GThread *thread;
    gint stops; // atomic

    Scene *scene; // from here: the thread, once it runs
    char *name;
    int width, height; // of the drawing, which is also main's first size
    EncoderOptions main, sub;
    int change_s;
    cairo_surface_t *room;
    cairo_surface_t *drawing;
    cairo_t *cairo;
    Output outputs[OUTPUTS];
    Tone *tone;
    AVPacket *packet;
};

static bool output_open(Output *output, const EncoderOptions *options, int from_width,
                        int from_height, enum AVPixelFormat from)
{
    output->options = *options;
    output->encoder = encoder_new(options);
    output->picture = av_frame_alloc();
    if (!output->encoder || !output->picture)
        return false;
    output->picture->format = AV_PIX_FMT_YUV420P;
    output->picture->width = options->width;
    output->picture->height = options->height;
    output->scaler = sws_getContext(from_width, from_height, from, options->width, options->height,
                                    AV_PIX_FMT_YUV420P, SWS_FAST_BILINEAR, NULL, NULL, NULL);
    return output->scaler && av_frame_get_buffer(output->picture, 0) == 0;
}

static void output_close(Output *output)
{
    encoder_free(output->encoder);
    sws_freeContext(output->scaler);
    av_frame_free(&output->picture);
    output->encoder = NULL;
    output->scaler = NULL;
    output->was_wanted = false;
}

static bool open_outputs(Studio *studio, const EncoderOptions *main)
{
    return output_open(&studio->outputs[MAIN], main, studio->width, studio->height,
                       AV_PIX_FMT_BGRA) &&
           output_open(&studio->outputs[SUB], &studio->sub, main->width, main->height,
                       AV_PIX_FMT_YUV420P);
}

static void close_outputs(Studio *studio)
{
    for (int i = 0; i < OUTPUTS; i++)
        output_close(&studio->outputs[i]);
}

// As when somebody turns a knob on the camera's own page.
static void change_size(Studio *studio)
{
    EncoderOptions next = studio->main;
    if (studio->outputs[MAIN].options.width == studio->width) {
        next.width /= 2;
        next.height /= 2;
    }
    close_outputs(studio);
    if (!open_outputs(studio, &next))
        g_error("the size cannot be changed");
}

static void draw_room(Studio *studio)
{
    cairo_t *cairo = cairo_create(studio->room);
    cairo_scale(cairo, (double)studio->width / SCENE_WIDTH, (double)studio->height / SCENE_HEIGHT);
    scene_draw_room(studio->scene, cairo);
    cairo_destroy(cairo);
}

Studio *studio_new(const StudioOptions *options)
{
    Studio *studio = g_new0(Studio, 1);
    int width = studio->width = options->main.width;
    int height = studio->height = options->main.height;
    studio->main = options->main;
    studio->sub = options->sub;
    studio->change_s = options->change_s;
    studio->name = g_strdup(options->name);
    studio->scene = scene_new(options->scene, options->seed);
    studio->packet = av_packet_alloc();
    if (!open_outputs(studio, &options->main)) {
        studio_free(studio);
        return NULL;
    }
    studio->room = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    studio->drawing = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    studio->cairo = cairo_create(studio->drawing);
    draw_room(studio);
    return studio;
}

void studio_free(Studio *studio)
{
    if (!studio)
        return;
    g_atomic_int_set(&studio->stops, 1);
    if (studio->thread)
        g_thread_join(studio->thread);
    close_outputs(studio);
    g_clear_pointer(&studio->cairo, cairo_destroy);
    g_clear_pointer(&studio->drawing, cairo_surface_destroy);
    g_clear_pointer(&studio->room, cairo_surface_destroy);
    scene_free(studio->scene);
    tone_free(studio->tone);
    av_packet_free(&studio->packet);
    g_free(studio->name);
    g_free(studio);
}

AVCodecParameters *studio_main_parameters(const Studio *studio)
{
    return encoder_parameters(studio->outputs[MAIN].encoder);
}

AVCodecParameters *studio_sub_parameters(const Studio *studio)
{
    return encoder_parameters(studio->outputs[SUB].encoder);
}

static void draw_label(cairo_t *cairo, const char *text, const char *font, double x, double width)
{
    cairo_set_source_rgba(cairo, 0, 0, 0, 0.72);
    cairo_rectangle(cairo, x - width / 2, 14, width, 66);
    cairo_fill(cairo);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    room_draw_text(cairo, text, font, x, 47);
}

static void draw_clock(Studio *studio, gint64 wall_us)
{
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_local(wall_us / G_USEC_PER_SEC);
    g_autofree char *text = g_date_time_format(now, "%Y-%m-%d %H:%M:%S");
    draw_label(studio->cairo, text, "Monospace Bold 34", 300, 580);
    draw_label(studio->cairo, studio->name, "Sans 26", 1100, 330);
}

static void draw_code(cairo_t *cairo, gint64 wall_us)
{
    guint32 code = (guint32)(wall_us / 100000);
    double side = 16;
    for (int i = 0; i < STUDIO_CODE_BITS; i++) {
        double grey = code >> (STUDIO_CODE_BITS - 1 - i) & 1;
        cairo_set_source_rgb(cairo, grey, grey, grey);
        cairo_rectangle(cairo, i * side, SCENE_HEIGHT - side, side, side);
        cairo_fill(cairo);
    }
}

static void draw(Studio *studio, int64_t line_us)
{
    gint64 wall_us = g_get_real_time();
    cairo_t *cairo = studio->cairo;
    cairo_save(cairo);
    cairo_set_operator(cairo, CAIRO_OPERATOR_SOURCE);
    cairo_set_source_surface(cairo, studio->room, 0, 0);
    cairo_paint(cairo);
    cairo_restore(cairo);
    cairo_save(cairo);
    cairo_scale(cairo, (double)studio->width / SCENE_WIDTH, (double)studio->height / SCENE_HEIGHT);
    scene_draw_people(studio->scene, cairo, line_us / 1e6);
    draw_clock(studio, wall_us);
    draw_code(cairo, wall_us);
    cairo_restore(cairo);
    cairo_surface_flush(studio->drawing);
}

// The encoder may still hold the last picture: it is then left to it.
static void scale_into(Output *output, const uint8_t *const *planes, const int *strides, int height)
{
    if (av_frame_make_writable(output->picture) < 0)
        g_error("out of memory");
    sws_scale(output->scaler, planes, strides, 0, height, output->picture->data,
              output->picture->linesize);
}

static void take_picture(Studio *studio, int64_t line_us)
{
    draw(studio, line_us);
    const uint8_t *pixels[] = { cairo_image_surface_get_data(studio->drawing) };
    int strides[] = { cairo_image_surface_get_stride(studio->drawing) };
    Output *main = &studio->outputs[MAIN], *sub = &studio->outputs[SUB];
    scale_into(main, pixels, strides, studio->height);
    if (feed_is_wanted(sub->feed))
        scale_into(sub, (const uint8_t *const *)main->picture->data, main->picture->linesize,
                   main->options.height);
}

static void send_picture(Studio *studio, Output *output, int64_t line_us)
{
    bool key = feed_takes_wish(output->feed) || !output->was_wanted;
    output->was_wanted = feed_is_wanted(output->feed);
    if (!output->was_wanted)
        return;
    if (encoder_encode(output->encoder, output->picture, line_us, key, studio->packet)) {
        feed_push(output->feed, FEED_VIDEO, studio->packet);
        av_packet_unref(studio->packet);
    }
}

static void send_sound(Studio *studio, int64_t line_us)
{
    g_autoptr(GPtrArray) sounds = studio->tone ? tone_until(studio->tone, line_us) : NULL;
    for (guint i = 0; sounds && i < sounds->len; i++)
        feed_push(studio->outputs[MAIN].feed, FEED_AUDIO, sounds->pdata[i]);
}

static gpointer run(gpointer ctx)
{
    Studio *studio = ctx;
    int64_t began = g_get_monotonic_time();
    int64_t tick = G_USEC_PER_SEC / studio->main.fps, changes = 0;
    for (int64_t line_us = 0; !g_atomic_int_get(&studio->stops); line_us += tick) {
        int64_t late = g_get_monotonic_time() - began - line_us;
        if (late < 0)
            g_usleep((gulong)-late);
        else
            line_us += late / tick * tick; // as a camera does: pictures are lost, the clock is true
        if (studio->change_s && line_us / G_USEC_PER_SEC / studio->change_s > changes) {
            changes++;
            change_size(studio);
        }
        if (feed_is_wanted(studio->outputs[MAIN].feed) || feed_is_wanted(studio->outputs[SUB].feed))
            take_picture(studio, line_us);
        for (int i = 0; i < OUTPUTS; i++)
            send_picture(studio, &studio->outputs[i], line_us);
        send_sound(studio, line_us);
    }
    return NULL;
}

void studio_play(Studio *studio, Feed *main, Feed *sub, Tone *take_tone)
{
    studio->outputs[MAIN].feed = main;
    studio->outputs[SUB].feed = sub;
    studio->tone = take_tone;
    studio->thread = g_thread_new("studio", run, studio);
}
