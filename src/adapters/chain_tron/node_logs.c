/* SPDX-License-Identifier: MIT */
#include "adapters/chain_tron/node.h"

#include "adapters/chain_tron/log_json.h"
#include "base/arena.h"
#include "core/error.h"

/* Logs are asked for without a filter, since a payment's name is its log's place among all logs of
 * its transaction. Blocks in which no contract ran are not asked about: their transactions are held
 * against the header, so they have no logs. */

enum {
    LOG_SPAN_STEP = 4,
    REFUSALS_MAX = 3,
    LOGS_ANSWER_BYTES_MAX = 128 << 20,
    INFOS_ANSWER_BYTES_MAX = 128 << 20
};

/* Answers of exactly so many logs may have been cut off there. */
static bool is_suspicious(uint64_t count) {
    return count == 100 || count == 1000 || count == 10000;
}

static struct result distrust(struct tron_node *node, struct arena *arena, int64_t height,
                              const char *why) {
    return result_failf(arena, &ERR_NODE_ANSWER, "logs of block %lld at %s: %s", (long long)height,
                        rpc_label(node->rpc), why);
}

/* ---- by the results of transactions */

static void decode_infos(struct json_reader *reader, void *context) {
    infos_decode(reader, context);
}

/* The last word about a block: one result for each of its transactions, with its logs. What
 * contracts paid counts where this is the usual way, so that one node always tells the same. */
static struct result ask_infos(struct tron_node *node, struct arena *arena,
                               struct tron_block *block) {
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new(INFOS_ANSWER_BYTES_MAX);
    struct api_error error;
    struct info_decoder decoder = {
        .rules = &node->demand->rules,
        .block = block,
        .scratch = scratch,
        .error = &error,
        .takes_internal = node->lacks_rpc,
    };
    int64_t height = block->header.height;
    struct tron_question question = {
        .name = "gettransactioninfobyblocknum",
        .body = str_from_c(arena_printf(arena, "{\"num\":%lld}", (long long)height)),
        .answer_bytes_max = INFOS_ANSWER_BYTES_MAX,
        .decode = decode_infos,
        .context = &decoder,
        .error = &error,
    };
    tron_block_clear_logs(block);
    TRY(tron_node_ask(node, arena, &question));
    if (!infos_are_whole(&decoder)) {
        return distrust(node, arena, height, "the results of some transactions are missing");
    }
    block->is_whole = true;
    return RESULT_OK;
}

/* ---- by eth_getLogs */

struct run {
    struct tron_block *const *blocks;
    size_t count;
    const struct tron_rules *rules;
};

static const char *visit_log(void *context, const struct tron_log *log) {
    const struct run *run = context;
    int64_t at = log->height - run->blocks[0]->header.height;
    if (at < 0 || at >= (int64_t)run->count) {
        return "a log is of another block";
    }
    return tron_block_add_log(run->blocks[at], run->rules, log);
}

static struct result get_logs(struct tron_node *node, struct arena *arena, struct run *run,
                              struct str params, int64_t *ret_error, uint64_t *ret_count) {
    struct log_decoder decoder = {.visit = visit_log, .context = run};
    struct rpc_call call = {
        .method = "eth_getLogs",
        .params = params,
        .answer_bytes_max = LOGS_ANSWER_BYTES_MAX,
        .decode = logs_decode,
        .context = &decoder,
        .ret_error = ret_error,
    };
    for (size_t i = 0; i < run->count; i++) {
        tron_block_clear_logs(run->blocks[i]);
    }
    TRY(tron_node_call(node, arena, &call));
    *ret_count = decoder.count;
    return RESULT_OK;
}

static struct result prove(struct tron_node *node, struct arena *arena, struct tron_block *block,
                           uint64_t count) {
    bool is_cut = is_suspicious(count);
    if (!is_cut && !tron_block_lacks_logs(block)) {
        block->is_whole = true;
        return RESULT_OK;
    }
    TRY(ask_infos(node, arena, block));
    if (block->log_count > count) {
        node->lies_in_logs = true;
    }
    return RESULT_OK;
}

/* By the block's hash: java-tron takes it for the height that it stands for, so a block that was
 * replaced meanwhile gives another one's logs, which do not fit. */
static struct result ask_one(struct tron_node *node, struct arena *arena,
                             struct tron_block *const *block) {
    struct run run = {.blocks = block, .count = 1, .rules = &node->demand->rules};
    struct str hash = hex_encode(arena, BYTES_OF((*block)->header.hash.bytes));
    const char *params = arena_printf(arena, "[{\"blockHash\":\"0x%.*s\"}]", STR_ARG(hash));
    int64_t error = 0;
    uint64_t count = 0;
    struct result asked = get_logs(node, arena, &run, str_from_c(params), &error, &count);
    if (!result_is_ok(asked) && node->lacks_rpc) {
        return ask_infos(node, arena, *block);
    }
    if (error != 0) { /* it gives no logs without a filter, or not so many */
        node->log_refusals++;
        node->lies_in_logs = node->lies_in_logs || node->log_refusals == REFUSALS_MAX;
        return ask_infos(node, arena, *block);
    }
    TRY(asked);
    node->log_refusals = 0;
    return prove(node, arena, *block, count);
}

static struct result ask_each(struct tron_node *node, struct arena *arena, const struct run *run) {
    for (size_t i = 0; i < run->count; i++) {
        struct tron_block *block = run->blocks[i];
        if (block->is_whole) {
            continue;
        }
        bool by_infos = node->lacks_rpc || node->lies_in_logs;
        if (tron_block_has_no_logs(block)) {
            block->is_whole = true;
        } else {
            TRY(by_infos ? ask_infos(node, arena, block) : ask_one(node, arena, &run->blocks[i]));
        }
    }
    return RESULT_OK;
}

static uint64_t logs_in(const struct run *run) {
    uint64_t sum = 0;
    for (size_t i = 0; i < run->count; i++) {
        sum += run->blocks[i]->log_count;
    }
    return sum;
}

/* What a range has given, block by block; a block that a range says nothing about is asked after
 * by itself, and if it has logs then ranges are not to be trusted. */
static struct result settle(struct tron_node *node, struct arena *arena, const struct run *run) {
    for (size_t i = 0; i < run->count; i++) {
        struct tron_block *block = run->blocks[i];
        if (!tron_block_lacks_logs(block)) {
            block->is_whole = true;
            continue;
        }
        uint64_t before = block->log_count;
        TRY(ask_one(node, arena, &run->blocks[i]));
        node->lies_in_ranges = node->lies_in_ranges || block->log_count > before;
    }
    return RESULT_OK;
}

/* `ret_told`: how many logs there were, if they may have been cut off; else 0. */
static struct result ask_range(struct tron_node *node, struct arena *arena, struct run *run,
                               uint64_t *ret_told) {
    int64_t first = run->blocks[0]->header.height;
    const char *params = arena_printf(arena, "[{\"fromBlock\":\"0x%llx\",\"toBlock\":\"0x%llx\"}]",
                                      (unsigned long long)first,
                                      (unsigned long long)(first + (int64_t)run->count - 1));
    int64_t error = 0;
    uint64_t count = 0;
    struct result asked = get_logs(node, arena, run, str_from_c(params), &error, &count);
    if (error == RPC_LIMIT_EXCEEDED) { /* too many logs, which is no refusal of ours */
        return distrust(node, arena, first, "too many for one answer");
    }
    TRY(asked);
    if (is_suspicious(count)) {
        *ret_told = count;
        return distrust(node, arena, first, "so many that they may have been cut off");
    }
    return settle(node, arena, run);
}

/* What is still to be asked for, and what was cut because it may have been cut off. */
struct halves {
    struct run waiting[TRON_RANGE_MAX];
    size_t waiting_count;
    struct run cut[TRON_RANGE_MAX];
    uint64_t told[TRON_RANGE_MAX];
    size_t cut_count;
};

static void halve(struct halves *halves, const struct run *run) {
    struct run left = {.blocks = run->blocks, .count = run->count / 2, .rules = run->rules};
    struct run right = {
        .blocks = run->blocks + left.count, .count = run->count - left.count, .rules = run->rules};
    halves->waiting[halves->waiting_count++] = right;
    halves->waiting[halves->waiting_count++] = left;
}

/* When the halves have more than the whole, the node forgets silently. */
static void compare_halves(struct tron_node *node, const struct halves *halves) {
    for (size_t i = 0; i < halves->cut_count; i++) {
        bool has_more = logs_in(&halves->cut[i]) > halves->told[i];
        node->lies_in_ranges = node->lies_in_ranges || has_more;
    }
}

/* A range that is refused, too large or does not fit is cut in halves, down to single blocks. */
static struct result ask_run(struct tron_node *node, struct arena *arena, const struct run *whole) {
    struct halves halves = {.waiting = {*whole}, .waiting_count = 1};
    while (halves.waiting_count > 0) {
        struct run run = halves.waiting[--halves.waiting_count];
        BUG_IF(run.blocks == NULL);
        if (run.count == 1 || node->lies_in_ranges || node->lacks_rpc) {
            TRY(ask_each(node, arena, &run));
            continue;
        }
        uint64_t told = 0;
        struct result asked = ask_range(node, arena, &run, &told);
        if (asked.code != &ERR_NODE_ANSWER) {
            TRY(asked);
            continue;
        }
        node->log_span = (uint32_t)run.count / 2;
        halve(&halves, &run);
        if (told > 0) {
            halves.cut[halves.cut_count] = run;
            halves.told[halves.cut_count++] = told;
        }
    }
    compare_halves(node, &halves);
    return RESULT_OK;
}

/* The next stretch of blocks that must be asked about; none: an empty one. */
static struct run next_run(const struct tron_node *node, struct tron_block *const *blocks,
                           size_t count) {
    size_t at = 0;
    while (at < count && (blocks[at]->is_whole || tron_block_has_no_logs(blocks[at]))) {
        blocks[at]->is_whole = true;
        at++;
    }
    struct run run = {.blocks = blocks + at, .rules = &node->demand->rules};
    size_t end = count - at < node->log_span ? count : at + node->log_span;
    for (size_t i = at; i < end && !blocks[i]->is_whole; i++) {
        if (!tron_block_has_no_logs(blocks[i])) {
            run.count = i + 1 - at;
        }
    }
    return run;
}

struct result tron_node_logs(struct tron_node *node, struct arena *arena,
                             struct tron_block *const *blocks, size_t count) {
    for (;;) {
        struct run run = next_run(node, blocks, count);
        if (run.count == 0) {
            return RESULT_OK;
        }
        TRY(node->lies_in_logs ? ask_each(node, arena, &run) : ask_run(node, arena, &run));
        bool was_full = run.count == node->log_span; /* and was not cut */
        node->log_span += was_full ? LOG_SPAN_STEP : 0;
    }
}
