/* SPDX-License-Identifier: MIT */
/* The assembler takes the files in as they are. */
#include "web/asset.h"

#define EMBED(symbol, file) \
	__asm__(".section .rodata\n" #symbol ":\n.incbin \"lib/web/assets/" file "\"\n" #symbol \
		"_end:\n.byte 0\n.previous\n"); \
	extern const char(symbol)[] __attribute__((visibility("hidden"))); \
	extern const char symbol##_end[] __attribute__((visibility("hidden")))

EMBED(asset_page_css, "page.css");
EMBED(asset_page_js, "page.js");
EMBED(asset_icon_svg, "icon.svg");
EMBED(asset_console_css, "console.css");
EMBED(asset_console_js, "console.js");

const struct asset assets[] = {
	{ "page.css", "text/css", asset_page_css, asset_page_css_end },
	{ "page.js", "text/javascript", asset_page_js, asset_page_js_end },
	{ "icon.svg", "image/svg+xml", asset_icon_svg, asset_icon_svg_end },
	{ "console.css", "text/css", asset_console_css, asset_console_css_end },
	{ "console.js", "text/javascript", asset_console_js, asset_console_js_end },
};
const size_t asset_count = sizeof(assets) / sizeof(*assets);
