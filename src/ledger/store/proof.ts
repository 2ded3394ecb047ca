import type { Database } from '#platform'

/** One thing the ledger promises of every row it has. `breaches` answers a line for each place where it does not hold. */
type Claim = { readonly name: string; readonly says: string; readonly breaches: string }

/** Both entries of every leg, as a table of entries. */
const entries = `
  select home, dr as account, dr_prev as prev, -amount as amount, dr_balance as balance, pos, journal, dr_lot as lot
  from ledger.leg where cr is not null
  union all
  select home, cr, cr_prev, amount, cr_balance, pos, journal, cr_lot from ledger.leg where cr is not null`

/** What each leg did to what is held: reserve and extend set aside, the others give back. */
const holdings = `
  select home, hold, dr as account, dr_lot as lot, case when op in (1, 2) then amount else -amount end as amount
  from ledger.leg where op <> 0`

export const claims: readonly Claim[] = [
  {
    name: 'units_sum_to_zero',
    says: 'the balances of every unit add up to zero',
    breaches: `select format('home %s: %s adds up to %s', a.home, u.code, sum(a.balance))
      from ledger.account a join ledger.unit u on u.id = a.unit group by a.home, u.code having sum(a.balance) <> 0`,
  },
  {
    name: 'balances_equal_entries',
    says: 'an account is the sum of its entries, and knows the last',
    breaches: `select format('account %s: balance %s, entries %s; its last at %s, found at %s',
        coalesce(a.id, e.account), a.balance, e.amount, a.last_pos, e.last_pos)
      from ledger.account a
      full join (select home, account, sum(amount) as amount, max(pos) as last_pos from (${entries}) e group by home, account) e
        on e.home = a.home and e.account = a.id
      where a.id is null or a.balance <> coalesce(e.amount, 0) or a.last_pos <> coalesce(e.last_pos, 0)`,
  },
  {
    name: 'running_balances_follow',
    says: 'each entry continues the one before it, without a gap',
    breaches: `select format('account %s at position %s: after position %s, was after %s; balance %s after %s',
        account, pos, prev, place, balance, before)
      from (
        select *, lag(balance, 1, 0::bigint) over w as before, lag(pos, 1, 0::bigint) over w as place from (${entries}) e
        window w as (partition by home, account order by pos)
      ) s where balance <> before + amount or prev <> place`,
  },
  {
    name: 'no_overdraft',
    says: 'what is not there, or is held, has not left; an account follows its kind',
    breaches: `select format('account %s: balance %s, held %s', a.id, a.balance, a.held)
      from ledger.account a join ledger.kind k on k.id = a.kind
      where a.overdraft <> k.overdraft or not a.overdraft and a.balance < a.held
      union all
      select format('account %s at position %s: balance %s', l.dr, l.pos, l.dr_balance)
      from ledger.leg l join ledger.account a on a.home = l.home and a.id = l.dr
      where l.dr_balance < 0 and not a.overdraft`,
  },
  {
    name: 'holds_accounted_for',
    says: 'open holds are what was set aside and neither settled, released nor expired, and accounts hold just that',
    breaches: `select format('hold %s on account %s: %s is open, its legs say %s', hold, account, coalesce(open, 0), coalesce(left_over, 0))
      from (select home, id as hold, account, coalesce(lot, 0) as lot, sum(amount) as open from ledger.hold group by 1, 2, 3, 4) h
      full join (
        select home, hold, account, coalesce(lot, 0) as lot, sum(amount) as left_over from (${holdings}) l group by 1, 2, 3, 4
      ) l using (home, hold, account, lot)
      where coalesce(open, 0) <> coalesce(left_over, 0)
      union all
      select format('account %s: held %s, its open holds %s', a.id, a.held, coalesce(h.amount, 0))
      from ledger.account a
      left join (select home, account, sum(amount) as amount from ledger.hold group by home, account) h
        on h.home = a.home and h.account = a.id
      where a.held <> coalesce(h.amount, 0)
      union all
      select format('hold %s has parts that end at different instants', id) from ledger.hold
      group by home, id, account having count(distinct expires_at) > 1`,
  },
  {
    name: 'lots_accounted_for',
    says: 'a lot is what came into it less what left it, holds what its holds hold, is counted, and its account covers it',
    breaches: `select format('lot %s: %s remains, its entries say %s', coalesce(o.id, e.lot), o.remaining, e.amount)
      from ledger.lot o
      full join (select home, account, lot, sum(amount) as amount from (${entries}) e where lot is not null group by 1, 2, 3) e
        on e.home = o.home and e.lot = o.id and e.account = o.account
      where o.id is null or o.remaining <> coalesce(e.amount, 0)
      union all
      select format('lot %s: held %s, its holds %s', o.id, o.held, coalesce(h.amount, 0))
      from ledger.lot o left join (select home, account, lot, sum(amount) as amount from ledger.hold group by 1, 2, 3) h
        on h.home = o.home and h.account = o.account and h.lot = o.id
      where o.held <> coalesce(h.amount, 0)
      union all
      select format('lot %s: %s granted, its first journal says %s', o.id, o.granted, e.amount)
      from ledger.lot o
      join (
        select home, lot, sum(amount) filter (where journal = first) as amount
        from (
          select home, cr_lot as lot, amount, journal, first_value(journal) over (partition by home, cr_lot order by pos) as first
          from ledger.leg where cr_lot is not null
        ) s group by home, lot
      ) e on e.home = o.home and e.lot = o.id
      where o.granted <> e.amount
      union all
      select format('lot %s: home %s has counted up to %s', o.id, o.home, b.last_lot)
      from (select home, max(id) as id from ledger.lot group by home) o
      join (select distinct on (home) home, last_lot from ledger.batch order by home, seq desc) b on b.home = o.home
      where o.id > b.last_lot
      union all
      select format('account %s: %s open lots counted, %s found; balance %s, held %s, in lots %s, held there %s',
        a.id, a.lots, count(o.id), a.balance, a.held, coalesce(sum(o.remaining), 0), coalesce(sum(o.held), 0))
      from ledger.account a left join ledger.lot o on o.home = a.home and o.account = a.id and o.open
      group by a.home, a.id
      having a.lots <> count(o.id)
        or count(o.id) > 0 and a.balance - coalesce(sum(o.remaining), 0) < a.held - coalesce(sum(o.held), 0)`,
  },
  {
    name: 'journals_whole',
    says: 'positions have no gap, every leg lies in the span of its journal, and moves one unit between open accounts',
    breaches: `select format('journal %s: legs %s of %s are here', j.id, count(l.pos), j.legs)
      from ledger.journal j
      left join ledger.leg l on l.home = j.home and l.journal = j.id and l.pos >= j.first_pos and l.pos < j.first_pos + j.legs
      group by j.home, j.id having count(l.pos) <> j.legs
      union all
      select format('home %s: %s legs, positions %s to %s, journals have %s, batches end at %s', home, legs, first_pos, last_pos, spans, ends)
      from (
        select home, count(*) as legs, min(pos) as first_pos, max(pos) as last_pos,
          (select sum(legs) from ledger.journal j where j.home = l.home) as spans,
          (select max(last_pos) from ledger.batch b where b.home = l.home) as ends
        from ledger.leg l group by home
      ) s where first_pos <> 1 or last_pos <> legs or spans <> legs or ends <> legs
      union all
      select format('position %s moves between accounts that differ in unit or are not there', l.pos)
      from ledger.leg l
      left join ledger.account d on d.home = l.home and d.id = l.dr
      left join ledger.account c on c.home = l.home and c.id = l.cr
      where d.id is null or l.cr is not null and (c.id is null or c.unit <> d.unit)`,
  },
  {
    name: 'kinds_respected',
    says: 'no kind was touched by a room that has no right to it',
    breaches: `select format('journal %s: %s %s %s', s.journal, r.name, s.verb, k.name)
      from (
        select home, journal, dr as account, 'debited' as verb from ledger.leg
        union all
        select home, journal, cr, 'credited' from ledger.leg where cr is not null
      ) s
      join ledger.journal j on j.home = s.home and j.id = s.journal
      join ledger.template t on t.id = j.template
      join ledger.room r on r.id = t.room
      join ledger.account a on a.home = s.home and a.id = s.account
      join ledger.kind k on k.id = a.kind
      where j.template <> 0 and j.reverses is null
        and (case when s.verb = 'debited' then k.debited_by else k.credited_by end) & (1::bigint << r.id::int) = 0`,
  },
  {
    name: 'reversals_within',
    says: 'no more of a leg was reversed than it moved, and reversals add up to what is noted, lot by lot',
    breaches: `select format('position %s: %s of %s reversed', v.pos, v.amount, l.amount)
      from ledger.reversed v left join ledger.leg l on l.home = v.home and l.pos = v.pos
      where l.pos is null or v.original <> l.amount or v.amount > l.amount
      union all
      select format('journal %s: %s noted as reversed, reversed %s', journal, coalesce(noted, 0), coalesce(moved, 0))
      from (
        select l.home, l.journal, l.dr as debit, l.cr as credit, coalesce(l.dr_lot, 0) as out_of, coalesce(l.cr_lot, 0) as into_lot,
          sum(v.amount) as noted
        from ledger.reversed v join ledger.leg l on l.home = v.home and l.pos = v.pos group by 1, 2, 3, 4, 5, 6
      ) n full join (
        select l.home, j.reverses as journal, l.cr as debit, l.dr as credit, coalesce(l.cr_lot, 0) as out_of,
          coalesce(l.dr_lot, 0) as into_lot, sum(l.amount) as moved
        from ledger.journal j join ledger.leg l on l.home = j.home and l.journal = j.id
        where j.reverses is not null group by 1, 2, 3, 4, 5, 6
      ) m using (home, journal, debit, credit, out_of, into_lot)
      where coalesce(noted, 0) <> coalesce(moved, 0)`,
  },
  {
    name: 'chain_unbroken',
    says: 'every batch is linked to the one before it by a hash of all it stored, and time never ran backwards',
    breaches: `select format('batch %s of home %s: %s', seq, home, case
        when seq <> place then 'a batch is missing before it'
        when prev <> before then 'it does not follow the batch before it'
        when posted_at < time_before then 'it was posted before the batch before it'
        else 'its rows are not those that were posted' end)
      from (
        select b.*, row_number() over w as place, lag(b.hash, 1, sha256('bottega ledger')) over w as before,
          lag(b.posted_at, 1, '-infinity'::timestamptz) over w as time_before,
          lag(b.last_pos, 1, 0::bigint) over w as pos_before
        from ledger.batch b window w as (partition by b.home order by b.seq)
      ) b
      where seq <> place or prev <> before or posted_at < time_before
        or hash is distinct from (
          select ledger.link(b.prev, b.seq, b.posted_at, b.last_pos, b.last_lot, k.sent, l.sent)
          from (
            select string_agg(ledger.sent(l), '' order by l.pos) as sent
            from ledger.leg l where l.home = b.home and l.pos > b.pos_before and l.pos <= b.last_pos
          ) l, (
            select string_agg(ledger.sent(j.journal), '' order by j.first_pos) as sent
            from ledger.leg l, lateral (
              select j as journal, j.first_pos from ledger.journal j
              where j.home = l.home and j.id = l.journal and j.first_pos = l.pos and j.batch = b.seq offset 0
            ) j
            where l.home = b.home and l.pos > b.pos_before and l.pos <= b.last_pos
          ) k)`,
  },
]

export type ClaimResult = { readonly claim: string; readonly says: string; readonly breaches: readonly string[] }
export type Proof = {
  readonly holds: boolean
  readonly at: Date
  readonly claims: readonly ClaimResult[]
  readonly counted: {
    readonly accounts: bigint
    readonly journals: bigint
    readonly legs: bigint
    readonly batches: bigint
  }
}

const breachesShown = 20

/** Told before each claim is checked, and when all are. */
export type ProofProgress = (progress: { readonly claimsDone: number; readonly claims: number }) => void

/** Checks every claim over everything there is, in one snapshot, beside whatever is being posted meanwhile. */
export async function proveAll(db: Database, tell: ProofProgress = () => undefined): Promise<Proof> {
  const client = await db.pool.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    // A sort of every entry there is; more memory than a request may have, for this transaction alone.
    await client.query(`set local work_mem = '128MB'`)
    // Every claim reads whole tables. Where they grew faster than their statistics, a plan for a few rows would take for ever.
    await client.query('set local enable_nestloop = off; set local enable_mergejoin = off')
    const results: ClaimResult[] = []
    for (const { name, says, breaches } of claims) {
      tell({ claimsDone: results.length, claims: claims.length })
      const { rows } = await client.query<{ breach: string }>(
        `select * from (${breaches}) s(breach) limit ${breachesShown}`,
      )
      results.push({ claim: name, says, breaches: rows.map((row) => row.breach) })
    }
    tell({ claimsDone: results.length, claims: claims.length })
    const { rows } = await client.query<Proof['counted'] & { at: Date }>(
      `select now() as at, (select count(*) from ledger.account) as accounts, (select count(*) from ledger.journal) as journals,
        (select count(*) from ledger.leg) as legs, (select count(*) from ledger.batch) as batches`,
    )
    await client.query('commit')
    client.release()
    const { at, ...counted } = rows[0] as Proof['counted'] & { at: Date }
    return { holds: results.every((result) => result.breaches.length === 0), at, claims: results, counted }
  } catch (fault) {
    client.release(true)
    throw fault
  }
}
