/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_DEADLINE_H
#define TILL_HTTP_DEADLINE_H

/* Ordered lists of things that have a deadline, one list for each kind. All members of a list wait
 * equally long, so appending keeps it in order and the first member is always the next one due. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct deadline {
    struct deadline *previous;
    struct deadline *next;
    int64_t at_ms; /* monotonic */
};

struct deadline_list {
    struct deadline ends; /* the ring's own node */
    uint32_t after_ms;
};

void deadline_list_init(struct deadline_list *list, uint32_t after_ms);
/* Moves the deadline to this list's end, off the one it was in. A zeroed deadline is in none. */
void deadline_set(struct deadline *deadline, struct deadline_list *list, int64_t now_ms);
void deadline_clear(struct deadline *deadline);
/* NULL if the list is empty. */
struct deadline *deadline_first(const struct deadline_list *list);
/* The first one if it is due. */
struct deadline *deadline_due(const struct deadline_list *list, int64_t now_ms);

#endif
