/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_BITCOIN_OUTPUT_LIST_H
#define TILL_ADAPTERS_CHAIN_BITCOIN_OUTPUT_LIST_H

/* Outputs that could pay somebody, as they are found: with a value, and neither a data carrier, nor
 * a place inside the MWEB, nor longer than any program of ours. */

#include "ports/chain.h"

struct asset;

/* The caller sets arena and coin, the rest is zero. */
struct output_list {
    struct arena *arena;
    const struct asset *coin;
    struct chain_output *items;
    size_t count;
    size_t cap;
};

/* Passes over what cannot pay anybody; false only if the arena is full. */
bool output_list_add(struct output_list *outputs, uint32_t ordinal, struct bytes program,
                     struct amount amount);
/* What was added since there were `first` belongs to this transaction. */
void output_list_set_tx(struct output_list *outputs, size_t first, const struct txid *txid,
                        bool is_coinbase);

#endif
