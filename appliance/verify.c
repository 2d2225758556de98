// SPDX-License-Identifier: Apache-2.0
// `hallwatch verify` and `hallwatch box-key`: whether an exported zip is what a box has signed.
// Exit status of verify: 0 whole, 1 altered, 2 not an export.
#include "appliance/commands.h"
#include "base/clock.h"
#include "capture/evidence.h"
#include "capture/evidence_key.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_NO_EXPORT = 2 };

// Chinese, English; the rest of the line follows.
static const struct {
    const char *zh, *en;
} sentences[EVIDENCE_FINDINGS] = {
    [EVIDENCE_WHOLE] = { "完整", "whole" },
    [EVIDENCE_SIGNATURE_GOOD] = { "签名有效", "signature good" },
    [EVIDENCE_ALTERED] = { "已被改动", "ALTERED" },
    [EVIDENCE_SIZE] = { "长度不符", "CUT OR LENGTHENED" },
    [EVIDENCE_CHECKSUM] = { "校验和被改动", "CHECKSUM ALTERED" },
    [EVIDENCE_MISSING] = { "缺失", "MISSING" },
    [EVIDENCE_EXTRA] = { "多出的文件", "NOT PART OF THE EXPORT" },
    [EVIDENCE_MOVED] = { "次序被改动", "MOVED" },
    [EVIDENCE_CUT] = { "压缩包被截断", "THE ZIP IS CUT" },
    [EVIDENCE_DISORDER] = { "压缩包结构被改动", "THE ZIP'S STRUCTURE IS ALTERED" },
    [EVIDENCE_DIRECTORY] = { "压缩包目录被改动", "THE ZIP'S DIRECTORY IS ALTERED" },
    [EVIDENCE_NO_MANIFEST] = { "清单或签名缺失", "MANIFEST OR SIGNATURE MISSING" },
    [EVIDENCE_SIGNATURE_BAD] = { "签名无效，清单已被改动",
                                 "SIGNATURE BAD: THE MANIFEST IS ALTERED" },
    [EVIDENCE_OTHER_BOX] = { "不是该机器签名", "SIGNED BY ANOTHER BOX" },
    [EVIDENCE_CHAIN] = { "录像段哈希链断开", "CHAIN OF SEGMENTS BROKEN" },
    [EVIDENCE_SEGMENT] = { "录像段在导出前已被改动", "SEGMENT ALTERED BEFORE THE EXPORT" },
};

static void print_span(int64_t from_ms, int64_t to_ms)
{
    if (!from_ms)
        return;
    g_autofree char *from = clock_format(from_ms), *to = clock_format(to_ms);
    printf("; 约 about %s - %s", from, to);
}

static void print_details(const EvidenceFinding *finding)
{
    switch (finding->kind) {
    case EVIDENCE_ALTERED:
        printf(": 字节 bytes %" PRId64 "-%" PRId64, finding->from, finding->to - 1);
        print_span(finding->from_ms, finding->to_ms);
        break;
    case EVIDENCE_SIZE:
        printf(": %" PRId64 " 字节，应为 bytes, not %" PRId64, finding->from, finding->to);
        break;
    case EVIDENCE_CUT:
    case EVIDENCE_DISORDER:
    case EVIDENCE_DIRECTORY:
        printf(": 字节 at byte %" PRId64, finding->from);
        break;
    case EVIDENCE_CHAIN:
    case EVIDENCE_SEGMENT:
        printf(": 录像段 segment %" PRId64, finding->segment);
        print_span(finding->from_ms, finding->to_ms);
        break;
    default:
        break;
    }
    if (finding->key)
        printf(": 机器公钥 box key %s", finding->key);
}

// What comes from the file is shown without what a terminal would act on.
static void print_text(const char *text)
{
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        if (g_unichar_iscntrl(g_utf8_get_char(at)))
            putchar('?');
        else
            fwrite(at, 1, (size_t)(g_utf8_next_char(at) - at), stdout);
    }
}

static void print_finding(void *ctx, const EvidenceFinding *finding)
{
    const char *mark = EVIDENCE_IS_PROBLEM(finding->kind) ? "✗" : "✓";
    printf("%s %s %s", mark, sentences[finding->kind].zh, sentences[finding->kind].en);
    if (finding->file) {
        fputs("  ", stdout);
        print_text(finding->file);
    }
    print_details(finding);
    putchar('\n');
}

static void print_field(const char *label, const json_t *value, const char *key)
{
    const char *text = json_string_value(key ? json_object_get(value, key) : value);
    if (!text)
        return;
    fputs(label, stdout);
    print_text(text);
    putchar('\n');
}

// Times are shown as the hall's clocks showed them.
static void use_zone(const json_t *manifest)
{
    const char *zone = json_string_value(json_object_get(manifest, "zone"));
    static const char letters[] = G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "/_+-";
    if (zone && *zone && *zone != '/' && strlen(zone) < 64 &&
        strspn(zone, letters) == strlen(zone)) {
        g_setenv("TZ", zone, TRUE);
        tzset();
    }
}

static void print_manifest(void *ctx, const json_t *manifest)
{
    const json_t *clips = json_object_get(manifest, "clips");
    use_zone(manifest);
    print_field("大厅 hall: ", json_object_get(manifest, "hall"), "name");
    print_field("导出 exported at: ", json_object_get(manifest, "made_at"), "local");
    print_field("导出人 by: ", manifest, "who");
    print_field("原因 reason: ", manifest, "reason");
    print_field("关联 belongs to: ", manifest, "ref");
    for (size_t i = 0; i < json_array_size(clips); i++) {
        const json_t *clip = json_array_get(clips, i), *real = json_object_get(clip, "real");
        print_field("摄像机 camera: ", json_object_get(clip, "camera"), "name");
        print_field("  从 from ", json_object_get(real, "from"), "local");
        print_field("  到 to   ", json_object_get(real, "to"), "local");
        printf("  缺口 gaps: %zu\n", json_array_size(json_object_get(clip, "gaps")));
    }
}

static int refuse(const char *path, int err)
{
    if (err == -EBADMSG)
        fprintf(stderr, "%s: 不是 Hallwatch 导出的证据包 / not an export of Hallwatch\n", path);
    else
        fprintf(stderr, "%s: 无法读取 / cannot be read: %s\n", path, g_strerror(-err));
    return EXIT_NO_EXPORT;
}

int command_verify(const Arguments *arguments)
{
    uint8_t key[EVIDENCE_KEY_BYTES];
    const EvidenceListener listener = { print_manifest, print_finding, NULL };
    if (arguments->key && !evidence_key_parse(arguments->key, key)) {
        fprintf(stderr, "--key: 应为 64 位十六进制数 / is 64 hex digits, as `hallwatch box-key` "
                        "prints them\n");
        return EXIT_USAGE;
    }
    int fd = open(arguments->operand, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return refuse(arguments->operand, -errno);
    EvidenceReader reader;
    int problems = evidence_reader_of_file(fd, &reader);
    if (problems == 0)
        problems = evidence_check(&reader, arguments->key, &listener);
    close(fd);
    if (problems < 0)
        return refuse(arguments->operand, problems);
    if (problems)
        printf("结论：已被改动，%d 处 / result: ALTERED, %d findings\n", problems, problems);
    else
        printf("结论：完整，未被改动 / result: whole and untouched%s\n",
               arguments->key ? ""
                              : "\n请用 --key 核对机器公钥 / compare the box's key with --key");
    return problems ? EXIT_FAILED : EXIT_DONE;
}

int command_box_key(const Arguments *arguments)
{
    g_auto(EvidenceKey) key = { 0 };
    char hex[EVIDENCE_KEY_HEX];
    int err = evidence_key_read(arguments->data_dir, &key);
    if (err < 0) {
        fprintf(stderr, "%s/box.key: %s\n", arguments->data_dir,
                err == -ENOENT ? "尚未生成，机器首次启动时生成 / is made at the first start"
                : err == -EBADMSG ? "不是密钥 / is not a key"
                                  : g_strerror(-err));
        return EXIT_FAILED;
    }
    evidence_key_hex(key.public_key, hex);
    printf("%s\n", hex);
    return EXIT_DONE;
}
