/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "adapters/chain_quorum/quorum.h"
#include "base/arena.h"
#include "base/buf.h"
#include "core/error.h"

void quorum_ask(struct quorum *self, const struct question *question) {
    const struct panel_round round = {.question = *question, .is_enough = panel_is_decided};
    panel_ask(self->panel, &round);
}

struct result quorum_result_of(const struct quorum *self, struct arena *arena, size_t node,
                               struct result result) {
    const char *label = panel_label(self->panel, node);
    const char *text = result_text(result);
    bool is_named = strstr(text, label) != NULL;
    return result_failf(arena, result.code, "%s%s%s", is_named ? "" : label, is_named ? "" : ": ",
                        text);
}

static bool is_hard(struct result result) {
    return result.code == &ERR_NODE_WRONG_NETWORK || result.code == &ERR_NODE_REFUSED;
}

/* Fewer than a quorum can be counted: what the first of the others said, or that it said nothing.
 */
static struct result too_few(const struct quorum *self, struct arena *arena) {
    const struct panel *panel = self->panel;
    struct result first = result_fail(&ERR_NODE_UNREACHABLE);
    const char *why = "";
    for (size_t i = panel_count(panel); i-- > 0;) {
        const struct answer *answer = panel_answer(panel, i);
        if (answer == NULL) {
            why = arena_printf(arena, "%s has not answered in time", panel_label(panel, i));
            first = result_fail(&ERR_NODE_UNREACHABLE);
        } else if (is_hard(answer->result)) {
            return quorum_result_of(self, arena, i, answer->result);
        } else if (!result_is_ok(answer->result) && answer->result.code != &ERR_BLOCK_UNKNOWN) {
            first = quorum_result_of(self, arena, i, answer->result);
            why = first.detail;
        }
    }
    return result_failf(arena, first.code, "%zu of %zu nodes can be used and %zu must agree; %s",
                        panel_good_count(panel), panel_count(panel), panel_quorum(panel), why);
}

/* Those who say one thing between commas, who say another after a bar: "a, b | c". */
static const char *camps(const struct quorum *self, struct arena *arena) {
    const struct panel *panel = self->panel;
    struct buf out = buf_in(arena);
    bool told[CHAIN_QUORUM_NODES_MAX] = {false};
    for (size_t i = 0; i < panel_count(panel); i++) {
        const struct answer *one = panel_answer(panel, i);
        if (told[i] || one == NULL || !result_is_ok(one->result)) {
            continue;
        }
        buf_puts(&out, out.len == 0 ? "" : " | ");
        buf_puts(&out, panel_label(panel, i));
        for (size_t j = i + 1; j < panel_count(panel); j++) {
            const struct answer *other = panel_answer(panel, j);
            if (other != NULL && result_is_ok(other->result) &&
                digest_eq(&one->digest, &other->digest)) {
                told[j] = true;
                buf_putf(&out, ", %s", panel_label(panel, j));
            }
        }
    }
    buf_put_char(&out, '\0');
    return out.failed ? "" : buf_str(&out).ptr;
}

struct result quorum_failure(struct quorum *self, struct arena *arena,
                             const struct question *question, const char *about) {
    const struct panel *panel = self->panel;
    ENSURE(!panel_is_stopped(self->panel), ERR_NODE_STOPPED);
    size_t good = panel_good_count(panel);
    if (good >= panel_quorum(panel)) {
        const char *text =
            arena_printf(arena, "the nodes disagree about %s: %s", about, camps(self, arena));
        quorum_note_split(self, question->kind, text);
        return result_failf(arena, &ERR_NODES_DISAGREE, "%s", text);
    }
    if (good + panel_unknown_count(panel) >= panel_quorum(panel)) {
        return result_fail(&ERR_BLOCK_UNKNOWN);
    }
    return too_few(self, arena);
}

struct result quorum_agree(struct quorum *self, struct arena *arena,
                           const struct question *question, const char *about,
                           const struct answer **ret_answer) {
    quorum_ask(self, question);
    const struct answer *agreed = panel_agreed(self->panel);
    if (agreed == NULL) {
        struct result failed = quorum_failure(self, arena, question, about);
        panel_settle(self->panel, NULL);
        return failed;
    }
    quorum_note_split(self, question->kind, "");
    panel_settle(self->panel, &agreed->digest);
    *ret_answer = agreed;
    return RESULT_OK;
}
