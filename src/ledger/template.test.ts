import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { money, uuidv7, type Money, type Unit, type Uuid } from '#kernel'
import type { Account, Template } from '#ledger'
import { hour, ok, openHouse, type House } from '../../test/ledger-house.ts'
import { takesFromHold, withFunding } from '../../test/ledger-funding.ts'
import { flows } from '../../test/market/flows.ts'
import { single, type Leg } from './chart.ts'
import type { AnyInput } from './journal.ts'

/**
 * Every template of every chart, with whatever amounts and whichever of its optional parts: it posts, moves exactly what
 * its legs say and touches nothing else, and taking it back puts every balance where it was.
 */

const funding = withFunding(flows)
let house: House
before(async () => void (house = await openHouse({ charts: funding.charts })))
after(() => house[Symbol.asyncDispose]())

const anyAmount = fc.oneof(fc.bigInt(1n, 9n), fc.bigInt(1n, 10n ** 12n))
const drawn = fc.record({
  amounts: fc.array(anyAmount, { minLength: 24, maxLength: 24 }),
  length: fc.integer({ min: 1, max: 3 }),
  leftOut: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
})
type Drawn = typeof drawn extends fc.Arbitrary<infer Value> ? Value : never
type Moved = { from: Account; to: Account | null; amount: bigint; leg: Leg }
type Given = { input: AnyInput; moves: Moved[] }

/** The unit of one of the template's accounts: that of the first amount that it is moved with. */
function unitOf({ spec }: Template, name: string): Unit {
  const leg = spec.legs.find((one) => one.amount && (one.from === name || ('to' in one && one.to === name)))
  const kind = funding.charts
    .flatMap((chart) => Object.entries(chart.kinds))
    .find(([one]) => one === single(spec.accounts[name] ?? ''))
  return leg?.amount ? single(spec.amounts[leg.amount] ?? 'USD') : (kind?.[1].units[0] as Unit)
}

/** Accounts newly opened and amounts as drawn, with some of what is optional left out. */
async function given(template: Template, { amounts: values, length, leftOut }: Drawn): Promise<Given> {
  const { spec } = template
  const without = (spec.optional ?? []).filter((_, at) => leftOut[at])
  const kept = (names: Readonly<Record<string, unknown>>) =>
    Object.keys(names).filter((name) => !without.includes(name))
  const accounts: Record<string, Account | Account[]> = {}
  for (const name of kept(spec.accounts)) {
    const declared = spec.accounts[name] ?? ''
    const open = () => house.account(single(declared), { unit: unitOf(template, name), user: uuidv7() })
    accounts[name] = typeof declared === 'string' ? await open() : await Promise.all(Array.from({ length }, open))
  }
  let at = 0
  const next = (unit: Unit) => money(unit, values[at++ % values.length] ?? 1n)
  const amounts = Object.fromEntries(
    kept(spec.amounts).map((name) => {
      const declared = spec.amounts[name] ?? 'USD'
      return [
        name,
        typeof declared === 'string' ? next(declared) : Array.from({ length }, () => next(single(declared))),
      ]
    }),
  )
  const input = { key: uuidv7(), accounts, amounts, holdMs: hour, lotExpiresAt: new Date('2027-06-01') }
  return { input, moves: spec.legs.flatMap((leg) => movesOf(leg, input)) }
}

/** What one leg of the template comes to: written here again, so that the two must agree. */
function movesOf(leg: Leg, { accounts, amounts }: AnyInput): Moved[] {
  const from = [accounts[leg.from]].flat()
  const to = 'to' in leg ? [accounts[leg.to]].flat() : [null]
  const amount = leg.amount === undefined ? [null] : [amounts[leg.amount]].flat()
  return Array.from({ length: Math.max(from.length, to.length, amount.length) }, (_, at) => ({
    leg,
    from: from[from.length > 1 ? at : 0],
    to: to[to.length > 1 ? at : 0],
    amount: amount[amount.length > 1 ? at : 0],
  })).flatMap(({ from: source, to: target, amount: value }) =>
    source && target !== undefined && value !== undefined
      ? [{ leg, from: source, to: target, amount: value?.minor ?? 0n }]
      : [],
  )
}

async function fund(account: Account, amount: bigint, as: 'loose' | 'lot'): Promise<void> {
  const source = await house.account('funding.source', { unit: account.unit })
  const accounts = { source, account }
  const amounts = { amount: money(account.unit, amount) }
  const input = { key: uuidv7(), accounts, amounts, lotExpiresAt: new Date('2027-06-01') }
  ok(await house.ledger.post(funding.templateOf(account.kind, account.unit, as), input as never))
}

/** Gives each account what its legs will take from it, as a lot or under a hold where they take it from there. */
async function prepare(template: Template, { input, moves }: Given): Promise<AnyInput> {
  let [hold, lot]: [Uuid | undefined, bigint | undefined] = [undefined, undefined]
  for (const { leg, from, amount } of moves) {
    const lotDrawn = leg.op === 'move' && leg.draw === 'lot'
    if (amount > 0n && leg.op !== 'settle') await fund(from, amount, lotDrawn ? 'lot' : 'loose')
    if (lotDrawn) lot = (await house.ledger.lots(from))[0]?.id
  }
  const held = Map.groupBy(
    moves.filter(({ leg }) => takesFromHold(leg)),
    ({ leg }) => leg.from,
  )
  if (held.size > 0) hold = await holdFor(template, held)
  return { ...input, ...(hold ? { hold } : {}), ...(lot ? { lot } : {}) }
}

/** Sets aside on each account what is settled from it, under one hold. */
async function holdFor(template: Template, held: ReadonlyMap<string, readonly Moved[]>): Promise<Uuid> {
  const key = uuidv7()
  const accounts: Record<string, Account> = {}
  const amounts: Record<string, Money> = {}
  for (const [name, moves] of held) {
    const settled = moves.reduce((sum, { leg, amount }) => sum + (leg.op === 'settle' ? amount : 0n), 0n)
    // A rest to release remains, now and then; a template that only prolongs needs something to prolong.
    const amount = settled + (template.spec.legs.some((leg) => leg.op !== 'settle' && leg.op !== 'move') ? 1n : 0n)
    const account = moves[0]?.from as Account
    await fund(account, amount, 'loose')
    accounts[name] = account
    amounts[name] = money(account.unit, amount)
  }
  ok(await house.ledger.post(funding.holdFor(template), { key, accounts, amounts, holdMs: hour } as never))
  return key
}

type State = Map<bigint, { balance: bigint; unit: number; kind: string }>

async function state(): Promise<State> {
  const rows = await house.query<{ id: bigint; balance: bigint; unit: number; kind: string }>(
    `select a.id, a.balance, a.unit, k.name as kind from ledger.account a join ledger.kind k on k.id = a.kind`,
  )
  return new Map(rows.map((row) => [row.id, row]))
}

function changes(before_: State, now: State): Map<bigint, bigint> {
  const all = [...now].map(([id, { balance }]) => [id, balance - (before_.get(id)?.balance ?? 0n)] as const)
  return new Map(all.filter(([, change]) => change !== 0n))
}

function expected(moves: readonly Moved[]): Map<bigint, bigint> {
  const sums = new Map<bigint, bigint>()
  const add = (account: Account, amount: bigint) => sums.set(account.id, (sums.get(account.id) ?? 0n) + amount)
  for (const { from, to, amount } of moves) {
    if (!to) continue
    add(from, -amount)
    add(to, amount)
  }
  return new Map([...sums].filter(([, sum]) => sum !== 0n))
}

for (const template of flows.flatMap((chart): Template[] => Object.values(chart.templates))) {
  const kinds = Object.values(template.spec.accounts).map(single)
  test(`${template.name} moves what its legs say, and is taken back whole`, () =>
    fc.assert(
      fc.asyncProperty(drawn, async (values) => {
        const wanted = await given(template, values)
        const input = await prepare(template, wanted)
        const start = await state()
        ok(await house.ledger.post(template, input as never))
        const posted = await state()
        const moved = changes(start, posted)
        assert.deepEqual(moved, expected(wanted.moves))
        const units = new Map<number, bigint>()
        for (const [id, change] of moved) {
          const { kind, unit } = posted.get(id) ?? { kind: '', unit: 0 }
          assert.ok(kinds.includes(kind), `${kind} is not of the template`)
          units.set(unit, (units.get(unit) ?? 0n) + change)
        }
        for (const sum of units.values()) assert.equal(sum, 0n)
        if (moved.size === 0) return
        ok(await house.ledger.reverse({ key: uuidv7(), journal: input.key, room: template.room }))
        assert.deepEqual(changes(start, await state()), new Map())
      }),
      { numRuns: 6 },
    ))
}
