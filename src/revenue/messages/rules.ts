import { assert, type Uuid } from '#kernel'
import { tokensIn } from '#turns'
import { microUsdPerPoint } from '#wallet/contract'

/**
 * The policy of the price of a message, version 1. Pure: everything below is decided from what is given, so that a
 * settlement after a crash comes to the same. Points are whole; `micro` is micro-dollars, exact.
 */
export const policy = 1

/** The platform's part: a tenth of the bot's price and of the model's cost. */
const platformShare = { numerator: 1n, denominator: 10n }
/** Prompts are quoted in steps of so many bytes, so that a quote stands still while a person types. */
const inputStepBytes = 2_048
/** What a provider adds around a prompt of its own, in tokens. */
const framingTokens = 64
/** No usual tokenizer has a longer one. */
const tokenBytesMax = 128
/** Tokens of answer held at first, and by how many a hold grows. */
const firstSliceTokens = 256
const sliceTokens = 512
/** A hold grows while so many tokens are still covered, so that the answer need not wait. */
const aheadTokens = 192
/** An answer of usual length. */
const usualTokens = 400

/** Micro-dollars for a million tokens, and which row of the cost list says so. */
export type Cost = { readonly version: number; readonly input: bigint; readonly output: bigint }

/** One call that is to be priced. `cost` is null where no model is metered. */
export type PricedCall = {
  readonly call: Uuid
  readonly bot: Uuid
  readonly handle: string
  /** Null: the house's bot. */
  readonly creator: Uuid | null
  readonly price: { readonly version: number; readonly usdPerThousandMicro: bigint }
  readonly cost: Cost | null
  readonly inputBytes: number
  readonly maxOutputTokens: number
}

export type Parts = { readonly creator: bigint; readonly model: bigint; readonly platform: bigint }

/** What a call's settlement needs to know, frozen when it was quoted. Nothing is looked up again. */
export type Terms = {
  readonly policy: number
  readonly bot: Uuid
  readonly handle: string
  readonly creator: Uuid | null
  readonly priceVersion: number
  readonly priceMicro: bigint
  readonly cost: Cost | null
  readonly inputBytes: number
  /** The answer's length that `most` pays for; with `capped` the person's own cap set it, else the bot. */
  readonly outputTokensMax: number
  readonly capped: boolean
  readonly most: Parts
}

const noParts: Parts = { creator: 0n, model: 0n, platform: 0n }

export function sumOf({ creator, model, platform }: Parts): bigint {
  return creator + model + platform
}

export function addParts(parts: readonly Parts[]): Parts {
  return parts.reduce(
    (sum, { creator, model, platform }) => ({
      creator: sum.creator + creator,
      model: sum.model + model,
      platform: sum.platform + platform,
    }),
    noParts,
  )
}

function divideUp(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator
}

/** Whole points that are worth at least so much. */
function pointsUp(micro: bigint): bigint {
  return divideUp(micro, microUsdPerPoint)
}

type Tokens = { readonly input: number; readonly output: number }

/** The exact prices of a call's parts, in micro-dollars. */
function exactMicro(priceMicro: bigint, cost: Cost | null, tokens: Tokens): Parts {
  const model = cost
    ? divideUp(BigInt(tokens.input) * cost.input + BigInt(tokens.output) * cost.output, 1_000_000n)
    : 0n
  const platform = divideUp((priceMicro + model) * platformShare.numerator, platformShare.denominator)
  return { creator: priceMicro, model, platform }
}

function inPoints({ creator, model, platform }: Parts): Parts {
  return { creator: pointsUp(creator), model: pointsUp(model), platform: pointsUp(platform) }
}

/** Input tokens that a quote allows for: two bytes each is more than any usual language needs. */
function inputTokensMax(inputBytes: number): number {
  return (Math.ceil(inputBytes / inputStepBytes) * inputStepBytes) / 2 + framingTokens
}

const isMetered = (cost: Cost | null): cost is Cost => cost !== null && (cost.input > 0n || cost.output > 0n)

/**
 * The terms of a call for this payer. A creator pays no creator's price for an own bot. A cap per message lowers the
 * answer's length to what it pays for; undefined: the cap is below what the shortest answer costs.
 */
export function termsOf(asked: PricedCall, payer: Uuid, messageCap: bigint | null): Terms | undefined {
  const priceMicro = asked.creator === payer ? 0n : asked.price.usdPerThousandMicro / 1_000n
  const cost = isMetered(asked.cost) ? asked.cost : null
  const input = inputTokensMax(asked.inputBytes)
  const at = (output: number) => inPoints(exactMicro(priceMicro, cost, { input, output }))
  const wished = cost ? asked.maxOutputTokens : 0
  const fits = (output: number) => messageCap === null || sumOf(at(output)) <= messageCap
  if (!fits(Math.min(1, wished))) return undefined
  const outputTokensMax = fits(wished) ? wished : longest(1, wished, fits)
  return {
    policy,
    bot: asked.bot,
    handle: asked.handle,
    creator: asked.creator,
    priceVersion: asked.price.version,
    priceMicro,
    cost,
    inputBytes: asked.inputBytes,
    outputTokensMax,
    capped: outputTokensMax < wished,
    most: at(outputTokensMax),
  }
}

/** What the shortest answer costs. */
function leastOf(asked: PricedCall, payer: Uuid): bigint {
  const shortest = termsOf({ ...asked, maxOutputTokens: Math.min(1, asked.maxOutputTokens) }, payer, null)
  assert(shortest, 'without a cap nothing is beyond it')
  return sumOf(shortest.most)
}

/**
 * The terms of all calls of one message, in their order. The cap is the whole message's: beyond what each needs at least it is
 * shared evenly, and what one leaves serves the next. Undefined: the cap is below what the shortest answers cost.
 */
export function termsWithin(
  calls: readonly PricedCall[],
  payer: Uuid,
  messageCap: bigint | null,
): readonly Terms[] | undefined {
  const leasts = calls.map((call) => leastOf(call, payer))
  let spare = messageCap === null ? null : leasts.reduce((left, least) => left - least, messageCap)
  if (spare !== null && spare < 0n) return undefined
  const all: Terms[] = []
  for (const [at, call] of calls.entries()) {
    const own = leasts[at] ?? 0n
    const share = spare === null ? null : own + spare / BigInt(calls.length - at)
    const terms = termsOf(call, payer, share)
    assert(terms, 'no share is below the least')
    if (spare !== null) spare -= sumOf(terms.most) - own
    all.push(terms)
  }
  return all
}

/** The largest whole number from `fitting` up to below `tooLong` that fits; fitting is monotone. */
function longest(fitting: number, tooLong: number, fits: (output: number) => boolean): number {
  let [low, high] = [fitting, tooLong]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (fits(middle)) low = middle
    else high = middle
  }
  return low
}

export function kindOf(terms: readonly Terms[]): 'free' | 'exact' | 'at_most' {
  if (terms.every(({ most }) => sumOf(most) === 0n)) return 'free'
  return terms.some(({ cost }) => cost) ? 'at_most' : 'exact'
}

/** What of a call's price is due: by the table of endings. */
export type Due = { readonly fixed: 'due' | 'waived'; readonly metered: 'delivered' | 'nothing' }

/** The parts of a call in whole points, none above the quote. Without its price the platform has a tenth of the rest. */
function partsAt(terms: Terms, due: Due, tokens: Tokens): { readonly points: Parts; readonly micro: Parts } {
  const cost = due.metered === 'delivered' ? terms.cost : null
  const micro = exactMicro(due.fixed === 'due' ? terms.priceMicro : 0n, cost, tokens)
  const { creator, model, platform } = inPoints(micro)
  const { most } = terms
  return {
    micro,
    points: { creator, model: least(model, most.model), platform: least(platform, most.platform) },
  }
}

const least = (a: bigint, b: bigint) => (a < b ? a : b)

const whole: Due = { fixed: 'due', metered: 'delivered' }

/** What must be held for a call once its answer has so many tokens; never above the quote. */
export function coverFor(terms: Terms, outputTokens: number): bigint {
  const output = Math.min(outputTokens, terms.outputTokensMax)
  return sumOf(partsAt(terms, whole, { input: inputTokensMax(terms.inputBytes), output }).points)
}

/** How long the answer of each call is by now, in tokens; a call that has not begun is not in it. */
export type Progress = ReadonlyMap<Uuid, number>
export type Calls = ReadonlyMap<Uuid, Terms>

function coverAll(calls: Calls, progress: Progress, more: number): bigint {
  let sum = 0n
  for (const [call, terms] of calls) sum += coverFor(terms, (progress.get(call) ?? 0) + more)
  return sum
}

/** What is held before anything runs. */
export function firstSlice(calls: Calls): bigint {
  return coverAll(calls, new Map(), firstSliceTokens)
}

/** What a message of usual length costs. */
export function usualCost(calls: Calls): bigint {
  return coverAll(calls, new Map(), usualTokens)
}

/** Whether a hold covers the answers as they are, and what it should grow to before they go on. */
export function sliceAt(
  calls: Calls,
  progress: Progress,
  held: bigint,
): { covered: boolean; least: bigint; next: bigint } {
  const need = coverAll(calls, progress, 0)
  const ahead = coverAll(calls, progress, aheadTokens)
  const next = ahead > held ? coverAll(calls, progress, aheadTokens + sliceTokens) : held
  return { covered: need <= held, least: need, next }
}

/** A call is beyond the person's cap per message, rather than merely longer than the bot was meant to be. */
export function isOverCap(terms: Terms, outputTokens: number): boolean {
  return terms.capped && outputTokens > terms.outputTokensMax
}

/** What was delivered of a call, and what its provider says it was. */
export type Delivered = {
  readonly bytes: number
  /** In UTF-16. */
  readonly chars: number
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number } | null
}

export type Counted = { readonly input: number; readonly output: number; readonly source: 'provider' | 'estimate' }

/**
 * Tokens by the provider's word, if the text can bear it: a token is at least one byte and not very long, and around a prompt
 * there may be some of the provider's own. What else hides (reasoning) or is made up is the house's. Else the text is estimated.
 */
export function countTokens(terms: Terms, { bytes, chars, usage }: Delivered): Counted {
  const isSane = (tokens: number, textBytes: number, tokensMax: number) =>
    Number.isSafeInteger(tokens) && tokens > 0 && tokens * tokenBytesMax >= textBytes && tokens <= tokensMax
  const { inputBytes } = terms
  const isCredible =
    usage &&
    isSane(usage.inputTokens, inputBytes, inputBytes + framingTokens) &&
    isSane(usage.outputTokens, bytes, bytes)
  if (isCredible) return { input: usage.inputTokens, output: usage.outputTokens, source: 'provider' }
  return { input: Math.ceil(terms.inputBytes / 4), output: tokensIn({ bytes, chars }), source: 'estimate' }
}

export type EndedCall = {
  readonly call: Uuid
  readonly terms: Terms
  readonly due: Due
  readonly delivered: Delivered
}

/** The hold as it is, in the order in which settling takes it. */
export type HeldPart = { readonly amount: bigint; readonly isFree: boolean }

export type SettledCall = {
  readonly call: Uuid
  readonly parts: Parts
  readonly charged: bigint
  /** The creator's, in micro-dollars: by bought points, and by free ones out of the operator's budget. */
  readonly earned: bigint
  readonly earnedFree: bigint
  readonly counted: Counted | null
}

export type SettledTurn = {
  readonly charged: bigint
  /** Of what is charged, what comes out of free points. */
  readonly free: bigint
  /** What the whole points are worth beyond the exact prices, in micro-dollars. */
  readonly rounding: bigint
  readonly calls: readonly SettledCall[]
}

/**
 * What is charged for a turn that has ended, and who gets it. Never more than is held: what goes beyond is the house's, at
 * the expense of its own parts, so that a creator whose price is due gets exactly the price.
 */
export function settleTurn(ended: readonly EndedCall[], held: readonly HeldPart[]): SettledTurn {
  const priced = ended.map(priceOf)
  const heldPoints = held.reduce((sum, { amount }) => sum + amount, 0n)
  const parts = withinHold(
    priced.map(({ points }) => points),
    heldPoints,
  )
  const charged = sumOf(addParts(parts))
  const free = freeOf(held, charged)
  let rounding = 0n
  const calls = ended.map(({ call, terms }, at): SettledCall => {
    const own = parts[at] ?? noParts
    const { micro, counted } = priced[at] as Priced
    rounding +=
      beyond(own.creator, micro.creator) + beyond(own.model, micro.model) + beyond(own.platform, micro.platform)
    const earned = terms.creator === null ? 0n : micro.creator
    const earnedFree = charged === 0n ? 0n : (earned * free) / charged
    return { call, parts: own, charged: sumOf(own), earned: earned - earnedFree, earnedFree, counted }
  })
  return { charged, free, rounding, calls }
}

type Priced = { readonly points: Parts; readonly micro: Parts; readonly counted: Counted | null }

function priceOf({ terms, due, delivered }: EndedCall): Priced {
  const counted = terms.cost && due.metered === 'delivered' ? countTokens(terms, delivered) : null
  return { ...partsAt(terms, due, counted ?? { input: 0, output: 0 }), counted }
}

/** What a call costs that has ended, in points. */
export function costOf(ended: EndedCall): bigint {
  return sumOf(priceOf(ended).points)
}

/** Takes what the hold does not cover from the platform's parts first, then from the models', last call first. */
function withinHold(parts: readonly Parts[], held: bigint): readonly Parts[] {
  let excess = sumOf(addParts(parts)) - held
  if (excess <= 0n) return parts
  const kept = parts.map((one) => ({ ...one }))
  for (const part of ['platform', 'model', 'creator'] as const) {
    for (const one of kept.toReversed()) {
      const taken = least(excess, one[part])
      one[part] -= taken
      excess -= taken
      if (excess === 0n) return kept
    }
  }
  return kept
}

/** Settling takes the parts of a hold in their order. */
function freeOf(held: readonly HeldPart[], charged: bigint): bigint {
  let [left, free] = [charged, 0n]
  for (const { amount, isFree } of held) {
    const taken = least(amount, left)
    if (isFree) free += taken
    left -= taken
  }
  return free
}

function beyond(points: bigint, micro: bigint): bigint {
  const worth = points * microUsdPerPoint
  return worth > micro ? worth - micro : 0n
}
