/* SPDX-License-Identifier: MIT */
#include "app/token_show.h"

#include <string.h>

#include "app/networks.h"
#include "core/chain_params.h"
#include "core/error.h"
#include "ports/store_token.h"

static struct result write(const struct followed_network *followed,
                           const struct token_contract *contract, struct address_text *ret_text) {
    static const uint8_t nobody[sizeof contract->implementation];
    struct script program;
    *ret_text = (struct address_text){.len = 0};
    if (!contract->has_implementation ||
        memcmp(contract->implementation, nobody, sizeof nobody) == 0) {
        return RESULT_OK;
    }
    const struct chain_params *params =
        chain_params_by_name(str_from_c(followed->network->key), str_from_c(followed->chain_name));
    BUG_IF(!script_from_bytes(BYTES_OF(contract->implementation), &program));
    return address_encode(params, &program, ret_text);
}

struct result token_show(struct store_conn *reader, const struct followed_network *followed,
                         const struct asset *asset, struct token_shown *ret_shown) {
    struct token_pin_row pin;
    *ret_shown = (struct token_shown){.implementation = {.len = 0}};
    struct result found = store_token_pin_by_asset(reader, asset, &pin);
    if (found.code == &ERR_NOT_FOUND) {
        return RESULT_OK;
    }
    TRY(found);
    TRY(write(followed, &pin.pinned, &ret_shown->implementation));
    return pin.has_changed ? write(followed, &pin.told, &ret_shown->new_implementation) : RESULT_OK;
}
