/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_UNIT_ADAPTERS_TRON_ANSWERS_H
#define TILL_TESTS_UNIT_ADAPTERS_TRON_ANSWERS_H

/* Answers of a Tron node as it would give them, put together for a test: blocks with honest ids
 * and transactions of our making, and logs for them. */

#include "adapters/chain_tron/block_json.h"
#include "adapters/chain_tron/log_json.h"

/* USDT's contract, and what stands in for a shop, its customer and a contract of no meaning. */
#define TRON_USDT           "a614f803b6fd780986a42c78ec9c7f77e6ded13c"
#define TRON_SHOP           "00000000000000000000000000000000005107e5"
#define TRON_CUSTOMER       "00000000000000000000000000000000c0570e12"
#define TRON_OTHER          "000000000000000000000000000000000007e411"
#define TRON_PADDING        "000000000000000000000000"
#define TRON_TRANSFER_EVENT "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"

/* transfer(shop, 5), and of nothing */
#define TRON_MOVE                                                                                  \
    "a9059cbb" TRON_PADDING TRON_SHOP                                                              \
    "00000000000000000000000000000000000000000000000000000000000000"
#define TRON_MOVE_5 TRON_MOVE "05"
#define TRON_MOVE_0 TRON_MOVE "00"

enum tron_made_kind { MADE_TRANSFER = 1, MADE_TRC10 = 2, MADE_CREATION = 30, MADE_CALL = 31 };

struct tron_made_tx {
    enum tron_made_kind kind;
    const char *to; /* 20 bytes in hex */
    int64_t amount;
    const char *input;  /* of a call, in hex */
    const char *result; /* "SUCCESS" */
};

struct tron_made {
    struct str json; /* of the block */
    struct block_hash hash;
    struct txid txids[8];
};

/* At height 1000. */
struct tron_made tron_make(struct arena *arena, const struct tron_made_tx *txs, size_t count);
/* USDT as the one token. */
const struct tron_rules *tron_test_rules(void);

/* `piece` bytes arrive at a time; 0: all. The block is the caller's, NULL if it is refused. */
struct result tron_decode(struct arena *arena, struct str json, size_t piece,
                          struct tron_block **ret_block);
/* A block of these transactions, decoded. */
struct tron_block *tron_made_block(struct arena *arena, const struct tron_made_tx *txs,
                                   size_t count, struct tron_made *ret_made);

/* A Transfer of USDT to the shop, in its own transaction; change it at will. */
struct tron_log tron_made_log(const struct tron_made *made, size_t tx, uint8_t units);
/* With the first `from` replaced; the test fails if there is none. */
struct str tron_with(struct arena *arena, struct str text, const char *from, const char *to);
/* "<amount> <asset> to <last bytes> at <ordinal>", one line each. */
const char *tron_outputs(struct arena *arena, const struct tron_block *block);

#endif
