/* SPDX-License-Identifier: MIT */
/* A source's answer is refused, or every price in it is a positive number of an asset of ours that
 * comes back as it was read; and nothing it wrote reaches the log. The first byte says which
 * source.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "adapters/rates_http/answer.h"
#include "base/arena.h"
#include "core/asset.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static rate_decode_fn *const decoders[] = {
    answer_coinbase,  answer_kraken, answer_binance,
    answer_coingecko, answer_erapi,  answer_frankfurter,
};

static void check_said(struct arena *arena, const struct rate_said *said) {
    assert(rate_base_of(said->base) == said->base);
    assert(said->base != fiat_usd());
    assert(said->quote == fiat_usd() || said->quote->stablecoin);
    assert(said->said_at_ms >= 0);
    struct market_price again;
    struct market_price twice;
    assert(market_price_from_text(market_price_to_text(arena, said->price), &again));
    assert(market_price_near(again, said->price, 1));
    assert(market_price_from_text(market_price_to_text(arena, again), &twice));
    assert(twice.e18 == again.e18);
}

static void check_refusal(struct result decoded) {
    for (const char *c = decoded.detail; *c != '\0'; c++) {
        assert(*c >= ' ' && *c <= '~' && *c != '<');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    if (size == 0) {
        return 0;
    }
    CLEANUP(arena_cleanup) struct arena *arena = arena_new((size_t)4 << 20);
    rate_decode_fn *decode = decoders[input[0] % (sizeof decoders / sizeof *decoders)];
    struct bytes answer = {.ptr = input + 1, .len = size - 1};
    static struct rate_report report;
    report.count = 0;
    struct result decoded = answer_decode(arena, decode, answer, &report);
    assert(result_is_ok(decoded) == (report.count > 0));
    if (!result_is_ok(decoded)) {
        check_refusal(decoded);
        return 0;
    }
    assert(report.count <= RATE_REPORT_MAX);
    for (size_t i = 0; i < report.count; i++) {
        check_said(arena, &report.said[i]);
    }
    /* Whatever was said, the board makes something of it. */
    static struct rate_board board;
    rate_board_init(&board, 300000);
    board.all_asked = true;
    rate_board_put(&board, 0, &report, INT64_C(1711356360000));
    rate_board_remember(&board, INT64_C(1711356360000));
    return 0;
}
