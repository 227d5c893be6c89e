/* SPDX-License-Identifier: MIT */
/* Round trips to the database: one for a read, at most two for a write, whatever the outcome. */
#include <CUnit/CUnit.h>

#include "base/json.h"
#include "base/text.h"
#include "client.h"
#include "support.h"

#define USERS "/scim/v2/Users"
#define ME USERS "/%u"
#define UNKNOWN "/scim_user_0000000000000000000000001"

#define SCHEMA(type) \
	"{\"resourceType\":\"User\",\"schema\":{\"id\":\"urn:ab:x\",\"attributes\":" \
	"[{\"name\":\"a\",\"type\":\"" type "\"}]}}"

static const struct trip_row {
	const char *method;
	const char *
		target; /* %u, %v: the user made in the beginning; %o, %d: organization, directory */
	const char *body;
	const char *if_match;
	int status;
	int trips; /* exactly */
} rows[] = {
	{ "GET", ME, NULL, NULL, 200, 1 },
	{ "HEAD", ME, NULL, NULL, 200, 1 },
	{ "GET", USERS UNKNOWN, NULL, NULL, 404, 1 },
	{ "GET", USERS "/x", NULL, NULL, 404, 1 },
	{ "GET", USERS, NULL, NULL, 200, 1 },
	{ "GET", USERS "?filter=userName+eq+%22ann%22", NULL, NULL, 200, 1 },
	{ "GET", USERS "?filter=userName+eq", NULL, NULL, 400, 1 },
	{ "GET", USERS "?sortBy=userName&startIndex=2&count=1", NULL, NULL, 200, 1 },
	{ "GET", USERS "?cursor&count=1", NULL, NULL, 200, 1 },
	{ "GET", USERS "?cursor=AAAA", NULL, NULL, 400, 1 },
	{ "GET", "/scim/v2/Me", NULL, NULL, 501, 1 },
	{ "GET", "/scim/v2/ServiceProviderConfig", NULL, NULL, 200, 0 },
	{ "GET", "/scim/v2/ResourceTypes", NULL, NULL, 200, 1 },
	{ "GET", "/scim/v2/ResourceTypes/User", NULL, NULL, 200, 1 },
	{ "GET", "/scim/v2/Schemas", NULL, NULL, 200, 1 },
	{ "GET", "/scim/v2/Schemas/urn:ietf:params:scim:schemas:core:2.0:User", NULL, NULL, 200,
		1 },
	{ "GET", "/scim/v1/Users/%v", NULL, NULL, 200, 1 },
	{ "GET", "/scim/v1/Users/x", NULL, NULL, 404, 1 },
	{ "GET", "/scim/v1/Users?filter=userName+eq+%22ann%22", NULL, NULL, 200, 1 },
	{ "GET", "/scim/v1/Schemas", NULL, NULL, 200, 1 },
	{ "GET", "/scim/v1/ServiceProviderConfigs", NULL, NULL, 200, 0 },
	{ "PATCH", "/scim/v1/Users/%v", "{\"title\":\"z\"}", NULL, 200, 2 },
	{ "PATCH", "/scim/v1/Users/%v", "{\"title\":\"z\"}", "W/\"1\"", 412, 2 },
	{ "PUT", "/v1/user/%v", "{\"userName\":\"ann\"}", NULL, 200, 2 },
	{ "GET", "/v1/user/%v", NULL, NULL, 200, 1 },
	{ "GET", "/v1/group/%v/users/count", NULL, NULL, 404, 1 },
	{ "POST", "/api/directory/users/authenticate", "{}", NULL, 501, 1 },
	/* the group is made, and changed later on; externalId is looked up before */
	{ "POST", "/api/directory/user", "{\"userName\":\"p1\"}", NULL, 200, 4 },
	{ "POST", "/api/directory/user", "{\"userName\":\"p2\"}", NULL, 200, 3 },
	{ "POST", "/api/directory/user", "{\"userName\":\"p3\",\"externalId\":\"3\"}", NULL, 200,
		4 },
	{ "POST", "/api/directory/user", "{\"userName\":\"p3\",\"externalId\":\"3\"}", NULL, 200,
		5 },
	{ "POST", "/api/directory/user", "{\"userName\":\"p1\"}", NULL, 409, 3 },
	{ "POST", "/api/directory/user", "{", NULL, 400, 2 },
	{ "POST", "/api/directory/user?option=x", "{\"userName\":\"p4\"}", NULL, 400, 1 },

	{ "GET", "/healthz/live", NULL, NULL, 200, 0 },
	{ "GET", "/healthz/ready", NULL, NULL, 200, 1 },
	{ "GET", "/nowhere", NULL, NULL, 404, 0 },

	/* an id or an organization is looked up before: a trip more */
	{ "GET", "/v1/scim/users?scimDirectoryId=%d", NULL, NULL, 200, 1 },
	{ "GET", "/v1/scim/users?organizationId=%o", NULL, NULL, 200, 2 },
	{ "GET", "/v1/scim/users?organizationId=x", NULL, NULL, 404, 1 },
	{ "GET", "/v1/scim/users?organizationExternalId=x", NULL, NULL, 404, 1 },
	{ "GET", "/v1/scim/users", NULL, NULL, 400, 1 },
	{ "GET", "/v1/scim/users/%u", NULL, NULL, 200, 2 },
	{ "GET", "/v1/scim/users/%u/groups", NULL, NULL, 200, 2 },
	{ "GET", "/v1/scim/users" UNKNOWN, NULL, NULL, 404, 1 },
	{ "GET", "/v1/scim/users/x", NULL, NULL, 404, 1 },
	{ "GET", "/v1/scim/groups?scimDirectoryId=%d", NULL, NULL, 200, 1 },
	{ "GET", "/v1/scim-requests?scimDirectoryId=%d", NULL, NULL, 200, 1 },
	{ "GET", "/v1/scim-requests?organizationId=%o&text=x", NULL, NULL, 200, 2 },
	{ "GET", "/v1/scim-requests/x", NULL, NULL, 404, 1 },
	{ "GET", "/v1/scim-directories/%d/authentication-failures", NULL, NULL, 200, 1 },

	{ "POST", USERS, "{\"userName\":\"bob\"}", NULL, 201, 2 },
	{ "POST", USERS, "{\"userName\":\"bob\"}", NULL, 409, 2 },
	{ "POST", USERS, "{\"userName\":\"\"}", NULL, 400, 2 },
	{ "POST", USERS, "{", NULL, 400, 2 },
	{ "PUT", ME, "{\"userName\":\"ann\",\"title\":\"a\"}", NULL, 200, 2 },
	{ "PUT", ME, "{\"userName\":\"ann\",\"title\":\"a\"}", NULL, 200, 2 },
	{ "PUT", ME, "{\"userName\":\"bob\"}", NULL, 409, 3 }, /* rolled back, then logged */
	{ "PUT", ME, "{\"userName\":\"ann\"}", "W/\"1\"", 412, 2 },
	{ "PUT", ME, "[]", NULL, 400, 2 },
	{ "PUT", USERS UNKNOWN, "{\"userName\":\"ann\"}", NULL, 404, 2 },
	{ "PATCH", ME, "{\"Operations\":[{\"op\":\"replace\",\"path\":\"title\",\"value\":\"b\"}]}",
		NULL, 200, 2 },
	{ "PATCH", ME, "{\"Operations\":[{\"op\":\"replace\",\"path\":\"title\",\"value\":\"b\"}]}",
		NULL, 200, 2 },
	{ "PATCH", ME, "{\"Operations\":[{\"op\":\"dance\"}]}", NULL, 400, 2 },
	{ "PATCH", ME, "{\"Operations\":[]}", "W/\"99\"", 412, 2 },
	{ "PATCH", USERS UNKNOWN, "{\"Operations\":[]}", NULL, 404, 2 },
	{ "PATCH", USERS "/x", "{\"Operations\":[]}", NULL, 404, 2 },
	{ "DELETE", ME, NULL, "W/\"99\"", 412, 2 },
	{ "DELETE", ME, NULL, NULL, 204, 2 },
	{ "DELETE", ME, NULL, NULL, 404, 2 },

	{ "GET", "/v1/organizations", NULL, NULL, 200, 1 },
	{ "GET", "/v1/organizations/%o", NULL, NULL, 200, 1 },
	{ "GET", "/v1/organizations/x", NULL, NULL, 404, 1 },
	{ "POST", "/v1/organizations", "{\"externalId\":\"e\"}", NULL, 200, 2 },
	/* the audit log was told that it went well */
	{ "POST", "/v1/organizations", "{\"externalId\":\"e\"}", NULL, 409, 3 },
	{ "POST", "/v1/organizations", "{\"externalId\":1}", NULL, 400, 2 },
	{ "PATCH", "/v1/organizations/%o", "{\"displayName\":\"x\"}", NULL, 200, 2 },
	{ "PATCH", "/v1/organizations/x", "{}", NULL, 404, 2 },
	{ "GET", "/v1/events", NULL, NULL, 200, 1 },
	{ "GET", "/v1/events?after=0&type=user.created&scimDirectoryId=%d", NULL, NULL, 200, 1 },
	{ "GET", "/v1/events?organizationExternalId=e", NULL, NULL, 200, 2 },
	{ "GET", "/v1/events?limit=0", NULL, NULL, 400, 1 },
	{ "GET", "/v1/scim-directories", NULL, NULL, 200, 1 },
	{ "GET", "/v1/scim-directories/%d", NULL, NULL, 200, 1 },
	{ "GET", "/v1/scim-directories/x", NULL, NULL, 404, 1 },
	{ "POST", "/v1/scim-directories", "{\"organizationId\":\"%o\"}", NULL, 200, 2 },
	{ "POST", "/v1/scim-directories", "{}", NULL, 400, 2 },
	{ "PATCH", "/v1/scim-directories/%d", "{\"strict\":true}", NULL, 200, 2 },
	{ "PATCH", "/v1/scim-directories/%d", "{\"primary\":false}", NULL, 400, 2 },
	{ "PATCH", "/v1/scim-directories/x", "{}", NULL, 404, 2 },
	{ "POST", "/v1/scim-directories/%d/rotate-bearer-token", "{\"overlapSeconds\":60}", NULL,
		200, 2 },
	{ "POST", "/v1/scim-directories/x/rotate-bearer-token", NULL, NULL, 404, 2 },
	{ "GET", "/v1/scim-directories/%d/schemas", NULL, NULL, 200, 1 },
	{ "GET", "/v1/scim-directories/%d/schemas/urn:x", NULL, NULL, 404, 1 },
	{ "POST", "/v1/scim-directories/%d/schemas", SCHEMA("string"), NULL, 200, 2 },
	{ "POST", "/v1/scim-directories/%d/schemas", SCHEMA("string"), NULL, 409, 2 },
	{ "POST", "/v1/scim-directories/x/schemas", SCHEMA("string"), NULL, 404, 2 },
	{ "PUT", "/v1/scim-directories/%d/schemas/urn:ab:x", SCHEMA("string"), NULL, 200, 2 },
	/* who uses it is asked between */
	{ "PUT", "/v1/scim-directories/%d/schemas/urn:ab:x", SCHEMA("integer"), NULL, 200, 3 },
	{ "DELETE", "/v1/scim-directories/%d/schemas/urn:ab:x", NULL, NULL, 200, 3 },
	{ "DELETE", "/v1/scim-directories/%d/schemas/urn:ab:x", NULL, NULL, 404, 2 },
	{ "GET", "/v1/scim-directories/%d/oauth-clients", NULL, NULL, 200, 1 },
	{ "POST", "/v1/scim-directories/%d/oauth-clients", NULL, NULL, 200, 2 },
	{ "POST", "/v1/scim-directories/x/oauth-clients", NULL, NULL, 404, 2 },
	{ "DELETE", "/v1/scim-directories/%d/oauth-clients/x", NULL, NULL, 404, 2 },
	{ "GET", "/v1/api-keys", NULL, NULL, 200, 1 },
	{ "POST", "/v1/api-keys", NULL, NULL, 200, 2 },
	{ "POST", "/v1/api-keys", "{\"scopes\":[]}", NULL, 400, 2 },
	{ "GET", "/v1/api-keys/x", NULL, NULL, 404, 1 },
	{ "DELETE", "/v1/api-keys/x", NULL, NULL, 404, 2 },
	{ "GET", "/v1/environment", NULL, NULL, 200, 1 },
	{ "PATCH", "/v1/environment", "{\"returnUrl\":\"https://a.example\"}", NULL, 200, 2 },
	{ "PATCH", "/v1/environment", "{\"returnUrl\":\"a\"}", NULL, 400, 2 },
	{ "GET", "/v1/audit-log", NULL, NULL, 200, 1 },
	{ "DELETE", "/v1/scim-directories/%d", NULL, NULL, 200, 2 },
	{ "DELETE", "/v1/scim-directories/x", NULL, NULL, 404, 2 },
	{ "DELETE", "/v1/organizations/%o", NULL, NULL, 200, 2 },
	{ "DELETE", "/v1/organizations/x", NULL, NULL, 404, 2 },
};

/* Text with its one "%u", "%v", "%o" or "%d" filled in. */
static const char *filled(
	struct arena *arena, const char *text, const struct customer *customer, const char *user)
{
	const char *mark = text ? strchr(text, '%') : NULL;
	const char *id = user;
	struct uuid uuid;

	if (!mark || !strchr("uvod", mark[1]))
		return text;
	if (mark[1] == 'v' && id_parse(ID_USER, user, strlen(user), &uuid))
		id = uuid_text(arena, &uuid);
	if (mark[1] == 'o')
		id = id_print(arena, ID_ORGANIZATION, &customer->organization);
	if (mark[1] == 'd')
		id = id_print(arena, ID_DIRECTORY, &customer->directory);
	return arena_printf(arena, "%.*s%s%s", (int)(mark - text), text, id, mark + 2);
}

static const char *create_user(struct arena *arena, const struct customer *customer)
{
	struct outgoing out = { .method = "POST",
		.target = USERS,
		.secret = customer->token,
		.body = "{\"userName\":\"ann\"}" };
	struct ctx *cx = test_ctx();
	struct answer answer;
	const char *id;

	client_send(arena, &out, &answer);
	CU_ASSERT_EQUAL_FATAL(answer.status, 201);
	id = arena_strdup(arena,
		json_get_string(
			json_parse_stored(cx->arena, answer.body, strlen(answer.body)), "id"));
	test_ctx_free(cx);
	return id;
}

static void every_outcome_costs_so_many_trips(void)
{
	struct arena *arena = arena_new();
	struct customer customer;
	struct answer answer;
	const char *user;
	size_t i;

	customer_new(arena, "trips", &customer);
	user = create_user(arena, &customer);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct trip_row *row = &rows[i];
		struct outgoing out = { .method = row->method,
			.target = filled(arena, row->target, &customer, user),
			.body = filled(arena, row->body, &customer, user),
			.if_match = row->if_match };

		out.secret =
			face_rows[path_face(out.target)].dialect ? customer.token : customer.key;
		client_send(arena, &out, &answer);
		CU_ASSERT_EQUAL(answer.status, row->status);
		CU_ASSERT_EQUAL(answer.trips, row->trips);
		if (answer.status != row->status || answer.trips != row->trips)
			printf("\n%s %s: %d in %d trips, not %d in %d: %s", row->method,
				row->target, answer.status, answer.trips, row->status, row->trips,
				answer.body);
	}
	arena_free(arena);
}

static void bad_credentials_cost_one_trip_and_a_count(void)
{
	struct arena *arena = arena_new();
	struct outgoing out = { .method = "GET", .target = USERS };
	struct customer customer;
	struct answer answer;
	char *wrong;

	customer_new(arena, "refused", &customer);
	client_send(arena, &out, &answer);
	CU_ASSERT_EQUAL(answer.status, 401);
	CU_ASSERT_EQUAL(answer.trips, 0);
	out.secret = "rollcall_scim_x";
	client_send(arena, &out, &answer);
	CU_ASSERT_EQUAL(answer.status, 401);
	CU_ASSERT_EQUAL(answer.trips, 0);
	wrong = arena_strdup(arena, customer.token);
	wrong[strlen(wrong) - 1] = wrong[strlen(wrong) - 1] == '0' ? '1' : '0';
	out.secret = wrong;
	client_send(arena, &out, &answer);
	CU_ASSERT_EQUAL(answer.status, 401);
	CU_ASSERT_EQUAL(answer.trips, 2);
	CU_ASSERT_EQUAL(sql_int("SELECT sum(failures) FROM authentication_failures"), 1);
	CU_ASSERT_EQUAL(sql_int("SELECT count(*) FROM request_log"), 0);
	arena_free(arena);
}

CU_TestInfo trips_tests[] = {
	{ "bad credentials cost one trip and a count", bad_credentials_cost_one_trip_and_a_count },
	{ "every outcome costs one trip for a read, at most two for a write",
		every_outcome_costs_so_many_trips },
	CU_TEST_INFO_NULL,
};
