/* SPDX-License-Identifier: MIT */
#include "core/wallet_uri.h"

#include <inttypes.h>

#include "base/arena.h"
#include "core/asset.h"

/* BIP-21: "amounts are expressed in decimal" whole coins. */
static struct str bip21(struct arena *arena, const struct wallet_request *request) {
    const struct asset *asset = request->amount.asset;
    if (asset->network->uri_scheme == NULL || asset->kind != ASSET_COIN) {
        return STR("");
    }
    struct str amount = amount_to_text(arena, request->amount);
    return str_from_c(arena_printf(arena, "%s:%.*s?amount=%.*s", asset->network->uri_scheme,
                                   STR_ARG(request->address), STR_ARG(amount)));
}

/* EIP-681: "request = schema_prefix target_address [ "@" chain_id ] [ "/" function_name ] [ "?"
 * parameters ]". The target of a token is its contract, and sums are whole base units. Without the
 * chain id a wallet would take the chain it is on, so it always stands there. */
static struct str eip681(struct arena *arena, const struct wallet_request *request) {
    bool is_token = request->amount.asset->kind == ASSET_TOKEN;
    if (request->chain_id == 0 || is_token == str_is_empty(request->contract)) {
        return STR("");
    }
    struct str units = amount_to_units(arena, request->amount);
    if (!is_token) {
        return str_from_c(arena_printf(arena, "ethereum:%.*s@%" PRIu64 "?value=%.*s",
                                       STR_ARG(request->address), request->chain_id,
                                       STR_ARG(units)));
    }
    return str_from_c(arena_printf(
        arena, "ethereum:%.*s@%" PRIu64 "/transfer?address=%.*s&uint256=%.*s",
        STR_ARG(request->contract), request->chain_id, STR_ARG(request->address), STR_ARG(units)));
}

struct str wallet_uri(struct arena *arena, const struct wallet_request *request) {
    switch (request->amount.asset->network->kind) {
    case CHAIN_BITCOIN:
        return bip21(arena, request);
    case CHAIN_EVM:
        return eip681(arena, request);
    case CHAIN_TRON:
    case CHAIN_SANDBOX:
        break;
    }
    return STR("");
}

bool wallet_uri_comes_second(const struct asset *asset) {
    return asset->network->kind == CHAIN_EVM;
}
