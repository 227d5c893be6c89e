/* SPDX-License-Identifier: MIT */
/* Every hole is escaped. */
#include <CUnit/CUnit.h>

#include "base/text.h"
#include "support.h"
#include "web/html.h"

static const struct {
	const char *text, *html;
} texts[] = {
	{ NULL, "" },
	{ "", "" },
	{ "plain ü €", "plain ü €" },
	{ "<svg onload=alert(1)>", "&lt;svg onload=alert(1)&gt;" },
	{ "\"><script>", "&quot;&gt;&lt;script&gt;" },
	{ "'&amp;", "&#39;&amp;amp;" },
	{ "&", "&amp;" },
	{ "a{}b", "a{}b" },
	{ "<<", "&lt;&lt;" },
};

static void texts_are_escaped(void)
{
	struct arena *arena = arena_new();
	struct buf buf;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		buf_init(&buf, arena, 0);
		html_text(&buf, texts[i].text);
		CU_ASSERT_STRING_EQUAL(buf.data, texts[i].html);
	}
	arena_free(arena);
}

static void holes_are_filled_in_order(void)
{
	struct arena *arena = arena_new();
	struct buf buf;

	buf_init(&buf, arena, 0);
	html(&buf, "<a href=\"{}\">{}</a>{}", "/\"x", "{}<", NULL);
	CU_ASSERT_STRING_EQUAL(buf.data, "<a href=\"/&quot;x\">{}&lt;</a>");
	arena_free(arena);
}

CU_TestInfo html_tests[] = {
	{ "texts are escaped", texts_are_escaped },
	{ "holes are filled in order", holes_are_filled_in_order },
	CU_TEST_INFO_NULL,
};
