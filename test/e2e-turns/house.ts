import { features } from '#app'
import { listMessages, readTurn, sendMessage, type Answer } from '#chat/contract'
import { getEarnings } from '#earnings/contract'
import { uuidv7, type Uuid } from '#kernel'
import { subscribe } from '#kernel/contract'
import { addProvider, setCost } from '#models/contract'
import { fundFreeBudget, getQuote, getReceipt, type QuoteView, type ReceiptView } from '#revenue/messages/contract'
import type { TurnsOptions } from '#turns'
import { getWallet, type WalletView } from '#wallet/contract'
import { expect, publishBot } from '../e2e/deeds.ts'
import { tell } from '../turns/stage.ts'
import { startWire, type Wire } from '../wire/openai.ts'
import type { Person, WorldPeople } from '../world-people.ts'
import { World } from '../world.ts'

/** What one message earns the creator, in micro-dollars: $10 for a thousand. */
export const priceMicro = 10_000n
/** What a token of answer costs the house, in micro-dollars: $30 for a million, which is one point each. */
export const tokenMicro = 30n

/**
 * The whole house, answering over the wire of a provider on loopback. `quill` is a creator's bot with a price on a metered
 * model, `brief` one that says three tokens at most. Free points earn out of a funded budget.
 */
export type PaidHouse = AsyncDisposable & {
  readonly world: World
  readonly wire: Wire
  readonly operator: Person
  readonly creator: Person
  readonly bots: { readonly quill: Uuid; readonly brief: Uuid }
  /** What the creator has earned so far, in micro-dollars. */
  earned(): Promise<bigint>
}

export async function openPaidHouse(options: { readonly limits?: TurnsOptions['limits'] } = {}): Promise<PaidHouse> {
  await using open = new AsyncDisposableStack()
  const wire = open.use(await startWire())
  const turnLimits = { flushMs: 10, ...options.limits }
  const world = open.use(await World.start({ features: async (deps) => (await features(deps, { turnLimits })).rooms }))
  const furniture = await furnish(world.people, wire)
  const { creator } = furniture
  const all = open.move()
  return {
    world,
    wire,
    ...furniture,
    earned: async () => {
      await world.settle()
      const { pendingPaid, pendingFree } = expect(await creator.call(getEarnings, { query: {} }))
      return pendingPaid + pendingFree
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

/** An operator, a provider with a cost, a funded budget, a creator and two bots: all through the doors that people use. */
export async function furnish(
  people: WorldPeople,
  wire: Wire,
): Promise<Pick<PaidHouse, 'operator' | 'creator' | 'bots'>> {
  const operator = await people.claim('Olga')
  const creator = await people.signUp('Carl')
  const provider = { slug: 'wire', name: 'Wire', baseUrl: wire.baseUrl, key: 'sk-wire', model: 'normal' }
  expect(await operator.call(addProvider, { body: provider }))
  const cost = { model: 'wire/normal', inputPerMillion: 0n, outputPerMillion: tokenMicro * 1_000_000n }
  expect(await operator.call(setCost, { body: cost }))
  expect(await operator.call(fundFreeBudget, { body: { key: uuidv7(), microUsd: 100_000_000n } }))
  const make = async (handle: string, maxOutputTokens: number) => {
    const sheet = { model: 'wire/normal', systemPrompt: '', maxOutputTokens }
    return (await publishBot(creator, { handle, usdPerThousand: priceMicro * 1_000n, sheet })).id as Uuid
  }
  const bots = { quill: await make('quill', 20_000), brief: await make('brief', 3) }
  return { operator, creator, bots }
}

export type Asked = {
  readonly quote: QuoteView
  readonly turn: Uuid
  readonly conversation: Uuid
  /** Every event up to now, as texts; grows while the turn is read. */
  readonly told: readonly string[]
  /** Resolves when the first text has come, or the turn ended without any. */
  readonly first: Promise<void>
  /** Resolves at the end of the stream. */
  readonly end: Promise<void>
}

/** As a browser does it: takes the quote, sends with it, reads what comes. */
export async function sendTo(
  { world }: { readonly world: Pick<World, 'url'> },
  person: Person,
  { bots, text = 'Tell me.' }: { readonly bots: readonly Uuid[]; readonly text?: string },
): Promise<Asked> {
  const { quote } = expect(
    await person.call(getQuote, { body: { bots: [...bots], inputBytes: Buffer.byteLength(text) } }),
  )
  const [turn, conversation] = [uuidv7(), uuidv7()]
  const { digest, atMost } = quote
  const body = { turn, bots: [...bots], text, after: null, expected: { digest, atMost } }
  expect(await person.call(sendMessage, { params: { conversation }, body }))
  const told: string[] = []
  const first = Promise.withResolvers<void>()
  const read = async () => {
    const { cookie } = person
    const events = subscribe({ baseUrl: world.url, fetch: withCookie(cookie) })
    const { signal } = new AbortController()
    for await (const { event } of events(readTurn, { params: { conversation, turn } }, { signal })) {
      told.push(tell(event))
      if (event.type === 'text') first.resolve()
    }
    first.resolve()
  }
  return { quote, turn, conversation, told, first: first.promise, end: read() }
}

const withCookie =
  (cookie: string): typeof fetch =>
  (input, init) => {
    const headers = new Headers(init?.headers)
    headers.set('cookie', cookie)
    return fetch(input, { ...init, headers })
  }

export type Outcome = {
  readonly answers: readonly Answer[]
  readonly wallet: WalletView
  readonly receipt: ReceiptView
}

/** What the payer finds when all is over. */
export async function outcomeOf(person: Person, { conversation, turn }: Asked): Promise<Outcome> {
  const { items } = expect(await person.call(listMessages, { params: { conversation }, query: { limit: 50 } }))
  return {
    answers: items.filter((item) => item.kind === 'answer').toSorted((a, b) => a.place - b.place),
    wallet: expect(await person.call(getWallet, {})),
    receipt: expect(await person.call(getReceipt, { params: { turn } })),
  }
}

const pointsUp = (micro: bigint): bigint => (micro + 29n) / 30n

/** Reckoned again, by hand: the creator's price, the model's tokens, and a tenth of both, each in whole points. */
export function priceOf(due: { readonly fixed: boolean; readonly tokens: number }): bigint {
  const fixed = due.fixed ? priceMicro : 0n
  const model = BigInt(due.tokens) * tokenMicro
  return pointsUp(fixed) + pointsUp(model) + pointsUp((fixed + model + 9n) / 10n)
}
