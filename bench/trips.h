/* SPDX-License-Identifier: MIT */
/* The recorded trips of a workload to the database, run with one row of parameters each time. */
#ifndef BENCH_TRIPS_H
#define BENCH_TRIPS_H

#include <stdbool.h>

struct trips;

/*
 * Read what floor.py wrote, before the processes fork: they share the count of rows that are used up. Lives as
 * long as the process; ends it when the file is not what it should be.
 */
struct trips *trips_read(const char *path);

/* Connect this process, the index-th, prepare all, and run the rows that only warm up. Ends the process on failure. */
void trips_begin(struct trips *trips, const char *url, int index);

/* Run the trips with the next row; false when a statement failed or no row is left. */
bool trips_run(struct trips *trips);

#endif
