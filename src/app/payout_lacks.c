/* SPDX-License-Identifier: MIT */
#include "app/payout_lacks.h"

#include "app/sender_use.h"
#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"

enum { LACKS_NAMED_MAX = 10 };

struct payout_lacks payout_lacks_in(struct arena *arena) {
    return (struct payout_lacks){.arena = arena, .words = buf_in(arena)};
}

/* Is there room for another one? Its name is written if so. */
static bool name_one(struct payout_lacks *lacks, const char *payout) {
    lacks->count++;
    if (lacks->count > LACKS_NAMED_MAX) {
        return false;
    }
    buf_putf(&lacks->words, "%s%s: ", lacks->count == 1 ? "" : "; ", payout);
    return true;
}

void payout_lacks_add(struct payout_lacks *lacks, const char *payout, const struct asset *asset,
                      const struct payout_choice *choice) {
    struct str common = amount_to_text(lacks->arena, choice->common);
    if (!name_one(lacks, payout)) {
        return;
    }
    if (choice->verdict == PAYOUT_SOURCE_SCATTERED) {
        buf_putf(&lacks->words,
                 "no address has that much %s and its fee alone, %zu have %.*s together: bring it "
                 "together first (till sweep plan)",
                 asset->code, choice->holders, STR_ARG(common));
        return;
    }
    buf_putf(&lacks->words, "%.*s %s are there to pay with, which is too little", STR_ARG(common),
             asset->code);
}

void payout_lacks_add_fee(struct payout_lacks *lacks, const char *payout, struct str address,
                          const struct payout_choice *choice) {
    struct str lack = amount_to_text(lacks->arena, choice->lack);
    if (name_one(lacks, payout)) {
        buf_putf(&lacks->words, "%.*s has it and lacks %.*s %s for the fee: send that there first",
                 STR_ARG(address), STR_ARG(lack), choice->lack.asset->code);
    }
}

void payout_lacks_add_refusal(struct payout_lacks *lacks, const char *payout) {
    lacks->refused = true;
    if (name_one(lacks, payout)) {
        buf_puts(&lacks->words, "the contract refuses the transfer");
    }
}

void payout_lacks_note_use(struct payout_lacks *lacks, const struct sender_use *use) {
    if (use->verdict == SENDER_PLANNED) {
        lacks->planned++;
        lacks->plan_id = use->plan_id > lacks->plan_id ? use->plan_id : lacks->plan_id;
    } else if (use->verdict != SENDER_FREE) {
        lacks->held++;
    }
}

struct result payout_lacks_judge(const struct payout_lacks *lacks, size_t looked_at) {
    if (lacks->count == 0) {
        return RESULT_OK;
    }
    struct buf words = buf_in(lacks->arena);
    buf_put_str(&words, buf_str(&lacks->words));
    if (lacks->count > LACKS_NAMED_MAX) {
        buf_putf(&words, "; and %zu others", lacks->count - LACKS_NAMED_MAX);
    }
    if (lacks->held > 0) {
        buf_putf(&words, "; addresses that wait for what was exported or sent before: %zu",
                 lacks->held);
    }
    if (lacks->planned > 0) {
        buf_putf(&words,
                 "; addresses that sweep plans count on, as plan %lld does: %zu (carried out or "
                 "thrown away: till sweep end %lld)",
                 (long long)lacks->plan_id, lacks->planned, (long long)lacks->plan_id);
    }
    if (looked_at > 0) {
        buf_putf(&words, "; only the %zu addresses that were paid last were looked at", looked_at);
    }
    const struct error_code *code =
        lacks->refused ? &ERR_PAYOUT_UNSIGNABLE : &ERR_FUNDS_INSUFFICIENT;
    return result_failf(lacks->arena, code, "%.*s", STR_ARG(buf_str(&words)));
}
