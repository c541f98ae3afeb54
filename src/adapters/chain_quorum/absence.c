/* SPDX-License-Identifier: MIT */
/* Who is not there although the others go on: an operator who learns of that only when the next one
 * is lost learns of it too late. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "adapters/chain_quorum/quorum.h"
#include "base/arena.h"
#include "base/buf.h"
#include "core/error.h"
#include "ports/chain_node.h"

enum {
    TIMES_MIN = 3, /* one failure is no absence, however long nothing else is asked */
};

static int64_t now_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The first reason stays the one that is told, so that the warning does not change. */
static void note_absence(struct quorum *self, size_t node, enum question_kind kind,
                         const char *why) {
    struct quorum_absence *absence = &self->absences[node][kind];
    if (absence->times == 0) {
        const char *label = panel_label(self->panel, node);
        bool is_named = strstr(why, label) != NULL;
        absence->since_ms = now_ms();
        (void)snprintf(absence->why.text, sizeof absence->why.text, "%s%s%s", is_named ? "" : label,
                       is_named ? "" : ": ", why);
    }
    absence->times += absence->times < TIMES_MIN;
}

static void forget_absence(struct quorum *self, size_t node, enum question_kind kind) {
    self->absences[node][kind].times = 0;
}

/* Who answers again for its tip has come back, whatever else failed meanwhile. */
static void note_presence(struct quorum *self, size_t node, enum question_kind kind) {
    bool is_back = kind == QUESTION_TIP && self->absences[node][QUESTION_TIP].times > 0;
    forget_absence(self, node, kind);
    for (enum question_kind other = 0; is_back && other < QUESTION_WAIT; other++) {
        forget_absence(self, node, other);
    }
}

void quorum_note_answer(struct quorum *self, size_t node, const struct question *question,
                        const struct answer *answer) {
    enum question_kind kind = question->kind;
    self->was_heard[node] |= kind != QUESTION_WAIT;
    if (kind != QUESTION_TIP && kind != QUESTION_HASH && kind != QUESTION_BLOCK) {
        return;
    }
    const struct error_code *code = answer->result.code;
    if (code == &ERR_NODE_UNREACHABLE || code == &ERR_NODE_NOT_READY ||
        (code == &ERR_NODE_ANSWER && kind != QUESTION_BLOCK)) {
        note_absence(self, node, kind, result_text(answer->result));
    } else if (code == NULL && kind == QUESTION_TIP &&
               chain_node_is_behind(&answer->header, &self->agreed_tip)) {
        note_absence(self, node, kind, "is far behind the others");
    } else if (code == NULL || code == &ERR_BLOCK_UNKNOWN) {
        note_presence(self, node, kind);
    }
}

/* Whoever hangs gives no answer that could be judged. */
static void judge_the_unheard(struct quorum *self) {
    bool was_any_heard = false;
    for (size_t node = 0; node < panel_count(self->panel); node++) {
        was_any_heard |= self->was_heard[node];
    }
    for (size_t node = 0; was_any_heard && node < panel_count(self->panel); node++) {
        if (self->was_heard[node]) {
            forget_absence(self, node, QUESTION_WAIT);
        } else {
            note_absence(self, node, QUESTION_WAIT, "does not answer");
        }
        self->was_heard[node] = false;
    }
}

static const char *why_missing(const struct quorum *self, size_t node) {
    for (size_t kind = 0; kind < QUESTION_KINDS; kind++) {
        const struct quorum_absence *absence = &self->absences[node][kind];
        if (absence->times == TIMES_MIN && now_ms() - absence->since_ms >= self->missing_ms) {
            return absence->why.text;
        }
    }
    return NULL;
}

const char *quorum_missing(struct chain *chain, struct arena *arena) {
    struct quorum *self = quorum_of(chain);
    judge_the_unheard(self);
    struct buf out = buf_in(arena);
    for (size_t node = 0; node < panel_count(self->panel); node++) {
        const char *why = why_missing(self, node);
        if (why != NULL) {
            buf_puts(&out, out.len == 0 ? "" : "; ");
            buf_puts(&out, why);
        }
    }
    if (out.len == 0 || out.failed) {
        return NULL;
    }
    buf_put_char(&out, '\0');
    return buf_str(&out).ptr;
}
