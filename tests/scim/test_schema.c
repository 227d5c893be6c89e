/* SPDX-License-Identifier: MIT */
/* The schema tables row by row, the look-ups in them, and the quirks. */
#include <CUnit/CUnit.h>

#include "base/text.h"
#include "scim/quirk.h"
#include "scim/schema.h"

static const struct schema *const schemas[] = { &user_schema, &group_schema, &enterprise_schema };

typedef void row_fn(const struct attr *attr, const struct attr *parent);

static void each_row(const struct attr *attrs, const struct attr *parent, row_fn *fn)
{
	for (const struct attr *attr = attrs; attr && attr->name; attr++) {
		fn(attr, parent);
		each_row(attr->subs, attr, fn);
	}
}

static void each_table(row_fn *fn)
{
	each_row(common_attrs, NULL, fn);
	for (size_t i = 0; i < sizeof(schemas) / sizeof(schemas[0]); i++)
		each_row(schemas[i]->attrs, NULL, fn);
}

static void check_row(const struct attr *attr, const struct attr *parent)
{
	CU_ASSERT_PTR_NOT_NULL(attr->doc);
	CU_ASSERT_TRUE(attr->type < T__MAX && attr->mutability < M__MAX);
	CU_ASSERT_TRUE(attr->returned < R__MAX && attr->uniqueness < U__MAX);
	CU_ASSERT_TRUE(attr->place < PLACE__MAX);
	CU_ASSERT_EQUAL(attr->type == T_COMPLEX, attr->subs != NULL);
	CU_ASSERT_EQUAL(attr->type == T_REFERENCE, attr->references != NULL);
	/* 7643 2.3.6, 2.3.7 */
	if (attr->type == T_REFERENCE || attr->type == T_BINARY)
		CU_ASSERT_TRUE(attr->case_exact);
	if (attr->type != T_STRING && attr->type != T_REFERENCE && attr->type != T_BINARY)
		CU_ASSERT_FALSE(attr->case_exact);
	/* 7643 7: what is only written cannot be returned */
	CU_ASSERT_EQUAL(attr->mutability == M_WRITE_ONLY, attr->returned == R_NEVER);
	if (!parent)
		return;
	/* 7643 2.3.8: no complex attribute inside another */
	CU_ASSERT_TRUE(attr->type != T_COMPLEX && !attr->multi);
	if (parent->mutability == M_READ_ONLY)
		CU_ASSERT_EQUAL(attr->mutability, M_READ_ONLY);
}

static void every_row_is_consistent(void)
{
	each_table(check_row);
}

static void check_found(const struct attr *attr, const struct attr *parent)
{
	char name[64];
	size_t len = strlen(attr->name);
	CU_ASSERT_FATAL(len < sizeof(name));
	for (size_t i = 0; i < len; i++)
		name[i] = attr->name[i] >= 'a' && attr->name[i] <= 'z' ? (char)(attr->name[i] - 32)
								       : attr->name[i];
	if (parent) {
		CU_ASSERT_PTR_EQUAL(attr_find(parent->subs, name, len), attr);
		CU_ASSERT_PTR_NULL(attr_find(parent->subs, name, len - 1));
		return;
	}
	/* the row itself is found only in its own table: names are unique over core and common */
	size_t found = attr_find(common_attrs, name, len) == attr;
	for (size_t i = 0; i < sizeof(schemas) / sizeof(schemas[0]); i++)
		found += attr_find(schemas[i]->attrs, name, len) == attr;
	CU_ASSERT_EQUAL(found, 1);
}

static void every_row_is_found_by_its_name(void)
{
	each_table(check_found);
	CU_ASSERT_PTR_NULL(attr_find(NULL, "x", 1));
	CU_ASSERT_PTR_NULL(attr_find(common_attrs, "", 0));
	CU_ASSERT_PTR_NULL(attr_find(common_attrs, "idx", 3));
	for (const struct attr *attr = common_attrs; attr->name; attr++) {
		CU_ASSERT_PTR_NULL(attr_find(user_schema.attrs, attr->name, strlen(attr->name)));
		CU_ASSERT_PTR_NULL(attr_find(group_schema.attrs, attr->name, strlen(attr->name)));
	}
}

/* RFC 7643 section 8.7.1, in its order; "display" and addresses' "primary" are ours. */
static const struct order_row {
	const struct schema *schema;
	const char *attr; /* NULL: the attributes of the schema */
	const char *names;
} order_rows[] = {
	{ &user_schema, NULL,
		"userName name displayName nickName profileUrl title userType preferredLanguage "
		"locale timezone active password emails phoneNumbers ims photos addresses groups "
		"entitlements roles x509Certificates " },
	{ &user_schema, "name",
		"formatted familyName givenName middleName honorificPrefix honorificSuffix " },
	{ &user_schema, "emails", "value display type primary " },
	{ &user_schema, "addresses",
		"formatted streetAddress locality region postalCode country type primary " },
	{ &user_schema, "groups", "value $ref display type " },
	{ &user_schema, "x509Certificates", "value display type primary " },
	{ &group_schema, NULL, "displayName members " },
	{ &group_schema, "members", "value $ref type display " },
	{ &enterprise_schema, NULL,
		"employeeNumber costCenter organization division department manager " },
	{ &enterprise_schema, "manager", "value $ref displayName " },
};

static void rows_stand_in_the_order_of_the_rfc(void)
{
	for (size_t i = 0; i < sizeof(order_rows) / sizeof(order_rows[0]); i++) {
		const struct order_row *row = &order_rows[i];
		const struct attr *attrs = row->schema->attrs;
		char names[512];
		size_t n = 0;
		if (row->attr)
			attrs = attr_find(attrs, row->attr, strlen(row->attr))->subs;
		for (; attrs->name; attrs++)
			n += (size_t)snprintf(names + n, sizeof(names) - n, "%s ", attrs->name);
		CU_ASSERT_STRING_EQUAL(names, row->names);
	}
}

/* Each place but IN_DOC, and each characteristic that is not the default, where it belongs. */
static const struct column_row {
	const struct attr *attrs; /* NULL: those of schema */
	const struct schema *schema;
	const char *attr;
	const char *sub;
	enum attr_place place;
	bool required;
	bool case_exact;
} column_rows[] = {
	{ common_attrs, NULL, "id", NULL, AS_ID, false, true },
	{ common_attrs, NULL, "externalId", NULL, AS_EXTERNAL_ID, false, true },
	{ common_attrs, NULL, "schemas", NULL, IN_DOC, false, true },
	{ common_attrs, NULL, "meta", "resourceType", AS_TYPE_NAME, false, true },
	{ common_attrs, NULL, "meta", "created", AS_CREATED, false, false },
	{ common_attrs, NULL, "meta", "lastModified", AS_MODIFIED, false, false },
	{ common_attrs, NULL, "meta", "location", AS_LOCATION, false, true },
	{ common_attrs, NULL, "meta", "version", AS_VERSION, false, true },
	{ NULL, &user_schema, "userName", NULL, AS_USER_NAME, true, false },
	{ NULL, &user_schema, "displayName", NULL, IN_INDEX, false, false },
	{ NULL, &user_schema, "active", NULL, AS_ACTIVE, false, false },
	{ NULL, &user_schema, "password", NULL, AS_NOTHING, false, false },
	{ NULL, &user_schema, "emails", "value", IN_INDEX, false, false },
	{ NULL, &user_schema, "phoneNumbers", "value", IN_INDEX, false, false },
	{ NULL, &user_schema, "groups", NULL, AS_MEMBERSHIP, false, false },
	{ NULL, &user_schema, "x509Certificates", "value", IN_DOC, false, true },
	{ NULL, &group_schema, "displayName", NULL, AS_DISPLAY_NAME, true, false },
	{ NULL, &group_schema, "members", NULL, AS_MEMBERSHIP, false, false },
	{ NULL, &user_schema, "groups", "value", AS_MEMBERSHIP_VALUE, false, false },
	{ NULL, &user_schema, "groups", "$ref", AS_MEMBERSHIP_REF, false, true },
	{ NULL, &user_schema, "groups", "type", AS_MEMBERSHIP_TYPE, false, false },
	{ NULL, &user_schema, "groups", "display", AS_MEMBERSHIP_DISPLAY, false, false },
	{ NULL, &group_schema, "members", "value", AS_MEMBERSHIP_VALUE, false, false },
	{ NULL, &group_schema, "members", "$ref", AS_MEMBERSHIP_REF, false, true },
	{ NULL, &group_schema, "members", "type", AS_MEMBERSHIP_TYPE, false, false },
	{ NULL, &group_schema, "members", "display", AS_MEMBERSHIP_DISPLAY, false, false },
	{ NULL, &enterprise_schema, "employeeNumber", NULL, IN_INDEX, false, false },
	{ NULL, &enterprise_schema, "manager", "value", IN_DOC, false, true },
};

static void places_required_and_case_exact(void)
{
	for (size_t i = 0; i < sizeof(column_rows) / sizeof(column_rows[0]); i++) {
		const struct column_row *row = &column_rows[i];
		const struct attr *attr = attr_find(
			row->attrs ? row->attrs : row->schema->attrs, row->attr, strlen(row->attr));
		if (row->sub)
			attr = attr_find(attr->subs, row->sub, strlen(row->sub));
		CU_ASSERT_PTR_NOT_NULL_FATAL(attr);
		CU_ASSERT_EQUAL(attr->place, row->place);
		CU_ASSERT_EQUAL(attr->required, row->required);
		CU_ASSERT_EQUAL(attr->case_exact, row->case_exact);
	}
}

static size_t placed_rows;

static void count_placed(const struct attr *attr, const struct attr *parent)
{
	(void)parent;
	placed_rows += attr->place != IN_DOC;
}

static void no_other_row_has_a_place(void)
{
	size_t expected = 0;
	placed_rows = 0;
	each_table(count_placed);
	for (size_t i = 0; i < sizeof(column_rows) / sizeof(column_rows[0]); i++)
		expected += column_rows[i].place != IN_DOC;
	CU_ASSERT_EQUAL(placed_rows, expected);
}

/* urn, what schema_find and schema_find_foreign make of it for User and for Group. */
static const struct urn_row {
	const char *urn;
	const struct schema *user;
	const struct schema *foreign_user;
	const struct schema *foreign_group;
} urn_rows[] = {
	{ URN_USER, &user_schema, &user_schema, NULL },
	{ "URN:IETF:params:scim:schemas:core:2.0:user", &user_schema, &user_schema, NULL },
	{ URN_ENTERPRISE, &enterprise_schema, &enterprise_schema, NULL },
	{ URN_GROUP, NULL, NULL, &group_schema },
	{ "urn:scim:schemas:core:1.0", NULL, &user_schema, &group_schema },
	{ "urn:scim:schemas:core:2.0", NULL, &user_schema, &group_schema },
	{ "URN:scim:schemas:core:2.0:USER", NULL, &user_schema, NULL },
	{ "urn:scim:schemas:core:2.0:Group", NULL, NULL, &group_schema },
	{ "urn:scim:schemas:extension:enterprise:1.0", NULL, &enterprise_schema, NULL },
	{ "urn:scim:schemas:extension:enterprise:2.0", NULL, &enterprise_schema, NULL },
	{ "urn:scim:schemas:extension:enterprise:2.0:User", NULL, &enterprise_schema, NULL },
	{ "urn:ietf:params:scim:schemas:extension:enterprise:2.0", NULL, &enterprise_schema, NULL },
	{ "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group", NULL, NULL,
		&group_schema },
	{ "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/User", NULL,
		&user_schema, NULL },
	{ "", NULL, NULL, NULL },
	{ "urn:x", NULL, NULL, NULL },
	{ URN_USER ":", NULL, NULL, NULL },
};

static void urns_are_found(void)
{
	for (size_t i = 0; i < sizeof(urn_rows) / sizeof(urn_rows[0]); i++) {
		const struct urn_row *row = &urn_rows[i];
		size_t len = strlen(row->urn);
		CU_ASSERT_PTR_EQUAL(schema_find(&user_type, row->urn, len), row->user);
		CU_ASSERT_PTR_EQUAL(
			schema_find_foreign(&user_type, row->urn, len), row->foreign_user);
		CU_ASSERT_PTR_EQUAL(
			schema_find_foreign(&group_type, row->urn, len), row->foreign_group);
	}
}

static void check_names(const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		CU_ASSERT_PTR_NOT_NULL_FATAL(names[i]);
		for (size_t k = 0; k < i; k++)
			CU_ASSERT_FALSE(text_ieq(names[i], names[k]));
	}
}

static void every_enum_value_has_a_spelling(void)
{
	check_names(attr_type_names, T__MAX);
	check_names(attr_mutability_names, M__MAX);
	check_names(attr_returned_names, R__MAX);
	check_names(attr_uniqueness_names, U__MAX);
	check_names(quirk_names, QUIRK__MAX);
}

static void quirks_are_recorded_and_refused(void)
{
	struct ctx cx = { 0 };
	CU_ASSERT_TRUE(quirk_allowed(&cx, QUIRK_STRING_BOOLEAN));
	CU_ASSERT_TRUE(quirk_allowed(&cx, QUIRK_STRING_NUMBER));
	CU_ASSERT_TRUE(quirk_allowed(&cx, QUIRK_STRING_NUMBER));
	CU_ASSERT_EQUAL(cx.quirks, 1u << QUIRK_STRING_BOOLEAN | 1u << QUIRK_STRING_NUMBER);
	cx = (struct ctx){ .strict = true };
	for (enum quirk quirk = 0; quirk < QUIRK__MAX; quirk++)
		CU_ASSERT_FALSE(quirk_allowed(&cx, quirk));
	CU_ASSERT_EQUAL(cx.quirks, 0);
}

CU_TestInfo schema_tests[] = {
	{ "every row is consistent", every_row_is_consistent },
	{ "every row is found by its name in any case", every_row_is_found_by_its_name },
	{ "the rows stand in the RFC's order", rows_stand_in_the_order_of_the_rfc },
	{ "places, required and caseExact are what the RFC and the store say",
		places_required_and_case_exact },
	{ "no other row has a place of its own", no_other_row_has_a_place },
	{ "URNs are found in any case, foreign ones for their type only", urns_are_found },
	{ "every enum value has a spelling of its own", every_enum_value_has_a_spelling },
	{ "a quirk is recorded, and refused in strict mode", quirks_are_recorded_and_refused },
	CU_TEST_INFO_NULL,
};
