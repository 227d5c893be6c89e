/* SPDX-License-Identifier: MIT */
/* Splitting the target. Knows no routes. */
#include "web/target.h"

#include "base/text.h"

/* "http://host/path" is allowed in a request line (RFC 9112 section 3.2.2); its host is ignored. */
static const char *skip_authority(const char *target)
{
	const char *rest;

	if (!text_istarts(target, strlen(target), "http://") &&
		!text_istarts(target, strlen(target), "https://"))
		return target;
	rest = strchr(strstr(target, "//") + 2, '/');
	return rest ? rest : "/";
}

static bool has_control(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return true;
	return false;
}

/* One segment; false where two readers could take it for different paths. */
static bool add_segment(struct call *call, const char *s, size_t len)
{
	char *text = percent_decode(call->cx->arena, s, len, false);

	if (!text || !*text || has_control(text) || strchr(text, '/') || strchr(text, '\\'))
		return false;
	if (strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
		return false;
	if (call->segments == SEGMENTS_MAX)
		return false;
	call->segment[call->segments++] = text;
	return true;
}

static bool split_path(struct call *call)
{
	const char *s = call->path, *end;

	call->segments = 0;
	while (*s == '/') {
		s++;
		end = strchrnul(s, '/');
		if (end == s && !*end)
			return true; /* one slash at the end means nothing */
		if (!add_segment(call, s, (size_t)(end - s)))
			return false;
		s = end;
	}
	return !*s;
}

const struct parameter *parameters_parse(struct arena *arena, const char *text, int *count)
{
	const char *s, *end, *equals;
	struct parameter *list, *next;
	int n = 1;

	for (s = text; *s; s++)
		n += *s == '&';
	list = next = arena_alloc(arena, (size_t)n * sizeof(*list));
	for (s = text; *s; s = *end ? end + 1 : end) {
		end = strchrnul(s, '&');
		equals = memchr(s, '=', (size_t)(end - s));
		if (end == s)
			continue; /* QUIRK(onelogin): a trailing & */
		next->name = percent_decode(arena, s, (size_t)((equals ? equals : end) - s), true);
		if (!next->name)
			continue; /* a name nobody can have asked for */
		next->value =
			equals ? percent_decode(arena, equals + 1, (size_t)(end - equals - 1), true)
			       : "";
		next++;
	}
	*count = (int)(next - list);
	return list;
}

enum scim_err target_parse(struct call *call)
{
	const char *target = skip_authority(call->rq->target ? call->rq->target : "/");
	size_t base = strlen(call->app->base_path);
	const char *query;

	if (strncmp(target, call->app->base_path, base) != 0)
		return ctx_fail(call->cx, SCIM_NOT_FOUND, NULL);
	target += base;
	query = strchrnul(target, '?');
	call->path = arena_strndup(call->cx->arena, target, (size_t)(query - target));
	call->query = *query ? query + 1 : "";
	if (!split_path(call))
		return ctx_fail(call->cx, SCIM_NOT_FOUND, NULL);
	call->parameters = parameters_parse(call->cx->arena, call->query, &call->parameter_count);
	return SCIM_OK;
}
