import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deviceOf } from './device.ts'

const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)'

test('a browser that names its forebears is called by its own name', () => {
  const agents: Readonly<Record<string, readonly [string, string]>> = {
    [`Mozilla/5.0 (X11; Linux x86_64) ${webkit} HeadlessChrome/153.0.0.0 Safari/537.36`]: ['Chrome', 'Linux'],
    [`Mozilla/5.0 (Windows NT 10.0) ${webkit} Chrome/153.0.0.0 Safari/537.36 Edg/153.0`]: ['Edge', 'Windows'],
    [`Mozilla/5.0 (Linux; Android 16) ${webkit} Chrome/153.0 Mobile Safari/537.36`]: ['Chrome', 'Android'],
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:150.0) Gecko/20100101 Firefox/150.0': ['Firefox', 'Mac'],
    'Mozilla/5.0 (iPhone; CPU iPhone OS 20_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/20.0 Mobile/15E1 Safari/604.1':
      ['Safari', 'iPhone'],
    'curl/8.9': ['curl', ''],
    '': ['', ''],
  }
  for (const [agent, [browser, system]] of Object.entries(agents))
    assert.deepEqual(deviceOf(agent), { browser, system }, agent)
})
