/* SPDX-License-Identifier: MIT */
/* From lines to JSON. The lines come from our own statements: one that cannot be read is a bug. */
#include "scim/membership.h"

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

/* Only a member can be a user: what holds others is a group. */
static const struct resource_type *type_of(const struct membership *line)
{
	return text_ieqn(line->word, line->word_len, user_type.name, strlen(user_type.name))
		       ? &user_type
		       : &group_type;
}

static void print_part(
	struct buf *buf, const char *base, enum membership_part part, const struct membership *line)
{
	const struct resource_type *rt = type_of(line);
	char id[ID_TEXT];
	size_t len = id_format(rt->id, &line->id, id);

	switch (part) {
	case PART_VALUE:
		buf_puts(buf, "\"value\":\"");
		buf_put(buf, id, len);
		buf_putc(buf, '"');
		break;
	case PART_REF:
		buf_puts(buf, "\"$ref\":\"");
		buf_puts(buf, base);
		buf_puts(buf, rt->endpoint);
		buf_putc(buf, '/');
		buf_put(buf, id, len);
		buf_putc(buf, '"');
		break;
	case PART_TYPE:
		buf_puts(buf, "\"type\":\"");
		buf_put(buf, line->word, line->word_len);
		buf_putc(buf, '"');
		break;
	case PART_DISPLAY:
	default:
		buf_puts(buf, "\"display\":");
		buf_put(buf, line->name, line->name_len);
	}
}

static void print_line(struct buf *buf, const char *base, const bool parts[PART__MAX],
	const struct membership *line)
{
	char separator = '{';

	for (int part = 0; part < PART__MAX; part++) {
		if (!parts[part])
			continue;
		buf_putc(buf, separator);
		print_part(buf, base, (enum membership_part)part, line);
		separator = ',';
	}
	buf_putc(buf, '}');
}

/* About what all lines will take. */
static size_t size_of(const char *base, const char *lines, size_t len)
{
	size_t each = (size_t)2 * ID_TEXT + strlen(base) + 64;
	size_t count = 1;

	for (const char *s = lines; (s = memchr(s, '\n', len - (size_t)(s - lines))); s++)
		count++;
	return len + count * each;
}

void memberships_print(struct buf *buf, const char *base, const bool parts[PART__MAX],
	const char *lines, size_t len)
{
	const char *end = lines + len;
	struct membership line;
	char separator = '[';

	buf_reserve(buf, size_of(base, lines, len));
	while (membership_next(&lines, end, &line)) {
		buf_putc(buf, separator);
		print_line(buf, base, parts, &line);
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
