-- Tenant tables: groups and their members.
--
-- Plain psql: psql "$DATABASE_URL" -f migrations/0003_groups.sql
-- Safe to run twice and by two at once, like every migration.
--
-- A group's members are rows, so that a change of one writes one, whatever the size of the group. What a
-- list of members shows stands beside the membership: reading 100,000 of them joins nothing.
\set ON_ERROR_STOP on
set client_min_messages = warning;
begin;
select pg_advisory_xact_lock(7643764400) as locked
\gset
select not exists (select from schema_migrations where version = 3) as todo
\gset
\if :todo

alter table users add column label text;
comment on column users.label is 'What a list of members shows of the user: displayName, else userName.';
alter table users no force row level security;
update users set label = coalesce(doc ->> 'displayName', user_name);
alter table users force row level security;
alter table users alter column label set not null;

create table groups (
	directory_id uuid not null constraint groups_directory_fkey references directories,
	id uuid not null,
	display_name text not null,
	display_name_key text collate "C" not null,
	external_id text collate "C",
	doc json not null,
	keys jsonb not null,
	member_count bigint not null default 0,
	version bigint not null,
	created_at timestamptz not null,
	modified_at timestamptz not null,
	last_write uuid not null,
	deleted_at timestamptz,
	constraint groups_pkey primary key (directory_id, id)
);
comment on table groups is 'Groups of RFC 7643 section 4.2, and tombstones of deleted ones. Their members are in group_members.';
comment on column groups.directory_id is 'The tenant.';
comment on column groups.id is 'UUIDv7, so order by id is order of creation.';
comment on column groups.display_name is 'As the client spelled it.';
comment on column groups.display_name_key is 'The folded name, made by the worker: what is compared and unique.';
comment on column groups.external_id is 'The client''s own id: opaque, compared exactly, not unique.';
comment on column groups.doc is 'What is answered: the canonical resource as JSON text, without id, meta and members.';
comment on column groups.keys is 'What is compared: the same tree, strings folded where the schema is not caseExact, times in one fixed form.';
comment on column groups.member_count is 'How many rows of group_members are the group''s; kept by the statements that write them.';
comment on column groups.version is 'Counts the changes from 1, those of members included; the ETag is W/"<version>".';
comment on column groups.created_at is 'meta.created.';
comment on column groups.modified_at is 'meta.lastModified.';
comment on column groups.last_write is 'Id of the request that wrote the row last.';
comment on column groups.deleted_at is 'When SCIM deleted it; for SCIM it is then gone and its name free. Purged after the retention time.';
create unique index groups_display_name_key on groups (directory_id, display_name_key) where deleted_at is null;
create index groups_live on groups (directory_id, id) where deleted_at is null;
create index groups_external_id on groups (directory_id, external_id)
	where deleted_at is null and external_id is not null;
create index groups_deleted on groups (directory_id, deleted_at) where deleted_at is not null;

-- No foreign keys: a member is locked while its row is written, and its deletion removes the row.
create table group_members (
	directory_id uuid not null,
	group_id uuid not null,
	member_id uuid not null,
	type text collate "C" not null constraint group_members_type_check check (type in ('User', 'Group')),
	display text not null,
	constraint group_members_pkey primary key (directory_id, group_id, member_id)
);
comment on table group_members is 'Who is directly in which group; users and groups alike, always live ones.';
comment on column group_members.directory_id is 'The tenant.';
comment on column group_members.group_id is 'The group.';
comment on column group_members.member_id is 'The user or group in it.';
comment on column group_members.type is 'User or Group.';
comment on column group_members.display is 'The member''s label or displayName, kept equal by the statements that change those.';
create index group_members_member on group_members (directory_id, member_id, group_id);
create index group_members_nested on group_members (directory_id, group_id, member_id) where type = 'Group';

comment on column count_deltas.kind is 'What is counted: users, groups.';
comment on column events.type is 'user.created, user.updated, user.deactivated, user.activated, user.deleted, group.created, group.updated, group.deleted.';
comment on column events.data is 'What else the reader needs: {"added":n,"removed":n} when members changed; null when the type says it all.';

alter table groups enable row level security;
alter table groups force row level security;
create policy groups_tenant on groups
	using (directory_id = nullif(current_setting('rollcall.directory', true), '')::uuid);
alter table group_members enable row level security;
alter table group_members force row level security;
create policy group_members_tenant on group_members
	using (directory_id = nullif(current_setting('rollcall.directory', true), '')::uuid);

select exists (select from pg_roles where rolname = 'rollcall_app') as grant_role
\gset
\if :grant_role
grant select, insert, update, delete on groups, group_members to rollcall_app;
\endif

insert into schema_migrations (version) values (3);
\endif
commit;
