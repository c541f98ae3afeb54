/* SPDX-License-Identifier: MIT */
#include "adapters/chain_tron/node.h"

#include <string.h>

#include "adapters/chain_tron/block_json.h"
#include "base/arena.h"
#include "core/error.h"

enum {
    BLOCK_ANSWER_BYTES_MAX = 64 << 20,
    BLOCKS_ANSWER_BYTES_MAX = 512 << 20,
    ROW_BYTES_MAX = 64 << 20, /* of blocks in memory, all of one answer together */
};

static struct result name_failure(const struct tron_node *node, struct arena *arena,
                                  struct result failed, int64_t height) {
    if (result_is_ok(failed)) {
        return failed;
    }
    return result_failf(arena, failed.code, "block %lld at %s: %s", (long long)height,
                        rpc_label(node->rpc), result_text(failed));
}

/* ---- doubts */

static struct result judge_root(struct tron_node *node, const struct tron_block *block) {
    if (block->is_rooted || tron_doubts_had(&node->demand->doubts, block)) {
        return RESULT_OK;
    }
    return (struct result){.code = &ERR_NODE_ANSWER,
                           .detail =
                               "the transactions are not those that the block's header commits to"};
}

/* ---- one block */

static void decode_block(struct json_reader *reader, void *context) {
    tron_block_decode(reader, context);
}

static struct result ask_block(struct tron_node *node, struct arena *arena,
                               struct tron_question *question, struct tron_block *block,
                               struct block_header *ret_header) {
    struct api_error error;
    struct block_decoder decoder = {
        .rules = &node->demand->rules,
        .scratch = node->scratch,
        .block = block,
        .error = &error,
    };
    question->answer_bytes_max = BLOCK_ANSWER_BYTES_MAX;
    question->decode = decode_block;
    question->context = &decoder;
    question->error = &error;
    TRY(tron_node_ask(node, arena, question));
    TRY(tron_block_check(&decoder, ret_header));
    return block == NULL ? RESULT_OK : judge_root(node, block);
}

static struct result ask_whole_block(struct tron_node *node, struct arena *arena,
                                     struct tron_question *question,
                                     struct tron_block **ret_block) {
    struct tron_block *block = tron_block_new();
    struct block_header header;
    struct result asked = ask_block(node, arena, question, block, &header);
    if (!result_is_ok(asked)) {
        tron_block_free(block);
        return asked;
    }
    *ret_block = block;
    return RESULT_OK;
}

struct result tron_node_head(struct tron_node *node, struct arena *arena,
                             struct tron_block **ret_block) {
    struct tron_question question = {.name = "getnowblock", .body = STR("{}")};
    return ask_whole_block(node, arena, &question, ret_block);
}

struct result tron_node_block(struct tron_node *node, struct arena *arena, enum tron_folder folder,
                              int64_t height, struct tron_block **ret_block) {
    struct tron_question question = {
        .folder = folder,
        .name = "getblockbynum",
        .body = str_from_c(arena_printf(arena, "{\"num\":%lld}", (long long)height)),
    };
    struct tron_block *block = NULL;
    struct result asked = ask_whole_block(node, arena, &question, &block);
    if (result_is_ok(asked) && block->header.height != height) {
        tron_block_free(block);
        asked = (struct result){.code = &ERR_NODE_ANSWER,
                                .detail = "the node sent another block than asked for"};
    }
    TRY(name_failure(node, arena, asked, height));
    *ret_block = block;
    return RESULT_OK;
}

/* ---- the solid head */

static void decode_finalized(struct json_reader *reader, void *context) {
    struct block_header *header = context;
    bool has_hash = false;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("hash"))) {
            api_read_hash(reader, header->hash.bytes);
            has_hash = true;
        } else if (str_eq(key, STR("parentHash"))) {
            api_read_hash(reader, header->parent.bytes);
        } else if (str_eq(key, STR("number"))) {
            header->height = api_read_quantity(reader);
        } else if (str_eq(key, STR("timestamp"))) {
            header->time_ms = api_read_quantity(reader);
        } else {
            json_skip_value(reader);
        }
    }
    if (!has_hash) {
        json_fail(reader, "the finalized block has no hash");
    }
}

static struct result ask_finalized(struct tron_node *node, struct arena *arena,
                                   struct block_header *ret_tip) {
    struct block_header header = {0};
    struct rpc_call call = {
        .method = "eth_getBlockByNumber",
        .params = STR("[\"finalized\",false]"),
        .answer_bytes_max = BLOCK_ANSWER_BYTES_MAX,
        .decode = decode_finalized,
        .context = &header,
    };
    TRY(tron_node_call(node, arena, &call));
    if (tron_height_of(header.hash) != header.height ||
        (header.height > 0 && !tron_time_ms(header.time_ms, &header.time_ms))) {
        return (struct result){.code = &ERR_NODE_ANSWER,
                               .detail = "the finalized block's height or time is none"};
    }
    header.proven_ms = header.time_ms;
    *ret_tip = header;
    return RESULT_OK;
}

/* The header alone where the node serves it: a full block is a hundred times as long. Whatever is
 * wrong with the answer, the older question is tried next. */
static struct result ask_header_only(struct tron_node *node, struct arena *arena,
                                     struct block_header *ret_tip) {
    struct tron_question question = {
        .folder = TRON_SOLID,
        .name = "getblock",
        .body = STR("{\"detail\":false}"),
        .ret_lacks = &node->lacks_header_only,
    };
    struct result asked = ask_block(node, arena, &question, NULL, ret_tip);
    node->lacks_header_only = node->lacks_header_only || asked.code == &ERR_BLOCK_UNKNOWN ||
                              asked.code == &ERR_NODE_ANSWER;
    return asked;
}

struct result tron_node_tip(struct tron_node *node, struct arena *arena,
                            struct block_header *ret_tip) {
    struct result asked = RESULT_OK;
    if (!node->lacks_header_only && !node->lacks_solid_api) {
        asked = ask_header_only(node, arena, ret_tip);
        if (!node->lacks_header_only) {
            return asked;
        }
    }
    if (!node->lacks_solid_api) {
        struct tron_question question = {
            .folder = TRON_SOLID,
            .name = "getnowblock",
            .body = STR("{}"),
            .ret_lacks = &node->lacks_solid_api,
        };
        asked = ask_block(node, arena, &question, NULL, ret_tip);
        if (!node->lacks_solid_api) {
            return asked;
        }
    }
    return node->lacks_rpc ? asked : ask_finalized(node, arena, ret_tip);
}

/* ---- blocks in a row */

struct row {
    struct tron_node *node;
    struct tron_block **blocks;
    size_t count;
    size_t wanted;
    size_t bytes;
    int64_t first_height;
    struct api_error *error;
    struct result verdict;
};

static struct result check_row(struct row *row, const struct block_decoder *decoder) {
    struct block_header header;
    TRY(tron_block_check(decoder, &header));
    TRY(judge_root(row->node, decoder->block));
    bool is_next = header.height == row->first_height + (int64_t)row->count;
    bool continues =
        row->count == 0 || block_hash_eq(header.parent, row->blocks[row->count - 1]->header.hash);
    if (!is_next || !continues) {
        return (struct result){.code = &ERR_NODE_ANSWER,
                               .detail = "the blocks of a row do not follow one another"};
    }
    return RESULT_OK;
}

static void read_row_block(struct json_reader *reader, struct row *row) {
    if (row->count == row->wanted) {
        json_fail(reader, "there are more blocks than asked for");
        return;
    }
    struct block_decoder decoder = {
        .rules = &row->node->demand->rules,
        .scratch = arena_new(BLOCK_ANSWER_BYTES_MAX),
        .block = tron_block_new(),
        .error = row->error,
    };
    tron_block_decode(reader, &decoder);
    if (!json_failed(reader)) {
        row->verdict = check_row(row, &decoder);
    }
    arena_free(decoder.scratch);
    if (json_failed(reader) || !result_is_ok(row->verdict)) {
        tron_block_free(decoder.block);
        json_fail(reader, result_text(row->verdict));
        return;
    }
    row->blocks[row->count++] = decoder.block;
    row->bytes += tron_block_bytes(decoder.block);
    if (row->bytes > ROW_BYTES_MAX) {
        json_fail(reader, "the blocks of a row are too large together");
    }
}

static void decode_row(struct json_reader *reader, void *context) {
    struct row *row = context;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (!str_eq(key, STR("block"))) {
            api_skip_or_error(reader, key, row->error);
            continue;
        }
        json_array_begin(reader);
        while (json_array_next(reader)) {
            read_row_block(reader, row);
        }
    }
}

static struct result ask_row(struct tron_node *node, struct arena *arena, enum tron_folder folder,
                             struct row *row) {
    bool lacks = false;
    struct tron_question question = {
        .folder = folder,
        .name = "getblockbylimitnext",
        .body = str_from_c(arena_printf(arena, "{\"startNum\":%lld,\"endNum\":%lld}",
                                        (long long)row->first_height,
                                        (long long)row->first_height + (long long)row->wanted)),
        .answer_bytes_max = BLOCKS_ANSWER_BYTES_MAX,
        .decode = decode_row,
        .context = row,
        .error = row->error,
        .ret_lacks = &lacks,
    };
    struct result asked = tron_node_ask(node, arena, &question);
    if (lacks && folder == TRON_SOLID) {
        node->lacks_solid_range = true;
    }
    TRY(asked);
    return row->count == row->wanted ? RESULT_OK : result_fail(&ERR_BLOCK_UNKNOWN);
}

struct result tron_node_blocks(struct tron_node *node, struct arena *arena, enum tron_folder folder,
                               int64_t first_height, size_t count, struct tron_block **ret_blocks) {
    BUG_IF(count == 0 || count > TRON_RANGE_MAX);
    struct api_error error;
    struct row row = {
        .node = node,
        .blocks = ret_blocks,
        .wanted = count,
        .first_height = first_height,
        .error = &error,
    };
    /* What is below the solid head is solid in the full folder, too. */
    enum tron_folder from = node->lacks_solid_range ? TRON_FULL : folder;
    struct result asked = ask_row(node, arena, from, &row);
    if (!result_is_ok(asked) && from == TRON_SOLID && node->lacks_solid_range) {
        asked = ask_row(node, arena, TRON_FULL, &row);
    }
    for (size_t i = 0; !result_is_ok(asked) && i < row.count; i++) {
        tron_block_free(ret_blocks[i]);
    }
    return name_failure(node, arena, asked, first_height);
}
