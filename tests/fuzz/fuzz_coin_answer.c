/* SPDX-License-Identifier: MIT */
/* What counts as a coin has all of its parts, and means the same however it arrives. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "adapters/chain_bitcoin/coin_answer.h"
#include "base/arena.h"
#include "core/asset.h"
#include "support/json_trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

typedef void decode_fn(struct json_reader *reader, void *answer);

static bool decode(decode_fn *read, struct bytes answer, size_t piece, void *ret_answer) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new((size_t)4 << 20);
    struct json_pieces pieces = {.rest = answer, .first = piece, .then = piece};
    struct json_reader reader;
    json_reader_init_source(&reader, arena, json_pieces_source(&pieces), json_limits_default);
    read(&reader, ret_answer);
    bool is_whole = json_reader_finish(&reader);
    json_pieces_release(&pieces);
    return is_whole;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    const struct asset *coin = asset_by_code(STR("BTC"));
    struct bytes bytes = {.ptr = input, .len = size};
    struct coin_answer whole = {.asset = coin};
    struct coin_answer pieces = {.asset = coin};
    bool is_whole = decode(coin_answer_decode, bytes, size + 1, &whole);
    assert(is_whole == decode(coin_answer_decode, bytes, 3, &pieces));
    if (is_whole && whole.is_there) {
        assert(whole.coin.amount.asset == coin && whole.has_program && whole.has_confirmations);
        assert(amount_eq(whole.coin.amount, pieces.coin.amount));
        assert(script_eq(&whole.coin.program, &pieces.coin.program));
        assert(whole.coin.state == COIN_UNSPENT);
    }
    struct fee_answer fee = {.asset = coin};
    if (decode(fee_answer_decode, bytes, size + 1, &fee)) {
        assert(!fee.has_rate || fee.rate.asset == coin);
    }
    return 0;
}
