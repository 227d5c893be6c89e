/* SPDX-License-Identifier: MIT */
/* Escaping. Knows no page. */
#include "web/html.h"

#include <stdlib.h>
#include <string.h>

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void html_text(struct buf *buf, const char *s)
{
	size_t len;

	for (s = s ? s : ""; *s; s++) {
		len = strcspn(s, "&<>\"'");
		buf_put(buf, s, len);
		s += len;
		if (!*s)
			return;
		buf_puts(buf, entity(*s));
	}
}

void html_put(struct buf *buf, const char *template, const char *const *values, size_t count)
{
	const char *hole;
	size_t used = 0;

	while ((hole = strstr(template, "{}"))) {
		if (used == count)
			abort();
		buf_put(buf, template, (size_t)(hole - template));
		html_text(buf, values[used++]);
		template = hole + 2;
	}
	buf_puts(buf, template);
	if (used != count)
		abort();
}
