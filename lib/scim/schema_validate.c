/* SPDX-License-Identifier: MIT */
/*
 * Which custom schemas there may be: names, URNs, characteristics that go together, and what may
 * change of one that is in use. Works on rows; what JSON they came from is schema_json.c's.
 */
#include "base/text.h"
#include "scim/schema_json.h"
#include "scim/v1.h"

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_alnum(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9');
}

/* Do all bytes of text[len] satisfy is_alnum or stand in others? */
static bool made_of(const char *text, size_t len, const char *others)
{
	for (size_t i = 0; i < len; i++)
		if (!is_alnum(text[i]) && !strchr(others, text[i]))
			return false;
	return true;
}

/*
 * RFC 8141: "urn:" NID ":" NSS. Of the NSS only what the names of a filter may hold: no attribute
 * of the schema could be addressed otherwise (RFC 7644 figure 1; lists of names are cut at commas).
 */
static bool is_urn(const char *urn)
{
	size_t len = strlen(urn);
	if (len > SCHEMA_URN_BYTES || !text_istarts(urn, len, "urn:"))
		return false;
	const char *nid = urn + 4;
	size_t nid_len = strcspn(nid, ":");
	const char *nss = nid + nid_len + 1;
	if (nid_len < 2 || nid_len > 32 || !nid[nid_len] || !made_of(nid, nid_len, "-") ||
		nid[0] == '-' || nid[nid_len - 1] == '-')
		return false;
	return *nss && *nss != ':' && urn[len - 1] != ':' && made_of(nss, strlen(nss), "._-:");
}

/* URNs that mean something already, in spellings of drafts too. */
static bool is_taken(const char *urn)
{
	static const char *const prefixes[] = {
		"urn:ietf:params:scim:api:",
		"urn:ietf:params:scim:schemas:core:",
		URN_PINGONE,
	};
	size_t len = strlen(urn);
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (text_istarts(urn, len, prefixes[i]))
			return true;
	return schema_find_foreign(&user_type, urn, len) ||
	       schema_find_foreign(&group_type, urn, len);
}

/* RFC 7643 section 2.1 ATTRNAME, and "$ref" (section 2.4). */
static bool is_name(const struct attr *attr, const struct attr *parent)
{
	size_t len = strlen(attr->name);
	if (parent && strcmp(attr->name, "$ref") == 0)
		return true;
	return len <= SCHEMA_NAME_BYTES && is_letter(attr->name[0]) &&
	       made_of(attr->name, len, "$_-");
}

bool attr_is_kept(const struct attr *attr)
{
	if (attr->mutability == M_READ_ONLY || attr->mutability == M_WRITE_ONLY)
		return false;
	if (attr->type != T_COMPLEX)
		return true;
	for (const struct attr *sub = attr->subs; sub && sub->name; sub++)
		if (attr_is_kept(sub))
			return true;
	return false;
}

typedef bool rule_fn(const struct attr *attr, const struct attr *parent);

static bool breaks_complex(const struct attr *attr, const struct attr *parent)
{
	return !parent && attr->type == T_COMPLEX && !attr->subs;
}

static bool breaks_simple(const struct attr *attr, const struct attr *parent)
{
	(void)parent;
	return attr->type != T_COMPLEX && attr->subs;
}

static bool breaks_sub_type(const struct attr *attr, const struct attr *parent)
{
	return parent && attr->type == T_COMPLEX;
}

static bool breaks_sub_multi(const struct attr *attr, const struct attr *parent)
{
	return parent && attr->multi;
}

static bool breaks_uniqueness(const struct attr *attr, const struct attr *parent)
{
	(void)parent;
	return attr->uniqueness != U_NONE;
}

static bool breaks_required(const struct attr *attr, const struct attr *parent)
{
	(void)parent;
	return attr->required && !attr_is_kept(attr);
}

static bool breaks_write_only(const struct attr *attr, const struct attr *parent)
{
	(void)parent;
	return attr->mutability == M_WRITE_ONLY && attr->returned != R_NEVER;
}

static bool breaks_references(const struct attr *attr, const struct attr *parent)
{
	(void)parent;
	return attr->references && attr->type != T_REFERENCE;
}

/* 7643 2.4: at most one value is primary, which resource_settle sees to. */
static bool breaks_primary(const struct attr *attr, const struct attr *parent)
{
	return parent && parent->multi && text_ieq(attr->name, "primary") &&
	       attr->type != T_BOOLEAN;
}

static bool breaks_name(const struct attr *attr, const struct attr *parent)
{
	return !is_name(attr, parent);
}

static const struct rule {
	rule_fn *breaks;
	const char *why;
} rules[] = {
	{ breaks_name, "a name is a letter and up to 63 letters, digits, $, - and _" },
	{ breaks_complex, "a complex attribute needs subAttributes" },
	{ breaks_simple, "only a complex attribute has subAttributes" },
	{ breaks_sub_type, "a sub-attribute cannot be complex" },
	{ breaks_sub_multi, "a sub-attribute cannot be multiValued" },
	{ breaks_uniqueness, "the server cannot keep values unique; uniqueness must be none" },
	{ breaks_required, "what is never stored cannot be required" },
	{ breaks_write_only, "what is writeOnly must be returned never" },
	{ breaks_references, "only a reference has referenceTypes" },
	{ breaks_primary, "primary must be boolean" },
};

static enum scim_err check_attrs(
	struct ctx *cx, const struct attr *attrs, const struct attr *parent);

static enum scim_err check_attr(struct ctx *cx, const struct attr *attr, const struct attr *parent)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].breaks(attr, parent))
			return ctx_fail(cx, SCIM_INVALID_VALUE, "attribute '%s%s%s': %s",
				parent ? parent->name : "", parent ? "." : "", attr->name,
				rules[i].why);
	return attr->subs ? check_attrs(cx, attr->subs, attr) : SCIM_OK;
}

static enum scim_err check_attrs(
	struct ctx *cx, const struct attr *attrs, const struct attr *parent)
{
	for (const struct attr *attr = attrs; attr->name; attr++) {
		enum scim_err e = check_attr(cx, attr, parent);
		if (e)
			return e;
		/* the first row of the name is another one */
		if (attr_find(attrs, attr->name, strlen(attr->name)) != attr)
			return ctx_fail(cx, SCIM_INVALID_VALUE, "attribute '%s%s%s' is there twice",
				parent ? parent->name : "", parent ? "." : "", attr->name);
	}
	return SCIM_OK;
}

enum scim_err schema_validate(struct ctx *cx, const struct schema *schema)
{
	if (!is_urn(schema->urn))
		return ctx_fail(cx, SCIM_INVALID_VALUE,
			"id must be a URN, urn:<namespace>:<name>, of letters, digits and ._-: and "
			"at most %d bytes",
			SCHEMA_URN_BYTES);
	if (is_taken(schema->urn))
		return ctx_fail(
			cx, SCIM_INVALID_VALUE, "id: %s is not yours to define", schema->urn);
	return check_attrs(cx, schema->attrs, NULL);
}

/* May after take the place of before, which has values? NULL: yes. */
static const char *change_of(const struct attr *before, const struct attr *after)
{
	if (!after)
		return "is gone";
	if (strcmp(before->name, after->name) != 0)
		return "is spelled otherwise";
	if (before->type != after->type || before->multi != after->multi)
		return "has another type";
	if (before->case_exact != after->case_exact)
		return "has another caseExact";
	if (before->mutability != after->mutability || before->returned != after->returned)
		return "has another mutability or returned";
	return after->required && !before->required ? "is required now" : NULL;
}

static const struct attr *same_name(const struct attr *attrs, const struct attr *attr)
{
	return attr_find(attrs, attr->name, strlen(attr->name));
}

static bool attrs_are_compatible(
	struct arena *arena, const struct attr *before, const struct attr *after, const char **why)
{
	for (const struct attr *attr = before; attr->name; attr++) {
		const struct attr *now = same_name(after, attr);
		const char *change = change_of(attr, now);
		if (change) {
			*why = arena_printf(arena, "'%s' %s", attr->name, change);
			return false;
		}
		if (attr->subs && !attrs_are_compatible(arena, attr->subs, now->subs, why))
			return false;
	}
	for (const struct attr *attr = after; attr->name; attr++) {
		if (same_name(before, attr) || !attr->required)
			continue;
		*why = arena_printf(arena, "'%s' is new and required", attr->name);
		return false;
	}
	return true;
}

bool schema_is_compatible(struct arena *arena, const struct schema *before,
	const struct schema *after, const char **why)
{
	return attrs_are_compatible(arena, before->attrs, after->attrs, why);
}
