-- What one writes without this ledger, written well: the same double entries, running balances and key by which a
-- transfer is made once, in narrow tables with as few indexes as that allows.
create schema peer;

create table peer.account (
  id bigint primary key,
  balance bigint not null check (balance >= 0),
  version bigint not null default 0
) with (fillfactor = 50);

create table peer.transfer (
  key uuid primary key,
  payer bigint not null,
  payee bigint not null,
  amount bigint not null check (amount > 0),
  at timestamptz not null default clock_timestamp()
);

create table peer.entry (
  account bigint not null,
  version bigint not null,
  transfer uuid not null,
  amount bigint not null,
  balance bigint not null,
  primary key (account, version)
);

-- The row that stands for one commit. A number of its own is the least that tells two of them apart.
create table peer.single (
  id bigint generated always as identity primary key,
  payer bigint not null,
  payee bigint not null,
  amount bigint not null
);

-- The hot row is locked last, so that it is held for as little as can be: through one insert and the commit.
create function peer.pay(p_key uuid, p_payer bigint, p_payee bigint, p_amount bigint) returns boolean
language plpgsql as $$
declare
  payer_balance bigint; payer_version bigint; payee_balance bigint; payee_version bigint;
begin
  insert into peer.transfer (key, payer, payee, amount) values (p_key, p_payer, p_payee, p_amount);
  update peer.account set balance = balance - p_amount, version = version + 1
    where id = p_payer and balance >= p_amount returning balance, version into payer_balance, payer_version;
  if not found then raise exception 'insufficient funds'; end if;
  update peer.account set balance = balance + p_amount, version = version + 1
    where id = p_payee returning balance, version into payee_balance, payee_version;
  insert into peer.entry (account, version, transfer, amount, balance) values
    (p_payer, payer_version, p_key, -p_amount, payer_balance), (p_payee, payee_version, p_key, p_amount, payee_balance);
  return true;
end $$;
