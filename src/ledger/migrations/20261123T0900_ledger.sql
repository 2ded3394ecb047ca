-- The ledger's tables. `home` (the payer's shard) leads every key. Amounts are whole minor units: bigint, never
-- numeric, never float. Column order packs wide columns first, because these rows are the bulk of the database.
create schema ledger;

create table ledger.unit (
  id smallint primary key,
  code text not null unique,
  scale smallint not null check (scale between 0 and 9)
);
insert into ledger.unit (id, code, scale)
values (1, 'POINTS', 0), (2, 'USD', 6), (3, 'EUR', 6), (4, 'CNY', 6), (5, 'JPY', 6), (6, 'GBP', 6);

-- A room's number is its bit in the masks of `kind`, hence at most 62 of them.
create table ledger.room (
  id smallint primary key check (id between 0 and 61),
  name text not null unique
);
insert into ledger.room (id, name) values (0, 'ledger');

create table ledger.kind (
  id smallint primary key,
  name text not null unique,
  room smallint not null references ledger.room,
  overdraft boolean not null,
  debited_by bigint not null,
  credited_by bigint not null
);

create table ledger.template (
  id smallint primary key,
  name text not null unique,
  room smallint not null references ledger.room
);
-- Template 0 is the posting function's own: the end of a hold whose time has passed.
insert into ledger.template (id, name, room) values (0, 'ledger.hold_expired', 0), (1, 'ledger.reversed', 0);

create table ledger.account (
  balance bigint not null default 0,
  held bigint not null default 0,
  last_pos bigint not null default 0,
  id bigint generated always as identity,
  home smallint not null,
  kind smallint not null references ledger.kind,
  unit smallint not null references ledger.unit,
  lots smallint not null default 0,
  overdraft boolean not null,
  owner_type text not null,
  owner text not null,
  subject text not null,
  opened_at timestamptz not null default clock_timestamp(),
  primary key (home, id),
  unique (home, kind, unit, owner_type, owner, subject),
  -- One CHECK for the hot path: every constraint is parsed again at each execution. It is the last guard
  -- against an overdraft: what is held is already spent. last_pos: the position of its last entry, 0 for none.
  constraint account_covered check (held >= 0 and lots >= 0 and last_pos >= 0 and (overdraft or balance >= held))
) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
alter table ledger.account add constraint account_owner
  check (owner_type in ('user', 'organisation', 'system') and home > 0);

-- Points that expire, under the account that holds them. What no lot covers is loose: it never expires, is spent
-- last. class: 1 free daily, 2 plan, 3 gift. The order of spending is (class, expires_at, id), then loose.
create table ledger.lot (
  granted bigint not null,
  remaining bigint not null,
  held bigint not null default 0,
  id bigint not null,
  account bigint not null,
  expires_at timestamptz not null,
  home smallint not null,
  class smallint not null,
  open boolean not null,
  primary key (home, id),
  constraint lot_covered check (class in (1, 2, 3) and held >= 0 and remaining >= held and granted >= remaining
    and open = (remaining > 0))
) with (fillfactor = 70);
create index lot_open on ledger.lot (home, account) where open;
create index lot_expiry on ledger.lot (home, expires_at) where open;

-- Open holds only: the row leaves when the hold is resolved, so a hold can be resolved once. A hold over several
-- lots has several parts, settled in the order of n.
create table ledger.hold (
  id uuid not null,
  account bigint not null,
  amount bigint not null,
  lot bigint,
  expires_at timestamptz not null,
  home smallint not null,
  n smallint not null,
  primary key (home, id, account, n),
  constraint hold_positive check (amount > 0 and n > 0)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
-- By account and not by instant alone: an index by instant begins with the holds that were resolved long ago, and every
-- batch would step over all that vacuum has not yet taken out (measured: 6,100 journals/s where this does 17,000).
create index hold_expiry on ledger.hold (home, account, expires_at);

-- One row per call of the posting function: the total order of a home and its hash chain.
create table ledger.batch (
  seq bigint not null,
  last_pos bigint not null,
  last_lot bigint not null,
  posted_at timestamptz not null,
  home smallint not null,
  prev bytea not null,
  hash bytea not null,
  primary key (home, seq)
);
-- Instants never run backwards within a home, so "as of this instant" is one position in the log.
create index batch_instant on ledger.batch (home, posted_at, seq);

-- What was asked for, once: id is the caller's idempotency key, digest the body it stands for.
create table ledger.journal (
  id uuid not null,
  batch bigint not null,
  first_pos bigint not null,
  effective_at timestamptz,
  reverses uuid,
  home smallint not null,
  template smallint not null,
  legs smallint not null,
  digest bytea not null,
  facts json,
  primary key (home, id),
  constraint journal_whole check (legs > 0 and octet_length(digest) = 16)
);
create index journal_effective on ledger.journal (home, effective_at) where effective_at is not null;

-- A leg moves `amount` from the account `dr` to the account `cr` and carries both running balances, so that the two
-- entries of a leg are one row; each says where its account's entry before it lies (0: it is the first). Legs that only
-- touch a hold have no entries. op: 0 move, 1 reserve, 2 extend, 3 settle, 4 release, 5 expire. pos is the order of the home.
create table ledger.leg (
  journal uuid not null,
  pos bigint not null,
  dr bigint not null,
  cr bigint,
  amount bigint not null,
  dr_prev bigint,
  dr_balance bigint,
  cr_prev bigint,
  cr_balance bigint,
  home smallint not null,
  op smallint not null,
  dr_lot bigint,
  cr_lot bigint,
  hold uuid,
  primary key (home, pos),
  constraint leg_whole check (
    op between 0 and 5
    and (amount > 0 or (amount = 0 and op = 2))
    and (op = 0) = (hold is null)
    and num_nulls(cr, dr_prev, dr_balance, cr_prev, cr_balance) = case when op in (0, 3) then 0 else 5 end
    and dr is distinct from cr)
);
-- An account's entries are read along their links, which cost nothing to write: two indexes over every leg were a fifth of
-- posting. One leg in 61 is in these, to come from now to any place in the past: by a prime, and a place that moves on with
-- each 61, so that an account of a steady rhythm is not for ever missed.
create index leg_dr on ledger.leg (home, dr, pos) where (pos + pos / 61) % 61 = 0 and cr is not null;
create index leg_cr on ledger.leg (home, cr, pos) where (pos + pos / 61) % 61 = 0 and cr is not null;

-- How much of a leg has been reversed already; no row means nothing.
create table ledger.reversed (
  pos bigint not null,
  original bigint not null,
  amount bigint not null,
  home smallint not null,
  primary key (home, pos),
  constraint reversed_within check (amount > 0 and amount <= original)
);

create function ledger.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'ledger.% is append-only: correct by a reversing journal', tg_table_name using errcode = '0A000';
end $$;
create trigger append_only before update or delete or truncate on ledger.journal execute function ledger.refuse_change();
create trigger append_only before update or delete or truncate on ledger.leg execute function ledger.refuse_change();
create trigger append_only before update or delete or truncate on ledger.batch execute function ledger.refuse_change();
