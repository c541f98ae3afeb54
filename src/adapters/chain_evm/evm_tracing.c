/* SPDX-License-Identifier: MIT */
#include "adapters/chain_evm/evm_tracing.h"

enum {
    FAILURES_MIN = 3,
    PATIENCE_MS = 120000, /* for so long they go on; after as long without one, all is well */
    REST_MS = 60000,      /* or as many times as long as the last try took: */
    REST_TRIES = 10,
};

bool evm_tracing_rests(const struct evm_tracing *tracing, int64_t now_ms) {
    return tracing->is_out && now_ms < tracing->again_at_ms;
}

void evm_tracing_worked(struct evm_tracing *tracing) {
    *tracing = (struct evm_tracing){0};
}

bool evm_tracing_failed(struct evm_tracing *tracing, int64_t began_ms, int64_t now_ms) {
    if (tracing->failures == 0 || began_ms - tracing->failed_at_ms >= PATIENCE_MS) {
        tracing->failures = 0;
        tracing->failing_at_ms = began_ms;
    }
    tracing->failures++;
    tracing->failed_at_ms = now_ms;
    bool is_long = now_ms - tracing->failing_at_ms >= PATIENCE_MS;
    if (is_long && tracing->failures >= FAILURES_MIN) {
        tracing->is_out = true;
    }
    int64_t rest_ms = (now_ms - began_ms) * REST_TRIES;
    tracing->again_at_ms = now_ms + (rest_ms > REST_MS ? rest_ms : REST_MS);
    return tracing->is_out;
}
