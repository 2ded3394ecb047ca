import type { Clock } from '#kernel'

/** Milliseconds that never run backwards: a clock that is set back stands still once, and goes on from there. */
export function steady(clock: Clock): () => number {
  let before = clock.now().getTime()
  let passed = 0
  return () => {
    const now = clock.now().getTime()
    passed += Math.max(0, now - before)
    before = now
    return passed
  }
}
