/* SPDX-License-Identifier: MIT */
/*
 * One store, several versions of SCIM. What they write and read alike is in the modules of RFC 7643 and
 * 7644; what differs is a row here. The store keeps resources as SCIM 2.0 has them (resource.h): version 1.1
 * is a mapping of names both ways, see v1.h.
 */
#ifndef SCIM_DIALECT_H
#define SCIM_DIALECT_H

#include "scim/members.h"
#include "scim/message.h"
#include "scim/project.h"

/* What a body or a PATCH makes of a resource. */
struct wish {
	struct lifted *body; /* of the request; is changed */
	struct json_object *before; /* as stored; NULL: there is none */
	int64_t modified; /* when that was last changed, in microseconds since 1970 */
	struct json_object
		*resource; /* out: canonical. PATCH: in, a copy of before, changed in place */
	struct member_plan plan; /* out: who comes and goes, when the type has members */
};

struct dialect {
	const char *const *endpoints; /* by resource kind: "/Users" */
	bool cursors; /* RFC 9865 */
	const char *const
		*patch_places; /* where lists of members stand in a PATCH, see base/lift.h */

	/* An id as it is spelled in a path. False: it can be nobody's. */
	bool (*parse_id)(enum id_kind kind, const char *text, size_t len, struct uuid *id);
	const char *(*print_id)(struct arena *arena, enum id_kind kind, const struct uuid *id);

	/* POST and PUT. Fails as members_of_body and resource_from_body. */
	enum scim_err (*read)(struct ctx *cx, const struct resource_type *rt, struct wish *wish);
	/* Fails as patch_parse, members_of_patch and patch_apply. */
	enum scim_err (*patch)(struct ctx *cx, const struct resource_type *rt, struct wish *wish);

	/* Fails as filter_parse. */
	enum scim_err (*filter)(struct ctx *cx, const struct resource_type *rt,
		const struct origin *origin, const char *text, const struct filter **tree);
	/* An attribute to sort by, as path_resolve. */
	bool (*path)(struct ctx *cx, const struct resource_type *rt, const char *text, size_t len,
		struct path *path);
	/* As projection_parse. */
	enum scim_err (*projection)(struct ctx *cx, const struct resource_type *rt,
		const char *attributes, const char *excluded, struct projection *projection);

	/* As resource_print, message_list_open, message_list_close and message_error. */
	void (*print)(struct buf *buf, const struct resource_type *rt,
		const struct projection *projection, const struct origin *origin,
		const struct stored *stored);
	void (*list_open)(struct buf *buf, struct list_frame *frame);
	void (*list_close)(struct buf *buf, const struct list_frame *frame);
	void (*error)(struct buf *buf, enum scim_err e, const char *detail);
};

extern const struct dialect scim_2; /* RFC 7643, RFC 7644, RFC 9865 */
extern const struct dialect scim_1; /* SCIM 1.1 */
extern const struct dialect pingone; /* SCIM 1.1 as PingOne's directory speaks it */

#endif
