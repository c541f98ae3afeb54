/* SPDX-License-Identifier: MIT */
#include "app/alarm_set.h"

#include "app/ledger.h"
#include "ports/store_journal.h"

static struct result alarm_set_apply(void *input, struct ledger *ledger) {
    const struct alarm_set *set = input;
    if (set->clear) {
        return store_alarm_clear(ledger_conn(ledger), set->code, set->subject,
                                 ledger_now_ms(ledger));
    }
    struct alarm_row alarm = {.code = set->code,
                              .subject = set->subject,
                              .detail = set->detail,
                              .since_ms = ledger_now_ms(ledger)};
    return store_alarm_raise(ledger_conn(ledger), &alarm);
}

const struct use_case alarm_set_use_case = {
    .name = "alarm_set",
    .job_class = JOB_OPERATOR,
    .apply = alarm_set_apply,
};
