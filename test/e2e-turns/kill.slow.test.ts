import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { getEarnings } from '#earnings/contract'
import { openLedger } from '#ledger'
import type { Database } from '#platform'
import { expect } from '../e2e/deeds.ts'
import { scripts, startWire } from '../wire/openai.ts'
import { proxies, worldPeople } from '../world-people.ts'
import { World } from '../world.ts'
import { furnish, outcomeOf, priceOf, sendTo } from './house.ts'
import { saying } from './rows.ts'

const mainFile = join(import.meta.dirname, '../../src/main.ts')
const people = 25
const turnsEach = 4
/** Every fifth stream has said nothing yet. */
const silentEvery = 5

/** The real server in a process of its own; resolves once it is open. */
async function startServer(databaseUrl: string, port: number) {
  const env = {
    PATH: process.env['PATH'] ?? '',
    DATABASE_URL: databaseUrl,
    BOTTEGA_MODE: 'demo',
    SECRET: 'the secret of a server that is killed',
    PROXIES: String(proxies),
    PORT: String(port),
    LOG_LEVEL: 'error',
  }
  const child = spawn(process.execPath, [mainFile], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (part) => (said += String(part)))
  const closed = new Promise((resolve) => child.once('close', resolve))
  for (let waited = 0; !/is open: \S+\n/.test(said); waited++) {
    assert.ok(waited < 1200 && child.exitCode === null, `the server did not open: ${said}`)
    await sleep(50)
  }
  // The claim link is printed right after.
  await sleep(200)
  return {
    url: /is open: (\S+)\n/.exec(said)?.[1] ?? '',
    greetings: said.split('\n'),
    kill: async () => {
      child.kill('SIGKILL')
      await closed
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await closed
    },
  }
}

test('kill -9 in the middle of a hundred streams: each is ended, charged by what the log held, and told so', async () => {
  await using scratch = await World.database()
  await using wire = await startWire()
  const first = await startServer(scratch.url, 0)
  const app = { greetings: async () => first.greetings }
  const town = worldPeople({ url: first.url, app: app as never })
  const { creator, bots } = await furnish(town, wire)
  const payers = []
  for (let at = 0; at < people; at++) payers.push(await town.signUp())
  let asks = 0
  const sent = await Promise.all(
    payers.flatMap((person) =>
      Array.from({ length: turnsEach }, async () => {
        const isSilent = asks++ % silentEvery === 0
        wire.playNext(isSilent ? scripts.hangsBefore() : scripts.held([saying]))
        return { person, asked: await sendTo({ world: first }, person, { bots: [bots.quill] }) }
      }),
    ),
  )
  const speaking = (asks * (silentEvery - 1)) / silentEvery
  await untilLogged(scratch.db, speaking)
  assert.equal(wire.open(), asks)
  await first.kill()
  await using second = await startServer(scratch.url, Number(new URL(first.url).port))
  assert.equal(second.url, first.url)
  // Readers come back by themselves, and bring the end of what nobody runs any more.
  await Promise.all(sent.map(({ asked }) => asked.end))

  let silent = 0
  for (const { person, asked } of sent) {
    const { answers, receipt } = await outcomeOf(person, asked)
    const [answer] = answers
    const text = answer?.text ?? ''
    if (text === '') silent++
    else assert.equal(text, saying)
    const charged = priceOf({ fixed: false, tokens: Math.ceil(text.length / 4) })
    assert.deepEqual([answer?.ending, receipt.charged], ['killed', charged])
    assert.deepEqual(asked.told.slice(-3), ['call_ended:killed', 'ended:killed', `settled:${charged}`])
  }
  assert.equal(silent, asks - speaking)
  assert.equal(await heldPoints(scratch.db), 0n)
  assert.equal(await spent(scratch.db), BigInt(speaking) * priceOf({ fixed: false, tokens: 10 }))
  const { pendingPaid, pendingFree } = expect(await creator.call(getEarnings, { query: {} }))
  assert.equal(pendingPaid + pendingFree, 0n, 'what broke costs no fixed price')
  const ledger = await openLedger({ db: scratch.db, charts: [] })
  assert.ok((await ledger.prove()).holds)
  await ledger.close()
})

async function untilLogged({ pool }: Database, turns: number): Promise<void> {
  for (let waited = 0; waited < 600; waited++) {
    const { rows } = await pool.query<{ count: number }>('select count(distinct turn)::int as count from turns.event')
    if (rows[0]?.count === turns) return
    await sleep(50)
  }
  assert.fail('the streams did not begin')
}

async function heldPoints({ pool }: Database): Promise<unknown> {
  return (await pool.query<{ held: bigint }>('select sum(held)::bigint as held from ledger.account')).rows[0]?.held
}

async function spent({ pool }: Database): Promise<unknown> {
  const { rows } = await pool.query<{ spent: bigint }>(
    `select sum(a.balance)::bigint as spent from ledger.account a join ledger.kind k on k.id = a.kind where k.name = 'points.consumed'`,
  )
  return rows[0]?.spent
}
