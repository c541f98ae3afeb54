/* SPDX-License-Identifier: MIT */
#include "core/sweep.h"

#include "core/quote.h"

/* Without both rates nobody can say so. */
static struct result is_worth(const struct sweep_terms *terms, size_t token, struct amount amount,
                              struct amount fee, bool *ret_worth) {
    const struct rate *rate = terms->token_rates[token];
    *ret_worth = true;
    if (rate == NULL || terms->coin_rate == NULL) {
        return RESULT_OK;
    }
    struct amount value;
    struct amount cost;
    TRY(quote_worth(amount, rate, &value));
    TRY(quote_worth(fee, terms->coin_rate, &cost));
    *ret_worth = !amount_less(value, cost) && !amount_is_zero(value);
    return RESULT_OK;
}

static struct result judge_token(const struct sweep_terms *terms, size_t token,
                                 const struct sweep_holding *holding, struct sweep_line *ret_line) {
    struct sweep_line line = {
        .amount = holding->tokens[token], .fee = terms->token_fees[token], .token = token};
    struct amount cost = line.fee;
    if (amount_less(holding->coin, line.fee)) {
        TRY(amount_add(cost, terms->coin_fee, &cost));
    }
    bool worth;
    TRY(is_worth(terms, token, line.amount, cost, &worth));
    line.verdict = SWEEP_MOVE;
    if (terms->token_refused[token]) {
        line.verdict = SWEEP_REFUSED;
    } else if (!worth) {
        line.verdict = SWEEP_NOT_WORTH;
    }
    *ret_line = line;
    return RESULT_OK;
}

/* What the tokens' fees leave of it. */
static struct result judge_coin(const struct sweep_terms *terms, struct amount coin,
                                struct amount token_fees, struct sweep_line *ret_line) {
    struct amount needed;
    TRY(amount_add(token_fees, terms->coin_fee, &needed));
    struct sweep_line line = {.amount = coin, .fee = terms->coin_fee, .token = SWEEP_COIN};
    line.verdict = SWEEP_BELOW_FEE;
    if (amount_less(needed, coin)) {
        line.verdict = SWEEP_MOVE;
        line.amount = amount_subtract_to_zero(coin, needed);
    }
    *ret_line = line;
    return RESULT_OK;
}

struct result sweep_judge(const struct sweep_terms *terms, const struct sweep_holding *holding,
                          struct sweep_account *ret_account) {
    struct sweep_account account = {.top_up = amount_zero(terms->coin)};
    struct amount fees = amount_zero(terms->coin);
    for (size_t i = 0; i < terms->token_count; i++) {
        if (amount_is_zero(holding->tokens[i])) {
            continue;
        }
        struct sweep_line *line = &account.lines[account.line_count++];
        TRY(judge_token(terms, i, holding, line));
        if (line->verdict == SWEEP_MOVE) {
            TRY(amount_add(fees, line->fee, &fees));
        }
    }
    account.top_up = amount_subtract_to_zero(fees, holding->coin);
    /* Coin that the fees use up is not left behind. */
    bool is_used_up = !amount_is_zero(fees) && !amount_less(fees, holding->coin);
    if (terms->moves_coin && !amount_is_zero(holding->coin) && !is_used_up) {
        TRY(judge_coin(terms, holding->coin, fees, &account.lines[account.line_count++]));
    }
    *ret_account = account;
    return RESULT_OK;
}

struct sweep_account sweep_leave(const struct sweep_terms *terms,
                                 const struct sweep_holding *holding) {
    struct sweep_account account = {.top_up = amount_zero(terms->coin)};
    for (size_t i = 0; i < terms->token_count; i++) {
        if (!amount_is_zero(holding->tokens[i])) {
            account.lines[account.line_count++] = (struct sweep_line){.amount = holding->tokens[i],
                                                                      .fee = terms->token_fees[i],
                                                                      .token = i,
                                                                      .verdict = SWEEP_IN_USE};
        }
    }
    if (terms->moves_coin && !amount_is_zero(holding->coin)) {
        account.lines[account.line_count++] = (struct sweep_line){.amount = holding->coin,
                                                                  .fee = terms->coin_fee,
                                                                  .token = SWEEP_COIN,
                                                                  .verdict = SWEEP_IN_USE};
    }
    return account;
}

size_t sweep_move_count(const struct sweep_account *account) {
    size_t count = 0;
    for (size_t i = 0; i < account->line_count; i++) {
        count += account->lines[i].verdict == SWEEP_MOVE ? 1 : 0;
    }
    return count;
}
