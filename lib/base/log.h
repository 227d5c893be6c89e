/* SPDX-License-Identifier: MIT */
/*
 * The program's log: one JSON object a line on standard error, where every web server and systemd
 * collect it. What a client sent is never logged beyond its path. A log that cannot be written
 * fails no request.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/buf.h"
#include "base/id.h"

/* {"time":...,"level":...,"request":...,"message":...}; request may be NULL. */
void log_line(const char *level, const struct uuid *request, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Begin and end a line of other members: log_open puts time, level and request; the caller puts
 * ,"name":value pairs; log_close writes it. */
void log_open(struct buf *line, struct arena *arena, const char *level, const struct uuid *request);
void log_close(struct buf *line);

#endif
