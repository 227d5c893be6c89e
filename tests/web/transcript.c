/* SPDX-License-Identifier: MIT */
#include "transcript.h"

#include <CUnit/CUnit.h>
#include <ctype.h>
#include <openssl/evp.h>
#include <regex.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "client.h"
#include "conform.h"
#include "scim/message.h"
#include "support.h"
#include "web/session.h"

enum {
	NAMES_MAX = 64,
	ROUTES_MAX = 256,
	BIG = 70000,
	BASIC_BYTES = 1024,
	LONG = 5000,
	SECOND_US = 1000000
};

struct script {
	struct arena *arena;
	const char *path;
	char **line; /* NULL at the end */
	unsigned count;
	unsigned at; /* the next line, from 0 */
	unsigned begin; /* of the step */
	struct {
		const char *name;
		const char *value;
	} names[NAMES_MAX];
	unsigned name_count;
	struct answer answer;
};

static bool exercised[ROUTES_MAX];

static void fail(
	const struct script *script, const char *what, const char *expected, const char *got)
{
	CU_FAIL("a transcript does not hold");
	printf("\n%s:%u: %s: expected\n\t%s\ngot\n\t%s\n", script->path, script->begin + 1, what,
		expected, got ? got : "(none)");
}

static const char *lookup(const struct script *script, const char *name, size_t len)
{
	unsigned i;

	for (i = 0; i < script->name_count; i++)
		if (strlen(script->names[i].name) == len &&
			strncmp(script->names[i].name, name, len) == 0)
			return script->names[i].value;
	return NULL;
}

static void define(struct script *script, const char *name, const char *value)
{
	CU_ASSERT_TRUE_FATAL(script->name_count < NAMES_MAX);
	script->names[script->name_count].name = name;
	script->names[script->name_count++].value = value;
}

/* The text with the names that are known filled in. */
static char *fill(struct script *script, const char *text)
{
	const char *mark, *end, *value;
	struct buf buf;

	buf_init(&buf, script->arena, 0);
	while ((mark = strstr(text, "${")) && (end = strchr(mark, '}'))) {
		value = lookup(script, mark + 2, (size_t)(end - mark) - 2);
		buf_put(&buf, text, (size_t)(mark - text));
		if (value)
			buf_puts(&buf, value);
		else
			buf_put(&buf, mark, (size_t)(end - mark) + 1);
		text = end + 1;
	}
	buf_puts(&buf, text);
	return buf.data;
}

/* A target: what stands in braces is percent-encoded. */
static const char *encode(struct script *script, const char *text)
{
	bool inside = false;
	struct buf buf;

	buf_init(&buf, script->arena, 0);
	for (; *text; text++) {
		if (*text == '{' || *text == '}')
			inside = *text == '{';
		else if (inside && !isalnum((unsigned char)*text))
			buf_printf(&buf, "%%%02X", (unsigned char)*text);
		else
			buf_putc(&buf, *text);
	}
	return buf.data;
}

static bool regex_holds(const char *pattern, const char *text)
{
	regex_t regex;
	bool holds;

	if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	holds = regexec(&regex, text, 0, NULL, 0) == 0;
	regfree(&regex);
	return holds;
}

/* "before${name}behind": what is between becomes the value of a new name. */
static bool capture(struct script *script, const char *expected, const char *mark, const char *got)
{
	const char *end = strchr(mark, '}');
	size_t before = (size_t)(mark - expected);
	size_t behind = end ? strlen(end + 1) : 0;
	size_t len = strlen(got);

	if (!end || len < before + behind || strncmp(got, expected, before) != 0 ||
		strcmp(got + len - behind, end + 1) != 0)
		return false;
	define(script, arena_strndup(script->arena, mark + 2, (size_t)(end - mark) - 2),
		arena_strndup(script->arena, got + before, len - before - behind));
	return true;
}

static bool text_holds(struct script *script, const char *expected, const char *got)
{
	const char *mark;

	expected = fill(script, expected);
	mark = strstr(expected, "${");
	if (*expected == '~')
		return regex_holds(expected + 1, got);
	return mark ? capture(script, expected, mark, got) : strcmp(expected, got) == 0;
}

static bool holds(struct script *script, struct json_object *expected, struct json_object *got);

static bool object_holds(
	struct script *script, struct json_object *expected, struct json_object *got)
{
	json_object_object_foreach(expected, name, value)
	{
		if (!holds(script, value, json_get(got, fill(script, name))))
			return false;
	}
	return true;
}

static bool array_holds(
	struct script *script, struct json_object *expected, struct json_object *got)
{
	size_t i, n = json_object_array_length(expected);

	if (json_object_array_length(got) != n)
		return false;
	for (i = 0; i < n; i++)
		if (!holds(script, json_object_array_get_idx(expected, i),
			    json_object_array_get_idx(got, i)))
			return false;
	return true;
}

static bool holds(struct script *script, struct json_object *expected, struct json_object *got)
{
	if (!expected || !got || json_object_get_type(expected) != json_object_get_type(got))
		return !expected && !got;
	if (json_object_is_type(expected, json_type_object))
		return object_holds(script, expected, got);
	if (json_object_is_type(expected, json_type_array))
		return array_holds(script, expected, got);
	if (json_object_is_type(expected, json_type_string))
		return text_holds(
			script, json_object_get_string(expected), json_object_get_string(got));
	return json_same(expected, got);
}

static void put(void *tree)
{
	json_object_put(tree);
}

static struct json_object *parse(struct script *script, const char *text)
{
	struct json_object *tree = json_tokener_parse(text);

	if (tree)
		arena_defer(script->arena, put, tree);
	return tree;
}

/* Told here again, or nobody would notice a change. */
static const char *const media[FACE__MAX] = {
	[FACE_SCIM] = "application/scim+json",
	[FACE_SCIM1] = "application/json",
	[FACE_PINGONE] = "application/json;charset=UTF-8",
	[FACE_MANAGEMENT] = "application/json",
	[FACE_OAUTH] = "application/json",
	[FACE_SETUP] = "text/html",
	[FACE_CONSOLE] = "text/html",
};

static bool is_page(enum face face)
{
	return face == FACE_SETUP || face == FACE_CONSOLE;
}

/* Is it an error as the face tells it? */
static bool is_error(enum face face, const struct answer *answer, struct json_object *body)
{
	const char *status;

	switch (face) {
	case FACE_SCIM:
		status = json_get_string(body, "status");
		return status && strtol(status, NULL, 10) == answer->status &&
		       json_get_string(body, "detail") &&
		       strstr(answer->body, "[\"" URN_MESSAGE_ERROR "\"]");
	case FACE_SCIM1:
	case FACE_PINGONE:
		body = json_object_array_get_idx(json_get(body, "Errors"), 0);
		status = json_get_string(body, "code");
		return status && strtol(status, NULL, 10) == answer->status &&
		       json_get_string(body, "description");
	case FACE_OAUTH:
		return json_get_string(body, "error") != NULL;
	case FACE_SETUP:
	case FACE_CONSOLE:
		return strstr(answer->body, "</html>") != NULL;
	default:
		return json_get(body, "code") && json_get_string(body, "message") &&
		       json_get(body, "details");
	}
}

/* What holds of every answer. */
static void check_format(struct script *script, const char *target)
{
	const struct answer *answer = &script->answer;
	enum face face = path_face(target);
	const char *status = arena_printf(script->arena, "%d", answer->status);
	struct json_object *body = is_page(face) ? NULL : parse(script, answer->body);

	if (strncmp(target, "/assets/", 8) == 0 && answer->status < 400)
		return;
	if (*answer->body && ((!body && !is_page(face)) || !answer->content_type ||
				     strcmp(answer->content_type, media[face]) != 0))
		fail(script, "a body of its face", media[face], answer->body);
	if ((answer->status == 204 || answer->status == 303 || answer->status == 304) &&
		*answer->body)
		fail(script, "no body", "", answer->body);
	if ((answer->status == 401 && !is_page(face)) != answer->challenge)
		fail(script, "WWW-Authenticate", "with 401 only", status);
	if (is_page(face) && *answer->body && !answer->policy)
		fail(script, "a Content-Security-Policy", "with every page", status);
	if (answer->status >= 400 && *answer->body && !is_error(face, answer, body))
		fail(script, "an error of its face", status, answer->body);
}

static bool path_matches(const char *pattern, const char *path)
{
	for (; *pattern; pattern++) {
		if (*pattern != '{') {
			if (*pattern != *path++)
				return false;
			continue;
		}
		if (!strcspn(path, "/?"))
			return false;
		pattern = strchr(pattern, '}');
		path += strcspn(path, "/?");
	}
	return *path == '\0' || *path == '?';
}

/* Which row of routes[] answers, -1 for none. */
static int route_of(struct arena *arena, const char *method, const char *target)
{
	const char *path;
	size_t i, j;

	if (strcmp(method, "HEAD") == 0)
		method = "GET";
	for (i = 0; i < mount_count; i++)
		for (j = 0; j < route_count; j++) {
			path = mount_route(arena, &mounts[i], &routes[j]);
			if (path && routes[j].face == path_face(target) &&
				path_matches(path, target) &&
				strcmp(http_method_names[routes[j].method], method) == 0)
				return (int)j;
		}
	return -1;
}

static void note_route(int route, int status)
{
	if (route >= 0 && (status < 400 || status == 501))
		exercised[route] = true;
}

/* The tables say what the route answers. */
static void check_shape(struct script *script, int route)
{
	const struct answer *answer = &script->answer;
	struct json_object *body = parse(script, answer->body);
	const char *wrong = NULL;

	if (route >= 0)
		wrong = conform(script->arena, &routes[route], answer->status, body);
	if (wrong)
		fail(script, "the answer", wrong, answer->body);
}

/* Is it a write of the management API or of a page that somebody known has asked for? */
static bool is_audited(int route, int status)
{
	return route >= 0 && !face_rows[routes[route].face].dialect && status != 401 &&
	       (routes[route].flags & (ROUTE_WRITES | ROUTE_PUBLIC)) == ROUTE_WRITES;
}

/* Of each such request there is one row that says how it ended; of no other is there any. */
static void check_audit(struct script *script, int route)
{
	const struct answer *answer = &script->answer;
	const char *id = uuid_text(script->arena, &answer->request_id);
	bool audited = is_audited(route, answer->status);
	const char *expected = audited ? arena_printf(script->arena, "%d", answer->status) : "";
	const char *got =
		sql_list(script->arena, "SELECT status FROM audit_log WHERE id = '%s'", id);

	/* a page is laid out behind the COMMIT, and may be a redirection then */
	if (route >= 0 && session_kind(routes[route].face) && answer->status < 400)
		expected = audited && *got ? got : expected;
	if (strcmp(expected, got) != 0 && !(route >= 0 && (routes[route].flags & ROUTE_PUBLIC)))
		fail(script, "a row of the audit log", expected, got);
}

static const char *peek(const struct script *script)
{
	return script->at < script->count ? script->line[script->at] : NULL;
}

static bool begins(const char *line, char c)
{
	return line && line[0] == c && line[1] == ' ';
}

static bool begins_step(const char *line)
{
	return !line || begins(line, '>') || begins(line, '?') || begins(line, '@') ||
	       begins(line, '#');
}

/* Up to the answer, or behind the answer up to the next step, joined. */
static const char *read_text(struct script *script, bool of_request)
{
	struct buf buf;

	buf_init(&buf, script->arena, 0);
	for (; peek(script); script->at++) {
		if (of_request ? begins(peek(script), '<') : begins_step(peek(script)))
			break;
		if (buf.len)
			buf_putc(&buf, '\n');
		buf_puts(&buf, peek(script));
	}
	while (buf.len && buf.data[buf.len - 1] == '\n')
		buf_cut(&buf, buf.len - 1);
	return buf.len ? buf.data : NULL;
}

/* "Name: value", consumed; *value "" when there is none. */
static bool read_header(struct script *script, const char **name, const char **value)
{
	const char *line = peek(script), *colon = line ? strchr(line, ':') : NULL;

	if (!colon || *line == '{' || begins(line, '<'))
		return false;
	script->at++;
	*name = arena_strndup(script->arena, line, (size_t)(colon - line));
	*value = colon + 1 + strspn(colon + 1, " ");
	return true;
}

/* "Basic {user:password}": what stands in braces is encoded. */
static const char *basic(struct script *script, const char *value)
{
	static const char begin[] = "Basic {";
	unsigned char text[BASIC_BYTES];
	size_t len;

	if (!value || !text_istarts(value, strlen(value), begin))
		return value;
	len = strcspn(value + strlen(begin), "}");
	CU_ASSERT_TRUE_FATAL(len < BASIC_BYTES / 2);
	EVP_EncodeBlock(text, (const unsigned char *)value + strlen(begin), (int)len);
	return arena_printf(
		script->arena, "%.*s%s", (int)strlen("basic "), value, (const char *)text);
}

/* Of whoever the face is for. */
static void put_credential(struct script *script, enum face face, struct outgoing *out)
{
	if (is_page(face) || face == FACE_OAUTH)
		return;
	if (face == FACE_SCIM)
		out->secret = lookup(script, "token", strlen("token"));
	else if (face == FACE_MANAGEMENT)
		out->secret = lookup(script, "key", strlen("key"));
	else
		out->authorization = basic(script, fill(script, "Basic {${account}:${token}}"));
}

static void put_header(
	struct script *script, struct outgoing *out, const char *name, const char *value)
{
	if (strcmp(name, "Authorization") == 0) {
		out->secret = NULL;
		out->authorization = basic(script, *value ? value : NULL);
	} else if (strcmp(name, "Content-Type") == 0) {
		out->content_type = value;
	} else if (strcmp(name, "If-Match") == 0) {
		out->if_match = value;
	} else if (strcmp(name, "If-None-Match") == 0) {
		out->if_none_match = value;
	} else if (strcmp(name, "User-Agent") == 0) {
		out->user_agent = value;
	} else if (strcmp(name, "Cookie") == 0) {
		out->cookie = value;
	} else if (strcmp(name, "Origin") == 0) {
		out->origin = value;
	} else if (strcmp(name, "Sec-Fetch-Site") == 0) {
		out->fetch_site = value;
	} else if (strcmp(name, "X-HTTP-Method-Override") == 0) {
		out->method_override = value;
	} else if (strcmp(name, "Content-Length") == 0) {
		out->cut_short = true;
	} else {
		CU_FAIL("a transcript sends a header that the client does not know");
	}
}

static const char *answered(const struct answer *answer, const char *name)
{
	if (strcmp(name, "Location") == 0)
		return answer->location;
	if (strcmp(name, "ETag") == 0)
		return answer->etag;
	if (strcmp(name, "Allow") == 0)
		return answer->allow;
	if (strcmp(name, "Content-Type") == 0)
		return answer->content_type;
	if (strcmp(name, "Set-Cookie") == 0)
		return answer->cookie;
	return strcmp(name, "Retry-After") == 0 && answer->retry_after ? "1" : NULL;
}

static void check_header(struct script *script, const char *name, const char *expected)
{
	const char *got = answered(&script->answer, name);

	if (*expected ? !got || !text_holds(script, expected, got) : got != NULL)
		fail(script, name, expected, got);
}

static void run_answer(struct script *script)
{
	const char *status = peek(script) ? peek(script) + 2 : "", *name, *value, *text;
	struct json_object *body;

	if (strtol(status, NULL, 10) != script->answer.status)
		fail(script, "status", status,
			arena_printf(script->arena, "%d %s", script->answer.status,
				script->answer.body));
	script->at++;
	while (read_header(script, &name, &value))
		check_header(script, name, value);
	if (!(text = read_text(script, false)))
		return;
	if (*text == '~') {
		if (!text_holds(script, text, script->answer.body))
			fail(script, "body", text, script->answer.body);
		return;
	}
	body = parse(script, text);
	if (!body || !holds(script, body, parse(script, script->answer.body)))
		fail(script, "body", text, script->answer.body);
}

static void run_request(struct script *script)
{
	char *target = strdupa(peek(script) + 2);
	const char *method = strsep(&target, " "), *name, *value;
	struct outgoing out = { .method = method };
	int route;

	out.target = encode(script, fill(script, target));
	put_credential(script, path_face(out.target), &out);
	script->at++;
	while (read_header(script, &name, &value))
		put_header(script, &out, name, fill(script, value));
	if (peek(script) && !*peek(script))
		script->at++;
	out.body = read_text(script, true);
	if (out.body)
		out.body = fill(script, out.body);
	client_send(script->arena, &out, &script->answer);
	check_format(script, out.target);
	if (out.method_override && strcmp(method, "POST") == 0 &&
		face_rows[path_face(out.target)].scim_1)
		method = out.method_override;
	route = route_of(script->arena, method, out.target);
	note_route(route, script->answer.status);
	check_shape(script, route);
	check_audit(script, route);
	run_answer(script);
}

static void run_query(struct script *script)
{
	const char *got = sql_text(script->arena, "%s", fill(script, peek(script) + 2));
	const char *expected;

	script->at++;
	expected = begins(peek(script), '=') ? peek(script) + 2 : "";
	if (!text_holds(script, expected, got))
		fail(script, "SQL", fill(script, expected), got);
	script->at++;
}

static void run_steps(struct script *script)
{
	for (; peek(script); script->begin = script->at) {
		if (begins(peek(script), '>')) {
			run_request(script);
		} else if (begins(peek(script), '?')) {
			run_query(script);
		} else {
			if (begins(peek(script), '@'))
				test_clock += strtoll(peek(script) + 2, NULL, 10) * SECOND_US;
			else if (*peek(script) && *peek(script) != '#')
				fail(script, "a step", "> ? @ or #", peek(script));
			script->at++;
		}
	}
}

static void define_customer(struct script *script, const char *environment, const char *number)
{
	struct arena *arena = script->arena;
	struct customer customer;

	customer_new(arena, environment, &customer);
	define(script, arena_printf(arena, "key%s", number), customer.key);
	define(script, arena_printf(arena, "readkey%s", number), customer.read_key);
	define(script, arena_printf(arena, "token%s", number), customer.token);
	define(script, arena_printf(arena, "org%s", number),
		id_print(arena, ID_ORGANIZATION, &customer.organization));
	define(script, arena_printf(arena, "account%s", number),
		uuid_text(arena, &customer.organization));
	define(script, arena_printf(arena, "dir%s", number),
		id_print(arena, ID_DIRECTORY, &customer.directory));
	define(script, arena_printf(arena, "dir%suuid", number),
		uuid_text(arena, &customer.directory));
	define(script, arena_printf(arena, "env%s", number),
		id_print(arena, ID_ENVIRONMENT, &customer.environment));
}

void transcript_run(const char *path)
{
	struct script script = { .arena = arena_new(), .path = path };
	char *text = test_read(script.arena, path, NULL);
	char *big = arena_alloc(script.arena, BIG + 1);
	size_t i, n = 1;

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	for (i = 0; text[i]; i++)
		n += text[i] == '\n';
	script.line = arena_alloc(script.arena, (n + 1) * sizeof(*script.line));
	while (text)
		script.line[script.count++] = strsep(&text, "\n");
	memset(big, 'x', BIG);
	define(&script, "big", big);
	define(&script, "long", big + BIG - LONG);
	define_customer(&script, path, "");
	define_customer(&script, path, "2");
	define_customer(&script, "foreign", "3");
	run_steps(&script);
	arena_free(script.arena);
}

bool transcript_has_route(size_t route)
{
	return exercised[route];
}
