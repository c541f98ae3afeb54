/* SPDX-License-Identifier: MIT */
#include "adapters/chain_quorum/chain_quorum.h"

#include <stdlib.h>
#include <string.h>

#include "adapters/chain_quorum/quorum.h"
#include "base/arena.h"
#include "core/error.h"

enum {
    IDENTITY_GRACE_MS = 2000, /* a wrong node among good ones should be seen */
    HINT_ARENA_BYTES = 64 << 20,
    MISSING_MS_DEFAULT = 60000, /* a restart of a node is done by then */
};

/* ---- identity */

static bool is_one_chain(const struct chain_identity *a, const struct chain_identity *b) {
    return block_hash_eq(a->genesis, b->genesis) && strcmp(a->network, b->network) == 0;
}

/* What stands behind a proxy is not told by every node. */
static bool has_same_program(const struct chain_token *a, const struct chain_token *b) {
    bool has_both = a->has_implementation && b->has_implementation;
    return memcmp(a->code_hash, b->code_hash, sizeof a->code_hash) == 0 &&
           (!has_both ||
            memcmp(a->implementation, b->implementation, sizeof a->implementation) == 0);
}

/* A token's contract is what its program makes of it. */
static bool has_same_tokens(const struct chain_identity *a, const struct chain_identity *b) {
    bool is_same = a->token_count == b->token_count;
    for (size_t i = 0; is_same && i < a->token_count; i++) {
        is_same = a->tokens[i].asset == b->tokens[i].asset &&
                  script_eq(&a->tokens[i].contract, &b->tokens[i].contract);
        bool is_fine = is_same && a->tokens[i].fault == CHAIN_TOKEN_FINE &&
                       b->tokens[i].fault == CHAIN_TOKEN_FINE;
        is_same = is_same && (!is_fine || has_same_program(&a->tokens[i], &b->tokens[i]));
    }
    return is_same;
}

/* A token cannot be used once any node says so: it is easier to do without than to take back. */
static void unite(struct chain_token *token, const struct chain_token *told, const char *label) {
    if (told->fault > token->fault) {
        token->fault = told->fault;
        token->node = label;
    }
    if (!token->has_implementation && told->has_implementation) {
        token->has_implementation = true;
        memcpy(token->implementation, told->implementation, sizeof token->implementation);
    }
}

static void unite_tokens(const struct panel *panel, struct chain_token *tokens, size_t count) {
    for (size_t i = 0; i < panel_count(panel); i++) {
        const struct answer *answer = panel_answer(panel, i);
        bool is_told = answer != NULL && result_is_ok(answer->result);
        for (size_t t = 0; is_told && t < count; t++) {
            unite(&tokens[t], &answer->identity.tokens[t], panel_label(panel, i));
        }
    }
}

static struct chain_identity copy_identity(const struct quorum *self, struct arena *arena,
                                           const struct chain_identity *identity) {
    struct chain_token *tokens = ARENA_ARRAY(arena, struct chain_token, identity->token_count + 1);
    for (size_t i = 0; i < identity->token_count; i++) {
        tokens[i] = identity->tokens[i];
        tokens[i].fault = CHAIN_TOKEN_FINE;
    }
    unite_tokens(self->panel, tokens, identity->token_count);
    return (struct chain_identity){
        .genesis = identity->genesis,
        .network = arena_printf(arena, "%s", identity->network),
        .version = arena_printf(arena, "%zu of %zu nodes, %s", panel_good_count(self->panel),
                                panel_count(self->panel), identity->version),
        .tokens = tokens,
        .token_count = identity->token_count,
    };
}

/* Whoever can be reached must be acceptable, and all on one chain. NULL: nobody can be. */
static struct result check_identities(const struct quorum *self, struct arena *arena,
                                      const struct chain_identity **ret_identity) {
    const struct panel *panel = self->panel;
    const struct chain_identity *first = NULL;
    for (size_t i = 0; i < panel_count(panel); i++) {
        const struct answer *answer = panel_answer(panel, i);
        if (answer == NULL) {
            continue;
        }
        if (answer->result.code == &ERR_NODE_WRONG_NETWORK ||
            answer->result.code == &ERR_NODE_REFUSED) {
            return quorum_result_of(self, arena, i, answer->result);
        }
        if (!result_is_ok(answer->result)) {
            continue;
        }
        first = first == NULL ? &answer->identity : first;
        if (!is_one_chain(first, &answer->identity)) {
            return result_failf(arena, &ERR_NODE_WRONG_NETWORK,
                                "%s is not on the chain that the nodes before it are on",
                                panel_label(panel, i));
        }
        if (!has_same_tokens(first, &answer->identity)) {
            return result_failf(arena, &ERR_NODES_DISAGREE,
                                "%s has other programs behind the tokens than the nodes before it",
                                panel_label(panel, i));
        }
    }
    *ret_identity = first;
    return RESULT_OK;
}

static struct result take_identity(struct quorum *self, struct arena *arena,
                                   const struct question *question,
                                   struct chain_identity *ret_identity) {
    const struct panel *panel = self->panel;
    const struct chain_identity *identity = NULL;
    TRY(check_identities(self, arena, &identity));
    if (identity == NULL || panel_good_count(panel) < panel_quorum(panel)) {
        return quorum_failure(self, arena, question, question_subject(question->kind));
    }
    *ret_identity = copy_identity(self, arena, identity);
    return RESULT_OK;
}

static struct result identify(struct chain *chain, struct arena *arena,
                              struct chain_identity *ret_identity) {
    struct quorum *self = quorum_of(chain);
    const struct panel_round round = {.question = {.kind = QUESTION_IDENTITY},
                                      .is_enough = panel_has_quorum,
                                      .grace_ms = IDENTITY_GRACE_MS};
    panel_ask(self->panel, &round);
    struct result taken = take_identity(self, arena, &round.question, ret_identity);
    panel_settle(self->panel, NULL);
    return taken;
}

/* ---- balances */

static struct result balances(struct chain *chain, struct arena *arena, struct block_hash at,
                              const struct script *programs, size_t count,
                              struct amount *ret_balances) {
    struct quorum *self = quorum_of(chain);
    const struct question question = {
        .kind = QUESTION_BALANCES, .hash = at, .programs = programs, .program_count = count};
    const struct answer *agreed;
    TRY(quorum_agree(self, arena, &question, question_subject(question.kind), &agreed));
    memcpy(ret_balances, agreed->balances, sizeof *ret_balances * count);
    return RESULT_OK;
}

/* ---- what is not proved */

static const char *believed(struct chain *chain) {
    const struct panel *panel = quorum_of(chain)->panel;
    const char *text = NULL;
    for (size_t i = 0; i < panel_count(panel) && text == NULL; i++) {
        struct chain *node = panel_chain(panel, i);
        text = node->ops->believed == NULL ? NULL : node->ops->believed(node);
    }
    return text;
}

/* ---- waiting, life cycle */

static void wait(struct chain *chain, struct block_hash known_tip, uint32_t timeout_ms) {
    panel_wait(quorum_of(chain)->panel, timeout_ms);
}

static void wake(struct chain *chain) {
    panel_wake(quorum_of(chain)->panel);
}

static void stop(struct chain *chain) {
    panel_stop(quorum_of(chain)->panel);
}

static void close_chain(struct chain *chain) {
    struct quorum *self = quorum_of(chain);
    panel_free(self->panel);
    arena_free(self->hint_arena);
    free(self);
}

static const struct chain_ops ops = {
    .identify = identify,
    .tip = quorum_tip,
    .hash_at = quorum_hash_at,
    .block = quorum_block,
    .mempool = quorum_mempool,
    .mempool_has = quorum_mempool_has,
    .finality = quorum_finality,
    .balances = balances,
    .coins = &quorum_coin_ops,
    .warning = quorum_warning,
    .missing = quorum_missing,
    .stuck = quorum_stuck,
    .believed = believed,
    .wait = wait,
    .wake = wake,
    .stop = stop,
    .close = close_chain,
};

struct chain *chain_quorum_new(const struct chain_quorum_options *options) {
    struct quorum *self = calloc(1, sizeof *self);
    BUG_IF(self == NULL);
    self->ops = ops;
    for (size_t i = 0; i < options->node_count; i++) {
        const struct chain_ops *node = options->nodes[i].chain->ops;
        self->ops.mempool_has = node->mempool_has == NULL ? NULL : self->ops.mempool_has;
        self->ops.finality = node->finality == NULL ? NULL : self->ops.finality;
        self->ops.coins = node->coins == NULL ? NULL : self->ops.coins;
        self->ops.balances = node->balances == NULL ? NULL : self->ops.balances;
    }
    self->chain = (struct chain){.ops = &self->ops, .network = options->nodes[0].chain->network};
    self->agreed_tip.height = -1;
    self->missing_ms = options->missing_ms ? options->missing_ms : MISSING_MS_DEFAULT;
    self->hint_arena = arena_new(HINT_ARENA_BYTES);
    self->panel = panel_new(options, quorum_hear, self);
    return &self->chain;
}
