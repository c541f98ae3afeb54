/* SPDX-License-Identifier: MIT */
#include "app/token_accept.h"

#include "app/ledger.h"
#include "core/asset.h"
#include "core/error.h"
#include "ports/store_journal.h"
#include "ports/store_token.h"

static struct result token_accept_apply(void *input, struct ledger *ledger) {
    const struct token_accept *accept = input;
    struct token_pin_row pin;
    TRY(store_token_pin_by_asset(ledger_conn(ledger), accept->asset, &pin));
    ENSURE(pin.has_changed, ERR_TOKEN_UNCHANGED);
    pin.pinned = pin.told;
    pin.pinned_at_ms = ledger_now_ms(ledger);
    pin.has_changed = false;
    TRY(store_token_pin_update(ledger_conn(ledger), &pin));
    return store_alarm_clear(ledger_conn(ledger), STR("token_changed"),
                             str_from_c(accept->asset->code), ledger_now_ms(ledger));
}

const struct use_case token_accept_use_case = {
    .name = "token_accept",
    .job_class = JOB_OPERATOR,
    .apply = token_accept_apply,
};
