/* SPDX-License-Identifier: MIT */
#include "app/sandbox_drive.h"

#include "app/app.h"
#include "core/error.h"
#include "ports/sandbox.h"

struct result sandbox_mine_blocks(const struct app *app, uint32_t count) {
    ENSURE(app->sandbox != NULL, ERR_SANDBOX_OFF);
    return sandbox_mine(app->sandbox, count);
}

struct result sandbox_replace_blocks(const struct app *app, uint32_t depth,
                                     enum sandbox_fate fate) {
    static const enum sandbox_reorg_mode modes[] = {
        [SANDBOX_FATE_RETURN] = SANDBOX_REORG_RETURN,
        [SANDBOX_FATE_HOLD] = SANDBOX_REORG_HOLD,
        [SANDBOX_FATE_DROP] = SANDBOX_REORG_DROP,
    };
    ENSURE(app->sandbox != NULL, ERR_SANDBOX_OFF);
    return sandbox_reorg(app->sandbox, depth, modes[fate]);
}
