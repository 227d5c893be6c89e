/* SPDX-License-Identifier: MIT */
/* References between the operations of a Bulk request, and their order; private to bulk*.c. */
#ifndef SCIM_BULK_REFS_H
#define SCIM_BULK_REFS_H

#include "scim/bulk.h"

/* The operation cannot be done. The first reason is kept. */
void bulk_refuse(struct bulk_op *op, enum scim_err e, const char *detail);

/* Find all references: sets bulk->names and the refs of each operation; refuses what is wrong. */
void bulk_find_refs(struct ctx *cx, struct bulk *bulk);

/* Set bulk->order, bulk->components and the component of each operation by their refs. */
void bulk_find_order(struct ctx *cx, struct bulk *bulk);

#endif
