// One of several processes that post at once, over a connection that is cut and a server that is killed. What it asks and
// what it is answered it tells the recorder, and waits until that is written down, before it does anything else.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { LedgerUnavailable, OutcomeUnknown } from '#ledger'
import { openDatabase } from '#platform'
import { createDice } from '../dice.ts'
import { ask, dealsMax, keyOf, openStreet, stepsOf, told, type Ask, type Street } from './deals.ts'

const [url, port, seed] = process.argv.slice(2) as [string, string, string]
const askersAtOnce = 24
const opensMax = 100
const dice = createDice(Number(seed))
let stopping = false
process.on('SIGTERM', () => (stopping = true))

type Tell = (line: object) => Promise<void>

async function openRecorder(): Promise<{ tell: Tell; socket: Socket }> {
  const socket = connect(Number(port), '127.0.0.1')
  await once(socket, 'connect')
  const waiting: (() => void)[] = []
  socket.on('data', (acknowledged) => {
    for (const done of waiting.splice(0, acknowledged.length)) done()
  })
  const tell: Tell = (line) =>
    new Promise((done) => {
      waiting.push(done)
      socket.write(`${JSON.stringify(line)}\n`)
    })
  return { tell, socket }
}

/** Asks until there is an answer: who does not know the outcome asks again under the same key. */
async function askUntilTold(street: Street, one: Ask, tell: Tell): Promise<void> {
  const key = keyOf(one)
  await tell({ asked: key, ...one })
  for (;;) {
    try {
      const answer = told(await ask(street, one))
      await tell({ answered: key, ...one, ...answer })
      return
    } catch (fault) {
      if (!(fault instanceof OutcomeUnknown || fault instanceof LedgerUnavailable)) throw fault
      await tell({ unknown: key, fault: fault.name })
    }
  }
}

async function asker(street: Street, tell: Tell): Promise<void> {
  while (!stopping) {
    const deal = dice.below(dealsMax)
    for (let step = 0; step < stepsOf(deal); step++) {
      await askUntilTold(street, { deal, step, variant: dice.chance(0.03) ? 1 : 0 }, tell)
    }
  }
}

/** The server may be down just now: whoever opens in the morning tries the door again. */
async function openShop(): Promise<{ street: Street; close: () => Promise<void> }> {
  for (let attempt = 1; ; attempt++) {
    const db = openDatabase({ url, poolMax: 6, applicationName: 'bottega-crash' })
    try {
      const street = await openStreet(db, { retryForMs: 700 })
      const close = async () => {
        await street[Symbol.asyncDispose]()
        await db.close()
      }
      return { street, close }
    } catch (fault) {
      await db.close()
      if (attempt === opensMax) throw fault
      await sleep(200)
    }
  }
}

async function main(): Promise<void> {
  const { tell, socket } = await openRecorder()
  const { street, close } = await openShop()
  await tell({ ready: process.pid })
  await Promise.all(Array.from({ length: askersAtOnce }, () => asker(street, tell)))
  await close()
  socket.end()
}

await main()
