/* SPDX-License-Identifier: MIT */
/*
 * A plan for the members of a group in the making: between members.c, which knows what a request
 * means, and the steps that the store wants. roll.c folds, roll_list.c reads.
 */
#ifndef SCIM_ROLL_H
#define SCIM_ROLL_H

#include "scim/members.h"

/* One who comes or goes. 24 bytes; there may be a quarter of a million. */
struct change {
	struct member member;
	uint32_t order; /* twice the number of changes before it, 1 more for one who goes */
};

enum {
	NAMED_MAX = 2 /* members that one element of a list can name */
};

/* How a version of SCIM names members in lists. */
struct naming {
	/* Who id[len] is, by what "type" says (JSON; empty: nothing), to who[NAMED_MAX]; how many. */
	size_t (*find)(const char *id, size_t len, struct json_slice type, struct member *who);
	size_t most; /* at most how many: NAMED_MAX or less */
	bool strings; /* a string is an id, and that is no quirk */
	bool operations; /* "operation": "delete": this one goes */
};

extern const struct naming naming_2; /* of SCIM 2.0 */

struct roll {
	struct ctx *cx;
	const struct naming *naming;
	struct change *log; /* of the step in the making */
	size_t count;
	size_t cap;
	bool all; /* of the step in the making */
	struct member_step *steps; /* that are made */
	size_t step_count;
	size_t step_cap;
	int64_t named; /* elements of lists so far */
	size_t unknown;
	struct buf sample; /* of the unknown */
	struct buf text; /* the string that is being read */
};

void roll_init(struct roll *roll, struct ctx *cx, const struct naming *naming);

/* Make room for n more elements of lists. SCIM_TOO_LARGE: too many in this request. */
enum scim_err roll_room(struct roll *roll, size_t n);

/* Everybody goes. What was planned before is of no matter any more. */
void roll_clear(struct roll *roll);

/* One comes or goes; roll_room has made room. The last word about an id counts. */
void roll_put(struct roll *roll, const struct member *member, bool goes);

/* All that match go, of those who are there then. */
void roll_filter(struct roll *roll, const struct filter *filter);

void roll_finish(struct roll *roll, struct member_plan *plan);

/*
 * Put each that a list names, JSON text of an array. Where everybody goes anyway, an element that says so of
 * itself is passed over. Fails as members.h says.
 */
enum scim_err roll_list(struct roll *roll, struct json_slice list, bool goes);

/*
 * The one member that a list of one names. *found false: there are none or several, or it is
 * unknown. Fails as roll_list.
 */
enum scim_err roll_single(
	struct roll *roll, struct json_slice list, struct member *member, bool *found);

/*
 * Put those whom the lists of a body name, which was lifted at members_body_places, and take the lists out of
 * its tree. Fails as members_of_body.
 */
enum scim_err roll_body(struct roll *roll, struct lifted *body);

/* The id of a user or group. */
bool member_parse(const char *text, size_t len, struct member *member);

#endif
