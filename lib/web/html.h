/* SPDX-License-Identifier: MIT */
/*
 * HTML whose holes are always escaped: there is no way to put a text into a page unescaped but to
 * write it as a literal.
 */
#ifndef WEB_HTML_H
#define WEB_HTML_H

#include "base/buf.h"

/* Append s, escaped for text and for attribute values in double quotes; NULL is "". */
void html_text(struct buf *buf, const char *s);

/*
 * Append a template; each {} in it is the next of the values, escaped:
 *
 *   html(buf, "<a href=\"{}\">{}</a>", url, name);
 *
 * A template without {} is put with buf_puts. Aborts when the numbers differ.
 */
#define html(buf, template, ...) \
	html_put(buf, template, (const char *const[]){ __VA_ARGS__ }, \
		sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

void html_put(struct buf *buf, const char *template, const char *const *values, size_t count);

#endif
