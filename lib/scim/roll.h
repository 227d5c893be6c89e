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

struct roll {
	struct ctx *cx;
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

void roll_init(struct roll *roll, struct ctx *cx);

/* Make room for n more to be named. SCIM_TOO_LARGE: too many in this request. */
enum scim_err roll_room(struct roll *roll, size_t n);

/* Everybody goes. What was planned before is of no matter any more. */
void roll_clear(struct roll *roll);

/* One comes or goes; roll_room has made room. The last word about an id counts. */
void roll_put(struct roll *roll, const struct member *member, bool goes);

/* All that match go, of those who are there then. */
void roll_filter(struct roll *roll, const struct filter *filter);

void roll_finish(struct roll *roll, struct member_plan *plan);

/* Put each that a list names, JSON text of an array. Fails as members.h says. */
enum scim_err roll_list(struct roll *roll, struct json_slice list, bool goes);

/*
 * The one member that a list of one names. *found false: there are none or several, or it is
 * unknown. Fails as roll_list.
 */
enum scim_err roll_single(
	struct roll *roll, struct json_slice list, struct member *member, bool *found);

/* The id of a user or group. */
bool member_parse(const char *text, size_t len, struct member *member);

#endif
