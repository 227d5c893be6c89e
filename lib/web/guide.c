/* SPDX-License-Identifier: MIT */
/* The providers. The labels are those of their consoles, as of November 2026. */
#include "web/guide.h"

#include "base/text.h"

/* clang-format off */
const struct guide guides[] = {
	{ "entra", "Microsoft Entra ID",
		.before = {
			"In the <b>Microsoft Entra admin center</b> open <b>Enterprise apps</b> and the app"
			" you use for single sign-on. There is none yet? <b>New application</b>, then"
			" <b>Create your own application</b>, then <b>Integrate any other application"
			" you don't find in the gallery (Non-gallery)</b>.",
			"Open <b>Provisioning</b> and choose <b>New configuration</b>. (In the older view:"
			" <b>Get started</b>, <b>Provisioning Mode: Automatic</b>, <b>Admin Credentials</b>.)",
		},
		.fields = {
			{ "Select authentication method", GUIDE_TEXT, "Bearer authentication" },
			{ "Tenant URL", GUIDE_URL, NULL },
			{ "Secret token", GUIDE_TOKEN, NULL },
		},
		.after = {
			"Press <b>Test connection</b>. The panel on this page turns green.",
			"Press <b>Create</b> (older view: <b>Save</b>).",
			"Under <b>Users and groups</b> assign the people and groups to be provisioned.",
			"On the overview press <b>Start provisioning</b>.",
		},
		.notes = {
			"Entra ID works in cycles of about 40 minutes; <b>Provision on demand</b> sends one"
			" person at once.",
			"Only the direct members of an assigned group are sent, not those of groups inside it.",
			"The flag <code>?aadOptscim062020</code> behind the tenant URL works, and is not needed.",
		} },
	{ "okta", "Okta",
		.before = {
			"In the <b>Okta Admin Console</b> open <b>Applications</b> and the SAML or SWA app of"
			" this product. There is none yet? <b>Create App Integration</b>.",
			"On the tab <b>General</b>, <b>App Settings</b>, press <b>Edit</b>, set"
			" <b>Provisioning</b> to <b>SCIM</b> and press <b>Save</b>.",
			"On the new tab <b>Provisioning</b>, <b>Integration</b>, press <b>Edit</b>.",
		},
		.fields = {
			{ "SCIM connector base URL", GUIDE_URL, NULL },
			{ "Unique identifier field for users", GUIDE_TEXT, "userName" },
			{ "Supported provisioning actions", GUIDE_TEXT,
				"Push New Users, Push Profile Updates, Push Groups" },
			{ "Authentication Mode", GUIDE_TEXT, "HTTP Header" },
			{ "Authorization (Bearer)", GUIDE_TOKEN, NULL },
		},
		.after = {
			"Press <b>Test Connector Configuration</b>, then <b>Save</b>.",
			"Under <b>To App</b> press <b>Edit</b>, enable <b>Create Users</b>, <b>Update User"
			" Attributes</b> and <b>Deactivate Users</b>, and press <b>Save</b>.",
			"On the tab <b>Assignments</b> assign people or groups; groups themselves are sent"
			" from the tab <b>Push Groups</b>.",
		},
		.notes = {
			"An app that signs in by OpenID Connect has no SCIM: add a second, SAML or SWA app for"
			" provisioning.",
			"Okta deactivates people who leave; it never deletes them.",
			"Leave <b>Sync Password</b> off. A password that is sent anyway is not kept.",
		} },
	{ "oktabasic", "Okta, SCIM 1.1",
		.face = FACE_SCIM1,
		.before = {
			"This is for an app of Okta's catalogue that speaks <b>SCIM 1.1</b>, such as the"
			" template <b>SCIM 1.1 Test App (Basic Auth)</b>. For all others choose <b>Okta</b>.",
			"In the <b>Okta Admin Console</b> open <b>Applications</b> and the app, and on its tab"
			" <b>Provisioning</b> press <b>Configure API Integration</b> and check <b>Enable API"
			" integration</b>.",
		},
		.fields = {
			{ "SCIM 1.1 Base Url", GUIDE_URL, NULL },
			{ "Username", GUIDE_ACCOUNT, NULL },
			{ "Password", GUIDE_TOKEN, NULL },
		},
		.after = {
			"Press <b>Test API Credentials</b>, then <b>Save</b>.",
			"Under <b>To App</b> press <b>Edit</b>, enable <b>Create Users</b>, <b>Update User"
			" Attributes</b> and <b>Deactivate Users</b>, and press <b>Save</b>.",
			"On the tab <b>Assignments</b> assign people or groups; groups themselves are sent"
			" from the tab <b>Push Groups</b>.",
		},
		.notes = {
			"Okta deactivates people who leave; it never deletes them.",
			"Leave <b>Sync Password</b> off. A password that is sent anyway is not kept.",
		} },
	{ "onelogin", "OneLogin",
		.before = {
			"In the <b>OneLogin Administration</b> open <b>Applications</b>, press <b>Add App</b>"
			" and choose <b>SCIM Provisioner with SAML (SCIM v2 Enterprise)</b>.",
			"Name it, press <b>Save</b>, and open its tab <b>Configuration</b>.",
		},
		.fields = {
			{ "SCIM Base URL", GUIDE_URL, NULL },
			{ "SCIM Bearer Token", GUIDE_TOKEN, NULL },
			{ "SCIM JSON Template", GUIDE_TEXT, "leave it as it is" },
		},
		.after = {
			"Press <b>Enable</b> under <b>API Connection</b>, then <b>Save</b>.",
			"On the tab <b>Provisioning</b> check <b>Enable provisioning</b> and press <b>Save</b>.",
			"For groups: on the tab <b>Parameters</b> open <b>Groups</b> and check <b>Include in"
			" User Provisioning</b>.",
			"Under <b>Access</b> choose the roles to be provisioned.",
		},
		.notes = {
			"As long as <b>Require admin approval</b> is checked each change waits as"
			" <b>Pending</b> under <b>Users</b> until you approve it.",
		} },
	{ "pingone", "PingOne",
		.before = {
			"In the <b>PingOne admin console</b> open <b>Integrations</b>, <b>Provisioning</b>.",
			"Press <b>+</b>, <b>New connection</b>, then <b>Select</b> beside <b>Identity"
			" Store</b>, and choose <b>SCIM Outbound</b>. Name it and press <b>Next</b>.",
		},
		.fields = {
			{ "SCIM Base URL", GUIDE_URL, NULL },
			{ "Users Resource", GUIDE_TEXT, "/Users" },
			{ "SCIM Version", GUIDE_TEXT, "2.0" },
			{ "Groups Resource", GUIDE_TEXT, "/Groups" },
			{ "Authentication Method", GUIDE_TEXT, "OAuth 2 Bearer Token" },
			{ "OAuth Access Token", GUIDE_TOKEN, NULL },
			{ "Auth Type Header", GUIDE_TEXT, "Bearer" },
		},
		.after = {
			"Press <b>Test connection</b>, then <b>Next</b>.",
			"Keep the preferences as they are: <b>User Filter Expression</b>"
			" <code>userName Eq \"%s\"</code>, <b>User Identifier</b> <code>userName</code>."
			" Press <b>Save</b> and switch the connection on.",
			"Add a <b>rule</b> that says which people are sent to this connection, and switch it on.",
		},
		.notes = {
			"Groups are sent only if the rule has them under <b>Group Provisioning</b>.",
		} },
	{ "pingfederate", "PingFederate",
		.face = FACE_SCIM1,
		.before = {
			"In the <b>PingFederate administrative console</b> open <b>Applications</b>,"
			" <b>Integration</b>, <b>SP Connections</b> and the connection of this product. There"
			" is none yet? <b>Create Connection</b>.",
			"On <b>Connection Type</b> check <b>Outbound Provisioning</b> and choose the type"
			" <b>SCIM</b>. On <b>Outbound Provisioning</b> press <b>Configure Provisioning</b>.",
		},
		.fields = {
			{ "Users Resource URL", GUIDE_URL, "/Users" },
			{ "Groups Resource URL", GUIDE_URL, "/Groups" },
			{ "Authentication Method", GUIDE_TEXT, "Basic Authentication" },
			{ "User", GUIDE_ACCOUNT, NULL },
			{ "Password", GUIDE_TOKEN, NULL },
			{ "SCIM SP Supports Patch Updates", GUIDE_TEXT, "checked" },
		},
		.after = {
			"On <b>Manage Channels</b> create the channel from your data store, map"
			" <b>userName</b>, and set the channel to <b>Active</b>.",
			"Set the connection to <b>Active</b> and press <b>Save</b>.",
		},
		.notes = {
			"This is what PingFederate has built in, SCIM 1.1. With Ping's <b>SCIM Provisioner</b>"
			" use version 2.0: choose <b>Another provider</b> above.",
		} },
	{ "pingenterprise", "PingOne for Enterprise",
		.face = FACE_PINGONE,
		.before = {
			"This is for programs that were written for the <b>directory API of PingOne for"
			" Enterprise</b>. Here they find the same paths below another address.",
			"Open the settings of the program that sends the users.",
		},
		.fields = {
			{ "Base URL, instead of https://directory-api.pingone.com/api/directory", GUIDE_URL, NULL },
			{ "Authentication", GUIDE_TEXT, "Basic" },
			{ "Client ID", GUIDE_ACCOUNT, NULL },
			{ "API key or client secret", GUIDE_TOKEN, NULL },
		},
		.after = {
			"Save the settings and let the program send the users and groups once.",
		},
		.notes = {
			"Who is created joins the group <b>Users</b>, as in PingOne.",
			"Passwords are not kept here, and nobody signs in here: requests for that are"
			" answered 501.",
		} },
	{ "jumpcloud", "JumpCloud",
		.before = {
			"In the <b>JumpCloud Admin Portal</b> open <b>SSO Applications</b> and the app of this"
			" product. There is none yet? <b>Add New Application</b>, <b>Custom Application</b>,"
			" with <b>Export users to this app (Identity Management)</b>.",
			"Open the tab <b>Identity Management</b> and press <b>Configure</b>.",
		},
		.fields = {
			{ "API Type", GUIDE_TEXT, "SCIM API" },
			{ "SCIM Version", GUIDE_TEXT, "SCIM 2.0" },
			{ "Base URL", GUIDE_URL, NULL },
			{ "Token Key", GUIDE_TOKEN, NULL },
			{ "Test User Email", GUIDE_TEXT, "an address of your domain that nobody uses" },
		},
		.after = {
			"Press <b>Test Connection</b>.",
			"Switch on <b>Enable management of User Groups and Group Membership in this"
			" application</b> if groups shall be sent, and press <b>Activate</b>.",
			"On the tab <b>User Groups</b> choose who is provisioned, and press <b>Save</b>.",
		},
		.notes = {
			"The activation makes a test user and a test group and removes them again: you see"
			" both in the panel on this page.",
		} },
	{ "google", "Google Workspace",
		.before = {
			"In the <b>Google Admin console</b> open <b>Apps</b>, <b>Web and mobile apps</b>, and"
			" the app of this product.",
			"Open <b>Autoprovisioning</b> and press <b>Configure autoprovisioning</b>.",
		},
		.fields = {
			{ "Access token", GUIDE_TOKEN, NULL },
			{ "Endpoint URL", GUIDE_URL, NULL },
		},
		.after = {
			"Check the attribute mapping: <b>userName</b> is the primary e-mail address.",
			"Choose the groups whose members are sent, and what happens to those who leave, and"
			" press <b>Finish</b>.",
			"Switch <b>Autoprovisioning</b> on.",
		},
		.notes = {
			"Google offers autoprovisioning only for apps of its catalogue, not for custom SAML"
			" apps. If the section is missing, ask the people who sent you the link.",
			"People are sent, groups are not.",
		} },
	{ "rippling", "Rippling",
		.before = {
			"In <b>Rippling</b> open <b>IT</b>, <b>Third-Party Access</b>, press <b>Add"
			" Integration</b> and choose <b>Create New Custom Integration</b>.",
			"Name it, check <b>User Management via SCIM</b> and press <b>Continue</b>.",
		},
		.fields = {
			{ "SCIM Version", GUIDE_TEXT, "2.0" },
			{ "SCIM Base URL", GUIDE_URL, NULL },
			{ "SCIM Authorization Method", GUIDE_TEXT, "Bearer Token" },
			{ "Supported features", GUIDE_TEXT,
				"groups, pagination, create and delete groups, PATCH for groups" },
			{ "Supported SCIM Attributes", GUIDE_TEXT,
				"externalId, emails.primary, name.givenName, name.familyName" },
			{ "Bearer Token (asked for at the installation)", GUIDE_TOKEN, NULL },
		},
		.after = {
			"Press <b>Install now</b>, paste the token and set the access rules.",
			"Under <b>Attribute Mappings</b> choose <b>On user creation and updates</b> for all.",
		},
		.notes = {
			"Rippling follows hire and termination dates: a new hire may be sent only on the first"
			" day.",
		} },
	{ "keycloak", "Keycloak",
		.before = {
			"Keycloak sends SCIM by a plugin, for instance <b>keycloak-scim</b> of mitodl or"
			" libre.sh. Put it in <code>providers/</code> and restart Keycloak.",
			"In the <b>Admin Console</b> open <b>Realm settings</b>, <b>Events</b>, <b>Event"
			" listeners</b>, add <code>scim</code> and press <b>Save</b>.",
			"Open <b>User federation</b> and press <b>Add Scim providers</b>.",
		},
		.fields = {
			{ "SCIM 2.0 endpoint", GUIDE_URL, NULL },
			{ "Endpoint content type", GUIDE_TEXT, "application/scim+json" },
			{ "Auth mode", GUIDE_TEXT, "BEARER" },
			{ "Auth password/token", GUIDE_TOKEN, NULL },
			{ "Enable user propagation", GUIDE_TEXT, "On" },
			{ "Enable group propagation", GUIDE_TEXT, "On" },
		},
		.after = {
			"Press <b>Save</b>.",
			"Under <b>Action</b> choose <b>Sync all users</b>.",
		},
		.notes = {
			"Changes are sent at once. One that failed is not repeated by itself: run <b>Sync all"
			" users</b> again.",
		} },
	{ "authentik", "authentik",
		.before = {
			"In the <b>authentik Admin interface</b> open <b>Applications</b>, <b>Providers</b>,"
			" press <b>Create</b> and choose <b>SCIM Provider</b>.",
		},
		.fields = {
			{ "URL", GUIDE_URL, NULL },
			{ "Token", GUIDE_TOKEN, NULL },
			{ "Verify SCIM server's certificates", GUIDE_TEXT, "On" },
		},
		.after = {
			"Keep the property mappings and press <b>Finish</b>.",
			"Open the application of this product, press <b>Edit</b>, add the new provider under"
			" <b>Backchannel providers</b> and press <b>Update</b>.",
			"On the provider's page press <b>Run sync again</b>.",
		},
		.notes = {
			"Everybody with access to the application is sent; a group chosen under <b>User"
			" filtering</b> narrows that.",
		} },
	{ "other", "Another provider",
		.before = {
			"Open the settings for <b>SCIM 2.0</b> or <b>automatic provisioning</b> of the app in"
			" your identity provider.",
		},
		.fields = {
			{ "Base URL, endpoint or tenant URL", GUIDE_URL, NULL },
			{ "Authentication", GUIDE_TEXT, "Bearer token, in the header Authorization" },
			{ "Token, API key or secret", GUIDE_TOKEN, NULL },
			{ "Unique identifier", GUIDE_TEXT, "userName" },
		},
		.after = {
			"Test the connection, if there is a button for that, and save.",
			"Assign people and groups, and switch provisioning on.",
		},
		.notes = {
			"SCIM 2.0 (RFC 7643 and 7644) is spoken in full: filters, PATCH, Bulk, discovery.",
			"A provider that speaks SCIM 1.1 alone finds what it needs in step 2, below the token.",
		} },
};
/* clang-format on */
const size_t guide_count = sizeof(guides) / sizeof(*guides);

const struct guide *guide_find(const char *slug)
{
	size_t i;

	for (i = 0; slug && i < guide_count; i++)
		if (strcmp(guides[i].slug, slug) == 0)
			return &guides[i];
	return NULL;
}
