// SPDX-License-Identifier: Apache-2.0
#include "capture/evidence_reader.h"

#include "base/file.h"

#include <errno.h>
#include <sys/stat.h>

static int read_file(void *ctx, int64_t at, void *into, size_t size)
{
    return file_read_at(GPOINTER_TO_INT(ctx), at, into, size);
}

int evidence_reader_of_file(int fd, EvidenceReader *ret_reader)
{
    struct stat stat;
    if (fstat(fd, &stat) < 0)
        return -errno;
    *ret_reader = (EvidenceReader){ stat.st_size, read_file, GINT_TO_POINTER(fd) };
    return 0;
}

int evidence_read(const EvidenceReader *reader, int64_t at, void *into, size_t size)
{
    if (at < 0 || at > reader->bytes || (int64_t)size > reader->bytes - at)
        return -EBADMSG;
    return size ? reader->read(reader->ctx, at, into, size) : 0;
}
