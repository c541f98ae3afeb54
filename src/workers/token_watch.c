/* SPDX-License-Identifier: MIT */
#include "workers/token_watch.h"

#include "app/app.h"
#include "app/token_check.h"
#include "base/arena.h"
#include "base/log.h"
#include "core/asset.h"
#include "core/error.h"
#include "ports/chain.h"

enum { LOOK_MS = 3600 * 1000, LOOK_AGAIN_MS = 60 * 1000 };

static void note_one(struct token_watch *watch, struct followed_network *followed,
                     const struct chain_token *token) {
    watch->looks_often = watch->looks_often || token->fault != CHAIN_TOKEN_FINE;
    if (token->fault != network_token_fault(followed, token->asset)) {
        log_event(LOG_WARN, "token", LOG_STR("asset", str_from_c(token->asset->code)),
                  LOG_BOOL("usable", token->fault == CHAIN_TOKEN_FINE),
                  LOG_STR("reason", str_from_c(token_fault_text(token->fault))),
                  LOG_STR("node", str_from_c(token->node == NULL ? "" : token->node)));
    }
    network_set_token_fault(followed, token->asset, token->fault);
}

struct result token_watch_note(struct token_watch *watch, const struct app *app,
                               struct followed_network *followed, struct arena *arena,
                               const struct chain_identity *identity) {
    watch->looked_at_tick_ms = app_tick_ms(app);
    watch->looks_often = false;
    if (identity->token_count == 0) {
        return RESULT_OK;
    }
    struct token_check check = {.tokens = identity->tokens, .token_count = identity->token_count};
    TRY(job_run(app->queue, &token_check_use_case, &check, arena));
    /* What is paid meanwhile would be left out for good, or be another sum: better to wait. */
    const struct chain_token *liar = check.contradicting;
    if (liar != NULL) {
        return result_failf(arena, &ERR_NODE_WRONG_NETWORK,
                            "the contract of %s, which was in use, suddenly tells other "
                            "decimals%s%s",
                            liar->asset->code, liar->node == NULL ? "" : ", says ",
                            liar->node == NULL ? "" : liar->node);
    }
    for (size_t i = 0; i < check.token_count; i++) {
        note_one(watch, followed, &check.tokens[i]);
        network_set_changed(followed, check.tokens[i].asset, check.has_changed[i]);
        watch->looks_often = watch->looks_often || check.has_changed[i];
    }
    return RESULT_OK;
}

bool token_watch_is_due(const struct token_watch *watch, const struct app *app) {
    int64_t pace_ms = watch->looks_often ? LOOK_AGAIN_MS : LOOK_MS;
    return app_tick_ms(app) - watch->looked_at_tick_ms >= pace_ms;
}

static bool counts(struct followed_network *followed, const struct chain_output *output) {
    return network_token_fault(followed, output->amount.asset) != CHAIN_TOKEN_MISCOUNTS;
}

void token_watch_trim(struct followed_network *followed, struct arena *arena,
                      struct chain_block *block) {
    bool is_well = true;
    for (size_t i = 0; i < followed->tokens.count; i++) {
        const struct asset *asset = followed->tokens.tokens[i].asset;
        is_well = is_well && network_token_fault(followed, asset) != CHAIN_TOKEN_MISCOUNTS;
    }
    if (is_well) {
        return;
    }
    struct chain_output *kept = ARENA_ARRAY(arena, struct chain_output, block->output_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < block->output_count; i++) {
        if (counts(followed, &block->outputs[i])) {
            kept[count++] = block->outputs[i];
        }
    }
    block->outputs = kept;
    block->output_count = count;
}
