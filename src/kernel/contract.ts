import * as z from 'zod/mini'
import { assert } from './assert.ts'
import { isRefusal, refuse, type Refusal } from './refusal.ts'

export { isRefusal, refuse, type Refusal }

/** Every schema of the wire: `zod` and `zod/mini` both make these. */
type Schema = z.core.$ZodType

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** The HTTP statuses an expected "no" may have; 5xx but 503 are faults and never declared. */
export type RefusalStatus = 400 | 401 | 402 | 403 | 404 | 409 | 410 | 412 | 413 | 415 | 422 | 429 | 503

/** `/accounts/:account/entries/:entry` has the parameters `account` and `entry`. */
type PathParam<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | PathParam<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never

type ParamsSchema<Path extends string> = [PathParam<Path>] extends [never]
  ? { readonly params?: never }
  : { readonly params: z.core.$ZodObject<Record<PathParam<Path>, Schema>> }

type FreeInput = { readonly query?: z.core.$ZodObject; readonly body?: Schema }

export type Endpoint<
  Input extends Readonly<Record<string, unknown>> = Readonly<Record<string, unknown>>,
  Output extends Schema = Schema,
  Code extends string = string,
> = {
  readonly method: Method
  readonly path: string
  readonly input: Input
  readonly output: Output
  readonly refusals: Readonly<Record<Code, RefusalStatus>>
  /** For the rare answer that is an output and yet not a 200, such as the health of a sick process. */
  status?(output: z.output<Output>): 200 | 201 | 202 | 503
}

/** What the handler is given and the client gives: `{ params?, query?, body? }` as program values, not wire text. */
export type InputOf<E> =
  E extends Endpoint<infer Input, Schema, string>
    ? { readonly [Part in keyof Input]: Input[Part] extends Schema ? z.output<Input[Part]> : never }
    : never

type OutputOf<E> = E extends { readonly output: infer Output extends Schema } ? z.output<Output> : never

type RefusalOf<E> = E extends { readonly refusals: infer Refusals }
  ? keyof Refusals extends infer Code extends string
    ? [Code] extends [never]
      ? never
      : Refusal<Code>
    : never
  : never

/** All that one operation may answer, on both sides of the wire. Anything else is a fault and is thrown. */
export type AnswerOf<E> = OutputOf<E> | RefusalOf<E>

/**
 * Declares one operation. Codecs carry what JSON cannot: use `bigintText` for amounts.
 *
 *     const getAccount = endpoint({
 *       method: 'GET', path: '/api/accounts/:account',
 *       input: { params: z.object({ account: z.string() }) },
 *       output: z.object({ balance: bigintText }),
 *       refusals: { unknown_account: 404 },
 *     })
 */
export function endpoint<
  const Path extends string,
  Input extends ParamsSchema<Path> & FreeInput,
  Output extends Schema,
  const Code extends string = never,
>(declaration: {
  readonly method: Method
  readonly path: Path
  readonly input: Input
  readonly output: Output
  readonly refusals: Readonly<Record<Code, RefusalStatus>>
  status?(output: z.output<Output>): 200 | 201 | 202 | 503
}): Endpoint<Input, Output, Code> {
  const { method, path, input } = declaration
  assert(path.startsWith('/'), `endpoint path starts with a slash: ${path}`)
  const declared = Object.keys(input.params?._zod.def.shape ?? {}).toSorted()
  const inPath = paramNames(path).toSorted()
  assert(declared.join() === inPath.join(), `parameters of ${path} are [${inPath.join()}], not [${declared.join()}]`)
  assert(input.body === undefined || (method !== 'GET' && method !== 'DELETE'), `${method} ${path} has no body`)
  return declaration
}

function paramNames(path: string): string[] {
  return [...path.matchAll(/:([A-Za-z_]\w*)/g)].map((found) => found[1] ?? '')
}

/** A whole number of any size: bigint in programs, decimal text on the wire, since JSON numbers are exact only to 2^53. */
export const bigintText = z.codec(z.string().check(z.regex(/^(?:0|-?[1-9]\d{0,38})$/)), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (value) => value.toString(),
})

/** RFC 9457, with the refusal's code and the request's id as extension members. */
const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.optional(z.string()),
  refused: z.optional(z.string()),
  requestId: z.optional(z.string()),
  issues: z.optional(z.array(z.object({ path: z.string(), message: z.string() }))),
})
export type Problem = z.output<typeof problem>

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
    const wire = encodeInput(called.input, input)
    const response = await send(options.baseUrl + fillPath(called.path, wire.params) + queryText(wire.query), {
      method: called.method,
      headers: {
        accept: 'application/json',
        ...(wire.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(wire.body === undefined ? {} : { body: JSON.stringify(wire.body) }),
      ...(signal ? { signal } : {}),
    })
    return (await readAnswer(called, response)) as never
  }
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
  const kind = response.headers.get('content-type') ?? ''
  const requestId = response.headers.get('x-request-id') ?? undefined
  const where = `${called.method} ${called.path}`
  const fault = (words: string) => new CallFault(`${where}: ${words}`, { status: response.status, requestId })
  if (kind.startsWith('application/problem+json')) {
    const told = z.safeParse(problem, await response.json())
    if (!told.success) throw fault(`${response.status} with an unreadable problem`)
    const { refused, detail, title } = told.data
    if (refused !== undefined && Object.hasOwn(called.refusals, refused)) return refuse(refused, detail ?? title)
    throw fault(`${response.status} ${title}${detail === undefined ? '' : `: ${detail}`}`)
  }
  if (!kind.startsWith('application/json')) throw fault(`${response.status} with content type "${kind}"`)
  const output = z.safeDecode(called.output, (await response.json()) as never)
  if (!output.success) throw fault(`answered what its contract does not say: ${z.prettifyError(output.error)}`)
  return output.data
}
