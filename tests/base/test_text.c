/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <limits.h>
#include <utf8proc.h>

#include "support.h"

static const struct {
	const char *bytes;
	bool valid;
} sequences[] = {
	{ "", true },
	{ "plain", true },
	{ "\x7f", true },
	{ "\xc2\x80", true },
	{ "\xdf\xbf", true },
	{ "\xe0\xa0\x80", true },
	{ "\xed\x9f\xbf", true },
	{ "\xee\x80\x80", true },
	{ "\xef\xbf\xbf", true },
	{ "\xf0\x90\x80\x80", true },
	{ "\xf4\x8f\xbf\xbf", true },
	{ "\x80", false },
	{ "\xbf", false },
	{ "\xc0\xaf", false },
	{ "\xc1\xbf", false },
	{ "\xe0\x80\xaf", false },
	{ "\xe0\x9f\xbf", false },
	{ "\xf0\x80\x80\xaf", false },
	{ "\xf0\x8f\xbf\xbf", false },
	{ "\xed\xa0\x80", false },
	{ "\xed\xbf\xbf", false },
	{ "\xf4\x90\x80\x80", false },
	{ "\xf5\x80\x80\x80", false },
	{ "\xfe", false },
	{ "\xff", false },
	{ "\xc2", false },
	{ "\xe2\x82", false },
	{ "\xf0\x9f\x98", false },
	{ "\xc2x", false },
	{ "\xe2\x82x", false },
	{ "ok\xe2\x28\xa1", false },
};

static void utf8_is_what_rfc_3629_says(void)
{
	for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++) {
		const char *s = sequences[i].bytes;

		CU_ASSERT_EQUAL(utf8_valid(s, strlen(s)), sequences[i].valid);
	}
	CU_ASSERT(utf8_valid("a\0b", 3));
	CU_ASSERT_EQUAL(utf8_len("", 0), 0);
	CU_ASSERT_EQUAL(utf8_len("\xe2\x82\xac", 3), 3);
	CU_ASSERT_EQUAL(utf8_len("\xe2\x82\xac", 2), 0);
}

/* Every code point there is, against utf8proc; and every one that is not. */
static void utf8_knows_every_code_point(void)
{
	unsigned wrong = 0;

	for (int32_t c = 0; c <= 0x10ffff; c++) {
		unsigned char bytes[4];
		size_t n = (size_t)utf8proc_encode_char(c, bytes);
		bool surrogate = c >= 0xd800 && c <= 0xdfff;

		wrong += utf8_len((char *)bytes, n) != (surrogate ? 0 : n);
		wrong += n > 1 && utf8_len((char *)bytes, n - 1) != 0;
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

/* Pairs that fold to the same text. */
static const struct {
	const char *text, *folded;
} folds[] = {
	{ "", "" },
	{ "BJensen@Example.COM", "bjensen@example.com" },
	{ "Stra\xc3\x9f"
	  "e",
		"strasse" },
	{ "STRASSE", "strasse" },
	{ "STRA\xe1\xba\x9e"
	  "E",
		"strasse" }, /* U+1E9E */
	{ "\xce\xa3\xcf\x83\xcf\x82", "\xcf\x83\xcf\x83\xcf\x83" }, /* all sigmas */
	{ "\xe2\x84\xaa", "k" }, /* Kelvin sign */
	{ "\xe2\x84\xab", "\xc3\xa5" }, /* Angstrom sign */
	{ "\xc4\xb0", "i\xcc\x87" }, /* I with dot above */
	{ "I\xcc\x87", "i\xcc\x87" },
	{ "\xc4\xb1", "\xc4\xb1" }, /* dotless i */
	{ "Caf\xc3\x89", "caf\xc3\xa9" }, /* composed */
	{ "CafE\xcc\x81", "caf\xc3\xa9" }, /* decomposed */
	{ "\xef\xbc\xa1", "\xef\xbd\x81" }, /* full-width A stays full-width */
	{ "\xce\x91\xcd\x85", "\xce\xb1\xce\xb9" }, /* U+0345 */
	{ "\xe1\xbe\xbc", "\xce\xb1\xce\xb9" },
	{ "\xce\xb1\xcd\x85\xcc\x81", "\xce\xac\xce\xb9" }, /* marks in either order */
	{ "\xce\xb1\xcc\x81\xcd\x85", "\xce\xac\xce\xb9" },
	{ "\xe1\xbe\xb4", "\xce\xac\xce\xb9" },
	{ "\xef\xac\x83", "ffi" }, /* ligature */
	{ "\xea\xad\xb0", "\xe1\x8e\xa0" }, /* Cherokee folds to upper case */
	{ "\xe1\x84\x80\xe1\x85\xa1", "\xea\xb0\x80" }, /* Hangul composes */
	{ "name. ", "name. " },
};

static void case_and_composition_do_not_matter(void)
{
	struct arena *arena = arena_new();

	for (size_t i = 0; i < sizeof(folds) / sizeof(folds[0]); i++) {
		size_t len = 99;
		char *once = text_fold(arena, folds[i].text, strlen(folds[i].text), &len);
		char *twice = text_fold(arena, once, strlen(once), NULL);

		CU_ASSERT_STRING_EQUAL(once, folds[i].folded);
		CU_ASSERT_STRING_EQUAL(twice, folds[i].folded);
		CU_ASSERT_EQUAL(len, strlen(folds[i].folded));
	}
	arena_free(arena);
}

static void folding_keeps_nul(void)
{
	struct arena *arena = arena_new();
	size_t len;

	CU_ASSERT_EQUAL(memcmp(text_fold(arena, "A\0B", 3, &len), "a\0b", 4), 0);
	CU_ASSERT_EQUAL(len, 3);
	CU_ASSERT_EQUAL(memcmp(text_fold(arena, "\xc3\x89\0B", 4, &len), "\xc3\xa9\0b", 5), 0);
	CU_ASSERT_EQUAL(len, 4);
	arena_free(arena);
}

/* fold(s), fold(fold(s)) and fold(NFD(s)) are one text? */
static bool folds_once(const char *s, size_t len)
{
	struct arena *arena = arena_new();
	size_t once_len, twice_len, nfd_len;
	utf8proc_uint8_t *nfd = NULL;
	char *once = text_fold(arena, s, len, &once_len);
	char *twice = text_fold(arena, once, once_len, &twice_len);
	utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)len, &nfd,
		UTF8PROC_DECOMPOSE | UTF8PROC_STABLE);
	char *of_nfd = text_fold(arena, (char *)nfd, (size_t)n, &nfd_len);
	bool same = once_len == twice_len && once_len == nfd_len &&
		    memcmp(once, twice, once_len) == 0 && memcmp(once, of_nfd, once_len) == 0 &&
		    utf8_valid(once, once_len);

	free(nfd);
	arena_free(arena);
	return same;
}

/* Each character alone, and between marks that could change places with it or join it. */
static void folding_twice_changes_nothing(void)
{
	unsigned wrong = 0;

	for (int32_t c = 1; c < 0x1f000; c++) {
		unsigned char text[32] = "";
		size_t n;

		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		n = (size_t)utf8proc_encode_char(c, text);
		wrong += !folds_once((char *)text, n);
		if (c >= 0x3000 && c < 0xa640)
			continue;
		memmove(text + 4, text, n);
		memcpy(text, "\xce\x91\xcd\x85", 4);
		memcpy(text + 4 + n, "\xcc\x81\xcd\x85\xcc\xa8", 6);
		wrong += !folds_once((char *)text, 4 + n + 6);
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

static void ascii_comparison_ignores_case_only(void)
{
	CU_ASSERT(text_ieq("userName", "USERNAME"));
	CU_ASSERT(!text_ieq("userName", "userNam"));
	CU_ASSERT(!text_ieq("@[", "`{"));
	CU_ASSERT(!text_ieq("\xc3\x89", "\xc3\xa9"));
	CU_ASSERT(text_ieqn("abc", 2, "ABx", 2));
	CU_ASSERT(!text_ieqn("abc", 3, "AB", 2));
	CU_ASSERT(text_istarts("BEARER x", 8, "bearer "));
	CU_ASSERT(!text_istarts("BEARER", 6, "bearer "));
	CU_ASSERT(text_istarts("", 0, ""));
	CU_ASSERT_STRING_EQUAL(text_ifind("rolRollCall_sk", "rollcall_s"), "RollCall_sk");
	CU_ASSERT_STRING_EQUAL(text_ifind("a_B", "_b"), "_B");
	CU_ASSERT_PTR_NULL(text_ifind("rollcall_", "rollcall_s"));
	CU_ASSERT_PTR_NULL(text_ifind("", "a"));
}

static const struct {
	const char *text;
	bool plus;
	const char *decoded;
} percents[] = {
	{ "", false, "" },
	{ "a+b", false, "a+b" },
	{ "a+b", true, "a b" },
	{ "a%2Bb%2b", true, "a+b+" },
	{ "%25%32%35", false, "%25" },
	{ "%C3%A9\xc3\xa9", false, "\xc3\xa9\xc3\xa9" },
	{ "%", false, NULL },
	{ "%4", false, NULL },
	{ "a%4", false, NULL },
	{ "%4g", false, NULL },
	{ "%g4", false, NULL },
	{ "%+4", true, NULL },
	{ "%00", false, NULL },
	{ "a%00b", false, NULL },
	{ "%c0%af", false, NULL },
	{ "%ed%a0%80", false, NULL },
	{ "%e2%82", false, NULL },
	{ "\xff", false, NULL },
};

static void percent_decoding_is_strict(void)
{
	struct arena *arena = arena_new();

	for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
		const char *s = percents[i].text;
		char *decoded = percent_decode(arena, s, strlen(s), percents[i].plus);

		if (percents[i].decoded)
			CU_ASSERT_STRING_EQUAL_FATAL(decoded, percents[i].decoded);
		if (!percents[i].decoded)
			CU_ASSERT_PTR_NULL(decoded);
	}
	CU_ASSERT_PTR_NULL(percent_decode(arena, "a\0b", 3, false));
	CU_ASSERT_PTR_NULL(percent_decode(arena, "%41", 2, false));
	arena_free(arena);
}

/* RFC 4648 section 10, and the two digits in which the alphabets differ. */
static const struct {
	const char *plain, *base64, *base64url;
} base64s[] = {
	{ "", "", "" },
	{ "f", "Zg==", "Zg" },
	{ "fo", "Zm8=", "Zm8" },
	{ "foo", "Zm9v", "Zm9v" },
	{ "foob", "Zm9vYg==", "Zm9vYg" },
	{ "fooba", "Zm9vYmE=", "Zm9vYmE" },
	{ "foobar", "Zm9vYmFy", "Zm9vYmFy" },
	{ "\xfb\xff\xbf", "+/+/", "-_-_" },
};

static void base64_is_rfc_4648s(void)
{
	struct arena *arena = arena_new();

	for (size_t i = 0; i < sizeof(base64s) / sizeof(base64s[0]); i++) {
		const char *plain = base64s[i].plain;
		const char *text = base64s[i].base64;
		const char *url = base64s[i].base64url;
		size_t len = 99;

		CU_ASSERT_STRING_EQUAL(
			base64url_encode(arena, (const unsigned char *)plain, strlen(plain)), url);
		CU_ASSERT_STRING_EQUAL(
			base64_encode(arena, (const unsigned char *)plain, strlen(plain)), text);
		CU_ASSERT_STRING_EQUAL(base64url_decode(arena, url, strlen(url), &len), plain);
		CU_ASSERT_EQUAL(len, strlen(plain));
		CU_ASSERT_STRING_EQUAL(base64_decode(arena, text, strlen(text), &len), plain);
		CU_ASSERT_EQUAL(len, strlen(plain));
	}
	arena_free(arena);
}

static void base64_has_one_spelling(void)
{
	static const char *const bad[] = { "Z", "Zg=", "Zg===", "Zh==", "Zm9=", "=",
		"====", "Z===", "Zg==Zg==", "Zm 9v", "Zm9v\n", "Zm9v=", "Zm9\xc3", "Zm-v", "A=A=" };
	static const char *const bad_url[] = { "Z", "Zh", "Zm9", "Zg==", "Zm8=", "+/+/", "Zm9v ",
		"Zm9vY", "Zm9vYh" };
	struct arena *arena = arena_new();
	size_t len;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_PTR_NULL(base64_decode(arena, bad[i], strlen(bad[i]), &len));
	for (size_t i = 0; i < sizeof(bad_url) / sizeof(bad_url[0]); i++)
		CU_ASSERT_PTR_NULL(base64url_decode(arena, bad_url[i], strlen(bad_url[i]), &len));
	CU_ASSERT_PTR_NULL(base64_decode(arena, "Zm\0v", 4, &len));
	arena_free(arena);
}

static void any_bytes_survive_the_encodings(void)
{
	struct arena *arena = arena_new();
	unsigned char data[256], back[256];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)(255 - i);
	for (size_t n = 0; n <= sizeof(data); n++) {
		char *url = base64url_encode(arena, data, n);
		char *hex = hex_encode(arena, data, n);
		size_t len = 999;
		unsigned char *decoded = base64url_decode(arena, url, strlen(url), &len);

		CU_ASSERT_PTR_NOT_NULL_FATAL(decoded);
		CU_ASSERT_EQUAL(len, n);
		CU_ASSERT_EQUAL(memcmp(decoded, data, n), 0);
		CU_ASSERT(hex_decode(hex, strlen(hex), back, n));
		CU_ASSERT_EQUAL(memcmp(back, data, n), 0);
	}
	arena_free(arena);
}

static void hex_is_lower_case_and_exact(void)
{
	unsigned char out[2];

	CU_ASSERT(hex_decode("09af", 4, out, 2));
	CU_ASSERT_EQUAL(out[1], 0xaf);
	CU_ASSERT(!hex_decode("09AF", 4, out, 2));
	CU_ASSERT(!hex_decode("09a", 3, out, 2));
	CU_ASSERT(!hex_decode("09aff", 5, out, 2));
	CU_ASSERT(!hex_decode("09ag", 4, out, 2));
	CU_ASSERT(!hex_decode(" 9af", 4, out, 2));
}

/* reliability A8 */
static const struct {
	const char *text;
	bool whole;
	long long value;
} integers[] = {
	{ "0", true, 0 },
	{ "-1", true, -1 },
	{ "+1", true, 1 },
	{ "01", true, 1 },
	{ "-0", true, 0 },
	{ "2147483648", true, 2147483648 },
	{ "9223372036854775807", true, LLONG_MAX },
	{ "9223372036854775808", true, LLONG_MAX },
	{ "9223372036854775810", true, LLONG_MAX },
	{ "99999999999999999999999", true, LLONG_MAX },
	{ "-9223372036854775807", true, -LLONG_MAX },
	{ "-9223372036854775808", true, LLONG_MIN },
	{ "-9223372036854775809", true, LLONG_MIN },
	{ "-99999999999999999999999", true, LLONG_MIN },
	{ "", false, 0 },
	{ "+", false, 0 },
	{ "-", false, 0 },
	{ "--1", false, 0 },
	{ "1e2", false, 0 },
	{ "1.0", false, 0 },
	{ " 1", false, 0 },
	{ "1 ", false, 0 },
	{ "abc", false, 0 },
	{ "99999999999999999999999x", false, 0 },
};

static void integers_saturate(void)
{
	for (size_t i = 0; i < sizeof(integers) / sizeof(integers[0]); i++) {
		const char *s = integers[i].text;
		long long value = 0;

		CU_ASSERT_EQUAL(text_int(s, strlen(s), &value), integers[i].whole);
		CU_ASSERT_EQUAL(value, integers[i].value);
	}
}

CU_TestInfo text_tests[] = {
	{ "UTF-8 is what RFC 3629 says", utf8_is_what_rfc_3629_says },
	{ "UTF-8 knows every code point", utf8_knows_every_code_point },
	{ "case and composition do not matter", case_and_composition_do_not_matter },
	{ "folding keeps NUL", folding_keeps_nul },
	{ "folding twice changes nothing", folding_twice_changes_nothing },
	{ "ASCII comparison ignores case only", ascii_comparison_ignores_case_only },
	{ "percent decoding is strict", percent_decoding_is_strict },
	{ "base64 is RFC 4648's", base64_is_rfc_4648s },
	{ "base64 has one spelling", base64_has_one_spelling },
	{ "any bytes survive the encodings", any_bytes_survive_the_encodings },
	{ "hex is lower case and exact", hex_is_lower_case_and_exact },
	{ "integers saturate", integers_saturate },
	CU_TEST_INFO_NULL,
};
