/** What an engine says of itself. Whatever it cannot say is left out. */
export type EngineSigns = {
  /** Hard number of requests that run at once: `total_slots` of llama.cpp, `OLLAMA_NUM_PARALLEL`. */
  readonly slots?: number
  readonly running?: number
  /** Requests in the engine's own queue. Above 0 the limit is too high. */
  readonly waiting?: number
}

/** A place that streams answers. The backends of one pool are interchangeable: any of them can serve any ask. */
export type Backend = {
  readonly id: string
  /** Given by the operator: then nothing is discovered. */
  readonly slots?: number
  /** Asked about once a second; a rejection counts as a failure of the backend. Absent: a black box. */
  readonly signs?: (signal: AbortSignal) => Promise<EngineSigns>
}

export type BackendView = {
  readonly id: string
  readonly state: 'serving' | 'resting' | 'probing' | 'leaving'
  /** L: how many may be in flight, as discovered or given. */
  readonly limit: number
  readonly inFlight: number
  /** Prompt tokens that were dispatched and have brought no first token yet. */
  readonly prefillTokens: number
  /** φ: how many times slower than at its best for this many in flight; 1 is undisturbed. */
  readonly slowdown: number
}
