-- What reading the past needs. Positions order a home's log, so the past is "up to this position".

create function ledger.position_at(p_home smallint, instant timestamptz) returns bigint stable language sql
set enable_seqscan = off as $$
  select coalesce((
    select b.last_pos from ledger.batch b where b.home = p_home and b.posted_at <= instant order by b.posted_at desc, b.seq desc limit 1), 0)
$$;

-- The entry that an account has in the leg at this position; none at 0.
create function ledger.entry(
  p_home smallint, p_account bigint, p_pos bigint,
  out pos bigint, out journal uuid, out prev bigint, out amount bigint, out balance bigint, out counterpart bigint, out lot bigint
) returns setof record stable language sql as $$
  select l.pos, l.journal, e.* from ledger.leg l, lateral (
    select l.dr_prev, -l.amount, l.dr_balance, l.cr, l.dr_lot where l.dr = p_account
    union all
    select l.cr_prev, l.amount, l.cr_balance, l.dr, l.cr_lot where l.cr = p_account
  ) e where l.home = p_home and l.pos = p_pos limit 1
$$;

create function ledger.broken_link(p_account bigint, p_pos bigint) returns bigint language plpgsql as $$
begin
  raise exception 'the entries of account % are not linked at position %: prove() says more', p_account, p_pos using errcode = 'XX001';
end $$;

-- Where an account's last entry up to a position lies, 0 if it has none: from the first entry after it that an index knows,
-- or else from its last, back along the links.
create function ledger.entry_at(p_home smallint, p_account bigint, p_pos bigint) returns bigint stable language sql
set enable_seqscan = off set enable_bitmapscan = off as $$
  with recursive way(pos) as (
    select least(
      (select l.pos from ledger.leg l where l.home = p_home
        and l.dr = p_account and l.cr is not null
        and (l.pos + l.pos / 61) % 61 = 0 and l.pos > p_pos order by l.pos limit 1),
      (select l.pos from ledger.leg l where l.home = p_home
        and l.cr = p_account
        and (l.pos + l.pos / 61) % 61 = 0 and l.pos > p_pos order by l.pos limit 1),
      (select s.last_pos from ledger.account s where s.home = p_home and s.id = p_account))
    union all
    select e.prev from way w, lateral ledger.entry(p_home, p_account, w.pos) e where w.pos > p_pos and e.prev < w.pos
  )
  select case when min(pos) > p_pos then ledger.broken_link(p_account, min(pos)) else coalesce(min(pos), 0) end from way
$$;

create function ledger.balance_at(p_home smallint, p_account bigint, p_pos bigint) returns bigint stable language sql
set enable_seqscan = off as $$
  select case when w.pos = 0 then 0 else coalesce(
    (select e.balance from ledger.entry(p_home, p_account, w.pos) e), ledger.broken_link(p_account, w.pos)) end
  from (select ledger.entry_at(p_home, p_account, p_pos) as pos offset 0) w
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
