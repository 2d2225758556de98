// SPDX-License-Identifier: Apache-2.0
// Intake: the way of a pad's rating from the broker to the disk and back: parsed on the link's
// thread, stored by a job of the writer, and answered "stored" once for each pad and commit, after
// the commit.
#pragma once
#include "base/writer.h"
#include "mqtt/pad_link.h"
#include "mqtt/pad_registry.h"
#include "rating/hall.h"

typedef struct Intake Intake;

typedef struct {
    Writer *writer;
    const Hall *hall; // writer's thread: what it points to may be replaced by a job
    PadRegistry *registry;
    PadLink *link;
} IntakeOptions;

// Beyond so many waiting jobs a rating is left unanswered: the pad keeps it and sends it again.
#define INTAKE_BACKLOG_MAX 20000

Intake *intake_new(const IntakeOptions *options);
// The writer must be gone: its jobs point here.
void intake_free(Intake *intake);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Intake, intake_free)

// Link's thread.
void intake_rating(Intake *intake, const PadLinkMessage *message, int64_t received_ms);
// What the hall's queue machine tells of a number (mqtt/queue_message.h); answered in the same way.
void intake_ticket(Intake *intake, const PadLinkMessage *message, int64_t received_ms);
// A message of another kind that was refused; the pad is told why.
void intake_refuse(Intake *intake, const char *pad, const PadBad *bad);

// Writer's thread, after each commit.
void intake_after_batch(Intake *intake);

// {"stored","duplicates","bad","unanswered","failed"} since the start. Any thread; new reference.
json_t *intake_counts(Intake *intake);
