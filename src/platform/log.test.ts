import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLog } from './log.ts'

function written(work: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = []
  work(createLog({ level: 'debug', destination: { write: (line) => lines.push(line) } }))
  return lines.join('')
}

test('no secret reaches the output, however deep and under whatever spelling', () => {
  const keys = [
    'authorization',
    'Cookie',
    'set-cookie',
    'password',
    'token',
    'access_token',
    'clientSecret',
    'X-Api-Key',
    'apiKey',
  ]
  const more = ['card_number', 'cvc', 'DATABASE_URL', 'privateKey', 'newPassword']
  const fields = Object.fromEntries([...keys, ...more].map((key, at) => [key, `s3cret-${at}`]))
  const fault = new Error('calling with Bearer s3cret-in-message', { cause: { headers: fields } })
  const output = written((log) => {
    log.info(fields, 'flat')
    log.info({ a: { b: [{ c: fields }] }, headers: new Headers({ cookie: 's3cret-h' }) }, 'nested')
    log.child(fields).warn('bindings')
    log.error({ err: Object.assign(fault, { detail: 'Key (email)=(s3cret@x) exists' }) }, 'fault')
    log.error(fault)
    log.info('connecting to postgres://bottega:s3cret@127.0.0.1:5432/x with basic s3cretXYZ')
    log.info({ url: 'https://u:s3cret@host/', key: 'sk-live-s3cret0123456789' }, 'values')
    log.info('%s', 'Bearer s3cretSplat')
  })
  assert.ok(!output.includes('s3cret'), output)
  assert.equal(output.split('[hidden]').length > 30, true)
})

test('a warning bears its stack for who asked for more, an error always', () => {
  const fault = Object.assign(new Error('it is gone', { cause: new Error('pulled out') }), { code: '57P01' })
  const lineOf = (level: 'debug' | 'info', at: 'warn' | 'error') => {
    const lines: string[] = []
    const log = createLog({ level, destination: { write: (line) => lines.push(line) } })
    log[at]({ err: fault }, 'a connection was lost')
    return lines.join('')
  }
  assert.doesNotMatch(lineOf('info', 'warn'), /"stack"/)
  assert.match(lineOf('info', 'warn'), /"message":"it is gone","code":"57P01","cause":.*pulled out/)
  assert.match(lineOf('debug', 'warn'), /"stack".*"stack"/)
  assert.match(lineOf('info', 'error'), /"stack"/)
})

test('card numbers are hidden; ids, amounts and instants are not', () => {
  const kept = ['4111111111111112', '01a2b3c4-4111-7111-8111-111111111111', '1700000000000', '98765432109876543210']
  const output = written((log) => {
    log.info({ note: 'paid by 4111 1111 1111 1111', other: ['5555-5555-5555-4444'], kept }, 'card 378282246310005')
  })
  for (const card of ['4111 1111', '5555-5555', '378282246310005']) assert.ok(!output.includes(card), output)
  for (const value of kept) assert.ok(output.includes(value), value)
})

test('amounts, token counts and faults stay readable', () => {
  const output = written((log) => log.warn({ points: 12n, inputTokens: 40, err: new TypeError('odd') }, 'seen'))
  const line: unknown = JSON.parse(output)
  assert.partialDeepStrictEqual(line, { level: 'warn', points: '12', inputTokens: 40, msg: 'seen' })
  assert.partialDeepStrictEqual(line, { err: { type: 'TypeError', message: 'odd' } })
})
