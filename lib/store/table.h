/* SPDX-License-Identifier: MIT */
/* Where resources of a type are kept, and the statements of that table. */
#ifndef STORE_TABLE_H
#define STORE_TABLE_H

#include "store/record.h"

struct table {
	const char *name; /* also the kind of its counts */
	enum stmt_id by_id;
	enum stmt_id lock;
	enum stmt_id lock_delete;
	enum stmt_id insert;
	enum stmt_id update;
	enum stmt_id delete;
	enum stmt_id log;
	enum stmt_id log_again;
};

extern const struct table tables[KIND__MAX];

/* Read columns id, doc, version, created_at, modified_at, memberships of row i. */
void record_row(struct ctx *cx, const struct resource_type *rt, const struct rows *rows, int i,
	struct record *record);

#endif
