import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { uuidv7, type Uuid } from '#kernel'
import {
  countTokens,
  coverFor,
  firstSlice,
  isOverCap,
  kindOf,
  settleTurn,
  sliceAt,
  sumOf,
  termsOf,
  termsWithin,
  usualCost,
  type Cost,
  type Due,
  type EndedCall,
  type HeldPart,
  type PricedCall,
  type Terms,
} from './rules.ts'

const payer = uuidv7()
const creator = uuidv7()
const cost: Cost = { version: 3, input: 2_500_000n, output: 10_000_000n }

function asked(changes: Partial<PricedCall> = {}): PricedCall {
  return {
    call: uuidv7(),
    bot: uuidv7(),
    handle: 'tutor',
    creator,
    price: { version: 1, usdPerThousandMicro: 5_000_000n },
    cost: null,
    inputBytes: 400,
    maxOutputTokens: 2_000,
    ...changes,
  }
}

function terms(changes: Partial<PricedCall> = {}, cap: bigint | null = null): Terms {
  const made = termsOf(asked(changes), payer, cap)
  assert.ok(made)
  return made
}

const due: Due = { fixed: 'due', metered: 'delivered' }
const waived: Due = { fixed: 'waived', metered: 'delivered' }
const text = (bytes: number, chars = bytes) => ({ bytes, chars, usage: null })
const ended = (call: Terms, how: Due, bytes: number): EndedCall => ({
  call: uuidv7(),
  terms: call,
  due: how,
  delivered: text(bytes),
})
const loose = (amount: bigint): HeldPart[] => [{ amount, isFree: false }]

await test('a fixed price is exact: $5 for a thousand is 167 points, and a tenth for the platform', () => {
  const fixed = terms()
  assert.deepEqual(fixed.most, { creator: 167n, model: 0n, platform: 17n })
  assert.equal(kindOf([fixed]), 'exact')
  assert.equal(kindOf([terms({ price: { version: 1, usdPerThousandMicro: 0n } })]), 'free')
  assert.equal(kindOf([fixed, terms({ cost })]), 'at_most')
  assert.equal(kindOf([terms({ cost: { version: 1, input: 0n, output: 0n } })]), 'exact')
})

await test('a metered quote pays for the longest answer: 2,000 tokens at $10 and the prompt at $2.50 a million', () => {
  // 1,024 + 64 tokens of prompt are 2,720 micro-dollars, 2,000 of answer 20,000: 758 points; a tenth of 27,720 is 93.
  assert.deepEqual(terms({ cost }).most, { creator: 167n, model: 758n, platform: 93n })
})

await test('whoever made the bot pays its model and its platform, not its price', () => {
  assert.deepEqual(terms({ creator: payer }).most, { creator: 0n, model: 0n, platform: 0n })
  assert.equal(terms({ creator: payer, cost }).most.creator, 0n)
})

await test('what broke costs no price, what was delivered of a metered model is paid', () => {
  const metered = terms({ cost })
  const settled = (how: Due, bytes: number) => settleTurn([ended(metered, how, bytes)], loose(5_000n)).calls[0]?.parts
  // 400 bytes of answer count as 100 tokens, 400 of prompt likewise: 1,250 micro-dollars, 42 points.
  assert.deepEqual(settled(due, 400), { creator: 167n, model: 42n, platform: 21n })
  assert.deepEqual(settled(waived, 400), { creator: 0n, model: 42n, platform: 5n })
  assert.deepEqual(settled({ fixed: 'waived', metered: 'nothing' }, 400), { creator: 0n, model: 0n, platform: 0n })
})

await test('a provider is believed as far as its text can bear it', () => {
  const metered = terms({ cost })
  const counted = (inputTokens: number, outputTokens: number) =>
    countTokens(metered, { ...text(1_000), usage: { inputTokens, outputTokens } })
  assert.deepEqual(counted(120, 240), { input: 120, output: 240, source: 'provider' })
  const estimate = { input: 100, output: 250, source: 'estimate' }
  for (const [input, output] of [
    [120, 0],
    [120, -5],
    [120, 1_000_000],
    [120, 1.5],
    [120, Number.NaN],
    [0, 240],
    [5_000, 240],
    [3, 240],
    [120, 7],
  ] as const)
    assert.deepEqual(counted(input, output), estimate)
})

await test('free points earn in proportion, exactly', () => {
  const fixed = terms()
  const settled = settleTurn(
    [ended(fixed, due, 100)],
    [
      { amount: 46n, isFree: true },
      { amount: 500n, isFree: false },
    ],
  )
  assert.deepEqual([settled.charged, settled.free], [184n, 46n])
  assert.deepEqual([settled.calls[0]?.earned, settled.calls[0]?.earnedFree], [3_750n, 1_250n])
  // 184 points are worth 5,520 micro-dollars; the prices were 5,000 and 500.
  assert.equal(settled.rounding, 20n)
})

await test('a cap per message lowers the most, and the answer ends there', () => {
  const capped = terms({ cost }, 400n)
  assert.ok(sumOf(capped.most) <= 400n && sumOf(capped.most) > 390n)
  assert.ok(capped.capped && capped.outputTokensMax < 2_000)
  assert.ok(!isOverCap(capped, capped.outputTokensMax) && isOverCap(capped, capped.outputTokensMax + 1))
  assert.equal(termsOf(asked(), payer, 183n), undefined)
  assert.equal(terms({}, 184n).capped, false)
  assert.equal(termsOf(asked({ cost }), payer, 200n), undefined)
})

await test('each part is rounded up by less than a point, and a model that costs anything is metered', () => {
  const creatorPoints = (micro: bigint) =>
    terms({ price: { version: 1, usdPerThousandMicro: micro * 1_000n } }).most.creator
  assert.deepEqual([30n, 31n, 59n, 60n, 61n].map(creatorPoints), [1n, 2n, 2n, 2n, 3n])
  for (const [input, output] of [
    [1n, 0n],
    [0n, 1n],
  ] as const)
    assert.equal(kindOf([terms({ cost: { version: 1, input, output } })]), 'at_most')
})

await test('a hold covers the answer so far and no more: the prompt at first, the whole quote at last', () => {
  const metered = terms({ cost })
  // 2,720 micro-dollars of prompt are 91 points, a tenth of 7,720 is 26; 256 tokens of answer are 2,560 more.
  assert.deepEqual([coverFor(metered, 0), coverFor(metered, 256)], [167n + 91n + 26n, 167n + 176n + 35n])
  assert.deepEqual([coverFor(metered, 2_000), coverFor(metered, 9_000)], [1_018n, 1_018n])
})

await test('a token is at least a byte, with some for what a provider adds to a prompt', () => {
  const metered = terms({ cost })
  const source = (inputTokens: number, outputTokens: number) =>
    countTokens(metered, { ...text(1_000), usage: { inputTokens, outputTokens } }).source
  assert.deepEqual([source(464, 1_000), source(464, 1_001), source(465, 1_000)], ['provider', 'estimate', 'estimate'])
})

await test('without a count, four letters are a token, and a sign of a dense script is one', () => {
  const metered = terms({ cost })
  const estimate = (said: string) => countTokens(metered, text(Buffer.byteLength(said), said.length)).output
  assert.equal(estimate('four letters are a token'), 6)
  assert.equal(estimate('日本語の文章は一字が一つ'), 12)
  assert.equal(estimate('Русский текст'), 8)
  assert.equal(estimate('🙂'), 2)
  assert.equal(estimate(''), 0)
})

await test('what the hold does not cover is the house’s: its own part shrinks, then the model’s, the creator’s never', () => {
  const metered = terms({ cost })
  const settled = (held: bigint) => settleTurn([ended(metered, due, 8_000)], loose(held))
  // 2,000 tokens of answer and 100 of prompt: 675 points for the model, 85 for the platform.
  assert.deepEqual(settled(927n).calls[0]?.parts, { creator: 167n, model: 675n, platform: 85n })
  assert.deepEqual(settled(926n).calls[0]?.parts, { creator: 167n, model: 675n, platform: 84n })
  assert.deepEqual(settled(700n).calls[0]?.parts, { creator: 167n, model: 533n, platform: 0n })
  assert.equal(settled(700n).calls[0]?.earned, 5_000n)
})

await test('tokens are told where they were charged for, and nowhere else', () => {
  const counted = (call: Terms, how: Due) => settleTurn([ended(call, how, 400)], loose(5_000n)).calls[0]?.counted
  assert.equal(counted(terms({ cost }), due)?.output, 100)
  assert.equal(counted(terms({ cost }), { fixed: 'due', metered: 'nothing' }), null)
  assert.equal(counted(terms(), due), null)
})

const pricedCalls = fc.array(
  fc.record({
    call: fc.uuid().map((id) => id as Uuid),
    bot: fc.constant(uuidv7()),
    handle: fc.constant('tutor'),
    creator: fc.constantFrom(null, creator, payer, uuidv7()),
    price: fc.record({
      version: fc.constant(1),
      usdPerThousandMicro: fc.bigInt(0n, 10_000_000n).map((milli) => milli * 1_000n),
    }),
    cost: fc.option(
      fc.record({ version: fc.constant(1), input: fc.bigInt(0n, 100_000_000n), output: fc.bigInt(0n, 400_000_000n) }),
    ),
    inputBytes: fc.nat(400_000),
    maxOutputTokens: fc.integer({ min: 1, max: 32_000 }),
  }),
  { minLength: 1, maxLength: 5 },
)
const endings = fc.record({
  due: fc.record({
    fixed: fc.constantFrom('due' as const, 'waived' as const),
    metered: fc.constantFrom('delivered' as const, 'nothing' as const),
  }),
  bytes: fc.nat(600_000),
  usage: fc.option(fc.record({ inputTokens: fc.integer(), outputTokens: fc.integer() })),
})

await test('a cap is shared by all calls of a message, and none goes without its shortest answer', () => {
  fc.assert(
    fc.property(pricedCalls, fc.bigInt(0n, 6_000n), (calls, cap) => {
      const free = termsWithin(calls, payer, null) ?? assert.fail('without a cap there is no refusal')
      const shortest = termsWithin(
        calls.map((one) => ({ ...one, maxOutputTokens: 1 })),
        payer,
        null,
      )
      const least = (shortest ?? []).reduce((sum, { most }) => sum + sumOf(most), 0n)
      const within = termsWithin(calls, payer, cap)
      assert.equal(within === undefined, least > cap)
      if (!within) return
      const total = within.reduce((sum, { most }) => sum + sumOf(most), 0n)
      assert.ok(total <= cap)
      within.forEach(({ most, capped }, at) => {
        if (!capped) assert.deepEqual(most, free[at]?.most)
      })
    }),
    { numRuns: 300 },
  )
})

await test('whatever happens: never above the quote or the hold, never below zero, parts add up, prices are exact', () => {
  const shapes = fc.tuple(pricedCalls, fc.array(endings, { minLength: 5, maxLength: 5 }), fc.array(fc.nat(1_000_000)))
  fc.assert(
    fc.property(shapes, fc.option(fc.bigInt(0n, 3_000n)), ([calls, ends, extra], cap) => {
      const made = calls.map((one) => termsOf(one, payer, cap)).filter((one) => one !== undefined)
      const byCall = new Map(made.map((one) => [uuidv7(), one]))
      const held = [
        { amount: firstSlice(byCall), isFree: true },
        ...extra.map((amount, at) => ({ amount: BigInt(amount), isFree: at % 2 === 0 })),
      ]
      const total = held.reduce((sum, { amount }) => sum + amount, 0n)
      const endedCalls = [...byCall].map(([call, one], at): EndedCall => {
        const { due: how, bytes, usage } = ends[at] ?? { due, bytes: 0, usage: null }
        return { call, terms: one, due: how, delivered: { ...text(bytes), usage } }
      })
      const settled = settleTurn(endedCalls, held)
      assert.ok(settled.charged >= 0n && settled.charged <= total)
      assert.ok(settled.free >= 0n && settled.free <= settled.charged && settled.rounding >= 0n)
      assert.equal(
        settled.calls.reduce((sum, { charged }) => sum + charged, 0n),
        settled.charged,
      )
      settled.calls.forEach(({ charged, parts, earned, earnedFree }, at) => {
        const { terms: one, due: how } = endedCalls[at] as EndedCall
        assert.equal(sumOf(parts), charged)
        assert.ok(charged <= sumOf(one.most) && parts.model >= 0n && parts.platform >= 0n)
        if (cap !== null) assert.ok(charged <= cap)
        const isDue = one.creator !== null && how.fixed === 'due'
        assert.equal(earned + earnedFree, isDue ? one.priceMicro : 0n)
        assert.ok(earned >= 0n && earnedFree >= 0n)
        assert.ok(parts.creator * 30n >= (isDue ? one.priceMicro : 0n))
      })
    }),
    { numRuns: 500 },
  )
})

await test('a hold grows ahead of the answer and never beyond the quote', () => {
  fc.assert(
    fc.property(pricedCalls, fc.array(fc.nat(4_000), { maxLength: 40 }), (calls, steps) => {
      const byCall = new Map(calls.map((one) => [one.call, termsOf(one, payer, null)] as const))
      const all = new Map([...byCall].flatMap(([call, one]) => (one ? [[call, one] as const] : [])))
      const most = [...all.values()].reduce((sum, one) => sum + sumOf(one.most), 0n)
      let held = firstSlice(all)
      assert.ok(held <= most && usualCost(all) <= most)
      const progress = new Map<Uuid, number>()
      const [first] = all.keys()
      for (const step of first ? steps : []) {
        progress.set(first as Uuid, (progress.get(first as Uuid) ?? 0) + step)
        const slice = sliceAt(all, progress, held)
        assert.ok(slice.next >= held && slice.next <= most && slice.least <= most)
        held = slice.next
        assert.ok(sliceAt(all, progress, held).covered)
      }
    }),
    { numRuns: 200 },
  )
})

await test('what covers an answer never falls as it grows', () => {
  fc.assert(
    fc.property(pricedCalls, fc.nat(40_000), fc.nat(4_000), ([one], tokens, more) => {
      const made = one && termsOf(one, payer, null)
      if (made) assert.ok(coverFor(made, tokens) <= coverFor(made, tokens + more))
    }),
  )
})
