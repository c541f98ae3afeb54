/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "adapters/chain_quorum/quorum.h"
#include "base/arena.h"
#include "core/error.h"

/* What the nodes said of their tips; later rounds overwrite the answers. */
struct tips {
    bool is_told[CHAIN_QUORUM_NODES_MAX];
    struct block_header of[CHAIN_QUORUM_NODES_MAX];
    size_t count; /* of those who told */
};

/* Until a quorum has one tip, and not one that we are beyond already: another may have come on. */
static bool is_enough(const struct panel *panel, const void *context) {
    const struct quorum *self = context;
    const struct answer *agreed = panel_agreed(panel);
    return agreed != NULL && agreed->header.height >= self->agreed_tip.height;
}

static void take_tips(const struct panel *panel, struct tips *ret_tips) {
    *ret_tips = (struct tips){.count = 0};
    for (size_t i = 0; i < panel_count(panel); i++) {
        const struct answer *answer = panel_answer(panel, i);
        if (answer != NULL && result_is_ok(answer->result)) {
            ret_tips->is_told[i] = true;
            ret_tips->of[i] = answer->header;
            ret_tips->count++;
        }
    }
}

/* The highest height that `quorum` nodes have reached. */
static int64_t height_reached(const struct tips *tips, size_t quorum) {
    int64_t reached = -1;
    for (size_t i = 0; i < CHAIN_QUORUM_NODES_MAX; i++) {
        size_t as_high = 0;
        for (size_t j = 0; j < CHAIN_QUORUM_NODES_MAX; j++) {
            as_high += tips->is_told[j] && tips->of[j].height >= tips->of[i].height;
        }
        if (tips->is_told[i] && as_high >= quorum && tips->of[i].height > reached) {
            reached = tips->of[i].height;
        }
    }
    return reached;
}

/* The header that a quorum has for its tip at this height, or NULL. */
static const struct block_header *common_tip(const struct tips *tips, size_t quorum,
                                             int64_t height) {
    for (size_t i = 0; i < CHAIN_QUORUM_NODES_MAX; i++) {
        struct digest one = digest_of_header(&tips->of[i]);
        size_t alike = 0;
        for (size_t j = 0; j < CHAIN_QUORUM_NODES_MAX; j++) {
            struct digest other = digest_of_header(&tips->of[j]);
            alike += tips->is_told[j] && digest_eq(&one, &other);
        }
        if (tips->is_told[i] && tips->of[i].height == height && alike >= quorum) {
            return &tips->of[i];
        }
    }
    return NULL;
}

/* Down from where a quorum is, to the first block that it has in common. */
static struct result walk_down(struct quorum *self, struct arena *arena, int64_t from,
                               struct block_ref *ret_common) {
    for (int64_t height = from; height >= 0 && height > from - QUORUM_WALK_BLOCKS; height--) {
        const struct question question = {.kind = QUESTION_HASH, .height = height};
        quorum_ask(self, &question);
        const struct answer *agreed = panel_agreed(self->panel);
        size_t told = panel_good_count(self->panel) + panel_unknown_count(self->panel);
        if (agreed != NULL) {
            *ret_common = (struct block_ref){height, agreed->hash};
            panel_settle(self->panel, &agreed->digest);
            return RESULT_OK;
        }
        struct result failed = told >= panel_quorum(self->panel)
                                   ? RESULT_OK
                                   : quorum_failure(self, arena, &question, "");
        panel_settle(self->panel, NULL);
        TRY(failed);
    }
    const char *text = arena_printf(arena, "the nodes disagree about all of the last %d blocks",
                                    QUORUM_WALK_BLOCKS);
    quorum_note_split(self, QUESTION_TIP, text);
    return result_failf(arena, &ERR_NODES_DISAGREE, "%s up to %lld", text, (long long)from);
}

/* The header of a block whose hash a quorum told. */
static struct result read_header(struct quorum *self, struct arena *arena,
                                 const struct block_ref *ref, struct block_header *ret_header) {
    const struct block_header *known = quorum_find_header(self, ref->hash);
    if (known != NULL) {
        *ret_header = *known;
        return RESULT_OK;
    }
    const struct question question = {.kind = QUESTION_BLOCK, .hash = ref->hash};
    const char *about = arena_printf(arena, "block %lld", (long long)ref->height);
    const struct answer *agreed;
    TRY(quorum_agree(self, arena, &question, about, &agreed));
    *ret_header = agreed->header;
    return RESULT_OK;
}

static struct result find_common(struct quorum *self, struct arena *arena, int64_t reached,
                                 struct block_header *ret_tip) {
    struct block_ref ref = {.height = -1};
    TRY(walk_down(self, arena, reached, &ref));
    TRY(read_header(self, arena, &ref, ret_tip));
    const char *text = "";
    if (ref.height < reached - QUORUM_FRESH_BLOCKS) {
        text = arena_printf(arena, "the nodes disagree about what follows block %lld",
                            (long long)ref.height);
    }
    quorum_note_split(self, QUESTION_TIP, text);
    return RESULT_OK;
}

/* A node with another tip may lag, or be on another chain: that shows a little deeper. One node at
 * a time, once for each of its tips; what it says is judged as it is heard. */
static void look_into_foreign_tips(struct quorum *self, const struct tips *tips) {
    for (size_t i = 0; i < panel_count(self->panel); i++) {
        int64_t height = self->agreed_tip.height - QUORUM_FRESH_BLOCKS;
        if (!tips->is_told[i] || block_hash_eq(tips->of[i].hash, self->agreed_tip.hash) ||
            block_hash_eq(tips->of[i].hash, self->compared_tips[i]) || height < 0) {
            continue;
        }
        self->compared_tips[i] = tips->of[i].hash;
        height = tips->of[i].height < height ? tips->of[i].height : height;
        const struct question question = {.kind = QUESTION_HASH, .height = height};
        quorum_ask(self, &question);
        const struct answer *agreed = panel_agreed(self->panel);
        panel_settle(self->panel, agreed == NULL ? NULL : &agreed->digest);
        return;
    }
}

const char *quorum_stuck(struct chain *chain, struct arena *arena) {
    const char *text = quorum_of(chain)->split[QUESTION_TIP].text;
    return text[0] == '\0' ? NULL : arena_printf(arena, "%s", text);
}

struct result quorum_tip(struct chain *chain, struct arena *arena, struct block_header *ret_tip) {
    struct quorum *self = quorum_of(chain);
    const struct panel_round round = {
        .question = {.kind = QUESTION_TIP}, .is_enough = is_enough, .context = self};
    panel_ask(self->panel, &round);
    struct tips tips;
    take_tips(self->panel, &tips);
    size_t quorum = panel_quorum(self->panel);
    struct result failed =
        tips.count >= quorum ? RESULT_OK : quorum_failure(self, arena, &round.question, "the tip");
    int64_t reached = height_reached(&tips, quorum);
    const struct block_header *common = common_tip(&tips, quorum, reached);
    if (common != NULL) {
        quorum_note_header(self, common); /* before the others are judged by it */
    }
    panel_settle(self->panel, NULL);
    TRY(failed);
    struct block_header tip;
    if (common != NULL) {
        tip = *common;
        quorum_note_split(self, QUESTION_TIP, "");
    } else {
        TRY(find_common(self, arena, reached, &tip));
        quorum_note_header(self, &tip);
    }
    self->agreed_tip = tip;
    look_into_foreign_tips(self, &tips);
    *ret_tip = tip;
    return RESULT_OK;
}
