// SPDX-License-Identifier: Apache-2.0
// Messages of a one-window system to committed, through the desk's writer, beside the same steps as
// plain cases and events (case.h): a line each, fields with tabs between: what, messages, seconds,
// messages a second. Usage: bench_messages [CASES]
#include "tests/unit/rating/hall_fixture.h"

#include "base/writer.h"
#include "rating/case.h"
#include "rating/one_window.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

// A life of six; N is the case's number.
static const struct {
    OneWindowCall call;
    const char *text;
} life[] = {
    { ONE_WINDOW_BASIC,
      "{\"projid\":\"N\",\"taskcode\":\"11370112MB2857\",\"itemname\":\"食品经营许可\","
      "\"acceptdeptname\":\"市场监管所\",\"approvaltype\":\"2\",\"promisetimelimit\":\"15\","
      "\"applicant\":\"张小三\",\"applicantmobile\":\"13812345678\",\"applydate\":\"2026-11-10 "
      "08:40:00\"}" },
    { ONE_WINDOW_PROC,
      "{\"projid\":\"N\",\"sn\":1,\"nodename\":\"受理\",\"nodetype\":\"1\",\"noderesult\":\"4\","
      "\"nodeendtime\":\"2026-11-10 09:12:00\"}" },
    { ONE_WINDOW_SPECIAL,
      "{\"projid\":\"N\",\"sn\":1,\"specialtype\":2,\"specialnodetype\":0,\"nodetime\":\"2026-11-"
      "11 10:00:00\"}" },
    { ONE_WINDOW_SPECIAL,
      "{\"projid\":\"N\",\"sn\":1,\"specialtype\":2,\"specialnodetype\":1,\"nodetime\":\"2026-11-"
      "13 10:00:00\"}" },
    { ONE_WINDOW_PROC,
      "{\"projid\":\"N\",\"sn\":2,\"nodename\":\"审核\",\"nodetype\":\"2\",\"noderesult\":\"1\","
      "\"nodeendtime\":\"2026-11-16 15:00:00\"}" },
    { ONE_WINDOW_DONE,
      "{\"projid\":\"N\",\"doneresult\":6,\"occurtime\":\"2026-11-17 11:00:00\"}" },
};

typedef struct {
    const Hall *hall;
    const Profile *profile;
    char *number, *text;
    OneWindowCall call;
    int64_t now_ms;
    OneWindowMessage *message; // read before, as the desk's request threads do
} Job;

static void job_done(void *data, int err)
{
    Job *job = data;
    if (err < 0)
        exit(1);
    one_window_message_free(job->message);
    g_free(job->number);
    g_free(job->text);
    g_free(job);
}

static int take_run(Store *store, void *data)
{
    Job *job = data;
    OneWindowAnswer answer;
    int err = one_window_take(store, job->hall, job->profile, job->message, "bench", job->now_ms,
                              &answer);
    return err < 0 || answer.state != ONE_WINDOW_TAKEN ? -EIO : 0;
}

// What the message comes to, without the message.
static int plain_run(Store *store, void *data)
{
    Job *job = data;
    char error[ONE_WINDOW_ERROR_SIZE];
    g_autofree char *note = NULL;
    CaseOutcome outcome;
    json_t *record = json_loads(job->text, 0, NULL), *event;
    json_t *facts = profile_facts(job->profile, record);
    json_t *body =
        job->call == ONE_WINDOW_BASIC ? one_window_case(job->profile, facts, &note, error) : NULL;
    json_t *events = one_window_events(job->call, job->profile, facts, error);
    size_t i;
    int err =
        body ? case_put(store, job->hall, job->number, body, job->now_ms, &outcome, error) : 0;
    json_array_foreach(events, i, event)
    {
        if (err == 0)
            err =
                case_add_event(store, job->hall, job->number, event, job->now_ms, &outcome, error);
    }
    json_decref(record);
    json_decref(facts);
    json_decref(body);
    json_decref(events);
    return err;
}

static int nothing_run(Store *store, void *data)
{
    return 0;
}

static Job *job_of(const Fixture *f, const Profile *profile, int number, size_t step)
{
    Job *job = g_new0(Job, 1);
    job->number = g_strdup_printf("B-%d", number);
    g_auto(GStrv) parts = g_strsplit(life[step].text, "\"N\"", 2);
    g_autofree char *quoted = g_strdup_printf("\"%s\"", job->number);
    job->text = g_strjoinv(quoted, parts);
    job->hall = &f->hall;
    job->profile = profile;
    job->call = life[step].call;
    job->now_ms = at("2026-11-24 12:00");
    job->message =
        one_window_message_new(profile, f->hall.seal, job->call, job->text, strlen(job->text));
    return job;
}

static void measure(const char *what, WriterRun run, int n_cases)
{
    void *state;
    fixture_setup(&state);
    Fixture *f = state;
    f->hall.changed = NULL;
    g_autoptr(Profile) profile = one_window_profile(f->hall.config);
    Writer *writer = writer_new(g_steal_pointer(&f->store), NULL, NULL);
    int64_t begun_ms = clock_mono_ms();
    for (int i = 0; i < n_cases; i++)
        for (size_t step = 0; step < G_N_ELEMENTS(life); step++)
            writer_push(writer, run, job_done, job_of(f, profile, i, step));
    writer_call(writer, nothing_run, NULL);
    double seconds = (double)(clock_mono_ms() - begun_ms) / 1000;
    int n = n_cases * (int)G_N_ELEMENTS(life);
    printf("%s\t%d\t%.2f\t%.0f\n", what, n, seconds, n / seconds);
    fflush(stdout);
    writer_free(writer);
    fixture_teardown(&state);
}

int main(int argc, char **argv)
{
    int n_cases = argc > 1 ? atoi(argv[1]) : 5000;
    measure("messages", take_run, n_cases);
    measure("plain", plain_run, n_cases);
    return 0;
}
