// SPDX-License-Identifier: Apache-2.0
// Flag evidence: what belongs to a flag besides its own numbers, found from what it names: the
// case's ratings and tickets with their times, and the video that was held when it was raised.
#pragma once
#include "rating/flag.h"

// Holds the video that the kind asks for (flag_kind.h), for rules.flag_hold_days: the hold's row
// stands in the transaction that raises the flag. 0 or negative errno.
int flag_evidence_hold(Store *store, const Hall *hall, const FlagInput *input, const char *id);

// {"ratings":[{"id","level","counter","event_at","case_number"}],"tickets":[{"id","number",
// "counter","state","issued_at","called_at","served_at","finished_at"}],"clips":[clip.h]}. flag: as
// flag_get reads it. New reference.
json_t *flag_evidence_of(Store *store, const json_t *flag);
