-- Webhooks: the feed, carried to the application's own server.
--
-- Plain psql: psql "$DATABASE_URL" -f migrations/0006_webhooks.sql
-- Safe to run twice and by two at once, like every migration.
\set ON_ERROR_STOP on
set client_min_messages = warning;
begin;
select pg_advisory_xact_lock(7643764400) as locked
\gset
select not exists (select from schema_migrations where version = 6) as todo
\gset
\if :todo

create table webhook_endpoints (
	id uuid constraint webhook_endpoints_pkey primary key,
	environment_id uuid not null constraint webhook_endpoints_environment_fkey references environments,
	organization_id uuid,
	url text not null,
	description text,
	types text[] not null,
	secret bytea not null,
	previous_secret bytea,
	previous_until timestamptz,
	enabled boolean not null,
	disabled_reason text,
	position bigint not null,
	attempts integer not null,
	failing_since timestamptz,
	next_at timestamptz,
	lease uuid,
	leased_until timestamptz,
	created_at timestamptz not null,
	modified_at timestamptz not null
);
comment on table webhook_endpoints is 'Where events are sent, and how far each has come. One event at a time, in the order of the feed.';
comment on column webhook_endpoints.id is 'UUIDv7; webhook_endpoint_ with 25 base-36 digits outside.';
comment on column webhook_endpoints.environment_id is 'Whose feed it gets.';
comment on column webhook_endpoints.organization_id is 'Only events of this organization; null: all.';
comment on column webhook_endpoints.url is 'Where to; https unless the settings allow more.';
comment on column webhook_endpoints.description is 'Chosen by the vendor.';
comment on column webhook_endpoints.types is 'Only these types of events; empty: all.';
comment on column webhook_endpoints.secret is '32 random bytes that deliveries are signed with: kept as they are, because signing needs them.';
comment on column webhook_endpoints.previous_secret is 'The one before, which signs as well until previous_until.';
comment on column webhook_endpoints.previous_until is 'When previous_secret ends.';
comment on column webhook_endpoints.enabled is 'False: nothing is sent.';
comment on column webhook_endpoints.disabled_reason is 'Why it was disabled, when nobody asked for it.';
comment on column webhook_endpoints.position is 'Of the last event that is done with; see feed.position.';
comment on column webhook_endpoints.attempts is 'How often the next event was tried in vain.';
comment on column webhook_endpoints.failing_since is 'When it was first tried in vain; null: it was not.';
comment on column webhook_endpoints.next_at is 'When it may be tried again; null: at once.';
comment on column webhook_endpoints.lease is 'Who is sending: one at a time.';
comment on column webhook_endpoints.leased_until is 'Until when; then another may.';
comment on column webhook_endpoints.created_at is 'When it was made.';
comment on column webhook_endpoints.modified_at is 'When the vendor last changed it.';
create index webhook_endpoints_environment on webhook_endpoints (environment_id, id);

create table webhook_deliveries (
	environment_id uuid not null,
	endpoint_id uuid not null,
	id uuid not null,
	at timestamptz not null,
	position bigint not null,
	event_id uuid not null,
	type text collate "C" not null,
	attempt integer not null,
	status smallint,
	error text,
	response text,
	duration_us bigint not null,
	constraint webhook_deliveries_pkey primary key (environment_id, endpoint_id, id)
);
comment on table webhook_deliveries is 'Each attempt to deliver an event.';
comment on column webhook_deliveries.environment_id is 'That of the endpoint.';
comment on column webhook_deliveries.endpoint_id is 'Where to. Not a reference: an endpoint may go at once, its rows go with their age.';
comment on column webhook_deliveries.id is 'UUIDv7.';
comment on column webhook_deliveries.at is 'When it began.';
comment on column webhook_deliveries.position is 'Of the event in the feed.';
comment on column webhook_deliveries.event_id is 'The event.';
comment on column webhook_deliveries.type is 'Its type.';
comment on column webhook_deliveries.attempt is 'Which attempt, from 1.';
comment on column webhook_deliveries.status is 'HTTP status of the answer; null: there was none.';
comment on column webhook_deliveries.error is 'Why there was none.';
comment on column webhook_deliveries.response is 'Begin of the answer''s body.';
comment on column webhook_deliveries.duration_us is 'How long it took, in microseconds.';
create index webhook_deliveries_failed on webhook_deliveries (environment_id, endpoint_id, id)
	where status is null or status not between 200 and 299;
-- By age, of all environments.
create index webhook_deliveries_at on webhook_deliveries (at);

select exists (select from pg_roles where rolname = 'rollcall_app') as grant_role
\gset
\if :grant_role
grant select, insert, update, delete on webhook_endpoints, webhook_deliveries to rollcall_app;
\endif

insert into schema_migrations (version) values (6);
\endif
commit;
