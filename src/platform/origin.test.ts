import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkOrigin } from './origin.ts'

const hosts = new Set(['localhost', '127.0.0.1', '[::1]', 'bots.example'])

function asked(method: string, headers: Record<string, string>): number {
  try {
    checkOrigin(new Request('http://localhost:8080/', { method, headers }), { hosts })
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
