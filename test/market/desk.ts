import { money, type Uuid } from '#kernel'
import type { Account, Input, Template, TemplateSpec } from '#ledger'
import type { Dice } from './dice.ts'
import type { Places } from './places.ts'
import type { Given, PostStep, Step } from './step.ts'

/** The allowances that a message is held from besides its payer's points. */
export type Caps = { readonly day?: Account; readonly month?: Account }

/** A hold as a room remembers it: what it believes is in it, and for what it was made. */
export type KnownHold = {
  readonly id: Uuid
  readonly account: Account
  /** What it takes from besides, where it is capped. */
  readonly caps?: Caps
  readonly purpose: 'message' | 'gift' | 'payout'
  amount: bigint
  isOver: boolean
}

/** A lot whose time has passed, as the ledger lists it. */
export type EndedLot = { readonly id: bigint; readonly account: bigint; readonly remaining: bigint }

/** What the traders of one market know between them, and with what they draw their next step. */
export type Desk = {
  readonly dice: Dice
  readonly places: Places
  readonly holds: KnownHold[]
  readonly posted: { readonly key: Uuid; readonly room: string }[]
  readonly asked: Step[]
  /** Instants at which a hold or a lot ends, for a clock that is to strike just then. */
  readonly ends: number[]
  readonly now: () => Date
  readonly key: () => Uuid
  readonly endedLots: () => readonly EndedLot[]
  /** How long holds and lots last here: 1 is a trade in minutes and days. */
  readonly pace: number
}

/** How often something is done, and how it is drawn; undefined when there is nothing to work on. */
export type Doing = readonly [weight: number, draw: (desk: Desk) => Step | undefined]

export const points = (minor: bigint) => money('POINTS', minor)
export const usd = (minor: bigint) => money('USD', minor)

/** A step whose input the compiler has held against its template. */
export function post<Spec extends TemplateSpec>(template: Template<Spec>, input: Input<Spec>): PostStep {
  return { does: 'post', template: template as unknown as Template, input: input as unknown as Given }
}

const minute = 60_000
const day = 86_400_000
const endsMax = 100

/** Mostly minutes, at times days. */
export function holdMs(desk: Desk): number {
  const { dice, pace, now } = desk
  const duration = Math.ceil((dice.chance(0.1) ? dice.below(3 * day) : 5000 + dice.below(30 * minute)) * pace)
  note(desk, now().getTime() + duration)
  return duration
}

function note({ ends }: Desk, end: number): number {
  if (ends.push(end) > endsMax) ends.shift()
  return end
}

/** The end of the day, so that many lots end together, or some days on; at times it has passed already. */
export function lotEnd(desk: Desk, days: number): Date {
  const { dice, pace, now } = desk
  const at = now().getTime()
  if (dice.chance(0.02)) return new Date(at - minute)
  if (dice.chance(0.5)) return new Date(note(desk, (Math.floor(at / (day * pace)) + 1) * day * pace))
  return new Date(note(desk, at + Math.ceil((1 + dice.below(days * 24)) * (day / 24) * pace)))
}

/** The payer's own allowances: at times both, mostly none. */
export function capsOf({ dice, places }: Desk, payer: Account): Caps {
  const at = places.wallets.indexOf(payer)
  const [day, month] = [places.days[at], places.months[at]]
  return {
    ...(day && dice.chance(0.3) ? { day } : {}),
    ...(month && dice.chance(0.2) ? { month } : {}),
  }
}

const holdsMax = 120

export function remember(desk: Desk, hold: Omit<KnownHold, 'isOver'>): void {
  desk.holds.push({ ...hold, isOver: false })
  if (desk.holds.length > holdsMax) desk.holds.shift()
}

/** A hold for a purpose; mostly one that is believed to be open. */
export function knownHold({ dice, holds }: Desk, purpose: KnownHold['purpose']): KnownHold | undefined {
  const fitting = holds.filter((hold) => hold.purpose === purpose && (!hold.isOver || dice.chance(0.05)))
  return dice.pickLate(fitting)
}

/** All of it, some of it, or at times more than there is. */
export function share({ dice }: Desk, hold: KnownHold): bigint {
  const part = dice.chance(0.4) ? hold.amount : (hold.amount * BigInt(1 + dice.below(99))) / 100n
  const asked = (part > 0n ? part : 1n) + (dice.chance(0.06) ? dice.amount(50) : 0n)
  hold.amount -= asked < hold.amount ? asked : hold.amount
  hold.isOver = hold.amount === 0n
  return asked
}
