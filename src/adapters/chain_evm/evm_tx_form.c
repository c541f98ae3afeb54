/* SPDX-License-Identifier: MIT */
#include "adapters/chain_evm/evm_tx_form.h"

#define SHAPE_OF(array)                                                                            \
    { .parts = (array), .count = sizeof(array) / sizeof((array)[0]) }

static const struct evm_part tx_parts[EVM_TX_PARTS] = {
    [EVM_TX_HASH] = {STR("hash"), EVM_PART_DATA},
    [EVM_TX_INDEX] = {STR("transactionIndex"), EVM_PART_NUMBER},
    [EVM_TX_TYPE] = {STR("type"), EVM_PART_NUMBER},
    [EVM_TX_FROM] = {STR("from"), EVM_PART_DATA},
    [EVM_TX_TO] = {STR("to"), EVM_PART_DATA},
    [EVM_TX_VALUE] = {STR("value"), EVM_PART_NUMBER},
    [EVM_TX_CHAIN_ID] = {STR("chainId"), EVM_PART_NUMBER},
    [EVM_TX_NONCE] = {STR("nonce"), EVM_PART_NUMBER},
    [EVM_TX_GAS] = {STR("gas"), EVM_PART_NUMBER},
    [EVM_TX_GAS_PRICE] = {STR("gasPrice"), EVM_PART_NUMBER},
    [EVM_TX_MAX_PRIORITY_FEE] = {STR("maxPriorityFeePerGas"), EVM_PART_NUMBER},
    [EVM_TX_MAX_FEE] = {STR("maxFeePerGas"), EVM_PART_NUMBER},
    [EVM_TX_INPUT] = {STR("input"), EVM_PART_DATA},
    [EVM_TX_ACCESS_LIST] = {STR("accessList"), EVM_PART_ACCESS_LIST},
    [EVM_TX_MAX_BLOB_FEE] = {STR("maxFeePerBlobGas"), EVM_PART_NUMBER},
    [EVM_TX_BLOB_HASHES] = {STR("blobVersionedHashes"), EVM_PART_DATA_LIST},
    [EVM_TX_AUTHORIZATIONS] = {STR("authorizationList"), EVM_PART_AUTHORIZATIONS},
    [EVM_TX_V] = {STR("v"), EVM_PART_NUMBER},
    [EVM_TX_Y_PARITY] = {STR("yParity"), EVM_PART_NUMBER},
    [EVM_TX_R] = {STR("r"), EVM_PART_NUMBER},
    [EVM_TX_S] = {STR("s"), EVM_PART_NUMBER},
    [EVM_TX_SOURCE_HASH] = {STR("sourceHash"), EVM_PART_DATA},
    [EVM_TX_MINT] = {STR("mint"), EVM_PART_NUMBER},
    [EVM_TX_IS_SYSTEM] = {STR("isSystemTx"), EVM_PART_BOOL},
    [EVM_TX_REQUEST_ID] = {STR("requestId"), EVM_PART_DATA},
    [EVM_TX_TICKET_ID] = {STR("ticketId"), EVM_PART_DATA},
    [EVM_TX_REFUND_TO] = {STR("refundTo"), EVM_PART_DATA},
    [EVM_TX_MAX_REFUND] = {STR("maxRefund"), EVM_PART_NUMBER},
    [EVM_TX_SUBMISSION_FEE_REFUND] = {STR("submissionFeeRefund"), EVM_PART_NUMBER},
    [EVM_TX_L1_BASE_FEE] = {STR("l1BaseFee"), EVM_PART_NUMBER},
    [EVM_TX_BRIDGED_VALUE] = {STR("depositValue"), EVM_PART_NUMBER},
    [EVM_TX_RETRY_TO] = {STR("retryTo"), EVM_PART_DATA},
    [EVM_TX_RETRY_VALUE] = {STR("retryValue"), EVM_PART_NUMBER},
    [EVM_TX_RETRY_DATA] = {STR("retryData"), EVM_PART_DATA},
    [EVM_TX_BENEFICIARY] = {STR("beneficiary"), EVM_PART_DATA},
    [EVM_TX_MAX_SUBMISSION_FEE] = {STR("maxSubmissionFee"), EVM_PART_NUMBER},
};

static const struct evm_part access_parts[] = {
    {STR("address"), EVM_PART_DATA},
    {STR("storageKeys"), EVM_PART_DATA_LIST},
};
static const struct evm_part authorization_parts[] = {
    {STR("chainId"), EVM_PART_NUMBER}, {STR("address"), EVM_PART_DATA},
    {STR("nonce"), EVM_PART_NUMBER},   {STR("yParity"), EVM_PART_NUMBER},
    {STR("r"), EVM_PART_NUMBER},       {STR("s"), EVM_PART_NUMBER},
};

const struct evm_shape evm_tx_shape = SHAPE_OF(tx_parts);
const struct evm_shape evm_access_shape = SHAPE_OF(access_parts);
const struct evm_shape evm_authorization_shape = SHAPE_OF(authorization_parts);

/* What a transaction of each type consists of: EIP-155, 2930, 1559, 4844, 7702; the deposits of the
 * OP stack; and what Arbitrum makes itself. */
static const struct evm_tx_form forms[] = {
    {EVM_TYPE_LEGACY,
     9,
     true,
     {EVM_TX_NONCE, EVM_TX_GAS_PRICE, EVM_TX_GAS, EVM_TX_TO, EVM_TX_VALUE, EVM_TX_INPUT, EVM_TX_V,
      EVM_TX_R, EVM_TX_S}},
    {1,
     11,
     true,
     {EVM_TX_CHAIN_ID, EVM_TX_NONCE, EVM_TX_GAS_PRICE, EVM_TX_GAS, EVM_TX_TO, EVM_TX_VALUE,
      EVM_TX_INPUT, EVM_TX_ACCESS_LIST, EVM_TX_Y_PARITY, EVM_TX_R, EVM_TX_S}},
    {2,
     12,
     true,
     {EVM_TX_CHAIN_ID, EVM_TX_NONCE, EVM_TX_MAX_PRIORITY_FEE, EVM_TX_MAX_FEE, EVM_TX_GAS, EVM_TX_TO,
      EVM_TX_VALUE, EVM_TX_INPUT, EVM_TX_ACCESS_LIST, EVM_TX_Y_PARITY, EVM_TX_R, EVM_TX_S}},
    {3,
     14,
     true,
     {EVM_TX_CHAIN_ID, EVM_TX_NONCE, EVM_TX_MAX_PRIORITY_FEE, EVM_TX_MAX_FEE, EVM_TX_GAS, EVM_TX_TO,
      EVM_TX_VALUE, EVM_TX_INPUT, EVM_TX_ACCESS_LIST, EVM_TX_MAX_BLOB_FEE, EVM_TX_BLOB_HASHES,
      EVM_TX_Y_PARITY, EVM_TX_R, EVM_TX_S}},
    {4,
     13,
     true,
     {EVM_TX_CHAIN_ID, EVM_TX_NONCE, EVM_TX_MAX_PRIORITY_FEE, EVM_TX_MAX_FEE, EVM_TX_GAS, EVM_TX_TO,
      EVM_TX_VALUE, EVM_TX_INPUT, EVM_TX_ACCESS_LIST, EVM_TX_AUTHORIZATIONS, EVM_TX_Y_PARITY,
      EVM_TX_R, EVM_TX_S}},
    {0x64, 5, false, {EVM_TX_CHAIN_ID, EVM_TX_REQUEST_ID, EVM_TX_FROM, EVM_TX_TO, EVM_TX_VALUE}},
    {0x65,
     8,
     false,
     {EVM_TX_CHAIN_ID, EVM_TX_FROM, EVM_TX_NONCE, EVM_TX_MAX_FEE, EVM_TX_GAS, EVM_TX_TO,
      EVM_TX_VALUE, EVM_TX_INPUT}},
    {0x66,
     8,
     false,
     {EVM_TX_CHAIN_ID, EVM_TX_REQUEST_ID, EVM_TX_FROM, EVM_TX_MAX_FEE, EVM_TX_GAS, EVM_TX_TO,
      EVM_TX_VALUE, EVM_TX_INPUT}},
    {0x68,
     12,
     false,
     {EVM_TX_CHAIN_ID, EVM_TX_NONCE, EVM_TX_FROM, EVM_TX_MAX_FEE, EVM_TX_GAS, EVM_TX_TO,
      EVM_TX_VALUE, EVM_TX_INPUT, EVM_TX_TICKET_ID, EVM_TX_REFUND_TO, EVM_TX_MAX_REFUND,
      EVM_TX_SUBMISSION_FEE_REFUND}},
    {0x69,
     13,
     false,
     {EVM_TX_CHAIN_ID, EVM_TX_REQUEST_ID, EVM_TX_FROM, EVM_TX_L1_BASE_FEE, EVM_TX_BRIDGED_VALUE,
      EVM_TX_MAX_FEE, EVM_TX_GAS, EVM_TX_RETRY_TO, EVM_TX_RETRY_VALUE, EVM_TX_BENEFICIARY,
      EVM_TX_MAX_SUBMISSION_FEE, EVM_TX_REFUND_TO, EVM_TX_RETRY_DATA}},
    {0x6a, 2, false, {EVM_TX_CHAIN_ID, EVM_TX_INPUT}},
    {EVM_TYPE_BRIDGE,
     8,
     false,
     {EVM_TX_SOURCE_HASH, EVM_TX_FROM, EVM_TX_TO, EVM_TX_MINT, EVM_TX_VALUE, EVM_TX_GAS,
      EVM_TX_IS_SYSTEM, EVM_TX_INPUT}},
};

const struct evm_tx_form *evm_tx_form_of(uint64_t type) {
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (forms[i].type == type) {
            return &forms[i];
        }
    }
    return NULL;
}
