const withinMs = 500

/** Runs something once the browser has nothing more urgent to do. */
export function whenIdle(run: () => void): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(run, { timeout: withinMs })
  // Safari has no such callback.
  else setTimeout(run, withinMs)
}
