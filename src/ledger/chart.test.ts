import assert from 'node:assert/strict'
import { test } from 'node:test'
import { flows } from '../../test/market/flows.ts'
import { World } from '../../test/world.ts'
import { chart, chartFaults, type Chart, type Kind, type TemplateSpec } from './chart.ts'
import { openLedger } from './ledger.ts'

const kind = (change: Partial<Kind> = {}): Kind => ({
  units: ['USD'],
  overdraft: 'allowed',
  debitedBy: ['tips'],
  creditedBy: ['tips'],
  ...change,
})
const sound: TemplateSpec = {
  accounts: { outside: 'tips.outside', jar: 'tips.jar' },
  amounts: { tip: 'USD' },
  legs: [{ op: 'move', from: 'outside', to: 'jar', amount: 'tip' }],
}
const jar = (change: Partial<Kind> = {}) => ({ 'tips.outside': kind(), 'tips.jar': kind(change) })
const tips = (spec: TemplateSpec, kinds: Readonly<Record<string, Kind>> = jar()) => [
  chart('tips', kinds, { 'tips.given': spec }),
]

const planted: readonly [what: string, charts: readonly Chart[], fault: RegExp][] = [
  [
    'a leg that does not balance',
    tips(sound, jar({ units: ['EUR'] })),
    /^template tips.given: leg 1 does not balance: USD is not a unit of both "outside" and "jar"$/,
  ],
  [
    'an amount of no unit of the account',
    tips({ ...sound, amounts: { tip: 'CNY' } }),
    /does not balance: CNY is not a unit of both/,
  ],
  [
    'a hold in another unit',
    tips({
      accounts: { jar: 'tips.jar' },
      amounts: { tip: 'CNY' },
      legs: [{ op: 'reserve', from: 'jar', amount: 'tip' }],
    }),
    /does not balance: CNY is not a unit of both "jar"/,
  ],
  [
    'a foreign kind credited',
    tips(sound, jar({ creditedBy: ['shop'] })),
    /leg 1 would credit tips.jar, which tips may not/,
  ],
  [
    'a foreign kind debited',
    [chart('tips', { ...jar(), 'tips.outside': kind({ debitedBy: ['shop'] }) }, { 'tips.given': sound })],
    /leg 1 would debit tips.outside, which tips may not/,
  ],
  [
    `another room's kind`,
    [...tips(sound), chart('shop', {}, { 'shop.took': sound })],
    /template shop.took: leg 1 would (debit|credit) tips/,
  ],
  [
    'an undeclared kind',
    tips({ ...sound, accounts: { outside: 'tips.outside', jar: 'tips.jug' } }),
    /no chart declares the kind tips.jug/,
  ],
  [
    'an undeclared account',
    tips({ ...sound, legs: [...sound.legs, { op: 'reserve', from: 'jug', amount: 'tip' }] }),
    /leg 2 names the account "jug", which has no declared kind/,
  ],
  [
    'an undeclared amount',
    tips({ ...sound, legs: [...sound.legs, { op: 'reserve', from: 'jar', amount: 'more' }] }),
    /leg 2 names the amount "more", which is not declared/,
  ],
  ['an undeclared option', tips({ ...sound, optional: ['more'] }), /"more" is optional but not declared/],
  ['an unused account', tips({ ...sound, accounts: { ...sound.accounts, jug: 'tips.jar' } }), /no leg uses "jug"/],
  ['an unused amount', tips({ ...sound, amounts: { tip: 'USD', more: 'USD' } }), /no leg uses "more"/],
  ['no legs', tips({ ...sound, legs: [] }), /has no legs/],
  ['a kind without units', tips(sound, { ...jar(), 'tips.jug': kind({ units: [] }) }), /kind tips.jug has no unit/],
  [
    'a kind declared twice',
    [...tips(sound), chart('shop', { 'tips.jar': kind() }, {})],
    /kind tips.jar is declared twice, the second time by shop/,
  ],
  [
    'a template declared twice',
    [...tips(sound), chart('tips', {}, { 'tips.given': sound })],
    /template tips.given is declared twice/,
  ],
]

test('sound charts have no faults', () => {
  assert.deepEqual(chartFaults(tips(sound)), [])
  assert.deepEqual(chartFaults(flows), [])
})

test('planted faults are named, and no ledger opens with one', async (t) => {
  await using database = await World.database()
  for (const [what, charts, fault] of planted) {
    await t.test(what, async () => {
      assert.ok(
        chartFaults(charts).some((found) => fault.test(found)),
        chartFaults(charts).join('\n'),
      )
      await assert.rejects(openLedger({ db: database.db, charts }), {
        message: new RegExp(`^The chart of accounts is at fault:\n(.*\n)*.*${fault.source.replace(/^\^|\$$/g, '')}`),
        remedy: /Correct the chart/,
      })
    })
  }
  const { rows } = await database.db.pool.query('select 1 from ledger.kind')
  assert.equal(rows.length, 0)
})

test('a kind may gain rights; it never loses one, changes its rule or its room', async (t) => {
  await using database = await World.database()
  const open = (kinds: Readonly<Record<string, Kind>>, room = 'tips') =>
    openLedger({ db: database.db, charts: [chart(room, kinds, {})] })
  await open(jar({ debitedBy: ['tips', 'shop'] }))
  await open(jar({ debitedBy: ['tips', 'shop', 'ads'], creditedBy: ['tips', 'ads'] }))
  await open(jar({ debitedBy: ['ads', 'shop', 'tips'], creditedBy: ['tips', 'ads'] }))
  const kept = jar({ debitedBy: ['tips', 'shop', 'ads'], creditedBy: ['tips', 'ads'] })
  const changed: readonly [string, Readonly<Record<string, Kind>>, string?][] = [
    ['a right to debit', jar({ debitedBy: ['tips', 'ads'], creditedBy: ['tips', 'ads'] })],
    ['a right to credit', jar({ debitedBy: ['tips', 'shop', 'ads'] })],
    ['the rule about overdrafts', { ...kept, 'tips.jar': { ...kept['tips.jar'], overdraft: 'never' } }],
    ['the room', kept, 'shop'],
  ]
  for (const [what, kinds, room] of changed) {
    await t.test(what, () =>
      assert.rejects(open(kinds, room), {
        message:
          /^The kind tips\.(jar|outside) was changed: its room, its overdraft rule, or a right was taken away\.$/,
        remedy: /Give the new rule to a new kind/,
      }),
    )
  }
  await open(kept)
})

test('a template stays with its room', async () => {
  await using database = await World.database()
  const open = (room: string) => {
    const kinds = jar({ debitedBy: ['tips', 'shop'], creditedBy: ['tips', 'shop'] })
    const outside = kind({ debitedBy: ['tips', 'shop'] })
    const charts = [chart('tips', { ...kinds, 'tips.outside': outside }, {}), chart(room, {}, { 'tips.given': sound })]
    return openLedger({ db: database.db, charts })
  }
  await open('tips')
  await open('tips')
  await assert.rejects(open('shop'), {
    message: 'The template tips.given was moved to another room.',
    remedy: /a template of its own/,
  })
  await open('tips')
})

test('a ledger knows 62 rooms at most', async () => {
  await using database = await World.database()
  const rooms = Array.from({ length: 62 }, (_, at) => chart(`room${at}`, {}, {}))
  await openLedger({ db: database.db, charts: rooms.slice(1) })
  await assert.rejects(openLedger({ db: database.db, charts: rooms }), /knows 62 rooms at most/)
})

test('ledgers that open at once give every name one number', async () => {
  await using database = await World.database()
  await Promise.all(Array.from({ length: 6 }, () => openLedger({ db: database.db, charts: flows })))
  const { rows } = await database.db.pool.query<{ kinds: bigint; templates: bigint }>(
    'select (select count(*) from ledger.kind) as kinds, (select count(*) from ledger.template) as templates',
  )
  const kinds = flows.flatMap((one) => Object.keys(one.kinds)).length
  const templates = flows.flatMap((one) => Object.keys(one.templates)).length
  assert.deepEqual(rows[0], { kinds: BigInt(kinds), templates: BigInt(templates + 2) })
})
