/* SPDX-License-Identifier: MIT */
/* How a request for one resource ends: its row of the log, its COMMIT, its answer. */
#ifndef WEB_ANSWER_H
#define WEB_ANSWER_H

#include "web/operation.h"

/* The resource, in the dialect of the call, and its ETag. */
void answer_resource(
	struct call *call, const struct projection *projection, const struct stored *stored);

/* Queue the row of the log and COMMIT behind the change, and run them; operation_end comes behind it. */
enum scim_err answer_commit(struct call *call, const struct operation *op);

/* After operation_end. */
void answer_operation(struct call *call, const struct operation *op);

/* op->record.done: an earlier attempt has made the change. May run a trip. */
enum scim_err answer_again(struct call *call, struct operation *op);

#endif
