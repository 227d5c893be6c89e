/* SPDX-License-Identifier: MIT */
/* Escapes of JSON strings, one at a time. */
#include "base/escape.h"

/* The value of four hex digits, -1 when they are not. */
static int32_t hex4(const char *s)
{
	int32_t value = 0;

	for (int i = 0; i < 4; i++) {
		char c = s[i];

		if (c >= '0' && c <= '9')
			value = value << 4 | (c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			value = value << 4 | (c - 'A' + 10);
		else
			return -1;
	}
	return value;
}

int32_t escape_unit(const char *s, size_t len)
{
	return len >= 6 && s[0] == '\\' && s[1] == 'u' ? hex4(s + 2) : -1;
}

bool unit_is_high(int32_t unit)
{
	return unit >= 0xd800 && unit <= 0xdbff;
}

bool unit_is_low(int32_t unit)
{
	return unit >= 0xdc00 && unit <= 0xdfff;
}

/* The letter escapes that do not stand for themselves. */
static const char letter[128] = {
	['b'] = '\b',
	['f'] = '\f',
	['n'] = '\n',
	['r'] = '\r',
	['t'] = '\t',
};

int32_t escape_decode(const char **s)
{
	char c = (*s)[1];
	int32_t unit, low;

	if (c != 'u') {
		*s += 2;
		return letter[(unsigned char)c] ? letter[(unsigned char)c] : c;
	}
	unit = hex4(*s + 2);
	low = unit_is_high(unit) ? hex4(*s + 8) : 0;
	*s += low ? 12 : 6;
	return low ? 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00) : unit;
}
