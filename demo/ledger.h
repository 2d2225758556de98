// SPDX-License-Identifier: Apache-2.0
// Ledger: what lies on the complaint counter when the demonstration opens: a small stack of paper
// cards, two of them bad and waiting for a second person, and what some have said.
#pragma once
#include "demo/api.h"

// staff: with a key of the role staff. Harmless again: ids and numbers are the same each time.
void ledger_lay_out(Api *staff);
