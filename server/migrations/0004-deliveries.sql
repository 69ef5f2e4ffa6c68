-- Deliveries that one can bet on: what endpoints ask for, how they fare, and what is sent to them again.

alter table endpoints
  -- How many events one request carries at the most.
  add column batch_size integer not null default 1 check (batch_size between 1 and 500),
  -- What events about the endpoint itself are about; those are counted by `pauses`.
  add column subject uuid,
  add column pauses integer not null default 0,
  -- The id of the API key that paused it by hand.
  add column paused_by text,
  -- By which failures it paused itself.
  add column paused_failing integer,
  add column paused_attempted integer,
  add column paused_status integer,
  add column paused_error text,
  -- When somebody is to be told by mail that it paused itself; null when nobody is.
  add column alert_due_at timestamptz,
  add check (alert_due_at is null or paused_at is not null);
update endpoints set subject = (
  lpad(to_hex(organization), 8, '0') || '00000000' || substr(id, 10))::uuid;
alter table endpoints alter column subject set not null;
create index endpoints_alert on endpoints (alert_due_at) where alert_due_at is not null;

-- A subscription to some events of a type: of these merchants, for these causes; null means all. A type
-- can have several with beginnings of their own, since a filter that grows owes nothing from before.
alter table subscriptions
  drop constraint subscriptions_pkey,
  add column merchants integer[],
  add column causes text[],
  add primary key (endpoint, event_type, since);

-- A lane is there while something waits, so that the table is as large as the backlog.
delete from lanes where due_at is null;
drop index lanes_due;
alter table lanes
  drop constraint lanes_check,
  drop constraint lanes_check1,
  drop constraint lanes_check2,
  drop constraint lanes_check3,
  -- A lane is looked up by its subject, which no other index has: so that none can be taken instead.
  drop constraint lanes_pkey,
  add primary key (subject, endpoint),
  add column is_bulk boolean not null default false,
  -- Whose events it sends; null: its subject's.
  add column replay text,
  add column failed_at timestamptz,
  -- Until when a worker has it. Not in the index of what is due: a claim and its end would each make
  -- entries there, and in every other index, where now it rewrites the row in its page.
  add column leased_until timestamptz;
update lanes set leased_until = due_at where token is not null;
update lanes set failed_at = failing_since where attempt > 0;
alter table lanes
  alter column due_at set not null,
  alter column waiting_since set not null,
  add constraint lanes_waiting check (acked < tail),
  add constraint lanes_failing check (
    (attempt = 0) = (failing_since is null) and (attempt = 0) = (failed_at is null)),
  add constraint lanes_leased check ((token is null) = (leased_until is null)),
  -- Room in each page for its rows once more.
  set (fillfactor = 45, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
create index lanes_due on lanes (endpoint, is_bulk, due_at);
-- What a resume makes due: lanes that failed before it.
create index lanes_failed on lanes (endpoint, failed_at) where attempt > 0;

-- To find one event of an organization that has millions.
create index events_id on events using hash (id);

alter table attempts
  -- The replay that it belongs to.
  add column replay text,
  -- Encrypted: how the receiver's answer begins.
  add column blob bytea,
  -- 0 where the event was along in a batch before its turn.
  drop constraint attempts_number_check,
  add constraint attempts_number_check check (number >= 0);

-- To find the few that came to a bad end among millions.
create index attempts_ended_badly on attempts (endpoint, outcome)
  where outcome in ('refused', 'expired');

-- How an endpoint fared in each minute.
alter table pulses
  add column attempts integer not null default 0,
  add column acknowledged integer not null default 0,
  add column refused integer not null default 0,
  add column failed integer not null default 0,
  add column expired integer not null default 0,
  -- How many answers took how long, by the bounds that the program has.
  add column durations integer[] not null default '{}';

-- Events that are sent to an endpoint once more.
create table replays (
  id text primary key check (id ~ '^replay-[0-9a-f]{16}$'),
  endpoint integer not null references endpoints (number) on delete cascade,
  -- Which: one event, or those of a time (the end is not in it), of one state, of one subject.
  event text,
  start_at timestamptz not null,
  end_at timestamptz not null check (end_at > start_at),
  state text check (state in ('acknowledged', 'refused', 'expired')),
  event_types text[],
  subject uuid,
  -- Up to here they are in line; null when all are.
  gathered_to timestamptz,
  events integer not null default 0,
  created_at timestamptz not null,
  cancelled_at timestamptz
);
create index replays_endpoint on replays (endpoint, created_at, id);
create index replays_gathering on replays (endpoint) where gathered_to is not null;

-- What a replay's lanes are to send; a row goes once it is done with.
create table replayed_events (
  -- Made from the replay and the event's subject.
  lane uuid not null,
  sequence integer not null,
  replay text not null,
  endpoint integer not null,
  subject uuid not null,
  at timestamptz not null,
  primary key (lane, sequence)
);
create index replayed_events_replay on replayed_events (replay);
create index replayed_events_subject on replayed_events (subject, sequence);

-- The number of the tx that wrote the event: by it a listener knows what it has not heard. Whoever goes
-- on behind a last time or id instead misses what was written before and committed after.
alter table events add column tx xid8;
create index events_tx on events (organization, tx, subject, sequence);
