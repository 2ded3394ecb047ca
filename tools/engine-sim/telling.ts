import type { Counts } from './batch.ts'
import type { Dialect, Settings } from './settings.ts'

type Gauge = readonly [name: string, type: 'gauge' | 'counter', help: string, value: number]

/** Prometheus text under the names of the engine it plays; undefined for one that tells nothing. */
export function metricsText(dialect: Dialect, model: string, settings: Settings, counts: Counts): string | undefined {
  if (dialect === 'none') return undefined
  const gauges = dialect === 'vllm' ? vllmGauges(settings, counts) : llamaGauges(settings, counts)
  const labels = dialect === 'vllm' ? `{model_name="${model}"}` : ''
  return gauges
    .map(([name, type, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name}${labels} ${value}\n`)
    .join('')
}

function vllmGauges({ kvTokens }: Settings, counts: Counts): readonly Gauge[] {
  return [
    ['vllm:num_requests_running', 'gauge', 'Number of requests in model execution batches.', counts.running],
    ['vllm:num_requests_waiting', 'gauge', 'Number of requests waiting to be processed.', counts.waiting],
    ['vllm:kv_cache_usage_perc', 'gauge', 'KV-cache usage. 1 means 100 percent usage.', counts.kvTokens / kvTokens],
    ['vllm:num_preemptions_total', 'counter', 'Cumulative number of preemptions.', counts.preemptions],
    ['vllm:prompt_tokens_total', 'counter', 'Number of prefill tokens processed.', counts.promptTokens],
    ['vllm:generation_tokens_total', 'counter', 'Number of generation tokens processed.', counts.answerTokens],
  ]
}

function llamaGauges({ kvTokens }: Settings, counts: Counts): readonly Gauge[] {
  return [
    ['llamacpp:requests_processing', 'gauge', 'Number of requests processing.', counts.running],
    ['llamacpp:requests_deferred', 'gauge', 'Number of requests deferred.', counts.waiting],
    [
      'llamacpp:kv_cache_usage_ratio',
      'gauge',
      'KV-cache usage. 1 means 100 percent usage.',
      counts.kvTokens / kvTokens,
    ],
    ['llamacpp:prompt_tokens_total', 'counter', 'Number of prompt tokens processed.', counts.promptTokens],
    ['llamacpp:tokens_predicted_total', 'counter', 'Number of generation tokens processed.', counts.answerTokens],
  ]
}

/** llama.cpp's GET /props, as far as schedulers read it. */
export function props(model: string, { slots, kvTokens }: Settings): object {
  return {
    total_slots: slots,
    model_path: model,
    default_generation_settings: { n_ctx: Math.floor(kvTokens / slots) },
    is_sleeping: false,
  }
}
