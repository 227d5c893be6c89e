/* SPDX-License-Identifier: MIT */
/*
 * JSON whose long lists stay text. A list of 200,000 members takes 180 MB as a tree; lifted out of
 * its document it takes nothing, and is read element by element with base/cursor.h.
 *
 * A place is the names that lead there with spaces between them, as in "Operations * value". Names
 * are compared ASCII case-insensitively; "*" is any element of an array.
 */
#ifndef BASE_LIFT_H
#define BASE_LIFT_H

#include <json-c/json.h>

#include "base/ctx.h"
#include "base/cursor.h"

#define LIFT_PLACES 16 /* at most */

/* A document without its long lists. */
struct lifted {
	const char *text; /* the rest: [n] stands where slices[n] stood; in the arena */
	size_t len; /* bytes */
	struct json_slice *slices; /* arrays, in the order of the text; borrowed from it */
	size_t count;
	struct json_object *tree; /* of text, if json_parse_lifted made it */
	int64_t nodes; /* values in tree, and in what lifted_restore made */
};

/*
 * Take each array that stands at one of the places (NULL-terminated) out of JSON text that the
 * guard has passed. The outermost are taken: what is in them comes along. Anything else than an
 * array is left where it is. So an array at a place is always [n], whatever a client sends.
 */
void lift(struct arena *arena, const char *text, size_t len, const char *const *places,
	struct lifted *out);

/*
 * Guard, with so many values as the limit for the whole text; lift; then json_parse the rest under
 * cx->limits->json_nodes. The tree is an object.
 *
 * Fails: as json_parse_object
 */
enum scim_err json_parse_lifted(struct ctx *cx, const struct json_slice *text, int64_t nodes,
	const char *const *places, struct lifted *out);

/* The list that a placeholder in out->tree stands for. */
struct json_slice lifted_slice(const struct lifted *lifted, struct json_object *placeholder);

/*
 * Its tree after all, a root owned by the arena; to be put in the placeholder's place.
 *
 * Fails: SCIM_TOO_LARGE  more than json_nodes values in out->tree and all that was restored
 */
enum scim_err lifted_restore(struct ctx *cx, struct lifted *lifted, struct json_object *placeholder,
	struct json_object **tree);

#endif
