/* SPDX-License-Identifier: MIT */
#include "core/token.h"

#include "core/asset.h"
#include "core/chain_params.h"
#include "core/error.h"

static struct result refuse(const char *detail) {
    return (struct result){.code = &ERR_TOKEN_CONTRACT_INVALID, .detail = detail};
}

/* A contract is written as any address of its network, whatever the chain id. */
static bool read_contract(const struct network *network, struct str text, struct token *token) {
    const struct chain_params *params = chain_params_by_name(str_from_c(network->key), STR("main"));
    return params != NULL && result_is_ok(address_decode(params, text, &token->contract)) &&
           result_is_ok(address_encode(params, &token->contract, &token->text));
}

void token_list_init(struct token_list *list, const struct network *network, uint64_t chain_id) {
    *list = (struct token_list){0};
    if (network->chain_id == 0 || chain_id != network->chain_id) {
        return;
    }
    for (const struct asset *const *at = asset_list(); *at != NULL; at++) {
        if ((*at)->network != network || (*at)->contract == NULL) {
            continue;
        }
        struct token token = {.asset = *at};
        BUG_IF(!read_contract(network, str_from_c((*at)->contract), &token));
        BUG_IF(!result_is_ok(token_list_put(list, &token)));
    }
}

struct result token_from_text(const struct network *network, struct str code, struct str text,
                              struct token *ret_token) {
    struct token token = {.asset = asset_by_code(code)};
    if (token.asset == NULL || token.asset->kind != ASSET_TOKEN) {
        return refuse("no token has this code");
    }
    if (token.asset->network != network) {
        return refuse("the token belongs to another network");
    }
    size_t colon = str_find(text, ':');
    if (!read_contract(network, str_slice(text, 0, colon), &token)) {
        return refuse("the contract is no address of this network, or its checksum is wrong");
    }
    uint64_t decimals;
    if (colon == text.len || !str_to_u64(str_slice(text, colon + 1, text.len), &decimals)) {
        return refuse("write CONTRACT:DECIMALS");
    }
    if (decimals != token.asset->decimals) {
        return refuse("this token has other decimals");
    }
    *ret_token = token;
    return RESULT_OK;
}

struct result token_list_put(struct token_list *list, const struct token *token) {
    const struct token *same = token_by_contract(list, script_bytes(&token->contract));
    if (same != NULL && same->asset != token->asset) {
        return refuse("another token has this contract");
    }
    for (size_t i = 0; i < list->count; i++) {
        if (list->tokens[i].asset == token->asset) {
            list->tokens[i] = *token;
            return RESULT_OK;
        }
    }
    BUG_IF(list->count == TOKENS_MAX);
    list->tokens[list->count++] = *token;
    return RESULT_OK;
}

const struct token *token_by_asset(const struct token_list *list, const struct asset *asset) {
    for (size_t i = 0; i < list->count; i++) {
        if (list->tokens[i].asset == asset) {
            return &list->tokens[i];
        }
    }
    return NULL;
}

const struct token *token_by_contract(const struct token_list *list, struct bytes contract) {
    for (size_t i = 0; i < list->count; i++) {
        if (bytes_eq(script_bytes(&list->tokens[i].contract), contract)) {
            return &list->tokens[i];
        }
    }
    return NULL;
}
