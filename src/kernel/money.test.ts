import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  add,
  convertDown,
  formatDecimal,
  money,
  parseMoney,
  payableDown,
  scales,
  shareDown,
  splitByWeight,
  subtract,
  units,
  type Money,
} from './money.ts'
import { isRefusal } from './refusal.ts'

const unit = fc.constantFrom(...units)
const minor = fc.oneof(fc.bigInt(-20n, 20n), fc.bigInt(-(10n ** 18n), 10n ** 18n))
const positive = fc.oneof(fc.bigInt(1n, 20n), fc.bigInt(1n, 10n ** 12n))
const sum = (parts: readonly Money[]) => parts.reduce((total, part) => total + part.minor, 0n)

test('parts split by weight add up to the whole, and none is a minor unit away from its share', () => {
  const weights = fc
    .array(fc.bigInt(0n, 1000n), { minLength: 1, maxLength: 12 })
    .filter((all) => all.some((one) => one > 0n))
  fc.assert(
    fc.property(unit, minor, weights, (of, whole, shares) => {
      const total = shares.reduce((a, b) => a + b, 0n)
      const parts = splitByWeight(money(of, whole), shares)
      assert.equal(parts.length, shares.length)
      assert.equal(sum(parts), whole)
      parts.forEach((part, at) => {
        const off = part.minor * total - whole * (shares[at] ?? 0n)
        assert.ok(off < total && off > -total, `part ${at} is off by ${off}/${total}`)
        if (shares[at] === 0n) assert.equal(part.minor, 0n)
        assert.equal(part.unit, of)
      })
    }),
  )
})

test('what is left over goes to the largest remainders, and among equals to the earlier', () => {
  const split = (whole: bigint, ...weights: bigint[]) =>
    splitByWeight(money('POINTS', whole), weights).map((part) => part.minor)
  assert.deepEqual(split(10n, 1n, 1n, 1n), [4n, 3n, 3n])
  assert.deepEqual(split(11n, 1n, 1n, 1n), [4n, 4n, 3n])
  assert.deepEqual(split(10n, 15n, 50n, 35n), [2n, 5n, 3n])
  assert.deepEqual(split(10n, 14n, 50n, 36n), [1n, 5n, 4n])
  assert.deepEqual(split(-10n, 1n, 1n, 1n), [-3n, -3n, -4n])
  assert.deepEqual(split(5n, 0n, 3n), [0n, 5n])
  assert.throws(() => split(5n, 0n), /not all zero/)
  assert.throws(() => split(5n), /not all zero/)
  assert.throws(() => split(5n, -1n, 2n), /not negative/)
})

test('a share and its rest are the whole, and the share is never above its due', () => {
  fc.assert(
    fc.property(unit, minor, minor, positive, (of, whole, numerator, denominator) => {
      const { part, rest } = shareDown(money(of, whole), { numerator, denominator })
      assert.equal(part.minor + rest.minor, whole)
      const due = whole * numerator
      assert.ok(part.minor * denominator <= due && (part.minor + 1n) * denominator > due)
    }),
  )
  assert.throws(() => shareDown(money('USD', 1n), { numerator: 1n, denominator: 0n }), /denominator/)
  assert.throws(() => shareDown(money('USD', 1n), { numerator: 1n, denominator: -2n }), /denominator/)
})

test('an exchange and its remainder are exactly what the rate says, in favour of the exchange', () => {
  fc.assert(
    fc.property(unit, unit, minor, positive, positive, (from, to, whole, numerator, denominator) => {
      const { amount, remainder } = convertDown(money(from, whole), { numerator, denominator }, to)
      assert.equal(amount.unit, to)
      assert.ok(remainder.numerator >= 0n && remainder.numerator < remainder.denominator)
      // amount + remainder = whole × rate, with both brought to one denominator
      const exact = whole * numerator * 10n ** BigInt(scales[to])
      const scale = denominator * 10n ** BigInt(scales[from])
      assert.equal((amount.minor * remainder.denominator + remainder.numerator) * scale, exact * remainder.denominator)
    }),
  )
  const yuan = convertDown(money('USD', 10_000_000n), { numerator: 711n, denominator: 100n }, 'CNY')
  assert.equal(yuan.amount.minor, 71_100_000n)
  assert.equal(convertDown(money('POINTS', 3n), { numerator: 1n, denominator: 100n }, 'USD').amount.minor, 30_000n)
})

test('what a bank can pay and what stays are the whole, and less stays than a bank can pay', () => {
  fc.assert(
    fc.property(unit, minor, (of, whole) => {
      const { payable, dust } = payableDown(money(of, whole))
      const step = 10n ** BigInt(scales[of] - (of === 'JPY' || of === 'POINTS' ? 0 : 2))
      assert.equal(payable.minor + dust.minor, whole)
      assert.equal(payable.minor % step, 0n)
      assert.ok(dust.minor >= 0n && dust.minor < step)
    }),
  )
  assert.equal(payableDown(money('USD', 12_345_678n)).payable.minor, 12_340_000n)
  assert.equal(payableDown(money('JPY', 12_345_678n)).payable.minor, 12_000_000n)
})

test('an amount written out reads back as itself', () => {
  fc.assert(
    fc.property(unit, fc.bigInt(-(10n ** 13n) + 1n, 10n ** 13n - 1n), (of, whole) => {
      const text = formatDecimal(money(of, whole))
      assert.match(text, scales[of] === 0 ? /^-?\d+$/ : /^-?\d+\.\d{6}$/)
      assert.deepEqual(parseMoney(of, text), money(of, whole))
    }),
  )
})

test('what is no decimal of the unit is refused, and says which', () => {
  const read = (text: string, of: (typeof units)[number] = 'USD') => {
    const answer = parseMoney(of, text)
    return isRefusal(answer) ? answer.refused : answer.minor
  }
  assert.equal(read('12.5'), 12_500_000n)
  assert.equal(read('-0.000001'), -1n)
  assert.equal(read('007'), 7_000_000n)
  assert.equal(read('9999999999999.999999'), 9_999_999_999_999_999_999n)
  for (const text of [
    '',
    '.',
    '1.',
    '.5',
    '1e3',
    '1,5',
    ' 1',
    '1 ',
    '+1',
    '--1',
    '0x1',
    '1.0000001',
    'NaN',
    '٣',
    '1'.repeat(14),
    '1\n',
  ])
    assert.equal(read(text), 'invalid_amount', JSON.stringify(text))
  assert.equal(read('1.0', 'POINTS'), 'invalid_amount')
  const answer = parseMoney('USD', 'x'.repeat(1000))
  assert.ok(isRefusal(answer) && answer.detail.length < 120 && answer.detail.includes('at most 6 decimals'))
})

test('sums are exact, and of one unit', () => {
  fc.assert(
    fc.property(unit, minor, minor, (of, a, b) => {
      assert.equal(add(money(of, a), money(of, b)).minor, a + b)
      assert.equal(subtract(money(of, a), money(of, b)).minor, a - b)
    }),
  )
  const [dollars, euros] = [money('USD', 1n), money('EUR', 1n)]
  // @ts-expect-error units never mix
  assert.throws(() => add(dollars, euros), /USD is never added to EUR/)
  // @ts-expect-error units never mix
  assert.throws(() => subtract(dollars, euros), /EUR is never taken from USD/)
})
