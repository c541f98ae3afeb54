/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_BITCOIN_MEMPOOL_TX_H
#define TILL_ADAPTERS_CHAIN_BITCOIN_MEMPOOL_TX_H

/* Decodes what a node says of a transaction in its mempool. Taken at its word: a sighting is a
 * hint, and the bytes of a transaction with an MWEB part have no txid that we could compute. Items
 * inside the MWEB have nothing but an output_id and are passed over. */

#include "adapters/chain_bitcoin/output_list.h"
#include "base/json_read.h"

/* Reads one JSON object and complains with json_fail. Outputs by their scriptPubKey's hex and their
 * exact value, never by the fields that differ between nodes. */
void mempool_tx_decode(struct json_reader *reader, struct output_list *outputs,
                       struct txid *ret_txid);

#endif
