/* SPDX-License-Identifier: MIT */
/*
 * The floor of the web part: a FastCGI responder that does nothing but answer /…/hello/BYTES/… with so many bytes
 * and the headers that Rollcall sends. Several processes accept on one socket, as those of `rollcall serve`.
 *
 *   hello SOCKET PROCESSES
 */
#include <fcgiapp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	BACKLOG = 1024,
	BYTES_MAX = 256 << 20,
	SCRAP = 65536
};

static int wanted_bytes(const char *target)
{
	const char *at = target ? strstr(target, "/hello/") : NULL;
	long bytes = at ? strtol(at + strlen("/hello/"), NULL, 10) : 0;

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

static void answer(FCGX_Request *request)
{
	int bytes = wanted_bytes(FCGX_GetParam("REQUEST_URI", request->envp));
	char scrap[SCRAP];

	while (FCGX_GetStr(scrap, sizeof(scrap), request->in) > 0)
		continue;
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

static void serve(int listener)
{
	FCGX_Request request;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	FCGX_Init();
	FCGX_InitRequest(&request, listener, 0);
	while (FCGX_Accept_r(&request) >= 0)
		answer(&request);
}

int main(int argc, char **argv)
{
	int i, listener, processes = argc == 3 ? (int)strtol(argv[2], NULL, 10) : 0;

	if (processes < 1) {
		fputs("usage: hello SOCKET PROCESSES\n", stderr);
		return 2;
	}
	listener = FCGX_OpenSocket(argv[1], BACKLOG);
	if (listener < 0)
		return 1;
	for (i = 0; i < processes; i++)
		if (fork() == 0) {
			serve(listener);
			_exit(0);
		}
	while (wait(NULL) > 0)
		continue;
	return 0;
}
