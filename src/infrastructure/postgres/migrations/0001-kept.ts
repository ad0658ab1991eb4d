import { Migration } from '@mikro-orm/migrations';

/** Checkpoints of projections and processes, the logins made for this database, and the keys of data subjects. */
export class Kept0001 extends Migration {
  override name = '0001-kept';

  override up(): void {
    this.addSql('create schema if not exists vault');
    this.addSql('create schema if not exists read_models');
    // Every commit of a projector updates a row here; the room left in a page keeps those updates off the indexes.
    this.addSql(`create table kept.projection (
      build_id bigint generated always as identity primary key,
      name text not null,
      version integer not null,
      fingerprint text not null,
      schema_name text not null,
      tables text[] not null,
      position bigint not null,
      state text not null check (state in ('live', 'building', 'faulted')),
      is_live boolean not null,
      fault jsonb
    ) with (fillfactor = 50)`);
    this.addSql('create unique index projection_live on kept.projection (name) where is_live');
    this.addSql(`create function kept.advance(build bigint, was bigint, reached bigint) returns void language plpgsql as $$
      begin
        update kept.projection set position = reached where build_id = build and position = was;
        if not found then
          raise exception 'another runner moved this projection' using errcode = 'LB001';
        end if;
      end
    $$`);
    this.addSql(`create table kept.process_checkpoint (
      name text primary key,
      position bigint not null
    ) with (fillfactor = 50)`);
    this.addSql(`create table kept.login (
      kind text primary key check (kind in ('tenant', 'staff')),
      role_name text not null,
      password text not null
    )`);
    this.addSql(`create table vault.subject_key (
      subject text primary key,
      wrapped bytea,
      made_at timestamptz not null default now(),
      destroyed_at timestamptz,
      check ((wrapped is null) = (destroyed_at is not null))
    )`);
  }
}
