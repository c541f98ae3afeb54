/* SPDX-License-Identifier: MIT */
#include "adapters/bounds_file/bounds_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/checked.h"
#include "core/error.h"

enum {
    COUNTER_NAME_BYTES_MAX = 64,
    STOP_MARK_BYTES_MAX = 64,
    FILE_BYTES_MAX = 64 << 20, /* a million counters */
    WORK_ARENA_BYTES = 256 << 20,
};

/* The first line: a file of another kind or version is refused. */
#define FILE_HEAD "till bounds 1"

struct bound {
    char counter[COUNTER_NAME_BYTES_MAX + 1];
    int64_t value;
};

struct bounds {
    char path[PATH_MAX];
    int64_t birth_ns; /* of the file as it was written; another one's is a copy's */
    char stop_mark[STOP_MARK_BYTES_MAX + 1];
    struct bound *bounds;
    size_t count;
    size_t capacity;
};

static struct bound *find(const struct bounds *bounds, struct str counter) {
    for (size_t i = 0; i < bounds->count; i++) {
        if (str_eq(str_from_c(bounds->bounds[i].counter), counter)) {
            return &bounds->bounds[i];
        }
    }
    return NULL;
}

static struct bound *bound_new(struct bounds *bounds, struct str counter) {
    BUG_IF(counter.len > COUNTER_NAME_BYTES_MAX);
    if (bounds->bounds == NULL || bounds->count == bounds->capacity) {
        bounds->capacity = bounds->capacity == 0 ? 16 : bounds->capacity * 2;
        bounds->bounds = realloc(bounds->bounds, bounds->capacity * sizeof *bounds->bounds);
        BUG_IF(bounds->bounds == NULL);
    }
    struct bound *bound = &bounds->bounds[bounds->count++];
    *bound = (struct bound){0};
    memcpy(bound->counter, counter.ptr, counter.len);
    return bound;
}

static struct str file_text(const struct bounds *bounds, struct arena *arena) {
    struct buf text = buf_in(arena);
    buf_puts(&text, FILE_HEAD "\n");
    buf_putf(&text, "born %lld\n", (long long)bounds->birth_ns);
    if (bounds->stop_mark[0] != '\0') {
        buf_putf(&text, "stop %s\n", bounds->stop_mark);
    }
    for (size_t i = 0; i < bounds->count; i++) {
        buf_putf(&text, "%lld %s\n", (long long)bounds->bounds[i].value, bounds->bounds[i].counter);
    }
    BUG_IF(text.failed);
    return buf_str(&text);
}

/* When the file came to be: what no copy keeps, and neither chown nor chmod change. 0 where the
 * file system does not tell. */
static int64_t birth_ns_of(int fd) {
    struct statx status;
    if (statx(fd, "", AT_EMPTY_PATH, STATX_BTIME, &status) != 0 ||
        (status.stx_mask & STATX_BTIME) == 0) {
        return 0;
    }
    return status.stx_btime.tv_sec * INT64_C(1000000000) + status.stx_btime.tv_nsec;
}

static bool write_and_sync(struct bounds *bounds, struct arena *arena, const char *path) {
    (void)unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return false;
    }
    bounds->birth_ns = birth_ns_of(fd);
    struct str text = file_text(bounds, arena);
    bool written = write(fd, text.ptr, text.len) == (ssize_t)text.len && fsync(fd) == 0;
    return close(fd) == 0 && written;
}

static bool sync_folder(struct arena *arena, const char *path) {
    int fd = open(dirname(arena_printf(arena, "%s", path)), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    bool synced = fsync(fd) == 0;
    (void)close(fd);
    return synced;
}

static struct result save(struct bounds *bounds) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(WORK_ARENA_BYTES);
    const char *beside = arena_printf(arena, "%s.new", bounds->path);
    errno = 0;
    bool saved = write_and_sync(bounds, arena, beside) && rename(beside, bounds->path) == 0 &&
                 sync_folder(arena, bounds->path);
    if (!saved) {
        return result_fail(errno == ENOSPC || errno == EDQUOT ? &ERR_STORE_FULL
                                                              : &ERR_STORE_BROKEN);
    }
    return RESULT_OK;
}

static bool parse_line(struct bounds *bounds, struct str line) {
    struct str first;
    struct str rest = line;
    if (!str_split_next(&rest, ' ', &first) || rest.len == 0) {
        return false;
    }
    if (str_eq(first, STR("stop"))) {
        if (rest.len > STOP_MARK_BYTES_MAX) {
            return false;
        }
        memcpy(bounds->stop_mark, rest.ptr, rest.len);
        return true;
    }
    if (str_eq(first, STR("born"))) {
        return str_to_i64(rest, &bounds->birth_ns);
    }
    uint64_t value;
    if (!str_to_u64(first, &value) || value > INT64_MAX || rest.len > COUNTER_NAME_BYTES_MAX ||
        find(bounds, rest) != NULL) {
        return false;
    }
    bound_new(bounds, rest)->value = (int64_t)value;
    return true;
}

static bool parse(struct bounds *bounds, struct str text) {
    struct str line;
    if (!str_ends_with(text, STR("\n")) || !str_split_next(&text, '\n', &line) ||
        !str_eq(line, STR(FILE_HEAD))) {
        return false;
    }
    while (str_split_next(&text, '\n', &line) && text.ptr != NULL) {
        if (!parse_line(bounds, line)) {
            return false;
        }
    }
    return true;
}

static bool read_file(struct arena *arena, int fd, struct str *ret_text) {
    struct stat status;
    if (fstat(fd, &status) != 0 || status.st_size > FILE_BYTES_MAX) {
        return false;
    }
    char *text = arena_alloc(arena, (size_t)status.st_size + 1);
    ssize_t size = read(fd, text, (size_t)status.st_size);
    *ret_text = (struct str){.ptr = text, .len = size < 0 ? 0 : (size_t)size};
    return size == status.st_size;
}

static struct bounds *bounds_new(const char *path) {
    struct bounds *bounds = calloc(1, sizeof *bounds);
    BUG_IF(bounds == NULL || strlen(path) >= sizeof bounds->path);
    memcpy(bounds->path, path, strlen(path) + 1);
    return bounds;
}

struct result bounds_file_open(struct arena *arena, const char *path, struct bounds **ret_bounds,
                               bool *ret_found) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno != ENOENT) {
        return result_failf(arena, &ERR_BOUNDS_FILE, "cannot read %s: %s", path, strerror(errno));
    }
    struct bounds *bounds = bounds_new(path);
    *ret_found = fd >= 0;
    if (fd >= 0) {
        CLEANUP(arena_cleanup) struct arena *work = arena_new(WORK_ARENA_BYTES);
        struct str text;
        bool sound = read_file(work, fd, &text) && parse(bounds, text);
        *ret_found = birth_ns_of(fd) == bounds->birth_ns;
        (void)close(fd);
        if (!sound) {
            bounds_file_close(bounds);
            return result_failf(arena, &ERR_BOUNDS_FILE,
                                "%s is damaged; restore it with the store from a backup", path);
        }
    }
    if (!*ret_found) {
        memset(bounds->stop_mark, 0, sizeof bounds->stop_mark);
    }
    *ret_bounds = bounds;
    return RESULT_OK;
}

void bounds_file_close(struct bounds *bounds) {
    if (bounds != NULL) {
        free(bounds->bounds);
        free(bounds);
    }
}

int64_t bounds_get(const struct bounds *bounds, struct str counter) {
    const struct bound *bound = find(bounds, counter);
    return bound == NULL ? 0 : bound->value;
}

struct result bounds_raise(struct bounds *bounds, struct str counter, int64_t bound) {
    struct bound *entry = find(bounds, counter);
    if (entry == NULL) {
        entry = bound_new(bounds, counter);
    }
    if (bound <= entry->value) {
        return RESULT_OK;
    }
    int64_t before = entry->value;
    entry->value = bound;
    struct result saved = save(bounds);
    if (!result_is_ok(saved)) {
        entry->value = before;
    }
    return saved;
}

struct str bounds_stop_mark(const struct bounds *bounds) {
    return str_from_c(bounds->stop_mark);
}

struct result bounds_set_stop_mark(struct bounds *bounds, struct str mark) {
    BUG_IF(mark.len > STOP_MARK_BYTES_MAX);
    memset(bounds->stop_mark, 0, sizeof bounds->stop_mark);
    memcpy(bounds->stop_mark, mark.ptr, mark.len);
    return save(bounds);
}

struct result bounds_file_raise_all(struct bounds *bounds, const struct bounds *from,
                                    int64_t margin) {
    for (size_t i = 0; i < from->count; i++) {
        struct str counter = str_from_c(from->bounds[i].counter);
        struct bound *bound = find(bounds, counter);
        if (bound == NULL) {
            bound = bound_new(bounds, counter);
        }
        int64_t value;
        ENSURE(i64_add(from->bounds[i].value, margin, &value), ERR_BOUNDS_FILE);
        bound->value = value > bound->value ? value : bound->value;
    }
    return bounds_set_stop_mark(bounds, STR(""));
}
