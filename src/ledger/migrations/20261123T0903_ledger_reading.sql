-- What reading the past needs. Positions order a home's log, so the past is "up to this position".

create function ledger.position_at(p_home smallint, instant timestamptz) returns bigint stable language sql
set enable_seqscan = off as $$
  select coalesce((
    select b.last_pos from ledger.batch b where b.home = p_home and b.posted_at <= instant order by b.posted_at desc, b.seq desc limit 1), 0)
$$;

-- An account's last entry up to a position is the later of its last debit and its last credit: two index seeks.
create function ledger.balance_at(p_home smallint, p_account bigint, p_pos bigint) returns bigint stable language sql as $$
  select coalesce((
    select s.balance from (
      (select pos, dr_balance as balance from ledger.leg
        where home = p_home and dr = p_account and dr_version is not null and pos <= p_pos order by pos desc limit 1)
      union all
      (select pos, cr_balance from ledger.leg
        where home = p_home and cr = p_account and cr_version is not null and pos <= p_pos order by pos desc limit 1)
    ) s order by s.pos desc limit 1), 0)
$$;

-- By effective date: what was posted after the instant but had happened by then comes in, what was posted before it for a
-- later date goes out. Only journals with a date of their own count, and those have an index.
create function ledger.effective_shifts(instant timestamptz) returns table (home smallint, account bigint, shift numeric)
stable language sql as $$
  select l.home, e.account, e.amount * d.sign
  from (
    select j.home, j.first_pos, j.legs, 1 as sign from ledger.journal j join ledger.batch b on b.home = j.home and b.seq = j.batch
    where j.effective_at <= instant and b.posted_at > instant
    union all
    select j.home, j.first_pos, j.legs, -1 from ledger.journal j join ledger.batch b on b.home = j.home and b.seq = j.batch
    where j.effective_at > instant and b.posted_at <= instant
  ) d
  join ledger.leg l on l.home = d.home and l.pos >= d.first_pos and l.pos < d.first_pos + d.legs and l.cr is not null
  cross join lateral (values (l.dr, -l.amount), (l.cr, l.amount)) e(account, amount)
$$;
