import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCapacity, judge, sawFirst, sawRefusal, sawSigns, sawTokens, slotsOf, type Capacity } from './capacity.ts'
import { houseTerms } from './terms.ts'

const { capacity: terms } = houseTerms

const hearFirst = (capacity: Capacity, ms: number, now: number) =>
  sawFirst(capacity, { sentAt: now - ms, prefillAhead: 500 }, now)

/** A backend seen from outside: so many slots, and a late first token for whoever queues inside. */
function createWatched(slots: number) {
  const capacity = createCapacity(undefined, terms, 0)
  let now = 0
  const watched = {
    capacity,
    slots,
    /** Seconds in which there is always more to do; each step takes so many times as long as at first. */
    crowd: (seconds: number, slowness = 1) => {
      for (let step = 0; step < seconds * 4; step++) {
        now += 250
        const limit = slotsOf(capacity)
        const running = Math.max(1, limit - Math.max(1, Math.round(0.1 * limit)))
        const queueMs = running > watched.slots ? 1500 : 0
        for (let nth = 0; nth < 2; nth++) hearFirst(capacity, slowness * (100 + 10 * nth) + queueMs, now)
        for (let nth = 0; nth < 4; nth++) sawTokens(capacity, 8, slowness * 8 * 40)
        judge(capacity, { running, speaking: Math.min(running, watched.slots), isWanted: true }, terms, now)
      }
    },
    /** Seconds with one ask at a time and nobody waiting, each with so much time to its first token. */
    calm: (seconds: number, firstMs: number) => {
      for (let step = 0; step < seconds * 4; step++) {
        now += 250
        hearFirst(capacity, firstMs, now)
        judge(capacity, { running: 1, speaking: 1, isWanted: false }, terms, now)
      }
    },
  }
  watched.calm(2, 100)
  return watched
}

/** What comes, and how long after the one before; behind 500 prompt tokens it takes 100 ms when nothing is late. */
type Coming = {
  readonly lateMs: number
  readonly everyMs: number
  readonly sentAt?: number
  readonly prefillAhead?: number
  readonly speaking?: number
}

/** A backend that was quick for twenty seconds, and first tokens that come from then on, one by one, while all want more. */
function createListened() {
  const capacity = createCapacity(undefined, terms, 0)
  let now = 0
  const hear = ({ lateMs, everyMs, sentAt, prefillAhead = 500, speaking = 9 }: Coming) => {
    now += everyMs
    sawFirst(capacity, { sentAt: sentAt ?? now - 100 - lateMs, prefillAhead }, now)
    judge(capacity, { running: slotsOf(capacity), speaking, isWanted: true }, terms, now)
  }
  /** How many came until the phase was this one, or 1000 when it never was. */
  const hearUntil = (phase: Capacity['phase'], coming: Coming) => {
    let heard = 0
    for (; heard < 1000 && capacity.phase !== phase; heard++) hear(coming)
    return heard
  }
  for (let nth = 0; nth < 80; nth++) hear(quick)
  return { capacity, hear, hearUntil }
}

const quick = { lateMs: 0, everyMs: 250 }
const late = { lateMs: 1500, everyMs: 1000 }

const near = ({ known }: Capacity, slots: number) => Math.abs(known - slots) <= Math.max(1, 0.05 * slots)

for (const slots of [3, 16, 64, 256])
  test(`${slots} slots are found from below or from above`, () => {
    const watched = createWatched(slots)
    watched.crowd(60)
    assert.ok(near(watched.capacity, slots), `${watched.capacity.known} were found`)
  })

test('more slots than before are noticed in a while, and fewer too', () => {
  const watched = createWatched(20)
  watched.crowd(60)
  watched.slots = 40
  watched.crowd(300)
  assert.ok(near(watched.capacity, 40), `${watched.capacity.known} of 40`)
  watched.slots = 10
  watched.crowd(300)
  assert.ok(slotsOf(watched.capacity) <= 12, `${watched.capacity.limit} of 10`)
})

test('the later first tokens come, the fewer of them are enough; never less than four, nor less than three seconds', () => {
  const after = (coming: Coming) => createListened().hearUntil('holding', coming)
  assert.equal(after({ lateMs: 450, everyMs: 1000 }), 12)
  assert.equal(after({ lateMs: 1500, everyMs: 1000 }), 4)
  assert.equal(after({ lateMs: 15_000, everyMs: 1000 }), 4)
  assert.equal(after({ lateMs: 1500, everyMs: 500 }), 6)
})

test('what was sent before the limit became what it is says nothing of it', () => {
  const { capacity, hear, hearUntil } = createListened()
  hearUntil('holding', late)
  const { limit, phaseFrom } = capacity
  for (let nth = 0; nth < 10; nth++) hear({ ...late, sentAt: phaseFrom - 1 })
  assert.equal(capacity.limit, limit)
  for (let nth = 0; nth < 10; nth++) hear({ ...late, sentAt: phaseFrom })
  assert.ok(capacity.limit < limit)
})

test('more to read is never quicker: what is late behind little is known from what came behind much, not the reverse', () => {
  assert.equal(createListened().hearUntil('holding', { ...late, prefillAhead: 50 }), 4)
  assert.equal(createListened().hearUntil('holding', { ...late, prefillAhead: 5000 }), 1000)
})

test('nobody counts while more and more speak', () => {
  const { capacity, hear, hearUntil } = createListened()
  for (let speaking = 10; speaking < 40; speaking++) hear({ ...late, speaking })
  assert.equal(capacity.phase, 'climbing')
  hearUntil('holding', { ...late, speaking: 39 })
  assert.equal(capacity.known, 39)
})

test('a probe that brings nothing is followed by forty times its length without one, four minutes at most', () => {
  const { capacity, hearUntil } = createListened()
  hearUntil('holding', late)
  const probe = (coming: Coming) => {
    const settledAt = capacity.phaseFrom
    hearUntil('probing', quick)
    const heldMs = capacity.phaseFrom - settledAt
    const from = capacity.phaseFrom
    const heard = hearUntil('holding', coming)
    return { heldMs, heard, tookMs: capacity.phaseFrom - from }
  }
  const [first, second, third] = [probe(late), probe({ ...late, everyMs: 2000 }), probe(late)]
  assert.ok(first.heldMs === 15_000 && first.heard <= 5)
  assert.equal(second.heldMs, 40 * first.tookMs)
  assert.ok(third.heldMs === 240_000 && 40 * second.tookMs > 240_000)
})

test('an engine that has become slow as a whole keeps its slots', () => {
  const watched = createWatched(32)
  watched.crowd(60)
  watched.crowd(60, 4)
  assert.ok(near(watched.capacity, 32), `${watched.capacity.known} are left`)
  assert.ok(Math.abs(watched.capacity.slowdown - 4) < 0.2)
  watched.crowd(20)
  assert.ok(watched.capacity.slowdown < 1.1)
})

test('late first tokens while nobody waits are no reason for anything', () => {
  const watched = createWatched(32)
  watched.crowd(60)
  const { limit } = watched.capacity
  watched.calm(600, 5000)
  assert.equal(watched.capacity.limit, limit)
})

test('what the operator gave stands, whatever is seen, said or refused', () => {
  const capacity = createCapacity(5, terms, 0)
  sawRefusal(capacity, 2, 0)
  sawSigns(capacity, { slots: 9 }, 0)
  for (let now = 0; now < 60_000; now += 250) {
    hearFirst(capacity, 100 + now, now)
    judge(capacity, { running: 5, speaking: 3, isWanted: true }, terms, now)
  }
  assert.equal(capacity.limit, 5)
})

test('what the engine says counts at once', () => {
  const told = createCapacity(undefined, terms, 0)
  sawSigns(told, { slots: 4 }, 0)
  assert.deepEqual([told.limit, told.source], [4, 'told'])
  const queueing = createCapacity(undefined, { ...terms, start: 50 }, 0)
  sawSigns(queueing, { running: 30, waiting: 0 }, 0)
  assert.equal(queueing.limit, 50)
  sawSigns(queueing, { running: 30, waiting: 2 }, 0)
  assert.equal(queueing.limit, 30)
})

test('a backend that says it is full has as many slots as ran then', () => {
  const capacity = createCapacity(undefined, { ...terms, start: 50 }, 0)
  sawRefusal(capacity, 17, 0)
  assert.equal(capacity.limit, 17)
})

test('of the tokens of one window only so many gaps are kept', () => {
  const capacity = createCapacity(undefined, terms, 0)
  for (let nth = 0; nth < 10_000; nth++) sawTokens(capacity, 8, 320)
  assert.equal(capacity.window.gaps.length, 512)
})

test('an engine in which some wait tells its slots only where fewer run than were sent', () => {
  const capacity = createCapacity(undefined, terms, 0)
  const { limit } = capacity
  sawSigns(capacity, { waiting: 3, running: limit }, 0)
  assert.deepEqual([capacity.limit, capacity.phase], [limit, 'climbing'])
  sawSigns(capacity, { waiting: 3 }, 0)
  assert.deepEqual([capacity.limit, capacity.phase], [limit, 'climbing'])
  sawSigns(capacity, { waiting: 3, running: limit - 1 }, 0)
  assert.deepEqual([capacity.limit, capacity.phase], [limit - 1, 'holding'])
})

test('slots that are told are looked for no more', () => {
  const capacity = createCapacity(undefined, terms, 0)
  sawRefusal(capacity, 6, 0)
  sawSigns(capacity, { slots: 8 }, 0)
  for (let now = 0; now < 600_000; now += 250) judge(capacity, { running: 8, speaking: 8, isWanted: true }, terms, now)
  assert.equal(capacity.limit, 8)
})

test('first tokens that are a little late lower nothing, and those that are surely late do', () => {
  const { capacity, hear } = createListened()
  sawRefusal(capacity, 9, 20_000)
  for (let nth = 0; nth < 60; nth++) hear({ lateMs: 150, everyMs: 100 })
  assert.deepEqual([capacity.phase, capacity.limit], ['holding', 9])
  for (let nth = 0; nth < 60; nth++) hear({ lateMs: 600, everyMs: 100 })
  assert.ok(capacity.limit < 9)
})
