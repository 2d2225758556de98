// SPDX-License-Identifier: Apache-2.0
// Flag kind: how flags of each kind are handled, as one table (flag_kind.c): whether they have a
// life with deadlines, who explains, and which video is held as their evidence. A kind that has no
// row of its own is a conduct clue.
#pragma once
#include <stdbool.h>

// What is not for observers, as SQL over kind; the table's column is_public says the same.
#define FLAG_KIND_INSIDE_SQL                                                                       \
    "kind GLOB 'fraud_*' OR kind GLOB 'storage_*' OR kind GLOB 'camera_*' OR kind GLOB '*_due'"    \
    " OR kind IN ('mood',"                                                                         \
    " 'after_hours', 'spare_failed', 'hold_quota', 'outbox_given_up', 'calendar_missing', "        \
    "'inaction_rating',"                                                                           \
    " 'misconduct_early_rating', 'misconduct_papers_beyond', 'misconduct_charges')"

typedef enum {
    FLAG_CONDUCT,  // 线索: a person explains, another one decides, by deadlines
    FLAG_GRADE,    // 预警、黄牌: closes itself when the case ends or a higher one is raised
    FLAG_REMINDER, // of another work's deadline: its next step closes it
    FLAG_BOX,      // of the machine: who looks after it sees to it
} FlagClass;

typedef enum {
    FLAG_HOLD_NONE,
    FLAG_HOLD_MOMENT,  // the counter's camera from evidence's from_at (or at) to its to_at
    FLAG_HOLD_RATINGS, // the clips of evidence's ratings
} FlagHold;

typedef struct {
    const char *pattern; // a glob
    FlagClass class;
    FlagHold hold;
    // The unit explains it; false: it is not told of it, or has no part in it.
    bool is_for_unit;
    // The words of numbers and limits alone: observers may read it.
    bool is_public;
} FlagKind;

const FlagKind *flag_kind(const char *kind);  // never NULL
const char *flag_class_name(FlagClass class); // conduct | grade | reminder | box
