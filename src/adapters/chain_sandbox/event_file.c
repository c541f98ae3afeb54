/* SPDX-License-Identifier: MIT */
#include "adapters/chain_sandbox/event_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "core/error.h"
#include "core/hash.h"

/* A frame: length (4), checksum (8), record. */
enum { MAGIC_BYTES = 16, CHECK_BYTES = 8, FRAME_BYTES = 4 + CHECK_BYTES };
static const char magic[MAGIC_BYTES + 1] = "till sandbox  1\n";

struct event_file {
    int fd;
    uint64_t bytes; /* where the next record goes */
    bool is_copy;   /* not renamed yet: appends need no sync */
    bool is_broken; /* a sync failed */
    char *path;
    char *copy_path;
};

static void checksum(uint64_t offset, struct bytes record, uint8_t ret_check[CHECK_BYTES]) {
    uint8_t place[8 + HASH_256_BYTES];
    u64_store_be(place, offset);
    hash_sha256(record, place + 8);
    uint8_t digest[HASH_256_BYTES];
    hash_sha256(BYTES_OF(place), digest);
    memcpy(ret_check, digest, CHECK_BYTES);
}

static bool frame_at(struct bytes file, uint64_t offset, struct bytes *ret_record) {
    if (offset + FRAME_BYTES > file.len) {
        return false;
    }
    uint32_t size = u32_load_be(file.ptr + offset);
    if (size == 0 || size > EVENT_RECORD_BYTES_MAX || size > file.len - offset - FRAME_BYTES) {
        return false;
    }
    struct bytes record = {.ptr = file.ptr + offset + FRAME_BYTES, .len = size};
    uint8_t check[CHECK_BYTES];
    checksum(offset, record, check);
    if (memcmp(check, file.ptr + offset + 4, CHECK_BYTES) != 0) {
        return false;
    }
    *ret_record = record;
    return true;
}

/* A torn append has nothing behind it. A checksum covers its record's place, so a match is no
 * coincidence. */
static bool record_follows(struct bytes file, uint64_t offset) {
    for (uint64_t at = offset + 1; at + FRAME_BYTES < file.len; at++) {
        struct bytes record;
        if (frame_at(file, at, &record)) {
            return true;
        }
    }
    return false;
}

static struct result file_fail(struct arena *arena, const struct event_file *file,
                               const char *doing) {
    return result_failf(arena, &ERR_SANDBOX_FILE, "could not %s \"%s\": %s", doing, file->path,
                        strerror(errno));
}

static struct result replay_bytes(struct event_file *file, struct arena *arena, struct bytes all,
                                  event_file_replay replay, void *context) {
    uint64_t offset = MAGIC_BYTES;
    struct bytes record;
    while (frame_at(all, offset, &record)) {
        file->bytes = offset + FRAME_BYTES + record.len;
        TRY(replay(context, file, offset, record));
        offset = file->bytes;
    }
    if (offset < all.len && record_follows(all, offset)) {
        return result_failf(arena, &ERR_SANDBOX_FILE, "\"%s\" is damaged at byte %llu", file->path,
                            (unsigned long long)offset);
    }
    file->bytes = offset;
    return RESULT_OK;
}

static struct result replay_file(struct event_file *file, struct arena *arena, size_t size,
                                 event_file_replay replay, void *context) {
    void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file->fd, 0);
    if (map == MAP_FAILED) {
        return file_fail(arena, file, "read");
    }
    struct bytes all = {.ptr = map, .len = size};
    struct result done =
        memcmp(map, magic, MAGIC_BYTES) == 0
            ? replay_bytes(file, arena, all, replay, context)
            : result_failf(arena, &ERR_SANDBOX_FILE, "\"%s\" is not a sandbox chain", file->path);
    munmap(map, size);
    TRY(done);
    if (file->bytes < size &&
        (ftruncate(file->fd, (off_t)file->bytes) != 0 || fdatasync(file->fd) != 0)) {
        return file_fail(arena, file, "cut the torn end of");
    }
    return RESULT_OK;
}

static bool sync_folder(const char *path) {
    char folder[4096];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    int fd = open(folder[0] ? folder : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    bool synced = fsync(fd) == 0;
    close(fd);
    return synced;
}

static bool write_at(int fd, const void *from, size_t size, uint64_t offset) {
    const char *ptr = from;
    while (size > 0) {
        ssize_t written = pwrite(fd, ptr, size, (off_t)offset);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        ptr += written;
        offset += (uint64_t)written;
        size -= (size_t)written;
    }
    return true;
}

static bool start_empty(struct event_file *file) {
    file->bytes = MAGIC_BYTES;
    return ftruncate(file->fd, 0) == 0 && write_at(file->fd, magic, MAGIC_BYTES, 0) &&
           fsync(file->fd) == 0;
}

static struct event_file *file_new(const char *path) {
    struct event_file *file = calloc(1, sizeof(*file));
    BUG_IF(file == NULL);
    file->fd = -1;
    file->path = strdup(path);
    BUG_IF(file->path == NULL);
    BUG_IF(asprintf(&file->copy_path, "%s.new", path) < 0);
    return file;
}

static struct result open_and_replay(struct event_file *file, struct arena *arena,
                                     event_file_replay replay, void *context) {
    file->fd = open(file->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct stat stat;
    if (file->fd < 0 || fstat(file->fd, &stat) != 0) {
        return file_fail(arena, file, "open");
    }
    if (flock(file->fd, LOCK_EX | LOCK_NB) != 0) {
        return file_fail(arena, file, "lock");
    }
    char start[MAGIC_BYTES];
    ssize_t got = pread(file->fd, start, MAGIC_BYTES, 0);
    if (got < 0) {
        return file_fail(arena, file, "read");
    }
    /* Shorter than its first line: a crash cut the very first write. */
    if (got < MAGIC_BYTES && memcmp(start, magic, (size_t)got) == 0) {
        return start_empty(file) && sync_folder(file->path) ? RESULT_OK
                                                            : file_fail(arena, file, "start");
    }
    if (got < MAGIC_BYTES) {
        return result_failf(arena, &ERR_SANDBOX_FILE, "\"%s\" is not a sandbox chain", file->path);
    }
    return replay_file(file, arena, (size_t)stat.st_size, replay, context);
}

struct result event_file_open(const char *path, struct arena *arena, event_file_replay replay,
                              void *context, struct event_file **ret_file) {
    struct event_file *file = file_new(path);
    struct result opened = open_and_replay(file, arena, replay, context);
    if (!result_is_ok(opened)) {
        event_file_close(file);
        return opened;
    }
    *ret_file = file;
    return RESULT_OK;
}

void event_file_close(struct event_file *file) {
    if (file == NULL) {
        return;
    }
    if (file->fd >= 0) {
        close(file->fd);
    }
    if (file->is_copy) {
        unlink(file->copy_path);
    }
    free(file->path);
    free(file->copy_path);
    free(file);
}

uint64_t event_file_bytes(const struct event_file *file) {
    return file->bytes;
}

struct result event_file_append(struct event_file *file, struct bytes record,
                                uint64_t *ret_offset) {
    BUG_IF(record.len == 0 || record.len > EVENT_RECORD_BYTES_MAX);
    ENSURE(!file->is_broken, ERR_SANDBOX_FILE);
    uint8_t frame[FRAME_BYTES];
    u32_store_be(frame, (uint32_t)record.len);
    checksum(file->bytes, record, frame + 4);
    if (!write_at(file->fd, frame, FRAME_BYTES, file->bytes) ||
        !write_at(file->fd, record.ptr, record.len, file->bytes + FRAME_BYTES)) {
        return (struct result){.code = &ERR_SANDBOX_FILE, .detail = "could not write: disk full?"};
    }
    if (!file->is_copy && fdatasync(file->fd) != 0) {
        file->is_broken = true;
        return (struct result){.code = &ERR_SANDBOX_FILE, .detail = "could not sync"};
    }
    *ret_offset = file->bytes;
    file->bytes += FRAME_BYTES + record.len;
    return RESULT_OK;
}

static bool read_at(int fd, uint8_t *to, size_t size, uint64_t offset) {
    while (size > 0) {
        ssize_t got = pread(fd, to, size, (off_t)offset);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        to += got;
        offset += (uint64_t)got;
        size -= (size_t)got;
    }
    return true;
}

struct result event_file_read(const struct event_file *file, struct arena *arena, uint64_t offset,
                              struct bytes *ret_record) {
    uint8_t frame[FRAME_BYTES];
    ENSURE(offset < file->bytes && read_at(file->fd, frame, FRAME_BYTES, offset), ERR_SANDBOX_FILE);
    uint32_t size = u32_load_be(frame);
    ENSURE(size > 0 && size <= EVENT_RECORD_BYTES_MAX, ERR_SANDBOX_FILE);
    uint8_t *record = arena_try_alloc(arena, size);
    ENSURE(record != NULL, ERR_SANDBOX_LIMIT);
    ENSURE(read_at(file->fd, record, size, offset + FRAME_BYTES), ERR_SANDBOX_FILE);
    uint8_t check[CHECK_BYTES];
    checksum(offset, (struct bytes){.ptr = record, .len = size}, check);
    ENSURE(memcmp(check, frame + 4, CHECK_BYTES) == 0, ERR_SANDBOX_FILE);
    *ret_record = (struct bytes){.ptr = record, .len = size};
    return RESULT_OK;
}

struct result event_file_copy_begin(const struct event_file *file, struct event_file **ret_copy) {
    struct event_file *copy = file_new(file->path);
    copy->is_copy = true;
    copy->fd = open(copy->copy_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (copy->fd < 0 || !start_empty(copy)) {
        event_file_close(copy);
        return result_fail(&ERR_SANDBOX_FILE);
    }
    *ret_copy = copy;
    return RESULT_OK;
}

struct result event_file_copy_finish(struct event_file *copy) {
    BUG_IF(!copy->is_copy);
    ENSURE(fsync(copy->fd) == 0 && rename(copy->copy_path, copy->path) == 0, ERR_SANDBOX_FILE);
    copy->is_copy = false;
    ENSURE(sync_folder(copy->path), ERR_SANDBOX_FILE);
    return RESULT_OK;
}
