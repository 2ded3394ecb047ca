import { z } from 'zod'
import { type EventOf, type EventStream, type InputOf, type Refusal, type Streamed } from '#kernel/contract'
import type { RequestContext } from './http.ts'

export type StreamContext = RequestContext & {
  /** The id of the last event this reader has: it goes on after it. */
  readonly lastEventId: string | undefined
}

/** One event stream and what feeds it, as a room hands them in. */
export type StreamOperation = {
  readonly stream: EventStream
  readonly run: (input: never, context: StreamContext) => unknown
}

type Fed<E> = AsyncIterable<Streamed<EventOf<E>>>
type RefusedBy<E> = E extends { readonly refusals: infer Refusals } ? Refusal<keyof Refusals & string> : never

/**
 * Pairs an event stream with its source. The source ends when there is no more to come, which tells the reader not to come
 * back. When the reader leaves or the process closes, the context's signal fires, at which a source that waits has to wake,
 * and its `return` is called, at the latest in place of its next event.
 */
export function stream<E extends EventStream>(
  declared: E,
  run: (input: InputOf<E>, context: StreamContext) => Promise<Fed<E> | RefusedBy<E>> | Fed<E> | RefusedBy<E>,
): StreamOperation {
  return { stream: declared, run }
}

/** Proxies cut what is silent for a minute; a reader takes three silences for a dead connection. */
const heartbeatMs = 15_000
const heartbeat = Buffer.from(': \n\n')

export const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
}

/** The body of one reader. A slow reader is waited for; whoever stops reading stops the source. */
export function eventBody(
  declared: EventStream,
  source: AsyncIterable<Streamed<unknown>>,
  ending: { readonly signal: AbortSignal; leave(): void; fault(fault: unknown): void },
): ReadableStream<Uint8Array> {
  const events = source[Symbol.asyncIterator]()
  let beat: NodeJS.Timeout | undefined
  const close = async () => {
    clearInterval(beat)
    ending.leave()
    await events.return?.()
  }
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        beat = setInterval(() => controller.enqueue(heartbeat), heartbeatMs)
        beat.unref()
      },
      pull: async (controller) => {
        try {
          const { done, value } = await events.next()
          if (!done && !ending.signal.aborted) return controller.enqueue(wireEvent(declared, value))
          // Only a source that came to its end says so: a reader whose process closes comes back for the rest.
          if (!ending.signal.aborted) controller.enqueue(Buffer.from('event: end\ndata: {}\n\n'))
          controller.close()
        } catch (fault) {
          // What was sent stays good: the reader comes back for the rest, to a source that may be well again.
          if (!ending.signal.aborted) ending.fault(fault)
          controller.close()
        }
        await close()
      },
      cancel: close,
    },
    { highWaterMark: 1 },
  )
}

function wireEvent(declared: EventStream, { id, event }: Streamed<unknown>): Uint8Array {
  const data = JSON.stringify(z.encode(declared.event, event as never))
  return Buffer.from(`${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`)
}

export function isStream(operation: { readonly run: unknown }): operation is StreamOperation {
  return 'stream' in operation
}
