// SPDX-License-Identifier: Apache-2.0
#include "rating/monthly_text.h"

#include "rating/figures.h"

#include <math.h>
#include <string.h>

enum { FEW = 20 }; // of fewer things no rate is told

typedef struct {
    const json_t *total, *before, *units;
    int wait_minutes;
    bool is_english;
} Source;

G_GNUC_FORMAT(2)
G_GNUC_FORMAT(3)
static const char *say(const Source *source, const char *zh, const char *en)
{
    return source->is_english ? en : zh;
}

static int64_t whole(const json_t *row, const char *key)
{
    return json_integer_value(json_object_get(row, key));
}

static int64_t part(const json_t *row, const char *key, const char *member)
{
    return whole(json_object_get(row, key), member);
}

static int64_t now(const Source *source, const char *key)
{
    return whole(source->total, key);
}

static int64_t n_of(const Source *source, const char *key)
{
    return part(source->total, key, "n");
}

static int64_t all_of(const Source *source, const char *key)
{
    return part(source->total, key, "of");
}

int monthly_change(int64_t n, int64_t of, int64_t n_before, int64_t of_before)
{
    if (of <= 0 || of_before <= 0)
        return 0;
    double low, high, low_before, high_before;
    double p = (double)n / (double)of, q = (double)n_before / (double)of_before;
    figures_interval(n, of, &low, &high);
    figures_interval(n_before, of_before, &low_before, &high_before);
    double least = p - q - hypot(p - low, high_before - q);
    double most = p - q + hypot(high - p, q - low_before);
    return least > 0 ? 1 : most < 0 ? -1 : 0;
}

// Two counts differ beyond chance where their difference is more than two of its deviations.
static int count_change(int64_t n, int64_t before)
{
    double room = 1.959964 * sqrt((double)(n + before));
    return (double)(n - before) > room ? 1 : (double)(before - n) > room ? -1 : 0;
}

static double percent(int64_t n, int64_t of)
{
    return n >= of ? 100 : n <= 0 ? 0 : CLAMP((double)n / (double)of * 100, 0.1, 99.9);
}

G_GNUC_PRINTF(2, 3)
static void add(GString *said, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_string_append_vprintf(said, format, args);
    va_end(args);
}

// ", no clear change from the month before": nothing where that had too few to say.
static void add_change(const Source *source, GString *said, const char *key)
{
    int64_t n = part(source->before, key, "n"), of = part(source->before, key, "of");
    if (of < FEW || all_of(source, key) < FEW)
        return;
    switch (monthly_change(n_of(source, key), all_of(source, key), n, of)) {
    case 0:
        add(said, "%s",
            say(source, "，与上月相比没有明显变化", ", no clear change from the month before"));
        break;
    case 1:
        add(said, say(source, "，高于上月的 %.1f%%", ", up from %.1f%% the month before"),
            percent(n, of));
        break;
    default:
        add(said, say(source, "，低于上月的 %.1f%%", ", down from %.1f%% the month before"),
            percent(n, of));
    }
}

// "好评率 96.0%（48/50）…", or of few: "8 件中 7 件按时办结".
static void add_share(const Source *source, GString *said, const char *key, const char *rate,
                      const char *few)
{
    int64_t n = n_of(source, key), of = all_of(source, key);
    if (of < FEW) {
        add(said,
            say(source, "%" G_GINT64_FORMAT " 件中 %" G_GINT64_FORMAT " 件%s",
                "%3$s %2$" G_GINT64_FORMAT " of %1$" G_GINT64_FORMAT),
            of, n, few);
        return;
    }
    add(said,
        say(source, "%s %.1f%%（%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "）",
            "%s %.1f%% (%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT ")"),
        rate, percent(n, of), n, of);
    add_change(source, said, key);
}

// --- the sentences, in their order; empty: it is left out

static void say_volume(const Source *source, GString *said)
{
    int64_t filed = now(source, "filed"), before = whole(source->before, "filed");
    add(said,
        say(source, "申报办件 %" G_GINT64_FORMAT " 件", "%" G_GINT64_FORMAT " cases were filed"),
        filed);
    if (before > 0 && filed + before >= FEW) {
        const char *words[][2] = { { "少于", "fewer than" },
                                   { "与", "about as many as" },
                                   { "多于", "more than" } };
        int change = count_change(filed, before);
        add(said,
            say(source, "，%s上月的 %" G_GINT64_FORMAT " 件%s",
                ", %s the %" G_GINT64_FORMAT " of the month before%s"),
            words[change + 1][source->is_english], before,
            change == 0 && !source->is_english ? "相当" : "");
    }
    add(said,
        say(source, "；办结 %" G_GINT64_FORMAT " 件，期末在办 %" G_GINT64_FORMAT " 件",
            "; %" G_GINT64_FORMAT " were finished, %" G_GINT64_FORMAT " were open at the end"),
        now(source, "done"), now(source, "open"));
    if (now(source, "open_late") > 0)
        add(said,
            say(source, "，其中 %" G_GINT64_FORMAT " 件已超期",
                ", %" G_GINT64_FORMAT " of them overdue"),
            now(source, "open_late"));
}

// The one unit that has most of it; NULL where two share the place, or it is one case alone.
static const char *most_of(const json_t *units, const char *key, int64_t *ret_n)
{
    const char *most = NULL;
    size_t i;
    json_t *row;
    *ret_n = 1;
    json_array_foreach((json_t *)units, i, row)
    {
        int64_t n = whole(row, key);
        if (n < *ret_n)
            continue;
        most = n > *ret_n ? json_string_value(json_object_get(row, "key")) : NULL;
        *ret_n = n;
    }
    return most;
}

static void say_on_time(const Source *source, GString *said)
{
    int64_t most, late = now(source, "overtime");
    if (now(source, "done") == 0)
        return;
    add_share(source, said, "on_time", say(source, "按时办结率", "on-time rate"),
              say(source, "按时办结", "finished in time:"));
    if (late == 0) {
        add(said, "%s", say(source, "，没有超期办结", "; none was late"));
        return;
    }
    const char *unit = most_of(source->units, "overtime", &most);
    add(said, say(source, "；超期办结 %" G_GINT64_FORMAT " 件", "; late: %" G_GINT64_FORMAT), late);
    if (unit && json_array_size(source->units) > 1)
        add(said,
            say(source, "，最多的是%s（%" G_GINT64_FORMAT " 件）",
                ", most of them at %s (%" G_GINT64_FORMAT ")"),
            unit, most);
}

static void say_early(const Source *source, GString *said)
{
    int64_t n = n_of(source, "early"), days = n_of(source, "days_early");
    if (n == 0)
        return;
    add(said,
        say(source, "承诺件提前办结 %" G_GINT64_FORMAT " 件，平均提前 %.1f 个工作日",
            "%" G_GINT64_FORMAT " promised cases were early, by %.1f working days on average"),
        n, (double)days / (double)n);
}

static void say_cards(const Source *source, GString *said)
{
    int64_t warning = now(source, "warning"), yellow = now(source, "yellow"),
            red = now(source, "red");
    if (yellow + red == 0)
        add(said, "%s", say(source, "没有发出黄牌和红牌", "no yellow or red card was raised"));
    else
        add(said,
            say(source, "发出黄牌 %" G_GINT64_FORMAT " 张、红牌 %" G_GINT64_FORMAT " 张",
                "%" G_GINT64_FORMAT " yellow and %" G_GINT64_FORMAT " red cards were raised"),
            yellow, red);
    if (warning > 0)
        add(said,
            say(source, "，预警 %" G_GINT64_FORMAT " 次", ", and %" G_GINT64_FORMAT " warnings"),
            warning);
}

static void say_papers(const Source *source, GString *said)
{
    if (n_of(source, "papers") > 0)
        add(said,
            say(source, "%" G_GINT64_FORMAT " 件办件被要求补正超过一次",
                "in %" G_GINT64_FORMAT " cases papers were asked for more than once"),
            n_of(source, "papers"));
}

static void say_waits(const Source *source, GString *said)
{
    int64_t called = all_of(source, "wait"), over = n_of(source, "wait_over");
    if (called == 0)
        return;
    add(said,
        say(source, "取号 %" G_GINT64_FORMAT " 人次", "%" G_GINT64_FORMAT " numbers were taken"),
        now(source, "tickets"));
    if (called >= FEW)
        add(said,
            say(source,
                "，一半人等候不超过 %" G_GINT64_FORMAT " 分钟，九成不超过 %" G_GINT64_FORMAT
                " 分钟",
                "; half waited at most %" G_GINT64_FORMAT
                " minutes, nine in ten %" G_GINT64_FORMAT),
            n_of(source, "wait"), n_of(source, "wait_most"));
    if (over == 0)
        add(said, say(source, "；没有人等候超过 %d 分钟", "; nobody waited longer than %d minutes"),
            source->wait_minutes);
    else
        add(said,
            say(source, "；%" G_GINT64_FORMAT " 人次等候超过 %d 分钟",
                "; %" G_GINT64_FORMAT " waited longer than %d minutes"),
            over, source->wait_minutes);
}

static void say_ratings(const Source *source, GString *said)
{
    int64_t bad = n_of(source, "bad");
    if (now(source, "rated") == 0) {
        add(said, "%s", say(source, "没有收到评价", "no rating came"));
        return;
    }
    add(said, say(source, "收到评价 %" G_GINT64_FORMAT " 件，", "%" G_GINT64_FORMAT " ratings: "),
        now(source, "rated"));
    add_share(source, said, "good", say(source, "好评率", "good rate"),
              say(source, "为好评", "good:"));
    if (bad == 0)
        add(said, "%s", say(source, "，没有差评", "; none was bad"));
    else
        add(said,
            say(source, "；差评 %" G_GINT64_FORMAT " 件，按时整改 %" G_GINT64_FORMAT " 件",
                "; %" G_GINT64_FORMAT " bad ones, %" G_GINT64_FORMAT " put right in time"),
            bad, n_of(source, "rectified"));
}

static void say_clues(const Source *source, GString *said)
{
    int64_t n = now(source, "clues");
    if (n == 0)
        add(said, "%s", say(source, "没有发现监察线索", "no clue was raised"));
    else
        add(said,
            say(source,
                "发现监察线索 %" G_GINT64_FORMAT " 条：核实属实 %" G_GINT64_FORMAT
                " 条，排除 %" G_GINT64_FORMAT " 条，尚未核实 %" G_GINT64_FORMAT " 条",
                "%" G_GINT64_FORMAT " clues: %" G_GINT64_FORMAT " confirmed, %" G_GINT64_FORMAT
                " dismissed, %" G_GINT64_FORMAT " not decided yet"),
            n, n_of(source, "found"), n_of(source, "dismissed"), now(source, "undecided"));
}

json_t *monthly_text(const json_t *review, const json_t *units, bool is_english)
{
    static void (*const sentences[])(const Source *source, GString *said) = {
        say_volume, say_on_time, say_early,   say_cards,
        say_papers, say_waits,   say_ratings, say_clues,
    };
    const Source source = { .total = json_object_get(review, "total"),
                            .before = json_object_get(review, "before"),
                            .units = units,
                            .wait_minutes = (int)whole(review, "wait_minutes"),
                            .is_english = is_english };
    json_t *text = json_array();
    for (size_t i = 0; i < G_N_ELEMENTS(sentences); i++) {
        g_autoptr(GString) said = g_string_new(NULL);
        sentences[i](&source, said);
        if (said->len == 0)
            continue;
        if (is_english)
            said->str[0] = g_ascii_toupper(said->str[0]);
        g_string_append(said, is_english ? "." : "。");
        json_array_append_new(text, json_string(said->str));
    }
    return text;
}
