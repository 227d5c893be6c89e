/* SPDX-License-Identifier: MIT */
/* User-Agents of identity providers. OneLogin sends none, as of 2026. */
#include "web/provider.h"

#include "base/text.h"

/* The first whose words are in the User-Agent, in any case. */
static const struct provider_row {
	const char *words;
	const char *name;
} providers[] = {
	{ "Okta", "okta" }, /* Okta SCIM Client 1.0.0 */
	{ "Azure AD", "entra" }, /* Microsoft Azure AD SCIM provisioning 1.0.0 */
	{ "Azure Active Directory", "entra" },
	{ "AzureActiveDirectory", "entra" },
	{ "Microsoft Entra", "entra" },
	{ "OneLogin", "onelogin" },
	{ "PingFederate", "pingfederate" },
	{ "PingOne", "pingone" },
	{ "PingIdentity", "pingone" },
	{ "JumpCloud", "jumpcloud" },
	{ "authentik", "authentik" }, /* authentik@2025.10 */
	{ "Keycloak", "keycloak" },
	{ "Rippling", "rippling" },
	{ "SailPoint", "sailpoint" },
	{ "CyberArk", "cyberark" },
	{ "Google", "google" },
};

enum {
	PROVIDERS = sizeof(providers) / sizeof(*providers)
};

const char *provider_of(const char *user_agent)
{
	int i;

	for (i = 0; user_agent && i < PROVIDERS; i++)
		if (text_ifind(user_agent, providers[i].words))
			return providers[i].name;
	return NULL;
}

bool provider_is_known(const char *name)
{
	int i;

	for (i = 0; i < PROVIDERS; i++)
		if (strcmp(name, providers[i].name) == 0)
			return true;
	return false;
}
