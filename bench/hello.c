/* SPDX-License-Identifier: MIT */
/*
 * The floor of the web part: a FastCGI responder that does nothing but answer /NAME/BYTES/… with so many bytes
 * and the headers that Rollcall sends. Several processes accept on one socket, as those of `rollcall serve`. With a
 * database and a file of trips it runs these before each answer: the floor of the whole stack.
 *
 *   hello SOCKET PROCESSES [DATABASE TRIPS]
 *
 * It prints a line when all processes are about to accept.
 */
#include <fcgiapp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trips.h"

enum {
	BACKLOG = 1024,
	BYTES_MAX = 256 << 20,
	SCRAP = 65536
};

static int wanted_bytes(const char *target)
{
	const char *at = target && *target ? strchr(target + 1, '/') : NULL;
	long bytes = at ? strtol(at + 1, NULL, 10) : 0;

	return bytes < 0 || bytes > BYTES_MAX ? 0 : (int)bytes;
}

/* As many bytes as were ever asked for. */
static const char *filler(int bytes)
{
	static char *text;
	static int size;

	if (bytes > size) {
		text = realloc(text, (size_t)bytes);
		if (!text)
			abort();
		memset(text, 'x', (size_t)bytes);
		size = bytes;
	}
	return text;
}

static void answer(FCGX_Request *request, struct trips *trips)
{
	int bytes = wanted_bytes(FCGX_GetParam("REQUEST_URI", request->envp));
	char scrap[SCRAP];

	while (FCGX_GetStr(scrap, sizeof(scrap), request->in) > 0)
		continue;
	if (trips && !trips_run(trips)) {
		FCGX_PutS("Status: 500 Internal Server Error\r\n\r\n", request->out);
		FCGX_Finish_r(request);
		return;
	}
	FCGX_FPrintF(request->out,
		"Status: %s\r\nX-Request-Id: scim_request_0123456789012345678901234\r\n"
		"Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n",
		bytes ? "200 OK" : "204 No Content");
	if (bytes) {
		FCGX_FPrintF(request->out,
			"Content-Type: application/scim+json; charset=utf-8\r\nETag: W/\"1\"\r\n"
			"Content-Length: %d\r\n\r\n",
			bytes);
		FCGX_PutStr(filler(bytes), bytes, request->out);
	} else {
		FCGX_PutS("\r\n", request->out);
	}
	FCGX_Finish_r(request);
}

static void serve(int listener, struct trips *trips, int ready)
{
	FCGX_Request request;

	FCGX_Init();
	FCGX_InitRequest(&request, listener, 0);
	if (write(ready, "", 1) != 1)
		return;
	close(ready);
	while (FCGX_Accept_r(&request) >= 0)
		answer(&request, trips);
}

static bool all_ready(int pipe, int processes)
{
	char byte;

	for (; processes > 0; processes--)
		if (read(pipe, &byte, 1) != 1)
			return false;
	return true;
}

int main(int argc, char **argv)
{
	int i, listener, ready[2];
	int processes = argc == 3 || argc == 5 ? (int)strtol(argv[2], NULL, 10) : 0;
	struct trips *trips;

	if (processes < 1) {
		fputs("usage: hello SOCKET PROCESSES [DATABASE TRIPS]\n", stderr);
		return 2;
	}
	trips = argc == 5 ? trips_read(argv[4]) : NULL;
	listener = FCGX_OpenSocket(argv[1], BACKLOG);
	if (listener < 0 || pipe(ready))
		return 1;
	for (i = 0; i < processes; i++)
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			close(ready[0]);
			if (trips)
				trips_begin(trips, argv[3], i);
			serve(listener, trips, ready[1]);
			_exit(0);
		}
	close(ready[1]);
	if (!all_ready(ready[0], processes))
		return 1;
	puts("ready");
	fflush(stdout);
	while (wait(NULL) > 0)
		continue;
	return 0;
}
