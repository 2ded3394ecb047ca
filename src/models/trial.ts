import type { BackendFailure, ModelAddress, ModelBackend } from './ports.ts'
import { deskWords, trialCandidates, withoutKey } from './rules.ts'
import type { TrialRow } from './store.ts'

const question = 'Say hello in one short sentence.'
/** Enough for a model that thinks before it speaks. */
const outputTokensMax = 1000
const answerCharactersMax = 400
const trialMsMax = 20_000

type Asking = {
  readonly backend: ModelBackend
  readonly address: ModelAddress
  readonly signal: AbortSignal
}

/**
 * One real question. Where no model is named, the likeliest of the list are asked in turn, until one is there and says
 * something. What went wrong comes back in the words of the desk.
 */
export async function askOne(
  asking: Asking,
  models: { readonly named: string | undefined; readonly listed: readonly string[] },
  at: Date,
): Promise<TrialRow> {
  const candidates = models.named === undefined ? trialCandidates(models.listed) : [models.named]
  let last: TrialRow | undefined
  for (const model of candidates) {
    const answer = await answerOf(asking, model)
    const told = 'kind' in answer ? failureWords(answer, asking.address) : answer.text
    const ok = !('kind' in answer) && answer.text !== ''
    const firstTokenMs = 'kind' in answer ? null : answer.firstTokenMs
    last = { at: at.toISOString(), ok, model, words: told || 'It answered with no text at all.', firstTokenMs }
    if (ok || ('kind' in answer && answer.kind !== 'unknown_model')) return last
  }
  return last ?? { at: at.toISOString(), ok: false, model: '', words: 'It lists no models.', firstTokenMs: null }
}

export function failureWords({ kind, detail }: BackendFailure, { baseUrl, key }: ModelAddress): string {
  return deskWords({ kind, detail: withoutKey(detail, { key }) }, baseUrl)
}

type Answer = { readonly text: string; readonly firstTokenMs: number | null }

async function answerOf({ backend, address, signal }: Asking, model: string): Promise<Answer | BackendFailure> {
  const begun = performance.now()
  const timeUp = AbortSignal.any([signal, AbortSignal.timeout(trialMsMax)])
  const messages = [{ role: 'user', content: question }] as const
  let text = ''
  let firstTokenMs: number | null = null
  for await (const event of backend.stream(address, {
    model,
    messages,
    maxOutputTokens: outputTokensMax,
    signal: timeUp,
  })) {
    if (event.type === 'failed') return event
    if (event.type === 'end')
      return { text: withoutKey(text.trim(), { key: address.key, charactersMax: answerCharactersMax }), firstTokenMs }
    if (event.type !== 'text') continue
    firstTokenMs ??= Math.round(performance.now() - begun)
    text += event.text
  }
  return { type: 'failed', kind: 'timeout', detail: `nothing whole within ${trialMsMax / 1000} seconds` }
}
