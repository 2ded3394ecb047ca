-- Turns and what they say. `home` (the payer's shard) leads every key. A row of `turn` is written once when the turn starts and
-- changed twice: when it ends, and when it is settled. `call` and `event` are only ever added to, and go when they are old.
create schema turns;

-- Who runs turns. Whoever marks a process as ended does it once; what the process writes afterwards does not count.
create table turns.process (
  id uuid primary key,
  started_at timestamptz not null default clock_timestamp(),
  lease_until timestamptz not null,
  ended_at timestamptz
);
create index process_lease on turns.process (lease_until) where ended_at is null;

create table turns.turn (
  home smallint not null default 1,
  id uuid not null,
  payer uuid not null,
  conversation uuid,
  -- No foreign key: each start would lock the one row that every heartbeat and every write to the log wants.
  process uuid not null,
  -- Of what was asked, so that an id that is used for something else is noticed.
  digest bytea not null,
  quote json not null,
  -- Its calls in order: [{ id, bot }].
  calls json not null,
  started_at timestamptz not null,
  -- Asked for in a process that does not run it.
  stop_cause text,
  ended_at timestamptz,
  ending text,
  -- The intent: all that settlement goes by.
  conclusion json,
  last_seq integer,
  settled_at timestamptz,
  charged bigint,
  settlement json,
  primary key (home, id),
  constraint turn_told check (
    calls is not null and stop_cause in ('stopped', 'account_closed')
    and (ended_at is null) = (ending is null) and (ended_at is null) = (conclusion is null)
    and (ended_at is null) = (last_seq is null) and (settled_at is null) = (charged is null)
    and (settled_at is null or ended_at is not null) and charged >= 0
  )
) with (autovacuum_vacuum_scale_factor = 0.05);
create index turn_running on turns.turn (payer, process) where ended_at is null;
create index turn_payer on turns.turn (payer, started_at);
create index turn_unsettled on turns.turn (ended_at) where ended_at is not null and settled_at is null;

-- What is left of a call, until its texts are deleted: whoever starts turns keeps their own copy.
create table turns.call (
  home smallint not null default 1,
  turn uuid not null,
  place smallint not null check (place between 0 and 9),
  id uuid not null,
  bot uuid not null,
  ending text not null,
  words text,
  text text not null,
  parts json not null,
  suggestions text[] not null,
  ended_at timestamptz not null default clock_timestamp(),
  primary key (home, turn, place)
);
create index call_age on turns.call using brin (ended_at) with (pages_per_range = 16, autosummarize = on);

-- The log: a row is what one turn said between two writes. `events` are those from first_seq to last_seq, without a gap.
create table turns.event (
  home smallint not null default 1,
  turn uuid not null,
  first_seq integer not null,
  last_seq integer not null check (last_seq >= first_seq),
  events json not null,
  written_at timestamptz not null default clock_timestamp(),
  primary key (home, turn, first_seq)
) with (autovacuum_vacuum_scale_factor = 0.05);
create index event_age on turns.event using brin (written_at) with (pages_per_range = 16, autosummarize = on);
