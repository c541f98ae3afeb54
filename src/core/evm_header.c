/* SPDX-License-Identifier: MIT */
#include "core/evm_header.h"

#include "core/hash.h"
#include "core/rlp.h"

static void put_added(struct buf *buf, const struct evm_header *header,
                      enum evm_header_field field) {
    switch (field) {
    case EVM_HEADER_BASE_FEE:
        rlp_put_number(buf, BYTES_OF(header->base_fee.bytes));
        return;
    case EVM_HEADER_WITHDRAWALS_ROOT:
        rlp_put_bytes(buf, BYTES_OF(header->withdrawals_root.bytes));
        return;
    case EVM_HEADER_BLOB_GAS_USED:
        rlp_put_u64(buf, header->blob_gas_used);
        return;
    case EVM_HEADER_EXCESS_BLOB_GAS:
        rlp_put_u64(buf, header->excess_blob_gas);
        return;
    case EVM_HEADER_PARENT_BEACON_ROOT:
        rlp_put_bytes(buf, BYTES_OF(header->parent_beacon_root.bytes));
        return;
    case EVM_HEADER_REQUESTS_HASH:
        rlp_put_bytes(buf, BYTES_OF(header->requests_hash.bytes));
        return;
    }
}

/* A network that took over a later fork without an earlier one leaves an empty string where the
 * missing field would stand. */
static void put_all_added(struct buf *buf, const struct evm_header *header) {
    for (uint32_t field = EVM_HEADER_BASE_FEE; field <= header->has; field <<= 1) {
        if (header->has & field) {
            put_added(buf, header, (enum evm_header_field)field);
        } else {
            rlp_put_bytes(buf, (struct bytes){0});
        }
    }
}

bool evm_header_hash(const struct evm_header *header, struct buf *scratch,
                     struct block_hash *ret_hash) {
    scratch->len = 0;
    rlp_put_bytes(scratch, BYTES_OF(header->parent.bytes));
    rlp_put_bytes(scratch, BYTES_OF(header->uncles_hash.bytes));
    rlp_put_bytes(scratch, BYTES_OF(header->miner.bytes));
    rlp_put_bytes(scratch, BYTES_OF(header->state_root.bytes));
    rlp_put_bytes(scratch, BYTES_OF(header->transactions_root.bytes));
    rlp_put_bytes(scratch, BYTES_OF(header->receipts_root.bytes));
    rlp_put_bytes(scratch, BYTES_OF(header->bloom.bytes));
    rlp_put_number(scratch, BYTES_OF(header->difficulty.bytes));
    rlp_put_u64(scratch, header->number);
    rlp_put_u64(scratch, header->gas_limit);
    rlp_put_u64(scratch, header->gas_used);
    rlp_put_u64(scratch, header->timestamp_s);
    rlp_put_bytes(scratch, header->extra);
    rlp_put_bytes(scratch, BYTES_OF(header->mix_hash.bytes));
    rlp_put_bytes(scratch, BYTES_OF(header->nonce));
    put_all_added(scratch, header);
    rlp_list_end(scratch, 0);
    if (scratch->failed) {
        return false;
    }
    hash_keccak256(buf_bytes(scratch), ret_hash->bytes);
    return true;
}
