// SPDX-License-Identifier: Apache-2.0
#include "demo/citizen.h"

#define MAX_TEXTS 4

// The tags are codes of the province's tag table (data/rating-tags.tsv).
static const struct {
    int weight; // of 100
    VerdictKind kind;
    int level;
    const char *tags[8];
    const char *texts[MAX_TEXTS]; // some write, most do not
} verdicts[] = {
    { 54,
      VERDICT_RATES,
      5,
      { "510", "511", "512", "515", "516", "517" },
      { "办得很快，谢谢！", "工作人员很耐心", "一次就办好了" } },
    { 17, VERDICT_RATES, 4, { "406", "408", "411", "413" }, { "比以前方便多了" } },
    { 7, VERDICT_RATES, 3, { "307", "309", "310", "314" }, { "希望多开一个窗口" } },
    { 7,
      VERDICT_RATES,
      2,
      { "207", "208", "209", "210", "213", "214" },
      { "同样的材料交了两遍", "等了快一个小时", "说好三天办好，一直没有消息" } },
    { 4,
      VERDICT_RATES,
      1,
      { "108", "109", "110", "113" },
      { "来了三趟还没办成", "让我去别的部门开证明，清单上没有这一项" } },
    { 9, VERDICT_IS_SILENT, 0, { NULL }, { NULL } },
    { 2, VERDICT_REFUSES, 0, { NULL }, { NULL } },
};

static const char *const families[] = {
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴",
    "徐", "孙", "马", "朱", "胡", "郭", "何", "高", "林", "罗"
};
static const char *const givens[] = { "秀英", "桂兰", "建华", "志国", "丽娟", "玉梅",
                                      "文博", "晓峰", "海涛", "雨桐", "子轩", "德福",
                                      "春生", "凤霞", "国栋", "静" };

static size_t count(const char *const *texts, size_t max)
{
    size_t n = 0;
    while (n < max && texts[n])
        n++;
    return n;
}

// Up to three different ones.
static void pick_tags(GRand *chance, const char *const *tags, size_t n_tags, Verdict *verdict)
{
    size_t n = n_tags ? (size_t)g_rand_int_range(chance, 0, 4) : 0;
    size_t at = n_tags ? (size_t)g_rand_int_range(chance, 0, (gint32)n_tags) : 0;
    for (size_t i = 0; i < MIN(n, n_tags); i++)
        verdict->tags[i] = tags[(at + i) % n_tags];
}

Verdict verdict_random(GRand *chance)
{
    int left = g_rand_int_range(chance, 0, 100);
    size_t i = 0;
    while (i + 1 < G_N_ELEMENTS(verdicts) && left >= verdicts[i].weight)
        left -= verdicts[i++].weight;
    Verdict verdict = { .kind = verdicts[i].kind,
                        .level = verdicts[i].level,
                        .delay_s = g_rand_double_range(chance, 3, 14) };
    pick_tags(chance, verdicts[i].tags, count(verdicts[i].tags, G_N_ELEMENTS(verdicts[i].tags)),
              &verdict);
    size_t n_texts = count(verdicts[i].texts, MAX_TEXTS);
    bool writes = g_rand_double(chance) < (verdict.level <= 2 ? 0.7 : 0.25);
    if (n_texts && writes)
        verdict.text = verdicts[i].texts[g_rand_int_range(chance, 0, (gint32)n_texts)];
    return verdict;
}

char *citizen_name(GRand *chance)
{
    return g_strconcat(families[g_rand_int_range(chance, 0, G_N_ELEMENTS(families))],
                       givens[g_rand_int_range(chance, 0, G_N_ELEMENTS(givens))], NULL);
}
