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
	{ "/v1/scim/{directory}", FACE_SCIM },
	{ "/scim/v2", FACE_SCIM },
	{ "", FACE_MANAGEMENT },
};
const size_t mount_count = sizeof(mounts) / sizeof(*mounts);

#define DISCOVERY (ROUTE_PUBLIC | ROUTE_KNOWN)

/* clang-format off */
const struct route routes[] = {
	{ FACE_SCIM, HTTP_GET,    "/Users",                 on_list,           KIND_USER,  0,            "7644 3.4.2" },
	{ FACE_SCIM, HTTP_POST,   "/Users",                 on_write,          KIND_USER,  ROUTE_WRITES, "7644 3.3" },
	{ FACE_SCIM, HTTP_POST,   "/Users/.search",         on_search,         KIND_USER,  ROUTE_BODY,   "7644 3.4.3" },
	{ FACE_SCIM, HTTP_GET,    "/Users/{id}",            on_get,            KIND_USER,  0,            "7644 3.4.1" },
	{ FACE_SCIM, HTTP_PUT,    "/Users/{id}",            on_write,          KIND_USER,  ROUTE_WRITES, "7644 3.5.1" },
	{ FACE_SCIM, HTTP_PATCH,  "/Users/{id}",            on_write,          KIND_USER,  ROUTE_WRITES, "7644 3.5.2" },
	{ FACE_SCIM, HTTP_DELETE, "/Users/{id}",            on_write,          KIND_USER,  ROUTE_WRITES, "7644 3.6" },
	{ FACE_SCIM, HTTP_GET,    "/Groups",                on_list,           KIND_GROUP, 0,            "7644 3.4.2" },
	{ FACE_SCIM, HTTP_POST,   "/Groups",                on_write,          KIND_GROUP, ROUTE_WRITES, "7644 3.3" },
	{ FACE_SCIM, HTTP_POST,   "/Groups/.search",        on_search,         KIND_GROUP, ROUTE_BODY,   "7644 3.4.3" },
	{ FACE_SCIM, HTTP_GET,    "/Groups/{id}",           on_get,            KIND_GROUP, 0,            "7644 3.4.1" },
	{ FACE_SCIM, HTTP_PUT,    "/Groups/{id}",           on_write,          KIND_GROUP, ROUTE_WRITES, "7644 3.5.1" },
	{ FACE_SCIM, HTTP_PATCH,  "/Groups/{id}",           on_write,          KIND_GROUP, ROUTE_WRITES, "7644 3.5.2" },
	{ FACE_SCIM, HTTP_DELETE, "/Groups/{id}",           on_write,          KIND_GROUP, ROUTE_WRITES, "7644 3.6" },
	{ FACE_SCIM, HTTP_GET,    "",                       on_list,           KIND__MAX,  0,            "7644 3.4.2.1" },
	{ FACE_SCIM, HTTP_POST,   "/.search",               on_search,         KIND__MAX,  ROUTE_BODY,   "7644 3.4.3" },
	{ FACE_SCIM, HTTP_POST,   "/Bulk",                  on_bulk,           KIND__MAX,  ROUTE_WRITES, "7644 3.7" },
	{ FACE_SCIM, HTTP_GET,    "/Me",                    on_me,             KIND__MAX,  0,            "7644 3.11" },
	{ FACE_SCIM, HTTP_GET,    "/ServiceProviderConfig", on_config,         KIND__MAX,  ROUTE_PUBLIC, "7644 4" },
	{ FACE_SCIM, HTTP_GET,    "/ResourceTypes",         on_resource_types, KIND__MAX,  DISCOVERY,    "7644 4" },
	{ FACE_SCIM, HTTP_GET,    "/ResourceTypes/{id}",    on_resource_type,  KIND__MAX,  DISCOVERY,    "7644 4" },
	{ FACE_SCIM, HTTP_GET,    "/Schemas",               on_schemas,        KIND__MAX,  DISCOVERY,    "7644 4" },
	{ FACE_SCIM, HTTP_GET,    "/Schemas/{id}",          on_schema,         KIND__MAX,  DISCOVERY,    "7644 4" },

	{ FACE_MANAGEMENT, HTTP_GET,    "/v1/organizations",         on_organization_list,   KIND__MAX, 0,            "" },
	{ FACE_MANAGEMENT, HTTP_POST,   "/v1/organizations",         on_organization_create, KIND__MAX, ROUTE_WRITES, "" },
	{ FACE_MANAGEMENT, HTTP_GET,    "/v1/organizations/{id}",    on_organization_get,    KIND__MAX, 0,            "" },
	{ FACE_MANAGEMENT, HTTP_PATCH,  "/v1/organizations/{id}",    on_organization_update, KIND__MAX, ROUTE_WRITES, "" },
	{ FACE_MANAGEMENT, HTTP_DELETE, "/v1/organizations/{id}",    on_organization_delete, KIND__MAX, ROUTE_WRITES, "" },
	{ FACE_MANAGEMENT, HTTP_GET,    "/v1/scim-directories",      on_directory_list,      KIND__MAX, 0,            "" },
	{ FACE_MANAGEMENT, HTTP_POST,   "/v1/scim-directories",      on_directory_create,    KIND__MAX, ROUTE_WRITES, "" },
	{ FACE_MANAGEMENT, HTTP_GET,    "/v1/scim-directories/{id}", on_directory_get,       KIND__MAX, 0,            "" },
	{ FACE_MANAGEMENT, HTTP_PATCH,  "/v1/scim-directories/{id}", on_directory_update,    KIND__MAX, ROUTE_WRITES, "" },
	{ FACE_MANAGEMENT, HTTP_DELETE, "/v1/scim-directories/{id}", on_directory_delete,    KIND__MAX, ROUTE_WRITES, "" },
	{ FACE_MANAGEMENT, HTTP_POST,   "/v1/scim-directories/{id}/rotate-bearer-token",
	                                                             on_token_rotate,        KIND__MAX, ROUTE_WRITES, "" },
	{ FACE_MANAGEMENT, HTTP_GET,    "/v1/scim-directories/{id}/schemas",
	                                                             on_schema_list,         KIND__MAX, 0,            "" },
	{ FACE_MANAGEMENT, HTTP_POST,   "/v1/scim-directories/{id}/schemas",
	                                                             on_schema_create,       KIND__MAX, ROUTE_WRITES, "" },
	{ FACE_MANAGEMENT, HTTP_GET,    "/v1/scim-directories/{id}/schemas/{urn}",
	                                                             on_schema_get,          KIND__MAX, 0,            "" },
	{ FACE_MANAGEMENT, HTTP_PUT,    "/v1/scim-directories/{id}/schemas/{urn}",
	                                                             on_schema_replace,      KIND__MAX, ROUTE_WRITES, "" },
	{ FACE_MANAGEMENT, HTTP_DELETE, "/v1/scim-directories/{id}/schemas/{urn}",
	                                                             on_schema_delete,       KIND__MAX, ROUTE_WRITES, "" },
	{ FACE_MANAGEMENT, HTTP_GET,    "/healthz/live",             on_live,                KIND__MAX, ROUTE_PUBLIC, "" },
	{ FACE_MANAGEMENT, HTTP_GET,    "/healthz/ready",            on_ready,               KIND__MAX, ROUTE_PUBLIC, "" },
};
/* clang-format on */
const size_t route_count = sizeof(routes) / sizeof(*routes);
