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

const dayMs = 86_400_000

/** When the story has to begin so that it ends now, as the browsers that look at it know the time. */
export const beginningOfStory = (): Date => new Date(Date.now() - 6 * dayMs)

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
  for (const [days, questions] of week.entries()) {
    world.clock.advance(days === 0 ? 0 : dayMs)
    for (const { handles, text } of questions) await ask(reader, { handles, text })
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

const margin = (text: string) => ({ handles: ['margin-notes'], text })
const line = (text: string) => ({ handles: ['first-line'], text })

const week = [
  [margin('Is my first sentence any good?'), line('A story about a lighthouse that is sold')],
  [margin('The second paragraph drags. Where would you cut?')],
  [margin('Too many commas?'), margin('And the ending?'), line('A letter to a landlord')],
  [{ handles: ['contract-reader'], text: 'What does clause 14 mean for a tenant who leaves early?' }],
  [margin('Read this as an impatient reader would.'), margin('Now as a kind one.')],
  [line('A speech for a sister’s wedding'), margin('Shorter, without losing the joke.')],
  [margin('One last look.')],
] as const
