// SPDX-License-Identifier: Apache-2.0
// A zip that somebody hands over as an export: whatever it says of itself, looking at it ends, and
// in bounds.
#include "capture/evidence.h"

#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void check_bounds(void *ctx, const EvidenceFinding *finding)
{
    if (finding->kind >= EVIDENCE_FINDINGS)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const EvidenceListener listener = { NULL, check_bounds, NULL };
    EvidenceReader reader;
    int fd = memfd_create("evidence", MFD_CLOEXEC);
    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
        abort();
    if (evidence_reader_of_file(fd, &reader) < 0)
        abort();
    evidence_check(&reader, NULL, &listener);
    close(fd);
    return 0;
}
