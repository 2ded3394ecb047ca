import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = {
  readonly contentType: string
  text(): Promise<string>
  observeRequest(request: { method: string; route: string; status: number; seconds: number }): void
  /** A figure read when asked for: one value, or one per set of labels. What cannot be read is left out that time. */
  gauge(name: string, help: string, labels: readonly string[], read: () => Promise<readonly Sample[]>): void
  counter(name: string, help: string, labels: readonly string[]): (labels: Record<string, string>, by?: number) => void
}
type Sample = { readonly labels: Record<string, string>; readonly value: number }

const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** A registry of its own for each composed app, so that several may live in one process. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the first byte read to the answer handed over.',
    labelNames: ['method', 'route', 'status'],
    buckets: secondsBuckets,
    registers: [registry],
  })
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    observeRequest: ({ method, route, status, seconds }) =>
      requests.observe({ method, route, status: String(status) }, seconds),
    gauge: (name, help, labels, read) => {
      const gauge = new Gauge({ name, help, labelNames: [...labels], registers: [registry], collect: () => fill() })
      const fill = async () => {
        const samples = await read().catch(() => [])
        gauge.reset()
        // To reset a gauge without labels is to say 0.
        gauge.remove({})
        for (const sample of samples) gauge.set(sample.labels, sample.value)
      }
    },
    counter: (name, help, labels) => {
      const counter = new Counter({ name, help, labelNames: [...labels], registers: [registry] })
      return (values, by = 1) => counter.inc(values, by)
    },
  }
}
