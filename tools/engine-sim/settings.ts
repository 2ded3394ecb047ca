import { z } from 'zod'

/** What an engine is and how it misbehaves. Each can be changed while it runs; the next step heeds it. */
export const settingsSchema = z.strictObject({
  /** Sequences computed at once: vLLM's max_num_seqs, llama.cpp's slots. */
  slots: z.int().min(1).max(4096),
  /** Tokens in one step, said and read together. */
  stepTokens: z.int().min(1),
  /** Tokens that the cache for keys and values holds. */
  kvTokens: z.int().min(16),
  /** Requests that may wait inside; one more is answered with 503. */
  queueMax: z.int().min(0),
  /** With so many requests inside, one more is answered with 429, as hosted interfaces do; null for never. */
  rejectAbove: z.int().min(0).nullable(),
  /** Seconds that a 429 asks to wait. */
  retryAfter: z.int().min(0),
  /** Each step takes so many times as long. */
  slowdown: z.number().min(0.01).max(1000),
  /** The engine stands still: connections stay open and nothing comes. */
  stalled: z.boolean(),
  /** After so many tokens a stream falls silent and keeps its slot; null for never. */
  hangAfter: z.int().min(0).nullable(),
  /** Share of requests whose connection is reset, somewhere between its acceptance and its last token. */
  resetShare: z.number().min(0).max(1),
  /** What it says from now on, a token for each word; null for filler. */
  answer: z.string().min(1).nullable(),
})

export type Settings = z.infer<typeof settingsSchema>

/** 640,000 tokens are what eight H100 hold beside a 70B model in half precision. */
export const settingsByDefault: Settings = {
  slots: 64,
  stepTokens: 8192,
  kvTokens: 640_000,
  queueMax: 100_000,
  rejectAbove: null,
  retryAfter: 1,
  slowdown: 1,
  stalled: false,
  hangAfter: null,
  resetShare: 0,
  answer: null,
}

/** How an engine speaks of itself: vLLM's metrics, llama.cpp's metrics and properties, or nothing, as hosted ones do. */
export const dialects = ['vllm', 'llama', 'none'] as const
export type Dialect = (typeof dialects)[number]
