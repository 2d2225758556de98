// SPDX-License-Identifier: Apache-2.0
// A segment file as a power cut, a bad disk or an enemy may leave it; and a fragment and an entries
// blob alike.
#include "capture/segment.h"

#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_auto(Segment) segment;
    segment_init(&segment);
    int fd = memfd_create("segment", MFD_CLOEXEC);
    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
        abort();
    if (segment_scan(fd, &segment) == 0 && segment.bytes > (int64_t)size)
        abort(); // more than is there
    close(fd);
    SegmentTracks tracks;
    SegmentEntry entry;
    if (segment_read_tracks(bytes, size, &tracks) == 0)
        segment_read_fragment(&tracks, bytes, size, &entry);
    g_array_set_size(segment.entries, 0);
    segment_unpack_entries(bytes, size, segment.entries);
    return 0;
}
