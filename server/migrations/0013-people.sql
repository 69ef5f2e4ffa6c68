-- People, and how they prove who they are. Of tokens, links and codes there are hashes only, and what must be
-- shown or computed with again (addresses, names, secrets of second factors, password hashes) is encrypted.

create table people (
  id text primary key check (id ~ '^person-[0-9a-f]{16}$'),
  number integer not null unique generated always as identity,
  -- The sealed e-mail address: what a person is found by.
  email uuid not null unique,
  -- Encrypted: e-mail address and name.
  blob bytea not null,
  -- Encrypted: the argon2id hash with its parameters. Null where there is no password.
  password bytea,
  -- The sealed subject of the provider that the person has signed in by; null until then.
  subject uuid unique,
  is_operator boolean not null default false,
  created_at timestamptz not null,
  modified_at timestamptz not null
);

create table members (
  organization integer not null references organizations (number),
  person integer not null references people (number) on delete cascade,
  -- Those without any may read what names no customer.
  permissions text[] not null
    check (permissions <@ array['people', 'technical', 'commercial', 'customers']),
  created_at timestamptz not null,
  modified_at timestamptz not null,
  primary key (organization, person)
);
create index members_person on members (person);

create table sessions (
  id text primary key check (id ~ '^session-[0-9a-f]{16}$'),
  -- SHA-256 of the token in the cookie; another after each sign-in, step-up and change of rights.
  hash bytea not null unique check (octet_length(hash) = 32),
  person integer not null references people (number) on delete cascade,
  -- For nothing but to enrol a second factor, where one is required and there is none.
  is_enrolling boolean not null,
  -- Browser and system by name, such as `Firefox on Linux`.
  browser text not null check (length(browser) <= 100),
  created_at timestamptz not null,
  -- Written once a minute at most.
  used_at timestamptz not null,
  -- When the person last proved who they are; changes that matter ask for it again.
  proved_at timestamptz not null,
  ends_at timestamptz not null
);
create index sessions_person on sessions (person);
create index sessions_ends_at on sessions (ends_at);

-- What somebody may do once: use a link, or go on with a sign-in. Deleted by its use.
create table challenges (
  hash bytea primary key check (octet_length(hash) = 32),
  purpose text not null
    check (purpose in ('set-up', 'reset', 'second-factor', 'passkey', 'enrol-passkey')),
  person integer references people (number) on delete cascade,
  -- What a passkey has to sign.
  nonce text,
  tries integer not null default 0,
  expires_at timestamptz not null
);
create index challenges_person on challenges (person);
create index challenges_expires_at on challenges (expires_at);

create table invitations (
  id text primary key check (id ~ '^invitation-[0-9a-f]{16}$'),
  hash bytea not null unique check (octet_length(hash) = 32),
  -- Null: to be an operator, and a member of nothing.
  organization integer references organizations (number),
  email uuid not null,
  -- Encrypted: the e-mail address.
  blob bytea not null,
  permissions text[] not null
    check (permissions <@ array['people', 'technical', 'commercial', 'customers']),
  -- The id of whoever invited, `operator` where that is the operator's key.
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  check (organization is not null or permissions = '{}')
);
-- A person has one invitation to an organization at a time, and it is the last.
create unique index invitations_open on invitations (coalesce(organization, 0), email)
  where accepted_at is null;
create index invitations_expires_at on invitations (expires_at);

create table factors (
  id text primary key check (id ~ '^factor-[0-9a-f]{16}$'),
  person integer not null references people (number) on delete cascade,
  kind text not null check (kind in ('totp', 'passkey')),
  -- Encrypted: its name, and the secret of a TOTP, the public key of a passkey.
  blob bytea not null,
  -- SHA-256 of a passkey's credential id: what it is found by.
  credential bytea unique check (octet_length(credential) = 32),
  -- The last time step of a TOTP that was used: no code is good twice.
  last_step bigint,
  -- How often a passkey says that it has signed.
  signatures bigint,
  created_at timestamptz not null,
  -- Null until a code shows that the secret has arrived; it counts for nothing before.
  confirmed_at timestamptz,
  used_at timestamptz,
  check ((kind = 'passkey') = (credential is not null))
);
create index factors_person on factors (person);
create unique index factors_totp on factors (person)
  where kind = 'totp' and confirmed_at is not null;

create table recovery_codes (
  person integer not null references people (number) on delete cascade,
  -- The sealed code. Deleted by its use.
  code uuid not null,
  primary key (person, code)
);
