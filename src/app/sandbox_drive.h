/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_SANDBOX_DRIVE_H
#define TILL_APP_SANDBOX_DRIVE_H

/* What an operator does to the simulated chain itself. ERR_SANDBOX_OFF. */

#include <stdint.h>

#include "base/result.h"

struct app;

enum sandbox_fate {                      /* of the transactions in the blocks that are replaced */
                    SANDBOX_FATE_RETURN, /* mined again at once */
                    SANDBOX_FATE_HOLD,   /* mined again by the next sandbox_mine_blocks */
                    SANDBOX_FATE_DROP,   /* double spent */
};

struct result sandbox_mine_blocks(const struct app *app, uint32_t count);
struct result sandbox_replace_blocks(const struct app *app, uint32_t depth, enum sandbox_fate fate);

#endif
