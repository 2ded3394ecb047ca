import { startProof } from '../../src/app/contract.ts'
import { systemClock, uuidv7 } from '#kernel'
import { fundFreeBudget } from '#revenue/messages/contract'
import type { World } from '../world.ts'
import type { Person } from '../world-people.ts'
import { ask, publishBot, topUp } from './deeds.ts'

/** A week in a small market, told for whoever looks at its screens. */
export type Story = {
  readonly reader: Person
  readonly creator: Person
  readonly operator: Person
  readonly bot: string
  readonly conversation: string
  readonly turn: string
}

const hourMs = 3_600_000

/** When the story has to begin so that it ends now, as the browsers that look at it know the time. */
export const beginningOfStory = (): Date =>
  new Date(Date.now() - week.reduce((sum, { hoursLater }) => sum + hoursLater * hourMs, 0))

export async function tellStory(world: World): Promise<Story> {
  const operator = await world.people.claim('Olga Ferri')
  const creator = await world.people.signUp('Claire Dubois')
  const reader = await world.people.signUp('Lena Vogt')
  await operator.call(fundFreeBudget, { body: { key: uuidv7(systemClock.now()), microUsd: 20_000_000n } })
  const notes = await publishBot(creator, { handle: 'margin-notes', usdPerThousand: 120_000_000n })
  await publishBot(creator, {
    handle: 'first-line',
    usdPerThousand: 45_000_000n,
    sheet: {
      name: 'First Line',
      tagline: 'Twelve ways to begin, none of them with the weather.',
      model: 'sandbox/plain',
    },
  })
  await topUp(reader, 2000n)
  for (const { hoursLater, handles, text } of week) {
    world.clock.advance(hoursLater * hourMs)
    await ask(reader, { handles, text })
    await world.settle()
  }
  const first = await ask(reader, { handles: ['sql-mentor'], text: 'The latest order of each customer, please.' })
  const second = await ask(reader, {
    handles: ['margin-notes'],
    text: 'And how would you explain it to somebody who has never seen SQL?',
    conversation: first.conversation,
    after: first.answers[0]?.id ?? null,
  })
  await world.settle()
  await operator.call(startProof, {})
  return { reader, creator, operator, bot: notes.id, conversation: first.conversation, turn: second.turn }
}

const said = (hoursLater: number, handle: string, text: string) => ({ hoursLater, handles: [handle], text })

const week = [
  said(0, 'margin-notes', 'Is my first sentence any good?'),
  said(0.3, 'first-line', 'A story about a lighthouse that is sold'),
  said(19.2, 'margin-notes', 'The second paragraph drags. Where would you cut?'),
  said(26.4, 'margin-notes', 'Too many commas?'),
  said(0.1, 'margin-notes', 'And the ending?'),
  said(3.7, 'first-line', 'A letter to a landlord'),
  said(20.5, 'contract-reader', 'What does clause 14 mean for a tenant who leaves early?'),
  said(25.1, 'margin-notes', 'Read this as an impatient reader would.'),
  said(0.2, 'margin-notes', 'Now as a kind one.'),
  said(22.8, 'first-line', 'A speech for a sister’s wedding'),
  said(0.6, 'margin-notes', 'Shorter, without losing the joke.'),
  said(21.9, 'margin-notes', 'One last look.'),
]
