import assert from 'node:assert/strict'
import { join } from 'node:path'
import { isRefusal, money, uuidv7 } from '#kernel'
import { chart, openLedger, type Account, type Kind, type Ledger } from '#ledger'
import { migrate, type Database } from '#platform'
import { flows } from '../../test/market/flows.ts'
import type { BenchServer } from '../form/server.ts'

export const payersMax = 10_000
/** What every payer starts with: more than any run can spend. */
export const opening = 1_000_000_000_000n
const creatorsMax = 100
const fundedAtOnce = 1000

const own = (overdraft: Kind['overdraft']): Kind => ({
  units: ['POINTS'],
  overdraft,
  debitedBy: ['bench'],
  creditedBy: ['bench'],
})

/** The plain journal, which no flow is: one leg from an account that cannot be overdrawn. */
export const plain = chart(
  'bench',
  { 'bench.payer': own('never'), 'bench.payee': own('never'), 'bench.source': own('allowed') },
  {
    'bench.funded': {
      accounts: { source: 'bench.source', payers: ['bench.payer'] },
      amounts: { each: ['POINTS'] },
      legs: [{ op: 'move', from: 'source', to: 'payers', amount: 'each' }],
    },
    'bench.paid': {
      accounts: { payer: 'bench.payer', payee: 'bench.payee' },
      amounts: { price: 'POINTS' },
      legs: [{ op: 'move', from: 'payer', to: 'payee', amount: 'price' }],
    },
    'bench.sent': {
      accounts: { payer: 'bench.payer', payee: 'bench.payer' },
      amounts: { price: 'POINTS' },
      legs: [{ op: 'move', from: 'payer', to: 'payee', amount: 'price' }],
    },
  },
)

/** Ten thousand wallets are filled by a few long journals, where the house would take a top-up for each. */
const funding = chart(
  'wallet',
  {},
  {
    'bench.wallets_funded': {
      accounts: { issued: 'points.issued', wallets: ['wallet.points'] },
      amounts: { each: ['POINTS'] },
      legs: [{ op: 'move', from: 'issued', to: 'wallets', amount: 'each' }],
    },
  },
)

/** A ledger with everyone in it who pays and is paid, and what it must hold in the end. */
export type House = {
  readonly db: Database
  readonly ledger: Ledger
  readonly source: Account
  readonly payers: readonly Account[]
  readonly payee: Account
  readonly wallets: readonly Account[]
  readonly creators: readonly Account[]
  readonly consumed: Account
  readonly expense: Account
  /** Journals posted and points paid to the payee, as the callers were told. */
  readonly told: { journals: bigint; paid: bigint }
}

export async function openHouse(server: BenchServer, name: string): Promise<House> {
  return furnish(await server.database(name))
}

export async function furnish(db: Database): Promise<House> {
  await migrate({ db, root: join(import.meta.dirname, '../../src') })
  const ledger = await openLedger({ db, charts: [...flows, plain, funding] })
  const system = (kind: string) => ledger.open({ kind, owner: 'system' })
  const house: House = {
    db,
    ledger,
    source: await system('bench.source'),
    payee: await system('bench.payee'),
    consumed: await system('points.consumed'),
    expense: await system('creators.expense'),
    payers: await openMany(db, 'bench.payer', 'POINTS', payersMax),
    wallets: await openMany(db, 'wallet.points', 'POINTS', payersMax),
    creators: await openMany(db, 'creator.pending', 'USD', creatorsMax),
    told: { journals: 0n, paid: 0n },
  }
  await fund(house)
  return house
}

/** As ledger.open would one by one. */
async function openMany(db: Database, kind: string, unit: 'POINTS' | 'USD', count: number): Promise<Account[]> {
  const { rows } = await db.pool.query<{ id: bigint }>(
    `insert into ledger.account (home, kind, unit, overdraft, owner_type, owner, subject)
    select 1, k.id, u.id, k.overdraft, 'user', 'user-' || g, '' from ledger.kind k, ledger.unit u, generate_series(1, $3) g
    where k.name = $1 and u.code = $2 returning id`,
    [kind, unit, count],
  )
  return rows.map(({ id }) => ({ id, home: 1, kind, unit }))
}

async function fund(house: House): Promise<void> {
  const { ledger, source, payers, wallets, told } = house
  const issued = await ledger.open({ kind: 'points.issued', owner: 'system' })
  for (let at = 0; at < payersMax; at += fundedAtOnce) {
    const some = <Item>(items: readonly Item[]) => items.slice(at, at + fundedAtOnce)
    const each = some(payers).map(() => money('POINTS', opening))
    const answers = await Promise.all([
      ledger.post(plain.templates['bench.funded'], {
        key: uuidv7(),
        accounts: { source, payers: some(payers) },
        amounts: { each },
      }),
      ledger.post(funding.templates['bench.wallets_funded'], {
        key: uuidv7(),
        accounts: { issued, wallets: some(wallets) },
        amounts: { each },
      }),
    ])
    for (const answer of answers) assert.ok(!isRefusal(answer), `funding was refused: ${JSON.stringify(answer)}`)
    told.journals += 2n
  }
}

/** Cheap enough for after every cell: units sum to zero, and what the callers were told is what there is. */
export async function checkHouse({ db, payee, told }: House): Promise<void> {
  const { rows } = await db.pool.query<{ uneven: bigint; journals: bigint; paid: bigint }>(
    `select (select count(*) from (select 1 from ledger.account group by unit having sum(balance) <> 0) s) as uneven,
      (select count(*) from ledger.journal) as journals,
      (select balance from ledger.account where home = $1 and id = $2) as paid`,
    [payee.home, payee.id],
  )
  assert.deepEqual(rows[0], { uneven: 0n, journals: told.journals, paid: told.paid }, 'the ledger is not exact')
}

/** The whole proof. Throws when a claim does not hold. */
export async function proveHouse({ db, ledger }: House): Promise<{ legs: bigint; journals: bigint }> {
  // Autovacuum comes once a minute and these ledgers are younger; without its figures a proof is planned blindly.
  await db.pool.query('analyze')
  const proof = await ledger.prove()
  const broken = proof.claims.filter((claim) => claim.breaches.length > 0)
  assert.deepEqual(broken, [], 'the ledger does not prove')
  return proof.counted
}

/** Of everything the ledger keeps, indexes and all, as it lies on disk. */
export async function bytesALeg({ db }: House): Promise<number> {
  const { rows } = await db.pool.query<{ bytes: number }>(
    `select (sum(pg_total_relation_size(c.oid))::float8 / (select count(*) from ledger.leg)) as bytes
    from pg_class c where c.relnamespace = 'ledger'::regnamespace and c.relkind = 'r'`,
  )
  return rows[0]?.bytes ?? Number.NaN
}
