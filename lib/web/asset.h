/* SPDX-License-Identifier: MIT */
/* The files of lib/web/assets, which are part of the program: styles, scripts, pictures. */
#ifndef WEB_ASSET_H
#define WEB_ASSET_H

#include <stddef.h>

struct asset {
	const char *name;
	const char *content_type;
	const char *data, *end;
};

extern const struct asset assets[];
extern const size_t asset_count;

#endif
