/* SPDX-License-Identifier: MIT */
/* API keys from the command line. */
#include "key.h"

#include "base/text.h"
#include "base/time.h"
#include "store/environment.h"

int key_create(const struct settings *settings, const char *environment, bool management)
{
	struct arena *arena = arena_new();
	struct ctx cx = { .arena = arena, .limits = &settings->app.limits, .now = time_now() };
	struct db *db = db_new(arena, &settings->db);
	struct uuid id;
	const char *key;
	bool made;

	cx.request_id = uuid_v7(time_precise());
	db_start(&cx, db);
	if (environment_ensure(&cx, db, environment, &id, &made) ||
		environment_add_key(&cx, db, &id, management ? SCOPE_ALL : SCOPE_READ, &key)) {
		fprintf(stderr, "rollcall: %s\n", cx.detail);
		db_close(db);
		arena_free(arena);
		return 1;
	}
	fprintf(stderr, "environment %s \"%s\"%s; this API key is shown only now:\n",
		id_print(arena, ID_ENVIRONMENT, &id), environment, made ? ", new" : "");
	printf("%s\n", key);
	db_close(db);
	arena_free(arena);
	return 0;
}
