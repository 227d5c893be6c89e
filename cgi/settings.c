/* SPDX-License-Identifier: MIT */
/* The settings table and its reader. */
#include "settings.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/text.h"

enum setting_type {
	S_REQUIRED, /* text; preset is an example for the sample */
	S_INTEGER,
	S_BOOLEAN
};

struct setting {
	const char *key;
	enum setting_type type;
	size_t offset;
	const char *preset;
	int64_t low; /* bounds of an integer */
	int64_t high;
	const char *doc;
};

#define PLACE(member) offsetof(struct settings, member)

static const struct setting table[] = {
	{ "database_url", S_REQUIRED, PLACE(db.url), "host=/var/run/postgresql dbname=rollcall", 0,
		0,
		"PostgreSQL: a libpq URI or \"host=... dbname=... user=...\". Several hosts may be\n"
		"given; the one that accepts writes is taken. Keep the password in ~/.pgpass, or this\n"
		"file readable by the worker alone." },
	{ "base_url", S_REQUIRED, PLACE(app.base_url), "https://scim.example.com", 0, 0,
		"Where clients reach this server, https://scim.example.com or with a path below it.\n"
		"All URLs in answers begin with it; the Host header is never trusted." },
	{ "workers", S_INTEGER, PLACE(workers), "4", 1, 512,
		"Processes of `rollcall serve`, one database connection each. 4 for reading, 8 to 16\n"
		"for many durable writes on two cores." },
	{ "requests_per_worker", S_INTEGER, PLACE(requests_per_worker), "0", 0, INT64_MAX,
		"A worker ends after so many requests and is replaced; 0: never." },
	{ "peer_seconds", S_INTEGER, PLACE(peer_seconds), "20", 1, 3600,
		"How long a worker waits for a web server that opened a connection and is silent." },
	{ "statement_timeout_ms", S_INTEGER, PLACE(db.statement_timeout_ms), "5000", 10, 600000,
		"Longest run of one SQL statement; then the answer is 503." },
	{ "lock_timeout_ms", S_INTEGER, PLACE(db.lock_timeout_ms), "2000", 10, 600000,
		"Longest wait for a lock inside PostgreSQL." },
	{ "request_timeout_ms", S_INTEGER, PLACE(db.budget_ms), "10000", 100, 600000,
		"Longest time a request may spend on the database in all." },
	{ "prepared_statements", S_BOOLEAN, PLACE(db.prepare), "true", 0, 0,
		"false behind a pgbouncer before 1.21 in transaction mode." },
	{ "max_body_bytes", S_INTEGER, PLACE(app.limits.body_bytes), "1048576", 1024, 268435456,
		"Largest request body; larger ones get 413. Let the web server allow a little more." },
	{ "max_group_body_bytes", S_INTEGER, PLACE(app.limits.group_body_bytes), "33554432", 1024,
		1073741824,
		"The same for a group, whose members may be many: 200,000 of them need 10 to 32 MB." },
	{ "max_json_depth", S_INTEGER, PLACE(app.limits.json_depth), "32", 4, 128,
		"Nesting of arrays and objects in a body." },
	{ "max_json_nodes", S_INTEGER, PLACE(app.limits.json_nodes), "100000", 100, 10000000,
		"Values in one body." },
	{ "max_string_bytes", S_INTEGER, PLACE(app.limits.string_bytes), "65536", 256, 1048576,
		"Longest string value of a resource." },
	{ "max_resource_bytes", S_INTEGER, PLACE(app.limits.resource_bytes), "131072", 1024,
		16777216,
		"Largest resource that is stored. A worker needs max_count times as much for the\n"
		"largest page." },
	{ "max_unique_bytes", S_INTEGER, PLACE(app.limits.unique_bytes), "1024", 64, 1024,
		"Longest userName and externalId." },
	{ "max_values", S_INTEGER, PLACE(app.limits.values), "1000", 1, 1000000,
		"Values of one multi-valued attribute." },
	{ "max_members", S_INTEGER, PLACE(app.limits.members), "250000", 1, 10000000,
		"Members of a group that one request may name." },
	{ "max_filter_bytes", S_INTEGER, PLACE(app.limits.filter_bytes), "8192", 64, 65536,
		"Longest filter." },
	{ "max_filter_depth", S_INTEGER, PLACE(app.limits.filter_depth), "32", 1, 128,
		"Nesting of parentheses, not and brackets in a filter." },
	{ "max_filter_terms", S_INTEGER, PLACE(app.limits.filter_terms), "100", 1, 1000,
		"Comparisons in a filter." },
	{ "max_patch_operations", S_INTEGER, PLACE(app.limits.patch_operations), "1000", 1, 1000000,
		"Operations in one PATCH." },
	{ "max_bulk_operations", S_INTEGER, PLACE(app.limits.bulk_operations), "1000", 1, 100000,
		"Operations in one Bulk request; advertised as bulk.maxOperations." },
	{ "max_count", S_INTEGER, PLACE(app.limits.count), "1000", 1, 10000,
		"Most resources on one page; advertised as maxResults and maxPageSize." },
	{ "default_count", S_INTEGER, PLACE(app.limits.default_count), "100", 1, 10000,
		"Resources on one page when the client does not say." },
	{ "cursor_seconds", S_INTEGER, PLACE(app.limits.cursor_seconds), "3600", 10, 604800,
		"How long a cursor of RFC 9865 is good for." },
	{ "request_log", S_BOOLEAN, PLACE(app.request_log), "true", 0, 0,
		"false: reads and failures leave no row in the request log, and a write only method,\n"
		"path and status, by which a request that runs again knows that it was committed." },
	{ "log_days", S_INTEGER, PLACE(app.retention.log_days), "30", 1, 36500,
		"How long rows of the request log are kept." },
	{ "event_days", S_INTEGER, PLACE(app.retention.event_days), "30", 1, 36500,
		"How long events are kept. A webhook that fails longer loses some." },
	{ "tombstone_days", S_INTEGER, PLACE(app.retention.tombstone_days), "90", 1, 36500,
		"How long a deleted user or group is remembered for the application's API." },
	{ "audit_days", S_INTEGER, PLACE(app.retention.audit_days), "365", 1, 36500,
		"How long rows of the audit log are kept." },
	{ "oauth_token_seconds", S_INTEGER, PLACE(app.oauth_token_seconds), "3600", 60, 86400,
		"How long a token of an OAuth client is good for." },
	{ "webhook_allow_http", S_BOOLEAN, PLACE(app.http.allow_http), "false", 0, 0,
		"Webhooks may go to http://, not only to https://. For a developer's machine." },
	{ "webhook_allow_private", S_BOOLEAN, PLACE(app.http.allow_private), "false", 0, 0,
		"Webhooks may go to loopback, private and other addresses that are not public. Whoever\n"
		"has an API key can then send requests into the network that this server stands in." },
	{ "webhook_connect_ms", S_INTEGER, PLACE(app.http.connect_ms), "5000", 100, 60000,
		"Longest wait for a connection to a webhook's server." },
	{ "webhook_timeout_ms", S_INTEGER, PLACE(app.http.total_ms), "15000", 100, 60000,
		"Longest webhook request in all. An endpoint whose `rollcall deliver` was killed is idle\n"
		"for this and request_timeout_ms." },
	{ "webhook_parallel", S_INTEGER, PLACE(deliver.parallel), "32", 1, 1000,
		"Endpoints that one `rollcall deliver` sends to at a time; to each, one event at a time." },
	{ "webhook_poll_ms", S_INTEGER, PLACE(deliver.poll_ms), "1000", 10, 60000,
		"How long an idle `rollcall deliver` waits before it asks the database again." },
	{ "webhook_retry_ms", S_INTEGER, PLACE(deliver.retry_ms), "5000", 1, 3600000,
		"A webhook that failed is tried again after this; then after twice as long, and so on,\n"
		"up to 6 hours." },
	{ "webhook_give_up_hours", S_INTEGER, PLACE(deliver.give_up_hours), "72", 1, 8760,
		"An endpoint whose webhooks fail for so long is disabled." },
	{ "delivery_days", S_INTEGER, PLACE(deliver.days), "7", 1, 36500,
		"How long attempts to deliver webhooks are kept." },
};

enum {
	SETTINGS = sizeof(table) / sizeof(*table),
	LINE_BYTES = 4096,
	NAME_BYTES = 64
};

static const struct setting *find(const char *key, size_t len)
{
	size_t i;

	for (i = 0; i < SETTINGS; i++)
		if (strlen(table[i].key) == len && strncmp(table[i].key, key, len) == 0)
			return &table[i];
	return NULL;
}

static bool set_integer(const struct setting *row, const char *value, void *place)
{
	long long number;

	if (!text_int(value, strlen(value), &number) || number < row->low || number > row->high)
		return false;
	*(int64_t *)place = number;
	return true;
}

static bool set(struct arena *arena, struct settings *settings, const struct setting *row,
	const char *value, const char **error)
{
	void *place = (char *)settings + row->offset;
	bool good = true;

	if (row->type == S_REQUIRED)
		*(const char **)place = arena_strdup(arena, value);
	else if (row->type == S_INTEGER)
		good = set_integer(row, value, place);
	else if (text_ieq(value, "true") || text_ieq(value, "false"))
		*(bool *)place = text_ieq(value, "true");
	else
		good = false;
	if (good)
		return true;
	*error = row->type == S_INTEGER
			 ? arena_printf(arena, "%s must be an integer from %" PRId64 " to %" PRId64,
				   row->key, row->low, row->high)
			 : arena_printf(arena, "%s must be true or false", row->key);
	return false;
}

static char *trim(char *s)
{
	char *end;

	s += strspn(s, " \t");
	end = s + strlen(s);
	while (end > s && strchr(" \t\r\n", end[-1]))
		*--end = '\0';
	return s;
}

static bool set_line(struct arena *arena, struct settings *settings, char *line, const char **error)
{
	bool whole = strchr(line, '\n') || strlen(line) + 1 < LINE_BYTES;
	const struct setting *row;
	char *equals, *key = trim(line);

	if (!whole) {
		*error = "too long";
		return false;
	}
	if (!*key || *key == '#')
		return true;
	equals = strchr(key, '=');
	if (!equals) {
		*error = "not \"key = value\""; /* not quoted: it may hold a password */
		return false;
	}
	*equals = '\0';
	key = trim(key);
	row = find(key, strlen(key));
	if (!row) {
		*error = arena_printf(arena, "unknown setting: %s", key);
		return false;
	}
	return set(arena, settings, row, trim(equals + 1), error);
}

/* Who may change the settings may change everything; a password in them is nobody else's. */
static bool check_mode(struct arena *arena, FILE *file, const char *path, const char **error)
{
	struct stat st;

	if (fstat(fileno(file), &st) == 0 && !(st.st_mode & (S_IWGRP | S_IWOTH)))
		return true;
	*error = arena_printf(arena, "%s can be written by others: chmod 0640", path);
	return false;
}

static bool check_secrecy(struct arena *arena, FILE *file, const char *path,
	const struct settings *settings, const char **error)
{
	const char *url = settings->db.url ? settings->db.url : "";
	const char *scheme = strstr(url, "://"), *at = strchr(url, '@');
	bool secret = strstr(url, "password") ||
		      (scheme && at && strchr(scheme + 3, ':') < at && strchr(scheme + 3, ':'));
	struct stat st;

	if (!secret || (fstat(fileno(file), &st) == 0 && !(st.st_mode & S_IROTH)))
		return true;
	*error = arena_printf(
		arena, "%s holds a password and can be read by anybody: chmod 0640", path);
	return false;
}

static bool read_file(
	struct arena *arena, const char *path, struct settings *settings, const char **error)
{
	char line[LINE_BYTES];
	const char *wrong;
	int number = 0;
	FILE *file = fopen(path, "re");
	bool good;

	if (!file) {
		*error = arena_printf(arena, "%s: %s", path, strerror(errno));
		return false;
	}
	good = check_mode(arena, file, path, error);
	while (good && fgets(line, sizeof(line), file)) {
		number++;
		good = set_line(arena, settings, line, &wrong);
		if (!good)
			*error = arena_printf(arena, "%s, line %d: %s", path, number, wrong);
	}
	good = good && check_secrecy(arena, file, path, settings, error);
	fclose(file);
	return good;
}

static const char *variable(const struct setting *row, char *name)
{
	const char *s = row->key;
	size_t n = strlen("ROLLCALL_");

	memcpy(name, "ROLLCALL_", n);
	for (; *s && n + 1 < NAME_BYTES; s++)
		name[n++] = (char)(*s >= 'a' && *s <= 'z' ? *s - ('a' - 'A') : *s);
	name[n] = '\0';
	return getenv(name);
}

static bool read_environment(struct arena *arena, struct settings *settings, const char **error)
{
	char name[NAME_BYTES];
	const char *value;
	size_t i;

	for (i = 0; i < SETTINGS; i++) {
		value = variable(&table[i], name);
		if (value && !set(arena, settings, &table[i], value, error))
			return false;
	}
	return true;
}

/* Without a trailing slash; its path is what requests begin with. */
static bool split_base_url(struct arena *arena, struct settings *settings, const char **error)
{
	const char *url = settings->app.base_url, *host = NULL, *path;
	size_t len = strlen(url);

	if (strncmp(url, "https://", strlen("https://")) == 0)
		host = url + strlen("https://");
	else if (strncmp(url, "http://", strlen("http://")) == 0)
		host = url + strlen("http://");
	if (!host || !*host || *host == '/' || strpbrk(url, " \t#?\"<>\\")) {
		*error = "base_url must be https:// or http://, a host, and perhaps a path";
		return false;
	}
	while (url[len - 1] == '/')
		len--;
	settings->app.base_url = arena_strndup(arena, url, len);
	path = strchr(settings->app.base_url + (host - url), '/');
	settings->app.base_path = path ? path : "";
	return true;
}

static bool check_required(
	struct arena *arena, const char *path, const struct settings *settings, const char **error)
{
	size_t i;

	for (i = 0; i < SETTINGS; i++) {
		if (table[i].type != S_REQUIRED ||
			*(const char *const *)((const char *)settings + table[i].offset))
			continue;
		*error = arena_printf(arena, "the setting %s is missing%s", table[i].key,
			path ? "" : " (no --config FILE, no ROLLCALL_CONFIG)");
		return false;
	}
	return true;
}

bool settings_load(
	struct arena *arena, const char *path, struct settings *settings, const char **error)
{
	size_t i;

	memset(settings, 0, sizeof(*settings));
	for (i = 0; i < SETTINGS; i++)
		if (table[i].type != S_REQUIRED &&
			!set(arena, settings, &table[i], table[i].preset, error))
			return false;
	if (path && !read_file(arena, path, settings, error))
		return false;
	if (!read_environment(arena, settings, error) ||
		!check_required(arena, path, settings, error))
		return false;
	if (settings->app.limits.default_count > settings->app.limits.count)
		settings->app.limits.default_count = settings->app.limits.count;
	return split_base_url(arena, settings, error);
}

static void put_comment(struct buf *buf, const char *doc)
{
	const char *end;

	for (; *doc; doc = *end ? end + 1 : end) {
		end = strchrnul(doc, '\n');
		buf_puts(buf, "# ");
		buf_put(buf, doc, (size_t)(end - doc));
		buf_putc(buf, '\n');
	}
}

void settings_sample(struct buf *buf)
{
	size_t i;

	buf_puts(buf,
		"# Settings of Rollcall. Each can also be given as an environment variable,\n"
		"# ROLLCALL_ and the name in capitals, which goes before this file.\n"
		"# The first two are required; what is shown of the others is the default.\n");
	for (i = 0; i < SETTINGS; i++) {
		buf_putc(buf, '\n');
		put_comment(buf, table[i].doc);
		buf_printf(buf, "#%s = %s\n", table[i].key, table[i].preset);
	}
}
