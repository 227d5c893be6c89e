/* SPDX-License-Identifier: MIT */
/*
 * malloc and its sisters for the whole process: glibc's own, except that they abort where glibc's
 * return NULL. Left out under sanitizers, which bring an allocator of their own; valgrind needs
 * --soname-synonyms=somalloc=NONE.
 */
#include "base/oom.h"

#include "base/text.h"

void oom_guard(void)
{
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OWN_ALLOCATOR
#elif __has_feature(memory_sanitizer)
#define OWN_ALLOCATOR
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OWN_ALLOCATOR
#endif

#if defined(__GLIBC__) && !defined(OWN_ALLOCATOR)

/* glibc's names for the originals; no header declares them. */
void *__libc_malloc(size_t len);
void *__libc_calloc(size_t n, size_t len);
void *__libc_realloc(void *old, size_t len);

static void *got(void *memory, size_t len)
{
	if (!memory && len > 0)
		abort();
	return memory;
}

void *malloc(size_t len)
{
	return got(__libc_malloc(len), len);
}

void *calloc(size_t n, size_t len)
{
	return got(__libc_calloc(n, len), n && len);
}

void *realloc(void *old, size_t len)
{
	return got(__libc_realloc(old, len), len);
}

/* glibc's strdup, asprintf and reallocarray call the three above. */

#endif
