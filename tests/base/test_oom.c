/* SPDX-License-Identifier: MIT */
/* Each case runs out of memory in a process of its own, which must abort. */
#include <json-c/json.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"
#include "support.h"

#define LIMIT ((size_t)96 << 20) /* address space of the process */
#define SOME ((size_t)1 << 20)

#if defined(__SANITIZE_ADDRESS__)
#define OWN_ALLOCATOR true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OWN_ALLOCATOR true
#endif
#endif
#ifndef OWN_ALLOCATOR
#define OWN_ALLOCATOR false
#endif

/* Does fn abort when there is no more than LIMIT? */
static bool aborts(void (*fn)(void))
{
	struct rlimit limit = { LIMIT, LIMIT };
	struct rlimit no_core = { 0, 0 };
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		setrlimit(RLIMIT_CORE, &no_core);
		setrlimit(RLIMIT_AS, &limit);
		fn();
		_exit(0);
	}
	waitpid(child, &status, 0);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

/* Seen by the compiler as used, or it drops the call. */
static void *volatile kept;

static void from_the_arena(void)
{
	struct arena *arena = arena_new();

	for (;;)
		kept = arena_alloc(arena, SOME);
}

static void by_malloc(void)
{
	kept = malloc(LIMIT);
}

static void by_calloc(void)
{
	kept = calloc(LIMIT / 8, 8);
}

static void by_realloc(void)
{
	kept = realloc(malloc(1), LIMIT);
}

static void by_strdup(void)
{
	static char text[SOME];

	memset(text, 'x', sizeof(text) - 1);
	for (;;)
		kept = strdup(text);
}

static void inside_json_c(void)
{
	struct json_object *array = json_object_new_array();

	for (;;)
		json_object_array_add(array, json_object_new_object());
}

static void exhausted_memory_aborts(void)
{
	if (OWN_ALLOCATOR)
		return;
	CU_ASSERT(aborts(from_the_arena));
	CU_ASSERT(aborts(by_malloc));
	CU_ASSERT(aborts(by_calloc));
	CU_ASSERT(aborts(by_realloc));
	CU_ASSERT(aborts(by_strdup));
}

static void exhausted_memory_aborts_inside_libraries(void)
{
	if (!OWN_ALLOCATOR)
		CU_ASSERT(aborts(inside_json_c));
}

static void nothing_asked_is_nothing_wrong(void)
{
	volatile size_t none = 0;

	free(malloc(none));
	free(calloc(none, 8));
	free(calloc(8, none));
	free(realloc(NULL, none));
	kept = realloc(malloc(8), none);
	free(kept);
	CU_PASS("nothing aborted");
}

CU_TestInfo oom_tests[] = {
	{ "exhausted memory aborts", exhausted_memory_aborts },
	{ "exhausted memory aborts inside libraries", exhausted_memory_aborts_inside_libraries },
	{ "nothing asked is nothing wrong", nothing_asked_is_nothing_wrong },
	CU_TEST_INFO_NULL,
};
