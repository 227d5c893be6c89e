/* SPDX-License-Identifier: MIT */
/*
 * fork, wait, fork again. All workers accept on one socket, so a slow request holds nobody else
 * and a killed worker costs at most its own request.
 */
#include "serve.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "gateway.h"

enum {
	WORKERS_MAX = 512,
	EARLY_US = 1000000, /* a worker that ends sooner was not well */
	PAUSE_NS = 250000000 /* before the next, so that a fault does not spin */
};

struct pool {
	const struct settings *settings;
	int listener;
	int count;
	pid_t pid[WORKERS_MAX];
	int64_t started[WORKERS_MAX];
};

static volatile sig_atomic_t ended;

static void on_term(int signal)
{
	(void)signal;
	ended = 1;
}

static void start_worker(struct pool *pool, int i)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	pool->started[i] = time_monotonic();
	pool->pid[i] = pid;
	if (pid < 0)
		log_line("error", NULL, "cannot fork: %s", strerror(errno));
	if (pid != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGTERM); /* no orphans behind a killed parent */
	if (getppid() == parent)
		gateway_serve(pool->settings, pool->listener);
	_exit(0);
}

static int find_worker(const struct pool *pool, pid_t pid)
{
	int i;

	for (i = 0; i < pool->count; i++)
		if (pool->pid[i] == pid)
			return i;
	return -1;
}

static void replace_worker(struct pool *pool, int i, int status)
{
	struct timespec pause = { .tv_nsec = PAUSE_NS };

	if (WIFSIGNALED(status))
		log_line("error", NULL, "worker %d was ended by signal %d", (int)pool->pid[i],
			WTERMSIG(status));
	pool->pid[i] = 0;
	if (time_monotonic() - pool->started[i] < EARLY_US)
		nanosleep(&pause, NULL);
	if (!ended)
		start_worker(pool, i);
}

/* The signal may reach a worker just before it waits: said again until all are gone. */
static void end_workers(struct pool *pool)
{
	struct timespec pause = { .tv_nsec = PAUSE_NS };
	int i, left = 1;

	while (left > 0) {
		left = 0;
		for (i = 0; i < pool->count; i++) {
			if (pool->pid[i] <= 0)
				continue;
			kill(pool->pid[i], SIGTERM);
			if (waitpid(pool->pid[i], NULL, WNOHANG) == pool->pid[i])
				pool->pid[i] = 0;
			else
				left++;
		}
		if (left > 0)
			nanosleep(&pause, NULL);
	}
}

static void watch(struct pool *pool)
{
	int status, i;
	pid_t pid;

	while (!ended) {
		pid = waitpid(-1, &status, 0);
		i = pid > 0 ? find_worker(pool, pid) : -1;
		if (i >= 0)
			replace_worker(pool, i, status);
		else if (pid < 0 && errno == ECHILD && !ended)
			start_worker(pool, 0); /* not one could be forked: try again */
	}
}

/* A successor may have put its own socket there already: that one stays. */
static void remove_socket(const char *path, const struct stat *ours)
{
	struct stat now;

	if (stat(path, &now) == 0 && now.st_dev == ours->st_dev && now.st_ino == ours->st_ino)
		unlink(path);
}

int serve(const struct settings *settings, const char *socket_path, int workers)
{
	static struct pool pool;
	struct sigaction action = { .sa_handler = on_term };
	struct stat socket;
	int i;

	pool.settings = settings;
	pool.count = workers < WORKERS_MAX ? workers : WORKERS_MAX;
	pool.listener = gateway_listen(socket_path);
	if (pool.listener < 0 || stat(socket_path, &socket)) {
		log_line("error", NULL, "cannot listen on %s: %s", socket_path, strerror(errno));
		return 1;
	}
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	for (i = 0; i < pool.count; i++)
		start_worker(&pool, i);
	log_line("info", NULL, "%d workers on %s", pool.count, socket_path);
	watch(&pool);
	end_workers(&pool);
	remove_socket(socket_path, &socket);
	return 0;
}
