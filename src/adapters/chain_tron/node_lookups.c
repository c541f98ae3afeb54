/* SPDX-License-Identifier: MIT */
#include "adapters/chain_tron/node.h"

#include "base/arena.h"

enum { TX_ANSWER_BYTES_MAX = 8 << 20 };

/* ---- transactions */

struct tx_answer {
    struct api_error error;
    bool is_there;
    bool is_failed;
    int64_t height;
};

static void decode_receipt(struct json_reader *reader, struct tx_answer *answer) {
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("result"))) {
            bool is_success = str_eq(json_read_str(reader), STR("SUCCESS"));
            answer->is_failed = answer->is_failed || !is_success;
        } else {
            json_skip_value(reader);
        }
    }
}

/* {} means that there is no such transaction, or that its result is not known yet. */
static void decode_tx(struct json_reader *reader, void *context) {
    struct tx_answer *answer = context;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("id")) || str_eq(key, STR("txID"))) {
            answer->is_there = true;
            json_skip_value(reader);
        } else if (str_eq(key, STR("blockNumber"))) {
            answer->height = json_read_i64(reader);
        } else if (str_eq(key, STR("receipt"))) {
            decode_receipt(reader, answer);
        } else if (str_eq(key, STR("result")) && json_peek(reader) == JSON_STRING) {
            json_skip_value(reader); /* there only to say FAILED */
            answer->is_failed = true;
        } else {
            api_skip_or_error(reader, key, &answer->error);
        }
    }
}

static struct result ask_tx(struct tron_node *node, struct arena *arena, const char *name,
                            const struct txid *txid, bool *ret_lacks,
                            struct tx_answer *ret_answer) {
    struct str id = hex_encode(arena, BYTES_OF(txid->bytes));
    *ret_answer = (struct tx_answer){0};
    struct tron_question question = {
        .name = name,
        .body = str_from_c(arena_printf(arena, "{\"value\":\"%.*s\"}", STR_ARG(id))),
        .answer_bytes_max = TX_ANSWER_BYTES_MAX,
        .decode = decode_tx,
        .context = ret_answer,
        .error = &ret_answer->error,
        .ret_lacks = ret_lacks,
    };
    return tron_node_ask(node, arena, &question);
}

struct result tron_node_has_tx(struct tron_node *node, struct arena *arena, const struct txid *txid,
                               int64_t height, bool *ret_has) {
    struct tx_answer answer;
    TRY(ask_tx(node, arena, "gettransactioninfobyid", txid, NULL, &answer));
    if (answer.is_there) {
        *ret_has = answer.height > height && !answer.is_failed;
        return RESULT_OK;
    }
    bool lacks = false;
    struct result asked = ask_tx(node, arena, "gettransactionfrompending", txid, &lacks, &answer);
    if (!lacks) {
        TRY(asked);
    }
    *ret_has = !lacks && answer.is_there;
    return RESULT_OK;
}

/* ---- accounts */

struct balance_answer {
    struct api_error error;
    int64_t balance;
};

/* An account that has never held anything is {}. */
static void decode_balance(struct json_reader *reader, void *context) {
    struct balance_answer *answer = context;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("balance"))) {
            answer->balance = json_read_i64(reader);
        } else {
            api_skip_or_error(reader, key, &answer->error);
        }
    }
    if (answer->balance < 0) {
        json_fail(reader, "an account's balance is below zero");
    }
}

struct result tron_node_balance(struct tron_node *node, struct arena *arena,
                                const struct script *program, struct amount *ret_balance) {
    struct str address = hex_encode(arena, script_bytes(program));
    struct balance_answer answer = {0};
    struct tron_question question = {
        .folder = TRON_SOLID,
        .name = "getaccount",
        .body = str_from_c(
            arena_printf(arena, "{\"address\":\"%x%.*s\"}", TRON_ADDRESS_PREFIX, STR_ARG(address))),
        .answer_bytes_max = TX_ANSWER_BYTES_MAX,
        .decode = decode_balance,
        .context = &answer,
        .error = &answer.error,
    };
    TRY(tron_node_ask(node, arena, &question));
    *ret_balance = amount_from_u64(node->demand->rules.coin, (uint64_t)answer.balance);
    return RESULT_OK;
}
