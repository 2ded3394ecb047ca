import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createBatch, type Token, type Work } from './batch.ts'
import { settingsByDefault, type Settings } from './settings.ts'

const work = (promptTokens: number, answerTokens: number, silentAfter: number | null = null): Work => ({
  promptTokens,
  answerTokens,
  silentAfter,
})

const engine = (settings: Partial<Settings>) =>
  createBatch<Work>({ ...settingsByDefault, ...settings }, ({ decoding, prompt }) => 1 + decoding + prompt)

/** Runs to the end and says what came, step by step. */
function run(batch: ReturnType<typeof engine>): readonly (readonly Token<Work>[])[] {
  const steps: (readonly Token<Work>[])[] = []
  while (batch.begin() !== undefined) {
    steps.push(batch.end())
    assert.ok(steps.length < 100_000, 'the engine does not come to an end')
  }
  return steps
}

test('a prompt is read in pieces of the step, and its last piece brings the first token', () => {
  const batch = engine({ stepTokens: 100 })
  batch.add(work(250, 2))
  assert.deepEqual(
    run(batch).map((tokens) => tokens.map(({ nth }) => nth)),
    [[], [], [1], [2]],
  )
})

test('who speaks goes on in every step while others read', () => {
  const batch = engine({ stepTokens: 100 })
  const speaker = work(1, 5)
  batch.add(speaker)
  batch.begin()
  batch.end()
  batch.add(work(250, 1))
  const steps = run(batch)
  assert.deepEqual(
    steps.slice(0, 4).map((tokens) => tokens.some(({ work }) => work === speaker)),
    [true, true, true, true],
  )
})

test('a step costs by who speaks and what is read', () => {
  const batch = engine({ stepTokens: 100 })
  batch.add(work(40, 3))
  assert.equal(batch.begin(), 1 + 0 + 40)
  batch.end()
  batch.add(work(30, 1))
  assert.equal(batch.begin(), 1 + 1 + 30)
})

test('one more than there are slots waits until one has ended, and a leaver frees a slot at once', () => {
  const batch = engine({ slots: 2 })
  const leaver = work(1, 1000)
  for (const each of [leaver, work(1, 1000), work(1, 1)]) batch.add(each)
  batch.begin()
  batch.end()
  assert.deepEqual([batch.counts().running, batch.counts().waiting], [2, 1])
  batch.drop(leaver)
  batch.begin()
  assert.deepEqual([batch.counts().running, batch.counts().waiting], [2, 0])
  assert.deepEqual(
    batch.end().map(({ nth }) => nth),
    [2, 1],
  )
})

test('a full cache sends the newest back, who reads everything again and says the rest', () => {
  const batch = engine({ kvTokens: 40 })
  const [first, second] = [work(10, 15), work(10, 15)]
  batch.add(first)
  batch.add(second)
  const tokens = run(batch).flat()
  assert.ok(batch.counts().preemptions >= 1)
  for (const each of [first, second])
    assert.deepEqual(
      tokens.filter((token) => token.work === each).map(({ nth }) => nth),
      Array.from({ length: 15 }, (_, at) => at + 1),
    )
})

test('one that falls silent keeps its slot until it is dropped', () => {
  const batch = engine({ slots: 1 })
  const silent = work(1, 10, 3)
  batch.add(silent)
  batch.add(work(1, 1))
  assert.equal(run(batch).flat().length, 3)
  assert.equal(batch.counts().running, 1)
  batch.drop(silent)
  assert.equal(run(batch).flat().length, 1)
})

test('one that falls silent before its first token reads, and says nothing', () => {
  const batch = engine({ slots: 1 })
  batch.add(work(10, 5, 0))
  assert.deepEqual(run(batch), [[]])
  assert.deepEqual([batch.counts().promptTokens, batch.counts().running], [10, 1])
})

test('one that has fallen silent stays so when a full cache has made it read again', () => {
  const batch = engine({ kvTokens: 40 })
  const [speaker, silent] = [work(10, 25), work(10, 25, 3)]
  batch.add(speaker)
  batch.add(silent)
  const tokens = run(batch).flat()
  assert.ok(batch.counts().preemptions >= 1)
  assert.equal(tokens.filter((token) => token.work === silent).length, 3)
})

test('who would wait is told before they come: by the slots, and by the cache', () => {
  const [bySlots, byCache] = [engine({ slots: 2 }), engine({ kvTokens: 100 })]
  for (const [batch, asked] of [
    [bySlots, work(1, 1)],
    [byCache, work(40, 60)],
  ] as const) {
    assert.deepEqual(
      [0, 1, 2, 3].map(() => {
        const waits = batch.waitingWith(asked.promptTokens)
        batch.add(asked)
        return waits
      }),
      [0, 0, 1, 2],
    )
    batch.begin()
    assert.deepEqual([batch.counts().running, batch.counts().waiting], [2, 2])
    assert.equal(batch.waitingWith(asked.promptTokens), 3)
  }
})

const works = fc.array(
  fc.record({ prompt: fc.integer({ min: 1, max: 300 }), answer: fc.integer({ min: 1, max: 60 }) }),
  {
    minLength: 1,
    maxLength: 30,
  },
)

test('whatever is asked: no limit is passed, every token comes once and in order, and everything ends', () => {
  fc.assert(
    fc.property(
      works,
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 20, max: 200 }),
      (asked, slots, stepTokens) => {
        const kvTokens = 400
        const batch = createBatch<Work>(
          { ...settingsByDefault, slots, stepTokens, kvTokens },
          ({ decoding, prompt }) => {
            assert.ok(decoding <= slots)
            assert.ok(decoding + prompt <= Math.max(stepTokens, slots))
            return 1
          },
        )
        const all = asked.map(({ prompt, answer }) => work(prompt, answer))
        for (const each of all) batch.add(each)
        const said = new Map(all.map((each) => [each, 0]))
        while (batch.begin() !== undefined) {
          assert.ok(batch.counts().running <= slots)
          assert.ok(batch.counts().kvTokens <= kvTokens)
          for (const { work, nth } of batch.end()) {
            assert.equal(nth, (said.get(work) ?? 0) + 1)
            said.set(work, nth)
          }
        }
        assert.deepEqual(
          [...said.values()],
          all.map(({ answerTokens }) => answerTokens),
        )
      },
    ),
  )
})
