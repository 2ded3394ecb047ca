import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { understand } from './chat.ts'
import { createEngine, type EngineOptions, type Failure } from './engine.ts'
import { settingsSchema, type Dialect } from './settings.ts'
import { metricsText, props } from './telling.ts'

type ServerOptions = EngineOptions & {
  /** 0 takes a free one. */
  readonly port: number
  readonly dialect: Dialect
}

/** An engine on the OpenAI wire, on 127.0.0.1 alone. Resolves when it takes connections. */
export async function serveEngine(options: ServerOptions): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const route = routesOf(options)
  const server = createServer({ keepAliveTimeout: 600_000, requestTimeout: 0 })
  server.on('request', (request, response) => void route(request, response).catch(() => response.destroy()))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: options.port, host: '127.0.0.1', backlog: 4096 }, resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function routesOf(options: ServerOptions) {
  const { model, settings, dialect } = options
  const engine = createEngine(options)

  async function chat(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const question = understand(await bodyOf(request), request.headers, settings)
    const failure = question ? engine.refusal(question) : 'malformed'
    if (question && !failure) return engine.accept(question, String(request.headers['x-request-id'] ?? ''), response)
    if (failure === 'too_many') response.setHeader('retry-after', settings.retryAfter)
    const { status, ...error } = failures[failure ?? 'malformed']
    answer(response, status, { error: { ...error, param: null } })
  }

  async function change(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const wanted = settingsSchema.partial().safeParse(await bodyOf(request))
    if (!wanted.success) return answer(response, 400, { error: wanted.error.issues })
    Object.assign(settings, wanted.data)
    engine.wake()
    answer(response, 200, { settings })
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    switch (`${request.method} ${request.url}`) {
      case 'POST /v1/chat/completions':
        return chat(request, response)
      case 'GET /v1/models':
        return answer(response, 200, { object: 'list', data: [{ id: model, object: 'model', owned_by: 'engine-sim' }] })
      case 'GET /health':
        return answer(response, settings.stalled ? 503 : 200, { status: settings.stalled ? 'stalled' : 'ok' })
      case 'GET /metrics': {
        const text = metricsText(dialect, model, settings, engine.view())
        if (text === undefined) return answer(response, 404, nothingHere)
        response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8').end(text)
        return
      }
      case 'GET /props':
        return dialect === 'llama' ? answer(response, 200, props(model, settings)) : answer(response, 404, nothingHere)
      case 'GET /control':
        return answer(response, 200, { settings, ...engine.view() })
      case 'POST /control':
        return change(request, response)
      case 'POST /control/kill':
        process.kill(process.pid, 'SIGKILL')
        return
      default:
        return answer(response, 404, nothingHere)
    }
  }
}

const bodyOf = (request: IncomingMessage): Promise<unknown> => json(request).catch(() => undefined)

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const nothingHere = { error: { message: 'There is nothing at this address.', type: 'invalid_request_error' } }

const failures: Readonly<
  Record<Failure | 'malformed', { status: number; type: string; code: string; message: string }>
> = {
  malformed: {
    status: 400,
    type: 'invalid_request_error',
    code: 'invalid_request',
    message: 'The body is no chat completion request.',
  },
  too_long: {
    status: 400,
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
    message: 'Prompt and answer together are longer than the context.',
  },
  too_many: {
    status: 429,
    type: 'rate_limit_error',
    code: 'rate_limit_exceeded',
    message: 'Too many requests at once.',
  },
  overloaded: {
    status: 503,
    type: 'server_error',
    code: 'overloaded',
    message: 'The queue of the engine is full.',
  },
}
