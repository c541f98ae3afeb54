/* SPDX-License-Identifier: MIT */
#include "core/evm_receipt.h"

#include "base/result.h"
#include "core/rlp.h"

void evm_logs_bloom(const struct evm_log *logs, size_t count, struct bloom *ret_bloom) {
    *ret_bloom = (struct bloom){0};
    for (size_t i = 0; i < count; i++) {
        BUG_IF(logs[i].topic_count > EVM_TOPICS_MAX);
        bloom_add(ret_bloom, BYTES_OF(logs[i].address.bytes));
        for (size_t topic = 0; topic < logs[i].topic_count; topic++) {
            bloom_add(ret_bloom, BYTES_OF(logs[i].topics[topic].bytes));
        }
    }
}

static void put_log(struct buf *buf, const struct evm_log *log) {
    BUG_IF(log->topic_count > EVM_TOPICS_MAX);
    size_t list = rlp_list_begin(buf);
    rlp_put_bytes(buf, BYTES_OF(log->address.bytes));
    size_t topics = rlp_list_begin(buf);
    for (size_t i = 0; i < log->topic_count; i++) {
        rlp_put_bytes(buf, BYTES_OF(log->topics[i].bytes));
    }
    rlp_list_end(buf, topics);
    rlp_put_bytes(buf, log->data);
    rlp_list_end(buf, list);
}

/* EIP-658: "the intermediate state root is replaced by a status code, 0 indicating failure ... and
 * 1 indicating success". */
static void put_status(struct buf *buf, const struct evm_receipt *receipt) {
    switch (receipt->status) {
    case EVM_STATUS_MISSING:
        rlp_put_bytes(buf, BYTES_OF(receipt->root.bytes));
        return;
    case EVM_STATUS_FAILED:
        rlp_put_u64(buf, 0);
        return;
    case EVM_STATUS_SUCCESS:
        rlp_put_u64(buf, 1);
        return;
    }
    BUG_IF(true);
}

/* EIP-2718: "TransactionType || ReceiptPayload", and a legacy receipt is the list alone. */
void evm_receipt_put(struct buf *buf, const struct evm_receipt *receipt,
                     const struct bloom *bloom) {
    BUG_IF(receipt->type > EVM_RECEIPT_TYPE_MAX);
    if (receipt->type != EVM_TYPE_LEGACY) {
        buf_put_char(buf, (char)receipt->type);
    }
    size_t list = rlp_list_begin(buf);
    put_status(buf, receipt);
    rlp_put_u64(buf, receipt->cumulative_gas_used);
    rlp_put_bytes(buf, BYTES_OF(bloom->bytes));
    size_t logs = rlp_list_begin(buf);
    for (size_t i = 0; i < receipt->log_count; i++) {
        put_log(buf, &receipt->logs[i]);
    }
    rlp_list_end(buf, logs);
    /* The OP stack commits to a deposit's nonce only since it has a version (Canyon). */
    if (receipt->type == EVM_TYPE_BRIDGE && receipt->has & EVM_RECEIPT_BRIDGE_VERSION) {
        rlp_put_u64(buf, receipt->bridge_nonce);
        rlp_put_u64(buf, receipt->bridge_version);
    }
    rlp_list_end(buf, list);
}
