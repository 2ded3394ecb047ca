import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createHttp } from './http.ts'
import { createLog } from './log.ts'
import { createMetrics } from './metrics.ts'
import { openScreens } from './screens.ts'
import { listen } from './server.ts'

async function serve(content: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'bottega-screens-'))
  const dist = join(folder, 'dist')
  await mkdir(join(dist, 'assets'), { recursive: true })
  await writeFile(join(folder, 'secret.json'), '{}')
  for (const [name, text] of Object.entries(content)) await writeFile(join(dist, name), text)
  const log = createLog({ level: 'silent' })
  const app = createHttp({ log, metrics: createMetrics(), operations: [], screens: openScreens(dist) })
  const server = await listen({ fetch: app.fetch, host: '127.0.0.1', port: 0 })
  const html = { headers: { accept: 'text/html' } }
  return {
    ...server,
    document: (path: string) => fetch(server.url + path, html),
    text: async (path: string) => (await fetch(server.url + path)).text(),
    build: (name: string, text: string) => writeFile(join(dist, name), text),
    [Symbol.asyncDispose]: async () => {
      await server.stop(0)
      await rm(folder, { recursive: true })
    },
  }
}

/** The bytes as they go over the wire; fetch would tidy the path and unpack the body. */
function raw(url: string, path: string, headers: Record<string, string>) {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
    const asked = request(url, { path, headers }, (response) => {
      response.resume()
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }))
    })
    asked.on('error', reject).end()
  })
}

const page = '<script nonce="__NONCE__" src="/assets/a.js"></script>'

test('every address of the application gets its document, under a policy of its own', async () => {
  await using server = await serve({ 'index.html': page })
  const [first, second] = await Promise.all([server.document('/'), server.document('/chat/7')])
  const nonce = /nonce="([^"]+)"/.exec(await first.text())?.[1] ?? 'none'
  assert.ok(first.headers.get('content-security-policy')?.includes(`script-src 'self' 'nonce-${nonce}'`))
  assert.equal(second.status, 200)
  assert.ok(!(await second.text()).includes(nonce))
})

test('what is no document stays a problem', async () => {
  await using server = await serve({ 'index.html': page })
  assert.equal((await server.document('/api/nothing')).status, 404)
  assert.equal((await fetch(`${server.url}/nothing.js`)).status, 404)
})

test('files of the build are packed and kept for ever', async () => {
  await using server = await serve({ 'index.html': page, 'assets/a.js': 'export const a = 1\n'.repeat(100) })
  const packed = await raw(server.url, '/assets/a.js', { 'accept-encoding': 'gzip, br' })
  assert.deepEqual(
    [packed.headers['content-encoding'], packed.headers['content-type']],
    ['br', 'text/javascript; charset=utf-8'],
  )
  assert.match(String(packed.headers['cache-control']), /immutable/)
  const plain = await fetch(`${server.url}/assets/a.js`)
  assert.equal((await plain.text()).length, 1900)
})

test('a file is kept once, however its path is spelt', async () => {
  await using server = await serve({ 'index.html': page, 'assets/a.js': 'first' })
  assert.equal(await server.text('/assets/a.js'), 'first')
  await server.build('assets/a.js', 'second')
  for (const path of ['/assets/a.js', '//assets/a.js', '/assets////a.js', '/%61ssets/a.js'])
    assert.equal(await server.text(path), 'first', path)
})

test('a name that no file can have is none', async () => {
  await using server = await serve({ 'index.html': page })
  assert.equal((await fetch(`${server.url}/${'a'.repeat(300)}.js`)).status, 404)
})

test('nothing outside the build can be had', async () => {
  await using server = await serve({ 'index.html': page })
  for (const path of ['/../secret.json', '/assets/../../secret.json', '/%2e%2e/secret.json', '/..%2fsecret.json'])
    assert.equal((await raw(server.url, path, {})).status, 404, path)
})

test('without a build the answer says how to get one', async () => {
  await using server = await serve({})
  const answer = await server.document('/')
  assert.equal(answer.status, 503)
  assert.match(await answer.text(), /npm start/)
})
