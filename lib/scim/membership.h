/* SPDX-License-Identifier: MIT */
/*
 * The groups of a user and the members of a group, as the store tells of them: text with a line for
 * each, so that a hundred thousand of them are printed without a tree. A line is the UUID of the other
 * resource, a word, and its name as a JSON string:
 *
 *   019aa5d0-0000-7000-8000-000000000001User"Barbara Jensen"
 *
 * The word is the type of a membership: User or Group of a member, direct or indirect of a group.
 */
#ifndef SCIM_MEMBERSHIP_H
#define SCIM_MEMBERSHIP_H

#include "base/buf.h"
#include "scim/schema.h"

/* The sub-attributes (RFC 7643 sections 4.1.2 and 4.2), in the order of their places in schema.h. */
enum membership_part {
	PART_VALUE,
	PART_REF,
	PART_TYPE,
	PART_DISPLAY,
	PART__MAX
};

/* One of them; borrowed from its line. */
struct membership {
	struct uuid id;
	const char *word;
	size_t word_len;
	const char *name; /* with its quotes */
	size_t name_len;
};

/* How they are answered. */
struct membership_look {
	const char *base; /* SCIM base URL without a trailing slash */
	bool parts[PART__MAX]; /* which are wanted; one at least */
	/* Append one. Apart from its name each of the same word takes the same bytes. */
	void (*print)(struct buf *buf, const struct membership_look *look,
		const struct membership *membership);
};

/* {"value":...,"$ref":...,"type":...,"display":...}, as far as they are wanted. */
void membership_print(
	struct buf *buf, const struct membership_look *look, const struct membership *membership);

/*
 * Append the values, [...,...]. Long ones leave a gap, if the buffer may have one.
 *   lines  as long as the buffer
 */
void memberships_print(
	struct buf *buf, const struct membership_look *look, const char *lines, size_t len);

/*
 * The lines in the order of ids. A database that has them so, as it mostly does, need not sort them: they come
 * back as they are, else as a copy in the arena.
 */
const char *memberships_sorted(struct arena *arena, const char *lines, size_t len);

/* Take the next line off *lines, which end there; false behind the last. */
bool membership_next(const char **lines, const char *end, struct membership *membership);

/* The attribute whose values are memberships. Each resource type has one. */
const struct attr *membership_attr(const struct resource_type *rt);

/* The part that a sub-attribute is, by its place. */
enum membership_part membership_part(const struct attr *sub);

#endif
