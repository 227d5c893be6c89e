/* SPDX-License-Identifier: MIT */
/* RFC 3339 and back. Knows the proleptic Gregorian calendar, and of time zones only offsets. */
#include "base/time.h"

#include "base/text.h"

#define SECOND INT64_C(1000000) /* microseconds */
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

/* What four digits of a year can say: 0001-01-01 up to, not including, 10000-01-01. */
#define TIME_FIRST (-62135596800 * SECOND)
#define TIME_END (253402300800 * SECOND)

int64_t time_precise(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_REALTIME, &now) != 0)
		abort();
	return now.tv_sec * SECOND + now.tv_nsec / 1000;
}

int64_t time_now(void)
{
	int64_t now = time_precise();

	return now - now % 1000;
}

int64_t time_monotonic(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		abort();
	return now.tv_sec * SECOND + now.tv_nsec / 1000;
}

/* Text being read; a reader that fails leaves it anywhere. */
struct scan {
	const char *at;
	const char *end;
};

static bool read_one_of(struct scan *scan, const char *chars)
{
	if (scan->at == scan->end || !*scan->at || !strchr(chars, *scan->at))
		return false;
	scan->at++;
	return true;
}

/* Exactly n digits, with a value from least to most. */
static bool read_number(struct scan *scan, int n, int64_t least, int64_t most, int64_t *value)
{
	*value = 0;
	for (; n > 0; n--) {
		if (scan->at == scan->end || *scan->at < '0' || *scan->at > '9')
			return false;
		*value = *value * 10 + (*scan->at++ - '0');
	}
	return *value >= least && *value <= most;
}

static bool read_date(struct scan *scan, int64_t *us)
{
	int64_t year, month, day;
	struct tm tm;

	if (!read_number(scan, 4, 1, 9999, &year) || !read_one_of(scan, "-") ||
		!read_number(scan, 2, 1, 12, &month) || !read_one_of(scan, "-") ||
		!read_number(scan, 2, 1, 31, &day))
		return false;
	tm = (struct tm){
		.tm_year = (int)year - 1900, .tm_mon = (int)month - 1, .tm_mday = (int)day
	};
	*us = timegm(&tm) * SECOND;
	/* timegm takes 31 April for 1 May, and says so in tm. */
	return tm.tm_mday == day;
}

/* An optional fraction; digits behind the microseconds are passed over. */
static bool read_fraction(struct scan *scan, int64_t *us)
{
	int64_t unit = SECOND / 10;
	int64_t digit;

	if (!read_one_of(scan, "."))
		return true;
	if (!read_number(scan, 1, 0, 9, &digit))
		return false;
	do {
		*us += digit * unit;
		unit /= 10;
	} while (read_number(scan, 1, 0, 9, &digit));
	return true;
}

/* RFC 3339 section 5.6: 60 is a leap second. */
static bool read_time(struct scan *scan, int64_t *us)
{
	int64_t hour, minute, second;

	if (!read_number(scan, 2, 0, 23, &hour) || !read_one_of(scan, ":") ||
		!read_number(scan, 2, 0, 59, &minute) || !read_one_of(scan, ":") ||
		!read_number(scan, 2, 0, 60, &second))
		return false;
	*us += hour * HOUR + minute * MINUTE + second * SECOND;
	return read_fraction(scan, us);
}

static bool read_offset(struct scan *scan, int64_t *us)
{
	int64_t hour, minute;
	bool west;

	if (scan->at == scan->end || read_one_of(scan, "Zz"))
		return true;
	west = *scan->at == '-';
	if (!read_one_of(scan, "+-") || !read_number(scan, 2, 0, 23, &hour) ||
		!read_one_of(scan, ":") || !read_number(scan, 2, 0, 59, &minute))
		return false;
	*us += (west ? 1 : -1) * (hour * HOUR + minute * MINUTE);
	return true;
}

bool time_parse(const char *text, size_t len, int64_t *us)
{
	struct scan scan = { text, text + len };
	int64_t parsed = 0;

	if (!read_date(&scan, &parsed) || !read_one_of(&scan, "Tt") || !read_time(&scan, &parsed) ||
		!read_offset(&scan, &parsed) || scan.at != scan.end)
		return false;
	/* An offset or a leap second may lead out of the years that can be written. */
	if (parsed < TIME_FIRST || parsed >= TIME_END)
		return false;
	*us = parsed;
	return true;
}

bool time_parse_pg(const char *text, int64_t *us)
{
	struct scan scan = { text, text + strlen(text) };
	int64_t parsed = 0;

	if (!read_date(&scan, &parsed) || !read_one_of(&scan, " ") || !read_time(&scan, &parsed))
		return false;
	if (strcmp(scan.at, "+00") != 0)
		return false;
	*us = parsed;
	return true;
}

/* The last n digits of value, and the character behind them. */
static char *write_number(char *text, int64_t value, int n, char behind)
{
	for (int i = n - 1; i >= 0; i--) {
		text[i] = (char)('0' + value % 10);
		value /= 10;
	}
	text[n] = behind;
	return text + n + 1;
}

/* As far as the point; *fraction: the microseconds behind it. */
static char *write_seconds(int64_t us, char *text, int64_t *fraction)
{
	bool borrow = us % SECOND < 0; /* before 1970 a fraction still counts forwards */
	time_t second = us / SECOND - borrow;
	struct tm tm;

	if (!gmtime_r(&second, &tm))
		abort();
	*fraction = us % SECOND + borrow * SECOND;
	text = write_number(text, tm.tm_year + 1900, 4, '-');
	text = write_number(text, tm.tm_mon + 1, 2, '-');
	text = write_number(text, tm.tm_mday, 2, 'T');
	text = write_number(text, tm.tm_hour, 2, ':');
	text = write_number(text, tm.tm_min, 2, ':');
	return write_number(text, tm.tm_sec, 2, '.');
}

void time_print(int64_t us, char *text)
{
	int64_t fraction;

	text = write_seconds(us, text, &fraction);
	text = write_number(text, fraction / 1000, 3, 'Z');
	*text = '\0';
}

void time_print_us(int64_t us, char *text)
{
	int64_t fraction;

	text = write_seconds(us, text, &fraction);
	text = write_number(text, fraction, 6, 'Z');
	*text = '\0';
}
