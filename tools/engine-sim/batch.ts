import type { Settings } from './settings.ts'
import type { StepTimes } from './step-times.ts'

/** One request as the engine sees it: tokens to read, tokens to say, and after how many it falls silent in its slot. */
export type Work = { readonly promptTokens: number; readonly answerTokens: number; readonly silentAfter: number | null }

/** A token that a step has brought; `nth` counts from 1. */
export type Token<W extends Work> = { readonly work: W; readonly nth: number }

export type Batch<W extends Work> = {
  /** Takes its place at the end of the engine's own queue. */
  add(work: W): void
  /** Whoever asked has gone: frees the slot and the cache at once. */
  drop(work: W): void
  /** Plans the next step and says how long it takes, in milliseconds; undefined when there is nothing to do. */
  begin(): number | undefined
  /** Ends the step that has begun. */
  end(): readonly Token<W>[]
  counts(): Counts
  /** How many would wait if one more came with this prompt: all but those for whom there is a slot and room in the cache. */
  waitingWith(promptTokens: number): number
}

export type Counts = {
  readonly running: number
  readonly waiting: number
  /** Of the cache for keys and values. */
  readonly kvTokens: number
  readonly promptTokens: number
  readonly answerTokens: number
  readonly preemptions: number
}

/** `toRead` prompt tokens are missing before the next token can be said; `reads` of them are read in the present step. */
type Sequence<W> = { readonly work: W; said: number; toRead: number; reads: number; says: boolean; held: number }

/** Takes as much of its prompt into the step as the budget allows; whoever has read all of it says its next token, if any. */
function read(sequence: Sequence<Work>, budget: number): number {
  sequence.reads = Math.min(sequence.toRead, budget)
  sequence.says = sequence.reads === sequence.toRead && !isSilent(sequence)
  return sequence.reads
}

function say<W extends Work>(sequence: Sequence<W>): Token<W> {
  sequence.says = false
  sequence.held++
  return { work: sequence.work, nth: ++sequence.said }
}

/** How many of these prompts, first come first served, find no slot beside who runs or no room in the cache. */
function waitingOf(prompts: readonly number[], settings: Settings, running: readonly Sequence<Work>[]): number {
  let free = settings.kvTokens - heldBy(running)
  for (const [at, toRead] of prompts.entries()) {
    const taken = running.length + at
    if (taken >= settings.slots || (taken > 0 && toRead + 1 > free)) return prompts.length - at
    free -= toRead + 1
  }
  return 0
}

const heldBy = (sequences: readonly Sequence<Work>[]) => sequences.reduce((sum, { held }) => sum + held, 0)

/**
 * Continuous batching as in vLLM's V1 scheduler, free of clocks and sockets: each step first lets every sequence that
 * has read its prompt say one token, then goes on reading prompts in pieces, then admits who waits, first come first
 * served, as slots and cache allow. When the cache is full, the newest sequence goes back to the head of the queue and
 * later reads everything again.
 */
export function createBatch<W extends Work>(settings: Settings, times: StepTimes): Batch<W> {
  const waiting: Sequence<W>[] = []
  const running: Sequence<W>[] = []
  const total = { promptTokens: 0, answerTokens: 0, preemptions: 0 }

  const held = () => heldBy(running)

  function makeRoom(): void {
    while (running.length > 1 && held() + running.filter(isSpeaking).length > settings.kvTokens) {
      const newest = running.pop()
      if (!newest) return
      waiting.unshift({ ...newest, toRead: newest.work.promptTokens + newest.said, held: 0 })
      total.preemptions++
    }
  }

  function admit(budget: number): number {
    let left = budget
    let free = settings.kvTokens - held()
    for (let next = waiting[0]; next && left > 0 && running.length < settings.slots; next = waiting[0]) {
      if (next.toRead + 1 > free && running.length > 0) break
      waiting.shift()
      running.push(next)
      // All of the prompt is set aside at once: pieces of two prompts must not block each other for good.
      next.held = next.toRead
      free -= next.toRead + 1
      left -= read(next, left)
    }
    return budget - left
  }

  function begin(): number | undefined {
    makeRoom()
    const decoding = running.filter(isSpeaking)
    for (const sequence of decoding) sequence.says = true
    let left = Math.max(0, settings.stepTokens - decoding.length)
    for (const sequence of running) if (sequence.toRead > 0) left -= read(sequence, left)
    left -= admit(left)
    const prompt = running.reduce((sum, { reads }) => sum + reads, 0)
    return decoding.length + prompt === 0 ? undefined : times({ decoding: decoding.length, prompt })
  }

  function end(): readonly Token<W>[] {
    const tokens: Token<W>[] = []
    for (const sequence of running) {
      total.promptTokens += sequence.reads
      sequence.toRead -= sequence.reads
      sequence.reads = 0
      if (sequence.says) tokens.push(say(sequence))
    }
    total.answerTokens += tokens.length
    for (const { work, nth } of tokens) if (nth >= work.answerTokens) remove(running, work)
    return tokens
  }

  return {
    add: (work) => {
      waiting.push({ work, said: 0, toRead: lengthOf(work.promptTokens), reads: 0, says: false, held: 0 })
    },
    drop: (work) => {
      remove(waiting, work)
      remove(running, work)
    },
    begin,
    end,
    waitingWith: (promptTokens) =>
      waitingOf([...waiting.map(({ toRead }) => toRead), lengthOf(promptTokens)], settings, running),
    counts: () => ({ running: running.length, waiting: waiting.length, kvTokens: held(), ...total }),
  }
}

const isSilent = ({ work, said }: Sequence<Work>) => said >= (work.silentAfter ?? Infinity)
const isSpeaking = (sequence: Sequence<Work>) => sequence.toRead === 0 && !isSilent(sequence)

/** An empty prompt is read too. */
const lengthOf = (promptTokens: number) => Math.max(1, promptTokens)

function remove<W>(sequences: Sequence<W>[], work: W): void {
  const at = sequences.findIndex((sequence) => sequence.work === work)
  if (at !== -1) sequences.splice(at, 1)
}
