// SPDX-License-Identifier: Apache-2.0
// Sentences of the month: what figures make of each, hits and near misses.
#include "hall_fixture.h"

#include "rating/monthly_text.h"

static void a_change_is_one_beyond_chance(void **state)
{
    static const struct {
        int64_t n, of, n_before, of_before;
        int expected;
    } ROWS[] = {
        { 96, 100, 95, 100, 0 },
        { 990, 1000, 950, 1000, 1 },
        { 950, 1000, 990, 1000, -1 },
        { 3, 3, 0, 3, 1 },
        { 3, 3, 1, 3, 0 },
        { 0, 0, 5, 10, 0 },
        { 5, 10, 0, 0, 0 },
        { 56, 70, 48, 80, 1 },
        { 10, 10, 20, 20, 0 },
        { 1000, 1000, 995, 1000, 1 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        int change = monthly_change(ROWS[i].n, ROWS[i].of, ROWS[i].n_before, ROWS[i].of_before);
        if (change != ROWS[i].expected)
            fail_msg("row %zu: %d", i, change);
    }
}

// now and before: members of the rows; units: overtime of each; said: is among the sentences; or,
// with ! before it, in none of them.
static void sentences(void **state)
{
    static const struct {
        const char *now, *before, *units, *zh, *en;
    } ROWS[] = {
        { "'filed':128,'done':120,'open':30,'open_late':2", "'filed':116", "",
          "申报办件 128 件，与上月的 116 件相当；办结 120 件，期末在办 30 件，其中 2 件已超期。",
          "128 cases were filed, about as many as the 116 of the month before; 120 were finished, "
          "30 were "
          "open at the end, 2 of them overdue." },
        { "'filed':200", "'filed':116", "", "申报办件 200 件，多于上月的 116 件；",
          "200 cases were filed, more than the 116 of the month before;" },
        { "'filed':60", "'filed':116", "", "申报办件 60 件，少于上月的 116 件；",
          "60 cases were filed, fewer than the 116 of the month before;" },
        { "'filed':7", "'filed':4", "", "申报办件 7 件；", "7 cases were filed;" },
        { "'done':120,'on_time':{'n':116,'of':120},'overtime':4", "'on_time':{'n':100,'of':102}",
          "公安 3 人社 1",
          "按时办结率 96.7%（116/120），与上月相比没有明显变化；超期办结 4 件，最多的是公安（3 "
          "件）。",
          "On-time rate 96.7% (116/120), no clear change from the month before; late: 4, most of "
          "them at "
          "公安 (3)." },
        { "'done':120,'on_time':{'n':116,'of':120},'overtime':4", "", "公安 2 人社 2",
          "按时办结率 96.7%（116/120）；超期办结 4 件。",
          "On-time rate 96.7% (116/120); late: 4." },
        { "'done':1000,'on_time':{'n':990,'of':1000},'overtime':10",
          "'on_time':{'n':950,'of':1000}", "", "按时办结率 99.0%（990/1000），高于上月的 95.0%",
          "up from 95.0% the month before" },
        { "'done':1000,'on_time':{'n':950,'of':1000},'overtime':50",
          "'on_time':{'n':990,'of':1000}", "", "低于上月的 99.0%", "down from 99.0%" },
        { "'done':8,'on_time':{'n':7,'of':8},'overtime':1", "'on_time':{'n':100,'of':100}",
          "公安 1", "8 件中 7 件按时办结；超期办结 1 件。", "Finished in time: 7 of 8; late: 1." },
        { "'done':8,'on_time':{'n':8,'of':8}", "", "", "8 件中 8 件按时办结，没有超期办结。",
          "Finished in time: 8 of 8; none was late." },
        { "'done':0,'on_time':{'n':0,'of':0}", "", "", "!按时", "!in time" },
        { "'done':19881,'on_time':{'n':19880,'of':19881},'overtime':1", "", "",
          "99.9%（19880/19881）", "99.9% (19880/19881)" },
        { "'early':{'n':20,'of':60},'days_early':{'n':45,'of':20}", "", "",
          "承诺件提前办结 20 件，平均提前 2.2 个工作日。",
          "20 promised cases were early, by 2.2 working days on average." },
        { "'early':{'n':0,'of':60}", "", "", "!提前", "!early" },
        { "'yellow':0,'red':0,'warning':0", "", "", "没有发出黄牌和红牌。",
          "No yellow or red card was raised." },
        { "'yellow':3,'red':1,'warning':5", "", "", "发出黄牌 3 张、红牌 1 张，预警 5 次。",
          "3 yellow and 1 red cards were raised, and 5 warnings." },
        { "'papers':{'n':2,'of':9}", "", "", "2 件办件被要求补正超过一次。",
          "In 2 cases papers were asked for more than once." },
        { "'papers':{'n':0,'of':9}", "", "", "!补正", "!papers" },
        { "'tickets':400,'wait':{'n':8,'of':390},'wait_most':{'n':25,'of':390},'wait_over':{'n':12,"
          "'of':390}",
          "", "",
          "取号 400 人次，一半人等候不超过 8 分钟，九成不超过 25 分钟；12 人次等候超过 30 分钟。",
          "400 numbers were taken; half waited at most 8 minutes, nine in ten 25; 12 waited longer "
          "than 30 "
          "minutes." },
        { "'tickets':4,'wait':{'n':8,'of':4},'wait_over':{'n':0,'of':4}", "", "",
          "取号 4 人次；没有人等候超过 30 分钟。",
          "4 numbers were taken; nobody waited longer than 30 minutes." },
        { "'tickets':0,'wait':{'n':0,'of':0}", "", "", "!取号", "!numbers were taken" },
        { "'rated':0", "", "", "没有收到评价。", "No rating came." },
        { "'rated':50,'good':{'n':48,'of':50},'bad':{'n':2,'of':50},'rectified':{'n':1,'of':2}",
          "'good':{'n':40,'of':41}", "",
          "收到评价 50 件，好评率 96.0%（48/50），与上月相比没有明显变化；差评 2 件，按时整改 1 "
          "件。",
          "50 ratings: good rate 96.0% (48/50), no clear change from the month before; 2 bad ones, "
          "1 put "
          "right in time." },
        { "'rated':3,'good':{'n':3,'of':3},'bad':{'n':0,'of':3}", "", "",
          "收到评价 3 件，3 件中 3 件为好评，没有差评。",
          "3 ratings: good: 3 of 3; none was bad." },
        { "'clues':0", "", "", "没有发现监察线索。", "No clue was raised." },
        { "'clues':6,'found':{'n':2,'of':6},'dismissed':{'n':1,'of':6},'undecided':3", "", "",
          "发现监察线索 6 条：核实属实 2 条，排除 1 条，尚未核实 3 条。",
          "6 clues: 2 confirmed, 1 dismissed, 3 not decided yet." },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autofree char *text = g_strdup_printf("{'total':{%s},'before':{%s},'wait_minutes':30}",
                                                ROWS[i].now, ROWS[i].before);
        json_t *review = json_of(text), *units = json_array();
        g_auto(GStrv) words = g_strsplit(ROWS[i].units, " ", -1);
        for (int k = 0; words[k] && words[k + 1]; k += 2)
            json_array_append_new(
                units, json_pack("{s:s, s:i}", "key", words[k], "overtime", atoi(words[k + 1])));
        for (int english = 0; english < 2; english++) {
            const char *wanted = english ? ROWS[i].en : ROWS[i].zh;
            json_t *said = monthly_text(review, units, english);
            char *all = json_dumps(said, JSON_COMPACT);
            bool is_found = strstr(all, wanted[0] == '!' ? wanted + 1 : wanted) != NULL;
            if (is_found == (wanted[0] == '!'))
                fail_msg("row %zu: %s is%s in %s", i, wanted, is_found ? "" : " not", all);
            free(all);
            json_decref(said);
        }
        json_decref(units);
        json_decref(review);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_one_beyond_chance),
        cmocka_unit_test(sentences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
