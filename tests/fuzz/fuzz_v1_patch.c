/* SPDX-License-Identifier: MIT */
/*
 * One body of SCIM 1.1 as JSON: merged into a user and a group that have something everywhere, and read as a
 * new one. A success leaves a canonical resource, and a PATCH with nothing in it does not change it.
 */
#include <assert.h>
#include <stdint.h>

#include "base/json.h"
#include "base/text.h"
#include "scim/resource.h"
#include "scim/v1.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct limits limits = {
	.json_depth = 32,
	.json_nodes = 2000,
	.string_bytes = 2048,
	.unique_bytes = 64,
	.filter_bytes = 1024,
	.filter_depth = 16,
	.filter_terms = 20,
	.patch_operations = 20,
	.values = 8,
	.members = 60,
};

#define URN_ODD "urn:x:odd"

static const struct attr site_subs[] = {
	{ .name = "value" },
	{ .name = "type", .mutability = M_IMMUTABLE },
	{ .name = "since", .type = T_DATETIME },
	{ .name = "primary", .type = T_BOOLEAN },
	{ 0 },
};

static const struct attr odd_attrs[] = {
	{ .name = "badge", .required = true },
	{ .name = "tags", .multi = true },
	{ .name = "ranks", .type = T_INTEGER, .multi = true, .case_exact = true },
	{ .name = "marks", .multi = true, .mutability = M_IMMUTABLE },
	{ .name = "pins", .multi = true, .mutability = M_WRITE_ONLY },
	{ .name = "sites", .type = T_COMPLEX, .multi = true, .subs = site_subs },
	{ 0 },
};

/* A custom schema: what the built-in ones do not have. */
static const struct schema odd = { .urn = URN_ODD, .name = "Odd", .attrs = odd_attrs };
static const struct schema *const odd_extensions[] = { &enterprise_schema, &odd, NULL };

static const char user[] =
	"{\"schemas\":[\"" URN_USER "\",\"" URN_ENTERPRISE "\",\"" URN_ODD
	"\"],\"userName\":\"bjensen\",\"" URN_ODD "\":{\"badge\":\"B\",\"tags\":[\"T\",\"u\"],"
	"\"ranks\":[1,2],\"marks\":[\"m\"],\"sites\":[{\"value\":\"S\",\"type\":\"t\"},"
	"{\"since\":\"2026-01-01T00:00:00Z\"}]},"
	"\"externalId\":\"701984\",\"name\":{\"familyName\":\"Jensen\",\"givenName\":\"Barbara\"},"
	"\"displayName\":\"Babs\",\"nickName\":\"Babs\",\"active\":true,"
	"\"emails\":[{\"value\":\"w@x\",\"type\":\"work\",\"primary\":true},"
	"{\"value\":\"w@x\",\"type\":\"other\"},{\"value\":\"h@x\",\"type\":\"home\"}],"
	"\"addresses\":[{\"type\":\"work\",\"locality\":\"Hollywood\",\"country\":\"US\"}],"
	"\"roles\":[{\"value\":\"R\",\"primary\":true}],"
	"\"x509Certificates\":[{\"value\":\"MIIDQ\"}],"
	"\"" URN_ENTERPRISE
	"\":{\"department\":\"D\",\"manager\":{\"value\":\"26118915\",\"$ref\":\"../Users/2\"}}}";

static const char group[] =
	"{\"schemas\":[\"" URN_GROUP "\"],\"externalId\":\"e\",\"displayName\":\"Tour Guides\"}";

/* The members that a plan names stay within the limits, sorted and distinct. */
static void check_members(const struct member *members, size_t n)
{
	assert(n <= 2 * (size_t)limits.members);
	for (size_t i = 1; i < n; i++) {
		int sign = memcmp(members[i - 1].id.byte, members[i].id.byte, 16);
		assert(sign < 0 || (sign == 0 && members[i - 1].kind < members[i].kind));
	}
}

static void check_plan(const struct member_plan *plan)
{
	assert(plan->count <= 1);
	for (size_t i = 0; i < plan->count; i++) {
		const struct member_step *step = &plan->steps[i];
		assert(!step->filter && (!step->all || step->drop_count == 0));
		check_members(step->add, step->add_count);
		check_members(step->drop, step->drop_count);
	}
	assert(!plan->unknown || utf8_valid(plan->unknown_text, strlen(plan->unknown_text)));
}

static void check_canonical(
	struct ctx *cx, const struct resource_type *rt, struct json_object *resource)
{
	struct ctx strict = *cx;
	struct json_object *again = NULL;
	strict.strict = true;
	enum scim_err e = resource_from_body(&strict, rt, resource, &again);
	assert(!e && json_same(resource, again) && !json_get(resource, "members"));
}

/* Nothing, and things that are there already or are not. */
static void check_idle(struct ctx *cx, const struct resource_type *rt, struct json_object *resource)
{
	static const char text[] =
		"{\"id\":\"x\",\"emails\":[{\"value\":\"nobody@x\",\"operation\":\"delete\"}],"
		"\"roles\":[],\"name\":{},\"meta\":{\"attributes\":[\"externalId\"]}}";
	struct json_slice slice = { text, strlen(text) };
	struct lifted body;
	struct wish wish = { .body = &body, .before = resource };
	json_object_object_del(resource, "externalId");
	struct json_object *scratch = json_root_object(cx->arena);
	json_object_object_add(scratch, "resource", json_copy(resource));
	wish.resource = json_get(scratch, "resource");
	cx->strict = false;
	enum scim_err e = json_parse_lifted(cx, &slice, 100, members_body_places, &body);
	if (!e)
		e = v1_patch(cx, rt, &wish);
	assert(!e && json_same(resource, wish.resource));
}

static void check(
	struct ctx *cx, const struct resource_type *rt, const char *stored, struct json_slice text)
{
	struct lifted body;
	struct wish wish = { .body = &body };
	enum scim_err e = json_parse_lifted(cx, &text, 4000, members_body_places, &body);
	if (stored) {
		wish.before = json_parse_stored(cx->arena, stored, strlen(stored));
		wish.resource = json_parse_stored(cx->arena, stored, strlen(stored));
	}
	if (!e)
		e = stored ? v1_patch(cx, rt, &wish) : v1_read(cx, rt, &wish);
	assert(cx->err == e && (!cx->strict || cx->quirks == 0));
	if (e) {
		assert(err_row(e)->status >= 400 && err_row(e)->status < 500);
		assert(utf8_valid(cx->detail, strlen(cx->detail)));
		return;
	}
	check_plan(&wish.plan);
	check_canonical(cx, rt, wish.resource);
	check_idle(cx, rt, wish.resource);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct json_slice text = { (const char *)data, size };
	struct resource_type type = user_type;
	type.extensions = odd_extensions;
	for (int i = 0; i < 8; i++) {
		struct ctx cx = { .arena = arena, .limits = &limits, .strict = i & 1 };
		const char *stored = i & 2 ? group : user;
		check(&cx, i & 2 ? &group_type : &type, i & 4 ? stored : NULL, text);
	}
	arena_free(arena);
	return 0;
}
