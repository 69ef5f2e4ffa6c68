-- Verifications as runs: what was checked, how far it has come, and what it found. Everything here is added: a
-- process of the version before goes on working beside it.

create table verifications (
  id text primary key check (id ~ '^verification-[0-9a-f]{16}$'),
  state text not null check (state in ('running', 'finished', 'interrupted')),
  -- The id of the person who began it, or `operator` or `service`.
  begun_by text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  -- Until when its process has promised to be heard of; one that is not heard of has died.
  lease_until timestamptz not null,
  -- The invariants in the order in which they are checked.
  names text[] not null,
  -- What was found of the first of them: name, checked, drift, samples, took_ms.
  results jsonb not null default '[]',
  check ((state = 'running') = (ended_at is null))
);
-- One at a time, whichever process runs it.
create unique index verifications_running on verifications (state) where state = 'running';
create index verifications_started on verifications (started_at, id);
