import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { uuidv7 } from '#kernel'
import { openLedger, type Account, type JournalEvent } from '#ledger'
import { richHistory, type History } from '../../test/ledger-history.ts'
import {
  fund,
  hour,
  ok,
  openHouse,
  order,
  points,
  reserve,
  settleInPart,
  usd,
  type House,
} from '../../test/ledger-house.ts'
import { flows, messages, wallet } from '../../test/market/flows.ts'

let house: House
let history: History
let start: Date
before(async () => {
  house = await openHouse()
  start = house.clock.now()
  history = await richHistory(house)
})
after(() => house[Symbol.asyncDispose]())

type Stored = { pos: bigint; dr: bigint; cr: bigint; amount: bigint; at: Date; effective: Date; kind: string }

/** Every leg that moved something, read in the plainest way there is. */
function moves(): Promise<Stored[]> {
  return house.query<Stored>(
    `select l.pos, l.dr, l.cr, l.amount, b.posted_at as at, coalesce(j.effective_at, b.posted_at) as effective
    from ledger.leg l join ledger.journal j on j.id = l.journal join ledger.batch b on b.home = j.home and b.seq = j.batch
    where l.cr is not null order by l.home, l.pos`,
  )
}

const change = ({ dr, cr, amount }: Stored, id: bigint) => (dr === id ? -amount : cr === id ? amount : 0n)

async function accounts(): Promise<Account[]> {
  return house.query(
    `select a.id, a.home, k.name as kind, u.code as unit from ledger.account a
    join ledger.kind k on k.id = a.kind join ledger.unit u on u.id = a.unit order by a.id`,
  )
}

/** Every instant at which something was posted, and those just before and after. */
async function instants(): Promise<Date[]> {
  const posted = await house.query<{ at: Date }>('select distinct posted_at as at from ledger.batch order by 1')
  return posted.flatMap(({ at }) => [-1, 0, 1].map((ms) => new Date(at.getTime() + ms)))
}

test('a statement read by pages is the whole, newest first, each balance following from the one before', async () => {
  const stored = await moves()
  for (const account of await accounts()) {
    const read = []
    let page = await house.ledger.statement(account, { limit: 3 })
    for (
      ;
      page.length > 0;
      page = await house.ledger.statement(account, { before: page.at(-1)?.pos ?? 0n, limit: 3 })
    ) {
      assert.ok(page.length <= 3)
      read.push(...page)
    }
    const own = stored
      .filter((leg) => (leg.dr === account.id || leg.cr === account.id) && account.home === 1)
      .toReversed()
    if (account.home === 1) {
      assert.deepEqual(
        read.map(({ pos, amount, counterpart, postedAt, effectiveAt }) => ({
          pos,
          amount,
          counterpart,
          postedAt,
          effectiveAt,
        })),
        own.map((leg) => ({
          pos: leg.pos,
          amount: change(leg, account.id),
          counterpart: leg.dr === account.id ? leg.cr : leg.dr,
          postedAt: leg.at,
          effectiveAt: leg.effective,
        })),
      )
    }
    let balance = (await house.ledger.balance(account)).posted
    for (const entry of read) {
      assert.equal(entry.balance, balance)
      balance -= entry.amount
    }
    assert.equal(balance, 0n)
  }
})

test('in a long log an account’s last entry is found from every place, and a page of its statement', async () => {
  await using long = await openHouse()
  // One in every journal, one in every tenth, one in the first third alone and one in the last.
  for (let at = 0; at < 300; at += 10) {
    const names = ['often', at < 100 ? 'early' : at >= 200 ? 'late' : 'often']
    await Promise.all(
      Array.from({ length: 10 }, (_, one) => fund(long, one === 0 ? 'rare' : (names[one % 2] ?? ''), 1n)),
    )
    // What is held has not moved, so it is nobody's last entry, also where an index would know it.
    const often = await fund(long, 'often', 1n)
    if (at === 200)
      for (const held of await Promise.all(Array.from({ length: 70 }, () => reserve(long, often, 1n)))) ok(held)
  }
  const last = await long.query<{ id: bigint; pos: bigint; found: bigint; there: bigint }>(
    `select a.id, p.pos, ledger.entry_at(1::int2, a.id, p.pos) as found, coalesce(max(l.pos), 0) as there
    from ledger.account a join ledger.kind k on k.id = a.kind and k.name <> 'sale.refundable'
    cross join generate_series(0, (select max(pos) from ledger.leg) + 1, 7) p(pos)
    left join ledger.leg l on l.cr is not null and a.id in (l.dr, l.cr) and l.pos <= p.pos
    group by a.id, p.pos`,
  )
  assert.ok(last.length > 500, 'there is a long past')
  for (const { id, pos, found, there } of last) assert.equal(found, there, `account ${id} up to ${pos}`)
  const early = await fund(long, 'early', 1n)
  const whole = await long.ledger.statement(early, { limit: 500 })
  for (const before of [1n, 2n, 100n, 299n, 800n, 2n ** 31n, 2n ** 63n - 1n])
    assert.deepEqual(
      await long.ledger.statement(early, { before, limit: 3 }),
      whole.filter(({ pos }) => pos < before).slice(0, 3),
    )
})

test('where a link leads nowhere, what is read along it faults, instead of coming out wrong or never', async () => {
  await using damaged = await openHouse()
  const ada = await fund(damaged, 'ada', 1n)
  damaged.clock.advance(1000)
  const first = damaged.clock.now()
  for (let at = 0; at < 4; at++) await fund(damaged, 'ada', 1n)
  damaged.clock.advance(1000)
  const [newest, , entry, before] = await damaged.ledger.statement(ada)
  const link = (to: string) => damaged.query(`update ledger.leg set cr_prev = ${to} where pos = ${entry?.pos}`)
  const lastAt = (pos: bigint | undefined) =>
    damaged.query(`update ledger.account set last_pos = ${pos} where id = ${ada.id}`)
  await damaged.query('alter table ledger.leg disable trigger append_only')
  for (const elsewhere of ['999999', 'pos', 'pos - 1']) {
    await link(elsewhere)
    await assert.rejects(damaged.ledger.statement(ada), /are not linked at position/)
    await assert.rejects(damaged.ledger.balanceAt(ada, new Date(first.getTime() - 500)), /are not linked at position/)
  }
  await link(`${before?.pos}`)
  await lastAt(2n)
  await assert.rejects(damaged.ledger.balanceAt(ada, first), /are not linked at position 2/)
  await lastAt(newest?.pos)
})

test('a statement says what each entry was, and gives fifty at once, at most five hundred', async () => {
  const { accounts: of } = await order(house, { key: history.order })
  const [, ordered] = await house.ledger.statement(of.affiliate)
  const whole = await house.ledger.statement(of.merchant)
  assert.equal(ordered, undefined, 'the third of one that was reversed rounds to nothing')
  const [reversal, first] = whole
  assert.equal(first?.journal, history.order)
  assert.equal(first?.template, 'order.completed')
  assert.deepEqual(first?.facts, { order: 'o-1', lines: [1, 2] })
  assert.equal(first?.effectiveAt.toISOString(), '2026-11-30T23:59:00.000Z')
  assert.equal(reversal?.template, 'ledger.reversed')
  assert.equal(reversal?.amount, -33n)
  const clearing = await house.account('cash.clearing', { unit: 'USD' })
  assert.equal(
    (await house.ledger.statement(clearing, { limit: 10_000 })).length,
    (await house.ledger.statement(clearing)).length,
  )
})

test('a balance at any past instant is what had been posted by then', async () => {
  const stored = await moves()
  const times = await instants()
  for (const account of await accounts()) {
    if (account.home !== 1) continue
    for (const instant of times) {
      const sum = stored.filter((leg) => leg.at <= instant).reduce((total, leg) => total + change(leg, account.id), 0n)
      assert.equal(await house.ledger.balanceAt(account, instant), sum)
    }
  }
})

for (const by of ['posted', 'effective'] as const) {
  test(`a trial balance at any past instant, by ${by} date, adds up, kind by kind and to zero`, async () => {
    const stored = await moves()
    const all = await accounts()
    for (const instant of [
      ...(await instants()),
      new Date('2026-11-30T23:58:59Z'),
      new Date('2026-11-30T23:59:00Z'),
      new Date('2026-12-31'),
    ]) {
      const sums = new Map<string, bigint>(all.map(({ kind, unit }) => [`${kind} ${unit}`, 0n]))
      for (const leg of stored.filter(({ at, effective }) => (by === 'posted' ? at : effective) <= instant))
        for (const { id, kind, unit } of all)
          sums.set(`${kind} ${unit}`, (sums.get(`${kind} ${unit}`) ?? 0n) + change(leg, id))
      const lines = await house.ledger.trialBalance({ instant, by })
      assert.deepEqual(new Map(lines.map((line) => [`${line.kind} ${line.unit}`, line.balance])), sums)
      for (const unit of new Set(lines.map((line) => line.unit)))
        assert.equal(
          lines.filter((line) => line.unit === unit).reduce((sum, line) => sum + line.balance, 0n),
          0n,
        )
    }
  })
}

test('what is posted late for an earlier day counts then by effective date and not by posting date', async () => {
  await using late = await openHouse()
  const { key, accounts: of } = await order(late, { effectiveAt: new Date('2026-11-30T12:00:00Z') })
  const early = await order(late, { effectiveAt: new Date('2026-12-05T12:00:00Z') })
  late.clock.advance(hour)
  await order(late)
  const revenue = async (day: string, by: 'posted' | 'effective') => {
    const lines = await late.ledger.trialBalance({ instant: new Date(day), by })
    return lines.find((line) => line.kind === of.revenue.kind)?.balance
  }
  assert.equal(await revenue('2026-11-30T11:59:59Z', 'effective'), 0n)
  assert.equal(await revenue('2026-11-30T12:00:00Z', 'effective'), 7n)
  assert.equal(await revenue('2026-11-30T12:00:00Z', 'posted'), 0n)
  assert.equal(await revenue(ok(early.answer).postedAt.toISOString(), 'effective'), 7n)
  assert.equal(await revenue('2026-12-02', 'posted'), 21n)
  assert.equal(await revenue('2026-12-02', 'effective'), 14n)
  assert.equal(await revenue('2026-12-05T12:00:00Z', 'effective'), 21n)
  assert.equal((await late.ledger.journal(key))?.effectiveAt.toISOString(), '2026-11-30T12:00:00.000Z')
  assert.notEqual(early.key, key)
})

test('a clock that is set back makes time stand still, so that the past stays in order', async () => {
  await using still = await openHouse()
  const first = ok((await order(still)).answer)
  still.clock.advance(-hour)
  const second = ok((await order(still)).answer)
  assert.deepEqual(second.postedAt, first.postedAt)
  still.clock.advance(2 * hour)
  assert.equal(ok((await order(still)).answer).postedAt.getTime(), first.postedAt.getTime() + hour)
})

test('by the database’s own clock, the past and the instants that are told have a journal from its answer on', async () => {
  await using timed = await openHouse()
  const ledger = await openLedger({ db: timed.db, charts: flows })
  const accounts_ = {
    funds: await timed.account('operator.funds'),
    budget: await timed.account('creators.free_budget'),
  }
  for (let count = 1n; count <= 5n; count++) {
    const input = { key: uuidv7(), accounts: accounts_, amounts: { amount: usd(1n) } }
    const { postedAt } = ok(await ledger.post(messages.templates['message.budget_funded'], input))
    assert.equal(await ledger.balanceAt(accounts_.budget, postedAt), count)
    assert.deepEqual((await ledger.statement(accounts_.budget))[0]?.postedAt, postedAt)
    const lines = await ledger.trialBalance({ instant: postedAt, by: 'effective' })
    assert.equal(lines.find(({ kind }) => kind === accounts_.budget.kind)?.balance, count)
  }
})

test('events come once, in order, each at the place of its last leg, and the heads are the last of each home', async () => {
  const source = house.ledger.events
  assert.equal(source.name, 'ledger')
  const journals = await house.query<{ id: string; home: number; position: bigint; type: string }>(
    `select j.id, j.home, j.first_pos + j.legs - 1 as position, t.name as type from ledger.journal j
    join ledger.template t on t.id = j.template order by j.home, j.first_pos`,
  )
  for (const home of [1, 2, 3]) {
    const own = journals.filter((journal) => journal.home === home)
    const seen = []
    for (let after_ = 0n; ;) {
      const events = await source.read(home, after_, 4)
      if (events.length === 0) break
      assert.ok(events.length <= 4)
      seen.push(...events)
      after_ = events.at(-1)?.position ?? after_
    }
    assert.deepEqual(
      seen.map(({ id, home: of, position, type }) => ({ id, home: of, position, type })),
      own,
    )
    assert.equal((await source.heads()).get(home), own.at(-1)?.position)
  }
  assert.ok(journals.some((journal) => journal.home === 2))
  const [first] = (await source.read(1, 0n, 100)).filter((event) => event.id === history.order)
  const body = first?.body as JournalEvent
  assert.deepEqual(
    body.legs.map((leg) => [leg.op, leg.amount]),
    [
      [0, '100'],
      [0, '7'],
      [0, '1'],
    ],
  )
  assert.deepEqual(body.facts, { order: 'o-1', lines: [1, 2] })
  assert.equal(body.reverses, null)
})

test('events from a place between the legs of a journal begin with that journal', async () => {
  const [row] = await house.query<{ first: bigint; id: string }>(
    `select first_pos as first, id from ledger.journal where home = 1 and legs > 2 order by first_pos limit 1`,
  )
  const [event] = await house.ledger.events.read(1, row?.first ?? 0n, 1)
  assert.equal(event?.id, row?.id)
})

test('an empty ledger has no heads, no events and an empty trial balance', async () => {
  await using empty = await openHouse()
  assert.deepEqual(await empty.ledger.events.heads(), new Map())
  assert.deepEqual(await empty.ledger.events.read(1, 0n, 10), [])
  assert.deepEqual(await empty.ledger.trialBalance({ instant: start, by: 'posted' }), [])
  const account = await empty.account('wallet.points', { user: 'ada' })
  assert.deepEqual(await empty.ledger.balance(account), { posted: 0n, held: 0n, available: 0n })
  assert.deepEqual(await empty.ledger.statement(account), [])
  assert.equal(await empty.ledger.balanceAt(account, start), 0n)
})

test('facts come back as they went in, whatever they say', async () => {
  await using told = await openHouse()
  const accounts_ = {
    fees: await told.account('cash.fees', { unit: 'USD' }),
    clearing: await told.account('cash.clearing', { unit: 'USD' }),
  }
  const value = fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.boolean(), fc.constant(null))
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.string({ unit: 'grapheme' }), fc.oneof(value, fc.array(value))),
      async (facts) => {
        const key = uuidv7()
        const amounts = { fee: usd(1n) }
        ok(
          await told.ledger.post(wallet.templates['wallet.provider_fee'], { key, accounts: accounts_, amounts, facts }),
        )
        assert.deepEqual((await told.ledger.journal(key))?.facts, JSON.parse(JSON.stringify(facts)))
      },
    ),
    { numRuns: 40, examples: [[{ 'a"b\\c': '{},"\\NULL' }], [{ x: '\u0000' }], [{ y: '\ud800' }], [{}]] },
  )
})

test('a journal tells free points from bought ones', async () => {
  const view = await house.ledger.journal(history.hold)
  assert.equal(view?.template, 'message.reserved')
  assert.deepEqual(
    view?.legs.map(({ op, amount, lotClass, credit }) => [op, amount, lotClass, credit]),
    [
      ['reserve', 5n, 'free', null],
      ['reserve', 30n, 'free', null],
      ['reserve', 5n, 'plan', null],
    ],
  )
  assert.equal(await house.ledger.journal(uuidv7()), undefined)
  assert.equal(await house.ledger.journal(history.hold, 2), undefined)
})

test('a balance counts neither holds nor lots whose time has passed, and what is held of such a lot once only', async () => {
  await using aged = await openHouse()
  const ada = await fund(aged, 'ada', 10n)
  const issued = await aged.account('points.issued')
  const lotExpiresAt = new Date(aged.clock.now().getTime() + hour)
  const granted = { key: uuidv7(), accounts: { issued, wallet: ada }, amounts: { points: points(8n) }, lotExpiresAt }
  ok(await aged.ledger.post(wallet.templates['wallet.daily_points'], granted))
  ok(await reserve(aged, ada, 5n, { holdMs: 2 * hour }))
  const hold = uuidv7()
  ok(await reserve(aged, ada, 4n, { holdMs: 3 * hour, key: hold }))
  ok(await settleInPart(aged, ada, hold, 1n))
  const balances = []
  for (let hours = 0; hours < 4; hours++) {
    balances.push(await aged.ledger.balance(ada))
    aged.clock.advance(hour)
  }
  assert.deepEqual(balances, [
    { posted: 17n, held: 8n, available: 9n },
    { posted: 17n, held: 8n, available: 9n },
    { posted: 17n, held: 3n, available: 9n },
    { posted: 17n, held: 0n, available: 10n },
  ])
  assert.equal(await aged.ledger.hold(ada, hold), undefined)
})
