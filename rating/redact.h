// SPDX-License-Identifier: Apache-2.0
// Redact: free text without the numbers by which somebody could be found (a telephone, an id
// number, a case's), for readers who are not to know who wrote it. Pure.
#pragma once

// Runs of more than four digits (full width ones too; single spaces and hyphens between them
// belong to the run) become "***". NULL stays NULL; the caller frees.
char *redact_text(const char *text);
