-- The request log tells more: how long, which provider, by which credential.
--
-- Plain psql: psql "$DATABASE_URL" -f migrations/0008_request_log.sql
-- Safe to run twice and by two at once, like every migration.
\set ON_ERROR_STOP on
set client_min_messages = warning;
begin;
select pg_advisory_xact_lock(7643764400) as locked
\gset
select not exists (select from schema_migrations where version = 8) as todo
\gset
\if :todo

alter table request_log add column duration_us bigint;
alter table request_log add column provider text;
alter table request_log add column client_id uuid;
comment on column request_log.duration_us is 'From its arrival to this row, in microseconds, without the way to the database and back; null in rows from before this column.';
comment on column request_log.provider is 'The identity provider it looks like, by its User-Agent; null: none that is known.';
comment on column request_log.client_id is 'The OAuth client whose token it showed; null: the directory''s own token.';

-- The last six digits of a resource's id are those of its directory: so an id alone finds it.
create index directories_tag on directories (environment_id, right(id::text, 6)) where deleted_at is null;

insert into schema_migrations (version) values (8);
\endif
commit;
