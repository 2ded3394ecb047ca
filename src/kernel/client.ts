import * as z from 'zod/mini'
import { problem, type AnswerOf, type Endpoint, type InputOf, type Schema } from './endpoint.ts'
import { refuse, type Refusal } from './refusal.ts'

/** The other side broke, answered something undeclared, or found our input malformed. The message is fit for a log. */
export class CallFault extends Error {
  override readonly name = 'CallFault'
  readonly status: number
  readonly requestId: string | undefined

  constructor(message: string, answer: { status: number; requestId: string | undefined }) {
    super(message)
    this.status = answer.status
    this.requestId = answer.requestId
  }
}

export type Call = <E extends Endpoint<Readonly<Record<string, unknown>>, Schema, string>>(
  endpoint: E,
  input: InputOf<E>,
  options?: { readonly signal?: AbortSignal },
) => Promise<AnswerOf<E>>

/**
 * A function that calls any endpoint: `const call = client({ baseUrl: '' }); await call(getAccount, { params })`.
 * Returns the output or one of the endpoint's own refusals; throws CallFault on anything else.
 */
export function client(options: { readonly baseUrl: string; readonly fetch?: typeof fetch }): Call {
  const send = options.fetch ?? fetch
  return async (called, input, { signal } = {}) => {
    const { address, body } = requestOf(called, input)
    const response = await send(options.baseUrl + address, {
      method: called.method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    })
    return (await readAnswer(called, response)) as never
  }
}

type Called = Pick<Endpoint, 'path' | 'input' | 'refusals'>

/** The path with its parameters and query, and the body, as they go over the wire. */
export function requestOf(called: Called, input: object): { address: string; body: unknown } {
  const { params, query, body } = encodeInput(called.input, input)
  return { address: fillPath(called.path, params) + queryText(query), body }
}

type WireInput = { params?: unknown; query?: unknown; body?: unknown }

function encodeInput(schemas: Readonly<Record<string, unknown>>, input: object): WireInput {
  const values = new Map(Object.entries(input))
  const encoded = Object.entries(schemas)
    .filter((part): part is [string, Schema] => part[1] !== undefined)
    .map(([part, schema]) => [part, z.encode(schema, values.get(part))])
  return Object.fromEntries(encoded)
}

function fillPath(path: string, params: unknown): string {
  const values = new Map(Object.entries(params ?? {}))
  return path.replaceAll(/:([A-Za-z_]\w*)/g, (_, name: string) => encodeURIComponent(String(values.get(name))))
}

function queryText(query: unknown): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) search.append(name, String(value))
  return search.size === 0 ? '' : `?${search.toString()}`
}

async function readAnswer(called: Endpoint, response: Response): Promise<unknown> {
  const refusal = await readProblem(called, response)
  if (refusal) return refusal
  const kind = contentType(response)
  if (!kind.startsWith('application/json')) throw callFault(called, response, `content type "${kind}"`)
  const output = z.safeDecode(called.output, (await response.json()) as never)
  if (output.success) return output.data
  throw callFault(called, response, `not what its contract says: ${z.prettifyError(output.error)}`)
}

/** The refusal, if the answer is one that was declared; undefined if it is no problem at all; else throws CallFault. */
export async function readProblem(called: Called, response: Response): Promise<Refusal | undefined> {
  if (!contentType(response).startsWith('application/problem+json')) return undefined
  const told = z.safeParse(problem, await response.json())
  if (!told.success) throw callFault(called, response, 'an unreadable problem')
  const { refused, detail, title } = told.data
  if (refused !== undefined && Object.hasOwn(called.refusals, refused)) return refuse(refused, detail ?? title)
  throw callFault(called, response, `${title}${detail === undefined ? '' : `: ${detail}`}`)
}

export function contentType(response: Response): string {
  return response.headers.get('content-type') ?? ''
}

export function callFault(called: Called, response: Response, words: string): CallFault {
  const requestId = response.headers.get('x-request-id') ?? undefined
  return new CallFault(`${called.path}: ${response.status} ${words}`, { status: response.status, requestId })
}
