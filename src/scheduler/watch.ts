import type { Backend, EngineSigns } from './backend.ts'

const everyMs = 1000
const timeoutMs = 2000

/** Asks an engine about itself once a second, never twice at a time, until the signal aborts. */
export function watchSigns(
  { signs }: Backend,
  report: (signs: EngineSigns | 'silent') => void,
  until: AbortSignal,
): void {
  if (!signs) return
  let asking = false
  const ask = async (): Promise<void> => {
    if (asking) return
    asking = true
    const answer = await signs(AbortSignal.any([until, AbortSignal.timeout(timeoutMs)])).catch(() => 'silent' as const)
    asking = false
    if (!until.aborted) report(answer)
  }
  const timer = setInterval(() => void ask(), everyMs).unref()
  until.addEventListener('abort', () => clearInterval(timer), { once: true })
  void ask()
}
