/* SPDX-License-Identifier: MIT */
/* Filters as S-expressions. Nothing parses these: they are how tests see a tree. */
#include "base/text.h"
#include "scim/filter.h"

static void print_path(struct buf *buf, const struct path *path)
{
	if (path->extension) {
		buf_puts(buf, path->extension->urn);
		buf_putc(buf, ':');
	}
	buf_puts(buf, path->attr->name);
	if (path->sub) {
		buf_putc(buf, '.');
		buf_puts(buf, path->sub->name);
	}
}

static void print_value(struct buf *buf, const struct filter_value *value)
{
	switch (value->type) {
	case V_NONE:
		return;
	case V_NULL:
		buf_puts(buf, " null");
		return;
	case V_STRING:
		buf_putc(buf, ' ');
		buf_json(buf, value->text, value->len);
		return;
	case V_NUMBER:
		buf_putc(buf, ' ');
		buf_put(buf, value->text, value->len);
		return;
	case V_BOOLEAN:
		buf_puts(buf, value->boolean ? " true" : " false");
		return;
	}
}

void filter_print(struct buf *buf, const struct filter *tree)
{
	buf_putc(buf, '(');
	buf_puts(buf, filter_op_names[tree->op]);
	if (tree->path.attr) {
		buf_putc(buf, ' ');
		print_path(buf, &tree->path);
	}
	print_value(buf, &tree->value);
	if (tree->left) {
		buf_putc(buf, ' ');
		filter_print(buf, tree->left);
	}
	if (tree->right) {
		buf_putc(buf, ' ');
		filter_print(buf, tree->right);
	}
	buf_putc(buf, ')');
}
