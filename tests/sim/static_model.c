/* SPDX-License-Identifier: MIT */
#include "sim/static_model.h"

#include <stdlib.h>

#include "base/arena.h"
#include "core/error.h"
#include "ports/sandbox.h"
#include "ports/store_invoice.h"
#include "ports/store_payment.h"
#include "sim/outbox_check.h"
#include "sim/world.h"

enum { CUSTOMERS = 3, OUTPUTS_MAX = 3, INVOICES_LIMIT = 1000 };

static const char *const customers[CUSTOMERS] = {"anna", "ben", "cleo"};

struct static_payment {
    struct txid txid;
    uint32_t ordinal;
    size_t customer;
    struct amount amount;
    int64_t height;  /* 0: in no block now */
    bool was_mined;  /* a block had it once */
    int64_t invoice; /* its receipt, once there is one */
};

struct static_model {
    bool knows_programs;
    struct script programs[CUSTOMERS];
    struct static_payment payments[STATIC_PAYMENTS_MAX];
    size_t payment_count;
};

struct static_model *static_model_new(void) {
    struct static_model *model = calloc(1, sizeof *model);
    BUG_IF(model == NULL);
    return model;
}

void static_model_free(struct static_model *model) {
    free(model);
}

/* Asked each time: a customer's wallet stays what it was, over restarts, too. */
static void ask_programs(struct static_model *model, struct world *world) {
    for (size_t i = 0; i < CUSTOMERS; i++) {
        struct script program = world_static_wallet(world, customers[i]).address.program;
        BUG_IF(model->knows_programs && !script_eq(&program, &model->programs[i]));
        model->programs[i] = program;
    }
    model->knows_programs = true;
}

void static_model_pay(struct static_model *model, struct world *world, uint64_t random) {
    size_t count = 1 + random % OUTPUTS_MAX;
    if (model->payment_count + count > STATIC_PAYMENTS_MAX) {
        return;
    }
    ask_programs(model, world);
    struct static_payment *first = &model->payments[model->payment_count];
    struct sandbox_output outputs[OUTPUTS_MAX];
    for (size_t i = 0; i < count; i++) {
        size_t customer = (random >> (8 + 2 * i)) % CUSTOMERS;
        struct amount amount = amount_from_u64(asset_by_code(STR("LTC")),
                                               1 + ((random >> (16 + 8 * i)) & 0xff) * 1000003);
        outputs[i] = (struct sandbox_output){model->programs[customer], amount};
        first[i] =
            (struct static_payment){.ordinal = (uint32_t)i, .customer = customer, .amount = amount};
    }
    struct txid txid;
    BUG_IF(!result_is_ok(sandbox_pay(world_app(world)->sandbox, outputs, count, &txid)));
    for (size_t i = 0; i < count; i++) {
        first[i].txid = txid;
    }
    model->payment_count += count;
}

static void note_block(struct static_model *model, const struct chain_block *block) {
    for (size_t i = 0; i < block->output_count; i++) {
        for (size_t j = 0; j < model->payment_count; j++) {
            struct static_payment *payment = &model->payments[j];
            if (txid_eq(block->outputs[i].txid, payment->txid) &&
                block->outputs[i].ordinal == payment->ordinal) {
                payment->height = block->header.height;
                payment->was_mined = true;
            }
        }
    }
}

static int64_t read_chain(struct static_model *model, struct world *world, struct arena *arena) {
    struct chain *chain = world_chain(world);
    struct block_header tip;
    BUG_IF(!result_is_ok(chain->ops->tip(chain, arena, &tip)));
    for (size_t i = 0; i < model->payment_count; i++) {
        model->payments[i].height = 0;
    }
    for (int64_t height = 0; height <= tip.height; height++) {
        struct block_hash hash;
        struct chain_block block;
        BUG_IF(!result_is_ok(chain->ops->hash_at(chain, arena, height, &hash)));
        BUG_IF(!result_is_ok(chain->ops->block(chain, arena, hash, &block)));
        note_block(model, &block);
    }
    return tip.height;
}

/* The receipt of a payment is the same for ever, and nobody else's. */
static const char *check_identity(struct static_model *model, struct world *world,
                                  struct arena *arena, struct static_payment *payment) {
    struct payment_row row;
    struct result found = store_payment_by_outpoint(world_reader(world), network_sandbox(),
                                                    payment->txid, payment->ordinal, &row);
    if (!payment->was_mined) {
        return found.code == &ERR_NOT_FOUND ? NULL : "a payment that no block ever had is recorded";
    }
    if (!result_is_ok(found) || row.invoice_id == 0) {
        return "a mined payment into a static wallet has no receipt";
    }
    if (payment->invoice != 0 && payment->invoice != row.invoice_id) {
        return arena_printf(arena, "receipt %lld became %lld", (long long)payment->invoice,
                            (long long)row.invoice_id);
    }
    payment->invoice = row.invoice_id;
    for (size_t i = 0; i < model->payment_count; i++) {
        const struct static_payment *other = &model->payments[i];
        if (other != payment && other->invoice == payment->invoice) {
            return arena_printf(arena, "receipt %lld is of two payments",
                                (long long)payment->invoice);
        }
    }
    return NULL;
}

static const char *check_receipt(struct world *world, struct arena *arena,
                                 const struct static_payment *payment, bool deep) {
    struct invoice_view view = world_view(world, payment->invoice);
    bool ended = world_now_ms(world) > view.invoice.expires_at_ms;
    bool open = view.invoice.status == INVOICE_CREATED ||
                (ended && view.invoice.status == INVOICE_CANCELED);
    if (deep ? view.invoice.status != INVOICE_PAID : !open) {
        return arena_printf(arena, "receipt %lld is %s and its payment %s confirmed",
                            (long long)payment->invoice, invoice_status_name(view.invoice.status),
                            deep ? "is" : "is not");
    }
    if (view.shown == NULL || !amount_eq(view.shown->row.due, payment->amount) ||
        !str_eq(view.invoice.order_id, str_from_c(customers[payment->customer]))) {
        return arena_printf(arena, "receipt %lld is of another sum or customer",
                            (long long)payment->invoice);
    }
    return outbox_check(world, arena, &view);
}

static const char *check_count(struct world *world, struct arena *arena, size_t expected) {
    const struct invoice_row *rows;
    size_t count;
    struct store_invoice_filter filter = {.limit = INVOICES_LIMIT};
    BUG_IF(!result_is_ok(store_invoice_list(world_reader(world), arena, &filter, &rows, &count)));
    return count == expected ? NULL
                             : arena_printf(arena, "there are %zu invoices and receipts, not %zu",
                                            count, expected);
}

const char *static_model_check(struct static_model *model, struct world *world, struct arena *arena,
                               uint32_t depth, struct rolled_invoice *rolled,
                               size_t *rolled_count) {
    int64_t tip_height = read_chain(model, world, arena);
    const char *problem = NULL;
    for (size_t i = 0; problem == NULL && i < model->payment_count; i++) {
        struct static_payment *payment = &model->payments[i];
        problem = check_identity(model, world, arena, payment);
        if (problem != NULL || !payment->was_mined) {
            continue;
        }
        bool deep = payment->height > 0 && tip_height - payment->height + 1 >= (int64_t)depth;
        problem = check_receipt(world, arena, payment, deep);
        rolled[(*rolled_count)++] =
            (struct rolled_invoice){payment->invoice, payment->amount,
                                    deep ? payment->amount : amount_zero(payment->amount.asset)};
    }
    return problem != NULL ? problem : check_count(world, arena, *rolled_count);
}
