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

bool payout_lacks_has_room(const struct payout_lacks *lacks) {
    return lacks->count < LACKS_NAMED_MAX;
}

static void put_sum(struct payout_lacks *lacks, struct amount amount) {
    buf_put_str(&lacks->words, amount_to_text(lacks->arena, amount));
}

static void put_holders(struct payout_lacks *lacks, const struct payout_need *need,
                        const struct payout_holder *holders, size_t count) {
    for (size_t i = 0; i < count; i++) {
        buf_putf(&lacks->words, "%s%.*s ", i == 0 ? ": " : ", ", STR_ARG(holders[i].address));
        put_sum(lacks, holders[i].held);
        if (need->token != SWEEP_COIN) {
            buf_puts(&lacks->words, " and ");
            put_sum(lacks, holders[i].coin);
            buf_putf(&lacks->words, " %s", holders[i].coin.asset->code);
        }
    }
}

static void put_fee(struct payout_lacks *lacks, const struct payout_need *need) {
    if (!amount_is_zero(need->fee)) {
        buf_puts(&lacks->words, "; the fee is up to ");
        put_sum(lacks, need->fee);
        buf_putf(&lacks->words, " %s", need->fee.asset->code);
    }
}

void payout_lacks_add(struct payout_lacks *lacks, const char *payout,
                      const struct payout_need *need, const struct payout_choice *choice,
                      const struct payout_holder *holders, size_t holder_count) {
    if (!name_one(lacks, payout)) {
        return;
    }
    struct str amount = amount_to_text(lacks->arena, need->amount);
    struct str common = amount_to_text(lacks->arena, choice->common);
    struct str lack = amount_to_text(lacks->arena, choice->lack);
    const char *code = need->amount.asset->code;
    if (choice->verdict != PAYOUT_SOURCE_SCATTERED) {
        buf_putf(&lacks->words, "%.*s %s are there to pay %.*s with, %.*s are lacking",
                 STR_ARG(common), code, STR_ARG(amount), STR_ARG(lack));
        put_holders(lacks, need, holders, holder_count);
        put_fee(lacks, need);
        return;
    }
    buf_putf(&lacks->words, "no address has %.*s %s and its fee alone, %zu have %.*s together",
             STR_ARG(amount), code, choice->holders, STR_ARG(common));
    put_holders(lacks, need, holders, holder_count);
    buf_putf(&lacks->words, "%s; the largest lacks %.*s",
             holder_count < choice->holders ? " and others" : "", STR_ARG(lack));
    put_fee(lacks, need);
    buf_puts(&lacks->words, "; bring it together first (till sweep plan)");
}

void payout_lacks_add_fee(struct payout_lacks *lacks, const char *payout,
                          const struct payout_need *need, const struct payout_choice *choice,
                          const struct payout_holder *holder) {
    if (!name_one(lacks, payout)) {
        return;
    }
    struct str lack = amount_to_text(lacks->arena, choice->lack);
    struct str coin = amount_to_text(lacks->arena, holder->coin);
    struct str fee = amount_to_text(lacks->arena, need->fee);
    buf_putf(&lacks->words,
             "%.*s has it and lacks %.*s %s for the fee: that is up to %.*s and it has %.*s; send "
             "the rest there first",
             STR_ARG(holder->address), STR_ARG(lack), choice->lack.asset->code, STR_ARG(fee),
             STR_ARG(coin));
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
