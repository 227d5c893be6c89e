/* SPDX-License-Identifier: MIT */
/* Log lines, written by a single write(2) so that those of several workers do not mix. */
#include "base/log.h"

#include <stdarg.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time.h"

enum {
	LINE_BYTES = 1024
};

void log_open(struct buf *line, struct arena *arena, const char *level, const struct uuid *request)
{
	char text[TIME_TEXT];

	time_print(time_now(), text);
	buf_init(line, arena, LINE_BYTES);
	buf_printf(line, "{\"time\":\"%s\",\"level\":\"%s\"", text, level);
	if (request)
		buf_printf(line, ",\"request\":\"%s\"", id_print(arena, ID_REQUEST, request));
}

void log_close(struct buf *line)
{
	ssize_t written;

	buf_puts(line, "}\n");
	written = write(STDERR_FILENO, line->data, line->len);
	(void)written; /* a full disk must not fail a request */
}

void log_line(const char *level, const struct uuid *request, const char *fmt, ...)
{
	struct arena *arena = arena_new();
	char text[LINE_BYTES];
	struct buf line;
	va_list ap;
	size_t len;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	len = strlen(text);
	while (len > 0 && !utf8_valid(text, len))
		len--;
	log_open(&line, arena, level, request);
	buf_puts(&line, ",\"message\":");
	buf_json(&line, text, len);
	log_close(&line);
	arena_free(arena);
}
