/* SPDX-License-Identifier: MIT */
/* API keys and environments from the command line. */
#include "key.h"

#include "base/text.h"
#include "base/time.h"
#include "store/api_key.h"
#include "store/audit.h"
#include "store/environment.h"

enum {
	PAGE_ROWS = 1000,
	FIRST_PRINTED = 0xA0 /* behind the controls of Latin-1 */
};

/* What a command works with. */
struct desk {
	struct arena *arena;
	struct ctx cx;
	struct db *db;
};

static void desk_open(struct desk *desk, const struct settings *settings)
{
	desk->arena = arena_new();
	desk->cx = (struct ctx){
		.arena = desk->arena, .limits = &settings->app.limits, .now = time_now()
	};
	desk->cx.request_id = uuid_v7(time_precise());
	desk->db = db_new(desk->arena, &settings->db);
	db_start(&desk->cx, desk->db);
}

/* The exit status. */
static int desk_close(struct desk *desk)
{
	bool failed = desk->cx.err != SCIM_OK;

	if (failed)
		fprintf(stderr, "rollcall: %s\n",
			desk->cx.detail ? desk->cx.detail : err_row(desk->cx.err)->text);
	db_finish(&desk->cx, desk->db);
	db_close(desk->db);
	arena_free(desk->arena);
	return failed ? 1 : 0;
}

/* "read,events"; SCOPE_NONE when there is another word in it. */
static unsigned parse_scopes(const char *text)
{
	unsigned scopes = SCOPE_NONE;
	enum key_scope scope;
	size_t len;

	for (;; text += len + 1) {
		len = strcspn(text, ",");
		scope = scope_of(text, len);
		if (scope == SCOPE_NONE)
			return SCOPE_NONE;
		scopes |= scope;
		if (!text[len])
			return scopes;
	}
}

static const char *print_scopes(struct arena *arena, unsigned scopes)
{
	const char *text = "";
	int i;

	for (i = 0; i < SCOPES; i++)
		if (scopes & (1U << i))
			text = arena_printf(
				arena, "%s%s%s", text, *text ? "," : "", scope_names[i]);
	return text;
}

/* Both or neither: a key, and the row that says that it was made here. */
static enum scim_err add_key(struct desk *desk, const struct uuid *environment,
	const struct api_key *key, const char **secret)
{
	struct ctx *cx = &desk->cx;

	db_queue(cx, desk->db, STMT_BEGIN, NULL);
	*secret = api_key_create(cx, desk->db, environment, key);
	audit_command(cx, desk->db, environment,
		arena_printf(
			cx->arena, "key create %s", id_print(cx->arena, ID_API_KEY, &key->id)));
	db_queue(cx, desk->db, STMT_COMMIT, NULL);
	return db_run(cx, desk->db);
}

int key_create(const struct settings *settings, const char *environment, const char *name,
	const char *scopes)
{
	struct api_key key = { .id = uuid_v7(time_precise()), .display_name = name };
	struct desk desk;
	struct uuid id;
	const char *secret;
	bool made;

	desk_open(&desk, settings);
	key.scopes = parse_scopes(scopes);
	if (key.scopes == SCOPE_NONE)
		ctx_fail(&desk.cx, SCIM_INVALID_VALUE,
			"--scopes needs read, events, logs or manage, separated by commas");
	else if (!environment_ensure(&desk.cx, desk.db, environment, &id, &made) &&
		 !add_key(&desk, &id, &key, &secret)) {
		fprintf(stderr, "environment %s \"%s\"%s; this API key is shown only now:\n",
			id_print(desk.arena, ID_ENVIRONMENT, &id), environment,
			made ? ", new" : "");
		printf("%s\n", secret);
	}
	return desk_close(&desk);
}

static const char *print_time(struct arena *arena, int64_t us)
{
	char *text = arena_alloc(arena, TIME_TEXT);

	if (!us)
		return "never";
	time_print(us, text);
	return text;
}

/* Names are the vendors': no line may begin, and no terminal be told anything, in one. */
static const char *print_name(struct arena *arena, const char *name)
{
	char *copy = arena_strdup(arena, name ? name : ""), *s;

	for (s = copy; *s; s++) {
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			*s = '?';
		if (*s == '\xC2' && (unsigned char)s[1] < FIRST_PRINTED) /* U+0080 to U+009F */
			s[0] = s[1] = '?';
	}
	return copy;
}

static void print_key(struct arena *arena, const struct api_key *key)
{
	printf("%s  %s  made %s  used %s  %s\n", id_print(arena, ID_API_KEY, &key->id),
		print_scopes(arena, key->scopes), print_time(arena, key->created),
		print_time(arena, key->used), print_name(arena, key->display_name));
}

static enum scim_err print_keys(struct desk *desk, const struct uuid *environment)
{
	struct api_key key = { .id = { { 0 } } };
	struct rows *rows;
	enum scim_err e;
	int i;

	do {
		rows = api_key_list(&desk->cx, desk->db, environment, &key.id, PAGE_ROWS);
		if ((e = db_run(&desk->cx, desk->db)))
			return e;
		for (i = 0; i < rows_count(rows); i++) {
			api_key_read(rows, i, &key);
			print_key(desk->arena, &key);
		}
	} while (rows_count(rows) == PAGE_ROWS);
	return SCIM_OK;
}

int key_list(const struct settings *settings, const char *environment)
{
	struct desk desk;
	struct uuid id;

	desk_open(&desk, settings);
	if (!environment_find(&desk.cx, desk.db, environment, &id))
		print_keys(&desk, &id);
	return desk_close(&desk);
}

static enum scim_err revoke(struct desk *desk, const struct uuid *id, const char *text)
{
	struct ctx *cx = &desk->cx;
	struct uuid environment;
	struct rows *rows;
	enum scim_err e;

	db_queue(cx, desk->db, STMT_BEGIN, NULL);
	rows = api_key_revoke_any(cx, desk->db, id);
	if ((e = db_run(cx, desk->db)))
		return e;
	if (!rows_count(rows))
		return ctx_fail(cx, SCIM_NOT_FOUND, "there is no such API key");
	environment = rows_uuid(rows, 0, 0);
	audit_command(cx, desk->db, &environment, arena_printf(cx->arena, "key revoke %s", text));
	db_queue(cx, desk->db, STMT_COMMIT, NULL);
	return db_run(cx, desk->db);
}

int key_revoke(const struct settings *settings, const char *text)
{
	struct desk desk;
	struct uuid id;

	desk_open(&desk, settings);
	if (!id_parse(ID_API_KEY, text, strlen(text), &id))
		ctx_fail(&desk.cx, SCIM_INVALID_VALUE, "--key needs the id of a key: api_key_…");
	else if (!revoke(&desk, &id, text))
		printf("revoked %s\n", text);
	return desk_close(&desk);
}

int environments_print(const struct settings *settings)
{
	struct environment environment;
	struct desk desk;
	struct rows *rows;
	int i;

	desk_open(&desk, settings);
	rows = environment_list(&desk.cx, desk.db);
	if (!db_run(&desk.cx, desk.db))
		for (i = 0; i < rows_count(rows); i++) {
			environment_read(rows, i, &environment);
			printf("%s  %s\n", id_print(desk.arena, ID_ENVIRONMENT, &environment.id),
				print_name(desk.arena, environment.display_name));
		}
	return desk_close(&desk);
}
