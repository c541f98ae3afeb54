/* SPDX-License-Identifier: MIT */
#include "sim/model.h"

#include <stdio.h>

#include "sim/world.h"

void model_tell_payments(const struct model *model, const struct chain_facts *facts, size_t at,
                         const struct invoice_view *view) {
    (void)printf("# deadline %lld, now %lld, tip %lld at %lld\n",
                 (long long)model->invoices[at].expires_at_ms,
                 (long long)world_now_ms(model->world), (long long)facts->tip.height,
                 (long long)facts->tip.time_ms);
    for (size_t i = 0; i < model->payment_count; i++) {
        const struct model_payment *payment = &model->payments[i];
        if (payment->invoice == at) {
            (void)printf("# model: %02x%02x:%u seen %lld block %lld at %lld%s\n",
                         payment->txid.bytes[0], payment->txid.bytes[1], payment->ordinal,
                         (long long)payment->first_seen_at_ms, (long long)facts->found[i].height,
                         (long long)facts->found[i].block_time_ms,
                         payment->dropped ? " dropped" : "");
        }
    }
    for (size_t i = 0; i < view->payment_count; i++) {
        const struct payment_row *payment = &view->payments[i];
        (void)printf("# app: %02x%02x:%u seen %lld block %lld at %lld state %d\n",
                     payment->txid.bytes[0], payment->txid.bytes[1], payment->ordinal,
                     (long long)payment->first_seen_at_ms, (long long)payment->height,
                     (long long)payment->block_time_ms, (int)payment->state);
    }
}
