/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_INVOICE_H
#define TILL_CORE_INVOICE_H

/* Where an invoice stands, and which moves exist. The status is computed from the facts alone, so
 * that undoing a block gives back what was there before it; the move table says why a status may
 * change and what that announces. Pure: the caller counts confirmations, judges lateness with
 * payment_is_on_time and proves deadlines. */

#include "core/amount.h"
#include "core/invoice_status.h"
#include "core/tolerance.h"

enum invoice_announce { ANNOUNCE_NONE, ANNOUNCE_SUCCESS, ANNOUNCE_DISPUTE };

/* The money of one option (an asset and an address the payer was offered). All five amounts are of
 * one asset. */
struct invoice_option_facts {
    struct amount due;
    struct amount confirmed_on_time;
    struct amount confirmed_late;
    struct amount pending_on_time; /* seen or shallow */
    struct amount pending_late;
};

enum { INVOICE_NO_OPTION = -1 };

struct invoice_facts {
    enum invoice_status status; /* as stored */
    uint32_t flags;             /* as stored */
    int preferred_option;       /* wins if several options are paid: the one paid first or shown */
    struct amount due_usd;      /* what each option's due sum is worth */
    const struct invoice_option_facts *options;
    size_t option_count;
    bool canceled_by_shop;
    bool confirmed_by_hand; /* an operator vouches for the whole invoice, whatever the chain says */
    bool late_accepted;     /* an operator credits late money */
    bool success_announced; /* its outbox row is committed and was not withdrawn unsent */
    bool deadline_passed_everywhere; /* by our clock and by each chain with an address; false while
                                        any of them is blind */
};

/* Copied from the shop when the invoice is created, and frozen: a change that nothing on the chain
 * explains would be a bug here. */
struct invoice_policy {
    struct tolerance under;
    struct tolerance over;
    struct tolerance auto_confirm; /* a shortfall within it is paid; the larger of `under` and this
                                      counts */
    bool accept_late;              /* credits late money without an operator */
};

struct invoice_standing {
    enum invoice_status status;
    uint32_t flags;
    int fulfilled_option; /* the option that pays the invoice, or INVOICE_NO_OPTION */
};

struct invoice_change {
    enum invoice_status from;
    enum invoice_status to;
    uint32_t flags_from;
    uint32_t flags_to;
    enum invoice_cause cause; /* as given, or the fact that explains the move better */
    enum invoice_announce announce;
    int fulfilled_option;
};

/* Only a created invoice towards which nothing came, not even unconfirmed. */
bool invoice_is_cancelable(const struct invoice_facts *facts);
/* What counts towards the option's due sum now. */
struct amount invoice_option_credited(const struct invoice_facts *facts,
                                      const struct invoice_policy *policy, size_t option);

/* Where the invoice stands by its facts. Options are never summed: the best one decides. */
struct invoice_standing invoice_standing_of(const struct invoice_facts *facts,
                                            const struct invoice_policy *policy);

/* Compares that with what is stored and says what to write and announce; writes nothing.
 * A shop's cancellation is refused with ERR_INVOICE_NOT_CREATED unless invoice_is_cancelable; set
 * `canceled_by_shop` in the facts beforehand. A computed move that the table lacks is a bug and
 * stops the process. */
struct result invoice_apply(const struct invoice_facts *facts, const struct invoice_policy *policy,
                            enum invoice_cause cause, struct invoice_change *ret_change);

/* Neither the status nor a flag differs. */
bool invoice_change_is_empty(const struct invoice_change *change);

/* One row of the move table, for tests and documents; NULL past the end. */
struct invoice_move {
    enum invoice_status from;
    enum invoice_status to;
    enum invoice_cause cause;
    enum invoice_announce announce; /* success once, dispute only after success */
};
const struct invoice_move *invoice_move_at(size_t index);

#endif
