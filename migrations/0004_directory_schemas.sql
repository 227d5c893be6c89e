-- Custom schemas: what a vendor adds to the attributes of one directory.
--
-- Plain psql: psql "$DATABASE_URL" -f migrations/0004_directory_schemas.sql
-- Safe to run twice and by two at once, like every migration.
--
-- One text per directory, because every request of the directory reads all of it; null for most, and
-- then nothing is read.
\set ON_ERROR_STOP on
set client_min_messages = warning;
begin;
select pg_advisory_xact_lock(7643764400) as locked
\gset
select not exists (select from schema_migrations where version = 4) as todo
\gset
\if :todo

alter table directories add column schemas json;
comment on column directories.schemas is 'Extensions of its resource types, [{"resourceType","required","schema"},...] with schemas of RFC 7643 section 7; null: none.';

insert into schema_migrations (version) values (4);
\endif
commit;
