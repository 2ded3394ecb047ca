import { z } from 'zod'
import type { BackendEvent, BackendFailure } from '#models'
import { failureOfError } from './failure.ts'

const choice = z.object({
  delta: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }).nullish(),
  message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }).nullish(),
  finish_reason: z.string().nullish(),
})

/** What we read of a chunk, or of an answer that came whole. Everything else in it is of no interest. */
const chunk = z.object({
  choices: z.array(choice).nullish(),
  usage: z.unknown().optional(),
  error: z.unknown().optional(),
})

const tokens = z.int().min(0).max(1_000_000_000)
const usage = z.object({ prompt_tokens: tokens, completion_tokens: tokens })

export type Reader = {
  /** The text of this payload, if it has any, or the failure that it tells of. `done` once nothing more is of interest. */
  read(data: string): { readonly text: string; readonly done: boolean } | BackendFailure
  /** Whether it has said something, and why it stopped: then whatever goes wrong costs no more than the usage. */
  isWhole(): boolean
  /** What is left to say at the end of the stream: usage, then the end, or why this is none. */
  finish(): BackendEvent[]
}

/** Reads one answer, payload by payload. Some providers count anew in every chunk: the last usage is the one. */
export function createReader(): Reader {
  let half = ''
  let said = false
  let refused = false
  let finished: string | undefined
  let belied = false
  let done = false
  let used: z.output<typeof usage> | undefined
  const isWhole = () => said && finished !== undefined && !belied
  return {
    read: (data) => {
      if (data === '[DONE]') {
        done = true
        return { text: '', done }
      }
      const parsed = parse(data)
      if (!parsed) return isWhole() ? { text: '', done } : garbage(data)
      if (parsed.error !== undefined && parsed.error !== null) return failureOfError(parsed.error, 200)
      used = usage.safeParse(parsed.usage).data ?? used
      const first = parsed.choices?.[0]
      const content = first?.delta ?? first?.message
      refused ||= Boolean(content?.refusal)
      const piece = half + (content?.content ?? '') + (content?.refusal ?? '')
      half = trailingHalf(piece)
      const text = sound(half ? piece.slice(0, -1) : piece)
      said ||= text !== ''
      // Some gateways put a finish on every piece: where text follows one, it tells nothing.
      belied ||= text !== '' && finished !== undefined
      finished = first?.finish_reason || finished
      return { text, done }
    },
    isWhole,
    finish: () => {
      if (finished === undefined && !done)
        return [{ type: 'failed', kind: said ? 'unavailable' : 'garbage', detail: 'the stream ended without a finish' }]
      const counted = used && {
        type: 'usage' as const,
        inputTokens: used.prompt_tokens,
        outputTokens: used.completion_tokens,
      }
      return [...(counted ? [counted] : []), { type: 'end', reason: reasonOf(finished, refused) }]
    },
  }
}

function parse(data: string): z.output<typeof chunk> | undefined {
  try {
    return chunk.safeParse(JSON.parse(data)).data
  } catch {
    return undefined
  }
}

const garbage = (data: string): BackendFailure => ({
  type: 'failed',
  kind: 'garbage',
  detail: `not a chunk: ${data}`,
})

function reasonOf(finished: string | undefined, refused: boolean): 'stop' | 'length' | 'refused' {
  if (refused || finished === 'content_filter') return 'refused'
  return finished === 'length' ? 'length' : 'stop'
}

/** Some providers cut a sign in two between chunks: its first half waits for the second. */
function trailingHalf(piece: string): string {
  const last = piece.charCodeAt(piece.length - 1)
  return last >= 0xd800 && last <= 0xdbff ? piece.slice(-1) : ''
}

/** What every part of the house, PostgreSQL first, can hold: halves of signs and NUL become U+FFFD. */
function sound(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD')
}
