/* SPDX-License-Identifier: MIT */
#include "adapters/chain_evm/evm_accounts.h"

#include <string.h>

#include "adapters/chain_evm/evm_decode.h"
#include "adapters/chain_evm/evm_hex.h"
#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"

enum {
    ANSWER_BYTES_MAX = 64 << 10,
    HEADER_ANSWER_BYTES_MAX = 16 << 20,
    CALLS_OF_ACCOUNT = 3, /* its coin, its nonces; then each token */
    CALLS_IN_A_BATCH = 100,
    FEE_CALLS = 3,
    BELOW_CALLS = 4,
    /* Transfers without their signature, of type 2, with every number as large as it may well be.
     */
    COIN_TX_BYTES = 96,
    TOKEN_TX_BYTES = 160,
    MILLION = 1000000,
};
static_assert(CALLS_OF_ACCOUNT + TOKENS_MAX <= CALLS_IN_A_BATCH, "an account fits a batch");

/* Selectors of EIP-20. */
#define BALANCE_OF "70a08231"
#define TRANSFER   "a9059cbb"
/* Of the OP Stack's GasPriceOracle, whose address is the same on all its chains:
 * getL1FeeUpperBound(uint256), of so many bytes, and getOperatorFee(uint256), of so much gas. */
#define GAS_PRICE_ORACLE "420000000000000000000000000000000000000f"
#define L1_FEE_BOUND     "f1c7a58b"
#define OPERATOR_FEE     "275aedd2"

static struct rpc_call call_of(const char *method, const char *params, rpc_decode decode,
                               void *context) {
    return (struct rpc_call){.method = method,
                             .params = str_from_c(params),
                             .answer_bytes_max = ANSWER_BYTES_MAX,
                             .decode = decode,
                             .context = context};
}

static void decode_number(struct json_reader *reader, void *context) {
    evm_read_number(reader, context);
}

static void decode_u64(struct json_reader *reader, void *context) {
    *(uint64_t *)context = evm_read_u64(reader);
}

/* The answer of a call: DATA of exactly one word. */
static void decode_word(struct json_reader *reader, void *context) {
    struct evm_word *word = context;
    evm_read_data(reader, word->bytes, sizeof word->bytes);
}

static bool word_to_u64(const struct evm_word *word, uint64_t *ret_value) {
    unsigned __int128 units;
    if (!evm_word_to_units(word, &units) || units > UINT64_MAX) {
        return false;
    }
    *ret_value = (uint64_t)units;
    return true;
}

static const char *word_of_program(struct arena *arena, const struct script *program) {
    struct str hex = hex_encode(arena, script_bytes(program));
    return arena_printf(arena, "000000000000000000000000%.*s", STR_ARG(hex));
}

/* ---- fees */

/* EIP-1559's advice, where the node gives it; else what is left of its price beyond the base. */
static struct result advice_of(const struct result *results, const uint64_t *tip,
                               const uint64_t *price, struct chain_fees *fees) {
    if (fees->has_base_fee && result_is_ok(results[1])) {
        fees->priority_fee = *tip;
        return RESULT_OK;
    }
    TRY(results[2]);
    fees->priority_fee = *price > fees->base_fee ? *price - fees->base_fee : 0;
    return RESULT_OK;
}

/* A chain of one's own may have no oracle: then nothing is taken. */
struct oracle_answer {
    struct arena *arena;
    struct bytes bytes;
};

static void decode_oracle(struct json_reader *reader, void *context) {
    struct oracle_answer *answer = context;
    answer->bytes = evm_read_bytes(reader, answer->arena);
}

static struct result wei_of(const struct oracle_answer *answer, uint64_t *ret_wei) {
    struct evm_word word;
    *ret_wei = 0;
    if (answer->bytes.len == 0) {
        return RESULT_OK;
    }
    ENSURE(answer->bytes.len == sizeof word.bytes, ERR_NODE_ANSWER);
    memcpy(word.bytes, answer->bytes.ptr, sizeof word.bytes);
    ENSURE(word_to_u64(&word, ret_wei), ERR_NODE_ANSWER);
    return RESULT_OK;
}

static struct result ask_below(struct evm_node *node, struct arena *arena,
                               struct chain_below_fees *ret_fees) {
    static const struct {
        const char *selector;
        unsigned of;
    } questions[BELOW_CALLS] = {{L1_FEE_BOUND, COIN_TX_BYTES},
                                {L1_FEE_BOUND, TOKEN_TX_BYTES},
                                {OPERATOR_FEE, 0},
                                {OPERATOR_FEE, MILLION}};
    struct rpc_call calls[BELOW_CALLS];
    struct result results[BELOW_CALLS];
    struct oracle_answer answers[BELOW_CALLS];
    uint64_t wei[BELOW_CALLS];
    for (size_t i = 0; i < BELOW_CALLS; i++) {
        const char *params = arena_printf(
            arena, "[{\"to\":\"0x" GAS_PRICE_ORACLE "\",\"data\":\"0x%s%064x\"},\"latest\"]",
            questions[i].selector, questions[i].of);
        answers[i] = (struct oracle_answer){.arena = arena};
        calls[i] = call_of("eth_call", params, decode_oracle, &answers[i]);
    }
    TRY(rpc_batch(node->rpc, arena, calls, BELOW_CALLS, results));
    for (size_t i = 0; i < BELOW_CALLS; i++) {
        TRY(results[i]);
        TRY(wei_of(&answers[i], &wei[i]));
    }
    ENSURE(wei[2] <= wei[3], ERR_NODE_ANSWER);
    *ret_fees = (struct chain_below_fees){.coin = wei[0],
                                          .token = wei[1],
                                          .operator_fee = wei[2],
                                          .operator_fee_of_million = wei[3] - wei[2]};
    return RESULT_OK;
}

struct result evm_node_fees(struct evm_node *node, struct arena *arena,
                            struct chain_fees *ret_fees) {
    struct evm_block_decoder latest = {.arena = arena};
    uint64_t tip = 0;
    uint64_t price = 0;
    struct rpc_call calls[] = {
        call_of("eth_getBlockByNumber", "[\"latest\",false]", evm_block_decode, &latest),
        call_of("eth_maxPriorityFeePerGas", "[]", decode_u64, &tip),
        call_of("eth_gasPrice", "[]", decode_u64, &price),
    };
    int64_t lacks_tip = 0;
    calls[0].answer_bytes_max = HEADER_ANSWER_BYTES_MAX;
    calls[1].ret_error = &lacks_tip;
    struct result results[FEE_CALLS];
    TRY(rpc_batch(node->rpc, arena, calls, FEE_CALLS, results));
    TRY(results[0]);
    const struct evm_header *header = &latest.header;
    struct chain_fees fees = {.has_base_fee = (header->has & EVM_HEADER_BASE_FEE) != 0};
    fees.block = (struct block_header){.height = (int64_t)header->number,
                                       .hash = header->hash,
                                       .parent = header->parent,
                                       .time_ms = (int64_t)header->timestamp_s * 1000};
    ENSURE(!fees.has_base_fee || word_to_u64(&header->base_fee, &fees.base_fee), ERR_NODE_ANSWER);
    TRY(advice_of(results, &tip, &price, &fees));
    if (node->demand->network->is_op_stack) {
        TRY(ask_below(node, arena, &fees.below));
    }
    *ret_fees = fees;
    return RESULT_OK;
}

/* ---- holdings */

struct account_answer {
    struct evm_word coin;
    uint64_t nonce;
    uint64_t mined_nonce;
    struct evm_word tokens[TOKENS_MAX];
};

static size_t ask_account(struct arena *arena, const struct chain_holdings_wanted *wanted,
                          const struct script *program, struct account_answer *answer,
                          struct rpc_call *calls) {
    struct str address = hex_encode(arena, script_bytes(program));
    size_t count = 0;
    calls[count++] =
        call_of("eth_getBalance", arena_printf(arena, "[\"0x%.*s\",\"latest\"]", STR_ARG(address)),
                decode_number, &answer->coin);
    calls[count++] = call_of("eth_getTransactionCount",
                             arena_printf(arena, "[\"0x%.*s\",\"pending\"]", STR_ARG(address)),
                             decode_u64, &answer->nonce);
    calls[count++] = call_of("eth_getTransactionCount",
                             arena_printf(arena, "[\"0x%.*s\",\"latest\"]", STR_ARG(address)),
                             decode_u64, &answer->mined_nonce);
    for (size_t i = 0; i < wanted->token_count; i++) {
        struct str contract = hex_encode(arena, script_bytes(&wanted->tokens[i]->contract));
        const char *params =
            arena_printf(arena, "[{\"to\":\"0x%.*s\",\"data\":\"0x" BALANCE_OF "%s\"},\"latest\"]",
                         STR_ARG(contract), word_of_program(arena, program));
        calls[count++] = call_of("eth_call", params, decode_word, &answer->tokens[i]);
    }
    return count;
}

static struct result to_holding(const struct evm_node *node,
                                const struct chain_holdings_wanted *wanted,
                                const struct account_answer *answer,
                                struct chain_holding *ret_holding) {
    unsigned __int128 units;
    ENSURE(evm_word_to_units(&answer->coin, &units), ERR_NODE_ANSWER);
    ret_holding->coin = amount_from_units(node->demand->assets.coin, units);
    ret_holding->nonce = answer->nonce;
    ret_holding->waits = answer->mined_nonce < answer->nonce;
    for (size_t i = 0; i < wanted->token_count; i++) {
        ENSURE(evm_word_to_units(&answer->tokens[i], &units), ERR_NODE_ANSWER);
        ret_holding->tokens[i] = amount_from_units(wanted->tokens[i]->asset, units);
    }
    return RESULT_OK;
}

static struct result ask_some(struct evm_node *node, struct arena *arena,
                              const struct chain_holdings_wanted *wanted,
                              struct chain_holding *ret_holdings) {
    struct rpc_call calls[CALLS_IN_A_BATCH];
    struct result results[CALLS_IN_A_BATCH];
    struct account_answer *answers = ARENA_ARRAY(arena, struct account_answer, wanted->count);
    size_t asked = 0;
    for (size_t i = 0; i < wanted->count; i++) {
        asked += ask_account(arena, wanted, &wanted->programs[i], &answers[i], &calls[asked]);
    }
    TRY(rpc_batch(node->rpc, arena, calls, asked, results));
    for (size_t i = 0; i < asked; i++) {
        TRY(results[i]);
    }
    for (size_t i = 0; i < wanted->count; i++) {
        TRY(to_holding(node, wanted, &answers[i], &ret_holdings[i]));
    }
    return RESULT_OK;
}

struct result evm_node_holdings(struct evm_node *node, struct arena *arena,
                                const struct chain_holdings_wanted *wanted,
                                struct chain_holding *ret_holdings) {
    size_t at_once = CALLS_IN_A_BATCH / (CALLS_OF_ACCOUNT + wanted->token_count);
    for (size_t done = 0; done < wanted->count;) {
        struct chain_holdings_wanted part = *wanted;
        size_t left = wanted->count - done;
        part.programs = wanted->programs + done;
        part.count = left < at_once ? left : at_once;
        TRY(ask_some(node, arena, &part, ret_holdings + done));
        done += part.count;
    }
    return RESULT_OK;
}

/* ---- balances */

/* EIP-1898: "requireCanonical: true" makes the node refuse the block once it has left its chain. */
static struct result ask_balances(struct evm_node *node, struct arena *arena,
                                  const struct evm_balance_question *question,
                                  struct amount *ret_balances) {
    struct str at = hex_encode(arena, BYTES_OF(question->at.bytes));
    struct rpc_call calls[CALLS_IN_A_BATCH];
    struct result results[CALLS_IN_A_BATCH];
    struct evm_word words[CALLS_IN_A_BATCH];
    for (size_t i = 0; i < question->count; i++) {
        struct str address = hex_encode(arena, script_bytes(&question->programs[i]));
        const char *params =
            arena_printf(arena, "[\"0x%.*s\",{\"blockHash\":\"0x%.*s\",\"requireCanonical\":true}]",
                         STR_ARG(address), STR_ARG(at));
        calls[i] = call_of("eth_getBalance", params, decode_number, &words[i]);
    }
    TRY(rpc_batch(node->rpc, arena, calls, question->count, results));
    for (size_t i = 0; i < question->count; i++) {
        unsigned __int128 units;
        TRY(results[i]);
        ENSURE(evm_word_to_units(&words[i], &units), ERR_NODE_ANSWER);
        ret_balances[i] = amount_from_units(node->demand->assets.coin, units);
    }
    return RESULT_OK;
}

struct result evm_node_balances(struct evm_node *node, struct arena *arena,
                                const struct evm_balance_question *question,
                                struct amount *ret_balances) {
    for (size_t done = 0; done < question->count;) {
        size_t left = question->count - done;
        struct evm_balance_question part = {
            .at = question->at,
            .programs = question->programs + done,
            .count = left < CALLS_IN_A_BATCH ? left : CALLS_IN_A_BATCH,
        };
        TRY(ask_balances(node, arena, &part, ret_balances + done));
        done += part.count;
    }
    return RESULT_OK;
}

/* ---- gas */

/* Without a sum, since an account need not have it to ask what moving it takes. */
static const char *coin_move(struct arena *arena, const struct chain_move *move) {
    struct str from = hex_encode(arena, script_bytes(&move->from));
    struct str to = hex_encode(arena, script_bytes(&move->to));
    return arena_printf(arena, "[{\"from\":\"0x%.*s\",\"to\":\"0x%.*s\",\"value\":\"0x0\"}]",
                        STR_ARG(from), STR_ARG(to));
}

static const char *token_move(struct arena *arena, const struct chain_move *move) {
    uint8_t units[AMOUNT_BLOB_BYTES];
    amount_to_blob(move->amount, units);
    struct str amount = hex_encode(arena, BYTES_OF(units));
    struct str from = hex_encode(arena, script_bytes(&move->from));
    struct str contract = hex_encode(arena, script_bytes(&move->token->contract));
    return arena_printf(arena,
                        "[{\"from\":\"0x%.*s\",\"to\":\"0x%.*s\",\"data\":\"0x" TRANSFER
                        "%s00000000000000000000000000000000%.*s\"}]",
                        STR_ARG(from), STR_ARG(contract), word_of_program(arena, &move->to),
                        STR_ARG(amount));
}

struct result evm_node_effort(struct evm_node *node, struct arena *arena,
                              const struct chain_move *move, uint64_t *ret_gas) {
    const char *params = move->token == NULL ? coin_move(arena, move) : token_move(arena, move);
    struct rpc_call call = call_of("eth_estimateGas", params, decode_u64, ret_gas);
    return rpc_call(node->rpc, arena, &call);
}
