import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as z from 'zod/mini'
import {
  bigintText,
  CallFault,
  client,
  endpoint,
  isRefusal,
  refuse,
  type AnswerOf,
  type InputOf,
  type Refusal,
  uuidText,
} from './contract.ts'

const transfer = endpoint({
  method: 'POST',
  path: '/api/accounts/:account/transfers',
  input: {
    params: z.object({ account: z.string() }),
    query: z.object({ note: z.optional(z.string()) }),
    body: z.object({ amount: bigintText }),
  },
  output: z.object({ balance: bigintText }),
  refusals: { insufficient_funds: 402, unknown_account: 404 },
})

const ping = endpoint({ method: 'GET', path: '/ping', input: {}, output: z.object({ ok: z.boolean() }), refusals: {} })

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <const Claim extends true>(claim: Claim) => claim

/** Answers as a server would, and keeps what it was asked. */
function loopback(answer: { status: number; kind: string; body: unknown }) {
  const asked: { url: string; init: RequestInit | undefined }[] = []
  const send: typeof fetch = async (url, init) => {
    asked.push({ url: String(url instanceof Request ? url.url : url), init })
    const headers = { 'content-type': answer.kind, 'x-request-id': 'r-1' }
    return new Response(JSON.stringify(answer.body), { status: answer.status, headers })
  }
  return { asked, call: client({ baseUrl: 'http://market', fetch: send }) }
}

const problemOf = (refused: string) => ({
  type: 'about:blank',
  title: 'No',
  status: 402,
  detail: 'You have 3.',
  refused,
})
const input = { params: { account: 'a/b' }, query: { note: 'x y' }, body: { amount: 12345678901234567890n } }

test('the compiler knows the input, the output and the closed list of refusals', () => {
  same<Equal<InputOf<typeof transfer>['body'], { amount: bigint }>>(true)
  same<Equal<AnswerOf<typeof transfer>, { balance: bigint } | Refusal<'insufficient_funds' | 'unknown_account'>>>(true)
  same<Equal<AnswerOf<typeof ping>, { ok: boolean }>>(true)
  const handle = (_answer: AnswerOf<typeof transfer>) => undefined
  handle(refuse('insufficient_funds', 'You have 3.'))
  // @ts-expect-error a refusal that the contract does not list
  handle(refuse('too_late', 'It is over.'))
  // @ts-expect-error an amount is a bigint inside a program, never text
  handle({ balance: '3' })
  // @ts-expect-error an endpoint without refusals refuses nothing
  const never: AnswerOf<typeof ping> = refuse('insufficient_funds', '')
  assert.ok(never)
})

test('the compiler wants the parameters of the path and nothing it does not know', async () => {
  const { call } = loopback({ status: 200, kind: 'application/json', body: { balance: '1' } })
  // @ts-expect-error a parameter is missing
  await assert.rejects(call(transfer, { query: {}, body: { amount: 1n } }))
  assert.throws(() =>
    // @ts-expect-error the path has a parameter that the input does not declare
    endpoint({ method: 'GET', path: '/a/:b', input: {}, output: z.object({}), refusals: {} }),
  )
  assert.throws(() =>
    endpoint({ method: 'GET', path: '/a', input: { body: z.string() }, output: z.object({}), refusals: {} }),
  )
  const status = endpoint({ method: 'GET', path: '/s', input: {}, output: z.object({}), refusals: { gone: 410 } })
  assert.equal(status.refusals.gone, 410)
  // @ts-expect-error 500 is a fault, not a refusal
  endpoint({ method: 'GET', path: '/s', input: {}, output: z.object({}), refusals: { broken: 500 } })
})

test('amounts travel as text and come back as bigint', async () => {
  const { asked, call } = loopback({ status: 200, kind: 'application/json', body: { balance: '98765432109876543210' } })
  const answer = await call(transfer, input)
  if (isRefusal(answer)) return assert.fail(answer.refused)
  assert.equal(answer.balance, 98765432109876543210n)
  assert.equal(asked[0]?.url, 'http://market/api/accounts/a%2Fb/transfers?note=x+y')
  assert.equal(asked[0]?.init?.body, '{"amount":"12345678901234567890"}')
})

test('a listed refusal is a value; everything else is thrown with its request id', async () => {
  const refused = loopback({ status: 402, kind: 'application/problem+json', body: problemOf('insufficient_funds') })
  assert.deepEqual(await refused.call(transfer, input), { refused: 'insufficient_funds', detail: 'You have 3.' })
  const others = [
    { status: 402, kind: 'application/problem+json', body: problemOf('unlisted') },
    { status: 402, kind: 'application/problem+json', body: problemOf('toString') },
    { status: 500, kind: 'application/problem+json', body: { nonsense: true } },
    { status: 502, kind: 'text/html', body: 'a proxy' },
    { status: 200, kind: 'application/json', body: { balance: 3 } },
    { status: 200, kind: 'application/json', body: { balance: '1e3' } },
  ]
  for (const answer of others) {
    const fault = await loopback(answer)
      .call(transfer, input)
      .then(
        () => assert.fail(JSON.stringify(answer)),
        (e) => e,
      )
    assert.ok(fault instanceof CallFault, String(fault))
    assert.equal(fault.status, answer.status)
    assert.equal(fault.requestId, 'r-1')
  }
})

test('text that is no plain whole number is no amount', () => {
  for (const text of ['', '-0', '01', '+1', ' 1', '1.0', '0x1', '9'.repeat(40)])
    assert.equal(z.safeDecode(bigintText, text).success, false, text)
  for (const text of ['0', '-1', '9'.repeat(39)]) assert.equal(z.encode(bigintText, z.decode(bigintText, text)), text)
})

test('an identifier has one spelling, and the nil and the max UUID are none', () => {
  const id = '01a20ad8-5430-799c-96b7-d9cf17c32b0a'
  const isTaken = (text: string) => uuidText.safeParse(text).success
  assert.ok(isTaken(id))
  for (const text of [id.toUpperCase(), `{${id}}`, id.replace(/./g, '0'), '00000000-0000-0000-0000-000000000000', ''])
    assert.equal(isTaken(text), false, text)
  assert.equal(isTaken('ffffffff-ffff-ffff-ffff-ffffffffffff'), false)
})
