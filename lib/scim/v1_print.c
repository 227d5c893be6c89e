/* SPDX-License-Identifier: MIT */
/* Resources and lists as SCIM 1.1 has them. */
#include "scim/v1.h"

void v1_print(struct buf *buf, const struct resource_type *rt, const struct projection *projection,
	const struct origin *origin, const struct stored *stored)
{
	resource_print(buf, rt, projection, origin, stored);
}

void v1_print_pingone(struct buf *buf, const struct resource_type *rt,
	const struct projection *projection, const struct origin *origin,
	const struct stored *stored)
{
	resource_print(buf, rt, projection, origin, stored);
}

void v1_list_open(struct buf *buf, struct list_frame *frame)
{
	message_list_open(buf, frame);
}

void v1_list_close(struct buf *buf, const struct list_frame *frame)
{
	message_list_close(buf, frame);
}

void v1_list_open_pingone(struct buf *buf, struct list_frame *frame)
{
	message_list_open(buf, frame);
}

void v1_list_close_pingone(struct buf *buf, const struct list_frame *frame)
{
	message_list_close(buf, frame);
}

void v1_error(struct buf *buf, enum scim_err e, const char *detail)
{
	const struct err_row *row = err_row(e);
	buf_puts(buf, "{\"Errors\":[{\"description\":");
	buf_jsons(buf, detail ? detail : row->text);
	buf_printf(buf, ",\"code\":\"%d\"}]}", row->status);
}
