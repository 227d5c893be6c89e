/* SPDX-License-Identifier: MIT */
/*
 * Tests as data. A file in tests/vectors/ holds blocks between blank lines; the last line of a block
 * is the result, the lines before it are the inputs. Lines that begin with "# " are comments.
 */
#ifndef TESTS_VECTOR_H
#define TESTS_VECTOR_H

#include "base/buf.h"
#include "base/ctx.h"

/* Print the result of the inputs to got. cx is new for each block. */
typedef void vector_fn(struct ctx *cx, char **inputs, struct buf *got);

/*
 * Run fn over the blocks of tests/vectors/<file>, each of which has so many inputs. Results that
 * both are JSON objects or arrays are compared as JSON, others as text. A difference is printed
 * with its line, and fails the running test.
 */
void vectors_run(const char *file, unsigned inputs, vector_fn *fn);

/* How an error is written in a vector: "! invalidFilter", or "! 413" where no keyword exists. */
void vector_error(struct buf *buf, const struct ctx *cx);

#endif
