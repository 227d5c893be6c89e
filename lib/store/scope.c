/* SPDX-License-Identifier: MIT */
/* Scopes and their names. */
#include "store/scope.h"

#include "base/text.h"
#include "store/param.h"

const char *const scope_names[SCOPES + 1] = { "read", "events", "logs", "manage" };

enum key_scope scope_of(const char *name, size_t len)
{
	int i;

	for (i = 0; i < SCOPES; i++)
		if (strlen(scope_names[i]) == len && strncmp(scope_names[i], name, len) == 0)
			return 1 << i;
	return SCOPE_NONE;
}

const char *scope_name(enum key_scope scope)
{
	int i = 0;

	while (i + 1 < SCOPES && !(scope & (1U << i)))
		i++;
	return scope_names[i];
}

const char *scopes_param(struct ctx *cx, unsigned scopes)
{
	const char *names[SCOPES];
	size_t n = 0;
	int i;

	for (i = 0; i < SCOPES; i++)
		if (scopes & (1U << i))
			names[n++] = scope_names[i];
	return param_array(cx, names, n);
}

unsigned scopes_read(const char *array)
{
	unsigned scopes = SCOPE_NONE;
	size_t len;

	for (; *array; array += len) {
		array += strspn(array, "{,}");
		len = strcspn(array, ",}");
		scopes |= scope_of(array, len);
	}
	return scopes;
}
