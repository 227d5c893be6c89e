/* SPDX-License-Identifier: MIT */
/* Requests to router_handle, in this process and with a real database, as the gateway would. */
#ifndef TESTS_CLIENT_H
#define TESTS_CLIENT_H

#include "database.h"
#include "web/router.h"

/* Fields that stay NULL are not sent. */
struct outgoing {
	const char *method;
	const char *target;
	const char *secret; /* Authorization: Bearer */
	const char *authorization; /* goes before secret */
	const char *body;
	const char *content_type;
	const char *if_match;
	const char *if_none_match;
	const char *user_agent;
	const char *cookie;
	const char *origin;
	const char *fetch_site;
	const char *method_override;
	bool ambiguous;
	bool cut_short; /* announce more bytes than there are */
};

struct answer {
	int status;
	const char *content_type;
	const char *body; /* as sent: "" for HEAD */
	const char *location;
	const char *etag;
	const char *allow;
	const char *cookie; /* Set-Cookie */
	const char *policy; /* Content-Security-Policy */
	bool challenge;
	bool retry_after;
	bool entered;
	struct uuid request_id;
	bool body_read; /* of the request */
	int trips;
};

/* The answer lives in the arena; everything else of the request has ended. Log lines go to quiet. */
void client_send(struct arena *arena, const struct outgoing *out, struct answer *answer);

#endif
