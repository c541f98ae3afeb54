/* SPDX-License-Identifier: MIT */
#include "adapters/backup_file/backup_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "core/error.h"

#define FILE_HEAD   "till backup 1\n"
#define TAIL_PREFIX "sha256 "

enum {
    CHUNK_BYTES = 1 << 16,
    HEX_DIGEST_BYTES = 2 * crypto_hash_sha256_BYTES,
    TAIL_BYTES = sizeof TAIL_PREFIX - 1 + HEX_DIGEST_BYTES + 1,
    HEAD_BYTES = sizeof FILE_HEAD - 1,
    SECTION_LINE_BYTES_MAX = 64,
    NAME_BYTES_MAX = 16
};

static_assert(sizeof((struct backup_report *)NULL)->sha256 == HEX_DIGEST_BYTES + 1);

static void close_fd(const int *fd) {
    if (*fd >= 0) {
        (void)close(*fd);
    }
}

/* ---- writing */

struct output {
    int fd;
    int64_t size_bytes;
    crypto_hash_sha256_state digest;
};

static bool write_all(int fd, const void *from, size_t size) {
    const char *at = from;
    while (size > 0) {
        ssize_t written = write(fd, at, size);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        at += written;
        size -= (size_t)written;
    }
    return true;
}

static bool put(struct output *output, const void *from, size_t size) {
    (void)crypto_hash_sha256_update(&output->digest, from, size);
    output->size_bytes += (int64_t)size;
    return write_all(output->fd, from, size);
}

/* Exactly `size` bytes: a file that changes its length meanwhile is a failure. */
static bool put_file(struct output *output, struct arena *arena, int fd, int64_t size) {
    uint8_t *chunk = arena_alloc(arena, CHUNK_BYTES);
    while (size > 0) {
        size_t wanted = size < CHUNK_BYTES ? (size_t)size : CHUNK_BYTES;
        ssize_t got = read(fd, chunk, wanted);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0 || !put(output, chunk, (size_t)got)) {
            return false;
        }
        size -= got;
    }
    return true;
}

static bool put_section_line(struct output *output, struct arena *arena, const char *name,
                             int64_t size) {
    const char *line = arena_printf(arena, "section %s %lld\n", name, (long long)size);
    return put(output, line, strlen(line));
}

static struct result put_section(struct output *output, struct arena *arena,
                                 const struct backup_section *section) {
    if (section->path == NULL) {
        BUG_IF(section->bytes.len > BACKUP_SECTION_BYTES_MAX);
        bool written =
            put_section_line(output, arena, section->name, (int64_t)section->bytes.len) &&
            put(output, section->bytes.ptr, section->bytes.len);
        ENSURE(written, ERR_BACKUP_FILE);
        return RESULT_OK;
    }
    CLEANUP(close_fd) int fd = open(section->path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
        return result_failf(arena, &ERR_BACKUP_FILE, "cannot read %s: %s", section->path,
                            strerror(errno));
    }
    bool written = put_section_line(output, arena, section->name, status.st_size) &&
                   put_file(output, arena, fd, status.st_size);
    ENSURE(written, ERR_BACKUP_FILE);
    return RESULT_OK;
}

static struct result put_tail(struct output *output, struct backup_report *ret_report) {
    uint8_t digest[crypto_hash_sha256_BYTES];
    (void)crypto_hash_sha256_final(&output->digest, digest);
    (void)sodium_bin2hex(ret_report->sha256, sizeof ret_report->sha256, digest, sizeof digest);
    bool written = write_all(output->fd, TAIL_PREFIX, sizeof TAIL_PREFIX - 1) &&
                   write_all(output->fd, ret_report->sha256, HEX_DIGEST_BYTES) &&
                   write_all(output->fd, "\n", 1) && fsync(output->fd) == 0;
    ret_report->size_bytes = output->size_bytes + TAIL_BYTES;
    ENSURE(written, ERR_BACKUP_FILE);
    return RESULT_OK;
}

static struct result write_sections(int fd, struct arena *arena,
                                    const struct backup_section *sections, size_t count,
                                    struct backup_report *ret_report) {
    struct output output = {.fd = fd};
    (void)crypto_hash_sha256_init(&output.digest);
    ENSURE(put(&output, FILE_HEAD, HEAD_BYTES), ERR_BACKUP_FILE);
    for (size_t i = 0; i < count; i++) {
        TRY(put_section(&output, arena, &sections[i]));
    }
    return put_tail(&output, ret_report);
}

struct result backup_file_write(struct arena *arena, const char *path,
                                const struct backup_section *sections, size_t count,
                                struct backup_report *ret_report) {
    BUG_IF(count > BACKUP_SECTIONS_MAX);
    CLEANUP(close_fd) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return result_failf(arena, &ERR_BACKUP_FILE, "cannot make %s: %s", path, strerror(errno));
    }
    struct result written = write_sections(fd, arena, sections, count, ret_report);
    if (result_is_ok(written)) {
        return written;
    }
    int cause = errno;
    (void)unlink(path);
    return written.detail != NULL ? written
                                  : result_failf(arena, &ERR_BACKUP_FILE, "could not write %s: %s",
                                                 path, strerror(cause));
}

/* ---- reading */

struct found_section {
    char name[NAME_BYTES_MAX + 1];
    int64_t offset;
    int64_t size;
};

struct backup_file {
    int fd;
    const char *path; /* in the opener's arena */
    struct backup_report report;
    struct found_section sections[BACKUP_SECTIONS_MAX];
    size_t section_count;
};

static struct result damaged(struct arena *arena, const char *path, const char *how) {
    return result_failf(arena, &ERR_BACKUP_FILE, "%s %s", path, how);
}

static bool read_at(int fd, void *into, size_t size, int64_t offset) {
    char *at = into;
    while (size > 0) {
        ssize_t got = pread(fd, at, size, offset);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        at += got;
        offset += got;
        size -= (size_t)got;
    }
    return true;
}

static bool digest_is(int fd, struct arena *arena, int64_t size, const char *wanted) {
    crypto_hash_sha256_state state;
    (void)crypto_hash_sha256_init(&state);
    uint8_t *chunk = arena_alloc(arena, CHUNK_BYTES);
    for (int64_t at = 0; at < size;) {
        size_t part = size - at < CHUNK_BYTES ? (size_t)(size - at) : CHUNK_BYTES;
        if (!read_at(fd, chunk, part, at)) {
            return false;
        }
        (void)crypto_hash_sha256_update(&state, chunk, part);
        at += (int64_t)part;
    }
    uint8_t digest[crypto_hash_sha256_BYTES];
    char hex[HEX_DIGEST_BYTES + 1];
    (void)crypto_hash_sha256_final(&state, digest);
    (void)sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
    return memcmp(hex, wanted, HEX_DIGEST_BYTES) == 0;
}

/* "section NAME LENGTH\n" at `*at`; moves on past the section. */
static bool parse_section(struct backup_file *file, int64_t end, int64_t *at) {
    char line[SECTION_LINE_BYTES_MAX];
    size_t part = end - *at < (int64_t)sizeof line ? (size_t)(end - *at) : sizeof line;
    if (file->section_count == BACKUP_SECTIONS_MAX || !read_at(file->fd, line, part, *at)) {
        return false;
    }
    struct str text = {.ptr = line, .len = part};
    size_t line_len = str_find(text, '\n');
    struct str rest = str_slice(text, 0, line_len);
    struct str word;
    struct str name;
    uint64_t size;
    if (line_len == part || !str_split_next(&rest, ' ', &word) || !str_eq(word, STR("section")) ||
        !str_split_next(&rest, ' ', &name) || name.len == 0 || name.len > NAME_BYTES_MAX ||
        !str_to_u64(rest, &size)) {
        return false;
    }
    int64_t offset = *at + (int64_t)line_len + 1;
    if (size > (uint64_t)(end - offset)) {
        return false;
    }
    struct found_section *section = &file->sections[file->section_count++];
    memcpy(section->name, name.ptr, name.len);
    section->offset = offset;
    section->size = (int64_t)size;
    *at = offset + (int64_t)size;
    return true;
}

static struct result examine(struct backup_file *file, struct arena *arena) {
    struct stat status;
    char head[HEAD_BYTES];
    char tail[TAIL_BYTES];
    if (fstat(file->fd, &status) != 0 || status.st_size < HEAD_BYTES + TAIL_BYTES ||
        !read_at(file->fd, head, sizeof head, 0) || memcmp(head, FILE_HEAD, HEAD_BYTES) != 0) {
        return damaged(arena, file->path, "is not a backup of this program");
    }
    int64_t end = status.st_size - TAIL_BYTES;
    const char *hex = tail + sizeof TAIL_PREFIX - 1;
    if (!read_at(file->fd, tail, sizeof tail, end) ||
        memcmp(tail, TAIL_PREFIX, sizeof TAIL_PREFIX - 1) != 0 || tail[TAIL_BYTES - 1] != '\n') {
        return damaged(arena, file->path, "is cut short");
    }
    if (!digest_is(file->fd, arena, end, hex)) {
        return damaged(arena, file->path, "is damaged: its digest does not fit");
    }
    for (int64_t at = HEAD_BYTES; at < end;) {
        if (!parse_section(file, end, &at)) {
            return damaged(arena, file->path, "was written by a version that this one cannot read");
        }
    }
    file->report.size_bytes = status.st_size;
    memcpy(file->report.sha256, hex, HEX_DIGEST_BYTES);
    return RESULT_OK;
}

static struct backup_file *backup_file_new(struct arena *arena, int fd, const char *path) {
    struct backup_file *file = calloc(1, sizeof *file);
    BUG_IF(file == NULL);
    file->fd = fd;
    file->path = arena_printf(arena, "%s", path);
    return file;
}

struct result backup_file_open(struct arena *arena, const char *path,
                               struct backup_file **ret_file) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return result_failf(arena, &ERR_BACKUP_FILE, "cannot read %s: %s", path, strerror(errno));
    }
    struct backup_file *file = backup_file_new(arena, fd, path);
    struct result examined = examine(file, arena);
    if (!result_is_ok(examined)) {
        backup_file_close(file);
        return examined;
    }
    *ret_file = file;
    return RESULT_OK;
}

void backup_file_close(struct backup_file *file) {
    if (file != NULL) {
        (void)close(file->fd);
        free(file);
    }
}

const struct backup_report *backup_file_report(const struct backup_file *file) {
    return &file->report;
}

static const struct found_section *find_section(const struct backup_file *file, const char *name) {
    for (size_t i = 0; i < file->section_count; i++) {
        if (strcmp(file->sections[i].name, name) == 0) {
            return &file->sections[i];
        }
    }
    return NULL;
}

bool backup_file_has(const struct backup_file *file, const char *name) {
    return find_section(file, name) != NULL;
}

struct result backup_file_read(struct backup_file *file, struct arena *arena, const char *name,
                               struct bytes *ret_bytes) {
    const struct found_section *section = find_section(file, name);
    if (section == NULL || section->size > BACKUP_SECTION_BYTES_MAX) {
        return damaged(arena, file->path, arena_printf(arena, "has no usable section %s", name));
    }
    uint8_t *bytes = arena_alloc(arena, (size_t)section->size + 1);
    if (!read_at(file->fd, bytes, (size_t)section->size, section->offset)) {
        return damaged(arena, file->path, "could not be read");
    }
    *ret_bytes = (struct bytes){.ptr = bytes, .len = (size_t)section->size};
    return RESULT_OK;
}

static bool copy_out(const struct backup_file *file, struct arena *arena,
                     const struct found_section *section, int to) {
    uint8_t *chunk = arena_alloc(arena, CHUNK_BYTES);
    for (int64_t at = 0; at < section->size;) {
        size_t part = section->size - at < CHUNK_BYTES ? (size_t)(section->size - at) : CHUNK_BYTES;
        if (!read_at(file->fd, chunk, part, section->offset + at) || !write_all(to, chunk, part)) {
            return false;
        }
        at += (int64_t)part;
    }
    return fsync(to) == 0;
}

struct result backup_file_extract(struct backup_file *file, struct arena *arena, const char *name,
                                  const char *path) {
    const struct found_section *section = find_section(file, name);
    if (section == NULL) {
        return damaged(arena, file->path, arena_printf(arena, "has no section %s", name));
    }
    CLEANUP(close_fd) int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (to < 0 || !copy_out(file, arena, section, to)) {
        return result_failf(arena, &ERR_BACKUP_FILE, "could not write %s: %s", path,
                            strerror(errno));
    }
    return RESULT_OK;
}
