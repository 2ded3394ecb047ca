/** Both kinds of text that an engine knows: it compiles an expression for each of them. */
const samples = ['a *b* [c](d)', 'a *b* [c](d) – „e“'] as const
/** An engine interprets an expression at first and compiles it the second time. */
const times = 2
const roomMs = 4

/**
 * Runs each expression before it is needed, a few whenever the browser has nothing to do. Compiled only where a text first needs
 * them, those of Markdown would hold up the first words of an answer.
 */
export function warmUp(expressions: readonly RegExp[]): void {
  const waiting = [...expressions]
  const go = (idle: IdleDeadline) => {
    do {
      const expression = waiting.pop()
      if (!expression) return
      for (const sample of samples) for (let time = 0; time < times; time++) sample.search(expression)
    } while (idle.timeRemaining() > roomMs)
    requestIdleCallback(go)
  }
  // Safari has no such callback, and compiles as it goes.
  if ('requestIdleCallback' in globalThis) requestIdleCallback(go)
}
