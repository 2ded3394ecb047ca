import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ask, fill, openPool, startAll, usual } from '../../../test/scheduler-pool.ts'
import { arrive, blame, canServe, fail, finish, hung, impatient, look, outlook, startNext, withdraw } from '../rules.ts'
import type { Sized } from './entry.ts'
import { addEngine, createPool, expectedCost, hearFirst, hearTokens, removeEngine } from './pool.ts'
import { houseTerms } from './terms.ts'

test('a class that comes back from having nobody waiting has saved nothing up', () => {
  const pool = openPool(2, { classes: houseTerms.classes.map((each) => ({ ...each, borrowMs: 0 })) })
  const [tipped, , free] = pool.classes.all
  for (let nth = 0; nth < 50; nth++) finish(pool, fill(pool, 1, { user: `u${nth}` })[0] as never, undefined, 0)
  fill(pool, 2)
  ask(pool, 0)
  ask(pool, 0, { class: 'tipped' })
  assert.ok((free?.virtual ?? 0) > 0)
  assert.equal(tipped?.virtual, free?.virtual)
})

test('what was guessed is made good: a class is charged what it has cost', () => {
  const of = fc.record({
    input: fc.integer({ min: 1, max: 5000 }),
    cached: fc.nat(1000),
    output: fc.integer({ min: 1, max: 900 }),
    said: fc.nat(900),
  })
  fc.assert(
    fc.property(fc.array(of, { minLength: 1, maxLength: 10 }), (each) => {
      const pool = openPool(1)
      let cost = 0
      for (const { input, cached, output, said } of each) {
        const entry = ask(pool, 0, { inputTokens: input })
        startNext(pool, 0)
        hearFirst(pool, entry, 10)
        if (said > 0) hearTokens(pool, entry, said, 20)
        assert.ok(entry.charged >= 0.3 * input + said - 1e-6, 'what has come is charged before the end')
        finish(pool, entry, { inputTokens: Math.max(0, input - cached), outputTokens: output }, 30)
        cost += 0.3 * Math.max(0, input - cached) + output
      }
      const free = pool.classes.all[2]
      assert.ok(Math.abs((free?.charged ?? 0) - cost) < 1e-6)
    }),
  )
})

test('whoever leaves is charged for what was done, and nothing while waiting', () => {
  const pool = openPool(1)
  const served = ask(pool, 0)
  startNext(pool, 0)
  const waiting = ask(pool, 0)
  withdraw(pool, waiting, 10)
  hearFirst(pool, served, 20)
  hearTokens(pool, served, 7, 30)
  withdraw(pool, served, 40)
  assert.ok(Math.abs((pool.classes.all[2]?.charged ?? 0) - (30 + 7)) < 1e-9)
  assert.equal(pool.running, 0)
})

test('whoever was failed before a first token goes before all others, elsewhere, at the same charge, and not for ever', () => {
  const pool = openPool([1, 1])
  const failing = ask(pool, 0)
  const other = ask(pool, 0, { user: 'v' })
  startAll(pool, 0)
  for (let nth = 0; nth < 5; nth++) ask(pool, 0, { user: `w${nth}` })
  const charged = failing.charged
  assert.equal(failing.engine?.id, 'e0')
  finish(pool, other, undefined, 5000)
  assert.equal(fail(pool, failing, { kind: 'unreachable' }, 5000), 'waits_again')
  assert.equal(startNext(pool, 5000), failing)
  assert.equal(failing.engine?.id, 'e1', 'not where it failed')
  assert.equal(failing.charged, charged)
  assert.equal(fail(pool, failing, { kind: 'unreachable' }, 5000), 'waits_again')
  assert.equal(startNext(pool, 5000), failing)
  assert.equal(fail(pool, failing, { kind: 'unreachable' }, 5000), 'tried_enough')
  assert.ok(Math.abs(failing.charged) < 1e-9)
})

test('after its first token a stream is not started again, and a wrong request is nobody’s failure', () => {
  const pool = openPool(1)
  const spoke = ask(pool, 0)
  startNext(pool, 0)
  hearFirst(pool, spoke, 10)
  assert.equal(fail(pool, spoke, { kind: 'unreachable' }, 20), 'broken_off')
  for (let nth = 0; nth < 5; nth++) {
    const wrong = ask(pool, 30)
    startNext(pool, 30)
    assert.equal(fail(pool, wrong, { kind: 'rejected' }, 30), 'rejected')
  }
  assert.ok(canServe(pool, 30))
  assert.equal(startNext(pool, 30), undefined)
  assert.ok(ask(pool, 30) === startNext(pool, 30), 'it still serves')
})

test('a backend that keeps failing rests, lets one try, and only its first token lets others in', () => {
  const pool = openPool(4)
  const entries = [1, 2, 3, 4].map((nth) => ask(pool, 0, { user: `u${nth}` }))
  startAll(pool, 0)
  for (const entry of entries.slice(0, 3)) fail(pool, entry, { kind: 'unreachable' }, 10)
  assert.deepEqual(startAll(pool, 10), [])
  assert.deepEqual(startAll(pool, 2009), [])
  withdraw(pool, entries[3] as never, 2009)
  assert.equal(startAll(pool, 2010).length, 1, 'one tries')
  hearFirst(pool, entries[0] as never, 2020)
  assert.equal(startAll(pool, 2020).length, 2)
})

test('only one tries a backend that has rested, though the pool has room elsewhere', () => {
  const pool = openPool([2, 3])
  for (let nth = 0; nth < 3; nth++) blame(pool, pool.engines.get('e0') as never, { kind: 'unreachable' }, 0)
  const reading = ask(pool, 0, { inputTokens: 8000 })
  assert.deepEqual(startAll(pool, 0), [reading])
  for (let nth = 0; nth < 3; nth++) ask(pool, 10, { user: `u${nth}` })
  assert.deepEqual(startAll(pool, 1999), [], 'the other has a long prompt to read')
  assert.deepEqual(
    startAll(pool, 2000).map(({ engine }) => engine?.id),
    ['e0'],
  )
})

test('each rest is twice as long, and new asks are turned away once a probe has failed', () => {
  const pool = openPool(1)
  const entry = ask(pool, 0, { patienceMs: 600_000 })
  let now = 0
  for (const kind of ['unreachable', 'hung'] as const) {
    assert.ok(canServe(pool, now))
    assert.equal(startNext(pool, now), entry)
    fail(pool, entry, { kind }, now)
  }
  assert.equal(startNext(pool, now), entry)
  fail(pool, entry, { kind: 'unreachable' }, now)
  assert.equal(entry.phase, 'ended')
  assert.ok(canServe(pool, now))
  now += 2000
  const probe = ask(pool, now)
  assert.equal(startNext(pool, now), probe)
  fail(pool, probe, { kind: 'unreachable' }, now)
  assert.ok(!canServe(pool, now))
  assert.equal(startNext(pool, now + 3999), undefined)
  assert.ok(canServe(pool, now + 4000))
  assert.equal(startNext(pool, now + 4000), probe)
})

test('a backend that says it is full is left alone for as long as it asks, and nobody is failed by it', () => {
  const pool = openPool(2)
  const entry = ask(pool, 0)
  for (let nth = 0, now = 0; nth < 10; nth++, now += 3000) {
    assert.equal(startNext(pool, now), entry)
    assert.equal(fail(pool, entry, { kind: 'busy', retryAfterMs: 3000 }, now), 'waits_again')
    assert.equal(startNext(pool, now + 2999), undefined)
  }
})

test('a backend that asks for no time, or for none that can be kept, is left alone for the usual second', () => {
  const pool = openPool(1)
  const entry = ask(pool, 0)
  for (const [nth, retryAfterMs] of [0, Number.NaN, -5000, undefined].entries()) {
    const now = nth * 1000
    assert.equal(startNext(pool, now), entry)
    fail(pool, entry, { kind: 'busy', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }, now)
    assert.equal(startNext(pool, now + 999), undefined)
    assert.ok(canServe(pool, now + 1000))
  }
})

test('patience: turned away at once when the wait would be too long, and let go when it has become so', () => {
  const pool = openPool(1)
  fill(pool, 1)
  for (let nth = 0; nth < 200; nth++) ask(pool, 0, { user: `u${nth}` })
  look(pool, 2000)
  const refused = arrive(pool, { ...usual, user: 'late', patienceMs: 1000 }, 2000)
  assert.ok('refused' in refused && refused.refused === 'too_busy')
  assert.ok(refused.outlook.estimate.likelyMs > 1000)
  assert.equal(pool.arrivals.size, 200)
  const willing = ask(pool, 2000, { user: 'willing', patienceMs: 10_000_000 })
  assert.deepEqual(impatient(pool, 10_001_999), [])
  assert.deepEqual(impatient(pool, 10_002_000), [willing])
})

test('an ask that was only told that backends are full can still fail three times', () => {
  const pool = openPool(2)
  const entry = ask(pool, 0)
  let now = 0
  for (let nth = 0; nth < 5; nth++, now += 1000) {
    assert.equal(startNext(pool, now), entry)
    assert.equal(fail(pool, entry, { kind: 'busy' }, now), 'waits_again')
  }
  const outcomes = [1, 2, 3].map(() => (startNext(pool, now), fail(pool, entry, { kind: 'unreachable' }, now)))
  assert.deepEqual(outcomes, ['waits_again', 'waits_again', 'tried_enough'])
})

test('a backend that comes back is given half of what was found', () => {
  const pool = createPool(houseTerms, 0)
  const engine = addEngine(pool, 'e', undefined, 0)
  engine.capacity.limit = 40
  const entries = [1, 2, 3].map((nth) => ask(pool, 0, { user: `u${nth}` }))
  startAll(pool, 0)
  for (const entry of entries) fail(pool, entry, { kind: 'unreachable' }, 0)
  assert.equal(engine.capacity.limit, 20)
})

test('the next guess follows what answers have been', () => {
  const pool = openPool(1)
  for (let nth = 0; nth < 300; nth++) {
    const entry = ask(pool, nth)
    startNext(pool, nth)
    finish(pool, entry, { inputTokens: 100, outputTokens: 700 }, nth)
  }
  assert.ok(Math.abs(expectedCost(pool, usual) - (30 + 700)) < 20)
  assert.equal(expectedCost(pool, { ...usual, outputTokensMax: 50 }), 80)
})

test('a wait that goes on is reckoned again, so that experience knows the crowd', () => {
  const pool = openPool(1)
  const [running] = fill(pool, 1)
  const first = ask(pool, 0, { user: 'first' })
  const soon = first.foretold
  for (let nth = 0; nth < 100; nth++) ask(pool, 100, { user: `u${nth}` })
  look(pool, 29_000)
  assert.equal(first.foretold, soon)
  look(pool, 31_000)
  assert.equal(first.foretold.at, 31_000)
  finish(pool, running as never, undefined, 31_000)
})

test('there is an end to the queue', () => {
  const pool = openPool(1, { waitingMax: 3 })
  fill(pool, 1)
  for (let nth = 0; nth < 3; nth++) ask(pool, 0)
  const refused = arrive(pool, usual, 0)
  assert.ok('refused' in refused && refused.refused === 'queue_full')
})

test('silence is noticed: long before a first token, sooner between tokens', () => {
  const pool = openPool(2)
  const mute = ask(pool, 0)
  const spoke = ask(pool, 0)
  startAll(pool, 0)
  hearFirst(pool, spoke, 100)
  assert.deepEqual(hung(pool, 10_100), [])
  assert.deepEqual(hung(pool, 10_101), [spoke])
  assert.deepEqual(new Set(hung(pool, 60_001)), new Set([mute, spoke]))
})

test('a conversation goes where it was, while there is room, and else where least is running', () => {
  const pool = openPool([4, 4])
  const start = (sized: Partial<Sized>) => {
    const entry = ask(pool, 0, sized)
    startNext(pool, 0)
    hearFirst(pool, entry, 0)
    return entry.engine?.id
  }
  const home = start({ conversation: 'c' })
  assert.notEqual(start({}), home, 'the other has fewer')
  assert.equal(start({ conversation: 'c' }), home)
  assert.equal(start({ conversation: 'c' }), home)
  assert.equal(start({ conversation: 'c' }), home)
  assert.notEqual(start({ conversation: 'c' }), home, 'it is full')
})

test('a backend that is taken away gets nothing more and is forgotten with its last stream', () => {
  const pool = openPool([1, 1])
  const [one, other] = [ask(pool, 0), ask(pool, 0)]
  startAll(pool, 0)
  removeEngine(pool, 'e0')
  const next = ask(pool, 0)
  finish(pool, one, undefined, 10)
  assert.equal(pool.engines.size, 1)
  assert.equal(startNext(pool, 10), undefined)
  finish(pool, other, undefined, 20)
  assert.equal(startNext(pool, 20), next)
  assert.equal(next.engine?.id, 'e1')
})

test('a backend that is taken away and comes back before its last stream has ended serves again', () => {
  const pool = openPool([1, 1])
  const [one, other] = fill(pool, 2)
  removeEngine(pool, 'e0')
  addEngine(pool, 'e0', 2, 0)
  const next = ask(pool, 0)
  assert.equal(startNext(pool, 0), next)
  assert.equal(next.engine, one?.engine, 'it has two slots now, and one stream from before')
  for (const entry of [one, other, next]) finish(pool, entry as never, undefined, 10)
  assert.deepEqual([...pool.engines.keys()], ['e0', 'e1'])
  assert.throws(() => addEngine(pool, 'e0', 2, 0), /Two backends are called e0/)
})

test('peak is a pool that has been full for a while, and it is over only when it has been quiet for longer', () => {
  const pool = openPool(2)
  const running = fill(pool, 2)
  const waits = ask(pool, 0)
  look(pool, 1000)
  look(pool, 3999)
  assert.equal(pool.pressure.isPeak, false)
  look(pool, 4000)
  assert.equal(pool.pressure.isPeak, true)
  for (const entry of running) finish(pool, entry, undefined, 5000)
  startAll(pool, 5000)
  finish(pool, waits, undefined, 6000)
  look(pool, 6000)
  look(pool, 65_999)
  assert.equal(pool.pressure.isPeak, true)
  look(pool, 66_000)
  assert.equal(pool.pressure.isPeak, false)
})

test('places in line are those in which the entries are then served', () => {
  const sized = fc.record({
    user: fc.constantFrom('a', 'b', 'c', 'd'),
    inputTokens: fc.integer({ min: 1, max: 900 }),
    outputTokensMax: fc.integer({ min: 1, max: 150 }),
  })
  fc.assert(
    fc.property(
      fc.array(sized, { minLength: 1, maxLength: 40 }),
      fc.array(sized, { maxLength: 10 }),
      (waiting, before) => {
        // Whole costs add up to the same in any order, and the asks' own bounds are the guess.
        const pool = openPool(1, { cost: { inputToken: 1, outputToken: 1 } })
        pool.lengths.outputTokens = 10_000
        for (const each of before) finish(pool, fill(pool, 1, each)[0] as never, undefined, 0)
        const [running] = fill(pool, 1, { outputTokensMax: 1 })
        const entries = waiting.map((each) => ask(pool, 0, each))
        const told = entries.map((entry) => outlook(pool, entry, 0).position)
        finish(pool, running as never, undefined, 2000)
        for (let place = 0; place < entries.length; place++) {
          const entry = startNext(pool, 2000)
          assert.ok(entry)
          assert.equal(told[entries.indexOf(entry)], place)
          finish(pool, entry, { inputTokens: entry.ask.inputTokens, outputTokens: entry.outputCharged }, 2000)
        }
      },
    ),
  )
})
