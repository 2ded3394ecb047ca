import { z } from 'zod'
import type { Uuid } from '#kernel'
import type { JournalView, Ledger } from '#ledger'
import type { Database } from '#platform'
import type { Wallet } from '#wallet'
import type { ReceiptCall, ReceiptView } from './contract.ts'
import { keysOf } from './keys.ts'
import { waivedTurn } from './store.ts'

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
export async function readReceipt(deps: ReceiptDeps, turn: Uuid, payer: Uuid): Promise<ReceiptView | undefined> {
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

function receiptOf(journal: JournalView, turn: Uuid, points: bigint): ReceiptView {
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

function callOf(facts: z.output<typeof turnFacts>['calls'][number]): ReceiptCall {
  const { creatorPoints, modelPoints, platformPoints, inputTokens, outputTokens, source, ...call } = facts
  const isCounted = inputTokens !== null && outputTokens !== null && source !== null
  return {
    ...call,
    parts: { creator: creatorPoints, model: modelPoints, platform: platformPoints },
    tokens: isCounted ? { input: inputTokens, output: outputTokens, source } : null,
  }
}
