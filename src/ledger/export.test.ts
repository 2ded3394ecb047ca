import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, test } from 'node:test'
import { formatDecimal, money, scales, uuidv7, type Unit } from '#kernel'
import { richHistory } from '../../test/ledger-history.ts'
import { ok, openHouse, usd, type House } from '../../test/ledger-house.ts'
import { wallet } from '../../test/market/flows.ts'

let house: House
before(async () => {
  house = await openHouse()
  await richHistory(house)
})
after(() => house[Symbol.asyncDispose]())

type Balances = Record<string, string>

/** Balances by account and unit as the ledger has them, with the names that the export gives accounts. */
async function ourBalances(home: number): Promise<Balances> {
  const rows = await house.query<{ name: string; unit: Unit; balance: bigint }>(
    `select k.name || ':' || a.owner_type || case when a.owner = '' then '' else ':' || a.owner end
      || case when a.subject = '' then '' else ':' || a.subject end as name, u.code as unit, a.balance
    from ledger.account a join ledger.kind k on k.id = a.kind join ledger.unit u on u.id = a.unit
    where a.home = $1 and a.balance <> 0`,
    [home],
  )
  return Object.fromEntries(rows.map(({ name, unit, balance }) => [`${name} ${unit}`, balance.toString()]))
}

async function textOf(format: 'jsonl' | 'hledger', home?: number, of = house): Promise<string> {
  let text = ''
  for await (const part of of.ledger.export(format, home)) text += part
  return text
}

type Line = {
  key: string
  home: number
  legs: {
    debit: string
    credit: string | null
    amount: string
    unit: string
    debitBalance: string | null
    creditBalance: string | null
  }[]
}

test('JSON lines read back to the same balances, journal by journal in the order of posting', async () => {
  for (const home of [1, 2]) {
    const lines = (await textOf('jsonl', home))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line)
    const sums = new Map<string, bigint>()
    for (const leg of lines.flatMap((line) => line.legs)) {
      if (leg.credit === null) continue
      for (const [account, amount, balance] of [
        [`${leg.debit} ${leg.unit}`, -BigInt(leg.amount), leg.debitBalance],
        [`${leg.credit} ${leg.unit}`, BigInt(leg.amount), leg.creditBalance],
      ] as const) {
        sums.set(account, (sums.get(account) ?? 0n) + amount)
        assert.equal(sums.get(account)?.toString(), balance)
      }
    }
    const found = Object.fromEntries(
      [...sums].filter(([, sum]) => sum !== 0n).map(([name, sum]) => [name, sum.toString()]),
    )
    assert.deepEqual(found, await ourBalances(home))
    const journals = await house.query<{ id: string }>(
      'select id from ledger.journal where home = $1 order by first_pos',
      [home],
    )
    assert.deepEqual(
      lines.map((line) => line.key),
      journals.map(({ id }) => id),
    )
  }
  assert.equal(await textOf('jsonl', 3), '')
})

test('an export longer than a page leaves nothing out and gives nothing twice', async () => {
  await using long = await openHouse()
  const accounts = {
    fees: await long.account('cash.fees', { unit: 'USD' }),
    clearing: await long.account('cash.clearing', { unit: 'USD' }),
  }
  const keys = Array.from({ length: 4500 }, () => uuidv7())
  const post = (key: (typeof keys)[number]) =>
    long.ledger.post(wallet.templates['wallet.provider_fee'], { key, accounts, amounts: { fee: usd(1n) } })
  for (const answer of await Promise.all(keys.map(post))) ok(answer)
  const read = (await textOf('jsonl', 1, long))
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as Line).key)
  assert.equal(read.length, keys.length)
  assert.deepEqual(new Set(read), new Set(keys))
})

test('no two accounts share a name, whatever their owners and subjects are called', async () => {
  await using named = await openHouse()
  const fees = await named.account('cash.fees', { unit: 'USD' })
  const names = [
    ['a b', ''],
    ['a_b', ''],
    ['a%20b', ''],
    ['x:y', ''],
    ['x', 'y'],
    ['x%3Ay', ''],
    ['x', ':y'],
    ['x:', 'y'],
  ] as const
  for (const [id, subject] of names) {
    const owner = { type: 'user', id } as const
    const clearing = await named.ledger.open({ kind: 'cash.clearing', unit: 'USD', owner, subject })
    const input = { key: uuidv7(), accounts: { fees, clearing }, amounts: { fee: usd(1n) } }
    ok(await named.ledger.post(wallet.templates['wallet.provider_fee'], input))
  }
  for (const format of ['jsonl', 'hledger'] as const) {
    const found = (await textOf(format, 1, named)).match(/cash\.clearing:user:[^\s"]+/g) ?? []
    assert.deepEqual([found.length, new Set(found).size], [names.length, names.length], found.join(' '))
  }
})

function hledger(args: readonly string[], input: string): Promise<string> {
  return new Promise((done, fail) => {
    const child = execFile('hledger', ['-f', '-', ...args], { maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      error ? fail(new Error(`hledger ${args.join(' ')}: ${stderr}`, { cause: error })) : done(stdout),
    )
    child.stdin?.end(input)
  })
}

const installed = await hledger(['--version'], '').then(
  () => true,
  () => false,
)
const skip = installed
  ? false
  : 'hledger is not installed, so nothing has read the export back (Debian: apt install hledger)'
if (skip) console.error(skip)

test('the real hledger finds every balance assertion true and comes to our balances', { skip }, async () => {
  for (const home of [1, 2]) {
    const text = await textOf('hledger', home)
    await hledger(['check'], text)
    const csv = await hledger(['balance', '--flat', '--no-total', '-O', 'csv', '--layout=bare'], text)
    const rows = csv
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => row.slice(1, -1).split('","'))
    const theirs = Object.fromEntries(
      rows
        .filter(([, , amount]) => Number(amount) !== 0)
        .map(([name, unit, amount]) => [`${name} ${unit}`, `${amount}`]),
    )
    const ours = Object.fromEntries(
      Object.entries(await ourBalances(home)).map(([name, balance]) => {
        const unit = (name.split(' ')[1] ?? 'USD') as Unit
        return [name, formatDecimal(money(unit, -BigInt(balance)))]
      }),
    )
    const whole = ([name, amount]: [string, string]) => {
      const unit = (name.split(' ')[1] ?? 'USD') as Unit
      const [units = '0', decimals = ''] = amount.split('.')
      return [name, `${units}${scales[unit] ? `.${decimals.padEnd(scales[unit], '0')}` : ''}`]
    }
    assert.deepEqual(Object.fromEntries(Object.entries(theirs).map(whole)), ours)
  }
})

test('hledger finds a balance that is not ours', { skip }, async () => {
  const text = await textOf('hledger')
  const wrong = text.replace(/(wallet\.points:user:ada {2}-\d+ POINTS = -)(\d+)/, '$19$2')
  assert.notEqual(wrong, text)
  await assert.rejects(hledger(['check'], wrong), /balance assertion/i)
})

test('names that other people chose cannot end an account or start a comment', { skip }, async () => {
  await using named = await openHouse()
  const owner = { type: 'user', id: 'a  b;c (d) [e] {f} =g @h *i !j "k" |l\nm: n' } as const
  const fees = await named.account('cash.fees', { unit: 'USD' })
  const clearing = await named.ledger.open({ kind: 'cash.clearing', unit: 'USD', owner, subject: '2026-01-01 x\ty' })
  const amounts = { fee: usd(1_234_567n) }
  ok(
    await named.ledger.post(wallet.templates['wallet.provider_fee'], {
      key: uuidv7(),
      accounts: { fees, clearing },
      amounts,
    }),
  )
  const text = await textOf('hledger', 1, named)
  await hledger(['check'], text)
  assert.match(await hledger(['balance', 'cash.clearing'], text), /-1\.234567 USD/)
})
