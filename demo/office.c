// SPDX-License-Identifier: Apache-2.0
#include "demo/office.h"

#include "base/clock.h"

#define RATING_ID     "00000000-0000-4000-8000-0000000003%02zu"
#define FOLLOW_UP_ID  "00000000-0000-4000-8000-000000000400"
#define TRY_ID        "00000000-0000-4000-8000-000000000500"
#define PAIN_POINT_ID "00000000-0000-4000-8000-0000000006%02zu"

enum { MINUTE_MS = 60000, STEPS_MAX = 4, SET_DAYS = 7 };
#define DAY_MS (24 * 60 * (int64_t)MINUTE_MS)

typedef struct {
    const char *action, *choice, *why; // NULL: no more
} Step;

// Those with a name may be called; numbers of 199 0000 are nobody's.
static const struct {
    int level, minutes_ago;
    const char *counter, *channel, *tag, *text, *name, *phone;
    Step steps[STEPS_MAX];
} ratings[] = {
    { 1,
      190,
      "c3",
      "mobile",
      "109",
      "低保材料补了三次，每次说的都不一样",
      "孙桂芳",
      "19900000001",
      { { "verify", "immediate", "首次未一次告知清楚，已补发一次性告知单" },
        { "tell", "phone", "已致歉，并说明还需哪一份材料" } } },
    { 2,
      170,
      "c1",
      "terminal",
      "212",
      "叫号叫了一个多小时",
      "周明远",
      "19900000002",
      { { "verify", "complex", "上午只开两个窗口，需调整潮汐窗口排班" } } },
    { 2, 150, "c4", "mobile", "214", "窗口人员一直在看手机", NULL, NULL, { { NULL } } },
    { 1,
      140,
      "c2",
      "terminal",
      "115",
      NULL,
      NULL,
      NULL,
      { { "void", "mistaken", "老人按错了一级，当场说明本意是满意" } } },
    { 2,
      130,
      "c7",
      "mobile",
      "209",
      "宅基地批准等了很久，没人告诉进度",
      "郑学文",
      "19900000003",
      { { "verify", "immediate", "已安排专人告知办理进度" },
        { "tell", "phone", "已告知目前在公示环节" },
        { "call", "satisfied", NULL } } },
    { 2,
      120,
      "c6",
      "pc",
      "210",
      "同样的证明又让我开一次",
      "吴翠兰",
      "19900000004",
      { { "verify", "explained", "该证明须为近三十日内开具，已说明依据" } } },
    { 5,
      110,
      "c2",
      "mobile",
      "517",
      "帮我把手机上的步骤都讲明白了",
      "何秀英",
      "19900000005",
      { { NULL } } },
};
enum { FOLLOWED = 0 }; // of the ratings: the one that was given again

static const struct {
    const char *tag, *text, *item, *unit;
} pain_points[] = {
    { "902", "低保要补三次材料", "最低生活保障对象认定", "民政办" },
    { "901", "户口簿复印件交了两份", "最低生活保障对象认定", "民政办" },
    { "904", "赶集的日子要等一个小时", NULL, NULL },
    { "905", "公示期太长", "农村宅基地批准", "自然资源所" },
    { "906", "手机上传照片总失败", "异地就医备案", "医保服务站" },
    { "911", "老人不会用自助机", "老年人优待证办理", "民政办" },
    { "904", "中午排队没有座位", NULL, NULL },
    { "903", "盖章要去村里再来一趟", "残疾人证办理", "残联" },
};

static json_t *person_or_null(const char *name, const char *phone)
{
    return name ? json_pack("{ss ss}", "name", name, "phone", phone) : json_null();
}

static void rate(Api *system)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ratings); i++) {
        g_autofree char *id = g_strdup_printf(RATING_ID, i);
        int64_t at_ms = clock_wall_ms() - ratings[i].minutes_ago * (int64_t)MINUTE_MS;
        json_t *body = json_pack("{ss si ss ss s[s] sI so}", "id", id, "level", ratings[i].level,
                                 "counter", ratings[i].counter, "channel", ratings[i].channel,
                                 "tags", ratings[i].tag, "at", (json_int_t)at_ms, "person",
                                 person_or_null(ratings[i].name, ratings[i].phone));
        if (ratings[i].text)
            json_object_set_new(body, "text", json_string(ratings[i].text));
        api_call(system, "POST", "/api/v1/ratings", body, NULL);
    }
}

static void follow_up(Api *system)
{
    g_autofree char *first = g_strdup_printf(RATING_ID, (size_t)FOLLOWED);
    api_call(system, "POST", "/api/v1/ratings",
             json_pack("{ss si ss ss ss ss}", "id", FOLLOW_UP_ID, "level", 4, "counter",
                       ratings[FOLLOWED].counter, "channel", ratings[FOLLOWED].channel, "follows",
                       first, "text", "打电话来道歉了，这次一趟办完"),
             NULL);
}

// What stands where it should not is refused by the box: then it was done before.
static void put_right(Api *director)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ratings); i++)
        for (const Step *step = ratings[i].steps; step < ratings[i].steps + STEPS_MAX; step++) {
            if (!step->action)
                break;
            g_autofree char *path =
                g_strdup_printf("/api/v1/ratings/" RATING_ID "/rectification/%s", i, step->action);
            json_t *body = json_pack("{ss ss*}", "choice", step->choice, "why", step->why);
            if (g_strcmp0(step->choice, "complex") == 0)
                json_object_set_new(body, "due", json_integer(clock_wall_ms() + SET_DAYS * DAY_MS));
            if (api_call(director, "POST", path, body, NULL) >= 300)
                break;
        }
}

static void call_back(Api *director)
{
    g_autofree char *path =
        g_strdup_printf("/api/v1/callbacks/rating:" RATING_ID "/tries", (size_t)0);
    api_call(director, "POST", path,
             json_pack("{ss ss sI}", "id", TRY_ID, "outcome", "not_reached", "next",
                       (json_int_t)(clock_wall_ms() + 5 * MINUTE_MS)),
             NULL);
}

static void note_pain_points(Api *staff)
{
    for (size_t i = 0; i < G_N_ELEMENTS(pain_points); i++) {
        g_autofree char *id = g_strdup_printf(PAIN_POINT_ID, i);
        api_call(staff, "POST", "/api/v1/painpoints",
                 json_pack("{ss s[s] ss ss* ss* ss}", "id", id, "tags", pain_points[i].tag, "text",
                           pain_points[i].text, "item", pain_points[i].item, "unit",
                           pain_points[i].unit, "counter", "c6"),
                 NULL);
    }
}

void office_open(Api *system, Api *staff, Api *director)
{
    rate(system);
    put_right(director);
    follow_up(system);
    call_back(director);
    note_pain_points(staff);
}
