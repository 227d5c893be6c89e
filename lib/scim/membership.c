/* SPDX-License-Identifier: MIT */
/* From lines to JSON. The lines come from our own statements: one that cannot be read is a bug. */
#include "scim/membership.h"

#include <stdlib.h>

#include "base/lift.h"
#include "base/text.h"

bool membership_next(const char **lines, const char *end, struct membership *membership)
{
	const char *text = *lines;
	size_t left = (size_t)(end - text);

	if (left == 0)
		return false;
	const char *stop = memchr(text, '\n', left);
	if (!stop)
		stop = end;
	size_t len = (size_t)(stop - text);
	const char *quote = memchr(text, '"', len);
	if (!quote || len < UUID_TEXT || !uuid_parse(text, UUID_TEXT - 1, &membership->id))
		abort();
	membership->word = text + UUID_TEXT - 1;
	membership->word_len = (size_t)(quote - membership->word);
	membership->name = quote;
	membership->name_len = (size_t)(stop - quote);
	*lines = stop < end ? stop + 1 : end;
	return true;
}

/* A line and its id, in one place: comparing touches no text. */
struct keyed {
	struct uuid id;
	struct json_slice text;
};

static int key_order(const void *a, const void *b)
{
	const struct keyed *x = a;
	const struct keyed *y = b;

	return memcmp(x->id.byte, y->id.byte, sizeof(x->id.byte));
}

static bool next_key(const char **lines, const char *end, struct keyed *keyed)
{
	struct membership membership;
	const char *text = *lines;

	if (!membership_next(lines, end, &membership))
		return false;
	keyed->id = membership.id;
	keyed->text.text = text;
	keyed->text.len = (size_t)(membership.name + membership.name_len - text);
	return true;
}

/* Are they in order, which is that of the UUIDs' texts too? *count: how many there are. */
static bool are_sorted(const char *lines, const char *end, size_t *count)
{
	const char *before = lines;
	bool sorted = true;

	for (*count = 0; end - lines >= UUID_TEXT; ++*count) {
		const char *stop = memchr(lines, '\n', (size_t)(end - lines));

		if (memcmp(before, lines, UUID_TEXT - 1) > 0)
			sorted = false;
		before = lines;
		lines = stop ? stop + 1 : end;
	}
	return sorted;
}

static const char *join_lines(
	struct arena *arena, const struct keyed *keyed, size_t count, size_t len)
{
	struct buf lines;

	buf_init(&lines, arena, len);
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_putc(&lines, '\n');
		buf_put(&lines, keyed[i].text.text, keyed[i].text.len);
	}
	return lines.data;
}

const char *memberships_sorted(struct arena *arena, const char *lines, size_t len)
{
	const char *end = lines + len;
	const char *at = lines;
	const char *sorted;
	struct arena *scratch;
	struct keyed *keyed;
	size_t count;

	if (are_sorted(lines, end, &count))
		return lines;
	scratch = arena_new();
	keyed = arena_alloc(scratch, count * sizeof(*keyed));
	for (size_t i = 0; i < count; i++)
		next_key(&at, end, &keyed[i]);
	qsort(keyed, count, sizeof(*keyed), key_order);
	sorted = join_lines(arena, keyed, count, len);
	arena_free(scratch);
	return sorted;
}

/* Only a member can be a user: what holds others is a group. */
static const struct resource_type *type_of(const struct membership *line)
{
	return text_ieqn(line->word, line->word_len, user_type.name, strlen(user_type.name))
		       ? &user_type
		       : &group_type;
}

/* A line, and what takes work to spell and stands in several parts. */
struct spelled {
	struct membership line;
	const char *endpoint;
	char id[ID_TEXT];
	size_t id_len;
};

static void spell(struct spelled *spelled)
{
	const struct resource_type *rt = type_of(&spelled->line);

	spelled->endpoint = rt->endpoint;
	spelled->id_len = id_format(rt->id, &spelled->line.id, spelled->id);
}

static void print_part(
	struct buf *buf, const char *base, enum membership_part part, const struct spelled *spelled)
{
	switch (part) {
	case PART_VALUE:
		buf_puts(buf, "\"value\":\"");
		buf_put(buf, spelled->id, spelled->id_len);
		buf_putc(buf, '"');
		break;
	case PART_REF:
		buf_puts(buf, "\"$ref\":\"");
		buf_puts(buf, base);
		buf_puts(buf, spelled->endpoint);
		buf_putc(buf, '/');
		buf_put(buf, spelled->id, spelled->id_len);
		buf_putc(buf, '"');
		break;
	case PART_TYPE:
		buf_puts(buf, "\"type\":\"");
		buf_put(buf, spelled->line.word, spelled->line.word_len);
		buf_putc(buf, '"');
		break;
	case PART_DISPLAY:
	default:
		buf_puts(buf, "\"display\":");
		buf_put(buf, spelled->line.name, spelled->line.name_len);
	}
}

static void print_line(struct buf *buf, const char *base, const bool parts[PART__MAX],
	const struct spelled *spelled)
{
	char separator = '{';

	for (int part = 0; part < PART__MAX; part++) {
		if (!parts[part])
			continue;
		buf_putc(buf, separator);
		print_part(buf, base, (enum membership_part)part, spelled);
		separator = ',';
	}
	buf_putc(buf, '}');
}

/* What the parts take beside the line's own text, at most. */
static size_t size_of(const char *base, const bool parts[PART__MAX], const char *lines, size_t len)
{
	static const char frame[] =
		"{\"value\":\"\",\"$ref\":\"/Groups/\",\"type\":\"\",\"display\":},";
	const size_t id = strlen(id_prefix(ID_GROUP)) + 25;
	size_t each = sizeof(frame) - 1 + (parts[PART_REF] ? strlen(base) + id : 0);
	size_t count = 1;

	for (const char *at = lines; (at = memchr(at, '\n', len - (size_t)(at - lines))); at++)
		count++;
	return len + count * each + 2;
}

void memberships_print(struct buf *buf, const char *base, const bool parts[PART__MAX],
	const char *lines, size_t len)
{
	const char *end = lines + len;
	struct spelled spelled;
	char separator = '[';

	buf_reserve(buf, size_of(base, parts, lines, len));
	while (membership_next(&lines, end, &spelled.line)) {
		buf_putc(buf, separator);
		spell(&spelled);
		print_line(buf, base, parts, &spelled);
		separator = ',';
	}
	if (separator == '[')
		buf_putc(buf, '[');
	buf_putc(buf, ']');
}

const struct attr *membership_attr(const struct resource_type *rt)
{
	const struct attr *attr = rt->core->attrs;

	while (attr->place != AS_MEMBERSHIP)
		attr++;
	return attr;
}

enum membership_part membership_part(const struct attr *sub)
{
	return (enum membership_part)(sub->place - AS_MEMBERSHIP_VALUE);
}
