-- Years of plain journals in minutes: the rows that ledger.post would have written for them, made set by set. It goes on
-- from whatever the ledger holds, takes the same lock, and leaves a ledger that proves. Only benches and their tests
-- have this schema.
create schema if not exists bench;

-- As many batches of so many journals each, all to one payee, from payers drawn by the journals' numbers. Answers what
-- the payee was paid. Instants lie between the last batch and now, since time never runs backwards in a home.
create or replace function bench.load(p_payers bigint[], p_payee bigint, p_template smallint, p_batches int, p_each int)
returns bigint language plpgsql as $$
declare
  v_seq bigint; v_pos bigint; v_lot bigint; v_prev bytea; v_last timestamptz; v_step interval; v_at timestamptz;
  r record;
begin
  perform pg_advisory_xact_lock(7326, 1);
  select seq, last_pos, last_lot, hash, posted_at into strict v_seq, v_pos, v_lot, v_prev, v_last
    from ledger.batch where home = 1 order by seq desc limit 1;
  v_step := (clock_timestamp() - v_last) / p_batches;

  drop table if exists pg_temp.stage;
  create temp table stage as
  select g, (g - 1) / p_each + 1 as nth, s.id, s.dr, s.amount,
    lag(v_pos + g, 1, a.last_pos) over own as dr_prev, (a.balance - sum(amount) over own)::bigint as dr_balance,
    lag(v_pos + g, 1, p.last_pos) over everyone as cr_prev, (p.balance + sum(amount) over everyone)::bigint as cr_balance,
    -- the body as src/ledger/journal.ts writes it, so that each of these can be posted again and answers as a repeat
    substr(sha256(convert_to(format('%s||||0,%s,%s,%s,,0,0,0,0', p_template, dr, p_payee, amount), 'UTF8')), 1, 16) as digest
  from (
    select g, p_payers[1 + (hashint8(v_pos + g)::bigint & 2147483647) % cardinality(p_payers)] as dr,
      1 + (v_pos + g) * 7919 % 100 as amount,
      (lpad(to_hex((extract(epoch from v_last + v_step * ((g - 1) / p_each + 1)) * 1000)::bigint), 12, '0')
        || '7' || overlay(substr(md5((v_pos + g)::text), 1, 19) placing 'a' from 4))::uuid as id
    from generate_series(1, p_batches * p_each) g
  ) s
  join ledger.account a on a.home = 1 and a.id = s.dr
  join ledger.account p on p.home = 1 and p.id = p_payee
  window own as (partition by dr order by g), everyone as (order by g);
  create index on stage (g);
  analyze stage;

  insert into ledger.leg (home, pos, journal, op, dr, cr, amount, dr_prev, dr_balance, cr_prev, cr_balance)
  select 1, v_pos + g, id, 0, dr, p_payee, amount, dr_prev, dr_balance, cr_prev, cr_balance from stage order by g;
  insert into ledger.journal (home, id, batch, first_pos, legs, template, digest)
  select 1, id, v_seq + nth, v_pos + g, 1, p_template, digest from stage order by g;
  update ledger.account a set balance = s.dr_balance, last_pos = v_pos + s.g
    from (select distinct on (dr) dr, dr_balance, g from stage order by dr, g desc) s where a.home = 1 and a.id = s.dr;
  update ledger.account a set balance = s.cr_balance, last_pos = v_pos + s.g
    from (select cr_balance, g from stage order by g desc limit 1) s where a.home = 1 and a.id = p_payee;

  for b in 1..p_batches loop
    select string_agg(ledger.sent(j), '' order by j.first_pos) as journals, string_agg(ledger.sent(l), '' order by l.pos) as legs
    into r from ledger.leg l join ledger.journal j on j.home = 1 and j.id = l.journal
    where l.home = 1 and l.pos > v_pos + (b - 1) * p_each and l.pos <= v_pos + b * p_each;
    v_at := v_last + v_step * b;
    insert into ledger.batch (home, seq, posted_at, last_pos, last_lot, prev, hash)
    values (1, v_seq + b, v_at, v_pos + b * p_each, v_lot, v_prev,
      ledger.link(v_prev, v_seq + b, v_at, v_pos + b * p_each, v_lot, r.journals, r.legs))
    returning hash into v_prev;
  end loop;
  return (select sum(amount) from stage);
end $$;
