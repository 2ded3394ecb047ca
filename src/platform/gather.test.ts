import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGatherer } from './gather.ts'

/** A gatherer whose work waits to be let through, group by group. */
function gated(fails: (group: readonly number[]) => boolean = () => false) {
  const groups: { readonly items: readonly number[]; readonly let: () => void }[] = []
  const gatherer = createGatherer(async (items: readonly number[]) => {
    const gate = Promise.withResolvers<void>()
    groups.push({ items, let: gate.resolve })
    await gate.promise
    if (fails(items)) throw new Error(`no ${items.join()}`)
    return items.map((item) => item * 10)
  })
  const through = async (at: number) => {
    await new Promise(setImmediate)
    groups[at]?.let()
    await new Promise(setImmediate)
  }
  return { gatherer, groups, through }
}

await test('one alone goes at once, and what comes meanwhile goes together, each with its own answer', async () => {
  const { gatherer, groups, through } = gated()
  const first = gatherer.add(1)
  await new Promise(setImmediate)
  const others = [gatherer.add(2), gatherer.add(3)]
  await through(0)
  assert.equal(await first, 10)
  await through(1)
  assert.deepEqual(await Promise.all(others), [20, 30])
  assert.deepEqual(
    groups.map(({ items }) => items),
    [[1], [2, 3]],
  )
})

await test('what is added in one turn of the event loop is one group, and a crowd is several', async () => {
  const { gatherer, groups, through } = gated()
  const all = Promise.all(Array.from({ length: 70 }, (_, at) => gatherer.add(at)))
  await through(0)
  await through(1)
  assert.equal((await all).length, 70)
  assert.deepEqual(
    groups.map(({ items }) => items.length),
    [50, 20],
  )
})

await test('of a group that fails each is tried alone, and the fault meets its own item', async () => {
  const { gatherer, through } = gated((group) => group.includes(2))
  const answers = Promise.allSettled([1, 2, 3].map((item) => gatherer.add(item)))
  for (let at = 0; at < 4; at++) await through(at)
  const [one, two, three] = await answers
  assert.deepEqual(one, { status: 'fulfilled', value: 10 })
  assert.equal(two?.status === 'rejected' && String(two.reason), 'Error: no 2')
  assert.deepEqual(three, { status: 'fulfilled', value: 30 })
  await gatherer.idle()
})

await test('idle waits for what was added before it, and not for what comes after', async () => {
  const { gatherer, through } = gated(() => false)
  const first = gatherer.add(1)
  await new Promise(setImmediate)
  const idle = gatherer.idle()
  const second = gatherer.add(2)
  await through(0)
  await first
  await idle
  await through(1)
  assert.equal(await second, 20)
})
