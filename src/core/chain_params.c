/* SPDX-License-Identifier: MIT */
#include "core/chain_params.h"

/* From each node's chainparams. The test networks of Bitcoin share their prefixes, and Litecoin's
 * share the P2PKH one with them. */
static const struct chain_params rows[] = {
    /* chain, network, is_main, form, P2PKH, P2SH, hrp */
    {"btc", "main", true, ADDRESS_FORM_BITCOIN, 0x00, 0x05, "bc"},
    {"btc", "testnet", false, ADDRESS_FORM_BITCOIN, 0x6f, 0xc4, "tb"},
    {"btc", "testnet4", false, ADDRESS_FORM_BITCOIN, 0x6f, 0xc4, "tb"},
    {"btc", "signet", false, ADDRESS_FORM_BITCOIN, 0x6f, 0xc4, "tb"},
    {"btc", "regtest", false, ADDRESS_FORM_BITCOIN, 0x6f, 0xc4, "bcrt"},
    {"ltc", "main", true, ADDRESS_FORM_BITCOIN, 0x30, 0x32, "ltc"},
    {"ltc", "testnet", false, ADDRESS_FORM_BITCOIN, 0x6f, 0x3a, "tltc"},
    {"ltc", "regtest", false, ADDRESS_FORM_BITCOIN, 0x6f, 0x3a, "rltc"},
    /* One form on all networks; only the extended keys differ. */
    {"eth", "main", true, ADDRESS_FORM_EVM, 0, 0, NULL},
    {"eth", "regtest", false, ADDRESS_FORM_EVM, 0, 0, NULL},
    {"bsc", "main", true, ADDRESS_FORM_EVM, 0, 0, NULL},
    {"bsc", "regtest", false, ADDRESS_FORM_EVM, 0, 0, NULL},
    {"arb", "main", true, ADDRESS_FORM_EVM, 0, 0, NULL},
    {"arb", "regtest", false, ADDRESS_FORM_EVM, 0, 0, NULL},
    {"opt", "main", true, ADDRESS_FORM_EVM, 0, 0, NULL},
    {"opt", "regtest", false, ADDRESS_FORM_EVM, 0, 0, NULL},
    {"base", "main", true, ADDRESS_FORM_EVM, 0, 0, NULL},
    {"base", "regtest", false, ADDRESS_FORM_EVM, 0, 0, NULL},
    {"tron", "main", true, ADDRESS_FORM_TRON, 0x41, 0, NULL},
    {"tron", "regtest", false, ADDRESS_FORM_TRON, 0x41, 0, NULL},
};

enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

const struct chain_params *chain_params_by_name(struct str chain, struct str network) {
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (str_eq(chain, str_from_c(rows[i].chain)) &&
            str_eq(network, str_from_c(rows[i].network))) {
            return &rows[i];
        }
    }
    return NULL;
}

const struct chain_params *chain_params_at(size_t position) {
    return position < ROW_COUNT ? &rows[position] : NULL;
}
