import { z } from 'zod'
import type { BackendFailure, FailureKind } from '#models'
import { codeOf } from '#platform'
import { TooMuch } from './lines.ts'

const told = z.object({
  message: z.string().optional(),
  code: z.union([z.string(), z.number()]).nullish(),
  type: z.string().nullish(),
})

/** The forms that servers of this wire give their errors: OpenAI's, a bare text, FastAPI's `detail`. */
const forms = z.union([
  z.object({ error: z.union([told, z.string()]) }).transform(({ error }) => error),
  z.object({ detail: z.unknown() }).transform(({ detail }) => JSON.stringify(detail)),
  told,
  z.string(),
])

/** What an error of a response of this status says, in the house's words. `retryAfter` is the header. */
export function failureOfResponse(status: number, body: string, retryAfter?: string): BackendFailure {
  const failure = failureOfError(jsonOf(body) ?? body, status)
  const retryAfterMs = retryMs(retryAfter)
  return retryAfterMs === undefined || failure.kind !== 'rate' ? failure : { ...failure, retryAfterMs }
}

export function failureOfError(error: unknown, status: number): BackendFailure {
  const parsed = forms.safeParse(error).data ?? JSON.stringify(error)
  const { message = '', code = '', type = '' } = typeof parsed === 'string' ? { message: parsed } : parsed
  const words = `${message} ${code} ${type}`
  const detail = `${status === 200 ? 'in mid-stream' : `status ${status}`}: ${words.trim()}`
  return { type: 'failed', kind: kindOf(status, words), detail }
}

const byWords: readonly (readonly [FailureKind, RegExp])[] = [
  [
    'quota',
    /insufficient_quota|insufficient.{0,12}(?:balance|credit|funds)|exceeded your current quota|billing|payment/i,
  ],
  [
    'too_long',
    /context_length|maximum context|context (?:length|window)|prompt is too long|too many (?:input )?tokens/i,
  ],
  ['refused', /content_policy|content_filter|content management policy|safety system/i],
  ['key', /invalid_api_key|incorrect api key|invalid api key|api key not valid|authentication/i],
  ['rate', /rate.?limit|too many requests|overloaded/i],
  ['unknown_model', /model_not_found|model.{0,80}(?:not found|does not exist|not exist|unknown|not supported)/i],
]

/** Codes and words first: many servers answer 400 or 429 for everything. */
function kindOf(status: number, words: string): FailureKind {
  const worded = byWords.find(([, pattern]) => pattern.test(words))?.[0]
  if (worded) return worded
  if (status === 401 || status === 403) return 'key'
  if (status === 402) return 'quota'
  if (status === 404) return 'unknown_model'
  if (status === 413) return 'too_long'
  if (status === 429) return 'rate'
  return status === 200 || status === 408 || status >= 500 ? 'unavailable' : 'garbage'
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

const retryMsMax = 24 * 3600 * 1000

/** Seconds or a date (RFC 9110). */
function retryMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined
  const ms = /^\d+(?:\.\d+)?$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), retryMsMax) : undefined
}

/** What was thrown on the way: by the connection, its timers, or our own limits. Other faults are bugs, and go on. */
export function failureOfFault(fault: unknown): BackendFailure {
  if (fault instanceof TooMuch) return { type: 'failed', kind: 'garbage', detail: fault.message }
  const code = codeOf(fault) ?? codeOf(fault instanceof Error ? fault.cause : undefined)
  if (code === undefined || !(fault instanceof Error)) throw fault
  const kind = /TIMEOUT|TIMEDOUT/.test(code) ? 'timeout' : /HPE_|OVERFLOW/.test(code) ? 'garbage' : 'unavailable'
  return { type: 'failed', kind, detail: `${code}: ${fault.message}` }
}
