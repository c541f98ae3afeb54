/* SPDX-License-Identifier: MIT */
#include "adapters/clock_os/clock_os.h"

#include <time.h>

#include "base/result.h"

static int64_t read_ms(clockid_t id) {
    struct timespec now;
    BUG_IF(clock_gettime(id, &now) != 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t wall_ms(void *context) {
    (void)context;
    return read_ms(CLOCK_REALTIME);
}

static int64_t monotonic_ms(void *context) {
    (void)context;
    return read_ms(CLOCK_MONOTONIC);
}

struct clock clock_os(void) {
    return (struct clock){.wall_ms = wall_ms, .monotonic_ms = monotonic_ms};
}
