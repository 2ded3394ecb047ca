import { z } from 'zod'
import type { Bots } from '#bots'
import type { Uuid } from '#kernel'
import type { JournalView, Ledger } from '#ledger'
import type { People } from '#people'
import type { Database } from '#platform'
import type { Wallet } from '#wallet'
import type { ReceiptCall, ReceiptView } from './contract.ts'
import { keysOf } from './keys.ts'
import { waivedTurn } from './store.ts'

/** A receipt as the ledger tells it; it knows bots and creators by their ids. */
export type BareReceipt = Omit<ReceiptView, 'calls'> & { readonly calls: readonly BareCall[] }
type BareCall = Omit<ReceiptCall, 'name' | 'handle' | 'creatorName'>

type ReceiptDeps = { readonly db: Database; readonly ledger: Ledger; readonly wallet: Wallet }

const amount = z.string().transform(BigInt)

/** The facts of a settled turn as this room wrote them, read with the doubt that a journal of another time deserves. */
const turnFacts = z.object({
  free: amount,
  rounding: amount,
  calls: z.array(
    z.object({
      call: z.string(),
      bot: z.string(),
      creator: z.string().nullable(),
      ending: z.string(),
      charged: amount,
      creatorPoints: amount,
      modelPoints: amount,
      platformPoints: amount,
      earned: amount,
      earnedFree: amount,
      unfunded: amount,
      inputTokens: z.int().nullable(),
      outputTokens: z.int().nullable(),
      source: z.enum(['provider', 'estimate']).nullable(),
    }),
  ),
})

/**
 * The receipt of a payer's turn: a view of its journal. The key has the payer in it, so that nobody finds another's.
 * Undefined while the answer runs, and for what was free.
 */
export async function readReceipt(deps: ReceiptDeps, turn: Uuid, payer: Uuid): Promise<BareReceipt | undefined> {
  const journal = await deps.ledger.journal(keysOf({ payer, turn }).settled)
  if (journal) return receiptOf(journal, turn, (await deps.wallet.pointsOf(payer)).id)
  const waived = await waivedTurn(deps.db, { payer, turn })
  if (!waived) return undefined
  const free = { charged: 0n, earned: 0n, earnedFree: 0n, unfunded: 0n, tokens: null }
  const parts = { creator: 0n, model: 0n, platform: 0n }
  return {
    turn,
    journal: null,
    postedAt: waived.at.toISOString(),
    charged: 0n,
    free: 0n,
    returned: 0n,
    rounding: 0n,
    calls: waived.calls.map((call) => ({ ...call, ...free, parts })),
    holdExpired: true,
  }
}

function receiptOf(journal: JournalView, turn: Uuid, points: bigint): BareReceipt {
  const { calls, free, rounding } = turnFacts.parse(journal.facts)
  const returned = journal.legs.filter(({ op, debit }) => op === 'release' && debit === points)
  return {
    turn,
    journal: journal.key,
    postedAt: journal.postedAt.toISOString(),
    charged: calls.reduce((sum, { charged }) => sum + charged, 0n),
    free,
    returned: returned.reduce((sum, leg) => sum + leg.amount, 0n),
    rounding,
    calls: calls.map(callOf),
    holdExpired: false,
  }
}

function callOf(facts: z.output<typeof turnFacts>['calls'][number]): BareCall {
  const { creatorPoints, modelPoints, platformPoints, inputTokens, outputTokens, source, ...call } = facts
  const isCounted = inputTokens !== null && outputTokens !== null && source !== null
  return {
    ...call,
    parts: { creator: creatorPoints, model: modelPoints, platform: platformPoints },
    tokens: isCounted ? { input: inputTokens, output: outputTokens, source } : null,
  }
}

type Registers = { readonly bots: Pick<Bots, 'names'>; readonly people: Pick<People, 'names'> }

/** Names whom it names, as they are called today. */
export async function nameReceipt({ bots, people }: Registers, receipt: BareReceipt): Promise<ReceiptView> {
  const [botNames, names] = await Promise.all([
    bots.names(receipt.calls.map(({ bot }) => bot as Uuid)),
    people.names(receipt.calls.flatMap(({ creator }) => (creator === null ? [] : [creator as Uuid]))),
  ])
  const calls = receipt.calls.map((call) => {
    const bot = botNames.get(call.bot as Uuid)
    const creatorName = call.creator === null ? null : (names.get(call.creator as Uuid) ?? null)
    return { ...call, name: bot?.name ?? 'A bot that is gone', handle: bot?.handle ?? null, creatorName }
  })
  return { ...receipt, calls }
}
