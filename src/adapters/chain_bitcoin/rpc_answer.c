/* SPDX-License-Identifier: MIT */
#include "adapters/chain_bitcoin/rpc_answer.h"

#include "adapters/chain_bitcoin/rpc.h"
#include "base/arena.h"
#include "core/error.h"

enum {
    MESSAGE_BYTES_MAX = 200,   /* of a node's error message */
    TEXT_BYTES_MAX = 32 << 20, /* a transaction of 4 MB in hex is skipped, not kept */
    DEPTH_MAX = 32,
    KEYS_MAX = 4096, /* of one object */
};

/* What a node's error codes mean to a watcher; any other is an answer that does not fit. */
static const struct node_error {
    int64_t code;
    const struct error_code *meaning;
} node_errors[] = {
    {-5, &ERR_BLOCK_UNKNOWN},   /* RPC_INVALID_ADDRESS_OR_KEY: no such block or transaction */
    {-8, &ERR_BLOCK_UNKNOWN},   /* RPC_INVALID_PARAMETER: the height is out of range */
    {-9, &ERR_NODE_NOT_READY},  /* RPC_CLIENT_NOT_CONNECTED */
    {-10, &ERR_NODE_NOT_READY}, /* RPC_CLIENT_IN_INITIAL_DOWNLOAD */
    {-28, &ERR_NODE_NOT_READY}, /* RPC_IN_WARMUP */
};

struct envelope {
    const struct rpc_question *question;
    bool has_result;
    bool has_id; /* ours */
    bool has_error;
    int64_t error;
    size_t message_len;
    char message[MESSAGE_BYTES_MAX + 1];
};

static void read_message(struct json_reader *reader, struct envelope *envelope) {
    struct str text = json_read_str(reader);
    size_t len = text.len < MESSAGE_BYTES_MAX ? text.len : MESSAGE_BYTES_MAX;
    for (size_t i = 0; i < len; i++) {
        bool is_plain = text.ptr[i] >= ' ' && text.ptr[i] <= '~';
        envelope->message[i] = '?';
        if (is_plain) {
            envelope->message[i] = text.ptr[i];
        }
    }
    envelope->message_len = len;
}

static void read_error(struct json_reader *reader, struct envelope *envelope) {
    envelope->has_error = true;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("code"))) {
            envelope->error = json_read_i64(reader);
        } else if (str_eq(key, STR("message"))) {
            read_message(reader, envelope);
        } else {
            json_skip_value(reader);
        }
    }
}

static void read_id(struct json_reader *reader, struct envelope *envelope) {
    if (json_peek(reader) == JSON_NUMBER) {
        envelope->has_id = json_read_u64(reader) == envelope->question->id;
    } else {
        json_skip_value(reader);
    }
}

static void read_envelope(struct json_reader *reader, struct envelope *envelope) {
    const struct rpc_call *call = envelope->question->call;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("result"))) {
            envelope->has_result = !json_take_null(reader);
            if (envelope->has_result && call->decode != NULL) {
                call->decode(reader, call->context);
            } /* else json_object_next passes over it */
        } else if (str_eq(key, STR("error"))) {
            if (!json_take_null(reader)) {
                read_error(reader, envelope);
            }
        } else if (str_eq(key, STR("id"))) {
            read_id(reader, envelope);
        } else {
            json_skip_value(reader);
        }
    }
}

static struct result fail(const struct envelope *envelope, struct arena *arena,
                          const struct error_code *code, const char *what) {
    return result_failf(arena, code, "%s at %s: %s", envelope->question->call->method,
                        envelope->question->label, what);
}

static struct result judge_error(const struct envelope *envelope, struct arena *arena) {
    const struct error_code *meaning = &ERR_NODE_ANSWER;
    for (size_t i = 0; i < sizeof(node_errors) / sizeof(node_errors[0]); i++) {
        if (node_errors[i].code == envelope->error) {
            meaning = node_errors[i].meaning;
        }
    }
    const char *text = arena_printf(arena, "error %lld: %.*s", (long long)envelope->error,
                                    (int)envelope->message_len, envelope->message);
    return fail(envelope, arena, meaning, text);
}

struct result rpc_answer_decode(const struct rpc_question *question, struct arena *arena,
                                struct json_source source) {
    struct json_limits limits = {
        .depth_max = DEPTH_MAX,
        .text_bytes_max = TEXT_BYTES_MAX,
        .total_bytes_max = question->call->answer_bytes_max,
        .keys_max = KEYS_MAX,
    };
    struct json_reader reader;
    json_reader_init_source(&reader, question->scratch, source, limits);
    struct envelope envelope = {.question = question};
    read_envelope(&reader, &envelope);
    if (!json_reader_finish(&reader)) {
        return fail(&envelope, arena, &ERR_NODE_ANSWER, json_reader_error(&reader));
    }
    if (!envelope.has_id) {
        return fail(&envelope, arena, &ERR_NODE_ANSWER, "the answer is to another question");
    }
    if (envelope.has_error) {
        return judge_error(&envelope, arena);
    }
    if (!envelope.has_result && question->call->decode != NULL) {
        return fail(&envelope, arena, &ERR_NODE_ANSWER, "the answer has no result");
    }
    return RESULT_OK;
}
