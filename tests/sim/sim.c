/* SPDX-License-Identifier: MIT */
/* Random histories of the real app against a small model: one seed, one history. `sim --seed 42`
 * repeats one; `sim --seeds 20 --steps 200` runs seeds 1 to 20, one TAP line each. After each step
 * the statuses must be what the chain says, every paid invoice has exactly one success in the
 * outbox, and the rolled-up rows are what a count of the model gives. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/delivery_record.h"
#include "app/job.h"
#include "base/arena.h"
#include "base/log.h"
#include "core/error.h"
#include "core/payment.h"
#include "ports/sandbox.h"
#include "ports/store_delivery.h"
#include "sim/false_sighting.h"
#include "sim/model.h"
#include "sim/outbox_check.h"
#include "sim/rollup_check.h"
#include "sim/static_model.h"
#include "sim/world.h"

enum {
    CHECK_ARENA_BYTES = 64 << 20,
    MINUTE_MS = 60000,
    STEP_MS = 1000, /* passes in each step, before the watcher looks */
};

/* splitmix64 */
static uint64_t next_random(struct model *model) {
    model->random += 0x9e3779b97f4a7c15u;
    uint64_t z = model->random;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static uint64_t below(struct model *model, uint64_t limit) {
    return next_random(model) % limit;
}

/* ---- what the chain says */

static void note_block(struct model *model, const struct chain_block *block,
                       struct chain_facts *facts) {
    for (size_t i = 0; i < block->output_count; i++) {
        for (size_t j = 0; j < model->payment_count; j++) {
            const struct model_payment *payment = &model->payments[j];
            if (txid_eq(block->outputs[i].txid, payment->txid) &&
                block->outputs[i].ordinal == payment->ordinal) {
                facts->found[j] = (struct found){true, block->header.height, block->header.time_ms};
            }
        }
    }
}

static void read_chain(struct model *model, struct chain_facts *ret_facts) {
    struct chain *chain = world_chain(model->world);
    *ret_facts = (struct chain_facts){0};
    BUG_IF(!result_is_ok(chain->ops->tip(chain, model->arena, &ret_facts->tip)));
    for (int64_t height = 0; height <= ret_facts->tip.height; height++) {
        struct block_hash hash;
        struct chain_block block;
        BUG_IF(!result_is_ok(chain->ops->hash_at(chain, model->arena, height, &hash)));
        BUG_IF(!result_is_ok(chain->ops->block(chain, model->arena, hash, &block)));
        note_block(model, &block, ret_facts);
    }
}

/* ---- what must be true */

struct expectation {
    struct amount credited;
    struct amount received; /* late or not */
    bool pending_on_time;
    bool pending_unsure; /* a dropped one, which the watcher may or may not have noticed */
};

/* Of another asset than the invoice asks for: recorded, never counted. */
static bool is_foreign(const struct model *model, const struct model_payment *payment) {
    return payment->amount.asset != model->invoices[payment->invoice].due.asset;
}

static struct expectation expect(const struct model *model, const struct chain_facts *facts,
                                 size_t invoice_at) {
    const struct model_invoice *invoice = &model->invoices[invoice_at];
    struct amount none = amount_zero(invoice->due.asset);
    struct expectation expectation = {.credited = none, .received = none};
    for (size_t i = 0; i < model->payment_count; i++) {
        const struct model_payment *payment = &model->payments[i];
        if (payment->invoice != invoice_at || is_foreign(model, payment)) {
            continue;
        }
        const struct found *found = &facts->found[i];
        struct payment_times times = {found->in_block ? found->block_time_ms : 0,
                                      payment->first_seen_at_ms};
        bool on_time = payment_is_on_time(times, invoice->expires_at_ms);
        bool deep = found->in_block && facts->tip.height - found->height + 1 >= model->depth;
        struct amount amount = deep ? payment->amount : none;
        expectation.received = amount_add_to_max(expectation.received, amount);
        if (on_time) {
            expectation.credited = amount_add_to_max(expectation.credited, amount);
        }
        if (!deep && on_time) {
            expectation.pending_on_time = !payment->dropped || expectation.pending_on_time;
            expectation.pending_unsure = payment->dropped || expectation.pending_unsure;
        }
    }
    return expectation;
}

static enum invoice_status status_of(const struct model *model, const struct chain_facts *facts,
                                     size_t at, const struct expectation *expectation) {
    const struct model_invoice *invoice = &model->invoices[at];
    if (invoice->canceled_by_shop) {
        return INVOICE_CANCELED;
    }
    int compared = amount_compare(expectation->credited, invoice->due);
    if (compared >= 0) {
        return compared > 0 ? INVOICE_OVERPAID : INVOICE_PAID;
    }
    if (!amount_is_zero(expectation->credited)) {
        return INVOICE_PARTIAL;
    }
    bool over = world_now_ms(model->world) > invoice->expires_at_ms &&
                facts->tip.proven_ms > invoice->expires_at_ms;
    return over && !expectation->pending_on_time ? INVOICE_CANCELED : INVOICE_CREATED;
}

static bool fail(struct model *model, const char *what, size_t at, enum invoice_status expected,
                 enum invoice_status is) {
    model->problem = arena_printf(model->arena, "%s: invoice %lld should be %s and is %s", what,
                                  (long long)model->invoices[at].id, invoice_status_name(expected),
                                  invoice_status_name(is));
    return false;
}

/* What came in another asset is in the books, too. */
static bool foreign_is_kept(const struct model *model, const struct chain_facts *facts, size_t at,
                            const struct invoice_view *view) {
    size_t expected = 0;
    for (size_t i = 0; i < model->payment_count; i++) {
        const struct model_payment *payment = &model->payments[i];
        expected +=
            payment->invoice == at && is_foreign(model, payment) && facts->found[i].in_block;
    }
    size_t kept = 0;
    for (size_t i = 0; i < view->payment_count; i++) {
        kept += view->payments[i].height != 0 && invoice_view_is_foreign(view, &view->payments[i]);
    }
    return kept == expected;
}

static bool check_invoice(struct model *model, const struct chain_facts *facts, size_t at) {
    struct expectation expectation = expect(model, facts, at);
    model->rolled[at] = (struct rolled_invoice){model->invoices[at].id, model->invoices[at].due,
                                                expectation.received};
    enum invoice_status expected = status_of(model, facts, at, &expectation);
    struct invoice_view view = world_view(model->world, model->invoices[at].id);
    bool unsure = expectation.pending_unsure && expected == INVOICE_CANCELED;
    if (view.invoice.status != expected && !(unsure && view.invoice.status == INVOICE_CREATED)) {
        model_tell_payments(model, facts, at, &view);
        return fail(model, "status", at, expected, view.invoice.status);
    }
    if (!model->invoices[at].canceled_by_shop &&
        !amount_eq(view.shown->confirmed, expectation.credited)) {
        model_tell_payments(model, facts, at, &view);
        return fail(model, "credited sum", at, expected, view.invoice.status);
    }
    if (!foreign_is_kept(model, facts, at, &view)) {
        model_tell_payments(model, facts, at, &view);
        return fail(model, "money of another asset", at, expected, view.invoice.status);
    }
    model->problem = outbox_check(model->world, model->arena, &view);
    return model->problem == NULL;
}

static bool check(struct model *model) {
    arena_reset(model->arena);
    struct chain_facts facts;
    read_chain(model, &facts);
    for (size_t i = 0; i < model->invoice_count; i++) {
        if (!check_invoice(model, &facts, i)) {
            return false;
        }
    }
    size_t rolled_count = model->invoice_count;
    model->problem = static_model_check(model->statics, model->world, model->arena, model->depth,
                                        model->rolled, &rolled_count);
    if (model->problem == NULL) {
        model->problem = rollup_check(model->world, model->arena, model->rolled, rolled_count);
    }
    return model->problem == NULL;
}

/* ---- what may happen */

static struct sandbox *sandbox_of(struct model *model) {
    return world_app(model->world)->sandbox;
}

static void create(struct model *model) {
    if (model->invoice_count == INVOICES_MAX) {
        return;
    }
    int64_t ttl_s = 60 + (int64_t)below(model, 600);
    struct invoice_create made =
        world_create_invoice(model->world, below(model, 2) ? "10" : "33.33", ttl_s);
    model->invoices[model->invoice_count++] =
        (struct model_invoice){.id = made.invoice.id,
                               .program = made.issue.row.program,
                               .due = made.issue.row.due,
                               .expires_at_ms = made.invoice.expires_at_ms};
}

/* Exact, half, a hair short, a hair over, double. */
static struct amount random_amount(struct model *model, struct amount due) {
    struct amount amount = due;
    struct amount hair = amount_from_u64(due.asset, 1);
    switch (below(model, 5)) {
    case 0:
        BUG_IF(!result_is_ok(amount_per_million(due, 500000, ROUND_DOWN, &amount)));
        break;
    case 1:
        amount = amount_subtract_to_zero(due, hair);
        break;
    case 2:
        BUG_IF(!result_is_ok(amount_add(due, hair, &amount)));
        break;
    case 3:
        BUG_IF(!result_is_ok(amount_add(due, due, &amount)));
        break;
    default:
        break;
    }
    return amount;
}

/* One transaction with up to three outputs, to one or to several invoices. */
static void pay(struct model *model) {
    size_t count = 1 + (size_t)below(model, 3);
    if (model->invoice_count == 0 || model->payment_count + count > PAYMENTS_MAX) {
        return;
    }
    struct sandbox_output outputs[3];
    size_t first = model->payment_count;
    for (size_t i = 0; i < count; i++) {
        size_t at = (size_t)below(model, model->invoice_count);
        struct amount amount = random_amount(model, model->invoices[at].due);
        if (below(model, 6) == 0) {
            amount = amount_from_u64(asset_by_code(STR("USDC_ERC20")), 1 + below(model, 90000000));
        }
        outputs[i] = (struct sandbox_output){model->invoices[at].program, amount};
        model->payments[model->payment_count++] =
            (struct model_payment){.ordinal = (uint32_t)i, .invoice = at, .amount = amount};
    }
    struct txid txid;
    BUG_IF(!result_is_ok(sandbox_pay(sandbox_of(model), outputs, count, &txid)));
    for (size_t i = first; i < model->payment_count; i++) {
        model->payments[i].txid = txid;
        model->payments[i].first_seen_at_ms = world_now_ms(model->world) + STEP_MS;
    }
    model->lie_from = below(model, 4) == 0 ? first : model->payment_count;
}

/* A node tells wrong amounts of its mempool before the honest one is heard. */
static void lie(struct model *model) {
    for (; model->lie_from < model->payment_count; model->lie_from++) {
        const struct model_payment *payment = &model->payments[model->lie_from];
        const struct model_invoice *invoice = &model->invoices[payment->invoice];
        struct amount amount = random_amount(model, invoice->due);
        const struct chain_output output = {payment->txid, payment->ordinal, invoice->program,
                                            amount, false};
        false_sighting_tell(model->world, model->arena, &output);
    }
}

static void reorg(struct model *model) {
    struct block_header tip;
    struct chain *chain = world_chain(model->world);
    BUG_IF(!result_is_ok(chain->ops->tip(chain, model->arena, &tip)));
    uint32_t depth = 1 + (uint32_t)below(model, 4);
    if (tip.height <= (int64_t)depth + 1) {
        return;
    }
    enum sandbox_reorg_mode modes[] = {SANDBOX_REORG_RETURN, SANDBOX_REORG_HOLD,
                                       SANDBOX_REORG_DROP};
    enum sandbox_reorg_mode mode = modes[below(model, 3)];
    struct chain_facts before;
    read_chain(model, &before);
    BUG_IF(!result_is_ok(sandbox_reorg(sandbox_of(model), depth, mode)));
    for (size_t i = 0; mode == SANDBOX_REORG_DROP && i < model->payment_count; i++) {
        bool undone = before.found[i].in_block && before.found[i].height > tip.height - depth;
        model->payments[i].dropped = model->payments[i].dropped || undone;
    }
}

static void drop(struct model *model) {
    if (model->payment_count == 0) {
        return;
    }
    struct txid txid = model->payments[below(model, model->payment_count)].txid;
    bool dropped = result_is_ok(sandbox_drop(sandbox_of(model), txid)); /* in the mempool */
    for (size_t i = 0; i < model->payment_count; i++) {
        struct model_payment *payment = &model->payments[i];
        payment->dropped = payment->dropped || (dropped && txid_eq(payment->txid, txid));
    }
}

static void cancel(struct model *model) {
    if (model->invoice_count == 0) {
        return;
    }
    size_t at = (size_t)below(model, model->invoice_count);
    if (result_is_ok(world_cancel(model->world, model->invoices[at].id))) {
        model->invoices[at].canceled_by_shop = true;
    }
}

/* One of the waiting postbacks is tried, and heard or not. */
static void attempt(struct model *model) {
    const struct delivery_row *rows;
    size_t count;
    BUG_IF(!result_is_ok(store_delivery_undelivered(world_reader(model->world), model->arena, 0,
                                                    PAYMENTS_MAX, &rows, &count)));
    if (count == 0) {
        return;
    }
    bool delivered = below(model, 2) == 0;
    struct delivery_record record = {
        .attempt = {.delivery_id = rows[below(model, count)].id,
                    .at_ms = world_now_ms(model->world),
                    .http_status = delivered ? 200 : 500,
                    .url = STR("http://127.0.0.1:1/"),
                    .outcome = delivered ? STR("delivered") : STR("answered 500")},
        .state = delivered ? DELIVERY_DELIVERED : DELIVERY_DEFERRED,
        .next_attempt_at_ms = world_now_ms(model->world) + MINUTE_MS,
    };
    BUG_IF(!result_is_ok(
        job_run(world_app(model->world)->queue, &delivery_record_use_case, &record, model->arena)));
}

static void restart(struct model *model) {
    char confirmations[16];
    (void)snprintf(confirmations, sizeof confirmations, "%u", model->depth);
    int64_t now_ms = world_now_ms(model->world);
    if (below(model, 3) == 0) {
        world_forget_rollups(model->world);
    }
    world_close(model->world, below(model, 2) == 0);
    model->world = world_open(model->folder, confirmations, now_ms);
}

/* Undo some blocks and let the watcher apply them again: the ledger must be what it was. */
static bool undo_and_redo(struct model *model) {
    struct str before = world_digest(model->world, model->arena);
    for (uint64_t i = below(model, 3) + 1; i > 0 && world_undo_tip(model->world); i--) {
    }
    world_settle(model->world);
    struct str after = world_digest(model->world, model->arena);
    if (!str_eq(before, after)) {
        model->problem = "undoing and applying again left another ledger";
        return false;
    }
    return true;
}

/* Nothing was missed: reading blocks again must change nothing. */
static bool rescan(struct model *model) {
    struct block_header tip;
    struct chain *chain = world_chain(model->world);
    BUG_IF(!result_is_ok(chain->ops->tip(chain, model->arena, &tip)));
    struct str before = world_digest(model->world, model->arena);
    int64_t found = world_rescan(model->world, (int64_t)below(model, (uint64_t)tip.height + 1));
    if (found != 0 || !str_eq(before, world_digest(model->world, model->arena))) {
        model->problem = "reading blocks again left another ledger";
        return false;
    }
    return true;
}

/* Some blocks are passed over, and read again: after the next block all is as if they had been
 * read at once. */
static void miss_and_rescan(struct model *model) {
    BUG_IF(!result_is_ok(sandbox_mine(sandbox_of(model), 1 + (uint32_t)below(model, 4))));
    world_settle_unseeing(model->world);
    world_pass(model->world, (int64_t)below(model, 3) * MINUTE_MS);
    world_settle(model->world);
    (void)world_rescan(model->world, 0);
    BUG_IF(!result_is_ok(sandbox_mine(sandbox_of(model), 1)));
}

static bool step(struct model *model) {
    arena_reset(model->arena);
    uint64_t what = below(model, 100);
    if (what < 22) {
        create(model);
    } else if (what < 40) {
        pay(model);
    } else if (what < 46) {
        static_model_pay(model->statics, model->world, next_random(model));
    } else if (what < 50) {
        attempt(model);
    } else if (what < 54) {
        miss_and_rescan(model);
    } else if (what < 68) {
        BUG_IF(!result_is_ok(sandbox_mine(sandbox_of(model), 1 + (uint32_t)below(model, 3))));
    } else if (what < 77) {
        world_pass(model->world, (int64_t)below(model, 5) * MINUTE_MS);
    } else if (what < 86) {
        reorg(model);
    } else if (what < 90) {
        drop(model);
    } else if (what < 94) {
        cancel(model);
    } else if (what < 97) {
        world_settle(model->world);
        return undo_and_redo(model) && rescan(model);
    } else {
        restart(model);
    }
    world_pass(model->world, STEP_MS);
    lie(model);
    world_settle(model->world);
    return check(model);
}

/* ---- histories */

static bool run_history(uint64_t seed, int steps) {
    struct model *model = calloc(1, sizeof *model);
    BUG_IF(model == NULL);
    model->random = seed;
    model->depth = 1 + (uint32_t)below(model, 3);
    model->arena = arena_new(CHECK_ARENA_BYTES);
    model->statics = static_model_new();
    (void)snprintf(model->folder, sizeof model->folder, "/tmp/till-sim-XXXXXX");
    BUG_IF(mkdtemp(model->folder) == NULL);
    char confirmations[16];
    (void)snprintf(confirmations, sizeof confirmations, "%u", model->depth);
    model->world = world_open(model->folder, confirmations, 1800000000000);
    bool good = true;
    for (int i = 0; good && i < steps; i++) {
        good = step(model);
        if (!good) {
            (void)printf("# seed %llu, step %d: %s\n", (unsigned long long)seed, i, model->problem);
        }
    }
    world_close(model->world, true);
    world_remove(model->folder);
    arena_free(model->arena);
    static_model_free(model->statics);
    free(model);
    return good;
}

static uint64_t argument(int argc, char **argv, const char *name, uint64_t otherwise) {
    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], name) == 0) {
            return strtoull(argv[i + 1], NULL, 10);
        }
    }
    return otherwise;
}

int main(int argc, char **argv) {
    uint64_t one = argument(argc, argv, "--seed", 0);
    uint64_t seeds = one != 0 ? 1 : argument(argc, argv, "--seeds", 10);
    int steps = (int)argument(argc, argv, "--steps", 150);
    log_set_level(LOG_ERROR);
    int failed = 0;
    (void)printf("1..%llu\n", (unsigned long long)seeds);
    for (uint64_t i = 1; i <= seeds; i++) {
        uint64_t seed = one != 0 ? one : i;
        bool good = run_history(seed, steps);
        (void)printf("%s %llu - history of seed %llu\n", good ? "ok" : "not ok",
                     (unsigned long long)i, (unsigned long long)seed);
        (void)fflush(stdout);
        failed += good ? 0 : 1;
    }
    return failed == 0 ? 0 : 1;
}
