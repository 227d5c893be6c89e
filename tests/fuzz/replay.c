/* SPDX-License-Identifier: MIT */
/*
 * A main for the fuzz targets without a fuzzer: each file named as an argument goes through the
 * target once, in a process of its own, so that every build replays what the fuzzers started from and
 * found, and a crash costs one file only.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An exact copy on the heap: one byte read too far is seen by the sanitizer. */
static int feed(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data;
	long size;

	if (!file || fseek(file, 0, SEEK_END) || (size = ftell(file)) < 0)
		return 1;
	rewind(file);
	data = malloc(size ? (size_t)size : 1);
	if (!data || fread(data, 1, (size_t)size, file) != (size_t)size)
		return 1;
	fclose(file);
	LLVMFuzzerTestOneInput(data, (size_t)size);
	free(data);
	return 0;
}

static int replay(const char *path)
{
	int status = 1;
	pid_t child = fork();

	if (child == 0)
		exit(feed(path));
	if (child > 0)
		waitpid(child, &status, 0);
	if (status)
		fprintf(stderr, "%s: wait status %d\n", path, status);
	return status == 0;
}

int main(int argc, char **argv)
{
	int i, passed = 0;

	for (i = 1; i < argc; i++)
		passed += replay(argv[i]);
	printf("%d passed, %d failed\n", passed, argc - 1 - passed);
	return passed == argc - 1 ? 0 : 1;
}
