import { derivedId } from '#kernel'
import type { Desk, Doing, EndedLot } from './desk.ts'
import { createDice } from './dice.ts'
import type { Places } from './places.ts'
import { keyOf, type Step, type Told } from './step.ts'
import { cashDoings } from './trade-cash.ts'
import { drawReversal, mischief, roomOf } from './trade-mischief.ts'
import { expireLot, pointDoings } from './trade-points.ts'

const memory = 200
const lotsLeftLying = 40
const second = 1000
const hour = 3_600_000

/** Of every hundred steps, so many are mischief or reversals. */
const mischiefShare = 0.13
const reversalShare = 0.06

type TradeOptions = {
  readonly seed: number
  readonly places: Places
  readonly now: () => Date
  readonly endedLots: () => readonly EndedLot[]
  readonly pace?: number
}

/**
 * Seeded trade. It draws what people ask for, and remembers what they were told, so that it can settle what it has
 * reserved and take back what it has posted. The same seed and the same answers make the same trade.
 */
export function createTrade({ seed, places, now, endedLots, pace = 1 }: TradeOptions) {
  const dice = createDice(seed)
  let keys = 0
  const key = () => derivedId(now(), 'market', String(seed), String(++keys))
  const desk: Desk = { dice, places, now, key, endedLots, pace, holds: [], posted: [], asked: [], ends: [] }
  const drawPost = table([...pointDoings, ...cashDoings])
  const drawMischief = table(mischief)

  function drawPosting(): Step {
    for (;;) {
      const step = (dice.chance(mischiefShare) ? drawMischief : drawPost)(desk)
      if (step?.does === 'post') return step
    }
  }

  return {
    dice,
    places,
    drawPosting,
    drawReversal: () => drawReversal(desk) ?? drawPosting(),
    /**
     * What is asked in one and the same moment: journals, or reversals among themselves, since these read before they post.
     * At times more than the ledger is ready to take in. Now and then the lots that have ended are cleared away.
     */
    nextGroup(): readonly Step[] {
      if (dice.chance(reversalShare * 6)) {
        const reversals = Array.from({ length: 1 + dice.below(4) }, () => drawReversal(desk))
        return reversals.filter(isStep)
      }
      if (endedLots().length > lotsLeftLying) return Array.from({ length: 20 }, () => expireLot(desk)).filter(isStep)
      const length = dice.chance(0.003) ? 50 + dice.below(10) : 1 + dice.below(24)
      return Array.from({ length }, drawPosting)
    },
    /** Mostly seconds later; at times just when something ends, or days, or earlier: a clock that was set back. */
    nextInstant(): Date {
      const at = now().getTime()
      if (dice.chance(0.2)) return new Date(at)
      const next = desk.ends.filter((end) => end > at).toSorted((a, b) => a - b)[0]
      if (next !== undefined && dice.chance(0.15)) return new Date(next)
      if (dice.chance(0.01)) return new Date(at + dice.below(30 * hour))
      if (dice.chance(0.01)) return new Date(at - dice.below(hour))
      return new Date(at + dice.below(25 * second))
    },
    hear(step: Step, { status }: Told): void {
      if (status === 'posted') push(desk.posted, { key: keyOf(step), room: roomOf(step) })
      push(desk.asked, step)
      if (status !== 'hold_expired' && status !== 'hold_resolved' && status !== 'unknown_hold') return
      const hold = step.does === 'post' ? step.input.hold : undefined
      const known = desk.holds.find(({ id }) => id === hold)
      if (known) known.isOver = true
    },
  }
}

export type Trade = ReturnType<typeof createTrade>

const isStep = (step: Step | undefined): step is Step => step !== undefined

function push<Item>(list: Item[], item: Item): void {
  if (list.push(item) > memory) list.shift()
}

/** Draws one of the doings by its weight. */
function table(doings: readonly Doing[]): (desk: Desk) => Step | undefined {
  const lots = doings.flatMap(([weight, draw]) => Array.from({ length: weight }, () => draw))
  return (desk) => desk.dice.pick(lots)(desk)
}
