const withinMs = 500
/** For browsers that do not tell when they are idle. */
const soonMs = 50
const frameMsMax = 100

/** Runs something once the browser has nothing more urgent to do. */
export function whenIdle(run: () => void): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(run, { timeout: withinMs })
  // Safari has no such callback.
  else setTimeout(run, soonMs)
}

/** The same for what is asked for again while it waits: then it runs once. */
export function onceIdle(run: () => void): () => void {
  let waits = false
  return () => {
    if (waits) return
    waits = true
    whenIdle(() => {
      waits = false
      run()
    })
  }
}

/** Once what changed until now is on screen, or soon after where nothing is drawn, as in a tab that nobody sees. */
export function nextFrame(): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, frameMsMax)
    requestAnimationFrame(() => setTimeout(done))
  })
}
