import { isRefusal, type Money, type Refusal, type Uuid } from '#kernel'
import type { Account, Facts, Ledger, LedgerRefusal, Posted, Reversal, Template } from '#ledger'

/** The input of any template, its exact type forgotten: what a seeded trader can draw, right or wrong. */
export type Given = {
  readonly key: Uuid
  readonly accounts: Readonly<Record<string, Account | readonly Account[]>>
  readonly amounts: Readonly<Record<string, Money | readonly Money[]>>
  readonly facts?: Facts
  readonly effectiveAt?: Date
  readonly hold?: Uuid
  readonly holdMs?: number
  readonly lotExpiresAt?: Date
  readonly lot?: bigint
}

export type PostStep = { readonly does: 'post'; readonly template: Template; readonly input: Given }
export type ReverseStep = { readonly does: 'reverse'; readonly reversal: Reversal }
/** One thing that somebody asks of the ledger. */
export type Step = PostStep | ReverseStep

/** What the ledger said to it. A repeat is told as `posted`, at the instant of the first. */
export type Told = { readonly status: 'posted' | LedgerRefusal; readonly postedAt: number | null }

export const keyOf = (step: Step): Uuid => (step.does === 'post' ? step.input.key : step.reversal.key)

/** Asks through the public door, as a room would. */
export function ask(ledger: Ledger, step: Step): Promise<Posted | Refusal<LedgerRefusal>> {
  return step.does === 'post' ? ledger.post(step.template, step.input as never) : ledger.reverse(step.reversal)
}

export function told(answer: Posted | Refusal<LedgerRefusal>): Told {
  return isRefusal(answer)
    ? { status: answer.refused, postedAt: null }
    : { status: 'posted', postedAt: answer.postedAt.getTime() }
}

/** A step in words, for whoever has to find out why it went wrong. */
export function describe(step: Step): string {
  return JSON.stringify(
    step.does === 'post' ? { template: step.template.name, ...step.input } : step.reversal,
    (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value),
  )
}
