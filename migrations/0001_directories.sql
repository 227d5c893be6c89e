-- Global tables: who may call, and whose directories there are. Few rows, rarely written.
--
-- Plain psql: psql "$DATABASE_URL" -f migrations/0001_directories.sql
-- Safe to run twice and by two at once: the lock comes before everything, and a version that is
-- already recorded is skipped.
\set ON_ERROR_STOP on
set client_min_messages = warning;
begin;
select pg_advisory_xact_lock(7643764400) as locked
\gset
create table if not exists schema_migrations (
	version integer constraint schema_migrations_pkey primary key,
	applied_at timestamptz not null default now()
);
select not exists (select from schema_migrations where version = 1) as todo,
	not exists (select from pg_roles where rolname = 'rollcall_app')
		and (select rolcreaterole or rolsuper from pg_roles where rolname = current_user)
		as make_role
\gset
\if :todo

-- The group role of the worker. Where the host allows no roles the owner itself connects; row-level
-- security is forced, so it holds for the owner too.
\if :make_role
create role rollcall_app nologin;
\endif

comment on table schema_migrations is 'Which migrations this database has; the worker serves only the version it knows.';
comment on column schema_migrations.version is 'Number of the file in migrations/.';
comment on column schema_migrations.applied_at is 'When it was applied.';

create table environments (
	id uuid constraint environments_pkey primary key,
	display_name text not null,
	mac_key bytea not null,
	created_at timestamptz not null
);
comment on table environments is 'One stage of the vendor''s product (production, staging); nothing is shared between two.';
comment on column environments.id is 'UUIDv7; env_ with 25 base-36 digits outside.';
comment on column environments.display_name is 'Chosen by the operator.';
comment on column environments.mac_key is '32 random bytes under which page tokens are authenticated.';
comment on column environments.created_at is 'When it was made.';

create table api_keys (
	id uuid constraint api_keys_pkey primary key,
	environment_id uuid not null constraint api_keys_environment_fkey references environments,
	secret_sha256 bytea not null,
	has_management_api_access boolean not null,
	created_at timestamptz not null,
	revoked_at timestamptz,
	constraint api_keys_secret_key unique (environment_id, secret_sha256)
);
comment on table api_keys is 'Credentials of the vendor''s backend for the management API.';
comment on column api_keys.id is 'UUIDv7; public.';
comment on column api_keys.environment_id is 'The only environment the key can see.';
comment on column api_keys.secret_sha256 is 'SHA-256 of the whole secret text; the secret itself is shown once and kept nowhere.';
comment on column api_keys.has_management_api_access is 'False: the key may only read users and groups.';
comment on column api_keys.created_at is 'When it was made.';
comment on column api_keys.revoked_at is 'From when on it is refused; null while it is valid.';

create table organizations (
	id uuid constraint organizations_pkey primary key,
	environment_id uuid not null constraint organizations_environment_fkey references environments,
	display_name text,
	external_id text,
	created_at timestamptz not null,
	modified_at timestamptz not null,
	deleted_at timestamptz
);
comment on table organizations is 'The vendor''s customers.';
comment on column organizations.id is 'UUIDv7; org_ with 25 base-36 digits outside.';
comment on column organizations.environment_id is 'Where it belongs.';
comment on column organizations.display_name is 'Chosen by the vendor.';
comment on column organizations.external_id is 'The vendor''s own id of this customer, unique in the environment; opaque.';
comment on column organizations.created_at is 'When it was made.';
comment on column organizations.modified_at is 'When a field last changed.';
comment on column organizations.deleted_at is 'Set by delete; from then on it does not exist for any API.';
create index organizations_live on organizations (environment_id, id) where deleted_at is null;
create unique index organizations_external_id_key on organizations (environment_id, external_id)
	where deleted_at is null and external_id is not null;

create table organization_domains (
	organization_id uuid not null constraint organization_domains_organization_fkey
		references organizations on delete cascade,
	domain text collate "C" not null,
	constraint organization_domains_pkey primary key (organization_id, domain)
);
comment on table organization_domains is 'Mail domains of an organization.';
comment on column organization_domains.organization_id is 'Whose.';
comment on column organization_domains.domain is 'Folded to lower case by the worker.';

create table directories (
	id uuid constraint directories_pkey primary key,
	environment_id uuid not null constraint directories_environment_fkey references environments,
	organization_id uuid not null constraint directories_organization_fkey references organizations,
	is_primary boolean not null,
	enabled boolean not null,
	strict boolean not null,
	mac_key bytea not null,
	created_at timestamptz not null,
	modified_at timestamptz not null,
	deleted_at timestamptz
);
comment on table directories is 'SCIM directories: the tenants. Users and all that follows belong to exactly one.';
comment on column directories.id is 'UUIDv7; scim_directory_ with 25 base-36 digits outside.';
comment on column directories.environment_id is 'That of the organization, repeated so that one predicate fences every query.';
comment on column directories.organization_id is 'Whose directory.';
comment on column directories.is_primary is 'The one that stands for its organization; at most one, see directories_primary_key.';
comment on column directories.enabled is 'False: its tokens are known but refused.';
comment on column directories.strict is 'True: dialects beyond the RFC are refused.';
comment on column directories.mac_key is '32 random bytes under which cursors are authenticated.';
comment on column directories.created_at is 'When it was made.';
comment on column directories.modified_at is 'When a field last changed.';
comment on column directories.deleted_at is 'Set by delete; the rows of the tenant are purged afterwards, a few at a time.';
create index directories_live on directories (environment_id, id) where deleted_at is null;
create index directories_organization on directories (organization_id, id) where deleted_at is null;
create index directories_deleted on directories (deleted_at) where deleted_at is not null;
create unique index directories_primary_key on directories (organization_id)
	where is_primary and deleted_at is null;

create table bearer_tokens (
	directory_id uuid not null constraint bearer_tokens_directory_fkey
		references directories on delete cascade,
	secret_sha256 bytea not null,
	created_at timestamptz not null,
	expires_at timestamptz,
	constraint bearer_tokens_pkey primary key (directory_id, secret_sha256)
);
comment on table bearer_tokens is 'Credentials of the customers'' identity providers. More than one only while a rotation overlaps.';
comment on column bearer_tokens.directory_id is 'The only directory the token opens.';
comment on column bearer_tokens.secret_sha256 is 'SHA-256 of the whole token text; the token itself is shown once and kept nowhere.';
comment on column bearer_tokens.created_at is 'When it was made.';
comment on column bearer_tokens.expires_at is 'From when on it is refused; null for the current token.';

select exists (select from pg_roles where rolname = 'rollcall_app') as grant_role
\gset
\if :grant_role
grant select on schema_migrations to rollcall_app;
grant select, insert on environments, api_keys to rollcall_app;
grant select, insert, update on organizations to rollcall_app;
grant select, insert, delete on organization_domains to rollcall_app;
grant select, insert, update, delete on directories, bearer_tokens to rollcall_app;
\endif

insert into schema_migrations (version) values (1);
\endif
commit;
