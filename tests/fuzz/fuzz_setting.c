/* SPDX-License-Identifier: MIT */
/* Texts that operators and shops write: tolerances, confirmation tiers and public invoice ids. What
 * was accepted comes back from its own text. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "core/confirmations.h"
#include "core/invoice_id.h"
#include "core/tolerance.h"
#include "support/money.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void check_tolerance(struct arena *arena, struct str text) {
    struct tolerance tolerance;
    if (!result_is_ok(tolerance_from_text(text, &tolerance))) {
        return;
    }
    struct str written = tolerance_to_text(arena, tolerance);
    struct tolerance again;
    struct result read = tolerance_from_text(written, &again);
    assert(result_is_ok(read) && str_eq(tolerance_to_text(arena, again), written));
    struct amount due = money("BTC", "0.1");
    struct amount allowed = tolerance_allowance(tolerance, due, money("USD", "6000"));
    assert(tolerance.kind != TOLERANCE_PER_MILLION || !amount_less(due, allowed));
}

static void check_tiers(struct arena *arena, struct str text) {
    struct confirmation_tiers tiers;
    if (!result_is_ok(confirmation_tiers_from_text(text, &tiers))) {
        return;
    }
    struct str written = confirmation_tiers_to_text(arena, &tiers);
    struct confirmation_tiers again;
    struct result read = confirmation_tiers_from_text(written, &again);
    assert(result_is_ok(read) && str_eq(confirmation_tiers_to_text(arena, &again), written));
    struct confirmation_tier small = confirmation_tier_for(&tiers, money("USD", "1"));
    struct confirmation_tier large = confirmation_tier_for(&tiers, money("USD", "1e15"));
    assert(small.rule <= large.rule && large.depth_blocks <= CONFIRMATION_DEPTH_MAX);
    assert(small.rule != CONFIRMED_DEEP || small.depth_blocks >= 1);
    assert(small.rule != large.rule || small.depth_blocks <= large.depth_blocks);
}

static void check_id(struct str text) {
    static const uint8_t secret[INVOICE_ID_KEY_BYTES];
    struct invoice_id_key key;
    invoice_id_key_init(&key, secret);
    int64_t row_id;
    if (invoice_id_decode(&key, text, &row_id)) {
        struct invoice_id id = invoice_id_encode(&key, row_id);
        struct str bare = str_trim(text);
        assert(str_eq_nocase(str_slice(bare, bare.len - INVOICE_ID_CHARS, bare.len),
                             invoice_id_str(&id)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 20);
    struct str text = {(const char *)input, size};
    check_tolerance(arena, text);
    check_tiers(arena, text);
    check_id(text);
    return 0;
}
