/* SPDX-License-Identifier: MIT */
/* The route table: all of the API on one screen. */
#include "base/text.h"
#include "web/handlers.h"

const char *const http_method_names[HTTP__MAX] = {
	[HTTP_GET] = "GET",
	[HTTP_POST] = "POST",
	[HTTP_PUT] = "PUT",
	[HTTP_PATCH] = "PATCH",
	[HTTP_DELETE] = "DELETE",
};

/* The longest first. */
const struct mount mounts[] = {
	{ "/v1/scim/{directory}", FACE_SCIM, "/v1/scim", 0 },
	{ "/api/directory", FACE_PINGONE, "/v1", 0 },
	{ "/api/oauth", FACE_PINGONE, "/v1", 1 },
	{ "/v1/useractions", FACE_PINGONE, "/v1", 1 },
	{ "/v1/user", FACE_PINGONE, "/v1", 1 },
	{ "/v1/group", FACE_PINGONE, "/v1", 1 },
	{ "/scim/v2", FACE_SCIM, "/scim/v2", 0 },
	{ "/scim/v1", FACE_SCIM1, "/scim/v1", 0 },
	{ "/v1/oauth", FACE_OAUTH, "", 0 },
	{ "/setup", FACE_SETUP, "", 0 },
	{ "/console", FACE_CONSOLE, "", 0 },
	{ "", FACE_MANAGEMENT, "", 0 },
};
const size_t mount_count = sizeof(mounts) / sizeof(*mounts);

#define DISCOVERY (ROUTE_PUBLIC | ROUTE_KNOWN)
#define REDEEM (ROUTE_PUBLIC | ROUTE_WRITES)

/* Of the SCIM faces: a resource type, and what RFC 7644 or the draft calls it. Of the management API: a scope. */
#define SCIM(method, path, handler, kind, flags, section) \
	{ \
		FACE_SCIM, HTTP_##method, path, handler, kind, flags, SCOPE_NONE, section \
	}
#define SCIM1(method, path, handler, kind, flags, section) \
	{ \
		FACE_SCIM1, HTTP_##method, path, handler, kind, flags, SCOPE_NONE, section \
	}
#define PING(method, path, handler, kind, flags) \
	{ \
		FACE_PINGONE, HTTP_##method, path, handler, kind, flags, SCOPE_NONE, "" \
	}
#define API(method, path, handler, flags, scope) \
	{ \
		FACE_MANAGEMENT, HTTP_##method, path, handler, KIND__MAX, flags, scope, "" \
	}
/* Of OAuth: its clients show credentials of their own. */
#define OAUTH(method, path, handler, section) \
	{ \
		FACE_OAUTH, HTTP_##method, path, handler, KIND__MAX, ROUTE_PUBLIC | ROUTE_BODY, \
			SCOPE_NONE, section \
	}
/* Of the pages. */
#define PAGE(face, method, path, handler, flags, scope) \
	{ \
		FACE_##face, HTTP_##method, path, handler, KIND__MAX, flags, scope, "" \
	}

/* clang-format off */
const struct route routes[] = {
	SCIM(GET,    "/Users",                  on_list,           KIND_USER,  0,            "7644 3.4.2"),
	SCIM(POST,   "/Users",                  on_write,          KIND_USER,  ROUTE_WRITES, "7644 3.3"),
	SCIM(POST,   "/Users/.search",          on_search,         KIND_USER,  ROUTE_BODY,   "7644 3.4.3"),
	SCIM(GET,    "/Users/{id}",             on_get,            KIND_USER,  0,            "7644 3.4.1"),
	SCIM(PUT,    "/Users/{id}",             on_write,          KIND_USER,  ROUTE_WRITES, "7644 3.5.1"),
	SCIM(PATCH,  "/Users/{id}",             on_write,          KIND_USER,  ROUTE_WRITES, "7644 3.5.2"),
	SCIM(DELETE, "/Users/{id}",             on_write,          KIND_USER,  ROUTE_WRITES, "7644 3.6"),
	SCIM(GET,    "/Groups",                 on_list,           KIND_GROUP, 0,            "7644 3.4.2"),
	SCIM(POST,   "/Groups",                 on_write,          KIND_GROUP, ROUTE_WRITES, "7644 3.3"),
	SCIM(POST,   "/Groups/.search",         on_search,         KIND_GROUP, ROUTE_BODY,   "7644 3.4.3"),
	SCIM(GET,    "/Groups/{id}",            on_get,            KIND_GROUP, 0,            "7644 3.4.1"),
	SCIM(PUT,    "/Groups/{id}",            on_write,          KIND_GROUP, ROUTE_WRITES, "7644 3.5.1"),
	SCIM(PATCH,  "/Groups/{id}",            on_write,          KIND_GROUP, ROUTE_WRITES, "7644 3.5.2"),
	SCIM(DELETE, "/Groups/{id}",            on_write,          KIND_GROUP, ROUTE_WRITES, "7644 3.6"),
	SCIM(GET,    "",                        on_list,           KIND__MAX,  0,            "7644 3.4.2.1"),
	SCIM(POST,   "/.search",                on_search,         KIND__MAX,  ROUTE_BODY,   "7644 3.4.3"),
	SCIM(POST,   "/Bulk",                   on_bulk,           KIND__MAX,  ROUTE_WRITES, "7644 3.7"),
	SCIM(GET,    "/Me",                     on_me,             KIND__MAX,  0,            "7644 3.11"),
	SCIM(GET,    "/ServiceProviderConfig",  on_config,         KIND__MAX,  ROUTE_PUBLIC, "7644 4"),
	SCIM(GET,    "/ResourceTypes",          on_resource_types, KIND__MAX,  DISCOVERY,    "7644 4"),
	SCIM(GET,    "/ResourceTypes/{id}",     on_resource_type,  KIND__MAX,  DISCOVERY,    "7644 4"),
	SCIM(GET,    "/Schemas",                on_schemas,        KIND__MAX,  DISCOVERY,    "7644 4"),
	SCIM(GET,    "/Schemas/{id}",           on_schema,         KIND__MAX,  DISCOVERY,    "7644 4"),

	SCIM1(GET,    "/Users",                  on_list,           KIND_USER,  0,            "1.1 3.2.2"),
	SCIM1(POST,   "/Users",                  on_write,          KIND_USER,  ROUTE_WRITES, "1.1 3.1"),
	SCIM1(GET,    "/Users/{id}",             on_get,            KIND_USER,  0,            "1.1 3.2.1"),
	SCIM1(PUT,    "/Users/{id}",             on_write,          KIND_USER,  ROUTE_WRITES, "1.1 3.3.1"),
	SCIM1(PATCH,  "/Users/{id}",             on_write,          KIND_USER,  ROUTE_WRITES, "1.1 3.3.2"),
	SCIM1(DELETE, "/Users/{id}",             on_write,          KIND_USER,  ROUTE_WRITES, "1.1 3.4"),
	SCIM1(GET,    "/Groups",                 on_list,           KIND_GROUP, 0,            "1.1 3.2.2"),
	SCIM1(POST,   "/Groups",                 on_write,          KIND_GROUP, ROUTE_WRITES, "1.1 3.1"),
	SCIM1(GET,    "/Groups/{id}",            on_get,            KIND_GROUP, 0,            "1.1 3.2.1"),
	SCIM1(PUT,    "/Groups/{id}",            on_write,          KIND_GROUP, ROUTE_WRITES, "1.1 3.3.1"),
	SCIM1(PATCH,  "/Groups/{id}",            on_write,          KIND_GROUP, ROUTE_WRITES, "1.1 3.3.2"),
	SCIM1(DELETE, "/Groups/{id}",            on_write,          KIND_GROUP, ROUTE_WRITES, "1.1 3.4"),
	SCIM1(GET,    "/ServiceProviderConfigs", on_v1_config,      KIND__MAX,  ROUTE_PUBLIC, "1.1 core 9"),
	SCIM1(GET,    "/Schemas",                on_v1_schemas,     KIND__MAX,  DISCOVERY,    "1.1 core 10"),
	SCIM1(GET,    "/Schemas/{id}",           on_v1_schema,      KIND__MAX,  DISCOVERY,    "1.1 core 10"),

	PING(GET,    "/user",                    on_list,           KIND_USER,  0),
	PING(POST,   "/user",                    on_pingone_create, KIND_USER,  ROUTE_WRITES),
	PING(GET,    "/user/{id}",               on_get,            KIND_USER,  0),
	PING(PUT,    "/user/{id}",               on_write,          KIND_USER,  ROUTE_WRITES),
	PING(PATCH,  "/user/{id}",               on_write,          KIND_USER,  ROUTE_WRITES),
	PING(DELETE, "/user/{id}",               on_write,          KIND_USER,  ROUTE_WRITES),
	PING(GET,    "/group",                   on_list,           KIND_GROUP, 0),
	PING(POST,   "/group",                   on_write,          KIND_GROUP, ROUTE_WRITES),
	PING(GET,    "/group/{id}",              on_get,            KIND_GROUP, 0),
	PING(PUT,    "/group/{id}",              on_write,          KIND_GROUP, ROUTE_WRITES),
	PING(PATCH,  "/group/{id}",              on_write,          KIND_GROUP, ROUTE_WRITES),
	PING(DELETE, "/group/{id}",              on_write,          KIND_GROUP, ROUTE_WRITES),
	PING(GET,    "/group/{id}/users/count",  on_pingone_count,  KIND_GROUP, 0),
	PING(GET,    "/ServiceProviderConfigs",  on_v1_config,      KIND__MAX,  ROUTE_PUBLIC),
	PING(GET,    "/Schemas",                 on_v1_schemas,     KIND__MAX,  DISCOVERY),
	PING(GET,    "/Schemas/{id}",            on_v1_schema,      KIND__MAX,  DISCOVERY),
	PING(POST,   "/users/authenticate",      on_pingone_login,  KIND__MAX,  0),
	PING(POST,   "/users/password-reset",    on_pingone_login,  KIND__MAX,  0),
	PING(POST,   "/users/password-lost",     on_pingone_login,  KIND__MAX,  0),
	PING(POST,   "/oauth/token",             on_pingone_login,  KIND__MAX,  0),
	PING(POST,   "/useractions/invite",      on_pingone_invite, KIND__MAX,  0),
	PING(GET,    "/userregistration/preferences", on_pingone_invite, KIND__MAX, 0),
	PING(PATCH,  "/userregistration/preferences", on_pingone_invite, KIND__MAX, 0),
	PING(GET,    "/userregistration/preferences/{type}", on_pingone_invite, KIND__MAX, 0),
	PING(PATCH,  "/userregistration/preferences/{type}", on_pingone_invite, KIND__MAX, 0),

	API(GET,    "/v1/organizations",          on_organization_list,    0,            SCOPE_MANAGE),
	API(POST,   "/v1/organizations",          on_organization_create,  ROUTE_WRITES, SCOPE_MANAGE),
	API(GET,    "/v1/organizations/{id}",     on_organization_get,     0,            SCOPE_MANAGE),
	API(PATCH,  "/v1/organizations/{id}",     on_organization_update,  ROUTE_WRITES, SCOPE_MANAGE),
	API(DELETE, "/v1/organizations/{id}",     on_organization_delete,  ROUTE_WRITES, SCOPE_MANAGE),
	API(GET,    "/v1/scim-directories",       on_directory_list,       0,            SCOPE_MANAGE),
	API(POST,   "/v1/scim-directories",       on_directory_create,     ROUTE_WRITES, SCOPE_MANAGE),
	API(GET,    "/v1/scim-directories/{id}",  on_directory_get,        0,            SCOPE_MANAGE),
	API(PATCH,  "/v1/scim-directories/{id}",  on_directory_update,     ROUTE_WRITES, SCOPE_MANAGE),
	API(DELETE, "/v1/scim-directories/{id}",  on_directory_delete,     ROUTE_WRITES, SCOPE_MANAGE),
	API(POST,   "/v1/scim-directories/{id}/rotate-bearer-token",
	                                          on_token_rotate,         ROUTE_WRITES, SCOPE_MANAGE),
	API(GET,    "/v1/scim-directories/{id}/schemas",
	                                          on_schema_list,          0,            SCOPE_MANAGE),
	API(POST,   "/v1/scim-directories/{id}/schemas",
	                                          on_schema_create,        ROUTE_WRITES, SCOPE_MANAGE),
	API(GET,    "/v1/scim-directories/{id}/schemas/{urn}",
	                                          on_schema_get,           0,            SCOPE_MANAGE),
	API(PUT,    "/v1/scim-directories/{id}/schemas/{urn}",
	                                          on_schema_replace,       ROUTE_WRITES, SCOPE_MANAGE),
	API(DELETE, "/v1/scim-directories/{id}/schemas/{urn}",
	                                          on_schema_delete,        ROUTE_WRITES, SCOPE_MANAGE),
	API(GET,    "/v1/events",                 on_event_list,           0,            SCOPE_EVENTS),
	API(GET,    "/v1/scim-directories/{id}/authentication-failures",
	                                          on_failures,             0,            SCOPE_LOGS),
	API(GET,    "/v1/scim-requests",          on_request_list,         0,            SCOPE_LOGS),
	API(GET,    "/v1/scim-requests/{id}",     on_request_get,          0,            SCOPE_LOGS),
	API(GET,    "/v1/scim/users",             on_users_read,           0,            SCOPE_READ),
	API(GET,    "/v1/scim/users/{id}",        on_user_read,            0,            SCOPE_READ),
	API(GET,    "/v1/scim/users/{id}/groups", on_user_groups_read,     0,            SCOPE_READ),
	API(GET,    "/v1/scim/groups",            on_groups_read,          0,            SCOPE_READ),
	API(GET,    "/v1/scim/groups/{id}",       on_group_read,           0,            SCOPE_READ),
	API(GET,    "/v1/scim/groups/{id}/members",
	                                          on_group_members_read,   0,            SCOPE_READ),
	API(GET,    "/v1/scim-directories/{id}/oauth-clients",
	                                          on_client_list,          0,            SCOPE_MANAGE),
	API(POST,   "/v1/scim-directories/{id}/oauth-clients",
	                                          on_client_create,        ROUTE_WRITES, SCOPE_MANAGE),
	API(DELETE, "/v1/scim-directories/{id}/oauth-clients/{clientId}",
	                                          on_client_delete,        ROUTE_WRITES, SCOPE_MANAGE),
	API(GET,    "/v1/api-keys",               on_key_list,             0,            SCOPE_MANAGE),
	API(POST,   "/v1/api-keys",               on_key_create,           ROUTE_WRITES, SCOPE_MANAGE),
	API(GET,    "/v1/api-keys/{id}",          on_key_get,              0,            SCOPE_MANAGE),
	API(DELETE, "/v1/api-keys/{id}",          on_key_delete,           ROUTE_WRITES, SCOPE_MANAGE),
	API(GET,    "/v1/environment",            on_environment_get,      0,            SCOPE_MANAGE),
	API(PATCH,  "/v1/environment",            on_environment_update,   ROUTE_WRITES, SCOPE_MANAGE),
	API(GET,    "/v1/audit-log",              on_audit_list,           0,            SCOPE_MANAGE),
	OAUTH(POST, "/token",                     on_token,                "6749 4.4"),
	API(POST,   "/v1/setup-urls",             on_setup_url_create,     ROUTE_WRITES, SCOPE_MANAGE),
	API(GET,    "/v1/webhook-endpoints",      on_webhook_list,         0,            SCOPE_MANAGE),
	API(POST,   "/v1/webhook-endpoints",      on_webhook_create,       ROUTE_WRITES, SCOPE_MANAGE),
	API(GET,    "/v1/webhook-endpoints/{id}", on_webhook_get,          0,            SCOPE_MANAGE),
	API(PATCH,  "/v1/webhook-endpoints/{id}", on_webhook_update,       ROUTE_WRITES, SCOPE_MANAGE),
	API(DELETE, "/v1/webhook-endpoints/{id}", on_webhook_delete,       ROUTE_WRITES, SCOPE_MANAGE),
	API(POST,   "/v1/webhook-endpoints/{id}/rotate-secret",
	                                          on_webhook_rotate,       ROUTE_WRITES, SCOPE_MANAGE),
	API(POST,   "/v1/webhook-endpoints/{id}/replay",
	                                          on_webhook_replay,       ROUTE_WRITES, SCOPE_MANAGE),
	API(GET,    "/v1/webhook-endpoints/{id}/deliveries",
	                                          on_delivery_list,        0,            SCOPE_MANAGE),
	API(GET,    "/assets/{name}",             on_asset,                ROUTE_PUBLIC, SCOPE_NONE),
	API(GET,    "/v1/openapi.json",           on_openapi,              ROUTE_PUBLIC, SCOPE_NONE),
	API(GET,    "/healthz/live",              on_live,                 ROUTE_PUBLIC, SCOPE_NONE),
	API(GET,    "/healthz/ready",             on_ready,                ROUTE_PUBLIC, SCOPE_NONE),

	PAGE(SETUP, GET,  "",                           on_setup_link,             ROUTE_PUBLIC, SCOPE_NONE),
	PAGE(SETUP, POST, "",                           on_setup_redeem,           REDEEM,       SCOPE_NONE),
	PAGE(SETUP, POST, "/sign-out",                  on_setup_sign_out,         ROUTE_WRITES, SCOPE_NONE),
	PAGE(SETUP, GET,  "/directory",                 on_setup_choice,           0,            SCOPE_NONE),
	PAGE(SETUP, POST, "/directories",               on_setup_directory_create, ROUTE_WRITES, SCOPE_NONE),
	PAGE(SETUP, GET,  "/directories/{id}",          on_setup_directory,        0,            SCOPE_NONE),
	PAGE(SETUP, GET,  "/directories/{id}/activity", on_setup_activity,         0,            SCOPE_NONE),
	PAGE(SETUP, POST, "/directories/{id}/token",    on_setup_token,            ROUTE_WRITES, SCOPE_NONE),

	PAGE(CONSOLE, GET,  "/sign-in",           on_console_sign_in_form, ROUTE_PUBLIC, SCOPE_NONE),
	PAGE(CONSOLE, POST, "/sign-in",           on_console_sign_in,      ROUTE_PUBLIC | ROUTE_WRITES, SCOPE_NONE),
	PAGE(CONSOLE, POST, "/sign-out",          on_console_sign_out,     ROUTE_WRITES, SCOPE_NONE),
	PAGE(CONSOLE, GET,  "",                   on_console,              0,            SCOPE_NONE),
	PAGE(CONSOLE, GET,  "/search",            on_console_search,       0,            SCOPE_NONE),
	PAGE(CONSOLE, GET,  "/organizations",     on_console_organizations, 0,           SCOPE_MANAGE),
	PAGE(CONSOLE, GET,  "/organizations/{id}", on_console_organization, 0,           SCOPE_MANAGE),
	PAGE(CONSOLE, POST, "/organizations/{id}/setup-link",
	                                          on_console_setup_link,   ROUTE_WRITES, SCOPE_MANAGE),
	PAGE(CONSOLE, GET,  "/directories/{id}",  on_console_directory,    0,            SCOPE_MANAGE),
	PAGE(CONSOLE, POST, "/directories/{id}/settings",
	                                          on_console_directory_settings, ROUTE_WRITES, SCOPE_MANAGE),
	PAGE(CONSOLE, POST, "/directories/{id}/rotate",
	                                          on_console_directory_rotate, ROUTE_WRITES, SCOPE_MANAGE),
	PAGE(CONSOLE, GET,  "/directories/{id}/users",
	                                          on_console_users,        0,            SCOPE_READ),
	PAGE(CONSOLE, GET,  "/directories/{id}/users/{user}",
	                                          on_console_user,         0,            SCOPE_READ),
	PAGE(CONSOLE, GET,  "/directories/{id}/groups",
	                                          on_console_groups,       0,            SCOPE_READ),
	PAGE(CONSOLE, GET,  "/directories/{id}/groups/{group}",
	                                          on_console_group,        0,            SCOPE_READ),
	PAGE(CONSOLE, GET,  "/directories/{id}/requests",
	                                          on_console_requests,     0,            SCOPE_LOGS),
	PAGE(CONSOLE, GET,  "/directories/{id}/requests/{request}",
	                                          on_console_request,      0,            SCOPE_LOGS),
	PAGE(CONSOLE, GET,  "/events",            on_console_events,       0,            SCOPE_EVENTS),
	PAGE(CONSOLE, GET,  "/webhooks",          on_console_webhooks,     0,            SCOPE_MANAGE),
	PAGE(CONSOLE, GET,  "/webhooks/{id}",     on_console_webhook,      0,            SCOPE_MANAGE),
	PAGE(CONSOLE, POST, "/webhooks/{id}/enable",
	                                          on_console_webhook_enable, ROUTE_WRITES, SCOPE_MANAGE),
	PAGE(CONSOLE, POST, "/webhooks/{id}/disable",
	                                          on_console_webhook_disable, ROUTE_WRITES, SCOPE_MANAGE),
	PAGE(CONSOLE, POST, "/webhooks/{id}/replay",
	                                          on_console_webhook_replay, ROUTE_WRITES, SCOPE_MANAGE),
	PAGE(CONSOLE, GET,  "/keys",              on_console_keys,         0,            SCOPE_MANAGE),
	PAGE(CONSOLE, POST, "/keys",              on_console_key_create,   ROUTE_WRITES, SCOPE_MANAGE),
	PAGE(CONSOLE, POST, "/keys/{id}/revoke",  on_console_key_revoke,   ROUTE_WRITES, SCOPE_MANAGE),
	PAGE(CONSOLE, GET,  "/audit",             on_console_audit,        0,            SCOPE_MANAGE),
};
/* clang-format on */
const size_t route_count = sizeof(routes) / sizeof(*routes);
