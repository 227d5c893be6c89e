/* SPDX-License-Identifier: MIT */
/* Two tables of sentences; the first row that fits counts. */
#include "web/explain.h"

#include "base/err.h"
#include "base/text.h"
#include "web/place.h"

/* clang-format off */
static const struct {
	const char *method;
	const char *begin; /* of path and query, behind the base URL */
	const char *text;
} requests[] = {
	{ "GET",    "/Users/",               "Read a user" },
	{ "GET",    "/Users?",               "Look for a user" },
	{ "GET",    "/Users",                "List users" },
	{ "POST",   "/Users/.search",        "Look for a user" },
	{ "POST",   "/Users",                "Create a user" },
	{ "PUT",    "/Users/",               "Change a user" },
	{ "PATCH",  "/Users/",               "Change a user" },
	{ "DELETE", "/Users/",               "Delete a user" },
	{ "GET",    "/Groups/",              "Read a group" },
	{ "GET",    "/Groups?",              "Look for a group" },
	{ "GET",    "/Groups",               "List groups" },
	{ "POST",   "/Groups/.search",       "Look for a group" },
	{ "POST",   "/Groups",               "Create a group" },
	{ "PUT",    "/Groups/",              "Change a group" },
	{ "PATCH",  "/Groups/",              "Change a group or its members" },
	{ "DELETE", "/Groups/",              "Delete a group" },
	{ "POST",   "/Bulk",                 "Make several changes" },
	{ "GET",    "/ServiceProviderConfig", "Ask what is supported" },
	{ "GET",    "/ResourceTypes",        "Ask what is supported" },
	{ "GET",    "/Schemas",              "Ask which attributes there are" },
	{ "GET",    "/Me",                   "Ask who it is" },
	{ "POST",   "/.search",              "Look for a user or a group" },
	{ "POST",   "/users/password-",      "Set a password" },
	{ "POST",   "/users/authenticate",   "Check a password" },
	{ "POST",   "/oauth/token",          "Check a password" },
	{ "POST",   "/useractions/invite",   "Invite somebody" },
};

static const struct {
	enum scim_err err; /* its status, and its scimType if it has one */
	const char *begin; /* of the path, behind the base URL; NULL: any */
	const char *text;
} failures[] = {
	{ SCIM_INVALID_FILTER, NULL,
		"Your identity provider searched in a way that is not understood here. Check which"
		" attribute it matches people by: userName works everywhere." },
	{ SCIM_TOO_MANY, NULL,
		"Your identity provider sent more at once than is accepted. Lower its batch size, or"
		" assign fewer people or groups at a time." },
	{ SCIM_MUTABILITY, NULL,
		"Your identity provider tried to change something that cannot be changed, such as an"
		" id. Remove that attribute from its mapping." },
	{ SCIM_INVALID_PATH, NULL,
		"Your identity provider sent an attribute that does not exist here. Remove or correct"
		" it in the attribute mapping." },
	{ SCIM_NO_TARGET, NULL,
		"Your identity provider changed a value that is not there (any more). Send this person"
		" or group again in full." },
	{ SCIM_INVALID_VALUE, "/Groups",
		"A value of this group is missing or does not fit; the reason names it. Correct it in"
		" your identity provider, then send the group again." },
	{ SCIM_INVALID_VALUE, NULL,
		"A value of this person is missing or does not fit; the reason names it. Correct it in"
		" the profile or in the attribute mapping, then send the person again." },
	{ SCIM_INVALID_SYNTAX, NULL,
		"The message was not well-formed. If you changed a template or a mapping, undo that;"
		" otherwise tell the maker of your identity provider's connector." },
	{ SCIM_INVALID_CURSOR, NULL,
		"A long list was interrupted. Start the synchronisation again." },
	{ SCIM_EXPIRED_CURSOR, NULL,
		"A long list was interrupted. Start the synchronisation again." },
	{ SCIM_INVALID_VERS, NULL,
		"Your identity provider speaks another version of SCIM. Choose SCIM 2.0 there." },
	{ SCIM_BAD_REQUEST, NULL,
		"The request was not understood. Compare the settings in your identity provider with"
		" the guide on this page." },
	{ SCIM_UNAUTHORIZED, NULL,
		"The token was not accepted. Create a new one on this page and put it into your"
		" identity provider." },
	{ SCIM_SENSITIVE, NULL,
		"Your identity provider put a secret into an address. Leave passwords out of the"
		" attribute mapping." },
	{ SCIM_FORBIDDEN, NULL,
		"This is not allowed for your directory. Ask the people who sent you the link." },
	{ SCIM_NOT_FOUND, "/Users/",
		"This person is not here (any more). Most providers then create the account again; if"
		" yours does not, remove the assignment and assign the person again." },
	{ SCIM_NOT_FOUND, "/Groups/",
		"This group is not here (any more). Push or assign the group again." },
	{ SCIM_NOT_FOUND, NULL,
		"There is nothing at this address. Check the base URL: nothing may stand behind it." },
	{ SCIM_METHOD_NOT_ALLOWED, NULL,
		"This cannot be done at this address. Check the base URL: nothing may stand behind it." },
	{ SCIM_UNIQUENESS, "/Groups",
		"There is a group of this name already. Link it in your identity provider, or rename"
		" one of the two." },
	{ SCIM_UNIQUENESS, NULL,
		"There is somebody with this user name already. Most providers now link the two by"
		" themselves; if the person stays unlinked, look for a second account with the same"
		" user name." },
	{ SCIM_CONFLICT, NULL,
		"It contradicts what is here. Start the synchronisation again." },
	{ SCIM_GONE, NULL,
		"What was asked for is gone. Start the synchronisation again." },
	{ SCIM_PRECONDITION_FAILED, NULL,
		"It was changed by somebody else at the same time. Your provider will try again." },
	{ SCIM_TOO_LARGE, NULL,
		"The message was too large. Leave pictures out of the attribute mapping, or send"
		" fewer members at a time." },
	{ SCIM_UNSUPPORTED_MEDIA_TYPE, NULL,
		"The message had the wrong type. Choose application/scim+json in your identity"
		" provider, or application/json for SCIM 1.1." },
	{ SCIM_NOT_IMPLEMENTED, NULL,
		"This is not offered here, and provisioning works without it." },
	{ SCIM_UNAVAILABLE, NULL,
		"We could not answer in time. Nothing was changed; your provider will try again." },
	{ SCIM_INTERNAL, NULL,
		"The fault is ours. Tell the people who sent you the link the time shown here." },
};

/* Errors of SCIM 1.1 have no scimType: what else tells. The first row that fits. */
static const struct {
	const char *words; /* of the description; NULL: any */
	const char *url; /* a part of it; NULL: any */
	enum scim_err err; /* has its status */
} signs[] = {
	{ "compare more", NULL, SCIM_TOO_MANY },
	{ NULL, "filter=", SCIM_INVALID_FILTER },
	{ "JSON", NULL, SCIM_INVALID_SYNTAX },
	{ "schemas", NULL, SCIM_INVALID_SYNTAX },
	{ "readOnly", NULL, SCIM_MUTABILITY },
	{ "immutable", NULL, SCIM_MUTABILITY },
	{ "no attribute", NULL, SCIM_INVALID_PATH },
	{ NULL, NULL, SCIM_INVALID_VALUE },
	{ NULL, NULL, SCIM_UNIQUENESS },
};
/* clang-format on */

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* Does what stands behind a base URL begin so, by either name of an endpoint? */
static bool leads_to(const char *below, const char *begin)
{
	const char *name, *other;
	int i;

	for (i = 0; i < KIND__MAX; i++) {
		name = scim_2.endpoints[i];
		other = pingone.endpoints[i];
		if (begins(begin, name) && begins(below, other) &&
			strchr("/?", below[strlen(other)]))
			return begins(below + strlen(other), begin + strlen(name));
	}
	return begins(below, begin);
}

const char *explain_request(const char *method, const char *url)
{
	const char *below = place_of(url).below;
	size_t i;

	for (i = 0; i < sizeof(requests) / sizeof(*requests); i++)
		if (strcmp(requests[i].method, method) == 0 && leads_to(below, requests[i].begin))
			return requests[i].text;
	return "Another request";
}

static bool names_type(const char *answer, const char *type)
{
	const char *member = answer ? strstr(answer, "\"scimType\":\"") : NULL;

	return member && strncmp(member + 12, type, strlen(type)) == 0 &&
	       member[12 + strlen(type)] == '"';
}

/* What an answer of SCIM 1.1 says; SCIM_OK: it is none, or its status says all. */
static enum scim_err find_sign(int status, const char *url, const char *answer)
{
	size_t i;

	if (!answer || !begins(answer, "{\"Errors\":"))
		return SCIM_OK;
	for (i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (err_row(signs[i].err)->status == status &&
			(!signs[i].words || strstr(answer, signs[i].words)) &&
			(!signs[i].url || strstr(url, signs[i].url)))
			return signs[i].err;
	return SCIM_OK;
}

const char *explain_failure(int status, const char *url, const char *answer)
{
	const char *below = place_of(url).below;
	const enum scim_err sign = find_sign(status, url, answer);
	const struct err_row *row;
	size_t i;

	if (status < err_row(SCIM_BAD_REQUEST)->status)
		return NULL;
	for (i = 0; i < sizeof(failures) / sizeof(*failures); i++) {
		row = err_row(failures[i].err);
		if (row->status == status &&
			(!row->scim_type || failures[i].err == sign ||
				names_type(answer, row->scim_type)) &&
			(!failures[i].begin || leads_to(below, failures[i].begin)))
			return failures[i].text;
	}
	return "It failed. Compare the settings in your identity provider with the guide on this"
	       " page.";
}

const char *explain_url(const char *url)
{
	const char *below = place_of(url).below;

	return *below ? below : url;
}
