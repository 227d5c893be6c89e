/* SPDX-License-Identifier: MIT */
/*
 * All suites in floor order, so that the first failure is the cause of the others. A suite is one
 * file, tests/<floor>/test_<module>.c, and has two lines here. Only main.c includes this.
 */
#ifndef TESTS_SUITES_H
#define TESTS_SUITES_H

#include <CUnit/CUnit.h>

#include "database.h"

/* floor 1: base */
extern CU_TestInfo arena_tests[];
extern CU_TestInfo buf_tests[];
extern CU_TestInfo err_tests[];
extern CU_TestInfo ctx_tests[];
extern CU_TestInfo text_tests[];
extern CU_TestInfo id_tests[];
extern CU_TestInfo time_tests[];
extern CU_TestInfo secret_tests[];
extern CU_TestInfo guard_tests[];
extern CU_TestInfo json_tests[];
extern CU_TestInfo lift_tests[];
extern CU_TestInfo oom_tests[];
extern CU_TestInfo address_tests[];
extern CU_TestInfo http_tests[];

/* floor 2: scim */
extern CU_TestInfo schema_tests[];
extern CU_TestInfo schema_json_tests[];
extern CU_TestInfo path_tests[];
extern CU_TestInfo filter_tests[];
extern CU_TestInfo match_tests[];
extern CU_TestInfo resource_tests[];
extern CU_TestInfo patch_tests[];
extern CU_TestInfo members_tests[];
extern CU_TestInfo project_tests[];
extern CU_TestInfo message_tests[];
extern CU_TestInfo search_tests[];
extern CU_TestInfo email_tests[];
extern CU_TestInfo bulk_tests[];
extern CU_TestInfo custom_tests[];
extern CU_TestInfo diff_tests[];
extern CU_TestInfo v1_filter_tests[];
extern CU_TestInfo v1_print_tests[];
extern CU_TestInfo v1_read_tests[];
extern CU_TestInfo v1_patch_tests[];

/* floor 3: store, on the database of database.h */
extern CU_TestInfo stmt_tests[];
extern CU_TestInfo where_tests[];
extern CU_TestInfo record_tests[];
extern CU_TestInfo member_tests[];
extern CU_TestInfo custom_schema_tests[];
extern CU_TestInfo feed_tests[];
extern CU_TestInfo access_tests[];
extern CU_TestInfo rls_tests[];
extern CU_TestInfo plan_tests[];

/* floor 4: web */
extern CU_TestInfo seal_tests[];
extern CU_TestInfo target_tests[];
extern CU_TestInfo redact_tests[];
extern CU_TestInfo curl_tests[];
extern CU_TestInfo provider_tests[];
extern CU_TestInfo html_tests[];
extern CU_TestInfo session_tests[];
extern CU_TestInfo guide_tests[];
extern CU_TestInfo router_tests[];
extern CU_TestInfo openapi_tests[];
extern CU_TestInfo trips_tests[];
extern CU_TestInfo transcripts_tests[];
extern CU_TestInfo chart_tests[];

#define ON_DATABASE .pInitFunc = database_open, .pCleanupFunc = database_close

static CU_SuiteInfo suites[] = {
	/* floor 1: base */
	{ .pName = "base/arena", .pTests = arena_tests },
	{ .pName = "base/buf", .pTests = buf_tests },
	{ .pName = "base/err", .pTests = err_tests },
	{ .pName = "base/ctx", .pTests = ctx_tests },
	{ .pName = "base/text", .pTests = text_tests },
	{ .pName = "base/id", .pTests = id_tests },
	{ .pName = "base/time", .pTests = time_tests },
	{ .pName = "base/secret", .pTests = secret_tests },
	{ .pName = "base/guard", .pTests = guard_tests },
	{ .pName = "base/json", .pTests = json_tests },
	{ .pName = "base/lift", .pTests = lift_tests },
	{ .pName = "base/oom", .pTests = oom_tests },
	{ .pName = "base/address", .pTests = address_tests },
	{ .pName = "base/http", .pTests = http_tests },

	/* floor 2: scim */
	{ .pName = "scim/schema", .pTests = schema_tests },
	{ .pName = "scim/schema_json", .pTests = schema_json_tests },
	{ .pName = "scim/path", .pTests = path_tests },
	{ .pName = "scim/filter", .pTests = filter_tests },
	{ .pName = "scim/match", .pTests = match_tests },
	{ .pName = "scim/resource", .pTests = resource_tests },
	{ .pName = "scim/patch", .pTests = patch_tests },
	{ .pName = "scim/members", .pTests = members_tests },
	{ .pName = "scim/project", .pTests = project_tests },
	{ .pName = "scim/message", .pTests = message_tests },
	{ .pName = "scim/search", .pTests = search_tests },
	{ .pName = "scim/email", .pTests = email_tests },
	{ .pName = "scim/bulk", .pTests = bulk_tests },
	{ .pName = "scim/custom", .pTests = custom_tests },
	{ .pName = "scim/diff", .pTests = diff_tests },
	{ .pName = "scim/v1_filter", .pTests = v1_filter_tests },
	{ .pName = "scim/v1_print", .pTests = v1_print_tests },
	{ .pName = "scim/v1_read", .pTests = v1_read_tests },
	{ .pName = "scim/v1_patch", .pTests = v1_patch_tests },

	/* floor 3: store */
	{ .pName = "store/stmt", ON_DATABASE, .pTests = stmt_tests },
	{ .pName = "store/where", ON_DATABASE, .pTests = where_tests },
	{ .pName = "store/record", ON_DATABASE, .pTests = record_tests },
	{ .pName = "store/member", ON_DATABASE, .pTests = member_tests },
	{ .pName = "store/custom_schema", ON_DATABASE, .pTests = custom_schema_tests },
	{ .pName = "store/feed", ON_DATABASE, .pTests = feed_tests },
	{ .pName = "store/access", ON_DATABASE, .pTests = access_tests },
	{ .pName = "store/rls", ON_DATABASE, .pTests = rls_tests },
	{ .pName = "store/plan", ON_DATABASE, .pTests = plan_tests },

	/* floor 4: web */
	{ .pName = "web/seal", .pTests = seal_tests },
	{ .pName = "web/target", .pTests = target_tests },
	{ .pName = "web/redact", .pTests = redact_tests },
	{ .pName = "web/chart", .pTests = chart_tests },
	{ .pName = "web/curl", .pTests = curl_tests },
	{ .pName = "web/provider", .pTests = provider_tests },
	{ .pName = "web/html", .pTests = html_tests },
	{ .pName = "web/session", .pTests = session_tests },
	{ .pName = "web/guide", .pTests = guide_tests },
	{ .pName = "web/openapi", .pTests = openapi_tests },
	{ .pName = "web/router", ON_DATABASE, .pTests = router_tests },
	{ .pName = "web/trips", ON_DATABASE, .pTests = trips_tests },
	{ .pName = "web/transcripts", ON_DATABASE, .pTests = transcripts_tests },

	CU_SUITE_INFO_NULL,
};

#endif
