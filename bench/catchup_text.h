/* SPDX-License-Identifier: MIT */
#ifndef TILL_BENCH_CATCHUP_TEXT_H
#define TILL_BENCH_CATCHUP_TEXT_H

/* Blocks as java-tron tells them: getblockbynum and eth_getLogs, with ids, roots and renderings as
 * a node would have them. Every transaction is a transfer of USDT, with its log. */

#include "base/buf.h"
#include "ports/chain.h"

struct tron_rules;

struct catchup_text {
    char *memory;
    struct buf block;
    struct buf logs;
};

struct catchup_text catchup_text_new(void);
void catchup_text_free(struct catchup_text *text);

/* What is asked of one block; the header's id and parent are what comes of it. Sets each output's
 * txid. */
void catchup_text_make(struct catchup_text *text, struct block_header *header,
                       struct chain_output *outputs, size_t count);

/* What the adapter makes of these texts. A fault, or anything not proved, ends the program. */
void catchup_text_decode(const struct catchup_text *text, const struct tron_rules *rules,
                         struct arena *arena, struct chain_block *ret_block);

#endif
