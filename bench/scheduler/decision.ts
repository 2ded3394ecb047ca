import { setImmediate as turn } from 'node:timers/promises'
import { isRefusal } from '#kernel'
import { createScheduler, type Grant } from '#scheduler'
import { createLine, type Decider } from './line.ts'
import { classes } from './load.ts'
import { quantile } from './waits.ts'

/**
 * Microseconds for one stream's end, the next one's grant and one more ask, with so many waiting: of several rounds the one
 * that the machine disturbed least.
 */
export type DecisionCost = { readonly queued: number; readonly meanUs: number; readonly p99Us: number }

const rounds = 10
const decisions = 500
const slots = 64
const users = 3000

/** The scheduler beside a plain sorted line. */
export async function measureDecisions(queued: number): Promise<{ ours: DecisionCost; line: DecisionCost }> {
  const scheduler = createScheduler({ backends: [{ id: 'engine', slots }] })
  const ours = await measure(scheduler, queued)
  await scheduler.close(0)
  const line = createLine({ backends: [{ id: 'engine', slots }], order: 'class' })
  return { ours, line: await measure(line, queued) }
}

async function measure(decider: Decider, queued: number): Promise<DecisionCost> {
  const ready: Grant[] = []
  let asked = 0
  const ask = (): void => {
    const name = classes[asked % classes.length] ?? 'free'
    const ticket = decider.ticket({ class: name, user: `${name}-${(asked * 7919) % users}`, inputTokens: 400 })
    asked++
    if (isRefusal(ticket)) throw new Error(`The queue took ${asked} of ${queued} asks: ${ticket.refused}`)
    void ticket.granted.then((grant) => {
      if (!isRefusal(grant)) ready.push(grant)
    })
  }
  while (asked < queued + slots) ask()
  const costs: DecisionCost[] = []
  while (costs.length < rounds) costs.push({ queued, ...(await oneRound(ready, ask)) })
  return costs.reduce((least, cost) => (cost.meanUs < least.meanUs ? cost : least))
}

async function oneRound(ready: Grant[], ask: () => void): Promise<Omit<DecisionCost, 'queued'>> {
  const tookUs: number[] = []
  while (tookUs.length < decisions) {
    await turn()
    const grant = ready.shift()
    if (!grant) throw new Error('Nobody was granted though places were free.')
    const begin = performance.now()
    grant.firstToken()
    grant.tokens(100)
    grant.done({ inputTokens: 400, outputTokens: 100 })
    ask()
    tookUs.push((performance.now() - begin) * 1000)
  }
  const sum = tookUs.reduce((total, us) => total + us, 0)
  return { meanUs: sum / tookUs.length, p99Us: quantile(tookUs, 0.99) }
}
