/* SPDX-License-Identifier: MIT */
/*
 * The command line. Without words the process was started by a web server: plain CGI, or FastCGI
 * on descriptor 0.
 */
#include <getopt.h>
#include <sys/resource.h>

#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "deliver.h"
#include "gateway.h"
#include "key.h"
#include "serve.h"
#include "store/environment.h"
#include "web/router.h"

struct options {
	const char *config;
	const char *socket;
	const char *workers;
	const char *environment;
	const char *name;
	const char *scopes;
	const char *key;
	bool no_management;
	bool once;
	bool help;
};

typedef int command_fn(const struct settings *settings, const struct options *options);

struct command {
	const char *name;
	const char *word; /* second word, NULL: none */
	command_fn *run;
	bool needs_settings;
	const char *help;
};

static int run_web(const struct settings *settings, const struct options *options)
{
	(void)options;
	if (gateway_is_cgi())
		gateway_cgi(settings);
	else
		gateway_serve(settings, -1);
	return 0;
}

/* Why the database cannot be served, in the arena; NULL when it can. */
static const char *find_fault(const struct settings *settings, struct arena *arena)
{
	struct ctx cx = { .arena = arena, .limits = &settings->app.limits, .now = time_now() };
	struct db *db = db_new(arena, &settings->db);
	enum scim_err e;

	cx.request_id = uuid_v7(time_precise());
	db_start(&cx, db);
	e = schema_check(&cx, db);
	db_close(db);
	return e ? cx.detail : NULL;
}

static int run_migrate_check(const struct settings *settings, const struct options *options)
{
	struct arena *arena = arena_new();
	const char *fault = find_fault(settings, arena);

	(void)options;
	if (fault)
		fprintf(stderr, "rollcall: %s\n", fault);
	else
		printf("schema version %d\n", SCHEMA_VERSION);
	arena_free(arena);
	return fault ? 1 : 0;
}

/* The workers come up all the same, and answer 503 until the database is well. */
static void warn_of_fault(const struct settings *settings)
{
	struct arena *arena = arena_new();
	const char *fault = find_fault(settings, arena);

	if (fault)
		log_line("warning", NULL, "every request is answered 503 for now: %s", fault);
	arena_free(arena);
}

static int run_serve(const struct settings *settings, const struct options *options)
{
	long long workers = settings->workers;

	if (!options->socket) {
		fputs("rollcall: serve needs --socket PATH\n", stderr);
		return 2;
	}
	if (options->workers &&
		(!text_int(options->workers, strlen(options->workers), &workers) || workers < 1)) {
		fputs("rollcall: --workers needs a number from 1\n", stderr);
		return 2;
	}
	warn_of_fault(settings);
	return serve(settings, options->socket, (int)(workers > 512 ? 512 : workers));
}

static int run_deliver(const struct settings *settings, const struct options *options)
{
	return deliver(settings, options->once);
}

/* Is the option there that the command needs? */
static bool has_option(const char *option, const char *what)
{
	if (!option)
		fprintf(stderr, "rollcall: %s\n", what);
	return option != NULL;
}

static int run_key_create(const struct settings *settings, const struct options *options)
{
	const char *scopes = options->no_management ? "read" : "read,events,logs,manage";

	if (!has_option(options->environment, "key create needs --environment NAME"))
		return 2;
	if (options->scopes && options->no_management) {
		fputs("rollcall: --scopes or --no-management, not both\n", stderr);
		return 2;
	}
	return key_create(settings, options->environment, options->name,
		options->scopes ? options->scopes : scopes);
}

static int run_key_list(const struct settings *settings, const struct options *options)
{
	if (!has_option(options->environment, "key list needs --environment NAME"))
		return 2;
	return key_list(settings, options->environment);
}

static int run_key_revoke(const struct settings *settings, const struct options *options)
{
	if (!has_option(options->key, "key revoke needs --key ID"))
		return 2;
	return key_revoke(settings, options->key);
}

static int run_environments(const struct settings *settings, const struct options *options)
{
	(void)options;
	return environments_print(settings);
}

static int run_settings(const struct settings *settings, const struct options *options)
{
	struct arena *arena = arena_new();
	struct buf buf;

	(void)settings;
	(void)options;
	buf_init(&buf, arena, 4096);
	settings_sample(&buf);
	fputs(buf.data, stdout);
	arena_free(arena);
	return 0;
}

static void print_route(const char *path, const struct route *route)
{
	const char *permission = route->scope ? scope_name(route->scope) : "session";
	const char *document = route->face == FACE_SCIM1 ? "  SCIM " : "  RFC ";

	if (face_rows[route->face].dialect)
		permission = route->face == FACE_SCIM ? "bearer token" : "account";

	printf("%-7s %s  %s%s%s\n", http_method_names[route->method], path,
		route->flags & ROUTE_PUBLIC ? "public" : permission,
		*route->reference ? document : "", route->reference);
}

static int run_routes(const struct settings *settings, const struct options *options)
{
	struct arena *arena = arena_new();
	const char *path;
	size_t i, j;

	(void)settings;
	(void)options;
	for (i = 0; i < mount_count; i++)
		for (j = 0; j < route_count; j++)
			if ((path = mount_route(arena, &mounts[i], &routes[j])))
				print_route(path, &routes[j]);
	arena_free(arena);
	return 0;
}

static int run_help(const struct settings *settings, const struct options *options);

static const struct command commands[] = {
	{ "serve", NULL, run_serve, true,
		"--socket PATH [--workers N]   answer FastCGI on a Unix socket" },
	{ "deliver", NULL, run_deliver, true,
		"[--once]   send webhooks, for ever or until nothing is due" },
	{ "key", "create", run_key_create, true,
		"--environment NAME [--name TEXT] [--scopes read,events,logs,manage | "
		"--no-management]   make an API key" },
	{ "key", "list", run_key_list, true, "--environment NAME   print its API keys" },
	{ "key", "revoke", run_key_revoke, true, "--key ID   end an API key, at once" },
	{ "environment", "list", run_environments, true, "  print the environments" },
	{ "migrate", "check", run_migrate_check, true,
		"  is the database's schema the one we know?" },
	{ "settings", NULL, run_settings, false, "  print the commented sample of all settings" },
	{ "routes", NULL, run_routes, false, "  print the API" },
	{ "help", NULL, run_help, false, "  print this" },
};

enum {
	COMMANDS = sizeof(commands) / sizeof(*commands)
};

static int run_help(const struct settings *settings, const struct options *options)
{
	int i;

	(void)settings;
	(void)options;
	puts("usage: rollcall [--config FILE] [command]\n"
	     "Without a command: answer as the web server that started it asks, FastCGI or CGI.\n"
	     "Settings come from FILE (or ROLLCALL_CONFIG) and from variables ROLLCALL_NAME.");
	for (i = 0; i < COMMANDS; i++)
		printf("  %s%s%s %s\n", commands[i].name, commands[i].word ? " " : "",
			commands[i].word ? commands[i].word : "", commands[i].help);
	return 0;
}

static const struct command *find_command(int count, char *const *words)
{
	static const struct command web = { .run = run_web, .needs_settings = true };
	int i;

	if (count == 0)
		return &web;
	for (i = 0; i < COMMANDS; i++) {
		if (strcmp(words[0], commands[i].name) != 0)
			continue;
		if (commands[i].word ? count == 2 && strcmp(words[1], commands[i].word) == 0
				     : count == 1)
			return &commands[i];
	}
	return NULL;
}

static bool read_options(int argc, char **argv, struct options *options)
{
	static const struct option names[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "socket", required_argument, NULL, 's' },
		{ "workers", required_argument, NULL, 'w' },
		{ "environment", required_argument, NULL, 'e' },
		{ "name", required_argument, NULL, 'N' },
		{ "scopes", required_argument, NULL, 'S' },
		{ "key", required_argument, NULL, 'k' },
		{ "no-management", no_argument, NULL, 'n' },
		{ "once", no_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "h", names, NULL)) != -1) {
		if (c == 'c')
			options->config = optarg;
		else if (c == 's')
			options->socket = optarg;
		else if (c == 'w')
			options->workers = optarg;
		else if (c == 'e')
			options->environment = optarg;
		else if (c == 'N')
			options->name = optarg;
		else if (c == 'S')
			options->scopes = optarg;
		else if (c == 'k')
			options->key = optarg;
		else if (c == 'n')
			options->no_management = true;
		else if (c == 'o')
			options->once = true;
		else if (c == 'h')
			options->help = true;
		else
			return false;
	}
	return true;
}

/* The command that the words name, NULL when they name none: then what is wrong is said. */
static const struct command *read_command(int argc, char **argv, struct options *options)
{
	static const struct command help = { .run = run_help };
	const struct command *command;

	if (!read_options(argc, argv, options))
		return NULL;
	if (options->help)
		return &help;
	command = find_command(argc - optind, argv + optind);
	if (!command)
		fprintf(stderr, "rollcall: there is no command '%s%s%s'\n", argv[optind],
			argc - optind > 1 ? " " : "", argc - optind > 1 ? argv[optind + 1] : "");
	return command;
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new();
	struct options options = { .config = getenv("ROLLCALL_CONFIG") };
	const struct rlimit none = { 0, 0 };
	const struct command *command = read_command(argc, argv, &options);
	struct settings settings = { 0 };
	const char *error;
	int status = 2;

	setrlimit(RLIMIT_CORE, &none); /* a core holds tokens and names */
	if (!command) {
		run_help(NULL, NULL);
	} else if (command->needs_settings &&
		   !settings_load(arena, options.config, &settings, &error)) {
		log_line("error", NULL, "settings: %s", error);
		status = 1;
	} else {
		status = command->run(&settings, &options);
	}
	arena_free(arena);
	return status;
}
