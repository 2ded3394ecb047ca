import assert from 'node:assert/strict'
import { readTurn, sendMessage } from '#chat/contract'
import { uuidv7, type Uuid } from '#kernel'
import { isRefusal, subscribe } from '#kernel/contract'
import type { Person } from '../../test/world-people.ts'
import { eventsPerTurn, type House } from './house.ts'

/** From the call of the room to the first text at a reader of this process. */
export async function firstTextInside({ chat, turns, bot }: House, payer: Uuid): Promise<void> {
  const turn = uuidv7()
  const sent = await chat.send(payer, { turn, conversation: uuidv7(), bots: [bot], after: null, text: 'Go.' })
  assert.ok(!isRefusal(sent), isRefusal(sent) ? sent.detail : '')
  for await (const { event } of turns.events(turn, { afterSeq: 0, signal: neverAborted }))
    if (event.type === 'text') return
}

/** A whole turn, every event of it read. */
export async function wholeTurn({ chat, turns, bot }: House, payer: Uuid): Promise<void> {
  const turn = uuidv7()
  const sent = await chat.send(payer, { turn, conversation: uuidv7(), bots: [bot], after: null, text: 'Go.' })
  assert.ok(!isRefusal(sent), isRefusal(sent) ? sent.detail : '')
  let texts = 0
  let isSettled = false
  for await (const { event } of turns.events(turn, { afterSeq: 0, signal: neverAborted })) {
    if (event.type === 'text') texts++
    if (event.type === 'settled') isSettled = event.charged > 0n
  }
  assert.ok(isSettled && texts === eventsPerTurn, `a turn of ${texts} texts ended unsettled`)
}

/** As a browser: the message is sent, then the answer's events are read, each over HTTP and signed in. */
export async function firstTextOverHttp(house: House, person: Person): Promise<void> {
  const { turn, conversation } = await sendOverHttp(house, person, 'Go.')
  const left = new AbortController()
  const { cookie } = person
  const read = subscribe({
    baseUrl: house.url,
    fetch: (input, init) => {
      const headers = new Headers(init?.headers)
      headers.set('cookie', cookie)
      return fetch(input, { ...init, headers })
    },
  })
  for await (const { event } of read(readTurn, { params: { conversation, turn } }, left))
    if (event.type === 'text') break
  left.abort()
}

export async function sendOverHttp({ bot }: Pick<House, 'bot'>, person: Person, text: string) {
  const [turn, conversation] = [uuidv7(), uuidv7()]
  const body = { turn, bots: [bot], after: null, text }
  const sent = await person.call(sendMessage, { params: { conversation }, body })
  assert.ok(!isRefusal(sent), isRefusal(sent) ? sent.detail : '')
  return { turn, conversation }
}

const neverAborted = new AbortController().signal
