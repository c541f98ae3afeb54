/* SPDX-License-Identifier: MIT */
#include "cli/export_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/bytes.h"

enum { FILE_MODE = 0600 };

bool export_file_open(struct arena *arena, struct str path, struct export_file *ret_file,
                      const char **ret_complaint) {
    const char *name = str_to_c(arena, path);
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    if (fd < 0) {
        *ret_complaint = arena_printf(arena, "could not make %s: %s", name, strerror(errno));
        return false;
    }
    *ret_file = (struct export_file){.fd = fd, .path = name};
    return true;
}

bool export_file_write(struct arena *arena, struct export_file *file, struct bytes bytes,
                       const char **ret_complaint) {
    size_t done = 0;
    while (done < bytes.len) {
        ssize_t wrote = write(file->fd, bytes.ptr + done, bytes.len - done);
        if (wrote <= 0) {
            *ret_complaint =
                arena_printf(arena, "could not write %s: %s", file->path, strerror(errno));
            return false;
        }
        done += (size_t)wrote;
    }
    file->is_whole = fsync(file->fd) == 0;
    if (!file->is_whole) {
        *ret_complaint = arena_printf(arena, "could not write %s: %s", file->path, strerror(errno));
    }
    return file->is_whole;
}

void export_file_close(struct export_file *file) {
    if (file->fd < 0) {
        return;
    }
    (void)close(file->fd);
    if (!file->is_whole) {
        (void)unlink(file->path);
    }
}
