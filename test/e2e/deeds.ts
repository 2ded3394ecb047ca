import assert from 'node:assert/strict'
import { createBot, getBot, setVisibility, type Sheet, type StudioBot } from '#bots/contract'
import { getConversation, sendMessage, type Sent } from '#chat/contract'
import { systemClock, uuidv7, type Uuid } from '#kernel'
import { isRefusal } from '#kernel/contract'
import { startTopUp } from '#wallet/contract'
import type { Person } from '../world-people.ts'

/** What people do over the wire that a journey only needs to have been done. */

const newId = (): Uuid => uuidv7(systemClock.now())

/** The answer itself; a refusal ends the journey in its own words. */
export function expect<Answer>(answer: Answer): Exclude<Answer, { readonly refused: string }> {
  if (isRefusal(answer)) assert.fail(`${answer.refused}: ${answer.detail}`)
  return answer as never
}

const goodCard = '4242 4242 4242 4242'

export async function topUp(person: Person, cents: bigint): Promise<void> {
  const paid = expect(await person.call(startTopUp, { body: { id: newId(), cents, card: goodCard } }))
  assert.equal(paid.state, 'succeeded')
}

const plainSheet: Sheet = {
  name: 'Margin Notes',
  tagline: 'Reads your draft and writes in its margin, kindly.',
  description: 'Paste a page. You get notes as an editor would leave them.',
  kind: 'prompt',
  model: 'sandbox/markdown',
  systemPrompt: 'You are an editor. Leave short notes in the margin.',
  greeting: '',
  suggestions: ['Is my first sentence any good?'],
  tags: ['writing'],
  language: 'en',
  maxOutputTokens: 2000,
  temperature: null,
}

type Made = { readonly handle: string; readonly usdPerThousand: bigint; readonly sheet?: Partial<Sheet> }

/** Makes a bot, prices it, and shows it to everybody. */
export async function publishBot(creator: Person, { handle, usdPerThousand, sheet }: Made): Promise<StudioBot> {
  const body = { id: newId(), handle, usdPerThousand, sheet: { ...plainSheet, ...sheet }, owner: 'me' as const }
  const made = expect(await creator.call(createBot, { body }))
  return expect(await creator.call(setVisibility, { params: { bot: made.id }, body: { visibility: 'public' } }))
}

export async function botOf(person: Person, handle: string): Promise<Uuid> {
  const { bot } = expect(await person.call(getBot, { params: { handle }, query: {} }))
  return bot.id as Uuid
}

type Asked = {
  readonly handles: readonly string[]
  readonly text: string
  readonly conversation?: string
  readonly after?: string | null
}

/** Asks and waits for the end of all answers. */
export async function ask(person: Person, asked: Asked): Promise<Sent & { readonly conversation: string }> {
  const conversation = asked.conversation ?? newId()
  const bots = await Promise.all(asked.handles.map((handle) => botOf(person, handle)))
  const body = { turn: newId(), bots, text: asked.text, after: asked.after ?? null }
  const sent = expect(await person.call(sendMessage, { params: { conversation }, body }))
  for (;;) {
    const { running } = expect(await person.call(getConversation, { params: { conversation } }))
    if (!running) return { ...sent, conversation }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
