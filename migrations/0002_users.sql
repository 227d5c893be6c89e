-- Tenant tables: users, what they are looked up by, and what is noted of every change.
--
-- Plain psql: psql "$DATABASE_URL" -f migrations/0002_users.sql
-- Safe to run twice and by two at once, like every migration.
--
-- directory_id comes first in every key and index, and row-level security is forced: a statement
-- sees the directory named by the setting rollcall.directory, which only a verified credential sets
-- and which ends with the transaction. Without it there are no rows.
\set ON_ERROR_STOP on
set client_min_messages = warning;
begin;
select pg_advisory_xact_lock(7643764400) as locked
\gset
select not exists (select from schema_migrations where version = 2) as todo
\gset
\if :todo

create table users (
	directory_id uuid not null constraint users_directory_fkey references directories,
	id uuid not null,
	user_name text not null,
	user_name_key text collate "C" not null,
	external_id text collate "C",
	active boolean not null,
	doc json not null,
	keys jsonb not null,
	version bigint not null,
	created_at timestamptz not null,
	modified_at timestamptz not null,
	last_write uuid not null,
	deleted_at timestamptz,
	constraint users_pkey primary key (directory_id, id)
);
comment on table users is 'Users of RFC 7643 section 4.1, and tombstones of deleted ones.';
comment on column users.directory_id is 'The tenant.';
comment on column users.id is 'UUIDv7, so order by id is order of creation.';
comment on column users.user_name is 'As the client spelled it.';
comment on column users.user_name_key is 'The folded name (Unicode case folding, then NFC, made by the worker): what is compared and unique.';
comment on column users.external_id is 'The client''s own id: opaque, compared exactly, not unique.';
comment on column users.active is 'The SCIM attribute active.';
comment on column users.doc is 'What is answered: the canonical resource as JSON text, without id and meta.';
comment on column users.keys is 'What is compared: the same tree, strings folded where the schema is not caseExact, times in one fixed form.';
comment on column users.version is 'Counts the changes from 1; the ETag is W/"<version>".';
comment on column users.created_at is 'meta.created.';
comment on column users.modified_at is 'meta.lastModified.';
comment on column users.last_write is 'Id of the request that wrote the row last: after a lost connection the worker can tell whether its commit happened.';
comment on column users.deleted_at is 'When SCIM deleted it; for SCIM it is then gone and its name free. Purged after the retention time.';
create unique index users_user_name_key on users (directory_id, user_name_key) where deleted_at is null;
create index users_live on users (directory_id, id) where deleted_at is null;
create index users_external_id on users (directory_id, external_id)
	where deleted_at is null and external_id is not null;
create index users_deleted on users (directory_id, deleted_at) where deleted_at is not null;

-- No foreign key: the rows are written and removed in the statement that writes the user, and
-- groups will share the table.
create table attribute_values (
	directory_id uuid not null,
	attribute text collate "C" not null,
	value_key text collate "C" not null,
	resource_id uuid not null,
	constraint attribute_values_pkey primary key (directory_id, attribute, value_key, resource_id)
);
comment on table attribute_values is 'Index of the attributes that identity providers look resources up by; a B-tree, because GIN and lower() lose their index under row-level security.';
comment on column attribute_values.directory_id is 'The tenant.';
comment on column attribute_values.attribute is 'Path of the attribute, such as emails.value.';
comment on column attribute_values.value_key is 'The compared form of one value; long ones are cut and end in # and their SHA-256.';
comment on column attribute_values.resource_id is 'Who has the value.';

create table count_deltas (
	directory_id uuid not null,
	kind text collate "C" not null,
	id uuid not null,
	delta bigint not null,
	constraint count_deltas_pkey primary key (directory_id, kind, id)
);
comment on table count_deltas is 'Exact totals without counting: their sum per kind. Appended by writers, folded into one row now and then.';
comment on column count_deltas.directory_id is 'The tenant.';
comment on column count_deltas.kind is 'What is counted: users.';
comment on column count_deltas.id is 'Id of the event that changed the count.';
comment on column count_deltas.delta is 'By how much.';

create table events (
	directory_id uuid not null,
	id uuid not null,
	transaction_id xid8 not null default pg_current_xact_id(),
	at timestamptz not null,
	type text collate "C" not null,
	resource_id uuid not null,
	version bigint not null,
	request_id uuid not null,
	data json,
	constraint events_pkey primary key (directory_id, id)
);
comment on table events is 'What happened to resources, written in the transaction of the change.';
comment on column events.directory_id is 'The tenant.';
comment on column events.id is 'UUIDv7.';
comment on column events.transaction_id is 'Readers take only rows below the oldest running transaction, in this order: none is missed.';
comment on column events.at is 'When, by the worker''s clock.';
comment on column events.type is 'user.created, user.updated, user.deactivated, user.activated, user.deleted.';
comment on column events.resource_id is 'To whom.';
comment on column events.version is 'The resource''s version after the change.';
comment on column events.request_id is 'By which request; see request_log.';
comment on column events.data is 'What else the reader needs; null when the type says it all.';
create index events_order on events (directory_id, transaction_id, id);

create table request_log (
	directory_id uuid not null,
	id uuid not null,
	at timestamptz not null,
	method text not null,
	url text not null,
	request_body text,
	status smallint not null,
	response_body text,
	detail text,
	quirks text[] not null,
	resource_id uuid,
	remote_address text,
	user_agent text,
	constraint request_log_pkey primary key (directory_id, id)
);
comment on table request_log is 'Authenticated SCIM requests and their answers, redacted before they are stored.';
comment on column request_log.directory_id is 'The tenant.';
comment on column request_log.id is 'UUIDv7; also in the log line and in the answer''s X-Request-Id.';
comment on column request_log.at is 'When it arrived.';
comment on column request_log.method is 'HTTP method.';
comment on column request_log.url is 'Path and query as sent; the query is left out when it could hold a secret.';
comment on column request_log.request_body is 'Body without password values; null when there was none or it could not be read.';
comment on column request_log.status is 'HTTP status of the answer.';
comment on column request_log.response_body is 'Body of the answer to a write or of an error; null for a read that succeeded.';
comment on column request_log.detail is 'Why it failed, as told to the client.';
comment on column request_log.quirks is 'Which tolerances beyond the RFC it needed.';
comment on column request_log.resource_id is 'The resource it was about.';
comment on column request_log.remote_address is 'As the web server gives it.';
comment on column request_log.user_agent is 'As sent.';

create table authentication_failures (
	directory_id uuid not null,
	hour timestamptz not null,
	failures bigint not null,
	last_at timestamptz not null,
	constraint authentication_failures_pkey primary key (directory_id, hour)
);
comment on table authentication_failures is 'Requests refused for their credentials: counted per hour, never stored one by one, so that nobody can fill the disk.';
comment on column authentication_failures.directory_id is 'The directory that was asked for.';
comment on column authentication_failures.hour is 'Begin of the hour.';
comment on column authentication_failures.failures is 'How many.';
comment on column authentication_failures.last_at is 'The latest.';

alter table users enable row level security;
alter table users force row level security;
create policy users_tenant on users
	using (directory_id = nullif(current_setting('rollcall.directory', true), '')::uuid);
alter table attribute_values enable row level security;
alter table attribute_values force row level security;
create policy attribute_values_tenant on attribute_values
	using (directory_id = nullif(current_setting('rollcall.directory', true), '')::uuid);
alter table count_deltas enable row level security;
alter table count_deltas force row level security;
create policy count_deltas_tenant on count_deltas
	using (directory_id = nullif(current_setting('rollcall.directory', true), '')::uuid);
alter table events enable row level security;
alter table events force row level security;
create policy events_tenant on events
	using (directory_id = nullif(current_setting('rollcall.directory', true), '')::uuid);
alter table request_log enable row level security;
alter table request_log force row level security;
create policy request_log_tenant on request_log
	using (directory_id = nullif(current_setting('rollcall.directory', true), '')::uuid);
alter table authentication_failures enable row level security;
alter table authentication_failures force row level security;
create policy authentication_failures_tenant on authentication_failures
	using (directory_id = nullif(current_setting('rollcall.directory', true), '')::uuid);

select exists (select from pg_roles where rolname = 'rollcall_app') as grant_role
\gset
\if :grant_role
grant select, insert, update, delete on users, attribute_values, count_deltas, events, request_log,
	authentication_failures to rollcall_app;
\endif

insert into schema_migrations (version) values (2);
\endif
commit;
