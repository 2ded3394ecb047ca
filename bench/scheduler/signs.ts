import type { EngineSigns } from '#scheduler'

/** What an engine says of itself, in vLLM's or llama.cpp's words. Rejects when it does not answer. */
export async function askEngine(url: string, signal: AbortSignal): Promise<EngineSigns> {
  const [metrics, props] = await Promise.all([textOf(`${url}/metrics`, signal), textOf(`${url}/props`, signal)])
  const slots = numberIn(props, /"total_slots":\s*(\d+)/)
  const running = numberIn(metrics, /^(?:vllm:num_requests_running|llamacpp:requests_processing)\S* (\d+)/m)
  const waiting = numberIn(metrics, /^(?:vllm:num_requests_waiting|llamacpp:requests_deferred)\S* (\d+)/m)
  return {
    ...(slots === undefined ? {} : { slots }),
    ...(running === undefined ? {} : { running }),
    ...(waiting === undefined ? {} : { waiting }),
  }
}

/** Empty where the engine has no such page. */
async function textOf(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal })
  const text = await response.text()
  return response.ok ? text : ''
}

function numberIn(text: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(text)?.[1]
  return found === undefined ? undefined : Number(found)
}
