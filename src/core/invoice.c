/* SPDX-License-Identifier: MIT */
#include "core/invoice.h"

#include "core/error.h"

/* You are here: the heart of Till. The functions below read the facts and nothing else, so the same
 * facts always stand for the same status, whatever happened in between. The table says which of the
 * moves that follow from this can happen at all, and why. */

static const struct invoice_move moves[] = {
    {INVOICE_CREATED, INVOICE_PARTIAL, CAUSE_CONFIRMED, ANNOUNCE_NONE},
    {INVOICE_CREATED, INVOICE_PAID, CAUSE_CONFIRMED, ANNOUNCE_SUCCESS},
    {INVOICE_CREATED, INVOICE_OVERPAID, CAUSE_CONFIRMED, ANNOUNCE_SUCCESS},
    {INVOICE_PARTIAL, INVOICE_PAID, CAUSE_CONFIRMED, ANNOUNCE_SUCCESS},
    {INVOICE_PARTIAL, INVOICE_OVERPAID, CAUSE_CONFIRMED, ANNOUNCE_SUCCESS},
    {INVOICE_PAID, INVOICE_OVERPAID, CAUSE_CONFIRMED, ANNOUNCE_NONE},
    /* Seen on time, vanished, canceled, and mined after all; or it comes back after a reorg. */
    {INVOICE_CANCELED, INVOICE_PARTIAL, CAUSE_CONFIRMED, ANNOUNCE_NONE},
    {INVOICE_CANCELED, INVOICE_PAID, CAUSE_CONFIRMED, ANNOUNCE_SUCCESS},
    {INVOICE_CANCELED, INVOICE_OVERPAID, CAUSE_CONFIRMED, ANNOUNCE_SUCCESS},

    /* Each edge that a block causes has its way back: rule R. Never a postback. */
    {INVOICE_PARTIAL, INVOICE_CREATED, CAUSE_UNDONE, ANNOUNCE_NONE},
    {INVOICE_PARTIAL, INVOICE_CANCELED, CAUSE_UNDONE, ANNOUNCE_NONE},
    {INVOICE_PAID, INVOICE_CREATED, CAUSE_UNDONE, ANNOUNCE_DISPUTE},
    {INVOICE_PAID, INVOICE_PARTIAL, CAUSE_UNDONE, ANNOUNCE_DISPUTE},
    {INVOICE_PAID, INVOICE_CANCELED, CAUSE_UNDONE, ANNOUNCE_DISPUTE},
    {INVOICE_OVERPAID, INVOICE_CREATED, CAUSE_UNDONE, ANNOUNCE_DISPUTE},
    {INVOICE_OVERPAID, INVOICE_PARTIAL, CAUSE_UNDONE, ANNOUNCE_DISPUTE},
    {INVOICE_OVERPAID, INVOICE_PAID, CAUSE_UNDONE, ANNOUNCE_NONE},
    {INVOICE_OVERPAID, INVOICE_CANCELED, CAUSE_UNDONE, ANNOUNCE_DISPUTE},
    {INVOICE_CREATED, INVOICE_CANCELED, CAUSE_UNDONE,
     ANNOUNCE_NONE}, /* what kept it open is gone */
    {INVOICE_CANCELED, INVOICE_CREATED, CAUSE_UNDONE, ANNOUNCE_NONE}, /* the proof went with it */

    /* Money on its way keeps an invoice open past its deadline, and can open it again. */
    {INVOICE_CANCELED, INVOICE_CREATED, CAUSE_PAYMENT_SEEN, ANNOUNCE_NONE},
    {INVOICE_CREATED, INVOICE_CANCELED, CAUSE_PAYMENT_GONE, ANNOUNCE_NONE},
    {INVOICE_CREATED, INVOICE_CANCELED, CAUSE_DEADLINE_PROVEN, ANNOUNCE_NONE},
    {INVOICE_CANCELED, INVOICE_CREATED, CAUSE_DEADLINE_UNPROVEN, ANNOUNCE_NONE},

    {INVOICE_CREATED, INVOICE_CANCELED, CAUSE_CANCELED_BY_SHOP, ANNOUNCE_NONE}, /* final for it */

    /* An operator's word, final: no block undoes it. */
    {INVOICE_CREATED, INVOICE_PAID, CAUSE_CONFIRMED_BY_HAND, ANNOUNCE_SUCCESS},
    {INVOICE_PARTIAL, INVOICE_PAID, CAUSE_CONFIRMED_BY_HAND, ANNOUNCE_SUCCESS},
    {INVOICE_CANCELED, INVOICE_PAID, CAUSE_CONFIRMED_BY_HAND, ANNOUNCE_SUCCESS},
    {INVOICE_CREATED, INVOICE_PARTIAL, CAUSE_LATE_ACCEPTED, ANNOUNCE_NONE},
    {INVOICE_CREATED, INVOICE_PAID, CAUSE_LATE_ACCEPTED, ANNOUNCE_SUCCESS},
    {INVOICE_CREATED, INVOICE_OVERPAID, CAUSE_LATE_ACCEPTED, ANNOUNCE_SUCCESS},
    {INVOICE_PARTIAL, INVOICE_PAID, CAUSE_LATE_ACCEPTED, ANNOUNCE_SUCCESS},
    {INVOICE_PARTIAL, INVOICE_OVERPAID, CAUSE_LATE_ACCEPTED, ANNOUNCE_SUCCESS},
    {INVOICE_PAID, INVOICE_OVERPAID, CAUSE_LATE_ACCEPTED, ANNOUNCE_NONE},
    {INVOICE_CANCELED, INVOICE_PARTIAL, CAUSE_LATE_ACCEPTED, ANNOUNCE_NONE},
    {INVOICE_CANCELED, INVOICE_PAID, CAUSE_LATE_ACCEPTED, ANNOUNCE_SUCCESS},
    {INVOICE_CANCELED, INVOICE_OVERPAID, CAUSE_LATE_ACCEPTED, ANNOUNCE_SUCCESS},
};

enum { MOVE_COUNT = sizeof(moves) / sizeof(moves[0]) };

const struct invoice_move *invoice_move_at(size_t index) {
    return index < MOVE_COUNT ? &moves[index] : NULL;
}

/* How one option stands, in rising order. */
enum option_rank { OPTION_EMPTY, OPTION_SHORT, OPTION_PAID, OPTION_OVER };

/* What all options say together. */
struct money {
    enum option_rank best;
    int best_option;
    bool pending;         /* anything not deep enough */
    bool pending_on_time; /* of that, what may still pay the invoice */
    bool late;            /* confirmed after the deadline or the cancellation */
};

static bool late_counts(const struct invoice_facts *facts, const struct invoice_policy *policy) {
    /* A shop that canceled meant it: its general leniency does not bring the invoice back. */
    return facts->late_accepted || (policy->accept_late && !facts->canceled_by_shop);
}

struct amount invoice_option_credited(const struct invoice_facts *facts,
                                      const struct invoice_policy *policy, size_t option) {
    BUG_IF(option >= facts->option_count);
    const struct invoice_option_facts *money = &facts->options[option];
    struct amount all = amount_add_to_max(money->confirmed_on_time, money->confirmed_late);
    if (late_counts(facts, policy)) {
        return all;
    }
    return facts->canceled_by_shop ? amount_zero(all.asset) : money->confirmed_on_time;
}

static enum option_rank option_rank_of(const struct invoice_facts *facts,
                                       const struct invoice_policy *policy, size_t option) {
    struct amount due = facts->options[option].due;
    BUG_IF(amount_is_zero(due));
    struct amount credited = invoice_option_credited(facts, policy, option);
    if (amount_is_zero(credited)) {
        return OPTION_EMPTY; /* even if all of it may be missing */
    }
    struct amount missing = amount_subtract_to_zero(due, credited);
    struct amount surplus = amount_subtract_to_zero(credited, due);
    struct amount under = tolerance_allowance(policy->under, due, facts->due_usd);
    struct amount by_rule = tolerance_allowance(policy->auto_confirm, due, facts->due_usd);
    if (amount_less(under, missing) && amount_less(by_rule, missing)) {
        return OPTION_SHORT;
    }
    struct amount over = tolerance_allowance(policy->over, due, facts->due_usd);
    return amount_less(over, surplus) ? OPTION_OVER : OPTION_PAID;
}

/* Of options as good as each other the preferred one, which is also what a hand that confirms
 * without money names. */
static struct money money_of(const struct invoice_facts *facts,
                             const struct invoice_policy *policy) {
    struct money money = {.best = OPTION_EMPTY, .best_option = INVOICE_NO_OPTION};
    for (size_t i = 0; i < facts->option_count; i++) {
        const struct invoice_option_facts *option = &facts->options[i];
        enum option_rank rank = option_rank_of(facts, policy, i);
        bool preferred = rank == money.best && (int)i == facts->preferred_option;
        if (rank > money.best || preferred) {
            money.best = rank;
            money.best_option = (int)i;
        }
        bool pending_on_time = !amount_is_zero(option->pending_on_time);
        money.pending |= pending_on_time || !amount_is_zero(option->pending_late);
        money.pending_on_time |= pending_on_time && !facts->canceled_by_shop;
        money.late |= !amount_is_zero(option->confirmed_late) ||
                      (facts->canceled_by_shop && !amount_is_zero(option->confirmed_on_time));
    }
    return money;
}

/* The deadline ends the wait only once nothing that came in time is still on its way. */
static bool is_expired(const struct invoice_facts *facts, struct money money) {
    return facts->deadline_passed_everywhere && !money.pending_on_time;
}

static enum invoice_status status_of(const struct invoice_facts *facts, struct money money) {
    switch (money.best) {
    case OPTION_OVER:
        return INVOICE_OVERPAID;
    case OPTION_PAID:
        return INVOICE_PAID;
    case OPTION_SHORT:
        return facts->confirmed_by_hand ? INVOICE_PAID : INVOICE_PARTIAL;
    case OPTION_EMPTY:
        if (facts->confirmed_by_hand) {
            return INVOICE_PAID;
        }
        return facts->canceled_by_shop || is_expired(facts, money) ? INVOICE_CANCELED
                                                                   : INVOICE_CREATED;
    }
    BUG_IF(true);
}

static uint32_t flags_of(const struct invoice_facts *facts, struct money money,
                         enum invoice_status status) {
    uint32_t flags = facts->flags & INVOICE_FLAG_TEST;
    if (money.pending) {
        flags |= INVOICE_FLAG_SEEN;
    }
    if (money.late) {
        flags |= INVOICE_FLAG_LATE;
    }
    /* Clears by itself when the money returns, and success is not announced a second time. */
    if (facts->success_announced && !invoice_status_is_success(status)) {
        flags |= INVOICE_FLAG_DISPUTE;
    }
    if (status == INVOICE_PARTIAL && is_expired(facts, money)) {
        flags |= INVOICE_FLAG_EXPIRED_PARTIAL;
    }
    return flags;
}

struct invoice_standing invoice_standing_of(const struct invoice_facts *facts,
                                            const struct invoice_policy *policy) {
    struct money money = money_of(facts, policy);
    enum invoice_status status = status_of(facts, money);
    return (struct invoice_standing){
        .status = status,
        .flags = flags_of(facts, money, status),
        .fulfilled_option =
            invoice_status_is_success(status) ? money.best_option : INVOICE_NO_OPTION,
    };
}

bool invoice_is_cancelable(const struct invoice_facts *facts) {
    if (facts->status != INVOICE_CREATED) {
        return false;
    }
    for (size_t i = 0; i < facts->option_count; i++) {
        const struct invoice_option_facts *option = &facts->options[i];
        if (!amount_is_zero(option->confirmed_on_time) || !amount_is_zero(option->confirmed_late) ||
            !amount_is_zero(option->pending_on_time) || !amount_is_zero(option->pending_late)) {
            return false;
        }
    }
    return true;
}

static const struct invoice_move *move_find(enum invoice_status from, enum invoice_status to,
                                            enum invoice_cause cause) {
    for (size_t i = 0; i < MOVE_COUNT; i++) {
        if (moves[i].from == from && moves[i].to == to && moves[i].cause == cause) {
            return &moves[i];
        }
    }
    return NULL;
}

/* One block can bring a payment, bury another and prove a deadline, and the caller names but one
 * cause. What it did not name is explained by the fact itself; leaving paid must be named. */
static const struct invoice_move *move_explained(const struct invoice_facts *facts,
                                                 enum invoice_status to, enum invoice_cause cause) {
    bool leaves_success =
        invoice_status_is_success(facts->status) && !invoice_status_is_success(to);
    const enum invoice_cause explanations[] = {
        cause,
        facts->deadline_passed_everywhere ? CAUSE_DEADLINE_PROVEN : CAUSE_DEADLINE_UNPROVEN,
        CAUSE_PAYMENT_SEEN,
        CAUSE_CONFIRMED,
        leaves_success ? cause : CAUSE_UNDONE,
    };
    for (size_t i = 0; i < sizeof(explanations) / sizeof(explanations[0]); i++) {
        const struct invoice_move *move = move_find(facts->status, to, explanations[i]);
        if (move != NULL) {
            return move;
        }
    }
    return NULL;
}

/* Success goes out once, and only what went out can be disputed. */
static enum invoice_announce announce_of(const struct invoice_move *move, bool success_announced) {
    switch (move->announce) {
    case ANNOUNCE_NONE:
        return ANNOUNCE_NONE;
    case ANNOUNCE_SUCCESS:
        return success_announced ? ANNOUNCE_NONE : ANNOUNCE_SUCCESS;
    case ANNOUNCE_DISPUTE:
        return success_announced ? ANNOUNCE_DISPUTE : ANNOUNCE_NONE;
    }
    BUG_IF(true);
}

struct result invoice_apply(const struct invoice_facts *facts, const struct invoice_policy *policy,
                            enum invoice_cause cause, struct invoice_change *ret_change) {
    if (cause == CAUSE_CANCELED_BY_SHOP) {
        ENSURE(invoice_is_cancelable(facts), ERR_INVOICE_NOT_CREATED);
    }
    struct invoice_standing standing = invoice_standing_of(facts, policy);
    struct invoice_change change = {
        .from = facts->status,
        .to = standing.status,
        .flags_from = facts->flags,
        .flags_to = standing.flags,
        .cause = cause,
        .announce = ANNOUNCE_NONE,
        .fulfilled_option = standing.fulfilled_option,
    };
    if (change.from != change.to) {
        const struct invoice_move *move = move_explained(facts, change.to, cause);
        BUG_IF(move == NULL);
        change.cause = move->cause;
        change.announce = announce_of(move, facts->success_announced);
    }
    *ret_change = change;
    return RESULT_OK;
}

bool invoice_change_is_empty(const struct invoice_change *change) {
    return change->from == change->to && change->flags_from == change->flags_to;
}
