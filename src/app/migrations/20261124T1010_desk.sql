-- What the operator's desk remembers.
create schema app;

-- Lines of revenue that were closed to new sales, or opened again. One that has no row is open.
create table app.openness (
  line text primary key,
  open boolean not null,
  changed_by uuid not null references people.user (id),
  changed_at timestamptz not null
);

-- Proofs of the ledger that were asked for on the desk; what they found is in ledger.proof. One runs at a time, and says
-- again and again that it does, so that one whose process ended holds up none after it.
create table app.proof_run (
  id bigint generated always as identity primary key,
  asked_by uuid not null references people.user (id),
  asked_at timestamptz not null,
  heard_at timestamptz not null,
  claims_done integer not null default 0,
  claims integer not null default 0,
  ended_at timestamptz,
  outcome text check (outcome in ('proved', 'failed', 'lost')),
  constraint ended_somehow check ((ended_at is null) = (outcome is null)),
  constraint progress_within check (claims_done between 0 and claims)
);
create unique index proof_run_one_at_a_time on app.proof_run ((true)) where ended_at is null;
