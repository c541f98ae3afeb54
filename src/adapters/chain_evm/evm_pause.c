/* SPDX-License-Identifier: MIT */
#include "adapters/chain_evm/evm_pause.h"

#include <stdio.h>
#include <time.h>

#include "core/error.h"

enum { FIRST_MS = 500, LONGEST_MS = 8000 };

static int64_t monotonic_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

bool evm_pause_is_over(const struct evm_pause *pause) {
    return monotonic_us() / 1000 >= pause->until_ms;
}

void evm_pause_note(struct evm_pause *pause, struct result result) {
    if (result.code != &ERR_NODE_UNREACHABLE) {
        *pause = (struct evm_pause){0};
        return;
    }
    if (pause->next_ms > 0) {
        int64_t now_us = monotonic_us();
        uint32_t half_ms = pause->next_ms / 2;
        pause->until_ms = now_us / 1000 + half_ms + now_us % (half_ms + 1); /* the clock's dice */
    }
    (void)snprintf(pause->why, sizeof pause->why, "%s", result_text(result));
    uint32_t longer_ms = pause->next_ms == 0 ? FIRST_MS : pause->next_ms * 2;
    pause->next_ms = longer_ms < LONGEST_MS ? longer_ms : LONGEST_MS;
}
