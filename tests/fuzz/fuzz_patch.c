/* SPDX-License-Identifier: MIT */
/*
 * One PatchOp as JSON, applied to a user and to a group that have something everywhere. A success
 * leaves a canonical resource: it canonicalises to itself, and an idle PATCH does not change it.
 */
#include <assert.h>
#include <stdint.h>

#include "base/json.h"
#include "base/text.h"
#include "scim/patch.h"
#include "scim/resource.h"

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
};

static const char user[] =
	"{\"schemas\":[\"" URN_USER "\",\"" URN_ENTERPRISE "\"],\"userName\":\"bjensen\","
	"\"externalId\":\"701984\",\"name\":{\"familyName\":\"Jensen\",\"givenName\":\"Barbara\"},"
	"\"displayName\":\"Babs\",\"nickName\":\"Babs\",\"active\":true,"
	"\"emails\":[{\"value\":\"w@x\",\"type\":\"work\",\"primary\":true},"
	"{\"value\":\"h@x\",\"type\":\"home\"}],"
	"\"addresses\":[{\"type\":\"work\",\"locality\":\"Hollywood\",\"country\":\"US\"}],"
	"\"roles\":[{\"value\":\"R\",\"primary\":true}],"
	"\"x509Certificates\":[{\"value\":\"MIIDQ\"}],"
	"\"" URN_ENTERPRISE
	"\":{\"department\":\"D\",\"manager\":{\"value\":\"26118915\",\"$ref\":\"../Users/2\"}}}";

static const char group[] =
	"{\"schemas\":[\"" URN_GROUP "\"],\"displayName\":\"Tour Guides\",\"members\":["
	"{\"value\":\"1\",\"type\":\"User\"},{\"value\":\"2\",\"$ref\":\"../Users/2\"}]}";

static void check_idle(struct ctx *cx, const struct resource_type *rt, struct json_object *resource)
{
	static const char text[] = "{\"Operations\":[{\"op\":\"replace\",\"value\":{\"id\":\"x\"}},"
				   "{\"op\":\"add\",\"path\":\"externalId\",\"value\":\"z\"},"
				   "{\"op\":\"remove\",\"path\":\"externalId\"}]}";
	struct patch patch;
	struct json_object *message = NULL;
	struct json_object *scratch = json_root_object(cx->arena);
	enum scim_err e = json_parse(cx, text, strlen(text), &message);
	assert(!e && !patch_parse(cx, rt, message, &patch));
	json_object_object_del(resource, "externalId");
	json_object_object_add(scratch, "before", json_copy(resource));
	e = patch_apply(cx, rt, &patch, resource);
	assert(!e && json_same(json_get(scratch, "before"), resource));
}

static void check(
	struct ctx *cx, const struct resource_type *rt, const char *text, struct json_object *body)
{
	struct patch patch;
	struct json_object *after = json_parse_stored(cx->arena, text, strlen(text));
	struct json_object *again = NULL;
	enum scim_err e = patch_parse(cx, rt, body, &patch);
	if (!e)
		e = patch_apply(cx, rt, &patch, after);
	assert(cx->err == e && (!cx->strict || cx->quirks == 0));
	if (e) {
		assert(err_row(e)->status >= 400 && err_row(e)->status < 500);
		assert(utf8_valid(cx->detail, strlen(cx->detail)));
		return;
	}
	struct ctx strict = *cx;
	strict.strict = true;
	e = resource_from_body(&strict, rt, after, &again);
	assert(!e && json_same(after, again));
	cx->strict = false;
	check_idle(cx, rt, after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	for (int i = 0; i < 4; i++) {
		struct ctx cx = { .arena = arena, .limits = &limits, .strict = i & 1 };
		struct json_object *body = NULL;
		if (json_parse_object(&cx, (const char *)data, size, &body))
			break;
		check(&cx, i & 2 ? &group_type : &user_type, i & 2 ? group : user, body);
	}
	arena_free(arena);
	return 0;
}
