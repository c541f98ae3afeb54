/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_CLOCK_H
#define TILL_PORTS_CLOCK_H

/* The time, asked through here so that tests and the simulator can say what it is. Wall time is for
 * what people and chains see; deadlines and pauses use the monotonic clock, which never jumps. */

#include <stdint.h>

struct clock {
    int64_t (*wall_ms)(void *context); /* since 1970, UTC */
    int64_t (*monotonic_ms)(void *context);
    void *context;
};

static inline int64_t clock_wall_ms(const struct clock *clock) {
    return clock->wall_ms(clock->context);
}

static inline int64_t clock_monotonic_ms(const struct clock *clock) {
    return clock->monotonic_ms(clock->context);
}

#endif
