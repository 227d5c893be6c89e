/* SPDX-License-Identifier: MIT */
/*
 * All objects of the API. The values of the examples are the same in all of them: whoever runs the
 * document's examples puts what he was answered in place of what the example's answer says.
 */
#ifndef WEB_SHAPES_H
#define WEB_SHAPES_H

#include "web/shape.h"

#define EXAMPLE_ENVIRONMENT "env_03ha20pldhjj7dcmhv8twr1pp"
#define EXAMPLE_ORGANIZATION "org_03ha21npjd1vj7kegrotnpspg"
#define EXAMPLE_DIRECTORY "scim_directory_03ha21nprk3s20lq760nmpx4k"
#define EXAMPLE_USER "scim_user_03ha21o0x3f8g5v7m2n9kq1zd"
#define EXAMPLE_GROUP "scim_group_03ha21o1c8s4j6t0w5y2b7pxe"
#define EXAMPLE_TOKEN \
	"rollcall_scim_01a1ffb0328473ef895b1107c71f85f406f97810047677f5999ff0e7ee33c35e"
#define EXAMPLE_REQUEST "scim_request_03ha21o3b7m5x1c9v4k6j8t2q"
#define EXAMPLE_EVENT "event_03ha21o4k2d8s6f0w3z5x7c9v"
#define EXAMPLE_KEY "api_key_03ha21o7m5n9b3v1c6x8z0l2k"
#define EXAMPLE_SECRET_KEY \
	"rollcall_sk_01a1ffb032a17c4eb1d0c0ffee5a9b3e8d72f6a1b094c8e3d5f7a2c1b6e9d804"
#define EXAMPLE_AUDIT "scim_request_03ha21o8j6h0g4f2d5s7a9p1o"
#define EXAMPLE_CLIENT "oauth_client_03ha21o9i7u1y5t3r6e8w0q2m"
#define EXAMPLE_CLIENT_SECRET \
	"rollcall_client_01a1ffb0328473ef895b1107c71f85f4b7c1d9e3f5a2084c6e8d0f1a3b5c7d9e"
#define EXAMPLE_ACCESS_TOKEN \
	"rollcall_scim_01a1ffb0328473ef895b1107c71f85f40a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d"
#define EXAMPLE_SETUP_TOKEN \
	"rollcall_setup_01a1ffb032477b2dbcd3a1d05ab7c6d3c2f4a6b8d0e1f3957a9bcd2468ace013"
#define EXAMPLE_WEBHOOK "webhook_endpoint_03ha21o5h3g7f1d9s2a4p6y8x"
#define EXAMPLE_DELIVERY "webhook_delivery_03ha21o6n4b8v2c0x5z7l9k1j"
#define EXAMPLE_TIME "2026-01-23T04:56:22.123Z"
#define EXAMPLE_BASE "https://rollcall.example/v1/scim/" EXAMPLE_DIRECTORY
#define EXAMPLE_V1_USER "019be962-0b2e-7c4f-9c51-8b2f6f3d7a10"
#define EXAMPLE_V1_GROUP "019be962-0b31-7e85-8a47-35d1c06b9e24"
#define EXAMPLE_V1_BASE "https://rollcall.example/scim/v1"
#define EXAMPLE_PINGONE_BASE "https://rollcall.example/api/directory"
#define EXAMPLE_ACCOUNT "01a1ffb0-324e-7f43-bce4-13c3f246a894" /* of EXAMPLE_ORGANIZATION */
#define EXAMPLE_SCHEMA "urn:example:hr:1.0:User"

/* What every page ends with. */
#define NEXT_PAGE \
	{ \
		MEMBER("nextPageToken", STRING, 0, "", \
			"Pass it back as pageToken; \"\" is the end.") \
	}

/* shapes.c: the management API */
extern const struct shape organization_shape, organization_answer, organization_page;
extern const struct shape directory_shape, directory_answer, directory_page;
extern const struct shape rotation_shape, token_answer;
extern const struct shape custom_shape, custom_list;
extern const struct shape setup_shape, setup_answer;
extern const struct shape status_shape, empty_shape, openapi_shape, rpc_status_shape;

/* shapes_feed.c: events and webhooks */
extern const struct shape event_shape, event_page;
extern const struct shape webhook_shape, webhook_made, webhook_answer, webhook_page;
extern const struct shape secret_answer, replay_shape, delivery_page;

/* shapes_read.c: users, groups and the request log */
extern const struct shape read_user_answer, read_user_page;
extern const struct shape read_group_answer, read_group_page, read_member_page;
extern const struct shape request_answer, request_page, failures_list_shape;

/* shapes_access.c: keys, OAuth, the environment, the audit log */
extern const struct shape key_shape, key_answer, key_page;
extern const struct shape environment_shape, environment_answer, audit_page;
extern const struct shape client_shape, client_answer, client_page;
extern const struct shape grant_shape, access_token_shape, oauth_error_shape;

/* shapes_scim.c: RFC 7643 and 7644 */
extern const struct shape user_shape, group_shape;
extern const struct shape user_list, group_list, resource_list;
extern const struct shape patch_shape, search_shape, bulk_shape, bulk_answer;
extern const struct shape config_shape, resource_type_shape, resource_type_list;
extern const struct shape schema_shape, schema_list;
extern const struct shape scim_error_shape;
extern const struct shape feature_shape, filter_feature_shape;
extern const struct field schema_fields[]; /* what a custom schema has too */

/* shapes_v1.c: SCIM 1.1, and PingOne's directory */
extern const struct shape v1_user_shape, v1_group_shape, v1_user_list, v1_group_list;
extern const struct shape pingone_user_list, pingone_group_list, count_shape;
extern const struct shape v1_config_shape, v1_schema_shape, v1_schema_list, v1_error_shape;

#endif
