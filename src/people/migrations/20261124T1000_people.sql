-- Who is here. The columns of user, session, credential and verification are what better-auth 1.7.25 compiles for its
-- options in auth.ts; what follows "Ours" is not. It refuses to run where one of its columns is missing.
create schema people;

create table people.user (
  id uuid primary key,
  name text not null,
  email text unique,
  email_verified boolean not null,
  image text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- Ours:
  role text not null default 'member' check (role in ('member', 'operator')),
  suspended_at timestamptz,
  closed_at timestamptz,
  -- When every room had erased what it kept of a closed account.
  erased_at timestamptz,
  constraint closed_says_nothing check (
    closed_at is null and email is not null and name <> ''
    or closed_at is not null and email is null and name = '' and image is null and role = 'member'
  ),
  constraint erased_after_closed check (erased_at is null or closed_at is not null)
);
create index user_to_erase on people.user (closed_at) where closed_at is not null;
create index user_operator on people.user (id) where role = 'operator';

create table people.session (
  id uuid primary key,
  expires_at timestamptz not null,
  token text not null unique,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  address text,
  device text,
  user_id uuid not null references people.user (id) on delete cascade
);
create index session_user_id_idx on people.session (user_id);
create index session_expiry on people.session (expires_at);

create table people.credential (
  id uuid primary key,
  account_id text not null,
  provider_id text not null,
  user_id uuid not null references people.user (id) on delete cascade,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  password text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- Ours:
  unique (provider_id, account_id)
);
create index credential_user_id_idx on people.credential (user_id);

-- Nothing writes here until addresses are confirmed by mail.
create table people.verification (
  id uuid primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index verification_identifier_idx on people.verification (identifier);

-- Links that work once. Only a hash of the token is here, so that whoever reads the table can open none of them.
create table people.link (
  token_hash bytea primary key check (length(token_hash) = 32),
  purpose text not null check (purpose in ('claim', 'reset')),
  user_id uuid references people.user (id),
  made_by uuid references people.user (id),
  made_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > made_at),
  constraint reset_is_of_somebody check ((purpose = 'reset') = (user_id is not null and made_by is not null))
);
create index link_of_user on people.link (user_id);

-- One row at most, for good: of several who open a claim link at once, one becomes the operator.
create table people.claim (
  singleton boolean primary key default true check (singleton),
  claimed_by uuid not null references people.user (id),
  claimed_at timestamptz not null
);

-- How often something that can be guessed was tried in the window that ends at `ends_at`. Buckets name addresses and hashes of e-mails.
create table people.attempt (
  bucket text primary key,
  ends_at timestamptz not null,
  count integer not null check (count >= 0)
);
