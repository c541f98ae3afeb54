/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_ASSET_H
#define TILL_CORE_ASSET_H

/* What can be paid and where: one table of networks, one of assets, one of fiat currencies. A new
 * coin or token is one more row. Rows are static and compared by pointer. */

#include <stdint.h>

#include "base/str.h"
#include "core/chain_types.h"

struct arena;

enum chain_kind { CHAIN_BITCOIN, CHAIN_EVM, CHAIN_TRON, CHAIN_SANDBOX };

enum { NETWORK_COUNT_MAX = 32, ASSET_COUNT_MAX = 128 };

struct network {
    const char *key;        /* "btc": configuration, store, logs */
    const char *wire_code;  /* "TRC20" */
    const char *name;       /* "Tron" */
    const char *uri_scheme; /* BIP-21: "bitcoin"; NULL where wallets do not agree on one */
    int wire_id;
    enum chain_kind kind;
    uint32_t block_target_s; /* expected time between blocks */
    uint32_t stale_s;        /* main networks: a node without a block for longer is not believed */
    uint32_t
        finality_lag_blocks; /* main networks: neither, if finality lags more; 0: any lag will do */
    uint32_t reorg_limit_blocks; /* deeper reorgs stop the watcher and call a human; blocks are kept
                                    this long */
    uint32_t confirmations;      /* default on main networks */
    uint32_t coinbase_maturity_blocks; /* 0: none */
    uint32_t coin_maturity_blocks;     /* before, any coin may turn out to be locked; 0: none is */
    bool
        is_op_stack; /* its transactions pay for their bytes on the chain below, beside their gas */
    uint64_t chain_id; /* of the main network (EIP-155; Tron: what eth_chainId answers); 0: none */
};

enum asset_kind { ASSET_COIN, ASSET_TOKEN, ASSET_FIAT };

struct asset {
    const char *code;       /* "USDT_TRC20": requests, configuration, store */
    const char *short_code; /* "USDT" */
    const char *name;       /* "Tether" */
    enum asset_kind kind;
    const struct network *network; /* NULL for fiat */
    int wire_id;
    int wire_order;           /* display order, 1 first */
    uint8_t decimals;         /* base units = 10^-decimals; ISO 4217 exponent for fiat */
    uint8_t display_decimals; /* quotes are rounded up to this many, at most 8 */
    bool stablecoin;
    const char *contract; /* on the main chain; NULL for coins, fiat and tokens that only the
                             configuration names: core/token.h */
    const char *smallest; /* smallest invoice, in whole units as text: the dust limit of coins */
};

/* NULL if there is none. Keys and codes are matched exactly, fiat codes too ("USD"). */
const struct network *network_by_key(struct str key);
const struct asset *asset_by_code(struct str code);
const struct asset *fiat_by_code(struct str code);

/* In display order; ends with NULL at [count]. */
const struct asset *const *asset_list(void);
const struct asset *const *fiat_list(void);
const struct network *const *network_list(void);

/* What the network's fees are paid in; NULL: the sandbox has none. */
const struct asset *network_coin(const struct network *network);

/* As nodes and block explorers of the network write it: with 0x on EVM networks only. */
struct str network_txid_text(struct arena *arena, const struct network *network, struct txid txid);

/* The network `sandbox`, and USD. */
const struct network *network_sandbox(void);
const struct asset *fiat_usd(void);

#endif
