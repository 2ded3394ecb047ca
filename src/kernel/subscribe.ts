import * as z from 'zod/mini'
import { callFault, contentType, readProblem, requestOf } from './client.ts'
import type { EventOf, EventStream, InputOf, RefusalOf } from './endpoint.ts'
import type { Refusal } from './refusal.ts'

/** One event of a stream. `id` is what a later reader gives as `lastEventId` to go on after it. */
export type Streamed<Event> = { readonly id: string | undefined; readonly event: Event }

type Options = {
  readonly signal: AbortSignal
  readonly lastEventId?: string
  /** Told whenever the connection opens or is lost, for the reader on the screen. */
  readonly onConnection?: (state: 'open' | 'lost') => void
}

export type Subscribe = <E extends EventStream>(
  stream: E,
  input: InputOf<E>,
  options: Options,
) => AsyncGenerator<Streamed<EventOf<E>>, RefusalOf<E> | undefined>

const pauseMsMax = 8000
/** The server speaks at least every fifteen seconds; a silence of three times that is a dead connection. */
const silenceMsMax = 45_000

/**
 * Reads any event stream to its end: `for await (const { event } of read(answerEvents, { params }, { signal }))`. A lost
 * connection is taken up again after the last event that arrived. Returns at the stream's end or with a refusal; throws
 * CallFault at what the contract does not know, and ends quietly when `signal` fires.
 */
export function subscribe(options: { readonly baseUrl: string; readonly fetch?: typeof fetch }): Subscribe {
  const send = options.fetch ?? fetch
  return (stream, input, settings) => readOn(stream, options.baseUrl + requestOf(stream, input).address, settings, send)
}

async function* readOn<E extends EventStream>(
  stream: E,
  address: string,
  { signal, onConnection, lastEventId }: Options,
  send: typeof fetch,
): AsyncGenerator<Streamed<EventOf<E>>, RefusalOf<E> | undefined> {
  let last = lastEventId
  for (let failures = 0; !signal.aborted; failures++) {
    const silence = silenceTimer(signal)
    try {
      const headers = { accept: 'text/event-stream', ...(last === undefined ? {} : { 'last-event-id': last }) }
      const response = await send(address, { headers, signal: silence.signal })
      const refusal = await readProblem(stream, response)
      if (refusal) return refusal as RefusalOf<E> & Refusal
      if (!contentType(response).startsWith('text/event-stream') || !response.body)
        throw callFault(stream, response, `content type "${contentType(response)}"`)
      onConnection?.('open')
      for await (const { id, name, data } of parseEvents(response.body, silence.heard)) {
        if (name === 'end') return undefined
        failures = 0
        last = id ?? last
        yield { id, event: z.decode(stream.event, JSON.parse(data) as never) as EventOf<E> }
        if (signal.aborted) return undefined
      }
    } catch (fault) {
      if (signal.aborted) return undefined
      if (!isLostConnection(fault)) throw fault
    } finally {
      silence.clear()
    }
    onConnection?.('lost')
    await pause(Math.min(250 * 2 ** failures, pauseMsMax), signal)
  }
  return undefined
}

/** fetch says TypeError when there is no connection; a broken body says so too, or that it was aborted by our silence timer. */
function isLostConnection(fault: unknown): boolean {
  if (fault instanceof TypeError) return true
  if (typeof fault !== 'object' || fault === null) return false
  const { name, status } = fault as { name?: unknown; status?: unknown }
  return name === 'AbortError' || name === 'TimeoutError' || (typeof status === 'number' && status >= 500)
}

function silenceTimer(outer: AbortSignal) {
  const ending = new AbortController()
  const end = () => ending.abort()
  let heardAt = performance.now()
  // One timer for many pieces: it looks how long ago the last one came.
  const look = () => {
    const leftMs = heardAt + silenceMsMax - performance.now()
    if (leftMs <= 0) end()
    else timer = setTimeout(look, leftMs)
  }
  let timer = setTimeout(look, silenceMsMax)
  outer.addEventListener('abort', end, { once: true })
  return {
    signal: ending.signal,
    heard: () => (heardAt = performance.now()),
    clear: () => {
      clearTimeout(timer)
      outer.removeEventListener('abort', end)
      ending.abort()
    },
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
}

type WireEvent = { readonly id: string | undefined; readonly name: string; readonly data: string }

/** WHATWG HTML, "Interpreting an event stream", as far as we write it: id, event and data; comments are only a sign of life. */
async function* parseEvents(body: ReadableStream<Uint8Array>, heard: () => void): AsyncGenerator<WireEvent> {
  const decoder = new TextDecoder()
  const reader = body.getReader()
  let rest = ''
  let event: { id?: string; name?: string; data: string[] } = { data: [] }
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      heard()
      const lines = (rest + decoder.decode(value, { stream: true })).split(/\r\n|\n/)
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line === '') {
          if (event.data.length > 0) yield { id: event.id, name: event.name ?? 'message', data: event.data.join('\n') }
          event = { data: [] }
        } else if (line.startsWith('data: ')) event.data.push(line.slice(6))
        else if (line.startsWith('id: ')) event.id = line.slice(4)
        else if (line.startsWith('event: ')) event.name = line.slice(7)
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
