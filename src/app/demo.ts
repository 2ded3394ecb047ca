import { demoCreators, seedDemo, type Bots, type DemoPeople } from '#bots'
import { assert, derivedId, isRefusal, type Uuid } from '#kernel'
import type { People } from '#people'
import type { Messages } from '#revenue/messages'

const began = new Date('2026-11-24T00:00:00Z')
const freeBudgetMicroUsd = 50_000_000n

/** Fills an empty demo: made-up creators with priced bots, and a budget out of which free points earn them. Adds nothing twice. */
export async function seedDemoMarket(rooms: {
  readonly people: Pick<People, 'addDemoPerson'>
  readonly bots: Pick<Bots, 'studio'>
  readonly messages: Pick<Messages, 'fundFreeBudget'>
}): Promise<void> {
  const { people, bots, messages } = rooms
  const creators = await Promise.all(
    demoCreators.map(async (name) => [name, await people.addDemoPerson(name)] as const),
  )
  await seedDemo(bots, Object.fromEntries<Uuid>(creators) as DemoPeople)
  const funded = await messages.fundFreeBudget(derivedId(began, 'demo', 'free budget'), freeBudgetMicroUsd)
  assert(!isRefusal(funded), 'the demo funds its free budget with one amount')
}
