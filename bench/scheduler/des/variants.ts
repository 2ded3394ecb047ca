import { houseClasses, type PoolTerms } from '#scheduler'
import type { Call } from '../load.ts'
import type { Gate } from './gate.ts'
import { createOurs } from './ours.ts'
import { createPeer } from './peers.ts'

export const patienceMs = 120_000

/** One way to decide, before engines with so many slots; some are only given a part of the calls, or none of their names. */
export type Variant = {
  readonly title: string
  readonly gate: (slots: readonly number[]) => Gate
  readonly calls?: (calls: readonly Call[]) => readonly Call[]
}

const ours = (terms?: Partial<PoolTerms>) => (slots: readonly number[]) =>
  createOurs({ slots, patienceMs, ...(terms ? { terms } : {}) })

const found = (slots: readonly number[]) => createOurs({ slots: slots.map(() => undefined), patienceMs })

const borrowing = (borrowMs: number) => ({
  classes: houseClasses.map((each) => (each.lane === 'express' ? { ...each, borrowMs } : each)),
})

/** The whole, and the whole without each of its parts. */
export const variants = {
  fifo: { title: 'first come first served', gate: (slots) => createPeer({ slots, order: 'arrival' }) },
  strict: { title: 'strict priority, true slots', gate: (slots) => createPeer({ slots, order: 'class' }) },
  ours: { title: 'ours, slots given', gate: ours() },
  found: { title: 'ours, slots found', gate: found },
  noReserve: { title: '… without the reserve', gate: ours({ reserveKeptMs: -1 }) },
  noCredit: {
    title: '… without the prefill credit',
    gate: ours({ prefillCredit: { express: Infinity, open: Infinity } }),
  },
  noLoan: { title: '… without a loan', gate: ours(borrowing(0)) },
  endlessLoan: { title: '… with a loan that never ends', gate: ours(borrowing(Infinity)) },
  oneClass: {
    title: '… without classes',
    gate: ours({ classes: houseClasses.map((each) => ({ ...each, weight: 1, borrowMs: 0, lane: 'open' })) }),
  },
  oneUser: {
    title: '… without users',
    gate: ours(),
    calls: (calls) => calls.map((call) => ({ ...call, user: call.class })),
  },
  alone: {
    title: 'tipped alone',
    gate: (slots) => createPeer({ slots: slots.map(() => Infinity), order: 'arrival' }),
    calls: (calls) => calls.filter((call) => call.class === 'tipped'),
  },
} as const satisfies Record<string, Variant>

export type VariantName = keyof typeof variants
