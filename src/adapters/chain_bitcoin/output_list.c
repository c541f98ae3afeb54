/* SPDX-License-Identifier: MIT */
#include "adapters/chain_bitcoin/output_list.h"

#include <string.h>

#include "base/arena.h"

enum { OP_8 = 0x58, OP_9 = 0x59, OP_RETURN = 0x6a, HASH_PUSH = 0x20, OUTPUTS_FIRST = 64 };

static bool make_room(struct output_list *outputs) {
    if (outputs->count < outputs->cap) {
        return true;
    }
    size_t cap = outputs->cap == 0 ? OUTPUTS_FIRST : outputs->cap * 2;
    struct chain_output *items = arena_try_alloc(outputs->arena, cap * sizeof(*items));
    if (items == NULL) {
        return false;
    }
    if (outputs->count > 0) {
        memcpy(items, outputs->items, outputs->count * sizeof(*items));
    }
    outputs->items = items;
    outputs->cap = cap;
    return true;
}

/* LIP-0002 and 0003: a HogEx's own coin is witness version 8, a peg-in version 9, each with 32
 * bytes. */
static bool is_mweb(struct bytes program) {
    return program.len == 2 + HASH_BYTES && program.ptr[1] == HASH_PUSH &&
           (program.ptr[0] == OP_8 || program.ptr[0] == OP_9);
}

bool output_list_add(struct output_list *outputs, uint32_t ordinal, struct bytes program,
                     struct amount amount) {
    struct chain_output output = {.ordinal = ordinal, .amount = amount};
    if (amount_is_zero(amount) || program.len == 0 || program.ptr[0] == OP_RETURN ||
        is_mweb(program) || !script_from_bytes(program, &output.program)) {
        return true;
    }
    if (!make_room(outputs)) {
        return false;
    }
    outputs->items[outputs->count++] = output;
    return true;
}

void output_list_set_tx(struct output_list *outputs, size_t first, const struct txid *txid,
                        bool is_coinbase) {
    for (size_t i = first; i < outputs->count; i++) {
        outputs->items[i].txid = *txid;
        outputs->items[i].coinbase = is_coinbase;
    }
}
