/* SPDX-License-Identifier: MIT */
#ifndef TILL_BASE_ARENA_H
#define TILL_BASE_ARENA_H

/* Memory for one unit of work (a request, a block, a delivery attempt), freed whole at its end.
 * A function that takes a `struct arena *` returns memory that dies with it. An arena has a byte
 * limit, so no input can make a unit of work grow without bound. Never holds secrets. Not shared
 * between threads. */

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* Owned by the caller; `bytes_max` bounds the sum of all allocations. Stops the process when memory
 * is out. */
struct arena *arena_new(size_t bytes_max);
void arena_free(struct arena *arena);

/* Forgets everything allocated, keeps the first block for the next unit of work. */
void arena_reset(struct arena *arena);

/* Zeroed, 16-byte aligned, never NULL: reaching the limit is a bug, for sizes that are bounded
 * beforehand. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((malloc, returns_nonnull));

/* The same for sizes that foreign input decides: NULL past the limit. */
void *arena_try_alloc(struct arena *arena, size_t size) __attribute__((malloc));

/* Copies, NUL-terminated. */
char *arena_copy(struct arena *arena, const void *from, size_t size);
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Bytes handed out since the last reset. */
size_t arena_used_bytes(const struct arena *arena);
/* What is left of the limit. */
size_t arena_left_bytes(const struct arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count)                                                            \
    ((type *)arena_alloc((arena), sizeof(type) * (size_t)(count)))

/* For CLEANUP(arena_cleanup) struct arena *arena = arena_new(...); */
static inline void arena_cleanup(struct arena **arena) {
    arena_free(*arena);
}

#define CLEANUP(function) __attribute__((cleanup(function)))

#endif
