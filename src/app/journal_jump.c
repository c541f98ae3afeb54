/* SPDX-License-Identifier: MIT */
#include "app/journal_jump.h"

#include "app/ledger.h"
#include "core/invoice_id.h"
#include "ports/store_journal.h"

/* 2020-01-01T00:00:00Z */
static const int64_t epoch_ms = INT64_C(1577836800000);
/* Half of what the places of shop events can tell; a clock that says the year 2064 is not believed.
 */
static const int64_t id_max = INVOICE_ID_COUNT / 2;

static struct result journal_jump_apply(void *input, struct ledger *ledger) {
    struct journal_jump *jump = input;
    int64_t id = ledger_now_ms(ledger) - epoch_ms;
    int64_t highest;
    jump->jumped_to = 0;
    TRY(store_journal_highest_id(ledger_conn(ledger), &highest));
    if (id <= highest || id > id_max) {
        return RESULT_OK;
    }
    struct journal_row entry = {.id = id,
                                .at_ms = ledger_now_ms(ledger),
                                .event = STR("journal_jumped"),
                                .detail = STR("{}")};
    TRY(store_journal_append(ledger_conn(ledger), &entry));
    jump->jumped_to = id;
    return RESULT_OK;
}

const struct use_case journal_jump_use_case = {
    .name = "journal_jump", .job_class = JOB_OPERATOR, .apply = journal_jump_apply};
