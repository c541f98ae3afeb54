/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_BOUNDS_FILE_H
#define TILL_ADAPTERS_BOUNDS_FILE_H

/* The side file of ports/bounds.h as text, one counter a line, replaced whole: written beside,
 * fsynced, renamed, the folder fsynced. */

#include "ports/bounds.h"

/* `ret_found`: the file is there, and is the one that was written here and not a copy of it, which
 * may be old. An absent file is an empty one; a copy's bounds hold, but not its mark of a stop.
 * ERR_BOUNDS_FILE if it cannot be read or is damaged. Owned by the caller. */
struct result bounds_file_open(struct arena *arena, const char *path, struct bounds **ret_bounds,
                               bool *ret_found);
void bounds_file_close(struct bounds *bounds);

/* Each counter to at least `margin` above what `from` says, without a mark of an orderly stop:
 * after a restore. Durable when it returns. */
struct result bounds_file_raise_all(struct bounds *bounds, const struct bounds *from,
                                    int64_t margin);

#endif
