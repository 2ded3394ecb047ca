import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createMill, keepWaiting } from '../../test/scheduler-mill.ts'
import { reserveOf } from './rules/pool.ts'
import { houseTerms } from './rules/terms.ts'

const names = houseTerms.classes.map(({ name }) => name)
const totalWeight = (of: readonly string[]) =>
  houseTerms.classes.reduce((sum, { name, weight }) => sum + (of.includes(name) ? weight : 0), 0)

test('classes that always have somebody waiting share the work by their weights, whatever answers cost', () => {
  const mix = fc.subarray(names, { minLength: 2 })
  fc.assert(
    fc.property(
      mix,
      fc.integer({ min: 2, max: 12 }),
      fc.array(fc.integer({ min: 5, max: 150 }), { minLength: 5 }),
      (present, slots, lengths) => {
        const mill = createMill({ slots, answer: (id) => lengths[id % lengths.length] as number })
        let before = new Map<string, number>()
        for (let step = 0; step < 6000; step++) {
          for (const name of present) keepWaiting(mill, name)
          mill.step()
          // The loans of the first burst are not part of the long run.
          if (step === 2500) before = new Map(present.map((name) => [name, mill.work(name)]))
        }
        const done = present.map((name) => mill.work(name) - (before.get(name) ?? 0))
        const all = done.reduce((sum, each) => sum + each, 0)
        for (const [at, name] of present.entries()) {
          const weight = houseTerms.classes.find((terms) => terms.name === name)?.weight ?? 0
          const due = (all * weight) / totalWeight(present)
          // In flight at either end: a prompt and an answer for each slot.
          assert.ok(
            Math.abs((done[at] as number) - due) <= 2 * slots * 180 + 0.03 * all,
            `${name} did ${done[at]}, due ${due}`,
          )
        }
      },
    ),
    { numRuns: 10 },
  )
})

test('in the flood of the express class the others keep their shares', () => {
  const mill = createMill({ slots: 10, answer: (id) => 30 + (id % 41) })
  let before = { free: 0, all: 0 }
  const all = () => names.reduce((sum, name) => sum + mill.work(name), 0)
  for (let step = 0; step < 12_000; step++) {
    keepWaiting(mill, 'tipped', { many: 30, users: 30 })
    keepWaiting(mill, 'free')
    if (step === 3000) before = { free: mill.work('free'), all: all() }
    mill.step()
  }
  const share = (mill.work('free') - before.free) / (all() - before.all)
  const due = 1.5 / totalWeight(['tipped', 'free'])
  assert.ok(share > 0.95 * due && share < 1.05 * due, `free had ${share} of ${due}`)
})

test('a burst of the express class goes first until its loan is used up, and not longer', () => {
  const mill = createMill({ slots: 10 })
  for (let step = 0; step < 1500; step++) {
    keepWaiting(mill, 'free')
    mill.step()
  }
  const from = mill.starts.length
  const rate = (mill.work('free') / mill.now) * 1
  let pausedMs = 0
  for (let step = 0; step < 4000; step++) {
    keepWaiting(mill, 'tipped', { many: 30, users: 30 })
    keepWaiting(mill, 'free')
    mill.step()
    const free = mill.starts.slice(from).findIndex(({ ask }) => ask.class === 'free')
    if (free === -1) pausedMs += 20
  }
  assert.ok(rate > 0)
  const { borrowMs } = houseTerms.classes[0] as { borrowMs: number }
  assert.ok(pausedMs > 0.5 * borrowMs, `free paused for ${pausedMs} ms only`)
  assert.ok(pausedMs < 1.3 * borrowMs, `free paused for ${pausedMs} ms`)
})

test('no slot stays empty that somebody who waits may have', () => {
  const ask = fc.record({
    class: fc.constantFrom(...names),
    user: fc.constantFrom('a', 'b', 'c'),
    inputTokens: fc.integer({ min: 1, max: 3000 }),
    at: fc.nat(300),
  })
  fc.assert(
    fc.property(fc.array(ask, { maxLength: 120 }), fc.integer({ min: 1, max: 9 }), (asks, slots) => {
      const mill = createMill({ slots })
      for (let step = 0; step < 400; step++) {
        for (const { at, ...sized } of asks) if (at === step) mill.ask(sized)
        mill.step()
        const { pool, engine } = mill
        if (pool.arrivals.size === 0) continue
        const reserve = pool.pressure.isOn ? reserveOf(pool, slots, mill.now) : 0
        const waitsForCredit = engine.prefill > 0
        assert.ok(
          engine.running.size >= Math.max(1, slots - reserve) || waitsForCredit,
          `${engine.running.size} of ${slots} run`,
        )
        assert.ok(engine.running.size <= slots)
      }
    }),
    { numRuns: 60 },
  )
})

test('whoever waits is served in the end, under any mix that keeps coming', () => {
  const crowd = fc.record({
    class: fc.constantFrom(...names),
    users: fc.integer({ min: 1, max: 50 }),
    inputTokens: fc.integer({ min: 1, max: 6000 }),
  })
  fc.assert(
    fc.property(
      fc.array(crowd, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...names),
      fc.integer({ min: 1, max: 6000 }),
      (crowds, name, inputTokens) => {
        // This engine reads prompts in no time, so they cost nothing.
        const mill = createMill({ slots: 3, answer: () => 10, terms: { cost: { inputToken: 0, outputToken: 1 } } })
        const come = () => {
          for (const [at, { users, ...sized }] of crowds.entries())
            for (let many = 0; many < 2; many++) mill.ask({ ...sized, user: `${at}-${mill.pool.lastId % users}` })
        }
        for (let step = 0; step < 100; step++) {
          come()
          mill.step()
        }
        const entry = mill.ask({ class: name, user: 'patient', inputTokens })
        for (let step = 0; step < 8000 && entry.phase === 'waiting'; step++) {
          if (step % 5 === 0) come()
          mill.step()
        }
        assert.notEqual(entry.phase, 'waiting')
      },
    ),
    { numRuns: 15 },
  )
})

test('newcomers cannot pass for ever somebody who was served before', () => {
  const mill = createMill({ slots: 2, answer: () => 10 })
  let newcomers = 0
  const crowd = () => {
    while ((mill.pool.classes.all[2]?.line.waiting ?? 0) < 25) mill.ask({ user: `new-${newcomers++}` })
  }
  crowd()
  const before = mill.ask({ user: 'again', inputTokens: 4000 })
  while (before.phase !== 'ended') {
    crowd()
    mill.step()
  }
  const entry = mill.ask({ user: 'again' })
  const from = mill.starts.length
  while (entry.phase === 'waiting' && mill.starts.length < from + 3000) {
    crowd()
    mill.step()
  }
  assert.notEqual(entry.phase, 'waiting', `${newcomers} newcomers passed`)
  assert.ok(mill.starts.length - from > 100, 'and yet it had been served more than they')
})

test('whoever is away for a moment does not come back as new', () => {
  const mill = createMill({ slots: 1, answer: () => 10 })
  let sly = mill.ask({ user: 'sly' })
  while (mill.starts.length < 300) {
    for (const user of ['one', 'other'])
      while ((mill.pool.classes.all[2]?.line.users.get(user)?.waiting.size ?? 0) < 2) mill.ask({ user })
    mill.step()
    if (sly.phase === 'ended') sly = mill.ask({ user: 'sly' })
  }
  const turns = mill.starts.slice(50).filter(({ ask }) => ask.user === 'sly').length
  assert.ok(turns <= 90, `${turns} of 250 turns`)
})

test('a light user beside a flooder of the same class is passed by what runs at most', () => {
  const slots = 4
  const mill = createMill({ slots })
  for (let nth = 0; nth < 400; nth++) mill.ask({ user: 'flooder' })
  for (let step = 0; step < 500; step++) mill.step()
  const light = mill.ask({ user: 'light' })
  const from = mill.starts.length
  while (light.phase === 'waiting') mill.step()
  assert.ok(mill.starts.length - from <= slots + 1, `${mill.starts.length - from} went before`)
})

test('two users who always wait are served alike within the bound of VTC', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 3 }),
      fc.integer({ min: 1, max: 8 }),
      (lengths, slots) => {
        const longest = Math.max(...lengths)
        const mill = createMill({ slots, answer: (id) => lengths[id % lengths.length] as number })
        for (let step = 0; step < 3000; step++) {
          for (const user of ['one', 'other'])
            while (mill.pool.classes.all[2]?.line.users.get(user)?.waiting.size !== 3) mill.ask({ user })
          mill.step()
          const difference = Math.abs(mill.work('free/one') - mill.work('free/other'))
          assert.ok(difference <= 2 * slots * (0.3 * 100 + Math.max(longest, 200)), `they differ by ${difference}`)
        }
      },
    ),
    { numRuns: 15 },
  )
})
