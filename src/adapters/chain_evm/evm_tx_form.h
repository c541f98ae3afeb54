/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_EVM_EVM_TX_FORM_H
#define TILL_ADAPTERS_CHAIN_EVM_EVM_TX_FORM_H

/* What transactions consist of: the names of their parts in JSON, and which of them, in which
 * order, a chain encodes for each type. */

#include "core/evm_types.h"

/* How a part is written in JSON. A null, and a part that is not there, encode as nothing. */
enum evm_part_kind {
    EVM_PART_NUMBER,
    EVM_PART_DATA,
    EVM_PART_BOOL,
    EVM_PART_DATA_LIST,
    EVM_PART_ACCESS_LIST,
    EVM_PART_AUTHORIZATIONS,
};

struct evm_part {
    struct str name;
    enum evm_part_kind kind;
};

struct evm_shape {
    const struct evm_part *parts;
    size_t count;
};

/* What a transaction may have; the first five are for us. */
enum evm_tx_part {
    EVM_TX_HASH,
    EVM_TX_INDEX,
    EVM_TX_TYPE,
    EVM_TX_FROM,
    EVM_TX_TO,
    EVM_TX_VALUE,
    EVM_TX_CHAIN_ID,
    EVM_TX_NONCE,
    EVM_TX_GAS,
    EVM_TX_GAS_PRICE,
    EVM_TX_MAX_PRIORITY_FEE,
    EVM_TX_MAX_FEE,
    EVM_TX_INPUT,
    EVM_TX_ACCESS_LIST,
    EVM_TX_MAX_BLOB_FEE,
    EVM_TX_BLOB_HASHES,
    EVM_TX_AUTHORIZATIONS,
    EVM_TX_V,
    EVM_TX_Y_PARITY,
    EVM_TX_R,
    EVM_TX_S,
    /* OP stack */
    EVM_TX_SOURCE_HASH,
    EVM_TX_MINT,
    EVM_TX_IS_SYSTEM,
    /* Arbitrum */
    EVM_TX_REQUEST_ID,
    EVM_TX_TICKET_ID,
    EVM_TX_REFUND_TO,
    EVM_TX_MAX_REFUND,
    EVM_TX_SUBMISSION_FEE_REFUND,
    EVM_TX_L1_BASE_FEE,
    EVM_TX_BRIDGED_VALUE,
    EVM_TX_RETRY_TO,
    EVM_TX_RETRY_VALUE,
    EVM_TX_RETRY_DATA,
    EVM_TX_BENEFICIARY,
    EVM_TX_MAX_SUBMISSION_FEE,
    EVM_TX_PARTS,
};

enum { EVM_TX_FORM_PARTS_MAX = 15, EVM_TX_SIGNATURE_PARTS = 3 };

struct evm_tx_form {
    uint8_t type;
    uint8_t count;
    bool is_signed; /* its last three parts are a signature */
    uint8_t parts[EVM_TX_FORM_PARTS_MAX];
};

/* NULL: a type that is not known. */
const struct evm_tx_form *evm_tx_form_of(uint64_t type);

/* By enum evm_tx_part. */
extern const struct evm_shape evm_tx_shape;
/* Of an item of an access list, and of a list of authorizations; encoded in this order. */
extern const struct evm_shape evm_access_shape;
extern const struct evm_shape evm_authorization_shape;

#endif
