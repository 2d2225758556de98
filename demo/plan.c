// SPDX-License-Identifier: Apache-2.0
#include "demo/plan.h"
#include "base/file.h"
#include <glib.h>

const PlanCounter plan_counters[PLAN_COUNTERS] = {
    { "c1", "1号 综合窗口", "general", "p1", "1001", "王秀兰" },
    { "c2", "2号 综合窗口", "general", "p2", "1002", "李建国" },
    { "c3", "3号 高频窗口", "frequent", "p3", "1003", "赵海燕" },
    { "c4", "4号 高频窗口", "frequent", "p4", "1004", "孙明" },
    { "c5", "5号 咨询导办", "advice", "p5", "1005", "周雪" },
    { "c6", "6号 出件窗口", "pickup", "p6", "1006", "吴立新" },
    { "c7", "7号 潮汐窗口", "tidal", "p7", "1007", "郑春梅" },
    { "c8", "8号 吐槽找茬窗口", "complaint", "p8", "1008", "刘志强" },
};

const PlanLane plan_lanes[PLAN_LANES] = {
    { "general", "综合业务", "A", "c1, c2, c7" }, { "frequent", "社保医保", "B", "c3, c4, c7" },
    { "advice", "咨询导办", "C", "c5" },          { "pickup", "领取结果", "D", "c6" },
    { "complaint", "吐槽找茬", "E", "c8" },
};

// The hall is H.265, as newer cameras are, and sends fewer pictures: its encoder is the dear one.
const PlanCamera plan_cameras[PLAN_CAMERAS] = {
    { "cam-c12", "1-2号窗口", "c1, c2", "--draw counter --seed 12 --audio aac" },
    { "cam-c34", "3-4号窗口", "c3, c4", "--draw counter --seed 34 --audio pcma" },
    { "cam-c58", "5-8号窗口", "c5, c6, c7, c8", "--draw counter --seed 58" },
    { "cam-hall", "等候大厅", "", "--draw hall --seed 7 --codec h265 --fps 6" },
};

const PlanItem plan_items[PLAN_ITEMS] = {
    { "370000-YB-001", "城乡居民基本医疗保险参保登记", "医保服务站", "instant", 0 },
    { "370000-YB-004", "异地就医备案", "医保服务站", "instant", 0 },
    { "370000-MZ-011", "老年人优待证办理", "民政办", "instant", 0 },
    { "370000-RS-002", "城乡居民养老保险参保登记", "人社所", "instant", 0 },
    { "370000-RS-007", "就业创业证申领", "人社所", "promised", 3 },
    { "370000-SC-001", "个体工商户登记", "市场监管所", "promised", 1 },
    { "370000-SC-012", "食品小作坊小餐饮登记证核发", "市场监管所", "promised", 5 },
    { "370000-MZ-003", "最低生活保障对象认定", "民政办", "promised", 15 },
    { "370000-MZ-005", "临时救助对象认定", "民政办", "promised", 7 },
    { "370000-CL-002", "残疾人证办理", "残联", "promised", 10 },
    { "370000-WJ-001", "生育登记", "卫健办", "instant", 0 },
    { "370000-TY-001", "退役军人优待证申领", "退役军人服务站", "promised", 8 },
    { "370000-ZR-006", "农村宅基地批准", "自然资源所", "promised", 10 },
    { "370000-NY-002", "农机购置补贴申领", "农业农村办", "promised", 12 },
};

static void add_head(GString *yaml, const char *address, const PlanPorts *ports)
{
    g_string_append_printf(yaml,
                           "# The demonstration hall, written by `hallwatch demo config`.\n"
                           "hall:\n  id: %s\n  name: %s\n"
                           "door:\n  address: %s\n  port: %d\n  public_page: true\n"
                           "broker:\n  address: %s\n  port: %d\n  plain_port: %d\n"
                           "relay:\n  address: %s\n  port: %d\n"
                           "storage:\n  quota_gb: 5\n  days: 7\n"
                           "rules:\n  invitation_seconds: 30\n",
                           PLAN_HALL_ID, PLAN_HALL_NAME, address, ports->door, address,
                           ports->broker, ports->broker_plain, address, ports->relay);
}

static void add_lists(GString *yaml, const PlanPorts *ports)
{
    g_string_append(yaml, "counters:\n");
    for (int i = 0; i < PLAN_COUNTERS; i++)
        g_string_append_printf(yaml, "  - id: %s\n    name: %s\n    kind: %s\n",
                               plan_counters[i].id, plan_counters[i].name, plan_counters[i].kind);
    g_string_append(yaml, "queue:\n");
    for (int i = 0; i < PLAN_LANES; i++)
        g_string_append_printf(
            yaml, "  - id: %s\n    name: %s\n    prefix: %s\n    counters: [%s]\n",
            plan_lanes[i].id, plan_lanes[i].name, plan_lanes[i].prefix, plan_lanes[i].counters);
    g_string_append(yaml,
                    "calling:\n  notice: 请听到叫号后到相应窗口办理，过号可到窗口登记顺延三位。\n"
                    "pads:\n");
    for (int i = 0; i < PLAN_COUNTERS; i++)
        g_string_append_printf(yaml, "  - id: %s\n    counter: %s\n", plan_counters[i].pad,
                               plan_counters[i].id);
    g_string_append(yaml, "cameras:\n");
    for (int i = 0; i < PLAN_CAMERAS; i++)
        g_string_append_printf(yaml,
                               "  - id: %s\n    name: %s\n"
                               "    url: rtsp://127.0.0.1:%d/main\n"
                               "    sub_url: rtsp://127.0.0.1:%d/sub\n"
                               "    counters: [%s]\n",
                               plan_cameras[i].id, plan_cameras[i].name, ports->camera + i,
                               ports->camera + i, plan_cameras[i].counters);
}

int plan_write_config(const char *folder, const char *address, const PlanPorts *ports)
{
    g_autoptr(GString) yaml = g_string_new(NULL);
    g_autofree char *path = g_build_filename(folder, "hallwatch.yaml", NULL);
    add_head(yaml, address, ports);
    add_lists(yaml, ports);
    int err = file_make_dirs(folder);
    return err ? err : file_write_atomic(path, yaml->str, yaml->len, 0640);
}
