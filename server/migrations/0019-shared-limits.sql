-- What the processes on one database share of their limits, and which of them does what is done once an hour.
-- Everything here is added: a process of the version before goes on working beside it.

-- What was drawn from each bucket of a fixed-window rate limit, by all processes. Unlogged: after a crash of the
-- database a minute is counted anew, and nothing of it is worth a write to the log.
create unlogged table window_counts (
  -- Sealed name of the bucket.
  key bytea primary key,
  -- Of windows since 1970.
  window_number bigint not null,
  window_ms bigint not null check (window_ms > 0),
  -- What one window allows.
  quota bigint not null check (quota > 0),
  -- What was drawn in this window, and what was owed from those before.
  count bigint not null,
  -- The same of the window before: what is told of it late may add to what is owed.
  count_before bigint not null default 0
) with (fillfactor = 50);

-- Guesses at keys, passwords and codes, by whom they are of and by whom they are at.
create unlogged table guess_counts (
  key bytea primary key,
  count bigint not null,
  last_at timestamptz not null,
  -- What is silent for so long begins anew.
  kept_ms bigint not null
) with (fillfactor = 50);

-- When each chore is due again, and for whichever process asks first.
create table chores (
  name text primary key,
  due_at timestamptz not null
);
