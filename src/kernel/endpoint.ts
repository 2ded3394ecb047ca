import * as z from 'zod/mini'
import { assert } from './assert.ts'
import type { Refusal } from './refusal.ts'

/** Every schema of the wire: `zod` and `zod/mini` both make these. */
export type Schema = z.core.$ZodType

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

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
export type InputOf<E> = E extends { readonly input: infer Input }
  ? { readonly [Part in keyof Input]: Input[Part] extends Schema ? z.output<Input[Part]> : never }
  : never

type OutputOf<E> = E extends { readonly output: infer Output extends Schema } ? z.output<Output> : never

export type RefusalOf<E> = E extends { readonly refusals: infer Refusals }
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
  checkInput(declaration as Shape)
  return declaration
}

/** A log that is read as it grows (server-sent events): each event has an id, from which a reader goes on later. */
export type EventStream<
  Input extends Readonly<Record<string, unknown>> = Readonly<Record<string, unknown>>,
  Event extends Schema = Schema,
  Code extends string = string,
> = {
  readonly path: string
  readonly input: Input
  readonly event: Event
  readonly refusals: Readonly<Record<Code, RefusalStatus>>
}

export type EventOf<E> = E extends { readonly event: infer Event extends Schema } ? z.output<Event> : never

/** Declares one stream of events, served by GET; see `subscribe` for how it is read. */
export function eventStream<
  const Path extends string,
  Input extends ParamsSchema<Path> & Omit<FreeInput, 'body'>,
  Event extends Schema,
  const Code extends string = never,
>(declaration: {
  readonly path: Path
  readonly input: Input
  readonly event: Event
  readonly refusals: Readonly<Record<Code, RefusalStatus>>
}): EventStream<Input, Event, Code> {
  checkInput({ method: 'GET', ...(declaration as Omit<Shape, 'method'>) })
  return declaration
}

type Shape = {
  readonly method: Method
  readonly path: string
  readonly input: { readonly params?: z.core.$ZodObject | undefined; readonly body?: Schema | undefined }
}

function checkInput({ method, path, input }: Shape): void {
  assert(path.startsWith('/'), `endpoint path starts with a slash: ${path}`)
  const declared = Object.keys(input.params?._zod.def.shape ?? {}).toSorted()
  const inPath = paramNames(path).toSorted()
  assert(declared.join() === inPath.join(), `parameters of ${path} are [${inPath.join()}], not [${declared.join()}]`)
  assert(input.body === undefined || (method !== 'GET' && method !== 'DELETE'), `${method} ${path} has no body`)
}

function paramNames(path: string): string[] {
  return [...path.matchAll(/:([A-Za-z_]\w*)/g)].map((found) => found[1] ?? '')
}

/** A whole number of any size: bigint in programs, decimal text on the wire, since JSON numbers are exact only to 2^53. */
export const bigintText = z.codec(z.string().check(z.regex(/^(?:0|-?[1-9]\d{0,38})$/)), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (value) => value.toString(),
})

/** An identifier as every room writes it, so that one thing has one name: in lower case, and neither the nil nor the max UUID. */
export const uuidText = z.uuid().check(z.lowercase(), z.regex(/^.{14}[1-8]/))

/** RFC 9457, with the refusal's code and the request's id as extension members. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.optional(z.string()),
  refused: z.optional(z.string()),
  requestId: z.optional(z.string()),
  issues: z.optional(z.array(z.object({ path: z.string(), message: z.string() }))),
})
export type Problem = z.output<typeof problem>
