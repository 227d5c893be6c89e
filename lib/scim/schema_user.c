/* SPDX-License-Identifier: MIT */
/*
 * The core schema and resource type of User: RFC 7643 sections 4.1 and 8.7.1. References and
 * binary values are caseExact (sections 2.3.6 and 2.3.7), whatever 8.7.1 prints.
 */
#include "base/text.h"
#include "scim/schema.h"

static const char *const external_types[] = { "external", NULL };
static const char *const group_types[] = { "Group", NULL };

static const char *const place_values[] = { "work", "home", "other", NULL };
static const char *const phone_values[] = { "work", "home", "mobile", "fax", "pager", "other",
	NULL };
static const char *const im_values[] = { "aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq",
	"yahoo", NULL };
static const char *const photo_values[] = { "photo", "thumbnail", NULL };
static const char *const group_values[] = { "direct", "indirect", NULL };

static const struct attr name_subs[] = {
	{ .name = "formatted",
		.doc = "The full name with all middle names, titles and suffixes, formatted for "
		       "display, e.g. 'Ms. Barbara J Jensen, III'." },
	{ .name = "familyName", .doc = "The family name or last name, e.g. 'Jensen'." },
	{ .name = "givenName", .doc = "The given name or first name, e.g. 'Barbara'." },
	{ .name = "middleName", .doc = "The middle name or names, e.g. 'Jane'." },
	{ .name = "honorificPrefix", .doc = "The honorific prefix or title, e.g. 'Ms.'." },
	{ .name = "honorificSuffix", .doc = "The honorific suffix, e.g. 'III'." },
	{ 0 },
};

static const struct attr email_subs[] = {
	{ .name = "value",
		.place = IN_INDEX,
		.doc = "An e-mail address, e.g. 'bjensen@example.com'." },
	{ .name = "display", .doc = "A human-readable name, for display." },
	{ .name = "type",
		.canonical = place_values,
		.doc = "What the address is for, e.g. 'work' or 'home'." },
	{ .name = "primary",
		.type = T_BOOLEAN,
		.doc = "Whether this is the preferred address; true for at most one." },
	{ 0 },
};

static const struct attr phone_subs[] = {
	{ .name = "value",
		.place = IN_INDEX,
		.doc = "A phone number, e.g. 'tel:+1-201-555-0123'." },
	{ .name = "display", .doc = "A human-readable name, for display." },
	{ .name = "type",
		.canonical = phone_values,
		.doc = "What the number is for, e.g. 'work', 'home' or 'mobile'." },
	{ .name = "primary",
		.type = T_BOOLEAN,
		.doc = "Whether this is the preferred number; true for at most one." },
	{ 0 },
};

static const struct attr im_subs[] = {
	{ .name = "value", .doc = "An instant messaging address." },
	{ .name = "display", .doc = "A human-readable name, for display." },
	{ .name = "type",
		.canonical = im_values,
		.doc = "The messaging service, e.g. 'xmpp' or 'skype'." },
	{ .name = "primary",
		.type = T_BOOLEAN,
		.doc = "Whether this is the preferred address; true for at most one." },
	{ 0 },
};

static const struct attr photo_subs[] = {
	{ .name = "value",
		.type = T_REFERENCE,
		.case_exact = true,
		.references = external_types,
		.doc = "The URL of a photo of the User." },
	{ .name = "display", .doc = "A human-readable name, for display." },
	{ .name = "type",
		.canonical = photo_values,
		.doc = "The kind of image: 'photo' or 'thumbnail'." },
	{ .name = "primary",
		.type = T_BOOLEAN,
		.doc = "Whether this is the preferred photo; true for at most one." },
	{ 0 },
};

static const struct attr address_subs[] = {
	{ .name = "formatted", .doc = "The full mailing address; it may hold newlines." },
	{ .name = "streetAddress",
		.doc = "The street with house number, P.O. box and the like; it may hold newlines." },
	{ .name = "locality", .doc = "The city or locality." },
	{ .name = "region", .doc = "The state or region." },
	{ .name = "postalCode", .doc = "The zip code or postal code." },
	{ .name = "country", .doc = "The country." },
	{ .name = "type",
		.canonical = place_values,
		.doc = "What the address is for, e.g. 'work' or 'home'." },
	/* 7643 2.4 and the example of 8.2; section 8.7.1 leaves it out */
	{ .name = "primary",
		.type = T_BOOLEAN,
		.doc = "Whether this is the preferred address; true for at most one." },
	{ 0 },
};

static const struct attr group_subs[] = {
	{ .name = "value",
		.place = AS_MEMBERSHIP_VALUE,
		.mutability = M_READ_ONLY,
		.doc = "The id of the User's Group." },
	/* erratum 8471: a Group, never a User */
	{ .name = "$ref",
		.place = AS_MEMBERSHIP_REF,
		.type = T_REFERENCE,
		.case_exact = true,
		.mutability = M_READ_ONLY,
		.references = group_types,
		.doc = "The URI of the Group to which the User belongs." },
	{ .name = "display",
		.place = AS_MEMBERSHIP_DISPLAY,
		.mutability = M_READ_ONLY,
		.doc = "A human-readable name, for display." },
	{ .name = "type",
		.place = AS_MEMBERSHIP_TYPE,
		.mutability = M_READ_ONLY,
		.canonical = group_values,
		.doc = "The kind of membership: 'direct' or 'indirect'." },
	{ 0 },
};

static const struct attr entitlement_subs[] = {
	{ .name = "value", .doc = "The value of an entitlement." },
	{ .name = "display", .doc = "A human-readable name, for display." },
	{ .name = "type", .doc = "What the entitlement is for." },
	{ .name = "primary",
		.type = T_BOOLEAN,
		.doc = "Whether this is the preferred entitlement; true for at most one." },
	{ 0 },
};

static const struct attr role_subs[] = {
	{ .name = "value", .doc = "The value of a role." },
	{ .name = "display", .doc = "A human-readable name, for display." },
	{ .name = "type", .doc = "What the role is for." },
	{ .name = "primary",
		.type = T_BOOLEAN,
		.doc = "Whether this is the preferred role; true for at most one." },
	{ 0 },
};

static const struct attr certificate_subs[] = {
	{ .name = "value",
		.type = T_BINARY,
		.case_exact = true,
		.doc = "An X.509 certificate, DER in base64." },
	{ .name = "display", .doc = "A human-readable name, for display." },
	{ .name = "type", .doc = "What the certificate is for." },
	{ .name = "primary",
		.type = T_BOOLEAN,
		.doc = "Whether this is the preferred certificate; true for at most one." },
	{ 0 },
};

static const struct attr user_attrs[] = {
	/* 4.1.1: singular attributes */
	{ .name = "userName",
		.required = true,
		.uniqueness = U_SERVER,
		.place = AS_USER_NAME,
		.doc = "The name with which the User authenticates, unique among all Users. "
		       "REQUIRED." },
	{ .name = "name",
		.type = T_COMPLEX,
		.subs = name_subs,
		.doc = "The components of the User's real name." },
	{ .name = "displayName",
		.place = IN_INDEX,
		.doc = "The name of the User, suitable for display to end-users." },
	{ .name = "nickName",
		.doc = "The casual way to address the User in real life, e.g. 'Bob' for Robert." },
	{ .name = "profileUrl",
		.type = T_REFERENCE,
		.case_exact = true,
		.references = external_types,
		.doc = "The URL of the User's online profile." },
	{ .name = "title", .doc = "The User's title, such as 'Vice President'." },
	{ .name = "userType",
		.doc = "The relationship between the organization and the User, such as "
		       "'Contractor', 'Employee' or 'Intern'." },
	{ .name = "preferredLanguage",
		.doc = "The User's preferred written or spoken language, e.g. 'en-US'." },
	{ .name = "locale",
		.doc = "The User's location for formatting dates, numbers and currency." },
	{ .name = "timezone", .doc = "The User's time zone, e.g. 'America/Los_Angeles'." },
	{ .name = "active",
		.type = T_BOOLEAN,
		.place = AS_ACTIVE,
		.doc = "The User's administrative status." },
	{ .name = "password",
		.mutability = M_WRITE_ONLY,
		.returned = R_NEVER,
		.place = AS_NOTHING,
		.doc = "The User's cleartext password: accepted, neither stored nor returned." },
	/* 4.1.2: multi-valued attributes */
	{ .name = "emails",
		.type = T_COMPLEX,
		.multi = true,
		.subs = email_subs,
		.doc = "E-mail addresses of the User." },
	{ .name = "phoneNumbers",
		.type = T_COMPLEX,
		.multi = true,
		.subs = phone_subs,
		.doc = "Phone numbers of the User." },
	{ .name = "ims",
		.type = T_COMPLEX,
		.multi = true,
		.subs = im_subs,
		.doc = "Instant messaging addresses of the User." },
	{ .name = "photos",
		.type = T_COMPLEX,
		.multi = true,
		.subs = photo_subs,
		.doc = "URLs of photos of the User." },
	{ .name = "addresses",
		.type = T_COMPLEX,
		.multi = true,
		.subs = address_subs,
		.doc = "Physical mailing addresses of the User." },
	{ .name = "groups",
		.type = T_COMPLEX,
		.multi = true,
		.mutability = M_READ_ONLY,
		.place = AS_MEMBERSHIP,
		.subs = group_subs,
		.doc = "The Groups to which the User belongs, directly or through nested Groups." },
	{ .name = "entitlements",
		.type = T_COMPLEX,
		.multi = true,
		.subs = entitlement_subs,
		.doc = "Entitlements of the User: things the User has." },
	{ .name = "roles",
		.type = T_COMPLEX,
		.multi = true,
		.subs = role_subs,
		.doc = "Roles that together say who the User is, e.g. 'Student', 'Faculty'." },
	{ .name = "x509Certificates",
		.type = T_COMPLEX,
		.multi = true,
		.subs = certificate_subs,
		.doc = "Certificates issued to the User." },
	{ 0 },
};

const struct schema user_schema = {
	.urn = URN_USER,
	.name = "User",
	.doc = "User Account",
	.attrs = user_attrs,
};

static const struct schema *const user_extensions[] = { &enterprise_schema, NULL };

const struct resource_type user_type = {
	.kind = KIND_USER,
	.id = ID_USER,
	.name = "User",
	.endpoint = "/Users",
	.noun = "user",
	.unique = "userName",
	.doc = "User Account",
	.core = &user_schema,
	.extensions = user_extensions,
};
