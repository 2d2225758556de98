// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int file_make_dirs(const char *path)
{
    return g_mkdir_with_parents(path, 0750) == 0 ? 0 : -errno;
}

int file_sync_dir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int err = fsync(fd) == 0 ? 0 : -errno;
    close(fd);
    return err;
}

int file_read_at(int fd, int64_t at, void *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = pread(fd, (char *)bytes + done, size - done, at + (int64_t)done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -EBADMSG;
        done += (size_t)n;
    }
    return 0;
}

int file_write_at(int fd, int64_t at, const void *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = pwrite(fd, (const char *)bytes + done, size - done, at + (int64_t)done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -EIO;
        done += (size_t)n;
    }
    return 0;
}

int file_write_on(int fd, const void *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = write(fd, (const char *)bytes + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -EIO;
        done += (size_t)n;
    }
    return 0;
}

int file_write_atomic(const char *path, const char *bytes, size_t size, mode_t mode)
{
    g_autofree char *beside = g_strdup_printf("%s.XXXXXX", path);
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = g_mkstemp_full(beside, O_RDWR | O_CLOEXEC, (int)mode);
    if (fd < 0)
        return -errno;
    int err = file_write_on(fd, bytes, size);
    if (err == 0 && (fchmod(fd, mode) < 0 || fsync(fd) < 0))
        err = -errno;
    if (close(fd) < 0 && err == 0)
        err = -errno;
    if (err == 0 && rename(beside, path) < 0)
        err = -errno;
    if (err < 0) {
        unlink(beside);
        return err;
    }
    return file_sync_dir(folder);
}

static int read_all(int fd, size_t max, GByteArray *into)
{
    char buffer[16384];
    for (;;) {
        ssize_t n = read(fd, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0 ? 0 : -errno;
        if (into->len + (size_t)n > max)
            return -EFBIG;
        g_byte_array_append(into, (const guint8 *)buffer, (guint)n);
    }
}

int file_read(const char *path, size_t max, char **ret_bytes, size_t *ret_size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    g_autoptr(GByteArray) all = g_byte_array_new();
    int err = read_all(fd, max, all);
    close(fd);
    if (err < 0)
        return err;
    if (ret_size)
        *ret_size = all->len;
    g_byte_array_append(all, (const guint8 *)"", 1);
    *ret_bytes = (char *)g_byte_array_free(g_steal_pointer(&all), FALSE);
    return 0;
}
