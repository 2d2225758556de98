// SPDX-License-Identifier: Apache-2.0
// `hallwatch verify-lines`: verify for a program, which is the desk (dashboard/verification.h): one
// JSON object a line. A process of its own with little memory, since what it reads may be made to
// do harm.
//
//     {"manifest":{...}}   what the zip says of itself, in part
//     {"finding":{"kind","is_problem","file","from","to","from_at","to_at","segment","key"}}
//     {"read":N}           bytes so far
//     {"want":{"at","bytes"}}  only where the zip is not a file here: these bytes, and no others,
//     are
//                          to be written to standard input
//     {"end":{"problems":N}} | {"end":{"error":"not_export"|"unreadable"}}
#include "appliance/commands.h"
#include "base/clock.h"
#include "capture/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    MEMORY_MAX = 1 << 30,
    WINDOW = 4 << 20,        // asked for at once where the zip is read in order
    SMALL_WINDOW = 64 << 10, // ... where it is looked through
    FINDINGS_MAX = 1000,     // more are counted, not listed
    CLIPS_MAX = 64,
    TEXT_MAX = 300, // characters of what the zip says of itself
};

static const char *const kinds[EVIDENCE_FINDINGS] = {
    [EVIDENCE_WHOLE] = "whole",
    [EVIDENCE_SIGNATURE_GOOD] = "signature_good",
    [EVIDENCE_ALTERED] = "altered",
    [EVIDENCE_SIZE] = "size",
    [EVIDENCE_CHECKSUM] = "checksum",
    [EVIDENCE_MISSING] = "missing",
    [EVIDENCE_EXTRA] = "extra",
    [EVIDENCE_MOVED] = "moved",
    [EVIDENCE_CUT] = "cut",
    [EVIDENCE_DISORDER] = "disorder",
    [EVIDENCE_DIRECTORY] = "directory",
    [EVIDENCE_NO_MANIFEST] = "no_manifest",
    [EVIDENCE_SIGNATURE_BAD] = "signature_bad",
    [EVIDENCE_OTHER_BOX] = "other_box",
    [EVIDENCE_CHAIN] = "chain",
    [EVIDENCE_SEGMENT] = "segment",
};

typedef struct {
    EvidenceReader file; // read NULL: standard input is asked
    int64_t bytes;
    int64_t done, said; // bytes that were read; what was said of that
    int n_findings;
    uint8_t *window;
    int64_t window_at;
    size_t window_size;
} Lines;

static void say(json_t *take_line)
{
    json_dumpf(take_line, stdout, JSON_COMPACT);
    putchar('\n');
    fflush(stdout);
    json_decref(take_line);
}

// --- where the bytes come from

static void say_progress(Lines *lines, size_t size)
{
    lines->done += (int64_t)size;
    if (lines->done - lines->said < lines->bytes / 100 + 1)
        return;
    lines->said = lines->done;
    say(json_pack("{s:I}", "read", (json_int_t)lines->done));
}

static int read_file(void *ctx, int64_t at, void *into, size_t size)
{
    Lines *lines = ctx;
    say_progress(lines, size);
    return lines->file.read(lines->file.ctx, at, into, size);
}

// Whoever was asked has gone: nothing can be concluded, and nobody listens.
static void fill(uint8_t *into, size_t size)
{
    for (size_t have = 0; have < size;) {
        ssize_t n = read(STDIN_FILENO, into + have, size - have);
        if (n == 0 || (n < 0 && errno != EINTR))
            _exit(EXIT_FAILED);
        have += n > 0 ? (size_t)n : 0;
    }
}

static bool is_in_window(const Lines *lines, int64_t at, size_t size)
{
    return at >= lines->window_at &&
           at + (int64_t)size <= lines->window_at + (int64_t)lines->window_size;
}

static int read_asked(void *ctx, int64_t at, void *into, size_t size)
{
    Lines *lines = ctx;
    if (size > WINDOW) { // the manifest of a long export
        for (size_t done = 0; done < size; done += WINDOW)
            read_asked(ctx, at + (int64_t)done, (uint8_t *)into + done, MIN(WINDOW, size - done));
        return 0;
    }
    if (!is_in_window(lines, at, size)) {
        int64_t wanted = MAX((int64_t)size, SMALL_WINDOW);
        if (size >= SMALL_WINDOW)
            wanted = WINDOW;
        wanted = MIN(wanted, lines->bytes - at);
        say(json_pack("{s:{s:I, s:I}}", "want", "at", (json_int_t)at, "bytes", (json_int_t)wanted));
        fill(lines->window, (size_t)wanted);
        lines->window_at = at;
        lines->window_size = (size_t)wanted;
    }
    memcpy(into, lines->window + (at - lines->window_at), size);
    return 0;
}

// --- what is found

static json_t *text_or_null(const char *text)
{
    if (!text)
        return json_null();
    g_autofree char *part = g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), TEXT_MAX));
    return json_string(part);
}

static json_t *time_or_null(int64_t ms)
{
    g_autofree char *text = ms ? clock_format(ms) : NULL;
    return text_or_null(text);
}

static void say_finding(void *ctx, const EvidenceFinding *f)
{
    Lines *lines = ctx;
    if (++lines->n_findings > FINDINGS_MAX)
        return;
    say(json_pack("{s:{s:s, s:b, s:o, s:I, s:I, s:o, s:o, s:I, s:o}}", "finding", "kind",
                  kinds[f->kind], "is_problem", EVIDENCE_IS_PROBLEM(f->kind), "file",
                  text_or_null(f->file), "from", (json_int_t)f->from, "to", (json_int_t)f->to,
                  "from_at", time_or_null(f->from_ms), "to_at", time_or_null(f->to_ms), "segment",
                  (json_int_t)f->segment, "key", text_or_null(f->key)));
}

static json_t *text_at(const json_t *object, const char *key, const char *inner)
{
    const json_t *value = json_object_get(object, key);
    return text_or_null(json_string_value(inner ? json_object_get(value, inner) : value));
}

static json_t *clips_of(const json_t *manifest)
{
    json_t *list = json_array(), *clip;
    size_t i;
    json_array_foreach(json_object_get(manifest, "clips"), i, clip)
    {
        const json_t *real = json_object_get(clip, "real");
        if (i < CLIPS_MAX)
            json_array_append_new(
                list, json_pack("{s:o, s:o, s:o, s:I}", "camera", text_at(clip, "camera", "name"),
                                "from_at", text_at(real, "from", "local"), "to_at",
                                text_at(real, "to", "local"), "gaps",
                                (json_int_t)json_array_size(json_object_get(clip, "gaps"))));
    }
    return list;
}

static void say_manifest(void *ctx, const json_t *manifest)
{
    say(json_pack("{s:{s:o, s:o, s:o, s:o, s:o, s:o}}", "manifest", "hall",
                  text_at(manifest, "hall", "name"), "made_at",
                  text_at(manifest, "made_at", "local"), "who", text_at(manifest, "who", NULL),
                  "reason", text_at(manifest, "reason", NULL), "ref",
                  text_at(manifest, "ref", NULL), "clips", clips_of(manifest)));
}

static int say_end(int problems)
{
    if (problems < 0)
        say(json_pack("{s:{s:s}}", "end", "error",
                      problems == -EBADMSG ? "not_export" : "unreadable"));
    else
        say(json_pack("{s:{s:i}}", "end", "problems", problems));
    return EXIT_DONE;
}

// A manifest is at most 128 MiB of text, which as JSON could be made to take thousands.
static void keep_small(void)
{
#ifndef __SANITIZE_ADDRESS__ // its shadow takes more
    const struct rlimit memory = { MEMORY_MAX, MEMORY_MAX };
    setrlimit(RLIMIT_AS, &memory);
#endif
    setpriority(PRIO_PROCESS, 0, 19);
}

// The operand: a file, or the number of bytes of a zip that is asked for piece by piece.
int command_verify_lines(const Arguments *arguments)
{
    Lines lines = { 0 };
    const EvidenceListener listener = { say_manifest, say_finding, &lines };
    EvidenceReader reader = { 0, read_asked, &lines };
    int fd = -1;
    keep_small();
    if (arguments->operand[0] == '/') {
        fd = open(arguments->operand, O_RDONLY | O_CLOEXEC);
        int err = fd < 0 ? -errno : evidence_reader_of_file(fd, &lines.file);
        if (err < 0)
            return say_end(err);
        reader.bytes = lines.file.bytes;
        reader.read = read_file;
    } else {
        reader.bytes = g_ascii_strtoll(arguments->operand, NULL, 10);
        lines.window = g_malloc(WINDOW);
    }
    lines.bytes = reader.bytes;
    int problems = evidence_check(&reader, arguments->key, &listener);
    g_free(lines.window);
    if (fd >= 0)
        close(fd);
    return say_end(problems);
}
