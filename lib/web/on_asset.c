/* SPDX-License-Identifier: MIT */
/* Styles and scripts of the pages. */
#include "base/text.h"
#include "web/asset.h"
#include "web/handlers.h"

enum scim_err on_asset(struct call *call)
{
	size_t i;

	for (i = 0; i < asset_count; i++) {
		if (strcmp(assets[i].name, call->capture) != 0)
			continue;
		call->rs->content_type = assets[i].content_type;
		call->rs->lasting = true;
		buf_put(&call->rs->body, assets[i].data, (size_t)(assets[i].end - assets[i].data));
		return SCIM_OK;
	}
	return ctx_fail(call->cx, SCIM_NOT_FOUND, NULL);
}
