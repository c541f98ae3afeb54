/* SPDX-License-Identifier: MIT */
#include "app/inflow_record.h"

#include "app/app.h"
#include "app/ledger.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/store_inflow.h"
#include "ports/store_journal.h"
#include "ports/store_payment.h"

#define ALARM STR("native_unattributed")

struct amount inflow_of(struct amount balance, int64_t address_id,
                        const struct payment_row *payments, size_t count) {
    struct amount recorded = amount_zero(balance.asset);
    for (size_t i = 0; i < count; i++) {
        bool in_block =
            payments[i].state == PAYMENT_SHALLOW || payments[i].state == PAYMENT_CONFIRMED;
        if (in_block && payments[i].address_id == address_id &&
            payments[i].amount.asset == balance.asset) {
            recorded = amount_add_to_max(recorded, payments[i].amount);
        }
    }
    return amount_subtract_to_zero(balance, recorded);
}

static void inflow_record_needs(const void *input, struct needs *needs) {
    const struct inflow_record *record = input;
    for (size_t i = 0; i < record->count; i++) {
        needs_invoice(needs, record->balances[i].address.invoice_id);
    }
}

static struct result known_inflow(struct store_conn *conn, int64_t address_id,
                                  const struct asset *asset, struct amount *ret_amount) {
    struct native_inflow_row row;
    struct result found = store_native_inflow_by_address(conn, address_id, &row);
    if (found.code == &ERR_NOT_FOUND) {
        *ret_amount = amount_zero(asset);
        return RESULT_OK;
    }
    TRY(found);
    ENSURE(row.amount.asset == asset, ERR_STORE_BROKEN);
    *ret_amount = row.amount;
    return RESULT_OK;
}

static struct str subject_of(struct ledger *ledger, const struct invoice_row *invoice) {
    return app_invoice_public_id(ledger_arena(ledger), ledger_app(ledger), invoice->id);
}

/* One alarm for an invoice, whatever came to how many of its addresses. */
static struct result tell(struct ledger *ledger, const struct invoice_bundle *bundle) {
    struct amount sum;
    TRY(inflow_of_invoice(ledger_conn(ledger), bundle->options, bundle->option_count, &sum));
    struct str subject = subject_of(ledger, &bundle->invoice);
    if (sum.asset == NULL) {
        return store_alarm_clear(ledger_conn(ledger), ALARM, subject, ledger_now_ms(ledger));
    }
    struct str amount = amount_to_text(ledger_arena(ledger), sum);
    const char *detail =
        arena_printf(ledger_arena(ledger), "%.*s %s came to its address and no transfer shows it",
                     STR_ARG(amount), sum.asset->code);
    return ledger_alarm(ledger, "native_unattributed", subject, str_from_c(detail));
}

static struct result journal_inflow(struct ledger *ledger, const struct invoice_row *invoice,
                                    const char *event, struct amount amount, int64_t height) {
    struct str text = amount_to_text(ledger_arena(ledger), amount);
    return ledger_journal(ledger, invoice, event,
                          "{\"amount\":\"%.*s\",\"asset\":\"%s\",\"height\":%lld}", STR_ARG(text),
                          amount.asset->code, (long long)height);
}

static struct result note(struct ledger *ledger, const struct inflow_record *record,
                          const struct address_row *address, struct amount amount,
                          const struct invoice_bundle *bundle) {
    struct native_inflow_row row = {
        .address_id = address->id,
        .network = record->network,
        .amount = amount,
        .height = record->tip.height,
        .noticed_at_ms = ledger_now_ms(ledger),
    };
    TRY(store_native_inflow_put(ledger_conn(ledger), &row));
    return journal_inflow(ledger, &bundle->invoice, "native_unattributed", amount,
                          record->tip.height);
}

static struct result record_one(struct ledger *ledger, const struct inflow_record *record,
                                const struct inflow_balance *seen) {
    struct invoice_bundle *bundle;
    TRY(ledger_invoice(ledger, seen->address.invoice_id, &bundle));
    struct amount inflow =
        inflow_of(seen->balance, seen->address.id, bundle->payments, bundle->payment_count);
    struct amount known;
    TRY(known_inflow(ledger_conn(ledger), seen->address.id, inflow.asset, &known));
    if (amount_eq(inflow, known)) {
        return RESULT_OK;
    }
    if (amount_is_zero(inflow)) {
        TRY(store_native_inflow_delete(ledger_conn(ledger), seen->address.id));
        TRY(journal_inflow(ledger, &bundle->invoice, "native_attributed", known,
                           record->tip.height));
    } else {
        TRY(note(ledger, record, &seen->address, inflow, bundle));
    }
    ledger_note_invoice(ledger, bundle->invoice.id);
    return tell(ledger, bundle);
}

static struct result inflow_record_apply(void *input, struct ledger *ledger) {
    const struct inflow_record *record = input;
    struct block_header tip;
    TRY(store_block_tip(ledger_conn(ledger), record->network, &tip));
    if (!block_hash_eq(tip.hash, record->tip.hash)) {
        return RESULT_OK;
    }
    for (size_t i = 0; i < record->count; i++) {
        TRY(record_one(ledger, record, &record->balances[i]));
    }
    return RESULT_OK;
}

const struct use_case inflow_record_use_case = {
    .name = "inflow_record",
    .job_class = JOB_CHAIN,
    .needs = inflow_record_needs,
    .apply = inflow_record_apply,
};

struct result inflow_of_invoice(struct store_conn *conn, const struct address_row *options,
                                size_t option_count, struct amount *ret_sum) {
    *ret_sum = (struct amount){0};
    for (size_t i = 0; i < option_count; i++) {
        struct native_inflow_row row;
        struct result found = store_native_inflow_by_address(conn, options[i].id, &row);
        if (found.code == &ERR_NOT_FOUND) {
            continue;
        }
        TRY(found);
        /* Options on two networks: the first is named, both stand in the journal. */
        if (ret_sum->asset == NULL) {
            *ret_sum = row.amount;
        } else if (ret_sum->asset == row.amount.asset) {
            *ret_sum = amount_add_to_max(*ret_sum, row.amount);
        }
    }
    return RESULT_OK;
}

struct result inflow_settle(struct ledger *ledger, const struct invoice_bundle *bundle) {
    for (size_t i = 0; i < bundle->option_count; i++) {
        TRY(store_native_inflow_delete(ledger_conn(ledger), bundle->options[i].id));
    }
    return store_alarm_clear(ledger_conn(ledger), ALARM, subject_of(ledger, &bundle->invoice),
                             ledger_now_ms(ledger));
}
