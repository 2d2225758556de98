// SPDX-License-Identifier: Apache-2.0
// Office: what the hall's directors have before them when the demonstration opens: ratings of
// people who left a number, some of them bad and each at another step of its life, a follow-up,
// calls that were tried, pain points.
#pragma once
#include "demo/api.h"

// system, staff, director: with keys of these roles. Harmless again: ids are the same each time,
// and a step that has been taken is refused.
void office_open(Api *system, Api *staff, Api *director);
