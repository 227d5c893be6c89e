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

void membership_print(
	struct buf *buf, const struct membership_look *look, const struct membership *membership)
{
	struct spelled spelled = { .line = *membership };
	char separator = '{';

	spell(&spelled);
	for (int part = 0; part < PART__MAX; part++) {
		if (!look->parts[part])
			continue;
		buf_putc(buf, separator);
		print_part(buf, look->base, (enum membership_part)part, &spelled);
		separator = ',';
	}
	buf_putc(buf, '}');
}

/* A list on its way out. */
struct outgoing {
	struct membership_look look;
	const char *lines; /* that are left */
	const char *end;
	char separator;
};

/* Append until the buffer has so many bytes or more; false: that was all. */
static bool print_until(struct outgoing *out, struct buf *buf, size_t len)
{
	struct membership line;

	while (buf->len < len) {
		if (!membership_next(&out->lines, out->end, &line)) {
			buf_puts(buf, out->separator == '[' ? "[]" : "]");
			return false;
		}
		buf_putc(buf, out->separator);
		out->look.print(buf, &out->look, &line);
		out->separator = ',';
	}
	return true;
}

static bool print_piece(void *arg, struct buf *piece)
{
	return print_until(arg, piece, BUF_PIECE);
}

static bool same_word(const struct membership *a, const struct membership *b)
{
	return a->word_len == b->word_len && memcmp(a->word, b->word, a->word_len) == 0;
}

/* What one takes apart from its name, with the comma. */
static size_t size_without_name(struct buf *scratch, const struct membership_look *look,
	const struct membership *membership)
{
	struct membership bare = *membership;

	bare.name_len = 0;
	buf_cut(scratch, 0);
	look->print(scratch, look, &bare);
	return scratch->len + 1;
}

/* Of the whole list. */
static size_t size_of(struct outgoing out)
{
	struct arena *arena = arena_new();
	struct membership line, before = { .word = "" };
	struct buf scratch;
	size_t each = 0;
	size_t size = 1;

	buf_init(&scratch, arena, 0);
	for (; membership_next(&out.lines, out.end, &line); before = line) {
		if (!same_word(&line, &before))
			each = size_without_name(&scratch, &out.look, &line);
		size += each + (out.look.parts[PART_DISPLAY] ? line.name_len : 0);
	}
	arena_free(arena);
	return size;
}

static void leave_gap(struct buf *buf, const struct outgoing *out)
{
	struct outgoing *kept = arena_alloc(buf->arena, sizeof(*kept));

	*kept = *out;
	*buf->gap = (struct buf_gap){ buf->len, size_of(*out), print_piece, kept };
}

void memberships_print(
	struct buf *buf, const struct membership_look *look, const char *lines, size_t len)
{
	struct outgoing out = { *look, lines, lines + len, '[' };

	if (len >= BUF_PIECE && buf->gap && !buf->gap->print) {
		leave_gap(buf, &out);
		return;
	}
	if (len >= BUF_PIECE)
		buf_reserve(buf, size_of(out));
	print_until(&out, buf, SIZE_MAX);
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
