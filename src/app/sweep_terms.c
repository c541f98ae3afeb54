/* SPDX-License-Identifier: MIT */
#include "app/sweep_terms.h"

#include "app/app.h"
#include "app/inflow_record.h"
#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"
#include "core/rate.h"
#include "ports/chain.h"
#include "ports/rates.h"

enum {
    TRANSFER_GAS = 21000, /* to an account without code */
    /* A transfer and a call of transfer(), with a signature, as java-tron counts them. */
    TRANSFER_BYTES = 270,
    CALL_BYTES = 350,
    /* Two transfers differ: the receiver's first of a token, a fee that the contract takes, the
     * price of the layer below. */
    MARGIN_PER_CENT = 25,
    MILLION = 1000000,
};

/* EIP-1559's common practice: the base fee may double before the transaction is mined. */
static struct result price_gas(struct sweep_plan *plan) {
    const struct chain_fees *fees = &plan->fees;
    ENSURE(fees->base_fee <= UINT64_MAX / 4 && fees->priority_fee <= UINT64_MAX / 4,
           ERR_NODE_ANSWER);
    plan->max_fee_per_gas = 2 * fees->base_fee + fees->priority_fee;
    ENSURE(plan->max_fee_per_gas > 0, ERR_NODE_ANSWER);
    return RESULT_OK;
}

static const struct rate *find_rate(const struct app *app, struct arena *arena,
                                    const struct asset *asset) {
    struct rate_answer answer;
    struct rate *rate = ARENA_NEW(arena, struct rate);
    struct result found = app->rates->ops->find(app->rates, arena, asset, fiat_usd(), &answer);
    if (!result_is_ok(found) ||
        !result_is_ok(rate_from_text(asset, fiat_usd(), answer.rate, answer.at_ms, rate))) {
        return NULL;
    }
    return rate;
}

static struct amount fee_of(const struct sweep_plan *plan, uint64_t effort, uint64_t price) {
    return amount_from_units(plan->terms.coin, (unsigned __int128)effort * price);
}

/* The price of bytes on the chain below moves as the base fee does, and no transaction limits what
 * it pays for them. */
static struct amount below_fee(const struct sweep_plan *plan, uint64_t bytes_fee, uint64_t gas) {
    const struct chain_below_fees *below = &plan->fees.below;
    unsigned __int128 by_gas = (unsigned __int128)gas * below->operator_fee_of_million;
    unsigned __int128 wei = 2 * (unsigned __int128)bytes_fee + below->operator_fee;
    return amount_from_units(plan->terms.coin, wei + (by_gas + MILLION - 1) / MILLION);
}

struct result sweep_terms_open(const struct app *app, struct arena *arena, struct chain *chain,
                               struct sweep_plan *plan) {
    struct sweep_terms *terms = &plan->terms;
    TRY(chain->ops->accounts->fees(chain, arena, &plan->fees));
    terms->coin = network_coin(plan->network);
    BUG_IF(terms->coin == NULL);
    bool is_tron = plan->network->kind == CHAIN_TRON;
    plan->coin_effort = is_tron ? TRANSFER_BYTES : TRANSFER_GAS;
    if (!is_tron) {
        TRY(price_gas(plan));
    }
    terms->coin_fee =
        fee_of(plan, plan->coin_effort, is_tron ? plan->fees.byte_price : plan->max_fee_per_gas);
    TRY(amount_add(terms->coin_fee, below_fee(plan, plan->fees.below.coin, plan->coin_effort),
                   &terms->coin_fee));
    terms->coin_rate = find_rate(app, arena, terms->coin);
    for (size_t i = 0; i < terms->token_count; i++) {
        terms->token_fees[i] = amount_zero(terms->coin);
        terms->token_rates[i] = find_rate(app, arena, plan->tokens[i]->asset);
    }
    return RESULT_OK;
}

struct result sweep_terms_move(struct arena *arena, struct chain *chain,
                               const struct sweep_plan *plan, const struct chain_move *move,
                               struct sweep_effort *ret_effort) {
    struct sweep_effort moved = {0};
    uint64_t effort;
    struct result asked = chain->ops->accounts->effort(chain, arena, move, &effort);
    if (asked.code == &ERR_NODE_ANSWER) {
        *ret_effort = (struct sweep_effort){.refused = true};
        return RESULT_OK;
    }
    TRY(asked);
    ENSURE(effort <= UINT64_MAX / 1000, ERR_NODE_ANSWER);
    effort += effort * MARGIN_PER_CENT / 100;
    moved.effort = effort;
    if (plan->network->kind != CHAIN_TRON) {
        TRY(amount_add(fee_of(plan, effort, plan->max_fee_per_gas),
                       below_fee(plan, plan->fees.below.token, effort), &moved.fee));
        *ret_effort = moved;
        return RESULT_OK;
    }
    struct amount energy = fee_of(plan, effort, plan->fees.energy_price);
    ENSURE(effort <= UINT64_MAX / plan->fees.energy_price, ERR_NODE_ANSWER);
    moved.fee_limit = effort * plan->fees.energy_price;
    TRY(amount_add(energy, fee_of(plan, CALL_BYTES, plan->fees.byte_price), &moved.fee));
    *ret_effort = moved;
    return RESULT_OK;
}

/* A receiver that takes no empty payment may take a real one, as an account without code does. */
struct result sweep_terms_coin(struct arena *arena, struct chain *chain,
                               const struct sweep_plan *plan, const struct script *from,
                               const struct script *to, struct sweep_effort *ret_effort) {
    struct sweep_effort moved = {.effort = plan->coin_effort, .fee = plan->terms.coin_fee};
    if (plan->network->kind != CHAIN_TRON) {
        const struct chain_move move = {
            .from = *from, .to = *to, .amount = amount_zero(plan->terms.coin)};
        uint64_t effort = TRANSFER_GAS;
        struct result asked = chain->ops->accounts->effort(chain, arena, &move, &effort);
        effort = result_is_ok(asked) && effort > TRANSFER_GAS ? effort : TRANSFER_GAS;
        TRY(asked.code == &ERR_NODE_ANSWER ? RESULT_OK : asked);
        ENSURE(effort <= UINT64_MAX / 1000, ERR_NODE_ANSWER);
        moved.effort = effort + (effort > TRANSFER_GAS ? effort * MARGIN_PER_CENT / 100 : 0);
        TRY(amount_add(fee_of(plan, moved.effort, plan->max_fee_per_gas),
                       below_fee(plan, plan->fees.below.coin, moved.effort), &moved.fee));
    }
    *ret_effort = moved;
    return RESULT_OK;
}

struct result sweep_terms_token(struct arena *arena, struct chain *chain,
                                const struct chain_move *move, size_t token,
                                struct sweep_plan *plan) {
    struct sweep_effort moved;
    TRY(sweep_terms_move(arena, chain, plan, move, &moved));
    plan->terms.token_refused[token] = moved.refused;
    if (!moved.refused) {
        plan->token_efforts[token] = moved.effort;
        plan->token_fee_limits[token] = moved.fee_limit;
        plan->terms.token_fees[token] = moved.fee;
    }
    return RESULT_OK;
}
