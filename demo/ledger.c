// SPDX-License-Identifier: Apache-2.0
#include "demo/ledger.h"

#include <time.h>

#define CARD_ID      "00000000-0000-4000-8000-0000000001%02zu"
#define COMPLAINT_ID "00000000-0000-4000-8000-0000000002%02zu"

static const struct {
    const char *number, *counter, *text;
    int level;
    const char *tag;
} cards[] = {
    { "0101", "c1", NULL, 5, "517" }, { "0102", "c2", "就近就能办，方便老人", 5, "515" },
    { "0103", "c3", NULL, 4, "408" }, { "0104", "c3", "同一个窗口让我跑了两趟", 2, "207" },
    { "0105", "c4", NULL, 3, "307" }, { "0106", "c7", "问了半天没人答复", 1, "115" },
};

static const struct {
    const char *category, *channel, *counter, *unit, *item, *text;
    int minutes_ago; // when it happened; 0: not said
} complaints[] = {
    { "104", "counter", "c3", "民政办", "最低生活保障对象认定", "补了三次材料，每次说的都不一样。",
      0 },
    { "107", "counter", "c7", NULL, NULL, "中午前窗口一直没有人，等了半个多小时。", 20 },
    { "109", "letter", NULL, NULL, NULL, "等候区饮水机坏了，盼尽快修好。", 0 },
};

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

void ledger_lay_out(Api *staff)
{
    time_t now = time(NULL);
    struct tm local;
    char day[16];
    localtime_r(&now, &local);
    strftime(day, sizeof day, "%Y-%m-%d", &local);
    // What is there already is refused or answered as before: both are well.
    for (size_t i = 0; i < G_N_ELEMENTS(cards); i++) {
        g_autofree char *id = g_strdup_printf(CARD_ID, i);
        api_call(staff, "POST", "/api/v1/cards",
                 json_pack("{ss ss ss ss si s[s] so}", "id", id, "number", cards[i].number, "day",
                           day, "counter", cards[i].counter, "level", cards[i].level, "tags",
                           cards[i].tag, "text", text_or_null(cards[i].text)),
                 NULL);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(complaints); i++) {
        g_autofree char *id = g_strdup_printf(COMPLAINT_ID, i);
        json_int_t happened = ((json_int_t)now - complaints[i].minutes_ago * 60) * 1000;
        api_call(staff, "POST", "/api/v1/complaints",
                 json_pack("{ss ss ss ss so so so so}", "id", id, "category",
                           complaints[i].category, "channel", complaints[i].channel, "text",
                           complaints[i].text, "counter", text_or_null(complaints[i].counter),
                           "unit", text_or_null(complaints[i].unit), "item",
                           text_or_null(complaints[i].item), "happened",
                           complaints[i].minutes_ago ? json_integer(happened) : json_null()),
                 NULL);
    }
}
