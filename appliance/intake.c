// SPDX-License-Identifier: Apache-2.0
#include "appliance/intake.h"
#include "base/clock.h"
#include "base/log.h"
#include "mqtt/queue_message.h"
#include "rating/rating.h"
#include "rating/ticket.h"
#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#define LOG_PERIOD_MS 10000

typedef enum {
    COUNT_STORED,
    COUNT_DUPLICATE,
    COUNT_BAD,
    COUNT_UNANSWERED, // the backlog was full
    COUNT_FAILED,     // the store refused: not answered either
    N_COUNTS,
} Count;

// A warning that is written at most once a period, with how often it was meant.
typedef struct {
    int64_t next_ms;
    unsigned n;
} Quiet;

struct Intake {
    Writer *writer;
    const Hall *hall;
    PadRegistry *registry;
    PadLink *link;
    atomic_llong counts[N_COUNTS];
    Quiet bad, full; // link's thread
    // Writer's thread.
    Quiet failed;
    GHashTable *answers; // pad -> Answer, of the commit that is being finished
};

typedef struct {
    GPtrArray *ids, *duplicates; // char *
} Answer;

typedef struct {
    Intake *intake;
    PadRating rating;
    char *pad, *counter;
    int64_t received_ms;
    RatingOutcome outcome;
} RatingJob;

static void count(Intake *intake, Count what)
{
    atomic_fetch_add_explicit(&intake->counts[what], 1, memory_order_relaxed);
}

// The number to write now, or 0.
static unsigned quiet_due(Quiet *quiet)
{
    int64_t now = clock_mono_ms();
    quiet->n++;
    if (now < quiet->next_ms)
        return 0;
    unsigned n = quiet->n;
    *quiet = (Quiet){ .next_ms = now + LOG_PERIOD_MS };
    return n;
}

static void answer_free(gpointer data)
{
    Answer *answer = data;
    g_ptr_array_unref(answer->ids);
    g_ptr_array_unref(answer->duplicates);
    g_free(answer);
}

Intake *intake_new(const IntakeOptions *options)
{
    Intake *intake = g_new0(Intake, 1);
    intake->writer = options->writer;
    intake->hall = options->hall;
    intake->registry = options->registry;
    intake->link = options->link;
    intake->answers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, answer_free);
    return intake;
}

void intake_free(Intake *intake)
{
    if (!intake)
        return;
    g_hash_table_unref(intake->answers);
    g_free(intake);
}

// --- writer's thread

static int rating_run(Store *store, void *data)
{
    RatingJob *job = data;
    const PadRating *rating = &job->rating;
    RatingInput input = {
        .id = rating->id,
        .pad = job->pad,
        .counter = job->counter,
        .channel = "pad",
        .boot = rating->boot,
        .seq = rating->seq,
        .invitation = rating->invitation,
        .level = rating->level,
        .tags = rating->tags,
        .n_tags = rating->n_tags,
        .text = rating->text,
        .event_ms = job->received_ms - rating->age_ms,
        .received_ms = job->received_ms,
        .pad_clock_ms = rating->clock_ms == PAD_TIME_UNKNOWN ? STORE_NULL : rating->clock_ms,
        .age_ms = rating->age_ms,
        .clock_kind = rating->clock_kind,
    };
    return rating_store(store, job->intake->hall, &input, &job->outcome);
}

static Answer *answer_of(Intake *intake, const char *pad)
{
    Answer *answer = g_hash_table_lookup(intake->answers, pad);
    if (!answer) {
        answer = g_new0(Answer, 1);
        answer->ids = g_ptr_array_new_with_free_func(g_free);
        answer->duplicates = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(intake->answers, g_strdup(pad), answer);
    }
    return answer;
}

static void rating_job_free(RatingJob *job)
{
    pad_rating_done(&job->rating);
    g_free(job->pad);
    g_free(job->counter);
    g_free(job);
}

static void rating_done(void *data, int err)
{
    RatingJob *job = data;
    Intake *intake = job->intake;
    bool is_new = job->outcome == RATING_STORED;
    if (err < 0) {
        unsigned n = quiet_due(&intake->failed);
        if (n)
            log_err("pad=%s rating=%s not stored (%u since the last line): %s", job->pad,
                    job->rating.id, n, g_strerror(-err));
        count(intake, COUNT_FAILED);
    } else {
        Answer *answer = answer_of(intake, job->pad);
        g_ptr_array_add(is_new ? answer->ids : answer->duplicates, g_strdup(job->rating.id));
        count(intake, is_new ? COUNT_STORED : COUNT_DUPLICATE);
    }
    rating_job_free(job);
}

typedef struct {
    Intake *intake;
    QueueMessage message;
    int64_t received_ms;
    int changed; // out: as ticket_event has it
    PadBad bad;
} TicketJob;

static int ticket_run(Store *store, void *data)
{
    TicketJob *job = data;
    const QueueMessage *message = &job->message;
    TicketEvent event = { .id = message->ticket,
                          .number = message->number,
                          .event = message->event,
                          .counter = message->counter,
                          .case_number = message->case_number,
                          .at_ms = queue_message_at(message, job->received_ms) };
    job->changed = ticket_event(store, job->intake->hall, &event, job->received_ms, job->bad.why);
    return MIN(job->changed, 0);
}

static void ticket_done(void *data, int err)
{
    TicketJob *job = data;
    Intake *intake = job->intake;
    if (err == -EEXIST) {
        g_strlcpy(job->bad.id, job->message.id, sizeof job->bad.id);
        intake_refuse(intake, QUEUE_USER, &job->bad);
    } else if (err < 0) {
        count(intake, COUNT_FAILED);
    } else {
        Answer *answer = answer_of(intake, QUEUE_USER);
        g_ptr_array_add(job->changed ? answer->ids : answer->duplicates, g_strdup(job->message.id));
    }
    queue_message_done(&job->message);
    g_free(job);
}

// Sends and empties both lists. One of them may be longer than one message may be.
static void answer_send(Intake *intake, const char *pad, Answer *answer)
{
    while (answer->ids->len + answer->duplicates->len > 0) {
        guint n_ids = MIN(answer->ids->len, PAD_STORED_ENTRIES);
        guint n_duplicates = MIN(answer->duplicates->len, PAD_STORED_ENTRIES - n_ids);
        GPtrArray ids = { .pdata = answer->ids->pdata, .len = n_ids };
        GPtrArray duplicates = { .pdata = answer->duplicates->pdata, .len = n_duplicates };
        g_autofree char *text = pad_stored_text(&ids, &duplicates);
        // Lost when the link is down: the pad asks again, and gets "dup".
        pad_link_send(intake->link, pad, "stored", text, false, 0);
        if (n_ids)
            g_ptr_array_remove_range(answer->ids, 0, n_ids);
        if (n_duplicates)
            g_ptr_array_remove_range(answer->duplicates, 0, n_duplicates);
    }
}

void intake_after_batch(Intake *intake)
{
    GHashTableIter iter;
    gpointer pad, answer;
    g_hash_table_iter_init(&iter, intake->answers);
    while (g_hash_table_iter_next(&iter, &pad, &answer))
        answer_send(intake, pad, answer);
    g_hash_table_remove_all(intake->answers);
}

// --- link's thread

void intake_refuse(Intake *intake, const char *pad, const PadBad *bad)
{
    unsigned n = quiet_due(&intake->bad);
    if (n)
        log_warn("pad=%s sent a bad message (%u of all pads since the last line): %s", pad, n,
                 bad->why);
    count(intake, COUNT_BAD);
    g_autofree char *text = pad_bad_text(bad);
    pad_link_send(intake->link, pad, "stored", text, false, 0);
}

static bool is_full(Intake *intake)
{
    size_t backlog = writer_backlog(intake->writer);
    if (backlog < INTAKE_BACKLOG_MAX)
        return false;
    unsigned n = quiet_due(&intake->full);
    if (n)
        log_warn("%zu jobs wait for the disk: %u ratings left for the pads to send again", backlog,
                 n);
    count(intake, COUNT_UNANSWERED);
    return true;
}

void intake_rating(Intake *intake, const PadLinkMessage *message, int64_t received_ms)
{
    PadRating rating;
    PadBad bad;
    if (is_full(intake))
        return;
    if (pad_rating_parse(message->bytes, message->size, &rating, &bad) < 0) {
        intake_refuse(intake, message->pad, &bad);
        return;
    }
    char *counter = pad_registry_counter(intake->registry, message->pad);
    if (!counter) {
        g_strlcpy(bad.id, rating.id, sizeof bad.id);
        g_strlcpy(bad.why, "this pad is not configured here", sizeof bad.why);
        intake_refuse(intake, message->pad, &bad);
        pad_rating_done(&rating);
        return;
    }
    RatingJob *job = g_new0(RatingJob, 1);
    *job = (RatingJob){ .intake = intake,
                        .rating = rating,
                        .pad = g_strdup(message->pad),
                        .counter = counter,
                        .received_ms = received_ms };
    writer_push(intake->writer, rating_run, rating_done, job);
}

json_t *intake_counts(Intake *intake)
{
    static const char *const names[N_COUNTS] = { "stored", "duplicates", "bad", "unanswered",
                                                 "failed" };
    json_t *counts = json_object();
    for (int i = 0; i < N_COUNTS; i++)
        json_object_set_new(counts, names[i], json_integer(atomic_load(&intake->counts[i])));
    return counts;
}

void intake_ticket(Intake *intake, const PadLinkMessage *message, int64_t received_ms)
{
    TicketJob job = { .intake = intake, .received_ms = received_ms };
    if (is_full(intake))
        return;
    if (queue_message_parse(message->bytes, message->size, &job.message, &job.bad) < 0) {
        intake_refuse(intake, message->pad, &job.bad);
        return;
    }
    writer_push(intake->writer, ticket_run, ticket_done, g_memdup2(&job, sizeof job));
}
