// SPDX-License-Identifier: Apache-2.0
#include "rating/flag_kind.h"

#include <glib.h>

#define FOR_UNIT true
#define FOR_HALL false
#define OPEN     true
#define INSIDE   false

// The first row that fits.
static const FlagKind kinds[] = {
    { "case_warning", FLAG_GRADE, FLAG_HOLD_NONE, FOR_UNIT, OPEN },
    { "case_yellow", FLAG_GRADE, FLAG_HOLD_NONE, FOR_UNIT, OPEN },
    { "unit_yellow", FLAG_GRADE, FLAG_HOLD_NONE, FOR_UNIT, OPEN },
    { "node_yellow", FLAG_GRADE, FLAG_HOLD_NONE, FOR_UNIT, OPEN },
    // A fact about the past: no picture tells why.
    { "case_red", FLAG_CONDUCT, FLAG_HOLD_NONE, FOR_UNIT, OPEN },
    { "unit_red", FLAG_CONDUCT, FLAG_HOLD_NONE, FOR_UNIT, OPEN },
    { "node_red", FLAG_CONDUCT, FLAG_HOLD_NONE, FOR_UNIT, OPEN },
    { "rectification_due", FLAG_REMINDER, FLAG_HOLD_NONE, FOR_UNIT, INSIDE },
    { "rectification_late", FLAG_REMINDER, FLAG_HOLD_NONE, FOR_UNIT, OPEN },
    { "complaint_due", FLAG_REMINDER, FLAG_HOLD_NONE, FOR_UNIT, INSIDE },
    { "complaint_late", FLAG_REMINDER, FLAG_HOLD_NONE, FOR_UNIT, OPEN },
    { "flag_due", FLAG_REMINDER, FLAG_HOLD_NONE, FOR_UNIT, INSIDE },
    { "flag_late", FLAG_REMINDER, FLAG_HOLD_NONE, FOR_UNIT, OPEN },
    { "order_due", FLAG_REMINDER, FLAG_HOLD_NONE, FOR_UNIT, INSIDE },
    { "order_late", FLAG_REMINDER, FLAG_HOLD_NONE, FOR_UNIT, OPEN },
    // Whoever is rated is not told what is looked for.
    { "fraud_*", FLAG_CONDUCT, FLAG_HOLD_RATINGS, FOR_HALL, INSIDE },
    { "mood", FLAG_CONDUCT, FLAG_HOLD_RATINGS, FOR_HALL, INSIDE },
    // Rest on what citizens said.
    { "inaction_rating", FLAG_CONDUCT, FLAG_HOLD_NONE, FOR_HALL, INSIDE },
    { "misconduct_early_rating", FLAG_CONDUCT, FLAG_HOLD_RATINGS, FOR_HALL, INSIDE },
    { "misconduct_papers_beyond", FLAG_CONDUCT, FLAG_HOLD_NONE, FOR_HALL, INSIDE },
    { "misconduct_charges", FLAG_CONDUCT, FLAG_HOLD_NONE, FOR_HALL, INSIDE },
    // Seen on pictures (watch_eye.h): a reminder that ends by itself; of the hall; of a camera.
    { "inaction_empty_warning", FLAG_GRADE, FLAG_HOLD_NONE, FOR_UNIT, OPEN },
    { "slow_crowd", FLAG_CONDUCT, FLAG_HOLD_MOMENT, FOR_HALL, OPEN },
    { "after_hours", FLAG_CONDUCT, FLAG_HOLD_MOMENT, FOR_HALL, INSIDE },
    { "camera_*", FLAG_BOX, FLAG_HOLD_NONE, FOR_HALL, INSIDE },
    { "storage_*", FLAG_BOX, FLAG_HOLD_NONE, FOR_HALL, INSIDE },
    { "spare_failed", FLAG_BOX, FLAG_HOLD_NONE, FOR_HALL, INSIDE },
    { "hold_quota", FLAG_BOX, FLAG_HOLD_NONE, FOR_HALL, INSIDE },
    { "calendar_missing", FLAG_BOX, FLAG_HOLD_NONE, FOR_HALL, INSIDE },
    { "outbox_given_up", FLAG_BOX, FLAG_HOLD_NONE, FOR_HALL, INSIDE },
    { "*", FLAG_CONDUCT, FLAG_HOLD_MOMENT, FOR_UNIT, OPEN },
};

static const char *const names[] = { [FLAG_CONDUCT] = "conduct",
                                     [FLAG_GRADE] = "grade",
                                     [FLAG_REMINDER] = "reminder",
                                     [FLAG_BOX] = "box" };

const FlagKind *flag_kind(const char *kind)
{
    const FlagKind *row = kinds;
    while (!g_pattern_match_simple(row->pattern, kind))
        row++;
    return row;
}

const char *flag_class_name(FlagClass class)
{
    return names[class];
}
