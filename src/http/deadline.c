/* SPDX-License-Identifier: MIT */
#include "http/deadline.h"

#include "base/result.h"

void deadline_list_init(struct deadline_list *list, uint32_t after_ms) {
    list->ends = (struct deadline){.previous = &list->ends, .next = &list->ends};
    list->after_ms = after_ms;
}

void deadline_clear(struct deadline *deadline) {
    if (deadline->next != NULL) {
        deadline->previous->next = deadline->next;
        deadline->next->previous = deadline->previous;
        *deadline = (struct deadline){0};
    }
}

void deadline_set(struct deadline *deadline, struct deadline_list *list, int64_t now_ms) {
    deadline_clear(deadline);
    struct deadline *last = list->ends.previous;
    deadline->at_ms = now_ms + list->after_ms;
    BUG_IF(last != &list->ends && last->at_ms > deadline->at_ms);
    deadline->previous = last;
    deadline->next = &list->ends;
    last->next = deadline;
    list->ends.previous = deadline;
}

struct deadline *deadline_first(const struct deadline_list *list) {
    return list->ends.next == &list->ends ? NULL : list->ends.next;
}

struct deadline *deadline_due(const struct deadline_list *list, int64_t now_ms) {
    struct deadline *first = deadline_first(list);
    return first != NULL && first->at_ms <= now_ms ? first : NULL;
}
