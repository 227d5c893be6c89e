/* SPDX-License-Identifier: MIT */
/* A statement on its way and its result: what db.c and rows.c share, and nobody else sees. */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include <libpq-fe.h>

#include "store/db.h"

struct rows {
	PGresult *result;
	const char *name;
	const char *sql;
	int count;
	const char *const *params;
	int slot; /* of a composed text, or -1 */
	enum stmt_id id; /* of the table, or STMT__MAX */
};

#endif
