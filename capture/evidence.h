// SPDX-License-Identifier: Apache-2.0
// Evidence: looks over an exported zip (export_job.h) and says for each part of it whether it is
// what the box has signed.
//
// Nothing is written and nothing of the zip is trusted: sizes are checked against the file, memory
// is bounded by the manifest's cap, and the clips are only hashed, never decoded. Any thread.
#pragma once
#include "capture/evidence_reader.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    EVIDENCE_WHOLE,          // file: each of its bytes is as signed
    EVIDENCE_SIGNATURE_GOOD, // of the manifest, by `key`
    // From here on: not as it was exported.
    EVIDENCE_ALTERED,       // file: bytes [from, to) are others
    EVIDENCE_SIZE,          // file: has `from` bytes, not `to`
    EVIDENCE_CHECKSUM,      // file: whole, but the zip's own checksum of it was changed
    EVIDENCE_MISSING,       // file: in the manifest, not in the zip
    EVIDENCE_EXTRA,         // file: in the zip, not in the manifest
    EVIDENCE_MOVED,         // file: not at its place in the order
    EVIDENCE_CUT,           // the zip ends at byte `from`, too early
    EVIDENCE_DISORDER,      // from byte `from` on it is not a zip as it was exported
    EVIDENCE_DIRECTORY,     // the directory at its end was changed, at byte `from`
    EVIDENCE_NO_MANIFEST,   // the manifest or its signature is missing or not to be read
    EVIDENCE_SIGNATURE_BAD, // the manifest is not what `key` has signed
    EVIDENCE_OTHER_BOX,     // signed by `key`, which is not the one that was expected
    EVIDENCE_CHAIN,         // file: segment `segment` does not follow the one before it
    EVIDENCE_SEGMENT, // file: segment `segment` was changed on the box's disk before the export
    EVIDENCE_FINDINGS
} EvidenceKind;
#define EVIDENCE_IS_PROBLEM(kind) ((kind) >= EVIDENCE_ALTERED)

typedef struct {
    EvidenceKind kind;
    const char *file; // NULL: of the whole
    int64_t from, to;
    int64_t from_ms, to_ms; // ALTERED of a clip, SEGMENT: about which wall time; 0: not known
    int64_t segment;
    const char *key; // hex
} EvidenceFinding;

typedef struct {
    // Before the findings, when there is a manifest (its signature may be bad all the same).
    // Borrowed.
    void (*manifest)(void *ctx, const json_t *manifest);
    void (*finding)(void *ctx, const EvidenceFinding *finding);
    void *ctx;
} EvidenceListener;

// expected_key: the box's public key in hex, from elsewhere; NULL: any. Returns the number of
// problems. -EBADMSG: nothing like an export; other negative errno: cannot be read.
int evidence_check(const EvidenceReader *reader, const char *expected_key,
                   const EvidenceListener *listener);
