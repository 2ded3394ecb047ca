-- What the posting function is made of besides its decision: the loads of lots and holds, which most batches do without,
-- and the hash chain. Loads are lateral so that no plan can scan a table for them, however empty it was when the plan was
-- made. They run under the planner's settings of ledger.post, and become part of its statements: with settings of their own
-- they would be called, each with an executor of its own.

-- stable, as their bodies are: what promises more than its body is not inlined but called, row by row.
create function ledger.to_instant(microseconds bigint) returns timestamptz stable parallel safe language sql
return timestamptz 'epoch' + microseconds * interval '1 microsecond';

create function ledger.to_microseconds(instant timestamptz) returns bigint stable parallel safe language sql
return (extract(epoch from instant) * 1000000)::bigint;

-- What the link says of a journal and of a leg: its columns by name, since one that is added later was not there to be hashed.
create function ledger.sent(j ledger.journal) returns bytea stable parallel safe language sql return record_send(row(
  j.id, j.batch, j.first_pos, j.effective_at, j.reverses, j.home, j.template, j.legs, j.digest, j.facts));
create function ledger.sent(l ledger.leg) returns bytea stable parallel safe language sql return record_send(row(
  l.journal, l.pos, l.dr, l.cr, l.amount, l.dr_prev, l.dr_balance, l.cr_prev, l.cr_balance, l.home, l.op, l.dr_lot, l.cr_lot, l.hold));

-- The link of one batch: its journals and legs as they are sent, in the order of the log. prove() hashes the rows again as
-- they are now.
create function ledger.link(
  prev bytea, seq bigint, posted_at timestamptz, last_pos bigint, last_lot bigint, journals bytea, legs bytea
) returns bytea immutable parallel safe language sql
return sha256(prev || int8send(seq) || timestamptz_send(posted_at) || int8send(last_pos) || int8send(last_lot) || journals || legs);

-- For a batch in which some keys were used before: 0 for a new key, 1 for the same body again, 2 for another body; and when
-- the first was posted.
create function ledger.answers_before(p_home smallint, ids uuid[], digests bytea[], out answers smallint[], out posted_at timestamptz[])
stable language sql as $$
  select array_agg(case when f.digest is null then 0 when f.digest = digests[u.at] then 1 else 2 end order by u.at),
    array_agg(f.posted_at order by u.at)
  from unnest(ids) with ordinality u(id, at)
  left join lateral (
    select p.digest, (select b.posted_at from ledger.batch b where b.home = p_home and b.seq = p.batch) as posted_at
    from ledger.journal p where p.home = p_home and p.id = u.id limit 1
  ) f on true
$$;

-- Of the legs at these positions: what each moved, and what of that has not been reversed. Null where there is no leg.
create function ledger.reversible(p_home smallint, positions bigint[], out originals bigint[], out lefts bigint[])
stable language sql as $$
  select array_agg(s.amount order by u.at), array_agg(s.amount - coalesce(v.amount, 0) order by u.at)
  from unnest(positions) with ordinality u(pos, at)
  left join lateral (select * from ledger.leg s where s.home = p_home and s.pos = u.pos limit 1) s on true
  left join lateral (select * from ledger.reversed v where v.home = p_home and v.pos = u.pos limit 1) v on true
$$;

-- The open lots of the accounts, and the closed ones that legs name, in the order of spending. account: its place.
create function ledger.lots_of(p_home smallint, p_accounts bigint[], p_lots bigint[])
returns table (tid tid, id bigint, account int, class smallint, expires bigint, remaining bigint, held bigint)
stable language sql as $$
  select s.ctid, s.id, u.at::int, s.class, ledger.to_microseconds(s.expires_at), s.remaining, s.held
  from unnest(p_accounts) with ordinality u(id, at), lateral (
    select s.ctid, s.* from ledger.lot s where s.home = p_home and s.account = u.id and s.open
    union all
    select s.* from unnest(p_lots) named(id), lateral (
      select s.ctid, s.* from ledger.lot s
      where s.home = p_home and s.id = named.id and s.account = u.id and not s.open limit 1
    ) s
  ) s
  order by u.at, s.class, s.expires_at, s.id
$$;

-- The parts of the holds that legs name, then those of every other expired hold on the accounts at the places `holding`.
-- place: the hold's among h_ids, or 0; account: its place among p_accounts.
create function ledger.hold_parts_of(
  p_home smallint, p_accounts bigint[], h_ids uuid[], h_accounts int[], holding int[], p_now timestamptz
)
returns table (place int, account int, tid tid, id uuid, n smallint, lot bigint, amount bigint, expires bigint)
stable language sql as $$
  select u.at::int, h_accounts[u.at], s.ctid, s.id, s.n, s.lot, s.amount, ledger.to_microseconds(s.expires_at)
  from unnest(h_ids) with ordinality u(id, at), lateral (
    select s.ctid, s.* from ledger.hold s
    where s.home = p_home and s.id = u.id and s.account = p_accounts[h_accounts[u.at]] offset 0
  ) s
  union all
  select 0, u.at, s.ctid, s.id, s.n, s.lot, s.amount, ledger.to_microseconds(s.expires_at)
  from unnest(holding) u(at), lateral (
    select s.ctid, s.* from ledger.hold s
    where s.home = p_home and s.account = p_accounts[u.at] and s.expires_at <= p_now offset 0
  ) s
  where not exists (
    select 1 from unnest(h_ids) with ordinality v(id, at) where v.id = s.id and p_accounts[h_accounts[v.at]] = s.account)
  order by 1, 4, 2, 5
$$;

-- The journal of a hold's expiry has the same key whoever finds it expired first.
create function ledger.expiry_key(hold uuid, account bigint) returns uuid immutable parallel safe language sql
return overlay(overlay(
  left(encode(sha256(convert_to('hold_expired ' || hold || ' ' || account, 'UTF8')), 'hex'), 32)
  placing '8' from 13) placing 'a' from 17)::uuid;

create function ledger.write_reversed(p_home smallint, positions bigint[], originals bigint[], lefts_were bigint[], lefts bigint[])
returns void language sql as $$
  insert into ledger.reversed (home, pos, original, amount)
  select p_home, positions[g], originals[g], lefts_were[g] - lefts[g]
  from generate_series(1, cardinality(positions)) g where lefts[g] < lefts_were[g]
  on conflict (home, pos) do update set amount = reversed.amount + excluded.amount
$$;
