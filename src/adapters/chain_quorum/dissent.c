/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "adapters/chain_quorum/quorum.h"
#include "base/arena.h"
#include "base/buf.h"
#include "core/error.h"

/* ---- what was agreed on */

void quorum_note_header(struct quorum *self, const struct block_header *header) {
    if (quorum_find_header(self, header->hash) == NULL) {
        self->headers[self->header_count++ % QUORUM_HEADERS] = *header;
    }
}

const struct block_header *quorum_find_header(const struct quorum *self, struct block_hash hash) {
    size_t count = self->header_count < QUORUM_HEADERS ? self->header_count : QUORUM_HEADERS;
    for (size_t i = 0; i < count; i++) {
        if (block_hash_eq(self->headers[i].hash, hash)) {
            return &self->headers[i];
        }
    }
    return NULL;
}

void quorum_note_split(struct quorum *self, enum question_kind kind, const char *text) {
    struct quorum_text *split = &self->split[kind];
    (void)snprintf(split->text, sizeof split->text, "%s", text);
}

/* ---- who contradicts it */

/* The first contradiction stays the one that is told, so that the warning does not change with
 * every block. */
static void note_dissent(struct quorum *self, size_t node, const struct question *question,
                         const char *how) {
    struct quorum_text *dissent = &self->dissent[node][question->kind];
    if (dissent->text[0] == '\0') {
        (void)snprintf(dissent->text, sizeof dissent->text, "%s %s about %s",
                       panel_label(self->panel, node), how, question_subject(question->kind));
    }
}

static void forget_dissent(struct quorum *self, size_t node, enum question_kind kind) {
    self->dissent[node][kind].text[0] = '\0';
}

/* Whoever has an agreed block for its tip has the right chain below it, too. */
static void judge_tip(struct quorum *self, size_t node, const struct question *question,
                      const struct answer *answer) {
    if (!result_is_ok(answer->result)) {
        return;
    }
    const struct block_header *header = quorum_find_header(self, answer->hash);
    if (header == NULL) {
        return;
    }
    struct digest agreed = digest_of_header(header);
    if (!digest_eq(&agreed, &answer->digest)) {
        note_dissent(self, node, question, "contradicts the others");
        return;
    }
    forget_dissent(self, node, QUESTION_TIP);
    forget_dissent(self, node, QUESTION_HASH);
}

static void judge_hash(struct quorum *self, size_t node, const struct question *question,
                       const struct answer *answer, const struct digest *agreed) {
    bool is_old = question->height <= self->agreed_tip.height - QUORUM_FRESH_BLOCKS;
    if (!is_old || !result_is_ok(answer->result)) {
        return;
    }
    if (digest_eq(agreed, &answer->digest)) {
        forget_dissent(self, node, QUESTION_HASH);
    } else {
        note_dissent(self, node, question, "contradicts the others");
    }
}

/* The same hash stands for one content: there is no excuse for another. */
static void judge_content(struct quorum *self, size_t node, const struct question *question,
                          const struct answer *answer, const struct digest *agreed) {
    if (answer->result.code == &ERR_NODE_ANSWER) {
        note_dissent(self, node, question, "gives answers that cannot be true");
    }
    if (!result_is_ok(answer->result)) {
        return;
    }
    if (digest_eq(agreed, &answer->digest)) {
        forget_dissent(self, node, question->kind);
    } else {
        note_dissent(self, node, question, "contradicts the others");
    }
}

/* Whoever answers as another network's node, or refuses us, is told of until it identifies well. */
static void judge_standing(struct quorum *self, size_t node, const struct question *question,
                           const struct answer *answer) {
    struct question standing = {.kind = QUESTION_IDENTITY};
    if (answer->result.code == &ERR_NODE_WRONG_NETWORK) {
        note_dissent(self, node, &standing, "contradicts the others");
    } else if (answer->result.code == &ERR_NODE_REFUSED) {
        note_dissent(self, node, &standing, "cannot be asked");
    } else if (result_is_ok(answer->result) && question->kind != QUESTION_WAIT) {
        forget_dissent(self, node, QUESTION_IDENTITY);
    }
}

void quorum_hear(void *quorum, size_t node, const struct question *question,
                 const struct answer *answer, const struct digest *agreed) {
    struct quorum *self = quorum;
    quorum_note_answer(self, node, question, answer);
    judge_standing(self, node, question, answer);
    switch (question->kind) {
    case QUESTION_TIP:
        judge_tip(self, node, question, answer);
        return;
    case QUESTION_HASH:
        if (agreed != NULL) {
            judge_hash(self, node, question, answer, agreed);
        }
        return;
    case QUESTION_BLOCK:
    case QUESTION_BALANCES:
    case QUESTION_TRANSACTION:
        if (agreed != NULL) {
            judge_content(self, node, question, answer, agreed);
        }
        return;
    case QUESTION_MEMPOOL:
        quorum_add_hints(self, answer);
        return;
    case QUESTION_IDENTITY:
    case QUESTION_MEMPOOL_HAS:
    case QUESTION_FINALITY:
    case QUESTION_COIN: /* depends on the tip and the mempool, which are each node's own */
    case QUESTION_FEE_RATE:
    case QUESTION_WAIT:
        return;
    }
}

static void add_text(struct buf *out, const struct quorum_text *text) {
    if (text->text[0] != '\0') {
        buf_puts(out, out->len == 0 ? "" : "; ");
        buf_puts(out, text->text);
    }
}

const char *quorum_warning(struct chain *chain, struct arena *arena) {
    const struct quorum *self = quorum_of(chain);
    struct buf out = buf_in(arena);
    for (size_t kind = 0; kind < QUESTION_KINDS; kind++) {
        add_text(&out, &self->split[kind]);
    }
    for (size_t node = 0; node < panel_count(self->panel); node++) {
        for (size_t kind = 0; kind < QUESTION_KINDS; kind++) {
            add_text(&out, &self->dissent[node][kind]);
        }
    }
    if (out.len == 0 || out.failed) {
        return NULL;
    }
    buf_put_char(&out, '\0');
    return buf_str(&out).ptr;
}
