/* SPDX-License-Identifier: MIT */
/*
 * SQL shared by stmt.c and record_list.c: what is said of the memberships of resource r, one line each,
 * in the order of ids: the UUID, a word, and a name as a JSON string (see scim/membership.h). The
 * condition, a string literal, says whether anybody wants to know; without it nothing is looked at.
 */
#ifndef STORE_STMT_MEMBERSHIPS_H
#define STORE_STMT_MEMBERSHIPS_H

/*
 * The groups of a user: direct ones, and through nesting indirect ones. UNION makes it end where
 * groups hold one another. OFFSET 0 keeps each step at the index, however many memberships there
 * are in the directory: without it a page hashes all of them.
 */
#define GROUPS_OF_USER(condition) \
	"CASE WHEN " condition " AND EXISTS (SELECT FROM group_members m" \
	" WHERE m.directory_id = $1::uuid AND m.member_id = r.id OFFSET 0) THEN (" \
	"WITH RECURSIVE up (id, direct) AS (" \
	"SELECT m.group_id, true FROM group_members m" \
	" WHERE m.directory_id = $1::uuid AND m.member_id = r.id" \
	" UNION SELECT m.group_id, false FROM up, LATERAL (SELECT m.group_id FROM group_members m" \
	" WHERE m.directory_id = $1::uuid AND m.member_id = up.id AND m.type = 'Group' OFFSET 0) m)" \
	" SELECT string_agg(n.id || n.word || (SELECT to_json(g.display_name)::text FROM groups g" \
	" WHERE g.directory_id = $1::uuid AND g.id = n.id), E'\\n' ORDER BY n.id)" \
	"  FROM (SELECT id, CASE WHEN bool_or(direct) THEN 'direct' ELSE 'indirect' END AS word" \
	" FROM up GROUP BY id) n) END"

/* In no order: to sort a hundred thousand costs more than all the rest. memberships_sorted does it at need. */
#define MEMBERS_OF_GROUP(condition) \
	"CASE WHEN " condition " THEN (" \
	"SELECT string_agg(m.member_id || m.type || to_json(m.display)::text, E'\\n')" \
	" FROM group_members m" \
	" WHERE m.directory_id = $1::uuid AND m.group_id = r.id) END"

#endif
