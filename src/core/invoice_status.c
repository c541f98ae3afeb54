/* SPDX-License-Identifier: MIT */
#include "core/invoice_status.h"

#include "base/result.h"

static const char *const status_names[INVOICE_STATUS_COUNT] = {
    [INVOICE_CREATED] = "created",   [INVOICE_PARTIAL] = "partial",   [INVOICE_PAID] = "paid",
    [INVOICE_OVERPAID] = "overpaid", [INVOICE_CANCELED] = "canceled",
};

static const char *const cause_names[INVOICE_CAUSE_COUNT] = {
    [CAUSE_PAYMENT_SEEN] = "payment_seen",
    [CAUSE_PAYMENT_GONE] = "payment_gone",
    [CAUSE_CONFIRMED] = "confirmed",
    [CAUSE_UNDONE] = "undone",
    [CAUSE_DEADLINE_PROVEN] = "deadline_proven",
    [CAUSE_DEADLINE_UNPROVEN] = "deadline_unproven",
    [CAUSE_CANCELED_BY_SHOP] = "canceled_by_shop",
    [CAUSE_CONFIRMED_BY_HAND] = "confirmed_by_hand",
    [CAUSE_LATE_ACCEPTED] = "late_accepted",
};

const char *invoice_status_name(enum invoice_status status) {
    BUG_IF((unsigned)status >= INVOICE_STATUS_COUNT);
    return status_names[status];
}

const char *invoice_flag_name(enum invoice_flag flag) {
    switch (flag) {
    case INVOICE_FLAG_SEEN:
        return "seen";
    case INVOICE_FLAG_LATE:
        return "late";
    case INVOICE_FLAG_DISPUTE:
        return "dispute";
    case INVOICE_FLAG_EXPIRED_PARTIAL:
        return "expired_partial";
    case INVOICE_FLAG_TEST:
        return "test";
    }
    BUG_IF(true);
}

const char *invoice_cause_name(enum invoice_cause cause) {
    BUG_IF((unsigned)cause >= INVOICE_CAUSE_COUNT);
    return cause_names[cause];
}

bool invoice_status_is_success(enum invoice_status status) {
    return status == INVOICE_PAID || status == INVOICE_OVERPAID;
}
