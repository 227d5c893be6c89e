/* SPDX-License-Identifier: MIT */
/* The quirks' names, and the one place that asks whether a directory is strict. */
#include "scim/quirk.h"

#include "base/text.h"

const char *const quirk_names[QUIRK__MAX] = {
	[QUIRK_STRING_BOOLEAN] = "stringBoolean",
	[QUIRK_NO_SCHEMAS] = "noSchemas",
	[QUIRK_FOREIGN_SCHEMA] = "foreignSchema",
	[QUIRK_READ_ONLY_VALUE] = "readOnlyValue",
	[QUIRK_DOTTED_KEY] = "dottedKey",
	[QUIRK_CREATE_TARGET] = "createTarget",
	[QUIRK_REMOVE_VALUE] = "removeValue",
	[QUIRK_MANAGER] = "manager",
	[QUIRK_UNKNOWN_ATTRIBUTE] = "unknownAttribute",
	[QUIRK_SINGLE_VALUE] = "singleValue",
	[QUIRK_PATH_FILTER] = "pathFilter",
	[QUIRK_COMPLEX_COMPARE] = "complexCompare",
	[QUIRK_UNQUALIFIED] = "unqualified",
	[QUIRK_SINGLE_QUOTES] = "singleQuotes",
	[QUIRK_STRING_NUMBER] = "stringNumber",
	[QUIRK_UNKNOWN_MEMBER] = "unknownMember",
	[QUIRK_NO_BULK_ID] = "noBulkId",
};

_Static_assert(QUIRK__MAX <= 64, "ctx.quirks has one bit for each");

bool quirk_allowed(struct ctx *cx, enum quirk quirk)
{
	if (cx->strict)
		return false;
	cx->quirks |= (uint64_t)1 << quirk;
	return true;
}
