/* SPDX-License-Identifier: MIT */
/* SQL shared by stmt.c and log_list.c: what is shown of a row l of the request log. */
#ifndef STORE_STMT_LOG_H
#define STORE_STMT_LOG_H

#define LOG_COLUMNS \
	"l.id, l.at, l.method, l.url, l.status, l.detail, array_to_string(l.quirks, ' ')," \
	" l.resource_id, l.remote_address, l.user_agent, l.provider, l.client_id, l.duration_us"

#endif
