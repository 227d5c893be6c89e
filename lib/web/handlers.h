/* SPDX-License-Identifier: MIT */
/*
 * The handlers of the route table, by noun. A handler of a route that writes begins with db_run:
 * that trip verifies the credential, before the body is looked at.
 */
#ifndef WEB_HANDLERS_H
#define WEB_HANDLERS_H

#include "web/router.h"

/* on_resources.c */
handler_fn on_get, on_write;

/* on_list.c */
handler_fn on_list, on_search;

/* on_bulk.c */
handler_fn on_bulk;

/* on_discovery.c */
handler_fn on_config, on_resource_types, on_resource_type, on_schemas, on_schema, on_me;
handler_fn on_v1_config, on_v1_schemas, on_v1_schema;

/* on_pingone.c: what PingOne's directory has besides SCIM 1.1 */
handler_fn on_pingone_create, on_pingone_count, on_pingone_login, on_pingone_invite;

/* on_organizations.c */
handler_fn on_organization_list, on_organization_create, on_organization_get,
	on_organization_update, on_organization_delete;

/* on_directories.c */
handler_fn on_directory_list, on_directory_create, on_directory_get, on_directory_update,
	on_directory_delete, on_token_rotate;

/* on_schemas.c: custom schemas of a directory, in the management face */
handler_fn on_schema_list, on_schema_create, on_schema_get, on_schema_replace, on_schema_delete;

/* on_events.c */
handler_fn on_event_list;

/* on_reading.c: users and groups for the application */
handler_fn on_users_read, on_user_read, on_user_groups_read, on_groups_read, on_group_read,
	on_group_members_read;

/* on_requests.c */
handler_fn on_request_list, on_request_get, on_failures;
/* on_setup.c */
handler_fn on_setup_url_create, on_setup_link, on_setup_redeem, on_setup_sign_out, on_setup_choice,
	on_setup_directory_create, on_setup_directory, on_setup_token, on_setup_activity;

/* on_keys.c */
handler_fn on_key_list, on_key_create, on_key_get, on_key_delete;

/* on_environment.c */
handler_fn on_environment_get, on_environment_update;

/* on_oauth.c */
handler_fn on_client_list, on_client_create, on_client_delete, on_token;

/* on_audit.c */
handler_fn on_audit_list;

/* on_webhooks.c */
handler_fn on_webhook_list, on_webhook_create, on_webhook_get, on_webhook_update, on_webhook_delete,
	on_webhook_rotate, on_webhook_replay, on_delivery_list;

/* on_console*.c: the pages of the console */
handler_fn on_console, on_console_sign_in_form, on_console_sign_in, on_console_sign_out,
	on_console_search, on_console_organizations, on_console_organization, on_console_setup_link,
	on_console_directory, on_console_directory_settings, on_console_directory_rotate,
	on_console_users, on_console_user, on_console_groups, on_console_group, on_console_requests,
	on_console_request, on_console_events, on_console_webhooks, on_console_webhook,
	on_console_webhook_enable, on_console_webhook_disable, on_console_webhook_replay,
	on_console_keys, on_console_key_create, on_console_key_revoke, on_console_audit;

/* on_asset.c */
handler_fn on_asset;

/* on_openapi.c */
handler_fn on_openapi;

/* on_health.c */
handler_fn on_live, on_ready;

#endif
