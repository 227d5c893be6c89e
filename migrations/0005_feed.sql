-- The event feed: what the application follows.
--
-- Plain psql: psql "$DATABASE_URL" -f migrations/0005_feed.sql
-- Safe to run twice and by two at once, like every migration.
--
-- events is where a change leaves its event, in its own transaction: nobody waits for anybody. Behind it one
-- sequencer at a time, under the lock of feed_heads, moves events that are committed to the feed and numbers
-- them 1, 2, 3, … per environment. So a reader that has seen position n has seen all below it: what commits
-- later gets a later number, whatever it began before. No transaction ids: they would not survive a dump.
\set ON_ERROR_STOP on
set client_min_messages = warning;
begin;
select pg_advisory_xact_lock(7643764400) as locked
\gset
select not exists (select from schema_migrations where version = 5) as todo
\gset
\if :todo

alter table events no force row level security;
drop index events_order;
alter table events drop column transaction_id;
update events set type = 'user.reactivated' where type = 'user.activated';
update events set data = null where data is not null;
alter table events force row level security;
create index events_order on events (directory_id, at, version, id);
comment on table events is 'What happened to resources, written in the transaction of the change; moved to feed by the sequencer.';
comment on column events.type is 'user.created, user.updated, user.deactivated, user.reactivated, user.deleted, group.created, group.updated, group.deleted, group.member_added, group.member_removed, directory.*.';
comment on column events.data is 'The delta: attributes, changes or members; see docs/events.md.';
-- The sequencer sees and takes what is of the environment that was entered, across its directories.
create policy events_sequencer_sees on events for select
	using (current_setting('rollcall.sequencer', true) = 'on' and exists (select from directories d
		where d.id = directory_id
		and d.environment_id = nullif(current_setting('rollcall.environment', true), '')::uuid));
create policy events_sequencer_takes on events for delete
	using (current_setting('rollcall.sequencer', true) = 'on' and exists (select from directories d
		where d.id = directory_id
		and d.environment_id = nullif(current_setting('rollcall.environment', true), '')::uuid));
-- Who manages an environment notes what happens to its directories.
create policy events_vendor_notes on events for insert
	with check (exists (select from directories d where d.id = directory_id
		and d.environment_id = nullif(current_setting('rollcall.environment', true), '')::uuid));

create table feed_heads (
	environment_id uuid constraint feed_heads_pkey primary key
		constraint feed_heads_environment_fkey references environments,
	position bigint not null
);
comment on table feed_heads is 'The end of each environment''s feed; its lock makes sequencers take turns.';
comment on column feed_heads.environment_id is 'Whose feed.';
comment on column feed_heads.position is 'The last number given.';
insert into feed_heads (environment_id, position) select id, 0 from environments;

create table feed (
	environment_id uuid not null constraint feed_environment_fkey references environments,
	position bigint not null,
	organization_id uuid,
	directory_id uuid,
	id uuid not null,
	at timestamptz not null,
	type text collate "C" not null,
	resource_id uuid,
	version bigint,
	request_id uuid,
	data json,
	constraint feed_pkey primary key (environment_id, position)
);
comment on table feed is 'Events in the order in which they are told: every environment''s own, without gaps.';
comment on column feed.environment_id is 'Whose feed.';
comment on column feed.position is '1, 2, 3, …: given after the change was committed.';
comment on column feed.organization_id is 'Which organization it is about; null: the environment itself.';
comment on column feed.directory_id is 'Which directory it is about; null: none.';
comment on column feed.id is 'UUIDv7 of the event.';
comment on column feed.at is 'When, by the worker''s clock.';
comment on column feed.type is 'What happened; see events.type.';
comment on column feed.resource_id is 'To whom.';
comment on column feed.version is 'The resource''s version after the change.';
comment on column feed.request_id is 'By which request; see request_log and audit_log.';
comment on column feed.data is 'The delta.';
create index feed_organization on feed (environment_id, organization_id, position);
create index feed_directory on feed (environment_id, directory_id, position);
alter table feed enable row level security;
alter table feed force row level security;
create policy feed_environment on feed
	using (environment_id = nullif(current_setting('rollcall.environment', true), '')::uuid);

select exists (select from pg_roles where rolname = 'rollcall_app') as grant_role
\gset
\if :grant_role
grant select, insert, update, delete on feed_heads, feed to rollcall_app;
\endif

insert into schema_migrations (version) values (5);
\endif
commit;
