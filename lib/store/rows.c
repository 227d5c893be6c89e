/* SPDX-License-Identifier: MIT */
/* Reading results. PostgreSQL printed them: one that cannot be read is a bug, and aborts. */
#include "store/rows.h"

#include "base/text.h"
#include "base/time.h"

int rows_count(const struct rows *rows)
{
	return rows->result ? PQntuples(rows->result) : 0;
}

int rows_columns(const struct rows *rows)
{
	return rows->result ? PQnfields(rows->result) : 0;
}

const char *rows_text(const struct rows *rows, int row, int column)
{
	if (PQgetisnull(rows->result, row, column))
		return NULL;
	return PQgetvalue(rows->result, row, column);
}

size_t rows_len(const struct rows *rows, int row, int column)
{
	return (size_t)PQgetlength(rows->result, row, column);
}

int64_t rows_int(const struct rows *rows, int row, int column)
{
	return strtoll(PQgetvalue(rows->result, row, column), NULL, 10);
}

bool rows_bool(const struct rows *rows, int row, int column)
{
	return *PQgetvalue(rows->result, row, column) == 't';
}

int64_t rows_time(const struct rows *rows, int row, int column)
{
	int64_t us;

	if (!rows_text(rows, row, column))
		return 0;
	if (!time_parse_pg(PQgetvalue(rows->result, row, column), &us))
		abort();
	return us;
}

struct uuid rows_uuid(const struct rows *rows, int row, int column)
{
	struct uuid id;

	if (!uuid_parse(PQgetvalue(rows->result, row, column), rows_len(rows, row, column), &id))
		abort();
	return id;
}

bool rows_find_uuid(const struct rows *rows, int row, int column, struct uuid *id)
{
	if (!rows_text(rows, row, column))
		return false;
	*id = rows_uuid(rows, row, column);
	return true;
}

const unsigned char *rows_bytes(
	struct ctx *cx, const struct rows *rows, int row, int column, size_t *len)
{
	size_t digits = rows_len(rows, row, column) - 2; /* behind \x */
	unsigned char *out = arena_alloc(cx->arena, digits / 2 + 1);

	if (!hex_decode(PQgetvalue(rows->result, row, column) + 2, digits, out, digits / 2))
		abort();
	*len = digits / 2;
	return out;
}
