/* SPDX-License-Identifier: MIT */
/*
 * A bump allocator over chunks that double in size. It knows nothing of what is stored in it.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>

#include "base/oom.h"
#include "base/text.h"

#define SMALL 512 /* most printed texts are shorter */
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define ALIGNMENT alignof(max_align_t)
#define LARGE ((size_t)8 * 1024 * 1024)

#if defined(__SANITIZE_ADDRESS__)
#define CHUNK_EACH /* a chunk for each allocation, so that the sanitizer sees its bounds */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHUNK_EACH
#endif
#endif

#ifdef CHUNK_EACH
#define CHUNK_FIRST 0
#define CHUNK_LAST 0
#else
#define CHUNK_FIRST ((size_t)16 * 1024)
#define CHUNK_LAST ((size_t)1024 * 1024)
#endif

struct chunk {
	struct chunk *next;
	max_align_t data[];
};

struct deferred {
	struct deferred *next; /* registered before this one */
	arena_fn *fn;
	void *arg;
};

struct arena {
	struct chunk *chunks;
	struct deferred *deferred;
	char *free; /* in the newest shared chunk */
	size_t room; /* bytes behind free */
	size_t chunk_len; /* of the next shared chunk */
	size_t size;
};

static void *take(size_t len)
{
	void *memory = malloc(len);

	if (!memory)
		abort();
	return memory;
}

struct arena *arena_new(void)
{
	struct arena *arena = take(sizeof(*arena));

	oom_guard();
	*arena = (struct arena){ .chunk_len = CHUNK_FIRST, .size = sizeof(*arena) };
	return arena;
}

/* glibc would keep the memory of one large request for the life of the process. */
static void give_back(size_t size)
{
#ifdef __GLIBC__
	if (size > LARGE)
		malloc_trim(0);
#else
	(void)size;
#endif
}

void arena_free(struct arena *arena)
{
	/* One at a time from the front: a deferred call may use the arena, and defer another. */
	while (arena->deferred) {
		struct deferred *first = arena->deferred;

		arena->deferred = first->next;
		first->fn(first->arg);
	}
	while (arena->chunks) {
		struct chunk *first = arena->chunks;

		arena->chunks = first->next;
		free(first);
	}
	give_back(arena->size);
	free(arena);
}

static char *chunk_new(struct arena *arena, size_t len)
{
	struct chunk *chunk;

	if (len > SIZE_MAX - sizeof(*chunk))
		abort();
	chunk = take(sizeof(*chunk) + len);
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	arena->size += sizeof(*chunk) + len;
	return (char *)chunk->data;
}

/* len bytes from the shared chunk, which is replaced when it is too full; the rest is lost. */
static char *bump(struct arena *arena, size_t len)
{
	size_t padded = (len + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
	char *memory;

	if (padded > arena->room) {
		arena->free = chunk_new(arena, arena->chunk_len);
		arena->room = arena->chunk_len;
		if (arena->chunk_len != CHUNK_LAST)
			arena->chunk_len *= 2;
	}
	memory = arena->free;
	arena->free += padded;
	arena->room -= padded;
	return memory;
}

void *arena_alloc(struct arena *arena, size_t len)
{
	/* What would take much of a chunk gets its own, so that little is lost at any end. */
	if (len >= arena->chunk_len / 4)
		return memset(chunk_new(arena, len), 0, len);
	return memset(bump(arena, len ? len : 1), 0, len);
}

char *arena_strndup(struct arena *arena, const char *s, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);

	if (len > 0)
		memcpy(copy, s, len);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *s)
{
	return arena_strndup(arena, s, strlen(s));
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
	char small[SMALL];
	va_list args;
	char *text;
	int len;

	va_start(args, fmt);
	len = vsnprintf(small, sizeof(small), fmt, args);
	va_end(args);
	if (len < 0)
		abort();
	if ((size_t)len < sizeof(small))
		return arena_strndup(arena, small, (size_t)len);
	text = arena_alloc(arena, (size_t)len + 1);
	va_start(args, fmt);
	vsnprintf(text, (size_t)len + 1, fmt, args);
	va_end(args);
	return text;
}

void arena_defer(struct arena *arena, arena_fn *fn, void *arg)
{
	struct deferred *deferred = arena_alloc(arena, sizeof(*deferred));

	*deferred = (struct deferred){ .next = arena->deferred, .fn = fn, .arg = arg };
	arena->deferred = deferred;
}

size_t arena_size(const struct arena *arena)
{
	return arena->size;
}
