/* SPDX-License-Identifier: MIT */
#include "app/token_check.h"

#include <string.h>

#include "app/ledger.h"
#include "app/networks.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "core/error.h"
#include "ports/chain.h"
#include "ports/store_journal.h"
#include "ports/store_token.h"

static struct token_contract contract_of(const struct chain_token *token) {
    struct token_contract contract;
    BUG_IF(token->contract.len != sizeof contract.address);
    memcpy(contract.address, token->contract.bytes, sizeof contract.address);
    memcpy(contract.code_hash, token->code_hash, sizeof contract.code_hash);
    contract.has_implementation = token->has_implementation;
    memcpy(contract.implementation, token->implementation, sizeof contract.implementation);
    return contract;
}

static bool is_same_program(const struct token_contract *a, const struct token_contract *b) {
    return memcmp(a->address, b->address, sizeof a->address) == 0 &&
           memcmp(a->code_hash, b->code_hash, sizeof a->code_hash) == 0;
}

/* What one of them does not tell is no difference. */
static bool contract_eq(const struct token_contract *a, const struct token_contract *b) {
    bool has_both = a->has_implementation && b->has_implementation;
    return is_same_program(a, b) && (!has_both || memcmp(a->implementation, b->implementation,
                                                         sizeof a->implementation) == 0);
}

static struct result tell(struct ledger *ledger, const struct token_pin_row *pin) {
    struct str code = str_from_c(pin->asset->code);
    if (!pin->has_changed) {
        return store_alarm_clear(ledger_conn(ledger), STR("token_changed"), code,
                                 ledger_now_ms(ledger));
    }
    bool is_behind = is_same_program(&pin->pinned, &pin->told);
    return ledger_alarm(ledger, "token_changed", code,
                        is_behind ? STR("the program behind its proxy is not what it was: no new "
                                        "invoice asks for it; till chain status shows both")
                                  : STR("its contract, or the program there, is not what it was: "
                                        "no new invoice asks for it"));
}

#define UNUSABLE STR("token_unusable")

static struct result tell_fault(struct ledger *ledger, const struct chain_token *token) {
    struct str code = str_from_c(token->asset->code);
    if (token->fault == CHAIN_TOKEN_FINE) {
        return store_alarm_clear(ledger_conn(ledger), UNUSABLE, code, ledger_now_ms(ledger));
    }
    const char *node = token->node;
    const char *text = arena_printf(ledger_arena(ledger), "%s%s%s", token_fault_text(token->fault),
                                    node == NULL ? "" : ", says ", node == NULL ? "" : node);
    return ledger_alarm(ledger, "token_unusable", code, str_from_c(text));
}

/* What cannot be used is not compared, and stays what it was. */
static struct result read_changed(struct ledger *ledger, const struct asset *asset,
                                  bool *ret_has_changed) {
    struct token_pin_row pin = {.has_changed = false};
    struct result found = store_token_pin_by_asset(ledger_conn(ledger), asset, &pin);
    *ret_has_changed = result_is_ok(found) && pin.has_changed;
    return found.code == &ERR_NOT_FOUND ? RESULT_OK : found;
}

/* Decimals do not change: of the very contract that was found well before, these are not true. */
static struct result find_contradiction(struct ledger *ledger, const struct chain_token *token,
                                        bool *ret_contradicts) {
    struct token_pin_row pin;
    *ret_contradicts = false;
    if (token->fault != CHAIN_TOKEN_MISCOUNTS) {
        return RESULT_OK;
    }
    struct result found = store_token_pin_by_asset(ledger_conn(ledger), token->asset, &pin);
    *ret_contradicts = result_is_ok(found) &&
                       bytes_eq(script_bytes(&token->contract), BYTES_OF(pin.pinned.address));
    return found.code == &ERR_NOT_FOUND ? RESULT_OK : found;
}

/* What stood behind a contract when it was pinned was not told then. True if it is now. */
static bool learn(struct token_contract *pinned, const struct token_contract *told) {
    if (pinned->has_implementation || !told->has_implementation || !is_same_program(pinned, told)) {
        return false;
    }
    *pinned = *told;
    return true;
}

static struct result check(struct ledger *ledger, const struct chain_token *token,
                           bool *ret_has_changed) {
    TRY(tell_fault(ledger, token));
    if (token->fault != CHAIN_TOKEN_FINE) {
        return read_changed(ledger, token->asset, ret_has_changed);
    }
    struct token_contract told = contract_of(token);
    struct token_pin_row pin;
    struct result found = store_token_pin_by_asset(ledger_conn(ledger), token->asset, &pin);
    if (found.code == &ERR_NOT_FOUND) {
        pin = (struct token_pin_row){.network = token->asset->network,
                                     .asset = token->asset,
                                     .pinned = told,
                                     .pinned_at_ms = ledger_now_ms(ledger)};
        *ret_has_changed = false;
        return store_token_pin_insert(ledger_conn(ledger), &pin);
    }
    TRY(found);
    bool is_known = pin.has_changed && contract_eq(&pin.told, &told);
    if (is_known && !told.has_implementation) {
        told = pin.told; /* who cannot tell takes nothing back */
    }
    bool learns = learn(&pin.pinned, &told);
    *ret_has_changed = !contract_eq(&pin.pinned, &told);
    if (!learns && pin.has_changed == *ret_has_changed && (!pin.has_changed || is_known)) {
        /* Told again: an operator may have cleared the alarm. */
        return pin.has_changed ? tell(ledger, &pin) : RESULT_OK;
    }
    pin.has_changed = *ret_has_changed;
    pin.told = told;
    TRY(store_token_pin_update(ledger_conn(ledger), &pin));
    return tell(ledger, &pin);
}

static struct result token_check_apply(void *input, struct ledger *ledger) {
    struct token_check *tokens = input;
    BUG_IF(tokens->token_count > TOKENS_MAX);
    for (size_t i = 0; i < tokens->token_count; i++) {
        bool contradicts = false;
        TRY(find_contradiction(ledger, &tokens->tokens[i], &contradicts));
        if (contradicts) {
            tokens->contradicting = &tokens->tokens[i];
            return RESULT_OK;
        }
    }
    for (size_t i = 0; i < tokens->token_count; i++) {
        TRY(check(ledger, &tokens->tokens[i], &tokens->has_changed[i]));
    }
    return RESULT_OK;
}

const struct use_case token_check_use_case = {
    .name = "token_check",
    .job_class = JOB_CHAIN,
    .apply = token_check_apply,
};

/* The alarm's text, which may name a node at its end. */
static enum chain_token_fault fault_by_text(struct str text) {
    enum chain_token_fault fault = CHAIN_TOKEN_MISCOUNTS;
    while (fault != CHAIN_TOKEN_FINE &&
           !str_starts_with(text, str_from_c(token_fault_text(fault)))) {
        fault--;
    }
    return fault;
}

static struct result load_faults(struct store_conn *reader, struct arena *arena,
                                 struct followed_network *followed) {
    const struct alarm_row *alarms;
    size_t count;
    TRY(store_alarm_list(reader, arena, &alarms, &count));
    for (size_t i = 0; i < count; i++) {
        const struct asset *asset = asset_by_code(alarms[i].subject);
        if (asset != NULL && str_eq(alarms[i].code, UNUSABLE)) {
            network_set_token_fault(followed, asset, fault_by_text(alarms[i].detail));
        }
    }
    return RESULT_OK;
}

struct result token_changes_load(struct store_conn *reader, struct arena *arena,
                                 struct followed_network *followed) {
    TRY(load_faults(reader, arena, followed));
    for (size_t i = 0; i < followed->tokens.count; i++) {
        const struct asset *asset = followed->tokens.tokens[i].asset;
        struct token_pin_row pin;
        struct result found = store_token_pin_by_asset(reader, asset, &pin);
        if (found.code != &ERR_NOT_FOUND) {
            TRY(found);
            network_set_changed(followed, asset, pin.has_changed);
        }
    }
    return RESULT_OK;
}
