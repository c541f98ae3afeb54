/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_PAYOUT_LACKS_H
#define TILL_APP_PAYOUT_LACKS_H

/* Which payouts of an export no address can pay, and what is missing, in one sentence for the
 * operator. */

#include "base/buf.h"
#include "base/result.h"
#include "core/payout_source.h"

struct arena;
struct sender_use;

struct payout_lacks {
    struct arena *arena;
    struct buf words;
    size_t count;
    bool refused;    /* a contract did */
    size_t held;     /* addresses that pay nothing now: exported or sent from before */
    size_t planned;  /* others, that sweep plans count on */
    int64_t plan_id; /* the newest of these */
};

struct payout_lacks payout_lacks_in(struct arena *arena);
/* Will the next one be named, and not only counted? */
bool payout_lacks_has_room(const struct payout_lacks *lacks);

struct payout_holder {
    struct str address;
    struct amount held; /* of what is to be paid */
    struct amount coin;
};
/* The asset is scattered, or there is too little. `holders` are the largest; a fee of zero is not
 * known. */
void payout_lacks_add(struct payout_lacks *lacks, const char *payout,
                      const struct payout_need *need, const struct payout_choice *choice,
                      const struct payout_holder *holders, size_t holder_count);
/* An address has the tokens and too little coin. */
void payout_lacks_add_fee(struct payout_lacks *lacks, const char *payout,
                          const struct payout_need *need, const struct payout_choice *choice,
                          const struct payout_holder *holder);
void payout_lacks_add_refusal(struct payout_lacks *lacks, const char *payout);
/* An address that holds something and may pay nothing. */
void payout_lacks_note_use(struct payout_lacks *lacks, const struct sender_use *use);
/* Success if there are none; `looked_at` is 0 if all addresses were. ERR_FUNDS_INSUFFICIENT,
 * ERR_PAYOUT_UNSIGNABLE. */
struct result payout_lacks_judge(const struct payout_lacks *lacks, size_t looked_at);

#endif
