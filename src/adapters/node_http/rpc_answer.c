/* SPDX-License-Identifier: MIT */
#include "adapters/node_http/rpc_answer.h"

#include <string.h>

#include "adapters/node_http/rpc.h"
#include "base/arena.h"
#include "core/error.h"

enum {
    MESSAGE_BYTES_MAX = 200,   /* of a node's error message */
    TEXT_BYTES_MAX = 32 << 20, /* a transaction of 4 MB in hex is skipped, not kept */
    DEPTH_MAX = 32,
    KEYS_MAX = 4096, /* of one object */
};

/* JSON-RPC 2.0: sent back with an id of null when a node cannot make sense of the request. */
enum { PARSE_ERROR = -32700, INVALID_REQUEST = -32600 };

struct envelope {
    const struct rpc_question *question;
    const struct rpc_call *call; /* NULL in a batch until we know whose answer this is */
    bool is_guessed;             /* `call` is the next in order: the result comes before the id */
    bool has_result;
    bool has_id; /* that of `call` */
    bool is_nobodys;
    bool is_mixed_up; /* the guess was wrong */
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
    if (json_peek(reader) != JSON_NUMBER) {
        envelope->is_nobodys = json_take_null(reader);
        return; /* json_object_next passes over what it is */
    }
    uint64_t index = json_read_u64(reader) - envelope->question->id;
    if (index >= envelope->question->count) {
        return;
    }
    const struct rpc_call *call = &envelope->question->calls[index];
    envelope->has_id = envelope->call == NULL || envelope->call == call;
    envelope->is_mixed_up = !envelope->has_id && envelope->is_guessed;
    envelope->call = call;
}

static void read_result(struct json_reader *reader, struct envelope *envelope,
                        const struct rpc_call *next) {
    if (envelope->call == NULL) {
        envelope->call = next;
        envelope->is_guessed = true;
    }
    const struct rpc_call *call = envelope->call;
    if (call == NULL) {
        json_fail(reader, "there are more answers than questions");
        return;
    }
    envelope->has_result = call->takes_null || !json_take_null(reader);
    if (envelope->has_result && call->decode != NULL) {
        call->decode(reader, call->context);
    } /* else json_object_next passes over it */
}

/* `next`: whose answer it may be, if it does not say so first. `answered`: may be NULL. */
static void read_envelope(struct json_reader *reader, struct envelope *envelope,
                          const struct rpc_call *next, const bool *answered) {
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("result"))) {
            read_result(reader, envelope, next);
        } else if (str_eq(key, STR("error"))) {
            if (!json_take_null(reader)) {
                read_error(reader, envelope);
            }
        } else if (str_eq(key, STR("id"))) {
            read_id(reader, envelope);
        } else {
            json_skip_value(reader);
        }
        bool is_ours = answered != NULL && envelope->has_id;
        if (is_ours && answered[envelope->call - envelope->question->calls]) {
            json_fail(reader, "an answer comes twice");
        }
    }
}

static struct result fail(const struct envelope *envelope, struct arena *arena,
                          const struct error_code *code, const char *what) {
    const struct rpc_call *call = envelope->call ? envelope->call : envelope->question->calls;
    return result_failf(arena, code, "%s at %s: %s", call->method, envelope->question->label, what);
}

static bool fits(const struct rpc_meaning *meaning, const struct envelope *envelope) {
    return meaning->code == envelope->error &&
           (meaning->words == NULL || strstr(envelope->message, meaning->words) != NULL);
}

static struct result judge_error(const struct envelope *envelope, struct arena *arena) {
    const struct rpc_dialect *dialect = envelope->question->dialect;
    const struct error_code *meaning = &ERR_NODE_ANSWER;
    for (size_t i = 0; i < dialect->meaning_count; i++) {
        if (fits(&dialect->meanings[i], envelope)) {
            meaning = dialect->meanings[i].meaning;
            break;
        }
    }
    const char *text = arena_printf(arena, "error %lld: %.*s", (long long)envelope->error,
                                    (int)envelope->message_len, envelope->message);
    return fail(envelope, arena, meaning, text);
}

static struct result judge(const struct envelope *envelope, struct arena *arena) {
    const struct rpc_call *call = envelope->call;
    bool is_error = envelope->has_error && (envelope->has_id || envelope->is_nobodys);
    if (call != NULL && call->ret_error != NULL) {
        *call->ret_error = is_error ? envelope->error : 0;
    }
    if (is_error) {
        return judge_error(envelope, arena);
    }
    if (call == NULL || !envelope->has_id) {
        return fail(envelope, arena, &ERR_NODE_ANSWER, "the answer is to another question");
    }
    if (!envelope->has_result && call->decode != NULL) {
        return fail(envelope, arena, &ERR_NODE_ANSWER, "the answer has no result");
    }
    return RESULT_OK;
}

/* Answers to a batch that are too long together; each by itself may well be short enough. */
static bool is_left_out(const struct envelope *envelope) {
    static const struct {
        int64_t code;
        const char *words;
    } ways[] = {
        {-32003, "too large"},                            /* geth: "response too large" */
        {RPC_LIMIT_EXCEEDED, "MaxBatchResponseBodySize"}, /* Nethermind */
        {-32011, ""},                                     /* reth, in place of all answers */
    };
    for (size_t i = 0; envelope->has_error && i < sizeof ways / sizeof ways[0]; i++) {
        if (envelope->error == ways[i].code && strstr(envelope->message, ways[i].words) != NULL) {
            return true;
        }
    }
    return false;
}

/* ---- one, or many */

static void start_reader(struct json_reader *reader, const struct rpc_question *question,
                         struct json_source source) {
    struct json_limits limits = {
        .depth_max = DEPTH_MAX,
        .text_bytes_max = TEXT_BYTES_MAX,
        .keys_max = KEYS_MAX,
    };
    for (size_t i = 0; i < question->count; i++) {
        limits.total_bytes_max += question->calls[i].answer_bytes_max;
        if (question->calls[i].depth_max > limits.depth_max) {
            limits.depth_max = question->calls[i].depth_max;
        }
    }
    json_reader_init_source(reader, question->scratch, source, limits);
}

struct result rpc_answer_decode(const struct rpc_question *question, struct arena *arena,
                                struct json_source source) {
    struct json_reader reader;
    start_reader(&reader, question, source);
    struct envelope envelope = {.question = question, .call = question->calls};
    read_envelope(&reader, &envelope, NULL, NULL);
    if (!json_reader_finish(&reader)) {
        return fail(&envelope, arena, &ERR_NODE_ANSWER, json_reader_error(&reader));
    }
    return judge(&envelope, arena);
}

struct batch {
    const struct rpc_question *question;
    struct result *results;
    bool answered[RPC_BATCH_MAX];
    size_t next; /* the first one without an answer */
    struct rpc_flaws *flaws;
};

static void read_answers(struct json_reader *reader, struct batch *batch, struct arena *arena) {
    const struct rpc_question *question = batch->question;
    json_array_begin(reader);
    while (json_array_next(reader)) {
        struct envelope envelope = {.question = question};
        const struct rpc_call *next =
            batch->next < question->count ? &question->calls[batch->next] : NULL;
        read_envelope(reader, &envelope, next, batch->answered);
        batch->flaws->is_mixed_up = batch->flaws->is_mixed_up || envelope.is_mixed_up;
        if (!envelope.has_id) {
            json_fail(reader, "an answer is to another question");
        }
        if (json_failed(reader)) {
            return;
        }
        size_t index = (size_t)(envelope.call - question->calls);
        batch->answered[index] = true;
        batch->results[index] = judge(&envelope, arena);
        batch->flaws->left_out[index] = is_left_out(&envelope);
        while (batch->next < question->count && batch->answered[batch->next]) {
            batch->next++;
        }
    }
}

/* A node that knows no batches answers with one object. */
static struct result read_refusal(struct json_reader *reader, struct batch *batch,
                                  struct arena *arena) {
    const struct rpc_question *question = batch->question;
    struct envelope envelope = {.question = question};
    read_envelope(reader, &envelope, question->calls, NULL);
    if (!json_reader_finish(reader)) {
        return fail(&envelope, arena, &ERR_NODE_ANSWER, json_reader_error(reader));
    }
    if (is_left_out(&envelope)) {
        for (size_t i = 0; i < question->count; i++) {
            batch->results[i] = judge_error(&envelope, arena);
            batch->flaws->left_out[i] = true;
        }
        return RESULT_OK;
    }
    bool is_error =
        envelope.has_error && (envelope.error == INVALID_REQUEST || envelope.error == PARSE_ERROR ||
                               envelope.error == RPC_METHOD_NOT_FOUND);
    batch->flaws->is_mixed_up = is_error || !envelope.has_error;
    return envelope.has_error
               ? judge_error(&envelope, arena)
               : fail(&envelope, arena, &ERR_NODE_ANSWER, "one answer to a batch of questions");
}

struct result rpc_answers_decode(const struct rpc_question *question, struct arena *arena,
                                 struct json_source source, struct result *ret_results,
                                 struct rpc_flaws *ret_flaws) {
    BUG_IF(question->count == 0 || question->count > RPC_BATCH_MAX);
    struct json_reader reader;
    start_reader(&reader, question, source);
    *ret_flaws = (struct rpc_flaws){0};
    struct batch batch = {.question = question, .results = ret_results, .flaws = ret_flaws};
    if (json_peek(&reader) == JSON_OBJECT_BEGIN) {
        return read_refusal(&reader, &batch, arena);
    }
    read_answers(&reader, &batch, arena);
    struct envelope whole = {.question = question};
    if (!json_reader_finish(&reader)) {
        return fail(&whole, arena, &ERR_NODE_ANSWER, json_reader_error(&reader));
    }
    if (batch.next < question->count) {
        return fail(&whole, arena, &ERR_NODE_ANSWER, "an answer is missing");
    }
    return RESULT_OK;
}
