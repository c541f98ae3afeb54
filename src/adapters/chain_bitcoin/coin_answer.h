/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_BITCOIN_COIN_ANSWER_H
#define TILL_ADAPTERS_CHAIN_BITCOIN_COIN_ANSWER_H

/* Decodes what a node says of a coin (gettxout) and of fees (estimatesmartfee). Complains with
 * json_fail; a coin that is not there is no complaint. */

#include "base/json_read.h"
#include "ports/chain_coins.h"

struct coin_answer {
    const struct asset *asset; /* the network's coin; given */
    struct chain_coin coin;
    bool is_there;
    bool has_value;
    bool has_program;
    bool has_confirmations;
};
void coin_answer_decode(struct json_reader *reader, void *context);

struct fee_answer {
    const struct asset *asset; /* the network's coin; given */
    struct amount rate;        /* for 1000 virtual bytes */
    bool has_rate;             /* false: the node has no estimate */
};
void fee_answer_decode(struct json_reader *reader, void *context);

#endif
