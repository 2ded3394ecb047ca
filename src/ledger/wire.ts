import { ops, type Journal, type ResolvedLeg } from './journal.ts'
import type { Uuid } from '#kernel'
import { statuses, type Status } from './status.ts'

const answer = 'statuses::text, posted_at, first_posted_at'
const call = 'ledger.post($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)'

/** The call that posts a batch, prepared once on each connection. Its parameters are those of ledger.post. */
export const postStatement = { name: 'ledger.post', text: `select ${answer} from ${call}` } as const

/** The same, answered before it is on disk. The log of the server is one: what commits later is not there before it. */
export const postLazilyStatement = {
  name: 'ledger.post_lazily',
  text: `select ${answer}, set_config('synchronous_commit', 'off', true) from ${call}`,
} as const

/** The accounts of a batch, ascending: the order in which the posting function loads them. */
function accountsOf(batch: readonly Journal[]): bigint[] {
  const ids = new Set<bigint>()
  for (const { legs } of batch) {
    for (const { debit, credit } of legs) {
      ids.add(debit)
      if (credit !== null) ids.add(credit)
    }
  }
  return [...ids].sort((a, b) => (a < b ? -1 : 1))
}

/** Gives each distinct value a place, from 1: the given ones in their order, then others in the order of first use. */
function places<Key>(given: readonly Key[] = []): { of(key: Key): number; readonly keys: readonly Key[] } {
  const known = new Map<Key, number>(given.map((key, at) => [key, at + 1]))
  const keys = [...given]
  return {
    keys,
    of(key) {
      let place = known.get(key)
      if (place === undefined) {
        place = keys.push(key)
        known.set(key, place)
      }
      return place
    },
  }
}

/**
 * The parameters of one call: arrays as PostgreSQL's text form, since joining is several times cheaper here than the
 * driver's walk over each element, and reading them is cheaper there than JSON.
 */
export function encode(home: number, batch: readonly Journal[], now: Date | null): unknown[] {
  const accounts = places(accountsOf(batch))
  const holds = places<string>()
  const lots = places<bigint>()
  const reversed = places<bigint>()
  const isPlain = batch.every((journal) => journal.legs.every(isPlainMove))
  let legs = ''
  let journals = ''
  let legsSoFar = 0
  for (const journal of batch) {
    for (const leg of journal.legs) {
      const debit = accounts.of(leg.debit)
      const credit = leg.credit === null ? 0 : accounts.of(leg.credit)
      if (isPlain) {
        legs += `,{${leg.op},${debit},${credit},${leg.amount}}`
        continue
      }
      const hold = leg.hold === null ? 0 : holds.of(`${leg.hold} ${leg.debit}`)
      if (leg.draw > 0n) lots.of(leg.draw)
      if (leg.put > 0n) lots.of(leg.put)
      const reverses = leg.reverses === 0n ? 0 : reversed.of(leg.reverses)
      legs += `,{${leg.op},${debit},${credit},${leg.amount},${hold},${leg.draw},${leg.put},${leg.lotExpires},${leg.holdFor},${reverses}}`
    }
    legsSoFar += journal.legs.length
    journals += `,{${journal.template},${journal.rights},${legsSoFar}}`
  }
  return [
    home,
    `{${accounts.keys.join()}}`,
    `{${batch.map((journal) => journal.key).join()}}`,
    `{${batch.map((journal) => `"\\\\x${journal.digest}"`).join()}}`,
    sparse(batch.map((journal) => journal.effectiveAt?.toISOString() ?? null)),
    sparse(batch.map((journal) => journal.reverses)),
    sparse(batch.map((journal) => journal.facts && quoted(journal.facts))),
    `{${journals.slice(1)}}`,
    `{${legs.slice(1)}}`,
    holds.keys.length > 0 ? `{${holds.keys.map((key) => key.slice(0, 36)).join()}}` : null,
    holds.keys.length > 0 ? `{${holds.keys.map((key) => accounts.of(BigInt(key.slice(37)))).join()}}` : null,
    lots.keys.length > 0 ? `{${lots.keys.join()}}` : null,
    reversed.keys.length > 0 ? `{${reversed.keys.join()}}` : null,
    now,
  ]
}

/** A move in the usual order, to what is loose: all that most batches hold, and four columns are enough for it. */
function isPlainMove(leg: ResolvedLeg): boolean {
  return leg.op === ops.move && leg.draw === 0n && leg.put === 0n && leg.reverses === 0n
}

/** A column that most batches leave empty is sent only when it holds something. */
function sparse(values: readonly (string | null)[]): string | null {
  return values.some((value) => value !== null) ? `{${values.map((value) => value ?? 'NULL').join()}}` : null
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

export type PostRow = {
  readonly statuses: string
  readonly posted_at: Date
  readonly first_posted_at: readonly (Date | null)[] | null
}

/** What became of one journal. A repeat bears the instant of the first posting. */
export type Answer = { readonly key: Uuid; readonly status: Status; readonly postedAt: Date }

export function decode(row: PostRow, batch: readonly Journal[]): Answer[] {
  const codes = row.statuses.slice(1, -1).split(',')
  return batch.map((journal, at) => {
    const status = statuses[Number(codes[at])]
    if (status === undefined) throw new RangeError(`ledger.post answered an unknown status: ${codes[at]}`)
    const first = status === 'repeated' ? row.first_posted_at?.[at] : null
    return { key: journal.key, status, postedAt: first ?? row.posted_at }
  })
}
