import { uuidv7, type Uuid } from '#kernel'
import type { Account, Ledger } from '#ledger'
import { codeOf } from '#platform'
import type pg from 'pg'
import { ops, type Journal, type ResolvedLeg } from '../src/ledger/journal.ts'
import { decode, encode, postStatement, type PostRow } from '../src/ledger/wire.ts'
import { openHouse, type House } from './ledger-house.ts'
import { withFunding } from './ledger-funding.ts'
import { flows } from './market/flows.ts'

/** Journals made by hand and given to ledger.post itself: nothing but the database's own guards between. */

export type RawLeg = Partial<Omit<ResolvedLeg, 'op' | 'debit' | 'credit' | 'amount'>> & {
  readonly op: keyof typeof ops
  readonly debit: Account | bigint
  readonly credit?: Account | bigint
  readonly amount: bigint
}
export type RawJournal = Partial<Omit<Journal, 'legs'>> & { readonly legs: readonly RawLeg[] }

export type RawHouse = House & {
  /** Posts one batch; the answer is a status for each journal. */
  raw(journals: readonly RawJournal[], now?: Date): Promise<string[]>
  rawOn(client: Pick<pg.ClientBase, 'query'>, journals: readonly RawJournal[], now?: Date): Promise<string[]>
  /** The room whose journals these are, which may touch every kind. */
  readonly rights: bigint
  readonly source: Account
}

/** A house whose journals are made by hand, in the name of a room that may touch every kind. */
export async function openRawHouse(): Promise<RawHouse> {
  const house = await openHouse({ charts: withFunding(flows).charts })
  const [row] = await house.query<{ template: number; room: number }>(
    `select t.id as template, t.room from ledger.template t where t.name = 'loose.wallet.points.POINTS'`,
  )
  const { template = 0, room = 0 } = row ?? {}
  const rights = 1n << BigInt(room)
  const rawOn = async (client: Pick<pg.ClientBase, 'query'>, raws: readonly RawJournal[], now = house.clock.now()) => {
    const journals = raws.map((raw) => journalOf(raw, template, rights))
    const { rows } = await client.query<PostRow>({
      ...postStatement,
      values: encode(raws[0]?.home ?? 1, journals, now),
    })
    return decode(rows[0] as PostRow, journals).map((answer) => answer.status)
  }
  return {
    ...house,
    rights,
    rawOn,
    source: await house.account('funding.source', { unit: 'POINTS' }),
    raw: async (journals, now) => {
      const client = await house.db.pool.connect()
      try {
        return await rawOn(client, journals, now)
      } catch (fault) {
        // An account that is not there fails the whole call, which the batcher narrows down to its journal.
        if (journals.length === 1 && codeOf(fault) === 'BL007') return ['unknown_account']
        throw fault
      } finally {
        client.release()
      }
    },
  }
}

const idOf = (account: Account | bigint) => (typeof account === 'bigint' ? account : account.id)

function journalOf({ legs, ...rest }: RawJournal, template: number, rights: bigint): Journal {
  const key = rest.key ?? uuidv7()
  return {
    key,
    home: 1,
    template,
    rights,
    effectiveAt: null,
    reverses: null,
    facts: null,
    digest: key.replaceAll('-', ''),
    ...rest,
    legs: legs.map((leg) => ({
      hold: null,
      draw: 0n,
      put: 0n,
      lotExpires: 0n,
      holdFor: 0n,
      reverses: 0n,
      ...leg,
      op: ops[leg.op],
      debit: idOf(leg.debit),
      credit: leg.credit === undefined ? null : idOf(leg.credit),
    })),
  }
}

export const microseconds = (ms: number) => BigInt(ms) * 1000n
const hourOf = microseconds(3_600_000)

/** A hold in its own journal. */
export const reserving = (hold: Uuid, debit: Account, amount: bigint, holdFor = hourOf): RawJournal => ({
  key: hold,
  legs: [{ op: 'reserve', debit, amount, hold, holdFor }],
})

/** One journal of one move. */
export const moving = (debit: Account, credit: Account, amount: bigint, more: Partial<RawLeg> = {}): RawJournal => ({
  legs: [{ op: 'move', debit, credit, amount, ...more }],
})

/** A lot of the class -1 free, -2 plan, -3 gift, that ends at the instant. */
export const granting = (house: RawHouse, credit: Account, amount: bigint, put: bigint, ends: Date): RawJournal =>
  moving(house.source, credit, amount, { put, lotExpires: microseconds(ends.getTime()) })

/** What is left of each lot, in the order of spending. */
export async function lotsLeft(ledger: Ledger, account: Account): Promise<bigint[]> {
  return (await ledger.lots(account)).map((lot) => lot.remaining)
}
