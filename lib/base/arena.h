/* SPDX-License-Identifier: MIT */
/*
 * One arena holds everything a request makes; it ends with the request and nobody frees.
 * Handles owned by other libraries join it by arena_defer on the line after they are obtained.
 * This is the only module that calls malloc. Exhaustion aborts: inputs are bounded beforehand.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena;

typedef void arena_fn(void *arg);

struct arena *arena_new(void);

/* Run the deferred calls, newest first, then give all memory back. */
void arena_free(struct arena *arena);

/* len bytes, zeroed, aligned for any object; never NULL. */
void *arena_alloc(struct arena *arena, size_t len);

/* A NUL-terminated copy. */
char *arena_strndup(struct arena *arena, const char *s, size_t len);
char *arena_strdup(struct arena *arena, const char *s);

char *arena_printf(struct arena *arena, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Call fn(arg) when the arena ends; arg may be NULL. */
void arena_defer(struct arena *arena, arena_fn *fn, void *arg);

/* Bytes taken from the system so far. */
size_t arena_size(const struct arena *arena);

#endif
