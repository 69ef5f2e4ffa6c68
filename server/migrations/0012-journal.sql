-- The journal: who did what to which object. Nothing in it is ever changed, and only its oldest entries are
-- deleted; each entry has a hash over itself and the entry before, so that a change shows.

-- One row a journal: an organization's by its number, the operator's own as 0. Whoever appends locks it.
create table journals (
  organization integer primary key check (organization >= 0),
  -- The number, hash and time of the last entry.
  entries integer not null default 0,
  hash bytea not null default decode(repeat('00', 32), 'hex') check (octet_length(hash) = 32),
  last_at timestamptz not null default '-infinity',
  -- The number and hash of the last entry that was dropped: the chain hangs on it.
  dropped integer not null default 0,
  dropped_hash bytea not null default decode(repeat('00', 32), 'hex')
    check (octet_length(dropped_hash) = 32),
  check (dropped between 0 and entries)
);

create table journal_entries (
  organization integer not null references journals (organization),
  -- Counts from 1 without a gap, in the order of the commits; times never go back along it.
  number integer not null check (number > 0),
  id text not null check (id ~ '^entry-[0-9a-f]{16}$'),
  at timestamptz not null,
  -- The id of a key or a person, `operator` or `service`; null: nobody that is known.
  actor text,
  action text not null check (action ~ '^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$'),
  object text,
  outcome text not null check (outcome in ('done', 'refused')),
  -- The network that the call came from, not the whole address.
  address text,
  request text,
  -- `json` keeps the text as it was hashed.
  before json,
  after json,
  hash bytea not null check (octet_length(hash) = 32),
  primary key (organization, number),
  unique (organization, id),
  -- The hash is over lines.
  check (concat(actor, object, address, request) !~ '[[:cntrl:]]'),
  check (strpos(concat(before::text, after::text), chr(10)) = 0),
  check (octet_length(concat(before::text, after::text)) <= 524288)
);
create index journal_entries_at on journal_entries (at, organization, number);
create index journal_entries_object on journal_entries (organization, object, number);

create function guard_journals() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and new.organization = old.organization
    and new.entries >= old.entries and new.dropped >= old.dropped
    and (new.entries = old.entries and new.hash = old.hash or exists (
      select from journal_entries e
      where e.organization = new.organization and e.number = new.entries and e.hash = new.hash))
    and (new.dropped = old.dropped and new.dropped_hash = old.dropped_hash or exists (
      select from journal_entries e
      where e.organization = new.organization and e.number = new.dropped and e.hash = new.dropped_hash))
  then
    return new;
  end if;
  raise exception 'a journal only grows, and is dropped from its beginning';
end $$;

create function guard_journal_entries() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and exists (
    select from journals j where j.organization = old.organization and old.number <= j.dropped)
  then
    return old;
  end if;
  raise exception 'entries of a journal are neither changed nor deleted';
end $$;

create trigger journals_guard before update or delete on journals
  for each row execute function guard_journals();
create trigger journals_guard_all before truncate on journals
  execute function guard_journals();
create trigger journal_entries_guard before update or delete on journal_entries
  for each row execute function guard_journal_entries();
create trigger journal_entries_guard_all before truncate on journal_entries
  execute function guard_journal_entries();

-- What an organization sees of its keys; null in keys from before.
alter table api_keys
  add column last_four text check (length(last_four) = 4),
  -- As `journal_entries.actor`.
  add column created_by text,
  -- From then on the key is nobody's.
  add column expires_at timestamptz,
  add column replaced_by text check (replaced_by ~ '^key-[0-9a-f]{16}$'),
  -- Up to an hour late.
  add column last_used_at timestamptz;
