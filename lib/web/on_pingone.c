/* SPDX-License-Identifier: MIT */
/*
 * What PingOne's directory has besides SCIM 1.1: creation of a user that is an update when its externalId is
 * known, and that puts him into a group; and what has to do with passwords, of which there are none here.
 */
#include "base/json.h"
#include "base/text.h"
#include "scim/resource.h"
#include "store/param.h"
#include "web/answer.h"
#include "web/handlers.h"

#define DEFAULT_GROUP "Users"

/* The resources in which an attribute has a value: the first two. */
struct sought {
	struct record_source source;
	struct record_query query;
	struct record_listed listed;
	struct record_list found;
};

/* What is asked for. */
struct creation {
	struct operation user;
	const char *external; /* his externalId; "": none */
	struct sought known; /* those who have it */
	bool joins; /* a group: */
	const char *group; /* its id as the client spells it; NULL: the default group */
	struct sought defaults; /* the group of that name */
	struct operation joined;
};

/* key: the value as it is compared, folded if the attribute is not caseExact */
static enum scim_err seek(struct call *call, enum resource_kind kind, const char *attribute,
	const char *key, struct sought *sought)
{
	const struct resource_type *rt = &call->tenant.types[kind];
	struct filter *filter = arena_alloc(call->cx->arena, sizeof(*filter));

	filter->op = F_EQ;
	filter->path.attr = resource_attr(rt, attribute, strlen(attribute));
	filter->value.type = V_STRING;
	filter->value.text = key;
	filter->value.len = strlen(key);
	sought->source = (struct record_source){ .rt = rt, .filter = filter };
	sought->query = (struct record_query){ .directory = &call->tenant.directory,
		.base = call->origin.base,
		.sources = &sought->source,
		.source_count = 1,
		.limit = 2 };
	return record_list_queue(call->cx, call->db, &sought->query, &sought->listed);
}

/* After that trip: how many there are. */
static int found(struct call *call, struct sought *sought)
{
	record_list_read(call->cx, &sought->query, &sought->listed, &sought->found);
	return sought->found.count;
}

/* Make it an operation on the one that was found. */
static void aim(struct call *call, struct operation *op, enum http_method method,
	const struct sought *sought)
{
	op->method = method;
	op->named = uuid_text(call->cx->arena, &sought->found.items[0].record.id);
}

/* Make it an operation that creates one. */
static void create(struct call *call, struct operation *op, const struct uuid *id)
{
	op->method = HTTP_POST;
	op->id = *id;
	uuid_join(&op->id, &call->tenant.directory);
}

static enum scim_err read_option(struct call *call, struct creation *creation)
{
	const char *option;
	struct uuid id;
	enum scim_err e;

	if ((e = call_parameter(call, "option", SCIM_INVALID_VALUE, &option)))
		return e;
	creation->joins = option != NULL;
	if (!option || strcmp(option, "DEFAULT_USER_GROUP") == 0)
		return seek(call, KIND_GROUP, "displayName",
			text_fold(call->cx->arena, DEFAULT_GROUP, strlen(DEFAULT_GROUP), NULL),
			&creation->defaults);
	if (!uuid_iparse(option, strlen(option), &id))
		return ctx_fail(call->cx, SCIM_INVALID_VALUE,
			"option is neither DEFAULT_USER_GROUP nor the id of a group");
	creation->group = uuid_text(call->cx->arena, &id);
	return SCIM_OK;
}

/* As it is stored: "" for none. */
static enum scim_err external_id(struct call *call, const struct operation *op, const char **text)
{
	static const char name[] = "externalId";
	const struct attr *attr = resource_attr(op->rt, name, strlen(name));
	struct json_object *in = json_iget(op->body->tree, name, &(bool){ false });
	struct json_object *out = json_root_object(call->cx->arena);
	enum scim_err e = value_canonical(call->cx, attr, in, out);

	*text = json_get_string(out, name);
	if (!*text)
		*text = "";
	return e;
}

/*
 * Is it one whom we know by his externalId? Then this is an update. Of those who look for him at once the others wait
 * until the first has made him.
 */
static enum scim_err find_user(struct call *call, struct creation *creation)
{
	struct sought *known = &creation->known;
	enum scim_err e;

	create(call, &creation->user, &call->new_id);
	if ((e = external_id(call, &creation->user, &creation->external)) || !*creation->external)
		return e;
	directory_hold(call->cx, call->db, &call->tenant.directory);
	if ((e = seek(call, KIND_USER, "externalId", creation->external, known)) ||
		(e = db_run(call->cx, call->db)))
		return e;
	if (found(call, known) > 1)
		return ctx_fail(call->cx, SCIM_UNIQUENESS,
			"more than one user has the externalId '%s'", creation->external);
	if (known->found.count > 0)
		aim(call, &creation->user, HTTP_PUT, known);
	return SCIM_OK;
}

/* Which group, and whether it has to be made. */
static void find_group(struct call *call, struct creation *creation)
{
	struct operation *op = &creation->joined;
	struct uuid id = uuid_v7(call->cx->now);

	op->rt = &call->tenant.types[KIND_GROUP];
	if (creation->group) {
		op->method = HTTP_PATCH;
		op->named = creation->group;
	} else if (found(call, &creation->defaults) > 0) {
		aim(call, op, HTTP_PATCH, &creation->defaults);
	} else {
		create(call, op, &id);
	}
}

/* The new member, as the body of a PATCH of the group, or of the POST that makes it. */
static enum scim_err write_body(struct call *call, struct creation *creation)
{
	struct operation *op = &creation->joined;
	struct lifted *body = arena_alloc(call->cx->arena, sizeof(*body));
	struct json_slice text;

	text.text = arena_printf(call->cx->arena,
		"{%s\"members\":[{\"value\":\"%s\",\"type\":\"user\"}]}",
		op->method == HTTP_POST ? "\"displayName\":\"" DEFAULT_GROUP "\"," : "",
		uuid_text(call->cx->arena, &creation->user.id));
	text.len = strlen(text.text);
	op->body = body;
	return call_lift(call, op->rt, op->method, &text, body);
}

/* What was found, or not, was made or deleted by somebody else meanwhile. */
static enum scim_err look_again(struct call *call)
{
	ctx_clear(call->cx);
	return ctx_fail(call->cx, SCIM_RETRY, "what was looked for has changed");
}

static enum scim_err no_group(struct call *call, const struct creation *creation)
{
	if (!creation->group)
		return look_again(call);
	ctx_clear(call->cx);
	return ctx_fail(call->cx, SCIM_INVALID_VALUE, "there is no group '%s'", creation->group);
}

/* Queue the change of the group, which is locked; a new one is made in a trip of its own. */
static enum scim_err join(struct call *call, struct creation *creation)
{
	struct operation *op = &creation->joined;
	enum scim_err e = operation_check(call, op);

	if (e == SCIM_NOT_FOUND)
		return no_group(call, creation);
	if (e || (e = write_body(call, creation)) || (e = operation_change(call, op)) ||
		op->method == HTTP_PATCH)
		return e;
	if ((e = db_run(call->cx, call->db)) || (e = operation_end(call, op)) != SCIM_UNIQUENESS)
		return e;
	return look_again(call);
}

/* The user's own change has run, and the group is locked. */
static enum scim_err make_user(struct call *call, struct creation *creation)
{
	struct operation *op = &creation->user;
	enum scim_err e;

	operation_lock(call, op);
	if (op->locks && (e = db_run(call->cx, call->db)))
		return e;
	if ((e = operation_check(call, op)) == SCIM_NOT_FOUND)
		return look_again(call);
	if (e || op->record.done || (e = operation_change(call, op)))
		return e;
	creation->joins = creation->joins || op->method == HTTP_POST;
	if (creation->joins) {
		find_group(call, creation);
		operation_lock(call, &creation->joined);
	}
	e = db_run(call->cx, call->db);
	return e ? e : operation_end(call, op);
}

/* The last trip: the group, the user as he is then, the row of the log, COMMIT. */
static enum scim_err finish(struct call *call, struct creation *creation)
{
	struct operation *op = &creation->user;
	struct record_ref ref = { &call->tenant.directory, op->rt, &op->id };
	struct rows *rows = record_get(call->cx, call->db, &ref, true);
	enum scim_err e;

	if ((e = answer_commit(call, op)))
		return e;
	record_read(call->cx, op->rt, rows, &op->record);
	answer_operation(call, op);
	return SCIM_OK;
}

enum scim_err on_pingone_create(struct call *call)
{
	struct creation creation = { .user = { .rt = call->rt,
					     .if_match = call->rq->if_match,
					     .if_none_match = call->rq->if_none_match,
					     .answered = true } };
	struct operation *op = &creation.user;
	enum scim_err e;

	if ((e = read_option(call, &creation)) || (e = db_run(call->cx, call->db)))
		return e;
	op->body = arena_alloc(call->cx->arena, sizeof(*op->body));
	if ((e = call_json_lifted(call, op->body)) || (e = find_user(call, &creation)) ||
		(e = make_user(call, &creation)))
		return e;
	if (op->record.done)
		return answer_again(call, op);
	if (creation.joins && (e = join(call, &creation)))
		return e;
	return finish(call, &creation);
}

enum scim_err on_pingone_count(struct call *call)
{
	struct uuid id;
	struct record_ref ref = { &call->tenant.directory, call->rt, &id };
	struct reqlog log = { .kind = KIND_GROUP, .resource = &id, .outcome.status = HTTP_OK };
	struct rows *rows;
	enum scim_err e;

	if (!call->dialect->parse_id(call->rt->id, call->capture, strlen(call->capture), &id))
		return operation_missing(call, call->rt, call->capture);
	rows = member_users(call->cx, call->db, &ref);
	log.otherwise = call_outcome(
		call, SCIM_NOT_FOUND, operation_missing_text(call, call->rt, call->capture));
	call_log(call, &log);
	if ((e = db_run(call->cx, call->db)))
		return e;
	if (!rows_count(rows))
		return operation_missing(call, call->rt, call->capture);
	buf_printf(&call->rs->body, "{\"users\":%lld}", (long long)rows_int(rows, 0, 0));
	return SCIM_OK;
}

enum scim_err on_pingone_login(struct call *call)
{
	return ctx_fail(call->cx, SCIM_NOT_IMPLEMENTED,
		"this directory holds no passwords: people sign in at their identity provider");
}

enum scim_err on_pingone_invite(struct call *call)
{
	return ctx_fail(call->cx, SCIM_NOT_IMPLEMENTED,
		"this directory sends no mail: people are invited by the application");
}
