/* SPDX-License-Identifier: MIT */
/* Who is recognised by a User-Agent. */
#include <CUnit/CUnit.h>

#include "base/text.h"
#include "web/provider.h"

static const struct provider_row {
	const char *user_agent;
	const char *name;
} rows[] = {
	{ "Okta SCIM Client 1.0.0", "okta" },
	{ "Okta SCIM client 2.0", "okta" },
	{ "Microsoft Azure AD SCIM provisioning 1.0.0", "entra" },
	{ "authentik@2025.10.1 (build=)", "authentik" },
	{ "PingFederate/12.0", "pingfederate" },
	{ "PingOne", "pingone" },
	{ "JumpCloud", "jumpcloud" },
	{ "python-requests/2.32", NULL },
	{ "curl/8.5.0", NULL },
	{ "", NULL },
	{ NULL, NULL },
};

static void the_user_agent_tells(void)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *name = provider_of(rows[i].user_agent);

		CU_ASSERT_EQUAL(name == NULL, rows[i].name == NULL);
		if (name && rows[i].name)
			CU_ASSERT_STRING_EQUAL(name, rows[i].name);
		if (name)
			CU_ASSERT_TRUE(provider_is_known(name));
	}
	CU_ASSERT_FALSE(provider_is_known("curl"));
}

CU_TestInfo provider_tests[] = {
	{ "the User-Agent tells", the_user_agent_tells },
	CU_TEST_INFO_NULL,
};
