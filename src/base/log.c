/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "base/json_write.h"
#include "base/utc.h"

enum {
    LOG_VALUE_BYTES_MAX = 1024,
    LOG_TAIL_BYTES = 64, /* kept free for "cut", "dropped" and the end of the line */
    LOG_WAIT_MS = 20,
};

static const char *const level_names[] = {
    [LOG_DEBUG] = "debug", [LOG_INFO] = "info", [LOG_WARN] = "warn", [LOG_ERROR] = "error"};

/* The log is the one thing of base that the whole process shares. */
static struct {
    atomic_int level;
    atomic_int fd;
    atomic_ullong dropped;    /* since the start */
    atomic_ullong unreported; /* those that no line has told yet */
    pthread_mutex_t lock;     /* for what follows, and to keep lines apart */
    bool is_slow;             /* the last line was dropped: do not wait again */
    bool is_torn;             /* half a line went out: begin with a line end */
} log_state = {.level = LOG_INFO, .fd = STDERR_FILENO, .lock = PTHREAD_MUTEX_INITIALIZER};

/* A line under construction; the first byte of `memory` is a line end, to close a torn one. */
struct log_line {
    char memory[LOG_LINE_BYTES_MAX];
    struct buf buf;
    struct json_writer writer;
    bool is_cut;
};

bool log_is_on(enum log_level level) {
    return (int)level >= atomic_load_explicit(&log_state.level, memory_order_relaxed);
}

void log_set_level(enum log_level level) {
    atomic_store(&log_state.level, (int)level);
}

void log_set_fd(int fd) {
    atomic_store(&log_state.fd, fd);
}

bool log_level_by_name(struct str name, enum log_level *ret_level) {
    for (size_t i = 0; i < sizeof level_names / sizeof level_names[0]; i++) {
        if (str_eq(name, str_from_c(level_names[i]))) {
            *ret_level = (enum log_level)i;
            return true;
        }
    }
    return false;
}

uint64_t log_dropped_count(void) {
    return atomic_load(&log_state.dropped);
}

/* ---- building a line */

static void put_text(struct log_line *line, struct str text) {
    if (text.len > LOG_VALUE_BYTES_MAX) {
        size_t len = LOG_VALUE_BYTES_MAX;
        while (len > 0 && ((uint8_t)text.ptr[len] & 0xc0) == 0x80) {
            len--; /* not inside a sequence */
        }
        text.len = len;
        line->is_cut = true;
    }
    json_write_str(&line->writer, text);
}

static void put_c_string(struct log_line *line, const char *c_string) {
    if (c_string == NULL) {
        json_write_null(&line->writer);
    } else {
        put_text(line, str_from_c(c_string));
    }
}

static void put_field(struct log_line *line, const struct log_field *field) {
    json_write_key(&line->writer, str_from_c(field->name));
    switch (field->kind) {
    case LOG_FIELD_STR:
        put_text(line, field->str);
        break;
    case LOG_FIELD_CSTR:
        put_c_string(line, field->c_string);
        break;
    case LOG_FIELD_U64:
        json_write_u64(&line->writer, field->u64);
        break;
    case LOG_FIELD_I64:
        json_write_i64(&line->writer, field->i64);
        break;
    case LOG_FIELD_BOOL:
        json_write_bool(&line->writer, field->boolean);
        break;
    case LOG_FIELD_RESULT:
        put_c_string(line, result_is_ok(field->result) ? "ok" : field->result.code->name);
        json_write_key(&line->writer, STR("detail"));
        put_c_string(line, result_text(field->result));
        break;
    }
}

/* All of the field or nothing of it. */
static void put_field_that_fits(struct log_line *line, const struct log_field *field) {
    size_t len = line->buf.len;
    struct json_writer writer = line->writer;
    put_field(line, field);
    if (line->buf.failed) {
        line->buf.failed = false;
        line->buf.len = len;
        line->writer = writer;
        line->is_cut = true;
    }
}

static void begin_line(struct log_line *line, enum log_level level, const char *event) {
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    char time_text[UTC_TEXT_BYTES];
    line->is_cut = false;
    line->buf = buf_over(line->memory, sizeof line->memory - LOG_TAIL_BYTES);
    buf_put_char(&line->buf, '\n');
    json_writer_init(&line->writer, &line->buf);
    json_write_object_begin(&line->writer);
    json_write_key(&line->writer, STR("ts"));
    json_write_str(&line->writer,
                   utc_text((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, time_text));
    put_field_that_fits(line, &(struct log_field){.name = "level",
                                                  .c_string = level_names[level],
                                                  .kind = LOG_FIELD_CSTR});
    put_field_that_fits(
        line, &(struct log_field){.name = "event", .c_string = event, .kind = LOG_FIELD_CSTR});
}

static void end_line(struct log_line *line, uint64_t dropped) {
    line->buf.cap = sizeof line->memory;
    if (line->is_cut) {
        put_field(line,
                  &(struct log_field){.name = "cut", .kind = LOG_FIELD_BOOL, .boolean = true});
    }
    if (dropped > 0) {
        put_field(line,
                  &(struct log_field){.name = "dropped", .kind = LOG_FIELD_U64, .u64 = dropped});
    }
    json_write_object_end(&line->writer);
    buf_put_char(&line->buf, '\n');
    BUG_IF(line->buf.failed);
}

/* ---- writing it */

/* Waits a moment at most, also where `fd` would block: whoever reads the log must not be able to
 * stop us. */
static bool is_writable(int fd, int wait_ms) {
    struct pollfd wanted = {.fd = fd, .events = POLLOUT};
    return poll(&wanted, 1, wait_ms) == 1 && (wanted.revents & POLLOUT) != 0;
}

static bool emit(struct str line) {
    (void)pthread_mutex_lock(&log_state.lock);
    int fd = atomic_load(&log_state.fd);
    struct str text = str_slice(line, log_state.is_torn ? 0 : 1, line.len);
    ssize_t written = -1;
    if (is_writable(fd, log_state.is_slow ? 0 : LOG_WAIT_MS)) {
        do {
            written = write(fd, text.ptr, text.len);
        } while (written < 0 && errno == EINTR);
    }
    bool ok = written == (ssize_t)text.len;
    log_state.is_slow = !ok;
    if (written > 0) {
        log_state.is_torn = !ok;
    }
    (void)pthread_mutex_unlock(&log_state.lock);
    return ok;
}

void log_write(enum log_level level, const char *event, const struct log_field *fields,
               size_t field_count) {
    int saved_errno = errno;
    struct log_line line;
    begin_line(&line, level, event);
    for (size_t i = 0; i < field_count; i++) {
        put_field_that_fits(&line, &fields[i]);
    }
    uint64_t unreported = atomic_exchange(&log_state.unreported, 0);
    end_line(&line, unreported);
    if (!emit(buf_str(&line.buf))) {
        atomic_fetch_add(&log_state.dropped, 1);
        atomic_fetch_add(&log_state.unreported, unreported + 1);
    }
    errno = saved_errno;
}
