// SPDX-License-Identifier: Apache-2.0
// Ticket: a queue number at a counter (叫号), and duty: who sits at a counter, from when to when.
#pragma once
#include "rating/hall.h"

// PUT /api/v1/tickets/{id}: {"number","counter","case","issued","called","served","finished","state"}. Idempotent.
// -EINVAL with a sentence in error (at least 200 bytes).
int ticket_put(Store *store, const Hall *hall, const char *id, json_t *body, int64_t now_ms, char *error);
// PUT /api/v1/counters/{id}/duty: {"staff":{"number","name"},"at"}; staff null: nobody. Ends the duty before it.
int duty_put(Store *store, const Hall *hall, const char *counter, json_t *body, int64_t now_ms, char *error);
// [{"counter","staff_number","staff_name","since"}] now.
json_t *duty_list(Store *store);
