// SPDX-License-Identifier: Apache-2.0
// What the provinces get of a rating, as tables that a domain person can read.
#include "hall_fixture.h"
#include "rating/case.h"
#include "rating/profile.h"
#include "rating/province.h"
#include "rating/rating.h"
#include "rating/rectification.h"

// --- one rating in each profile's words

static const char facts_text[] =
    "{'area_code':'370112109','area_name':'青石镇','dept_code':'11370112004188888X',"
    "'item_code':'11370112004188888X4370123456789','item_name':'食品经营许可','case_number':'2026-"
    "0001',"
    "'case_state':'finished','case_manager':'李敏','due_at':'2026-12-01T17:30:00+08:00',"
    "'accepted_at':'2026-11-24T09:00:00+08:00','rater_name':null,'rater_id_number':null,'rater_"
    "kind':null,"
    "'channel':'qr','level':1,'tags':['115','118'],'text':'等了很久','event_at':'2026-11-24T09:12:"
    "03.120+08:00',"
    "'assess_number':1,'service_number':'A012','service_name':'食品经营许可',"
    "'service_at':'2026-11-24T09:00:00+08:00','is_anonymous':true,'is_public':false,'is_default':"
    "false,"
    "'is_counted':true,'rectification':'closed','answer':'已致歉'}";

static const struct {
    const char *field, *shandong, *guangdong, *gbt39046;
} fields[] = {
    // 字段                山东                    广东          等级倒序
    { "areaCode", "370112109", "370112109", "370112109" },
    { "areaName", "青石镇", "青石镇", "青石镇" },
    { "deptCode", "11370112004188888X", "11370112004188888X", "11370112004188888X" },
    { "taskCode", "11370112004188888X4370123456789", "11370112004188888X4370123456789",
      "11370112004188888X4370123456789" },
    { "taskName", "食品经营许可", "食品经营许可", "食品经营许可" },
    { "projectNo", "2026-0001", "2026-0001", "2026-0001" },
    { "proStatus", "3", "3", "3" },
    { "proManager", "李敏", "李敏", "李敏" },
    { "promiseTime", "2026-12-01 17:30:00", "2026-12-01 17:30:00", "2026-12-01 17:30:00" },
    { "acceptDate", "2026-11-24 09:00:00", "2026-11-24 09:00:00", "2026-11-24 09:00:00" },
    { "userName", "", "", "" },
    { "certKey", "", "", "" },
    { "userProp", "1", "1", "1" },
    { "pf", "3", "3", "3" },
    { "satisfaction", "1", "1", "5" },
    { "evalDetail", "115,118", "115,118", "115,118" },
    { "writingEvaluation", "等了很久", "等了很久", "等了很久" },
    { "assessTime", "2026-11-24 09:12:03", "2026-11-24 09:12:03", "2026-11-24 09:12:03" },
    { "assessNumber", "1", "1", "1" },
    { "serviceNumber", "A012", "A012", "A012" },
    { "serviceName", "食品经营许可", "食品经营许可", "食品经营许可" },
    { "serviceTime", "2026-11-24 09:00:00", "2026-11-24 09:00:00", "2026-11-24 09:00:00" },
    { "anonymityFlag", "1", "1", "1" },
    { "publicFlag", "2", "2", "2" },
    { "defaultFlag", "2", "2", "2" },
    { "validFlag", "1", "1", "1" },
    { "rectification", "已整改", "已整改", "已整改" },
    { "answer", "已致歉", "已致歉", "已致歉" },
};

static void assert_column(const char *id, size_t offset)
{
    g_autoptr(Profile) profile = profile_new(NULL, id);
    json_t *facts = json_of(facts_text), *record = profile_record(profile, facts);
    assert_int_equal(json_object_size(record), G_N_ELEMENTS(fields));
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
        assert_look(record, fields[i].field,
                    *(const char *const *)((const char *)&fields[i] + offset));
    json_decref(record);
    json_decref(facts);
}

static void test_fields(void **state)
{
    assert_column("shandong", offsetof(typeof(fields[0]), shandong));
    assert_column("guangdong", offsetof(typeof(fields[0]), guangdong));
    assert_column("gbt39046", offsetof(typeof(fields[0]), gbt39046));
    for (const char *const *id = config_profile_names; *id; id++) {
        g_autoptr(Profile) profile = profile_new(NULL, *id);
        assert_non_null(profile);
    }
    assert_null(profile_new(NULL, "atlantis"));
}

// --- codes

static const struct {
    const char *profile, *fact, *value, *field, *code;
} codes[] = {
    { "shandong", "channel", "pc", "pf", "1" },
    { "shandong", "channel", "mobile", "pf", "2" },
    { "shandong", "channel", "qr", "pf", "3" },
    { "shandong", "channel", "pad", "pf", "4" },
    { "shandong", "channel", "terminal", "pf", "5" },
    { "shandong", "channel", "card", "pf", "5" },
    { "shandong", "channel", "something", "pf", "5" },
    { "guangdong", "channel", "call", "pf", "6" },
    { "guangdong", "channel", "default", "pf", "7" },
    { "guangdong", "channel", "pad", "pf", "4" },
    { "shandong", "level", "5", "satisfaction", "5" },
    { "gbt39046", "level", "5", "satisfaction", "1" },
    { "gbt39046", "level", "4", "satisfaction", "2" },
    { "gbt39046", "level", "3", "satisfaction", "3" },
    { "gbt39046", "level", "2", "satisfaction", "4" },
    { "gbt39046", "level", "1", "satisfaction", "5" },
    { "shandong", "case_state", "received", "proStatus", "1" },
    { "shandong", "case_state", "paused", "proStatus", "2" },
    { "shandong", "case_state", "withdrawn", "proStatus", "3" },
    { "shandong", "case_state", "", "proStatus", "" },
    { "shandong", "rectification", "void", "rectification", "核实后不计" },
    { "shandong", "rectification", "", "rectification", "" },
};

static void test_codes(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++) {
        g_autoptr(Profile) profile = profile_new(NULL, codes[i].profile);
        json_t *facts = json_pack("{s:s}", codes[i].fact, codes[i].value);
        json_t *record = profile_record(profile, facts);
        assert_look(record, codes[i].field, codes[i].code);
        json_decref(record);
        json_decref(facts);
    }
}

// --- answers

static const struct {
    long status;
    const char *text;
    ProfileAnswer answer;
    const char *words;
} answers[] = {
    { 200, "{\"code\":0}", PROFILE_TAKEN, NULL },
    { 200, "{\"code\":\"200\",\"message\":\"ok\"}", PROFILE_TAKEN, "ok" },
    { 200, "{\"success\":true}", PROFILE_TAKEN, NULL },
    { 200, "{\"code\":409,\"msg\":\"重复\"}", PROFILE_KNOWN, "重复" },
    { 409, "", PROFILE_KNOWN, NULL },
    { 200, "{\"code\":1001,\"message\":\"区划代码不存在\"}", PROFILE_REFUSED, "区划代码不存在" },
    { 422, "{\"message\":\"缺少事项编码\"}", PROFILE_REFUSED, "缺少事项编码" },
    { 200, "{\"code\":500,\"message\":\"系统繁忙\"}", PROFILE_BUSY, "系统繁忙" },
    { 503, "<html>", PROFILE_BUSY, NULL },
    { 500, "{\"code\":0}", PROFILE_BUSY, NULL },
    { 401, "{\"message\":\"签名错误\"}", PROFILE_BUSY, "签名错误" },
    { 302, "", PROFILE_BUSY, NULL },
    { 200, "", PROFILE_NONSENSE, NULL },
    { 200, "<html>登录</html>", PROFILE_NONSENSE, NULL },
    { 200, "[0]", PROFILE_NONSENSE, NULL },
    { 200, "{\"hello\":1}", PROFILE_NONSENSE, NULL },
    { 200, "{\"code\":{}}", PROFILE_REFUSED, NULL },
};

static void test_answers(void **state)
{
    g_autoptr(Profile) profile = profile_new(NULL, "shandong");
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        g_autofree char *words = NULL;
        ProfileAnswer answer = profile_judge(profile, answers[i].status, answers[i].text,
                                             strlen(answers[i].text), &words);
        if (answer != answers[i].answer || g_strcmp0(words, answers[i].words) != 0)
            fail_msg("%ld %s: %d %s", answers[i].status, answers[i].text, answer, words);
    }
}

// --- what is told of, and when

static void use_province(Fixture *f, const char *profile)
{
    f->hall.config->province.url = g_strdup("https://127.0.0.1/");
    g_free(f->hall.config->province.profile);
    f->hall.config->province.profile = g_strdup(profile);
}

static void rate_after(Fixture *f, const char *id, const char *first, int level, const char *number,
                       int64_t now_ms)
{
    RatingInput input = { .id = id,
                          .counter = "c1",
                          .channel = "terminal",
                          .level = level,
                          .follows = first,
                          .case_number = number,
                          .event_ms = now_ms,
                          .received_ms = now_ms,
                          .pad_clock_ms = STORE_NULL };
    RatingOutcome outcome;
    assert_int_equal(rating_store(f->store, &f->hall, &input, &outcome), 0);
}

static void rate(Fixture *f, const char *id, int level, const char *number, int64_t now_ms)
{
    rate_after(f, id, NULL, level, number, now_ms);
}

// The province's rows in their order: "event id, ...".
static void assert_told(Fixture *f, const char *expected)
{
    g_autoptr(GString) told = g_string_new(NULL);
    g_autoptr(StoreQuery) query = store_query(
        f->store, "SELECT event, id FROM outbox WHERE receiver = 'province' ORDER BY seq", "");
    while (store_step(query))
        g_string_append_printf(told, "%s%s %s", told->len ? ", " : "", store_text(query, 0),
                               store_text(query, 1));
    assert_string_equal(told->str, expected);
}

static void put_case(Fixture *f, const char *number, const char *finished, int64_t now_ms)
{
    char error[200];
    CaseOutcome outcome;
    json_t *body =
        json_of("{'item':{'code':'A1','name':'食品经营许可'},'unit':'市监所','kind':'promised',"
                "'limit_days':5,'accepted_at':'2026-11-02T09:00:00+08:00'}");
    assert_int_equal(case_put(f->store, &f->hall, number, body, now_ms, &outcome, error), 0);
    json_decref(body);
    if (!finished)
        return;
    json_t *event = json_pack("{s:s, s:s, s:s}", "id", "e1", "kind", "finished", "at", finished);
    assert_int_equal(case_add_event(f->store, &f->hall, number, event, now_ms, &outcome, error), 0);
    json_decref(event);
}

static void step(Fixture *f, const char *rating, const char *action, const char *choice,
                 const char *user, int64_t now_ms)
{
    char error[200];
    RectificationInput input = {
        .action = action, .choice = choice, .why = "已致歉", .due_ms = STORE_NULL
    };
    Actor actor = { .user = user, .is_person = true, .is_director = true };
    assert_int_equal(rectification_act(f->store, &f->hall, rating, &input, &actor, now_ms, error),
                     0);
}

static void test_nothing_without_a_province(void **state)
{
    Fixture *f = *state;
    rate(f, "r1", 1, NULL, at("2026-11-24 09:00"));
    assert_told(f, "");
}

static void test_later_changes_go_too(void **state)
{
    Fixture *f = *state;
    int64_t now = at("2026-11-24 09:00");
    use_province(f, "shandong");
    rate(f, "r1", 1, "2026-1", now);
    rate(f, "r2", 5, NULL, now);
    assert_told(f, "rating r1, rating r2");
    put_case(f, "2026-1", NULL, now);
    step(f, "r1", "verify", "immediate", "zhang", now);
    step(f, "r1", "void", "mistaken", "zhang", now); // waits for a second person: nothing yet
    assert_told(f, "rating r1, rating r2, change r1.case, change r1.1");
    step(f, "r1", "approve", NULL, "wang", now);
    assert_told(f,
                "rating r1, rating r2, change r1.case, change r1.1, change r1.void, change r1.3");
}

static void test_facts(void **state)
{
    Fixture *f = *state;
    int64_t now = at("2026-11-24 09:00");
    use_province(f, "shandong");
    put_case(f, "2026-1", NULL, now);
    rate(f, "r1", 1, "2026-1", now);
    step(f, "r1", "verify", "immediate", "zhang", now);
    step(f, "r1", "tell", "phone", "zhang", now);
    g_autoptr(GPtrArray) rows = outbox_due(f->store, "province", now, 10);
    json_t *facts = province_facts(f->store, &f->hall, rows->pdata[0], now);
    assert_look(facts, "level", "1");
    assert_look(facts, "item_name", "食品经营许可");
    assert_look(facts, "case_state", "accepted");
    assert_look(facts, "rectification", "calling"); // what is known by now
    assert_look(facts, "answer", "已致歉");
    assert_look(facts, "is_anonymous", "true");
    assert_look(facts, "is_default", "false");
    json_decref(facts);
}

// It is in no figure of the box, and valid for the province.
static void test_follow_up(void **state)
{
    Fixture *f = *state;
    int64_t now = at("2026-11-24 09:00");
    use_province(f, "shandong");
    rate(f, "r1", 1, "2026-1", now);
    rate_after(f, "r2", "r1", 4, NULL, now + 60000);
    assert_told(f, "rating r1, rating r2");
    g_autoptr(GPtrArray) rows = outbox_due(f->store, "province", now + 60000, 10);
    static const char *const numbers[] = { "1", "2" };
    for (guint i = 0; i < 2; i++) {
        json_t *facts = province_facts(f->store, &f->hall, rows->pdata[i], now);
        assert_look(facts, "assess_number", numbers[i]);
        assert_look(facts, "is_counted", "true");
        json_decref(facts);
    }
}

// Guangdong: seven days silent, then 3, marked. Not before the province is known, and not twice.
static void test_silence(void **state)
{
    Fixture *f = *state;
    use_province(f, "guangdong");
    put_case(f, "old", "2026-11-03T10:00:00+08:00", at("2026-11-03 10:00"));
    assert_int_equal(province_sweep(f->store, &f->hall, at("2026-11-12 09:00")), 0);
    put_case(f, "silent", "2026-11-12T10:00:00+08:00", at("2026-11-12 10:00"));
    put_case(f, "rated", "2026-11-12T10:00:00+08:00", at("2026-11-12 10:00"));
    put_case(f, "open", NULL, at("2026-11-12 10:00"));
    rate(f, "r1", 2, "rated", at("2026-11-13 10:00"));
    assert_int_equal(province_sweep(f->store, &f->hall, at("2026-11-19 09:59")), 0);
    assert_int_equal(province_sweep(f->store, &f->hall, at("2026-11-19 10:01")), 1);
    assert_int_equal(province_sweep(f->store, &f->hall, at("2026-11-19 10:02")), 0);
    assert_told(f, "rating r1, default default.silent");
    g_autoptr(GPtrArray) rows = outbox_due(f->store, "province", at("2026-11-20 10:00"), 10);
    json_t *facts = province_facts(f->store, &f->hall, rows->pdata[1], 0);
    g_autoptr(Profile) profile = profile_new(NULL, "guangdong");
    json_t *record = profile_record(profile, facts);
    assert_look(record, "satisfaction", "3");
    assert_look(record, "defaultFlag", "1");
    assert_look(record, "pf", "7");
    assert_look(record, "assessTime", "2026-11-19 10:00:00");
    assert_look(record, "projectNo", "silent");
    json_decref(record);
    json_decref(facts);
    // The box's own figures know nothing of it.
    assert_int_equal(count(f, "SELECT count(*) FROM rating"), 1);
}

static void test_shandong_makes_nothing_up(void **state)
{
    Fixture *f = *state;
    use_province(f, "shandong");
    assert_int_equal(province_sweep(f->store, &f->hall, at("2026-11-12 09:00")), 0);
    put_case(f, "silent", "2026-11-12T10:00:00+08:00", at("2026-11-12 10:00"));
    assert_int_equal(province_sweep(f->store, &f->hall, at("2026-12-19 10:01")), 0);
    assert_told(f, "");
}

static void test_replay(void **state)
{
    Fixture *f = *state;
    int64_t now = at("2026-11-24 09:00"), day = 24 * INT64_C(3600000);
    rate(f, "before", 1, NULL, now - day); // the province came later
    use_province(f, "shandong");
    rate(f, "r1", 1, NULL, now);
    step(f, "r1", "verify", "immediate", "zhang", now);
    assert_int_equal(outbox_answered(f->store, &f->hall, 1, OUTBOX_SENT, NULL, 0, now), 0);
    assert_int_equal(outbox_answered(f->store, &f->hall, 2, OUTBOX_REFUSED, "x", 0, now), 0);
    assert_int_equal(province_replay(f->store, &f->hall, now - day, now, now), 1);
    assert_int_equal(province_replay(f->store, &f->hall, now, now + 90 * day, now), 2);
    assert_int_equal(province_replay(f->store, &f->hall, now, now + day, now), 0); // they wait
    assert_told(f, "rating r1, change r1.1, rating before");
    assert_int_equal(count(f, "SELECT count(*) FROM outbox WHERE state = 'waiting'"), 3);
}

int main(void)
{
#define ON_A_HALL(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_answers),
        ON_A_HALL(test_nothing_without_a_province),
        ON_A_HALL(test_later_changes_go_too),
        ON_A_HALL(test_facts),
        ON_A_HALL(test_follow_up),
        ON_A_HALL(test_silence),
        ON_A_HALL(test_shandong_makes_nothing_up),
        ON_A_HALL(test_replay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
