/* SPDX-License-Identifier: MIT */
#include "core/payout_source.h"

static struct amount held_of(const struct payout_source *source, size_t token) {
    return token == SWEEP_COIN ? source->coin : source->tokens[token];
}

/* Of coin the fee is taken, too. */
static struct amount sum_of(const struct payout_need *need) {
    return need->token == SWEEP_COIN ? amount_add_to_max(need->amount, need->fee) : need->amount;
}

static bool has_the_fee(const struct payout_source *source, const struct payout_need *need) {
    return need->token == SWEEP_COIN || !amount_less(source->coin, need->fee);
}

static bool is_better(const struct payout_source *sources, size_t source,
                      const struct payout_need *need, const struct payout_choice *choice) {
    const struct payout_source *a = &sources[source];
    const struct payout_source *b = &sources[choice->source];
    bool pays = has_the_fee(a, need);
    if (pays && choice->verdict == PAYOUT_SOURCE_FOUND) {
        return amount_less(held_of(a, need->token), held_of(b, need->token));
    }
    if (!pays && choice->verdict == PAYOUT_SOURCE_LACKS_FEE) {
        return amount_less(b->coin, a->coin);
    }
    return choice->verdict != PAYOUT_SOURCE_FOUND;
}

struct payout_choice payout_source_choose(const struct payout_source *sources, size_t count,
                                          const struct payout_need *need) {
    struct amount sum = sum_of(need);
    struct payout_choice choice = {.verdict = PAYOUT_SOURCE_TOO_LITTLE,
                                   .lack = amount_zero(need->fee.asset),
                                   .common = amount_zero(sum.asset)};
    for (size_t i = 0; i < count; i++) {
        struct amount held = held_of(&sources[i], need->token);
        if (sources[i].shut || amount_is_zero(held)) {
            continue;
        }
        choice.holders++;
        choice.common = amount_add_to_max(choice.common, held);
        if (!amount_less(held, sum) && is_better(sources, i, need, &choice)) {
            bool pays = has_the_fee(&sources[i], need);
            choice.source = i;
            choice.verdict = pays ? PAYOUT_SOURCE_FOUND : PAYOUT_SOURCE_LACKS_FEE;
        }
    }
    if (choice.verdict == PAYOUT_SOURCE_LACKS_FEE) {
        choice.lack = amount_subtract_to_zero(need->fee, sources[choice.source].coin);
    } else if (choice.verdict == PAYOUT_SOURCE_TOO_LITTLE && !amount_less(choice.common, sum)) {
        choice.verdict = PAYOUT_SOURCE_SCATTERED;
        (void)payout_source_largest(sources, count, need->token, &choice.source, 1);
        choice.lack = amount_subtract_to_zero(sum, held_of(&sources[choice.source], need->token));
    } else if (choice.verdict == PAYOUT_SOURCE_TOO_LITTLE) {
        choice.lack = amount_subtract_to_zero(sum, choice.common);
    }
    return choice;
}

size_t payout_source_largest(const struct payout_source *sources, size_t count, size_t token,
                             size_t *ret_positions, size_t max) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        struct amount held = held_of(&sources[i], token);
        if (sources[i].shut || amount_is_zero(held)) {
            continue;
        }
        size_t at = found;
        while (at > 0 && amount_less(held_of(&sources[ret_positions[at - 1]], token), held)) {
            at--;
        }
        found += found < max ? 1 : 0;
        for (size_t j = found; j > at + 1; j--) {
            ret_positions[j - 1] = ret_positions[j - 2];
        }
        if (at < max) {
            ret_positions[at] = i;
        }
    }
    return found;
}

void payout_source_take(struct payout_source *source, const struct payout_need *need) {
    source->coin = amount_subtract_to_zero(source->coin, need->fee);
    struct amount *held = need->token == SWEEP_COIN ? &source->coin : &source->tokens[need->token];
    *held = amount_subtract_to_zero(*held, need->amount);
}
