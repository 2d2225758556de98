// SPDX-License-Identifier: Apache-2.0
#include "appliance/outbox_delivery.h"

#include "appliance/receiver.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/transfer.h"
#include "rating/province.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

enum {
    BATCH = 64,
    LOOK_MS = 1000, // rows become due by time alone: looked for so often
    SWEEP_MS = 60000,
    BACKOFF_FIRST_MS = 1000,
    BACKOFF_ROW_MS = 600000,
    BACKOFF_RECEIVER_MS = 60000,
    BACKOFF_ASKED_MS = 3600000, // a receiver may ask for more, up to this
    LOG_EVERY_MS = 3600000,
};

// One receiver.
typedef struct {
    OutboxDelivery *delivery;
    char *receiver;
    atomic_int uncommitted; // answers that the writer has not stored yet

    // Delivery's thread.
    GPtrArray *rows; // OutboxRow: fetched, to be sent in order
    guint next;
    bool is_busy;                              // the one before next is under way
    int failures;                              // in a row
    int64_t not_before_ms, look_ms, logged_ms; // monotonic
} Lane;

struct OutboxDelivery {
    Writer *writer;
    const Hall *hall;
    const SealKey *seal;
    Transfers *transfers;
    GThread *thread;
    atomic_bool is_ending, has_news;

    GMutex lock;
    Config *next_config; // under lock; NULL: none is waiting

    // Delivery's thread.
    Config *config;
    Store *store;
    GPtrArray *lanes;
    int64_t sweep_ms; // monotonic
};

// --- lanes

static Lane *lane_new(OutboxDelivery *delivery, const char *receiver)
{
    Lane *lane = g_new0(Lane, 1);
    lane->delivery = delivery;
    lane->receiver = g_strdup(receiver);
    lane->rows = g_ptr_array_new_with_free_func((GDestroyNotify)outbox_row_free);
    lane->logged_ms = -LOG_EVERY_MS;
    return lane;
}

static void lane_free(gpointer data)
{
    Lane *lane = data;
    g_free(lane->receiver);
    g_ptr_array_unref(lane->rows);
    g_free(lane);
}

static bool lane_is_idle(const Lane *lane)
{
    return !lane->is_busy && lane->next >= lane->rows->len && atomic_load(&lane->uncommitted) == 0;
}

static Lane *find_lane(OutboxDelivery *delivery, const char *receiver)
{
    for (guint i = 0; i < delivery->lanes->len; i++) {
        Lane *lane = delivery->lanes->pdata[i];
        if (strcmp(lane->receiver, receiver) == 0)
            return lane;
    }
    return NULL;
}

static void want_lane(OutboxDelivery *delivery, const char *receiver)
{
    if (!find_lane(delivery, receiver))
        g_ptr_array_add(delivery->lanes, lane_new(delivery, receiver));
}

// Those that left the config end once nothing of them is under way.
static void drop_lanes(OutboxDelivery *delivery)
{
    for (guint i = delivery->lanes->len; i-- > 0;) {
        const Lane *lane = delivery->lanes->pdata[i];
        if (!receiver_is_configured(delivery->config, lane->receiver) && lane_is_idle(lane))
            g_ptr_array_remove_index(delivery->lanes, i);
    }
}

static void take_config(OutboxDelivery *delivery)
{
    g_mutex_lock(&delivery->lock);
    Config *next = g_steal_pointer(&delivery->next_config);
    g_mutex_unlock(&delivery->lock);
    if (!next)
        return;
    config_unref(delivery->config);
    delivery->config = next;
    for (guint i = 0; i < next->notify->len; i++)
        want_lane(delivery, ((const ConfigReceiver *)next->notify->pdata[i])->id);
    if (next->province.url)
        want_lane(delivery, OUTBOX_PROVINCE);
    for (guint i = 0; i < delivery->lanes->len; i++) { // its address may be another now
        Lane *lane = delivery->lanes->pdata[i];
        lane->failures = 0;
        lane->not_before_ms = lane->look_ms = 0;
    }
}

// --- what came of a try

typedef struct {
    Lane *lane; // stays while an answer is uncommitted
    const Hall *hall;
    int64_t seq, next_ms, now_ms;
    OutboxOutcome outcome;
    char *reason;
} AnsweredJob;

static int answered_run(Store *store, void *data)
{
    AnsweredJob *job = data;
    int err = outbox_answered(store, job->hall, job->seq, job->outcome, job->reason, job->next_ms,
                              job->now_ms);
    return err == -ENOENT ? 0 : err;
}

static void answered_done(void *data, int err)
{
    AnsweredJob *job = data;
    if (err < 0) // it goes out again, with the same id
        log_err("outbox receiver=%s: an answer could not be stored: %s", job->lane->receiver,
                g_strerror(-err));
    OutboxDelivery *delivery = job->lane->delivery;
    if (atomic_fetch_sub(&job->lane->uncommitted, 1) == 1) // the lane may go from then on
        transfers_wake(delivery->transfers);
    g_free(job->reason);
    g_free(job);
}

// Half of it to all of it, so that boxes which lost the same receiver do not come back at once.
static int64_t backoff_ms(int failures, int64_t most_ms)
{
    int64_t ms = MIN(most_ms, (int64_t)BACKOFF_FIRST_MS << MIN(failures, 20));
    return ms / 2 + g_random_int_range(0, (gint32)(ms / 2) + 1);
}

static void push_answer(Lane *lane, const OutboxRow *row, const Verdict *verdict)
{
    AnsweredJob *job = g_new0(AnsweredJob, 1);
    job->lane = lane;
    job->hall = lane->delivery->hall;
    job->seq = row->seq;
    job->outcome = verdict->outcome;
    job->reason = g_strdup(verdict->reason);
    job->now_ms = clock_wall_ms();
    job->next_ms = job->now_ms + backoff_ms(row->tries, BACKOFF_ROW_MS);
    atomic_fetch_add(&lane->uncommitted, 1);
    writer_push(lane->delivery->writer, answered_run, answered_done, job);
}

// The rest of the batch waits with the one that failed: it may be about the same thing.
static void put_off(Lane *lane, const OutboxRow *row, const Verdict *verdict)
{
    int64_t now = clock_mono_ms();
    int64_t asked = MIN((int64_t)verdict->wait_s * 1000, BACKOFF_ASKED_MS);
    int64_t own = backoff_ms(lane->failures++, BACKOFF_RECEIVER_MS);
    lane->not_before_ms = now + MAX(own, asked);
    if (now - lane->logged_ms >= LOG_EVERY_MS) {
        log_warn("outbox receiver=%s event=%s not delivered (failure %d in a row): %s",
                 lane->receiver, row->event, lane->failures, verdict->reason);
        lane->logged_ms = now;
    }
}

static void forget_rows(Lane *lane)
{
    g_ptr_array_set_size(lane->rows, 0);
    lane->next = 0;
}

static void take_verdict(Lane *lane, const OutboxRow *row, const Verdict *verdict)
{
    push_answer(lane, row, verdict);
    if (verdict->outcome == OUTBOX_AGAIN) {
        put_off(lane, row, verdict);
        forget_rows(lane);
        return;
    }
    if (verdict->outcome == OUTBOX_REFUSED)
        log_warn("outbox receiver=%s event=%s id=%s refused: %s", lane->receiver, row->event,
                 row->id, verdict->reason);
    else if (lane->failures > 0)
        log_info("outbox receiver=%s answers again", lane->receiver);
    lane->failures = 0;
    lane->not_before_ms = 0;
    lane->logged_ms = -LOG_EVERY_MS;
}

static void answered(void *ctx, const TransferAnswer *answer)
{
    Lane *lane = ctx;
    const OutboxRow *row = lane->rows->pdata[lane->next - 1];
    g_auto(Verdict) verdict = receiver_judge(lane->delivery->config, row, answer);
    lane->is_busy = false;
    take_verdict(lane, row, &verdict);
}

// --- sending

static void send(Lane *lane)
{
    OutboxDelivery *delivery = lane->delivery;
    const OutboxRow *row = lane->rows->pdata[lane->next++];
    const Hall hall = { .config = delivery->config, .seal = delivery->seal };
    g_auto(Delivery) made = { 0 };
    int err = receiver_deliver(delivery->store, &hall, row, clock_wall_ms(), &made);
    if (err == -ENODATA) {
        const Verdict gone = { .outcome = OUTBOX_REFUSED,
                               .reason = (char *)"what it is about is not kept any more" };
        push_answer(lane, row, &gone);
        return;
    }
    if (err < 0) { // it left the config meanwhile
        forget_rows(lane);
        return;
    }
    TransferOrder order = { .url = made.url,
                            .method = made.method,
                            .headers = (const char *const *)made.headers,
                            .body = made.body,
                            .ca = made.ca,
                            .mail_from = made.mail_from,
                            .mail_to = (const char *const *)made.mail_to,
                            .user = made.user,
                            .password = made.password,
                            .timeout_ms = made.timeout_ms };
    lane->is_busy = true;
    transfers_start(delivery->transfers, &order, answered, lane);
}

static void take_rows(Lane *lane, GPtrArray *take_found)
{
    g_ptr_array_unref(lane->rows);
    lane->rows = take_found;
    lane->next = 0;
}

// Only once all answers are stored: else the store would still call a delivered row waiting.
static void look_for_rows(Lane *lane)
{
    int64_t now = clock_mono_ms();
    if (atomic_load(&lane->uncommitted) > 0 || now < lane->look_ms)
        return;
    Store *store = lane->delivery->store;
    int64_t wall_ms = clock_wall_ms();
    take_rows(lane, outbox_due_tests(store, lane->receiver, wall_ms));
    if (lane->rows->len == 0 && now >= lane->not_before_ms)
        take_rows(lane, outbox_due(store, lane->receiver, wall_ms, BATCH));
    if (lane->rows->len == 0)
        lane->look_ms = now + LOOK_MS;
}

static void go_on(Lane *lane)
{
    if (!lane->is_busy && lane->next >= lane->rows->len)
        look_for_rows(lane);
    if (!lane->is_busy && lane->next < lane->rows->len)
        send(lane);
}

// --- the sweep

typedef struct {
    const Hall *hall;
} SweepJob;

static int sweep_run(Store *store, void *data)
{
    SweepJob *job = data;
    int err = province_sweep(store, job->hall, clock_wall_ms());
    return err < 0 ? err : MIN(outbox_sweep(store, job->hall, clock_wall_ms()), 0);
}

static void sweep_done(void *data, int err)
{
    if (err < 0)
        log_err("outbox: the sweep failed, tried again in a minute: %s", g_strerror(-err));
    g_free(data);
}

static void sweep_if_due(OutboxDelivery *delivery)
{
    if (clock_mono_ms() < delivery->sweep_ms)
        return;
    delivery->sweep_ms = clock_mono_ms() + SWEEP_MS;
    SweepJob *job = g_new0(SweepJob, 1);
    job->hall = delivery->hall;
    writer_push(delivery->writer, sweep_run, sweep_done, job);
}

// --- the thread

static gpointer deliver(gpointer data)
{
    OutboxDelivery *delivery = data;
    while (!atomic_load(&delivery->is_ending)) {
        take_config(delivery);
        bool has_news = atomic_exchange(&delivery->has_news, false);
        for (guint i = 0; i < delivery->lanes->len; i++) {
            Lane *lane = delivery->lanes->pdata[i];
            if (has_news)
                lane->look_ms = 0;
            go_on(lane);
        }
        drop_lanes(delivery);
        sweep_if_due(delivery);
        transfers_run(delivery->transfers, LOOK_MS);
    }
    return NULL;
}

int outbox_delivery_new(const OutboxDeliveryOptions *options, OutboxDelivery **ret_delivery)
{
    g_autoptr(Transfers) transfers = transfers_new();
    Store *store = NULL;
    int err = transfers ? store_open(options->store_path, STORE_READ, &store) : -ENOMEM;
    if (err < 0)
        return err;
    OutboxDelivery *delivery = g_new0(OutboxDelivery, 1);
    delivery->writer = options->writer;
    delivery->hall = options->hall;
    delivery->seal = options->seal;
    delivery->transfers = g_steal_pointer(&transfers);
    delivery->store = store;
    delivery->lanes = g_ptr_array_new_with_free_func(lane_free);
    delivery->config = config_ref((Config *)options->config);
    g_mutex_init(&delivery->lock);
    delivery->next_config = config_ref((Config *)options->config);
    delivery->thread = g_thread_new("outbox", deliver, delivery);
    *ret_delivery = delivery;
    return 0;
}

void outbox_delivery_stop(OutboxDelivery *delivery)
{
    if (!delivery || !delivery->thread)
        return;
    atomic_store(&delivery->is_ending, true);
    transfers_wake(delivery->transfers);
    g_thread_join(g_steal_pointer(&delivery->thread));
}

void outbox_delivery_free(OutboxDelivery *delivery)
{
    if (!delivery)
        return;
    outbox_delivery_stop(delivery);
    transfers_free(delivery->transfers);
    g_ptr_array_unref(delivery->lanes);
    store_free(delivery->store);
    config_unref(delivery->config);
    config_unref(delivery->next_config);
    g_mutex_clear(&delivery->lock);
    g_free(delivery);
}

void outbox_delivery_wake(OutboxDelivery *delivery)
{
    atomic_store(&delivery->has_news, true);
    transfers_wake(delivery->transfers);
}

void outbox_delivery_apply(OutboxDelivery *delivery, const Config *config)
{
    g_mutex_lock(&delivery->lock);
    config_unref(delivery->next_config);
    delivery->next_config = config_ref((Config *)config);
    g_mutex_unlock(&delivery->lock);
    transfers_wake(delivery->transfers);
}
