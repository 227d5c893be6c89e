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
	sigset_t signals; /* that the parent waits for */
	const struct settings *settings;
	int listener;
	int count;
	pid_t pid[WORKERS_MAX];
	int64_t started[WORKERS_MAX];
};

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
	sigprocmask(SIG_UNBLOCK, &pool->signals, NULL);
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

static void note_end(struct pool *pool, int i, int status)
{
	struct timespec pause = { .tv_nsec = PAUSE_NS };

	if (WIFSIGNALED(status))
		log_line("error", NULL, "worker %d was ended by signal %d", (int)pool->pid[i],
			WTERMSIG(status));
	pool->pid[i] = 0;
	if (time_monotonic() - pool->started[i] < EARLY_US)
		nanosleep(&pause, NULL);
}

/* Collect the workers that have ended; how many are left. */
static int collect(struct pool *pool)
{
	int status, i, left = 0;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if ((i = find_worker(pool, pid)) >= 0)
			note_end(pool, i, status);
	for (i = 0; i < pool->count; i++)
		left += pool->pid[i] > 0;
	return left;
}

static void fill(struct pool *pool)
{
	int i;

	for (i = 0; i < pool->count; i++)
		if (pool->pid[i] <= 0)
			start_worker(pool, i);
}

/* A slot that could not be filled is tried again a second later. */
static void watch(struct pool *pool)
{
	struct timespec second = { .tv_sec = 1 };
	int signal = 0;

	while (signal != SIGTERM && signal != SIGINT) {
		collect(pool);
		fill(pool);
		signal = sigtimedwait(&pool->signals, NULL, &second);
	}
}

/* The signal may reach a worker before it waits for it: said again until all are gone. */
static void end_workers(struct pool *pool)
{
	struct timespec pause = { .tv_nsec = PAUSE_NS };
	int i;

	do {
		for (i = 0; i < pool->count; i++)
			if (pool->pid[i] > 0)
				kill(pool->pid[i], SIGTERM);
		nanosleep(&pause, NULL);
	} while (collect(pool) > 0);
}

/* A successor may have put its own socket there already: that one stays. */
static void remove_socket(const char *path, const struct stat *ours)
{
	struct stat now;

	if (stat(path, &now) == 0 && now.st_dev == ours->st_dev && now.st_ino == ours->st_ino)
		unlink(path);
}

/* They are waited for, in turn with the end of workers; a worker has its own mind again. */
static void block_signals(sigset_t *signals)
{
	sigemptyset(signals);
	sigaddset(signals, SIGTERM);
	sigaddset(signals, SIGINT);
	sigaddset(signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, signals, NULL);
}

int serve(const struct settings *settings, const char *socket_path, int workers)
{
	static struct pool pool;
	struct stat socket;

	pool.settings = settings;
	pool.count = workers < WORKERS_MAX ? workers : WORKERS_MAX;
	pool.listener = gateway_listen(socket_path);
	if (pool.listener < 0 || stat(socket_path, &socket)) {
		log_line("error", NULL, "cannot listen on %s: %s", socket_path, strerror(errno));
		return 1;
	}
	block_signals(&pool.signals);
	log_line("info", NULL, "%d workers on %s", pool.count, socket_path);
	watch(&pool);
	end_workers(&pool);
	remove_socket(socket_path, &socket);
	return 0;
}
