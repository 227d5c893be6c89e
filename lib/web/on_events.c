/* SPDX-License-Identifier: MIT */
/* GET /v1/events: the feed, for who follows it by position. */
#include "base/text.h"
#include "store/param.h"
#include "web/event.h"
#include "web/handlers.h"
#include "web/manage.h"

enum {
	LIMIT_DEFAULT = 100,
	POSITION_DIGITS = 18
};

/* What is asked for. */
struct event_query {
	struct feed_query feed;
	bool has_organization;
	struct uuid organization;
	const char *external_id; /* of the organization; NULL: not named so */
	bool has_directory;
	struct uuid directory;
	struct rows *organizations; /* does it exist? */
	struct rows *directories;
};

/* "" is absent, as everywhere in this API. */
static enum scim_err parameter(struct call *call, const char *name, const char **value)
{
	enum scim_err e = manage_parameter(call, name, value);

	if (*value && !**value)
		*value = NULL;
	return e;
}

static enum scim_err read_after(struct call *call, struct feed_query *feed)
{
	long long number;
	const char *text;
	enum scim_err e;

	if ((e = parameter(call, "after", &text)) || !text)
		return e;
	if (strlen(text) > POSITION_DIGITS || strspn(text, "0123456789") != strlen(text) ||
		!text_int(text, strlen(text), &number))
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "after is not a position");
	feed->has_after = true;
	feed->after = number;
	return SCIM_OK;
}

static enum scim_err read_limit(struct call *call, struct feed_query *feed)
{
	long long number = LIMIT_DEFAULT;
	const char *text;
	enum scim_err e;

	if ((e = parameter(call, "limit", &text)))
		return e;
	if (text && !text_int(text, strlen(text), &number))
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "limit is not an integer");
	if (number < 1 || number > FEED_PAGE_MAX)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "limit is not between 1 and %d",
			FEED_PAGE_MAX);
	feed->limit = number;
	return SCIM_OK;
}

/* The types in one parameter, separated by commas. */
static enum scim_err add_types(
	struct call *call, const char *text, const char **types, size_t *count)
{
	const char *end;

	for (; *text; text = *end ? end + 1 : end) {
		end = strchrnul(text, ',');
		types[*count] = arena_strndup(call->cx->arena, text, (size_t)(end - text));
		if (!event_is_type(types[*count]))
			return ctx_fail(call->cx, SCIM_INVALID_VALUE,
				"there is no type '%s' of events", types[*count]);
		++*count;
	}
	return SCIM_OK;
}

/* type may be given more than once. */
static enum scim_err read_types(struct call *call, struct feed_query *feed)
{
	const char **types =
		arena_alloc(call->cx->arena, (strlen(call->query) + 1) * sizeof(*types));
	enum scim_err e;
	int i;

	feed->types = types;
	for (i = 0; i < call->parameter_count; i++) {
		if (!text_ieq(call->parameters[i].name, "type"))
			continue;
		if (!call->parameters[i].value)
			return ctx_fail(call->cx, SCIM_INVALID_VALUE,
				"parameter 'type' is not percent-encoded UTF-8");
		if ((e = add_types(call, call->parameters[i].value, types, &feed->type_count)))
			return e;
	}
	return SCIM_OK;
}

static enum scim_err read_owner(struct call *call, struct event_query *query)
{
	const char *organization, *directory;
	enum scim_err e;

	if ((e = parameter(call, "organizationId", &organization)) ||
		(e = parameter(call, "organizationExternalId", &query->external_id)) ||
		(e = parameter(call, "scimDirectoryId", &directory)))
		return e;
	if (organization && query->external_id)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE,
			"name the organization by organizationId or by organizationExternalId");
	query->has_organization = organization != NULL;
	if (organization)
		query->organization = id_named(ID_ORGANIZATION, organization);
	query->has_directory = directory != NULL;
	if (directory)
		query->directory = id_named(ID_DIRECTORY, directory);
	return SCIM_OK;
}

static enum scim_err read_query(struct call *call, struct event_query *query)
{
	enum scim_err e;

	memset(query, 0, sizeof(*query));
	query->feed.environment = &call->holder.environment;
	if ((e = read_after(call, &query->feed)) || (e = read_limit(call, &query->feed)) ||
		(e = read_types(call, &query->feed)))
		return e;
	return read_owner(call, query);
}

/* Queue the questions whether what is named exists. */
static void find_owner(struct call *call, struct event_query *query)
{
	const struct uuid *environment = &call->holder.environment;

	if (query->has_organization || query->external_id)
		query->organizations = feed_organization(call->cx, call->db, environment,
			query->has_organization ? &query->organization : NULL, query->external_id);
	if (query->has_directory)
		query->directories =
			feed_directory(call->cx, call->db, environment, &query->directory);
}

static enum scim_err check_owner(struct call *call, struct event_query *query)
{
	if (query->organizations && !rows_count(query->organizations))
		return ctx_fail(call->cx, SCIM_NOT_FOUND, "organization not found");
	if (query->directories && !rows_bool(query->directories, 0, 0))
		return ctx_fail(call->cx, SCIM_NOT_FOUND, "SCIM directory not found");
	return SCIM_OK;
}

/* An externalId has to be looked up before: the only query that takes two trips. */
static enum scim_err resolve_external_id(struct call *call, struct event_query *query)
{
	enum scim_err e;

	if (!query->external_id)
		return SCIM_OK;
	if ((e = db_run(call->cx, call->db)) || (e = check_owner(call, query)))
		return e;
	query->organization = rows_uuid(query->organizations, 0, 0);
	query->has_organization = true;
	feed_enter(call->cx, call->db, &call->holder.environment); /* the key was verified */
	return SCIM_OK;
}

static enum scim_err check_lost(
	struct call *call, const struct event_query *query, const struct feed_page *page)
{
	if (!page->lost)
		return SCIM_OK;
	if (query->feed.after > page->head)
		return ctx_fail(call->cx, SCIM_GONE,
			"the feed ends at %lld: after names a position that it does not have",
			(long long)page->head);
	return ctx_fail(call->cx, SCIM_GONE,
		"events behind %lld are no longer kept, the oldest is %lld: read users and groups "
		"anew, then go on without after",
		(long long)query->feed.after, (long long)page->oldest);
}

static void put_page(struct call *call, const struct feed_page *page, bool more)
{
	struct buf *body = &call->rs->body;
	int i;

	buf_puts(body, "{\"events\":[");
	for (i = 0; i < page->count; i++) {
		if (i)
			buf_putc(body, ',');
		event_print(body, &page->events[i]);
	}
	buf_printf(body, "],\"nextAfter\":\"%lld\",\"more\":%s}", (long long)page->next,
		more ? "true" : "false");
}

enum scim_err on_event_list(struct call *call)
{
	struct rows *moved, *listed;
	struct event_query query;
	struct feed_page page;
	enum scim_err e;

	if ((e = read_query(call, &query)))
		return e;
	find_owner(call, &query);
	if ((e = resolve_external_id(call, &query)))
		return e;
	query.feed.organization = query.has_organization ? &query.organization : NULL;
	query.feed.directory = query.has_directory ? &query.directory : NULL;
	moved = feed_sequence(call->cx, call->db, &call->holder.environment);
	listed = feed_list(call->cx, call->db, &query.feed);
	if ((e = db_run(call->cx, call->db)) || (e = check_owner(call, &query)))
		return e;
	feed_read(call->cx, &query.feed, listed, &page);
	if ((e = check_lost(call, &query, &page)))
		return e;
	put_page(call, &page, page.more || feed_is_behind(moved));
	return SCIM_OK;
}
