import assert from 'node:assert/strict'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { OperatorFault } from '#platform'
import { checkExposure, hostsOf, readConfig } from './config.ts'

const refusal = (variables: Record<string, string>) => {
  try {
    readConfig(variables)
  } catch (fault) {
    assert.ok(fault instanceof OperatorFault)
    return `${fault.message} ${fault.remedy}`
  }
  return assert.fail(`${JSON.stringify(variables)} was accepted`)
}

test('an empty environment is a demo on this machine', () => {
  assert.deepEqual(readConfig({ PORT: '' }), {
    host: '127.0.0.1',
    port: 8080,
    databaseUrl: undefined,
    postgresFolder: join(resolve('.data'), 'postgres'),
    poolMax: 10,
    roles: ['web', 'worker'],
    logLevel: 'info',
    mode: { wished: undefined, fallback: 'demo' },
    publicUrl: undefined,
    proxies: 0,
    secret: undefined,
    secretFile: join(resolve('.data'), 'secret'),
    providerKeys: {},
  })
})

test('an address, a secret and keys of providers are read from the environment', () => {
  const config = readConfig({ PUBLIC_URL: 'https://bots.example/', SECRET: 's'.repeat(32), OPENAI_API_KEY: 'sk-1' })
  assert.deepEqual([config.publicUrl, config.providerKeys], ['https://bots.example', { openai: 'sk-1' }])
  assert.ok(hostsOf(config)?.has('bots.example'))
  assert.ok(!hostsOf(readConfig({}))?.has('bots.example'))
  assert.equal(hostsOf(readConfig({ DATABASE_URL: 'postgres://a@b/c', HOST: '0.0.0.0' })), undefined)
  const words = refusal({ PUBLIC_URL: 'bots', SECRET: 'short', PROXIES: '9' })
  for (const name of ['PUBLIC_URL', 'SECRET', 'PROXIES']) assert.ok(words.includes(name), words)
})

test('a database of one’s own is live unless said otherwise, and what was read is frozen', () => {
  const config = readConfig({ DATABASE_URL: 'postgres://a@b/c', HOST: '0.0.0.0', ROLES: 'worker, worker', PORT: '0' })
  assert.deepEqual([config.mode.fallback, config.roles, config.port], ['live', ['worker'], 0])
  assert.throws(() => Object.assign(config, { port: 1 }), TypeError)
  assert.equal(readConfig({ DATABASE_URL: 'postgres://a@b/c', BOTTEGA_MODE: 'demo' }).mode.wished, 'demo')
})

test('every malformed variable is named at once, and contradictions are refused in words', () => {
  const all = refusal({
    PORT: '70000',
    ROLES: 'web,chef',
    LOG_LEVEL: 'loud',
    BOTTEGA_MODE: 'real',
    DATABASE_URL: 'mysql://x',
  })
  for (const name of ['PORT', 'ROLES', 'LOG_LEVEL', 'BOTTEGA_MODE', 'DATABASE_URL']) assert.ok(all.includes(name), all)
  assert.match(refusal({ PORT: 'http' }), /PORT is no whole number/)
  assert.match(refusal({ HOST: '0.0.0.0' }), /BOTTEGA_MODE=live if this is meant/)
  assert.match(
    refusal({ HOST: '0.0.0.0', BOTTEGA_MODE: 'demo', DATABASE_URL: 'postgres://a@b/c' }),
    /this machine alone/,
  )
  assert.equal(readConfig({ HOST: '0.0.0.0', BOTTEGA_MODE: 'live' }).host, '0.0.0.0')
})

test('a demo install is not shown to other machines, whatever the variables leave open', () => {
  const open = readConfig({ HOST: '::', DATABASE_URL: 'postgres://a@b/c' })
  checkExposure(open, 'live')
  checkExposure(readConfig({ HOST: '127.0.0.2' }), 'demo')
  assert.throws(() => checkExposure(open, 'demo'), /stamped demo/)
})
