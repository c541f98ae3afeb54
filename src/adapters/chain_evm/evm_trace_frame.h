/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_EVM_EVM_TRACE_FRAME_H
#define TILL_ADAPTERS_CHAIN_EVM_EVM_TRACE_FRAME_H

/* What both kinds of traces have in common: a call as it is told, and the payments found so far.
 * For evm_trace.c and evm_trace_list.c only. */

#include "adapters/chain_evm/evm_trace.h"

/* One call, and what of it we need. */
struct evm_trace_frame {
    size_t slot;    /* in the transfers: its own, before those of the calls inside it */
    bool is_inside; /* reading the calls inside it */
    bool has_failed;
    bool pays;
    bool is_call;
    bool has_to;
    struct evm_address from;
    struct evm_address to;
    struct evm_word value;
};

/* What the fields of calls are, under whichever name. */
enum evm_trace_field {
    EVM_TRACE_OTHER,
    EVM_TRACE_ACTION,
    EVM_TRACE_BLOCK_HASH,
    EVM_TRACE_CALL_TYPE,
    EVM_TRACE_CALLS,
    EVM_TRACE_ERROR,
    EVM_TRACE_FROM,
    EVM_TRACE_POSITION,
    EVM_TRACE_RESULT,
    EVM_TRACE_TO,
    EVM_TRACE_TRACE_ADDRESS,
    EVM_TRACE_TXID,
    EVM_TRACE_TYPE,
    EVM_TRACE_VALUE,
};

/* The next field that has a value. One left unread is passed over. */
bool evm_trace_next_field(struct json_reader *reader, enum evm_trace_field *ret_field);
/* Type, failure, parties and value; the calls inside are only entered. */
void evm_trace_read_field(struct json_reader *reader, enum evm_trace_field field,
                          struct evm_trace_frame *frame);

/* False if there is nothing to read: null, or no memory. */
bool evm_trace_begin(struct json_reader *reader, struct evm_trace_decoder *decoder);
/* The next transaction; NULL if the arena is full, and the reader has failed. */
struct evm_trace_root *evm_trace_add_root(struct json_reader *reader,
                                          struct evm_trace_decoder *decoder);
/* A place that stays empty (`place` 0) unless its call pays somebody. */
bool evm_trace_add_slot(struct json_reader *reader, struct evm_trace_decoder *decoder);
void evm_trace_fill_slot(struct evm_trace_decoder *decoder, const struct evm_trace_frame *frame);
/* Of the transaction that ends: what took effect closes up and is numbered. */
void evm_trace_number(struct evm_trace_decoder *decoder, size_t first);

#endif
