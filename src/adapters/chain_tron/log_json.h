/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_TRON_LOG_JSON_H
#define TILL_ADAPTERS_CHAIN_TRON_LOG_JSON_H

/* Decodes logs, from eth_getLogs and from gettransactioninfobyblocknum, and gives them to the
 * blocks that they belong to. */

#include "adapters/chain_tron/api.h"
#include "adapters/chain_tron/tron_block.h"

/* NULL, or why the answer is worth nothing. */
typedef const char *(*log_visit)(void *context, const struct tron_log *log);

/* The result of eth_getLogs: an rpc_decode. The caller sets the first two. */
struct log_decoder {
    log_visit visit;
    void *context;
    uint64_t count;
};
void logs_decode(struct json_reader *reader, void *log_decoder);

/* The answer of gettransactioninfobyblocknum: the results of all transactions of one block, with
 * their logs and, where the node keeps them, what contracts paid. The caller sets the first five.
 */
struct info_decoder {
    const struct tron_rules *rules;
    struct tron_block *block;
    struct arena *scratch;
    struct api_error *error;
    bool takes_internal; /* what contracts paid counts, too */
    size_t count;
};
void infos_decode(struct json_reader *reader, struct info_decoder *decoder);
/* False if a transaction of the block has no result in the answer: [] proves nothing. */
bool infos_are_whole(const struct info_decoder *decoder);

#endif
