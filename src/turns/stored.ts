import { isUuid, type Uuid } from '#kernel'
import type { Conclusion, Json, Quote, Settlement } from './slots.ts'

/** JSON has no bigint: points are kept as decimal text. What is read back was written here, so it is cast, not checked. */

type StoredQuote = {
  readonly kind: Quote['kind']
  readonly atMost: string
  readonly digest: string
  readonly parts: { readonly creator: string; readonly model: string; readonly platform: string }
  readonly calls: readonly { readonly call: Uuid; readonly atMost: string; readonly terms: Json }[]
}

export function storeQuote({ kind, atMost, digest, parts, calls }: Quote): string {
  const stored: StoredQuote = {
    kind,
    atMost: atMost.toString(),
    digest,
    parts: {
      creator: parts.creator.toString(),
      model: parts.model.toString(),
      platform: parts.platform.toString(),
    },
    calls: calls.map(({ call, atMost: most, terms }) => ({ call, atMost: most.toString(), terms })),
  }
  return JSON.stringify(stored)
}

export function readQuote(stored: unknown): Quote {
  const { kind, atMost, digest, parts, calls } = stored as StoredQuote
  return {
    kind,
    atMost: BigInt(atMost),
    digest,
    parts: { creator: BigInt(parts.creator), model: BigInt(parts.model), platform: BigInt(parts.platform) },
    calls: calls.map(({ call, atMost: most, terms }) => ({ call, atMost: BigInt(most), terms })),
  }
}

/** Without the quote, which stands in its turn's row already. */
export function storeConclusion({ calls }: Conclusion): string {
  return JSON.stringify({ calls })
}

export function readConclusion(row: {
  readonly id: string
  readonly payer: string
  readonly quote: unknown
  readonly conclusion: unknown
}): Conclusion {
  const { calls } = row.conclusion as Pick<Conclusion, 'calls'>
  return { turn: asUuid(row.id), payer: asUuid(row.payer), quote: readQuote(row.quote), calls }
}

export function storeSettlement({ journal, calls }: Settlement): string {
  return JSON.stringify({ journal, calls: calls.map(({ call, charged }) => ({ call, charged: charged.toString() })) })
}

export function asUuid(text: string): Uuid {
  if (!isUuid(text)) throw new Error(`${text} is no identifier`)
  return text
}
