import { isUuid } from '#kernel'
import type { Proof } from '#ledger'
import { openDatabase, type Database } from '#platform'
import { ask, keyOf, openStreet, told, type Ask, type Street } from './deals.ts'

export type Verdict = {
  /** Journals acknowledged to somebody, each counted once. */
  readonly acknowledged: number
  /** How often a hold that had been answered early was there for whoever relied on it. */
  readonly relied: number
  readonly journals: number
  /** How often a caller was told that the outcome is not known. */
  readonly unknown: number
  /** How often that the ledger is out of reach, and nothing was posted. */
  readonly unavailable: number
  /** In words; empty when all is as it was acknowledged. */
  readonly wrongs: readonly string[]
  readonly proof: Proof
}

type Line = Partial<Ask> & {
  asked?: string
  answered?: string
  unknown?: string
  fault?: string
  answer?: string
  postedAt?: string
}
type Posted = { readonly one: Ask; readonly postedAt: string }
type Record = {
  /** By key, how many askers still wait for their answer: those that were killed always will. */
  asked: Map<string, number>
  posted: Map<string, Posted>
  unknown: Map<string, Ask>
  unknowns: number
  unavailable: number
  wrongs: string[]
}

/** Holds what the recorder was told against what the ledger has, and asks everything that was acknowledged once more. */
export async function judge(url: string, lines: readonly string[]): Promise<Verdict> {
  const record = readRecord(lines)
  const db = openDatabase({ url })
  try {
    await using street = await openStreet(db)
    const journals = await compareStored(db, record)
    const { rows } = await db.pool.query<{ relied: number }>('select count(*)::int as relied from public.relied')
    const relied = rows[0]?.relied ?? 0
    await askAgain(street, record)
    const proof = await street.ledger.prove()
    const { posted, unknowns, unavailable, wrongs } = record
    return { acknowledged: posted.size, relied, journals, unknown: unknowns, unavailable, wrongs, proof }
  } finally {
    await db.close()
  }
}

function readRecord(lines: readonly string[]): Record {
  const record: Record = {
    asked: new Map(),
    posted: new Map(),
    unknown: new Map(),
    unknowns: 0,
    unavailable: 0,
    wrongs: [],
  }
  const wait = (key: string, by: number) => record.asked.set(key, (record.asked.get(key) ?? 0) + by)
  const asks = new Map<string, Ask>()
  for (const text of lines) {
    const line = JSON.parse(text) as Line
    const { deal = 0, step = 0, variant = 0, postedAt } = line
    if (line.asked) {
      wait(line.asked, 1)
      asks.set(line.asked, { deal, step, variant })
    }
    const lost = line.unknown && asks.get(line.unknown)
    if (line.unknown && lost) {
      if (line.fault === 'OutcomeUnknown') record.unknowns++
      else record.unavailable++
      record.unknown.set(line.unknown, lost)
    }
    if (line.answered) wait(line.answered, -1)
    if (!line.answered || line.answer !== 'posted' || !postedAt) continue
    const before = record.posted.get(line.answered)
    const isOther = before && before.one.variant !== variant && differs({ deal, step, variant })
    if (before && (isOther || before.postedAt !== postedAt)) {
      record.wrongs.push(`${line.answered} was acknowledged twice, differently`)
    }
    record.posted.set(line.answered, { one: { deal, step, variant }, postedAt })
  }
  return record
}

/** Acknowledged ones are there, at their instant; nothing is there that nobody asked for, or that all were refused. */
async function compareStored(db: Database, { asked, posted, wrongs }: Record): Promise<number> {
  const { rows } = await db.pool.query<{ id: string; at: Date }>(
    `select j.id, b.posted_at as at from ledger.journal j
    join ledger.batch b on b.home = j.home and b.seq = j.batch where j.template <> 0`,
  )
  const stored = new Map(rows.map(({ id, at }) => [id, at.toISOString()]))
  for (const [key, { postedAt }] of posted) {
    if (stored.get(key) !== postedAt) wrongs.push(`${key} was acknowledged at ${postedAt}, stored: ${stored.get(key)}`)
  }
  for (const key of stored.keys()) {
    if (!isUuid(key) || !asked.has(key)) wrongs.push(`${key} was asked for by nobody`)
    else if (!posted.has(key) && asked.get(key) === 0) wrongs.push(`${key} was refused to all who asked, and is stored`)
  }
  return rows.length
}

/** The same key answers as it did, another body under it is refused, and who never learnt the outcome learns it now. */
async function askAgain(street: Street, { posted, unknown, wrongs }: Record): Promise<void> {
  await Promise.all(
    [...posted.values()].map(async ({ one, postedAt }) => {
      const again = told(await ask(street, one))
      if (again.postedAt !== postedAt) wrongs.push(`${keyOf(one)} now answers ${again.answer} ${again.postedAt}`)
      const other = told(await ask(street, { ...one, variant: 1 - one.variant }))
      if (other.answer !== 'key_reused' && differs(one)) wrongs.push(`${keyOf(one)} took another body: ${other.answer}`)
    }),
  )
  await Promise.all([...unknown.values()].map(async (one) => told(await ask(street, one))))
}

/** Releasing a hold has no amount, so its two variants are one body. */
function differs({ deal, step }: Ask): boolean {
  return !(deal % 5 === 3 && step === 1)
}
