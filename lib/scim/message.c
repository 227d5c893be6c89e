/* SPDX-License-Identifier: MIT */
/* The frames around answers: errors and lists. Knows no resource and no HTTP. */
#include "scim/message.h"

#include <inttypes.h>

#include "base/text.h"

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

void message_list_open(struct buf *buf, const struct list_frame *frame)
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

void message_list_close(struct buf *buf)
{
	buf_puts(buf, "]}");
}
