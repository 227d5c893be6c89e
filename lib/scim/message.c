/* SPDX-License-Identifier: MIT */
/* What messages have in common, and the frames around answers. Knows no resource and no HTTP. */
#include "scim/message.h"

#include <inttypes.h>

#include "base/json.h"
#include "base/text.h"
#include "scim/quirk.h"
#include "scim/resource.h"

static bool names(struct json_object *list, const char *message)
{
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *urn = json_object_array_get_idx(list, i);
		if (json_object_is_type(urn, json_type_string) &&
			text_ieq(json_object_get_string(urn), message))
			return true;
	}
	return false;
}

/* QUIRK(authentik): no schemas at all. */
enum scim_err message_check(struct ctx *cx, struct json_object *body, const char *urn)
{
	bool found = false;
	struct json_object *list = json_iget(body, "schemas", &found);
	if (value_unassigned(list)) {
		if (quirk_allowed(cx, QUIRK_NO_SCHEMAS))
			return SCIM_OK;
		return ctx_fail(cx, SCIM_INVALID_SYNTAX, "schemas is required");
	}
	if (json_object_is_type(list, json_type_string) && quirk_allowed(cx, QUIRK_SINGLE_VALUE))
		return SCIM_OK;
	if (!json_object_is_type(list, json_type_array))
		return ctx_fail(cx, SCIM_INVALID_SYNTAX, "schemas must be an array of strings");
	if (!names(list, urn) && !quirk_allowed(cx, QUIRK_FOREIGN_SCHEMA))
		return ctx_fail(cx, SCIM_INVALID_SYNTAX, "schemas must name %s", urn);
	return SCIM_OK;
}

/* 7644 3.12: status is a string. */
void message_error(struct buf *buf, enum scim_err e, const char *detail)
{
	const struct err_row *row = err_row(e);
	buf_printf(buf, "{\"schemas\":[\"%s\"],\"status\":\"%d\"", URN_MESSAGE_ERROR, row->status);
	if (row->scim_type) {
		buf_puts(buf, ",\"scimType\":");
		buf_jsons(buf, row->scim_type);
	}
	buf_puts(buf, ",\"detail\":");
	buf_jsons(buf, detail ? detail : row->text);
	buf_putc(buf, '}');
}

void message_list_open(struct buf *buf, struct list_frame *frame)
{
	buf_printf(buf, "{\"schemas\":[\"%s\"],\"totalResults\":%" PRId64, URN_MESSAGE_LIST,
		frame->total);
	if (frame->start_index > 0)
		buf_printf(buf, ",\"startIndex\":%" PRId64, frame->start_index);
	buf_printf(buf, ",\"itemsPerPage\":%" PRId64, frame->items);
	if (frame->next_cursor) {
		buf_puts(buf, ",\"nextCursor\":");
		buf_jsons(buf, frame->next_cursor);
	}
	/* present even when empty: authentik and others index it unconditionally */
	buf_puts(buf, ",\"Resources\":[");
}

void message_list_close(struct buf *buf, const struct list_frame *frame)
{
	(void)frame;
	buf_puts(buf, "]}");
}
