-- The only writer of the ledger. One call posts a batch of journals, each all or nothing, each with its own answer:
-- lock the home, load what the batch touches, decide journal by journal on arrays, write the outcome set-based.
--
-- Deciding in order is what makes a refusal in mid-batch exact; a window function is not. It is one function, since its
-- state is arrays and PL/pgSQL copies those at each call. Plans are pinned: made over empty tables they would read them
-- whole, for ever. Rows are updated by the ctid they were loaded at, which nobody can move under the home's lock.
--
-- p_accounts   the accounts touched, ascending; legs name them by their place here, from 1
-- j_*          one element per journal: key, digest of its body, effective instant, key of what it reverses, facts
-- j            [journals][3]: template; rights (the bit of the template's room, or -1 for a reversal); its last leg
-- l            [legs][4] when all are plain moves, else [legs][10]: op, debit, credit, amount; hold (its place in h_ids),
--              draw (0 in order, -1 loose, else a lot's id), put (0 loose, -1 to -3 a new lot of that class, else a lot's
--              id), a new lot's expiry (us since 1970), how long a hold is to last (us), place in p_reversed
-- h_ids, h_accounts   the holds that legs name and the places of their accounts
-- p_lots, p_reversed  ids of the lots, positions of the legs, that legs name
-- answers      a status per journal (named in src/ledger/status.ts), the instant of posting, and for a repeat the
--              instant at which the first was posted
create function ledger.post(
  p_home smallint, p_accounts bigint[],
  j_id uuid[], j_digest bytea[], j_effective timestamptz[], j_reverses uuid[], j_facts text[], j bigint[],
  l bigint[], h_ids uuid[], h_accounts int[], p_lots bigint[], p_reversed bigint[], p_now timestamptz,
  out statuses smallint[], out posted_at timestamptz, out first_posted_at timestamptz[]
)
language plpgsql set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
  op_move constant int := 0; op_reserve constant int := 1; op_extend constant int := 2;
  op_settle constant int := 3; op_release constant int := 4; op_expire constant int := 5;
  limit_minor constant bigint := 4000000000000000000; -- no sum of two balances overflows bigint

  -- columns of a, the state of the accounts
  a_balance constant int := 1; a_held constant int := 2; a_last constant int := 3; a_unit constant int := 4;
  a_overdraft constant int := 5; a_lots constant int := 6; a_debited_by constant int := 7; a_credited_by constant int := 8;
  a_first_lot constant int := 9; a_in_lots constant int := 10; -- unheld in its lots; the rest of the available is loose
  all_plain constant boolean := array_length(l, 2) = 4;
  a bigint[]; a_tid tid[]; a_id bigint[]; with_lots boolean; with_holds int[]; any_known boolean;
  v_seq bigint; v_pos bigint; v_lot bigint; v_prev bytea; v_last timestamptz; v_us bigint; v_key uuid;

  -- the rows as they will be stored; journals of expiry, made here, come first. And of each of the n legs what undoing
  -- it needs: its place in l, the part of a hold, the lots it left and came to
  legs ledger.leg[] := '{}'; journals ledger.journal[] := '{}'; n int := 0; n_before int;
  out_leg int[]; out_part int[]; out_from int[]; out_into int[];

  -- lots, chained by lot_next in the order of spending
  n_lots int := 0; n_loaded int := 0; lot_tid tid[]; lot_id bigint[]; lot_account int[]; lot_class int[];
  lot_expires bigint[]; lot_granted bigint[]; lot_remaining bigint[]; lot_was bigint[]; lot_held bigint[]; lot_next int[];

  -- holds by place, and their parts, chained by part_next in the order of settling. state: 0 none, 1 open, 3 expired
  n_named constant int := coalesce(cardinality(h_ids), 0); n_holds int := n_named; n_parts int := 0; n_kept int := 0;
  hold_state int[]; hold_first int[]; hold_last int[]; hold_n int[]; hold_open bigint[]; hold_until bigint[]; part_prior int[];
  part_tid tid[]; part_hold int[]; part_n int[]; part_lot int[]; part_lot_id bigint[]; part_amount bigint[]; part_next int[];

  rev_left bigint[]; rev_was bigint[]; rev_original bigint[]; -- of the legs being reversed

  n_updated int;
  i int := 0; d int; c int; h int; q int; t int; into_lot int; prior int; op int; last_leg int; rev int;
  x bigint; y bigint; need bigint; draw bigint; put bigint; rights bigint; status smallint; r record;
begin
  -- One writer per home at a time, so that the log is a total order. A simple expression: the statements below take
  -- their snapshots after it.
  if pg_advisory_xact_lock(7326, p_home)::text is null then return; end if;

  select array_agg(array[s.balance, s.held, s.last_pos, s.unit, s.overdraft::int, s.lots, k.debited_by, k.credited_by, 0, 0]),
    array_agg(s.ctid), array_agg(s.id), bool_or(s.lots > 0), array_agg(u.at) filter (where s.held > 0),
    exists (select 1 from ledger.journal f where f.home = p_home and f.id = any(j_id))
  into a, a_tid, a_id, with_lots, with_holds, any_known
  from unnest(p_accounts) with ordinality u(id, at),
    lateral (select s.ctid, s.* from ledger.account s where s.home = p_home and s.id = u.id limit 1) s,
    lateral (select k.debited_by, k.credited_by from ledger.kind k where k.id = s.kind limit 1) k;
  if a_id is distinct from p_accounts then
    raise exception 'an account is not in home %', p_home using errcode = 'BL007';
  end if;

  select b.seq, b.last_pos, b.last_lot, b.hash, b.posted_at into v_seq, v_pos, v_lot, v_prev, v_last
  from ledger.batch b where b.home = p_home order by b.seq desc limit 1;
  -- Of milliseconds, as every answer is: asked for the balance at what was answered, the past has the journal in it. With
  -- a clock set back, time stands still meanwhile.
  posted_at := greatest(date_trunc('milliseconds', coalesce(p_now, clock_timestamp())), v_last);
  if v_seq is null then
    v_seq := 0; v_pos := 0; v_lot := 0; v_prev := sha256('bottega ledger'); end if;
  v_us := ledger.to_microseconds(posted_at);

  if any_known then
    select * into statuses, first_posted_at from ledger.answers_before(p_home, j_id, j_digest);
  else
    statuses := array_fill(0::smallint, array[cardinality(j_id)]);
  end if;

  if with_lots or p_lots is not null then
    for r in select * from ledger.lots_of(p_home, p_accounts, p_lots) loop
      n_lots := n_lots + 1;
      lot_tid[n_lots] := r.tid; lot_id[n_lots] := r.id; lot_account[n_lots] := r.account; lot_class[n_lots] := r.class;
      lot_expires[n_lots] := r.expires; lot_remaining[n_lots] := r.remaining;
      lot_was[n_lots] := r.remaining; lot_held[n_lots] := r.held; lot_next[n_lots] := 0;
      a[r.account][a_in_lots] := a[r.account][a_in_lots] + r.remaining - r.held;
      if a[r.account][a_first_lot] = 0 then a[r.account][a_first_lot] := n_lots; else lot_next[n_lots - 1] := n_lots; end if;
    end loop;
    n_loaded := n_lots;
  end if;

  if with_holds is not null or n_named > 0 then
    hold_state := array_fill(0, array[n_named]);
    hold_first := hold_state; hold_last := hold_state; hold_n := hold_state; hold_open := hold_state; hold_until := hold_state;
    if with_holds is not null then
      for r in select * from ledger.hold_parts_of(p_home, p_accounts, h_ids, h_accounts, with_holds, posted_at) loop
        h := r.place;
        if h = 0 then
          if n_holds = n_named or h_ids[n_holds] <> r.id or h_accounts[n_holds] <> r.account then
            n_holds := n_holds + 1; h_ids[n_holds] := r.id; h_accounts[n_holds] := r.account; hold_first[n_holds] := 0;
          end if;
          h := n_holds;
        end if;
        t := 0;
        if r.lot is not null then
          t := a[r.account][a_first_lot];
          while lot_id[t] <> r.lot loop t := lot_next[t]; end loop;
        end if;
        n_parts := n_parts + 1;
        part_tid[n_parts] := r.tid; part_hold[n_parts] := h; part_lot[n_parts] := t;
        part_amount[n_parts] := r.amount; part_next[n_parts] := 0;
        if hold_first[h] = 0 then hold_first[h] := n_parts; else part_next[hold_last[h]] := n_parts; end if;
        hold_last[h] := n_parts; hold_n[h] := r.n; hold_open[h] := hold_open[h] + r.amount; hold_until[h] := r.expires;
        hold_state[h] := case when r.expires <= v_us then 3 else 1 end;
      end loop;
    end if;
    n_kept := n_parts;

    -- A hold ends at its instant, whether or not the sweeper has been: before anything else its money is the payer's.
    for h in 1..n_holds loop
      if hold_state[h] = 3 then
        d := h_accounts[h]; q := hold_first[h]; n_before := n; v_key := ledger.expiry_key(h_ids[h], p_accounts[d]);
        while q <> 0 loop
          n := n + 1; y := part_amount[q]; t := part_lot[q];
          legs := array_append(legs, row(v_key, v_pos + n, p_accounts[d], null, y, null, null, null, null, p_home, op_expire,
            lot_id[t], null, h_ids[h])::ledger.leg);
          part_amount[q] := 0; a[d][a_held] := a[d][a_held] - y;
          if t <> 0 then
            lot_held[t] := lot_held[t] - y; a[d][a_in_lots] := a[d][a_in_lots] + y;
          end if;
          q := part_next[q];
        end loop;
        journals := array_append(journals, row(v_key, v_seq + 1, v_pos + n_before + 1, null, null, p_home, 0, n - n_before,
          uuid_send(h_ids[h]), null)::ledger.journal);
      end if;
    end loop;
  end if;

  if p_reversed is not null then
    select * into rev_original, rev_left from ledger.reversible(p_home, p_reversed);
    rev_was := rev_left;
  end if;

  for g in 1..cardinality(j_id) loop
    last_leg := j[g][3];
    if statuses[g] = 0 then
      n_before := n; rights := j[g][2];
      <<legs>>
      while i < last_leg loop
        i := i + 1;
        op := l[i][1]; d := l[i][2]; c := l[i][3]; x := l[i][4];

        status := case
          when a[d][a_debited_by] & rights = 0 then 4
          when x <= 0 and (x < 0 or op in (op_move, op_reserve, op_settle)) or x > limit_minor then 11
          when c = 0 then 0
          when a[c][a_credited_by] & rights = 0 then 4
          when a[d][a_unit] <> a[c][a_unit] then 9
          when a[c][a_balance] > limit_minor - x or a[d][a_balance] < x - limit_minor then 10
          else 0 end;
        exit legs when status <> 0;

        -- The common leg: from what is loose to what is loose. The same as below, without asking for all the rest.
        if op = op_move and a[d][a_first_lot] = 0 and (all_plain or l[i][6] <= 0 and l[i][7] = 0 and l[i][10] = 0) then
          if a[d][a_overdraft] = 0 and a[d][a_balance] - a[d][a_held] < x then status := 3; exit legs; end if;
          n := n + 1; out_leg[n] := i;
          a[d][a_balance] := a[d][a_balance] - x; a[c][a_balance] := a[c][a_balance] + x;
          legs := array_append(legs, row(j_id[g], v_pos + n, p_accounts[d], p_accounts[c], x, a[d][a_last], a[d][a_balance],
            a[c][a_last], a[c][a_balance], p_home, op, null, null, null)::ledger.leg);
          a[d][a_last] := v_pos + n; a[c][a_last] := v_pos + n;
          continue legs;
        end if;

        need := x; h := l[i][5]; q := 0; into_lot := 0;
        draw := coalesce(l[i][6], 0); put := l[i][7]; rev := l[i][10];
        -- "the rest" of a hold that this same journal has settled whole, and so took the last part of
        continue legs when op = op_release and x = 0 and hold_open[h] = 0 and hold_last[h] = any(out_part[n_before + 1:n]);
        status := case
          when rev <> 0 and (rev_left[rev] >= x) is not true then 13
          when op = op_move then 0
          when op = op_reserve then case when l[i][9] <= 0 then 15 else 0 end
          when hold_state[h] = 3 then 6
          when hold_state[h] <> 1 or hold_open[h] = 0 then 5
          when op >= op_settle and x > hold_open[h] then 8
          else 0 end;
        exit legs when status <> 0;
        if op >= op_settle then
          q := hold_first[h];
          if x = 0 then need := hold_open[h]; end if;
        end if;

        -- where it comes from: a chosen lot, or the lots in order and then what is loose, or the parts of a hold
        if op < op_settle and draw >= 0 and need > 0 then
          q := a[d][a_first_lot];
          if draw > 0 then
            while q <> 0 and lot_id[q] <> draw loop q := lot_next[q]; end loop;
            if q = 0 then status := 14; exit legs; end if;
          end if;
        end if;

        -- where it goes: loose, a lot that was there, or a new one in its place in the order of spending
        if put > 0 then
          into_lot := a[c][a_first_lot];
          while into_lot <> 0 and lot_id[into_lot] <> put loop into_lot := lot_next[into_lot]; end loop;
          if into_lot = 0 then status := 14; exit legs; end if;
        elsif put < 0 then
          n_lots := n_lots + 1; into_lot := n_lots; v_lot := v_lot + 1;
          lot_id[n_lots] := v_lot; lot_account[n_lots] := c; lot_class[n_lots] := -put; lot_expires[n_lots] := l[i][8];
          lot_granted[n_lots] := 0; lot_remaining[n_lots] := 0; lot_was[n_lots] := 0; lot_held[n_lots] := 0;
          prior := 0; t := a[c][a_first_lot];
          while t <> 0 and (lot_class[t] < -put or lot_class[t] = -put and lot_expires[t] <= l[i][8]) loop
            prior := t; t := lot_next[t];
          end loop;
          lot_next[into_lot] := t;
          if prior = 0 then a[c][a_first_lot] := into_lot; else lot_next[prior] := into_lot; end if;
        end if;

        loop
          y := need;
          if op >= op_settle then
            while part_amount[q] = 0 loop q := part_next[q]; end loop;
            t := part_lot[q];
            if part_amount[q] < y then y := part_amount[q]; end if;
          elsif draw > 0 then
            t := q;
            if lot_remaining[t] - lot_held[t] < y then status := 3; exit legs; end if;
          else
            while q <> 0 and (lot_expires[q] <= v_us or lot_remaining[q] = lot_held[q]) loop q := lot_next[q]; end loop;
            t := q;
            if t = 0 then
              if a[d][a_overdraft] = 0 and a[d][a_balance] - a[d][a_held] - a[d][a_in_lots] < y then status := 3; exit legs; end if;
            else
              if lot_remaining[t] - lot_held[t] < y then y := lot_remaining[t] - lot_held[t]; end if;
            end if;
          end if;
          need := need - y;

          n := n + 1; out_leg[n] := i;
          if c = 0 then
            legs := array_append(legs, row(j_id[g], v_pos + n, p_accounts[d], null, y, null, null, null, null, p_home, op,
              lot_id[t], null, h_ids[h])::ledger.leg);
          else
            a[d][a_balance] := a[d][a_balance] - y; a[c][a_balance] := a[c][a_balance] + y;
            legs := array_append(legs, row(j_id[g], v_pos + n, p_accounts[d], p_accounts[c], y, a[d][a_last], a[d][a_balance],
              a[c][a_last], a[c][a_balance], p_home, op, lot_id[t], lot_id[into_lot], h_ids[h])::ledger.leg);
            a[d][a_last] := v_pos + n; a[c][a_last] := v_pos + n;
            if rev <> 0 then rev_left[rev] := rev_left[rev] - y; end if;
            if into_lot <> 0 then
              out_into[n] := into_lot;
              lot_remaining[into_lot] := lot_remaining[into_lot] + y; a[c][a_in_lots] := a[c][a_in_lots] + y;
              if put < 0 then lot_granted[into_lot] := lot_granted[into_lot] + y; end if;
            end if;
          end if;
          if t <> 0 then
            out_from[n] := t;
            if c <> 0 then lot_remaining[t] := lot_remaining[t] - y; end if;
            if op >= op_settle then lot_held[t] := lot_held[t] - y; end if;
            if op in (op_reserve, op_extend) then lot_held[t] := lot_held[t] + y; end if;
            if op = op_release then a[d][a_in_lots] := a[d][a_in_lots] + y; end if;
            if op < op_settle then a[d][a_in_lots] := a[d][a_in_lots] - y; end if;
          end if;

          if op >= op_settle then
            out_part[n] := q; part_amount[q] := part_amount[q] - y;
            a[d][a_held] := a[d][a_held] - y; hold_open[h] := hold_open[h] - y;
          elsif op > op_move and y > 0 then
            prior := hold_last[h];
            if prior = 0 or part_lot[prior] <> t then
              n_parts := n_parts + 1; hold_n[h] := hold_n[h] + 1;
              part_hold[n_parts] := h; part_n[n_parts] := hold_n[h]; part_lot[n_parts] := t; part_amount[n_parts] := 0;
              part_lot_id[n_parts] := lot_id[t]; part_next[n_parts] := 0;
              if prior = 0 then hold_first[h] := n_parts; else part_next[prior] := n_parts; end if;
              hold_last[h] := n_parts; part_prior[n_parts] := prior;
            end if;
            out_part[n] := hold_last[h]; part_amount[hold_last[h]] := part_amount[hold_last[h]] + y;
            a[d][a_held] := a[d][a_held] + y; hold_open[h] := hold_open[h] + y;
          end if;
          exit when need = 0;
        end loop;
      end loop legs;

      if status = 0 then
        journals := array_append(journals, row(j_id[g], v_seq + 1, v_pos + n_before + 1, j_effective[g], j_reverses[g], p_home,
          j[g][1], n - n_before, j_digest[g], j_facts[g]::json)::ledger.journal);
        if n_named > 0 then
          for i in coalesce(j[g - 1][3], 0) + 1..last_leg loop
            h := l[i][5];
            if l[i][1] in (op_reserve, op_extend) then
              hold_state[h] := 1;
              if v_us + l[i][9] > hold_until[h] then hold_until[h] := v_us + l[i][9]; end if;
            end if;
          end loop;
        end if;
      else
        statuses[g] := status;
        while n > n_before loop
          i := out_leg[n]; op := l[i][1]; d := l[i][2]; c := l[i][3]; h := l[i][5]; y := (legs[n]).amount;
          t := out_from[n]; into_lot := out_into[n]; q := out_part[n]; rev := l[i][10];
          if c <> 0 then
            a[d][a_last] := (legs[n]).dr_prev; a[d][a_balance] := a[d][a_balance] + y;
            a[c][a_last] := (legs[n]).cr_prev; a[c][a_balance] := a[c][a_balance] - y;
            if rev <> 0 then rev_left[rev] := rev_left[rev] + y; end if;
            if into_lot <> 0 then
              out_into[n] := null;
              lot_remaining[into_lot] := lot_remaining[into_lot] - y; a[c][a_in_lots] := a[c][a_in_lots] - y;
              if l[i][7] < 0 then lot_granted[into_lot] := lot_granted[into_lot] - y; end if;
            end if;
          end if;
          if t <> 0 then
            out_from[n] := null;
            if c <> 0 then lot_remaining[t] := lot_remaining[t] + y; end if;
            if op >= op_settle then lot_held[t] := lot_held[t] + y; end if;
            if op in (op_reserve, op_extend) then lot_held[t] := lot_held[t] - y; end if;
            if op = op_release then a[d][a_in_lots] := a[d][a_in_lots] - y; end if;
            if op < op_settle then a[d][a_in_lots] := a[d][a_in_lots] + y; end if;
          end if;
          if op >= op_settle then
            part_amount[q] := part_amount[q] + y; a[d][a_held] := a[d][a_held] + y; hold_open[h] := hold_open[h] + y;
          elsif op > op_move and y > 0 then
            part_amount[q] := part_amount[q] - y; a[d][a_held] := a[d][a_held] - y; hold_open[h] := hold_open[h] - y;
            -- made here: left last, it would part its neighbours
            if part_amount[q] = 0 then hold_last[h] := part_prior[q]; hold_n[h] := hold_n[h] - 1; end if;
          end if;
          if op > op_move then out_part[n] := null; end if; n := n - 1;
        end loop;
        if cardinality(legs) > n then legs := trim_array(legs, cardinality(legs) - n); end if;
      end if;
    end if;
    i := last_leg;
  end loop;
  if n = 0 then return; end if;

  if n_lots > 0 then
    for t in 1..n_lots loop
      a[lot_account[t]][a_lots] := a[lot_account[t]][a_lots] + (lot_remaining[t] > 0)::int - (lot_was[t] > 0)::int;
    end loop;
    if n_loaded > 0 then
      update ledger.lot s set remaining = lot_remaining[g], held = lot_held[g], open = lot_remaining[g] > 0
      from generate_series(1, n_loaded) g where s.ctid = lot_tid[g] and (s.remaining <> lot_remaining[g] or s.held <> lot_held[g]);
    end if;
    if n_lots > n_loaded then
      insert into ledger.lot (home, id, account, class, expires_at, granted, remaining, held, open)
      select p_home, lot_id[g], p_accounts[lot_account[g]], lot_class[g], ledger.to_instant(lot_expires[g]), lot_granted[g],
        lot_remaining[g], lot_held[g], lot_remaining[g] > 0
      from generate_series(n_loaded + 1, n_lots) g where lot_granted[g] > 0;
    end if;
  end if;
  if n_kept > 0 then
    delete from ledger.hold s using generate_series(1, n_kept) g where s.ctid = part_tid[g] and part_amount[g] = 0;
    update ledger.hold s set amount = part_amount[g], expires_at = ledger.to_instant(hold_until[part_hold[g]])
    from generate_series(1, n_kept) g
    where s.ctid = part_tid[g] and part_amount[g] > 0
      and (s.amount <> part_amount[g] or s.expires_at <> ledger.to_instant(hold_until[part_hold[g]]));
  end if;
  if n_parts > n_kept then
    insert into ledger.hold (home, id, account, n, lot, amount, expires_at)
    select p_home, h_ids[part_hold[g]], p_accounts[h_accounts[part_hold[g]]], part_n[g], part_lot_id[g], part_amount[g],
      ledger.to_instant(hold_until[part_hold[g]])
    from generate_series(n_kept + 1, n_parts) g where part_amount[g] > 0;
  end if;
  if p_reversed is not null then perform ledger.write_reversed(p_home, p_reversed, rev_original, rev_was, rev_left); end if;

  with changed as (
    update ledger.account s set balance = a[g][1], held = a[g][2], last_pos = a[g][3], lots = a[g][6]
    from generate_series(1, cardinality(p_accounts)) g where s.ctid = a_tid[g] returning 1
  ), leg as (
    insert into ledger.leg select * from unnest(legs) returning ledger.sent(leg) as sent
  ), journal as (
    insert into ledger.journal select * from unnest(journals) returning ledger.sent(journal) as sent
  )
  insert into ledger.batch (home, seq, posted_at, last_pos, last_lot, prev, hash)
  values (p_home, v_seq + 1, posted_at, v_pos + n, v_lot, v_prev, ledger.link(v_prev, v_seq + 1, posted_at, v_pos + n, v_lot,
    (select string_agg(sent, '') from journal), (select string_agg(sent, '') from leg)))
  returning (select count(*) from changed) into n_updated;
  assert n_updated = cardinality(p_accounts), 'the accounts that were loaded are there to be written';
end $$;
