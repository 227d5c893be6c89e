/* SPDX-License-Identifier: MIT */
/* The description of the API. */
#include "web/handlers.h"
#include "web/openapi.h"

enum {
	DOCUMENT_BYTES = 262144
};

enum scim_err on_openapi(struct call *call)
{
	struct response *rs = call->rs;

	buf_reserve(&rs->body, DOCUMENT_BYTES);
	openapi_print(&rs->body, call->app->base_url);
	rs->lasting = true;
	return SCIM_OK;
}
