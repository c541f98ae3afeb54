/* SPDX-License-Identifier: MIT */
#include "app/address_show.h"

#include "app/app.h"
#include "app/wallet_add.h"
#include "base/bytes.h"
#include "core/chain_params.h"
#include "core/error.h"

struct result address_show(const struct app *app, const struct address_row *row,
                           struct address_text *ret_text) {
    uint8_t mac[MAC_BYTES];
    address_mac(app, row, mac);
    ENSURE(bytes_eq_secret(BYTES_OF(mac), BYTES_OF(row->mac)), ERR_ADDRESS_TAMPERED);
    const struct followed_network *followed = networks_find(&app->networks, row->network);
    ENSURE(followed != NULL, ERR_NETWORK_UNKNOWN);
    const struct chain_params *params = chain_params_by_name(str_from_c(row->asset->network->key),
                                                             str_from_c(followed->chain_name));
    ENSURE(params != NULL, ERR_NETWORK_UNKNOWN);
    return address_encode(params, &row->program, ret_text);
}
