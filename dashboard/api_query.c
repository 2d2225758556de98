// SPDX-License-Identifier: Apache-2.0
// Query 办件查询: a citizen asks where the own case stands, by its number and four digits that the
// hall knows of the applicant (rating/progress.h). Nobody is logged in.
//
// A pair that is wrong is answered alike whatever is wrong with it, after the same work, and counts
// against the address and against the number, known or not: nobody learns which numbers exist, and
// ten thousand digits take more than a year to try at one number. What is counted is kept in memory
// under digests. Whoever has the code of the receipt is counted apart, so that a stranger who
// guesses at a number cannot keep its owner out.
#include "dashboard/api.h"

#include "base/clock.h"
#include "base/secret.h"
#include "dashboard/call.h"
#include "dashboard/code.h"
#include "rating/person.h"
#include "rating/progress.h"

#include <errno.h>
#include <string.h>

enum { SIGN_CHARS = 24, TAIL_MAX = 16 };

static char *digest_of(const Call *call, const char *what, const char *text)
{
    g_autofree char *whole = g_strdup_printf("query %s %s", what, text);
    char *digest = secret_sign(call->dashboard->options.link_secret, whole);
    digest[SIGN_CHARS] = '\0';
    return digest;
}

static bool check_on(HttpRequest *request)
{
    if (call_of(request)->hall->config->door.has_query_page)
        return true;
    http_reply_error(request, 404, "off",
                     "This hall has not switched its query page on (door.query_page).");
    return false;
}

void api_public_query_form(HttpRequest *request, void *ctx)
{
    const Config *config = call_of(request)->hall->config;
    if (check_on(request))
        http_reply_json(request, 200,
                        json_pack("{s:s, s:o?}", "hall", config->hall.name, "code",
                                  code_json(request, "/query", STORE_NULL)));
}

// --- counting

typedef struct {
    Attempts *attempts;
    char *key;
} Count;

static void count_done(Count *count)
{
    g_free(count->key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Count, count_done)

static bool begin(HttpRequest *request, const Count *count)
{
    int64_t wait_ms = attempts_begin(count->attempts, count->key, clock_mono_ms());
    if (wait_ms <= 0)
        return true;
    g_autofree char *seconds = g_strdup_printf("%d", (int)((wait_ms + 999) / 1000));
    http_add_header(request, "Retry-After", seconds);
    http_reply_error(request, 429, "wait",
                     "Too many wrong tries. Ask again in %s s, or at the counter.", seconds);
    return false;
}

// --- asking

typedef struct {
    char *number; // as it is known everywhere: full width and blanks made plain
    const char *tail, *sign;
} Question;

static void question_done(Question *question)
{
    g_free(question->number);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Question, question_done)

static Question read_question(Fields *fields)
{
    const char *number = fields_text_required(fields, "number", CASE_NUMBER_MAX);
    Question question = { .tail = fields_text_required(fields, "tail", TAIL_MAX),
                          .sign = fields_text(fields, "sign", SIGN_CHARS) };
    g_autofree char *plain = number ? g_utf8_normalize(number, -1, G_NORMALIZE_ALL_COMPOSE) : NULL;
    question.number = g_strstrip(g_strdup(plain ? plain : ""));
    if (number && !*question.number)
        fields_fail(fields, "number: give the number on the receipt");
    if (question.tail && strlen(question.tail) != PERSON_TAIL)
        fields_fail(fields,
                    "tail: give the last %d digits of the telephone that was left, or of "
                    "the id number where none was",
                    PERSON_TAIL);
    return question;
}

static bool has_receipt(const Call *call, const Question *question)
{
    g_autofree char *good = digest_of(call, "receipt", question->number);
    return question->sign && secret_equal(good, question->sign);
}

// Numbers are written in small letters and in capitals alike.
static json_t *find_progress(const Call *call, const Question *question)
{
    json_t *progress = progress_read(call->store, call->hall, question->number, question->tail);
    g_autofree char *capitals = g_ascii_strup(question->number, -1);
    return progress ? progress : progress_read(call->store, call->hall, capitals, question->tail);
}

static void answer(HttpRequest *request, const Question *question)
{
    const Call *call = call_of(request);
    const Dashboard *dashboard = call->dashboard;
    g_autofree char *capitals = g_ascii_strup(question->number, -1);
    g_auto(Count) asker = { dashboard->askers, digest_of(call, "from", call_address(request)) };
    g_auto(Count)
        asked = { dashboard->asked,
                  digest_of(call, has_receipt(call, question) ? "signed" : "case", capitals) };
    if (!begin(request, &asker) || !begin(request, &asked))
        return;
    json_t *progress = find_progress(call, question);
    if (!progress) {
        http_reply_error(request, 404, "not_found",
                         "No case with this number and these digits was found.");
        return;
    }
    attempts_take_back(asker.attempts, asker.key);
    attempts_take_back(asked.attempts, asked.key);
    http_reply_json(request, 200, progress);
}

void api_public_query(HttpRequest *request, void *ctx)
{
    json_t *body = check_on(request) ? call_body(request) : NULL;
    if (!body)
        return;
    Fields fields = fields_of(body);
    g_auto(Question) question = read_question(&fields);
    if (fields.error[0])
        http_reply_error(request, 400, "invalid", "%s", fields.error);
    else if (call_store(request))
        answer(request, &question);
    json_decref(body);
}

// --- codes

void api_query_code(HttpRequest *request, void *ctx)
{
    if (check_on(request))
        code_reply(request, 200, "/query", STORE_NULL);
}

void api_case_query_code(HttpRequest *request, void *ctx)
{
    const char *number = http_param(request, "number");
    if (!check_on(request) || !call_store(request))
        return;
    const Call *call = call_of(request);
    if (!store_value(call->store, 0, "SELECT 1 FROM case_file WHERE number = ?", "s", number)) {
        call_reply_failure(request, -ENOENT, "case with this number", "");
        return;
    }
    g_autofree char *sign = digest_of(call, "receipt", number);
    g_autofree char *escaped = g_uri_escape_string(number, NULL, FALSE);
    g_autofree char *path = g_strdup_printf("/query?number=%s&sign=%s", escaped, sign);
    code_reply(request, 200, path, STORE_NULL);
}
