/** The only source of the present instant. Rules never read it: they are given the instant. */
export type Clock = { now(): Date }

export const systemClock: Clock = { now: () => new Date() }

/** A clock that moves only when told to, forwards or backwards; tests and the market drive it. */
export type SettableClock = Clock & {
  set(instant: Date): void
  advance(ms: number): void
}

export function settableClock(start: Date): SettableClock {
  let at = start.getTime()
  return {
    now: () => new Date(at),
    set: (instant) => {
      at = instant.getTime()
    },
    advance: (ms) => {
      at += ms
    },
  }
}
