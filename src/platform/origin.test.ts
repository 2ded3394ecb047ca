import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkOrigin, type Origins } from './origin.ts'

const hosts = new Set(['localhost', '127.0.0.1', '[::1]', 'bots.example'])

function asked(method: string, headers: Record<string, string>, origins: Origins = { hosts }): number {
  try {
    checkOrigin(new Request('http://localhost:8080/', { method, headers }), origins)
    return 200
  } catch (fault) {
    return (fault as { status: number }).status
  }
}

for (const [what, method, headers, status] of [
  ['reading from anywhere', 'GET', { host: 'localhost:8080', origin: 'https://evil.example' }, 200],
  ['writing from the same page', 'POST', { host: 'localhost:8080', origin: 'http://localhost:8080' }, 200],
  ['writing behind a proxy that ends TLS', 'POST', { host: 'bots.example', origin: 'https://bots.example' }, 200],
  ['writing by a program that names no origin', 'POST', { host: '[::1]:8080' }, 200],
  ['writing from another site', 'POST', { host: 'localhost:8080', origin: 'https://evil.example' }, 403],
  ['writing from another port', 'DELETE', { host: 'localhost:8080', origin: 'http://localhost:9090' }, 403],
  ['writing from a sandboxed frame', 'POST', { host: 'localhost:8080', origin: 'null' }, 403],
  ['writing across sites without an origin', 'POST', { host: 'localhost:8080', 'sec-fetch-site': 'cross-site' }, 403],
  ['a foreign name that points here', 'GET', { host: 'evil.example:8080' }, 421],
] as const) {
  test(`${what}: ${status}`, () => assert.equal(asked(method, headers), status))
}

test('behind a proxy that asks under a name of its own, the public address may write, and no other', () => {
  const origins = { hosts, publicUrl: 'https://bots.example/shop' }
  const from = (origin: string) => asked('POST', { host: '127.0.0.1:8080', origin }, origins)
  assert.equal(from('https://bots.example'), 200)
  for (const other of ['http://bots.example', 'https://bots.example:8443', 'https://evil.example', 'null'])
    assert.equal(from(other), 403, other)
})
