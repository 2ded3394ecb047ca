import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Call, ClassName } from './load.ts'
import type { Played } from './player.ts'
import { leastShare, longestPause, secondsOf, shareOf } from './shares.ts'
import { createTokenCounter } from './tokens.ts'
import { judgeEstimates, promptRate, quantile, servedShare, tokenRate, waitsOf, type Story } from './waits.ts'

let stories = 0

function story(name: ClassName, atMs: number, played: Partial<Played>, call: Partial<Call> = {}): Story {
  const id = stories++
  return {
    call: { id, atMs, class: name, user: 'u', promptTokens: 100, answerTokens: 10, ...call },
    played: { id, tokens: 0, how: 'whole', ...played },
  }
}

const span = { fromSecond: 0, toSecond: 100 }

test('a wait is from when the call was due to its first token; who never got one has waited until it gave up', () => {
  const all = [
    story('tipped', 1000, { firstAtMs: 1400, endedAtMs: 2000 }),
    story('tipped', 2000, { endedAtMs: 62_000, how: 'left' }),
    story('tipped', 90_000, { how: 'cut', endedAtMs: 100_000 }),
    story('tipped', 97_000, { how: 'cut', endedAtMs: 100_000 }),
    story('tipped', 3000, { endedAtMs: 3001, how: 'refused' }),
    story('tipped', 3000, { endedAtMs: 4000, how: 'left' }, { leaves: { waitingMs: 1000 } }),
    story('free', 3000, { firstAtMs: 3100, endedAtMs: 4000 }),
  ]
  assert.deepEqual(waitsOf(all, 'tipped', span), [400, 60_000, 10_000])
  assert.deepEqual(waitsOf(all, 'tipped', { fromSecond: 2, toSecond: 100 }), [60_000, 10_000])
  assert.equal(servedShare(all, 'free', span), 1)
  assert.equal(promptRate(all, span, 10_000), 2 / 95)
})

test('quantiles are of the sorted values, and nothing has none', () => {
  assert.equal(quantile([3, 1, 2, 4], 0.5), 3)
  assert.equal(quantile([3, 1, 2, 4], 1), 4)
  assert.ok(Number.isNaN(quantile([], 0.5)))
})

test('tokens count for the part of their stream that lies within', () => {
  const half = story('free', 0, { firstAtMs: 95_000, endedAtMs: 105_000, tokens: 40 })
  assert.equal(tokenRate([half], span), 20 / 100)
})

test('an estimate is judged by its middle and by its range, for waits worth telling', () => {
  const shown = (fromMs: number, likelyMs: number, untilMs: number) => ({ position: 1, fromMs, likelyMs, untilMs })
  const all = [
    story('free', 0, { firstAtMs: 10_000, shown: shown(5000, 8000, 12_000) }),
    story('free', 0, { firstAtMs: 10_000, shown: shown(1000, 5000, 9000) }),
    story('free', 0, { firstAtMs: 10_000, shown: shown(11_000, 20_000, 30_000) }),
    story('free', 0, { firstAtMs: 500, shown: shown(0, 1, 2) }),
  ]
  const judged = judgeEstimates(all, span)
  assert.equal(judged.count, 3)
  assert.equal(judged.medianError, 0.5)
  assert.equal(judged.inside, 1 / 3)
  assert.equal(judged.notLater, 2 / 3)
})

test('work is a prompt when its first token comes and then token by token; a backlog is who waits all through', () => {
  const all = [
    story('free', 0, { firstAtMs: 2500, endedAtMs: 3900, tokens: 20 }),
    story('tipped', 0, { firstAtMs: 2100, endedAtMs: 2900, tokens: 10 }),
  ]
  const seconds = secondsOf(all, { fromSecond: 0, toSecond: 5 })
  assert.deepEqual(
    seconds.map(({ work }) => work.free),
    [0, 0, 40, 10, 0],
  )
  assert.deepEqual(
    seconds.map(({ backlogged }) => backlogged.free),
    [true, true, false, false, false],
  )
  assert.equal(shareOf(seconds, 'tipped'), 40 / 90)
})

test('the least share is of the worst minute of unbroken backlog', () => {
  const waiting = { tipped: false, subscriber: false, free: true }
  const second = (free: number, backlogged = waiting) => ({
    work: { tipped: 1 - free, subscriber: 0, free },
    backlogged,
  })
  const even = Array.from({ length: 60 }, () => second(0.5))
  assert.equal(leastShare(even, 'free'), 0.5)
  assert.equal(leastShare([...even, ...Array.from({ length: 30 }, () => second(0))], 'free'), 0.25)
  assert.ok(Number.isNaN(leastShare(even.slice(1), 'free')))
  const broken = [...even, second(0, { ...waiting, free: false })]
  assert.equal(leastShare(broken, 'free'), 0.5)
})

test('a pause is the longest time that somebody waited and nobody was served', () => {
  const all = [
    story('free', 0, { firstAtMs: 1000, endedAtMs: 1500 }),
    story('free', 20_000, { firstAtMs: 28_000, endedAtMs: 30_000 }),
    story('free', 40_000, { endedAtMs: 52_000, how: 'left' }),
  ]
  assert.equal(longestPause(all, 'free', { fromSecond: 0, toSecond: 50 }), 10)
  assert.equal(longestPause(all, 'tipped', span), 0)
})

test('tokens are counted wherever the network cuts the stream, and the role is none', () => {
  const stream = Buffer.from(
    ': {"position":3}\n\ndata: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\n' +
      'data: {"choices":[{"delta":{"content":"a"}}]}\n\ndata: {"choices":[{"delta":{"content":"b"}}]}\n\ndata: [DONE]\n\n',
  )
  for (let cut = 1; cut < stream.length; cut++) {
    const count = createTokenCounter()
    assert.equal(count(stream.subarray(0, cut)) + count(stream.subarray(cut)), 2, `cut at ${cut}`)
  }
  const one = createTokenCounter()
  assert.equal(
    [...stream].reduce((sum, byte) => sum + one(Buffer.of(byte)), 0),
    2,
  )
})
