/* SPDX-License-Identifier: MIT */
/*
 * Users and groups for the application, as the model shows them. Who was deleted or deactivated is
 * told as deleted: that is how the application learns of it.
 */
#include "base/text.h"
#include "scim/email.h"
#include "web/handlers.h"
#include "web/manage.h"
#include "web/visit.h"

/* How a kind is called here. */
static const struct noun {
	const char *list;
	const char *one;
	const char *missing;
	const char *of; /* the parameter that filters by membership */
	enum id_kind id;
	enum resource_kind other; /* the other side of a membership */
} nouns[KIND__MAX] = {
	[KIND_USER] = { "scimUsers", "scimUser", "SCIM user not found", "scimGroupId", ID_USER,
		KIND_GROUP },
	[KIND_GROUP] = { "scimGroups", "scimGroup", "SCIM group not found", "userId", ID_GROUP,
		KIND_USER },
};

static enum scim_err missing(struct call *call, enum resource_kind kind)
{
	return ctx_fail(call->cx, SCIM_NOT_FOUND, "%s", nouns[kind].missing);
}

/* What is read: the directory it is in, and its types. */
struct shelf {
	const char *directory; /* its id */
	const struct resource_type *types[KIND__MAX];
};

static enum scim_err open_shelf(
	struct call *call, const struct visit *visit, int i, struct shelf *shelf)
{
	shelf->directory = id_print(call->cx->arena, ID_DIRECTORY, &visit->directories[i]);
	return directory_types(call->cx, visit->entered[i], shelf->types);
}

static void put_reading(struct call *call, const struct shelf *shelf, enum resource_kind kind,
	const struct reading *reading)
{
	const struct stored *stored = &reading->stored;
	struct buf *body = &call->rs->body;

	buf_printf(body, "{\"id\":\"%s\",\"scimDirectoryId\":\"%s\"", stored->id, shelf->directory);
	if (kind == KIND_USER) {
		manage_put(
			body, "email", user_email(call->cx->arena, stored->doc, stored->doc_len));
		manage_put_bool(body, "active", reading->active && !reading->deleted);
	} else {
		manage_put(body, "displayName", reading->display_name);
		buf_printf(body, ",\"memberCount\":%lld", (long long)reading->members);
	}
	manage_put_bool(body, "deleted", reading->deleted || !reading->active);
	buf_puts(body, ",\"attributes\":");
	attributes_print(body, shelf->types[kind], stored);
	manage_put_time(body, "createdAt", stored->created);
	manage_put_time(body, "updatedAt", stored->modified);
	buf_putc(body, '}');
}

/* A list that was asked for. */
struct listing {
	struct visit visit;
	struct reading_query query;
	struct page page;
	struct uuid of;
};

/* {"scimUsers":[...],"nextPageToken":"..."} */
static enum scim_err answer_page(
	struct call *call, struct listing *list, int visited, const struct rows *rows)
{
	enum resource_kind kind = list->query.kind;
	struct reading reading = { .id = { { 0 } } };
	struct shelf shelf;
	enum scim_err e;
	int i, n;

	if ((e = open_shelf(call, &list->visit, visited, &shelf)))
		return e;
	n = manage_page_open(call, &list->page, rows, nouns[kind].list);
	for (i = 0; i < n; i++) {
		if (i)
			buf_putc(&call->rs->body, ',');
		reading_read(call->cx, kind, rows, i, &reading);
		put_reading(call, &shelf, kind, &reading);
	}
	manage_page_close(call, &list->page, &reading.id);
	return SCIM_OK;
}

/* *of_text: the parameter that names the group or the user, for the page token. */
static enum scim_err read_filters(struct call *call, struct listing *list, const char **of_text)
{
	const struct noun *noun = &nouns[list->query.kind];
	enum scim_err e;

	if ((e = manage_parameter(call, noun->of, of_text)) ||
		(e = manage_time(call, "updatedSince", &list->query.since)))
		return e;
	if (list->query.kind == KIND_USER &&
		(e = manage_parameter(call, "email", &list->query.email)))
		return e;
	if (list->query.email && !*list->query.email)
		list->query.email = NULL;
	if (!*of_text || !**of_text)
		return SCIM_OK;
	list->query.of = &list->of;
	return id_parse(nouns[noun->other].id, *of_text, strlen(*of_text), &list->of)
		       ? SCIM_OK
		       : missing(call, noun->other);
}

static const char *list_context(struct call *call, const struct listing *list, const char *of_text)
{
	const struct reading_query *query = &list->query;

	return arena_printf(call->cx->arena, "%s%s\n%s\n%s\n%lld", nouns[query->kind].list,
		list->visit.context, of_text ? of_text : "", query->email ? query->email : "",
		query->since ? (long long)*query->since : -1LL);
}

static enum scim_err read_list(struct call *call, enum resource_kind kind)
{
	const struct noun *noun = &nouns[kind];
	struct listing list = { .query.kind = kind };
	struct reading_query *query = &list.query;
	struct rows *rows, *other = NULL;
	const char *of_text;
	enum scim_err e;

	if ((e = visit_read(call, &list.visit)) || (e = read_filters(call, &list, &of_text)) ||
		(e = manage_page(call, list_context(call, &list, of_text), &list.page)) ||
		(e = visit_select(call, &list.visit)))
		return e;
	query->directory = visit_enter(call, &list.visit, 0);
	query->after = &list.page.after;
	query->limit = list.page.size + 1;
	if (query->of)
		other = reading_get(call->cx, call->db, query->directory, noun->other, query->of);
	rows = reading_list(call->cx, call->db, query);
	e = db_run(call->cx, call->db);
	if ((e = manage_page_check(call, &list.page, e)) || (e = visit_check(call, &list.visit)))
		return e;
	if (other && !rows_count(other))
		return missing(call, noun->other);
	return answer_page(call, &list, 0, rows);
}

enum scim_err on_users_read(struct call *call)
{
	return read_list(call, KIND_USER);
}

enum scim_err on_groups_read(struct call *call)
{
	return read_list(call, KIND_GROUP);
}

/* The first of the results that has a row; as many as directories were visited when there is none. */
static int first_found(struct rows *const *rows, int count)
{
	int i = 0;

	while (i < count && !rows_count(rows[i]))
		i++;
	return i;
}

static enum scim_err read_one(struct call *call, enum resource_kind kind)
{
	struct rows *rows[VISITS_MAX];
	struct reading reading;
	struct visit visit;
	struct shelf shelf;
	struct uuid id;
	enum scim_err e;
	int i;

	if (!id_parse(nouns[kind].id, call->capture, strlen(call->capture), &id))
		return missing(call, kind);
	if ((e = visit_by_id(call, &id, &visit)))
		return e;
	for (i = 0; i < visit.count; i++)
		rows[i] = reading_get(call->cx, call->db, visit_enter(call, &visit, i), kind, &id);
	if (visit.count > 0 && (e = db_run(call->cx, call->db)))
		return e;
	if ((i = first_found(rows, visit.count)) >= visit.count)
		return missing(call, kind);
	if ((e = open_shelf(call, &visit, i, &shelf)))
		return e;
	reading_read(call->cx, kind, rows[i], 0, &reading);
	buf_printf(&call->rs->body, "{\"%s\":", nouns[kind].one);
	put_reading(call, &shelf, kind, &reading);
	buf_putc(&call->rs->body, '}');
	return SCIM_OK;
}

enum scim_err on_user_read(struct call *call)
{
	return read_one(call, KIND_USER);
}

enum scim_err on_group_read(struct call *call)
{
	return read_one(call, KIND_GROUP);
}

/* {"scimGroupMembers":[{"id":"...","type":"User","displayName":"..."}],"nextPageToken":"..."} */
static enum scim_err answer_members(
	struct call *call, struct listing *list, int visited, const struct rows *rows)
{
	int i, n = manage_page_open(call, &list->page, rows, "scimGroupMembers");
	struct reading_member member = { .id = { { 0 } } };
	struct buf *body = &call->rs->body;

	(void)visited;
	for (i = 0; i < n; i++) {
		members_read(rows, i, &member);
		buf_printf(body, "%s{\"id\":\"%s\",\"type\":\"%s\"", i ? "," : "",
			id_print(call->cx->arena, nouns[member.kind].id, &member.id),
			resource_types[member.kind]->name);
		manage_put(body, "displayName", member.display);
		buf_putc(body, '}');
	}
	manage_page_close(call, &list->page, &member.id);
	return SCIM_OK;
}

static struct rows *queue_groups(
	struct call *call, struct listing *list, const struct uuid *directory)
{
	list->query.directory = directory;
	list->query.kind = KIND_GROUP;
	list->query.of = &list->of;
	list->query.after = &list->page.after;
	list->query.limit = list->page.size + 1;
	return reading_list(call->cx, call->db, &list->query);
}

static struct rows *queue_members(
	struct call *call, struct listing *list, const struct uuid *directory)
{
	return members_list(
		call->cx, call->db, directory, &list->of, &list->page.after, list->page.size + 1);
}

/* What is told of one resource, a page at a time. */
struct detail {
	enum resource_kind kind; /* of the resource */
	struct rows *(*queue)(
		struct call *call, struct listing *list, const struct uuid *directory);
	enum scim_err (*answer)(
		struct call *call, struct listing *list, int visited, const struct rows *rows);
};

static enum scim_err read_detail(struct call *call, const struct detail *detail)
{
	struct rows *rows[VISITS_MAX], *found[VISITS_MAX];
	enum resource_kind kind = detail->kind;
	struct listing list = { .query.limit = 0 };
	const struct uuid *directory;
	enum scim_err e;
	int i;

	if ((e = manage_page(
		     call, arena_printf(call->cx->arena, "of\n%s", call->capture), &list.page)))
		return e;
	if (!id_parse(nouns[kind].id, call->capture, strlen(call->capture), &list.of))
		return missing(call, kind);
	if ((e = visit_by_id(call, &list.of, &list.visit)))
		return e;
	for (i = 0; i < list.visit.count; i++) {
		directory = visit_enter(call, &list.visit, i);
		found[i] = reading_get(call->cx, call->db, directory, kind, &list.of);
		rows[i] = detail->queue(call, &list, directory);
	}
	if (list.visit.count > 0)
		e = db_run(call->cx, call->db);
	if ((e = manage_page_check(call, &list.page, e)))
		return e;
	if ((i = first_found(found, list.visit.count)) >= list.visit.count)
		return missing(call, kind);
	return detail->answer(call, &list, i, rows[i]);
}

enum scim_err on_user_groups_read(struct call *call)
{
	static const struct detail detail = { KIND_USER, queue_groups, answer_page };

	return read_detail(call, &detail);
}

enum scim_err on_group_members_read(struct call *call)
{
	static const struct detail detail = { KIND_GROUP, queue_members, answer_members };

	return read_detail(call, &detail);
}
