/* SPDX-License-Identifier: MIT */
#include "app/rollup_rebuild.h"

#include "app/app.h"
#include "app/ledger.h"
#include "app/rollup.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/store_invoice.h"
#include "ports/store_journal.h"
#include "ports/store_payment.h"
#include "ports/store_rollup.h"

enum { PAGE_INVOICES = 500, PAGE_BYTES_MAX = 16 << 20, INVOICE_BYTES_MAX = 512 << 20 };

#define COUNTED_KEY STR("rollups")
#define COUNTED     STR("counted")

static struct result add_invoice(struct store_conn *conn, struct arena *arena,
                                 struct rollup *rollup, const struct invoice_row *invoice) {
    struct invoice_rows rows = {.invoice = invoice};
    TRY(store_payment_of_invoice(conn, arena, invoice->id, &rows.payments, &rows.payment_count));
    if (rows.payment_count > 0) {
        TRY(store_address_of_invoice(conn, arena, invoice->id, &rows.options, &rows.option_count));
    }
    struct rollup_share share = rollup_share_of(arena, &rows);
    rollup_add(rollup, &share);
    return RESULT_OK;
}

/* `*last_id` goes on to the last invoice of the page; a page without any is the end. */
static struct result count_page(struct store_conn *conn, struct arena *page, struct arena *scratch,
                                int64_t *last_id, size_t *ret_count) {
    const struct invoice_row *invoices;
    TRY(store_invoice_after(conn, page, *last_id, PAGE_INVOICES, &invoices, ret_count));
    struct rollup *rollup = rollup_new(page);
    for (size_t i = 0; i < *ret_count; i++) {
        arena_reset(scratch);
        TRY(add_invoice(conn, scratch, rollup, &invoices[i]));
        *last_id = invoices[i].id;
    }
    bool sound;
    TRY(rollup_write(rollup, conn, &sound));
    BUG_IF(!sound);
    return RESULT_OK;
}

static struct result rollup_rebuild_apply(void *input, struct ledger *ledger) {
    struct rollup_rebuild *rebuild = input;
    struct store_conn *conn = ledger_conn(ledger);
    CLEANUP(arena_cleanup) struct arena *page = arena_new(PAGE_BYTES_MAX);
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new(INVOICE_BYTES_MAX);
    /* What earlier jobs of the batch changed is among the rows to count. */
    TRY(ledger_write_counts(ledger));
    TRY(store_rollup_clear(conn));
    int64_t last_id = 0;
    size_t count;
    rebuild->invoices = 0;
    do {
        arena_reset(page);
        TRY(count_page(conn, page, scratch, &last_id, &count));
        rebuild->invoices += (int64_t)count;
    } while (count > 0);
    TRY(store_alarm_clear(conn, STR("rollups_wrong"), STR("statistics"), ledger_now_ms(ledger)));
    return store_setting_set(conn, COUNTED_KEY, COUNTED);
}

const struct use_case rollup_rebuild_use_case = {
    .name = "rollup_rebuild",
    .job_class = JOB_OPERATOR,
    .apply = rollup_rebuild_apply,
};

struct result rollup_ensure(const struct app *app, struct store_conn *reader, struct arena *arena,
                            int64_t *ret_invoices) {
    struct str mark = STR("");
    struct result found = store_setting_get(reader, arena, COUNTED_KEY, &mark);
    if (found.code != &ERR_NOT_FOUND) {
        TRY(found);
    }
    *ret_invoices = -1;
    if (str_eq(mark, COUNTED)) {
        return RESULT_OK;
    }
    struct rollup_rebuild rebuild = {0};
    TRY(job_run(app->queue, &rollup_rebuild_use_case, &rebuild, arena));
    *ret_invoices = rebuild.invoices;
    return RESULT_OK;
}

struct result rollup_distrust(struct ledger *ledger) {
    return store_setting_set(ledger_conn(ledger), COUNTED_KEY, STR("wrong"));
}
