-- What the wallet knows beside the ledger. Every amount of points a person has is on the ledger; here stand the person's
-- wishes (caps), what spares a question (granted_on, in_debt), and the intents of top-ups.
create schema wallet;

create table wallet.person (
  person uuid primary key,
  -- The last UTC day whose free points are known to be posted.
  granted_on date,
  -- True from before a dispute is posted until the ledger says that nothing is owed.
  in_debt boolean not null default false,
  message_cap bigint,
  constraint person_cap check (message_cap >= 0)
);

-- `setting` counts the changes, so that whoever has filled an allowance by an older one looks again. What a period has used is
-- read from the ledger.
create table wallet.cap (
  person uuid not null references wallet.person on delete cascade,
  period text not null,
  points bigint,
  setting int not null,
  primary key (person, period),
  constraint cap_whole check (period in ('day', 'month') and points >= 0 and setting > 0)
);

-- The intent of a top-up, written before the provider is asked. `state` is what is known of it, `posted_state` as far as
-- the ledger has it; where they differ, a job posts what is missing.
create table wallet.top_up (
  id uuid primary key,
  person uuid not null,
  provider text not null,
  cents bigint not null,
  points bigint not null,
  repaid bigint not null default 0,
  state text not null default 'started',
  posted_state text not null default 'started',
  reference text,
  method text not null default '',
  ask_words text,
  ask_open text,
  failure text,
  fee_micro_usd bigint not null default 0,
  dispute_fee_micro_usd bigint not null default 0,
  started_at timestamptz not null,
  looked_at timestamptz not null,
  constraint top_up_state check (
    state in ('started', 'asks', 'succeeded', 'failed', 'refunded', 'disputed')
    and posted_state in ('started', 'succeeded', 'refunded', 'disputed')),
  constraint top_up_amounts check (
    cents > 0 and points > 0 and repaid between 0 and points and fee_micro_usd >= 0 and dispute_fee_micro_usd >= 0)
);
create index top_up_person on wallet.top_up (person, started_at desc);
create index top_up_looked on wallet.top_up (looked_at) where state in ('started', 'asks', 'succeeded') or posted_state <> state;
