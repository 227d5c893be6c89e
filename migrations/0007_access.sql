-- Who may do what: scopes of API keys, sessions of the pages, setup links, OAuth clients; and who did.
--
-- Plain psql: psql "$DATABASE_URL" -f migrations/0007_access.sql
-- Safe to run twice and by two at once, like every migration.
\set ON_ERROR_STOP on
set client_min_messages = warning;
begin;
select pg_advisory_xact_lock(7643764400) as locked
\gset
select not exists (select from schema_migrations where version = 7) as todo
\gset
\if :todo

alter table environments add column application_name text;
alter table environments add column logo_url text;
alter table environments add column return_url text;
comment on column environments.application_name is 'What the setup page calls the vendor''s product; null: display_name.';
comment on column environments.logo_url is 'Picture on the setup page, https; null: none.';
comment on column environments.return_url is 'Where the setup page leads back to; null: nowhere.';

alter table api_keys add column display_name text;
alter table api_keys add column scopes text[];
alter table api_keys add column last_used_at timestamptz;
update api_keys set scopes = case when has_management_api_access then '{read,events,logs,manage}'::text[]
	else '{read}'::text[] end;
alter table api_keys alter column scopes set not null;
alter table api_keys drop column has_management_api_access;
comment on column api_keys.display_name is 'Chosen by the vendor.';
comment on column api_keys.scopes is 'What it may: read (users and groups), events, logs (the request log), manage (all else).';
comment on column api_keys.last_used_at is 'When it was last used, give or take some minutes; null: never.';

create table sessions (
	environment_id uuid not null constraint sessions_environment_fkey references environments,
	secret_sha256 bytea not null,
	kind text collate "C" not null constraint sessions_kind_check check (kind in ('console', 'setup')),
	api_key_id uuid constraint sessions_api_key_fkey references api_keys on delete cascade,
	organization_id uuid constraint sessions_organization_fkey references organizations,
	created_at timestamptz not null,
	expires_at timestamptz not null,
	constraint sessions_pkey primary key (environment_id, secret_sha256),
	constraint sessions_owner_check check ((kind = 'console') = (api_key_id is not null)
		and (kind = 'setup') = (organization_id is not null))
);
comment on table sessions is 'Browsers that are signed in: to the console with an API key, to the setup page with a link.';
comment on column sessions.environment_id is 'The only environment it can see.';
comment on column sessions.secret_sha256 is 'SHA-256 of the cookie''s value, which is kept nowhere.';
comment on column sessions.kind is 'console or setup.';
comment on column sessions.api_key_id is 'Console: the key it was opened with. The session ends with it.';
comment on column sessions.organization_id is 'Setup: the only organization it can see.';
comment on column sessions.created_at is 'When it was opened.';
comment on column sessions.expires_at is 'When it ends.';
create index sessions_expires on sessions (expires_at);

create table setup_links (
	environment_id uuid not null constraint setup_links_environment_fkey references environments,
	secret_sha256 bytea not null,
	organization_id uuid not null constraint setup_links_organization_fkey references organizations,
	created_at timestamptz not null,
	expires_at timestamptz not null,
	redeemed_at timestamptz,
	constraint setup_links_pkey primary key (environment_id, secret_sha256)
);
comment on table setup_links is 'One-time links for a customer''s IT admin.';
comment on column setup_links.environment_id is 'Where it belongs.';
comment on column setup_links.secret_sha256 is 'SHA-256 of the one-time token, which is shown once and kept nowhere.';
comment on column setup_links.organization_id is 'What may be set up.';
comment on column setup_links.created_at is 'When it was made.';
comment on column setup_links.expires_at is 'When it ends unused.';
comment on column setup_links.redeemed_at is 'When it was used; from then on it is dead.';
create index setup_links_expires on setup_links (expires_at);

create table oauth_clients (
	directory_id uuid not null constraint oauth_clients_directory_fkey
		references directories on delete cascade,
	id uuid not null,
	secret_sha256 bytea not null,
	display_name text,
	created_at timestamptz not null,
	last_used_at timestamptz,
	constraint oauth_clients_pkey primary key (directory_id, id)
);
comment on table oauth_clients is 'Identity providers that ask for short-lived tokens: OAuth 2.0 client credentials.';
comment on column oauth_clients.directory_id is 'The only directory its tokens open.';
comment on column oauth_clients.id is 'UUIDv7; part of client_id.';
comment on column oauth_clients.secret_sha256 is 'SHA-256 of the client secret, which is shown once and kept nowhere.';
comment on column oauth_clients.display_name is 'Chosen by the vendor.';
comment on column oauth_clients.created_at is 'When it was made.';
comment on column oauth_clients.last_used_at is 'When it last got a token; null: never.';
alter table bearer_tokens add column client_id uuid;
alter table bearer_tokens add constraint bearer_tokens_client_fkey
	foreign key (directory_id, client_id) references oauth_clients on delete cascade;
comment on column bearer_tokens.client_id is 'The OAuth client it was issued to; null: it is the directory''s own.';

create table audit_log (
	environment_id uuid not null constraint audit_log_environment_fkey references environments,
	id uuid not null,
	at timestamptz not null,
	actor text collate "C" not null,
	actor_id uuid,
	method text not null,
	path text not null,
	status smallint not null,
	body text,
	detail text,
	remote_address text,
	constraint audit_log_pkey primary key (environment_id, id)
);
comment on table audit_log is 'Calls of the management API, of the pages and of the command line that change something, or tried.';
comment on column audit_log.environment_id is 'Whose.';
comment on column audit_log.id is 'UUIDv7, that of the request: also in the log line and in X-Request-Id.';
comment on column audit_log.at is 'When it arrived.';
comment on column audit_log.actor is 'api_key, console, setup or command_line.';
comment on column audit_log.actor_id is 'The API key, or for setup the organization; null for the command line.';
comment on column audit_log.method is 'HTTP method; COMMAND for the command line.';
comment on column audit_log.path is 'Path, without the query; or the command.';
comment on column audit_log.status is 'HTTP status of the answer; 0 for a command.';
comment on column audit_log.body is 'The body, without secrets.';
comment on column audit_log.detail is 'Why it failed.';
comment on column audit_log.remote_address is 'As the web server gives it.';

select exists (select from pg_roles where rolname = 'rollcall_app') as grant_role
\gset
\if :grant_role
grant update on environments, api_keys to rollcall_app;
grant select, insert, update, delete on sessions, setup_links, oauth_clients, audit_log to rollcall_app;
\endif

insert into schema_migrations (version) values (7);
\endif
commit;
