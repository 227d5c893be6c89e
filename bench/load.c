/* SPDX-License-Identifier: MIT */
/*
 * Sends each request of a file once (or so many times), over so many kept connections, each of which sends its next
 * request when it has the answer to the last. Prints what it saw as one JSON object.
 *
 *   load PORT CONNECTIONS FILE [TIMES]
 *
 * The file is requests as they go over the wire, each behind a line "BYTES STATUS": its length, and the status
 * that is to be answered.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	CONNECTIONS_MAX = 1024,
	HEAD_BYTES = 16384,
	READ_BYTES = 262144,
	SAMPLES_MAX = 1 << 20, /* latencies that are kept */
	EVENTS = 64
};

struct request {
	const char *text;
	size_t len;
	int status;
};

struct peer {
	int fd;
	const struct request *request; /* in hand, NULL: idle */
	size_t sent;
	char head[HEAD_BYTES];
	size_t head_len;
	bool in_body;
	size_t body_left;
	bool closes; /* the server says so */
	int64_t began;
};

struct load {
	struct sockaddr_in address;
	int poller;
	struct request *requests;
	size_t count; /* of them */
	uint64_t todo; /* to be sent, in all */
	uint64_t begun;
	uint64_t done;
	uint64_t wrong; /* answered otherwise than they should be */
	int wrong_status; /* the first */
	uint64_t bytes; /* of bodies */
	uint32_t *latency; /* microseconds */
	struct peer peers[CONNECTIONS_MAX];
};

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void watch(struct load *load, struct peer *peer, uint32_t events, int how)
{
	struct epoll_event event = { .events = events, .data.ptr = peer };

	if (epoll_ctl(load->poller, how, peer->fd, &event))
		die("epoll");
}

static void connect_peer(struct load *load, struct peer *peer)
{
	int on = 1;

	peer->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (peer->fd < 0 ||
		connect(peer->fd, (struct sockaddr *)&load->address, sizeof(load->address)))
		die("connect");
	setsockopt(peer->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	fcntl(peer->fd, F_SETFL, fcntl(peer->fd, F_GETFL) | O_NONBLOCK);
	watch(load, peer, EPOLLIN, EPOLL_CTL_ADD);
	peer->closes = false;
}

static void send_rest(struct load *load, struct peer *peer)
{
	const struct request *request = peer->request;
	ssize_t n;

	while (peer->sent < request->len) {
		n = send(peer->fd, request->text + peer->sent, request->len - peer->sent,
			MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN) {
			watch(load, peer, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
			return;
		}
		if (n < 0)
			die("send");
		peer->sent += (size_t)n;
	}
}

static void begin(struct load *load, struct peer *peer)
{
	peer->request = NULL;
	if (load->begun == load->todo)
		return;
	if (peer->closes) {
		close(peer->fd);
		connect_peer(load, peer);
	}
	peer->request = &load->requests[load->begun++ % load->count];
	peer->sent = peer->head_len = 0;
	peer->in_body = false;
	peer->began = now_ns();
	send_rest(load, peer);
}

static void finish(struct load *load, struct peer *peer)
{
	int64_t us = (now_ns() - peer->began) / 1000;

	if (load->done < SAMPLES_MAX)
		load->latency[load->done] = us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
	load->done++;
	begin(load, peer);
}

/* The value of a header, or NULL. */
static const char *header(const char *head, const char *name)
{
	const char *line = strstr(head, "\r\n");

	for (; line; line = strstr(line + 2, "\r\n"))
		if (strncasecmp(line + 2, name, strlen(name)) == 0)
			return line + 2 + strlen(name);
	return NULL;
}

static void read_head(struct load *load, struct peer *peer)
{
	const char *length = header(peer->head, "content-length:");
	const char *connection = header(peer->head, "connection:");
	int status = (int)strtol(peer->head + strlen("HTTP/1.1 "), NULL, 10);

	if (status != peer->request->status && load->wrong++ == 0) {
		load->wrong_status = status;
		fprintf(stderr, "load: %d, not %d: %.200s\n", status, peer->request->status,
			peer->request->text);
	}
	if (header(peer->head, "transfer-encoding:")) {
		fputs("load: chunks are not understood\n", stderr);
		exit(1);
	}
	peer->closes = connection && strncasecmp(connection, " close", 6) == 0;
	peer->body_left = length ? strtoul(length, NULL, 10) : 0;
	peer->in_body = true;
	load->bytes += peer->body_left;
}

/* Take what came; true when the answer is complete. */
static bool take(struct load *load, struct peer *peer, const char *data, size_t len)
{
	size_t room = HEAD_BYTES - 1 - peer->head_len, part = len < room ? len : room;
	size_t before = peer->head_len;
	const char *end;

	if (!peer->in_body) {
		memcpy(peer->head + peer->head_len, data, part);
		peer->head_len += part;
		peer->head[peer->head_len] = '\0';
		end = strstr(peer->head, "\r\n\r\n");
		if (!end)
			return false;
		part = (size_t)(end + 4 - peer->head) - before;
		peer->head[before + part - 2] = '\0';
		read_head(load, peer);
		len -= part;
	}
	peer->body_left -= len < peer->body_left ? len : peer->body_left;
	return peer->body_left == 0;
}

static void on_event(struct load *load, struct peer *peer, uint32_t events)
{
	static char data[READ_BYTES];
	ssize_t n;

	if ((events & EPOLLOUT) && peer->request) {
		watch(load, peer, EPOLLIN, EPOLL_CTL_MOD);
		send_rest(load, peer);
	}
	if (!(events & ~(uint32_t)EPOLLOUT))
		return;
	n = recv(peer->fd, data, sizeof(data), 0);
	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0 && peer->request)
		die("the server closed the connection");
	if (n <= 0) {
		epoll_ctl(load->poller, EPOLL_CTL_DEL, peer->fd, NULL);
		return;
	}
	if (peer->request && take(load, peer, data, (size_t)n))
		finish(load, peer);
}

static void run(struct load *load, int connections)
{
	struct epoll_event events[EVENTS];
	int i, n;

	for (i = 0; i < connections; i++)
		connect_peer(load, &load->peers[i]);
	for (i = 0; i < connections; i++)
		begin(load, &load->peers[i]);
	while (load->done < load->todo) {
		n = epoll_wait(load->poller, events, EVENTS, -1);
		for (i = 0; i < n; i++)
			on_event(load, events[i].data.ptr, events[i].events);
	}
}

static void read_requests(struct load *load, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const char *text, *end;
	struct stat st;
	size_t room = 0;
	char *after;

	if (fd < 0 || fstat(fd, &st) || !st.st_size)
		die(path);
	text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (text == MAP_FAILED)
		die(path);
	for (end = text + st.st_size; text < end; text = after) {
		struct request one;

		if (load->count == room) {
			room = room ? room * 2 : 1024;
			load->requests = realloc(load->requests, room * sizeof(one));
			if (!load->requests)
				die("memory");
		}
		one.len = strtoul(text, &after, 10);
		one.status = (int)strtol(after, &after, 10);
		one.text = after + 1;
		after = (char *)one.text + one.len;
		load->requests[load->count++] = one;
	}
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static uint32_t quantile(const struct load *load, double part)
{
	size_t n = load->done < SAMPLES_MAX ? load->done : SAMPLES_MAX;

	return n ? load->latency[(size_t)((double)(n - 1) * part)] : 0;
}

static void print(struct load *load, int64_t ns)
{
	size_t n = load->done < SAMPLES_MAX ? load->done : SAMPLES_MAX;
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	qsort(load->latency, n, sizeof(*load->latency), by_size);
	printf("{\"requests\":%" PRIu64 ",\"wrong\":%" PRIu64
	       ",\"wrong_status\":%d,\"seconds\":%.6f,"
	       "\"bytes\":%" PRIu64
	       ",\"p50_us\":%u,\"p99_us\":%u,\"max_us\":%u,\"cpu_seconds\":%.6f}\n",
		load->done, load->wrong, load->wrong_status, (double)ns / 1e9, load->bytes,
		quantile(load, 0.5), quantile(load, 0.99), quantile(load, 1),
		(double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
			(double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6);
}

int main(int argc, char **argv)
{
	static struct load load;
	int connections = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 0;
	int64_t began;

	if (argc < 4 || connections < 1 || connections > CONNECTIONS_MAX) {
		fputs("usage: load PORT CONNECTIONS FILE [TIMES]\n", stderr);
		return 2;
	}
	load.address.sin_family = AF_INET;
	load.address.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
	load.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	load.poller = epoll_create1(EPOLL_CLOEXEC);
	read_requests(&load, argv[3]);
	load.todo = load.count * (argc > 4 ? strtoull(argv[4], NULL, 10) : 1);
	load.latency = calloc(SAMPLES_MAX, sizeof(*load.latency));
	if (!load.latency)
		die("memory");
	began = now_ns();
	run(&load, connections);
	print(&load, now_ns() - began);
	return load.wrong ? 1 : 0;
}
