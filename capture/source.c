// SPDX-License-Identifier: Apache-2.0
#include "capture/source.h"

#include "capture/source_reader.h"

struct Source {
    const SourceReader *reader;
    void *input; // the reader's
};

static const struct {
    const char *name, *sentence;
} whys[] = {
    [WHY_NONE] = { NULL, NULL },
    [WHY_NO_ANSWER] = { "no_answer", "the camera does not answer" },
    [WHY_REFUSED] = { "refused", "the camera refuses the connection: is the port right?" },
    [WHY_UNREACHABLE] = { "unreachable", "there is no way to the camera's address" },
    [WHY_PASSWORD] = { "password", "the camera does not accept the user name or password" },
    [WHY_FORBIDDEN] = { "forbidden", "the camera does not allow this user to watch" },
    [WHY_BUSY] = { "busy", "the camera says that it cannot serve now: has it too many viewers?" },
    [WHY_NOT_FOUND] = { "not_found", "there is no such stream or file: is the path right?" },
    [WHY_CODEC] = { "codec",
                    "the picture is neither H.264 nor H.265: set one of them in the camera" },
    [WHY_NO_VIDEO] = { "no_video", "there is no picture in the stream" },
    [WHY_NO_KEY_FRAME] = { "no_key_frame", "the camera sends no complete picture to begin with" },
    [WHY_STOPPED] = { "stopped", "the camera has stopped sending" },
    [WHY_CLOSED] = { "closed", "the camera ended the connection" },
    [WHY_INVALID] = { "invalid", "what comes from this address is not a video stream" },
    [WHY_INTERNAL] = { "internal", "the stream could not be processed" },
};

const char *why_name(Why why)
{
    return whys[why].name;
}

const char *why_sentence(Why why)
{
    return whys[why].sentence;
}

static const SourceReader *reader_of(const SourceOptions *options)
{
    bool is_file = g_str_has_prefix(options->url, "file:");
    return is_file || options->reader == READER_LIBAV ? &source_libav : &source_rtsp;
}

int source_open(const SourceOptions *options, Source **ret_source, Why *ret_why)
{
    const SourceReader *reader = reader_of(options);
    void *input = NULL;
    int err = reader->open(options, &input, ret_why);
    if (err < 0)
        return err;
    Source *source = g_new0(Source, 1);
    source->reader = reader;
    source->input = input;
    *ret_source = source;
    return 0;
}

void source_free(Source *source)
{
    if (!source)
        return;
    source->reader->free(source->input);
    g_free(source);
}

const AVCodecParameters *source_video(Source *source)
{
    return source->reader->video(source->input);
}

const AVCodecParameters *source_audio(Source *source)
{
    return source->reader->audio(source->input);
}

SourceFigures source_figures(Source *source)
{
    if (!source->reader->figures)
        return (SourceFigures){ .clock_offset_us = SOURCE_NO_CLOCK };
    return source->reader->figures(source->input);
}

int source_read(Source *source, AVPacket *packet, bool *ret_is_video, Why *ret_why)
{
    return source->reader->read(source->input, packet, ret_is_video, ret_why);
}
