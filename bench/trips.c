/* SPDX-License-Identifier: MIT */
#include "trips.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	NAME_BYTES = 16
};

struct statement {
	const char *sql;
	int params;
	char name[NAME_BYTES];
};

/* The statements of one pipeline: from where the last one ended. */
struct trips {
	int trip_count;
	int *ends;
	int count; /* of statements */
	struct statement *statements;
	const char **values; /* of all rows, one behind the other */
	int width; /* values of a row */
	int rows;
	int warm; /* of them, for each process */
	int first; /* behind those of all processes */
	int *used; /* shared */
	PGconn *conn;
};

struct reader {
	const char *at, *end;
};

static void die(const char *what)
{
	fprintf(stderr, "hello: %s\n", what);
	exit(1);
}

static void *room(size_t count, size_t size)
{
	void *found = calloc(count ? count : 1, size);

	if (!found)
		die("no memory");
	return found;
}

static int32_t take_number(struct reader *from)
{
	int32_t number;

	if (from->end - from->at < (ptrdiff_t)sizeof(number))
		die("the trips end early");
	memcpy(&number, from->at, sizeof(number));
	from->at += sizeof(number);
	return number;
}

/* Its length, and the text with its NUL; a length of -1 is null. */
static const char *take_text(struct reader *from)
{
	int32_t length = take_number(from);
	const char *found = from->at;

	if (length < 0)
		return NULL;
	if (from->end - from->at <= length)
		die("the trips end early");
	from->at += length + 1;
	return found;
}

static struct reader map(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct reader made;
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		die("the trips cannot be read");
	made.at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (made.at == MAP_FAILED)
		die("the trips cannot be read");
	made.end = made.at + st.st_size;
	return made;
}

static void take_statements(struct trips *trips, struct reader *from)
{
	int i;

	trips->trip_count = take_number(from);
	trips->ends = room((size_t)trips->trip_count, sizeof(*trips->ends));
	for (i = 0; i < trips->trip_count; i++)
		trips->ends[i] = take_number(from);
	trips->count = i ? trips->ends[i - 1] : 0;
	trips->statements = room((size_t)trips->count, sizeof(*trips->statements));
	for (i = 0; i < trips->count; i++) {
		if (!(trips->statements[i].sql = take_text(from)))
			die("a statement has no text");
		trips->statements[i].params = take_number(from);
		trips->width += trips->statements[i].params;
	}
}

/* A text that occurs more than once (in Bulk, a hundred times) is prepared once. */
static void name_statements(struct trips *trips)
{
	int i, same;

	for (i = 0; i < trips->count; i++) {
		for (same = 0; same < i; same++)
			if (strcmp(trips->statements[same].sql, trips->statements[i].sql) == 0)
				break;
		snprintf(trips->statements[i].name, NAME_BYTES, "s%d", same);
	}
}

struct trips *trips_read(const char *path)
{
	struct trips *trips = room(1, sizeof(*trips));
	struct reader from = map(path);
	size_t i, count;

	take_statements(trips, &from);
	name_statements(trips);
	trips->warm = take_number(&from);
	trips->first = take_number(&from);
	trips->rows = take_number(&from);
	count = (size_t)trips->rows * (size_t)trips->width;
	trips->values = room(count, sizeof(*trips->values));
	for (i = 0; i < count; i++)
		trips->values[i] = take_text(&from);
	trips->used = mmap(NULL, sizeof(*trips->used), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (trips->used == MAP_FAILED)
		die("no memory");
	return trips;
}

static bool wait_socket(PGconn *conn, short events)
{
	struct pollfd fd = { .fd = PQsocket(conn), .events = events };

	return poll(&fd, 1, -1) > 0 && (!(fd.revents & POLLIN) || PQconsumeInput(conn));
}

/* The results of so many statements and of the synchronization behind them. */
static bool receive(PGconn *conn, int count)
{
	bool good = true, synced = false;

	while (!synced) {
		PGresult *result;

		while (PQisBusy(conn))
			if (!wait_socket(conn, POLLIN))
				return false;
		result = PQgetResult(conn);
		if (!result)
			continue; /* between two statements */
		switch (PQresultStatus(result)) {
		case PGRES_TUPLES_OK:
		case PGRES_COMMAND_OK:
			count--;
			break;
		case PGRES_PIPELINE_SYNC:
			synced = true;
			break;
		default:
			fprintf(stderr, "hello: %s", PQresultErrorMessage(result));
			good = false;
		}
		PQclear(result);
		if (PQstatus(conn) != CONNECTION_OK)
			return false;
	}
	return good && count == 0;
}

static bool flush(PGconn *conn)
{
	int left;

	while ((left = PQflush(conn)) > 0)
		if (!wait_socket(conn, POLLIN | POLLOUT))
			return false;
	return left == 0;
}

static bool run_row(struct trips *trips, int row)
{
	const char **values = trips->values + (size_t)row * (size_t)trips->width;
	int trip, i = 0, begun = 0;

	for (trip = 0; trip < trips->trip_count; trip++, begun = i) {
		for (; i < trips->ends[trip]; i++) {
			const struct statement *one = &trips->statements[i];

			if (!PQsendQueryPrepared(
				    trips->conn, one->name, one->params, values, NULL, NULL, 0))
				return false;
			values += one->params;
		}
		if (!PQpipelineSync(trips->conn) || !flush(trips->conn) ||
			!receive(trips->conn, i - begun))
			return false;
	}
	return true;
}

static void prepare(struct trips *trips)
{
	int i;
	char name[NAME_BYTES];

	for (i = 0; i < trips->count; i++) {
		PGresult *result;

		snprintf(name, sizeof(name), "s%d", i);
		if (strcmp(name, trips->statements[i].name) != 0)
			continue;
		result = PQprepare(trips->conn, name, trips->statements[i].sql, 0, NULL);
		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			die(PQresultErrorMessage(result));
		PQclear(result);
	}
}

void trips_begin(struct trips *trips, const char *url, int index)
{
	int i;

	trips->conn = PQconnectdb(url);
	if (PQstatus(trips->conn) != CONNECTION_OK)
		die(PQerrorMessage(trips->conn));
	prepare(trips);
	PQsetnonblocking(trips->conn, 1);
	PQenterPipelineMode(trips->conn);
	for (i = 0; i < trips->warm; i++)
		if (!run_row(trips, index * trips->warm + i))
			die("the trips fail");
}

bool trips_run(struct trips *trips)
{
	int row = trips->first + __atomic_fetch_add(trips->used, 1, __ATOMIC_RELAXED);

	return row < trips->rows && run_row(trips, row);
}
